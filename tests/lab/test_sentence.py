"""The sentence of what was seen."""

from __future__ import annotations

import pytest

from llmcore_tui.content.bilingual import Bilingual
from llmcore_tui.errors import DemoError
from llmcore_tui.lab.declaration import FlagValue
from llmcore_tui.lab.result import Estimate, NotReached, NotRun, Value
from llmcore_tui.lab.sentence import fill, placeholders

SETTINGS: dict[str, FlagValue] = {"lam": 0.95, "steps": 16, "method": "lora", "logits": (0.0, 1.5)}
NUMBERS: dict[str, Value] = {
    "std": Estimate(0.2405, 0.003, 2000),
    "bias": 0.25,
    "late": NotReached("100 steps"),
    "none": NotRun("no critic"),
}


@pytest.mark.parametrize(
    ("text", "filled"),
    [
        ("std {std:.2f}, bias {bias:.1%}", "std 0.24, bias 25.0%"),
        ("at {lam} and {steps} by {method}", "at 0.95 and 16 by lora"),
        ("{logits} and {logits:.2f}", "0, 1.5 and 0.00, 1.50"),
        ("{late:.0f} but {none}", "not reached but not computed"),
        (r"$\hat A_{t+1}$ is {bias} $\frac{bias}{2}$", r"$\hat A_{t+1}$ is 0.25 $\frac{bias}{2}$"),
        ("{{bias}}", "{bias}"),
        ("no slot", "no slot"),
    ],
)
def test_flags_and_numbers_stand_in_their_places(text: str, filled: str) -> None:
    assert fill(Bilingual(text, text), SETTINGS, NUMBERS).en == filled


def test_a_number_that_was_not_reached_is_said_in_each_language() -> None:
    said = fill(Bilingual("{late}", "{late}"), SETTINGS, NUMBERS)
    assert said == Bilingual("not reached", "未达到")


def test_a_format_that_does_not_fit_is_one_clear_error() -> None:
    with pytest.raises(DemoError, match=r"SAYS: \{bias:d\} cannot show 0.25"):
        fill(Bilingual("{bias:d}", "{bias}"), SETTINGS, NUMBERS)


def test_only_names_outside_formulas_are_slots() -> None:
    assert placeholders(r"{a} $\hat{b}$ {c:.1f} {{d}}") == {"a", "c"}


@pytest.mark.parametrize("text", ["{a", "a}", "{a.b}", "{a[0]}", "{}", "{0}", "{a!r}", "{a:{b}}"])
def test_anything_but_a_name_with_a_format_is_refused(text: str) -> None:
    with pytest.raises(DemoError):
        placeholders(text)
