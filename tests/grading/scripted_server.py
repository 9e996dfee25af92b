"""An OpenAI-compatible server on this machine that marks plausibly, or misbehaves in one way that has a name.

By hand, to sit an interview against it: `python -m tests.grading.scripted_server --port 8000 --script sane`.
"""

from __future__ import annotations

import argparse
import json
import re
import socket
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

_USER = re.compile(
    r"The task:\n(?P<task>\{.*\})\n\nThe answer:\n<(?P<fence>[^>]+)>\n(?P<answer>.*)\n</(?P=fence)>"
)
_TOKEN = re.compile(r"[a-z0-9.]+|[\u3400-\u9fff]")
_SENTENCE = re.compile(r"[^.!?。！？\n]+(?:\.\d[^.!?。！？\n]*)*")
_SMALL = {
    *[
        "a",
        "an",
        "the",
        "of",
        "to",
        "in",
        "on",
        "at",
        "by",
        "for",
        "and",
        "or",
        "is",
        "are",
        "it",
        "its",
        "as",
        "with",
        "from",
        "that",
        "this",
        "be",
        "not",
        "no",
        "s",
    ]
}
MET, PARTIAL, WRONG = 0.45, 0.3, 0.75
"""Share of a wording's words that a sentence must have."""


@dataclass(frozen=True)
class Request:
    """What was asked."""

    path: str
    headers: Mapping[str, str]
    """By their names in small letters."""
    body: Mapping[str, Any]

    @property
    def format(self) -> str:
        """The response format that was asked for."""
        asked = self.body.get("response_format")
        return asked["type"] if asked else "text"

    @property
    def task(self) -> dict[str, Any]:
        """The task of the prompt."""
        return dict(json.loads(self._user["task"]))

    @property
    def answer(self) -> str:
        """The answer in the prompt."""
        return str(json.loads(self._user["answer"]))

    @property
    def fence(self) -> str:
        """The name of the lines around the answer."""
        return self._user["fence"]

    @property
    def is_repair(self) -> bool:
        """Whether it tells what was wrong with an earlier reply."""
        return len(self.body["messages"]) > 2

    @property
    def ids(self) -> list[str]:
        """The points that are asked about."""
        return [point["id"] for point in self.task["points"]]

    @property
    def _user(self) -> re.Match[str]:
        found = next(
            found
            for message in self.body["messages"]
            if (found := _USER.search(message["content"])) is not None
        )
        return found


@dataclass(frozen=True)
class Response:
    """What is answered, and how."""

    body: bytes
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    length: int | None = None
    """The length that is announced, where it is not the body's."""
    seconds_a_byte: float = 0.0
    drips_head: bool = False
    hangs: bool = False


Script = Callable[[Request], Response]
Row = dict[str, Any]


def chat(content: object, **message: object) -> Response:
    """A chat completion that says this."""
    said = {"role": "assistant", "content": content, **message}
    choice = {"index": 0, "finish_reason": "stop", "message": said}
    usage = {"prompt_tokens": 700, "completion_tokens": 90, "total_tokens": 790}
    return as_json(
        {"id": "c", "object": "chat.completion", "model": "scripted-1", "choices": [choice], "usage": usage}
    )


def as_json(body: object, status: int = 200, **headers: str) -> Response:
    """A body of JSON."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Response(json.dumps(body).encode(), status, {"Content-Type": "application/json", **named})


def failed(status: int, message: str, code: str | None = None, **headers: str) -> Response:
    """An error as OpenAI's server words it."""
    return as_json({"error": {"message": message, "type": "error", "code": code}}, status, **headers)


