"""What a screen tells the program when the learner wants a demo in the lab."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.message import Message

if TYPE_CHECKING:
    from llmcore_tui.content.claim import Setting


@dataclass
class DemoWanted(Message):
    """Open the lab at this demo with these flags."""

    demo: str
    set: Mapping[str, Setting]
