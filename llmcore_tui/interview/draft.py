"""What is half typed: one small file an interview, beside the log, until the answer is in the log."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from llmcore_tui.render.whole_file import write_whole


@dataclass(frozen=True, slots=True)
class Draft:
    """An answer on its way."""

    question: str
    follow_up: str
    """The point whose follow-up it answers; empty for the question itself."""
    text: str
    elapsed_ms: int
    """How long the question was in front of the learner, all sittings together."""
    used_hint: bool = False

    def is_of(self, question: str, follow_up: str) -> bool:
        """Whether it belongs to this question or follow-up."""
        return (self.question, self.follow_up) == (question, follow_up)


class DraftFile:
    """The file of one interview's draft."""

    def __init__(self, folder: Path, session: str) -> None:
        self.file = folder / f"interview-{session}.draft.json"

    def save(self, draft: Draft) -> None:
        """Put it on the disk, whole or not at all; EnvironmentProblem where the disk refuses."""
        write_whole(self.file, json.dumps(asdict(draft), ensure_ascii=True))

    def read(self) -> Draft | None:
        """What was kept; None where there is nothing, or nothing that can be read."""
        try:
            found = json.loads(self.file.read_text(encoding="utf-8"))
            return Draft(
                question=str(found["question"]),
                follow_up=str(found["follow_up"]),
                text=str(found["text"]),
                elapsed_ms=max(0, int(found["elapsed_ms"])),
                used_hint=found.get("used_hint") is True,
            )
        except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError, OverflowError):
            return None

    def remove(self) -> None:
        """Nothing is half typed any more; what cannot be removed is passed over, since its answer is in the log."""
        try:
            self.file.unlink(missing_ok=True)
        except OSError:
            return
