"""`llmcore map`: the tree, the way to a module, JSON."""

from __future__ import annotations

from llmcore_tui.render.width import cells
from tests.cli.small_program import SmallProgram, program

__all__ = ["program"]


def test_the_tree_marks_where_the_learner_stands(program: SmallProgram) -> None:
    program.run("study", "--module", "thrice", typed="\n3\n")
    program.run("study", "--module", "twice", "--limit", "1", typed="\n1\n")
    assert program.run("map").splitlines() == [
        "Basics",
        "  ◐ twice   0 of 6 cards  Doubling",
        "  ● thrice  1 of 1 cards  Tripling",
        "Beyond",
        "  · later   planned       Still to come",
        "● known   ◐ begun   ○ not begun   · planned",
        "2 of 3 modules are written.",
        "L1 First: modules with a fresh prediction within tolerance 0 of 1, timed three-minute answers 0 of 1, next: llmcore interview --level L1 --mode real",
        "L2 Second: timed three-minute answers 0 of 1, waits for later, not written yet",
    ]


def test_the_columns_are_aligned_in_chinese(program: SmallProgram) -> None:
    rows = [line for line in program.run("map", "--lang", "zh").splitlines() if line.startswith("  ")]
    titles = ("翻倍", "三倍", "待写")
    assert len({cells(row[: row.rindex(title)]) for row, title in zip(rows, titles, strict=True)}) == 1


def test_the_way_to_a_module_says_what_to_learn_first_and_next(program: SmallProgram) -> None:
    assert program.run("map", "later").splitlines() == [
        "· later  planned  Still to come (asked often in interviews)",
        "Learn first:",
        "  ○ twice  0 of 6 cards  Doubling",
        "  ○ thrice  0 of 1 cards  Tripling",
        "later is planned: no card of it is written yet.",
    ]
    assert program.run("map", "thrice", "--lang", "zh").splitlines() == [
        "○ thrice  0 / 1 张卡  三倍（面试中有时考到）",
        "先学：",
        "  ○ twice  0 / 6 张卡  翻倍",
        "之后可学：",
        "  · later  待写  待写",
        "下一步：llmcore study --module twice",
    ]


def test_a_module_without_prerequisites_is_open(program: SmallProgram) -> None:
    lines = program.run("map", "twice").splitlines()
    assert "It requires nothing." in lines
    assert lines[-1] == "The way is open: llmcore study --module twice"


def test_an_unknown_module_names_the_nearest(program: SmallProgram) -> None:
    program.run("map", "thrise", code=2)
    assert "Did you mean thrice" in program.error


def test_json_has_areas_modules_and_levels(program: SmallProgram) -> None:
    found = program.json("map")
    assert [(area["id"], [module["id"] for module in area["modules"]]) for area in found["areas"]] == [
        ("basics", ["twice", "thrice"]),
        ("beyond", ["later"]),
    ]
    assert found["areas"][0]["modules"][1] == {
        "id": "thrice",
        "title": "Tripling",
        "state": "new",
        "cards": 1,
        "recalled": 0,
        "demand": "B",
        "requires": ["twice"],
    }
    assert found["levels"][0]["predictions_missing"] == ["twice"]
    way = program.json("map", "later")
    assert ([node["id"] for node in way["before"]], way["next"]) == (["twice", "thrice"], "twice")
