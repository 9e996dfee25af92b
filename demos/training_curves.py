"""Reading a training report: six really trained runs, and which curve gives each of them away.

Interview point: the reward that is optimised cannot tell a healthy run from a hacked one; KL, the spread of rewards, entropy
and a reward that is not optimised can. Each fault has its own pair of curves.
Source: Gao et al. 2022, arXiv:2210.10760, figure 1 (proxy and gold reward against KL); Ouyang et al. 2022, arXiv:2203.02155,
eq. 2 (reward minus β·KL); the runs are this file's own, on the language of `toys/proxy_language.py`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from torch import Tensor

from llmcore_tui.lab import Anchor, Estimate, Flag, Number, Off, Result, Series, Table, main
from toys.adam import Adam
from toys.proxy_language import (
    ANSWERS,
    GOLD,
    LENGTH,
    demonstrations,
    fine_tune,
    fitted_proxy,
    index_of,
    log_probs,
    moments,
    write,
)

TITLE = {"en": "Reading a training report", "zh": "读懂训练曲线"}
FORMULA = r"\max_\pi\ \mathbb{E}_{y\sim\pi}[r_{proxy}(y)]-\beta\,\mathrm{KL}(\pi\|\pi_{ref})"
NUMBERS = {
    "reward_slope": Number(
        "how much the optimised reward grows in 100 updates, over the second half",
        "后半程每 100 次更新，被优化的奖励增长多少",
        kind="statistical",
    ),
    "gold_slope": Number(
        "how much the gold reward grows in 100 updates, over the second half",
        "后半程每 100 次更新，真实奖励增长多少",
        kind="statistical",
    ),
    "kl_slope": Number(
        "how much KL(policy, reference) grows in 100 updates, over the second half",
        "后半程每 100 次更新，KL(策略‖参考) 增长多少",
        unit="nats",
        kind="statistical",
    ),
    "entropy": Number("entropy a word at the end", "结束时每个词的熵", unit="nats", kind="statistical"),
    "start_entropy": Number(
        "entropy a word before the first update", "第一次更新之前每个词的熵", unit="nats", kind="statistical"
    ),
    "reward_spread": Number(
        "standard deviation of the optimised reward over answers, at the end",
        "结束时被优化的奖励在不同回答间的标准差",
        kind="statistical",
    ),
    "reward": Number("mean optimised reward at the end", "结束时被优化的平均奖励", kind="statistical"),
    "start_reward": Number(
        "mean optimised reward before the first update", "第一次更新之前被优化的平均奖励", kind="statistical"
    ),
    "gold": Number("mean gold reward at the end", "结束时的平均真实奖励", kind="statistical"),
    "gold_peak": Number(
        "highest mean gold reward on the way", "训练途中平均真实奖励的最高点", kind="statistical"
    ),
    "kl": Number(
        "KL(policy, reference) at the end", "结束时的 KL(策略‖参考)", unit="nats", kind="statistical"
    ),
    "kl_jitter": Number(
        "how far the KL's change in one update lies from its average change, over the second half",
        "后半程 KL 单次更新的变化量偏离其平均变化量多少",
        unit="nats",
        kind="statistical",
    ),
    "sft_loss": Number(
        "loss a word on the demonstrations after SFT",
        "SFT 结束时示范数据上每个词的损失",
        unit="nats",
        kind="statistical",
    ),
    "heldout_loss": Number(
        "loss a word on unseen demonstrations after SFT, exact for each seed",
        "SFT 结束时在未见示范上每个词的损失（每个种子都是精确期望）",
        unit="nats",
        kind="statistical",
    ),
    "optimum_share": Number(
        "two kinds of answer: share of the better one at the optimum, π_ref e^(r/β)",
        "两类回答的例子：最优策略 π_ref e^(r/β) 中较好那类的占比",
    ),
    "optimum_kl": Number("KL of that optimum to its reference", "该最优策略对参考的 KL", unit="nats"),
    "gold_best": Number("gold reward of the best answer", "最好回答的真实奖励"),
}
OFF = Off(
    {"case": "healthy"},
    moves={"gold_slope": "up", "kl_slope": "down", "reward_slope": "down", "entropy": "up"},
)
ANCHORS = [
    Anchor(
        {"case": "kl_strong", "updates": 4, "seeds": 2},
        "gold_best",
        3.5,
        1e-12,
        "closed form: three useful words and one flattery, 3·1 + .5",
        "2026-11-26",
    ),
    Anchor(
        {"case": "kl_strong", "updates": 4, "seeds": 2, "share": 0.5, "gap": 1.0986122886681098, "beta": 1.0},
        "optimum_share",
        0.75,
        1e-12,
        "closed form: odds of 1 times e^ln 3",
        "2026-11-26",
    ),
    Anchor(
        {"case": "kl_strong", "updates": 4, "seeds": 2, "share": 0.5, "gap": 1.0986122886681098, "beta": 1.0},
        "optimum_kl",
        0.13081203594113697,
        1e-12,
        "closed form: .75 ln 1.5 + .25 ln .5",
        "2026-11-26",
    ),
]
SAYS = {
    "healthy": {
        "en": "Healthy: the reward rose to {reward:.2f} and the gold reward to {gold:.2f} with it, the KL settled at {kl:.1f} nats, and "
        "answers still differ (spread {reward_spread:.2f}, entropy {entropy:.2f}).",
        "zh": "健康：奖励升到 {reward:.2f}，真实奖励同步到 {gold:.2f}，KL 停在 {kl:.1f} nats，回答仍有差异（离散度 {reward_spread:.2f}，熵 {entropy:.2f}）。",
    },
    "hacked": {
        "en": "Hacked: the reward is still rising, {reward:.2f} now, while the gold reward has fallen from {gold_peak:.2f} to {gold:.2f} and the KL "
        "has run to {kl:.1f} nats. Stop at the peak, raise β, mend the reward.",
        "zh": "奖励欺骗：奖励还在涨（{reward:.2f}），真实奖励却从 {gold_peak:.2f} 掉到 {gold:.2f}，KL 一路到 {kl:.1f} nats。退回峰值处，加大 β，修奖励。",
    },
    "collapsed": {
        "en": "Collapsed: entropy {entropy:.2f} and a spread of rewards of {reward_spread:.2f}: all answers are alike, nothing is left to compare. "
        "Go back, fewer epochs, larger batches, a KL.",
        "zh": "坍缩：熵 {entropy:.2f}，奖励离散度 {reward_spread:.2f}：回答全一样，没有可比的了。退回检查点，减少 epoch、加大 batch、加 KL。",
    },
    "lr_high": {
        "en": "Learning rate too high: the KL shot up and goes on jumping, {kl_jitter:.3f} nats an update about its trend; it stands at {kl:.1f} nats "
        "although β is that of the healthy run.",
        "zh": "学习率过大：KL 一开始就冲上去，之后每次更新仍在趋势上下跳 {kl_jitter:.3f} nats；β 与健康运行相同，KL 却有 {kl:.1f} nats。",
    },
    "memorising": {
        "en": "Memorised in SFT: {sft_loss:.2f} nats a word on the demonstrations, {heldout_loss:.2f} on unseen ones. RL starts from an entropy of "
        "{start_entropy:.2f} and has little left to choose from.",
        "zh": "SFT 阶段背下来了：示范上每词 {sft_loss:.2f} nats，未见数据上 {heldout_loss:.2f}。RL 从熵 {start_entropy:.2f} 起步，可选的余地很小。",
    },
    "kl_strong": {
        "en": "KL weight too strong: the KL stays at {kl:.3f} nats and the reward at {reward:.2f} after {start_reward:.2f}; nothing else is wrong.",
        "zh": "KL 系数过大：KL 一直只有 {kl:.3f} nats，奖励从 {start_reward:.2f} 只到 {reward:.2f}；其他都正常。",
    },
    "hidden_healthy": {
        "en": "Which run is it, and what would you change? Decide from the curves before you read on. … It was the healthy one.",
        "zh": "这是哪一种运行？要改什么？先看曲线自己判断，再往下读。……答案：健康的运行。",
    },
    "hidden_hacked": {
        "en": "Which run is it, and what would you change? Decide from the curves before you read on. … It was the hacked one: gold fell "
        "from {gold_peak:.2f} to {gold:.2f} while the reward rose.",
        "zh": "这是哪一种运行？要改什么？先看曲线自己判断，再往下读。……答案：奖励欺骗，真实奖励从 {gold_peak:.2f} 掉到 {gold:.2f}，奖励却在涨。",
    },
    "hidden_collapsed": {
        "en": "Which run is it, and what would you change? Decide from the curves before you read on. … It was the collapsed one: entropy "
        "{entropy:.2f}, spread {reward_spread:.2f}.",
        "zh": "这是哪一种运行？要改什么？先看曲线自己判断，再往下读。……答案：坍缩，熵 {entropy:.2f}，离散度 {reward_spread:.2f}。",
    },
    "hidden_lr_high": {
        "en": "Which run is it, and what would you change? Decide from the curves before you read on. … The learning rate was too high: the KL "
        "jumps by {kl_jitter:.3f} nats an update.",
        "zh": "这是哪一种运行？要改什么？先看曲线自己判断，再往下读。……答案：学习率过大，KL 每次更新跳 {kl_jitter:.3f} nats。",
    },
    "hidden_memorising": {
        "en": "Which run is it, and what would you change? Decide from the curves before you read on. … SFT had memorised: {sft_loss:.2f} against "
        "{heldout_loss:.2f} nats a word.",
        "zh": "这是哪一种运行？要改什么？先看曲线自己判断，再往下读。……答案：SFT 背了数据，每词 {sft_loss:.2f} 对 {heldout_loss:.2f} nats。",
    },
    "hidden_kl_strong": {
        "en": "Which run is it, and what would you change? Decide from the curves before you read on. … The KL weight was too strong: the KL "
        "stayed at {kl:.3f} nats.",
        "zh": "这是哪一种运行？要改什么？先看曲线自己判断，再往下读。……答案：KL 系数过大，KL 只有 {kl:.3f} nats。",
    },
}

Array = NDArray[np.float64]
Case = Literal["healthy", "hacked", "collapsed", "lr_high", "memorising", "kl_strong", "hidden"]


@dataclass(frozen=True, slots=True)
class Settings:
    """What was set in a run: SFT's data and steps, then RL's."""

    demonstrations: int = 400
    sft_steps: int = 60
    beta: float = 0.3
    learning_rate: float = 0.03
    batch: int = 64
    epochs: int = 1


RUNS = {
    "healthy": Settings(),
    "hacked": Settings(beta=0.0),
    "collapsed": Settings(beta=0.0, learning_rate=0.1, batch=8, epochs=16),
    "lr_high": Settings(learning_rate=1.0, batch=16),
    "memorising": Settings(demonstrations=8, sft_steps=400),
    "kl_strong": Settings(beta=5.0),
}
SFT_RATE = 0.1


@dataclass(frozen=True, slots=True)
class Report:
    """What is logged; RL's curves are (updates + 1, seeds), SFT's (steps + 1, seeds)."""

    sft_loss: Array
    heldout_loss: Array
    reward: Array
    spread: Array
    gold: Array
    kl: Array
    entropy: Array


def chosen(case: Case, seed: int) -> str:
    """The run's name; `hidden` draws one by the seed."""
    names = list(RUNS)
    return names[int(np.random.default_rng(seed).integers(len(names)))] if case == "hidden" else case


