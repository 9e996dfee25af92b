"""Which marker marks: the offline one, or a model with the offline one behind it."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from llmcore_tui.errors import MarkerError

if TYPE_CHECKING:
    from llmcore_tui.config import Config, MarkerName
    from llmcore_tui.grading.llm import LlmMarker
    from llmcore_tui.grading.mark import Marker
    from llmcore_tui.grading.server import ModelServer


def marker(name: MarkerName, config: Config) -> Marker:
    """The marker of that name. Where no model is set, the one called `llm` marks offline and says why."""
    from llmcore_tui.grading.offline import OfflineMarker

    if name == "offline":
        return OfflineMarker()
    from llmcore_tui.grading.llm import NoModel
    from llmcore_tui.grading.server import of_settings

    try:
        server = of_settings(config)
    except MarkerError as error:
        return NoModel(OfflineMarker(), error)
    return _by_model(server)


@lru_cache(maxsize=4)
def _by_model(server: ModelServer) -> LlmMarker:
    """One for each server in a session, since it remembers what the server takes."""
    from llmcore_tui.grading.client import Connection
    from llmcore_tui.grading.llm import LlmMarker
    from llmcore_tui.grading.offline import OfflineMarker

    return LlmMarker(Connection(server), OfflineMarker())
