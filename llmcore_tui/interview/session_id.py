"""Names of interviews: six letters and digits that a person can type, the same for ever."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence

from llmcore_tui.errors import InputError, UnknownName

LAST = "last"
LENGTH = 6
_ALPHABET = "23456789bcdfghjkmnpqrstvwxz"
"""Without vowels, so that no word comes out, and without what looks alike."""


def new(seed: str, taken: Collection[str]) -> str:
    """The id that a seed gives; another one where it is taken."""
    for attempt in range(len(taken) + 1):
        number = int.from_bytes(hashlib.sha256(f"{seed}/{attempt}".encode()).digest()[:8])
        name = ""
        for _ in range(LENGTH):
            number, place = divmod(number, len(_ALPHABET))
            name += _ALPHABET[place]
        if name not in taken:
            return name
    raise AssertionError("one more attempt than there are names that are taken")


def find(wanted: str, ids: Sequence[str]) -> str:
    """The id that is meant: `last`, an id, or the beginning of exactly one; UnknownName with the nearest, else."""
    if not ids:
        raise InputError("There is no interview yet.", "`llmcore interview` begins one.")
    if wanted == LAST:
        return ids[-1]
    found = [name for name in ids if wanted and name.startswith(wanted.strip().lower())]
    if len(found) == 1:
        return found[0]
    if found:
        raise InputError(f"{wanted!r} is the beginning of several interviews: {', '.join(found)}.")
    raise UnknownName("interview", wanted, ids)
