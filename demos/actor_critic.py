"""Actor-critic: the critic takes noise out of the actor's gradient; a time limit is no terminal state.

Interview point: bootstrapping from a critic lowers the variance of the policy gradient at the price of the critic's
bias; terminated means V(s') = 0, truncated means go on from V(s').
Source: Sutton & Barto 2018, section 13.5 (actor-critic); Schulman et al. 2016, arXiv:1506.02438, eq. 16 and section 6
(cart-pole: linear policy, the old critic for the advantages, then a new fit); Gymnasium: "Handling Time Limits".
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

import gymnasium
import numpy as np
import torch
from numpy.typing import NDArray

from llmcore_tui.lab import (
    Anchor,
    Estimate,
    Flag,
    NotReached,
    NotRun,
    Number,
    Off,
    Result,
    Series,
    Table,
    main,
    report_progress,
)

TITLE = {
    "en": "Actor-critic: less noise, some bias",
    "zh": "Actor-Critic：用一点偏差换更小的方差",
}
FORMULA = r"\hat g=\sum_t \hat A_t\nabla_\theta\ln\pi_\theta(a_t\mid s_t),\quad \delta_t=r_t+\gamma(1-\mathrm{term}_t)V(s_{t+1})-V(s_t)"
NUMBERS = {
    "return": Number(
        "return of the last 100 episodes of training, mean over seeds",
        "训练最后 100 个回合的平均回报，对随机种子取平均",
        kind="statistical",
    ),
    "steps_to_475": Number(
        "environment steps until the last 100 episodes average 475, mean over seeds",
        "最近 100 个回合的平均回报达到 475 所需的环境步数，对随机种子取平均",
        unit="steps",
        kind="statistical",
    ),
    "grad_variance": Number(
        "total variance of a one-episode policy gradient at the untrained policy",
        "在未训练的策略处，单回合策略梯度的总方差（协方差的迹）",
        kind="statistical",
    ),
    "grad_bias": Number(
        "relative bias of that gradient: along the unbiased one (λ=1) on the same episodes",
        "该梯度的相对偏差：投影到同一批回合的无偏梯度（λ=1）上比较",
        kind="statistical",
    ),
    "value_at_limit": Number(
        "critic's value of the states in which the time limit cut an episode off, at the end",
        "训练结束时，critic 对被时限截断的状态的估值",
        kind="statistical",
    ),
    "threshold": Number(
        "return at which the task counts as solved, of at most 500", "任务视为解决的回报，满分 500"
    ),
    "endless_value": Number(
        "value of a state from which the pole never falls: 1/(1-γ)",
        "杆永远不倒时状态的价值：1/(1-γ)",
    ),
}
OFF = Off({"critic": False}, moves={"grad_variance": "up", "return": "down"})
ANCHORS = [
    Anchor({"steps": 1000}, "endless_value", 100.0, 1e-9, "closed form: 1/(1 - .99)", "2026-11-22"),
    Anchor(
        {"steps": 1000},
        "threshold",
        475.0,
        1e-9,
        "Gymnasium, CartPole-v1: reward threshold 475 of 500",
        "2026-11-22",
    ),
]
SAYS = {
    "critic": {
        "en": "With the critic a one-episode gradient has variance {grad_variance:.0f} and a relative bias of "
        "{grad_bias:+.1%}; the last 100 episodes average {return:.0f}.",
        "zh": "有 critic 时，单回合梯度的方差为 {grad_variance:.0f}，相对偏差 {grad_bias:+.1%}；"
        "最后 100 个回合平均回报 {return:.0f}。",
    },
    "monte_carlo": {
        "en": "Without a critic the whole discounted return weighs each action: no bias, a variance of "
        "{grad_variance:.0f} for a one-episode gradient, and the last 100 episodes average {return:.0f}.",
        "zh": "没有 critic，每个动作都用完整的折扣回报加权：没有偏差，单回合梯度的方差为 {grad_variance:.0f}，"
        "最后 100 个回合平均回报 {return:.0f}。",
    },
    "cut": {
        "en": "The time limit was taken for a terminal state, so the critic learned {value_at_limit:.0f} for states "
        "worth {endless_value:.0f} if the pole never falls; the last 100 episodes average {return:.0f}.",
        "zh": "把时限当成了终止状态，于是杆永远不倒时值 {endless_value:.0f} 的状态，critic 只估 {value_at_limit:.0f}；"
        "最后 100 个回合平均回报 {return:.0f}。",
    },
    "cut_never": {
        "en": "The time limit would be taken for a terminal state, but no episode of the last batch got that far; the "
        "last 100 episodes average {return:.0f}.",
        "zh": "这里会把时限当成终止状态，但最后一批没有回合撑到时限；最后 100 个回合平均回报 {return:.0f}。",
    },
}

Array = NDArray[np.float64]
Features = Literal["quadratic", "linear"]
Bools = NDArray[np.bool_]

ENV = "CartPole-v1"
SPEC = gymnasium.spec(ENV)
THRESHOLD = SPEC.reward_threshold or np.inf
# Typical sizes of position, velocity, angle and angular velocity, so that all features are of order one.
SCALE = np.array([2.4, 2.0, 0.21, 2.0])
PAIRS = np.triu_indices(5)
WINDOW = 100
PROBE_EPISODES = 3000
RIDGE = 1e-4


@dataclass(frozen=True, slots=True)
class Episodes:
    """One episode for each seed and place, padded to the longest: arrays are (T, seeds, places, …)."""

    x: Array
    """Features of s_t for the actor, 5."""
    x_next: Array
    """Features of s_{t+1}, the last one being the true final state, not the next episode's first."""
    right: Bools
    p_right: Array
    alive: Bools
    """Whether step t belongs to the episode."""
    terminated: Bools
    truncated: Bools

    @property
    def returns(self) -> Array:
        """Undiscounted return, (seeds, places): CartPole pays 1 a step."""
        return np.asarray(self.alive.sum(axis=0), dtype=np.float64)


