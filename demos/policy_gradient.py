"""Policy gradient: sampled scores add up to the analytic gradient, and what makes them less noisy.

Interview point: the log-derivative trick turns the gradient of an expected return into an average over samples;
reward-to-go, a baseline and leave-one-out change its variance, never its mean; the best policy may be stochastic.
Source: Sutton & Barto 2018, ch. 13: Example 13.1 (short corridor), eq. 13.5 (theorem), 13.8 (REINFORCE), 13.11
(baseline); leave-one-out: Kool et al. 2019 and Ahmadian et al. 2024, arXiv:2402.14740.
"""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np
from numpy.typing import NDArray

from llmcore_tui.lab import Anchor, Estimate, Flag, Number, Off, Result, Series, Table, main, report_progress

TITLE = {
    "en": "Policy gradient: unbiased however noisy",
    "zh": "策略梯度：噪声再大也无偏",
}
FORMULA = r"\nabla_\theta J=\mathbb{E}\left[\sum_{t=0}^{T-1} (G_t-b(s_t))\nabla_\theta\ln\pi_\theta(a_t\mid s_t)\right]"
NUMBERS = {
    "gradient": Number(
        "analytic gradient of the expected return by the policy gradient theorem",
        "由策略梯度定理得到的期望回报的解析梯度",
    ),
    "gradient_error": Number(
        "mean of the sampled gradient estimates minus the analytic gradient",
        "采样梯度估计的均值减去解析梯度",
        kind="statistical",
    ),
    "variance": Number(
        "variance of one gradient estimate, made from one batch",
        "单次梯度估计（一个 batch）的方差",
        kind="statistical",
    ),
    "variance_ratio": Number(
        "that variance over the one of plain REINFORCE on the same episodes",
        "该方差与同一批回合上朴素 REINFORCE 方差之比",
        kind="statistical",
    ),
    "effective_share": Number(
        "effective sample size over the number of episodes, 1 when data are on-policy",
        "有效样本量占回合数的比例，同策略 (on-policy) 时为 1",
        kind="statistical",
    ),
    "return_here": Number(
        "expected return at the given probability of right", "在给定的“右”概率下的期望回报"
    ),
    "p_right": Number("best probability of right", "选择“右”的最优概率"),
    "return": Number("return from the start under that best policy", "最优策略下从起点出发的回报"),
    "p_learned": Number(
        "probability of right after learning, mean over runs",
        "学习结束时选择“右”的概率，多次运行取平均",
        kind="statistical",
    ),
    "return_learned": Number(
        "expected return of the learned policy, mean over runs",
        "学到的策略的期望回报，多次运行取平均",
        kind="statistical",
    ),
}
OFF = Off({"estimator": "reinforce", "baseline": False, "reward_to_go": False}, moves={"variance": "up"})
ANCHORS = [
    Anchor(
        {},
        "p_right",
        0.585786437626905,
        1e-9,
        "closed form: 2 - √2 (Sutton & Barto 2018, exercise 13.1)",
        "2026-11-22",
    ),
    Anchor({}, "p_right", 0.59, 0.005, "Sutton & Barto 2018, Example 13.1: about 0.59", "2026-11-22"),
    Anchor({}, "return", -11.6568542494924, 1e-9, "closed form: -(6 + 4√2) at p = 2 - √2", "2026-11-22"),
    Anchor({}, "return", -11.6, 0.1, "Sutton & Barto 2018, Example 13.1: about -11.6", "2026-11-22"),
    Anchor(
        {"p": 0.5}, "gradient", 2.0, 1e-9, "closed form: p(1-p)·dJ/dp with J = (2p-4)/(p(1-p))", "2026-11-22"
    ),
    Anchor(
        {"p": 0.5, "estimates": 100}, "return_here", -12.0, 1e-9, "closed form: (2p-4)/(p(1-p))", "2026-11-22"
    ),
    Anchor(
        {"p": 0.95, "estimates": 100},
        "return_here",
        -44.2,
        0.1,
        "Sutton & Barto 2018, Example 13.1: less than -44",
        "2026-11-22",
    ),
    Anchor(
        {"p": 0.05, "estimates": 100},
        "return_here",
        -82.1,
        0.1,
        "Sutton & Barto 2018, Example 13.1: less than -82",
        "2026-11-22",
    ),
]
SAYS = {
    "plain": {
        "en": "Plain REINFORCE: the analytic gradient is {gradient:.2f} and the mean estimate {gradient_error:+.2f} from "
        "it, with a variance of {variance:.1f} for one estimate.",
        "zh": "朴素 REINFORCE：解析梯度为 {gradient:.2f}，估计的均值与它相差 {gradient_error:+.2f}，"
        "单次估计的方差为 {variance:.1f}。",
    },
    "variant": {
        "en": "The analytic gradient is {gradient:.2f} and the mean estimate {gradient_error:+.2f} from it; the variance "
        "of one estimate, {variance:.1f}, is {variance_ratio:.3f} of plain REINFORCE's.",
        "zh": "解析梯度为 {gradient:.2f}，估计的均值与它相差 {gradient_error:+.2f}；单次估计的方差为 {variance:.1f}，"
        "是朴素 REINFORCE 的 {variance_ratio:.3f} 倍。",
    },
    "off_policy": {
        "en": "The episodes were collected by another policy and re-weighted: the mean estimate is {gradient_error:+.2f} "
        "from the analytic gradient {gradient:.2f}, and the weights leave {effective_share:.2f} of the sample.",
        "zh": "回合由另一个策略采集，再乘重要性权重：估计的均值与解析梯度 {gradient:.2f} 相差 {gradient_error:+.2f}，"
        "有效样本量为原来的 {effective_share:.2f}。",
    },
}

