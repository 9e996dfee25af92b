from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmcore_tui.content.problem import Problem
from llmcore_tui.content.read import document, files
from llmcore_tui.content.read.document import DEEPEST, LARGEST_BYTES
from tests.content.small import FILES

HERE = Path("cards/rl/gae.yaml")


def only(data: bytes | str) -> Problem:
    raw = data.encode() if isinstance(data, str) else data
    problems = document.parse(raw, HERE).problems
    assert len(problems) == 1, [str(problem) for problem in problems]
    assert problems[0].file == HERE
    return problems[0]


@pytest.mark.parametrize(
    ("text", "line", "key", "says"),
    [
        ("", 0, "", "is empty"),
        ("# nothing\n", 0, "", "is empty"),
        ("a: 1\nb: [1,\nc: 2\n", 4, "b[1]", "begun in line 2"),
        ("a: 1\n\tb: 2\n", 2, "a", "tab"),
        ("a: 1\nb:\n\t- 2\n", 3, "b", "tab"),
        ("a: 'open\n", 2, "a", "is not YAML"),
        ("a: 1\nb: 2\na: 3\n", 3, "a", "is given twice, first in line 1"),
        ("a:\n  b: {c: 1, c: 2}\n", 2, "a.b.c", "is given twice"),
        ("a: &x [1]\nb: *x\n", 2, "b", "alias"),
        ("a: &a [*a]\n", 1, "a", "alias"),
        ("a: !!python/object/apply:os.system ['true']\n", 1, "a", "tag"),
        ("a: !!python/name:os.system x\n", 1, "a", "tag"),
        ("a: !!binary aGk=\n", 1, "a", "tag"),
        ("a: !!int '3'\n", 1, "a", "tag"),
        ("a: 1\n---\nb: 2\n", 2, "", "second document"),
        ("a: 1\n? [x, y]\n: 2\n", 2, "", "key is a word"),
        ("a:\n  - b: yes\n", 2, "a[0].b", "may mean true or false"),
        ("a: Off\n", 1, "a", "may mean true or false"),
        ("a: 2026-02-30\n", 1, "a", "is no date"),
        ("a: 1e999\n", 1, "a", "too large"),
        ("a: b\x00c\n", 1, "", "control character"),
        ("a: 1\nb: \x1b[31m\n", 2, "", "control character"),
        ("a: " + "[" * (DEEPEST + 1) + "]" * (DEEPEST + 1), 1, "", "nested"),
        ("%YAML 9.9\n---\na: 1\n", 1, "", "is not YAML"),
        ('a: "\\q"\n', 1, "a", "is not YAML"),
    ],
)
def test_every_mistake_of_yaml_names_its_line_and_key(text: str, line: int, key: str, says: str) -> None:
    problem = only(text)
    assert says in problem.message
    assert (problem.line, problem.key) == (line, key)


@pytest.mark.parametrize(
    ("data", "line"), [(b"a: 1\nb: \xff\n", 2), (b"\xff\xfea\x00:\x00", 1), ("a: 1\nb: 中".encode("gbk"), 2)]
)
def test_bytes_that_are_not_utf8_name_their_line(data: bytes, line: int) -> None:
    problem = only(data)
    assert "UTF-8" in problem.message
    assert problem.line == line


def test_a_byte_order_mark_and_windows_lines_are_fine() -> None:
    read = document.parse(b"\xef\xbb\xbfa: 1\r\nb: \xe4\xb8\xad\r\n", HERE)
    assert read.value == {"a": 1, "b": "中"}
    assert not read.problems


def test_values_are_what_a_reader_takes_them_for() -> None:
    read = document.parse(
        b"a: [1, -2, 0.5, 1e-12, 2.5e3, .5, 010, 1_000, 1:30, 0x1F, eq. 16, true, False, ~, 'yes', \"3\", 2026-11]",
        HERE,
    )
    assert read.value == {
        "a": [
            1,
            -2,
            0.5,
            1e-12,
            2500.0,
            0.5,
            "010",
            "1_000",
            "1:30",
            "0x1F",
            "eq. 16",
            True,
            False,
            None,
            "yes",
            "3",
            "2026-11",
        ]
    }
    assert not read.problems


def test_off_is_a_key_like_any_other() -> None:
    assert document.parse(b"off: true\non: false\n", HERE).value == {"off": True, "on": False}


@pytest.mark.parametrize("opening", ["[", "- ", "{a: ", "? ", "[{a: ["])
def test_deep_nesting_is_refused_at_once_and_not_by_a_crash(opening: str) -> None:
    begun = time.process_time()
    problems = document.parse((opening * 200_000).encode(), HERE).problems
    assert len(problems) == 1
    assert time.process_time() - begun < 5


def test_an_alias_bomb_expands_nothing() -> None:
    bomb = "a0: &a0 [x, x]\n" + "".join(f"a{i}: &a{i} [*a{i - 1}, *a{i - 1}]\n" for i in range(1, 60))
    problem = only(bomb)
    assert problem.line == 2


def test_a_giant_file_is_refused() -> None:
    problem = only(b"a: " + b"x" * LARGEST_BYTES)
    assert "larger than 16 MB" in problem.message


def test_a_file_that_cannot_be_read_is_a_problem(tmp_path: Path) -> None:
    assert "cannot be read" in document.read(tmp_path / "missing.yaml").problems[0].message
    assert "not a file" in document.read(tmp_path).problems[0].message


@given(st.binary(max_size=300))
def test_random_bytes_never_raise(data: bytes) -> None:
    read = document.parse(data, HERE)
    assert read.value is not None or read.problems
    for name in FILES:
        for problem in files.contents(document.parse(data, HERE), name).problems:
            assert problem.line >= 0


YAML_PIECES = st.sampled_from(
    (
        "a",
        "id",
        "cards",
        "module",
        ":",
        ": ",
        "\n",
        "\n  ",
        "- ",
        "[",
        "]",
        "{",
        "}",
        ", ",
        "&x ",
        "*x",
        "!!int ",
        "'",
        '"',
        "#",
        "|",
        ">",
        "? ",
        "\t",
        "1",
        "1e999",
        "2026-01-01",
        "yes",
        "~",
        "en",
        "zh",
        "λ",
        "中文",
        "%",
        "---\n",
        "...\n",
        "\\",
    )
)


@given(st.lists(YAML_PIECES, max_size=40).map("".join), st.sampled_from(sorted(FILES)))
def test_random_yaml_never_raises(text: str, name: str) -> None:
    read = document.parse(text.encode(), HERE)
    assert read.value is not None or read.problems
    files.contents(read, name)


def _sites(text: str) -> list[int]:
    return list(range(len(text)))


@given(st.sampled_from(sorted(FILES)), st.data())
def test_a_sound_file_spoilt_anywhere_never_raises(name: str, data: st.DataObject) -> None:
    text = FILES[name]
    start = data.draw(st.sampled_from(_sites(text)))
    length = data.draw(st.integers(0, 30))
    instead = data.draw(st.lists(YAML_PIECES, max_size=3).map("".join))
    spoilt = text[:start] + instead + text[start + length :]
    contents = files.contents(document.parse(spoilt.encode(), HERE), name)
    lines = spoilt.count("\n") + 1
    assert all(0 <= problem.line <= lines + 1 for problem in contents.problems)
