"""What a demo must prove about itself."""

from __future__ import annotations

from pathlib import Path

import pytest

from llmcore_tui.lab.declaration import Direction
from llmcore_tui.lab.demo import Demo, read_demo
from llmcore_tui.lab.proof import failures, has_moved, neighbours
from llmcore_tui.lab.result import Estimate, NotReached, NotRun, Value
from llmcore_tui.lab.run import outcome_here
from tests.lab.small_demo import DECLARED, EVERY_TYPE, LINE, with_body, write_demo


def messages(demo: Demo) -> list[tuple[str, str]]:
    return [(failure.key, failure.message) for failure in failures(demo, outcome_here)]


def demo_of(tmp_path: Path, source: str) -> Demo:
    return read_demo(write_demo(tmp_path, source))


def test_a_demo_that_keeps_its_word_proves_everything(tmp_path: Path) -> None:
    assert messages(demo_of(tmp_path, LINE)) == []


def test_an_anchor_that_is_not_reproduced_is_told(tmp_path: Path) -> None:
    (key, message), *more = messages(demo_of(tmp_path, LINE.replace('"y", 6.0', '"y", 6.5')))
    assert (key, more) == ("ANCHORS", [])
    assert message == "y at a=2.0, x=3.0 is 6, not 6.5 ± 1e-09 (closed form: 2·3)."


def test_an_off_switch_that_moves_nothing_or_the_other_way_is_told(tmp_path: Path) -> None:
    assert messages(demo_of(tmp_path, LINE.replace('{"y": "down"}', '{"y": "up"}'))) == [
        ("OFF", "y should move up, but is 2 on and 0 off.")
    ]
    body = "    return Result({'y': 2.0, 'twice': a * x}, ran='formula')"
    without_anchor = DECLARED.replace(DECLARED.splitlines()[4], "ANCHORS = []")
    assert messages(demo_of(tmp_path, with_body(body, declared=without_anchor))) == [
        ("OFF", "y should move down, but is 2 on and 2 off.")
    ]


def test_a_flag_without_effect_is_told_and_where_it_may_be_live(tmp_path: Path) -> None:
    idle = '    idle: Annotated[float, Flag("idle", "无用", low=0, high=1)] = 0.5,\n'
    body = "    return Result({'y': a * x, 'twice': 2 * a * x}, ran='formula')"
    (key, message), *more = messages(demo_of(tmp_path, with_body(body, flags=idle)))
    assert (key, more) == ("idle", [])
    assert message == (
        "--idle changes no number (tried 0.25, 1.0, 0.0); name in `live` the settings where it does."
    )


def test_a_flag_that_is_live_elsewhere_is_tried_there(tmp_path: Path) -> None:
    boost = '    boost: Annotated[float, Flag("boost", "增量", live={"a": (0.0,)})] = 1.0,\n'
    body = (
        "    y = a * x + (boost if a == 0 else 0)\n    return Result({'y': y, 'twice': 2 * y}, ran='formula')"
    )
    assert messages(demo_of(tmp_path, with_body(body, flags=boost))) == []
    elsewhere = boost.replace("(0.0,)", "(5.0,)")
    assert [key for key, _ in messages(demo_of(tmp_path, with_body(body, flags=elsewhere)))] == ["boost"]


def test_a_flag_that_the_demo_refuses_to_move_is_told(tmp_path: Path) -> None:
    odd = '    odd: Annotated[int, Flag("odd", "奇数")] = 1,\n'
    body = (
        "    if odd != 1:\n        raise ValueError('only 1')\n"
        "    return Result({'y': a * x, 'twice': 2 * a * x}, ran='formula')"
    )
    (key, message), *_ = messages(demo_of(tmp_path, with_body(body, flags=odd)))
    assert key == "odd"
    assert message.startswith("--odd could not be moved: line failed: ")
    assert message.endswith("ValueError: only 1")


def test_every_type_of_flag_has_another_value_to_try(tmp_path: Path) -> None:
    demo = demo_of(tmp_path, EVERY_TYPE)
    tried = {flag.name: neighbours(demo, flag, flag.default) for flag in demo.flags}
    assert tried["rate"] == [0.25, 1.5, 1.0, 0.0]
    assert tried["count"] == [2, 5, 3, 8, 1, 100]
    assert tried["n"] == [2, 5, 3, 8, 1, "mc"]
    assert tried["slippery"] == [False]
    assert tried["method"] == ["full"]
    assert tried["bits"] == [8]
    assert tried["map_name"] == []
    assert tried["logits"][0] == (1.0, 1.0)


@pytest.mark.parametrize(
    ("on", "off", "direction", "moved"),
    [
        (1.0, 2.0, "up", True),
        (1.0, 2.0, "down", False),
        (1.0, 1.0, "changes", False),
        (1.0, 1.0 + 1e-12, "changes", False),
        (2.0, 1.0, "changes", True),
        (Estimate(1.0, 0.1, 9), Estimate(1.2, 0.1, 9), "up", False),
        (Estimate(1.0, 0.1, 9), Estimate(1.4, 0.1, 9), "up", True),
        (Estimate(1.0, 0.1, 9), 0.5, "down", True),
        (100.0, NotReached("500"), "up", True),
        (100.0, NotReached("500"), "changes", True),
        (100.0, NotReached("500"), "down", False),
        (NotReached("500"), 100.0, "down", False),
        (1.0, NotRun("no critic"), "changes", False),
    ],
)
def test_a_number_moves_when_it_differs_by_more_than_its_noise(
    on: Value, off: Value, direction: Direction, moved: bool
) -> None:
    assert has_moved(on, off, direction) is moved
