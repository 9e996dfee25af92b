"""Tool calls held against every sentence of the schema written by json, and against models whose logits are known."""

from __future__ import annotations

import json
import math
from collections import Counter
from itertools import product
from typing import Any

import pytest
import torch
from torch import Tensor

import tool_calls
from llmcore_tui.lab import Anchor, Estimate
from toys import tool_requests
from toys.tool_requests import ASSISTANT, CITIES, END, ID, PAD, PROMPT, TOOL, USER, WORDS, Example

torch.set_num_threads(1)  # as the worker runs a demo
NUMBERS = range(10)


def calls_of_the_schema() -> list[dict[str, Any]]:
    return [
        *({"name": "add", "args": {"a": a, "b": b}} for a, b in product(NUMBERS, NUMBERS)),
        *({"name": "weather", "args": {"city": c}} for c in CITIES),
        *({"name": "alarm", "args": {"hour": h, "city": c}} for h, c in product(NUMBERS, CITIES)),
    ]


def text(reply: list[int]) -> str:
    return "".join(WORDS[t] for t in reply)


def sentences(state: tool_calls.State | None) -> list[list[int]]:
    if state is None:
        return [[]]
    return [[token, *rest] for token, after in state.items() for rest in sentences(after)]


def test_the_grammar_holds_every_call_of_the_schema_and_nothing_else() -> None:
    expected = {json.dumps(c, separators=(",", ":")) + "<end>" for c in calls_of_the_schema()}
    assert Counter(map(text, sentences(tool_calls.grammar("required")))) == Counter(expected)
    assert Counter(map(text, sentences(tool_calls.grammar("auto")))) == Counter(expected | {"ok<end>"})


def test_every_call_of_the_schema_is_read_back_and_a_plain_reply_is_none() -> None:
    for reply in sentences(tool_calls.grammar("required")):
        call = json.loads(text(reply[:-1]))
        assert tool_calls.parsed(reply) == (call["name"], call["args"])
    assert tool_calls.parsed(tool_calls.PLAIN) is None


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["<end>"],
        ["3", "<end>"],
        ['{"name":"', "add", '","args":{', '"a":', "3", ",", '"b":', "4", "}}"],
        ['{"name":"', "add", '","args":{', '"a":', "3", "}}", "<end>"],
        ['{"name":"', "add", '","args":{', '"b":', "3", ",", '"a":', "4", "}}", "<end>"],
        ['{"name":"', "add", '","args":{', '"city":"', "Oslo", '"}}', "<end>"],
        ['{"name":"', "add", '","args":{', '"a":', "3", ",", '"b":', '"b":', "}}", "<end>"],
        ['{"name":"', "Oslo", '","args":{', '"city":"', "Oslo", '"}}', "<end>"],
        ['{"name":"', "weather", '","args":{', '"city":"', "please", '"}}', "<end>"],
        ['{"name":"', "weather", '","args":{', '"city":"', "3", '"}}', "<end>"],
        ['{"name":"', "add", '","args":{', '"a":', "3", "4", "}}", "<end>"],
    ],
)
def test_what_is_cut_off_or_does_not_fit_is_no_call(words: list[str]) -> None:
    assert tool_calls.parsed([ID[w] for w in words]) is None


def test_a_number_in_quotes_does_not_fit() -> None:
    words = ['{"name":"', "add", '","args":{', '"a":', "3", ",", '"city":"', "4", '"}}', "<end>"]
    assert json.loads("".join(words[:-1]))["args"] == {"a": 3, "city": "4"}
    assert tool_calls.parsed([ID[w] for w in words]) is None


def test_right_replies_follow_from_the_request() -> None:
    generator = torch.Generator().manual_seed(3)
    drawn = [tool_requests.draw(generator) for _ in range(400)]
    for e in drawn:
        words = [WORDS[t] for t in e.request]
        assert len(words) == tool_requests.REQUEST
        if e.tool:
            assert tool_calls.parsed(e.reply) == (e.tool, e.arguments)
            asked = [w for w in words if w in WORDS[5:21]]
            assert asked == [str(v) for v in e.arguments.values()]
            assert any(w in tool_requests.VERBS[e.tool] for w in words)
        else:
            assert e.reply == [ID["ok"], END]
    assert sum(not e.tool for e in drawn) / 400 == pytest.approx(0.2, abs=0.07)
    assert {e.request.index(ID["hello"]) for e in drawn if ID["hello"] in e.request} == set(range(6))


def example() -> Example:
    return Example(
        [ID[w] for w in ("now", "plus", "7", "and", "2", "so")],
        [*tool_requests.written("add", {"a": 7, "b": 2}), END],
        "add",
        {"a": 7, "b": 2},
    )


