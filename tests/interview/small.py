"""The small deck of the tests of studying with interview questions, and a sitting on it that a test drives."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from llmcore_progress import Event, Kind, Progress
from llmcore_tui.config import Config, MarkerName
from llmcore_tui.content.bilingual import Language
from llmcore_tui.content.deck import Deck
from llmcore_tui.interview import desk as desks
from llmcore_tui.interview import record, session_id
from llmcore_tui.interview.director import Director
from llmcore_tui.interview.record import Drawn
from llmcore_tui.interview.setup import Mode, Setup
from llmcore_tui.interview.transcript import KINDS, Transcript, of_log
from llmcore_tui.study.opened import Opened
from llmcore_tui.study.runner import Runner
from tests.study.small_deck import CITE, LOCK, Clock, HereRunner
from tests.study.small_deck import write_deck as write_study_deck

MODEL = """
    model_answer:
      problem: {en: "One is too little. It takes {got}.", zh: "一个太少。要 {got}。"}
      mechanism: {en: "Add it to itself.", zh: "自己加自己。"}
      run: {en: "Three becomes {got}.", zh: "三变成 {got}。"}
      engineering: {en: Mind the memory., zh: 注意内存。}
    numbers: {got: {demo: twice, set: {x: 3.0}, key: doubled, format: ".0f", within: 0}}
"""

TWICE = f"""
module: twice
as_of: 2026-11
questions:
  - id: twice.i.why
    ask: {{en: "Why does $x$ become {{got}}?", zh: "$x$ 为什么变成 {{got}}？"}}
    minutes: 3
{MODEL}
    points:
      - {{id: a, must: true, weight: 2, say: {{en: It grows., zh: 会变大}}}}
      - {{id: b, must: false, weight: 1, say: {{en: It stays even., zh: 是偶数}}}}
      - {{id: c, must: true, weight: 1, say: {{en: It is exact., zh: 是精确的}}}}
    misconceptions: [{{id: m, says: {{en: It squares., zh: 是平方。}}, fix: {{en: It doubles., zh: 是翻倍。}}}}]
    follow_ups:
      - when_missed: b
        ask: {{en: "Odd or not?", zh: "奇还是偶？"}}
        points: [{{id: parity, say: {{en: Never odd., zh: 从不为奇}}}}]
      - when_missed: c
        ask: {{en: By how much?, zh: 多多少？}}
        points: [{{id: by, must: true, say: {{en: "By $x$ itself.", zh: "多一个 $x$ 本身"}}}}]
      - when_missed: a
        ask: {{en: Up or down?, zh: 变大还是变小？}}
        points: [{{id: a, must: true, say: {{en: It goes up., zh: 变大}}}}]
    demo: {{name: twice, set: {{x: 3.0}}}}
    {CITE}
  - id: twice.i.when
    ask: {{en: When not?, zh: 何时不用？}}
    minutes: 2
{MODEL}
    points:
      - {{id: p, must: true, weight: 1, say: {{en: When small., zh: 很小时}}}}
      - {{id: q, must: false, weight: 1, say: {{en: When wet., zh: 潮湿时}}}}
      - {{id: r, must: false, weight: 1, say: {{en: When late., zh: 太晚时}}}}
    {CITE}
"""
THRICE = f"""
module: thrice
as_of: 2026-11
questions:
  - id: thrice.i.why
    ask: {{en: Why three?, zh: 为什么是三？}}
    minutes: 3
{MODEL}
    points:
      - {{id: t, must: true, weight: 1, say: {{en: Three is odd., zh: 三是奇数}}}}
      - {{id: u, must: false, weight: 1, say: {{en: Three is prime., zh: 三是质数}}}}
      - {{id: v, must: false, weight: 1, say: {{en: Three is few., zh: 三很少}}}}
    {CITE}
"""
ALL = "It grows, stays even and is exact; small, wet, late; odd, prime and few; itself, up."
"""Meets every point by the scripted marker."""


def write_deck(folder: Path) -> Path:
    """The files of the deck."""
    write_study_deck(folder)
    for module, text in (("twice", TWICE), ("thrice", THRICE)):
        file = folder / f"quizzes/interviews/{module}.yaml"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    locked = LOCK["slots"]["twice.explain#got"]
    slots = {f"{name}#got": locked for name in ("twice.i.why", "twice.i.when", "thrice.i.why")}
    lock = {**LOCK, "slots": {**LOCK["slots"], **slots}}
    (folder / "cards/numbers.lock.json").write_text(json.dumps(lock), encoding="utf-8")
    return folder


@dataclass(frozen=True, slots=True)
class Sittings:
    """Begins interviews on the small deck and goes on with them."""

    deck: Deck
    progress: Progress
    clock: Clock

    def desk(self, language: Language = "en") -> Opened:
        """The deck and the log as commands have them."""
        return Opened(replace(Config(), language=language), self.deck, self.progress, self.clock)

    def begin(
        self,
        *,
        modules: Sequence[str] = ("twice",),
        language: Language = "en",
        runner: Runner | None = None,
        **wishes: object,
    ) -> Director:
        """A new interview; one question unless told otherwise."""
        given: dict[str, object] = {"questions": 1, "seed": 1, **wishes}
        setup = Setup(modules=tuple(modules), **given)  # type: ignore[arg-type]  # fields of Setup
        return desks.begin(self.desk(language), setup, runner=runner or HereRunner())

    def go_on(self, session: str, language: Language = "en") -> Director:
        """The same interview in another sitting."""
        return desks.go_on(self.desk(language), session, runner=HereRunner())

    def on(
        self,
        *questions: str,
        mode: Mode = "study",
        marker: MarkerName = "offline",
        language: Language = "en",
        runner: Runner | None = None,
    ) -> Director:
        """A new interview on these very questions."""
        modules = tuple(dict.fromkeys(question.partition(".")[0] for question in questions))
        drawn = Drawn(modules, questions, mode, marker, 1, language, is_story=False)
        name = session_id.new(str(questions), [each.id for each in self.transcripts()])
        self.progress.record(Kind.INTERVIEW_SESSION, name, record.begun(drawn), self.clock())
        return desks.go_on(self.desk(language), name, runner=runner or HereRunner())

    def transcripts(self) -> tuple[Transcript, ...]:
        """Every interview in the log."""
        return of_log(self.progress)

    def events(self, *kinds: str) -> list[Event]:
        """What stands in the log."""
        return list(self.progress.events(kinds=kinds or KINDS))