def actor_features(observation: NDArray[np.float32]) -> Array:
    """The scaled observation and a constant, (…, 4) -> (…, 5)."""
    scaled = observation.astype(np.float64) / SCALE
    return np.concatenate([scaled, np.ones((*scaled.shape[:-1], 1))], axis=-1)


def critic_features(x: Array, kind: Features) -> Array:
    """What V is linear in: the actor's features, or all products of two of them, (…, 5) -> (…, 5) or (…, 15)."""
    if kind == "linear":
        return x
    return np.asarray(x[..., PAIRS[0]] * x[..., PAIRS[1]], dtype=np.float64)


def play(
    envs: gymnasium.vector.VectorEnv[NDArray[np.float32], NDArray[np.int64], Bools],
    theta: Array,
    playing: Bools,
    rng: np.random.Generator,
) -> Episodes:
    """One episode in each environment of the seeds that are playing; π(right|s) = σ(θ·x), theta (seeds, 5)."""
    seeds, places = len(theta), envs.num_envs // len(theta)
    observation, _ = envs.reset()
    x = actor_features(observation).reshape(seeds, places, 5)
    alive = np.repeat(playing[:, None], places, axis=1)
    rows: list[tuple[Array, Array, Bools, Array, Bools, Bools, Bools]] = []
    while alive.any():
        p_right = 1.0 / (1.0 + np.exp(-np.einsum("sek,sk->se", x, theta)))
        right = rng.random((seeds, places)) < p_right
        observation, _, terminated, truncated, _ = envs.step(right.astype(np.int64).ravel())
        x_next = actor_features(observation).reshape(seeds, places, 5)
        ended = terminated.reshape(seeds, places) & alive, truncated.reshape(seeds, places) & alive
        rows.append((x, x_next, right, p_right, alive, ended[0], ended[1] & ~ended[0]))
        # An environment whose episode ended starts another one (autoreset); its steps are no longer alive.
        x, alive = x_next, alive & ~ended[0] & ~ended[1]
    columns = [np.array(column) for column in zip(*rows, strict=True)]
    return Episodes(*columns)


