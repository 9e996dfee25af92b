"""The report of an interview: the whole of it in both languages, what it counts, and hostile answers in every form."""

from __future__ import annotations

import json
import os
from datetime import timedelta
from html.parser import HTMLParser
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from llmcore_tui.content.bilingual import Language
from llmcore_tui.errors import InputError
from llmcore_tui.interview import export
from llmcore_tui.interview.as_json import report_as_json
from llmcore_tui.interview.compose import report
from llmcore_tui.interview.director import Director, Stage
from llmcore_tui.interview.document import Report
from llmcore_tui.interview.html import html
from llmcore_tui.interview.markdown import MARKER, markdown
from llmcore_tui.interview.plain.pages import summary_lines
from llmcore_tui.study.plain.prose import Page
from tests.interview.small import ALL, Sittings
from tests.study.scripted_marker import SlowMarker
from tests.study.small_deck import Clock

GOLDENS = Path(__file__).with_name("goldens")
RENEW = "RENEW_GOLDENS"
HOSTILE = {
    "ansi": "It grows \x1b[2J\x1b[31mred\x1b]0;title\x07 end",
    "markup": "[red]It grows[/red] [bold]and[/] [link=file:///x]x[/link]",
    "html": "It grows <script>alert(1)</script><img src=x onerror=alert(2)> &amp; </div></article> <b>bold",
    "nul": "It grows\0 and\0 grows",
    "bidi": "It grows \u202eevil\u202c \u2066x\u2069 \u200bz",
    "markdown": "# It grows\n\n- **bold** _it_ `code` ![x](http://e/x.png) [l](javascript:alert(1))\n=====\n> q\n| a | b |\n|---|---|\n```\nfence\n$x$ ~~s~~ 1. one\n<https://e> \\ end",
    "surrogate": "It grows \ud800 half",
    "style": "It grows */ } </style><script>1</script> --> <!-- --",
    "c1": "It grows \x9b31m \x85 line",
}


def sit(director: Director, *answers: str) -> Director:
    """Answer in turn, the last one again as long as something is asked; look at nothing."""
    given = list(answers)
    while director.stage is not Stage.OVER:
        if director.prompt is not None:
            director.answer(given.pop(0) if len(given) > 1 else given[0])
        else:
            director.next()
    return director


def reported(sittings: Sittings, session: str, language: Language = "en") -> Report:
    past = sittings.transcripts()
    (transcript,) = [each for each in past if each.id == session]
    return report(transcript, past, sittings.deck, language, sittings.clock())


def the_whole(sittings: Sittings, clock: Clock) -> Report:
    """Two earlier interviews, then one with everything in it."""
    sit(sittings.on("twice.i.why"), "idk")
    clock.wait(days=1)
    sit(sittings.on("twice.i.why", "twice.i.when"), "It grows.", "up", "x")
    clock.wait(days=1)
    director = sittings.on("twice.i.why", "thrice.i.why", mode="real")
    director.hint()
    clock.wait(seconds=70)
    director.answer(
        "Um, basically it grows, maybe even, I think, since each one is added to itself once more. It squares.\n"
        "<b>So</b> that is *it*, more or less, as far as I can say here."
    )
    clock.wait(seconds=20)
    director.answer("itself")
    clock.wait(seconds=400)
    director.answer("odd, not prime")
    while director.stage is Stage.SHOWN:
        if director.shown and director.shown.id == "thrice.i.why":
            director.overrule(3)
        director.next()
    return reported(sittings, director.transcript.id)


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("form", ["md", "html", "txt"])
def test_the_whole_report(sittings: Sittings, clock: Clock, language: Language, form: str) -> None:
    session = the_whole(sittings, clock).session
    made = reported(sittings, session, language)
    lines = summary_lines(made, Page(language))
    shown = {"md": markdown(made), "html": html(made).partition("<body>")[2], "txt": "\n".join(lines) + "\n"}[
        form
    ]
    file = GOLDENS / f"report.{language}.{form}"
    if os.environ.get(RENEW):
        file.write_text(shown, encoding="utf-8")
    assert shown == file.read_text(encoding="utf-8"), f"{file} differs; set {RENEW}=1 to write it anew"


def test_coverage_is_the_mean_by_module_and_of_all_and_unmarked_is_not_zero(
    sittings: Sittings, clock: Clock
) -> None:
    director = sit(sittings.on("twice.i.why", "twice.i.when", "thrice.i.why"), ALL, "hm", "odd")
    made = reported(sittings, director.transcript.id)
    assert [(each.module, each.answers, each.coverage) for each in made.modules] == [
        ("twice", 2, 1.0),
        ("thrice", 1, pytest.approx(1 / 3)),
    ]
    assert made.coverage == pytest.approx(2 / 3)
    empty = reported(sittings, sittings.on("twice.i.why").transcript.id)
    assert (empty.coverage, empty.answered, empty.unanswered) == (None, 0, ("Why does $x$ become 6?",))
    for text in (markdown(empty), html(empty)):
        assert "No answer was marked" in text
        assert "Nothing was missed" not in text


