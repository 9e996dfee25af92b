"""Advantage: a baseline leaves the mean of the policy gradient alone and changes its variance, mostly down.

Interview point: A = Q - V says how much better an action is than the policy's average; subtracting any function of the
state is unbiased because E[∇log π] = 0; V usually lowers the variance, the optimal baseline is another, and V can
even raise it.
Source: Sutton & Barto 2018, eq. 13.10 (any baseline); Greensmith, Bartlett & Baxter 2004 (the optimal constant);
Schulman et al. 2016, arXiv:1506.02438, eq. 3 (the advantage).
"""

from __future__ import annotations

import math
from typing import Annotated, Literal

import numpy as np
from numpy.typing import NDArray

from llmcore_tui.lab import Anchor, Flag, NotRun, Number, Off, Result, Series, Table, main

TITLE = {"en": "Advantage: what a baseline does to the gradient", "zh": "优势函数：基线对梯度做了什么"}
FORMULA = r"g=\nabla\log\pi(a)\,(R-b),\qquad b^*=\frac{E[\|\nabla\log\pi\|^2R]}{E[\|\nabla\log\pi\|^2]}"
NUMBERS = {
    "grad_mean_error": Number(
        "largest difference between the estimator's mean and the true gradient",
        "估计量的均值与真实梯度的最大差",
    ),
    "grad_variance": Number(
        "variance of one sample of the gradient (trace of its covariance)",
        "单样本梯度的方差（协方差矩阵的迹）",
    ),
    "variance_ratio": Number("that variance over the one without a baseline", "该方差与不用基线时方差之比"),
    "baseline_used": Number("the baseline, averaged over the policy", "所用基线（按策略取平均）"),
    "state_value": Number("V: the mean reward under the policy", "V：策略下的平均奖励"),
    "optimal_baseline": Number("the baseline of the smallest variance", "方差最小的基线"),
    "advantage_0": Number("advantage of the first action, Q - V", "第一个动作的优势 Q - V"),
    "mean_advantage": Number("advantage averaged over the policy", "优势按策略取平均"),
}
OFF = Off(
    {"baseline": "none"}, moves={"grad_variance": "up", "variance_ratio": "up", "baseline_used": "changes"}
)
ANCHORS = [
    Anchor({}, "variance_ratio", 0.000849617672, 1e-12, "closed form: .6·.125/(.8·(.125 + 10.5²) - .025)", "2026-11-22"),
    Anchor({}, "grad_mean_error", 0.0, 1e-12, "closed form: Σ_a b∇π(a) = b∇1 = 0", "2026-11-22"),
    Anchor({"logits": (2.1972245773362196, 0.0), "rewards": (1.0, 0.0), "offset": 0.0, "baseline": "none"}, "grad_variance", 0.0018, 1e-12, "closed form: .9·.02 - 2·.09²", "2026-11-22"),
    Anchor({"logits": (2.1972245773362196, 0.0), "rewards": (1.0, 0.0), "offset": 0.0}, "grad_variance", 0.1152, 1e-12, "closed form: .9·.02·.01 + .1·1.62·.81 - 2·.09²", "2026-11-22"),
    Anchor({"logits": (2.1972245773362196, 0.0), "rewards": (1.0, 0.0), "offset": 0.0}, "variance_ratio", 64.0, 1e-9, "closed form: .1152/.0018", "2026-11-22"),
    Anchor({"logits": (2.1972245773362196, 0.0), "rewards": (1.0, 0.0), "offset": 0.0}, "optimal_baseline", 0.1, 1e-12, "closed form: .9·.02/(.9·.02 + .1·1.62)", "2026-11-22"),
    Anchor({"logits": (2.1972245773362196, 0.0), "rewards": (1.0, 0.0), "offset": 0.0, "baseline": "optimal"}, "grad_variance", 0.0, 1e-12, "closed form: two arms, b* makes both samples equal", "2026-11-22"),
    Anchor({"baseline": "action"}, "grad_variance", 0.0, 1e-12, "closed form: R - Q(a) is 0 for every sample", "2026-11-22"),
    Anchor({"baseline": "action"}, "grad_mean_error", 0.1, 1e-12, "closed form: π(r - V) = .2·.5 for the best of five", "2026-11-22"),
    Anchor({}, "mean_advantage", 0.0, 1e-12, "closed form: E[Q] = V", "2026-11-22"),
]  # fmt: skip
SAYS = {
    "lowers": {
        "en": "Subtracting {baseline_used:.3g} leaves the mean of the gradient where it was and its variance at "
        "{variance_ratio:.3g} of what it is without a baseline.",
        "zh": "减去 {baseline_used:.3g} 不改变梯度的均值，方差变为不用基线时的 {variance_ratio:.3g} 倍。",
    },
    "raises": {
        "en": "Subtracting {baseline_used:.3g} leaves the mean of the gradient where it was but raises its variance, to "
        "{variance_ratio:.3g} times what it is without a baseline: the best baseline here would be {optimal_baseline:.3g}.",
        "zh": "减去 {baseline_used:.3g} 不改变梯度的均值，方差却升到不用基线时的 {variance_ratio:.3g} 倍：这里的最优基线是 "
        "{optimal_baseline:.3g}。",
    },
    "same": {
        "en": "Subtracting {baseline_used:.3g} changes neither the mean of the gradient nor its variance, {grad_variance:.3g}; the "
        "best baseline here would be {optimal_baseline:.3g}.",
        "zh": "减去 {baseline_used:.3g} 既不改变梯度的均值，也不改变方差（{grad_variance:.3g}）；这里的最优基线是 {optimal_baseline:.3g}。",
    },
    "none": {
        "en": "Without a baseline one sample of the gradient has variance {grad_variance:.3g}. V here is {state_value:.3g} and "
        "the best baseline {optimal_baseline:.3g}.",
        "zh": "不用基线时，单样本梯度的方差为 {grad_variance:.3g}。这里 V 为 {state_value:.3g}，最优基线为 {optimal_baseline:.3g}。",
    },
    "no_variance": {
        "en": "There is no variance to lower here: without a baseline it is 0, and with {baseline_used:.3g} it is {grad_variance:.3g}.",
        "zh": "这里没有方差可降：不用基线时就是 0，减去 {baseline_used:.3g} 后为 {grad_variance:.3g}。",
    },
    "biased": {
        "en": "A baseline that depends on the action, here Q(a) itself, removes the whole signal with the noise: variance "
        "{grad_variance:.3g}, but the mean is off by {grad_mean_error:.3g}.",
        "zh": "依赖动作的基线（这里就是 Q(a)）把信号和噪声一起减掉了：方差为 {grad_variance:.3g}，但均值偏了 {grad_mean_error:.3g}。",
    },
}

