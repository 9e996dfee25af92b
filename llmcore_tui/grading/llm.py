"""Marking by a model: it says which points an answer makes and where, and everything it says is held against the answer.

One request for all points; where the reply cannot be used one more that says why, then one a point; where the server
fails, the offline marker with the reason. An answer is never lost to it, and the coverage is never the model's.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Protocol

from llmcore_tui.content.bilingual import Bilingual
from llmcore_tui.errors import MarkerError, MissingExtra
from llmcore_tui.grading import prompt
from llmcore_tui.grading.mark import SHARE, Flag, Mark, PointMark, Verdict, coverage
from llmcore_tui.grading.quoting import Quotable, quotable
from llmcore_tui.grading.reply import Reading, read

if TYPE_CHECKING:
    from llmcore_tui.grading.client import Connection
    from llmcore_tui.grading.rubric import Rubric

REQUESTS_TIME = 3
"""A marking may take this many times as long as one request."""
LONGEST_KEPT_REPLY = 8_000
MOST_KEPT_REPLIES = 20
_INSTEAD = Bilingual("Marked offline because {reason}.", "已改用离线批改：{reason}。")
_NO_EXTRA = Bilingual(
    "the extra llm is not installed (pip install 'llmcore-tui[llm]')",
    "没有安装 llm 扩展（pip install 'llmcore-tui[llm]'）",
)


class Offline(Protocol):
    """The marker that needs no model: it decides what has content at all, and stands in where the model fails."""

    def mark(self, answer: str, rubric: Rubric) -> Mark: ...

    def gate(self, answer: str, rubric: Rubric) -> Mark | None:
        """The finished mark of an answer without content; None for one that is to be marked."""
        ...


class NoModel:
    """Marks offline and says why: no model is set, or no server."""

    def __init__(self, offline: Offline, error: MarkerError) -> None:
        self._offline = offline
        self._error = error

    def mark(self, answer: str, rubric: Rubric) -> Mark:
        """The offline marker's verdicts."""
        return _marked_offline(self._offline.mark(answer, rubric), self._error, {})


class LlmMarker:
    """Marks by a model on a server, never raising for what the server does."""

    def __init__(
        self,
        connection: Connection,
        offline: Offline,
        fence: Callable[[], str] = lambda: f"answer-{secrets.token_hex(8)}",
    ) -> None:
        """`fence`: a name that nobody can foresee, new at each call."""
        self._connection = connection
        self._offline = offline
        self._fence = fence

    def mark(self, answer: str, rubric: Rubric) -> Mark:
        """The verdict on every point; an answer without content is marked without asking the model."""
        gated = self._offline.gate(answer, rubric)
        if gated is not None:
            return gated
        offline = self._offline.mark(answer, rubric)
        if not rubric.points:
            return offline
        marking = _Marking(self._connection, rubric, quotable(answer), self._fence())
        try:
            found = marking.verdicts()
        except (MarkerError, MissingExtra) as error:
            return _marked_offline(offline, error, marking.trace())
        points = _sceptical(found.points, offline) if Flag.INSTRUCTIONS in offline.flags else found.points
        return Mark(
            points,
            coverage(points, {point.id: point.weight for point in rubric.points}, found.wrong),
            found.wrong,
            _flags(offline, points),
            by="llm",
            trace=marking.trace(),
        )


@dataclass
class _Marking:
    """One answer on its way, with what is to be kept of it."""

    connection: Connection
    rubric: Rubric
    answer: Quotable
    fence: str
    replies: list[str] = field(default_factory=list)
    calls: int = 0
    tokens: dict[str, int] = field(default_factory=dict)
    model: str = ""

    def __post_init__(self) -> None:
        server, pace = self.connection.server, self.connection.pace
        self.until = pace.clock() + REQUESTS_TIME * server.seconds

    def verdicts(self) -> Reading:
        """The verdicts that the answer bears out; MarkerError where the model gave none that can be used."""
        asked = prompt.messages(self.rubric, self.answer.sent, self.fence)
        found, reply = self._ask(asked, self.rubric)
        if found.problem:
            found, _ = self._ask(prompt.repair(asked, reply, found.problem, self.rubric), self.rubric)
        return self._one_by_one(found.problem) if found.problem else found

    def _one_by_one(self, problem: str) -> Reading:
        """A request a point; the misconceptions go with the first."""
        found: list[Reading] = []
        for point in self.rubric.points:
            claims = () if found else self.rubric.wrong_claims
            one = replace(self.rubric, points=(point,), wrong_claims=claims)
            reading, _ = self._ask(prompt.messages(one, self.answer.sent, self.fence), one)
            if reading.problem:
                model = self.connection.server.model
                raise MarkerError(
                    f"the replies of {model} cannot be used ({problem.rstrip('.')})",
                    f"{model} 的回复不符合格式，无法使用",
                )
            found.append(reading)
        return Reading(tuple(point for reading in found for point in reading.points), found[0].wrong)

    def _ask(self, messages: Sequence[prompt.Message], rubric: Rubric) -> tuple[Reading, str]:
        self.calls += 1
        said = self.connection.ask(messages, prompt.schema(rubric), self.until)
        self.model = said.model
        self.replies.append(said.text)
        for name, count in said.tokens.items():
            self.tokens[name] = self.tokens.get(name, 0) + count
        return read(said.text, rubric, self.answer), said.text

    def trace(self) -> dict[str, Any]:
        """What is kept beside the verdicts, at most some 160,000 characters."""
        server = self.connection.server
        kept: dict[str, Any] = {
            "rubric": self.rubric.hash,
            "prompt": prompt.version(),
            "model": server.model,
            "host": server.host,
            "format": str(self.connection.shape),
            "calls": self.calls,
            "replies": [reply[:LONGEST_KEPT_REPLY] for reply in self.replies[:MOST_KEPT_REPLIES]],
        }
        if self.model and self.model != server.model:
            kept["served"] = self.model
        if self.tokens:
            kept["tokens"] = dict(self.tokens)
        if self.answer.is_cut:
            kept["cut"] = {"sent": len(self.answer.sent), "of": len(self.answer.answer)}
        return kept


def _flags(offline: Mark, points: tuple[PointMark, ...]) -> tuple[Flag, ...]:
    """The offline marker's flags; an answer whose points were found is not about something else, as its words may seem."""
    is_about_it = any(point.verdict is not Verdict.MISSED for point in points)
    return tuple(flag for flag in offline.flags if not (is_about_it and flag is Flag.OFF_TOPIC))


def _sceptical(points: tuple[PointMark, ...], offline: Mark) -> tuple[PointMark, ...]:
    """The lower of both verdicts on each point: an answer that gives orders may have been obeyed."""
    other = {point.id: point for point in offline.points}
    return tuple(
        replace(other[point.id], unsure=True)
        if point.id in other and SHARE[other[point.id].verdict] < SHARE[point.verdict]
        else point
        for point in points
    )


def _marked_offline(offline: Mark, error: MarkerError | MissingExtra, trace: dict[str, Any]) -> Mark:
    """The offline mark, with why the model did not give one."""
    if isinstance(error, MarkerError):
        reason, hint = Bilingual(error.en, error.zh), Bilingual(error.hint, error.hint_zh)
    else:
        reason, hint = _NO_EXTRA, Bilingual("", "")
    instead = Bilingual(
        f"{_INSTEAD.en.format(reason=reason.en)} {hint.en}".rstrip(),
        f"{_INSTEAD.zh.format(reason=reason.zh)}{hint.zh}",
    )
    return replace(offline, instead=instead, trace={**offline.trace, **trace})
