"""Reasoning: many attempts, who picks one of them, and what RL on right answers does to pass@1 and pass@k.

Interview point: votes help only where the right answer is the commonest; best-of-n is capped by the precision of what the
verifier likes best; pass@k needs an unbiased estimator; a process verifier sees luck that an outcome verifier rewards; RL
that must share one policy over problems raises pass@1 and can lower pass@k, one that need not share raises both (what
happens in large models is contested).
Source: Chen et al. 2021, arXiv:2107.03374, section 2.1 (pass@k); Wang et al. 2022, arXiv:2203.11171 (votes); Lightman et
al. 2023, arXiv:2305.20050 (outcome and process); Yue et al. 2025, arXiv:2504.13837, and Liu et al. 2025, arXiv:2505.24864
(the two sides on RL).
"""

from __future__ import annotations

import math
from typing import Annotated, Literal

import numpy as np
from numpy.polynomial import polynomial
from numpy.typing import NDArray

from llmcore_tui.lab import Anchor, Flag, NotReached, NotRun, Number, Off, Result, Series, Table, main

TITLE = {"en": "Reasoning: many attempts and one answer", "zh": "推理：多次尝试，怎么选一个"}
FORMULA = r"\mathrm{pass@}k=1-\frac{\binom{n-c}{k}}{\binom{n}{k}},\qquad \mathbb{E}\left[\mathrm{pass@}k\right]=1-(1-p)^k"
NUMBERS = {
    "majority_at_n": Number("majority vote over n attempts is right", "n 次尝试多数投票答对的概率"),
    "pass_at_k": Number("at least one of k attempts is right", "k 次尝试里至少一次答对的概率"),
    "best_of_n": Number("the attempt selected out of n is right", "从 n 次尝试里选出的那个答对的概率"),
    "best_of_many": Number("the same as n grows without bound", "n 无限增大时的同一概率"),
    "flawed_share": Number(
        "selected right answers whose reasoning is flawed", "选出的正确答案中，推理过程有错的比例"
    ),
    "blamed_steps": Number(
        "right steps that an outcome reward blames: they stand in an attempt whose answer is wrong",
        "被结果奖励错怪的正确步骤比例：它们所在的尝试最终答错",
    ),
    "estimator_mean": Number(
        "mean of the unbiased estimator of pass@k over n attempts", "n 次尝试上 pass@k 无偏估计的均值"
    ),
    "plug_in_bias": Number("mean of 1-(1-c/n)^k less the truth", "代入式 1-(1-c/n)^k 的均值减去真值"),
    "base_pass_1": Number("pass@1 of the toy policy before RL", "玩具策略 RL 之前的 pass@1"),
    "rl_pass_1": Number("pass@1 after RL", "RL 之后的 pass@1", kind="qualitative"),
    "base_pass_k": Number("pass@k of the toy policy before RL", "玩具策略 RL 之前的 pass@k"),
    "rl_pass_k": Number("pass@k after RL", "RL 之后的 pass@k", kind="qualitative"),
    "crossing_k": Number(
        "smallest k at which the policy before RL has the higher pass@k",
        "RL 之前的策略 pass@k 反超的最小 k",
        kind="qualitative",
    ),
    "entropy": Number(
        "entropy of the policy after RL, mean over problems",
        "RL 之后策略的熵（对题目取平均）",
        "nats",
        "qualitative",
    ),
}
OFF = Off({"n": 1, "k": 1}, moves={"majority_at_n": "down", "pass_at_k": "down", "best_of_n": "down"})
ANCHORS = [
    Anchor({"n": 3}, "majority_at_n", 0.648, 1e-9, "closed form: p³ + 3p²(1-p) at p = .6", "2026-11-26"),
    Anchor({}, "majority_at_n", 0.7534981325, 1e-9, "closed form: P(Bin(11, .6) ≥ 6)", "2026-11-26"),
    Anchor({}, "pass_at_k", 0.98976, 1e-9, "closed form: 1 - .4⁵", "2026-11-26"),
    Anchor({}, "estimator_mean", 0.98976, 1e-9, "closed form: unbiased, Chen et al. 2021", "2026-11-26"),
    Anchor(
        {"verifier_error": 0.0},
        "best_of_n",
        0.9999580569,
        1e-9,
        "closed form: a perfect verifier gives pass@11 = 1 - .4¹¹",
        "2026-11-26",
    ),
    Anchor(
        {"verifier_error": 0.5}, "best_of_n", 0.6, 1e-9, "closed form: a blind verifier gives p", "2026-11-26"
    ),
    Anchor(
        {"verifier_error": 0.2},
        "best_of_many",
        0.8571428571428571,
        1e-9,
        "closed form: .48/(.48+.08)",
        "2026-11-26",
    ),
]
SAYS = {
    "sharper": {
        "en": "Of {n} attempts the vote is right with {majority_at_n:.3f}, the one picked by {select} with {best_of_n:.3f}; one of "
        "{k} is right with {pass_at_k:.3f}. RL lifts the toy's pass@1 from {base_pass_1:.2f} to {rl_pass_1:.2f}, but from "
        "k = {crossing_k:.0f} on the policy before RL finds more.",
        "zh": "{n} 次尝试投票答对的概率 {majority_at_n:.3f}，由 {select} 选出的是 {best_of_n:.3f}；{k} 次里至少一次答对是 "
        "{pass_at_k:.3f}。RL 把玩具策略的 pass@1 从 {base_pass_1:.2f} 提到 {rl_pass_1:.2f}，但从 k = {crossing_k:.0f} 起 RL 之前的"
        "策略覆盖更多。",
    },
    "wider": {
        "en": "Of {n} attempts the vote is right with {majority_at_n:.3f}, the one picked by {select} with {best_of_n:.3f}; one of "
        "{k} is right with {pass_at_k:.3f}. Here RL moves the toy's pass@1 from {base_pass_1:.2f} to {rl_pass_1:.2f} and is "
        "overtaken at no k.",
        "zh": "{n} 次尝试投票答对的概率 {majority_at_n:.3f}，由 {select} 选出的是 {best_of_n:.3f}；{k} 次里至少一次答对是 "
        "{pass_at_k:.3f}。这里 RL 把玩具策略的 pass@1 从 {base_pass_1:.2f} 变到 {rl_pass_1:.2f}，任何 k 都没有被反超。",
    },
}

