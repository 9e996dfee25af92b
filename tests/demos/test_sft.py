"""The loss of fine-tuning held against torch's cross-entropy with ignore_index, and its mask against reading the template."""

from __future__ import annotations

import math
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor
from torch.nn import functional

import sft
from llmcore_tui.lab import Anchor, Estimate, NotRun
from toys.chat import (  # fmt: skip
    ASSISTANT,
    END,
    FIRST,
    LONG,
    SHORT,
    SYMBOLS,
    USER,
    Conversation,
    Data,
    Rows,
    conversation,
    lay_out,
)
from toys.tiny_gpt import Shape, TinyGPT

LENGTHS = (2, 5)
torch.set_num_threads(1)  # as the worker runs a demo


def some(seed: int, count: int = 5, turns: int = 2) -> list[Conversation]:
    return Data(seed, turns, LENGTHS).conversations(count)


def stirred(context: int, seed: int = 1) -> TinyGPT:
    """A model whose output layer is not zero any more."""
    model = TinyGPT(Shape(32, context), dtype=torch.float64)
    with torch.no_grad():
        model.head.weight.normal_(generator=torch.Generator().manual_seed(seed))
    return model


def labels_by_reading(ids: Tensor) -> Tensor:
    """-100 but where a token stands after <assistant> up to and including the next <end>, read token by token."""
    labels = torch.full_like(ids, -100)
    for r, row in enumerate(ids.tolist()):
        answering = False
        for t, token in enumerate(row):
            if answering:
                labels[r, t] = token
            if token == ASSISTANT:
                answering = True
            if token == END:
                answering = False
    return labels


def test_a_turn_is_user_mark_symbol_assistant_answer_end() -> None:
    made = conversation([SHORT, LONG], [3, SYMBOLS - 1], (2, 3))
    assert made.ids == [
        USER,
        SHORT,
        FIRST + 3,
        ASSISTANT,
        FIRST + 4,
        FIRST + 5,
        END,
        USER,
        LONG,
        FIRST + SYMBOLS - 1,
        ASSISTANT,
        FIRST,
        FIRST + 1,
        FIRST + 2,
        END,
    ]
    assert [i for i, t in enumerate(made.trained) if t] == [4, 5, 6, 11, 12, 13, 14]


@pytest.mark.parametrize("turns", [1, 3])
@pytest.mark.parametrize("pack", [False, True])
@pytest.mark.parametrize("block_mask", [False, True])
def test_the_masked_loss_is_torchs_with_ignore_index(turns: int, pack: bool, block_mask: bool) -> None:
    rows = lay_out(some(0, 6, turns), 60, pack=pack, block_mask=block_mask)
    logits = stirred(64)(rows.ids, rows.allowed, rows.positions)
    labels = labels_by_reading(rows.ids)
    reference = functional.cross_entropy(
        logits[:, :-1].reshape(-1, 32), labels[:, 1:].reshape(-1), ignore_index=-100
    )
    ours = sft.cross_entropy(logits, rows, sft.targets(rows, True), reduction="token", smoothing=0.0)
    assert ours.item() == pytest.approx(reference.item(), rel=1e-12)


def test_without_the_mask_all_but_first_tokens_and_padding_are_trained() -> None:
    rows = lay_out(some(1), 60, pack=True, block_mask=False)
    keep = sft.targets(rows, False)
    assert int(keep.sum()) == sum(len(each.ids) - 1 for each in some(1))
    starts = (rows.owner[:, 1:] != rows.owner[:, :-1]) | (rows.owner[:, 1:] < 0)
    assert not (keep & starts).any()


@settings(deadline=None, max_examples=20)
@given(st.integers(0, 10**6), st.floats(0, 0.9))
def test_smoothing_is_torchs_label_smoothing(seed: int, smoothing: float) -> None:
    rows = lay_out(some(seed, 2), 60, pack=False, block_mask=False)
    logits = torch.randn(
        (*rows.ids.shape, 32), generator=torch.Generator().manual_seed(seed), dtype=torch.float64
    )
    labels = labels_by_reading(rows.ids)
    reference = functional.cross_entropy(
        logits[:, :-1].reshape(-1, 32), labels[:, 1:].reshape(-1), label_smoothing=smoothing
    )
    ours = sft.cross_entropy(logits, rows, sft.targets(rows, True), reduction="token", smoothing=smoothing)
    assert ours.item() == pytest.approx(reference.item(), rel=1e-9)


