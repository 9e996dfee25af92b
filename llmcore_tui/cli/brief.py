"""`llmcore brief export`: the interview notes, with the numbers of the demos and the learner's weak points."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from llmcore_tui.cli import opened, output
from llmcore_tui.cli.options import Decks, Json, Lang
from llmcore_tui.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from llmcore_tui.brief.document import Brief
    from llmcore_tui.content.deck import Deck
    from llmcore_tui.content.module import Module

app = typer.Typer(no_args_is_help=True)


@app.callback()
def brief() -> None:
    """Export the interview brief."""


@app.command("export")
def export(
    module: Annotated[
        list[str] | None,
        typer.Option(
            "--module", metavar="M", help="Only this module; repeatable. All written ones when left out."
        ),
    ] = None,
    format_: Annotated[
        Literal["md", "html"],
        typer.Option("--format", help="Markdown, or one HTML file that needs nothing else."),
    ] = "html",
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="The folder to write to.")] = Path(
        "briefs"
    ),
    run: Annotated[
        bool, typer.Option("--run/--no-run", help="Run the demos for the numbers, or read the deck's lock.")
    ] = True,
    lang: Lang = None,
    deck: Decks = None,
    json: Json = False,
) -> None:
    """Write the interview brief: three-minute answers, numbers, weak points.

    Each module has its answer in four timed parts, the demo's numbers with the idea on and off, its neighbours,
    follow-ups with answers, and what you missed according to your log. An own file of before is written anew.
    """
    from llmcore_tui import locations
    from llmcore_tui.brief import export as files
    from llmcore_tui.brief.compose import Composer
    from llmcore_tui.brief.measured import Lab
    from llmcore_tui.brief.weak import Missed
    from llmcore_tui.cli.progress_line import steps_line
    from llmcore_tui.lab.bench import Bench

    settings = opened.config(lang=lang, decks=deck)
    now = opened.now()
    content = opened.deck(settings)
    chosen = _chosen(content, module)
    file = out.expanduser() / files.file_name(module or (), settings.language, format_)
    files.check_target(file)
    limits = {"seconds": settings.demo_seconds, "memory_mb": settings.demo_memory_mb}
    with (
        opened.progress(settings, now) as progress,
        Bench(content.folders, locations.cache_folder(), **limits) as bench,
        steps_line() as on_step,
    ):
        lab = Lab(content, bench.library, bench.runner if run else None)
        composer = Composer(content, lab, settings.language, Missed(progress, now.tzinfo))
        made = composer.brief(chosen, now, on_step)
    files.export(made, file, format_)
    if json:
        output.json(_as_json(made, chosen, file, format_))
    else:
        _say(made, file)


def _chosen(content: Deck, names: Sequence[str] | None) -> list[Module]:
    """The modules asked for, in the order they are taught; InputError where none of them is written yet."""
    if not names:
        return [content.module(name) for name in content.order()]
    wanted = [content.module(name) for name in dict.fromkeys(names)]
    if all(module.planned for module in wanted):
        planned = ", ".join(module.id for module in wanted)
        are = "is" if len(wanted) == 1 else "are"
        raise InputError(f"{planned} {are} planned and not written yet, so there is no brief to make.")
    order = {module: place for place, module in enumerate(content.order())}
    return sorted(wanted, key=lambda module: order[module.id])


def _say(made: Brief, file: Path) -> None:
    from llmcore_tui.brief import words

    numbers = [number for module in made.modules for shown in module.shown for number in shown.numbers]
    notes = dict.fromkeys(shown.note for module in made.modules for shown in module.shown if shown.note)
    weak = sum(len(module.weak) for module in made.modules)
    counted = words.WROTE.of(made.language)
    output.line(str(file))
    output.line(
        counted.format(modules=len(made.modules), numbers=len(numbers), weak=weak, planned=len(made.planned))
    )
    for note in notes:
        output.line(f"{words.NOT_RUN.of(made.language)}{note}")


def _as_json(made: Brief, chosen: Sequence[Module], file: Path, format_: str) -> dict[str, Any]:
    return {
        "files": [
            {"path": str(file), "format": format_, "language": made.language, "bytes": file.stat().st_size}
        ],
        "modules": [
            {
                "id": module.id,
                "title": module.title,
                "from_cards": module.from_cards,
                "demos": [
                    {
                        "name": shown.demo,
                        "origin": shown.origin,
                        "note": shown.note,
                        "numbers": {
                            n.key: {"text": n.value, "off": n.off, "reads": n.reading} for n in shown.numbers
                        },
                    }
                    for shown in module.shown
                ],
                "weak_points": [
                    {"kind": point.kind, "ask": point.ask, "detail": point.detail, "on": point.on.isoformat()}
                    for point in module.weak
                ],
            }
            for module in made.modules
        ],
        "planned": [module.id for module in chosen if module.planned],
        "made": made.made.isoformat(timespec="seconds"),
        "versions": dict(made.versions),
    }
