"""Tool calls: learn to write them by a loss on the call's tokens, and make each of them parse by a grammar.

Interview point: the user's words and the tool's results are read, not trained; constrained decoding gives no token that the
schema forbids, so a call parses however bad the model is, and is right only if the model is; forced calls are made
where none is needed, and a call that is cut off does not parse.
Source: Schick et al. 2023, arXiv:2302.04761 (calls as tokens in text); Willard & Louf 2023, arXiv:2307.09702 (a finite-state
machine over the vocabulary, from memory); the RLHF book's chapter on tool use (tool outputs are masked from the loss).
"""

from __future__ import annotations

import json
import math
from typing import Annotated, Literal

import torch
from torch import Tensor

from llmcore_tui.lab import (
    Anchor,
    Estimate,
    Flag,
    Number,
    Off,
    Result,
    Series,
    Table,
    main,
    report_progress,
)
from toys.adam import Adam
from toys.tiny_gpt import Shape, TinyGPT, log_probs
from toys.tool_requests import (
    ARGUMENTS,
    ASSISTANT,
    CITIES,
    CLOSE,
    COUNTS,
    END,
    ID,
    KEYS,
    LONGEST,
    OPEN,
    PROMPT,
    TOOL,
    TOOLS,
    USER,
    WORDS,
    Example,
    Rows,
    draw,
    lay_out,
    written,
)

TITLE = {
    "en": "Tool calls: that they parse and that they are right",
    "zh": "工具调用：能解析与调得对是两回事",
}
FORMULA = r"p'(v\mid y_{<t})=\frac{\mathbb{1}[v\in G(y_{<t})]\,p(v\mid y_{<t})}{\sum_{u\in G(y_{<t})}p(u\mid y_{<t})}"
NUMBERS = {
    "valid_share": Number(
        "calls that parse and fit a tool's schema, of those tried where one is needed",
        "需要工具时尝试的调用中，能解析且符合 schema 的比例",
        kind="statistical",
    ),
    "argument_accuracy": Number(
        "right tool and right arguments, of requests that need one",
        "需要工具的请求中，工具和参数全对的比例",
        kind="statistical",
    ),
    "tool_accuracy": Number("calls of the right tool", "工具选对的比例", kind="statistical"),
    "valid_but_wrong": Number(
        "requests whose call fits the schema and is wrong", "符合 schema 但内容错误的比例", kind="statistical"
    ),
    "needless_calls": Number(
        "requests that need no tool and get a call", "不需要工具却发出调用的比例", kind="statistical"
    ),
    "forbidden_mass": Number(
        "probability that the model gives to tokens the grammar forbids, a token of a right call",
        "在正确调用的每个 token 处，模型给语法禁止的 token 的概率",
        kind="statistical",
    ),
    "invents_result": Number(
        "probability that the model goes on to write the tool's result itself",
        "调用结束后，模型自己接着写工具结果的概率",
        kind="statistical",
    ),
    "call_loss": Number(
        "loss a token of unseen calls", "未见过的调用上每个 token 的损失", "nats", "statistical"
    ),
    "parse_probability": Number(
        "chance that a free call of so many tokens parses, if each leaks so much to forbidden tokens",
        "自由采样时，每个 token 漏这么多概率、共这么多 token 的调用能解析的概率",
    ),
    "loss_at_init": Number("loss before any training", "完全没训练时的损失", "nats"),
    "trained_share": Number("tokens of the example call that are trained", "示例对话中参与训练的 token 比例"),
}
OFF = Off({"constrained": False}, moves={"valid_share": "down"})
ANCHORS = [
    Anchor(
        {"steps": 0},
        "valid_share",
        1.0,
        1e-9,
        "closed form: the grammar has no other sentences",
        "2026-11-26",
    ),
    Anchor(
        {"max_tokens": 6, "steps": 0},
        "valid_share",
        0.0,
        1e-9,
        "closed form: the shortest call has 7 tokens",
        "2026-11-26",
    ),
    Anchor({"steps": 0}, "parse_probability", 0.605006067137536, 1e-9, "closed form: .99⁵⁰", "2026-11-26"),
    Anchor({"steps": 0}, "loss_at_init", 3.871201010907891, 1e-9, "closed form: ln 48", "2026-11-26"),
    Anchor(
        {"steps": 0},
        "trained_share",
        0.47619047619047616,
        1e-9,
        "closed form: 10 of the 21 tokens that follow one",
        "2026-11-26",
    ),
]
SAYS = {
    "constrained": {
        "en": "With the grammar {valid_share:.1%} of the calls parse, {argument_accuracy:.1%} are right: {valid_but_wrong:.1%} fit "
        "the schema and are wrong. {needless_calls:.0%} of the requests that need no tool get a call.",
        "zh": "加语法约束后 {valid_share:.1%} 的调用能解析，{argument_accuracy:.1%} 完全正确：{valid_but_wrong:.1%} 符合 schema 但内容错。"
        "不需要工具的请求有 {needless_calls:.0%} 也发出了调用。",
    },
    "free": {
        "en": "Without the grammar {valid_share:.1%} of the calls parse and {argument_accuracy:.1%} are right; "
        "{forbidden_mass:.2%} of probability a token goes to what the schema forbids.",
        "zh": "不加约束时 {valid_share:.1%} 的调用能解析，{argument_accuracy:.1%} 完全正确；每个 token 有 {forbidden_mass:.2%} 的概率落在 "
        "schema 禁止的 token 上。",
    },
    "cut": {
        "en": "At most {max_tokens} tokens: calls are cut off, and only {valid_share:.1%} parse, grammar or not.",
        "zh": "最多 {max_tokens} 个 token：调用被截断，不管有没有语法约束，只有 {valid_share:.1%} 能解析。",
    },
}