def test_a_row_is_request_reply_result_and_padding_and_only_the_reply_is_trained() -> None:
    chat = Example([ID["so"]] * 5 + [ID["hello"]], [ID["ok"], END], "", {})
    rows = tool_requests.lay_out([example(), chat], torch.Generator().manual_seed(0))
    first, second = rows.ids.tolist()
    assert first[:PROMPT] == [USER, *example().request, ASSISTANT]
    assert text(first[PROMPT : PROMPT + 10]) == '{"name":"add","args":{"a":7,"b":2}}<end>'
    assert first[PROMPT + 10] == TOOL
    assert all(WORDS[t] in map(str, NUMBERS) for t in first[PROMPT + 11 : PROMPT + 13])
    assert first[PROMPT + 13] == END
    assert second[PROMPT:] == [ID["ok"], END] + [PAD] * (tool_requests.LONGEST - PROMPT - 2)
    masked, everything = (tool_calls.targets(rows, m) for m in (True, False))
    assert masked.sum(dim=1).tolist() == [10, 2]
    assert everything.sum(dim=1).tolist() == [PROMPT + 10 + 4 - 1, PROMPT + 2 - 1]
    assert rows.ids[:, 1:][masked].tolist() == [*example().reply, ID["ok"], END]


class Fixed:
    """A model that expects the same, whatever it reads: logits by word, 0 for the rest."""

    def __init__(self, **logits: float) -> None:
        self.logits = torch.zeros(len(WORDS))
        for word, value in logits.items():
            self.logits[ID[word]] = value

    def __call__(self, ids: Tensor) -> Tensor:
        return self.logits.expand(*ids.shape, -1)


def decode(model: Any, count: int, choice: Any, temperature: float = 1.0, room: int = 12) -> list[list[int]]:
    start = choice and tool_calls.grammar(choice)
    return tool_calls.decode(
        model, [example()] * count, start, room, temperature, torch.Generator().manual_seed(1)
    )


def test_a_grammar_makes_any_model_write_calls() -> None:
    model = Fixed(please=9.0)
    assert all(tool_calls.parsed(r) for r in decode(model, 200, "required"))
    assert all(tool_calls.parsed(r) or r == tool_calls.PLAIN for r in decode(model, 200, "auto"))
    assert not any(tool_calls.parsed(r) for r in decode(model, 200, None))


@pytest.mark.parametrize("temperature", [0.5, 1.0, 2.0])
def test_what_is_allowed_keeps_its_proportions_at_the_temperature(temperature: float) -> None:
    replies = decode(Fixed(ok=1.0, alarm=2.0, weather=-1.0, please=5.0), 4000, "auto", temperature)
    plain = math.exp(1 / temperature) / (math.exp(1 / temperature) + 1)
    assert sum(r == tool_calls.PLAIN for r in replies) / 4000 == pytest.approx(plain, abs=0.03)
    names = Counter(WORDS[r[1]] for r in replies if r != tool_calls.PLAIN)
    weights = {"add": 1.0, "alarm": math.exp(2 / temperature), "weather": math.exp(-1 / temperature)}
    for name, weight in weights.items():
        assert names[name] / names.total() == pytest.approx(weight / sum(weights.values()), abs=0.05)


def test_without_a_grammar_a_reply_ends_at_its_first_end_or_is_cut() -> None:
    for reply in decode(Fixed(**{"<end>": 3.0}), 300, None):
        assert len(reply) <= 12
        assert END not in reply[:-1]
        assert len(reply) == 12 or reply[-1] == END
    assert all(len(r) == 6 and tool_calls.parsed(r) is None for r in decode(Fixed(), 50, "required", room=6))


def test_what_a_model_without_knowledge_expects_along_a_right_call() -> None:
    rows = tool_requests.lay_out([example()], torch.Generator().manual_seed(0))
    seen = tool_calls.read(Fixed(), rows, [example()])  # type: ignore[arg-type]  # called as a model is
    open_to = [2, 3, 1, 1, 10, 1, 1, 10, 1, 1]
    assert tool_calls.choices(example().reply) == open_to
    assert seen["forbidden_mass"] == pytest.approx(1 - sum(open_to) / len(WORDS) / 10, abs=1e-6)
    assert seen["call_loss"] == pytest.approx(math.log(len(WORDS)), abs=1e-5)
    assert seen["invents_result"] == pytest.approx(1 / len(WORDS), abs=1e-6)
    told = tool_calls.read(Fixed(**{"<tool>": 5.0}), rows, [example()])  # type: ignore[arg-type]  # as above
    assert told["invents_result"] == pytest.approx(math.exp(5) / (math.exp(5) + len(WORDS) - 1), abs=1e-6)


