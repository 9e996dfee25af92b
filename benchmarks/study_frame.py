"""Opens the learner's log and the built-in deck, shows the first card of the Study screen, and leaves."""

from __future__ import annotations

from frames import leave_after_first_frame
from llmcore_tui.app import ready
from llmcore_tui.cli import opened
from llmcore_tui.study.opened import Opened, Wishes


def main() -> None:
    """One first frame, without a terminal."""
    settings = opened.config()
    with opened.progress(settings, opened.now()) as progress:
        desk = Opened(settings, opened.deck(settings), progress, opened.now)
        leave_after_first_frame(ready(desk, Wishes(seed=1), start="study"), "study")


if __name__ == "__main__":
    main()
