"""What llmcore adds at start-up: `--help` over a bare Typer app, the Study screen's first frame over a bare Textual app.

Run: `.venv/bin/python benchmarks/startup.py [--runs 15]`. Prints a Markdown table of ratios of CPU time.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path

from cpu import Timing, cpu_that_it_prints, interleaved, paired_ratio

FOLDER = Path(__file__).resolve().parent


def main() -> None:
    """Measure both pairs and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=15)
    runs = parser.parse_args().runs
    with tempfile.TemporaryDirectory() as home:
        environment = {
            **os.environ,
            "HOME": home,
            "LLMCORE_HOME": home,
            "LC_ALL": "C.UTF-8",
            "TERM": "xterm-256color",
        }
        environment.pop("NO_COLOR", None)
        environment.pop("PYTHONDONTWRITEBYTECODE", None)  # else a changed file is compiled in every run
        python = sys.executable
        help_ = interleaved(
            {
                "python -c pass": [python, "-c", "pass"],
                "bare Typer --help": [python, str(FOLDER / "bare_typer.py"), "--help"],
                "llmcore --help": [python, "-m", "llmcore_tui", "--help"],
            },
            environment,
            runs,
        )
        frame = interleaved(
            {
                "bare Textual, first frame": [python, str(FOLDER / "bare_textual.py")],
                "Study, first frame": [python, str(FOLDER / "study_frame.py")],
            },
            environment,
            runs,
            cpu_that_it_prints,
        )
    print("| what | CPU ms, median | ratio to the bare app: median (lowest to highest) |")
    print("|---|---|---|")
    for bare, ours in (help_[1:], frame):
        _row(bare, None)
        _row(ours, bare)


def _row(timing: Timing, bare: Timing | None) -> None:
    ratio = ""
    if bare is not None:
        low, median, high = paired_ratio(timing, bare)
        ratio = f"{median:.2f} ({low:.2f} to {high:.2f})"
    print(f"| {timing.name} | {timing.median:.0f} | {ratio} |")


if __name__ == "__main__":
    main()
