"""How well and how fast answers are marked offline, beside plain overlap of words.

Run: `.venv/bin/python benchmarks/grading.py [--unseen] [--rows 100000] [DATA.jsonl ...]`. Prints Markdown tables: the gold answers of
`tests/grading/gold` (point by point), then each file of other answers, one JSON object a line with `question_id`,
`question`, `references`, `answer`, and either `score` (0 to 1) or `label` (correct, contradictory, incorrect).
"""

from __future__ import annotations

import argparse
import json
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from agreement import better_than, calibrated, kappa, pearson, rmse
from llmcore_tui import locations
from llmcore_tui.content.deck import Deck
from llmcore_tui.grading.mark import Verdict
from llmcore_tui.grading.offline import OfflineMarker
from llmcore_tui.grading.rubric import Rubric
from llmcore_tui.study.rubric import of_question
from overlap import bm25, demoted_recall, jaccard, tf_idf
from timing import peak_megabytes

GOLD = Path(__file__).resolve().parent.parent / "tests" / "grading" / "gold"
VERDICTS = tuple(str(verdict) for verdict in Verdict)


@dataclass(frozen=True, slots=True)
class Answer:
    """A row of other people's data."""

    question_id: str
    question: str
    references: tuple[str, ...]
    answer: str
    score: float
    """Their mark; 1 or 0 where they only said correct or not."""
    label: str


def main() -> None:
    """Print every table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--unseen",
        action="store_true",
        help="also what nobody tuned to: the third kept apart, and the later questions on alignment",
    )
    parser.add_argument("--rows", type=int, default=100_000, help="rows for the memory that marking takes")
    parser.add_argument("data", type=Path, nargs="*")
    arguments = parser.parse_args()
    with TemporaryDirectory() as folder, closing(Deck.open([locations.builtin_deck()], Path(folder))) as deck:
        for part in ("seen", "unseen", "alignment") if arguments.unseen else ("seen",):
            _gold(part, deck)
    for file in arguments.data:
        _others(file)
    _speed(arguments.rows)


def _gold(part: str, deck: Deck) -> None:
    marker, rubrics = OfflineMarker(), dict[str, Rubric]()
    counts: Counter[tuple[str, str]] = Counter()
    by_kind: dict[str, list[bool]] = defaultdict(list)
    gated = full = 0
    for row in _lines(sorted((GOLD / part).glob("*.jsonl"))):
        name = row["question"]
        rubric = rubrics.setdefault(name, of_question(deck, deck.question(name), "en"))
        mark = marker.mark(row["answer"], rubric)
        for point in mark.points:
            counts[row["verdicts"][point.id], str(point.verdict)] += 1
            by_kind[row["kind"]].append(row["verdicts"][point.id] == point.verdict)
        if row["kind"] in ("full", "terse"):
            full += 1
            gated += not any(point.verdict is not Verdict.MISSED for point in mark.points)
    total = sum(counts.values())
    right = sum(count for (true, given), count in counts.items() if true == given)
    print(f"\n### Gold answers, {part}: {total} points\n")
    print(
        f"accuracy {right / total:.3f}, kappa {kappa(counts):.3f}; full answers gated to nothing: {gated} of {full}\n"
    )
    print("| true, then given | " + " | ".join(VERDICTS) + " |\n|---|" + "---|" * len(VERDICTS))
    for true in VERDICTS:
        print(f"| {true} | " + " | ".join(str(counts[true, given]) for given in VERDICTS) + " |")
    print("\n| kind of answer | points | accuracy |\n|---|---|---|")
    for kind, hits in by_kind.items():
        print(f"| {kind} | {len(hits)} | {sum(hits) / len(hits):.3f} |")


def _others(file: Path) -> None:
    rows = [_answer(row) for row in _lines([file])]
    marker = OfflineMarker()
    ways: dict[str, Callable[[Answer], float]] = {
        "llmcore": lambda row: (
            marker.mark_by_references(row.answer, row.question, row.references).coverage or 0.0
        ),
        "demoted recall": demoted_recall,
        "Jaccard": jaccard,
        "TF-IDF": tf_idf(rows),
        "BM25": bm25(rows),
    }
    truth, questions = [row.score for row in rows], [row.question_id for row in rows]
    print(f"\n### {file.stem}: {len(rows)} answers to {len(set(questions))} questions\n")
    print(
        "| way | r | RMSE | r, calibrated on unseen questions | RMSE, the same | AUC correct over contradictory |"
    )
    print("|---|---|---|---|---|---|")
    for name, way in ways.items():
        scores = [way(row) for row in rows]
        fair = calibrated(scores, truth, questions)
        auc = f"{better_than(_groups(rows, scores)):.3f}" if any(row.label for row in rows) else ""
        print(
            f"| {name} | {pearson(scores, truth):.3f} | {rmse(scores, truth):.3f} "
            f"| {pearson(fair, truth):.3f} | {rmse(fair, truth):.3f} | {auc} |"
        )


def _groups(rows: Sequence[Answer], scores: Sequence[float]) -> dict[str, tuple[list[float], list[float]]]:
    groups: dict[str, tuple[list[float], list[float]]] = defaultdict(lambda: ([], []))
    for row, score in zip(rows, scores, strict=True):
        if row.label in ("correct", "contradictory"):
            groups[row.question_id][row.label == "contradictory"].append(score)
    return groups


def _speed(rows: int) -> None:
    """Short answers by reference, each another text, so that nothing is remembered from one to the next."""
    marker = OfflineMarker()
    reference = (
        "The advantage is the action value minus the state value, so it lowers the variance of the gradient."
    )

    def some(first: int, last: int) -> None:
        for number in range(first, last):
            answer = f"It is Q minus V in run {number}, which makes the gradient less noisy and adds no bias."
            marker.mark_by_references(answer, "What is the advantage?", [reference])

    some(0, min(1000, rows))
    before, started = peak_megabytes(), time.process_time()
    some(1000, rows)
    seconds = time.process_time() - started
    print("\n### Speed and memory\n")
    print(
        f"{(rows - 1000) / seconds:.0f} short answers a second of CPU; memory grew by {peak_megabytes() - before:.1f} MB over {rows:,} rows"
    )


def _answer(row: dict[str, Any]) -> Answer:
    label = row.get("label", "")
    score = float(row["score"]) if "score" in row else float(label == "correct")
    return Answer(row["question_id"], row["question"], tuple(row["references"]), row["answer"], score, label)


def _lines(files: Iterable[Path]) -> Iterable[dict[str, Any]]:
    for file in files:
        with file.open(encoding="utf-8") as stream:
            yield from map(json.loads, stream)


if __name__ == "__main__":
    main()