@pytest.mark.parametrize("pack", [False, True])
def test_the_mean_over_conversations_is_the_mean_of_each_ones_own_loss(pack: bool) -> None:
    rows = lay_out(some(4, 6), 40, pack=pack, block_mask=pack)
    logits = stirred(64)(rows.ids, rows.allowed, rows.positions)
    keep = sft.targets(rows, True)
    each = []
    for number in range(6):
        mine = keep & (rows.owner[:, 1:] == number)
        each.append(functional.cross_entropy(logits[:, :-1][mine], rows.ids[:, 1:][mine]).item())
    ours = sft.cross_entropy(logits, rows, keep, reduction="sequence", smoothing=0.0)
    assert ours.item() == pytest.approx(sum(each) / 6, rel=1e-12)


def test_packing_keeps_every_conversation_whole_and_in_order() -> None:
    made = some(2, 9)
    rows = lay_out(made, 40, pack=True, block_mask=True)
    assert len(rows.ids) < 9
    for number, each in enumerate(made):
        mine = rows.owner == number
        assert rows.ids[mine].tolist() == each.ids
        assert rows.trained[mine].tolist() == each.trained
        assert rows.positions is not None
        assert rows.positions[mine].tolist() == list(range(len(each.ids)))
    assert (rows.owner >= 0).sum(dim=1).max() <= 40


def test_behind_a_block_mask_packed_conversations_are_as_if_alone() -> None:
    model, made = stirred(64), some(3, 4)
    packed = lay_out(made, 60, pack=True, block_mask=True)
    logits = model(packed.ids, packed.allowed, packed.positions)
    for number, each in enumerate(made):
        alone = model(torch.tensor([each.ids]))
        torch.testing.assert_close(logits[packed.owner == number], alone[0])


def leaks(pack: bool, block: bool) -> float:
    return sft.leak(stirred(64), some(5, 3), some(6, 3), 30, pack, block)


def test_only_packing_without_a_block_mask_leaks() -> None:
    assert leaks(False, False) == pytest.approx(0.0, abs=1e-12)
    assert leaks(True, True) == pytest.approx(0.0, abs=1e-12)
    assert leaks(True, False) > 0.01


def test_the_leak_is_the_mean_change_of_the_answers_log_probability() -> None:
    model = stirred(64)
    (first,), (second,) = some(5, 1), some(6, 1)
    both, alone = torch.tensor([first.ids + second.ids]), torch.tensor([second.ids])
    shift = len(first.ids)
    changes = []
    for t, trained in enumerate(second.trained):
        if trained:
            token = second.ids[t]
            together = model(both)[0, shift + t - 1].log_softmax(-1)[token]
            changes.append((together - model(alone)[0, t - 1].log_softmax(-1)[token]).abs().item())
    assert sft.leak(model, [first], [second], 30, True, False) == pytest.approx(
        sum(changes) / len(changes), rel=1e-9
    )


@settings(deadline=None, max_examples=20)
@given(st.integers(1, 6), st.integers(1, 20), st.integers(1, 20))
def test_the_share_that_is_trained_is_counted_by_hand(turns: int, short: int, long: int) -> None:
    loss, trained, predicted = sft.at_init(32, turns, (short, long))
    answers = [(short, long)[i % 2] + 1 for i in range(turns)]
    assert trained == sum(answers)
    assert predicted == sum(answers) + 4 * turns - 1
    assert loss == pytest.approx(math.log(32), rel=1e-12)


@settings(deadline=None, max_examples=20)
@given(st.integers(1, 30), st.integers(1, 30))
def test_a_short_answer_weighs_by_its_tokens_or_as_one_of_two(short: int, long: int) -> None:
    by_tokens = sft.weight_of_first((short, long), "token")
    assert by_tokens == pytest.approx((short + 1) / (short + long + 2), rel=1e-9)
    assert sft.weight_of_first((short, long), "sequence") == pytest.approx(0.5, rel=1e-9)


def test_documents_count_up_or_down_and_are_trained_whole() -> None:
    data = Data(0, 1, LENGTHS)
    for down, step in ((True, SYMBOLS - 1), (False, 1)):
        ids = data.documents(7, down=down).ids
        assert ((ids[:, 1:] - ids[:, :-1]) % SYMBOLS == step).all()
    assert len({tuple(row) for row in data.documents(50).ids[:, :2].tolist()}) > 20


def test_known_and_unknown_facts_share_no_prompt() -> None:
    known, unknown = Data(0, 1, LENGTHS).facts()
    prompts = [tuple(each.ids[1:3]) for each in [*known, *unknown]]
    assert len(set(prompts)) == len(prompts) == 2 * SYMBOLS


