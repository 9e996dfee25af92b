"""Running a demo in this process, and the record of a run with the idea on and off."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import sys
import time
import traceback
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import CodeType, ModuleType

from llmcore_tui.content.bilingual import Bilingual
from llmcore_tui.errors import DemoError, LlmcoreError
from llmcore_tui.lab.declaration import FlagValue
from llmcore_tui.lab.demo import Demo
from llmcore_tui.lab.normal import normal_result
from llmcore_tui.lab.result import Result
from llmcore_tui.lab.sentence import fill
from llmcore_tui.lab.versions import versions

ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")
"""What numeric libraries read when they are first imported."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """One run of a demo under one set of flags."""

    result: Result
    seconds: float
    """CPU time of `run` alone, without the imports."""


@dataclass(frozen=True, slots=True)
class Run:
    """A demo with the idea on, and beside it with the idea off."""

    demo: Demo
    set: Mapping[str, FlagValue]
    result: Result
    off_set: Mapping[str, FlagValue] | None
    """None where the demo has no idea to remove, or the off run was not asked for."""
    off_result: Result | None
    seconds: float
    versions: Mapping[str, str]

    @property
    def off_twin(self) -> Result | None:
        """What to show beside `result`: the run with the idea off, None where the flags have it off already."""
        return self.off_result if self.off_set != self.set else None

    @property
    def says(self) -> Bilingual:
        """The sentence of what was seen, with its numbers."""
        return fill(self.demo.says[self.result.says], self.set, self.result.numbers)


Runner = Callable[[Demo, Mapping[str, FlagValue]], Outcome]
"""Runs a demo under complete settings: here, in a worker, or out of the cache."""


def run_here(demo: Demo, settings: Mapping[str, object] | None = None) -> Result:
    """Import the demo and run it in this process; DemoError with one line where it fails."""
    return outcome_here(demo, demo.settings(settings)).result


def outcome_here(demo: Demo, settings: Mapping[str, FlagValue]) -> Outcome:
    """As `run_here`, for complete settings, with the time it took."""
    with _own_failures(demo):
        run = load(demo.file).run
        with one_thread():
            started = time.process_time()
            result = run(**settings)
            seconds = time.process_time() - started
    return Outcome(normal_result(demo, result), seconds)


def run_with_off(
    demo: Demo,
    settings: Mapping[str, object] | None = None,
    *,
    off: bool = True,
    runner: Runner = outcome_here,
) -> Run:
    """Run the demo with the given flags and, where it has an off switch, once more with the idea removed."""
    on_set = demo.settings(settings)
    on = runner(demo, on_set)
    off_set = demo.off_settings(on_set) if off else None
    off_result = None
    if off_set is not None:
        off_result = on.result if off_set == on_set else runner(demo, off_set).result
    return Run(demo, on_set, on.result, off_set, off_result, on.seconds, versions())


class _FromSource(SourceFileLoader):
    """Compiles the file every time: Python's bytecode is stale for an edit of equal size within a second."""

    def get_code(self, fullname: str) -> CodeType:  # noqa: ARG002  the signature is Python's
        """The code of the file as it is now."""
        return self.source_to_code(self.get_data(self.path), self.path)


def load(file: Path) -> ModuleType:
    """Import a demo's file; its folder is appended to `sys.path`, never put first."""
    for name, value in ONE_THREAD.items():
        os.environ.setdefault(name, value)
    folder = str(file.parent)
    if folder not in sys.path:
        sys.path.append(folder)
    name = f"llmcore_demo_{file.stem}"
    spec = importlib.util.spec_from_file_location(name, file, loader=_FromSource(name, str(file)))
    if spec is None or spec.loader is None:
        raise DemoError(f"{file}: cannot be imported.")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@contextlib.contextmanager
def one_thread() -> Iterator[None]:
    """Keep torch, if it was imported, to one thread: the same sums in the same order on any machine."""
    torch = sys.modules.get("torch")
    if torch is None:
        yield
        return
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)


def failure_line(demo_file: Path, error: BaseException) -> str:
    """What went wrong and where, in one line: the last place inside the demo's folder."""
    place = ""
    for frame, line in traceback.walk_tb(error.__traceback__):
        if Path(frame.f_code.co_filename).is_relative_to(demo_file.parent):
            place = f"{frame.f_code.co_filename}:{line}: "
    text = " ".join(str(error).split())
    return f"{place}{type(error).__name__}{': ' + text if text else ''}"


@contextlib.contextmanager
def _own_failures(demo: Demo) -> Iterator[None]:
    try:
        yield
    except (LlmcoreError, KeyboardInterrupt):
        raise
    except BaseException as error:  # a demo may raise anything, SystemExit included
        raise DemoError(f"{demo.name} failed: {failure_line(demo.file, error)}") from error
