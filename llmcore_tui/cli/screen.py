"""The way from a command to the screen: Textual is imported here, and only when a screen is wanted."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from llmcore_tui.app import Mode
    from llmcore_tui.interview.setup import Setup
    from llmcore_tui.study.opened import Opened, Wishes


def run(desk: Opened, wishes: Wishes, *, start: Mode, interview: Setup | None = None) -> None:
    """Run the program until the learner leaves it."""
    # Textual drops what an input method composes under the kitty keyboard protocol; it reads this once.
    os.environ.setdefault("TEXTUAL_DISABLE_KITTY_KEY", "1")
    from llmcore_tui.app import run_app

    run_app(desk, wishes, start=start, interview=interview)
