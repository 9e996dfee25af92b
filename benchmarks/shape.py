"""What both sides of the scale benchmark are filled with: the same texts, modules and tags for the same card number."""

from __future__ import annotations

import random

MODULES = tuple(f"m{number:02}" for number in range(20))
TAGS = tuple(f"t{number:02}" for number in range(100))
VOCABULARY = tuple(f"word{number}" for number in range(5000))
WORD_SOUGHT = "word123"


def words(source: random.Random, count: int) -> str:
    """A sentence of `count` made-up words."""
    return " ".join(source.choices(VOCABULARY, k=count))


def module_of(number: int) -> str:
    """The module of the card with this number."""
    return MODULES[number % len(MODULES)]


def tag_of(number: int) -> str:
    """The tag of the card with this number."""
    return TAGS[number % len(TAGS)]
