"""One page in a headless Chromium, asked over its debugging pipe: what it fetched, said, measures and looks like.

The pipe is the browser's own protocol (https://chromedevtools.github.io/devtools-protocol/): JSON ended by a zero
byte, read from descriptor 3 and written to 4. What it evaluates is not held to the page's content security policy.
"""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from fcntl import F_DUPFD, fcntl
from pathlib import Path
from typing import Any

FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--hide-scrollbars",
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--remote-debugging-pipe",
]
_ON_3_AND_4 = "import os, sys; os.dup2(int(sys.argv[1]), 3); os.dup2(int(sys.argv[2]), 4); os.execv(sys.argv[3], sys.argv[3:])"


class Tab:
    """A page, as the debugging protocol shows it."""

    def __init__(self, asked: int, answered: int) -> None:
        self._asked, self._answered = asked, answered
        self._rest = b""
        self._number = 0
        self._session: dict[str, str] = {}
        self.events: list[dict[str, Any]] = []
        target = self.ask("Target.createTarget", url="about:blank")["targetId"]
        session = self.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        self._session = {"sessionId": session}
        for domain in ("Page", "Network", "Log", "Runtime"):
            self.ask(f"{domain}.enable")

    def ask(self, method: str, **params: Any) -> dict[str, Any]:
        """Call a method of the protocol and give its answer; events that come before it are kept."""
        self._number += 1
        question = {"id": self._number, "method": method, "params": params} | self._session
        os.write(self._asked, json.dumps(question).encode() + b"\0")
        while (message := self._read()).get("id") != self._number:
            self.events.append(message)
        assert "error" not in message, f"{method}: {message['error']}"
        answer: dict[str, Any] = message["result"]
        return answer

    def open(self, file: Path, *, width: int, dark: bool = False) -> None:
        """Show a file and wait until it is loaded."""
        self.ask(
            "Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=False
        )
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.ask("Emulation.setEmulatedMedia", features=[scheme])
        self.events.clear()
        self.ask("Page.navigate", url=file.as_uri())
        while not self._of("Page.loadEventFired"):
            self.events.append(self._read())
        self.value("document.fonts.ready.then(() => true)")

    def value(self, expression: str) -> Any:
        """What a JavaScript expression gives in the page."""
        answer = self.ask("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    def requests(self) -> list[str]:
        """The addresses the page asked for since it was opened."""
        return [event["request"]["url"] for event in self._of("Network.requestWillBeSent")]

    def complaints(self) -> list[str]:
        """What the browser wrote to the console: blocked content, broken markup."""
        return [event["entry"]["text"] for event in self._of("Log.entryAdded")]

    def picture(self) -> bytes:
        """The whole page as PNG."""
        answer = self.ask("Page.captureScreenshot", format="png", captureBeyondViewport=True)
        return base64.b64decode(answer["data"])

    def _of(self, method: str) -> list[dict[str, Any]]:
        return [event["params"] for event in self.events if event.get("method") == method]

    def _read(self) -> dict[str, Any]:
        while b"\0" not in self._rest:
            chunk = os.read(self._answered, 1 << 16)
            assert chunk, "Chromium ended before it answered."
            self._rest += chunk
        message, _, self._rest = self._rest.partition(b"\0")
        parsed: dict[str, Any] = json.loads(message)
        return parsed


@contextmanager
def chromium(folder: Path) -> Iterator[Tab]:
    """A tab of a browser that lives as long as the `with`; its profile and what it logs go to `folder`."""
    program = shutil.which("chromium")
    assert program, "The long tests open the HTML brief in Chromium: apt-get install chromium."
    asked, answered = os.pipe(), os.pipe()
    # Numbers out of the way of 3 and 4, which they become.
    theirs = [fcntl(end, F_DUPFD, 10) for end in (asked[0], answered[1])]
    with (folder / "chromium.log").open("wb") as log:
        browser = subprocess.Popen(
            [
                sys.executable,
                "-c",
                _ON_3_AND_4,
                *map(str, theirs),
                program,
                *FLAGS,
                f"--user-data-dir={folder}",
            ],
            pass_fds=theirs,
            stdout=log,
            stderr=log,
        )
    for end in (*theirs, asked[0], answered[1]):
        os.close(end)
    try:
        yield Tab(asked[1], answered[0])
    finally:
        os.close(asked[1])
        browser.terminate()
        browser.wait(timeout=30)
        os.close(answered[0])