Array = NDArray[np.float64]
Select = Literal["majority", "orm", "prm"]
SHARES = np.array([0.45, 0.15, 0.15, 0.15, 0.10])
"""How common each kind of problem is in the toy of RL."""
SOLVES = np.array([[1, 0, 0, 0], [1, 1, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 0]], dtype=float)
"""Whether a strategy (column) solves a kind of problem (row); nothing solves the last kind."""
BASE = np.array([0.15, 0.10, 0.05, 0.70])
"""The policy before RL, the same for every kind of problem."""
LEARNING_RATE = 4.0
LARGEST_K = 1024


def binomial(n: int, p: float) -> list[float]:
    """P(Bin(n, p) = c) for c = 0 … n."""
    return [math.comb(n, c) * p**c * (1 - p) ** (n - c) for c in range(n + 1)]


def share_of_vote(right: int, wrong: int, answers: int) -> float:
    """Probability that the right answer wins with `right` votes, ties broken evenly.

    The `wrong` votes fall evenly on so many different wrong answers: coefficients of Π (Σ_{j ≤ c} x^j/j!), the number of
    wrong answers that tie kept apart, times wrong!/answers^wrong.
    """
    below = np.array([1 / math.factorial(j) for j in range(min(right, wrong + 1))])
    tied = [np.array([1.0])]
    for _ in range(answers):
        fewer = [np.convolve(ways, below)[: wrong + 1] for ways in tied] + [np.zeros(1)]
        equal = [np.zeros(1)] + [
            np.pad(ways, (right, 0))[: wrong + 1] / math.factorial(right) for ways in tied
        ]
        tied = [np.asarray(polynomial.polyadd(a, b)) for a, b in zip(fewer, equal, strict=True)]
    scale = math.factorial(wrong) / answers**wrong
    return sum(float(scale * ways[wrong]) / (1 + t) for t, ways in enumerate(tied) if len(ways) > wrong)


def majority(n: int, p: float, answers: int) -> float:
    """P(the commonest of n answers is right), all attempts independent and right with p."""
    return sum(weight * share_of_vote(c, n - c, answers) for c, weight in enumerate(binomial(n, p)) if c > 0)


def majority_limit(p: float, answers: int) -> float:
    """The same for ever more votes: 1, 0, or an even draw where the answers are equally common."""
    other = (1 - p) / answers
    return 1 / (1 + answers) if math.isclose(p, other) else float(p > other)


