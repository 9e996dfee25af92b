"""The HTML brief in a real browser: it fetches nothing, sets its formulas, and fits a desk and a telephone."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.browser.chromium import Tab, chromium

pytestmark = pytest.mark.long

DESK, TELEPHONE = 1000, 375
MISPLACED = """
[...document.querySelectorAll("msub, msup, msubsup, mover, munderover, mfrac")].filter(node => {
  const [first, second, third] = [...node.children].map(child => child.getBoundingClientRect());
  const middle = box => (box.top + box.bottom) / 2;
  switch (node.localName) {
    case "msub": return !(middle(second) > middle(first) && second.left >= first.right - 2);
    case "msup": return !(middle(second) < middle(first) && second.left >= first.right - 2);
    case "msubsup": return !(middle(third) < middle(first) && middle(first) < middle(second));
    case "mover": return !(middle(second) < middle(first));
    case "munderover": return !(third.bottom <= first.top + 2 && second.top >= first.bottom - 2)
      && node.closest("[display=block]");
    case "mfrac": return !(first.bottom <= second.top);
  }
}).map(node => node.outerHTML)
"""
UNSEEN = """
[...document.querySelectorAll("math, svg")]
  .filter(node => node.getBoundingClientRect().width < 4 || node.getBoundingClientRect().height < 4)
  .map(node => node.outerHTML)
"""
TOO_WIDE = "document.documentElement.scrollWidth - window.innerWidth"
CUT_OFF = """
[...document.querySelectorAll(".demo, .formula, pre")].filter(node => node.scrollWidth > node.clientWidth).map(node => node.className)
"""
LONG_CURVES = (
    "[...document.querySelectorAll('svg .curve')].filter(curve => curve.getTotalLength() > 300).length"
)
FORMULA = (
    "<math><munderover><mo>∑</mo><mi>l</mi><mi>n</mi></munderover><msub><mi>A</mi><mi>t</mi></msub></math>"
)


@pytest.fixture(scope="module")
def tab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tab]:
    with chromium(tmp_path_factory.mktemp("profile")) as opened:
        yield opened


@pytest.fixture(scope="module", params=["en", "zh"])
def brief(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The brief of one module, exported by the program as a learner does it."""
    folder = tmp_path_factory.mktemp("brief")
    command = ["brief", "export", "--format", "html", "--module", "gae", "--lang", request.param]
    ended = subprocess.run(
        [sys.executable, "-m", "llmcore_tui", *command, "--out", str(folder / "briefs")],
        env=os.environ | {"HOME": str(folder), "LLMCORE_HOME": str(folder / "home")},
        check=False,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert ended.returncode == 0, ended.stderr
    (file,) = (folder / "briefs").iterdir()
    return file


def ink(png: bytes) -> tuple[float, float]:
    """The brightness of the paper, 0 to 1, and the share of dots that are not paper."""
    grey = np.asarray(Image.open(io.BytesIO(png)).convert("L"))
    paper = int(np.bincount(grey.ravel()).argmax())
    return paper / 255, float((abs(grey.astype(int) - paper) > 40).mean())


@pytest.mark.parametrize("width", [DESK, TELEPHONE])
def test_the_page_fetches_nothing_and_lays_everything_out(brief: Path, width: int, tab: Tab) -> None:
    tab.open(brief, width=width)
    assert tab.requests() == [brief.as_uri()]
    assert tab.complaints() == []
    assert tab.value("document.querySelectorAll('math msub').length") > 10
    assert tab.value("document.querySelectorAll('math[display=block] munderover').length") > 0
    assert tab.value(MISPLACED) == []
    assert tab.value(UNSEEN) == []
    assert tab.value(TOO_WIDE) <= 0
    assert tab.value(CUT_OFF) == []
    assert tab.value(LONG_CURVES) == 2
    assert 0.02 < ink(tab.picture())[1] < 0.3


def test_the_page_follows_a_dark_desk(brief: Path, tab: Tab) -> None:
    tab.open(brief, width=DESK)
    light, _ = ink(tab.picture())
    tab.open(brief, width=DESK, dark=True)
    dark, written = ink(tab.picture())
    assert light > 0.9
    assert dark < 0.2
    assert 0.02 < written < 0.3


def test_a_page_that_fetches_or_is_set_badly_is_noticed(tab: Tab, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    outside = '<img src="http://example.com/x.png">'
    page.write_text(f"<!doctype html><meta charset=utf-8>{outside}{FORMULA}")
    tab.open(page, width=DESK)
    assert tab.requests() == [page.as_uri(), "http://example.com/x.png"]
    assert any("ERR_NAME_NOT_RESOLVED" in line for line in tab.complaints())
    assert tab.value(MISPLACED) == []
    flat = "<style>msub, munderover { display: inline } body { width: 2000px }</style>"
    page.write_text(f"<!doctype html><meta charset=utf-8>{flat}{FORMULA}")
    tab.open(page, width=DESK)
    assert [node[:6] for node in tab.value(MISPLACED)] == ["<msub>"]
    assert tab.value(TOO_WIDE) > 900
    assert ink(tab.picture())[1] < 0.02