Array = NDArray[np.float64]
NOTHING = 1e-12  # a variance below this share of the squared rewards is rounding


def softmax(logits: Array) -> Array:
    """π(a) = e^{θ_a} / Σ_b e^{θ_b}, shape (K,)."""
    weights = np.exp(logits - logits.max())
    return np.asarray(weights / weights.sum(), dtype=np.float64)


def scores(pi: Array) -> Array:
    """∇_θ log π(a) for every action a, one row each, shape (K, K): e_a - π (Sutton & Barto eq. 13.9, tabular)."""
    return np.eye(len(pi)) - pi


def true_gradient(pi: Array, q: Array) -> Array:
    """∇_θ Σ_a π(a) q(a) through the Jacobian of the softmax, diag(π) - ππᵀ, shape (K,): no sampling, no baseline."""
    return (np.diag(pi) - np.outer(pi, pi)) @ q


def moments(pi: Array, q: Array, b: Array) -> tuple[Array, float]:
    """Mean and variance (trace of the covariance) of one sample ∇log π(a)·(q(a) - b(a)) with a ~ π, by enumeration.

    Shapes: π, q, b (K,); b is the same for all actions where it is a baseline in the proper sense.
    """
    samples = scores(pi) * (q - b)[:, None]
    mean = pi @ samples
    return mean, float(pi @ ((samples - mean) ** 2).sum(axis=1))


def optimal_baseline(pi: Array, q: Array) -> float:
    """b* = E[‖∇log π‖² R] / E[‖∇log π‖²]: the mean reward weighted by the squared score (Greensmith et al. 2004)."""
    weight = pi * (scores(pi) ** 2).sum(axis=1)
    return float(weight @ q / weight.sum())


def spread(values: tuple[float, ...], count: int) -> Array:
    """One value an action: as given, or evenly spaced from the first to the second where two are given for more."""
    if len(values) == count:
        return np.array(values)
    if len(values) > 2:
        raise ValueError(
            f"{len(values)} rewards for {count} actions: give one each, or the first and the last"
        )
    ends = np.array(values)
    return np.linspace(ends[0], ends[-1], count)