def unbiased(n: int, c: int, k: int) -> float:
    """1 - C(n-c, k)/C(n, k): k of the n attempts drawn without replacement hold a right one (Chen et al. 2021)."""
    return 1 - math.comb(n - c, k) / math.comb(n, k)


def plug_in(n: int, c: int, k: int) -> float:
    """1 - (1 - c/n)^k: the same drawn with replacement, which is biased."""
    return 1 - (1 - c / n) ** k


def flags_table(p: float, lucky: float, steps: int, error: float, select: Select) -> Array:
    """P(so many flags, kind) of an attempt, (flags, 3); kinds: sound and right, flawed but right, flawed and wrong.

    An attempt of `steps` steps is sound when each is right; a flawed one ends right with `lucky`. An outcome verifier judges the
    answer once, a process verifier each step; every judgement is turned round with `error`.
    """
    lucky = min(lucky, p)
    sound = (p - lucky) / (1 - lucky) if lucky < 1 else 0.0
    step = sound ** (1 / steps)
    table = np.zeros((steps + 1, 3))
    for wrong, weight in enumerate(binomial(steps, 1 - step)):
        kinds = np.array([1.0, 0, 0]) if wrong == 0 else np.array([0, lucky, 1 - lucky])
        if select == "prm":
            flags = np.convolve(binomial(steps - wrong, error), binomial(wrong, 1 - error))
            table += weight * np.outer(flags, kinds)
        else:
            passes = np.array([1 - error, 1 - error, error])
            table[0] += weight * kinds * passes
            table[1] += weight * kinds * (1 - passes)
    return table


def fewest_flags(table: Array, n: int) -> Array:
    """P(kind of the selected attempt), (3,): of n independent attempts one with the fewest flags, evenly among equals."""
    each = table.sum(axis=1)
    at_least = np.append(np.cumsum(each[::-1])[::-1], 0.0)
    least = at_least[:-1] ** n - at_least[1:] ** n
    shown = each > 0
    selected: Array = (least[shown] / each[shown]) @ table[shown]
    return selected


def softmax(logits: Array) -> Array:
    """Along the last axis."""
    e = np.exp(logits - logits.max(axis=-1, keepdims=True))
    normalised: Array = e / e.sum(axis=-1, keepdims=True)
    return normalised


def policy_gradient(policy: Array, kl: float) -> Array:
    """Gradient of Σ share·(E_π[right] - kl·KL(π‖base)) in each kind's logits, (kinds, strategies): exact, no sampling."""
    reward = SOLVES - kl * np.log(policy / BASE)
    advantage = reward - (policy * reward).sum(axis=1, keepdims=True)
    gradient: Array = SHARES[:, None] * policy * advantage
    return gradient


def train(steps: int, kl: float, shared: bool) -> Array:
    """The policy after so many steps up the gradient, (kinds, strategies).

    `shared`: one set of logits serves all kinds of problems; else each kind has its own.
    """
    logits = np.tile(np.log(BASE), (len(SHARES), 1))
    for _ in range(steps):
        gradient = policy_gradient(softmax(logits), kl)
        logits = logits + LEARNING_RATE * (gradient.sum(axis=0) if shared else gradient)
    return softmax(logits)


def pass_at(k: int, policy: Array) -> float:
    """Mean over problems of 1 - (1 - p)^k."""
    right = (policy * SOLVES).sum(axis=1)
    return float(SHARES @ (1 - (1 - right) ** k))


