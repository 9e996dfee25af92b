"""The HTML brief is one valid file that asks nothing of anybody."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from llmcore_tui.brief.html import html
from llmcore_tui.brief.markdown import MARKER, as_markdown, markdown
from llmcore_tui.content.bilingual import Language
from tests.brief.conftest import Maker

NASTY = (
    "<script>alert(1)</script> \x1b[31m \u202e\" onload='x' &amp; [a](javascript:alert(1)) $\\text{<img>}$"
)


class Page(HTMLParser):
    """The tags of a page, its attributes, and what is not closed in its place."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.open: list[str] = []
        self.problems: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]
        if tag not in ("meta", "br", "hr"):
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open[-1] != tag:
            self.problems.append(tag)
        else:
            self.open.pop()


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_tag_is_closed_and_every_id_is_there_once(make: Maker, language: Language) -> None:
    page = Page(html(make(language)))
    assert page.problems == []
    assert page.open == []
    ids = [value for name, value in page.attributes if name == "id"]
    links = [value[1:] for name, value in page.attributes if name == "href" and value.startswith("#")]
    assert ids == ["twice", "thrice"] == links
    assert ("lang", "zh-Hans" if language == "zh" else "en") in page.attributes
    assert {"math", "svg", "table", "nav"} <= set(page.tags)


def test_nothing_is_loaded_run_or_sent(make: Maker) -> None:
    text = html(make())
    page = Page(text)
    assert not set(page.tags) & {"script", "img", "link", "iframe", "object", "form", "base", "video"}
    names = {name for name, _ in page.attributes}
    assert not names & {"src", "srcset", "style", "action", "background"}
    assert not [name for name in names if name.startswith("on")]
    assert "@import" not in text
    assert "url(" not in text


def test_the_policy_allows_the_style_of_the_page_and_nothing_else(make: Maker) -> None:
    text = html(make())
    style = re.search(r"<style>(.*?)</style>", text, re.DOTALL)
    policy = re.search(r'Policy" content="([^"]*)"', text)
    assert style
    assert policy
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    assert (
        policy[1] == f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    )


def test_texts_of_a_stranger_are_text(make: Maker) -> None:
    brief = make("en", "twice")
    module = brief.modules[0]
    part = replace(module.parts[0], text=NASTY)
    shown = replace(module.shown[0], title=NASTY, says=NASTY, note=NASTY, settings=NASTY)
    nasty = replace(
        brief,
        modules=(
            replace(
                module,
                title=NASTY,
                ask=NASTY,
                must_say=NASTY,
                area=NASTY,
                formula=r"\text{<script>}",
                parts=(part, *module.parts[1:]),
                shown=(shown,),
                mistakes=tuple(replace(one, says=NASTY, fix=NASTY) for one in module.mistakes),
                sources=tuple(
                    replace(one, text=NASTY, where=NASTY, url="javascript:alert(1)") for one in module.sources
                ),
            ),
        ),
    )
    text = html(nasty)
    page = Page(text)
    assert page.problems == []
    assert not set(page.tags) & {"script", "img"}
    assert not [name for name, _ in page.attributes if name.startswith("on")]
    assert not [value for name, value in page.attributes if name == "href" and value.startswith("javascript")]
    for character in ("\x1b", "\u202e"):
        assert character not in text
        assert character not in markdown(nasty)


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("a <b> and `<b>`", "a \\<b> and `<b>`"),
        ("$a<b$ but a<b", "$a<b$ but a\\<b"),
        ("```\n<x>\n```\n<y>", "```\n<x>\n```\n\\<y>"),
        ("[a](javascript:x) [b](https://c.example)", "[a]\\(javascript:x) [b](https://c.example)"),
        ("\x1b[31mred", "red"),
    ],
)
def test_markdown_of_a_stranger_gets_no_tags_into_a_viewer(text: str, written: str) -> None:
    assert as_markdown(text) == written


def test_both_formats_begin_with_the_mark_that_lets_them_be_written_anew(make: Maker) -> None:
    brief = make("en", "thrice")
    assert html(brief).split("\n")[0] == MARKER
    assert html(brief).split("\n")[1] == "<!doctype html>"
    assert markdown(brief).split("\n")[0] == MARKER


def test_numbers_have_a_minus_sign_and_say_where_they_come_from(make: Maker) -> None:
    text = html(make("en", "twice"))
    assert '<span class="origin">computed on this machine</span>' in text
    assert '<td class="right">6.0 ± 0.1 GB</td><td class="right">3.0 ± 0.1 GB</td>' in text
    assert "from the deck&#x27;s lock" in html(make("en", "twice", runner=None))
