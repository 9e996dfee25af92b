"""UUIDv7 (RFC 9562, section 5.7), which Python 3.11 does not have: 48 bits of milliseconds, then 74 bits of our own.

Of those, the first 12 hold the microseconds within the millisecond (section 6.2, method 3), so that ids sort as the
events' times do; the rest is random. Within a process every id is greater than the one before.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from threading import Lock

_RANDOM_BITS = 62
_VERSION = 7 << 76
_VARIANT = 2 << 62
_ALL = (1 << 74) - 1


class Uuid7:
    """Makes ids from times; `random` gives that many random bytes."""

    def __init__(self, random: Callable[[int], bytes] = os.urandom) -> None:
        self._random = random
        self._last = -1
        self._lock = Lock()

    def new(self, at_us: int) -> str:
        """The next id for a time in microseconds since 1970 (negative times count as 0)."""
        milliseconds, within = divmod(max(at_us, 0), 1000)
        low = (within << 2) << _RANDOM_BITS | int.from_bytes(self._random(8), "big") >> 2
        with self._lock:
            number = max((milliseconds & ((1 << 48) - 1)) << 74 | low, self._last + 1)
            self._last = number
        return _text(number)


def _text(number: int) -> str:
    """The canonical text of 122 free bits with version and variant put in."""
    milliseconds, low = number >> 74, number & _ALL
    bits = milliseconds << 80 | _VERSION | (low >> 62) << 64 | _VARIANT | low & ((1 << 62) - 1)
    digits = f"{bits:032x}"
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"