Array = NDArray[np.float64]
Estimator = Literal["reinforce", "rloo"]
RIGHT, LEFT = 0, 1
STATES, GOAL = 3, 3
# Where right and left lead from each state; the second state has them switched, the first has a wall on its left.
NEXT = np.array([[1, 0], [0, 2], [3, 1]])
LARGEST_LOGIT = 4.0
GROUPS = 20


def policy(theta: Array) -> Array:
    """π(·|s; θ) = (σ(θ), 1 - σ(θ)), the same in each state because the states look alike; shape (…, 2)."""
    p = 1.0 / (1.0 + np.exp(-theta))
    return np.stack([p, 1.0 - p], axis=-1)


def values(pi: Array) -> Array:
    """v_π(s) for policies (…, 2): solves v = -1 + P_π v over the three states; gives (…, 3)."""
    transition = np.zeros((*pi.shape[:-1], STATES, STATES + 1))
    for s in range(STATES):
        for a in (RIGHT, LEFT):
            transition[..., s, NEXT[s, a]] += pi[..., a]
    system = np.eye(STATES) - transition[..., :STATES]
    return np.asarray(
        np.linalg.solve(system, -np.ones((*pi.shape[:-1], STATES, 1)))[..., 0], dtype=np.float64
    )


def analytic_gradient(theta: float) -> float:
    """dJ/dθ = Σ_s η(s) Σ_a q_π(s,a) dπ(a|s)/dθ, eq. 13.5 with η(s) the expected visits in place of ∝."""
    pi = policy(np.array(theta))
    v = np.append(values(pi), 0.0)
    q = -1.0 + v[NEXT]
    transition = np.zeros((STATES, STATES + 1))
    for s in range(STATES):
        for a in (RIGHT, LEFT):
            transition[s, NEXT[s, a]] += pi[a]
    visits = np.linalg.solve(np.eye(STATES) - transition[:, :STATES].T, np.array([1.0, 0.0, 0.0]))
    slope = pi[RIGHT] * pi[LEFT]
    return float(visits @ (q[:, RIGHT] - q[:, LEFT]) * slope)


def best_logit() -> float:
    """The θ at which the analytic gradient changes its sign, by bisection."""
    low, high = -LARGEST_LOGIT, LARGEST_LOGIT
    for _ in range(80):
        middle = (low + high) / 2
        low, high = (middle, high) if analytic_gradient(middle) > 0 else (low, middle)
    return (low + high) / 2


def sample(
    p: Array, rng: np.random.Generator
) -> tuple[NDArray[np.int64], NDArray[np.bool_], NDArray[np.bool_]]:
    """One episode for each entry of `p`, the probability of right: state, went right, and still running, (T, N)."""
    state = np.zeros(p.shape, dtype=np.int64)
    states, rights, alive = [], [], []
    while (running := state != GOAL).any():
        right = rng.random(p.shape) < p
        states.append(np.where(running, state, 0))
        rights.append(right)
        alive.append(running)
        state = np.where(running, NEXT[states[-1], np.where(right, RIGHT, LEFT)], GOAL)
    return np.array(states), np.array(rights), np.array(alive)


