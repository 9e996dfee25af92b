"""The curves of a run as an SVG or PNG file through matplotlib, which nothing else imports. The same run, the same file."""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from llmcore_tui.content.bilingual import Bilingual, Language
from llmcore_tui.errors import InputError
from llmcore_tui.lab.declaration import FlagValue
from llmcore_tui.lab.result import Series
from llmcore_tui.lab.run import Run
from llmcore_tui.render.axis import axis, spans_powers
from llmcore_tui.render.plot import finite_points, groups
from llmcore_tui.render.safe import one_line
from llmcore_tui.render.whole_file import whole_file
from llmcore_tui.render.width import wrap

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

SUFFIXES = (".svg", ".png")
CHINESE_FONTS = (
    "Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "Source Han Sans CN", "PingFang SC", "Hiragino Sans GB",
    "Heiti SC", "STHeiti", "Microsoft YaHei", "SimHei", "WenQuanYi Micro Hei", "WenQuanYi Zen Hei",
    "Noto Sans CJK JP", "Noto Sans CJK TC", "LXGW WenKai", "Droid Sans Fallback", "Noto Serif CJK SC",
    "Noto Serif CJK JP", "AR PL UMing CN", "Arial Unicode MS",
)  # fmt: skip
"""Fonts with simplified Chinese, best first; matplotlib reads only the first face of a collection, often the JP one."""
_COLOURS = ("#0f766e", "#b45309", "#7c3aed", "#2f7d32", "#1d4ed8", "#b42335")
_LINES = ("-", "--", ":", "-.")
_MARKS = ("o", "^", "s", "D", "v", "P")
_ALL_MARKED = 14
_WIDE, _HIGH = 7.2, 3.4
_LONGEST_LINE = 96
_NO_FONT = "No font with Chinese characters was found, so the labels are in English."


def save(run: Run, file: Path, language: Language) -> str:
    """Draw the curves of a run into `file`; gives a note for the learner, or nothing.

    InputError for another suffix than .svg and .png and where there is no curve; EnvironmentProblem where it cannot be written.
    """
    return save_series(
        run.result.series, file, language, title=run.demo.title, settings=run.set, says=run.says
    )


def save_series(
    series: Sequence[Series],
    file: Path,
    language: Language,
    *,
    title: Bilingual,
    settings: Mapping[str, FlagValue] | None = None,
    says: Bilingual | None = None,
) -> str:
    """As `save`, for curves that are not one run's, such as a sweep's."""
    if file.suffix.lower() not in SUFFIXES:
        raise InputError(f"{file.name}: a picture is saved as {' or '.join(SUFFIXES)}.")
    drawn = [group for group in groups(series) if any(finite_points(one)[0] for one in group)]
    if not drawn:
        raise InputError("This run has no curve to draw.", "Its numbers: --json.")
    shown = language
    if language == "zh" and file.suffix.lower() == ".png" and not _chinese_font():
        shown = "en"
    with _quiet(), whole_file(file) as unfinished:
        figure = _figure(drawn, shown, title, settings or {}, says)
        no_date = {"Date": None} if file.suffix.lower() == ".svg" else {"Software": None}
        figure.savefig(unfinished, format=file.suffix.lower()[1:], dpi=160, metadata=no_date)
    return _NO_FONT if shown != language else ""


def _chinese_font() -> str:
    """The best font with Chinese that is installed, or nothing."""
    from matplotlib import font_manager

    installed = set(font_manager.get_font_names())
    return next((name for name in CHINESE_FONTS if name in installed), "")


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """matplotlib's settings for this picture; in an SVG the viewer's own fonts show what ours may not have."""
    import matplotlib

    fonts = [font for font in (_chinese_font(), "DejaVu Sans") if font]
    style: dict[str, object] = {
        "svg.fonttype": "none",
        "svg.hashsalt": "llmcore",
        "font.family": [*reversed(fonts), "sans-serif"],
        "font.size": 9,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.unicode_minus": True,
        "axes.titlelocation": "left",
        "figure.facecolor": "white",
        "text.parse_math": False,
    }
    with matplotlib.rc_context(style), warnings.catch_warnings():  # type: ignore[arg-type]  # its keys are a Literal of 300
        warnings.filterwarnings("ignore", message=r"Glyph .* missing from font")
        yield


def _figure(
    drawn: Sequence[Sequence[Series]],
    language: Language,
    title: Bilingual,
    settings: Mapping[str, FlagValue],
    says: Bilingual | None,
) -> Figure:
    from matplotlib.figure import Figure  # without pyplot: no window, no global state

    figure = Figure(figsize=(_WIDE, _HIGH * len(drawn) + 0.6), layout="constrained")
    panels = figure.subplots(len(drawn), 1, squeeze=False)
    for group, axes in zip(drawn, panels[:, 0], strict=True):
        _panel(axes, group, language)
    flags = "   ".join(f"{name} = {value}" for name, value in settings.items())
    head = (
        "\n".join([one_line(title.of(language)), *wrap(flags, _LONGEST_LINE)])
        if flags
        else title.of(language)
    )
    figure.suptitle(head, x=0.02, ha="left", fontsize=10)
    if says:
        figure.supxlabel(
            "\n".join(wrap(one_line(says.of(language)), _LONGEST_LINE)), x=0.02, ha="left", fontsize=9
        )
    return figure


def _name(series: Series, language: Language) -> str:
    return one_line(series.zh if language == "zh" else series.en)


def _panel(axes: Axes, group: Sequence[Series], language: Language) -> None:
    for index, one in enumerate(group):
        xs, ys = finite_points(one)
        axes.plot(
            xs,
            ys,
            label=_name(one, language),
            color=_COLOURS[index % len(_COLOURS)],
            linestyle=_LINES[index % len(_LINES)],
            marker=_MARKS[index % len(_MARKS)] if len(xs) <= _ALL_MARKED else "",
            markersize=4,
            linewidth=1.6,
        )
    values = [x for one in group for x in finite_points(one)[0]]
    if spans_powers(values):
        across = axis(values, 8, log=True)
        axes.set_xscale("log")
        axes.set_xticks(across.ticks, across.labels)
        axes.minorticks_off()
    axes.set_xlabel(one_line(group[0].x_name))
    axes.set_ylabel(one_line(group[0].y_name))
    axes.grid(axis="y", linewidth=0.5, alpha=0.4)
    if len(group) > 1 or _name(group[0], language) != one_line(group[0].y_name):
        axes.legend(frameon=False, fontsize=8)
