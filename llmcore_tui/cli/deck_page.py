"""What `llmcore deck` prints: decks and modules, found cards, and one card, item or question in full."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from llmcore_tui.content.bilingual import Bilingual
from llmcore_tui.content.card import Card, Option, Point
from llmcore_tui.content.claim import Quoted
from llmcore_tui.content.interview import InterviewQuestion
from llmcore_tui.content.quiz import QuizItem
from llmcore_tui.content.record_kind import RecordKind
from llmcore_tui.render.width import cells, pad
from llmcore_tui.study.asking import KINDS
from llmcore_tui.study.filled import Filled
from llmcore_tui.study.plain.prose import Page, after
from llmcore_tui.study.quiz_question import KINDS as ITEM_KINDS
from llmcore_tui.study.setting_text import listed
from llmcore_tui.study.showing import source

if TYPE_CHECKING:
    from llmcore_tui.content.card import CardId, CardKind
    from llmcore_tui.content.claim import Slot
    from llmcore_tui.content.deck import Deck
    from llmcore_tui.content.located import Studied
    from llmcore_tui.content.module import Module
    from llmcore_tui.content.tally import Tally

_BUILTIN = Bilingual("built in", "内置")
_HOLDS = Bilingual(
    "{cards} cards, {items} quiz items, {questions} interview questions",
    "{cards} 张卡、{items} 道测验题、{questions} 道面试题",
)
_PLANNED = Bilingual("planned", "待写")
_COUNTS = Bilingual(
    "{cards} cards  {items} items  {questions} questions", "{cards} 卡  {items} 题  {questions} 问"
)
_FOUND = Bilingual("{found} found.", "找到 {found} 张。")
_FIRST = Bilingual(
    "{found} found, the first {shown} shown; --limit shows more.",
    "找到 {found} 张，显示前 {shown} 张；--limit 可看更多。",
)
_AT = Bilingual("{file}, line {line}", "{file} 第 {line} 行")
_LABELS = {
    "ask": Bilingual("Question:", "问题："),
    "claim": Bilingual("The wrong sentence:", "错误说法："),
    "cloze": Bilingual("With a gap:", "填空："),
    "hint": Bilingual("Hint:", "提示："),
    "brief": Bilingual("In thirty seconds:", "三十秒版："),
    "answer": Bilingual("Answer:", "答案："),
    "explain": Bilingual("Explanation:", "解析："),
    "formula": Bilingual("Formula:", "公式："),
    "right": Bilingual("Right:", "正确："),
    "wrong": Bilingual("Wrong:", "错误："),
    "step": Bilingual("Step:", "步骤："),
    "must": Bilingual("must:", "必说："),
    "also": Bilingual("also:", "也可："),
    "says": Bilingual("Often said, but wrong:", "常见误区："),
    "fix": Bilingual("Rather:", "应该说："),
    "number": Bilingual("Number:", "数字："),
    "demo": Bilingual("Demo:", "演示："),
    "source": Bilingual("Source:", "来源："),
    "tags": Bilingual("Tags:", "标签："),
    "neighbours": Bilingual("They go on to:", "面试官常接着问："),
    "problem": Bilingual("The problem, 30 s:", "问题（30 秒）："),
    "mechanism": Bilingual("The mechanism, 60 s:", "机制（60 秒）："),
    "run": Bilingual("What the run shows, 60 s:", "运行结果（60 秒）："),
    "engineering": Bilingual("Engineering, 30 s:", "工程（30 秒）："),
    "missed": Bilingual("When {point} was missed:", "若没说到 {point}："),
    "level": Bilingual("level {number}", "等级 {number}"),
    "minutes": Bilingual("{number} minutes", "{number} 分钟"),
    "difficulty": Bilingual("difficulty {number}", "难度 {number}"),
    "accept": Bilingual("Accepted:", "可接受："),
}
_PREDICT = Bilingual("; predict {key} within {within}", "；预测 {key}，误差 {within} 以内")
_QUOTED = Bilingual(
    "{slot} = {shown} {unit}, quoted from {source}, {where}",
    "{slot} = {shown} {unit}，引自 {source}，{where}",
)
_COMPUTED = Bilingual(
    "{slot} = {shown}, {key} of the demo {demo}{set}", "{slot} = {shown}，演示 {demo} 的 {key}{set}"
)
_OFF = Bilingual("idea off", "关闭该想法")
_OVER = Bilingual("over that at {set}", "除以 {set} 时的值")
_MINUS = Bilingual("less that at {set}", "减去 {set} 时的值")
_OF_DECK = Bilingual(
    "{cards} cards, {items} quiz items and {questions} interview questions in {modules} modules; {planned} more are planned.",
    "{modules} 个模块，共 {cards} 张卡、{items} 道测验题、{questions} 道面试题；另有 {planned} 个模块待写。",
)
_OF_CLAIMS = Bilingual(
    "{computed} numbers are computed, {quotes} quoted; {from_memory} citations are from memory; {stale} records are old.",
    "{computed} 个数字由演示算出，{quotes} 个引自文献；{from_memory} 处引用凭记忆；{stale} 条内容已过时。",
)


def list_lines(deck: Deck, page: Page) -> Iterator[str]:
    """Each deck with what it holds, then the modules by area."""
    language = page.language
    for number, (folder, counts) in enumerate(deck.counts_by_folder()):
        holds = _HOLDS.of(language).format(
            cards=counts[RecordKind.CARD],
            items=counts[RecordKind.ITEM],
            questions=counts[RecordKind.QUESTION],
        )
        yield f"{folder} ({_BUILTIN.of(language)}): {holds}" if number == 0 else f"{folder}: {holds}"
    modules = list(deck.modules().values())
    counted = {module.id: _counts(deck, module, page) for module in modules}
    id_cells = max((cells(module.id) for module in modules), default=0)
    count_cells = max((cells(text) for text in counted.values()), default=0)
    for area in deck.areas():
        yield area.title.of(language)
        for module in modules:
            if module.area == area.id:
                title = module.title.of(language)
                yield f"  {pad(module.id, id_cells)}  {pad(counted[module.id], count_cells)}  {title}"


def found_lines(deck: Deck, cards: Sequence[CardId], found: int, page: Page) -> Iterator[str]:
    """Found cards, one a line, and how many there are."""
    for card_id in cards:
        card = deck.card(card_id)
        ask = " ".join(page.prose(_filled(card, deck, page).of(card.ask)))
        yield f"{card.id}  {KINDS[card.kind].of(page.language)}  {ask}"
    text = _FOUND if found == len(cards) else _FIRST
    yield text.of(page.language).format(found=found, shown=len(cards))


def record_lines(deck: Deck, record: Studied, page: Page) -> Iterator[str]:
    """A card, item or question with all it says, its slots filled, its numbers and sources."""
    sheet = _Sheet(page, _filled(record, deck, page))
    file, line = deck.place_of(record.id)
    place = _AT.of(page.language).format(file=file, line=line)
    yield " · ".join([record.id, *_what(record, page), place])
    yield from sheet.text("ask", record.ask)
    if isinstance(record, InterviewQuestion):
        for part in ("problem", "mechanism", "run", "engineering"):
            yield from sheet.text(part, getattr(record.model_answer, part))
    else:
        yield from sheet.task(record)
    if isinstance(record, Card):
        yield from sheet.text("brief", record.brief)
        yield from sheet.text("answer", record.answer)
        if record.formula:
            yield after(sheet.label("formula"), page.formula(record.formula))
    if not isinstance(record, QuizItem):
        yield from sheet.points(record.points)
        for wrong in record.misconceptions:
            yield from sheet.text("says", wrong.says)
            yield from sheet.text("fix", wrong.fix)
    if isinstance(record, InterviewQuestion):
        for follow_up in record.follow_ups:
            missed = sheet.label("missed").format(point=follow_up.when_missed)
            yield from page.prose(sheet.filled.of(follow_up.ask), missed)
            yield from sheet.points(follow_up.points)
    yield from _footnotes(deck, record, sheet)


def stats_lines(counts: Tally, kinds: Counter[CardKind], page: Page) -> Iterator[str]:
    """How much there is, of which kinds, and how much rests on memory or is old."""
    language = page.language
    yield _OF_DECK.of(language).format(
        cards=counts.cards,
        items=counts.items,
        questions=counts.questions,
        modules=counts.modules,
        planned=counts.planned,
    )
    yield _OF_CLAIMS.of(language).format(
        computed=counts.computed, quotes=counts.quotes, from_memory=counts.from_memory, stale=counts.stale
    )
    yield from (f"  {pad(KINDS[kind].of(language), 16)}{count}" for kind, count in kinds.most_common())


@dataclass(frozen=True, slots=True)
class _Sheet:
    """Writes the labelled texts of one record."""

    page: Page
    filled: Filled

    def label(self, name: str) -> str:
        """What stands before a text."""
        return _LABELS[name].of(self.page.language)

    def text(self, name: str, text: Bilingual | None) -> list[str]:
        """A text after its label; nothing where there is none."""
        return [] if text is None else self.page.prose(self.filled.of(text), self.label(name))

    def points(self, points: Iterable[Point]) -> Iterator[str]:
        """What an answer says."""
        for point in points:
            yield from self.text("must" if point.must else "also", point.say)

    def task(self, record: Card | QuizItem) -> Iterator[str]:
        """What the kind of the card or item adds to its question."""
        if isinstance(record, Card):
            yield from self.text("hint", record.hint)
            yield from self.text("claim", record.claim)
            yield from self.text("cloze", record.cloze)
        yield from self._option("right", record.right)
        for option in record.wrong:
            yield from self._option("wrong", option)
        if accepted := record.accept.of(self.page.language):
            yield after(self.label("accept"), " / ".join(accepted))
        if record.code is not None:
            yield from (record.code.signature, *record.code.solution.splitlines())
        if isinstance(record, QuizItem):
            for step in record.steps:
                yield from self.text("step", step)
            yield from self.text("explain", record.explain)

    def _option(self, name: str, option: Option | None) -> Iterator[str]:
        if option is not None:
            yield from self.text(name, option.say)
            if option.why is not None:
                yield from self.page.prose(self.filled.of(option.why))


def _footnotes(deck: Deck, record: Studied, sheet: _Sheet) -> Iterator[str]:
    language = sheet.page.language
    for slot, number in record.numbers.items():
        yield after(sheet.label("number"), _number(slot, number, sheet))
    if (link := record.demo) is not None:
        flags = f" ({listed(link.set, language)})" if link.set else ""
        predict = _PREDICT.of(language).format(key=link.predict, within=link.within) if link.predict else ""
        yield after(sheet.label("demo"), f"{link.name}{flags}{predict}")
    for citation in record.sources:
        shown = source(citation, deck, language)
        yield after(sheet.label("source"), f"{shown.text}; {shown.title}; {shown.url}; {shown.read_text}")
    if isinstance(record, Card):
        if record.neighbours:
            titles = sheet.page.listed(deck.module(module).title.of(language) for module in record.neighbours)
            yield after(sheet.label("neighbours"), titles)
        if record.tags:
            yield after(sheet.label("tags"), sheet.page.listed(record.tags))


def _number(slot: str, number: Slot, sheet: _Sheet) -> str:
    language = sheet.page.language
    shown = sheet.filled.of(Bilingual(f"{{{slot}}}", f"{{{slot}}}"))
    if isinstance(number, Quoted):
        return _QUOTED.of(language).format(
            slot=slot, shown=shown, unit=number.unit, source=number.cite, where=number.where
        )
    parts = [listed(number.set, language)] if number.set else []
    if number.off:
        parts.append(_OFF.of(language))
    if number.over is not None:
        parts.append(_OVER.of(language).format(set=listed(number.over, language)))
    if number.minus is not None:
        parts.append(_MINUS.of(language).format(set=listed(number.minus, language)))
    flags = f" ({'; '.join(parts)})" if parts else ""
    return _COMPUTED.of(language).format(slot=slot, shown=shown, key=number.key, demo=number.demo, set=flags)


def _what(record: Studied, page: Page) -> list[str]:
    """What kind of record it is."""
    language = page.language
    if isinstance(record, Card):
        return [
            KINDS[record.kind].of(language),
            _LABELS["difficulty"].of(language).format(number=record.difficulty),
        ]
    if isinstance(record, QuizItem):
        return [
            ITEM_KINDS[record.kind].of(language),
            _LABELS["level"].of(language).format(number=record.level),
        ]
    return [_LABELS["minutes"].of(language).format(number=f"{record.minutes:g}")]


def _filled(record: Studied, deck: Deck, page: Page) -> Filled:
    return Filled(record.id, record.numbers, deck.numbers, page.language)


def _counts(deck: Deck, module: Module, page: Page) -> str:
    if module.planned:
        return _PLANNED.of(page.language)
    cards, items, questions = (
        deck.counts(kind).get(module.id, 0)
        for kind in (RecordKind.CARD, RecordKind.ITEM, RecordKind.QUESTION)
    )
    return _COUNTS.of(page.language).format(cards=cards, items=items, questions=questions)
