"""A brief as Markdown: formulas stay LaTeX between dollars, curves are drawn in characters."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from llmcore_tui.brief import words
from llmcore_tui.brief.document import Brief, ModuleBrief, Part, Question, Shown, WeakPoint
from llmcore_tui.content.bilingual import Bilingual, Language
from llmcore_tui.content.slots import FORMULA
from llmcore_tui.render.plot import describe, groups, plot
from llmcore_tui.render.safe import one_line, safe

MARKER = "<!-- llmcore brief -->"
"""The first line of every brief: what may be written anew."""
_PLOT = (76, 14)
_AS_IT_IS = re.compile(rf"(```.*?```|(?P<ticks>`+).+?(?P=ticks)|{FORMULA.pattern})", re.DOTALL)
_TAG = re.compile(r"<(?=[A-Za-z/!?])|(?<=\])\((?!https?://)")
_ANCHOR = re.compile(r"[^\w-]+")


def markdown(brief: Brief) -> str:
    """The whole brief."""
    lines = [*_head(brief)]
    for module in brief.modules:
        lines += ["", *_module(module, brief.language)]
    return "\n".join(lines).rstrip() + "\n"


def as_markdown(text: str) -> str:
    """A learner's text for other programs that read Markdown: `<` begins no tag there, and links go to the web only."""
    text = safe(text)
    written, at = "", 0
    for kept in _AS_IT_IS.finditer(text):
        written += _TAG.sub(_escaped, text[at : kept.start()]) + kept[0]
        at = kept.end()
    return written + _TAG.sub(_escaped, text[at:])


def _escaped(found: re.Match[str]) -> str:
    return f"\\{found[0]}"


def clock(seconds: int) -> str:
    """`1:30`."""
    return f"{seconds // 60}:{seconds % 60:02}"


def made(brief: Brief) -> str:
    """When the brief was made and with what."""
    used = ", ".join(f"{name} {version}" for name, version in brief.versions.items())
    return words.MADE.of(brief.language).format(date=brief.made.strftime("%Y-%m-%d"), versions=used)


def _head(brief: Brief) -> Iterator[str]:
    def say(text: Bilingual) -> str:
        return text.of(brief.language)

    yield MARKER
    yield f"# {say(words.TITLE)}"
    yield ""
    yield made(brief) + ("" if brief.language == "zh" else " ") + say(words.EDITED)
    if len(brief.modules) > 1:
        yield f"\n## {say(words.CONTENTS)}\n"
        for number, module in enumerate(brief.modules, start=1):
            yield f"{number}. [{_line(module.title)}](#{_anchor(module)})"
    if brief.planned:
        yield ""
        yield say(words.PLANNED).format(titles=" · ".join(map(one_line, brief.planned)))


def _module(module: ModuleBrief, language: Language) -> Iterator[str]:
    def heading(text: Bilingual) -> str:
        return f"\n### {text.of(language)}\n"

    yield f'<a id="{_anchor(module)}"></a>'
    yield ""
    yield f"## {_line(module.title)}"
    yield f"\n{_line(module.area)} · `{module.id}` · {words.AS_OF.of(language).format(month=module.as_of)}"
    yield f"\n> {_indented(module.ask, '> ')}"
    if module.must_say:
        yield f"\n**{words.MUST_SAY.of(language).rstrip()}** {_line(module.must_say)}"
    if module.from_cards:
        yield f"\n_{words.FROM_CARDS.of(language)}_"
    for part in module.parts:
        if part.text or (part.name == "run" and module.shown):
            yield from _part(part, module, language)
    if module.against:
        yield heading(words.AGAINST)
        for one in module.against:
            text = one.text or words.NOT_WRITTEN.of(language)
            yield f"- **{_line(' · '.join(one.neighbours))}**: {_indented(text, '  ')}"
    for title, questions in (
        (words.FOLLOW_UPS, module.follow_ups),
        (words.ALSO_ASKED, module.also_asked),
        (words.IN_A_LINE, module.in_a_line),
    ):
        if questions:
            yield heading(title)
            yield from _questions(questions)
    if module.mistakes:
        yield heading(words.MISTAKES)
        for mistake in module.mistakes:
            fix = words.INSTEAD.of(language) + mistake.fix
            yield f"- {_indented(mistake.says, '  ')}\n  - {_indented(fix, '    ')}"
    yield heading(words.WEAK)
    yield from _weak(module.weak, language)
    if module.sources:
        yield heading(words.SOURCES)
        for cited in module.sources:
            parts = [
                as_markdown(cited.text).rstrip("."),
                as_markdown(cited.where),
                f"<{cited.url}>" if cited.url else "",
                cited.read,
            ]
            yield f"- {'. '.join(part for part in parts if part)}."


