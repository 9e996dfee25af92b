"""CPU time of whole processes, in interleaved runs, so that a drifting machine does not favour one of them."""

from __future__ import annotations

import os
import statistics
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

Measure = Callable[[Sequence[str], Mapping[str, str]], float]


@dataclass(frozen=True, slots=True)
class Timing:
    """CPU milliseconds (user and system, children included) of one command over all runs."""

    name: str
    milliseconds: tuple[float, ...]

    @property
    def median(self) -> float:
        """The run in the middle."""
        return statistics.median(self.milliseconds)


def cpu_of_process(command: Sequence[str], environment: Mapping[str, str]) -> float:
    """User and system time of one run of the command, in ms; CalledProcessError where it fails."""
    process = subprocess.Popen(
        command, env=dict(environment), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL
    )
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    return (usage.ru_utime + usage.ru_stime) * 1e3


def cpu_that_it_prints(command: Sequence[str], environment: Mapping[str, str]) -> float:
    """The CPU time in ms that the command prints on its last line, for a moment before its end."""
    done = subprocess.run(
        command, env=dict(environment), stdin=subprocess.DEVNULL, capture_output=True, text=True, check=True
    )
    return float(done.stdout.split()[-1])


def interleaved(
    commands: Mapping[str, Sequence[str]],
    environment: Mapping[str, str],
    runs: int,
    measure: Measure = cpu_of_process,
) -> list[Timing]:
    """Every command `runs` times in turn (A B C, A B C, …) after one round that is not counted."""
    found: dict[str, list[float]] = {name: [] for name in commands}
    for round_ in range(runs + 1):
        for name, command in commands.items():
            milliseconds = measure(command, environment)
            if round_:
                found[name].append(milliseconds)
    return [Timing(name, tuple(values)) for name, values in found.items()]


def paired_ratio(above: Timing, below: Timing) -> tuple[float, float, float]:
    """Lowest, median and highest ratio of the runs of the same round."""
    ratios = sorted(a / b for a, b in zip(above.milliseconds, below.milliseconds, strict=True))
    return ratios[0], statistics.median(ratios), ratios[-1]