def advantages(
    rewards: Array,
    values: Array,
    next_values: Array,
    terminated: Bools,
    truncated: Bools,
    *,
    gamma: float,
    lam: float,
    bootstrap: bool,
) -> Array:
    """GAE over (T, …) where episodes terminate or are truncated; Schulman et al. 2016, eq. 16.

    δ_t = r_t + γ V(s_{t+1}) - V(s_t) with V(s_{t+1}) = 0 where the episode terminated, and only there: a truncated one
    goes on from V of its last state unless `bootstrap` is off. The sum Σ(γλ)^l δ_{t+l} ends at either.
    """
    last = terminated if bootstrap else terminated | truncated
    deltas = rewards + gamma * next_values * ~last - values
    result = np.zeros_like(deltas)
    following = np.zeros_like(deltas[0])
    for t in reversed(range(len(deltas))):
        following = deltas[t] + gamma * lam * ~(terminated[t] | truncated[t]) * following
        result[t] = following
    return result


def values_of(episodes: Episodes, w: Array, kind: Features) -> tuple[Array, Array]:
    """V(s_t) and V(s_{t+1}) of each seed's critic w (seeds, features), both (T, seeds, places)."""
    now, after = critic_features(episodes.x, kind), critic_features(episodes.x_next, kind)
    return np.einsum("tsek,sk->tse", now, w), np.einsum("tsek,sk->tse", after, w)


def monte_carlo(episodes: Episodes, gamma: float) -> Array:
    """Discounted reward-to-go to the end of the episode, (T, seeds, places): no critic, so λ=1 and V=0."""
    zero = np.zeros(episodes.alive.shape)
    ends = episodes.terminated, episodes.truncated
    return advantages(np.ones_like(zero), zero, zero, *ends, gamma=gamma, lam=1.0, bootstrap=False)


def episode_gradients(episodes: Episodes, weights: Array) -> Array:
    """ĝ = Σ_t weight_t ∇_θ ln π(a_t|s_t) of each episode, (seeds, places, 5); for a logistic policy ∇ ln π = (a-π)x."""
    score = (episodes.right - episodes.p_right)[..., None] * episodes.x
    return np.asarray((score * (weights * episodes.alive)[..., None]).sum(axis=0))


def fit_critic(x: Array, targets: Array, kind: Features) -> Array:
    """Least squares of the targets (N,) on the critic's features of x (N, 5), with a small ridge: w (features,)."""
    phi = critic_features(x, kind)
    gram = phi.T @ phi + RIDGE * len(phi) * np.eye(phi.shape[1])
    return np.asarray(np.linalg.solve(gram, phi.T @ targets), dtype=np.float64)


@dataclass(frozen=True, slots=True)
class Training:
    """What training left: for each seed its curve, and the critic's values at the time limit."""

    steps: list[Array]
    """Environment steps used after each update, (updates,) for each seed."""
    batch_returns: list[Array]
    last_returns: Array
    """Mean of the last 100 episodes, (seeds,)."""
    reached: Array
    """Steps until the last 100 episodes averaged the threshold, (seeds,); NaN where they did not."""
    values_at_limit: Array
    """The last critic's values of the last batches' truncated states."""


