"""The numbers of a brief: demos run now where they may run, else read from the deck's lock."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from llmcore_tui.brief.document import Measured, Shown
from llmcore_tui.content.bilingual import Bilingual, Language
from llmcore_tui.content.card import Card
from llmcore_tui.content.claim import Computed, Setting, Slot
from llmcore_tui.content.deck import Deck
from llmcore_tui.content.lock import LockedNumber
from llmcore_tui.errors import LlmcoreError
from llmcore_tui.lab.claim import compute
from llmcore_tui.lab.demo import Demo
from llmcore_tui.lab.library import Library
from llmcore_tui.lab.result import Estimate, NotRun
from llmcore_tui.lab.run import Run, Runner, run_with_off
from llmcore_tui.render.number import written
from llmcore_tui.study.setting_text import listed


@dataclass(slots=True)
class Lab:
    """Where a brief's numbers come from. Without a runner, nothing is run."""

    deck: Deck
    library: Library
    runner: Runner | None = None
    _runs: dict[str, Run | LlmcoreError] = field(default_factory=dict)

    def shown(
        self, name: str, settings: Mapping[str, Setting], module: str, language: Language
    ) -> Shown | None:
        """What a demo shows with the idea on and off; nothing for one that is not written yet."""
        if name not in self.library.names():
            return None
        demo = self.library.demo(name)
        note = ""
        if self.runner is not None:
            run = self._run(demo, settings, self.runner)
            if isinstance(run, Run):
                return _of_run(run, language)
            note = run.message
        return self._of_lock(demo, settings, module, note, language)

    def _run(self, demo: Demo, settings: Mapping[str, Setting], runner: Runner) -> Run | LlmcoreError:
        key = f"{demo.file} {sorted(settings.items())}"
        if key not in self._runs:
            try:
                self._runs[key] = run_with_off(demo, settings, runner=runner)
            except LlmcoreError as problem:
                self._runs[key] = problem
        return self._runs[key]

    def _of_lock(
        self, demo: Demo, settings: Mapping[str, Setting], module: str, note: str, language: Language
    ) -> Shown:
        found: dict[str, Measured] = {}
        for card in self.deck.cards(module):
            key = card.demo.predict if card.demo and card.demo.name == demo.name else None
            if key is not None and key in demo.numbers and key not in found:
                found[key] = self._locked(card, key, demo, language)
        return Shown(
            demo=demo.name,
            title=demo.title.of(language),
            settings=listed(settings, language),
            off_settings=listed(demo.off.set, language),
            why_no_off=demo.off.why_none,
            says="",
            formula=demo.formula,
            numbers=tuple(number for number in found.values() if number.value),
            series=(),
            origin="lock",
            note=note,
        )

    def _locked(self, card: Card, key: str, demo: Demo, language: Language) -> Measured:
        """The number that a card asks to predict, under the card's own settings, which its reading then names."""
        declared = demo.numbers[key]
        texts = []
        for state in ("on", "off"):
            number = self.deck.numbers.get(f"{card.id}#{state}")
            value = None if number is None else Estimate(number.value, number.error or 0.0, 1)
            texts.append("" if value is None else written(value, declared.unit, language))
        reading = Bilingual(declared.en, declared.zh).of(language)
        if card.demo and card.demo.set:
            reading = f"{reading} ({listed(card.demo.set, language)})"
        return Measured(key, reading, texts[0], texts[1], key in demo.off.moves)

    @property
    def numbers(self) -> Mapping[str, LockedNumber]:
        """The lock's numbers, and those that it does not have yet as the demos give them."""
        return _Numbers(self)


@dataclass(frozen=True, slots=True)
class _Numbers(Mapping[str, LockedNumber]):
    lab: Lab

    def __getitem__(self, name: str) -> LockedNumber:
        locked = self.lab.deck.numbers.get(name)
        if locked is not None or self.lab.runner is None:
            if locked is None:
                raise KeyError(name)
            return locked
        slot = _slot(self.lab.deck, name)
        if not isinstance(slot, Computed):
            raise KeyError(name)
        try:
            found = compute(slot, self.lab.library.demo, self.lab.runner)
        except LlmcoreError as problem:
            raise KeyError(name) from problem
        return LockedNumber(found.value, found.error, found.demo.name)

    def __iter__(self) -> Iterator[str]:
        return iter(self.lab.deck.numbers)

    def __len__(self) -> int:
        return len(self.lab.deck.numbers)


def _slot(deck: Deck, name: str) -> Slot | None:
    record_id, _, slot = name.partition("#")
    for find in (deck.card, deck.item, deck.question):
        try:
            return find(record_id).numbers.get(slot)
        except LlmcoreError:
            continue
    return None


def _of_run(run: Run, language: Language) -> Shown:
    demo, off = run.demo, run.off_result
    numbers = [
        Measured(
            key=key,
            reading=Bilingual(demo.numbers[key].en, demo.numbers[key].zh).of(language),
            value=written(value, demo.numbers[key].unit, language),
            off=written(off.numbers[key], demo.numbers[key].unit, language)
            if off and key in off.numbers
            else "",
            moves=key in demo.off.moves,
        )
        for key, value in run.result.numbers.items()
        if not isinstance(value, NotRun)
    ]
    return Shown(
        demo=demo.name,
        title=demo.title.of(language),
        settings=listed(demo.changed(run.set), language),
        off_settings=listed(demo.off.set, language),
        why_no_off=demo.off.why_none,
        says=run.says.of(language),
        formula=run.result.formula or demo.formula,
        numbers=_moving_first(numbers),
        series=tuple(run.result.series),
        origin="run",
    )


def _moving_first(numbers: Sequence[Measured]) -> tuple[Measured, ...]:
    """What the idea changes, then the rest."""
    return tuple(sorted(numbers, key=lambda number: not number.moves))
