"""Making the answer of a turn in one language, with the numbers that are there by now."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from llmcore_tui.content.bilingual import Bilingual, Language
from llmcore_tui.study.checking import check
from llmcore_tui.study.computed import off_number, on_number
from llmcore_tui.study.revealed import (
    Revealed,
    RunState,
    ShownMisconception,
    ShownPoint,
    ShownSource,
)

if TYPE_CHECKING:
    from llmcore_tui.content.card import Citation
    from llmcore_tui.content.deck import Deck
    from llmcore_tui.study.filled import Filled
    from llmcore_tui.study.marked_answer import MarkedAnswer
    from llmcore_tui.study.question import Question
    from llmcore_tui.study.runner import LiveRun
    from llmcore_tui.study.turn import Turn

_BETWEEN = re.compile(r",|;|\band\b|&")
_READ = Bilingual("read {date}", "{date} 查阅")
_FROM_MEMORY = Bilingual("from memory, not read", "凭记忆，未查原文")


def revealed(
    turn: Turn, question: Question, text: Filled, deck: Deck, previews: Mapping[int, str], language: Language
) -> Revealed:
    """The answer, the points, the numbers, and what the learner said about them."""
    card = turn.card
    run = turn.run.run if turn.run else None
    points = tuple(ShownPoint(point.id, point.must, text.of(point.say)) for point in card.points)
    misconceptions = {
        each.id: ShownMisconception(text.of(each.says), text.of(each.fix)) for each in card.misconceptions
    }
    marked = _marked(turn, points, misconceptions, language)
    stated = {each.id for each in marked.wrong} if marked else set()
    return Revealed(
        question=question,
        brief=text.of(card.brief),
        answer=text.of(card.answer),
        formula=card.formula,
        points=points,
        misconceptions=tuple(shown for id, shown in misconceptions.items() if id not in stated),
        sources=tuple(source(citation, deck, language) for citation in card.sources),
        neighbours=tuple(deck.module(module).title.of(language) for module in card.neighbours),
        typed=turn.typed,
        check=check(turn, language),
        marked=marked,
        judged=turn.judged,
        computed=on_number(turn, language),
        off=off_number(turn, language),
        run=run,
        run_state=_state(turn.run),
        run_problem=turn.run.problem if turn.run else turn.demo_problem,
        run_says=run.says.of(language) if run else "",
        previews=previews,
        pending=turn.is_waiting,
    )


def _marked(
    turn: Turn,
    points: Sequence[ShownPoint],
    misconceptions: Mapping[str, ShownMisconception],
    language: Language,
) -> MarkedAnswer | None:
    marking = turn.marking
    if marking is None:
        return None
    from llmcore_tui.study.marked_answer import marked_answer
    from llmcore_tui.study.marking import suggested

    standing = marking.standing
    return marked_answer(
        standing,
        points,
        misconceptions,
        language,
        overruled=marking.overruled,
        arriving=marking.live is not None,
        suggested=suggested(standing, marking.rubric),
    )


def source(citation: Citation, deck: Deck, language: Language) -> ShownSource:
    """Where something is from, as one would cite it: `Schulman et al. 2016, eq. 16`."""
    cited = deck.source(citation.cite)
    read = citation.read.isoformat() if citation.read else ""
    where = f", {citation.where}" if citation.where else ""
    return ShownSource(
        text=f"{short_authors(cited.authors)} {cited.year}{where}",
        title=cited.title,
        url=cited.url,
        read=read,
        read_text=_READ.of(language).format(date=read) if read else _FROM_MEMORY.of(language),
    )


def short_authors(authors: str) -> str:
    """`Sutton & Barto` for two authors, `Schulman et al.` for more; an institution stays as it is."""
    listed, et_al, _ = authors.partition("et al")
    names = [name.strip() for name in _BETWEEN.split(listed) if name.strip()]
    last = [name.split()[-1] for name in names]
    if not names or (len(names) == 1 and not et_al and len(names[0].split()) > 3):
        return authors
    if et_al or len(names) > 2:
        return f"{last[0]} et al."
    return " & ".join(last)


def _state(run: LiveRun | None) -> RunState:
    if run is None:
        return "none"
    return "running" if not run.done else "done" if run.run is not None else "failed"