def test_the_score_counts_what_it_says() -> None:
    def reply(tool: str, **arguments: Any) -> list[int]:
        return [*tool_requests.written(tool, arguments), END]

    chat = Example([ID["so"]] * 5 + [ID["hello"]], tool_calls.PLAIN, "", {})
    asked = [example()] * 5 + [chat] * 4
    replies = [
        reply("add", a=7, b=2),
        reply("add", a=2, b=7),
        reply("weather", city="Oslo"),
        [ID["please"], END],
        tool_calls.PLAIN,
        tool_calls.PLAIN,
        [ID["please"]],
        tool_calls.PLAIN,
        reply("weather", city="Oslo"),
    ]
    assert tool_calls.score(replies, asked) == {
        "valid_share": 3 / 4,
        "argument_accuracy": 1 / 5,
        "tool_accuracy": 2 / 5,
        "valid_but_wrong": 2 / 5,
        "needless_calls": 1 / 4,
    }


def test_training_begins_at_ln_of_the_vocabulary_and_learns() -> None:
    model, curve = tool_calls.train(60, True, 0)
    assert len(curve) == 60
    assert curve[0] == pytest.approx(math.log(len(WORDS)), abs=1e-4)
    assert sum(curve[-5:]) / 5 < 1.0
    assert tool_calls.train(60, True, 0)[1] == curve
    rows = tool_requests.lay_out([example()], torch.Generator().manual_seed(0))
    assert model(rows.ids).shape == (1, tool_requests.LONGEST, len(WORDS))


def test_the_first_step_follows_the_gradient_of_the_mean_over_trained_tokens() -> None:
    """Adam's first step is the sign of the gradient times the rate: the head's, by autograd on the same batch."""
    generator = torch.Generator().manual_seed(5)
    rows = tool_requests.lay_out([tool_requests.draw(generator) for _ in range(tool_calls.BATCH)], generator)
    start, _ = tool_calls.train(0, True, 5)
    log_p = torch.log_softmax(start(rows.ids)[:, :-1], dim=-1)
    picked = [
        -log_p[r, t, int(rows.ids[r, t + 1])]
        for r, t in product(range(rows.ids.shape[0]), range(rows.ids.shape[1] - 1))
        if bool(rows.reply[r, t + 1])
    ]
    (gradient,) = torch.autograd.grad(torch.stack(picked).mean(), start.head.weight)
    moved = tool_calls.train(1, True, 5)[0].head.weight - start.head.weight
    large = gradient.abs() > 1e-4
    assert large.any()
    torch.testing.assert_close(
        moved[large], (-tool_calls.LEARNING_RATE * gradient.sign())[large], rtol=1e-2, atol=1e-5
    )


def value(key: str, **flags: Any) -> float:
    number = tool_calls.run(**flags).numbers[key]
    if isinstance(number, Estimate):
        return number.value
    assert isinstance(number, float)
    return number


def test_trained_on_everything_a_model_writes_the_results_itself() -> None:
    assert value("invents_result", mask=False, steps=80) > 0.9
    assert value("invents_result", mask=True, steps=80) < 0.1
    assert value("trained_share", mask=False, steps=0) == 1.0


def test_a_forced_call_is_made_where_none_is_needed() -> None:
    forced = tool_calls.run(steps=80, tool_choice="required").numbers["needless_calls"]
    free = tool_calls.run(steps=80).numbers["needless_calls"]
    assert isinstance(forced, Estimate)
    assert isinstance(free, Estimate)
    assert forced.value == 1.0
    assert free.value < 0.3


def test_with_the_grammar_all_calls_parse_and_without_it_not() -> None:
    assert value("valid_share", steps=80) == 1.0
    assert value("valid_share", steps=80, constrained=False) < 0.9


@pytest.mark.parametrize("anchor", tool_calls.ANCHORS, ids=lambda a: f"{a.number}-{dict(a.set)}")
def test_published_values_come_out(anchor: Anchor) -> None:
    flags: dict[str, Any] = dict(anchor.set)
    assert abs(value(anchor.number, **flags) - anchor.value) <= anchor.within


def test_the_sentence_belongs_to_what_ran() -> None:
    assert tool_calls.run(steps=0).says == "constrained"
    assert tool_calls.run(steps=0, constrained=False).says == "free"
    assert tool_calls.run(steps=0, max_tokens=8).says == "cut"


def test_leaks_multiply_over_the_tokens_of_a_call() -> None:
    for leak, tokens in product((0.0, 0.01, 0.2, 1.0), (1, 7, 50)):
        expected = math.prod([1 - leak] * tokens)
        assert tool_calls.parse_probability(leak, tokens) == pytest.approx(expected, rel=1e-12)
    assert value("parse_probability", steps=0, leak=0.1, call_tokens=3) == pytest.approx(0.729, rel=1e-12)


def test_the_error_of_an_estimate_is_that_of_the_mean() -> None:
    estimate = tool_calls.estimate([1.0, 2.0, 6.0])
    assert (estimate.value, estimate.samples) == (3.0, 3)
    assert estimate.error == pytest.approx(math.sqrt(7) / math.sqrt(3), rel=1e-12)