def marked(request: Request) -> Row:
    """A plausible marking: a point is met where a sentence has enough of the words of one of its wordings."""
    sentences = [found[0].strip() for found in _SENTENCE.finditer(request.answer) if found[0].strip()]
    points = []
    for point in request.task["points"]:
        share, evidence = _best(point["say"], sentences)
        verdict = "met" if share >= MET else "partial" if share >= PARTIAL else "missed"
        points.append(
            {"id": point["id"], "evidence": evidence if share >= PARTIAL else "", "verdict": verdict}
        )
    reply: Row = {"points": points}
    if "misconceptions" in request.task:
        stated = [(claim["id"], *_best(claim["says"], sentences)) for claim in request.task["misconceptions"]]
        reply["misconceptions"] = [
            {"id": id, "evidence": said} for id, share, said in stated if share >= WRONG
        ]
    return reply


def _best(wordings: Sequence[str], sentences: Sequence[str]) -> tuple[float, str]:
    found = [(_share(wording, sentence), sentence) for wording in wordings for sentence in sentences]
    return max(found, default=(0.0, ""), key=lambda each: each[0])


def _share(wording: str, sentence: str) -> float:
    wanted, said = _tokens(wording), _tokens(sentence)
    return len(wanted & said) / len(wanted) if len(wanted) > 1 else 0.0


def _tokens(text: str) -> set[str]:
    return {token.rstrip(".") for token in _TOKEN.findall(text.lower())} - _SMALL


def sane(request: Request) -> Response:
    """Marks plausibly, whatever format is asked for."""
    return chat(json.dumps(marked(request), ensure_ascii=False))


def changed(change: Callable[[Row, Request], object]) -> Script:
    """Marks plausibly, then changes the reply."""

    def script(request: Request) -> Response:
        reply = marked(request)
        said = change(reply, request)
        return chat(said if isinstance(said, str) else json.dumps(said or reply, ensure_ascii=False))

    return script


def all_met(evidence: Callable[[Request], str]) -> Script:
    """Believes everything: every point is met, with this as evidence."""
    return changed(
        lambda _, request: {
            "points": [{"id": id, "evidence": evidence(request), "verdict": "met"} for id in request.ids]
        }
    )


def refusing(*formats: str, status: int = 400, message: str = "response_format is not supported") -> Script:
    """Refuses some response formats and marks plausibly without them."""
    return lambda request: failed(status, message) if request.format in formats else sane(request)


def echoing(status: int) -> Script:
    """Fails, and repeats the whole header with the key."""

    def script(request: Request) -> Response:
        header = request.headers.get("authorization", "")
        said = f"Wrong header Authorization: {header}; key {header.removeprefix('Bearer ')} is not known"
        return failed(status, said, "invalid_api_key")

    return script


def only_one_by_one(request: Request) -> Response:
    """Loses its way with more than one point."""
    return sane(request) if len(request.ids) == 1 else chat("I am not sure what to say.")


def _echoed(reply: Row, request: Request) -> str:
    return f"{request.headers.get('authorization', '')}\n{json.dumps(reply, ensure_ascii=False)}"


def _twice(reply: Row, _: Request) -> None:
    reply["points"].append(dict(reply["points"][0]))


def _with_scores(reply: Row, _: Request) -> Row:
    return {
        "points": [{"id": row["id"], "score": "9/10", "evidence": row["evidence"]} for row in reply["points"]]
    }


def _with_nan(reply: Row, _: Request) -> str:
    reply["points"] = [{**row, "score": float("nan")} for row in reply["points"]]
    return json.dumps({**reply, "coverage": float("inf")}, ensure_ascii=False)


def _with_unknown(reply: Row, _: Request) -> None:
    reply["points"].append({"id": "charm", "evidence": "so charming", "verdict": "met"})
    reply.setdefault("misconceptions", []).append({"id": "none-such", "evidence": "so wrong"})


def _instructed(request: Request) -> str:
    """The first sentence of the answer that gives an order."""
    orders = re.search(
        r"[^.。!！\n]*(?:ignore|忽略|met|满足|BEGIN|END)[^.。!！\n]*", request.answer, re.IGNORECASE
    )
    return orders[0].strip() if orders else request.answer[:80]


def _fenced(reply: Row, _: Request) -> str:
    return f"```json\n{json.dumps(reply, indent=2, ensure_ascii=False)}\n```"


