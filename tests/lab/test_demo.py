"""A demo's declaration is read from its source: literals only, nothing imported, nothing run."""

from __future__ import annotations

import gc
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from llmcore_tui.content.bilingual import Bilingual
from llmcore_tui.errors import DemoError, UnknownName
from llmcore_tui.lab.demo import Demo, demos_in, read_demo
from tests.lab.small_demo import DECLARED, EVERY_TYPE, HEAD, LINE, write_demo


def read(tmp_path: Path, source: str) -> object:
    return read_demo(write_demo(tmp_path, source))


def test_a_demo_says_title_formula_flags_numbers_off_switch_anchors_and_sentence(tmp_path: Path) -> None:
    demo = read_demo(write_demo(tmp_path, LINE))
    assert demo.name == "line"
    assert demo.title == Bilingual("A line", "一条直线")
    assert demo.formula == "y = a x"
    assert demo.docstring.startswith("A line: y = a·x.")
    assert [(flag.name, flag.type, flag.default, flag.low, flag.high) for flag in demo.flags] == [
        ("a", "float", 1.0, 0, 10),
        ("x", "float", 2.0, None, None),
    ]
    assert demo.flag("a").help == Bilingual("slope", "斜率")
    assert demo.numbers["y"].unit == "m"
    assert demo.off.set == {"a": 0.0}
    assert demo.off.moves == {"y": "down"}
    assert [demo.is_off(given) for given in ({}, {"a": 0.0}, {"a": 0.0, "x": 1.0}, {"x": 0.0})] == [
        *(False, True, True, False)
    ]
    assert demo.anchors[0].value == 6.0
    assert demo.says[""].zh == "a={a:g} 时高度为 {y:.1f}。"


def test_every_type_of_flag_is_read_from_the_signature(tmp_path: Path) -> None:
    demo = read_demo(write_demo(tmp_path, EVERY_TYPE))
    assert [(flag.name, flag.type, flag.choices) for flag in demo.flags] == [
        ("rate", "float", ()),
        ("count", "int", ()),
        ("n", "int", ("mc",)),
        ("slippery", "bool", ()),
        ("method", "choice", ("lora", "full")),
        ("bits", "choice", (4, 8)),
        ("map_name", "str", ()),
        ("logits", "floats", ()),
        ("seed", "int", ()),
    ]
    assert demo.flag("map_name").option == "--map-name"
    assert demo.flag("n").accepts == "int or mc"
    assert demo.flag("method").accepts == "lora|full"
    assert set(demo.says) == {"low", "high"}
    assert demo.off.why_none == "nothing to remove"


def test_reading_a_demo_executes_and_imports_nothing(tmp_path: Path) -> None:
    witness = tmp_path / "executed"
    side_effect = f"import socket, wave\nopen({str(witness)!r}, 'w').close()\n"
    file = write_demo(tmp_path, LINE.replace("\nTITLE", f"\n{side_effect}TITLE"))
    program = (
        "import sys\nfrom pathlib import Path\nfrom llmcore_tui.lab.demo import read_demo\n"
        f"demo = read_demo(Path({str(file)!r}))\n"
        "print(demo.title.en, 'wave' in sys.modules, 'torch' in sys.modules, 'numpy' in sys.modules)"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ran.stdout.split("\n")[0] == "A line False False False"
    assert not witness.exists()


@pytest.mark.parametrize(
    ("before", "after", "line", "message"),
    [
        (
            'TITLE = {"en": "A line", ',
            'TITLE = {"en": "A " + "line", ',
            12,
            "`'A ' + 'line'` is not a literal",
        ),
        ('Off({"a": 0.0}', "Off(dict(a=0.0)", 15, "`dict(a=0.0)` is not a literal"),
        ("1e-9", "10 ** 9", 16, "`10 ** 9` is not a literal"),
        ("NUMBERS = {", "NUMBERS = {**{}, ", 14, "a key of the dictionary is not a literal"),
        ("FORMULA = r", "FORMULA = 3 or r", 13, "is not a literal"),
        ('"zh": "一条直线"}', '"zh": ""}', 12, 'TITLE is not {"en": "…", "zh": "…"}'),
        ("Number(", "Numbers(", 14, "`Numbers('the height', '高度', unit='m')` is not a literal"),
        ('unit="m"', 'units="m"', 14, "Number: got an unexpected keyword argument 'units'"),
        ('unit="m"', 'kind="rough"', 14, "y: kind is one of exact, statistical, qualitative"),
        ('"y": "down"', '"y": "sideways"', 15, "y moves 'sideways', which is none of up, down, changes"),
        ('"y": "down"', '"yy": "down"', 15, "There is no number of line called 'yy'. Did you mean y?"),
        ('{"a": 0.0}', '{"b": 0.0}', 15, "There is no flag of line called 'b'"),
        ('{"a": 0.0}', '{"a": 11.0}', 15, "--a must be between 0 and 10, not 11"),
        ('{"a": 0.0}', '{"a": 1.0}', 15, "the defaults are the off switch"),
        (', moves={"y": "down"}', "", 15, "no number is said to move"),
        ("Off({", "Off.none({", 15, "Off.none: got an unexpected keyword"),
        ('{"a": 2.0, "x": 3.0}, "y"', '{"a": 2.0, "x": 3.0}, "z"', 16, "no number of line called 'z'"),
        ("6.0, 1e-9", "6.0, -1e-9", 16, "value and within are numbers"),
        ('"2026-11-22")', '"November")', 16, "seen is a date, YYYY-MM-DD"),
        ('"closed form: 2·3"', '""', 16, "names no source"),
        ("{y:.1f}.", "{height:.1f}.", 17, "{height} is neither a flag nor a number of line"),
        ("{y:.1f}.", "{y:.1f.", 17, "SAYS"),
        ("{y:.1f}.", "{y.real}.", 17, "is not a plain name with a format"),
        ("= 1.0,", "= 1.0 + 0,", 20, "is not a literal"),
        ('Annotated[float, Flag("slope", "斜率", low=0, high=10)]', "float", 20, "a of run is not Annotated"),
        ("Annotated[float, ", "Annotated[complex, ", 20, "is of type complex"),
        ('"slope", "斜率"', '"slope", ""', 20, "is not explained in both languages"),
        ("low=0, high=10", "low='0'", 20, "has a limit that is no number"),
        ("low=0, high=10", "low=2", 20, "--a must be at least 2, not 1"),
        ("live={}", 'live={"b": (1,)}', 21, "There is no flag of line called 'b'"),
        ("live={}", 'live={"a": 1}', 21, "has a `live` that is not {flag: (value, …)}"),
        ("    x: Annotated", "    save: Annotated", 21, "--save is an option of `llmcore demo` itself"),
        ("    x: Annotated", "    y: Annotated", 21, "y is a flag and a number"),
        ("def run(", "def runs(", 1, "there is no function `run`"),
        ("NUMBERS = ", "NUMBER = ", 1, "NUMBERS is missing"),
        ("TITLE = ", "TITLES = ", 1, "TITLE is missing"),
    ],
)
def test_what_is_wrong_is_told_with_file_and_line(
    tmp_path: Path, before: str, after: str, line: int, message: str
) -> None:
    assert before in LINE
    file = write_demo(tmp_path, LINE.replace(before, after, 1))
    with pytest.raises(DemoError) as caught:
        read_demo(file)
    assert str(caught.value).startswith(f"{file}:{line}: ")
    assert message in str(caught.value)


def test_what_is_not_python_is_told_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(DemoError, match=r"line\.py:2: not Python: "):
        read(tmp_path, "x = 1\ny = = 2\n")


def test_a_parameter_without_a_default_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DemoError, match="the parameter b of run has no default"):
        read(tmp_path, HEAD + DECLARED + 'def run(b: Annotated[float, Flag("b", "b")]) -> Result: ...\n')


