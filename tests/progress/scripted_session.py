"""A session in a process of its own: `python scripted_session.py LOG DEVICE NUMBER` studies and says what is on the disk.

After each call that returned, one line goes to standard output with the id of the event: from then on it must survive
anything. It never ends by itself when NUMBER is 0.
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

from llmcore_progress import Entry, Kind, Progress, Rating, Settings

NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)


def main(path: Path, device: str, number: int) -> None:
    """Study, undo and record in turn."""
    settings = Settings(zone=UTC, new_per_day=1_000_000, reviews_per_day=1_000_000)
    with Progress.open(path, settings=settings, device=device, now=NOW) as progress:
        progress.set_catalogue("deck", lambda: [Entry(f"m.c{n}", "m", n) for n in range(2_000)])
        now = NOW
        for nth in range(number) if number else count():
            now += timedelta(seconds=1)
            while (queued := progress.next_card(now)) is None:  # the day's work is done
                now += timedelta(days=1)
            acknowledge(progress.review(queued.card, Rating(1 + nth % 4), now, elapsed_ms=1_000).id)
            if nth % 7 == 3:
                progress.undo(now)
            if nth % 5 == 1:
                acknowledge(progress.record(Kind.PREDICTION, queued.card, {"predicted": nth}, now).id)


def acknowledge(identity: str) -> None:
    """Tell the world."""
    sys.stdout.write(identity + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]))