def sentence(baseline: str, variance: float, plain: float, nothing: bool) -> str:
    """Which sentence of SAYS is true."""
    if baseline == "action":
        return "biased"
    if baseline == "none":
        return "none"
    if nothing:
        return "no_variance"
    if math.isclose(variance, plain, rel_tol=1e-9):
        return "same"
    return "lowers" if variance < plain else "raises"


def run(
    baseline: Annotated[
        Literal["value", "optimal", "none", "action"],
        Flag(
            "what is subtracted: V, the optimal baseline, nothing, or (wrongly) Q of the action itself",
            "减去什么：V、最优基线、不减，或（错误地）该动作自己的 Q",
        ),
    ] = "value",
    offset: Annotated[
        float, Flag("what is added to every reward", "加在每个奖励上的常数", low=-1000, high=1000)
    ] = 10.0,
    actions: Annotated[
        int,
        Flag(
            "actions, where one logit stands for all",
            "动作数（只给一个 logit 时）",
            low=2,
            high=1000,
            live={"logits": ((0.0,),)},
        ),
    ] = 5,
    logits: Annotated[
        tuple[float, ...],
        Flag(
            "θ of the softmax policy: one for each action, or one for all",
            "softmax 策略的 θ：每个动作一个，或一个代表全部",
            low=-50,
            high=50,
        ),
    ] = (0.0,),
    rewards: Annotated[
        tuple[float, ...],
        Flag(
            "reward of each action, or of the first and the last with even steps between",
            "每个动作的奖励；或只给首尾两个，其余等间隔",
            low=-1000,
            high=1000,
        ),
    ] = (1.0, 0.0),
) -> Result:
    """Every sample of the policy gradient of a softmax bandit, with its probability: mean and variance are exact."""
    theta = np.array(logits) if len(logits) > 1 else np.repeat(logits, actions)
    pi = softmax(theta)
    q = spread(rewards, len(theta)) + offset
    v, best = float(pi @ q), optimal_baseline(pi, q)
    choices = {
        "value": np.full_like(q, v),
        "optimal": np.full_like(q, best),
        "none": np.zeros_like(q),
        "action": q,
    }
    gradient = true_gradient(pi, q)
    results = {name: moments(pi, q, b) for name, b in choices.items()}
    mean, variance = results[baseline]
    plain = results["none"][1]
    nothing = plain <= NOTHING * float(pi @ q**2)

    low, high = min(0.0, v, best), max(0.0, v, best)
    margin = 0.25 * (high - low) or 1.0
    grid = np.linspace(low - margin, high + margin, 61)
    axes = ("baseline b", "variance of one sample")
    curve = [moments(pi, q, np.full_like(q, b))[1] for b in grid]
    marks = [
        ("V", "V", v, results["value"][1]),
        ("optimal", "最优", best, results["optimal"][1]),
        ("none", "不用", 0.0, plain),
    ]
    return Result(
        numbers={
            "grad_mean_error": float(np.abs(mean - gradient).max()),
            "grad_variance": variance,
            "variance_ratio": 1.0
            if baseline == "none"
            else variance / plain
            if not nothing
            else NotRun("variance 0", "方差为 0"),
            "baseline_used": float(pi @ choices[baseline]),
            "state_value": v,
            "optimal_baseline": best,
            "advantage_0": float(q[0] - v),
            "mean_advantage": float(pi @ (q - v)),
        },
        ran="formula",
        series=[
            Series("variance over the baseline", "方差随基线变化", [float(b) for b in grid], curve, *axes),
            *(Series(en, zh, [b], [at], *axes) for en, zh, b, at in marks),
        ],
        tables=[
            Table(
                "Four baselines",
                "四种基线",
                ["baseline", "b", "variance", "mean error"],
                [
                    [name, float(pi @ choices[name]), each, float(np.abs(average - gradient).max())]
                    for name, (average, each) in results.items()
                ],
            ),
            Table(
                "The actions",
                "各动作",
                ["a", "π(a)", "Q(a)", "A(a)", "‖∇log π‖²"],
                [
                    [str(a), float(pi[a]), float(q[a]), float(q[a] - v), float((scores(pi)[a] ** 2).sum())]
                    for a in range(min(len(pi), 20))
                ],
            ),
        ],
        says=sentence(baseline, variance, plain, nothing),
    )


if __name__ == "__main__":
    main(run)
