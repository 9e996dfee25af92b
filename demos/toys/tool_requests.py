"""Requests to three tools over a handful of words, their calls in JSON, and how they are laid out for a model.

Invariant: a right call follows from the request; the request itself and a tool's result can be foretold by nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

TOOLS: dict[str, tuple[tuple[str, str], ...]] = {
    "add": (("a", "number"), ("b", "number")),
    "weather": (("city", "city"),),
    "alarm": (("hour", "number"), ("city", "city")),
}
"""Each tool's arguments in order, and their types."""
CITIES = ("Oslo", "Rome", "Lima", "Cairo", "Delhi", "Quito")
COUNTS = tuple(str(n) for n in range(10))
"""Whole numbers, a token each."""
VERBS = {
    "add": ("sum", "plus"),
    "weather": ("sky", "forecast"),
    "alarm": ("wake", "ring"),
    "": ("hello", "thanks"),
}
FILLER = ("please", "now", "maybe", "so", "well")
MARKS = ("<pad>", "<user>", "<assistant>", "<tool>", "<end>")
OPEN, ARGUMENTS, CLOSE = '{"name":"', '","args":{', "}}"
KEYS = {"a": '"a":', "b": '"b":', "hour": '"hour":', "city": '"city":"'}
WORDS = (
    *MARKS,
    *COUNTS,
    *CITIES,
    *(w for words in VERBS.values() for w in words),
    *FILLER,
    "and",
    *TOOLS,
    OPEN,
    ARGUMENTS,
    *KEYS.values(),
    ",",
    CLOSE,
    '"}}',
    "ok",
)
ID = {word: i for i, word in enumerate(WORDS)}
PAD, USER, ASSISTANT, TOOL, END = range(5)
REQUEST = 6
"""Words of a request; filler makes up for what is missing."""
PROMPT = REQUEST + 2
LONGEST = PROMPT + 14


@dataclass(frozen=True, slots=True)
class Example:
    """A request, the right reply in tokens with its <end>, and the call itself; `tool` is empty where none is needed."""

    request: list[int]
    reply: list[int]
    tool: str
    arguments: dict[str, int | str]


def written(tool: str, arguments: dict[str, int | str]) -> list[int]:
    """The tokens of a call in JSON, without spaces: `{"name":"add","args":{"a":3,"b":4}}`."""
    tokens = [OPEN, tool, ARGUMENTS]
    for i, (key, _) in enumerate(TOOLS[tool]):
        tokens += [*([","] if i else []), KEYS[key]]
        tokens.append(str(arguments[key]))
    tokens.append('"}}' if TOOLS[tool][-1][1] == "city" else CLOSE)
    return [ID[t] for t in tokens]


def draw(generator: torch.Generator, tool: str | None = None) -> Example:
    """A request for a tool, or for none one time in five, padded with filler words, and its right reply."""

    def pick(n: int) -> int:
        return int(torch.randint(n, (1,), generator=generator))

    if tool is None:
        tool = "" if pick(5) == 0 else tuple(TOOLS)[pick(len(TOOLS))]
    arguments: dict[str, int | str] = {}
    words = [VERBS[tool][pick(2)]]
    for i, (key, kind) in enumerate(TOOLS.get(tool, ())):
        arguments[key] = pick(len(COUNTS)) if kind == "number" else CITIES[pick(len(CITIES))]
        words += ["and"] if i and kind == "number" else []
        words.append(str(arguments[key]))
    before = pick(REQUEST - len(words) + 1)
    filler = [FILLER[pick(len(FILLER))] for _ in range(REQUEST - len(words))]
    request = [ID[w] for w in (*filler[:before], *words, *filler[before:])]
    return Example(request, [*(written(tool, arguments) if tool else [ID["ok"]]), END], tool, arguments)


@dataclass(frozen=True, slots=True)
class Rows:
    """Conversations for the model, all (rows, time)."""

    ids: Tensor
    reply: Tensor
    """True at the assistant's tokens."""
    real: Tensor
    """True where there is no padding."""


def lay_out(examples: list[Example], generator: torch.Generator) -> Rows:
    """<user> request <assistant> reply <end>, and after a call <tool> two numbers that nobody can foretell <end>."""
    ids = torch.full((len(examples), LONGEST), PAD)
    reply = torch.zeros_like(ids, dtype=torch.bool)
    for r, example in enumerate(examples):
        result = [TOOL, *(5 + torch.randint(len(COUNTS), (2,), generator=generator)).tolist(), END]
        row = [USER, *example.request, ASSISTANT, *example.reply, *(result if example.tool else [])]
        ids[r, : len(row)] = torch.tensor(row)
        reply[r, PROMPT : PROMPT + len(example.reply)] = True
    return Rows(ids, reply, ids != PAD)
