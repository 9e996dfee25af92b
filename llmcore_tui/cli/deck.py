"""`llmcore deck`: list, search and show what the decks hold, make one of your own, edit a card."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from llmcore_tui.cli import opened, output
from llmcore_tui.cli.deck_states import State
from llmcore_tui.cli.options import Decks, Json, Lang
from llmcore_tui.errors import FoundProblems, UnknownName

if TYPE_CHECKING:
    from llmcore_tui.config import Config
    from llmcore_tui.content.card import CardId
    from llmcore_tui.content.deck import Deck
    from llmcore_tui.content.located import Studied
    from llmcore_tui.study.plain.prose import Page

app = typer.Typer(no_args_is_help=True)
SHOWN = 20

RecordId = Annotated[str, typer.Argument(metavar="ID", help="A card, quiz item or interview question.")]


@app.command("list")
def list_(lang: Lang = None, deck: Decks = None, json: Json = False) -> None:
    """List the decks and their modules."""
    from llmcore_tui.cli.deck_page import list_lines
    from llmcore_tui.cli.terminal import say

    settings = opened.config(lang=lang, decks=deck)
    found = opened.deck(settings)
    if json:
        output.json(_list_as_json(found))
    else:
        say(list_lines(found, _page(settings)))


@app.command()
def search(
    words: Annotated[
        list[str] | None, typer.Argument(help="Words that a card has, in either language.")
    ] = None,
    tag: Annotated[
        str, typer.Option("--tag", help="Only cards with this tag, their own or their module's.")
    ] = "",
    module: Annotated[str | None, typer.Option("--module", "-m", help="Only cards of this module.")] = None,
    state: Annotated[State | None, typer.Option("--state", help="Only cards you stand so with.")] = None,
    limit: Annotated[int, typer.Option("--limit", min=0, help="Show so many.")] = SHOWN,
    lang: Lang = None,
    deck: Decks = None,
    json: Json = False,
) -> None:
    """Search cards by text, tag, module and state; all that is given must hold."""
    from llmcore_tui.cli.deck_page import found_lines
    from llmcore_tui.cli.terminal import say

    settings = opened.config(lang=lang, decks=deck)
    cards = opened.deck(settings)
    wanted = None if module is None else cards.module(module).id
    found = cards.search(" ".join(words or ()), tag, wanted)
    if state is not None:
        found = _in_state(found, state, settings)
    if json:
        output.json({"found": len(found), "cards": [_found_as_json(cards, each) for each in found[:limit]]})
    else:
        say(found_lines(cards, found[:limit], len(found), _page(settings)))


@app.command()
def show(record: RecordId, lang: Lang = None, deck: Decks = None, json: Json = False) -> None:
    """Show a card in full, with its numbers and sources."""
    from llmcore_tui.cli.deck_page import record_lines
    from llmcore_tui.cli.terminal import say

    settings = opened.config(lang=lang, decks=deck)
    found = opened.deck(settings)
    studied = _studied(found, record)
    if json:
        output.json(_record_as_json(found, studied))
    else:
        say(record_lines(found, studied, _page(settings)))


@app.command()
def stats(lang: Lang = None, deck: Decks = None, json: Json = False) -> None:
    """Count cards, kinds, numbers and sources."""
    from dataclasses import asdict

    from llmcore_tui.cli.deck_page import stats_lines
    from llmcore_tui.cli.terminal import say
    from llmcore_tui.content.tally import tally

    settings = opened.config(lang=lang, decks=deck)
    found = opened.deck(settings)
    counts = tally(found, opened.now().date())
    kinds = Counter(card.kind for module in found.counts() for card in found.cards(module))
    if json:
        output.json({**asdict(counts), "kinds": kinds, "tags": found.tags()})
    else:
        say(stats_lines(counts, kinds, _page(settings)))


@app.command()
def new(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The folder to make.")], json: Json = False
) -> None:
    """Make a deck of your own with one example card."""
    from llmcore_tui import locations
    from llmcore_tui.content.new_deck import make

    schema = locations.builtin_deck() / "cards" / "README.md"
    files = make(folder, _lenient(opened.config()).modules(), schema)
    if json:
        output.json({"folder": str(folder.resolve()), "files": [str(file) for file in files]})
        return
    for file in files:
        output.line(str(file))
    output.line(f"Next: llmcore study --deck {folder}; README.md says how to write cards.")


@app.command()
def edit(record: RecordId, deck: Decks = None) -> None:
    """Open a card in your editor at its line, and check its file afterwards."""
    from llmcore_tui.cli.deck_editor import edit as open_editor
    from llmcore_tui.content.read import files

    found = _lenient(opened.config(decks=deck))
    file, line = _place(found, record)
    folder = next(folder for folder in found.folders if file.is_relative_to(folder))
    found.close()
    open_editor(file, line)
    problems = files.read(folder, file.relative_to(folder).as_posix()).problems
    for problem in problems:
        output.line(str(problem))
    if problems:
        raise typer.Exit(FoundProblems.exit_code)
    output.line(f"{file} is sound; `llmcore check` also computes its numbers.")


def _page(settings: Config) -> Page:
    from llmcore_tui.cli.terminal import text_width
    from llmcore_tui.study.plain.prose import Page

    return Page(settings.language, text_width())


def _lenient(settings: Config) -> Deck:
    """The decks with whatever is sound in them: a broken one can still be mended here."""
    from llmcore_tui import locations
    from llmcore_tui.content.deck import Deck

    return Deck.open([locations.builtin_deck(), *settings.decks], locations.cache_folder(), strict=False)


def _place(deck: Deck, record: str) -> tuple[Path, int]:
    """Where a record stands, or where the first thing that is wrong with it does."""
    for problem in deck.problems():
        if problem.key == record or problem.key.startswith(f"{record}."):
            return problem.file, problem.line
    return deck.place_of(record)


def _in_state(cards: list[CardId], state: State, settings: Config) -> list[CardId]:
    from llmcore_tui.cli.deck_states import in_state

    now = opened.now()
    with opened.progress(settings, now) as progress:
        return list(in_state(cards, state, progress, now))


def _studied(deck: Deck, record: str) -> Studied:
    """The record of an id, of whatever kind; UnknownName names the nearest card."""
    for look_up in (deck.item, deck.question):
        try:
            return look_up(record)
        except UnknownName:
            continue
    return deck.card(record)


def _list_as_json(deck: Deck) -> dict[str, Any]:
    from llmcore_tui.content.record_kind import RecordKind

    counts = {
        f"{kind}s": deck.counts(kind) for kind in (RecordKind.CARD, RecordKind.ITEM, RecordKind.QUESTION)
    }
    return {
        "decks": [
            {
                "folder": str(folder),
                "builtin": number == 0,
                **{f"{kind}s": count for kind, count in holds.items()},
            }
            for number, (folder, holds) in enumerate(deck.counts_by_folder())
        ],
        "modules": [
            {
                "id": module.id,
                "area": module.area,
                "title": {"en": module.title.en, "zh": module.title.zh},
                "requires": module.requires,
                "demand": module.demand,
                "demos": module.demos,
                "tags": module.tags,
                "planned": module.planned,
                **{name: counted.get(module.id, 0) for name, counted in counts.items()},
            }
            for module in deck.modules().values()
        ],
    }


def _found_as_json(deck: Deck, card_id: CardId) -> dict[str, Any]:
    card = deck.card(card_id)
    return {
        "id": card.id,
        "module": card.module,
        "kind": card.kind,
        "ask": {"en": card.ask.en, "zh": card.ask.zh},
        "difficulty": card.difficulty,
        "tags": card.tags,
    }


def _record_as_json(deck: Deck, record: Studied) -> dict[str, Any]:
    from llmcore_tui.content.claim import Quoted

    file, line = deck.place_of(record.id)
    locked = {slot: deck.numbers.get(f"{record.id}#{slot}") for slot in record.numbers}
    values = {
        slot: number.quote if isinstance(number, Quoted) else getattr(locked[slot], "value", None)
        for slot, number in record.numbers.items()
    }
    return {
        "module": record.module,
        "as_of": record.as_of,
        "file": str(file),
        "line": line,
        "record": deck.stated(record.id),
        "values": values,
    }