def test_star_arguments_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DemoError, match="run takes named flags only"):
        read(tmp_path, HEAD + DECLARED + "def run(**flags: float) -> Result: ...\n")


@pytest.mark.parametrize(
    "source",
    [
        "x = " + "(" * 5_000,
        "x = " + "-" * 50_000 + "1",
        "TITLE = " + "[" * 150 + "]" * 150 + "\n",
        "TITLE = " + "a." * 20_000 + "b\n",
        "\0",
        "TITLE = {[]: 1}\n",
        "# -*- coding: nonsense -*-\n",
    ],
)
def test_a_hostile_file_is_one_clear_error(tmp_path: Path, source: str) -> None:
    with pytest.raises(DemoError) as caught:
        read(tmp_path, source)
    assert "\n" not in str(caught.value)


def test_a_huge_or_missing_file_is_one_clear_error(tmp_path: Path) -> None:
    with pytest.raises(DemoError, match="that is no demo"):
        read(tmp_path, "#" * 1_000_001)
    with pytest.raises(DemoError, match="No such file"):
        read_demo(tmp_path / "demos" / "gone.py")


def test_several_threads_may_read_demos_at_once(tmp_path: Path) -> None:
    """Collecting garbage in the middle of a parse lets another thread in, as it sometimes does by itself."""
    file = write_demo(tmp_path, LINE)
    threshold = gc.get_threshold()

    def read_deeper(frames: int) -> Demo:
        return read_deeper(frames - 1) if frames else read_demo(file)

    def switch(_phase: str, _info: dict[str, int]) -> None:
        time.sleep(1e-5)

    gc.callbacks.append(switch)
    gc.set_threshold(20)
    try:
        with ThreadPoolExecutor(8) as pool:
            assert {demo.title.en for demo in pool.map(read_deeper, range(40))} == {"A line"}
    finally:
        gc.set_threshold(*threshold)
        gc.callbacks.remove(switch)


def test_demos_are_found_by_name_and_toys_are_none(tmp_path: Path) -> None:
    for name in ("zeta", "alpha", "_hidden", "Upper"):
        write_demo(tmp_path, LINE, name)
    (tmp_path / "demos" / "toys").mkdir()
    (tmp_path / "demos" / "toys" / "grid.py").touch()
    assert list(demos_in(tmp_path / "demos")) == ["alpha", "zeta"]
    assert demos_in(tmp_path / "nowhere") == {}


def test_settings_are_the_defaults_with_what_is_given_in_place(tmp_path: Path) -> None:
    demo = read_demo(write_demo(tmp_path, LINE))
    assert demo.settings() == {"a": 1.0, "x": 2.0}
    assert demo.settings({"a": 3}) == {"a": 3.0, "x": 2.0}
    assert type(demo.settings({"a": 3})["a"]) is float
    assert demo.off_settings(demo.settings({"x": 5.0})) == {"a": 0.0, "x": 5.0}
    assert demo.changed(demo.settings({"a": 1, "x": 7})) == {"x": 7.0}
    with pytest.raises(UnknownName, match="Did you mean a"):
        demo.settings({"aa": 1})
    with pytest.raises(DemoError, match=r"line: --a must be between 0 and 10, not 11"):
        demo.settings({"a": 11})
