"""What stands on the screen as text, and how it is held against a golden file."""

from __future__ import annotations

import os
from pathlib import Path

from textual.app import App

GOLDEN = Path(__file__).parent / "golden"
RENEW = "RENEW_GOLDENS"
"""Set this variable to write the golden files anew; read the difference before you commit it."""


def picture(app: App[None]) -> str:
    """The characters of the screen, line by line, without the spaces at the ends."""
    strips = app.screen._compositor.render_strips()
    return "\n".join(strip.text.rstrip() for strip in strips).rstrip() + "\n"


def matches_golden(app: App[None], name: str) -> None:
    """Fail where the screen is not the golden file of that name."""
    shown = picture(app)
    file = GOLDEN / f"{name}.txt"
    if os.environ.get(RENEW):
        file.write_text(shown, encoding="utf-8")
    assert shown == file.read_text(encoding="utf-8"), f"{file} differs; set {RENEW}=1 to write it anew"
