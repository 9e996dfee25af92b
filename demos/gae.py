"""GAE: λ trades the critic's bias for the return's variance.

Interview point: write the recursion, give both limits, and say when λ<1 is biased: only when the critic is wrong.
Source: Schulman et al. 2016, arXiv:1506.02438, eq. 16 (the estimator), 17 (λ=0) and 18 (λ=1).
"""

from __future__ import annotations

from typing import Annotated

import numpy as np
from numpy.typing import NDArray

from llmcore_tui.lab import Anchor, Estimate, Flag, Number, Off, Result, Series, Table, main

TITLE = {"en": "GAE: λ trades bias for variance", "zh": "GAE：λ 在偏差与方差之间取舍"}
FORMULA = (
    r"\hat A_t=\sum_{l=0}^{\infty}(\gamma\lambda)^l\delta_{t+l},\quad \delta_t=r_t+\gamma V(s_{t+1})-V(s_t)"
)
NUMBERS = {
    "advantage_0": Number(
        "advantage of the first step on the rewards 0, 0, 1 with values .5, .6, .8",
        "奖励为 0、0、1，价值估计为 .5、.6、.8 时第一步的优势",
    ),
    "bias": Number(
        "bias of the λ-return: mean of advantage + critic's value, minus the true Q",
        "λ-回报的偏差：（优势 + critic 的估值）的均值减去真实 Q 值",
        kind="statistical",
    ),
    "std": Number("standard deviation of the λ-return", "λ-回报的标准差", kind="statistical"),
    "bias_exact": Number(
        "bias of the λ-return, by dynamic programming and without sampling",
        "λ-回报的偏差，用动态规划精确计算，不采样",
    ),
    "std_exact": Number(
        "standard deviation of the λ-return, by dynamic programming", "λ-回报的标准差，用动态规划精确计算"
    ),
    "best_lam": Number(
        "λ with the smallest bias² + variance, on a grid of 0.01",
        "使 偏差² + 方差 最小的 λ（网格间距 0.01）",
    ),
    "last_reward_weight": Number(
        "weight of the last step's reward in the first advantage: (γλ)^(T-1)",
        "最后一步的奖励在第一步优势中的权重：(γλ)^(T-1)",
    ),
    "discount_bias": Number(
        "what discounting alone does: discounted Q minus undiscounted Q",
        "仅由折扣带来的偏差：折扣 Q 减去不折扣 Q",
    ),
}
OFF = Off({"lam": 1.0}, moves={"std": "up", "bias": "down", "std_exact": "up", "bias_exact": "down"})
ANCHORS = [
    Anchor({"lam": 0.0}, "advantage_0", 0.094, 1e-9, "closed form: r + γV' - V = .99*.6 - .5", "2026-11-22"),
    Anchor({"lam": 0.5}, "advantage_0", 0.238045, 1e-9, "closed form: eq. 16 summed by hand", "2026-11-22"),
    Anchor(
        {"lam": 0.95}, "advantage_0", 0.45148405, 1e-9, "closed form: eq. 16 summed by hand", "2026-11-22"
    ),
    Anchor({"lam": 1.0}, "advantage_0", 0.4801, 1e-9, "closed form: γ²·1 - V = .9801 - .5", "2026-11-22"),
    Anchor({"value_error": 0.0}, "bias_exact", 0.0, 1e-12, "closed form: exact V, no bias", "2026-11-22"),
    Anchor({"lam": 1.0}, "bias_exact", 0.0, 1e-12, "closed form: λ=1 is the return itself", "2026-11-22"),
    Anchor({"lam": 0.0}, "bias_exact", 0.495, 1e-12, "closed form: γe = .99*.5", "2026-11-22"),
    Anchor(
        {"lam": 0.5, "steps": 3},
        "bias_exact",
        0.3700125,
        1e-12,
        "closed form: e·γ(1-λ)·Σ_{k<T-1}(γλ)^k = .5*.99*.5*(1+.495)",
        "2026-11-22",
    ),
    Anchor({"gamma": 1.0, "steps": 3}, "last_reward_weight", 0.9025, 1e-9, "closed form: .95²", "2026-11-22"),
]
SAYS = {
    "trade": {
        "en": "The critic is off by {value_error:g}. At λ={lam:g} the λ-return inherits a bias of {bias_exact:.3f} "
        "and scatters by {std_exact:.3f}; bias² + variance is smallest at λ={best_lam:.2f}.",
        "zh": "critic 整体偏了 {value_error:g}。λ={lam:g} 时，λ-回报带有 {bias_exact:.3f} 的偏差，"
        "标准差为 {std_exact:.3f}；偏差² + 方差 在 λ={best_lam:.2f} 处最小。",
    },
    "exact_critic": {
        "en": "The critic is exact, so λ={lam:g} costs no bias: only the spread, {std_exact:.3f}, depends on λ.",
        "zh": "critic 完全准确，因此 λ={lam:g} 不带来偏差；λ 只影响标准差，此处为 {std_exact:.3f}。",
    },
    "monte_carlo": {
        "en": "λ=1 adds up the real rewards and the critic cancels out: no bias although the critic is off by "
        "{value_error:g}, at a spread of {std_exact:.3f}.",
        "zh": "λ=1 直接累加真实奖励，critic 前后抵消：即使它偏了 {value_error:g} 也没有偏差，"
        "代价是标准差 {std_exact:.3f}。",
    },
}

