"""The connection to a model's server: one question, one text back, within the time, or one clear reason why not.

A reply may drip in byte by byte, never end, or be no reply: each request runs in a thread of its own, which is left
behind, its connection closed, when the time is up. The only file that imports openai, and only when it is used.
"""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from enum import StrEnum
from threading import Thread
from typing import TYPE_CHECKING, Any

from llmcore_tui.errors import MarkerError, MissingExtra
from llmcore_tui.grading import trouble
from llmcore_tui.grading.quoting import clean
from llmcore_tui.grading.trouble import Refusal, Trouble

if TYPE_CHECKING:
    import openai

    from llmcore_tui.grading.prompt import Message
    from llmcore_tui.grading.server import ModelServer

LARGEST_REPLY = 2_000_000
"""Bytes of a reply that are read; the rest is left."""
_FIRST_WAIT, _LONGEST_WAIT = 0.5, 30.0
"""Seconds before the first try more, doubled each time, and the most that are waited; no server that asks for more gets a try."""
_LONGEST_NAME = 200
_NO_KEY = "none"
"""What is sent as the key where there is none: the openai client wants one, a local server does not look."""


class Shape(StrEnum):
    """How a server is asked for JSON, the strictest first."""

    SCHEMA = "json_schema"
    OBJECT = "json_object"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Answered:
    """What a model said."""

    text: str
    model: str = ""
    """As the server calls it."""
    tokens: Mapping[str, int] = field(default_factory=dict)
    """Used by the request, `prompt` and `completion`, where the server says so."""
    seconds: float = field(default=0.0, compare=False)
    """From sending the request to the end of the reply."""


@dataclass(frozen=True, slots=True)
class Pace:
    """The clock, the waiting and the chance of a connection, so that a test can have its own."""

    clock: Callable[[], float] = time.monotonic
    """Seconds from some point on."""
    sleep: Callable[[float], None] = time.sleep
    chance: Callable[[], float] = random.random
    now: Callable[[], datetime] = lambda: datetime.now(UTC)


class Connection:
    """Asks one model. What the server takes (a schema, a temperature) is remembered as long as this lives."""

    def __init__(self, server: ModelServer, pace: Pace | None = None) -> None:
        self.server = server
        self.pace = pace or Pace()
        self.shape = Shape.SCHEMA
        """The strictest way to ask for JSON that the server was seen to take, or has not yet refused."""
        self._takes_temperature = True

    def ask(self, messages: Sequence[Message], schema: Mapping[str, Any], until: float) -> Answered:
        """The model's reply; `until`: when, by the pace's clock, all must be over. MarkerError says why there is none."""
        shapes = list(Shape)
        for shape in shapes[shapes.index(self.shape) :]:
            result = self._with_patience(messages, schema, shape, until)
            if isinstance(result, Answered):
                self.shape = shape
                return result
            if not result.refuses_format or shape is Shape.TEXT:
                raise result.error
        raise AssertionError("the last shape gave an answer or an error")

    def _with_patience(
        self, messages: Sequence[Message], schema: Mapping[str, Any], shape: Shape, until: float
    ) -> Answered | Trouble:
        """Try again, after a while that grows, as long as the trouble may pass and there is time."""
        tried = 0
        while True:
            left = until - self.pace.clock()
            if left <= 0:
                return trouble.timed_out(self.server, self.server.seconds)
            body = _body(messages, schema, shape, self.server.model, with_temperature=self._takes_temperature)
            result = self._once(body, min(self.server.seconds, left))
            if isinstance(result, Answered):
                return result
            if result.refuses_temperature and self._takes_temperature:
                self._takes_temperature = False
                continue
            wait = self._wait(result, tried)
            if not self._may_try_again(result, tried, wait, until):
                return result
            self.pace.sleep(wait)
            tried += 1

    def _may_try_again(self, result: Trouble, tried: int, wait: float, until: float) -> bool:
        if not result.is_passing or tried >= self.server.retries:
            return False
        return wait <= _LONGEST_WAIT and self.pace.clock() + wait < until

    def _wait(self, result: Trouble, tried: int) -> float:
        """Seconds to wait: what the server asks for, else 0.5, 1, 2 … with up to as much again by chance."""
        if result.wait_seconds is not None:
            return result.wait_seconds
        return min(_FIRST_WAIT * float(2**tried) * (1 + self.pace.chance()), _LONGEST_WAIT)

    def _once(self, body: dict[str, Any], seconds: float) -> Answered | Trouble:
        future = Future[bytes]()
        try:
            client = _client(self.server, seconds)
            send = (
                client.chat.completions.with_streaming_response.create
            )  # imports much, before the time runs
            begun = self.pace.clock()
            Thread(target=_send, args=(send, body, future), name="llmcore-model", daemon=True).start()
            try:
                answered = self._read(future.result(seconds))
                return replace(answered, seconds=self.pace.clock() - begun)
            finally:
                client.close()
        except TimeoutError:
            return trouble.timed_out(self.server, seconds)
        except MarkerError as error:
            return Trouble(error)
        except MissingExtra:
            raise
        except Exception as error:  # noqa: BLE001  around a stranger's server and the client's own errors
            return self._trouble(error)

    def _trouble(self, error: Exception) -> Trouble:
        import openai

        if isinstance(error, openai.APIStatusError):
            refusal = Refusal(error.status_code, error.body, error.response.headers, error.code)
            return trouble.of_status(refusal, self.server, self.pace.now())
        if isinstance(error, openai.APITimeoutError):
            return trouble.timed_out(self.server, self.server.seconds)
        return trouble.of_connection(error, self.server)

    def _read(self, raw: bytes) -> Answered:
        """The text of a reply; MarkerError where it holds none."""
        host, model = self.server.host, self.server.model
        try:
            body = json.loads(raw)
        except (ValueError, RecursionError):
            raise MarkerError(
                f"{host} answers with something that is no model's reply",
                f"{host} 返回的不是模型的回复",
                "Check llm_base_url, which mostly ends in /v1.",
                "请检查 llm_base_url，一般以 /v1 结尾。",
            ) from None
        choice = _first(body.get("choices")) if isinstance(body, dict) else None
        if choice is None:
            raise MarkerError(f"{host} sent a reply without an answer", f"{host} 的回复里没有内容")
        message = choice.get("message")
        said = message if isinstance(message, dict) else {}
        if said.get("refusal") or choice.get("finish_reason") == "content_filter":
            raise MarkerError(f"{model} refuses to mark this answer", f"{model} 拒绝批改这份回答")
        if not (text := _text(said.get("content"))).strip():
            raise MarkerError(f"{model} said nothing", f"{model} 没有输出内容")
        named = body.get("model")
        return Answered(
            self._clear(text),
            self._clear(named)[:_LONGEST_NAME] if isinstance(named, str) else "",
            _tokens(body.get("usage")),
        )

    def _clear(self, text: str) -> str:
        return clean(self.server.without_key(text))


