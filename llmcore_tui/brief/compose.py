"""Putting a brief together from a deck, its demos and the learner's log."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from llmcore_tui.brief import words
from llmcore_tui.brief.document import (
    SECONDS,
    Against,
    Brief,
    Cited,
    Mistake,
    ModuleBrief,
    Part,
    PartName,
    Question,
    Shown,
)
from llmcore_tui.brief.filler import Filler, Record
from llmcore_tui.brief.measured import Lab
from llmcore_tui.brief.weak import Missed
from llmcore_tui.content.bilingual import Bilingual, Language
from llmcore_tui.content.card import Card, CardKind, Citation, Point
from llmcore_tui.content.deck import Deck
from llmcore_tui.content.interview import InterviewQuestion
from llmcore_tui.content.module import Module
from llmcore_tui.lab.versions import versions

_ON_PAPER = (CardKind.EXPLAIN, CardKind.COMPARE, CardKind.TRADEOFF, CardKind.DERIVE, CardKind.DIAGNOSE)
"""Kinds of cards that can be asked and answered aloud."""
_PRACTICE = (CardKind.TRADEOFF, CardKind.DIAGNOSE, CardKind.SPOT_ERROR)
MOST_MISTAKES = 8
OnStep = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Composer:
    """What every module of a brief is made from."""

    deck: Deck
    lab: Lab
    language: Language
    missed: Missed | None = None
    """None: without the learner's log."""

    def brief(self, modules: Iterable[Module], made: datetime, on_step: OnStep) -> Brief:
        """The brief on the modules, in their order; `on_step` hears of each, and how many of how many are made."""
        modules = tuple(modules)
        written: list[ModuleBrief] = []
        planned: list[str] = []
        for done, module in enumerate(modules):
            if module.planned:
                planned.append(module.title.of(self.language))
                continue
            on_step(module.id, done, len(modules))
            written.append(self.module(module))
        return Brief(self.language, made, tuple(written), tuple(planned), versions())

    def module(self, module: Module) -> ModuleBrief:
        """The notes on one module that has cards."""
        filler = Filler(self.lab.numbers, self.language)
        cards, questions = self.deck.cards(module.id), self.deck.questions(module.id)
        records: list[InterviewQuestion | Card] = [*questions, *cards]
        shown = self._shown(module, records)
        first = questions[0] if questions else None
        lead = _lead(cards)
        parts = _spoken(first, filler) if first else _from_cards(lead, cards, shown, filler)
        return ModuleBrief(
            id=module.id,
            title=module.title.of(self.language),
            area=next(
                (a.title.of(self.language) for a in self.deck.areas() if a.id == module.area), module.area
            ),
            ask=filler.of(first, first.ask) if first else filler.of(lead, lead.ask),
            must_say=self._must_say(module),
            parts=parts,
            from_cards=first is None,
            formula=lead.formula or next((one.formula for one in shown if one.formula), ""),
            shown=shown,
            against=self._against(module, cards, filler),
            follow_ups=tuple(
                Question(filler.of(question, follow_up.ask), _said(question, follow_up.points, filler))
                for question in questions
                for follow_up in question.follow_ups
            ),
            also_asked=tuple(
                Question(filler.of(question, question.ask), _said(question, question.points, filler))
                for question in questions[1:]
            ),
            in_a_line=tuple(
                Question(filler.of(card, card.ask), (filler.of(card, card.brief),))
                for card in cards
                if card.kind in _ON_PAPER and not card.vary and (first is not None or card is not lead)
            ),
            mistakes=_mistakes(records, filler),
            weak=self.missed.weak_points(self.deck, module.id, filler) if self.missed else (),
            sources=self._sources(records),
            as_of=max((record.as_of for record in records), default=""),
        )

    def _must_say(self, module: Module) -> str:
        days = [day for plan in self.deck.plans() for day in plan.days if module.id in day.modules]
        return days[0].must_say.of(self.language) if days else ""

    def _shown(self, module: Module, records: Sequence[InterviewQuestion | Card]) -> tuple[Shown, ...]:
        """The module's demos, each under the settings that its first question or card gives it."""
        links = {record.demo.name: record.demo for record in reversed(records) if record.demo}
        asked = (
            record.demo.name for record in records if record.demo and isinstance(record, InterviewQuestion)
        )
        found = (
            self.lab.shown(name, links[name].set if name in links else {}, module.id, self.language)
            for name in dict.fromkeys((*asked, *module.demos))
        )
        return tuple(one for one in found if one is not None)

    def _against(self, module: Module, cards: Sequence[Card], filler: Filler) -> tuple[Against, ...]:
        """For each neighbour the card that compares with it, else the neighbour's own 30-second line.

        Neighbours of which the same is to be said stand together; those that are not written yet come last.
        """
        compares = [card for card in cards if card.kind is CardKind.COMPARE]
        others = [card for card in cards if card.kind is not CardKind.COMPARE]
        titles: dict[str, list[str]] = {}
        for name in dict.fromkeys(name for card in (*compares, *others) for name in card.neighbours):
            if name == module.id or name not in self.deck.modules():
                continue
            neighbour = self.deck.module(name)
            compared = next((card for card in compares if name in card.neighbours), None)
            if compared is None and not neighbour.planned:
                compared = _lead(self.deck.cards(name))
            text = filler.of(compared, compared.brief) if compared else ""
            titles.setdefault(text, []).append(neighbour.title.of(self.language))
        return tuple(Against(tuple(titles[text]), text) for text in sorted(titles, key=lambda text: not text))

    def _sources(self, records: Sequence[InterviewQuestion | Card]) -> tuple[Cited, ...]:
        found: dict[str, list[Citation]] = {}
        for record in records:
            for citation in record.sources:
                found.setdefault(citation.cite, []).append(citation)
        return tuple(self._cited(cite, citations) for cite, citations in sorted(found.items()))

    def _cited(self, cite: str, citations: Sequence[Citation]) -> Cited:
        source = self.deck.sources().get(cite)
        days = [citation.read for citation in citations if citation.read]
        read = (
            words.READ.of(self.language).format(date=max(days).isoformat())
            if days
            else words.FROM_MEMORY.of(self.language)
        )
        where = "; ".join(dict.fromkeys(citation.where for citation in citations if citation.where))
        if source is None:
            return Cited(cite, "", where, read)
        return Cited(f"{source.authors} ({source.year}). {source.title}", source.url, where, read)


