"""`check` computes everything anew and says where lock, text and run disagree."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import replace
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from llmcore_tui import locations
from llmcore_tui.content.code_task import CodeTask
from llmcore_tui.content.deck import Deck
from llmcore_tui.lab import bench, check_demo
from llmcore_tui.lab.check import Report, Wanted, check
from llmcore_tui.lab.code_answer import CodeVerdict, judge
from llmcore_tui.lab.code_child import call_cases
from llmcore_tui.lab.declaration import FlagValue
from llmcore_tui.lab.demo import Demo
from llmcore_tui.lab.run import Outcome, outcome_here
from llmcore_tui.lab.trust import require_trust, trust
from tests.lab.small_deck import change, write_deck
from tests.lab.small_demo import LINE, write_demo

CARDS, ITEMS = "cards/basics/line.yaml", "quizzes/items/line.yaml"
LOCK = "cards/numbers.lock.json"
pytestmark = pytest.mark.usefixtures("here")
Check = Callable[..., Report]
_ABOUT_SIZE = (" cards of ", " kinds of cards of ", "has no ", " quiz items of ", " interview questions of ")


@pytest.fixture(scope="session")
def results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One cache of runs for all tests: their demos are mostly the same."""
    return tmp_path_factory.mktemp("cache")


class HereWorker:
    """Runs in this process what a worker runs in children: those have tests of their own."""

    def __init__(self, deck_folder: Path, **_: object) -> None:
        self.deck_folder = deck_folder

    def outcome(self, demo: Demo, settings: Mapping[str, FlagValue]) -> Outcome:
        """The demo's outcome, from a fresh import."""
        require_trust(self.deck_folder)
        return outcome_here(demo, settings)

    def submit_code(self, task: CodeTask, source: str) -> Future[CodeVerdict]:
        """The verdict on a function."""
        sent: list[dict[str, Any]] = []
        request = {
            "source": source,
            "function": task.function,
            "cases": [list(case.args) for case in task.cases],
        }
        call_cases(SimpleNamespace(send=sent.append), request)  # type: ignore[arg-type]  # only sends
        future: Future[CodeVerdict] = Future()
        future.set_result(judge(task, sent))
        return future

    def close(self) -> None:
        """Nothing to end."""


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench, "Worker", HereWorker)


