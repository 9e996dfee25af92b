"""What `llmcore demo` does: list, explain, run and sweep demos, as text or as JSON."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from llmcore_tui.cli import output
from llmcore_tui.cli.demo_help import HelpPage
from llmcore_tui.cli.demo_library import DemoLibrary
from llmcore_tui.cli.demo_page import DemoPage
from llmcore_tui.errors import InputError, LlmcoreError
from llmcore_tui.lab.arguments import parse_flags, parse_values
from llmcore_tui.lab.record import demo_as_json, number_as_json, run_as_json
from llmcore_tui.lab.run import run_with_off
from llmcore_tui.lab.sweep import curves, sweep
from llmcore_tui.lab.versions import versions
from llmcore_tui.lab.wire import settings_as_json

if TYPE_CHECKING:
    from rich.text import Text

    from llmcore_tui.config import Config
    from llmcore_tui.lab.declaration import FlagValue
    from llmcore_tui.lab.demo import Demo
    from llmcore_tui.lab.sweep import Swept

PICTURES = (".svg", ".png")


@dataclass(frozen=True, slots=True)
class Asked:
    """What stood on the command line beside the demo's name."""

    words: tuple[str, ...]
    """The demo's own flags."""
    off: bool
    sweep: str | None
    save: Path | None
    plot: bool | None
    """None: where there is a terminal."""
    json: bool


class Demos:
    """One invocation of the command."""

    def __init__(self, settings: Config, asked: Asked) -> None:
        self.settings = settings
        self.asked = asked
        self.library = DemoLibrary(settings)
        color = sys.stdout.isatty() and "NO_COLOR" not in os.environ
        draw = not settings.plain if asked.plot is None else asked.plot
        width = shutil.get_terminal_size().columns
        self.page = DemoPage(settings.language, width, draw=draw, color=color)
        self.help = HelpPage(settings.language, width)

    def show_list(self) -> None:
        """Every demo with its title; one that cannot be read is listed with the reason."""
        rows: list[dict[str, Any]] = []
        for name in self.library.demos.names():
            modules = self.library.modules_of(name)
            try:
                rows.append(demo_as_json(self.library.demos.demo(name), modules, self.settings.language))
            except LlmcoreError as error:
                rows.append(
                    {"name": name, "modules": modules, "title": error.message, "problem": error.message}
                )
        if self.asked.json:
            output.json(rows)
            return
        widest = max((len(row["name"]) for row in rows), default=0)
        self._print(self.help.row(row["name"], row["title"], row["modules"], widest) for row in rows)

    def explain(self, name: str) -> None:
        """A demo's flags, numbers, off switch and anchors; it is not imported."""
        demo, others = self.library.resolve(name)
        modules = self.library.modules_of(demo.name)
        if self.asked.json:
            output.json(demo_as_json(demo, modules, self.settings.language))
            return
        self._print(self.help.demo(demo, modules))
        if others:
            self._print(self.page.others(name, others))

    def source(self, name: str) -> None:
        """The demo's file."""
        demo, _ = self.library.resolve(name)
        text = demo.file.read_text(encoding="utf-8", errors="replace")
        if self.asked.json:
            output.json({"demo": demo.name, "file": str(demo.file), "source": text})
        else:
            output.line(text.rstrip())

    def run(self, name: str) -> None:
        """Run a demo once with the idea on and off, or over the values of a flag."""
        demo, others = self.library.resolve(name)
        settings = demo.settings(parse_flags(demo, self.asked.words))
        if self.asked.off:
            off = demo.off_settings(settings)
            if off is None:
                raise InputError(f"{demo.name} has no off switch.", demo.off.why_none)
            settings = off
        if self.asked.save is not None and self.asked.save.suffix.lower() not in PICTURES:
            raise InputError(f"--save writes {' or '.join(PICTURES)}, not {self.asked.save.name!r}.")
        self.library.ask_for_trust(demo)
        if self.asked.sweep is not None:
            self._sweep(demo, settings, self.asked.sweep)
        else:
            self._run_once(demo, settings)
        if others and not self.asked.json:
            self._print(self.page.others(name, others))

    def _run_once(self, demo: Demo, settings: Mapping[str, FlagValue]) -> None:
        with self.library.runner(demo) as runner:
            run = run_with_off(demo, settings, runner=runner)
        if self.asked.json:
            modules = self.library.modules_of(demo.name)
            output.json(run_as_json(run, modules[0] if modules else None, self.settings.language))
        else:
            self._print(self.page.run(run))
        if self.asked.save is not None:
            from llmcore_tui.render.figure import save

            self._saved(self.asked.save, save(run, self.asked.save, self.settings.language))

    def _sweep(self, demo: Demo, settings: Mapping[str, FlagValue], asked: str) -> None:
        name, equals, text = asked.partition("=")
        if not equals:
            raise InputError(f"--sweep takes FLAG=VALUES such as lam=0:1:0.05, not {asked!r}.")
        flag = demo.flag(name)
        values = parse_values(demo, flag, text)
        with self.library.runner(demo) as runner:
            rows = list(sweep(demo, settings, flag, values, runner))
        if problems := [row.problem for row in rows if row.problem]:
            if len(problems) == len(rows):
                raise InputError(problems[0])
            output.line(problems[0], file=sys.stderr)
        series = curves(demo, flag, rows)
        if self.asked.json:
            output.json(self._sweep_as_json(demo, settings, flag.name, rows))
        else:
            self._print(self.page.sweep(demo, flag, rows, series))
        if self.asked.save is not None:
            from llmcore_tui.render.figure import save_series

            file, fixed = self.asked.save, {key: value for key, value in settings.items() if key != flag.name}
            self._saved(
                file, save_series(series, file, self.settings.language, title=demo.title, settings=fixed)
            )

    def _sweep_as_json(
        self, demo: Demo, settings: Mapping[str, FlagValue], flag: str, rows: Iterable[Swept]
    ) -> dict[str, Any]:
        rows = tuple(rows)
        modules = self.library.modules_of(demo.name)
        others = {name: value for name, value in settings.items() if name != flag}
        return {
            "demo": demo.name,
            "module": modules[0] if modules else None,
            "flag": flag,
            "set": settings_as_json(others),
            "rows": [
                {"set": settings_as_json({flag: row.value}), "problem": row.problem}
                if row.problem
                else {
                    "set": settings_as_json({flag: row.value}),
                    "numbers": {
                        key: number_as_json(value, demo.numbers[key], self.settings.language)
                        for key, value in row.numbers.items()
                    },
                }
                for row in rows
            ],
            "seconds": round(sum(row.seconds for row in rows), 4),
            "versions": versions(),
        }

    def _saved(self, file: Path, note: str) -> None:
        output.line(f"{file} {note}".rstrip(), file=sys.stderr)

    def trust(self) -> None:
        """Let the demos of the learner's decks run from now on."""
        for folder in self.library.trust():
            output.line(f"The demos of {folder} may run until one of them changes.", file=sys.stderr)

    def _print(self, lines: Iterable[Text]) -> None:
        from rich.console import Console

        console = Console(highlight=False, soft_wrap=True, emoji=False, markup=False)
        for line in lines:
            console.print(line)
