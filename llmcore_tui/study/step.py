"""What a learner did in a session and can take back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from llmcore_tui.content.bilingual import Bilingual, Language

if TYPE_CHECKING:
    from llmcore_tui.study.turn import Turn

Act = Literal["rating", "suspend", "bury", "flag", "note"]

RATINGS = {
    1: Bilingual("again", "重来"),
    2: Bilingual("hard", "困难"),
    3: Bilingual("good", "良好"),
    4: Bilingual("easy", "轻松"),
}
_TAKEN_BACK = {
    "rating": Bilingual("Taken back: the rating “{rating}”.", "已撤销：评分“{rating}”。"),
    "suspend": Bilingual("Taken back: the card is no longer suspended.", "已撤销：这张卡不再暂停。"),
    "bury": Bilingual("Taken back: the card is not put off.", "已撤销：这张卡不再推迟。"),
    "flag": Bilingual("Taken back: the flag.", "已撤销：报错。"),
    "note": Bilingual("Taken back: the note.", "已撤销：笔记。"),
}


@dataclass(frozen=True, slots=True)
class Step:
    """One event of this session that changed a card."""

    act: Act
    event: str
    """The id of the event in the log."""
    turn: Turn
    rating: int = 0
    elapsed_ms: int = 0

    @property
    def leaves(self) -> bool:
        """Whether the card was done with."""
        return self.act in ("rating", "suspend", "bury")


def taken_back(step: Step, language: Language) -> str:
    """What an undo took back, in a sentence."""
    rating = RATINGS[step.rating].of(language) if step.rating else ""
    return _TAKEN_BACK[step.act].of(language).format(rating=rating)
