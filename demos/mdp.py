"""MDP: sweeps of Bellman's equation contract by γ, and the policy is often right long before the values are.

Interview point: name the five-tuple (S, A, P, R, γ) and what each part is for an LLM; average over a policy's actions
(expectation equation) or take the best one (optimality equation); both backups contract, so the sweeps converge.
Source: Sutton & Barto 2018, eq. 3.14 (expectation), 3.19 (optimality), section 4.4 (value iteration), example 3.5
(the 5x5 grid), example 6.6 (cliff walking); transition tables of gymnasium's toy-text environments.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np
from numpy.typing import NDArray

from llmcore_tui.lab import Anchor, Flag, NotReached, NotRun, Number, Off, Result, Series, Table, main
from toys.known_mdps import ARROWS, Array, Mdp, build

TITLE = {
    "en": "MDP: value iteration contracts by γ, and the policy may settle first",
    "zh": "MDP：值迭代以 γ 为压缩率收敛，策略往往先于价值稳定",
}
FORMULA = r"v_{k+1}(s)=\max_a\left[R(s,a)+\gamma\sum_{s'}P(s'|s,a)\,v_k(s')\right]"
NUMBERS = {
    "start_value": Number(
        "value of the start, averaged over the start distribution", "起点的价值（按初始分布取平均）"
    ),
    "sweeps": Number(
        "sweeps until the largest change is below the tolerance", "最大变化量低于容差所用的扫描次数"
    ),
    "contraction": Number(
        "largest ratio of two successive sup-norm changes (at most γ)",
        "相邻两次最大变化量之比的最大值（不超过 γ）",
    ),
    "policy_settled_at": Number(
        "sweep from which acting greedily is optimal for good", "从第几次扫描起贪心策略一直最优"
    ),
    "sweeps_bound": Number(
        "sweeps that contraction by γ guarantees to be enough", "由 γ 压缩性质可保证足够的扫描次数"
    ),
    "policy_iterations": Number(
        "evaluations that policy iteration needs for the same solution", "策略迭代得到同一个解所需的评估轮数"
    ),
    "value_error": Number(
        "largest error of the values at the last sweep, against the exact solution",
        "停止时价值与精确解的最大误差",
    ),
    "error_bound": Number(
        "what the last change guarantees for that error: γ/(1-γ) times it",
        "由最后一次变化量保证的误差上界：γ/(1-γ) 乘以它",
    ),
    "horizon": Number("effective horizon 1/(1-γ)", "有效视野 1/(1-γ)", unit="steps"),
}
OFF = Off(
    {"gamma": 0.0},
    moves={"start_value": "down", "sweeps": "down", "contraction": "down", "horizon": "down"},
)
ANCHORS = [
    Anchor({}, "start_value", 0.5420259320, 1e-9, "closed form: linear programme", "2026-11-22"),
    Anchor({}, "sweeps", 704, 0, "closed form: plain loop over gymnasium 1.4's table", "2026-11-22"),
    Anchor({}, "policy_settled_at", 45, 0, "closed form: plain loop over gymnasium 1.4's table", "2026-11-22"),
    Anchor({"gamma": 1.0}, "start_value", 0.8235294118, 1e-9, "closed form: 14/17", "2026-11-22"),
    Anchor({"env": "CliffWalking-v1"}, "start_value", -12.2478977, 1e-8, "closed form: -(1-.99^13)/.01", "2026-11-22"),
    Anchor({"env": "CliffWalking-v1", "gamma": 1.0}, "start_value", -13.0, 1e-9, "closed form: 13 steps of -1", "2026-11-22"),
    Anchor({"env": "Taxi-v4", "gamma": 1.0}, "start_value", 7.93, 1e-9, "closed form: 21 - mean shortest trip", "2026-11-22"),
    Anchor({"env": "token-chain"}, "start_value", 0.3660323413, 1e-9, "closed form: .99^100", "2026-11-22"),
    Anchor({"env": "sb-grid", "policy": "uniform", "gamma": 0.9, "start": 0}, "start_value", 3.3, 0.05, "Sutton & Barto 2018, figure 3.2 (right), row 1", "2026-11-22"),
    Anchor({"env": "sb-grid", "policy": "uniform", "gamma": 0.9, "start": 1}, "start_value", 8.8, 0.05, "Sutton & Barto 2018, figure 3.2 (right), row 1", "2026-11-22"),
    Anchor({"env": "sb-grid", "policy": "uniform", "gamma": 0.9, "start": 2}, "start_value", 4.4, 0.05, "Sutton & Barto 2018, figure 3.2 (right), row 1", "2026-11-22"),
    Anchor({"env": "sb-grid", "policy": "uniform", "gamma": 0.9, "start": 3}, "start_value", 5.3, 0.05, "Sutton & Barto 2018, figure 3.2 (right), row 1", "2026-11-22"),
    Anchor({"env": "sb-grid", "policy": "uniform", "gamma": 0.9, "start": 4}, "start_value", 1.5, 0.05, "Sutton & Barto 2018, figure 3.2 (right), row 1", "2026-11-22"),
    Anchor({"env": "sb-grid", "policy": "uniform", "gamma": 0.9, "start": 20}, "start_value", -1.9, 0.05, "Sutton & Barto 2018, figure 3.2 (right), row 5", "2026-11-22"),
    Anchor({"env": "sb-grid", "policy": "uniform", "gamma": 0.9, "start": 24}, "start_value", -2.0, 0.05, "Sutton & Barto 2018, figure 3.2 (right), row 5", "2026-11-22"),
    Anchor({"env": "sb-grid", "gamma": 0.9, "start": 0}, "start_value", 22.0, 0.05, "Sutton & Barto 2018, figure 3.5 (middle), row 1", "2026-11-22"),
    Anchor({"env": "sb-grid", "gamma": 0.9, "start": 1}, "start_value", 24.4, 0.05, "Sutton & Barto 2018, figure 3.5 (middle), row 1", "2026-11-22"),
    Anchor({"env": "sb-grid", "gamma": 0.9, "start": 3}, "start_value", 19.4, 0.05, "Sutton & Barto 2018, figure 3.5 (middle), row 1", "2026-11-22"),
    Anchor({"env": "sb-grid", "gamma": 0.9, "start": 24}, "start_value", 11.7, 0.05, "Sutton & Barto 2018, figure 3.5 (middle), row 5", "2026-11-22"),
]  # fmt: skip
SAYS = {
    "settles_early": {
        "en": "From one sweep to the next the largest change is multiplied by at most γ={gamma:g}; after "
        "{sweeps:.0f} sweeps the start is worth {start_value:.4f}. Acting greedily was optimal for good from sweep "
        "{policy_settled_at:.0f} on.",
        "zh": "每扫描一次，最大变化量至多变为原来的 γ={gamma:g} 倍；{sweeps:.0f} 次扫描后起点价值为 {start_value:.4f}，"
        "而贪心策略从第 {policy_settled_at:.0f} 次扫描起就一直最优。",
    },
    "settles_late": {
        "en": "After {sweeps:.0f} sweeps at γ={gamma:g} the start is worth {start_value:.4f}. Here the policy settles "
        "only at sweep {policy_settled_at:.0f}: news of a reward travels one step a sweep, and the policy waits for it.",
        "zh": "γ={gamma:g} 时经过 {sweeps:.0f} 次扫描，起点价值为 {start_value:.4f}。这里策略到第 "
        "{policy_settled_at:.0f} 次扫描才稳定：奖励的信息每次扫描只向前传一步，策略只能等它传到。",
    },
    "evaluated": {
        "en": "The policy is fixed ({policy}), so this is the expectation equation: after {sweeps:.0f} sweeps at "
        "γ={gamma:g} the start is worth {start_value:.4f}.",
        "zh": "策略固定（{policy}），所以解的是贝尔曼期望方程：γ={gamma:g} 时 {sweeps:.0f} 次扫描后起点价值为 {start_value:.4f}。",
    },
    "q_learning": {
        "en": "Q-learning's values are those of acting without exploration, but it acts with ε={epsilon:g} of random "
        "actions: what it really gets from the start is {start_value:.4f}.",
        "zh": "Q-learning 学到的是不探索时的最优价值，但实际行动中有 ε={epsilon:g} 的随机动作：从起点真正得到的是 {start_value:.4f}。",
    },
    "sarsa": {
        "en": "Sarsa's values count its own exploration: of all ε-greedy policies with ε={epsilon:g}, the one it ends in "
        "is the best, and the start is worth {start_value:.4f} to it.",
        "zh": "Sarsa 的价值把自己的探索也算进去：在 ε={epsilon:g} 的所有 ε-贪心策略中，它收敛到最好的那个，起点价值为 {start_value:.4f}。",
    },
    "token_chain": {
        "en": "The only reward comes with the end of an answer of {length} tokens: at γ={gamma:g} it is worth {start_value:.4f} "
        "at the prompt. News of it travels one token a sweep, so the policy settles only at sweep {policy_settled_at:.0f}.",
        "zh": "唯一的奖励在 {length} 个 token 的回答结束时才给：γ={gamma:g} 时它在提示处只值 {start_value:.4f}。"
        "奖励的信息每次扫描只传一个 token，所以策略到第 {policy_settled_at:.0f} 次扫描才稳定。",
    },
    "myopic": {
        "en": "γ=0 counts the next reward only: {sweeps:.0f} sweeps are enough, and the start is worth {start_value:.4f}.",
        "zh": "γ=0 只看下一步奖励：{sweeps:.0f} 次扫描就够，起点价值为 {start_value:.4f}。",
    },
    "stopped_early": {
        "en": "The tolerance {tol:g} ended the sweeps at number {sweeps:.0f}, when acting greedily was not yet optimal "
        "in every state.",
        "zh": "容差 {tol:g} 使扫描在第 {sweeps:.0f} 次停下，此时贪心策略还没有在每个状态上都最优。",
    },
    "no_convergence": {
        "en": "At γ={gamma:g} no contraction is guaranteed: on {env} the changes were still not below {tol:g} when the "
        "budget of sweeps was used up.",
        "zh": "γ={gamma:g} 时没有压缩性的保证：扫描次数预算用完时，{env} 上的变化量仍未低于 {tol:g}。",
    },
}

MAX_SWEEPS = 50_000
TIE = 1e-10  # actions are equally good when their values differ by less than this share of the best one's
ROUNDING = 1e-3  # a change below this share of the largest is too near rounding to measure the contraction by


def lookahead(mdp: Mdp, v: Array, gamma: float) -> Array:
    """q(s, a) = R(s, a) + γ Σ_s' P(s'|s, a) v(s'), shape (S, A): one step ahead of v (as eq. 3.17)."""
    return mdp.r + gamma * (mdp.p @ v)


def best(q: Array) -> NDArray[np.bool_]:
    """Which actions are the best of their state, ties included, shape (S, A)."""
    top: Array = q.max(axis=1, keepdims=True)
    return np.greater_equal(q, top - TIE * np.abs(top))


def greedy(q: Array, epsilon: float) -> Array:
    """π(a|s), shape (S, A): the best actions share 1-ε equally, and ε is drawn uniformly from all."""
    shared = best(q) / best(q).sum(axis=1, keepdims=True)
    pi: Array = (1 - epsilon) * shared + epsilon / q.shape[1]
    return pi


def uniform(mdp: Mdp) -> Array:
    """π(a|s) of the policy that draws every action alike."""
    return np.full_like(mdp.r, 1 / mdp.r.shape[1])


def under(mdp: Mdp, pi: Array) -> tuple[Array, Array]:
    """What following π makes of the MDP: P_π (S, S) and R_π (S,)."""
    return np.einsum("sa,sat->st", pi, mdp.p), (pi * mdp.r).sum(axis=1)


def evaluate(mdp: Mdp, pi: Array, gamma: float) -> Array:
    """v_π exactly: (I - γP_π) v = R_π, which is eq. 3.14 of all states at once."""
    p_pi, r_pi = under(mdp, pi)
    return np.asarray(np.linalg.solve(np.eye(len(r_pi)) - gamma * p_pi, r_pi), dtype=np.float64)


def policy_iteration(mdp: Mdp, gamma: float, epsilon: float) -> tuple[Array, int]:
    """Values of the best policy (the best ε-greedy one at ε>0), and how many policies were evaluated for it.

    Evaluate exactly, then act (ε-)greedily on that, from the uniform policy until nothing changes (sections 4.3, 5.4).
    """
    pi, evaluations = uniform(mdp), 0
    while True:
        v, evaluations = evaluate(mdp, pi, gamma), evaluations + 1
        improved = greedy(lookahead(mdp, v, gamma), epsilon)
        if np.array_equal(improved, pi):
            return v, evaluations
        pi = improved


@dataclass(frozen=True, slots=True)
class Sweeps:
    """What the sweeps left."""

    v: Array
    """The last values, shape (S,)."""
    changes: Array
    """max_s |v_{k+1}(s) - v_k(s)| of every sweep."""
    choices: NDArray[np.bool_]
    """The best actions on the values of every sweep, shape (sweeps, S, A); no sweeps where the policy is fixed."""
    converged: bool


def optimal_sweeps(mdp: Mdp, gamma: float, epsilon: float, tol: float) -> Sweeps:
    """v ← (1-ε) max_a q + ε mean_a q from v=0: value iteration at ε=0, at ε>0 what Sarsa's values converge to.

    All states change together, from the old values. Ends with the first change below `tol`.
    """
    v = np.zeros(len(mdp.r))
    q = lookahead(mdp, v, gamma)
    changes: list[float] = []
    choices: list[NDArray[np.bool_]] = []
    while not (changes and changes[-1] < tol) and len(changes) < MAX_SWEEPS:
        after = (1 - epsilon) * q.max(axis=1) + epsilon * q.mean(axis=1)
        changes.append(float(np.abs(after - v).max()))
        v, q = after, lookahead(mdp, after, gamma)
        choices.append(best(q))
    return Sweeps(v, np.array(changes), np.array(choices), changes[-1] < tol)


def expected_sweeps(mdp: Mdp, pi: Array, gamma: float, tol: float) -> Sweeps:
    """v ← R_π + γ P_π v from v=0: iterative policy evaluation (section 4.1)."""
    p_pi, r_pi = under(mdp, pi)
    v = np.zeros(len(r_pi))
    changes: list[float] = []
    while not (changes and changes[-1] < tol) and len(changes) < MAX_SWEEPS:
        after = r_pi + gamma * (p_pi @ v)
        changes.append(float(np.abs(after - v).max()))
        v = after
    return Sweeps(v, np.array(changes), np.empty((0, *mdp.r.shape), dtype=np.bool_), changes[-1] < tol)


def swept(mdp: Mdp, policy: str, gamma: float, epsilon: float, tol: float) -> Sweeps:
    """The sweeps for the values of `policy`."""
    if policy == "uniform":
        return expected_sweeps(mdp, uniform(mdp), gamma, tol)
    if policy == "q-learning":  # its values are the optimal ones, but it acts ε-greedily on them
        learned = optimal_sweeps(mdp, gamma, 0.0, tol)
        return expected_sweeps(mdp, greedy(lookahead(mdp, learned.v, gamma), epsilon), gamma, tol)
    return optimal_sweeps(mdp, gamma, epsilon if policy == "sarsa" else 0.0, tol)


def exact(mdp: Mdp, policy: str, gamma: float, epsilon: float) -> tuple[Array, int | None]:
    """The same values without sweeping, for γ<1, and the evaluations that policy iteration needed."""
    if policy == "uniform":
        return evaluate(mdp, uniform(mdp), gamma), None
    v, evaluations = policy_iteration(mdp, gamma, epsilon if policy == "sarsa" else 0.0)
    if policy == "q-learning":
        return evaluate(mdp, greedy(lookahead(mdp, v, gamma), epsilon), gamma), evaluations
    return v, evaluations


def contraction(changes: Array) -> float:
    """The largest ratio of successive changes, while they are above a thousandth of the largest (see ROUNDING)."""
    before, after = changes[:-1], changes[1:]
    clear = before > ROUNDING * changes.max()
    return float((after[clear] / before[clear]).max(initial=0.0))


def settled_at(choices: NDArray[np.bool_], q: Array) -> int | None:
    """The sweep (the first is 1) from which on every best action is optimal under q; None if the last is not."""
    wrong = np.flatnonzero((choices & ~best(q)).any(axis=(1, 2)))
    first = int(wrong[-1]) + 2 if len(wrong) else 1
    return first if first <= len(choices) else None


def enough_sweeps(first_change: float, gamma: float, tol: float) -> int:
    """The smallest k with γ^(k-1)·(first change) < tol: what contraction guarantees before anything has run."""
    if first_change < tol:
        return 1
    return 2 if gamma == 0 else 2 + math.floor(math.log(tol / first_change) / math.log(gamma))


def reachable(mdp: Mdp) -> NDArray[np.bool_]:
    """The states in which an episode can be before it has ended, shape (S,)."""
    seen = mdp.start > 0
    ways: NDArray[np.bool_] = np.greater(mdp.p.max(axis=1), 0)
    while (wider := seen | ways[seen].any(axis=0)).sum() > seen.sum():
        seen = wider
    return seen


def pictures(mdp: Mdp, env: str, v: Array, gamma: float) -> list[Table]:
    """The five-tuple's shapes and, for a grid, values and best actions where they lie; a dot where nobody ever is."""
    states, actions = mdp.r.shape
    shapes = [("S", f"{states}"), ("A", f"{actions}"), ("P", f"{mdp.p.shape}"), ("R", f"{mdp.r.shape}"), ("γ", f"{gamma:g}")]  # fmt: skip
    tables = [
        Table("The five-tuple as arrays: sizes and shapes", "五元组对应的数组：大小与形状", ["", ""], shapes)
    ]
    if mdp.width:
        columns = [str(column) for column in range(mdp.width)]
        arrows = np.array(list(ARROWS[env]))
        marks = ["".join(arrows[row]) for row in best(lookahead(mdp, v, gamma))]
        there = reachable(mdp)
        for en, zh, cells in (("Values", "状态价值", v.tolist()), ("Best actions", "最优动作", marks)):
            shown = [cell if visited else "·" for cell, visited in zip(cells, there, strict=True)]
            rows = [shown[s : s + mdp.width] for s in range(0, states, mdp.width)]
            tables.append(Table(en, zh, columns, rows))
    return tables


def curves(changes: Array, settled: int | None) -> list[Series]:
    """The sup-norm change by sweep, and a mark where the policy settled."""
    shown = [k for k in range(0, len(changes), max(1, len(changes) // 1000)) if changes[k] > 0]
    x, y = [float(k + 1) for k in shown], [math.log10(changes[k]) for k in shown]
    axes = ("sweep", "log10 of the largest change")
    series = [Series("largest change of a value", "价值的最大变化量", x, y, *axes)]
    if settled and changes[settled - 1] > 0:
        x, y = [float(settled)], [math.log10(changes[settled - 1])]
        series.append(Series("policy optimal from here on", "策略从此一直最优", x, y, *axes))
    return series


def sentence(result: Sweeps, settled: int | None, env: str, policy: str, gamma: float) -> str:
    """Which sentence of SAYS is true."""
    if not result.converged:
        return "no_convergence"
    if policy in ("q-learning", "sarsa"):
        return policy.replace("-", "_")
    if gamma == 0:
        return "myopic"
    if policy == "uniform":
        return "evaluated"
    if settled is None:
        return "stopped_early"
    early = 2 * settled <= len(result.changes)
    return "token_chain" if env == "token-chain" else "settles_early" if early else "settles_late"


def run(
    env: Annotated[
        Literal["FrozenLake-v1", "CliffWalking-v1", "Taxi-v4", "sb-grid", "token-chain"],
        Flag(
            "environment; sb-grid is Sutton & Barto's 5x5 grid, token-chain an answer scored at its end",
            "环境；sb-grid 是 Sutton & Barto 的 5x5 网格，token-chain 是写完才打分的一段回答",
        ),
    ] = "FrozenLake-v1",
    gamma: Annotated[float, Flag("discount γ", "折扣 γ", low=0, high=1)] = 0.99,
    map: Annotated[
        Literal["4x4", "8x8"], Flag("map of the lake", "冰湖的地图", live={"env": ("FrozenLake-v1",)})
    ] = "4x4",
    slippery: Annotated[
        bool,
        Flag(
            "on ice a step slips to either side with probability 1/3 each",
            "冰面打滑：以各 1/3 的概率滑向两侧",
            live={"env": ("FrozenLake-v1",)},
        ),
    ] = True,
    length: Annotated[
        int,
        Flag("tokens of the answer", "回答的 token 数", low=1, high=1000, live={"env": ("token-chain",)}),
    ] = 100,
    policy: Annotated[
        Literal["optimal", "uniform", "q-learning", "sarsa"],
        Flag(
            "whose values: the best policy's, the uniform one's, or those of the ε-greedy policy in which "
            "Q-learning or Sarsa ends",
            "求谁的价值：最优策略、均匀随机策略，或 Q-learning / Sarsa 收敛后实际执行的 ε-贪心策略",
        ),
    ] = "optimal",
    epsilon: Annotated[
        float,
        Flag(
            "share of random actions, ε",
            "随机动作的比例 ε",
            low=0,
            high=1,
            live={"policy": ("q-learning", "sarsa")},
        ),
    ] = 0.1,
    tol: Annotated[
        float,
        Flag("stop at the first change below this", "最大变化量低于它就停止", low=1e-12, high=1),
    ] = 1e-12,
    start: Annotated[
        int | Literal["env"],
        Flag(
            "start state; env: the start distribution of the environment",
            "起始状态；env：环境自己的初始分布",
            low=0,
        ),
    ] = "env",
) -> Result:
    """Sweep a known MDP until its values stand still, and see when the policy does."""
    mdp = build(env, map, slippery, length)
    if start != "env" and start >= len(mdp.r):
        raise ValueError(f"{env} has the states 0 to {len(mdp.r) - 1}, not {start}")
    weights = mdp.start if start == "env" else np.eye(len(mdp.r))[start]

    result = swept(mdp, policy, gamma, epsilon, tol)
    count, fixed = len(result.changes), not len(result.choices)
    solution, evaluations = exact(mdp, policy, gamma, epsilon) if gamma < 1 else (result.v, None)
    known = gamma < 1 or result.converged
    settled = settled_at(result.choices, lookahead(mdp, solution, gamma)) if known and not fixed else None

    budget, undiscounted, given = (
        NotReached(f"{MAX_SWEEPS:,} sweeps", f"{MAX_SWEEPS:,} 次遍历"),
        NotRun("γ=1"),
        NotRun(f"policy={policy}"),
    )
    unsettled = given if fixed else NotReached(f"{count:,} sweeps", f"{count:,} 次遍历")
    return Result(
        numbers={
            "start_value": float(weights @ result.v) if result.converged else budget,
            "sweeps": float(count) if result.converged else budget,
            "contraction": contraction(result.changes),
            "policy_settled_at": float(settled) if settled else unsettled,
            "sweeps_bound": float(enough_sweeps(result.changes[0], gamma, tol))
            if gamma < 1
            else undiscounted,
            "policy_iterations": float(evaluations) if evaluations else given if gamma < 1 else undiscounted,
            "value_error": float(np.abs(result.v - solution).max()) if gamma < 1 else undiscounted,
            "error_bound": gamma / (1 - gamma) * float(result.changes[-1]) if gamma < 1 else undiscounted,
            "horizon": 1 / (1 - gamma) if gamma < 1 else undiscounted,
        },
        ran="formula",
        series=curves(result.changes, settled),
        tables=pictures(mdp, env, result.v, gamma),
        says=sentence(result, settled, env, policy, gamma),
        formula=r"v_{k+1}(s)=\sum_a\pi(a|s)\left[R(s,a)+\gamma\sum_{s'}P(s'|s,a)\,v_k(s')\right]"
        if fixed
        else "",
    )


if __name__ == "__main__":
    main(run)
