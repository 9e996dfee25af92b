"""Events travel between logs as JSON lines: nothing twice, nothing lost, nothing believed that cannot be."""

from __future__ import annotations

import io
import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from llmcore_progress import Event, Kind, Progress, ProgressError, Rating
from llmcore_progress.errors import DiskProblem
from llmcore_progress.exchange import LONGEST_LINE, Merged, event_of, line_of
from llmcore_progress.instant import microseconds
from tests.progress.given import DAY, MINUTE, NOW, event, opened, review

CARD = "m0.c0"


@pytest.fixture
def progress(tmp_path: Path) -> Iterator[Progress]:
    with opened(tmp_path) as log:
        yield log


def lines(*events: Event) -> io.BytesIO:
    return io.BytesIO("".join(line_of(each) + "\n" for each in events).encode())


def line(**changed: object) -> bytes:
    """A sound line with some fields changed; `...` takes a field away."""
    fields: dict[str, Any] = json.loads(line_of(review(CARD, 3, NOW - DAY))) | changed
    return json.dumps({name: value for name, value in fields.items() if value is not ...}).encode() + b"\n"


def test_an_export_read_into_an_empty_log_is_the_same_log(tmp_path: Path, progress: Progress) -> None:
    progress.review(CARD, Rating.EASY, NOW, elapsed_ms=4_000)
    progress.review(CARD, Rating.AGAIN, NOW + 8 * DAY, elapsed_ms=4_000)
    progress.undo(NOW + 8 * DAY)
    progress.record(
        Kind.INTERVIEW,
        "gae.i.why",
        {"answer": "偏差与方差 \u0000 \U0001f600", "seconds": 1.5e-7},
        NOW + 8 * DAY,
    )
    assert progress.export(tmp_path / "events.jsonl") == 4
    with opened(tmp_path / "other", device="phone") as other:
        assert other.import_(tmp_path / "events.jsonl", NOW + 9 * DAY) == Merged(read=4, added=4)
        assert list(other.events()) == list(progress.events())
        assert other.state(CARD) == progress.state(CARD)
        assert other.import_(tmp_path / "events.jsonl", NOW + 9 * DAY) == Merged(read=4, known=4)
        text = io.StringIO()
        other.export(text)
        assert text.getvalue() == (tmp_path / "events.jsonl").read_text(encoding="utf-8")


def test_a_line_has_the_documented_shape(progress: Progress) -> None:
    made = progress.review(CARD, Rating.EASY, NOW, elapsed_ms=4_000)
    text = io.StringIO()
    progress.export(text)
    assert json.loads(text.getvalue()) == {
        "id": made.id,
        "at": "2026-11-22T10:00:00.000000Z",
        "device": "laptop",
        "learner": "me",
        "kind": "review",
        "subject": CARD,
        "body": made.body,
    }


