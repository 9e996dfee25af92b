"""Supervised fine-tuning: cross-entropy on the answer's tokens, and what goes wrong around it.

Interview point: with one-hot targets cross-entropy is the negative log-likelihood; only answer tokens are trained, in every
turn; a mean over tokens is not a mean over answers; packed examples read one another without a block mask; what is not
rehearsed is forgotten; a training loss that falls on repeated data may be memory, and says little.
Source: Touvron et al. 2023, arXiv:2307.09288, section 3.1 (loss on answer tokens only); Hugging Face, "Improving Training
Efficiency Through Packing with Flash Attention"; Howard & Whitaker 2023, fast.ai (memory).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Annotated, Literal

import torch
from torch import Tensor
from torch.nn import functional

from llmcore_tui.lab import (
    Anchor,
    Estimate,
    Flag,
    NotRun,
    Number,
    Off,
    Result,
    Series,
    Table,
    main,
    report_progress,
)
from toys.adam import Adam
from toys.chat import DOCUMENT, LONG, SHORT, SYMBOLS, Conversation, Data, Rows, conversation, lay_out
from toys.tiny_gpt import Shape, TinyGPT, log_probs

TITLE = {"en": "SFT: a loss on the answer only", "zh": "SFT：只在回答上算损失"}
FORMULA = r"L=-\frac{1}{|\mathcal{A}|}\sum_{t\in\mathcal{A}}\ln\pi_\theta(y_t\mid y_{<t}),\quad \mathcal{A}=\mathrm{answer\ tokens}"
NUMBERS = {
    "loss": Number(
        "loss on unseen conversations, as it is trained",
        "未见过的对话上的损失，与训练时同一口径",
        "nats",
        "statistical",
    ),
    "nll": Number(
        "negative log-likelihood of the same tokens, a token",
        "同一批 token 的平均负对数似然",
        "nats",
        "statistical",
    ),
    "answer_loss": Number(
        "of it, the loss a token of the answers", "其中回答部分每个 token 的损失", "nats", "statistical"
    ),
    "prompt_loss": Number(
        "and the loss a token of the user's words", "以及用户部分每个 token 的损失", "nats", "statistical"
    ),
    "answer_accuracy": Number(
        "answer tokens that are the model's first choice",
        "回答 token 中模型首选命中的比例",
        kind="statistical",
    ),
    "loss_at_init": Number("loss of the model before any training", "完全没训练时模型的损失", "nats"),
    "ln_vocab": Number("ln of the vocabulary's size", "词表大小的自然对数", "nats"),
    "trained_tokens": Number("tokens that a conversation is trained on", "一段对话中参与训练的 token 数"),
    "trained_share": Number("their share of all that could be predicted", "它们占全部可预测 token 的比例"),
    "short_answer_share": Number(
        "weight of the shorter of two answers in the loss", "一长一短两个回答中，短回答在损失里的权重"
    ),
    "packing_leak": Number(
        "change of an answer's log-probability, a token, by what is packed before it",
        "前面拼了别的样本之后，回答的对数概率平均每个 token 变化多少",
        "nats",
        "statistical",
    ),
    "padding_share": Number(
        "share of the training batch that is padding", "训练 batch 中填充 token 的比例", kind="statistical"
    ),
    "forgetting": Number(
        "rise of the loss on what the base model knew and the data never ask for",
        "底座原本会、但微调数据从不涉及的能力，损失上升了多少",
        "nats",
        "statistical",
    ),
    "memorised": Number(
        "loss on unseen conversations less that of training's last pass",
        "未见过的对话上的损失减去训练最后一遍的损失",
        "nats",
        "statistical",
    ),
}
OFF = Off({"mask_prompt": False}, moves={"loss": "up", "trained_tokens": "up", "trained_share": "up"})
ANCHORS = [
    Anchor({"steps": 0}, "loss_at_init", 3.4657359027997265, 1e-9, "closed form: ln 32", "2026-11-25"),
    Anchor(
        {"steps": 0, "vocab": 32_000},
        "loss_at_init",
        10.373491181781864,
        1e-9,
        "closed form: ln 32000, Llama-2's vocabulary",
        "2026-11-25",
    ),
    Anchor(
        {"steps": 0},
        "trained_tokens",
        12.0,
        1e-9,
        "closed form: two answers, 2 + 8 tokens and two ends",
        "2026-11-25",
    ),
    Anchor({"steps": 0}, "trained_share", 0.631578947368421, 1e-9, "closed form: 12 of 20 - 1", "2026-11-25"),
    Anchor({"steps": 0}, "short_answer_share", 0.25, 1e-9, "closed form: (2+1)/(2+1+8+1)", "2026-11-25"),
    Anchor(
        {"steps": 0, "reduction": "sequence"},
        "short_answer_share",
        0.5,
        1e-9,
        "closed form: one of two",
        "2026-11-25",
    ),
]
SAYS = {
    "trained": {
        "en": "Only answers are trained, {trained_share:.0%} of the tokens: the loss ends at {loss:.3f} nats and equals the "
        "negative log-likelihood {nll:.3f}; {answer_accuracy:.0%} of the answer tokens are right, while an unasked skill of "
        "the base model is {forgetting:+.2f} nats worse.",
        "zh": "只在回答上训练，占 {trained_share:.0%} 的 token：损失降到 {loss:.3f} nats，与负对数似然 {nll:.3f} 相等；"
        "回答 token 的正确率 {answer_accuracy:.0%}，而底座原有、数据未涉及的能力损失变化 {forgetting:+.2f} nats。",
    },
    "unmasked": {
        "en": "The user's words are trained as well. They cannot be foretold, so the loss stays at {loss:.3f} nats "
        "although the answers alone are at {answer_loss:.3f}: the number says little about the answers.",
        "zh": "用户的话也参与训练。它们本来就无法预测，所以损失停在 {loss:.3f} nats，而单看回答只有 {answer_loss:.3f}："
        "这个数字几乎不反映回答的质量。",
    },
    "smoothed": {
        "en": "Targets are smoothed by {smoothing:g}: the cross-entropy, {loss:.3f} nats, is no longer the negative "
        "log-likelihood, {nll:.3f}.",
        "zh": "目标做了 {smoothing:g} 的标签平滑：交叉熵 {loss:.3f} nats 不再等于负对数似然 {nll:.3f}。",
    },
    "leaking": {
        "en": "Packed without a block mask: what stands before an answer in its row moves its log-probability by "
        "{packing_leak:.3f} nats a token.",
        "zh": "样本拼接但没有分块 mask：同一行里排在前面的样本让回答的对数概率平均每个 token 变化 {packing_leak:.3f} nats。",
    },
    "facts": {
        "en": "Arbitrary facts, seen again in each epoch: the training loss ends {memorised:.2f} nats below that on unseen facts, "
        "{loss:.2f} nats, where an untrained model has {ln_vocab:.2f}. It has memorised, not learned.",
        "zh": "没有规律、每个 epoch 都重复的事实：训练损失最后比没见过的事实低 {memorised:.2f} nats；后者是 {loss:.2f} nats，"
        "而没训练的模型是 {ln_vocab:.2f}。这是死记硬背，不是学会。",
    },
    "untrained": {
        "en": "Nothing is trained: every token is equally likely and the loss is ln V = {loss_at_init:.3f} nats.",
        "zh": "还没有训练：每个 token 概率相等，损失就是 ln V = {loss_at_init:.3f} nats。",
    },
}

Reduction = Literal["token", "sequence"]
BATCH, FACT_BATCH = 10, 4
BASE_STEPS, BASE_RATE = 50, 0.015


def targets(rows: Rows, mask_prompt: bool) -> Tensor:
    """Which of ids[:, 1:] count: answer tokens, or all that follow a token of their own conversation; (rows, time - 1)."""
    own = (rows.owner[:, 1:] == rows.owner[:, :-1]) & (rows.owner[:, 1:] >= 0)
    return own & rows.trained[:, 1:] if mask_prompt else own


def cross_entropy(
    logits: Tensor, rows: Rows, keep: Tensor, *, reduction: Reduction, smoothing: float
) -> Tensor:
    """-Σ_v q_v ln p_v at each kept target, q one-hot but for `smoothing`/V everywhere; in nats.

    `token`: the mean over all kept targets; `sequence`: the mean over conversations of each one's own mean.
    """
    log_p = functional.log_softmax(logits[:, :-1], dim=-1)
    q = functional.one_hot(rows.ids[:, 1:], log_p.shape[-1]).to(log_p.dtype)
    q = (1 - smoothing) * q + smoothing / log_p.shape[-1]
    losses = -(q * log_p).sum(dim=-1)[keep]
    return losses.mean() if reduction == "token" else mean_of_means(losses, rows.owner[:, 1:][keep])


def mean_of_means(losses: Tensor, owner: Tensor) -> Tensor:
    """The mean over owners of the mean of their losses."""
    sizes = torch.bincount(owner)
    return (losses / sizes[owner]).sum() / (sizes > 0).sum()


def document_loss(model: TinyGPT, rows: Rows) -> float:
    """Mean loss of a document's tokens from the third on, where the way it counts is known."""
    with torch.no_grad():
        return -log_probs(model(rows.ids), rows.ids)[:, 1:].mean().item()


