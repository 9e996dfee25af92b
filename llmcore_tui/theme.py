"""The two themes of the program: one accent colour, everything else dim."""

from __future__ import annotations

from textual.theme import Theme

DARK = Theme(
    name="llmcore",
    primary="#4fb3a5",
    secondary="#8aa4b8",
    accent="#4fb3a5",
    warning="#d9a441",
    error="#e06c75",
    success="#7fb069",
    foreground="#d8dee4",
    background="#0f1317",
    surface="#151a20",
    panel="#1c232b",
    dark=True,
    variables={"input-cursor-background": "#4fb3a5", "block-cursor-background": "#4fb3a5"},
)

LIGHT = Theme(
    name="llmcore-light",
    primary="#0f766e",
    secondary="#51687a",
    accent="#0f766e",
    warning="#9a6700",
    error="#b42335",
    success="#2f7d32",
    foreground="#1f2933",
    background="#fbfaf7",
    surface="#f3f1ec",
    panel="#e9e6df",
    dark=False,
)

THEMES = (DARK, LIGHT)
