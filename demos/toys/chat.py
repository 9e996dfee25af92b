"""Conversations in a chat template over a handful of tokens, and how they are laid out in rows for a model.

Invariant: what a user says can be foretold by nothing, what the assistant answers follows from it, so that a loss on the one
has a floor and a loss on the other has none.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

PAD, USER, ASSISTANT, END, SHORT, LONG, FIRST = range(7)
"""The template's tokens; symbols are numbered from FIRST."""
SYMBOLS = 24
DOCUMENT = 8
"""Symbols of a document."""


@dataclass(frozen=True, slots=True)
class Conversation:
    """A conversation as tokens; `trained` marks those of the assistant's answers with their ends."""

    ids: list[int]
    trained: list[bool]


@dataclass(frozen=True, slots=True)
class Rows:
    """Conversations laid out for the model, all (rows, time); `owner` is the conversation's number, -1 in padding."""

    ids: Tensor
    trained: Tensor
    owner: Tensor
    allowed: Tensor | None
    positions: Tensor | None


def conversation(
    marks: list[int], symbols: list[int], lengths: tuple[int, int], fact: int | None = None
) -> Conversation:
    """Turns of <user> mark symbol <assistant> answer <end>: the answer counts on from the symbol, or is `fact`."""
    ids: list[int] = []
    trained: list[bool] = []
    for mark, symbol in zip(marks, symbols, strict=True):
        length = lengths[mark == LONG]
        answer = (
            [FIRST + (symbol + 1 + i) % SYMBOLS for i in range(length)] if fact is None else [FIRST + fact]
        )
        ids += [USER, mark, FIRST + symbol, ASSISTANT, *answer, END]
        trained += [False] * 4 + [True] * (len(answer) + 1)
    return Conversation(ids, trained)


def lay_out(conversations: list[Conversation], room: int, *, pack: bool, block_mask: bool) -> Rows:
    """One conversation a row, or as many as fit into `room` tokens; shorter rows are padded.

    With `block_mask` a token sees its own conversation only, and positions start anew with it.
    """
    rows: list[list[int]] = []
    for number, each in enumerate(conversations):
        used = sum(len(conversations[i].ids) for i in rows[-1]) if rows else room
        if pack and used + len(each.ids) <= room:
            rows[-1].append(number)
        else:
            rows.append([number])
    width = max(sum(len(conversations[i].ids) for i in row) for row in rows)
    ids = torch.full((len(rows), width), PAD)
    owner, positions = torch.full_like(ids, -1), torch.zeros_like(ids)
    trained = torch.zeros_like(ids, dtype=torch.bool)
    for r, row in enumerate(rows):
        start = 0
        for number in row:
            each = conversations[number]
            stop = start + len(each.ids)
            ids[r, start:stop] = torch.tensor(each.ids)
            trained[r, start:stop] = torch.tensor(each.trained)
            owner[r, start:stop] = number
            positions[r, start:stop] = torch.arange(len(each.ids))
            start = stop
    if not block_mask:
        return Rows(ids, trained, owner, None, None)
    return Rows(ids, trained, owner, owner[:, :, None] == owner[:, None, :], positions)


class Data:
    """Seeded conversations, facts and documents."""

    def __init__(self, seed: int, turns: int, lengths: tuple[int, int]) -> None:
        self.generator = torch.Generator().manual_seed(seed)
        self.turns, self.lengths = turns, lengths

    def draw(self, high: int, count: int) -> list[int]:
        """`count` numbers below `high`."""
        return torch.randint(high, (count,), generator=self.generator).tolist()

    def conversations(self, count: int) -> list[Conversation]:
        """Conversations of `turns` turns whose marks and symbols nobody can foretell."""
        return [
            conversation(
                [SHORT + m for m in self.draw(2, self.turns)], self.draw(SYMBOLS, self.turns), self.lengths
            )
            for _ in range(count)
        ]

    def facts(self) -> tuple[list[Conversation], list[Conversation]]:
        """One turn each: half of all prompts with an arbitrary answer, and the other half as unseen ones."""
        prompts = torch.randperm(2 * SYMBOLS, generator=self.generator).tolist()
        answers = self.draw(SYMBOLS, 2 * SYMBOLS)
        made = [
            conversation([SHORT + p % 2], [p // 2], self.lengths, fact=a)
            for p, a in zip(prompts, answers, strict=True)
        ]
        return made[:SYMBOLS], made[SYMBOLS:]

    def documents(self, count: int, *, down: bool | None = None) -> Rows:
        """Symbols that count up or down without a template: what the base model has read; every token is trained."""
        starts, ways = torch.tensor(self.draw(SYMBOLS, count)), torch.tensor(self.draw(2, count))
        step = torch.where((ways == 1) if down is None else torch.full((count,), down), -1, 1)
        ids = FIRST + (starts[:, None] + step[:, None] * torch.arange(DOCUMENT)) % SYMBOLS
        return Rows(
            ids,
            torch.ones_like(ids, dtype=torch.bool),
            torch.arange(count)[:, None].expand_as(ids),
            None,
            None,
        )
