"""`llmcore grade`: one answer from a file or standard input, and rows of a file one by one."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pexpect
import pytest

from llmcore_tui.cli.main import run
from llmcore_tui.config import Config
from llmcore_tui.grading import choice
from llmcore_tui.grading.mark import Flag, Mark, PointMark, Verdict
from llmcore_tui.grading.rubric import Rubric

ROOT = Path(__file__).resolve().parents[2]
EXPLAIN = ("grade", "--module", "gae", "--question", "explain")
ANSWER = (
    "GAE is a trade-off between Monte Carlo and TD for the advantage. At lambda zero it is the one-step TD error, "
    "with low variance and the full bias of the critic. At lambda one it is Monte Carlo with a baseline, unbiased but noisy. "
    "In code it is a backward loop with a mask for done."
)
PROGRAM = [sys.executable, "-m", "llmcore_tui"]


class Grade:
    """Runs the command as it is typed."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self._monkeypatch = monkeypatch
        self._capsys = capsys
        self.error = ""

    def __call__(self, *words: str, typed: str | bytes = "", code: int = 0) -> str:
        """What it prints on standard output; its exit code must be `code`."""
        given = typed.encode() if isinstance(typed, str) else typed
        self._monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(given), "utf-8"))
        ended = run(list(words))
        captured = self._capsys.readouterr()
        self.error = captured.err
        assert ended == code, f"exit {ended}: {captured.err}"
        return captured.out

    def json(self, *words: str, typed: str | bytes = "") -> Any:
        """The JSON that it prints."""
        return json.loads(self(*words, "--json", typed=typed))

    def rows(self, *lines: str, code: int = 0) -> list[dict[str, Any]]:
        """What a batch on standard input gives."""
        out = self("grade", "--batch", "-", "--json", typed="\n".join(lines), code=code)
        return [json.loads(line) for line in out.splitlines()]