def train(
    *,
    critic: bool,
    steps: int,
    gamma: float,
    lam: float,
    bootstrap: bool,
    features: Features,
    episodes: int,
    learning_rate: float,
    seeds: int,
    seed: int,
) -> Training:
    """Play, estimate with the old critic, move the actor by Adam, fit the critic anew; each seed for `steps` steps."""
    envs = gymnasium.make_vec(ENV, num_envs=seeds * episodes, vectorization_mode="vector_entry_point")
    envs.reset(seed=seed)
    rng = np.random.default_rng(seed)
    theta = torch.zeros((seeds, 5), dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.Adam([theta], lr=learning_rate, maximize=True)
    w = np.zeros((seeds, 5 if features == "linear" else 15))
    used, reached = np.zeros(seeds), np.full(seeds, np.nan)
    history: list[list[Array]] = [[] for _ in range(seeds)]
    curve: list[list[float]] = [[] for _ in range(seeds)]
    limits: list[Array] = [np.zeros(0) for _ in range(seeds)]
    while (playing := used < steps).any():
        played = play(envs, theta.detach().numpy(), playing, rng)
        values, next_values = values_of(played, w, features)
        weights = (
            advantages(
                np.ones_like(values),
                values,
                next_values,
                played.terminated,
                played.truncated,
                gamma=gamma,
                lam=lam,
                bootstrap=bootstrap,
            )
            if critic
            else monte_carlo(played, gamma)
        )
        targets = weights + values
        theta.grad = torch.from_numpy(episode_gradients(played, weights).mean(axis=1))
        before = theta.detach().clone()
        optimizer.step()
        with torch.no_grad():
            theta[torch.from_numpy(~playing)] = before[torch.from_numpy(~playing)]
        used = used + played.returns.sum(axis=1)
        for s in np.flatnonzero(playing):
            alive = played.alive[:, s]
            if critic:
                w[s] = fit_critic(played.x[:, s][alive], targets[:, s][alive], features)
                limits[s] = critic_features(played.x_next[:, s][played.truncated[:, s]], features) @ w[s]
            history[s].append(played.returns[s])
            curve[s].append(float(used[s]))
            recent = np.concatenate(history[s])[-WINDOW:]
            if np.isnan(reached[s]) and len(recent) == WINDOW and recent.mean() >= THRESHOLD:
                reached[s] = used[s]
        report_progress(int(np.minimum(used, steps).sum()), steps * seeds)
    envs.close()
    return Training(
        steps=[np.array(points) for points in curve],
        batch_returns=[np.array([batch.mean() for batch in batches]) for batches in history],
        last_returns=np.array([np.concatenate(batches)[-WINDOW:].mean() for batches in history]),
        reached=reached,
        values_at_limit=np.concatenate(limits),
    )


def probe(gamma: float, features: Features, seed: int) -> tuple[Episodes, Array, Array]:
    """Episodes of the uniformly random policy, with V(s_t) and V(s_{t+1}) of a critic fitted to as many others of it."""
    envs = gymnasium.make_vec(ENV, num_envs=PROBE_EPISODES, vectorization_mode="vector_entry_point")
    envs.reset(seed=seed)
    rng = np.random.default_rng(seed)
    first, second = (play(envs, np.zeros((1, 5)), np.array([True]), rng) for _ in range(2))
    envs.close()
    w = fit_critic(first.x[first.alive], monte_carlo(first, gamma)[first.alive], features)
    return second, *values_of(second, w[None], features)


def relative_bias(chosen: Array, unbiased: Array) -> Estimate:
    """Mean of `chosen` along the mean of `unbiased`, over the latter's length, minus 1; both (N, parameters)."""
    along = unbiased.mean(axis=0)
    a, b = chosen @ along, unbiased @ along
    ratio = float(a.mean() / b.mean())
    error = float(np.std(a - ratio * b, ddof=1) / np.sqrt(len(a)) / abs(b.mean()))
    return Estimate(ratio - 1.0, error, len(a))


def total_variance(gradients: Array) -> Estimate:
    """Trace of the sample covariance (n - 1) of gradients (N, parameters), with its standard error."""
    n = len(gradients)
    squared = ((gradients - gradients.mean(axis=0)) ** 2).sum(axis=1) * n / (n - 1)
    return estimate_of_mean(squared)


def estimate_of_mean(samples: Array) -> Estimate:
    """Mean and its standard error."""
    error = float(samples.std(ddof=1) / np.sqrt(samples.size)) if samples.size > 1 else 0.0
    return Estimate(float(samples.mean()), error, samples.size)


def run(
    critic: Annotated[
        bool,
        Flag(
            "weigh actions by GAE with a learned V, not by the return", "用学到的 V 算 GAE，而不是直接用回报"
        ),
    ] = True,
    steps: Annotated[
        int, Flag("environment steps of each seed", "每个随机种子的环境步数", low=1000, high=2_000_000)
    ] = 100_000,
    lam: Annotated[float, Flag("λ of GAE", "GAE 的 λ", low=0, high=1, live={"critic": (True,)})] = 0.95,
    gamma: Annotated[float, Flag("discount γ", "折扣 γ", low=0, high=0.999)] = 0.99,
    bootstrap: Annotated[
        bool,
        Flag(
            "go on from V where the time limit cut an episode off",
            "回合被时限截断时继续用 V 自举",
            live={"critic": (True,)},
        ),
    ] = True,
    features: Annotated[
        Features,
        Flag(
            "what V may depend on: squares and products of the state, or the state only",
            "V 能用的特征：状态的平方与乘积，或仅状态本身",
            live={"critic": (True,)},
        ),
    ] = "quadratic",
    episodes: Annotated[int, Flag("episodes of one update", "每次更新的回合数", low=2, high=64)] = 8,
    learning_rate: Annotated[float, Flag("Adam's learning rate", "Adam 的学习率", low=0, high=1)] = 0.2,
    seeds: Annotated[int, Flag("independent training runs", "独立训练的次数", low=2, high=32)] = 8,
    seed: Annotated[int, Flag("random seed", "随机种子", low=0)] = 0,
) -> Result:
    """Train on CartPole-v1, and measure the actor's gradient at the untrained policy."""
    done = train(
        critic=critic,
        steps=steps,
        gamma=gamma,
        lam=lam,
        bootstrap=bootstrap,
        features=features,
        episodes=episodes,
        learning_rate=learning_rate,
        seeds=seeds,
        seed=seed,
    )
    tried, values, next_values = probe(gamma, features, seed)
    one, ends = np.ones_like(values), (tried.terminated, tried.truncated)
    gradients = {
        x: episode_gradients(
            tried, advantages(one, values, next_values, *ends, gamma=gamma, lam=x, bootstrap=True)
        )[0]
        for x in (0.0, 0.5, 0.9, 0.95, 1.0, lam)
    }
    whole = episode_gradients(tried, monte_carlo(tried, gamma))[0]
    chosen = gradients[lam] if critic else whole
    there = int(np.isfinite(done.reached).sum())
    grid = np.linspace(0, steps, 41)[1:]
    curve = np.mean(
        [np.interp(grid, x, y) for x, y in zip(done.steps, done.batch_returns, strict=True)], axis=0
    )
    limit = done.values_at_limit
    says = "monte_carlo" if not critic else "critic" if bootstrap else "cut" if limit.size else "cut_never"
    return Result(
        numbers={
            "return": estimate_of_mean(done.last_returns),
            "steps_to_475": estimate_of_mean(done.reached)
            if there == seeds
            else NotReached(
                f"{steps:,} steps; {there} of {seeds} seeds got there",
                f"{steps:,} 步；{seeds} 个种子中有 {there} 个达到",
            ),
            "grad_variance": total_variance(chosen),
            "grad_bias": relative_bias(chosen, gradients[1.0]),
            "value_at_limit": NotRun("there is no critic", "没有 critic")
            if not critic
            else estimate_of_mean(limit)
            if limit.size
            else NotReached(
                f"{steps:,} steps; no episode of the last batch lasted to the time limit",
                f"{steps:,} 步；最后一批里没有回合撑到时限",
            ),
            "threshold": float(THRESHOLD),
            "endless_value": 1.0 / (1.0 - gamma),
        },
        ran="training",
        series=[
            Series(
                "return, mean over seeds",
                "回报（对随机种子取平均）",
                grid.tolist(),
                curve.tolist(),
                "environment steps",
                "return",
            ),
            Series(
                "threshold of the task",
                "任务阈值",
                [0.0, float(steps)],
                [THRESHOLD, THRESHOLD],
                "environment steps",
                "return",
            ),
        ],
        tables=[
            Table(
                "gradient of one episode at the untrained policy",
                "未训练策略处单回合的梯度",
                ["weight of an action", "variance", "relative bias"],
                [
                    [name, total_variance(g).value, relative_bias(g, gradients[1.0]).value]
                    for name, g in [
                        *((f"critic, λ={x:g}", g) for x, g in sorted(gradients.items())),
                        ("return, no critic", whole),
                    ]
                ],
            )
        ],
        says=says,
    )


if __name__ == "__main__":
    main(run)