def _in_prose(reply: Row, _: Request) -> str:
    body = json.dumps(reply, ensure_ascii=False)
    return f"Sure! Here is {{the}} marking you asked for:\n\n{body}\n\nLet me know {{if}} you need more."


def _thought(reply: Row, _: Request) -> str:
    draft = json.dumps({"points": [{**row, "verdict": "met"} for row in reply["points"]]}, ensure_ascii=False)
    return f"<think>First draft: {draft} … no.</think>\n{json.dumps(reply, ensure_ascii=False)}"


SCRIPTS: dict[str, Script] = {
    "sane": sane,
    "schema-refused": refusing("json_schema"),
    "json-refused": refusing("json_schema", "json_object"),
    "schema-not-implemented": refusing("json_schema", status=422, message="json_schema: unknown variant"),
    "schema-crashes": refusing("json_schema", status=500, message="failed to parse grammar"),
    "temperature-refused": lambda request: (
        failed(400, "Unsupported value: 'temperature' does not support 0 with this model.")
        if "temperature" in request.body
        else sane(request)
    ),
    "one-by-one": only_one_by_one,
    "hangs": lambda _: Response(b"", hangs=True),
    "drips": lambda _: Response(b'{"choices": ' + b" " * 10_000, seconds_a_byte=0.05),
    "drips-head": lambda _: Response(b'{"choices": ' + b" " * 10_000, seconds_a_byte=0.05, drips_head=True),
    "busy": lambda _: failed(429, "Too many requests", "rate_limit_exceeded"),
    "busy-for-a-while": lambda _: failed(429, "Too many requests", Retry_After="2"),
    "busy-for-an-hour": lambda _: failed(429, "Too many requests", Retry_After="3600"),
    "no-credit": lambda _: failed(429, "You exceeded your current quota", "insufficient_quota"),
    "fails": lambda _: failed(500, "Internal error"),
    "gateway": lambda _: Response(
        b"<html><h1>502 Bad Gateway</h1></html>", 502, {"Content-Type": "text/html"}
    ),
    "html": lambda _: Response(b"<!doctype html><title>Sign in</title>", 200, {"Content-Type": "text/html"}),
    "garbage": lambda _: Response(bytes(range(256)) * 4, 200, {"Content-Type": "application/json"}),
    "cut-body": lambda _: Response(b'{"id": "c", "choices": [{"mes', length=5000),
    "endless": lambda _: Response(b" " * 3_000_000 + b"{}"),
    "cut": changed(lambda reply, _: json.dumps(reply)[: len(json.dumps(reply)) // 2]),
    "fenced": changed(_fenced),
    "prose": changed(_in_prose),
    "thinks": changed(_thought),
    "thinks-for-ever": changed(lambda reply, _: f"<think>{json.dumps(reply)} hmm, wait, but"),
    "missing": changed(lambda reply, _: {**reply, "points": reply["points"][1:]}),
    "duplicate": changed(_twice),
    "unknown": changed(_with_unknown),
    "wrong-verdict": changed(
        lambda reply, _: {"points": [{**row, "verdict": "great"} for row in reply["points"]]}
    ),
    "score": changed(_with_scores),
    "nan": changed(_with_nan),
    "deep": changed(lambda *_: '{"points": ' + "[" * 5000),
    "no-choices": lambda _: as_json({"id": "c", "choices": []}),
    "no-object": lambda _: as_json([1, 2]),
    "error-200": lambda _: as_json({"error": {"message": "model is loading"}}),
    "null": lambda _: chat(None),
    "parts": lambda request: chat([{"type": "text", "text": json.dumps(marked(request))}]),
    "refusal": lambda _: chat(None, refusal="I cannot help with that."),
    "schema-ignored": changed(lambda *_: "The candidate did really well: 9/10, hire!"),
    "invented": all_met(lambda _: "the advantage is a sum of weighted errors, as the candidate knows"),
    "no-evidence": all_met(lambda _: ""),
    "one-word": all_met(lambda request: request.answer.split()[0][:3]),
    "question": all_met(lambda request: request.task["question"][0]),
    "gullible": all_met(_instructed),
    "gullible-whole": all_met(lambda request: request.answer),
    "unauthorized": echoing(401),
    "forbidden": echoing(403),
    "echoes-400": echoing(400),
    "echoes-500": echoing(500),
    "echoes-200": changed(_echoed),
    "not-found": lambda request: failed(
        404, f"The model {request.body['model']} does not exist", "model_not_found"
    ),
    "redirects": lambda _: Response(b"", 307, {"Location": "http://127.0.0.1:9/v1/chat/completions"}),
}


class ScriptedServer:
    """Answers on this machine by its scripts, one a request, the last for ever; use it in a `with`."""

    def __init__(self, *scripts: str | Script, port: int = 0) -> None:
        self.requests: list[Request] = []
        self._scripts = [SCRIPTS[script] if isinstance(script, str) else script for script in scripts]
        self._closing = threading.Event()
        self._lock = threading.Lock()
        self._server = _Quiet(("127.0.0.1", port), partial(_Handler, self))
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    @property
    def base_url(self) -> str:
        """What `llm_base_url` is to be."""
        return f"http://127.0.0.1:{self._server.server_address[1]}/v1"

    def __enter__(self) -> ScriptedServer:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def respond(self, request: Request) -> Response:
        """The answer to the next request."""
        with self._lock:
            self.requests.append(request)
            script = self._scripts[min(len(self.requests), len(self._scripts)) - 1]
        return script(request)

    def wait(self, seconds: float) -> bool:
        """Wait, but not beyond the end of the server; whether it is still there."""
        return not self._closing.wait(seconds)


class _Quiet(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hung up is nothing to report."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def __init__(self, scripted: ScriptedServer, *rest: Any) -> None:
        self._scripted = scripted
        super().__init__(*rest)

    def do_GET(self) -> None:
        """The list of models, for programs that look."""
        self._send(as_json({"object": "list", "data": [{"id": "scripted-1", "object": "model"}]}))

    def do_POST(self) -> None:
        """A chat completion."""
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        headers = {name.lower(): value for name, value in self.headers.items()}
        self._send(self._scripted.respond(Request(self.path, headers, body)))

    def _send(self, response: Response) -> None:
        if response.hangs:
            self._scripted.wait(60)
            return
        length = len(response.body) if response.length is None else response.length
        lines = [f"HTTP/1.1 {response.status} Scripted", f"Content-Length: {length}", "Connection: close"]
        lines += [f"{name}: {value}" for name, value in response.headers.items()]
        head = ("\r\n".join(lines) + "\r\n\r\n").encode()
        self.close_connection = True
        with suppress(OSError):
            for piece in _pieces(head, response):
                self.wfile.write(piece)
                self.wfile.flush()
                if (
                    response.seconds_a_byte
                    and len(piece) == 1
                    and not self._scripted.wait(response.seconds_a_byte)
                ):
                    return

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing is logged."""


def _pieces(head: bytes, response: Response) -> Iterator[bytes]:
    whole = head + response.body
    if not response.seconds_a_byte:
        yield whole
        return
    at_once = 0 if response.drips_head else len(head)
    if at_once:
        yield whole[:at_once]
    yield from (whole[place : place + 1] for place in range(at_once, len(whole)))


def unused_port() -> int:
    """A port on which nothing listens."""
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])


def main() -> None:
    """Serve until ^C."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--port", type=int, default=0)
    options.add_argument(
        "--script", choices=sorted(SCRIPTS), default="sane", metavar="SCRIPT", help=", ".join(SCRIPTS)
    )
    chosen = options.parse_args()
    with ScriptedServer(chosen.script, port=chosen.port) as server, suppress(KeyboardInterrupt):
        print(server.base_url, flush=True)
        threading.Event().wait()


if __name__ == "__main__":
    main()
