"""A file is there complete, or as it was."""

from __future__ import annotations

from pathlib import Path

import pytest

from llmcore_tui.errors import EnvironmentProblem
from llmcore_tui.render.whole_file import whole_file, write_whole


def test_a_file_is_replaced_whole_with_plain_line_ends(tmp_path: Path) -> None:
    file = tmp_path / "a.md"
    write_whole(file, "one\n中文\n")
    write_whole(file, "two\n")
    assert file.read_bytes() == b"two\n"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.md", "home"]


def _begin_and_fail(file: Path) -> None:
    with whole_file(file) as unfinished:
        unfinished.write_text("half", encoding="utf-8")
        raise RuntimeError


def test_what_was_there_stays_when_writing_fails(tmp_path: Path) -> None:
    file = tmp_path / "a.md"
    file.write_text("before", encoding="utf-8")
    with pytest.raises(RuntimeError):
        _begin_and_fail(file)
    assert file.read_text(encoding="utf-8") == "before"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.md", "home"]


def test_a_folder_that_is_none_is_one_clear_line(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentProblem, match=r"a\.md cannot be written: No such file or directory"):
        write_whole(tmp_path / "none" / "a.md", "text")


def test_a_new_file_has_the_rights_of_any_other(tmp_path: Path) -> None:
    write_whole(tmp_path / "ours", "x")
    (tmp_path / "theirs").write_text("x", encoding="utf-8")
    assert (tmp_path / "ours").stat().st_mode == (tmp_path / "theirs").stat().st_mode