def test_what_was_missed_stands_with_what_must_be_said_first(sittings: Sittings) -> None:
    director = sit(sittings.on("twice.i.why"), "not exact")
    made = reported(sittings, director.transcript.id)
    assert [(each.point, each.must, each.sign) for each in made.missed] == [
        ("a", True, "✗"),
        ("c", True, "!"),
        ("b", False, "✗"),
    ]


def test_the_trend_is_of_the_same_modules_up_to_this_interview(sittings: Sittings, clock: Clock) -> None:
    first = sit(sittings.on("twice.i.why"), "idk").transcript
    clock.wait(days=1)
    sit(sittings.on("thrice.i.why"), ALL)
    clock.wait(days=1)
    second = sit(sittings.on("twice.i.when", "thrice.i.why"), "small", "idk").transcript
    clock.wait(days=1)
    sit(sittings.on("twice.i.why"), ALL)
    points = reported(sittings, second.id).trend.points
    assert [(each.on.day, round(each.coverage, 3)) for each in points] == [(22, 0.0), (23, 1.0), (24, 0.167)]
    assert [each.session for each in reported(sittings, first.id).trend.points] == [first.id]


def test_the_learners_word_changes_the_coverage(sittings: Sittings) -> None:
    director = sittings.on("twice.i.when")
    director.answer("small")
    director.overrule(2)
    sit(director, "")
    made = reported(sittings, director.transcript.id)
    assert made.coverage == pytest.approx(2 / 3)
    assert "your verdict" in markdown(made)


def test_it_says_who_marked_it(sittings: Sittings, model: SlowMarker) -> None:
    model.may_answer.set()
    director = sittings.on("twice.i.why", marker="llm")
    director.answer("whatever")
    director.wait()
    sit(director, "")
    made = reported(sittings, director.transcript.id)
    assert made.marked_by == ("marked by test-model",)
    assert "Marked by test-model." in markdown(made)
    assert "not a hiring score" in markdown(made)


def test_a_story_is_reported_without_a_coverage(sittings: Sittings) -> None:
    director = sit(
        sittings.begin(is_story=True, modules=()), "Last year we were a team.", "I wrote it.", "50% less."
    )
    made = reported(sittings, director.transcript.id)
    text = markdown(made)
    assert made.coverage is None
    assert "A story is not scored" in text
    assert "- ✓ found: Situation: where and when it was." in text
    assert "What to say" not in text
    assert made.missed == ()


def test_a_question_that_the_deck_has_no_more_is_reported_by_its_id(sittings: Sittings, clock: Clock) -> None:
    from llmcore_progress import Kind
    from llmcore_tui.interview import record
    from llmcore_tui.interview.transcript import of_log

    director = sit(sittings.on("twice.i.why"), ALL)
    body = dict(sittings.events("interview")[0].body)
    session = "gone22"
    drawn = record.Drawn(("old",), ("old.i.gone",), "study", "offline", 1, "en", is_story=False)
    sittings.progress.record(Kind.INTERVIEW_SESSION, session, record.begun(drawn), clock())
    sittings.progress.record(
        Kind.INTERVIEW, "old.i.gone", {**body, "session": session, "module": "old"}, clock()
    )
    sittings.progress.record(Kind.QUEUE, "old.card", record.queued(session, "old.i.gone", "a"), clock())
    made = report(of_log(sittings.progress)[-1], (), sittings.deck, "en", clock())
    assert made.questions[0].shown.main.ask == "old.i.gone"
    assert made.coverage == 1.0
    for form in (markdown(made), html(made)):
        assert "old.card" in form
    assert director.transcript.ended is not None


# Hostile answers


class Tags(HTMLParser):
    """The elements of a page, and whether they are closed in turn."""

    VOID = frozenset({"meta", "br", "img", "hr", "link"})

    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()
        self.attributes: set[str] = set()
        self.stack: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.add(tag)
        self.attributes |= {name for name, _ in attrs}
        if tag not in self.VOID:
            self.stack.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.stack.pop() == tag


def tags(page: str) -> Tags:
    found = Tags()
    found.feed(page)
    assert found.stack == []
    return found


@pytest.fixture
def calm(sittings: Sittings) -> Tags:
    """The elements of a report on a harmless answer."""
    director = sit(sittings.on("twice.i.why"), "It grows, um, and squares.")
    return tags(html(reported(sittings, director.transcript.id)))


