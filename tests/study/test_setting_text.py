"""Settings and drawn values as a reader sees them."""

from __future__ import annotations

import pytest

from llmcore_tui.content.claim import Setting
from llmcore_tui.study.setting_text import drawn_text, value_text


@pytest.mark.parametrize(
    ("value", "drawn", "plain"),
    [
        (7e9, "7,000,000,000", "7000000000"),
        (50257, "50,257", "50257"),
        (512, "512", "512"),
        (0.95, "0.95", "0.95"),
        (12345.5, "12345.5", "12345.5"),
        (-20000, "-20,000", "-20000"),
        (True, "yes", "yes"),
        ("none", "none", "none"),
        ((1.0, 0.5), "1,0.5", "1,0.5"),
    ],
)
def test_a_large_drawn_number_has_its_thousands_apart_and_a_flag_none(
    value: Setting, drawn: str, plain: str
) -> None:
    assert (drawn_text(value, "en"), value_text(value, "en")) == (drawn, plain)
