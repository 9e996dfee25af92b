"""Briefs are written whole, over briefs only."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from llmcore_tui import locations
from llmcore_tui.brief.export import check_target, export, file_name
from llmcore_tui.brief.markdown import MARKER
from llmcore_tui.cli.main import run
from llmcore_tui.errors import EnvironmentProblem, InputError
from tests.brief.conftest import Maker, write_deck


@pytest.mark.parametrize(
    ("modules", "name"),
    [
        ((), "llmcore-brief-zh.html"),
        (("gae",), "llmcore-brief-gae-zh.html"),
        (("a", "b", "c"), "llmcore-brief-a-b-c-zh.html"),
        (("a", "b", "c", "d"), "llmcore-brief-a-b-c-and-more-zh.html"),
    ],
)
def test_the_name_says_what_is_inside(modules: tuple[str, ...], name: str) -> None:
    assert file_name(modules, "zh", "html") == name


def test_a_brief_is_written_over_a_brief_and_over_nothing_else(make: Maker, tmp_path: Path) -> None:
    file = tmp_path / "new" / "brief.md"
    brief = make("en", "thrice")
    check_target(file)
    export(brief, file, "md")
    check_target(file)
    export(brief, file, "md")
    assert file.read_text(encoding="utf-8").startswith(MARKER + "\n")
    assert [path.name for path in file.parent.iterdir()] == ["brief.md"]
    for other in ("my own notes", "", MARKER + "ish\n", "\x00\xff"):
        file.write_text(other, encoding="utf-8")
        with pytest.raises(InputError, match="no brief of llmcore's"):
            check_target(file)
        assert file.read_text(encoding="utf-8") == other


def test_a_folder_in_the_way_is_no_brief(tmp_path: Path) -> None:
    (tmp_path / "brief.md").mkdir()
    with pytest.raises(InputError, match="no brief"):
        check_target(tmp_path / "brief.md")


def test_a_folder_that_cannot_be_made_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    with pytest.raises(EnvironmentProblem, match="cannot be written to"):
        check_target(tmp_path / "file" / "below" / "brief.md")


class TestCommand:
    """`llmcore brief export`, on the small deck beside a built-in one that is empty."""

    @pytest.fixture(autouse=True)
    def _deck(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(tmp_path)
        monkeypatch.setattr(locations, "builtin_deck", lambda: tmp_path / "builtin")
        (tmp_path / "builtin" / "cards").mkdir(parents=True)
        write_deck(tmp_path / "mine")

    def test_it_writes_the_page_and_says_what_is_in_it(self, capsys: pytest.CaptureFixture[str]) -> None:
        code = run(["brief", "export", "--module", "thrice", "--deck", "mine", "--no-run"])
        out = capsys.readouterr().out
        assert code == 0
        assert out.split("\n")[0] == "briefs/llmcore-brief-thrice-en.html"
        assert out.split("\n")[1] == "Modules: 1. Numbers: 0. Your weak points: 0. Modules still planned: 0."
        assert Path("briefs/llmcore-brief-thrice-en.html").read_text(encoding="utf-8").startswith(MARKER)

    def test_a_strangers_demo_is_not_run_and_that_is_said(self, capsys: pytest.CaptureFixture[str]) -> None:
        code = run(["brief", "export", "--module", "twice", "--deck", "mine", "--format", "md", "--json"])
        told = json.loads(capsys.readouterr().out)
        assert code == 0
        assert told["files"] == [
            {
                "path": "briefs/llmcore-brief-twice-en.md",
                "format": "md",
                "language": "en",
                "bytes": Path("briefs/llmcore-brief-twice-en.md").stat().st_size,
            }
        ]
        (module,) = told["modules"]
        (demo,) = module["demos"]
        assert (module["id"], module["from_cards"], demo["origin"]) == ("twice", False, "lock")
        assert "not trusted" in demo["note"]
        assert demo["numbers"]["doubled"]["text"] == "6.0 ± 0.1 GB"
        assert told["planned"] == []

    def test_a_planned_module_gets_a_clear_line(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert run(["brief", "export", "--module", "later", "--deck", "mine"]) == 2
        assert "later is planned and not written yet" in capsys.readouterr().err
        assert not Path("briefs").exists()

    def test_an_unknown_module_names_the_nearest(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert run(["brief", "export", "--module", "thrise", "--deck", "mine"]) == 2
        assert "thrice" in capsys.readouterr().err

    def test_a_folder_that_cannot_be_written_to_ends_with_4(self, capsys: pytest.CaptureFixture[str]) -> None:
        Path("file").write_text("x", encoding="utf-8")
        code = run(["brief", "export", "--module", "thrice", "--deck", "mine", "--out", "file/below"])
        assert code == 4
        assert capsys.readouterr().err.count("\n") == 1
