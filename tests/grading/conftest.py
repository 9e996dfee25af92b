"""The gold answers with the rubrics of their questions."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from llmcore_tui import locations
from llmcore_tui.content.deck import Deck
from llmcore_tui.grading.rubric import Rubric
from llmcore_tui.study.rubric import of_question

GOLD = Path(__file__).parent / "gold"


@dataclass(frozen=True, slots=True)
class Gold:
    """One answer as people marked it."""

    id: str
    kind: str
    language: str
    answer: str
    verdicts: dict[str, str]
    rubric: Rubric


@pytest.fixture(scope="session")
def builtin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deck]:
    """The deck that the program ships."""
    deck = Deck.open([locations.builtin_deck()], tmp_path_factory.mktemp("cache"))
    yield deck
    deck.close()


@pytest.fixture(scope="session")
def gold(builtin: Deck) -> dict[str, list[Gold]]:
    """`seen`; `unseen`, which no constant of the marker was chosen by; and `alignment`, written after the marker, as unseen."""
    return {part: [_row(row, builtin) for row in _rows(part)] for part in ("seen", "unseen", "alignment")}


def _rows(part: str) -> list[dict[str, Any]]:
    files = sorted((GOLD / part).glob("*.jsonl"))
    return [json.loads(line) for file in files for line in file.read_text(encoding="utf-8").splitlines()]


def _row(row: dict[str, Any], deck: Deck) -> Gold:
    rubric = of_question(deck, deck.question(row["question"]), "en")
    return Gold(row["id"], row["kind"], row["language"], row["answer"], row["verdicts"], rubric)