def _client(server: ModelServer, seconds: float) -> openai.OpenAI:
    """A client for one request, which follows no redirection and repeats nothing by itself."""
    try:
        import openai
    except ImportError:
        raise MissingExtra("llm", "Marking by a model") from None
    return openai.OpenAI(
        api_key=server.key or _NO_KEY,
        base_url=server.base_url,
        timeout=seconds,
        max_retries=0,
        http_client=openai.DefaultHttpxClient(
            trust_env=not server.is_here,
            follow_redirects=False,
            verify=server.is_encrypted,  # certificates take long to load, and http has none
        ),
    )


def _send(send: Callable[..., Any], body: dict[str, Any], future: Future[bytes]) -> None:
    """Send the request and put the bytes of the reply, or the error, into the future."""
    try:
        read = bytearray()
        with send(**body) as response:
            for piece in response.iter_bytes():
                read += piece
                if len(read) > LARGEST_REPLY:
                    break
        future.set_result(bytes(read))
    except BaseException as error:  # noqa: BLE001  whoever waits for the future raises it
        future.set_exception(error)


def _body(
    messages: Sequence[Message],
    schema: Mapping[str, Any],
    shape: Shape,
    model: str,
    *,
    with_temperature: bool,
) -> dict[str, Any]:
    body: dict[str, Any] = {"model": model, "messages": list(messages)}
    if with_temperature:
        body["temperature"] = 0
    if shape is Shape.SCHEMA:
        named = {"name": "marking", "strict": True, "schema": schema}
        body["response_format"] = {"type": "json_schema", "json_schema": named}
    elif shape is Shape.OBJECT:
        body["response_format"] = {"type": "json_object"}
    return body


def _first(choices: object) -> dict[str, Any] | None:
    first = choices[0] if isinstance(choices, list) and choices else None
    return first if isinstance(first, dict) else None


def _text(content: object) -> str:
    """The content of a message: a text, or as some servers have it a list of parts."""
    if isinstance(content, list):
        parts = [part.get("text") for part in content if isinstance(part, dict)]
        return "".join(part for part in parts if isinstance(part, str))
    return content if isinstance(content, str) else ""


def _tokens(usage: object) -> dict[str, int]:
    found = {}
    for name in ("prompt", "completion"):
        count = usage.get(f"{name}_tokens") if isinstance(usage, dict) else None
        if isinstance(count, int) and not isinstance(count, bool) and 0 <= count < 1 << 40:
            found[name] = count
    return found
