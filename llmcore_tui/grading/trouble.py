"""What went wrong between this program and a model's server: a line for people, and whether to try again.

Nothing of it repeats the key, not even where the server does.
"""

from __future__ import annotations

import re
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from socket import gaierror
from typing import TYPE_CHECKING

from llmcore_tui.errors import MarkerError
from llmcore_tui.grading.quoting import clean

if TYPE_CHECKING:
    from llmcore_tui.grading.server import ModelServer

_LONGEST_SAID = 200
_NO_CREDIT = "insufficient_quota"
_BEARER = re.compile(r"(bearer[\s:]+)\S+", re.IGNORECASE)
_FORMAT = re.compile(r"response.?format|json.?schema|json.?object|guided|grammar|structured", re.IGNORECASE)
_TEMPERATURE = re.compile(r"temperature", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Refusal:
    """A reply with a status that is no success."""

    status: int
    body: object
    """Its JSON, or its text."""
    headers: Mapping[str, str]
    code: str | None = None
    """What OpenAI's server calls the error."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """One failed request."""

    error: MarkerError
    is_passing: bool = False
    """Whether the same request may succeed a little later."""
    wait_seconds: float | None = None
    """How long the server asks to wait."""
    refuses_format: bool = False
    """Whether the server may take the request without its response format."""
    refuses_temperature: bool = False


def timed_out(server: ModelServer, seconds: float) -> Trouble:
    """No whole reply within the time."""
    limit = f"{seconds:.3g}"
    return Trouble(
        MarkerError(
            f"{server.host} did not answer within {limit} s",
            f"{server.host} 在 {limit} 秒内没有回复",
            "A slow model needs a higher llm_seconds.",
            "模型较慢时请调大 llm_seconds。",
        )
    )


def of_connection(raised: Exception, server: ModelServer) -> Trouble:
    """No connection, or one that ended before the reply did."""
    host, causes = server.host, list(_causes(raised))
    if any(isinstance(cause, ConnectionRefusedError) for cause in causes):
        en, zh = f"nothing answers at {host}: connection refused", f"{host} 拒绝连接"
    elif any(isinstance(cause, gaierror) for cause in causes):
        en, zh = f"there is no machine called {host}", f"找不到主机 {host}"
    elif any(isinstance(cause, ssl.SSLError) for cause in causes):
        en, zh = f"there is no secure connection to {host}", f"无法与 {host} 建立安全连接"
    else:
        en, zh = f"the connection to {host} failed", f"与 {host} 的连接失败"
    hint, hint_zh = "Is it running, and is llm_base_url right?", "请确认服务已启动、llm_base_url 无误。"
    return Trouble(MarkerError(en, zh, hint, hint_zh), is_passing=True)


def of_status(refusal: Refusal, server: ModelServer, now: datetime) -> Trouble:
    """A reply that is an error."""
    status, said = refusal.status, _said(refusal.body, server)
    is_about_format = bool(_FORMAT.search(said))
    if status in (408, 425, 429) or status >= 500:
        is_passing = refusal.code != _NO_CREDIT and not (status >= 500 and is_about_format)
        wait = _wait_seconds(refusal.headers.get("retry-after", ""), now)
        return Trouble(_later(refusal, server), is_passing, wait, status >= 500 and is_about_format)
    return Trouble(
        _never(status, said, server),
        refuses_format=status == 400 or (status in (404, 422) and is_about_format),
        refuses_temperature=status in (400, 422) and bool(_TEMPERATURE.search(said)),
    )


def _later(refusal: Refusal, server: ModelServer) -> MarkerError:
    """What a server that is busy or broken is told as."""
    status, host = refusal.status, server.host
    if refusal.code == _NO_CREDIT:
        return MarkerError(f"the credit at {host} is used up ({status})", f"{host} 的额度已用完（{status}）")
    if status == 429:
        return MarkerError(f"{host} is busy (429)", f"{host} 请求过多（429）")
    return MarkerError(f"{host} failed ({status})", f"{host} 出错（{status}）")


def _never(status: int, said: str, server: ModelServer) -> MarkerError:
    """What a server that would refuse the same request again is told as."""
    host, model = server.host, server.model
    if status == 401 and server.key:
        hints = "Check llm_key.", "请检查 llm_key。"
        return MarkerError(f"{host} refuses the key (401)", f"{host} 不接受这个密钥（401）", *hints)
    if status == 401:
        hints = "Set llm_key, or OPENAI_API_KEY.", "请设置 llm_key 或环境变量 OPENAI_API_KEY。"
        return MarkerError(f"{host} wants a key (401)", f"{host} 需要密钥（401）", *hints)
    if status == 403:
        hints = "May this llm_key use this model?", "请确认 llm_key 有权使用这个模型。"
        return MarkerError(f"{host} does not allow this (403)", f"{host} 拒绝访问（403）", *hints)
    if status == 404:
        hints = (
            "Check llm_model and llm_base_url, which mostly ends in /v1.",
            "请检查 llm_model 和 llm_base_url（一般以 /v1 结尾）。",
        )
        return MarkerError(f"{host} has no {model} (404)", f"{host} 上没有 {model}（404）", *hints)
    if 300 <= status < 400:
        hints = "Check llm_base_url.", "请检查 llm_base_url。"
        return MarkerError(f"{host} sends elsewhere ({status})", f"{host} 要求跳转（{status}）", *hints)
    words = f": {said.rstrip('.')}" if said else ""
    return MarkerError(
        f"{host} refuses the request ({status}){words}", f"{host} 拒绝了请求（{status}）{words}"
    )


def _said(body: object, server: ModelServer) -> str:
    """What the server says of it, on one line and short; nothing of a web page."""
    inner = body.get("error", body) if isinstance(body, Mapping) else body
    if isinstance(inner, Mapping):
        inner = next((inner[key] for key in ("message", "detail", "error") if key in inner), "")
    text = inner if isinstance(inner, str) else "" if inner is None else str(inner)
    if text.lstrip().startswith("<"):
        return ""
    text = " ".join(clean(_BEARER.sub(r"\1…", server.without_key(text))).split())
    return text if len(text) <= _LONGEST_SAID else f"{text[: _LONGEST_SAID - 1]}…"


def _wait_seconds(retry_after: str, now: datetime) -> float | None:
    """Retry-After in seconds, which is a number or a date; None without one that can be read."""
    try:
        return max(0.0, float(retry_after)) if retry_after else None
    except ValueError:
        pass
    try:
        until = parsedate_to_datetime(retry_after)
    except ValueError:
        return None
    return max(0.0, (until.replace(tzinfo=until.tzinfo or UTC) - now).total_seconds())


def _causes(raised: BaseException | None) -> list[BaseException]:
    """The error with those it came from."""
    found: list[BaseException] = []
    while raised is not None and raised not in found:
        found.append(raised)
        raised = raised.__cause__ or raised.__context__
    return found
