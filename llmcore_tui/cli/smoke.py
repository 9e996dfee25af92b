"""`llmcore smoke`: every demo once, with a report of its numbers."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from llmcore_tui.cli import opened, output
from llmcore_tui.cli.options import Decks, Json, Lang
from llmcore_tui.errors import FoundProblems

if TYPE_CHECKING:
    from llmcore_tui.content.bilingual import Language
    from llmcore_tui.content.deck import Deck
    from llmcore_tui.lab.smoke import Smoke

app = typer.Typer()


@app.command()
def smoke(
    modules: Annotated[
        str | None, typer.Option("--modules", metavar="A,B", help="Only the demos of these modules.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Write the JSON report there as well.")
    ] = None,
    lang: Lang = None,
    deck: Decks = None,
    json: Json = False,
) -> None:
    """Run every demo once and report its numbers.

    Each runs at its defaults and with the idea off, in a process of its own. Ends with 3 where one fails.
    """
    from llmcore_tui import locations
    from llmcore_tui.cli.progress_line import steps_line
    from llmcore_tui.content.deck import Deck
    from llmcore_tui.lab.bench import Bench
    from llmcore_tui.lab.smoke import smoke as run_all

    settings = opened.config(lang=lang, decks=deck)
    content = Deck.open([locations.builtin_deck(), *settings.decks], locations.cache_folder(), strict=False)
    rows: list[dict[str, Any]] = []
    limits = {"seconds": settings.demo_seconds, "memory_mb": settings.demo_memory_mb}
    with steps_line() as on_step, Bench(content.folders, locations.cache_folder(), **limits) as bench:
        for ran in run_all(bench, _names(content, bench.library.names(), modules), on_step):
            rows.append(_row(ran, content, settings.language))
            if not json:
                output.line(_line(ran))
    failed = [row["demo"] for row in rows if "problem" in row]
    report = {"ok": not failed, "demos": rows, "failed": failed, "versions": _versions()}
    if out is not None:
        _write(out, report)
    if json:
        output.json(report)
    else:
        output.line(f"{len(rows) - len(failed)} of {len(rows)} demos ran.")
    if failed:
        raise typer.Exit(FoundProblems.exit_code)


def _names(content: Deck, written: list[str], modules: str | None) -> list[str]:
    """The demos to run: all, or those that modules list and that are written."""
    if modules is None:
        return written
    wanted = [content.module(name.strip()) for name in modules.split(",") if name.strip()]
    return [name for name in written if any(name in module.demos for module in wanted)]


def _row(ran: Smoke, content: Deck, language: Language) -> dict[str, Any]:
    from llmcore_tui.lab.record import run_as_json

    modules = [str(module.id) for module in content.modules().values() if ran.name in module.demos]
    if ran.run is None:
        return {"demo": ran.name, "module": modules[0] if modules else None, "problem": ran.problem}
    row = run_as_json(ran.run, modules[0] if modules else None, language)
    return {key: value for key, value in row.items() if key not in ("series", "tables")}


def _line(ran: Smoke) -> str:
    if ran.run is None:
        return f"{ran.name}: FAILED: {ran.problem}"
    return f"{ran.name}: {len(ran.run.result.numbers)} numbers, {ran.run.seconds:.2f} s of CPU"


def _versions() -> dict[str, str]:
    from llmcore_tui.lab.versions import versions

    return versions()


def _write(file: Path, report: dict[str, Any]) -> None:
    import json as json_format

    from llmcore_tui.render.whole_file import whole_file

    text = json_format.dumps(report, ensure_ascii=False, indent=1, allow_nan=False)
    with whole_file(file) as new:
        new.write_text(text + "\n", encoding="utf-8")
