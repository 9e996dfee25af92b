"""Beginning an interview, going on with one, and reading what was said in earlier ones, on an open deck and log."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from llmcore_tui.errors import InputError
from llmcore_tui.interview import choice, record, session_id
from llmcore_tui.interview.director import Director
from llmcore_tui.interview.draft import DraftFile
from llmcore_tui.interview.record import Drawn
from llmcore_tui.interview.transcript import KINDS, Transcript, of_log

if TYPE_CHECKING:
    from llmcore_progress import Event
    from llmcore_tui.config import MarkerName
    from llmcore_tui.interview.setup import Setup
    from llmcore_tui.study.marking import Markers
    from llmcore_tui.study.opened import Opened
    from llmcore_tui.study.runner import Runner


def directed(desk: Opened, setup: Setup, *, runner: Runner | None = None) -> Director:
    """The interview that the set-up asks for: a new one, or the one it names."""
    if setup.session:
        return go_on(desk, setup.session, runner=runner)
    return begin(desk, setup, runner=runner)


def begin(desk: Opened, setup: Setup, *, runner: Runner | None = None) -> Director:
    """Draw the questions of a new interview and put its beginning into the log."""
    from llmcore_progress import Kind

    past, now, seed = of_log(desk.progress), desk.now(), desk.seed(setup.seed)
    if setup.is_story:
        questions = choice.stories(past, count=setup.questions, seed=seed, now=now)
    else:
        ids = {module: desk.deck.question_ids(module) for module in setup.modules}
        questions = choice.choose(ids, past, count=setup.questions, seed=seed, now=now)
    drawn = Drawn(
        modules=() if setup.is_story else setup.modules,
        questions=questions,
        mode=setup.mode or "study",
        marker=setup.marker,
        seed=seed,
        language=desk.config.language,
        is_story=setup.is_story,
    )
    name = session_id.new(f"{now.isoformat()}/{desk.progress.device}/{seed}", [each.id for each in past])
    event = desk.progress.record(Kind.INTERVIEW_SESSION, name, record.begun(drawn), now)
    return _director(desk, name, [event], drawn.marker, runner)


def go_on(desk: Opened, wanted: str, *, runner: Runner | None = None) -> Director:
    """Go on with an interview at the turn it was in; InputError for one that has ended."""
    transcript = found(desk, wanted)
    if transcript.ended is not None:
        raise InputError(
            f"The interview {transcript.id} has ended.",
            f"`llmcore interview report {transcript.id}` shows it.",
        )
    return _director(desk, transcript.id, events_of(desk, transcript.id), transcript.marker, runner)


def found(desk: Opened, wanted: str) -> Transcript:
    """The interview that an id, the beginning of one, or `last` means; UnknownName names the nearest."""
    past = {each.id: each for each in of_log(desk.progress)}
    return past[session_id.find(wanted, list(past))]


def unfinished(desk: Opened) -> Transcript:
    """The newest interview that has not ended; InputError where there is none."""
    for each in reversed(of_log(desk.progress)):
        if each.ended is None:
            return each
    raise InputError("There is no interview to go on with.", "`llmcore interview` begins one.")


def events_of(desk: Opened, session: str) -> list[Event]:
    """The events of one interview."""
    events = list(desk.progress.events(kinds=KINDS))
    named = {event.id for event in events if session in (event.subject, event.body.get("session"))}
    return [event for event in events if event.id in named or event.body.get("event") in named]


def markers(desk: Opened, name: MarkerName) -> Markers:
    """What marks an interview: offline at once, or a model with the offline marker behind it."""
    return replace(desk, config=replace(desk.config, marker=name)).markers()


def _director(
    desk: Opened, session: str, events: Sequence[Event], marker: MarkerName, runner: Runner | None
) -> Director:
    return Director(
        desk.deck,
        desk.progress,
        events,
        language=desk.config.language,
        markers=markers(desk, marker),
        drafts=DraftFile(desk.progress.path.parent, session),
        now=desk.now,
        runner=runner,
    )
