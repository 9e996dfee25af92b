"""Curves in characters, in words, as SVG and as files."""

from __future__ import annotations

import math
import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from llmcore_tui.content.bilingual import Bilingual, Language
from llmcore_tui.errors import EnvironmentProblem, InputError
from llmcore_tui.lab.result import Series
from llmcore_tui.render import figure
from llmcore_tui.render.axis import axis, spans_powers
from llmcore_tui.render.plot import MARKS, describe, groups, plot, sparkline
from llmcore_tui.render.svg import svg
from llmcore_tui.render.width import cells

X = [index / 20 for index in range(21)]
STD = Series("standard deviation", "标准差", X, [3 + 1.2 * x * x for x in X], "lam", "value")
BIAS = Series("bias", "偏差", X, [2 - 2 * x for x in X], "lam", "value")
RETURN = Series("return", "回报", [1, 10, 100, 1000], [0.1, 0.4, 0.35, 0.8], "steps", "return")
TITLE = Bilingual("GAE", "广义优势估计")

GOLDEN = """\
↑ value   ● 标准差   ▲ 偏差
4┤                                              ⢀⣀●⣀⠤⠤⠤⠄
 │                           ⢀⣀●⣀⣀⣀⠤⠤⠤⠤●⠒⠒⠒⠒⠊⠉⠉⠉⠁
3┤⠠⠒⠒●⠒⠒⠒⠒⠒⠒⠒●⠒⠒⠒⠒⠒⠒⠒⠊⠉●⠉⠉⠉⠉⠉⠁
 │
2┤⠈⠉⠒⠒⠒▲⠤⠤⠤⠤⣀⣀⣀⣀
1┤              ⠉⠉▲⠉⠒⠒⠒⠒⠤⠤▲⠤⣀⣀⣀⣀
 │                              ⠉⠉▲⠑⠒⠒⠒⠒⠤⠤⠤⢄▲⣀⣀⣀
0┤                                              ⠉⠉⠉⠑▲⠒⠒⠂
 └┬──────────┬─────────┬──────────┬─────────┬──────────┬
  0.0       0.2       0.4        0.6       0.8       1.0
                                                   lam →"""


def test_two_curves_share_a_plot_and_differ_by_their_marks() -> None:
    assert plot([STD, BIAS, RETURN], 56, 12, language="zh") == GOLDEN


def test_colour_is_asked_for_and_changes_no_character() -> None:
    plain, coloured = plot([STD, BIAS], 60, 12), plot([STD, BIAS], 60, 12, color=True)
    assert "\x1b" not in plain
    assert "\x1b[38;5;6m" in coloured
    bare = re.sub(r"\x1b\[[0-9;]*m", "", coloured)
    assert [line.rstrip() for line in bare.split("\n")] == [line.rstrip() for line in plain.split("\n")]


@pytest.mark.parametrize(("width", "height"), [(76, 16), (40, 10), (24, 9), (100, 30)])
def test_a_plot_has_the_size_asked_for(width: int, height: int) -> None:
    lines = plot([STD, BIAS], width, height).split("\n")
    assert len(lines) == height
    assert max(cells(line) for line in lines) <= width


def test_in_too_little_room_a_sentence_says_it() -> None:
    assert plot([STD], 15, 12) == "standard devia…"
    assert plot([STD], 76, 4).startswith("standard deviation: from 3 at lam = 0 to 4.2 at 1")
    assert plot([], 76, 12) == "There is no point to plot."


def test_points_that_are_not_finite_are_left_out() -> None:
    holes = Series("a", "甲", [0, 1, 2, 3], [1.0, math.nan, math.inf, 4.0], "x", "y")
    nothing = Series("b", "乙", [0, 1], [math.nan, math.nan], "x", "y")
    drawn = plot([holes, nothing], 40, 12)
    assert "nan" not in drawn.lower()
    assert "inf" not in drawn.lower()
    assert "乙" not in drawn
    assert plot([nothing], 40, 12, language="zh") == "没有可画的点"
    assert svg([nothing]) == ""


def test_powers_of_ten_stand_evenly() -> None:
    last, name = plot([RETURN], 60, 12).split("\n")[-2:]
    assert last.split() == ["1", "10", "100", "1,000"]
    assert name.strip() == "steps (log) →"


def test_a_control_sequence_in_a_name_is_not_drawn() -> None:
    nasty = Series("a\x1b[31m", "甲", [0, 1], [0, 1], "x\x1b]0;t\x07", "y\nz")
    drawn = plot([nasty, STD], 60, 12)
    assert "\x1b" not in drawn
    assert len(drawn.split("\n")) == 12


def test_the_groups_are_those_of_both_axes_in_their_order() -> None:
    assert groups([RETURN, STD, BIAS]) == [(RETURN,), (STD, BIAS)]


def test_many_threads_draw_their_own_plots() -> None:
    wanted = [plot([STD, BIAS], 60 + index, 12) for index in range(12)]
    with ThreadPoolExecutor(6) as pool:
        assert list(pool.map(lambda index: plot([STD, BIAS], 60 + index, 12), range(12))) == wanted


