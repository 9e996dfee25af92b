"""The learner's progress: the log of events and everything that is computed from it.

The public names are imported when first used: opening a log needs neither FSRS nor the statistics.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from llmcore_progress.backup import Backup as Backup
    from llmcore_progress.backup import backups as backups
    from llmcore_progress.backup import restore as restore
    from llmcore_progress.card_state import CardState as CardState
    from llmcore_progress.catalogue import Entry as Entry
    from llmcore_progress.checkpoint import CheckpointRule as CheckpointRule
    from llmcore_progress.checkpoint import CheckpointState as CheckpointState
    from llmcore_progress.checkpoint import Part as Part
    from llmcore_progress.errors import DamagedLog as DamagedLog
    from llmcore_progress.errors import DiskFull as DiskFull
    from llmcore_progress.errors import LogProblem as LogProblem
    from llmcore_progress.errors import ProgressError as ProgressError
    from llmcore_progress.event import Event as Event
    from llmcore_progress.event import Json as Json
    from llmcore_progress.event import Kind as Kind
    from llmcore_progress.examination import Finding as Finding
    from llmcore_progress.examination import examine as examine
    from llmcore_progress.exchange import Merged as Merged
    from llmcore_progress.level import LevelRule as LevelRule
    from llmcore_progress.level import LevelState as LevelState
    from llmcore_progress.memory import Phase as Phase
    from llmcore_progress.memory import Rating as Rating
    from llmcore_progress.progress import Progress as Progress
    from llmcore_progress.queue import Queued as Queued
    from llmcore_progress.queue import Waiting as Waiting
    from llmcore_progress.selection import ModuleCounts as ModuleCounts
    from llmcore_progress.selection import Which as Which
    from llmcore_progress.settings import Settings as Settings
    from llmcore_progress.statistics import Statistics as Statistics

_HOMES = {
    "CheckpointRule": "checkpoint",
    "CheckpointState": "checkpoint",
    "Part": "checkpoint",
    "LevelRule": "level",
    "LevelState": "level",
    "Statistics": "statistics",
    "Merged": "exchange",
    "Finding": "examination",
    "examine": "examination",
    "Backup": "backup",
    "backups": "backup",
    "restore": "backup",
    "CardState": "card_state",
    "Entry": "catalogue",
    "DamagedLog": "errors",
    "DiskFull": "errors",
    "LogProblem": "errors",
    "ProgressError": "errors",
    "Event": "event",
    "Json": "event",
    "Kind": "event",
    "Phase": "memory",
    "Rating": "memory",
    "Progress": "progress",
    "Queued": "queue",
    "Waiting": "queue",
    "ModuleCounts": "selection",
    "Which": "selection",
    "Settings": "settings",
}


def __getattr__(name: str) -> object:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{home}"), name)