PLAIN = [ID["ok"], END]
"""The reply to a request that needs no tool."""
BATCH, LEARNING_RATE, ASKED = 12, 0.008, 200


def targets(rows: Rows, mask: bool) -> Tensor:
    """Which of ids[:, 1:] are trained: the reply's tokens, or all; (rows, time - 1)."""
    return (rows.reply if mask else rows.real)[:, 1:]


State = dict[int, "State | None"]
"""The tokens that may come next, and the state after each; None after the end."""


def grammar(tool_choice: Literal["auto", "required"]) -> State:
    """A finite-state machine of all calls that fit a schema, and with `auto` of the plain reply; built from the end."""
    end: State = {END: None}
    names: State = {}
    calls: State = {ID[OPEN]: names}
    plain: State = {ID["ok"]: end} if tool_choice == "auto" else {}
    for tool, keys in TOOLS.items():
        state: State = {ID['"}}' if keys[-1][1] == "city" else CLOSE]: end}
        for i, (key, kind) in reversed(list(enumerate(keys))):
            value: State = {ID[v]: state for v in (COUNTS if kind == "number" else CITIES)}
            state = {ID[KEYS[key]]: value}
            if i:
                state = {ID[","]: state}
        names[ID[tool]] = {ID[ARGUMENTS]: state}
    return {**calls, **plain}


def allowed(states: list[State | None]) -> Tensor:
    """True at the tokens that may come next, (rows, vocabulary); everything once a reply has ended."""
    mask = torch.ones(len(states), len(WORDS), dtype=torch.bool)
    for r, state in enumerate(states):
        if state is not None:
            mask[r] = False
            mask[r, list(state)] = True
    return mask


@torch.no_grad()
def decode(
    model: TinyGPT,
    examples: list[Example],
    start: State | None,
    max_tokens: int,
    temperature: float,
    generator: torch.Generator,
) -> list[list[int]]:
    """A sampled reply to each request, up to its <end>; with a grammar, forbidden tokens are given probability 0."""
    ids = torch.tensor([[USER, *e.request, ASSISTANT] for e in examples])
    states: list[State | None] = [start] * len(examples)
    for _ in range(max_tokens):
        logits = model(ids)[:, -1] / temperature
        probabilities = logits.masked_fill(~allowed(states), -math.inf).softmax(-1)
        chosen = torch.multinomial(probabilities, 1, generator=generator)
        states = [s and s.get(int(c)) for s, c in zip(states, chosen, strict=True)]
        ids = torch.cat([ids, chosen], dim=1)
    replies = ids[:, PROMPT:].tolist()
    return [r[: r.index(END) + 1] if END in r else r for r in replies]


