"""One HTML file that needs nothing else: its style within, no script, no request."""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path

from llmcore_tui.content.bilingual import Language

_LANG = {"en": "en", "zh": "zh-Hans"}


def page(marker: str, title: str, body: str, language: Language, *styles: Path) -> str:
    """The file: `title` and `body` are HTML by now; `styles` are added to that of the brief."""
    files = (Path(__file__).with_name("brief.css"), *styles)
    style = "".join(file.read_text(encoding="utf-8") for file in files)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return f"""{marker}
<!doctype html>
<html lang="{_LANG[language]}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
{body}
</body>
</html>
"""
