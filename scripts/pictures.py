"""Draws the pictures of the documentation from the program itself: `.venv/bin/python scripts/pictures.py`.

Textual gives each run of text its length in characters; a Chinese character takes two cells, so the lengths are
computed anew. Fonts that a page would have to fetch are taken out.
"""

from __future__ import annotations

import asyncio
import html
import os
import re
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from rich.cells import cell_len

FOLDER = Path(__file__).resolve().parent.parent / "docs"
NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
CELL = 12.2
"""Width of a cell in the pictures' units, as rich draws them."""
CARD = "gae"


def main() -> None:
    """Draw every picture in a home of its own."""
    with tempfile.TemporaryDirectory() as home:
        os.environ["LLMCORE_HOME"] = home
        FOLDER.mkdir(exist_ok=True)
        for language in ("en", "zh"):
            asyncio.run(_draw(language))


async def _draw(language: str) -> None:
    from dataclasses import replace

    from llmcore_progress import Progress, Settings
    from llmcore_tui import locations
    from llmcore_tui.app import LlmcoreApp
    from llmcore_tui.config import Config
    from llmcore_tui.content.deck import Deck
    from llmcore_tui.study.opened import Opened, Wishes

    suffix = "" if language == "en" else "-zh"
    log = locations.data_folder() / f"{language}.sqlite"
    deck = Deck.open([locations.builtin_deck()], locations.cache_folder())
    with Progress.open(log, settings=Settings(zone=UTC, fuzz=False), now=NOW) as progress:
        config = replace(Config(), language="zh" if language == "zh" else "en")
        app = LlmcoreApp(Opened(config, deck, progress, lambda: NOW), Wishes((CARD,), seed=1), start="study")
        async with app.run_test(size=(80, 26)) as pilot:
            await pilot.pause()
            await pilot.press(*"0.2", "enter", "space")
            for _ in range(100):
                await pilot.pause(0.2)
                if (revealed := app.screen.session.revealed) is not None and revealed.run_state != "running":  # type: ignore[attr-defined]  # the Study screen's
                    break
            _save(app.export_screenshot(title="llmcore study"), FOLDER / f"study{suffix}.svg")
            await pilot.press("d")
            await pilot.pause(2)
            _save(app.export_screenshot(title="llmcore lab"), FOLDER / f"lab{suffix}.svg")
    deck.close()


def _save(svg: str, file: Path) -> None:
    svg = re.sub(r"@font-face \{.*?\}", "", svg, flags=re.DOTALL)
    svg = re.sub(r"terminal-\d+", "terminal", svg)
    svg = re.sub(r'textLength="[\d.]+"([^>]*)>([^<]*)</text>', _in_cells, svg)
    file.write_text(svg, encoding="utf-8")
    print(file)


def _in_cells(found: re.Match[str]) -> str:
    length = cell_len(html.unescape(found[2])) * CELL
    return f'textLength="{length:g}"{found[1]}>{found[2]}</text>'


if __name__ == "__main__":
    main()
