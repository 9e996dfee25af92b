"""A brief as one HTML file that needs nothing else: MathML, inline SVG, its own style, no script, no request."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from llmcore_tui.brief import words
from llmcore_tui.brief.document import Brief, ModuleBrief, Part, Question, Shown, WeakPoint
from llmcore_tui.brief.markdown import MARKER, clock, made
from llmcore_tui.brief.page import page
from llmcore_tui.content.bilingual import Bilingual, Language
from llmcore_tui.render.html import html as rich_html
from llmcore_tui.render.html import html_line, html_text
from llmcore_tui.render.mathml import mathml
from llmcore_tui.render.plot import describe, groups
from llmcore_tui.render.safe import one_line
from llmcore_tui.render.svg import svg


def html(brief: Brief) -> str:
    """The whole brief."""
    title = words.TITLE.of(brief.language)
    modules = "\n".join(_module(module, brief.language) for module in brief.modules)
    body = f"""<header>
<h1>{title}</h1>
<p class="made">{html_text(made(brief))}</p>
{_contents(brief)}
</header>
<main>
{modules}
</main>"""
    return page(MARKER, _title(brief), body, brief.language)


def _title(brief: Brief) -> str:
    title = words.TITLE.of(brief.language)
    return (
        f"{escape(one_line(brief.modules[0].title))} · {title}"
        if len(brief.modules) == 1
        else f"llmcore · {title}"
    )


def _contents(brief: Brief) -> str:
    parts = []
    if len(brief.modules) > 1:
        links = "".join(
            f'<li><a href="#{escape(module.id, quote=True)}">{html_line(module.title)}</a></li>'
            for module in brief.modules
        )
        parts.append(f'<nav aria-label="{words.CONTENTS.of(brief.language)}"><ol>{links}</ol></nav>')
    if brief.planned:
        count = html_text(words.PLANNED_COUNT.of(brief.language).format(count=len(brief.planned)))
        titles = " · ".join(html_line(title) for title in brief.planned)
        parts.append(f'<details class="planned"><summary>{count}</summary><p>{titles}</p></details>')
    return "\n".join(parts)


def _module(module: ModuleBrief, language: Language) -> str:
    def say(text: Bilingual) -> str:
        return escape(text.of(language))

    as_of = say(words.AS_OF).format(month=escape(module.as_of))
    parts = [
        f'<article id="{escape(module.id, quote=True)}">',
        f"<h2>{html_line(module.title)}</h2>",
        f'<p class="area">{html_text(one_line(module.area))} · <code>{escape(module.id)}</code> · {as_of}</p>',
        f'<div class="ask">{rich_html(module.ask)}</div>',
        f'<p class="must">{say(words.MUST_SAY)}{html_line(module.must_say)}</p>' if module.must_say else "",
        f'<p class="note">{say(words.FROM_CARDS)}</p>' if module.from_cards else "",
        f'<section class="spoken" aria-label="{say(words.THREE_MINUTES)}">',
        *(_part(part, module, language) for part in module.parts),
        "</section>",
        _against(module, language),
        _questions(words.FOLLOW_UPS, module.follow_ups, language),
        _questions(words.ALSO_ASKED, module.also_asked, language),
        _questions(words.IN_A_LINE, module.in_a_line, language),
        _mistakes(module, language),
        _weak(module.weak, language),
        _sources(module, language),
        "</article>",
    ]
    return "\n".join(part for part in parts if part)


def _part(part: Part, module: ModuleBrief, language: Language) -> str:
    inside = [rich_html(part.text)] if part.text else []
    if part.name == "mechanism" and module.formula:
        inside.append(f'<div class="formula">{mathml(module.formula, display=True)}</div>')
    if part.name == "run":
        inside += [_shown(shown, part.text, language) for shown in module.shown]
    if not inside:
        return ""
    times = f"{clock(part.starts)}–{clock(part.ends)}"
    return (
        f'<div class="part"><div class="gutter"><span class="time">{times}</span>'
        f"<h3>{escape(words.PARTS[part.name].of(language))}</h3></div>"
        f'<div class="text">{"".join(inside)}</div></div>'
    )


def _shown(shown: Shown, said: str, language: Language) -> str:
    settings = html_text(shown.settings or words.DEFAULTS.of(language))
    origin = escape(words.ORIGINS[shown.origin].of(language))
    parts = [
        '<figure class="demo">',
        f"<figcaption><strong>{html_line(shown.title)}</strong> <code>{escape(shown.demo)}</code>, {settings}"
        f' <span class="origin">{origin}</span></figcaption>',
        f'<p class="note">{html_text(one_line(shown.note))}</p>' if shown.note else "",
        rich_html(shown.says) if shown.says and shown.says not in said else "",
        _table(shown, language) if shown.numbers else "",
    ]
    if shown.why_no_off:
        parts.append(
            f'<p class="note">{html_text(words.NO_OFF.of(language).format(why=one_line(shown.why_no_off)))}</p>'
        )
    elif shown.off_settings:
        parts.append(
            f'<p class="note">{html_text(words.OFF_MEANS.of(language).format(set=shown.off_settings))}</p>'
        )
    for group in groups(shown.series)[:1]:
        parts.append(svg(group, language))
        parts.append(f'<p class="note">{html_text(describe(group, language))}</p>')
    return "\n".join(part for part in [*parts, "</figure>"] if part)


def _table(shown: Shown, language: Language) -> str:
    has_off = any(number.off for number in shown.numbers)
    titles = [words.WITH, *([words.WITHOUT] if has_off else [])]
    head = "".join(f'<th scope="col" class="right">{escape(title.of(language))}</th>' for title in titles)
    rows = ""
    for number in shown.numbers:
        cells = [number.value, *([number.off or "–"] if has_off else [])]
        values = "".join(f'<td class="right">{html_text(one_line(cell))}</td>' for cell in cells)
        kind = ' class="moves"' if number.moves else ""
        rows += f'<tr{kind}><th scope="row">{html_line(number.reading)}</th>{values}</tr>'
    first = escape(words.NUMBERS.of(language))
    return f'<table class="numbers"><thead><tr><th scope="col">{first}</th>{head}</tr></thead><tbody>{rows}</tbody></table>'


def _section(title: Bilingual, language: Language, inside: str, kind: str) -> str:
    return f'<section class="{kind}"><h3>{escape(title.of(language))}</h3>{inside}</section>'


def _against(module: ModuleBrief, language: Language) -> str:
    if not module.against:
        return ""
    not_written = f'<p class="note">{escape(words.NOT_WRITTEN.of(language))}</p>'
    rows = ""
    for one in module.against:
        titles = " · ".join(html_line(title) for title in one.neighbours)
        rows += f"<dt>{titles}</dt><dd>{rich_html(one.text) if one.text else not_written}</dd>"
    return _section(words.AGAINST, language, f"<dl>{rows}</dl>", "against")


def _questions(title: Bilingual, questions: Sequence[Question], language: Language) -> str:
    if not questions:
        return ""
    asked = ""
    for question in questions:
        points = [html_line(point) for point in question.points if point]
        answer = (
            f"<p>{points[0]}</p>"
            if len(points) == 1
            else f"<ul>{''.join(f'<li>{p}</li>' for p in points)}</ul>"
        )
        asked += f"<dt>{html_line(question.ask)}</dt><dd>{answer if points else ''}</dd>"
    return _section(title, language, f"<dl>{asked}</dl>", "questions")


def _mistakes(module: ModuleBrief, language: Language) -> str:
    if not module.mistakes:
        return ""
    instead = escape(words.INSTEAD.of(language))
    items = "".join(
        f'<dt class="wrong">{html_line(one.says)}</dt><dd><p><span class="instead">{instead}</span>{html_line(one.fix)}</p></dd>'
        for one in module.mistakes
    )
    return _section(words.MISTAKES, language, f"<dl>{items}</dl>", "mistakes")


def _weak(points: Sequence[WeakPoint], language: Language) -> str:
    if not points:
        none = f'<p class="note">{escape(words.NO_WEAK.of(language))}</p>'
        return _section(words.WEAK, language, none, "weak")
    items = ""
    for point in points:
        kind = words.WEAK_KINDS[point.kind].of(language)
        why = ", ".join(part for part in (kind, point.detail, point.on.isoformat()) if part)
        say = f"<p>{html_line(point.say)}</p>" if point.say else ""
        items += f'<dt>{html_line(point.ask)}</dt><dd><p class="why">{html_text(why)}</p>{say}</dd>'
    return _section(words.WEAK, language, f"<dl>{items}</dl>", "weak")


def _sources(module: ModuleBrief, language: Language) -> str:
    if not module.sources:
        return ""
    items = ""
    for cited in module.sources:
        text = html_text(one_line(cited.text))
        if cited.url.startswith(("https://", "http://")):
            text = f'<a href="{escape(cited.url, quote=True)}" rel="noreferrer">{text}</a>'
        where = f", {html_text(one_line(cited.where))}" if cited.where else ""
        items += f'<li>{text}{where} <span class="read">({escape(cited.read)})</span></li>'
    return _section(words.SOURCES, language, f"<ul>{items}</ul>", "sources")
