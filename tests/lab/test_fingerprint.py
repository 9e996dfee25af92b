"""A demo's hash follows what its numbers come from."""

from __future__ import annotations

from pathlib import Path

import pytest

from llmcore_tui.lab.fingerprint import demo_hash, sources
from tests.lab.small_demo import LINE, write_demo

IMPORTS = "import toys.grid\nfrom toys import shapes\nfrom other import height\nimport numpy\n"


@pytest.fixture
def demo(tmp_path: Path) -> Path:
    file = write_demo(tmp_path, LINE.replace("\nTITLE", f"\n{IMPORTS}TITLE"))
    folder = file.parent
    (folder / "toys").mkdir()
    for name, text in {
        "toys/__init__.py": "",
        "toys/grid.py": "from . import inner\nfrom .deep.well import DEPTH\n",
        "toys/inner.py": "",
        "toys/shapes.py": "",
        "toys/unused.py": "",
        "toys/digits.csv": "1,2\n",
        "toys/deep/__init__.py": "",
        "toys/deep/well.py": "DEPTH = 3\n",
        "other.py": "import line\n",
        "stranger.py": "",
        "notes.txt": "",
    }.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return file


def test_the_demo_what_it_imports_and_the_data_of_its_toys_are_its_sources(demo: Path) -> None:
    assert {file.relative_to(demo.parent).as_posix() for file in sources(demo)} == {
        "line.py",
        "other.py",
        "toys/__init__.py",
        "toys/grid.py",
        "toys/inner.py",
        "toys/shapes.py",
        "toys/digits.csv",
        "toys/deep/__init__.py",
        "toys/deep/well.py",
    }


@pytest.mark.parametrize(
    "name", ["line.py", "other.py", "toys/inner.py", "toys/digits.csv", "toys/deep/well.py"]
)
def test_a_change_of_a_source_changes_the_hash(demo: Path, name: str) -> None:
    before = demo_hash(demo)
    with (demo.parent / name).open("a", encoding="utf-8") as file:
        file.write("\n")
    assert demo_hash(demo) != before


@pytest.mark.parametrize("name", ["stranger.py", "toys/unused.py", "notes.txt"])
def test_a_change_of_anything_else_does_not(demo: Path, name: str) -> None:
    before = demo_hash(demo)
    (demo.parent / name).write_text("changed = 1\n", encoding="utf-8")
    assert demo_hash(demo) == before


def test_the_hash_is_the_same_in_another_folder_and_with_other_line_ends(demo: Path, tmp_path: Path) -> None:
    other = write_demo(tmp_path / "other", LINE)
    alone = write_demo(tmp_path / "alone", LINE)
    assert demo_hash(other) == demo_hash(alone)
    alone.write_bytes(LINE.replace("\n", "\r\n").encode())
    assert demo_hash(other) == demo_hash(alone)
    assert demo_hash(other) != demo_hash(demo)
