"""TD learning: bootstrapping buys less variance with some bias, and the best n lies in between.

Interview point: say what the target of each method is (one reward + V of the next state; n rewards + V; the whole
return), which of them is biased while V is wrong, which is noisy, and that neither end of the scale learns fastest.
Source: Sutton & Barto 2018, eq. 7.1 (n-step return), 7.2 (n-step TD), example 7.1 and figure 7.2 (19-state random
walk), eq. 6.2 (TD(0), n=1) and 6.1 (constant-α Monte Carlo, n=mc).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np
from numpy.typing import NDArray

from llmcore_tui.lab import Anchor, Estimate, Flag, Number, Off, Result, Series, Table, main

TITLE = {
    "en": "TD learning: how far to look before trusting the estimate",
    "zh": "时序差分学习：看几步再相信估计",
}
FORMULA = (
    r"V(S_t)\leftarrow V(S_t)+\alpha\left[\sum_{k=1}^{n}\gamma^{k-1}R_{t+k}+\gamma^n V(S_{t+n})-V(S_t)\right]"
)
NUMBERS = {
    "rms_error": Number(
        "RMS error of the values over the states, averaged over the first episodes",
        "各状态价值的均方根误差，对前几个回合取平均",
        kind="statistical",
    ),
    "rms_error_td": Number(
        "the same with one-step TD (n=1), on the same walks",
        "同样的游走上一步 TD（n=1）的误差",
        kind="statistical",
    ),
    "rms_error_mc": Number(
        "the same with Monte Carlo, on the same walks", "同样的游走上蒙特卡洛的误差", kind="statistical"
    ),
    "best_n": Number(
        "n with the smallest error among 1, 2, 4, … 512", "在 1、2、4……512 中误差最小的 n", kind="qualitative"
    ),
    "target_bias": Number(
        "bias of the n-step target while V=0, RMS over the states", "V=0 时 n 步目标的偏差（各状态的均方根）"
    ),
    "target_std": Number(
        "standard deviation of the same target, RMS over the states", "同一目标的标准差（各状态的均方根）"
    ),
    "states_reached": Number(
        "states that learn from one walk straight to the right end",
        "一次从中间直走到右端后，价值被更新的状态数",
    ),
}
OFF = Off(
    {"n": "mc"},
    moves={"rms_error": "up", "target_bias": "down", "target_std": "up", "states_reached": "up"},
)
ANCHORS = [
    Anchor({}, "rms_error", 0.264, 0.015, "Sutton & Barto 2018, figure 7.2: lowest point (from memory)", "2026-11-22"),
    Anchor({"alpha": 0.4}, "best_n", 4, 0, "Sutton & Barto 2018, figure 7.2: n=4 (from memory)", "2026-11-22"),
    Anchor({"n": 1}, "target_bias", 0.4812265, 1e-6, "closed form: √(4.4/19)", "2026-11-22"),
    Anchor({"n": 2}, "target_bias", 0.443, 5e-4, "closed form: enumeration of the walks", "2026-11-22"),
    Anchor({"n": 4}, "target_bias", 0.387, 5e-4, "closed form: enumeration of the walks", "2026-11-22"),
    Anchor({"n": 8}, "target_bias", 0.309, 5e-4, "closed form: enumeration of the walks", "2026-11-22"),
    Anchor({"n": 16}, "target_bias", 0.205, 5e-4, "closed form: enumeration of the walks", "2026-11-22"),
    Anchor({"n": "mc"}, "target_bias", 0.0, 1e-12, "closed form: the return is unbiased", "2026-11-22"),
    Anchor({"n": 1}, "target_std", 0.1622214, 1e-6, "closed form: √(2·.25/19)", "2026-11-22"),
    Anchor({"n": "mc"}, "target_std", 0.8366600, 1e-6, "closed form: √(1-.3)", "2026-11-22"),
    Anchor({"n": 1}, "states_reached", 1, 0, "Sutton & Barto 2018, example 7.1: only the last state", "2026-11-22"),
    Anchor({"n": 2}, "states_reached", 2, 0, "Sutton & Barto 2018, example 7.1: the last two", "2026-11-22"),
    Anchor({"n": 3, "states": 5}, "states_reached", 3, 0, "Sutton & Barto 2018, example 7.1: all three visited", "2026-11-22"),
]  # fmt: skip
SAYS = {
    "between": {
        "en": "With α={alpha:g}, n={n} leaves an error of {rms_error:.3f}: less than one-step TD ({rms_error_td:.3f}) and "
        "than Monte Carlo ({rms_error_mc:.3f}) on the same walks. Its target at V=0 has bias {target_bias:.3f} and "
        "spread {target_std:.3f}.",
        "zh": "α={alpha:g} 时 n={n} 的误差为 {rms_error:.3f}，在同样的游走上低于一步 TD（{rms_error_td:.3f}），也低于蒙特卡洛"
        "（{rms_error_mc:.3f}）。V=0 时它的目标偏差为 {target_bias:.3f}，标准差为 {target_std:.3f}。",
    },
    "one_step": {
        "en": "One-step TD has the quietest target at V=0 (spread {target_std:.3f}) and the most biased ({target_bias:.3f}); "
        "with α={alpha:g} its error is {rms_error:.3f}, Monte Carlo's {rms_error_mc:.3f}, and the smallest is at n={best_n:.0f}.",
        "zh": "一步 TD 的目标在 V=0 时最稳（标准差 {target_std:.3f}），偏差也最大（{target_bias:.3f}）；α={alpha:g} 时误差为 "
        "{rms_error:.3f}，蒙特卡洛为 {rms_error_mc:.3f}，误差最小的是 n={best_n:.0f}。",
    },
    "monte_carlo": {
        "en": "Monte Carlo's target is the return itself: no bias, but a spread of {target_std:.3f}; with α={alpha:g} its error "
        "is {rms_error:.3f}, one-step TD's {rms_error_td:.3f}, and the smallest is at n={best_n:.0f}.",
        "zh": "蒙特卡洛的目标就是回报本身：没有偏差，但标准差为 {target_std:.3f}；α={alpha:g} 时误差为 {rms_error:.3f}，"
        "一步 TD 为 {rms_error_td:.3f}，误差最小的是 n={best_n:.0f}。",
    },
    "no_gain": {
        "en": "With α={alpha:g}, n={n} (error {rms_error:.3f}) does not beat both ends: one-step TD has {rms_error_td:.3f}, "
        "Monte Carlo {rms_error_mc:.3f}; the smallest is at n={best_n:.0f}.",
        "zh": "α={alpha:g} 时 n={n}（误差 {rms_error:.3f}）并没有同时胜过两端：一步 TD 为 {rms_error_td:.3f}，蒙特卡洛为 "
        "{rms_error_mc:.3f}；误差最小的是 n={best_n:.0f}。",
    },
}

Array = NDArray[np.float64]
Walks = NDArray[np.int64]
POWERS = [2**k for k in range(10)]
WHOLE = 2**62  # an n longer than any episode: Monte Carlo


@dataclass(frozen=True, slots=True)
class Chain:
    """A random walk over the states 1 … N between two ends: 0 pays -1, N+1 pays +1, no discount.

    `step[s, s']` is the chance of going from s to s', shape (N+2, N+2), the ends absorbing; `outcome[s]` is what an end
    pays and 0 between, shape (N+2,).
    """

    step: Array
    outcome: Array

    @property
    def inner(self) -> Array:
        """The transitions between the states that are no end, shape (N, N)."""
        return self.step[1:-1, 1:-1]

    def values(self) -> Array:
        """v(s) of the inner states: (I - P) v = the expected payment of the next step (Sutton & Barto eq. 3.14)."""
        v = np.linalg.solve(np.eye(len(self.inner)) - self.inner, (self.step @ self.outcome)[1:-1])
        return np.asarray(v, dtype=np.float64)


def random_walk(states: int) -> Chain:
    """Left or right with probability 1/2 each (examples 6.2 and 7.1)."""
    step = np.eye(states + 2)
    for s in range(1, states + 1):
        step[s] = 0.0
        step[s, s - 1] = step[s, s + 1] = 0.5
    outcome = np.zeros(states + 2)
    outcome[0], outcome[-1] = -1.0, 1.0
    return Chain(step, outcome)


def target_moments(chain: Chain, v: Array, n: int) -> tuple[Array, Array]:
    """Mean and standard deviation of the n-step return from each inner state, with estimates `v` held fixed.

    After n steps the walk has ended, and the return is what the end paid, or it is in s', and the return is v(s')
    (eq. 7.1 at γ=1). So both moments are the n-th power of the transitions applied to those values and to their squares.
    """
    worth = chain.outcome.copy()
    worth[1:-1] = v
    if n >= WHOLE:
        mean, square = chain.values(), np.ones(len(chain.inner))  # every return is -1 or +1
    else:
        after = np.linalg.matrix_power(chain.step, n)
        mean, square = (after @ worth)[1:-1], (after @ worth**2)[1:-1]
    return mean, np.sqrt(np.maximum(square - mean**2, 0.0))


def sample_walks(states: int, walks: int, rng: np.random.Generator) -> Walks:
    """Walks from the middle state until both have ended, shape (steps + 1, walks); an ended walk stays at its end."""
    place = np.full(walks, (states + 1) // 2, dtype=np.int64)
    path = [place]
    while (alive := (place > 0) & (place <= states)).any():
        place = place + np.where(alive, 2 * rng.integers(0, 2, size=walks) - 1, 0)
        path.append(place)
    return np.array(path)


def learn(values: Array, walk: Walks, n: NDArray[np.int64], alpha: float) -> None:
    """n-step TD (eq. 7.2, γ=1) on one episode a run, for several n side by side; changes `values` in place.

    Shapes: values (K, runs, N+2) with one row of runs for each n, the two ends last used as 0; walk (T+1, runs); n (K, 1).
    The box of section 7.1 updates S_τ at time τ+n-1, when the states before τ have been updated and none after: so the
    updates run over τ in order. From τ+n ≥ T on, the target is the rest of the return and needs no estimate.
    """
    last = values.shape[2] - 1
    ended = ((walk == 0) | (walk == last)).argmax(axis=0)  # T of every run
    returns = np.where(walk[-1] == last, 1.0, -1.0)
    kind, run = np.arange(len(n))[:, None], np.arange(walk.shape[1])[None, :]
    for tau in range(int(ended.max())):
        horizon = np.minimum(n, len(walk)) + tau
        bootstrap = values[kind, run, walk[np.minimum(horizon, ended), run]]
        target = np.where(horizon < ended, bootstrap, returns)
        state = walk[tau]
        error = target - values[kind, run, state]
        values[kind, run, state] += np.where(tau < ended, alpha * error, 0.0)


def rms_errors(walks: Walks, ns: list[int], alpha: float, v: Array) -> Array:
    """RMS error over the states at the end of every episode from V=0, shape (K, runs, episodes).

    `walks` (steps + 1, runs, episodes): every n learns from the same walks, as in figure 7.2.
    """
    _, runs, episodes = walks.shape
    values = np.zeros((len(ns), runs, len(v) + 2))
    n = np.array(ns, dtype=np.int64)[:, None]
    errors = np.empty((len(ns), runs, episodes))
    for episode in range(episodes):
        learn(values, walks[:, :, episode], n, alpha)
        errors[:, :, episode] = np.sqrt(((values[:, :, 1:-1] - v) ** 2).mean(axis=2))
    return errors


def states_reached(states: int, n: int) -> int:
    """How many values change when the first walk goes straight from the middle to the right end (example 7.1)."""
    straight = np.arange((states + 1) // 2, states + 2, dtype=np.int64)[:, None]
    values = np.zeros((1, 1, states + 2))
    learn(values, straight, np.array([[n]]), 0.5)
    return int(np.count_nonzero(values))


def estimate(per_run: Array) -> Estimate:
    """Mean over independent runs and its standard error, sample deviation over √runs."""
    runs = len(per_run)
    return Estimate(float(per_run.mean()), float(per_run.std(ddof=1)) / math.sqrt(runs), runs)


def run(
    alpha: Annotated[float, Flag("step size α", "步长 α", low=0.001, high=1)] = 0.4,
    n: Annotated[
        int | Literal["mc"],
        Flag(
            "steps before the estimate is trusted; mc: the whole return",
            "走几步后使用估计值；mc：用完整回报",
            low=1,
        ),
    ] = 4,
    states: Annotated[int, Flag("states of the walk", "游走的状态数", low=3, high=41)] = 19,
    episodes: Annotated[int, Flag("episodes of a run", "每次运行的回合数", low=1, high=200)] = 10,
    runs: Annotated[int, Flag("independent runs", "独立运行的次数", low=2, high=1000)] = 100,
    seed: Annotated[int, Flag("random seed of the walks", "游走的随机种子", low=0)] = 0,
) -> Result:
    """Learn the values of a random walk with n-step TD, one-step TD and Monte Carlo on the same walks."""
    chain = random_walk(states)
    v = chain.values()
    chosen = WHOLE if n == "mc" else n
    walks = sample_walks(states, runs * episodes, np.random.default_rng(seed)).reshape(-1, runs, episodes)
    ns = [*POWERS, WHOLE, chosen]
    errors = rms_errors(walks, ns, alpha, v)
    by_n = [estimate(per_run) for per_run in errors.mean(axis=2)]
    moments = [target_moments(chain, np.zeros(states), each) for each in ns]
    biases = [float(np.sqrt(((mean - v) ** 2).mean())) for mean, _ in moments]
    stds = [float(np.sqrt((std**2).mean())) for _, std in moments]

    own, one_step, monte_carlo = by_n[-1], by_n[0], by_n[len(POWERS)]
    best = min(range(len(POWERS)), key=lambda k: by_n[k].value)
    beats_both = own.value < min(one_step.value, monte_carlo.value)
    logs = [float(k) for k in range(len(POWERS))]
    over_n, by_episode = ("log2 n", "RMS error"), ("episode", "RMS error")
    count = [float(k) for k in range(1, episodes + 1)]
    learning = errors.mean(axis=1)
    return Result(
        numbers={
            "rms_error": own,
            "rms_error_td": one_step,
            "rms_error_mc": monte_carlo,
            "best_n": float(POWERS[best]),
            "target_bias": biases[-1],
            "target_std": stds[-1],
            "states_reached": float(states_reached(states, chosen)),
        },
        ran="simulation",
        series=[
            Series("n-step TD", "n 步 TD", logs, [e.value for e in by_n[: len(POWERS)]], *over_n),
            Series("Monte Carlo", "蒙特卡洛", [logs[0], logs[-1]], [monte_carlo.value] * 2, *over_n),
            Series("n of this run", "本次运行的 n", count, [float(x) for x in learning[-1]], *by_episode),
            Series("n = 1", "n = 1", count, [float(x) for x in learning[0]], *by_episode),
            Series("Monte Carlo", "蒙特卡洛", count, [float(x) for x in learning[len(POWERS)]], *by_episode),
            Series(
                "bias of the target", "目标的偏差", logs, biases[: len(POWERS)], "log2 n", "bias, std at V=0"
            ),
            Series("its deviation", "目标的标准差", logs, stds[: len(POWERS)], "log2 n", "bias, std at V=0"),
        ],
        tables=[
            Table(
                "Bias and spread of the target, and what they come to",
                "目标的偏差与标准差，以及最终误差",
                ["n", "bias", "std", "RMS error", "±"],
                [
                    [label, bias, std, e.value, e.error]
                    for label, bias, std, e in zip(
                        [*map(str, POWERS), "mc"], biases, stds, by_n, strict=False
                    )
                ],
            )
        ],
        says="monte_carlo" if n == "mc" else "one_step" if n == 1 else "between" if beats_both else "no_gain",
    )


if __name__ == "__main__":
    main(run)
