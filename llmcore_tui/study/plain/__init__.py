"""Studying line by line: what the screens show, in the same order, as lines of text; nothing moves, nothing is drawn."""
