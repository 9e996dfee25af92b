"""The versions on which a demo's numbers depend, read without importing the libraries."""

from __future__ import annotations

import functools
import platform
from importlib import metadata

LIBRARIES = ("torch", "numpy", "gymnasium")


@functools.cache
def versions() -> dict[str, str]:
    """Python's version and those of the numeric libraries that are installed."""
    found = {"python": platform.python_version()}
    for library in LIBRARIES:
        try:
            found[library] = metadata.version(library)
        except metadata.PackageNotFoundError:
            continue
    return found
