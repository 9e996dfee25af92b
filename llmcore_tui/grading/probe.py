"""One small question to the model that is set, to see whether marking by it would work."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from llmcore_tui.grading import prompt
from llmcore_tui.grading.client import Connection, Pace, Shape
from llmcore_tui.grading.llm import REQUESTS_TIME
from llmcore_tui.grading.quoting import quotable
from llmcore_tui.grading.reply import read
from llmcore_tui.grading.rubric import Criterion, Rubric

if TYPE_CHECKING:
    from llmcore_tui.grading.server import ModelServer

_RUBRIC = Rubric(
    ("What does the discount factor do?",),
    (Criterion("later", "Later rewards count less.", ("Later rewards count less.", "越往后的奖励权重越小")),),
)
_ANSWER = "With a discount below one, later rewards count less than early ones."


@dataclass(frozen=True, slots=True)
class Probed:
    """What answered."""

    model: str
    """As the server calls it, else as the settings do."""
    seconds: float
    shape: Shape
    """The strictest way to ask for JSON that it took."""
    problem: str
    """Why its reply could not be used for marking, as an English sentence; empty where it could."""


def probe(server: ModelServer, pace: Pace | None = None) -> Probed:
    """Ask once, without tries more; MarkerError, or MissingExtra, where nothing answers."""
    connection = Connection(replace(server, retries=0), pace)
    answer = quotable(_ANSWER)
    asked = prompt.messages(_RUBRIC, answer.sent, "answer-0")
    said = connection.ask(
        asked, prompt.schema(_RUBRIC), connection.pace.clock() + REQUESTS_TIME * server.seconds
    )
    problem = read(said.text, _RUBRIC, answer).problem
    return Probed(said.model or server.model, said.seconds, connection.shape, problem)
