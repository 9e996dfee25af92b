"""Anki's own backend (PyPI `anki`) without a window: makes a collection, then measures it. Runs in the benchmark's venv.

`anki_side.py make FILE CARDS REVIEWS` and `anki_side.py measure FILE ANSWERS` each print one JSON object.
Anki keeps its collection in SQLite with WAL and `synchronous=FULL` (printed, to be seen): a durable answer on both sides.
"""

from __future__ import annotations

import json
import random
import sys
import time
from pathlib import Path
from typing import Any

from shape import TAGS, WORD_SOUGHT, module_of, tag_of, words
from timing import median, p99, peak_megabytes, repeated, timed


def make(file: Path, cards: int, reviews: int) -> dict[str, Any]:
    """A collection of `cards` cards; half of them were reviewed before, `reviews` times in all, and are due now."""
    from anki.collection import AddNoteRequest, Collection

    collection = Collection(str(file))
    kind = collection.models.by_name("Basic")
    assert kind is not None
    source = random.Random(0)
    for first in range(0, cards, 1000):
        requests = []
        for number in range(first, min(first + 1000, cards)):
            note = collection.new_note(kind)
            note["Front"], note["Back"] = words(source, 12), words(source, 20)
            note.tags = [f"module::{module_of(number)}", tag_of(number)]
            requests.append(AddNoteRequest(note=note, deck_id=1))
        collection.add_notes(requests)
    collection.set_config("fsrs", True)
    seen = list(collection.find_cards(""))[: cards // 2]
    for first in range(0, len(seen), 5000):
        collection.sched.set_due_date(seen[first : first + 5000], "0")
    _write_reviews(collection, seen, reviews)
    collection.close()
    return {"megabytes": file.stat().st_size / 1e6}


def _write_reviews(collection: Any, seen: list[int], reviews: int) -> None:
    """Past reviews in Anki's own table, in one transaction; a row's id is its time in milliseconds."""
    assert collection.db is not None
    begin = int((time.time() - 400 * 86400) * 1e3)
    rows = (
        (begin + place * 30_000, seen[place % len(seen)], -1, 3, 10, 5, 2500, 6000, 1)
        for place in range(reviews)
    )
    columns = "id, cid, usn, ease, ivl, lastIvl, factor, time, type"
    statement = f"insert or ignore into revlog ({columns}) values (?,?,?,?,?,?,?,?,?)"
    collection.db.transact(lambda: collection.db.executemany(statement, rows))


def measure(file: Path, answers: int) -> dict[str, Any]:
    """Cold and warm opening, next card, answer, searches, memory."""
    (collection, rendered), cold = timed(lambda: _open(file))
    collection.close()
    (collection, rendered), warm = timed(lambda: _open(file))
    assert rendered
    from anki.scheduler.v3 import CardAnswer

    settings = collection.decks.config_dict_for_deck_id(1)
    settings["new"]["perDay"] = settings["rev"]["perDay"] = 9999
    collection.decks.update_config(settings)
    after_open = peak_megabytes()
    ratings = (CardAnswer.AGAIN, CardAnswer.HARD, CardAnswer.GOOD, CardAnswer.GOOD, CardAnswer.EASY)
    source = random.Random(1)
    next_ms, answer_ms = [], []
    for _ in range(answers):
        (queued, card), took = timed(lambda: _next(collection))
        next_ms.append(took)
        card.start_timer()
        rating = source.choice(ratings)

        def answer(queued: Any = queued, card: Any = card, rating: Any = rating) -> None:
            collection.sched.answer_card(
                collection.sched.build_answer(card=card, states=queued.states, rating=rating)
            )

        answer_ms.append(timed(answer)[1])
    assert collection.db is not None
    tag, text = f"tag:{TAGS[7]}", WORD_SOUGHT
    return {
        "synchronous": collection.db.scalar("pragma synchronous"),
        "journal": collection.db.scalar("pragma journal_mode"),
        "cold_ms": cold,
        "warm_ms": warm,
        "next_ms": median(next_ms),
        "next_p99_ms": p99(next_ms),
        "answer_ms": median(answer_ms),
        "answer_p99_ms": p99(answer_ms),
        "tag_ms": median(repeated(lambda: collection.find_cards(tag), 9)),
        "tag_hits": len(collection.find_cards(tag)),
        "text_ms": median(repeated(lambda: collection.find_cards(text), 9)),
        "text_hits": len(collection.find_cards(text)),
        "open_megabytes": after_open,
        "megabytes": peak_megabytes(),
    }


def _open(file: Path) -> tuple[Any, str]:
    """From nothing to the first card's question."""
    from anki.collection import Collection

    collection = Collection(str(file))
    _, card = _next(collection)
    return collection, card.question()


def _next(collection: Any) -> tuple[Any, Any]:
    queued = collection.sched.get_queued_cards(fetch_limit=1).cards[0]
    return queued, collection.get_card(queued.card.id)


if __name__ == "__main__":
    command, path, *numbers = sys.argv[1:]
    done = (
        make(Path(path), *map(int, numbers)) if command == "make" else measure(Path(path), *map(int, numbers))
    )
    print(json.dumps(done))
