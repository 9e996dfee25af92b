"""A learner's text in the terminal and on a page: the same words, nothing parsed that should be read."""

from __future__ import annotations

import subprocess
import sys
from html.parser import HTMLParser

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from rich.text import Text

from llmcore_tui.content.slots import FORMULA
from llmcore_tui.render import blocks
from llmcore_tui.render.html import html, html_line, html_text
from llmcore_tui.render.markdown import on_one_line, plain, rich_text
from llmcore_tui.render.safe import safe
from llmcore_tui.render.width import cells

TEXT = r"""A larger $\lambda$ weighs **sampled returns** more, `lam` in code, `$x$` too; see
[the paper](https://arxiv.org/abs/1506.02438) and [bad](javascript:alert(1)) [red] <b>raw</b>.

- one $\gamma(1-\lambda)$ is **粗体（当前）**中文，与“**引号**”之间
- two is a long item that goes on and on over the end of the line
  1. nested
  2. nested two

| method | critic | memory |
|---|:-:|--:|
| PPO | yes | $4N$ |
| GRPO 组相对 | no | 12.5 GB |

$$\hat A_t=\sum_l(\gamma\lambda)^l\delta_{t+l}$$

第一行
第二行 costs \$5.

```python
x = 1  # $y$ <b>
```

> quoted *text*
"""

PLAIN = """\
A larger λ weighs sampled returns more, lam in code, $x$
too; see the paper (https://arxiv.org/abs/1506.02438) and
[bad](javascript:alert(1)) [red] <b>raw</b>.

• one γ(1−λ) is 粗体（当前）中文，与“引号”之间
• two is a long item that goes on and on over the end of the
  line
  1. nested
  2. nested two

method       critic   memory
───────────  ──────  ───────
PPO           yes         4N
GRPO 组相对    no    12.5 GB

    Âₜ = ∑ (γλ)ˡδₜ₊ₗ
         l

第一行第二行 costs $5.

    x = 1  # $y$ <b>

│ quoted text"""


def test_a_text_in_lines() -> None:
    assert "\n".join(plain(TEXT, 60)) == PLAIN


def test_rich_shows_the_same_lines_with_styles_and_reads_no_markup() -> None:
    shown = rich_text(TEXT, 60)
    assert shown.plain.split("\n") == [line.rstrip() for line in shown.plain.split("\n")]
    assert shown.plain == PLAIN
    styled = {shown.plain[span.start : span.end]: str(span.style) for span in shown.spans}
    assert styled["sampled returns"] == "bold"
    assert styled["text"] == "italic"
    assert styled["粗体（当前）"] == "bold"
    assert isinstance(shown, Text)


def test_a_title_is_on_one_line() -> None:
    assert on_one_line("Why does **GAE** need\n$\\gamma$?\n\n- yes") == "Why does GAE need γ? • yes"


def test_escapes_reach_neither_terminal_nor_page() -> None:
    nasty = "a\x1b[31m **b\x1b]0;t\x07** \u202ec"
    assert plain(nasty) == ["a b c"]
    assert html(nasty) == "<p>a <strong>b</strong> c</p>"


def test_a_page_escapes_everything_and_links_to_the_web_only() -> None:
    page = html(TEXT)
    assert "&lt;b&gt;raw&lt;/b&gt;" in page
    assert "javascript:alert(1)" in page
    assert 'href="javascript' not in page
    assert '<a href="https://arxiv.org/abs/1506.02438" rel="noreferrer">the paper</a>' in page
    assert "<code>x = 1  # $y$ &lt;b&gt;</code>" in page
    assert '<th scope="col" class="right">memory</th>' in page
    assert '<math display="block">' in page


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        r"$\text{<script>alert(1)</script>}$",
        "![x](https://evil.example/a.png)",
        "<img src=x onerror=alert(1)>",
        "[x](data:text/html,<script>alert(1)</script>)",
        '[x](https://a.example/"onmouseover="alert(1))',
        "[a]: https://evil.example 'x'\n\n[a]",
        "`</code><script>`",
        "&lt;script&gt;",
    ],
)
def test_nothing_of_a_text_becomes_a_tag_an_image_or_a_handler(text: str) -> None:
    tags = Tags()
    tags.feed(html(text))
    assert not set(tags.names) & {"script", "img", "iframe", "object", "style"}
    assert not [name for name in tags.attributes if name.startswith("on") or name in ("src", "style")]