def value(numbers: Any, key: str) -> Estimate:
    number = numbers[key]
    assert isinstance(number, Estimate)
    return number


@pytest.fixture(scope="module")
def trained() -> Any:
    """The runs that several tests look at."""
    settings: dict[str, dict[str, Any]] = {
        "default": {},
        "unmasked": {"mask_prompt": False},
        "packed": {"pack": True},
        "blocked": {"pack": True, "block_mask": True},
        "replayed": {"replay": 0.25},
        "facts": {"data": "facts", "turns": 1, "steps": 120},
        "smoothed": {"smoothing": 0.1},
    }
    return {name: sft.run(**each) for name, each in settings.items()}


def test_cross_entropy_is_the_negative_log_likelihood_unless_targets_are_smoothed(trained: Any) -> None:
    for name in ("default", "unmasked", "packed", "facts"):
        numbers = trained[name].numbers
        assert value(numbers, "loss").value == pytest.approx(value(numbers, "nll").value, rel=1e-5)
    smoothed = trained["smoothed"].numbers
    # Even the best answer pays the entropy of its smoothed target.
    q = [0.9 + 0.1 / 32, *[0.1 / 32] * 31]
    assert value(smoothed, "loss").value > -sum(p * math.log(p) for p in q) > value(smoothed, "nll").value


def test_masking_the_prompt_lowers_the_loss_and_leaves_the_users_words_unlearned(trained: Any) -> None:
    on, off = trained["default"].numbers, trained["unmasked"].numbers
    assert value(off, "loss").value - value(on, "loss").value > 0.2
    assert value(on, "prompt_loss").value > 4
    # A mark is one of two and a symbol one of 24; <user> and <assistant> follow from what is before them.
    floor = (math.log(2) + math.log(SYMBOLS)) / 4
    assert floor < value(off, "prompt_loss").value < floor + 0.6


def test_packing_leaks_unless_blocks_are_masked(trained: Any) -> None:
    assert value(trained["default"].numbers, "packing_leak").value < 1e-5
    assert value(trained["packed"].numbers, "packing_leak").value > 0.1
    assert value(trained["blocked"].numbers, "packing_leak").value < 1e-5
    assert value(trained["blocked"].numbers, "loss").value == pytest.approx(
        value(trained["default"].numbers, "loss").value, abs=0.02
    )
    assert (
        value(trained["blocked"].numbers, "padding_share").value
        < value(trained["default"].numbers, "padding_share").value
    )


def test_what_is_not_rehearsed_is_forgotten(trained: Any) -> None:
    assert value(trained["default"].numbers, "forgetting").value > 2
    assert abs(value(trained["replayed"].numbers, "forgetting").value) < 0.3
    assert value(trained["replayed"].numbers, "answer_accuracy").value > 0.9


def test_arbitrary_facts_are_memorised_and_nothing_is_learned(trained: Any) -> None:
    numbers = trained["facts"].numbers
    assert value(numbers, "memorised").value > 2
    assert value(numbers, "loss").value > math.log(32) - 1
    assert value(numbers, "answer_accuracy").value < 0.6
    assert abs(value(trained["default"].numbers, "memorised").value) < 0.2


def test_a_large_vocabulary_or_no_steps_train_nothing() -> None:
    for numbers in (sft.run(steps=0).numbers, sft.run(vocab=600).numbers):
        assert isinstance(numbers["loss"], NotRun)
        assert numbers["loss_at_init"] == pytest.approx(numbers["ln_vocab"], rel=1e-12)


@pytest.mark.parametrize("anchor", sft.ANCHORS, ids=lambda a: f"{a.number}-{dict(a.set)}")
def test_published_values_come_out(anchor: Anchor) -> None:
    settings: dict[str, Any] = dict(anchor.set)
    number = sft.run(**settings).numbers[anchor.number]
    assert isinstance(number, float)
    assert abs(number - anchor.value) <= anchor.within


def test_the_sentence_belongs_to_what_ran(trained: Any) -> None:
    assert {name: each.says for name, each in trained.items()} == {
        "default": "trained",
        "unmasked": "unmasked",
        "packed": "leaking",
        "blocked": "trained",
        "replayed": "trained",
        "facts": "facts",
        "smoothed": "smoothed",
    }
    assert sft.run(steps=0).says == "untrained"


def test_rows_of_one_conversation_need_no_mask() -> None:
    rows = lay_out(some(0), 60, pack=False, block_mask=False)
    assert isinstance(rows, Rows)
    assert rows.allowed is None
    assert rows.positions is None