def _lead(cards: Sequence[Card]) -> Card:
    """The card that says what a module is about: the first to explain."""
    return next((card for card in cards if card.kind is CardKind.EXPLAIN), cards[0])


def _parts(texts: dict[PartName, str]) -> tuple[Part, ...]:
    starts = 0
    parts = []
    for name, seconds in SECONDS.items():
        parts.append(Part(name, starts, texts[name]))
        starts += seconds
    return tuple(parts)


def _spoken(question: InterviewQuestion, filler: Filler) -> tuple[Part, ...]:
    answer = question.model_answer
    texts: dict[PartName, Bilingual] = {
        "problem": answer.problem,
        "mechanism": answer.mechanism,
        "run": answer.run,
        "engineering": answer.engineering,
    }
    return _parts({name: filler.of(question, text) for name, text in texts.items()})


def _from_cards(
    lead: Card, cards: Sequence[Card], shown: Sequence[Shown], filler: Filler
) -> tuple[Part, ...]:
    practice = [filler.of(card, card.brief) for card in cards if card.kind in _PRACTICE and not card.vary]
    return _parts(
        {
            "problem": filler.of(lead, lead.brief),
            "mechanism": filler.of(lead, lead.answer),
            "run": "\n\n".join(one.says for one in shown if one.says),
            "engineering": "\n".join(f"- {line}" for line in practice if line),
        }
    )


def _said(record: Record, points: Sequence[Point], filler: Filler) -> tuple[str, ...]:
    """What must be said first."""
    ordered = sorted(points, key=lambda point: not point.must)
    return tuple(filler.of(record, point.say) for point in ordered)


def _mistakes(records: Sequence[InterviewQuestion | Card], filler: Filler) -> tuple[Mistake, ...]:
    found = {
        misconception.id: Mistake(filler.of(record, misconception.says), filler.of(record, misconception.fix))
        for record in reversed(records)
        for misconception in reversed(record.misconceptions)
    }
    return tuple(reversed(found.values()))[:MOST_MISTAKES]
