"""Making the question of a turn in one language."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmcore_tui.content.bilingual import Bilingual, Language
from llmcore_tui.content.card import CardKind
from llmcore_tui.study import prediction
from llmcore_tui.study.question import Question, ShownOption
from llmcore_tui.study.turn import Turn

if TYPE_CHECKING:
    from llmcore_progress import CardState
    from llmcore_tui.content.deck import Deck
    from llmcore_tui.study.filled import Filled

KINDS = {
    CardKind.EXPLAIN: Bilingual("explain", "解释"),
    CardKind.COMPARE: Bilingual("compare", "对比"),
    CardKind.TRADEOFF: Bilingual("trade-off", "取舍"),
    CardKind.CALCULATE: Bilingual("calculate", "计算"),
    CardKind.DIAGNOSE: Bilingual("diagnose", "诊断"),
    CardKind.SPOT_ERROR: Bilingual("spot the error", "找错"),
    CardKind.DERIVE: Bilingual("derive", "推导"),
    CardKind.CODE: Bilingual("code", "写代码"),
    CardKind.CLOZE: Bilingual("fill the gap", "填空"),
    CardKind.CHOICE: Bilingual("choose", "选择"),
}
OPEN_GAP = "____"


def question(
    turn: Turn, text: Filled, deck: Deck, state: CardState, total: int, language: Language
) -> Question:
    """The question with its slots filled, its options in their order and its gap open."""
    card = turn.card
    return Question(
        card=card,
        module=card.module,
        module_title=deck.module(card.module).title.of(language),
        kind=str(card.kind),
        kind_name=KINDS[card.kind].of(language),
        ask=text.of(card.ask),
        hint=text.of(card.hint),
        takes=turn.takes,
        unit=turn.unit if card.result else "",
        within=str(turn.within or "") if card.result else "",
        claim=text.of(card.claim),
        gap=_opened(text.of(card.cloze)),
        options=tuple(
            ShownOption(number, text.of(turn.option(place).say))
            for number, place in enumerate(turn.order, start=1)
        ),
        code=card.code,
        prediction=prediction.question(card, turn.demo, language)
        if turn.asks_prediction and turn.demo
        else None,
        draw=turn.draw.values if turn.draw else {},
        why=turn.why,
        position=turn.position,
        total=max(total, turn.position),
        has_demo=turn.demo is not None,
        flagged=state.flagged or "",
        note=state.note or "",
    )


def _opened(cloze: str) -> str:
    """The sentence with its gap open; nothing for a card that has none."""
    if not cloze:
        return ""
    from llmcore_tui.study.checking import GAP

    return GAP.sub(OPEN_GAP, cloze)