Array = NDArray[np.float64]

# A toy answer of `steps` tokens. Its state is (t, k): t tokens written, k of them good. The policy picks the careful
# action with probability 1/2; a careful token is good with probability .8, a careless one with .4. The only reward
# is 1 at the end if more than half of the tokens are good, as when a verifier marks a finished answer.
P_CAREFUL, GOOD_IF_CAREFUL, GOOD_IF_CARELESS = 0.5, 0.8, 0.4
P_GOOD = P_CAREFUL * GOOD_IF_CAREFUL + (1 - P_CAREFUL) * GOOD_IF_CARELESS


def advantages(
    rewards: Array, values: Array, last_value: Array | float, dones: Array, *, gamma: float, lam: float
) -> Array:
    """Â_t = δ_t + γλ(1-done_t) Â_{t+1}, δ_t = r_t + γ(1-done_t) V(s_{t+1}) - V(s_t): eq. 16 as a backward recursion.

    Shapes: rewards, values, dones (T, …), last_value (…) = V of the state after the last step; gives (T, …).
    `done_t` is 1 where the episode terminated at step t: nothing is carried over the boundary.
    """
    advantage = np.zeros_like(rewards)
    next_value, next_advantage = np.asarray(last_value, dtype=np.float64), np.zeros_like(rewards[0])
    for t in reversed(range(len(rewards))):
        alive = 1.0 - dones[t]
        delta = rewards[t] + gamma * alive * next_value - values[t]
        next_advantage = delta + gamma * lam * alive * next_advantage
        advantage[t] = next_advantage
        next_value = values[t]
    return advantage


def exact_values(steps: int, gamma: float) -> Array:
    """V(t, k) of the policy, shape (steps + 1, steps + 1), by the Bellman expectation equation; 0 after the end."""
    values = np.zeros((steps + 1, steps + 1))
    for t in reversed(range(steps)):
        k = np.arange(t + 1)
        good = reward_at(t + 1, k + 1, steps) + gamma * values[t + 1, k + 1]
        bad = reward_at(t + 1, k, steps) + gamma * values[t + 1, k]
        values[t, : t + 1] = P_GOOD * good + (1 - P_GOOD) * bad
    return values


def reward_at(t: int, k: NDArray[np.int64], steps: int) -> Array:
    """1 on entering the end (t = steps) with more than half of the tokens good, else 0; same shape as `k`."""
    return ((t == steps) & (2 * k > steps)).astype(np.float64)


def exact_q(values: Array, gamma: float) -> float:
    """Q(s_0, careful): the first token is written carefully, the policy goes on from there."""
    steps = len(values) - 1
    to = np.array([1, 0])
    after = reward_at(1, to, steps) + gamma * values[1, to]
    return float(np.array([GOOD_IF_CAREFUL, 1 - GOOD_IF_CAREFUL]) @ after)


def lambda_return_moments(critic: Array, *, gamma: float, lam: float) -> tuple[float, float]:
    """Mean and standard deviation of G^λ = Â_0 + V̂(s_0) given (s_0, careful), without sampling.

    G^λ_t = r_t + γ[(1-λ) V̂(s_{t+1}) + λ G^λ_{t+1}] (Sutton & Barto 2018, eq. 12.2 written as a recursion), so that its
    first two moments follow backwards over the states as V does.
    """
    steps = len(critic) - 1
    first, second = np.zeros(steps + 1), np.zeros(steps + 1)
    for t in reversed(range(steps)):
        k = np.arange(t + 1)
        p_good = P_GOOD if t else GOOD_IF_CAREFUL
        moments = []
        for p, after in ((p_good, k + 1), (1 - p_good, k)):
            known = reward_at(t + 1, after, steps) + gamma * (1 - lam) * critic[t + 1, after]
            decay = gamma * lam
            mean = known + decay * first[after]
            square = known**2 + 2 * known * decay * first[after] + decay**2 * second[after]
            moments.append((p * mean, p * square))
        first[: t + 1], second[: t + 1] = moments[0][0] + moments[1][0], moments[0][1] + moments[1][1]
    return float(first[0]), float(np.sqrt(max(second[0] - first[0] ** 2, 0.0)))


