"""llmcore without a screen: makes a deck and a log, then measures them as `anki_side.py` measures Anki's collection.

`llmcore_side.py make FOLDER CARDS REVIEWS` and `llmcore_side.py measure FOLDER ANSWERS` each print one JSON object.
"""

from __future__ import annotations

import json
import random
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from shape import MODULES, TAGS, WORD_SOUGHT, module_of, tag_of, words
from timing import median, p99, peak_megabytes, repeated, timed

NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)
NO_LIMIT = 9999
FIRST_REVIEW = NOW - timedelta(days=400)


def make(folder: Path, cards: int, reviews: int) -> dict[str, Any]:
    """A deck of `cards` cards; half of them were reviewed before, `reviews` times in all, and are due now."""
    _write_deck(folder / "deck", cards)
    deck = _deck(folder)
    log = folder / "events.jsonl"
    with log.open("w", encoding="utf-8") as stream:
        for event in _reviews(cards // 2, reviews):
            stream.write(json.dumps(event) + "\n")
    with _progress(folder) as progress:
        progress.set_catalogue(deck.fingerprint, lambda: _entries(deck))
        progress.import_(log, NOW)
    log.unlink()
    deck.close()
    return {"megabytes": (folder / "log.sqlite").stat().st_size / 1e6}


def measure(folder: Path, answers: int) -> dict[str, Any]:
    """Cold and warm opening, next card, answer, searches, memory."""
    (deck, progress, _), cold = timed(lambda: _open(folder))
    progress.close()
    deck.close()
    (deck, progress, card), warm = timed(lambda: _open(folder))
    assert card.ask.en
    from llmcore_progress import Rating

    after_open = peak_megabytes()
    ratings = (Rating.AGAIN, Rating.HARD, Rating.GOOD, Rating.GOOD, Rating.EASY)
    source = random.Random(1)
    now = NOW
    next_ms, answer_ms = [], []
    for _ in range(answers):
        now += timedelta(seconds=20)

        def next_card(now: datetime = now) -> Any:
            queued = progress.next_card(now)
            return deck.card(queued.card)

        card, took = timed(next_card)
        next_ms.append(took)
        rating = source.choice(ratings)

        def answer(card: Any = card, rating: Rating = rating, now: datetime = now) -> None:
            progress.preview(card.id, now)
            progress.review(card.id, rating, now, elapsed_ms=5000)

        answer_ms.append(timed(answer)[1])
    result = {
        "cold_ms": cold,
        "warm_ms": warm,
        "next_ms": median(next_ms),
        "next_p99_ms": p99(next_ms),
        "answer_ms": median(answer_ms),
        "answer_p99_ms": p99(answer_ms),
        "tag_ms": median(repeated(lambda: deck.search(tag=TAGS[7]), 9)),
        "tag_hits": len(deck.search(tag=TAGS[7])),
        "text_ms": median(repeated(lambda: deck.search(text=WORD_SOUGHT), 9)),
        "text_hits": len(deck.search(text=WORD_SOUGHT)),
        "open_megabytes": after_open,
        "megabytes": peak_megabytes(),
    }
    progress.close()
    deck.close()
    return result


def _open(folder: Path) -> tuple[Any, Any, Any]:
    """From nothing to the first card, with the imports where this is the first time."""
    deck = _deck(folder)
    progress = _progress(folder)
    progress.set_catalogue(deck.fingerprint, lambda: _entries(deck))
    queued = progress.next_card(NOW)
    assert queued is not None
    return deck, progress, deck.card(queued.card)


def _deck(folder: Path) -> Any:
    from llmcore_tui.content.deck import Deck

    return Deck.open([folder / "deck"], folder / "cache")


def _progress(folder: Path) -> Any:
    from llmcore_progress import Progress, Settings

    settings = Settings(zone=UTC, new_per_day=NO_LIMIT, reviews_per_day=NO_LIMIT)
    return Progress.open(folder / "log.sqlite", settings=settings, now=NOW)


def _entries(deck: Any) -> Iterator[Any]:
    from llmcore_progress import Entry

    return (Entry(*entry) for entry in deck.entries())


def _reviews(seen: int, reviews: int) -> Iterator[dict[str, Any]]:
    """Past reviews in the order of time; the last of each card left it due before now."""
    from llmcore_progress.instant import microseconds, written
    from llmcore_progress.learner_day import day_text
    from llmcore_progress.uuid7 import Uuid7

    ids = Uuid7()
    for place in range(reviews):
        at = FIRST_REVIEW + timedelta(seconds=30 * place)
        day = at.toordinal() - (at.hour < 4)
        yield {
            "id": ids.new(microseconds(at)),
            "at": written(microseconds(at)),
            "device": "benchmark",
            "learner": "me",
            "kind": "review",
            "subject": _id(place % seen),
            "body": {
                "rating": 3,
                "elapsed_ms": 6000,
                "phase": "review",
                "step": 0,
                "due": day_text(day + 10),
                "interval_days": 10,
                "retention": 0.9,
                "was": "review" if place >= seen else "new",
                "day": day_text(day),
            },
        }


def _id(number: int) -> str:
    return f"{module_of(number)}.card-{number}"


def _write_deck(folder: Path, cards: int) -> None:
    """One file a module, with the texts, modules and tags that Anki's cards have."""
    texts = folder / "cards" / "made_up"
    texts.mkdir(parents=True)
    files = {module: [f"module: {module}\nas_of: 2026-11\ncards:\n"] for module in MODULES}
    source = random.Random(0)
    for number in range(cards):
        files[module_of(number)].append(_card(number, words(source, 12), words(source, 20)))
    for module, parts in files.items():
        (texts / f"{module}.yaml").write_text("".join(parts), encoding="utf-8")
    modules = "".join(
        f"  - {{id: {module}, area: made_up, title: {{en: {module}, zh: 模块}}, requires: [], demand: A}}\n"
        for module in MODULES
    )
    areas = "areas:\n  - {id: made_up, title: {en: Made up, zh: 造}}\nmodules:\n"
    (folder / "cards" / "modules.yaml").write_text(areas + modules, encoding="utf-8")
    (folder / "cards" / "sources.yaml").write_text(
        "sources:\n  s: {title: T, authors: A, year: 2026, url: 'https://example.org', kind: paper, read: 2026-11-22}\n",
        encoding="utf-8",
    )


def _card(number: int, front: str, back: str) -> str:
    return f"""  - id: {_id(number)}
    kind: spot_error
    ask: {{en: "{front}", zh: 问}}
    claim: {{en: wrong, zh: 错}}
    brief: {{en: right, zh: 对}}
    answer: {{en: "{back}", zh: 答}}
    sources: [{{cite: s, where: here, read: 2026-11-22}}]
    difficulty: 2
    tags: [{tag_of(number)}]
"""


if __name__ == "__main__":
    command, path, *numbers = sys.argv[1:]
    done = (
        make(Path(path), *map(int, numbers)) if command == "make" else measure(Path(path), *map(int, numbers))
    )
    print(json.dumps(done))
