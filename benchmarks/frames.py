"""Running a Textual app until its first frame is drawn."""

from __future__ import annotations

import time

from textual.app import App


def leave_after_first_frame(app: App[None], mode: str) -> None:
    """Run without a terminal at 80x24; once the mode's screen is drawn, print this process's CPU milliseconds and leave."""

    def leave() -> None:
        print(time.process_time() * 1e3)
        app.exit()

    async def leave_when_drawn(_: object) -> None:
        while app.current_mode != mode or not app.screen.is_running:
            await app.animator.wait_until_complete()
        app.call_after_refresh(leave)

    app.run(headless=True, size=(80, 24), auto_pilot=leave_when_drawn)
