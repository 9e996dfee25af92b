"""BCQ: only what the data's policy might have done may be maximised over.

Interview point: Q-learning on fixed data maximises over actions whose values nothing has tested (extrapolation error);
BCQ keeps an action only if π_b(a|s)/max π_b ≥ τ. τ=0 is Q-learning, τ=1 clones the commonest action; in between it
still improves on the data's policy, since among the kept actions it takes the best and not the commonest.
Source: Fujimoto et al. 2019 (discrete BCQ), arXiv:1910.01708, section 4, with `>` in the authors' code (sfujim/BCQ,
discrete_BCQ.py), which keeps nothing at τ=1; here `≥`. Tabular BCQ and extrapolation error: Fujimoto, Meger & Precup
2019, arXiv:1812.02900, sections 3.1 and 4.1.
"""

from __future__ import annotations

import math
from typing import Annotated, Literal

import numpy as np
from numpy.typing import NDArray

from llmcore_tui.lab import Anchor, Estimate, Flag, Number, Off, Result, Series, Table, main, report_progress
from toys.known_mdps import Mdp
from toys.offline_data import (
    GOAL,
    Array,
    Batch,
    Mask,
    alive,
    behaviours,
    best_values,
    collect,
    greedy,
    lake,
    policy_values,
)

TITLE = {"en": "BCQ: maximise over what the data support", "zh": "BCQ：只在数据支持的动作里取最大"}
FORMULA = r"y=r+\gamma\max_{a':\ \hat\pi_b(a'|s')\,\geq\,\tau\,\max_{\hat a}\hat\pi_b(\hat a|s')}Q(s',a')"
NUMBERS = {
    "kept_actions": Number(
        "actions that the mask keeps in a state, of four",
        "掩码在每个状态保留的动作数（共四个）",
        kind="statistical",
    ),
    "overestimation": Number(
        "learned value at the start minus the true return of the policy",
        "起点的学习价值减去所得策略的真实回报",
        kind="statistical",
    ),
    "learned_value": Number(
        "value that was learned for the start: max Q over kept actions",
        "学到的起点价值：保留动作上的 max Q",
        kind="statistical",
    ),
    "return": Number(
        "true return of the policy, by policy evaluation",
        "所得策略的真实回报（策略评估精确求得）",
        kind="statistical",
    ),
    "unseen_chosen": Number(
        "share of states in which the policy's action is not in the data",
        "策略动作不在数据里的状态所占比例",
        kind="statistical",
    ),
    "behaviour_return": Number(
        "true return of the policy that collected the data",
        "采集数据的行为策略的真实回报",
        kind="statistical",
    ),
    "clone_return": Number(
        "true return of always taking the commonest action of the data",
        "总取数据里最常见动作的真实回报",
        kind="statistical",
    ),
    "support_return": Number(
        "best return that the actions in the data allow, were their effects known",
        "若数据中动作的效果全部已知，它们所能达到的最好回报",
        kind="statistical",
    ),
    "best_return": Number("return of the best policy of the lake", "冰湖的最优策略回报"),
    "example_kept": Number(
        "actions kept in the one state given by counts", "由 counts 给定的单个状态里保留的动作数"
    ),
    "example_limit": Number(
        "smallest share of that state's data that is kept: τ·max π_b",
        "该状态保留动作所需的最小数据占比：τ·max π_b",
    ),
}
OFF = Off({"tau": 0.0}, moves={"kept_actions": "up", "overestimation": "up", "unseen_chosen": "up"})
ANCHORS = [
    Anchor({"tau": 0.0}, "kept_actions", 4.0, 1e-9, "closed form: τ=0 keeps everything", "2026-11-26"),
    Anchor(
        {"samples": "all", "tau": 0.001},
        "overestimation",
        0.0,
        1e-6,
        "closed form: with the data's effects known, masked Q-learning is exact",
        "2026-11-26",
    ),
    Anchor(
        {"coverage": 1.0, "samples": "all", "tau": 0.0, "gamma": 0.99},
        "return",
        54.20259,
        1e-4,
        "100 times the optimum of FrozenLake 4x4 at γ=.99 (.5420259, demo mdp)",
        "2026-11-26",
    ),
    Anchor({"counts": (60, 30, 17, 3), "tau": 0.3}, "example_kept", 2.0, 0, "closed form: 18 of 60 is the limit", "2026-11-26"),
]  # fmt: skip
SAYS = {
    "masked": {
        "en": "τ={tau:g} keeps {kept_actions:.2f} of four actions a state: the start is valued {learned_value:.1f}, "
        "{overestimation:+.1f} against the policy's true {return:.1f} (data policy {behaviour_return:.1f}, its commonest "
        "action {clone_return:.1f}, best within the data {support_return:.1f}).",
        "zh": "τ={tau:g} 在每个状态保留四个动作中的 {kept_actions:.2f} 个：起点估值 {learned_value:.1f}，与策略真实回报 "
        "{return:.1f} 相差 {overestimation:+.1f}（行为策略 {behaviour_return:.1f}，只取最常见动作 {clone_return:.1f}，数据范围内最好 "
        "{support_return:.1f}）。",
    },
    "naive": {
        "en": "τ=0 is Q-learning: the start is valued {learned_value:.1f}, {overestimation:+.1f} against the policy's true "
        "{return:.1f}, and in {unseen_chosen:.0%} of the states it takes an action that is not in the data.",
        "zh": "τ=0 就是 Q-learning：起点估值 {learned_value:.1f}，与策略真实回报 {return:.1f} 相差 {overestimation:+.1f}，"
        "并在 {unseen_chosen:.0%} 的状态里选了数据中没有的动作。",
    },
    "clone": {
        "en": "τ=1 keeps only the commonest action of each state: behaviour cloning, worth {return:.1f} (data policy "
        "{behaviour_return:.1f}, best within the data {support_return:.1f}).",
        "zh": "τ=1 在每个状态只留最常见的动作，就是行为克隆，回报 {return:.1f}（行为策略 {behaviour_return:.1f}，数据范围内最好 "
        "{support_return:.1f}）。",
    },
}

