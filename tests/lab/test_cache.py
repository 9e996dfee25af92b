"""Results on disk: found again while demo, toys, versions and flags are the same."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from llmcore_tui.lab import cache as cache_module
from llmcore_tui.lab.cache import CachedRunner
from llmcore_tui.lab.declaration import FlagValue
from llmcore_tui.lab.demo import Demo, read_demo
from llmcore_tui.lab.result import Estimate, NotReached, NotRun, Result, Series, Table, Value
from llmcore_tui.lab.run import Outcome, outcome_here
from llmcore_tui.lab.wire import result_as_json, result_from_json
from tests.lab.small_demo import DECLARED, LINE, with_body, write_demo


class Counting:
    """A runner that counts its runs."""

    def __init__(self) -> None:
        self.runs: list[Mapping[str, FlagValue]] = []

    def __call__(self, demo: Demo, settings: Mapping[str, FlagValue]) -> Outcome:
        self.runs.append(settings)
        return outcome_here(demo, settings)


def run(folder: Path, file: Path, **flags: float) -> tuple[Outcome, int]:
    """The outcome through a new runner on the same folder, and how many runs that took."""
    demo, counting = read_demo(file), Counting()
    outcome = CachedRunner(folder, counting)(demo, demo.settings(flags))
    return outcome, len(counting.runs)


@pytest.fixture
def demo(tmp_path: Path) -> Path:
    return write_demo(tmp_path / "deck", LINE)


def test_the_same_flags_are_run_once(tmp_path: Path, demo: Path) -> None:
    first, runs = run(tmp_path / "cache", demo, a=3)
    assert runs == 1
    again, runs = run(tmp_path / "cache", demo, a=3)
    assert runs == 0
    assert again == first
    assert run(tmp_path / "cache", demo, a=4)[1] == 1


def test_a_changed_demo_runs_again_and_going_back_does_not(tmp_path: Path, demo: Path) -> None:
    run(tmp_path / "cache", demo)
    demo.write_text(LINE + "\n# longer\n", encoding="utf-8")
    assert run(tmp_path / "cache", demo)[1] == 1
    demo.write_text(LINE, encoding="utf-8")
    assert run(tmp_path / "cache", demo)[1] == 0


def test_other_versions_run_again(tmp_path: Path, demo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run(tmp_path / "cache", demo)
    monkeypatch.setattr(cache_module, "versions", lambda: {"python": "3.99"})
    assert run(tmp_path / "cache", demo)[1] == 1


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"seconds": 1}', '{"seconds": 1, "result": {"numbers": {}}}']
)
def test_a_damaged_entry_is_run_again(tmp_path: Path, demo: Path, text: str) -> None:
    run(tmp_path / "cache", demo)
    (entry,) = (tmp_path / "cache").rglob("*.json")
    entry.write_text(text, encoding="utf-8")
    assert run(tmp_path / "cache", demo)[1] == 1
    assert run(tmp_path / "cache", demo)[1] == 0


def test_an_entry_that_the_declaration_no_longer_allows_is_run_again(tmp_path: Path, demo: Path) -> None:
    run(tmp_path / "cache", demo)
    (entry,) = (tmp_path / "cache").rglob("*.json")
    stored = json.loads(entry.read_text(encoding="utf-8"))
    stored["result"]["numbers"]["y"] = float("nan")
    entry.write_text(json.dumps(stored), encoding="utf-8")
    assert run(tmp_path / "cache", demo)[1] == 1


def test_a_folder_that_cannot_be_written_is_no_error(tmp_path: Path, demo: Path) -> None:
    blocked = tmp_path / "cache"
    blocked.write_text("a file where a folder should be", encoding="utf-8")
    assert run(blocked, demo)[0].result.numbers["y"] == 2.0


def test_results_of_old_versions_of_a_demo_are_forgotten(tmp_path: Path, demo: Path) -> None:
    for number in range(9):
        demo.write_text(f"{LINE}\n# {number}\n", encoding="utf-8")
        run(tmp_path / "cache", demo)
    kept = list((tmp_path / "cache" / "line").iterdir())
    assert 3 <= len(kept) <= 4
    assert run(tmp_path / "cache", demo)[1] == 0


def test_a_result_goes_to_json_and_back(tmp_path: Path) -> None:
    numbers: dict[str, Value] = {
        "y": Estimate(0.5, 0.1, 7),
        "twice": 3.0,
        "a": NotReached("9", "九"),
        "b": NotRun("why"),
    }
    result = Result(
        numbers,
        "training",
        (Series("en", "zh", (0.0, 1.0), (1.0, 2.0), "x", "y"),),
        (Table("en", "zh", ("c", "d"), ((1.0, "word"),)),),
        "so",
        "x^2",
    )
    assert result_from_json(json.loads(json.dumps(result_as_json(result)))) == result


def test_a_tuple_of_a_flag_is_part_of_the_key(tmp_path: Path) -> None:
    flags = '    p: Annotated[tuple[float, ...], Flag("p", "p")] = (1.0,),\n'
    body = "    y = a * sum(p)\n    return Result({'y': y, 'twice': 2 * y}, ran='formula')"
    anchorless = DECLARED.replace(DECLARED.splitlines()[4], "")
    demo = read_demo(write_demo(tmp_path, with_body(body, declared=anchorless, flags=flags)))
    counting = Counting()
    runner = CachedRunner(tmp_path / "cache", counting)
    for p in ((1.0,), (1.0, 2.0), (1.0,)):
        assert runner(demo, demo.settings({"p": p})).result.numbers["y"] == sum(p)
    assert len(counting.runs) == 2