def run(
    p: Annotated[
        float, Flag("probability that one attempt is right", "单次尝试答对的概率", low=0, high=1)
    ] = 0.6,
    n: Annotated[int, Flag("attempts to choose from", "供选择的尝试次数", low=1, high=101)] = 11,
    k: Annotated[int, Flag("the k of pass@k", "pass@k 的 k", low=1, high=1024)] = 5,
    verifier_error: Annotated[
        float,
        Flag(
            "probability that one judgement of the verifier is wrong",
            "验证器单次判断出错的概率",
            low=0,
            high=0.5,
            live={"select": ("orm", "prm")},
        ),
    ] = 0.2,
    select: Annotated[
        Select,
        Flag(
            "who picks: a vote, a verifier of outcomes, or one of steps",
            "由谁来选：投票、结果验证器（ORM）或过程验证器（PRM）",
        ),
    ] = "orm",
    wrong_answers: Annotated[
        int, Flag("different wrong answers, equally common", "不同错误答案的个数（同样常见）", low=1, high=20)
    ] = 1,
    chain_steps: Annotated[int, Flag("steps of an attempt", "每次尝试的推理步数", low=1, high=32)] = 4,
    lucky: Annotated[
        float,
        Flag("probability that a flawed attempt ends right", "过程有错却蒙对答案的概率", low=0, high=1),
    ] = 0.1,
    policy: Annotated[
        Literal["shared", "own"],
        Flag(
            "RL on one policy for all problems, or on one for each kind",
            "RL 训练一个所有题共用的策略，或每类题各一个",
        ),
    ] = "shared",
    rl_steps: Annotated[int, Flag("steps of RL", "RL 步数", low=0, high=5000)] = 100,
    kl: Annotated[
        float, Flag("weight of the KL to the policy before RL", "对 RL 前策略的 KL 权重", low=0, high=10)
    ] = 0.0,
) -> Result:
    """Count what many attempts are worth, and train a toy policy on right answers."""

    def selected(attempts: int, how: Select) -> float:
        if how == "majority":
            return majority(attempts, p, wrong_answers)
        return float(
            fewest_flags(flags_table(p, lucky, chain_steps, verifier_error, how), attempts)[:2].sum()
        )

    table = flags_table(p, lucky, chain_steps, verifier_error, select)
    luck = table[:, 1].sum() / table[:, :2].sum() if p > 0 else 0.0
    if select == "majority":
        limit = majority_limit(p, wrong_answers)
    else:
        kinds = fewest_flags(table, n)
        luck = kinds[1] / kinds[:2].sum() if p > 0 else 0.0
        cleanest = table[table.sum(axis=1) > 0][0]
        limit = float(cleanest[:2].sum() / cleanest.sum())
    step = (table[:, 0].sum()) ** (1 / chain_steps)
    base, trained = np.tile(BASE, (len(SHARES), 1)), train(rl_steps, kl, policy == "shared")
    crossing = next(
        (j for j in range(1, LARGEST_K + 1) if pass_at(j, base) > pass_at(j, trained) + 1e-12), None
    )
    truth = 1 - (1 - p) ** k
    counts = binomial(n, p)
    few: NotRun | None = NotRun("k is larger than n", "k 大于 n") if k > n else None
    attempts = sorted({1, *range(3, n, max(2, n // 12)), n})
    ks = [2**i for i in range(11)]
    pickers: tuple[tuple[str, str, Select], ...] = (
        ("vote", "投票", "majority"),
        ("outcome verifier", "结果验证器", "orm"),
        ("process verifier", "过程验证器", "prm"),
    )
    return Result(
        numbers={
            "majority_at_n": majority(n, p, wrong_answers),
            "pass_at_k": truth,
            "best_of_n": selected(n, select),
            "best_of_many": limit,
            "flawed_share": float(luck),
            "blamed_steps": float((1 - step ** (chain_steps - 1)) * (1 - min(lucky, p))),
            "estimator_mean": few or sum(w * unbiased(n, c, k) for c, w in enumerate(counts)),
            "plug_in_bias": sum(w * plug_in(n, c, k) for c, w in enumerate(counts)) - truth,
            "base_pass_1": pass_at(1, base),
            "rl_pass_1": pass_at(1, trained),
            "base_pass_k": pass_at(k, base),
            "rl_pass_k": pass_at(k, trained),
            "crossing_k": NotReached(f"k = {LARGEST_K}") if crossing is None else float(crossing),
            "entropy": float(-SHARES @ (trained * np.log(np.maximum(trained, 1e-300))).sum(axis=1)),
        },
        ran="training",
        series=[
            *(
                Series(en, zh, attempts, [selected(a, how) for a in attempts], "n", "probability right")
                for en, zh, how in pickers
            ),
            Series(
                "pass@n", "pass@n", attempts, [1 - (1 - p) ** a for a in attempts], "n", "probability right"
            ),
            Series("before RL", "RL 之前", range(11), [pass_at(j, base) for j in ks], "log2 k", "pass@k"),
            Series("after RL", "RL 之后", range(11), [pass_at(j, trained) for j in ks], "log2 k", "pass@k"),
        ],
        tables=[
            Table(
                "pass@k of the toy policy",
                "玩具策略的 pass@k",
                ["k", "before RL", "after RL"],
                [[float(j), pass_at(j, base), pass_at(j, trained)] for j in ks[::2]],
            )
        ],
        says="wider" if crossing is None else "sharper",
    )


if __name__ == "__main__":
    main(run)