def _part(part: Part, module: ModuleBrief, language: Language) -> Iterator[str]:
    yield f"\n### {clock(part.starts)}–{clock(part.ends)} {words.PARTS[part.name].of(language)}\n"
    if part.text:
        yield as_markdown(part.text)
    if part.name == "mechanism" and module.formula:
        yield f"\n$$\n{_line(module.formula)}\n$$"
    if part.name == "run":
        for shown in module.shown:
            yield ""
            yield from _shown(shown, part.text, language)


def _shown(shown: Shown, said: str, language: Language) -> Iterator[str]:
    settings = _line(shown.settings) or words.DEFAULTS.of(language)
    yield f"**{_line(shown.title)}** (`{shown.demo}`, {settings}; {words.ORIGINS[shown.origin].of(language)})"
    if shown.note:
        yield f"\n_{_line(shown.note)}_"
    if shown.says and shown.says not in said:
        yield f"\n{as_markdown(shown.says)}"
    if shown.numbers:
        yield ""
        yield from _table(shown, language)
    if shown.why_no_off:
        yield f"\n{words.NO_OFF.of(language).format(why=_line(shown.why_no_off))}"
    elif shown.off_settings:
        yield f"\n{words.OFF_MEANS.of(language).format(set=_line(shown.off_settings))}"
    for group in groups(shown.series)[:1]:
        yield f"\n{words.PRINTED.of(language)}{describe(group, language)}"
        yield f"\n```text\n{plot(group, *_PLOT, language=language)}\n```"


def _table(shown: Shown, language: Language) -> Iterator[str]:
    has_off = any(number.off for number in shown.numbers)
    titles = [words.NUMBERS, words.WITH, *([words.WITHOUT] if has_off else [])]
    yield f"| {' | '.join(title.of(language) for title in titles)} |"
    yield f"|---|{'--:|' * (len(titles) - 1)}"
    for number in shown.numbers:
        cells = [number.reading, number.value, *([number.off or "–"] if has_off else [])]
        yield f"| {' | '.join(_cell(cell) for cell in cells)} |"


def _questions(questions: Sequence[Question]) -> Iterator[str]:
    for question in questions:
        yield f"- **{_indented(question.ask, '  ')}**"
        for point in question.points:
            yield f"  - {_indented(point, '    ')}"


def _weak(points: Sequence[WeakPoint], language: Language) -> Iterator[str]:
    if not points:
        yield words.NO_WEAK.of(language)
    for point in points:
        kind = words.WEAK_KINDS[point.kind].of(language)
        why = f"{kind}, {point.detail}" if point.detail else kind
        yield f"- {_indented(point.ask, '  ')} ({why}, {point.on.isoformat()})"
        if point.say:
            yield f"  - {_indented(point.say, '    ')}"


def _indented(text: str, indent: str) -> str:
    """The text's further lines under the mark of its first."""
    return (
        as_markdown(text)
        .strip()
        .replace("\n", f"\n{indent}".rstrip(" ") if indent == "> " else f"\n{indent}")
    )


def _cell(text: str) -> str:
    return _line(text).replace("|", "\\|")


def _anchor(module: ModuleBrief) -> str:
    return _ANCHOR.sub("-", module.id)


def _line(text: str) -> str:
    return one_line(as_markdown(text))