def parsed(reply: list[int]) -> tuple[str, dict[str, int | str]] | None:
    """Tool and arguments of a reply that is JSON and fits a schema; None for anything else."""
    if not reply or reply[-1] != END:
        return None
    try:
        call = json.loads("".join(WORDS[t] for t in reply[:-1]))
    except json.JSONDecodeError:
        return None
    if not isinstance(call, dict) or set(call) != {"name", "args"} or call["name"] not in TOOLS:
        return None
    keys, given = TOOLS[call["name"]], call["args"]
    fits = [k for k, _ in keys] == list(given) and all(
        type(given[k]) is int if kind == "number" else given[k] in CITIES for k, kind in keys
    )
    return (call["name"], given) if fits else None


def train(steps: int, mask: bool, seed: int) -> tuple[TinyGPT, list[float]]:
    """A model trained on fresh conversations, and its loss at each step in nats, a mean over trained tokens."""
    generator = torch.Generator().manual_seed(seed)
    model = TinyGPT(Shape(len(WORDS), LONGEST), seed=seed)
    adam, curve = Adam(list(model.parameters())), []
    for step in range(steps):
        rows = lay_out([draw(generator) for _ in range(BATCH)], generator)
        loss = -log_probs(model(rows.ids), rows.ids)[targets(rows, mask)].mean()
        curve.append(loss.item())
        adam.step(loss, LEARNING_RATE * (1 + math.cos(math.pi * step / steps)) / 2)
    return model, curve


@torch.no_grad()
def read(model: TinyGPT, rows: Rows, calls: list[Example]) -> dict[str, float]:
    """What the model expects along right calls: their loss, forbidden probability, and a result after the end."""
    logits = model(rows.ids)
    probabilities = logits.softmax(-1)
    forbidden, invented = [], []
    for r, example in enumerate(calls):
        state: State | None = grammar("auto")
        for t, token in enumerate(example.reply):
            assert state is not None  # right calls are in the grammar
            forbidden.append(1 - float(probabilities[r, PROMPT - 1 + t, list(state)].sum()))
            state = state[token]
        invented.append(float(probabilities[r, PROMPT - 1 + len(example.reply), TOOL]))
    loss = -log_probs(logits, rows.ids)[targets(rows, True)].mean()
    return {
        "call_loss": loss.item(),
        "forbidden_mass": sum(forbidden) / len(forbidden),
        "invents_result": sum(invented) / len(invented),
    }


def score(replies: list[list[int]], examples: list[Example]) -> dict[str, float]:
    """Shares of requests that need a tool; `valid_share` of what they got but for plain replies, `needless_calls` of the others."""
    needed = [(parsed(r), e, r != PLAIN) for r, e in zip(replies, examples, strict=True) if e.tool]
    idle = [parsed(r) is not None for r, e in zip(replies, examples, strict=True) if not e.tool]
    tried = sum(attempt for _, _, attempt in needed)
    valid = sum(call is not None for call, _, _ in needed)
    right = sum(call == (e.tool, e.arguments) for call, e, _ in needed)
    return {
        "valid_share": valid / max(tried, 1),
        "argument_accuracy": right / len(needed),
        "tool_accuracy": sum(call is not None and call[0] == e.tool for call, e, _ in needed) / len(needed),
        "valid_but_wrong": (valid - right) / len(needed),
        "needless_calls": sum(idle) / len(idle),
    }


def parse_probability(leak: float, tokens: int) -> float:
    """(1 - leak)^tokens: no token of a free call is a forbidden one, each being so with `leak` independently."""
    return (1 - leak) ** tokens


def estimate(values: list[float]) -> Estimate:
    """Mean over trainings and its standard error."""
    x = torch.tensor(values, dtype=torch.float64)
    return Estimate(x.mean().item(), x.std().item() / math.sqrt(len(values)), len(values))


