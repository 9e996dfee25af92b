"""The connection: what is sent, what is tried again and when, what is remembered, and that it always ends in time."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime
from typing import Any

import pytest

from llmcore_tui.errors import MarkerError
from llmcore_tui.grading.client import Answered, Connection, Pace, Shape
from llmcore_tui.grading.prompt import Message
from llmcore_tui.grading.server import ModelServer, of_settings
from tests.grading.on_a_server import KEY, Waits, connection
from tests.grading.scripted_server import (
    SCRIPTS,
    Request,
    Response,
    Script,
    ScriptedServer,
    as_json,
    chat,
    failed,
    unused_port,
)

MESSAGES: list[Message] = [{"role": "user", "content": "Say {}."}]
SCHEMA = {"type": "object", "properties": {}, "required": [], "additionalProperties": False}


def ask(asked: Connection) -> Answered:
    return asked.ask(MESSAGES, SCHEMA, asked.pace.clock() + 100_000)


def refused(asked: Connection) -> MarkerError:
    with pytest.raises(MarkerError) as raised:
        ask(asked)
    return raised.value


def plain(_: Request) -> Response:
    return chat("{}")


def by_format(*refuses: str, status: int = 400, message: str = "no") -> Script:
    return lambda request: failed(status, message) if request.format in refuses else plain(request)


def test_a_request_says_model_schema_and_no_chance() -> None:
    with ScriptedServer(plain) as server:
        answered = ask(connection(server.base_url))
    assert answered == Answered("{}", "scripted-1", {"prompt": 700, "completion": 90})
    assert 0 < answered.seconds < 10
    (request,) = server.requests
    assert request.path == "/v1/chat/completions"
    assert request.headers["authorization"] == f"Bearer {KEY}"
    named = {"name": "marking", "strict": True, "schema": SCHEMA}
    assert request.body == {
        "model": "test-model",
        "messages": MESSAGES,
        "temperature": 0,
        "response_format": {"type": "json_schema", "json_schema": named},
    }


def test_a_local_server_needs_no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    monkeypatch.setenv("OPENAI_ADMIN_KEY", KEY)
    with ScriptedServer(plain) as server:
        ask(connection(server.base_url, key=""))
    assert server.requests[0].headers["authorization"] == "Bearer none"


def test_a_server_on_this_machine_is_asked_without_a_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{unused_port()}")
    with ScriptedServer(plain) as server:
        assert ask(connection(server.base_url)).text == "{}"


def test_a_proxy_that_cannot_be_is_told_and_no_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALL_PROXY", "nonsense://")
    asked = Connection(ModelServer("http://example.invalid/v1", "m", KEY, 5, 0), Waits().pace)
    assert "the connection to example.invalid failed" in refused(asked).en


class TestFormat:
    @pytest.mark.parametrize(
        ("script", "shape", "formats"),
        [
            (plain, Shape.SCHEMA, ["json_schema"]),
            (by_format("json_schema"), Shape.OBJECT, ["json_schema", "json_object"]),
            (by_format("json_schema", "json_object"), Shape.TEXT, ["json_schema", "json_object", "text"]),
            (by_format("json_schema", status=422, message="response_format"), Shape.OBJECT, ["json_schema", "json_object"]),
            (by_format("json_schema", status=404, message="no json_schema here"), Shape.OBJECT, ["json_schema", "json_object"]),
            (by_format("json_schema", status=500, message="bad grammar"), Shape.OBJECT, ["json_schema", "json_object"]),
        ],
    )  # fmt: skip
    def test_what_a_server_refuses_is_asked_for_less_strictly_and_remembered(
        self, script: Script, shape: Shape, formats: list[str]
    ) -> None:
        with ScriptedServer(script) as server:
            asked = connection(server.base_url)
            ask(asked)
            ask(asked)
        assert asked.shape is shape
        assert [request.format for request in server.requests] == [*formats, shape]

    def test_a_request_that_is_refused_in_every_format_is_not_remembered(self) -> None:
        with ScriptedServer(lambda _: failed(400, "the context is too long.")) as server:
            asked = connection(server.base_url)
            error = refused(asked)
        assert error.en.endswith("refuses the request (400): the context is too long")
        assert len(server.requests) == 3
        assert asked.shape is Shape.SCHEMA

    @pytest.mark.parametrize("status", [401, 403, 404, 422])
    def test_a_refusal_of_something_else_is_final(self, status: int) -> None:
        with ScriptedServer(lambda _: failed(status, "no such thing")) as server:
            refused(connection(server.base_url))
        assert len(server.requests) == 1

    def test_a_model_without_a_temperature_is_asked_without_one_from_then_on(self) -> None:
        with ScriptedServer(
            lambda request: (
                failed(400, "temperature: 1 only") if "temperature" in request.body else chat("{}")
            )
        ) as server:
            asked = connection(server.base_url)
            ask(asked)
            ask(asked)
        assert ["temperature" in request.body for request in server.requests] == [True, False, False]
        assert asked.shape is Shape.SCHEMA


class TestTries:
    @pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504])
    def test_what_passes_is_tried_again_after_longer_and_longer(self, status: int) -> None:
        waits = Waits()
        with ScriptedServer(
            lambda _: failed(status, "later"), lambda _: failed(status, "later"), plain
        ) as server:
            assert ask(connection(server.base_url, waits.pace)).text == "{}"
        assert waits.seconds == [0.5, 1.0]

    def test_chance_spreads_the_waits_to_at_most_the_double(self) -> None:
        waits = Waits(chance=0.999)
        with ScriptedServer("fails") as server:
            refused(connection(server.base_url, waits.pace))
        assert waits.seconds == [pytest.approx(0.9995), pytest.approx(1.999)]
        assert len(server.requests) == 3

    def test_no_more_than_the_tries_that_are_set(self) -> None:
        with ScriptedServer("busy") as server:
            refused(Connection(ModelServer(server.base_url, "m", KEY, 20, 0), Waits().pace))
        assert len(server.requests) == 1

    @pytest.mark.parametrize(
        ("header", "waited"),
        [
            ("2", [2.0]),
            ("0.25", [0.25]),
            ("0", [0.0]),
            ("-5", [0.0]),
            ("nan", [0.0]),
            ("Sun, 22 Nov 2026 12:00:07 GMT", [7.0]),
            ("Sun, 22 Nov 2026 11:00:00 GMT", [0.0]),
            ("soon", [0.5]),
            ("30", [30.0]),
            ("31", []),
            ("3600", []),
            ("inf", []),
            ("Sun, 22 Nov 2026 13:00:00 GMT", []),
        ],
    )
    def test_the_server_says_how_long_to_wait_within_bounds(self, header: str, waited: list[float]) -> None:
        waits = Waits()
        pace = Pace(
            sleep=waits.seconds.append, chance=lambda: 0.0, now=lambda: datetime(2026, 11, 22, 12, tzinfo=UTC)
        )
        with ScriptedServer(lambda _: failed(429, "later", Retry_After=header), plain) as server:
            asked = connection(server.base_url, pace)
            if waited:
                ask(asked)
            else:
                assert "is busy" in refused(asked).en
        assert waits.seconds == waited

    def test_no_wait_goes_beyond_the_end(self) -> None:
        waits = Waits()
        with ScriptedServer(lambda _: failed(503, "later", Retry_After="20")) as server:
            asked = connection(server.base_url, waits.pace)
            with pytest.raises(MarkerError):
                asked.ask(MESSAGES, SCHEMA, asked.pace.clock() + 10)
        assert waits.seconds == []

    def test_a_refused_connection_is_tried_again(self) -> None:
        waits = Waits()
        refused(connection(f"http://127.0.0.1:{unused_port()}/v1", waits.pace))
        assert waits.seconds == [0.5, 1.0]

    def test_used_up_credit_is_not(self) -> None:
        with ScriptedServer("no-credit") as server:
            refused(connection(server.base_url))
        assert len(server.requests) == 1


class TestTime:
    @pytest.mark.parametrize("script", ["hangs", "drips", "drips-head"])
    def test_a_request_ends_in_time_and_leaves_no_thread_behind(self, script: str) -> None:
        with ScriptedServer(plain) as server:
            ask(connection(server.base_url))  # imports
        with ScriptedServer(script) as server:
            begun = time.monotonic()
            error = refused(connection(server.base_url, seconds=0.4))
            took = time.monotonic() - begun
            assert len(server.requests) == 1
            assert "did not answer within 0.4 s" in error.en
            assert 0.4 <= took < 3
            for thread in threading.enumerate():
                if thread.name == "llmcore-model":
                    thread.join(3)
                    assert not thread.is_alive()

    def test_when_all_must_be_over_nothing_more_is_sent(self) -> None:
        with ScriptedServer(plain) as server:
            asked = connection(server.base_url)
            with pytest.raises(MarkerError, match="did not answer"):
                asked.ask(MESSAGES, SCHEMA, asked.pace.clock())
        assert server.requests == []


class TestReply:
    @pytest.mark.parametrize(
        ("response", "words"),
        [
            (as_json({"choices": []}), "without an answer"),
            (as_json({"choices": None}), "without an answer"),
            (as_json({"choices": ["text"]}), "without an answer"),
            (as_json({"choices": [{"message": None}]}), "said nothing"),
            (as_json({"choices": [{"message": {"content": {"a": 1}}}]}), "said nothing"),
            (as_json({"choices": [{"message": {"content": " \n"}}]}), "said nothing"),
            (as_json({"choices": [{"finish_reason": "content_filter", "message": {"content": "{}"}}]}), "refuses"),
            (chat("{}", refusal="I would rather not."), "refuses"),
            (as_json("just a text"), "without an answer"),
            (Response(b""), "no model's reply"),
            (Response(b"\xff\xfe{}"), "no model's reply"),
            (Response(b"[" * 100_000), "no model's reply"),
            (Response(b'{"choices": ' + b"9" * 5000 + b"}"), "no model's reply"),
        ],
    )  # fmt: skip
    def test_what_is_no_reply_is_said_in_one_line(self, response: Response, words: str) -> None:
        with ScriptedServer(lambda _: response) as server:
            error = refused(connection(server.base_url))
        assert words in error.en
        assert error.zh
        assert "\n" not in error.en + error.zh + error.hint + error.hint_zh

    @pytest.mark.parametrize(
        "usage", [None, [], {"prompt_tokens": "7"}, {"prompt_tokens": -1}, {"prompt_tokens": 1e300}, {"prompt_tokens": True}]
    )  # fmt: skip
    def test_tokens_that_are_no_numbers_are_left_out(self, usage: Any) -> None:
        body = {"choices": [{"message": {"content": "{}"}}], "usage": usage, "model": 7}
        with ScriptedServer(lambda _: as_json(body)) as server:
            assert ask(connection(server.base_url)) == Answered("{}")

    def test_nothing_unseen_reaches_us(self) -> None:
        with ScriptedServer(lambda _: chat("{\0}\ud800\u202e\x1b[31m")) as server:
            assert ask(connection(server.base_url)).text == "{}[31m"


class TestErrors:
    def test_what_the_server_says_is_repeated_short_and_without_its_page(self) -> None:
        long = {"detail": f"line one\n\x1b[31mline two {'x' * 1000}"}
        with ScriptedServer(lambda _: as_json(long, 422)) as server:
            error = refused(connection(server.base_url))
        assert "(422): line one [31mline two xxx" in error.en
        assert len(error.en) < 300
        with ScriptedServer(lambda _: Response(b"<html>secret</html>", 418)) as server:
            assert refused(connection(server.base_url)).en.endswith("refuses the request (418)")

    @pytest.mark.parametrize(
        "script", [name for name in SCRIPTS if name.startswith("echoes-") and name != "echoes-200"]
    )
    def test_a_key_that_the_server_repeats_is_taken_out(self, script: str) -> None:
        with ScriptedServer(script) as server:
            error = refused(connection(server.base_url))
        assert (
            KEY
            not in f"{error} {error.zh} {error!r} {error.__dict__} {error.__cause__!r} {error.__context__!r}"
        )

    def test_any_bearer_is_taken_out(self) -> None:
        with ScriptedServer(
            lambda _: failed(400, "got Authorization: Bearer another-key-of-yours, sorry")
        ) as server:
            assert "got Authorization: Bearer … sorry" in refused(connection(server.base_url)).en

    def test_a_host_that_does_not_exist_is_named(self) -> None:
        asked = Connection(ModelServer("http://no-such-host.invalid:80/v1", "m", KEY, 10, 0), Waits().pace)
        assert "no-such-host.invalid:80" in refused(asked).en

    def test_a_server_that_speaks_no_tls_is_told(self) -> None:
        with ScriptedServer(plain) as server:
            asked = connection(server.base_url.replace("http:", "https:"))
            assert "there is no secure connection to 127.0.0.1" in refused(asked).en

    def test_a_redirection_is_not_followed(self) -> None:
        with (
            ScriptedServer(plain) as other,
            ScriptedServer(
                lambda _: Response(b"", 307, {"Location": f"{other.base_url}/chat/completions"})
            ) as server,
        ):
            assert "sends elsewhere (307)" in refused(connection(server.base_url)).en
        assert other.requests == []


class TestModelServer:
    def test_the_host_is_named_without_path_user_and_password(self) -> None:
        assert ModelServer("https://me:secret@example.org:8443/v1?x=y", "m").host == "example.org:8443"

    def test_its_key_is_not_in_its_text(self) -> None:
        assert KEY not in repr(ModelServer("http://localhost/v1", "m", KEY))

    @pytest.mark.parametrize("key", ["", "x", "none"])
    def test_a_key_that_is_no_secret_is_not_taken_out_of_texts(self, key: str) -> None:
        assert ModelServer("http://localhost/v1", "m", key).without_key("x is none") == "x is none"

    def test_openais_own_server_is_asked_only_with_a_key(self) -> None:
        from llmcore_tui.config import Config

        assert of_settings(Config(llm_model="m", llm_key=KEY)).host == "api.openai.com"
        with pytest.raises(MarkerError, match="No server is set"):
            of_settings(Config(llm_model="m"))
        with pytest.raises(MarkerError, match="No model is set"):
            of_settings(Config(llm_base_url="http://localhost/v1"))