def measured(log_pi: Tensor, log_ref: Tensor, proxy: Tensor) -> tuple[Tensor, ...]:
    """Mean and spread of the proxy, mean gold, KL(π, ref) of an answer, entropy a word: exact sums, each (seeds,)."""
    reward, spread = moments(log_pi, proxy)
    pi = log_pi.exp()
    kl = (pi * (log_pi - log_ref)).sum(-1)
    return reward, spread, moments(log_pi, GOLD)[0], kl, -(pi * log_pi).sum(-1) / LENGTH


def surrogate(logits: Tensor, old: Tensor, answers: Tensor, score: Tensor) -> Tensor:
    """Σ over seeds of the mean of π/π_old times the score minus its batch mean, to be maximised."""
    ratio = (log_probs(logits, answers) - old).exp()
    return (ratio * (score - score.mean(-1, keepdim=True))).mean(-1).sum()


def train(settings: Settings, updates: int, seeds: int, seed: int) -> Report:
    """SFT on demonstrations, a proxy fitted on what SFT writes, then policy gradients on proxy - β·KL."""
    generator, target = torch.Generator().manual_seed(seed), demonstrations()
    rows = torch.multinomial(target.expand(seeds, -1), settings.demonstrations, True, generator=generator)
    reference, seen, unseen = fine_tune(ANSWERS[rows], target, settings.sft_steps, SFT_RATE)
    log_ref = log_probs(reference, ANSWERS)
    proxy = fitted_proxy(log_ref)
    logits = reference.clone().requires_grad_()
    adam = Adam([logits])
    logged = []
    for update in range(updates + 1):
        logged.append(measured(log_probs(logits.detach(), ANSWERS), log_ref, proxy))
        if update == updates:
            break
        answers = write(logits, settings.batch, generator)
        row, old = index_of(answers), log_probs(logits.detach(), answers)
        score = proxy.gather(1, row) - settings.beta * (old - log_ref.gather(1, row))
        for _ in range(settings.epochs):
            adam.step(-surrogate(logits, old, answers, score), settings.learning_rate)
    curves = [torch.stack(column).numpy() for column in zip(*logged, strict=True)]
    return Report(torch.stack(seen).numpy(), torch.stack(unseen).numpy(), *curves)