def sample_episodes(steps: int, episodes: int, rng: np.random.Generator) -> tuple[NDArray[np.int64], Array]:
    """Episodes that start with the careful action: k before each step and rewards, both (steps, episodes)."""
    p_good = np.full((steps, 1), P_GOOD)
    p_good[0] = GOOD_IF_CAREFUL
    good = rng.random((steps, episodes)) < p_good
    after = np.cumsum(good, axis=0, dtype=np.int64)
    before = np.vstack([np.zeros((1, episodes), dtype=np.int64), after[:-1]])
    rewards = np.zeros((steps, episodes))
    rewards[-1] = reward_at(steps, after[-1], steps)
    return before, rewards


def mean_and_std(samples: Array) -> tuple[Estimate, Estimate]:
    """Sample mean and sample deviation (n - 1) with standard errors; that of the deviation from the fourth moment."""
    n = samples.size
    std = float(samples.std(ddof=1))
    fourth = float(((samples - samples.mean()) ** 4).mean())
    std_error = 0.0 if std == 0 else float(np.sqrt(max(fourth - std**4, 0.0) / n) / (2 * std))
    return Estimate(float(samples.mean()), std / float(np.sqrt(n)), n), Estimate(std, std_error, n)


def run(
    lam: Annotated[
        float,
        Flag(
            "λ: 0 trusts the critic after one step, 1 uses the whole return",
            "λ：0 走一步就信 critic，1 用完整回报",
            low=0,
            high=1,
        ),
    ] = 0.95,
    gamma: Annotated[float, Flag("discount γ", "折扣 γ", low=0, high=1)] = 0.99,
    value_error: Annotated[
        float, Flag("what the critic adds to the exact V", "critic 在精确 V 上多加的误差", low=-2, high=2)
    ] = 0.5,
    steps: Annotated[int, Flag("tokens of an episode (T)", "一个回合的 token 数 (T)", low=2, high=200)] = 16,
    episodes: Annotated[int, Flag("sampled episodes", "采样的回合数", low=2, high=100_000)] = 2000,
    seed: Annotated[int, Flag("random seed of the sampling", "采样的随机种子", low=0)] = 0,
) -> Result:
    """Bias and spread of the λ-return under a critic that is exact but for a constant error."""
    values = exact_values(steps, gamma)
    q = exact_q(values, gamma)
    alive = np.tril(np.ones_like(values))
    alive[-1] = 0.0
    critic = values + value_error * alive

    k, rewards = sample_episodes(steps, episodes, np.random.default_rng(seed))
    v_hat = critic[np.arange(steps)[:, None], k]
    dones = np.zeros_like(rewards)
    dones[-1] = 1.0
    estimates = advantages(rewards, v_hat, 0.0, dones, gamma=gamma, lam=lam)[0] + v_hat[0]
    mean, std = mean_and_std(estimates)

    lams = [i / 100 for i in range(101)]
    curve = [lambda_return_moments(critic, gamma=gamma, lam=x) for x in lams]
    biases, stds = [m - q for m, _ in curve], [s for _, s in curve]
    exact_mean, exact_std = lambda_return_moments(critic, gamma=gamma, lam=lam)
    best = min(range(101), key=lambda i: biases[i] ** 2 + stds[i] ** 2)

    toy = advantages(
        np.array([0.0, 0.0, 1.0]),
        np.array([0.5, 0.6, 0.8]),
        0.0,
        np.array([0.0, 0.0, 1.0]),
        gamma=gamma,
        lam=lam,
    )
    reward = np.zeros(steps)
    reward[-1] = 1.0
    echo = advantages(reward, np.zeros(steps), 0.0, reward, gamma=gamma, lam=lam)
    says = "monte_carlo" if lam == 1 else "exact_critic" if value_error == 0 else "trade"
    picked = range(0, 101, 10)
    return Result(
        numbers={
            "advantage_0": float(toy[0]),
            "bias": Estimate(mean.value - q, mean.error, mean.samples),
            "std": std,
            "bias_exact": exact_mean - q,
            "std_exact": exact_std,
            "best_lam": lams[best],
            "last_reward_weight": float(echo[0]),
            "discount_bias": q - exact_q(exact_values(steps, 1.0), 1.0),
        },
        ran="simulation",
        series=[
            Series("bias", "偏差", lams, biases, "λ", "bias, std"),
            Series("standard deviation", "标准差", lams, stds, "λ", "bias, std"),
        ],
        tables=[
            Table(
                "bias and spread over λ",
                "不同 λ 下的偏差与标准差",
                ["λ", "bias", "std", "√(bias²+var)"],
                [[lams[i], biases[i], stds[i], float(np.hypot(biases[i], stds[i]))] for i in picked],
            )
        ],
        says=says,
    )


if __name__ == "__main__":
    main(run)
