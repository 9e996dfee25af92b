"""What `llmcore demo NAME --help` and `--list` print: what a demo declares; it is not imported."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from rich.text import Text

from llmcore_tui.cli.page import DIM, INDENT, KEY, NO_OFF, Page
from llmcore_tui.content.bilingual import Bilingual
from llmcore_tui.render.safe import one_line, safe
from llmcore_tui.render.width import pad, wrap

if TYPE_CHECKING:
    from llmcore_tui.lab.demo import Demo
    from llmcore_tui.lab.flag import FlagSpec

_FLAGS = Bilingual("Flags", "参数")
_NUMBERS = Bilingual("Numbers", "数字")
_IDEA_OFF = Bilingual("Idea off", "关闭后")
_ANCHORS = Bilingual("Must reproduce", "必须复现")
_DEFAULT = Bilingual("default {value}", "默认 {value}")
_RANGE = Bilingual("{low} to {high}", "{low} 到 {high}")
_ONLY = Bilingual("only with {set}", "仅当 {set}")
_RUN_IT = Bilingual("Run it: {command}", "运行：{command}")
_COMMON = Bilingual(
    "Also --off, --sweep FLAG=LOW:HIGH:STEP, --save FILE, --json, --source, --no-plot: llmcore demo --help",
    "另有 --off、--sweep FLAG=LOW:HIGH:STEP、--save FILE、--json、--source、--no-plot：llmcore demo --help",
)


class HelpPage(Page):
    """What demos declare."""

    def demo(self, demo: Demo, modules: Sequence[str]) -> Iterable[Text]:
        """What a demo declares."""
        yield from self.head(demo.title.of(self.language), " · ".join(modules))
        yield from self.formula(demo.formula)
        for paragraph in safe(demo.docstring).splitlines():
            yield from (Text(line, DIM) for line in wrap(paragraph, self.width, first=INDENT, rest=INDENT))
        yield from self.section(_FLAGS)
        for flag in demo.flags:
            yield from self._flag(flag)
        yield from self.section(_NUMBERS)
        for key, number in demo.numbers.items():
            unit = f" ({number.unit})" if number.unit else ""
            yield Text.assemble(INDENT, (one_line(key), KEY), (one_line(unit), DIM))
            yield from self.paragraph(self.reading(number), DIM, indent=2)
        yield from self.section(_IDEA_OFF)
        yield from self.paragraph(self._off(demo))
        if demo.anchors:
            yield from self.section(_ANCHORS)
        for anchor in demo.anchors:
            at = self.listed(anchor.set)
            text = f"{anchor.number} = {anchor.value:.10g} ± {anchor.within:g}{f'  ({at})' if at else ''}"
            yield from self.paragraph(text)
            yield from self.paragraph(anchor.source, DIM, indent=2)
        yield Text()
        yield from self.paragraph(self.say(_RUN_IT, command=f"llmcore demo {demo.name}"))
        yield from self.paragraph(_COMMON.of(self.language), DIM)

    def row(self, name: str, title: str, modules: Sequence[str], widest: int) -> Text:
        """A demo in the list."""
        also = [module for module in modules if module != name]
        return Text.assemble(
            (pad(one_line(name), widest + 2), KEY),
            one_line(title),
            (f"  ({', '.join(also)})" if also else "", DIM),
        )

    def _flag(self, flag: FlagSpec) -> Iterable[Text]:
        option = f"{flag.option}/--no-{flag.option[2:]}" if flag.type == "bool" else flag.option
        parts = [] if flag.type == "bool" else [flag.accepts]
        if flag.low is not None and flag.high is not None:
            parts.append(self.say(_RANGE, low=f"{flag.low:g}", high=f"{flag.high:g}"))
        elif flag.low is not None or flag.high is not None:
            parts.append(f"≥ {flag.low:g}" if flag.low is not None else f"≤ {flag.high:g}")
        parts.append(self.say(_DEFAULT, value=self.value_text(flag.default)))
        if flag.live:
            live = ", ".join(
                f"{name}={'|'.join(map(self.value_text, values))}" for name, values in flag.live.items()
            )
            parts.append(self.say(_ONLY, set=live))
        yield Text.assemble(INDENT, (option, KEY), "  ", (one_line(" · ".join(parts)), DIM))
        yield from self.paragraph(flag.help.of(self.language), indent=2)

    def _off(self, demo: Demo) -> str:
        if not demo.off.set:
            return self.say(NO_OFF, why=demo.off.why_none)
        arrows = {"up": "↑", "down": "↓", "changes": "≠"}
        moves = ", ".join(f"{key} {arrows[direction]}" for key, direction in demo.off.moves.items())
        return f"{self.listed(demo.off.set)}   {moves}"