def test_an_export_appears_whole_or_not_at_all(
    tmp_path: Path, progress: Progress, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "out" / "events.jsonl"
    with pytest.raises(DiskProblem, match="No such file"):
        progress.export(target)
    target.parent.mkdir()
    target.write_text("the last one")
    progress.review(CARD, Rating.EASY, NOW, elapsed_ms=4_000)

    def cut(*_: object) -> str:
        raise KeyboardInterrupt

    monkeypatch.setattr("llmcore_progress.exchange.line_of", cut)
    with pytest.raises(KeyboardInterrupt):
        progress.export(target)
    assert [file.read_text() for file in target.parent.iterdir()] == ["the last one"]


def test_another_log_is_merged_from_its_own_file(tmp_path: Path, progress: Progress) -> None:
    with opened(tmp_path / "phone.sqlite", device="phone") as phone:
        phone.review(CARD, Rating.EASY, NOW, elapsed_ms=4_000)
        assert progress.merge(phone.path, NOW) == Merged(read=1, added=1)  # while it is in use
        assert progress.merge(phone.path, NOW) == Merged(read=1, known=1)
        assert list(progress.events()) == list(phone.events())


def test_a_database_that_is_no_log_is_refused(tmp_path: Path, progress: Progress) -> None:
    with closing(sqlite3.connect(tmp_path / "other.sqlite")) as other:
        other.execute("CREATE TABLE note (text)")
        other.commit()
    with pytest.raises(ProgressError, match="not a log"):
        progress.merge(tmp_path / "other.sqlite", NOW)


def test_a_file_that_is_not_there_is_a_clear_line(tmp_path: Path, progress: Progress) -> None:
    with pytest.raises(DiskProblem, match="No such file"):
        progress.import_(tmp_path / "no such.jsonl", NOW)


def test_a_hostile_database_is_read_row_by_row(tmp_path: Path, progress: Progress) -> None:
    good = event(Kind.NOTE, CARD, {"text": "kept"}, NOW - DAY)
    with closing(sqlite3.connect(tmp_path / "other.sqlite")) as other:
        other.execute("CREATE TABLE event (number, id, at, device, learner, kind, subject, body)")
        rows: list[tuple[object, ...]] = [
            (1, None, None, None, None, None, None, None),
            (2, good.id, 1 << 62, "d", "me", "note", CARD, "{}"),
            (3, good.id, "2026", b"\x00", "me", "note", CARD, "{}"),
            (4, good.id, microseconds(NOW), "d", "me", "note", CARD, "[" * 100_000),
            (5, good.id, microseconds(NOW), "d", "me", "note", CARD, '{"x": 1e999}'),
            (6, good.id, microseconds(good.at), good.device, "me", "note", CARD, json.dumps(dict(good.body))),
        ]
        other.executemany("INSERT INTO event VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows)
        other.commit()
    found = progress.merge(tmp_path / "other.sqlite", NOW)
    assert (found.read, found.added, found.bad) == (6, 1, 5)
    assert [problem.line for problem in found.problems] == [1, 2, 3, 4, 5]
    assert list(progress.events()) == [good]


def test_bad_lines_are_named_and_the_rest_is_taken(progress: Progress) -> None:
    first, last = review(CARD, 3, NOW - DAY), review("m0.c1", 3, NOW - DAY)
    source = io.BytesIO(
        b"\xef\xbb\xbf"
        + line_of(first).encode()
        + b"\n\n   \n{not json}\n\xff\xfe\n"
        + line_of(last).encode()
    )  # a byte order mark, empty lines, no end of line at the end
    found = progress.import_(source, NOW)
    assert (found.read, found.added, found.bad) == (4, 2, 2)
    assert [(problem.line, problem.reason[:12]) for problem in found.problems] == [
        (4, "is not JSON:"),
        (5, "is not UTF-8"),
    ]
    assert {each.id for each in progress.events()} == {first.id, last.id}


HOSTILE = {
    "not an object": b"[1, 2]\n",
    "just a number": b"7\n",
    "a field too few": line(learner=...),
    "a field too many": line(colour="red"),
    "an id that is none": line(id="1; DROP TABLE event"),
    "an id in capitals": line(id="01A202CC-6780-700C-B00B-B8A173459297"),
    "an id of another type": line(id=7),
    "a time without a zone": line(at="2026-11-21T10:00:00"),
    "a time that is a number": line(at=1_795_341_600),
    "a time that is nonsense": line(at="yesterday"),
    "a time before all this": line(at="1999-12-31T23:59:59Z"),
    "a time in the future": line(at="2026-11-23T10:00:01Z"),
    "a time at the end of days": line(at="9999-12-31T23:59:59.999999Z"),
    "a time beyond the calendar": line(at="9999-12-31T23:59:59-23:00"),
    "an empty device": line(device=""),
    "a device with an escape sequence": line(device="\x1b[2J"),
    "a learner of another type": line(learner=["me"]),
    "a kind with a null character": line(kind="review\0"),
    "a subject without end": line(subject="a" * 201),
    "a body of another type": line(body=[]),
    "a body as text": line(body="{}"),
    "NaN": line(body={"rating": 3, "x": float("nan")}),
    "infinity": line().replace(b'"rating": 3', b'"rating": 3, "x": 1e999'),
    "a huge whole number": line().replace(b'"rating": 3', b'"rating": 3, "x": ' + b"9" * 400),
    "a whole number beyond Python's own limit": line().replace(
        b'"rating": 3', b'"rating": 3, "x": ' + b"9" * 5_000
    ),
    "half a character": line(body={"rating": 3, "x": "\ud83d"}),
    "deep nesting": line().replace(b'"rating": 3', b'"rating": 3, "x": ' + b"[" * 50_000 + b"]" * 50_000),
    "nesting just too deep": line(body={"rating": 3, "x": json.loads("[" * 40 + "]" * 40)}),
    "a line without end": b'{"body": "' + b"x" * LONGEST_LINE + b'"}\n',
    "a rating of five": line(body={"rating": 5}),
    "a rating that is true": line(body={"rating": True}),
    "no rating": line(body={}),
    "a due that is no time": line(body={"rating": 3, "due": "soon"}),
    "a due in another age": line(body={"rating": 3, "due": "9999-12-31"}),
    "a step of years": line(body={"rating": 3, "due": "2099-01-01T00:00:00Z"}),
    "a day that is none": line(body={"rating": 3, "day": 5}),
    "a day ahead of its time": line(body={"rating": 3, "day": "2026-11-30"}),
    "an undo of nothing": line(kind="undo", body={}),
    "an undo of a list": line(kind="undo", body={"event": ["x"]}),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_line_is_left_out_and_its_neighbours_taken(progress: Progress, name: str) -> None:
    before, after = review(CARD, 3, NOW - DAY), review(CARD, 3, NOW - DAY + MINUTE)
    found = progress.import_(
        io.BytesIO(line_of(before).encode() + b"\n" + HOSTILE[name] + line_of(after).encode()), NOW
    )
    assert (found.read, found.added, found.bad, found.differing) == (3, 2, 1, 0)
    assert [problem.line for problem in found.problems] == [2]
    assert found.problems[0].reason.isprintable()
    assert len(found.problems[0].reason) <= 250
    assert progress.state(CARD).reviews == 2


def test_a_file_of_nothing_but_noise_is_reported_up_to_a_thousand_lines(progress: Progress) -> None:
    found = progress.import_(io.BytesIO(b"noise\n" * 5_000), NOW)
    assert (found.bad, len(found.problems)) == (5_000, 1_000)


def test_events_of_the_future_are_taken_when_asked_for(progress: Progress) -> None:
    future = review(CARD, 3, NOW + 100 * DAY)
    assert progress.import_(lines(future), NOW).bad == 1
    assert progress.import_(lines(future), NOW, accept_future=True).added == 1
    later = progress.review("m0.c1", Rating.GOOD, NOW, elapsed_ms=1)
    assert later.at == NOW  # another device's clock does not push ours


def test_another_body_under_the_same_id_is_reported_and_ours_stays(progress: Progress) -> None:
    made = progress.note(CARD, "mine", NOW - DAY)
    for other in (replace(made, body={**made.body, "text": "theirs"}), replace(made, device="phone")):
        found = progress.import_(lines(other), NOW)
        assert (found.added, found.known, found.differing) == (0, 0, 1)
        assert found.problems[0].reason == f"{made.id} is in the log with other content, which stayed"
    assert list(progress.events()) == [made]


def test_the_spelling_of_a_body_makes_no_difference(progress: Progress) -> None:
    made = event(Kind.DEMO, "gae", {"set": {"lam": 0.5, "b": 1}}, NOW - DAY)
    progress.import_(lines(made), NOW)
    spelt = (
        line_of(made)
        .replace('"lam":0.5', '"lam" : 5e-1')
        .replace('"b":1,', "")
        .replace("0.5}", '0.5, "b": 1}')
    )
    other = json.loads(line_of(made))
    other["body"] = {"day": other["body"]["day"], "set": {"lam": 5e-1, "b": 1}}
    assert spelt
    assert progress.import_(io.BytesIO(json.dumps(other, indent=None).encode()), NOW).known == 1


def test_events_of_others_stay_as_they_are_and_change_nothing_of_ours(progress: Progress) -> None:
    theirs = replace(review(CARD, 4, NOW - DAY, days=9), learner="somebody else")
    assert progress.import_(lines(theirs), NOW).added == 1
    assert progress.state(CARD).reviews == 0
    assert list(progress.events()) == []
    assert list(progress._log.events()) == [theirs]
    assert progress.statistics(NOW).reviews == 0


def test_a_kind_of_a_newer_version_is_kept(progress: Progress) -> None:
    newer = event("hologram", CARD, {"anything": [1, {"x": None}]}, NOW - DAY)
    assert progress.import_(lines(newer), NOW).added == 1
    assert list(progress.events(["hologram"])) == [newer]


ratings = st.tuples(st.sampled_from([CARD, "m0.c1"]), st.integers(1, 4), st.integers(0, 5_000))


@given(made=st.lists(ratings, min_size=1, max_size=8), data=st.data())
@settings(max_examples=25, deadline=None)
def test_merging_in_any_order_and_any_split_gives_one_schedule(
    made: list[tuple[str, int, int]], data: st.DataObject
) -> None:
    events = [review(card, rating, NOW + minutes * MINUTE, days=rating) for card, rating, minutes in made]
    events += [
        event(Kind.UNDO, each.subject, {"event": each.id}, each.at)
        for each in data.draw(st.lists(st.sampled_from(events)))
    ]
    later = NOW + 10 * DAY
    with TemporaryDirectory() as folder, opened(Path(folder) / "a") as one, opened(Path(folder) / "b") as two:
        one.import_(lines(*events), later)
        shuffled = data.draw(st.permutations(events))
        cut = data.draw(st.integers(0, len(shuffled)))
        for part in (shuffled[cut:], shuffled[:cut], shuffled):
            two.import_(lines(*part), later)
        assert list(one.events()) == list(two.events())
        assert [one.state(card) for card in (CARD, "m0.c1")] == [two.state(card) for card in (CARD, "m0.c1")]
        assert one.statistics(later) == two.statistics(later)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
some_fields = st.fixed_dictionaries(
    {},
    optional=dict.fromkeys(("id", "at", "device", "learner", "kind", "subject", "body"), json_values),
)


@given(changed=some_fields)
def test_whatever_a_line_holds_it_is_an_event_or_a_reason(changed: dict[str, object]) -> None:
    value = {**json.loads(line_of(review(CARD, 3, NOW))), **changed}
    found = event_of(value, microseconds(NOW))
    if isinstance(found, Event):
        assert event_of(json.loads(line_of(found)), microseconds(NOW)) == found
    else:
        assert found
