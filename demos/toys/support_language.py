"""A toy language of customer support whose true reward is known: small enough to count every answer it has.

A customer asks one of three things; the answer has at most LENGTH words of WORDS. Invariant: an answer is a node of the tree
of words, numbered breadth-first, the child of node i by word w is WIDTH·i + w, so that a table over nodes is a table over all
prefixes and over all answers at once. An answer ends by END or by its length.
"""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

Array = NDArray[np.float64]
PROMPTS = ("refund", "delivery", "login")
WORDS = ("END", "sorry", "thanks", "refund", "track", "reset", "promise", "well")
END, SORRY, THANKS, FIRST_ACTION, PROMISE, FILLER = 0, 1, 2, 3, 6, 7
"""Actions are FIRST_ACTION + prompt: to refund, to track a parcel, to reset a password."""
WIDTH, LENGTH = len(WORDS) - 1, 5
ANSWERS = (WIDTH ** (LENGTH + 1) - 1) // (WIDTH - 1)
PREFIXES = (WIDTH**LENGTH - 1) // (WIDTH - 1)
"""Nodes after which another word is chosen; they come first."""


def level(depth: int) -> slice:
    """The nodes of `depth` words."""
    start = (WIDTH**depth - 1) // (WIDTH - 1)
    return slice(start, start + WIDTH**depth)


def word_counts() -> Array:
    """How often each word stands in an answer, (ANSWERS, 8)."""
    counts = np.zeros((ANSWERS, len(WORDS)))
    for node in range(1, ANSWERS):
        parent, word = divmod(node - 1, WIDTH)
        counts[node] = counts[parent]
        counts[node, word + 1] += 1
    return counts


COUNTS = word_counts()


def state_features() -> Tensor:
    """What the policy and the critic read of a prompt and a prefix, (prompts, PREFIXES, 23).

    The prompt, the last word (END at the start), which words were said, and how many, each as indicators.
    """
    prefixes = np.arange(PREFIXES)
    last = np.where(prefixes > 0, (prefixes - 1) % WIDTH + 1, 0)
    said = COUNTS[:PREFIXES, 1:] > 0
    place = COUNTS[:PREFIXES].sum(axis=1).astype(int)
    read = np.concatenate([np.eye(len(WORDS))[last], said, np.eye(LENGTH)[place]], axis=1)
    prompt = np.eye(len(PROMPTS))
    return torch.tensor(
        np.stack([np.concatenate([np.tile(one, (PREFIXES, 1)), read], axis=1) for one in prompt])
    )


def gold_reward() -> Array:
    """What an answer is worth, (prompts, ANSWERS): the right action and one apology are good, repetition is not.

    +.2 right action, +.1 an apology, +.05 thanks, each once; -.1 a word said again, -.1 a wrong action, -.15 a promise,
    -.02 each filler.
    """
    said = COUNTS > 0
    again = (COUNTS - said)[:, 1:FILLER].sum(axis=1)
    shared = (
        0.1 * said[:, SORRY] + 0.05 * said[:, THANKS] - 0.15 * said[:, PROMISE] - 0.02 * COUNTS[:, FILLER]
    )
    actions = said[:, FIRST_ACTION:PROMISE]
    return np.stack(
        [
            shared - 0.1 * again + 0.2 * actions[:, p] - 0.1 * (actions.sum(axis=1) - actions[:, p])
            for p in range(len(PROMPTS))
        ]
    )


def answer_features() -> Array:
    """What the reward model reads, (prompts, ANSWERS, 6): counts of right and wrong actions and of the other words.

    It sees how often, not how often again: it can learn that an apology is good, not that one is enough.
    """
    actions = COUNTS[:, FIRST_ACTION:PROMISE]
    rest = COUNTS[:, [SORRY, THANKS, PROMISE, FILLER]]
    return np.stack(
        [
            np.column_stack([actions[:, p], actions.sum(axis=1) - actions[:, p], rest])
            for p in range(len(PROMPTS))
        ]
    )


def demonstrations(count: int, rng: np.random.Generator) -> list[tuple[int, list[int]]]:
    """Prompts with a person's answers: mostly to the point, sometimes a wrong action, a promise, an apology too many."""
    written = []
    for _ in range(count):
        prompt = int(rng.integers(len(PROMPTS)))
        right = FIRST_ACTION + prompt
        action = right if rng.random() < 0.65 else FIRST_ACTION + int(rng.integers(len(PROMPTS)))
        parts = [(FILLER, 0.3), (SORRY, 0.45), (SORRY, 0.1), (action, 0.85), (PROMISE, 0.25), (THANKS, 0.35)]
        written.append((prompt, [word for word, share in parts if rng.random() < share][:LENGTH]))
    return written


def tokens(written: list[tuple[int, list[int]]]) -> tuple[Tensor, Tensor, Tensor]:
    """The demonstrations word by word: prompt, prefix and next word of each, END included, (tokens,)."""
    rows = []
    for prompt, words in written:
        node = 0
        for word in [*words, END][:LENGTH]:
            rows.append((prompt, node, word))
            node = WIDTH * node + word
    prompts, nodes, chosen = torch.tensor(rows).unbind(1)
    return prompts, nodes, chosen


def answer_logp(word_logp: Tensor) -> Tensor:
    """log π(answer | prompt), (prompts, ANSWERS), from log π(word | prefix), (prompts, PREFIXES, 8): the chain rule."""
    reach = [word_logp.new_zeros(len(word_logp), 1)]
    for depth in range(LENGTH):
        longer = reach[-1][..., None] + word_logp[:, level(depth), 1:]
        reach.append(longer.flatten(1))
    ended = [reach[depth] + word_logp[:, level(depth), END] for depth in range(LENGTH)]
    return torch.cat([*ended, reach[-1]], dim=1)


def spelled(node: int) -> str:
    """The words of an answer."""
    words: list[str] = []
    while node > 0:
        node, word = divmod(node - 1, WIDTH)
        words.insert(0, WORDS[word + 1])
    return " ".join(words)
