"""Run as a script: the whole program, with another folder as its built-in deck: `on_small_deck.py DECK study …`."""

from __future__ import annotations

import sys
from pathlib import Path

from llmcore_tui import locations
from llmcore_tui.__main__ import main

if __name__ == "__main__":
    deck = Path(sys.argv.pop(1))
    locations.builtin_deck = lambda: deck
    raise SystemExit(main())