@pytest.fixture
def grade(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Grade:
    """The command."""
    return Grade(monkeypatch, capsys)


def test_the_points_are_said_with_verdict_evidence_and_what_to_say(grade: Grade) -> None:
    lines = grade(*EXPLAIN, typed=ANSWER).splitlines()
    assert lines[0].startswith("gae.i.explain: Explain generalized advantage estimation.")
    assert any(line.startswith("  you wrote: “At lambda zero it is the one-step TD error") for line in lines)
    assert any(re.match(r"\d ✗ must, you did not say: It is the sum of TD errors", line) for line in lines)
    assert re.fullmatch(r"Coverage: \d+%\. Coverage says .* it is not a hiring score\.", lines[-1])


def test_a_poor_answer_is_no_error_and_what_was_noticed_is_said(grade: Grade) -> None:
    out = grade(*EXPLAIN, "--lang", "zh", typed="不知道")
    assert "! 你说不知道：不计任何要点。" in out
    assert out.splitlines()[-1] == "覆盖率：0%。覆盖率只说明讲到了哪些要点，并不是录用评分。"


def test_json_has_every_point_with_what_to_say(grade: Grade) -> None:
    found = grade.json(*EXPLAIN, typed=ANSWER)
    assert (found["question"], found["module"], found["by"], found["abstained"]) == (
        "gae.i.explain",
        "gae",
        "offline",
        False,
    )
    points = {point["id"]: point for point in found["points"]}
    assert (points["zero"]["verdict"], points["formula"]["verdict"]) == ("met", "missed")
    assert points["zero"]["evidence"] in ANSWER
    assert points["formula"]["say"] == r"It is the sum of TD errors with weights $(\gamma\lambda)^l$."
    share = {"met": 1, "partial": 0.5}
    weights = [(point["weight"], share.get(point["verdict"], 0)) for point in found["points"]]
    assert found["coverage"] == pytest.approx(sum(w * s for w, s in weights) / sum(w for w, _ in weights))


@pytest.mark.parametrize(
    "words",
    [
        ("-q", "gae.i.explain"),
        ("-q", "i.explain", "-m", "gae"),
        ("-m", "gae", "-q", "gae.i.explain"),
    ],
)
def test_a_question_is_named_with_or_without_its_module(grade: Grade, words: tuple[str, ...]) -> None:
    assert grade.json("grade", *words, typed="idk")["question"] == "gae.i.explain"


def test_a_name_that_one_module_has_needs_no_module(grade: Grade) -> None:
    assert (
        grade.json("grade", "-q", "bias-and-variance", typed="idk")["question"] == "gae.i.bias-and-variance"
    )
    assert grade("grade", "-q", "explain", typed="idk", code=2) == ""
    assert "'explain' is the name of several questions: " in grade.error


@pytest.mark.parametrize(
    ("words", "error"),
    [
        (
            ("-m", "gae", "-q", "explian"),
            "There is no interview question called 'explian'. Did you mean explain?",
        ),
        (
            ("-q", "gae.i.explian"),
            "There is no interview question called 'gae.i.explian'. Did you mean gae.i.explain",
        ),
        (("-m", "gea", "-q", "explain"), "There is no module called 'gea'. Did you mean gae?"),
        (("-m", "clip", "-q", "explain"), "clip is planned: no interview question of it is written yet."),
        ((), "Say what to mark. Either --module M --question ID, or --batch FILE."),
        (("-q", "explain", "--batch", "x"), "Say what to mark."),
        (("--batch", "x", "-m", "gae"), "--batch takes questions and answers from its rows."),
        (("-q", "gae.i.explain", "--answer", "."), ". is a folder. Name a file, or - for standard input."),
        (
            ("-q", "gae.i.explain", "--answer", "none.txt"),
            "none.txt cannot be read: No such file or directory.",
        ),
        (("--batch", "none.jsonl"), "none.jsonl cannot be read: No such file or directory."),
        (("--batch", "."), ". is a folder."),
    ],
)
def test_what_cannot_be_marked_gets_one_clear_line(grade: Grade, words: tuple[str, ...], error: str) -> None:
    assert grade("grade", *words, code=2) == ""
    assert grade.error.startswith(f"llmcore: {error}")
    assert grade.error.count("\n") == 1


def test_an_answer_is_read_from_a_file_and_a_mark_of_its_editor_passed_over(
    grade: Grade, tmp_path: Path
) -> None:
    file = tmp_path / "answer.txt"
    file.write_bytes(b"\xef\xbb\xbf" + ANSWER.encode())
    from_file = grade.json(*EXPLAIN, "--answer", str(file))
    assert from_file == grade.json(*EXPLAIN, "--answer", "-", typed=ANSWER)


def test_what_is_not_utf8_is_replaced_and_said(grade: Grade) -> None:
    found = grade.json(*EXPLAIN, typed=ANSWER.encode() + b" \xc4\xe3\xba\xc3")
    assert grade.error == "standard input is not UTF-8 text: what could not be read stands as �.\n"
    assert {point["id"] for point in found["points"] if point["verdict"] == "met"} >= {"zero", "one"}


def test_an_answer_without_an_end_is_refused(grade: Grade) -> None:
    grade(*EXPLAIN, "--answer", "/dev/zero", code=2)
    assert grade.error.startswith("llmcore: /dev/zero is longer than 1,000,000 bytes.")


def test_a_hostile_answer_reaches_the_terminal_as_text(grade: Grade) -> None:
    out = grade(
        *EXPLAIN, typed="\x1b[2JAt λ zero \u202eGAE is just the TD error [red]with low variance[/red]. \0"
    )
    assert "\x1b" not in out
    assert "\u202e" not in out
    assert "\0" not in out


class Model:
    """A model that could not be reached for one of the answers."""

    def mark(self, answer: str, rubric: Rubric) -> Mark:
        """Half of it."""
        points = tuple(PointMark(point.id, Verdict.PARTIAL, answer[:2]) for point in rubric.points)
        return Mark(points, 0.5, flags=(Flag.COPIES_REFERENCE,), by="llm", trace={"model": "test-model"})


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The markers that were asked for; the one called `llm` is `Model`."""
    names: list[str] = []
    real = choice.marker

    def marker(name: Any, config: Config) -> Any:
        names.append(name)
        return Model() if name == "llm" else real(name, config)

    monkeypatch.setattr(choice, "marker", marker)
    return names


def test_the_marker_is_that_of_the_flag_or_else_of_the_setting(
    grade: Grade, asked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert grade.json(*EXPLAIN, "--marker", "llm", typed=ANSWER)["model"] == "test-model"
    assert "3 of 6" not in grade(*EXPLAIN, "--marker", "llm", typed=ANSWER)
    monkeypatch.setenv("LLMCORE_MARKER", "llm")
    out = grade(*EXPLAIN, typed=ANSWER)
    assert "0 of 6 points, 6 in part; marked by test-model." in out
    assert "! This is the model answer word for word: say it in your own words." in out
    grade(*EXPLAIN, "--marker", "offline", typed=ANSWER)
    assert asked == ["llm", "llm", "llm", "offline"]


def test_a_batch_by_a_model_says_who_marked_each_row(grade: Grade, asked: list[str]) -> None:
    row = {"id": 1, "question": "What?", "points": ["It grows."], "answer": "It grows."}
    [found] = map(
        json.loads, grade("grade", "--batch", "-", "--marker", "llm", typed=json.dumps(row)).splitlines()
    )
    assert (found["by"], found["instead"], found["coverage"]) == ("llm", None, 0.5)


# Batches


def documented() -> tuple[list[str], str]:
    """The rows that docs/json.md shows, and the line of the bad one."""
    text = (ROOT / "docs" / "json.md").read_text("utf-8")
    section = text[text.index("### `llmcore grade --batch FILE`") :]
    rows, error = re.findall(r"```jsonl\n(.*?)```", section, re.DOTALL)[:2]
    return rows.splitlines(), error.strip()


def test_the_rows_of_the_document_are_marked_as_it_says(
    grade: Grade, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows, error = documented()
    monkeypatch.chdir(tmp_path)
    Path("rows.jsonl").write_text("\n".join(rows), encoding="utf-8")
    out = grade("grade", "--batch", "rows.jsonl", "--json", code=2)
    points, references, bad = out.splitlines()
    assert bad == error
    first, second = json.loads(points), json.loads(references)
    assert list(first) == list(second) == ["id", "coverage", "points", "flags", "abstained"]
    assert (first["id"], [point["id"] for point in first["points"]]) == (7, ["1", "formula"])
    assert [point["verdict"] for point in first["points"]] == ["met", "met"]
    assert all(set(point) == {"id", "verdict", "evidence"} for point in first["points"])
    assert len(second["points"]) == 1
    assert 0.4 < second["coverage"] <= 1
    assert grade.error == "llmcore: 1 of 3 rows could not be marked; `error` on their lines says why.\n"


def test_without_json_the_lines_are_the_same(grade: Grade) -> None:
    typed = "\n".join(documented()[0][:2])
    assert grade("grade", "--batch", "-", typed=typed) == grade(
        "grade", "--batch", "-", "--json", typed=typed
    )


def test_rows_come_back_in_order_and_bad_ones_in_their_places(grade: Grade) -> None:
    good = {"question": "What?", "points": ["It grows a lot."], "answer": "It grows a lot."}
    lines = [json.dumps({"id": each, **good}) for each in range(5)]
    lines[2] = '{"id": 2, "weight": NaN}'
    lines[4] = "b" * 10_000_000
    found = grade.rows(*lines, code=2)
    assert [row["id"] for row in found] == [0, 1, None, 3, None]
    assert found[2]["error"] == "<stdin>:3: is not JSON: NaN is no value"
    assert found[4]["error"] == "<stdin>:5: is longer than 1,000,000 bytes"
    assert grade.error.startswith("llmcore: 2 of 5 rows")


def test_an_empty_file_gives_nothing_and_is_no_error(grade: Grade) -> None:
    assert grade.rows() == []
    assert grade.rows("", "  ") == []


def test_half_a_character_in_an_id_is_given_back(grade: Grade) -> None:
    row = {"id": "\ud800", "question": "What?", "points": ["It grows."], "answer": "增大 \udfff"}
    assert grade.rows(json.dumps(row))[0]["id"] == "\ud800"


def environment(home: Path, **changes: str) -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "LLMCORE_HOME": str(home / "llmcore"), "LANG": "C.UTF-8", **changes}


def row(number: int) -> str:
    return (
        json.dumps({"id": number, "question": "Why?", "references": ["It grows."], "answer": "It grows 变大"})
        + "\n"
    )


def started(home: Path, **changes: str) -> subprocess.Popen[str]:
    """A batch in a process of its own that reads and writes pipes."""
    return subprocess.Popen(
        [*PROGRAM, "grade", "--batch", "-"],
        cwd=ROOT,
        env=environment(home, **changes),
        encoding="utf-8",
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def test_a_line_is_there_before_the_next_row_is(home: Path) -> None:
    with started(home) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for number in range(3):
            process.stdin.write(row(number))
            process.stdin.flush()
            assert json.loads(process.stdout.readline())["id"] == number
        process.stdin.close()
        assert process.stdout.read() == ""
        assert process.wait(30) == 0


def test_a_reader_that_leaves_ends_it_quietly(home: Path, tmp_path: Path) -> None:
    rows = tmp_path / "rows.jsonl"
    rows.write_text("".join(map(row, range(20_000))), encoding="utf-8")
    process = subprocess.Popen(
        [*PROGRAM, "grade", "--batch", str(rows)],
        cwd=ROOT,
        env=environment(home),
        encoding="utf-8",
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    with process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert json.loads(process.stdout.readline())["id"] == 0
        process.stdout.close()
        assert process.stderr.read() == ""
        assert process.wait(30) == 0


def test_a_terminal_that_knows_no_chinese_still_gets_the_whole_answer(home: Path) -> None:
    with started(home, PYTHONIOENCODING="ascii") as process:
        out, error = process.communicate(row(1), timeout=60)
    assert out.isascii()
    assert json.loads(out)["points"][0]["evidence"] == "It grows 变大"
    assert (process.returncode, error) == (0, "")


def test_in_a_terminal_it_says_how_an_answer_ends(home: Path) -> None:
    terminal = pexpect.spawn(
        PROGRAM[0],
        [*PROGRAM[1:], *EXPLAIN],
        cwd=str(ROOT),
        env=environment(home, TERM="xterm"),
        encoding="utf-8",
        timeout=60,
    )
    terminal.expect_exact("Type the answer; ^D on a line of its own ends it.")
    terminal.sendline("At lambda zero GAE is just the TD error.")
    terminal.sendeof()
    terminal.expect("it is not a hiring score")
    terminal.expect(pexpect.EOF)
    terminal.wait()
    assert terminal.exitstatus == 0
