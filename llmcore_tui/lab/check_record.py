"""What is wrong with the numbers of one card, quiz item or interview question, each computed anew."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from llmcore_tui.content.card import Card
from llmcore_tui.content.claim import Computed, ResultSpec, Settings
from llmcore_tui.content.located import Studied
from llmcore_tui.content.lock import LockedNumber
from llmcore_tui.content.quiz import QuizItem
from llmcore_tui.content.read.document import Place
from llmcore_tui.content.rules.note import Note, Notes
from llmcore_tui.content.tolerance import Tolerance
from llmcore_tui.errors import LlmcoreError, UnknownName, UntrustedDeck
from llmcore_tui.lab.cache import CachedRunner
from llmcore_tui.lab.claim import (
    Computation,
    FindDemo,
    NoNumberError,
    compute,
    compute_link,
    compute_result,
    corners,
    shown_result,
    written,
)
from llmcore_tui.lab.demo import DeclarationError

UPDATE = "`llmcore check --update` writes it"
SAID_ELSEWHERE = (UnknownName, UntrustedDeck, DeclarationError)
"""The lint says what is not there; a demo that cannot be read and a deck that is not trusted are told once."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A number of a record that the lock holds, and how it is computed."""

    id: str
    """`<record>#<slot>`."""
    place: Place
    """Where it stands in the record."""
    within: Tolerance
    demo: str
    set: Settings
    compute: Callable[[FindDemo, CachedRunner], Computation]
    may_lack: bool = False
    """With the idea off a number may be out of reach, or not be there at all."""


def claims(record: Studied) -> Iterator[Claim]:
    """Every number of a record that belongs into the lock: its computed slots, and what a prediction is held against."""
    for name, slot in record.numbers.items():
        if isinstance(slot, Computed):
            place = ("numbers", name)
            yield Claim(
                f"{record.id}#{name}", place, slot.within, slot.demo, slot.set, partial(compute, slot)
            )
    link = record.demo
    if link is not None and link.predict is not None:
        within = link.within or Tolerance()
        for name in ("on", "off"):
            computed = partial(compute_link, link, off=name == "off")
            yield Claim(
                f"{record.id}#{name}",
                ("demo",),
                within,
                link.name,
                link.set,
                computed,
                may_lack=name == "off",
            )


def result_of(record: Studied) -> ResultSpec | None:
    """The number that a generated question asks for."""
    return record.result if isinstance(record, Card | QuizItem) else None


@dataclass(frozen=True, slots=True)
class Checked:
    """A claim computed anew."""

    computed: LockedNumber | None = None
    """None where it could not be."""
    note: Note | None = None
    """How it differs from the lock, or why it could not be computed."""
    is_absent: bool = False
    """There is no such number, and need not be."""


def check_claim(claim: Claim, find: FindDemo, runner: CachedRunner, locked: LockedNumber | None) -> Checked:
    """Compute the claim and hold it against the lock."""
    try:
        now = claim.compute(find, runner)
    except SAID_ELSEWHERE:
        return Checked()
    except NoNumberError as error:
        return Checked(is_absent=True) if claim.may_lack else Checked(note=Note(claim.place, str(error)))
    except LlmcoreError as error:
        return Checked(note=Note(claim.place, str(error)))
    computed = LockedNumber(now.value, now.error or None, now.demo.name, runner.hash_of(now.demo), now.set)
    if locked is None and claim.may_lack:
        return Checked(
            computed, Note(claim.place, f"{claim.id.partition('#')[2]}: not in the lock; {UPDATE}")
        )
    if locked is None or claim.within.holds(now.value, locked.value):
        return Checked(computed)
    change = (
        f"is {now.value:.10g} now and {locked.value:.10g} in the lock, which is not within {claim.within}"
    )
    return Checked(computed, Note(claim.place, f"{change}; look at the text, then {UPDATE}"))


def lock_notes(record: Studied, find: FindDemo, lock: dict[str, LockedNumber]) -> Notes:
    """Claims that are not in the lock, or there with other flags; without running anything."""
    missing: list[str] = []
    for claim in claims(record):
        locked = lock.get(claim.id)
        if locked is None and claim.may_lack:
            continue
        if locked is None:
            missing.append(claim.id.partition("#")[2])
            continue
        try:
            demo = find(claim.demo)
            settings = demo.changed(demo.settings(claim.set))
        except LlmcoreError:
            continue
        if (locked.demo, dict(locked.set)) != (demo.name, settings):
            yield Note(claim.place, f"is in the lock with other flags; {UPDATE}")
    if missing:
        yield Note(("numbers",), f"{', '.join(missing)}: not in the lock; {UPDATE}")


def format_notes(record: Studied) -> Notes:
    """Formats that cannot show a number."""
    specs = {("numbers", name, "format"): slot.format for name, slot in record.numbers.items()}
    if (result := result_of(record)) is not None:
        specs["result", "", "format"] = result.format
    for (first, name, last), spec in specs.items():
        try:
            written(1.5, spec)
        except ValueError as error:
            place = (first, name, last) if name else (first, last)
            yield Note(place, f"is {spec!r}: {error}")


def draw_notes(record: Studied, find: FindDemo, runner: CachedRunner) -> Notes:
    """The first draw at the corners of `vary` that the demo refuses or answers without a number."""
    if (result := result_of(record)) is None:
        return
    vary = record.vary if isinstance(record, Card | QuizItem) else {}
    for drawn in corners(vary):
        try:
            shown_result(result, compute_result(result, drawn, find, runner).value)
        except SAID_ELSEWHERE:
            return
        except (LlmcoreError, ValueError) as error:
            at = ", ".join(f"{name}={value}" for name, value in drawn.items())
            yield Note(("result",), f"at {at or 'the defaults'}: {error}")
            return


def setting_notes(record: Studied, find: FindDemo) -> Notes:
    """Values that a demo's flags refuse; without running anything."""
    for place, demo, settings in _settings(record):
        try:
            find(demo).settings(settings)
        except SAID_ELSEWHERE:
            continue
        except LlmcoreError as error:
            yield Note(place, str(error))


def _settings(record: Studied) -> Iterator[tuple[Place, str, Settings]]:
    for name, slot in record.numbers.items():
        if isinstance(slot, Computed):
            for key, settings in (("set", {}), ("over", slot.over), ("minus", slot.minus)):
                if settings is not None:
                    yield ("numbers", name, key), slot.demo, {**slot.set, **settings}
    if record.demo is not None:
        yield ("demo", "set"), record.demo.name, record.demo.set
    if (result := result_of(record)) is not None:
        yield ("result", "set"), result.demo, result.set
