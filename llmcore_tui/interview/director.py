"""An interview without a screen: what is asked next, what is kept of the answer, when the points are shown, and the end.

`--plain` and the screen both drive it, so the same script of keys leaves the same events in the log. An answer is in
the log before anything of its mark is shown; where a mark takes long, the answer is there first and the mark follows.
Where the interview stands is computed from its events, so going on after anything is the same as going on.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from enum import Enum, auto
from typing import TYPE_CHECKING

from llmcore_tui.interview import record
from llmcore_tui.interview.marking import AnswerMarking
from llmcore_tui.interview.prompt import Prompts
from llmcore_tui.interview.shown import shown
from llmcore_tui.interview.transcript import transcripts
from llmcore_tui.interview.turn import Turn
from llmcore_tui.study.record import storable
from llmcore_tui.study.unusable import Unusable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from llmcore_progress import Event, Kind, Progress
    from llmcore_tui.content.bilingual import Language
    from llmcore_tui.content.deck import Deck
    from llmcore_tui.grading.mark import Mark
    from llmcore_tui.interview.draft import DraftFile
    from llmcore_tui.interview.prompt import Prompt
    from llmcore_tui.interview.shown import ShownQuestion
    from llmcore_tui.interview.transcript import GivenAnswer, Transcript
    from llmcore_tui.study.live_mark import LiveMark
    from llmcore_tui.study.marking import Markers
    from llmcore_tui.study.runner import LiveRun, Runner

LONGEST_ANSWER = 100_000
"""Characters; a three-minute answer has some 3,000."""
WAIT_SECONDS = 0.2
"""Between two looks at a mark on its way, so that ^C is heard."""


class Stage(Enum):
    """Where an interview stands."""

    ASKED = auto()
    """A question or a follow-up is in front of the learner."""
    MARKING = auto()
    """An answer is kept, and a model is reading it."""
    SHOWN = auto()
    """The points of a question are shown."""
    HELD = auto()
    """The log refused a step between two turns: `go_on` tries it again, and nothing is lost."""
    OVER = auto()
    """Everything was asked and shown; the report is next."""


class Director:
    """One sitting of an interview. Lives in one thread; marks and demos come from others and are picked up."""

    def __init__(
        self,
        deck: Deck,
        progress: Progress,
        events: Sequence[Event],
        *,
        language: Language,
        markers: Markers,
        drafts: DraftFile,
        now: Callable[[], datetime],
        runner: Runner | None = None,
    ) -> None:
        """`events`: those of the interview, its beginning among them; what was answered is not asked again."""
        self.stage = Stage.HELD
        self._deck = deck
        self._progress = progress
        self._events = list(events)
        self._prompts = Prompts(deck, language)
        self._marking = AnswerMarking(markers)
        self._drafts = drafts
        self._now = now
        self._runner = runner
        self._done: set[str] = set()
        """Questions with which nothing is left to do but the report."""
        self._reviewed: set[str] = set()
        """Real mode: questions whose points were shown at the end."""
        self._turn: Turn | None = None
        self._shown = ""
        self._run: LiveRun | None = None
        self._pass_what_was_left_behind()
        self.go_on()

    # Where it stands

    @property
    def language(self) -> Language:
        """The language of every text; may be changed at any time."""
        return self._prompts.language

    @language.setter
    def language(self, language: Language) -> None:
        self._prompts = Prompts(self._deck, language)
        if self._turn is not None:
            old = self._turn.prompt
            self._turn.prompt = self._prompts.of(old.question, old.follow_up) or old

    @property
    def transcript(self) -> Transcript:
        """All of it so far, as the log has it."""
        (found,) = transcripts(self._events)
        return found

    @property
    def prompt(self) -> Prompt | None:
        """The question or follow-up in front of the learner; None at every other stage."""
        return self._turn.prompt if self._turn else None

    @property
    def asking(self) -> Prompt | None:
        """The question itself, where a follow-up to it is in front of the learner too."""
        return self._prompts.of(self.prompt.question) if self.prompt else None

    @property
    def position(self) -> int:
        """The place of the current question, from 1."""
        questions = self.transcript.questions
        current = self.prompt.question if self.prompt else self._shown
        return questions.index(current) + 1 if current in questions else len(questions)

    @property
    def shown(self) -> ShownQuestion | None:
        """The question whose points are shown, as its verdicts stand now."""
        return shown(self.transcript, self._shown, self._prompts) if self.stage is Stage.SHOWN else None

    @property
    def elapsed_ms(self) -> int:
        """How long the question was in front of the learner, earlier sittings counted, at most an hour."""
        return self._turn.elapsed_ms if self._turn else 0

    @property
    def suggested_ms(self) -> int:
        """How long the answer might take, as if spoken."""
        return self._turn.suggested_ms if self._turn else 0

    @property
    def draft(self) -> str:
        """What is typed so far: kept from an earlier sitting, or given and not in the log yet."""
        return self._turn.text if self._turn else ""

    @property
    def draft_problem(self) -> str:
        """Why what is half typed could not be put on the disk, in one line; the interview goes on."""
        return self._turn.problem if self._turn else ""

    @property
    def live(self) -> LiveMark | LiveRun | None:
        """What is waited for: the mark of the last answer, else a demo's run."""
        return self._marking.reading.live if self._marking.reading else self._run

    # What the learner does

    def keep(self, text: str) -> None:
        """Remember what is half typed, on the disk too; what the disk refuses is said in `draft_problem`."""
        if self._turn is not None:
            self._turn.keep(storable(text))

    def hint(self) -> str:
        """The hint, remembered with the answer; nothing where there is none."""
        turn = self._asked()
        if turn.prompt.hint:
            turn.show_hint()
        return turn.prompt.hint

    def answer(self, text: str) -> None:
        """Put the answer into the log and go on. Where the log refuses it, it stays in `draft` and can be given again."""
        turn, text = self._asked(), storable(text)
        if len(text) > LONGEST_ANSWER:
            raise Unusable(
                f"An answer has at most {LONGEST_ANSWER:,} characters; this has {len(text):,}.",
                f"回答最多 {LONGEST_ANSWER:,} 个字符，这里有 {len(text):,} 个。",
            )
        from llmcore_progress import Kind

        elapsed_ms = turn.hold(text)
        takes_long = self._marking.takes_long(turn.prompt)
        mark = None if takes_long else self._marking.mark(text, turn.prompt)
        body = record.answer(
            self.transcript.id,
            turn.prompt,
            text,
            mark,
            elapsed_ms=elapsed_ms,
            mode=self.transcript.mode,
            language=self.language,
            used_hint=turn.used_hint,
        )
        event = self._write(Kind.INTERVIEW, turn.prompt.question, body)
        if mark is None and not takes_long:
            self._marking.failed(event.id)
        self._turn = None
        self._drafts.remove()
        self.go_on()

    def settle(self) -> None:
        """Pick up the mark that was waited for, put it into the log and go on; nothing happens while it is on its way."""
        reading = self._marking.reading
        if reading is not None and reading.live.done:
            self._put_mark(reading.given, self._marking.picked_up(reading))
            self._marking.done()
            self.go_on()

    def wait(self) -> None:
        """Wait for the mark on its way and settle it: for edges that have nothing else to do meanwhile."""
        while (reading := self._marking.reading) is not None:
            if reading.live.wait(WAIT_SECONDS):
                self.settle()

    def overrule(self, number: int) -> bool:
        """Turn the verdict of a point round, met or missed, and say which it is now; it is in the log when this returns."""
        from llmcore_progress import Kind
        from llmcore_tui.grading.mark import Verdict

        found = self.shown
        named = found.point(number) if found else None
        if found is None or named is None:
            last = found.points if found else 0
            raise Unusable(f"Type the number of a point, 1 to {last}.", f"请输入要点的编号，1 到 {last}。")
        answer, point = named
        is_met = point.verdict is not Verdict.MET
        body = record.overruled(answer.event, point.id, is_met=is_met)
        self._write(Kind.OVERRULE, found.id, body)
        return is_met

    def demo(self) -> LiveRun | None:
        """Run the demo of the shown question; None where it has none or nothing runs demos."""
        from llmcore_tui.lab.library import Library
        from llmcore_tui.study.runner import LiveRun

        prompt = self._prompts.of(self._shown) if self.stage is Stage.SHOWN else None
        if prompt is None or prompt.demo is None or self._runner is None:
            return None
        if self._run is None:
            demo = Library(self._deck.folders).demo(prompt.demo.name, self._deck.folder_of(prompt.question))
            self._run = LiveRun(self._runner, demo, prompt.demo.set)
        return self._run

    def saw(self) -> None:
        """The numbers of the demo that ran were shown: from now on they count as seen."""
        from llmcore_progress import Kind
        from llmcore_tui.study.record import lab_run

        run = self._run.run if self._run else None
        if run is not None:
            self._progress.record(Kind.DEMO, run.demo.name, lab_run(run), self._now())

    def next(self) -> None:
        """Leave the points that are shown, and go on."""
        if self.stage is Stage.SHOWN:
            self._stop_run()
            (self._reviewed if self.transcript.mode == "real" else self._done).add(self._shown)
            self.go_on()

    def leave(self) -> None:
        """Stop for now. Where nothing is left to ask, what is left to show is passed over and the interview ends."""
        transcript = self.transcript
        if self.stage in (Stage.SHOWN, Stage.HELD) and all(map(transcript.main, transcript.questions)):
            self._done.update(transcript.questions)
            self._reviewed.update(transcript.questions)
            self.go_on()
        self.close()

    def close(self) -> None:
        """Keep what is half typed with the time it took, and stop what still runs; the interview can be gone on with."""
        if self._turn is not None:
            self._turn.keep(self._turn.text)
        self._marking.close()
        self._stop_run()

    def go_on(self) -> None:
        """Find what comes next, from what is in the log."""
        self.stage, self._turn = Stage.HELD, None
        while (given := self._unmarked()) is not None:
            if self._begin_marking(given):
                self.stage = Stage.MARKING
                return
        transcript = self.transcript
        for question in transcript.questions:
            if question not in self._done:
                given = transcript.main(question)
                prompt = self._next_follow_up(given) if given else self._prompts.of(question)
                if prompt is not None:
                    self._turn, self.stage = Turn(prompt, self._drafts, self._now), Stage.ASKED
                    return
                if given is not None and transcript.mode == "study":
                    self._show(question)
                    return
                self._done.add(question)
        self._review()

    # Inside

    def _asked(self) -> Turn:
        if self._turn is None:
            raise Unusable("Nothing is asked at this moment.", "现在没有要回答的问题。")
        return self._turn

    def _pass_what_was_left_behind(self) -> None:
        """At the beginning of a sitting: every answered question is done, but the last where nothing shows that it was left."""
        transcript, kept = self.transcript, self._drafts.read()
        answered = [question for question in transcript.questions if transcript.main(question)]
        self._done.update(answered[:-1])
        if answered and kept is not None and not transcript.main(kept.question):
            self._done.add(answered[-1])

    def _review(self) -> None:
        """Real mode shows all questions one by one; then what was missed is queued and the interview ends."""
        from llmcore_progress import Kind

        transcript = self.transcript
        for question in transcript.questions if transcript.mode == "real" else ():
            if question not in self._reviewed and transcript.main(question):
                self._show(question)
                return
        if transcript.ended is None:
            self._queue_what_was_missed()
            self._write(Kind.INTERVIEW_SESSION, transcript.id, record.ended())
        self._drafts.remove()
        self.stage = Stage.OVER

    def _queue_what_was_missed(self) -> None:
        from llmcore_progress import Kind
        from llmcore_tui.interview.cards import to_queue

        transcript = self.transcript
        for each in to_queue(self._deck, transcript):
            if each not in transcript.queued:
                self._write(Kind.QUEUE, each.card, record.queued(transcript.id, each.question, each.point))

    def _show(self, question: str) -> None:
        self._shown, self.stage = question, Stage.SHOWN

    def _next_follow_up(self, given: GivenAnswer) -> Prompt | None:
        """The first follow-up of a question that was not answered; they are chosen by the mark, before the learner overruled."""
        for point in self._prompts.follow_ups(given.question, given.mark):
            prompt = self._prompts.of(given.question, point)
            if prompt is not None and self.transcript.follow_up(given.question, point) is None:
                return prompt
        return None

    def _unmarked(self) -> GivenAnswer | None:
        answers = self.transcript.answers
        return next((a for a in answers if a.mark is None and not self._marking.has_failed(a.event)), None)

    def _begin_marking(self, given: GivenAnswer) -> bool:
        """Have an answer of the log marked: True while a model reads it, False where it is settled by now."""
        prompt = self._prompts.of(given.question, given.follow_up)
        if prompt is not None and self._marking.begin(given, prompt):
            return True
        self._put_mark(given, self._marking.mark(given.text, prompt) if prompt else None)
        return False

    def _put_mark(self, given: GivenAnswer, mark: Mark | None) -> None:
        if mark is None:
            self._marking.failed(given.event)
            return
        from llmcore_progress import Kind

        self._write(Kind.REGRADE, given.question, record.regrade(given, mark))

    def _write(self, kind: Kind, subject: str, body: Mapping[str, Any]) -> Event:
        event = self._progress.record(kind, subject, body, self._now())
        self._events.append(event)
        return event

    def _stop_run(self) -> None:
        if self._run is not None:
            self._run.cancel()
            self._run = None