def episode_gradients(
    theta: Array,
    episodes: tuple[NDArray[np.int64], NDArray[np.bool_], NDArray[np.bool_]],
    *,
    baseline: bool,
    reward_to_go: bool,
    estimator: Estimator,
) -> Array:
    """Σ_t weight_t ∂ln π(a_t)/∂θ for each episode; theta (B,), episodes (T, B·batch), gives (B, batch).

    weight_t is the return G_0 or the reward-to-go G_t (eq. 13.8), less v_π(s_0) or v_π(s_t) with a baseline
    (eq. 13.11); for `rloo` it is the return less the mean return of the batch's other episodes.
    """
    states, rights, alive = episodes
    pi = policy(theta)
    batch = states.shape[1] // len(theta)
    owner = np.repeat(np.arange(len(theta)), batch)
    score = np.where(rights, pi[owner, LEFT], -pi[owner, RIGHT]) * alive
    to_go = -np.cumsum(alive[::-1], axis=0)[::-1].astype(np.float64)
    total = to_go[0]
    if estimator == "rloo":
        by_batch = total.reshape(-1, batch)
        others = (by_batch.sum(axis=1, keepdims=True) - by_batch) / (batch - 1)
        weight: Array = (by_batch - others).reshape(1, -1)
    else:
        weight = to_go if reward_to_go else total[None, :]
        if baseline:
            v = values(pi)[owner]
            weight = weight - (v[np.arange(len(owner)), states] if reward_to_go else v[:, 0])
    return np.asarray((score * weight).sum(axis=0)).reshape(-1, batch)


