"""The package's public face: every name is there, and nothing heavy comes with the first of them."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

import llmcore_progress
from llmcore_progress import Rating
from tests.progress.given import DAY, NOW, opened


def test_every_public_name_can_be_had() -> None:
    for name in llmcore_progress._HOMES:
        assert name in ("Json", "Which") or getattr(llmcore_progress, name).__name__ == name
    assert llmcore_progress.Json is not None


def test_a_name_that_is_none_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'Optimizer'"):
        llmcore_progress.Optimizer  # noqa: B018  # asked for on purpose


def test_what_mypy_sees_is_what_there_is() -> None:
    source = Path(llmcore_progress.__file__).read_text(encoding="utf-8")
    for name, home in llmcore_progress._HOMES.items():
        assert f"from llmcore_progress.{home} import {name} as {name}\n" in source
    assert source.count(" as ") == len(llmcore_progress._HOMES)


def test_the_next_card_needs_no_fsrs_and_the_first_rating_brings_no_optimizer(tmp_path: Path) -> None:
    script = textwrap.dedent("""
        import sys
        from datetime import UTC, datetime
        from pathlib import Path
        from llmcore_progress import Entry, Progress, Rating

        heavy = {"fsrs", "hashlib", "statistics", "uuid", "random", "importlib.metadata", "logging", "asyncio"}
        now = datetime(2026, 11, 22, 10, tzinfo=UTC)
        with Progress.open(Path(sys.argv[1]), now=now) as progress:
            progress.set_catalogue("one", lambda: [Entry("m.c", "m", 0)])
            assert progress.next_card(now).card == "m.c"
            assert progress.counts(now).new == 1
            assert not heavy & set(sys.modules), heavy & set(sys.modules)
            progress.review("m.c", Rating.GOOD, now, elapsed_ms=1)
            assert "fsrs" in sys.modules
            assert not {"fsrs.optimizer", "torch", "numpy", "importlib.metadata"} & set(sys.modules)
    """)
    run_alone(script, tmp_path)


def test_a_card_in_review_is_shown_without_fsrs(tmp_path: Path) -> None:
    with opened(tmp_path) as progress:
        progress.review("m.c", Rating.EASY, NOW - 20 * DAY, elapsed_ms=1)
    script = textwrap.dedent("""
        import sys
        from datetime import UTC, datetime
        from pathlib import Path
        from llmcore_progress import Entry, Progress

        now = datetime(2026, 11, 22, 10, tzinfo=UTC)
        with Progress.open(Path(sys.argv[1]), now=now) as progress:
            progress.set_catalogue("one", lambda: [Entry("m.c", "m", 0)])
            assert progress.next_card(now).why == "review"
            assert progress.state("m.c").reviews == 1
            assert progress.forecast(now, 3) == (1, 0, 0)
            assert not {"fsrs", "importlib.metadata"} & set(sys.modules)
            progress.preview("m.c", now)
            assert "fsrs" in sys.modules
    """)
    run_alone(script, tmp_path)


def run_alone(script: str, folder: Path) -> None:
    """Run a script in a process that has imported nothing yet (no .pth files either)."""
    packages = str(Path(llmcore_progress.__file__).parent.parent)
    start = f"import sys; sys.path[:0] = {[packages, *sys.path[1:]]!r}\n"
    ended = subprocess.run(
        [sys.executable, "-S", "-c", start + script, str(folder / "log.sqlite")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
