"""CQL: a penalty that pushes the soft-max of Q down and the data's Q up, against values that nothing has tested.

Interview point: in data that lack actions, max Q picks the unseen action whose value happens to be too high, and
bootstrapping carries it back to the start; the penalty logsumexp Q - Q(a) makes the learned value a lower bound in
expectation once α is large enough. It moves seen actions as well, each by α(1 - softmax(Q)/π̂_b).
Source: Kumar et al. 2020, arXiv:2006.04779, eq. 2 and 4 (CQL(H)), theorem 3.2; extrapolation error: Fujimoto et al. 2019,
arXiv:1812.02900, section 3.1. The penalty is a mean over the data, as is the Bellman error, which carries 1/2.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np

from llmcore_tui.lab import (
    Anchor,
    Estimate,
    Flag,
    NotRun,
    Number,
    Off,
    Result,
    Series,
    main,
    report_progress,
)
from toys.known_mdps import Mdp
from toys.offline_data import (
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

TITLE = {"en": "CQL: be pessimistic where there are no data", "zh": "CQL：没有数据的地方要悲观"}
FORMULA = (
    r"\min_Q\ \alpha\,E_{s,a\sim D}\left[\log\sum_{a'}e^{Q(s,a')}-Q(s,a)\right]"
    r"+\frac{1}{2}E_D\left[(Q-y)^2\right]"
)
NUMBERS = {
    "overestimation": Number(
        "learned value at the start minus the true return of the greedy policy",
        "起点的学习价值减去贪心策略的真实回报",
        kind="statistical",
    ),
    "learned_value": Number(
        "value that was learned for the start: max Q", "学到的起点价值：max Q", kind="statistical"
    ),
    "return": Number(
        "true return of the greedy policy, by policy evaluation",
        "贪心策略的真实回报（策略评估精确求得）",
        kind="statistical",
    ),
    "penalty": Number(
        "mean over the data of logsumexp Q - Q(a) at the end, states with a choice only",
        "训练结束时 logsumexp Q - Q(a) 在数据上的均值（不含终止状态）",
        kind="statistical",
    ),
    "unseen_chosen": Number(
        "share of states in which the greedy action is not in the data",
        "贪心动作不在数据里的状态所占比例",
        kind="statistical",
    ),
    "seen_lowered": Number(
        "how far the most lowered seen action lies below its own target",
        "被压得最多的已见动作比自身目标低多少",
        kind="statistical",
    ),
    "seen_raised": Number(
        "how far the most raised seen action lies above its own target",
        "被抬得最多的已见动作比自身目标高多少",
        kind="statistical",
    ),
    "behaviour_return": Number(
        "true return of the policy that collected the data",
        "采集数据的行为策略的真实回报",
        kind="statistical",
    ),
    "best_return": Number("return of the best policy of the lake", "冰湖的最优策略回报"),
    "example_penalty": Number(
        "logsumexp q - q[taken] of the one state given by q", "由 q 给定的单个状态的 logsumexp q - q[taken]"
    ),
    "example_push": Number(
        "that penalty's gradient on the taken action, without α: softmax(q)[taken] - 1",
        "该惩罚对所取动作的梯度（不含 α）：softmax(q)[taken] - 1",
    ),
}
OFF = Off({"alpha": 0.0}, moves={"overestimation": "up", "learned_value": "up", "unseen_chosen": "up"})
ANCHORS = [
    Anchor(
        {"gamma": 0.99},
        "best_return",
        54.20259,
        1e-4,
        "100 times the optimum of FrozenLake 4x4 at γ=.99 (.5420259, demo mdp)",
        "2026-11-26",
    ),
    Anchor(
        {"alpha": 0.0, "coverage": 1.0, "samples": "all"},
        "overestimation",
        0.0,
        1e-6,
        "closed form: with every pair known, Q-learning's fixed point is Q*",
        "2026-11-26",
    ),
    Anchor(
        {"alpha": 0.0, "coverage": 1.0, "samples": "all", "gamma": 0.99},
        "return",
        54.20259,
        1e-4,
        "the same optimum, reached by the learner",
        "2026-11-26",
    ),
    Anchor(
        {"q": (0, 0, 0, 0)}, "example_penalty", 1.3862943611198906, 1e-12, "closed form: ln 4", "2026-11-26"
    ),
]
SAYS = {
    "conservative": {
        "en": "With α={alpha:g} the start is valued {learned_value:.1f}, {overestimation:+.1f} against the true {return:.1f} "
        "of the greedy policy (data policy {behaviour_return:.1f}, best possible {best_return:.1f}); it takes an unseen action "
        "in {unseen_chosen:.0%} of the states. The penalty moved seen actions too: by up to {seen_lowered:.1f} down and "
        "{seen_raised:.1f} up.",
        "zh": "α={alpha:g} 时起点估值 {learned_value:.1f}，与贪心策略的真实回报 {return:.1f} 相差 {overestimation:+.1f}（行为策略 "
        "{behaviour_return:.1f}，最优 {best_return:.1f}）；在 {unseen_chosen:.0%} 的状态里选了没见过的动作。惩罚也挪动了已见动作："
        "最多压低 {seen_lowered:.1f}，抬高 {seen_raised:.1f}。",
    },
    "naive": {
        "en": "Without the penalty the start is valued {learned_value:.1f}, {overestimation:+.1f} against the true {return:.1f} "
        "of the greedy policy, which takes an unseen action in {unseen_chosen:.0%} of the states (data policy "
        "{behaviour_return:.1f}, best possible {best_return:.1f}).",
        "zh": "不加惩罚时起点估值 {learned_value:.1f}，与贪心策略的真实回报 {return:.1f} 相差 {overestimation:+.1f}；它在 "
        "{unseen_chosen:.0%} 的状态里选了没见过的动作（行为策略 {behaviour_return:.1f}，最优 {best_return:.1f}）。",
    },
}

STEPS, LOOKS = 4000, 40


@dataclass(frozen=True, slots=True)
class Look:
    """What a learner believes at some step, and what is true; each mean and shape (D,)."""

    step: int
    learned: Array
    true: Array


def softmax(q: Array) -> Array:
    """Over the last axis."""
    e = np.exp(q - q.max(axis=-1, keepdims=True))
    return np.asarray(e / e.sum(axis=-1, keepdims=True))


def logsumexp(q: Array) -> Array:
    """ln Σ exp q over the last axis."""
    top = q.max(axis=-1)
    return np.asarray(top + np.log(np.exp(q - top[..., None]).sum(axis=-1)))


def penalty(q: Array, share: Array) -> Array:
    """logsumexp_a' Q(s, a') - Σ_a π̂_b(a|s) Q(s, a) of each state (eq. 4's regulariser); (..., S, A) to (..., S)."""
    return np.asarray(logsumexp(q) - (share * q).sum(axis=-1))


def cql_loss(q: Array, share: Array, targets: Array, alpha: float) -> Array:
    """α·penalty + ½ Σ_a π̂_b(a|s)(Q - y)², eq. 4, of each state; all but α (..., S, A), gives (..., S)."""
    bellman = 0.5 * (share * (q - targets) ** 2).sum(axis=-1)
    return np.asarray(alpha * penalty(q, share) + bellman)


def cql_gradient(q: Array, share: Array, targets: Array, alpha: float) -> Array:
    """∂loss/∂Q(s, a) with y held fixed: α(softmax(Q) - π̂_b) + π̂_b(Q - y); shapes as in `cql_loss`.

    The first term lowers every action by its soft-max weight and raises those in the data by their share.
    """
    return np.asarray(alpha * (softmax(q) - share) + share * (q - targets))


def learn(
    batch: Batch, mdp: Mdp, first: Array, alpha: float, gamma: float, looks: int = LOOKS
) -> tuple[Array, list[Look]]:
    """Gradient descent on `cql_loss` from the table `first` (D, S, A), targets r + γ max Q of the present table.

    The step 1/(1 + α) is below what the steepest direction allows. Unseen actions have no Bellman term: at α=0 they stay.
    """
    q, seen, rate = first.copy(), [], 1 / (1 + alpha)
    for step in range(STEPS + 1):
        if step % (STEPS // looks) == 0:
            true = policy_values(mdp, greedy(q), gamma) @ mdp.start
            seen.append(Look(step, q.max(axis=2) @ mdp.start, true))
            report_progress(step, STEPS)
        if step < STEPS:
            q -= rate * cql_gradient(q, batch.share, batch.targets(q.max(axis=2), gamma), alpha)
    return q, seen


def shifts(q: Array, batch: Batch, gamma: float, states: Mask) -> tuple[Array, Array]:
    """How far the penalty holds seen actions below and above their own targets: the largest of each data set, (D,)."""
    moved = (q - batch.targets(q.max(axis=2), gamma))[:, states]
    inside = batch.seen[:, states]
    down = np.where(inside, -moved, 0.0).max(axis=(1, 2))
    up = np.where(inside, moved, 0.0).max(axis=(1, 2))
    return down, up


def estimate(values: Array) -> Estimate:
    """Mean over the data sets and its standard error, sample deviation over √D."""
    return Estimate(float(values.mean()), float(values.std(ddof=1) / math.sqrt(len(values))), len(values))


def run(
    alpha: Annotated[
        float,
        Flag("weight α of the penalty; 0 is Q-learning", "惩罚权重 α；0 即普通 Q-learning", low=0, high=20),
    ] = 1,
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
        ),
    ] = 20,
    gamma: Annotated[float, Flag("discount γ", "折扣 γ", low=0.1, high=0.99)] = 0.95,
    q: Annotated[
        tuple[float, ...],
        Flag("values of the one-state example", "单状态例子的各动作 Q 值", low=-100, high=100),
    ] = (1, 2, 4),
    taken: Annotated[
        int,
        Flag("action of the example that is in the data, from 0", "例子中数据里的动作编号，从 0 起", low=0),
    ] = 0,
    datasets: Annotated[int, Flag("independent data sets", "独立数据集的个数", low=2, high=500)] = 60,
    seed: Annotated[int, Flag("random seed", "随机种子", low=0)] = 0,
) -> Result:
    """Learn from data that lack actions, and grade the result in the real lake."""
    if taken >= len(q):
        raise ValueError(f"taken={taken}, but q has {len(q)} actions, counted from 0")
    row = np.array(q, dtype=np.float64)
    mdp, rng = lake(), np.random.default_rng(seed)
    states = alive(mdp)
    policy = behaviours(mdp, gamma, coverage, datasets, rng)
    batch = collect(mdp, policy, samples, rng)
    first = spread * rng.normal(size=policy.shape)
    table, looks = learn(batch, mdp, first, alpha, gamma)

    last = looks[-1]
    down, up = shifts(table, batch, gamma, states)
    unseen = ~np.take_along_axis(batch.seen, table.argmax(axis=2)[..., None], axis=2)[:, states, 0]
    untouched = NotRun("α=0")
    steps = [look.step for look in looks]
    return Result(
        numbers={
            "overestimation": estimate(last.learned - last.true),
            "learned_value": estimate(last.learned),
            "return": estimate(last.true),
            "penalty": estimate(penalty(table, batch.share)[:, states].mean(axis=1)),
            "unseen_chosen": estimate(unseen.mean(axis=1)),
            "seen_lowered": estimate(down) if alpha else untouched,
            "seen_raised": estimate(up) if alpha else untouched,
            "behaviour_return": estimate(policy_values(mdp, policy, gamma) @ mdp.start),
            "best_return": float(best_values(mdp, gamma).max(axis=1) @ mdp.start),
            "example_penalty": float(logsumexp(row) - row[taken]),
            "example_push": float(softmax(row)[taken] - 1),
        },
        ran="training",
        series=[
            Series(
                "learned value",
                "学到的价值",
                steps,
                [float(x.learned.mean()) for x in looks],
                "step",
                "start",
            ),
            Series("true return", "真实回报", steps, [float(x.true.mean()) for x in looks], "step", "start"),
        ],
        says="conservative" if alpha else "naive",
    )


if __name__ == "__main__":
    main(run)