class Tags(HTMLParser):
    """The tags of a page and whether each is closed in its place."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.names: list[str] = []
        self.attributes: list[str] = []
        self.open: list[str] = []
        self.problems: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.append(tag)
        self.attributes += [name for name, _ in attrs]
        if tag not in ("br", "hr", "meta"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.problems.append(tag)


MARKDOWN = st.lists(
    st.sampled_from(
        ["**", "*", "`", "$", "$$", "\n", "\n\n", "- ", "1. ", "> ", "# ", "| a | b |\n|---|---|\n| c | d |\n", "x", "，", "中文",
         "（", "）", r"\lambda", r"\frac{1}{2}", "[a](https://b.example)", "<b>", "&amp;", "```", "    ", "\\", "~~", "---\n"]
    ),
    max_size=25,
).map("".join)  # fmt: skip


@given(MARKDOWN)
def test_every_page_is_balanced(text: str) -> None:
    tags = Tags()
    tags.feed(html(text) + html_line(text))
    assert tags.problems == []
    assert tags.open == []


@given(MARKDOWN, st.integers(20, 80))
def test_no_text_raises_and_prose_fits(text: str, width: int) -> None:
    lines = plain(text, width)
    if "|" not in text and "    " not in text and "```" not in text and "https" not in text:
        assert all(cells(line) <= width + 24 for line in lines)


def test_punctuation_after_a_formula_does_not_begin_a_line_of_a_page() -> None:
    x = "<math><mi>x</mi></math>"
    assert (
        html("设 $x$、$x$。") == f'<p>设 <span class="kept">{x}、</span><span class="kept">{x}。</span></p>'
    )
    assert html("($x$), $x$ and **$x$**, `$x$`.") == (
        f'<p>(<span class="kept">{x}),</span> {x} and <strong>{x}</strong>, <code>$x$</code>.</p>'
    )


def test_numbers_on_a_page_have_a_minus_sign_and_words_keep_their_hyphens() -> None:
    assert html_text("on-policy at -0.31, 2-3 and x-1") == "on-policy at −0.31, 2-3 and x-1"


PIECES = st.sampled_from(
    [
        "Name the five parts of an MDP, and say why.",
        "说出 MDP 的五个部分。",
        "n_steps",
        "trade-off",
        "$\\lambda$",
        "$$x^2$$",
        "12.5 GB",
        "1. one",
        "(a) & b",
        "x = 1 + 2 > 0",
        "# head",
        "**bold**",
        "`code`",
        "a_",
        "_b",
        "中_文",
        "~~gone~~",
        "[red]",
        "<b>",
        "\\*",
        "a | b",
        "---",
        "!",
        ":",
        "&amp;",
        "https://example.org",
        "\t",
        "\u3000",
        "\u00a0",
        "  ",
        "\n",
    ]
)
LINES = st.lists(PIECES | st.text(max_size=6), max_size=6).map(" ".join) | st.lists(PIECES, max_size=4).map(
    "".join
)


@given(LINES)
@example("Name the five parts of an MDP.")
@example("$x$ starts a line and so does 文, with n_steps = 5 in it   ")
def test_a_line_without_markdown_is_what_the_parser_makes_of_it(text: str) -> None:
    held = blocks._Held()
    without = FORMULA.sub(held.hold, safe(text))
    assert blocks.blocks(text) == blocks._parsed(without, held)


def test_plain_questions_do_not_need_the_parser() -> None:
    probe = (
        "import sys; from llmcore_tui.render.markdown import plain; "
        "print(plain('Why does a larger $\\\\lambda$ trade bias for variance, and what is n_steps?')); "
        "print('markdown_it' in sys.modules)"
    )
    ended = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)
    assert ended.stdout.split("\n")[-2] == "False"