@pytest.mark.parametrize(
    ("ys", "says"),
    [
        ([1, 2, 4], "s: from 1 at x = 0 to 4 at 2, rising throughout."),
        ([4, 2, 1], "s: from 4 at x = 0 to 1 at 2, falling throughout."),
        ([1e-17, 2, 4], "s: from 0 at x = 0 to 4 at 2, rising throughout."),
        ([2, 2, 2], "s: from 2 at x = 0 to 2 at 2, constant."),
        ([1, 0, 4], "s: from 1 at x = 0 to 4 at 2, rising on the whole, lowest 0 at x = 1."),
        ([4, 9, 1], "s: from 4 at x = 0 to 1 at 2, falling on the whole, highest 9 at x = 1."),
        ([1, 3, 1], "s: from 1 at x = 0 to 1 at 2, up and down, highest 3 at x = 1."),
        ([math.nan, 5, math.nan], "s: 5 at x = 1."),
        ([math.nan] * 3, "s: no point to plot."),
    ],
)
def test_a_sentence_says_the_curve(ys: list[float], says: str) -> None:
    assert describe([Series("s", "曲线", [0, 1, 2], ys, "x", "y")]) == says


def test_a_sentence_says_the_curve_in_chinese() -> None:
    assert describe([Series("s", "偏差", [0, 1, 2], [1, 0, 4], "λ", "y")], "zh") == (
        "偏差：λ 从 0 到 2，由 1 到 4，总体上升，最低 0（λ = 1）。"
    )


def test_a_sparkline_has_a_block_a_value() -> None:
    assert sparkline([0, 1, 2, 3, 4, 5, 6, 7]) == "▁▂▃▄▅▆▇█"
    assert sparkline([2.0, 2.5, 3.0], from_zero=False) == "▁▅█"
    assert sparkline([2.0, 2.5, 3.0]) == "▆▇█"
    assert sparkline([0, math.nan, 0]) == "▁ ▁"
    assert sparkline([math.nan]) == " "
    assert sparkline([]) == ""


@given(st.lists(st.floats(-1e12, 1e12), min_size=1, max_size=30), st.integers(2, 12))
@example([0.0, 5e-324], 2)
@example([1.0, 1.0 + 2e-16], 5)
def test_ticks_lie_inside_the_axis_and_are_few(values: list[float], most: int) -> None:
    found = axis(values, most)
    assert found.low <= min(values)
    assert found.high >= max(values)
    assert found.low < found.high
    assert 2 <= len(found.ticks) <= max(2, most)
    slack = (found.high - found.low) * 1e-6
    assert all(found.low - slack <= tick <= found.high + slack for tick in found.ticks)
    assert len(set(found.ticks)) == len(found.ticks)


def test_ticks_are_round_and_equally_precise() -> None:
    assert axis([0.0, 1.0], 7).labels == ("0.0", "0.2", "0.4", "0.6", "0.8", "1.0")
    assert axis([1.0, 10_000.0], 6, log=True).labels == ("1", "10", "100", "1,000", "10,000")
    assert axis([3.0], 5).low < 3 < axis([3.0], 5).high


def test_steps_counted_one_by_one_are_no_powers() -> None:
    assert spans_powers([1, 10, 100, 1000])
    assert not spans_powers(list(range(1, 1000)))
    assert not spans_powers([0, 10, 100])
    assert not spans_powers([])


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_svg_is_well_formed_escaped_and_says_itself(language: Language) -> None:
    nasty = Series('<script>"&', "<脚本>", X, [1 - x for x in X], "lam", "value")
    tree = ElementTree.fromstring(svg([STD, nasty], language))
    assert tree.get("role") == "img"
    assert (tree.get("aria-label") or "").startswith("standard" if language == "en" else "标准差")
    texts = [element.text for element in tree.iter("text")]
    assert ("<脚本>" if language == "zh" else '<script>"&') in texts
    assert not any(element.get("style") for element in tree.iter())


@pytest.mark.parametrize("suffix", [".svg", ".png"])
def test_the_same_curves_give_the_same_file(tmp_path: Path, suffix: str) -> None:
    files = [tmp_path / f"{name}{suffix}" for name in "ab"]
    notes = [
        figure.save_series([STD, BIAS, RETURN], file, "en", title=TITLE, settings={"lam": 0.5})
        for file in files
    ]
    assert notes == ["", ""]
    assert files[0].read_bytes() == files[1].read_bytes()
    assert files[0].stat().st_size > 5_000
    assert [file.name for file in tmp_path.iterdir() if file.name.startswith(".")] == []


def test_an_svg_file_keeps_its_text_as_text_without_a_date(tmp_path: Path) -> None:
    file = tmp_path / "curves.svg"
    figure.save_series([STD, BIAS], file, "zh", title=TITLE)
    text = file.read_text(encoding="utf-8")
    assert "标准差" in text
    assert "广义优势估计" in text
    assert "<dc:date>" not in text


def test_without_a_chinese_font_a_png_is_labelled_in_english_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(figure, "CHINESE_FONTS", ())
    note = figure.save_series([STD], tmp_path / "a.png", "zh", title=TITLE)
    assert "English" in note
    figure.save_series([STD], tmp_path / "b.png", "en", title=TITLE)
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()


def test_a_picture_that_cannot_be_made_leaves_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "pictures"
    folder.mkdir()
    with pytest.raises(InputError, match="curve"):
        figure.save_series([], folder / "a.svg", "en", title=TITLE)
    with pytest.raises(InputError, match="png"):
        figure.save_series([STD], folder / "a.pdf", "en", title=TITLE)
    with pytest.raises(EnvironmentProblem, match="cannot be written"):
        figure.save_series([STD], folder / "none" / "a.svg", "en", title=TITLE)
    assert list(folder.iterdir()) == []


def test_there_is_a_mark_for_each_colour() -> None:
    assert len(set(MARKS)) == len(MARKS) == 8
