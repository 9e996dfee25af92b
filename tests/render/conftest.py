"""Properties are tried without a time limit for each example: the first one may import a library."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("render", deadline=None)
settings.load_profile("render")