@pytest.fixture
def deck(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The small deck in the place of the built-in one."""
    folder = write_deck(tmp_path / "deck")
    monkeypatch.setattr(locations, "builtin_deck", lambda: folder)
    return folder


@pytest.fixture
def run_check(deck: Path, results: Path) -> Check:
    def run(*decks: Path, **options: object) -> Report:
        wanted = replace(Wanted(date(2026, 11, 22), results, seconds=20, memory_mb=1024), **options)  # type: ignore[arg-type]  # options of a test
        folders = [deck, *decks]
        return check(lambda: Deck.open(folders, results / "index", strict=False), _formula, wanted)

    return run


def _formula(latex: str) -> str | None:
    return "it is bad" if "bad" in latex else None


def found(report: Report) -> list[str]:
    """Errors as `file:line: key: message`, without how much a small deck lacks."""
    return [
        f"{problem.file.name}:{problem.line}: {problem.key}: {problem.message}"
        for problem in report.problems
        if problem.severity == "error" and not any(word in problem.message for word in _ABOUT_SIZE)
    ]


def test_an_update_writes_the_locks_and_then_everything_holds(deck: Path, run_check: Check) -> None:
    before = found(run_check())
    assert any("height, ratio, on: not in the lock" in problem for problem in before)
    assert any("line.height.demo: off: not in the lock" in problem for problem in before)
    report = run_check(update=True)
    assert found(report) == []
    assert {change.id: (change.before, change.after) for change in report.changes} == {
        "line.height#height": (None, 6.0),
        "line.height#ratio": (None, 3.0),
        "line.height#on": (None, 6.0),
        "line.height#off": (None, 0.0),
        "line.q.height#slope": (None, 4.0),
    }
    assert set(report.new_ids) == {"line.height", "line.calculate", "line.code", "line.q.height"}
    lock = json.loads((deck / LOCK).read_text(encoding="utf-8"))
    assert list(lock) == ["versions", "slots"]
    assert list(lock["slots"]) == sorted(lock["slots"])
    entry = lock["slots"]["line.height#ratio"]
    assert (entry["value"], entry["error"], entry["demo"], entry["set"]) == (3.0, None, "line", {"a": 3.0})
    assert len(entry["demo_hash"]) == 16
    assert found(run_check()) == []
    assert found(run_check(fast=True)) == []


def test_the_counts_say_what_there_is(run_check: Check) -> None:
    counts = run_check(fast=True).counts
    assert (counts.cards, counts.modules, counts.planned, counts.demos, counts.anchors) == (3, 2, 1, 1, 1)
    assert (counts.claims, counts.quotes, counts.from_memory, counts.stale) == (5, 1, 1, 0)
    assert run_check(fast=True, today=date(2028, 6, 1)).counts.stale == 4
    assert run_check(fast=True, today=date(2028, 5, 31)).counts.stale == 0


def test_a_second_update_changes_nothing(deck: Path, run_check: Check) -> None:
    run_check(update=True)
    files = [deck / LOCK, deck / "cards/ids.lock"]
    before = [(file.read_bytes(), file.stat().st_mtime_ns, file.stat().st_ino) for file in files]
    report = run_check(update=True)
    assert (report.changes, report.new_ids) == ((), ())
    assert [(file.read_bytes(), file.stat().st_mtime_ns, file.stat().st_ino) for file in files] == before


def lock_value(deck: Path, name: str, value: float) -> None:
    file = deck / LOCK
    lock = json.loads(file.read_text(encoding="utf-8"))
    lock["slots"][name]["value"] = value
    file.write_text(json.dumps(lock), encoding="utf-8")


def test_a_number_beyond_its_tolerance_is_told_with_the_cards_file_line_and_key(
    deck: Path, run_check: Check
) -> None:
    run_check(update=True)
    lock_value(deck, "line.height#height", 6.5)
    lock_value(deck, "line.height#ratio", 3.1)
    line = (
        (deck / CARDS)
        .read_text(encoding="utf-8")
        .splitlines()
        .index('      height: {demo: line, set: {a: 3.0}, key: "y", format: ".1f", within: 0}')
    )
    assert found(run_check()) == [
        f"line.yaml:{line + 1}: line.height.numbers.height: is 6 now and 6.5 in the lock, which is not within 0; "
        "look at the text, then `llmcore check --update` writes it"
    ]


def test_an_update_keeps_what_is_within_its_tolerance(deck: Path, run_check: Check) -> None:
    run_check(update=True)
    lock_value(deck, "line.height#ratio", 3.1)
    lock_value(deck, "line.height#height", 6.5)
    report = run_check(update=True)
    assert [(change.id, change.before, change.after) for change in report.changes] == [
        ("line.height#height", 6.5, 6.0)
    ]
    lock = json.loads((deck / LOCK).read_text(encoding="utf-8"))
    assert lock["slots"]["line.height#ratio"]["value"] == 3.1


def test_an_update_takes_nothing_out_of_the_lock_while_a_file_cannot_be_read(
    deck: Path, run_check: Check
) -> None:
    run_check(update=True)
    before = (deck / LOCK).read_bytes()
    file = change(deck, ITEMS, "kind: numeric", "kind: [numeric")
    assert run_check(update=True).changes == ()
    assert (deck / LOCK).read_bytes() == before
    change(deck, ITEMS, "kind: [numeric", "kind: numeric")
    assert found(run_check(update=True)) == []
    assert file.exists()


def test_a_changed_demo_makes_its_locked_numbers_old(deck: Path, run_check: Check) -> None:
    run_check(update=True)
    change(deck, "demos/line.py", "A line", "A straight line")
    told = "numbers.lock.json:0: line: 5 numbers are of another version of the demo line; `llmcore check --update` writes it"
    assert found(run_check(fast=True)) == [told]
    assert found(run_check()) == [told]
    assert found(run_check(update=True)) == []


def test_a_claim_with_other_flags_and_a_claim_that_is_gone_are_told(deck: Path, run_check: Check) -> None:
    run_check(update=True)
    change(deck, CARDS, "ratio: {demo: line, set: {a: 3.0}", "ratio: {demo: line, set: {a: 3.0, x: 4.0}")
    change(deck, ITEMS, "slope: {demo", "incline: {demo")
    change(deck, ITEMS, "from {slope}", "from {incline}")
    change(deck, ITEMS, "由 {slope}", "由 {incline}")
    problems = found(run_check(fast=True))
    assert any("line.height.numbers.ratio: is in the lock with other flags" in each for each in problems)
    assert any("line.q.height.numbers: incline: not in the lock" in each for each in problems)
    assert any("line.q.height#slope: 1 numbers are claimed by no text" in each for each in problems)
    report = run_check(update=True)
    assert found(report) == []
    assert ("line.q.height#slope", 4.0, None) in [
        (each.id, each.before, each.after) for each in report.changes
    ]


@pytest.mark.parametrize(
    ("name", "before", "after", "told"),
    [
        (
            CARDS,
            'key: "y", format',
            "key: z, format",
            "line.height.numbers.height.key: there is no number of line called 'z'",
        ),
        (
            CARDS,
            "ratio: {demo: line",
            "ratio: {demo: lime",
            "line.height.numbers.ratio.demo: there is no demo called 'lime'",
        ),
        (
            CARDS,
            "height: {demo: line, set: {a: 3.0}",
            "height: {demo: line, set: {a: 30.0}",
            "between 0 and 10, not 30",
        ),
        (CARDS, "over: {a: 1.0}", "over: {a: 0}", "line.height.numbers.ratio: line: y is 0 at a=0"),
        (CARDS, 'format: ".0f"', 'format: ".0q"', "line.height.numbers.ratio.format: is '.0q'"),
        (CARDS, "set: {a: 2}, key", "set: {a: 20}, key", "line.calculate.result"),
        (
            CARDS,
            "vary: {x: {low: 1, high: 5, step: 1}}",
            "vary: {x: [hello, again]}",
            "line.calculate.result: at x=hello",
        ),
        (
            CARDS,
            'predict: "y",',
            "predict: z,",
            "line.height.demo.predict: there is no number of line called 'z'",
        ),
        (CARDS, "return a * x", "return a + x", "line.code.code.solution: gives 5 for height(2, 3), not 6."),
        (CARDS, "    ...", "    return 6", "line.code.code.starter: passes every case already."),
        (
            CARDS,
            "formula: 'y = a x'",
            "formula: 'bad'",
            "line.height.formula: $bad$ cannot be shown in the terminal: it is bad",
        ),
        (CARDS, "It grows.", "It $bad$ grows.", "line.height.points[0].say: $bad$ cannot be shown"),
        ("demos/line.py", 'r"y = a x"', 'r"bad"', "FORMULA: cannot be shown in the terminal: it is bad."),
        ("demos/line.py", "Source: none", "Nothing: none", "the docstring names no source"),
        ("demos/line.py", '"y", 6.0', '"y", 6.5', "ANCHORS: y at a=2.0, x=3.0 is 6, not 6.5"),
        ("demos/line.py", '{"y": "down"}', '{"y": "up"}', "OFF: y should move up"),
        ("demos/line.py", "y = a * x\n", "y = a * 2\n", "x: --x changes no number"),
        ("demos/line.py", "y = a * x\n", "y = a * x / 0\n", "run: line failed: "),
        ("demos/line.py", "{y:.1f}.", "{y:d}.", "SAYS: SAYS: {y:d} cannot show 2.0"),
        ("demos/line.py", "FORMULA = r", "FORMULA = 3 or r", "is not a literal"),
        (
            "demos/line.py",
            "y = a * x\n",
            "import time; y = a * x + time.time_ns() % 1000 * 1e-9 + time.perf_counter_ns() % 997\n",
            "the same flags gave another y, twice the second time",
        ),
    ],
)
def test_what_is_wrong_is_told_where_it_stands(
    deck: Path, run_check: Check, name: str, before: str, after: str, told: str
) -> None:
    run_check(update=True)
    file = change(deck, name, before, after)
    problems = [problem for problem in run_check().problems if problem.severity == "error"]
    (wanted, *_) = [problem for problem in problems if told in f"{problem.key}: {problem.message}"]
    assert wanted.file == file
    assert wanted.line > 0
    assert "\n" not in wanted.message
    assert "Traceback" not in wanted.message


def test_a_demo_with_the_name_of_another_module_is_told(deck: Path, run_check: Check) -> None:
    for name in ("random", "numpy"):
        write_demo(deck, LINE, name)
    messages = [problem.message for problem in run_check(fast=True).problems]
    assert any("the name random is a module of Python's standard library" in message for message in messages)
    assert any("the name numpy is what " in message for message in messages)


def test_one_module_is_checked_with_its_demos_only(deck: Path, run_check: Check) -> None:
    write_demo(deck, LINE.replace('"y", 6.0', '"y", 7.0'), "spiral")
    assert any("not 7" in problem for problem in found(run_check()))
    report = run_check(module="line", update=True)
    assert found(report) == []
    assert [demo.name for demo in report.demos] == ["line"]
    assert (report.counts.cards, report.counts.modules) == (3, 1)


def test_the_report_has_every_demo_with_its_seconds(run_check: Check) -> None:
    (demo,) = run_check().demos
    assert (demo.name, demo.ran, demo.aim, demo.anchors, demo.flags) == ("line", "formula", 2.0, 1, 2)
    assert 0 <= demo.seconds < 1


def test_a_demo_that_takes_too_long_is_a_warning(run_check: Check, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(check_demo.AIM_SECONDS, "formula", -1.0)
    (told,) = [problem for problem in run_check().problems if "of CPU" in problem.message]
    assert (told.severity, told.file.name, told.line, told.key) == ("warning", "line.py", 19, "run")
    assert told.message == "takes 0.0 s of CPU at its defaults; -1 s is the aim for a formula."


def test_a_number_that_is_not_there_with_the_idea_off_is_no_error(deck: Path, run_check: Check) -> None:
    run_check(update=True)
    change(deck, "demos/line.py", "y = a * x\n", "y = a * x if a else NotRun('flat')\n")
    change(deck, "demos/line.py", '"twice": 2 * y', '"twice": 2 * a * x')
    change(deck, "demos/line.py", "[0, y]", "[0, a * x]")
    change(deck, "demos/line.py", 'moves={"y"', 'moves={"twice"')
    report = run_check(update=True)
    assert found(report) == []
    assert [change.id for change in report.changes if change.after is None] == ["line.height#off"]


def strangers_deck(folder: Path, witness: Path) -> Path:
    """A deck of its own whose demo leaves a mark when it runs."""
    write_demo(
        folder,
        LINE.replace("    y = a * x\n", f"    open({str(witness)!r}, 'w').close()\n    y = a * x\n"),
        "mine",
    )
    (folder / "cards").mkdir()
    return folder


def test_the_demos_of_a_strangers_deck_run_only_when_trusted(tmp_path: Path, run_check: Check) -> None:
    witness = tmp_path / "ran"
    mine = strangers_deck(tmp_path / "mine", witness)
    report = run_check(mine)
    assert not witness.exists()
    (told,) = [problem for problem in report.problems if "trust them" in problem.message]
    assert (told.severity, told.file) == ("warning", mine / "demos")
    assert [demo.name for demo in report.demos] == ["line"]
    trust(mine)
    assert [demo.name for demo in run_check(mine).demos] == ["line", "mine"]
    assert witness.exists()


def test_warnings_do_not_fail_and_errors_come_first(deck: Path, run_check: Check) -> None:
    run_check(update=True)
    report = run_check(module="line")
    severities = [problem.severity for problem in report.problems]
    assert severities == sorted(severities)
    only_warnings = tuple(problem for problem in report.problems if problem.severity == "warning")
    assert only_warnings
    assert replace(report, problems=only_warnings).ok
    assert not report.ok