def importance_weights(
    theta: Array, behaviour: Array, episodes: tuple[NDArray[np.int64], NDArray[np.bool_], NDArray[np.bool_]]
) -> Array:
    """Π_t π(a_t|s_t)/μ(a_t|s_t) of each episode collected by `behaviour`; shape (B, batch)."""
    _, rights, alive = episodes
    rights_taken, taken = (rights & alive).sum(axis=0), alive.sum(axis=0)
    log_ratio = np.log(policy(theta)) - np.log(policy(behaviour))
    owner = np.repeat(np.arange(len(theta)), len(taken) // len(theta))
    log_weight = rights_taken * log_ratio[owner, RIGHT] + (taken - rights_taken) * log_ratio[owner, LEFT]
    return np.asarray(np.exp(log_weight)).reshape(len(theta), -1)


def estimate_of_mean(samples: Array) -> Estimate:
    """Mean and its standard error."""
    return Estimate(float(samples.mean()), float(samples.std(ddof=1) / np.sqrt(samples.size)), samples.size)


def estimate_of_variance(samples: Array) -> Estimate:
    """Sample variance (n - 1) and its standard error from the fourth moment."""
    n = samples.size
    variance = float(samples.var(ddof=1))
    fourth = float(((samples - samples.mean()) ** 4).mean())
    return Estimate(variance, float(np.sqrt(max(fourth - variance**2, 0.0) / n)), n)


def estimate_of_ratio(above: Array, below: Array) -> Estimate:
    """Ratio of two sample variances; the standard error from the ratio in each of 20 groups."""
    a, b = above.reshape(GROUPS, -1), below.reshape(GROUPS, -1)
    ratios = a.var(axis=1, ddof=1) / b.var(axis=1, ddof=1)
    error = float(ratios.std(ddof=1) / np.sqrt(GROUPS))
    return Estimate(float(above.var(ddof=1) / below.var(ddof=1)), error, above.size)


def learn(
    start: float,
    *,
    baseline: bool,
    reward_to_go: bool,
    estimator: Estimator,
    batch: int,
    updates: int,
    step: float,
    runs: int,
    rng: np.random.Generator,
) -> Array:
    """θ ← θ + α ĝ from `start` (eq. 13.1): the logit of each run after each update, (updates + 1, runs)."""
    theta = np.full(runs, start)
    path = [theta]
    for update in range(updates):
        p = np.repeat(policy(theta)[:, RIGHT], batch)
        gradients = episode_gradients(
            theta, sample(p, rng), baseline=baseline, reward_to_go=reward_to_go, estimator=estimator
        )
        theta = np.clip(theta + step * gradients.mean(axis=1), -LARGEST_LOGIT, LARGEST_LOGIT)
        path.append(theta)
        report_progress(update + 1, updates)
    return np.array(path)


def run(
    baseline: Annotated[
        bool,
        Flag(
            "subtract the exact value of the state",
            "减去该状态的精确价值",
            live={"estimator": ("reinforce",)},
        ),
    ] = True,
    reward_to_go: Annotated[
        bool,
        Flag(
            "weigh an action by the rewards after it only",
            "只用动作之后的奖励",
            live={"estimator": ("reinforce",)},
        ),
    ] = True,
    estimator: Annotated[
        Literal["reinforce", "rloo"],
        Flag(
            "rloo: the baseline is the mean return of the batch's other episodes",
            "rloo：以同一 batch 中其余回合的平均回报为基线",
        ),
    ] = "reinforce",
    batch: Annotated[
        int, Flag("episodes of one gradient estimate", "一次梯度估计用的回合数", low=2, high=256)
    ] = 8,
    p: Annotated[
        float,
        Flag(
            "probability of right where the gradient is taken and learning starts",
            "求梯度与开始学习时选择“右”的概率",
            low=0.05,
            high=0.95,
        ),
    ] = 0.3,
    # Beyond a fifth the weights' fourth moment, and with it the error of the variance, no longer exists.
    lag: Annotated[
        float,
        Flag(
            "logit of the policy that collected the episodes, less the present one",
            "采样策略的 logit 减去当前策略的 logit",
            low=-0.2,
            high=0.2,
        ),
    ] = 0.0,
    estimates: Annotated[
        int, Flag("gradient estimates that are compared", "用于比较的梯度估计次数", low=100, high=100_000)
    ] = 4000,
    updates: Annotated[int, Flag("updates of the learning runs", "学习的更新次数", low=1, high=1000)] = 150,
    step: Annotated[float, Flag("step size α", "步长 α", low=0, high=1)] = 0.01,
    runs: Annotated[int, Flag("learning runs", "学习的运行次数", low=2, high=200)] = 20,
    seed: Annotated[int, Flag("random seed", "随机种子", low=0)] = 0,
) -> Result:
    """Estimates of the gradient against the analytic one, and learning by them."""
    rng = np.random.default_rng(seed)
    theta = float(np.log(p / (1 - p)))
    variants: list[tuple[str, bool, bool, Estimator]] = [
        ("REINFORCE", False, False, "reinforce"),
        ("+ baseline", True, False, "reinforce"),
        ("+ reward-to-go", False, True, "reinforce"),
        ("+ both", True, True, "reinforce"),
        ("RLOO", False, False, "rloo"),
    ]
    estimates -= estimates % GROUPS
    collected: list[list[Array]] = [[] for _ in variants]
    weights: list[Array] = []
    for first in range(0, estimates, 200):
        size = min(200, estimates - first)
        target, behaviour = np.full(size, theta), np.full(size, theta + lag)
        episodes = sample(np.repeat(policy(behaviour)[:, RIGHT], batch), rng)
        weights.append(importance_weights(target, behaviour, episodes))
        for kept, (_, with_baseline, to_go, kind) in zip(collected, variants, strict=True):
            gradients = episode_gradients(
                target, episodes, baseline=with_baseline, reward_to_go=to_go, estimator=kind
            )
            kept.append((weights[-1] * gradients).mean(axis=1))
    samples = [np.concatenate(kept) for kept in collected]
    chosen = 4 if estimator == "rloo" else 2 * reward_to_go + baseline
    gradient = analytic_gradient(theta)
    mean = estimate_of_mean(samples[chosen])
    weight = np.concatenate(weights)
    shares = np.array([w.sum() ** 2 / (w.size * (w**2).sum()) for w in np.array_split(weight, GROUPS)])

    path = learn(
        theta,
        baseline=baseline,
        reward_to_go=reward_to_go,
        estimator=estimator,
        batch=batch,
        updates=updates,
        step=step,
        runs=runs,
        rng=rng,
    )
    learned = values(policy(path))[..., 0]
    best = best_logit()
    grid = np.linspace(0.1, 0.9, 81)
    curve = values(np.stack([grid, 1 - grid], axis=-1))[:, 0]
    best_return = float(values(policy(np.array(best)))[0])
    says = "off_policy" if lag else "plain" if chosen == 0 else "variant"
    return Result(
        numbers={
            "gradient": gradient,
            "return_here": float(values(policy(np.array(theta)))[0]),
            "gradient_error": Estimate(mean.value - gradient, mean.error, mean.samples),
            "variance": estimate_of_variance(samples[chosen]),
            "variance_ratio": estimate_of_ratio(samples[chosen], samples[0]),
            "effective_share": Estimate(
                float(weight.sum() ** 2 / (weight.size * (weight**2).sum())),
                float(shares.std(ddof=1) / np.sqrt(GROUPS)),
                weight.size,
            ),
            "p_right": float(policy(np.array(best))[RIGHT]),
            "return": best_return,
            "p_learned": estimate_of_mean(policy(path[-1])[:, RIGHT]),
            "return_learned": estimate_of_mean(learned[-1]),
        },
        ran="simulation",
        series=[
            Series(
                "return from the start", "从起点出发的回报", grid.tolist(), curve.tolist(), "P(right)", "J"
            ),
            Series(
                "learned policy, mean over runs",
                "学到的策略（多次运行平均）",
                list(range(updates + 1)),
                learned.mean(axis=1).tolist(),
                "update",
                "return",
            ),
            Series("best policy", "最优策略", [0, updates], [best_return, best_return], "update", "return"),
        ],
        tables=[
            Table(
                "the same episodes, five estimators",
                "同一批回合，五种估计",
                ["estimator", "mean - gradient", "variance", "variance / REINFORCE"],
                [
                    [
                        name,
                        float(s.mean() - gradient),
                        float(s.var(ddof=1)),
                        float(s.var(ddof=1) / samples[0].var(ddof=1)),
                    ]
                    for (name, *_), s in zip(variants, samples, strict=True)
                ],
            )
        ],
        says=says,
    )


if __name__ == "__main__":
    main(run)