@pytest.mark.parametrize("kind", HOSTILE)
def test_an_answer_stays_text_in_html(sittings: Sittings, calm: Tags, kind: str) -> None:
    director = sit(sittings.on("twice.i.why"), HOSTILE[kind] + ", um, squares")
    page = html(reported(sittings, director.transcript.id))
    found = tags(page)
    assert (found.names, found.attributes) == (calm.names, calm.attributes)
    assert "default-src 'none'" in page
    assert page.isprintable() or not any(char in page for char in "\x00\x07\x1b\x9b\u202e\u2066\u200b\ud800")


@pytest.mark.parametrize("kind", HOSTILE)
def test_an_answer_stays_text_in_markdown(sittings: Sittings, kind: str) -> None:
    director = sit(sittings.on("twice.i.why"), HOSTILE[kind] + ", um, squares")
    text = markdown(reported(sittings, director.transcript.id))
    assert not any(char in text for char in "\x00\x07\x1b\x9b\u202e\u2066\u200b\ud800")
    parser = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    tokens = parser.parse(text.removeprefix(MARKER))
    kinds = {token.type for token in tokens} | {
        child.type for token in tokens for child in token.children or ()
    }
    allowed = {
        "heading_open",
        "heading_close",
        "paragraph_open",
        "paragraph_close",
        "inline",
        "text",
        "softbreak",
    }
    allowed |= {
        "hardbreak",
        "strong_open",
        "strong_close",
        "em_open",
        "em_close",
        "code_inline",
        "text_special",
    }
    allowed |= {"blockquote_open", "blockquote_close"}
    allowed |= {f"{name}_{end}" for name in ("bullet_list", "list_item") for end in ("open", "close")}
    assert kinds <= allowed
    quotes = sum(token.type == "blockquote_open" for token in tokens)
    assert quotes == len(director.transcript.answers)
    headings = [
        tokens[place + 1].content for place, token in enumerate(tokens) if token.type == "heading_open"
    ]
    assert not any("grows" in heading for heading in headings)


@pytest.mark.parametrize("kind", HOSTILE)
def test_an_answer_is_verbatim_in_json_and_whole_in_the_log(sittings: Sittings, kind: str) -> None:
    director = sit(sittings.on("twice.i.why"), HOSTILE[kind])
    made = json.loads(export.text(reported(sittings, director.transcript.id), "json"))
    expected = HOSTILE[kind].encode("utf-8", "replace").decode("utf-8")
    assert made["questions"][0]["answer"] == expected


@pytest.mark.parametrize("kind", HOSTILE)
def test_an_answer_stays_text_in_lines(sittings: Sittings, kind: str) -> None:
    from llmcore_tui.interview.plain.pages import shown_lines

    director = sittings.on("twice.i.why")
    while director.prompt is not None:
        director.answer(HOSTILE[kind])
    assert director.shown is not None
    text = "\n".join(shown_lines(director.shown, director.transcript.id, Page("en")))
    assert not any(char in text for char in "\x00\x07\x1b\x9b\u202e\u2066\u200b\ud800")
    assert "grows" in text


# Files


def test_a_report_is_written_over_an_earlier_one_and_over_nothing_else(
    sittings: Sittings, tmp_path: Path
) -> None:
    made = reported(sittings, sit(sittings.on("twice.i.why"), ALL).transcript.id)
    for form in ("md", "html", "json"):
        file = tmp_path / "new" / f"report.{form}"
        export.export(made, file, form)
        export.export(made, file, form)
        assert file.read_text(encoding="utf-8") == export.text(made, form)
    other = tmp_path / "notes.md"
    other.write_text("mine")
    with pytest.raises(InputError, match="no report of an interview"):
        export.export(made, other, "md")
    assert other.read_text() == "mine"
    with pytest.raises(InputError, match="is a folder"):
        export.export(made, tmp_path, "md")


def test_the_json_of_a_report_holds_no_nan_and_all_of_it(sittings: Sittings, clock: Clock) -> None:
    made = report_as_json(the_whole(sittings, clock))
    json.dumps(made, allow_nan=False)
    assert made["timed"] == 1
    assert [each["module"] for each in made["modules"]] == ["twice", "thrice"]
    assert [point["verdict"] for point in made["questions"][0]["points"]] == ["met", "partial", "missed"]
    assert made["questions"][0]["follow_ups"][0]["point"] == "c"
    assert made["questions"][0]["wrong"][0]["fix"] == "It doubles."
    assert made["cards"][0]["card"] == "twice.explain"
    assert {each["said"] for each in made["habits"]} >= {"um", "basically", "maybe", "more or less"}
    assert len(made["trend"]) == 3


def test_a_report_made_later_is_the_same_but_for_newer_verdicts(sittings: Sittings, clock: Clock) -> None:
    made = the_whole(sittings, clock)
    clock.wait(days=40)
    again = reported(sittings, made.session)
    assert markdown(again) == markdown(made)
    assert again.made - made.made == timedelta(days=40)