def leak(
    model: TinyGPT, before: list[Conversation], after: list[Conversation], room: int, pack: bool, block: bool
) -> float:
    """Mean |ln π(answer token | its row) - ln π(answer token | its conversation alone)| with another one before it."""
    with torch.no_grad():
        changes = []
        for first, second in zip(before, after, strict=True):
            together = lay_out([first, second], 2 * room, pack=pack, block_mask=block)
            alone = lay_out([second], room, pack=False, block_mask=block)
            seen = [
                log_probs(model(rows.ids, rows.allowed, rows.positions), rows.ids)[
                    targets(rows, True) & (rows.owner[:, 1:] == number)
                ]
                for rows, number in ((together, 1), (alone, 0))
            ]
            changes.append((seen[0] - seen[1]).abs().mean().item())
    return sum(changes) / len(changes)


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a model is fine-tuned."""

    mask_prompt: bool
    reduction: Reduction
    pack: bool
    block_mask: bool
    smoothing: float
    replay: float
    data: Literal["rule", "facts"]
    steps: int
    learning_rate: float


@dataclass(frozen=True, slots=True)
class Tuned:
    """What one seed gave: numbers by key, and the training loss at each step."""

    numbers: dict[str, float]
    curve: list[float]


def base_model(shape: Shape, data: Data, seed: int) -> TinyGPT:
    """A model that has read documents counting up and down."""
    model = TinyGPT(shape, seed=seed)
    adam = Adam(list(model.parameters()))
    for _ in range(BASE_STEPS):
        rows = data.documents(2 * BATCH)
        adam.step(-log_probs(model(rows.ids), rows.ids).mean(), BASE_RATE)
    return model


def fine_tune(recipe: Recipe, shape: Shape, turns: int, lengths: tuple[int, int], seed: int) -> Tuned:
    """Train one base model on conversations and measure it on unseen ones."""
    data = Data(seed, turns, lengths)
    model = base_model(shape, data, seed)
    room = turns * (5 + max(lengths))
    rule = recipe.data == "rule"
    known, unknown = data.facts()
    down = data.documents(64, down=True)
    before = document_loss(model, down)
    adam = Adam(list(model.parameters()))
    curve: list[float] = []
    padding: list[float] = []
    a_pass = SYMBOLS // FACT_BATCH
    for step in range(recipe.steps):
        at = step % a_pass * FACT_BATCH
        batch = data.conversations(BATCH) if rule else known[at : at + FACT_BATCH]
        rows = lay_out(batch, 2 * room, pack=recipe.pack, block_mask=recipe.block_mask)
        padding.append((rows.owner < 0).double().mean().item())
        loss = cross_entropy(
            model(rows.ids, rows.allowed, rows.positions),
            rows,
            targets(rows, recipe.mask_prompt),
            reduction=recipe.reduction,
            smoothing=recipe.smoothing,
        )
        curve.append(loss.item())
        if recipe.replay:
            old = data.documents(2 * BATCH)
            loss = (1 - recipe.replay) * loss - recipe.replay * log_probs(model(old.ids), old.ids).mean()
        adam.step(loss, recipe.learning_rate)
    fresh = lay_out(data.conversations(64) if rule else unknown, room, pack=False, block_mask=False)
    numbers = measure(model, fresh, recipe)
    numbers["forgetting"] = document_loss(model, down) - before
    numbers["packing_leak"] = leak(
        model,
        data.conversations(8),
        data.conversations(8),
        room,
        recipe.pack,
        recipe.pack and recipe.block_mask,
    )
    numbers["padding_share"] = sum(padding) / len(padding)
    numbers["memorised"] = numbers["loss"] - sum(curve[-a_pass:]) / a_pass
    return Tuned(numbers, curve)


def measure(model: TinyGPT, rows: Rows, recipe: Recipe) -> dict[str, float]:
    """Losses on unseen conversations, one a row."""
    with torch.no_grad():
        logits = model(rows.ids)
        log_p = log_probs(logits, rows.ids)
        keep, answers = targets(rows, recipe.mask_prompt), targets(rows, True)
        owner = rows.owner[:, 1:]
        nll = -log_p[keep]
        return {
            "loss": cross_entropy(
                logits, rows, keep, reduction=recipe.reduction, smoothing=recipe.smoothing
            ).item(),
            "nll": (nll.mean() if recipe.reduction == "token" else mean_of_means(nll, owner[keep])).item(),
            "answer_loss": -log_p[answers].mean().item(),
            "prompt_loss": -log_p[targets(rows, False) & ~answers].mean().item(),
            "answer_accuracy": (logits[:, :-1].argmax(-1) == rows.ids[:, 1:])[answers].double().mean().item(),
        }


def at_init(vocab: int, turns: int, lengths: tuple[int, int]) -> tuple[float, float, float]:
    """Loss of a model before training, tokens trained and tokens predicted, of turns with a short, a long, a short … answer."""
    rows = lay_out([reference(turns, lengths)], 0, pack=False, block_mask=False)
    model = TinyGPT(Shape(vocab, rows.ids.shape[1]), dtype=torch.float64)
    with torch.no_grad():
        loss = cross_entropy(model(rows.ids), rows, targets(rows, True), reduction="token", smoothing=0.0)
    return loss.item(), float(targets(rows, True).sum()), float(targets(rows, False).sum())


def reference(turns: int, lengths: tuple[int, int]) -> Conversation:
    """A conversation whose answers are short, long, short, …"""
    return conversation([SHORT + i % 2 for i in range(turns)], [0] * turns, lengths)


def weight_of_first(lengths: tuple[int, int], reduction: Reduction) -> float:
    """Weight of a short answer beside a long one in the loss: d loss/d (its own mean loss), by autograd."""
    rows = lay_out(
        [conversation([mark], [0], lengths) for mark in (SHORT, LONG)], 0, pack=False, block_mask=False
    )
    keep = targets(rows, True)
    each = torch.ones(2, dtype=torch.float64, requires_grad=True)
    owner = rows.owner[:, 1:][keep]
    losses = each[owner]
    loss = losses.mean() if reduction == "token" else mean_of_means(losses, owner)
    (weight,) = torch.autograd.grad(loss, each)
    return float(weight[0])


def estimate(values: list[float]) -> Estimate:
    """Mean over seeds and its standard error."""
    x = torch.tensor(values, dtype=torch.float64)
    return Estimate(x.mean().item(), x.std().item() / math.sqrt(len(values)), len(values))


TRAINED = (
    "loss",
    "nll",
    "answer_loss",
    "prompt_loss",
    "answer_accuracy",
    "packing_leak",
    "padding_share",
    "forgetting",
    "memorised",
)
LARGEST_TRAINED = 512
"""Larger vocabularies are looked at before training only."""


def run(
    mask_prompt: Annotated[
        bool, Flag("train on the assistant's tokens only", "只在 assistant 的 token 上训练")
    ] = True,
    reduction: Annotated[
        Reduction,
        Flag("mean over tokens, or over conversations of their means", "按 token 平均，或先在每段对话内平均"),
    ] = "token",
    pack: Annotated[bool, Flag("several conversations in one row", "一行里拼多段对话")] = False,
    block_mask: Annotated[
        bool,
        Flag(
            "a token sees its own conversation only",
            "每个 token 只能看到自己那段对话",
            live={"pack": (True,)},
        ),
    ] = False,
    turns: Annotated[int, Flag("turns of a conversation", "对话轮数", low=1, high=6)] = 2,
    short: Annotated[int, Flag("tokens of a short answer", "短回答的 token 数", low=1, high=64)] = 2,
    long: Annotated[int, Flag("tokens of a long answer", "长回答的 token 数", low=1, high=64)] = 8,
    smoothing: Annotated[
        float,
        Flag(
            "label smoothing: share of the target spread evenly",
            "标签平滑：平均分给全词表的目标概率",
            low=0,
            high=0.9,
        ),
    ] = 0.0,
    data: Annotated[
        Literal["rule", "facts"],
        Flag(
            "fresh conversations that follow a rule, or a few arbitrary facts again and again",
            "有规律且不重复的对话，或反复出现的少量任意事实",
        ),
    ] = "rule",
    replay: Annotated[
        float,
        Flag(
            "weight of the base model's own data in the loss", "损失中底座原始数据所占的权重", low=0, high=0.9
        ),
    ] = 0.0,
    vocab: Annotated[
        int,
        Flag(
            "size of the vocabulary; above 512 nothing is trained",
            "词表大小；超过 512 时不训练",
            low=32,
            high=300_000,
        ),
    ] = 32,
    steps: Annotated[
        int, Flag("fine-tuning steps; 0: none", "微调步数；0 表示不训练", low=0, high=1000)
    ] = 80,
    learning_rate: Annotated[float, Flag("Adam's learning rate", "Adam 的学习率", low=0, high=0.1)] = 0.01,
    seeds: Annotated[int, Flag("independent trainings", "独立训练的次数", low=2, high=16)] = 2,
    seed: Annotated[int, Flag("first random seed", "起始随机种子", low=0)] = 0,
) -> Result:
    """Fine-tune small base models, and look at what the loss counts."""
    lengths = (short, long)
    init, trained, predicted = at_init(vocab, turns, lengths)
    recipe = Recipe(mask_prompt, reduction, pack, block_mask, smoothing, replay, data, steps, learning_rate)
    shape = Shape(vocab, max(2 * turns * (5 + max(lengths)), DOCUMENT))
    done: list[Tuned] = []
    if steps and vocab <= LARGEST_TRAINED:
        for number in range(seed, seed + seeds):
            done.append(fine_tune(recipe, shape, turns, lengths, number))
            report_progress(len(done), seeds)
    why = (
        ("nothing was trained", "没有训练")
        if not steps
        else ("a vocabulary of this size is not trained here", "这里不训练这么大的词表")
    )
    says = "untrained"
    if done:
        leaking = pack and not block_mask
        says = (
            "facts" if data == "facts" else "smoothed" if smoothing else "leaking" if leaking else "trained"
        )
        says = says if mask_prompt else "unmasked"
    curves = [each.curve for each in done]
    return Result(
        numbers={
            "loss_at_init": init,
            "ln_vocab": math.log(vocab),
            "trained_tokens": trained if mask_prompt else predicted,
            "trained_share": trained / predicted if mask_prompt else 1.0,
            "short_answer_share": weight_of_first(lengths, reduction),
            **{
                key: estimate([each.numbers[key] for each in done]) if done else NotRun(*why)
                for key in TRAINED
            },
        },
        ran="training",
        series=[
            Series(
                "training loss, mean over seeds",
                "训练损失（对随机种子取平均）",
                list(range(steps)),
                [sum(column) / len(column) for column in zip(*curves, strict=True)],
                "step",
                "loss",
            )
        ]
        if done
        else [],
        tables=[
            Table(
                "what a conversation is trained on",
                "一段对话里参与训练的部分",
                ["turn", "prompt tokens", "answer tokens", "with the end"],
                [
                    [float(turn + 1), 4.0, float(lengths[turn % 2]), float(lengths[turn % 2] + 1)]
                    for turn in range(turns)
                ],
            )
        ],
        says=says,
    )


if __name__ == "__main__":
    main(run)