def run(
    constrained: Annotated[
        bool, Flag("only tokens that a grammar of the schema allows", "只允许 schema 语法许可的 token")
    ] = True,
    mask: Annotated[
        bool,
        Flag("train on the assistant's tokens only", "只在 assistant 的 token 上训练"),
    ] = True,
    tool_choice: Annotated[
        Literal["auto", "required"],
        Flag(
            "the grammar allows a plain reply, or calls only",
            "语法允许直接回复，或只允许调用",
            live={"constrained": (True,)},
        ),
    ] = "auto",
    max_tokens: Annotated[int, Flag("most tokens of a reply", "回复的最大 token 数", low=1, high=14)] = 12,
    temperature: Annotated[float, Flag("sampling temperature", "采样温度", low=0.05, high=5)] = 1.3,
    leak: Annotated[
        float,
        Flag(
            "probability that a token of a free call is a forbidden one, for the closed form",
            "自由调用的每个 token 落到禁止 token 上的概率（用于闭式计算）",
            low=0,
            high=1,
        ),
    ] = 0.01,
    call_tokens: Annotated[int, Flag("tokens of that call", "该调用的 token 数", low=1, high=2000)] = 50,
    steps: Annotated[int, Flag("training steps; 0: none", "训练步数；0 表示不训练", low=0, high=2000)] = 350,
    seeds: Annotated[int, Flag("independent trainings", "独立训练的次数", low=2, high=8)] = 2,
    seed: Annotated[int, Flag("first random seed", "起始随机种子", low=0)] = 0,
) -> Result:
    """Train small models to call tools, and let them answer unseen requests."""
    start = grammar(tool_choice) if constrained else None
    found: dict[str, list[float]] = {}
    curve: list[float] = []
    asked: list[Example] = []
    for number in range(seeds):
        model, curve = train(steps, mask, seed + number)
        generator = torch.Generator().manual_seed(10_000 + seed + number)
        asked = [draw(generator) for _ in range(ASKED)]
        calls = [e for e in asked if e.tool]
        measured = score(decode(model, asked, start, max_tokens, temperature, generator), asked)
        measured |= read(model, lay_out(calls, generator), calls)
        for key, value in measured.items():
            found.setdefault(key, []).append(value)
        report_progress(number + 1, seeds)
    generator = torch.Generator().manual_seed(0)
    example = Example(
        [ID[w] for w in ("so", "sum", "8", "and", "3", "now")],
        [*written("add", {"a": 8, "b": 3}), END],
        "add",
        {"a": 8, "b": 3},
    )
    row = lay_out([example], generator)
    with torch.no_grad():
        untrained = TinyGPT(Shape(len(WORDS), LONGEST), dtype=torch.float64)
        at_init = -log_probs(untrained(row.ids), row.ids)[targets(row, mask)].mean().item()
    picked = list(range(0, len(curve), 5))
    cut = max_tokens < max(len(e.reply) for e in asked)
    numbers = {key: estimate(values) for key, values in found.items()}
    return Result(
        numbers={
            **numbers,
            "parse_probability": parse_probability(leak, call_tokens),
            "loss_at_init": at_init,
            "trained_share": int(targets(row, mask).sum()) / int(row.real[:, 1:].sum()),
        },
        ran="training",
        series=[
            Series(
                "training loss",
                "训练损失",
                picked or [0],
                [curve[i] for i in picked] or [at_init],
                "step",
                "nats",
            )
        ],
        tables=[
            Table(
                "a right call, token by token",
                "一次正确的调用，逐个 token",
                ["token", "allowed there"],
                [[WORDS[t], float(n)] for t, n in zip(example.reply, choices(example.reply), strict=True)],
            )
        ],
        says="cut" if cut else "constrained" if constrained else "free",
    )


def choices(reply: list[int]) -> list[int]:
    """How many tokens the grammar allows at each place of a right reply."""
    state: State | None = grammar("auto")
    counts = []
    for token in reply:
        assert state is not None  # right replies are in the grammar
        counts.append(len(state))
        state = state[token]
    return counts


if __name__ == "__main__":
    main(run)