Actions = NDArray[np.intp]

LADDER = (0.0, 0.001, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)
"""The τ of the curves."""


def kept(share: Array, tau: float) -> Mask:
    """π_b(a|s) ≥ τ·max π_b(·|s) over the last axis; the commonest action is kept at any τ ≤ 1."""
    return np.asarray(share >= tau * share.max(axis=-1, keepdims=True))


def learn(batch: Batch, first: Array, mask: Mask, gamma: float) -> Array:
    """Fitted Q iteration on the data until it stands still: y = r + γ max over kept a' of Q(s', a'); (D, S, A).

    Pairs in the data take their target; any other keeps the value of `first`, which nothing tests.
    """
    q, change = first.copy(), 1.0
    while change > 1e-12 * GOAL:
        v = np.where(mask, q, -np.inf).max(axis=2)
        after = np.where(batch.seen, batch.targets(v, gamma), q)
        change, q = float(np.abs(after - q).max()), after
    return q


def graded(mdp: Mdp, q: Array, mask: Mask, gamma: float) -> tuple[Array, Array, Actions]:
    """Learned value at the start (D,), true return (D,) and the action of every state (D, S) of the masked greedy policy."""
    allowed = np.where(mask, q, -np.inf)
    true = policy_values(mdp, greedy(allowed), gamma) @ mdp.start
    return allowed.max(axis=2) @ mdp.start, true, allowed.argmax(axis=2)


def estimate(values: Array) -> Estimate:
    """Mean over the data sets and its standard error, sample deviation over √D."""
    return Estimate(float(values.mean()), float(values.std(ddof=1) / math.sqrt(len(values))), len(values))


def support_returns(mdp: Mdp, policy: Array, first: Array, gamma: float) -> Array:
    """Return of the best policy among the actions that π_b ever takes, with the lake's own probabilities, (D,)."""
    taken = policy > 0
    whole = Batch(policy, np.where(taken[..., None], mdp.p, 0.0), np.where(taken, mdp.r, 0.0))
    return graded(mdp, learn(whole, first, taken, gamma), taken, gamma)[1]


