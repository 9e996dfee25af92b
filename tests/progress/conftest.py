"""Most tests of the log need not wait for the disk."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, settings

from llmcore_progress import connection

# a busy computer is no failure of the log
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")


@pytest.fixture
def durable() -> None:
    """Asked for by a test that holds the log to its word: every commit is on the disk."""


@pytest.fixture(autouse=True)
def without_waiting_for_the_disk(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything as it is but the fsync, unless `durable` is asked for."""
    if "durable" not in request.fixturenames:
        hurried = connection._PRAGMAS.replace("synchronous = FULL", "synchronous = OFF")
        assert hurried != connection._PRAGMAS
        monkeypatch.setattr(connection, "_PRAGMAS", hurried)