def slope(curve: Array) -> Array:
    """Least-squares growth in 100 updates over the second half of a curve (updates + 1, seeds), (seeds,)."""
    half = curve[len(curve) // 2 :]
    t = np.arange(len(half)) - (len(half) - 1) / 2
    return np.asarray(100 * (t @ half) / (t @ t))


def jitter(curve: Array) -> Array:
    """Mean distance of the steps between updates from their mean step, over the second half, (seeds,)."""
    steps = np.diff(curve[len(curve) // 2 :], axis=0)
    return np.asarray(np.abs(steps - steps.mean(0)).mean(0))


def tilted(share: float, gap: float, beta: float) -> tuple[float, float]:
    """The policy that maximises E[r] - β·KL over two kinds of answer, π ∝ π_ref e^(r/β): the better one's share, and the KL.

    `share` is the reference's of the better kind, `gap` how much more reward it gets.
    """
    odds = share / (1 - share) * math.exp(gap / beta)
    better, worse = odds / (1 + odds), 1 / (1 + odds)
    return better, better * math.log(better / share) + worse * math.log(worse / (1 - share))


def over_seeds(values: ArrayLike) -> Estimate:
    """Mean over seeds and its standard error."""
    x = np.asarray(values, dtype=np.float64)
    return Estimate(float(x.mean()), float(x.std(ddof=1) / math.sqrt(x.size)), x.size)


def run(
    case: Annotated[
        Case, Flag("which run; hidden draws one and asks", "哪种运行；hidden 会随机选一种来考你")
    ] = "hacked",
    updates: Annotated[int, Flag("updates of RL", "RL 的更新次数", low=4, high=1000)] = 200,
    gap: Annotated[
        float, Flag("two-answer example: reward gap", "两类回答的例子：奖励差", low=0, high=10)
    ] = 1.0,
    share: Annotated[
        float,
        Flag(
            "two-answer example: the reference's share of the better",
            "两类回答的例子：参考模型中较好那类的占比",
            low=0.01,
            high=0.99,
        ),
    ] = 0.2,
    beta: Annotated[
        float, Flag("two-answer example: weight of the KL", "两类回答的例子：KL 系数", low=0.05, high=100)
    ] = 0.3,
    seeds: Annotated[int, Flag("independent runs of the case", "同一情形独立训练的次数", low=2, high=32)] = 4,
    seed: Annotated[
        int, Flag("random seed; it also picks the hidden case", "随机种子，也决定 hidden 选哪种", low=0)
    ] = 0,
) -> Result:
    """Train one case and report its curves."""
    name = chosen(case, seed)
    report = train(RUNS[name], updates, seeds, seed)
    better, spent = tilted(share, gap, beta)
    curves = {
        "optimised reward": ("被优化的奖励", report.reward, "reward"),
        "gold reward": ("真实奖励", report.gold, "reward"),
        "KL to the reference": ("对参考的 KL", report.kl, "KL (nats)"),
        "spread of the reward": ("奖励离散度", report.spread, "spread"),
        "entropy a word": ("每个词的熵", report.entropy, "entropy (nats)"),
    }
    marks = sorted({round(i * updates / 8) for i in range(9)})
    return Result(
        numbers={
            "reward_slope": over_seeds(slope(report.reward)),
            "gold_slope": over_seeds(slope(report.gold)),
            "kl_slope": over_seeds(slope(report.kl)),
            "entropy": over_seeds(report.entropy[-1]),
            "start_entropy": over_seeds(report.entropy[0]),
            "reward_spread": over_seeds(report.spread[-1]),
            "reward": over_seeds(report.reward[-1]),
            "start_reward": over_seeds(report.reward[0]),
            "gold": over_seeds(report.gold[-1]),
            "gold_peak": over_seeds(report.gold.max(0)),
            "kl": over_seeds(report.kl[-1]),
            "kl_jitter": over_seeds(jitter(report.kl)),
            "sft_loss": over_seeds(report.sft_loss[-1]),
            "heldout_loss": over_seeds(report.heldout_loss[-1]),
            "optimum_share": better,
            "optimum_kl": spent,
            "gold_best": GOLD.max().item(),
        },
        ran="training",
        series=[
            *(
                Series(en, zh, [float(i) for i in range(updates + 1)], y.mean(1).tolist(), "updates", name)
                for en, (zh, y, name) in curves.items()
            ),
            *(
                Series(
                    en,
                    zh,
                    [float(i) for i in range(len(y))],
                    y.mean(1).tolist(),
                    "SFT steps",
                    "loss (nats a word)",
                )
                for en, zh, y in (
                    ("loss on demonstrations", "示范数据上的损失", report.sft_loss),
                    ("loss on unseen ones", "未见数据上的损失", report.heldout_loss),
                )
            ),
        ],
        tables=[
            Table(
                "the report",
                "训练报告",
                ["update", "reward", "gold", "KL", "spread", "entropy"],
                [
                    [
                        float(i),
                        *(
                            round(float(y[i].mean()), 3)
                            for y in (report.reward, report.gold, report.kl, report.spread, report.entropy)
                        ),
                    ]
                    for i in marks
                ],
            )
        ],
        says=f"hidden_{name}" if case == "hidden" else name,
    )


if __name__ == "__main__":
    main(run)
