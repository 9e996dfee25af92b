"""llmcore beside Anki's own backend at 10k and 100k cards with ten reviews a card, in one run on one disk.

Run: `.venv/bin/python benchmarks/scale.py [--sizes 10000 100000] [--answers 500] [--rounds 3]`. Makes a venv of its own
with PyPI's `anki` in a temporary folder. Both keep SQLite with WAL and `synchronous=FULL`. Prints Markdown tables.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import venv
from collections.abc import Mapping, Sequence
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
REVIEWS_A_CARD = 10
ROWS = {
    "cold_ms": "open to first card, new process, cold files",
    "warm_ms": "open to first card, again in the same process",
    "next_ms": "next card, median",
    "next_p99_ms": "next card, p99",
    "answer_ms": "durable answer, median",
    "answer_p99_ms": "durable answer, p99",
    "tag_ms": "search by tag",
    "text_ms": "search by text",
    "open_megabytes": "peak memory at the first card, MB",
    "megabytes": "peak memory at the end, MB",
}
Figures = Mapping[str, float]


def main() -> None:
    """Make both sides, measure them in turn, print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument("--answers", type=int, default=500)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--anki", type=Path, help="a Python that has PyPI's anki; made when left out")
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=os.environ.get("TMPDIR")) as temporary:
        folder = Path(temporary)
        anki = wanted.anki or _anki_python(folder / "venv")
        found = {size: _both(folder / str(size), size, anki, wanted) for size in wanted.sizes}
    for size, (ours, theirs) in found.items():
        _print_table(size, ours, theirs)
    if len(found) > 1:
        small, large = (found[size][0] for size in (min(found), max(found)))
        print(f"\nGrowth of llmcore's own times from {min(found):,} to {max(found):,} cards:")
        for key in ("next_ms", "answer_ms"):
            print(f"- {ROWS[key]}: {large[key] / small[key]:.2f} times")


def _both(folder: Path, size: int, anki: Path, wanted: argparse.Namespace) -> tuple[Figures, Figures]:
    folder.mkdir()
    collection = folder / "collection.anki2"
    ours = [sys.executable, str(FOLDER / "llmcore_side.py")]
    theirs = [str(anki), str(FOLDER / "anki_side.py")]
    reviews = str(size * REVIEWS_A_CARD)
    _run([*ours, "make", str(folder), str(size), reviews])
    _run([*theirs, "make", str(collection), str(size), reviews])
    rounds: tuple[list[Figures], list[Figures]] = ([], [])
    for _ in range(wanted.rounds):
        _evict(folder)
        rounds[0].append(_run([*ours, "measure", str(folder), str(wanted.answers)]))
        _evict(folder)
        rounds[1].append(_run([*theirs, "measure", str(collection), str(wanted.answers)]))
    return _middle(rounds[0]), _middle(rounds[1])


def _middle(rounds: Sequence[Figures]) -> Figures:
    return {
        key: statistics.median(figures[key] for figures in rounds) for key in [*ROWS, "tag_hits", "text_hits"]
    }


def _run(command: Sequence[str]) -> Figures:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} failed:\n{done.stderr}")
    figures: Figures = json.loads(done.stdout.splitlines()[-1])
    return figures


def _evict(folder: Path) -> None:
    """Ask the kernel to forget the files' pages, so that opening reads the disk."""
    for file in folder.rglob("*"):
        if file.is_file():
            descriptor = os.open(file, os.O_RDONLY)
            os.fsync(descriptor)
            os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
            os.close(descriptor)


def _anki_python(folder: Path) -> Path:
    print("Making a venv with anki …", file=sys.stderr)
    venv.create(folder, with_pip=True)
    python = folder / "bin" / "python"
    subprocess.run([python, "-m", "pip", "install", "--quiet", "anki"], check=True)
    return python


def _print_table(size: int, ours: Figures, theirs: Figures) -> None:
    print(f"\n{size:,} cards, {size * REVIEWS_A_CARD:,} reviews\n")
    print("| what | llmcore | Anki | ratio |\n|---|---|---|---|")
    for key, name in ROWS.items():
        print(f"| {name} | {ours[key]:.2f} | {theirs[key]:.2f} | {ours[key] / theirs[key]:.2f} |")
    print(f"\nHits: tag {ours['tag_hits']:.0f} and {theirs['tag_hits']:.0f}, ", end="")
    print(f"text {ours['text_hits']:.0f} and {theirs['text_hits']:.0f}.")


if __name__ == "__main__":
    main()
