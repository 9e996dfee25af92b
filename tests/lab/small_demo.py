"""Small demos written into temporary decks, and the parts to change in them."""

from __future__ import annotations

from pathlib import Path

HEAD = '''"""A line: y = a·x.

Source: none, made for a test.
"""
from __future__ import annotations

from typing import Annotated, Literal

from llmcore_tui.lab import Anchor, Estimate, Flag, NotReached, NotRun, Number, Off, Result, Series, Table, main
from llmcore_tui.lab import report_progress

'''
DECLARED = """TITLE = {"en": "A line", "zh": "一条直线"}
FORMULA = r"y = a x"
NUMBERS = {"y": Number("the height", "高度", unit="m"), "twice": Number("two heights", "两倍高度")}
OFF = Off({"a": 0.0}, moves={"y": "down"})
ANCHORS = [Anchor({"a": 2.0, "x": 3.0}, "y", 6.0, 1e-9, "closed form: 2·3", "2026-11-22")]
SAYS = {"en": "At a={a:g} the height is {y:.1f}.", "zh": "a={a:g} 时高度为 {y:.1f}。"}

"""
RUN = """def run(
    a: Annotated[float, Flag("slope", "斜率", low=0, high=10)] = 1.0,
    x: Annotated[float, Flag("where", "位置", live={})] = 2.0,
) -> Result:
    y = a * x
    return Result({"y": y, "twice": 2 * y}, ran="formula", series=[Series("height", "高度", [0, x], [0, y], "x", "y")])


if __name__ == "__main__":
    main(run)
"""
LINE = HEAD + DECLARED + RUN

EVERY_TYPE = (
    HEAD
    + """Method = Literal["lora", "full"]
TITLE = {"en": "Every type", "zh": "各种类型"}
NUMBERS = {"y": Number("a number", "一个数")}
OFF = Off.none("nothing to remove")
SAYS = {"low": {"en": "low", "zh": "低"}, "high": {"en": "high", "zh": "高"}}


def run(
    rate: Annotated[float, Flag("rate", "速率", low=0)] = 0.5,
    count: Annotated[int, Flag("count", "数量", low=1, high=100)] = 4,
    n: Annotated[int | Literal["mc"], Flag("steps", "步数", low=1)] = 4,
    slippery: Annotated[bool, Flag("slippery", "打滑")] = True,
    method: Annotated[Method, Flag("method", "方法")] = "lora",
    bits: Annotated[Literal[4, 8], Flag("bits", "位数")] = 4,
    map_name: Annotated[str, Flag("map", "地图")] = "4x4",
    logits: Annotated[tuple[float, ...], Flag("logits", "对数几率")] = (0.0, 1.0),
    seed: int = 0,
) -> Result:
    return Result({"y": 1.0}, ran="formula", says="low")
"""
)


def write_demo(deck: Path, source: str, name: str = "line") -> Path:
    """Write a demo into a deck's `demos/`, and give its file."""
    file = deck / "demos" / f"{name}.py"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(source, encoding="utf-8")
    return file


def with_body(body: str, *, declared: str = DECLARED, flags: str = "") -> str:
    """The line with another body of `run`, indented by four, and more flags in front of its own."""
    signature = RUN.split("    y = a * x")[0].replace("def run(\n", f"def run(\n{flags}")
    return HEAD + declared + signature + body + "\n"
