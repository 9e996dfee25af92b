"""How far a session is, in one line of blocks that reads without colour."""

from __future__ import annotations


def progress_bar(done: int, total: int, width: int = 8) -> str:
    """Filled and empty blocks; the last block fills only when everything is done."""
    if total <= 0:
        return "▁" * width
    filled = min(width, done * width // total)
    return "▇" * filled + "▁" * (width - filled)
