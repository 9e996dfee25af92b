"""Which model marks, and where: what the settings say of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from llmcore_tui.errors import MarkerError

if TYPE_CHECKING:
    from llmcore_tui.config import Config

OF_OPENAI = "https://api.openai.com/v1"
_HERE = ("localhost", "127.0.0.1", "::1")
_SHORTEST_SECRET = 6
"""A shorter key (`x`, `none`) is one that a local server does not look at, and is part of any text."""


@dataclass(frozen=True, slots=True)
class ModelServer:
    """A model on an OpenAI-compatible server."""

    base_url: str
    model: str
    key: str = field(default="", repr=False)
    """Empty for a server that wants none."""
    seconds: float = 60
    """How long one request may take."""
    retries: int = 2

    @property
    def host(self) -> str:
        """Where it is, for people and for the log: without path, user or password."""
        return urlsplit(self.base_url).netloc.rpartition("@")[2]

    @property
    def is_here(self) -> bool:
        """Whether it runs on this machine, so that no proxy is asked."""
        return urlsplit(self.base_url).hostname in _HERE

    @property
    def is_encrypted(self) -> bool:
        """Whether it is asked over https."""
        return urlsplit(self.base_url).scheme == "https"

    def without_key(self, text: str) -> str:
        """A text from the server with the key taken out, which some servers repeat in what they say."""
        return text.replace(self.key, "…") if len(self.key) >= _SHORTEST_SECRET else text


def of_settings(config: Config) -> ModelServer:
    """The server that the settings name; MarkerError where they name none."""
    if not config.llm_model:
        command = "llmcore config set llm_model NAME"
        raise MarkerError("no model is set", "没有设置模型", f"Set one: {command}", f"请先设置：{command}")
    if not config.llm_base_url and not config.llm_key:
        command = "llmcore config set llm_base_url http://localhost:8000/v1"
        raise MarkerError(
            "no server is set for the model",
            "没有设置模型的服务器地址",
            f"Set one: {command}",
            f"请先设置：{command}",
        )
    return ModelServer(
        config.llm_base_url or OF_OPENAI,
        config.llm_model,
        config.llm_key,
        config.llm_seconds,
        config.llm_retries,
    )