def run(
    tau: Annotated[
        float,
        Flag(
            "keep an action if its share is at least τ times the commonest one's; 0 is Q-learning, 1 cloning",
            "动作占比不低于最常见动作的 τ 倍才保留；0 即 Q-learning，1 即克隆",
            low=0,
            high=1,
        ),
    ] = 0.3,
    coverage: Annotated[
        float,
        Flag(
            "chance that an action of a state is in the data at all, besides one that always is",
            "每个状态除必有的一个动作外，其余动作出现在数据里的概率",
            low=0,
            high=1,
        ),
    ] = 0.5,
    samples: Annotated[
        int | Literal["all"],
        Flag(
            "transitions from every state; all: endlessly many of the same policy",
            "每个状态的转移条数；all：同一策略无穷多条数据",
            low=2,
            high=1_000_000,
        ),
    ] = 100,
    spread: Annotated[
        float,
        Flag(
            "deviation of the values that the table begins with, mean zero",
            "Q 表初值的标准差（均值为零）",
            low=0,
            high=100,
            live={"tau": (0.0,)},
        ),
    ] = 20,
    gamma: Annotated[float, Flag("discount γ", "折扣 γ", low=0.1, high=0.99)] = 0.95,
    counts: Annotated[
        tuple[float, ...],
        Flag(
            "how often each action of the one-state example was taken", "单状态例子里各动作出现的次数", low=0
        ),
    ] = (60, 30, 17, 3),
    datasets: Annotated[int, Flag("independent data sets", "独立数据集的个数", low=2, high=500)] = 60,
    seed: Annotated[int, Flag("random seed", "随机种子", low=0)] = 0,
) -> Result:
    """Learn from data that lack actions under a mask, and grade the result in the real lake."""
    if not any(counts):
        raise ValueError("counts holds no transition")
    mdp, rng = lake(), np.random.default_rng(seed)
    states = alive(mdp)
    policy = behaviours(mdp, gamma, coverage, datasets, rng)
    batch = collect(mdp, policy, samples, rng)
    first = spread * rng.normal(size=policy.shape)

    mask = kept(batch.share, tau)
    learned, true, chosen = graded(mdp, learn(batch, first, mask, gamma), mask, gamma)
    unseen = ~np.take_along_axis(batch.seen, chosen[..., None], axis=2)[:, states, 0]
    rows = []
    for done, at in enumerate(LADDER):
        report_progress(done, len(LADDER))
        keep = kept(batch.share, at)
        believed, got, _ = graded(mdp, learn(batch, first, keep, gamma), keep, gamma)
        rows.append(
            [at, float(keep[:, states].sum(axis=2).mean()), float(believed.mean()), float(got.mean())]
        )
    common = np.eye(policy.shape[2])[batch.share.argmax(axis=2)]
    row = np.array(counts, dtype=np.float64)
    return Result(
        numbers={
            "kept_actions": estimate(mask[:, states].sum(axis=2).mean(axis=1)),
            "overestimation": estimate(learned - true),
            "learned_value": estimate(learned),
            "return": estimate(true),
            "unseen_chosen": estimate(unseen.mean(axis=1)),
            "behaviour_return": estimate(policy_values(mdp, policy, gamma) @ mdp.start),
            "clone_return": estimate(policy_values(mdp, common, gamma) @ mdp.start),
            "support_return": estimate(support_returns(mdp, policy, first, gamma)),
            "best_return": float(best_values(mdp, gamma).max(axis=1) @ mdp.start),
            "example_kept": float(kept(row, tau).sum()),
            "example_limit": float(tau * row.max() / row.sum()),
        },
        ran="simulation",
        series=[
            Series("learned value", "学到的价值", LADDER, [row[2] for row in rows], "τ", "start"),
            Series("true return", "真实回报", LADDER, [row[3] for row in rows], "τ", "start"),
            Series("kept actions", "保留的动作", LADDER, [row[1] for row in rows], "τ", "actions"),
        ],
        tables=[Table("by τ", "按 τ", ["τ", "kept", "learned", "true return"], rows)],
        says="naive" if tau == 0 else "clone" if tau == 1 else "masked",
    )


if __name__ == "__main__":
    main(run)
