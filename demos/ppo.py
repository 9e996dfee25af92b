"""PPO: a clipped ratio lets one batch be used for several epochs without running away from the policy that made it.

Interview point: the four clip cases and which of them have no gradient; the ratio is 1 before the first step of an epoch
series, so clipping does nothing there; the KL to the reference is another thing, in the reward (k1) or in the loss (k2, k3);
two of RLHF's four models are trained and take nearly all the memory.
Source: Schulman et al. 2017, arXiv:1707.06347, eq. 6, 7 and 9 and algorithm 1; Schulman et al. 2016, arXiv:1506.02438, eq. 16
(GAE); Ouyang et al. 2022, arXiv:2203.02155, eq. 2 (four models); Schulman 2020, "Approximating KL divergence" (k1, k2, k3);
16 bytes a trained parameter: Rajbhandari et al. 2020, arXiv:1910.02054, section 3.1.
"""

from __future__ import annotations

import math
from functools import partial
from typing import Annotated, Literal

import numpy as np
import torch
from numpy.typing import ArrayLike
from torch import Tensor

from gae import advantages
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
)
from toys.adam import Adam
from toys.answers import BATCH, TOKENS, WORDS, Answers, exact_scores, good_words, write_answers
from toys.ppo_cartpole import Signals, train_cartpole

TITLE = {"en": "PPO: clipping the ratio", "zh": "PPO：裁剪概率比"}
FORMULA = r"L^{CLIP}=\hat{\mathbb{E}}_t[\min(r_t\hat A_t,\ \mathrm{clip}(r_t,1-\epsilon,1+\epsilon)\hat A_t)],\quad r_t=\frac{\pi_\theta(a_t\mid s_t)}{\pi_{old}(a_t\mid s_t)}"
NUMBERS = {
    "objective": Number(
        "objective of one sample, to be maximised; the loss is its negative",
        "单个样本的目标值（要最大化；损失是它的相反数）",
    ),
    "gradient": Number(
        "its derivative by the new log-probability: r·A, or zero where clipped",
        "目标对新策略对数概率的导数：r·A，被裁剪时为零",
    ),
    "first_ratio_gap": Number(
        "largest distance of the ratio from 1 in the first minibatch of every iteration",
        "每轮迭代的第一个小批量里，概率比与 1 的最大距离",
    ),
    "clip_fraction": Number(
        "share of samples whose ratio is further than ε from 1, over all minibatches",
        "概率比偏离 1 超过 ε 的样本比例，对所有小批量取平均",
        kind="statistical",
    ),
    "zero_gradient_share": Number(
        "share of samples whose policy gradient the clip makes zero",
        "策略梯度被裁剪成零的样本比例",
        kind="statistical",
    ),
    "approx_kl": Number(
        "mean k3 estimate of KL(old policy, new policy), over all minibatches",
        "KL(旧策略‖新策略) 的 k3 估计，对所有小批量取平均",
        unit="nats",
        kind="statistical",
    ),
    "largest_ratio": Number("largest ratio met in training", "训练中出现过的最大概率比", kind="statistical"),
    "return": Number(
        "expected reward of an answer after training; on CartPole the last 100 episodes' mean",
        "训练后一个回答的期望奖励；CartPole 为最后 100 个回合的平均回报",
        kind="statistical",
    ),
    "start_return": Number("the same before training, exact", "训练前的同一项（精确值）"),
    "steps_to_475": Number(
        "environment steps until the last 100 episodes of a seed average 475",
        "最近 100 个回合的平均回报达到 475 所需的环境步数",
        unit="steps",
        kind="statistical",
    ),
    "entropy": Number(
        "mean entropy of the next token at the end, over answers that the policy writes",
        "训练结束时每个 token 的平均熵（按策略自己写出的回答取平均）",
        unit="nats",
        kind="statistical",
    ),
    "reference_kl": Number(
        "KL(policy, reference) of a whole answer at the end, exact for each seed",
        "训练结束时整个回答的 KL(策略‖参考)，每个种子都是精确值",
        unit="nats",
        kind="statistical",
    ),
    "kl_exact": Number(
        "exact KL(policy, reference) of one token's distribution",
        "单个 token 分布的精确 KL(策略‖参考)",
        unit="nats",
    ),
    "kl_bias": Number("bias of the estimator's mean against it", "该估计量的均值与精确值之差", unit="nats"),
    "kl_std": Number(
        "standard deviation of the estimator from one sample", "单个样本下该估计量的标准差", unit="nats"
    ),
    "kl_gradient_error": Number(
        "relative error of the expected gradient of the KL term where it is put",
        "KL 项按该放法得到的期望梯度的相对误差",
    ),
    "models_gb": Number(
        "weights, gradients and optimiser states of policy, critic, reference and reward model; no activations",
        "策略、critic、参考模型、奖励模型的权重、梯度与优化器状态合计；不含激活值",
        unit="GB",
    ),
    "trained_gb": Number("of that, the two trained models", "其中两个训练的模型", unit="GB"),
    "frozen_gb": Number("of that, the two frozen models", "其中两个冻结的模型", unit="GB"),
}
OFF = Off(
    {"use_clip": False},
    moves={
        "objective": "up",
        "gradient": "up",
        "zero_gradient_share": "down",
        "approx_kl": "up",
        "return": "down",
    },
)
ANCHORS = [
    Anchor({"ratio": 0.5}, "objective", 0.5, 1e-12, "closed form: min(.5, .8)", "2026-11-26"),
    Anchor({"ratio": 0.5}, "gradient", 0.5, 1e-12, "closed form: r·A", "2026-11-26"),
    Anchor({}, "objective", 1.2, 1e-12, "closed form: min(1.5, 1.2)", "2026-11-26"),
    Anchor({}, "gradient", 0.0, 1e-12, "closed form: the clipped branch is constant", "2026-11-26"),
    Anchor(
        {"advantage": -1.0, "ratio": 0.5},
        "objective",
        -0.8,
        1e-12,
        "closed form: min(-.5, -.8)",
        "2026-11-26",
    ),
    Anchor({"advantage": -1.0, "ratio": 0.5}, "gradient", 0.0, 1e-12, "closed form: clipped", "2026-11-26"),
    Anchor({"advantage": -1.0}, "objective", -1.5, 1e-12, "closed form: min(-1.5, -1.2)", "2026-11-26"),
    Anchor({"advantage": -1.0}, "gradient", -1.5, 1e-12, "closed form: r·A", "2026-11-26"),
    Anchor({}, "first_ratio_gap", 0.0, 1e-12, "closed form: θ = θ_old", "2026-11-26"),
    Anchor({}, "models_gb", 252.0, 1e-9, "closed form: 2·7e9·16 + 2·7e9·2 bytes", "2026-11-26"),
    Anchor({"kl_estimator": "k1"}, "kl_bias", 0.0, 1e-12, "closed form: E[-ln r] is the KL", "2026-11-26"),
    Anchor({"kl_estimator": "k3"}, "kl_bias", 0.0, 1e-12, "closed form: E[r - 1] = 0", "2026-11-26"),
    Anchor(
        {"kl_place": "loss", "kl_estimator": "k1"},
        "kl_gradient_error",
        1.0,
        1e-9,
        "closed form: E[∇ ln π] = 0, nothing is left of the gradient",
        "2026-11-26",
    ),
    Anchor(
        {"kl_place": "loss", "kl_estimator": "k2"},
        "kl_gradient_error",
        0.0,
        1e-9,
        "closed form: E[ln(π/π_ref) ∇ ln π]",
        "2026-11-26",
    ),
]
SAYS = {
    "clipped": {
        "en": "At r={ratio:g}, A={advantage:g} the objective is {objective:.2f} with gradient {gradient:.2f}. Over {epochs} epochs a batch "
        "the clip silences {zero_gradient_share:.1%} of the samples, KL(old, new) is {approx_kl:.4f}, and the return goes from "
        "{start_return:.3f} to {return:.3f}.",
        "zh": "r={ratio:g}、A={advantage:g} 时目标为 {objective:.2f}，梯度 {gradient:.2f}。每批训练 {epochs} 遍，裁剪让 "
        "{zero_gradient_share:.1%} 的样本没有梯度，KL(旧‖新) 为 {approx_kl:.4f}，回报从 {start_return:.3f} 升到 {return:.3f}。",
    },
    "free": {
        "en": "Without the clip the gradient at r={ratio:g}, A={advantage:g} is {gradient:.2f}: nothing holds the ratio. Over {epochs} epochs "
        "a batch KL(old, new) is {approx_kl:.3f}, ratios reach {largest_ratio:.3g}, and the return goes from {start_return:.3f} to {return:.3f}.",
        "zh": "不裁剪时，r={ratio:g}、A={advantage:g} 的梯度是 {gradient:.2f}，没有什么拦住概率比。每批训练 {epochs} 遍，KL(旧‖新) 为 "
        "{approx_kl:.3f}，概率比最大到 {largest_ratio:.3g}，回报从 {start_return:.3f} 到 {return:.3f}。",
    },
    "cartpole": {
        "en": "On CartPole {seeds} seeds end at a mean return of {return:.0f} of 500 over their last 100 episodes; {clip_fraction:.1%} of the "
        "ratios were further than ε from 1.",
        "zh": "在 CartPole 上，{seeds} 个种子最后 100 个回合的平均回报为 {return:.0f}（满分 500）；{clip_fraction:.1%} 的概率比偏离 1 超过 ε。",
    },
}

Env = Literal["answers", "CartPole-v1"]
Place = Literal["reward", "loss"]
Estimator = Literal["k1", "k2", "k3"]
MINIBATCHES, LAM = 4, 0.95
TRAINED_BYTES, FROZEN_BYTES = 16, 2


def surrogate(log_new: Tensor, log_old: Tensor, advantage: Tensor, *, clip: float, use_clip: bool) -> Tensor:
    """min(rA, clip(r, 1-ε, 1+ε)A) of each sample with r = π_new/π_old (eq. 7), or rA (eq. 6); to be maximised."""
    ratio = (log_new - log_old).exp()
    if not use_clip:
        return ratio * advantage
    return torch.minimum(ratio * advantage, ratio.clamp(1 - clip, 1 + clip) * advantage)


def one_sample(ratio: float, advantage: float, *, clip: float, use_clip: bool) -> tuple[float, float]:
    """The objective at a ratio, and by autograd its derivative by ln π_new."""
    log_new = torch.tensor(math.log(ratio), dtype=torch.float64, requires_grad=True)
    value = surrogate(
        log_new, torch.zeros_like(log_new), torch.full_like(log_new, advantage), clip=clip, use_clip=use_clip
    )
    (gradient,) = torch.autograd.grad(value, log_new)
    return value.item(), gradient.item()


def signals(log_new: Tensor, log_old: Tensor, advantage: Tensor, *, clip: float, use_clip: bool) -> Signals:
    """What to plot, over the last axis: share |r-1| > ε, share without gradient, k3 of KL(old, new), largest r, max |r-1|."""
    log_ratio = log_new - log_old
    ratio = log_ratio.exp()
    silent = ((advantage > 0) & (ratio > 1 + clip)) | ((advantage < 0) & (ratio < 1 - clip))
    return Signals(
        clipped=((ratio - 1).abs() > clip).double().mean(-1),
        silent=silent.double().mean(-1) * use_clip,
        approx_kl=(ratio - 1 - log_ratio).double().mean(-1),
        largest=ratio.double().amax(-1),
        gap=(ratio - 1).abs().double().amax(-1),
    )


def kl_terms(log_pi: Tensor, log_ref: Tensor, estimator: Estimator) -> Tensor:
    """Estimates of KL(π, π_ref) from samples of π, with r = π_ref/π: k1 = -ln r, k2 = (ln r)²/2, k3 = r - 1 - ln r."""
    log_r = log_ref - log_pi
    if estimator == "k1":
        return -log_r
    return log_r.square() / 2 if estimator == "k2" else log_r.exp() - 1 - log_r


def kl_study(shift: float, estimator: Estimator, place: Place) -> tuple[float, float, float, float]:
    """Exact KL of two small softmaxes `shift` apart, the estimator's bias and deviation, its gradient's relative error.

    In the reward a term is a number that weighs the score, E[k ∇ln π]; in the loss the sampled term itself is
    differentiated, E[∇k]. Both expectations are sums over the tokens; the true gradient is that of the exact KL.
    """
    reference = torch.tensor([0.0, 0.4, 0.8, 1.2, 1.6], dtype=torch.float64).log_softmax(-1)
    away = shift * torch.tensor([1.0, -1.0, 0.5, 0.0, -0.5], dtype=torch.float64)
    logits = (reference + away).requires_grad_()
    log_pi = logits.log_softmax(-1)
    pi, terms = log_pi.exp().detach(), kl_terms(log_pi, reference, estimator)
    exact = (log_pi.exp() * (log_pi - reference)).sum()
    expected = (pi * terms.detach() * log_pi).sum() if place == "reward" else (pi * terms).sum()
    (truth,) = torch.autograd.grad(exact, logits, retain_graph=True)
    (got,) = torch.autograd.grad(expected, logits)
    terms = terms.detach()
    mean = float((pi * terms).sum())
    deviation = float((pi * (terms - mean).square()).sum().sqrt())
    return exact.item(), mean - exact.item(), deviation, float((got - truth).norm() / truth.norm())


def token_rewards(answers: Answers, beta: float) -> Tensor:
    """-β k1 at every token against the uniform reference, and the answer's reward at the last one (Ouyang 2022, eq. 2)."""
    rewards = -beta * (answers.log_old + math.log(WORDS))
    rewards[..., -1] += answers.reward
    return rewards


def normalised(x: Tensor) -> Tensor:
    """Centred and divided by the sample deviation over the last axis."""
    return (x - x.mean(-1, keepdim=True)) / (x.std(-1, keepdim=True) + 1e-8)


def estimates(answers: Answers, values: Tensor, beta: float) -> tuple[Tensor, Tensor]:
    """GAE with γ=1 and the critic's targets Â + V, both (seeds, BATCH·TOKENS)."""
    now = values[torch.arange(len(values))[:, None, None], answers.state]
    rewards, before = (x.movedim(-1, 0).numpy() for x in (token_rewards(answers, beta), now))
    ends = np.zeros_like(rewards)
    ends[-1] = 1.0
    advantage = torch.from_numpy(advantages(rewards, before, 0.0, ends, gamma=1.0, lam=LAM)).movedim(0, -1)
    return advantage.flatten(1), (advantage + now).flatten(1)


def train_answers(
    *,
    clip: float,
    use_clip: bool,
    epochs: int,
    iterations: int,
    learning_rate: float,
    beta: float,
    kl_place: Place,
    kl_estimator: Estimator,
    entropy_bonus: float,
    noise: float,
    normalise: bool,
    seeds: int,
    seed: int,
) -> tuple[Tensor, Tensor, list[Signals], list[Tensor]]:
    """PPO (algorithm 1 with eq. 9) on tables of all seeds at once; gives logits, good words, signals, return of each iteration."""
    generator, good = torch.Generator().manual_seed(seed), good_words(seed)
    logits = torch.zeros(seeds, TOKENS * (TOKENS + 1), WORDS, dtype=torch.float64, requires_grad=True)
    values = torch.zeros(seeds, TOKENS * (TOKENS + 1), dtype=torch.float64, requires_grad=True)
    adam, row = Adam([logits, values]), torch.arange(seeds)[:, None]
    seen, returns = [], [exact_scores(logits.detach(), good)[0]]
    objective = partial(surrogate, clip=clip, use_clip=use_clip)
    for _ in range(iterations):
        batch = write_answers(logits.detach(), good, noise, generator)
        advantage, target = estimates(batch, values.detach(), beta if kl_place == "reward" else 0.0)
        advantage = normalised(advantage) if normalise else advantage
        state, token, log_old = (x.flatten(1) for x in (batch.state, batch.token, batch.log_old))
        for _ in range(epochs):
            for part in torch.randperm(BATCH * TOKENS, generator=generator).chunk(MINIBATCHES):
                log_pi = logits.log_softmax(-1)[row, state[:, part]]
                log_new = log_pi.gather(-1, token[:, part, None]).squeeze(-1)
                gain = objective(log_new, log_old[:, part], advantage[:, part])
                if kl_place == "loss":
                    gain = gain - beta * kl_terms(log_new, torch.tensor(-math.log(WORDS)), kl_estimator)
                gain = gain - entropy_bonus * (log_pi.exp() * log_pi).sum(-1)
                value_loss = (values[row, state[:, part]] - target[:, part]).square() / 2
                seen.append(
                    signals(
                        log_new.detach(), log_old[:, part], advantage[:, part], clip=clip, use_clip=use_clip
                    )
                )
                adam.step((value_loss - gain).mean(-1).sum(), learning_rate)
        returns.append(exact_scores(logits.detach(), good)[0])
    return logits.detach(), good, seen, returns


def over_seeds(x: ArrayLike) -> Estimate:
    """Mean over seeds and its standard error."""
    values = np.asarray(x, dtype=np.float64)
    return Estimate(float(values.mean()), float(values.std(ddof=1) / math.sqrt(values.size)), values.size)


def memory_gb(policy: float, reward: float) -> tuple[float, float]:
    """Gigabytes (1e9 bytes) of the trained models, policy and critic, and of the frozen ones, reference and reward model."""
    both = policy + reward
    return TRAINED_BYTES * both / 1e9, FROZEN_BYTES * both / 1e9


def run(
    advantage: Annotated[
        float, Flag("advantage A of the one sample", "单个样本的优势 A", low=-10, high=10)
    ] = 1.0,
    ratio: Annotated[
        float, Flag("its ratio r of new to old probability", "单个样本的概率比 r", low=0.01, high=10)
    ] = 1.5,
    clip: Annotated[
        float, Flag("ε: the ratio is clipped to 1-ε … 1+ε", "ε：概率比裁剪到 1-ε … 1+ε", low=0.01, high=0.9)
    ] = 0.2,
    use_clip: Annotated[bool, Flag("clip the ratio, or not", "是否裁剪概率比")] = True,
    epochs: Annotated[int, Flag("passes over one batch", "同一批数据训练几遍", low=1, high=40)] = 8,
    env: Annotated[
        Env, Flag("write toy answers, or balance gymnasium's pole", "写玩具回答，或 gymnasium 的倒立摆")
    ] = "answers",
    iterations: Annotated[
        int, Flag("batches that are collected", "采集多少批数据", low=1, high=200, live={"env": ("answers",)})
    ] = 40,
    steps: Annotated[
        int,
        Flag(
            "environment steps of a seed",
            "每个种子的环境步数",
            low=256,
            high=1_000_000,
            live={"env": ("CartPole-v1",)},
        ),
    ] = 100_000,
    learning_rate: Annotated[
        float, Flag("step size of Adam", "Adam 的步长", low=0, high=1, live={"env": ("answers",)})
    ] = 0.05,
    noise: Annotated[
        float,
        Flag(
            "deviation of the reward model's error",
            "奖励模型误差的标准差",
            low=0,
            high=10,
            live={"env": ("answers",)},
        ),
    ] = 0.3,
    normalise: Annotated[bool, Flag("normalise the advantages of a batch", "是否对一批优势做归一化")] = True,
    entropy_bonus: Annotated[float, Flag("weight of the entropy bonus", "熵奖励的系数", low=0, high=1)] = 0.0,
    beta: Annotated[
        float,
        Flag(
            "weight of the KL to the reference",
            "对参考模型 KL 的系数",
            low=0,
            high=10,
            live={"env": ("answers",)},
        ),
    ] = 0.01,
    kl_place: Annotated[Place, Flag("where the KL term is put", "KL 项放在奖励里还是损失里")] = "reward",
    kl_estimator: Annotated[
        Estimator,
        Flag(
            "which estimate of the KL; in training only in the loss",
            "KL 的估计方式；训练中只在放进损失时起作用",
        ),
    ] = "k1",
    kl_shift: Annotated[
        float,
        Flag(
            "how far the one token's policy is from its reference",
            "单 token 例子中策略离参考多远",
            low=0.01,
            high=5,
        ),
    ] = 1.0,
    policy_params: Annotated[
        float, Flag("parameters of policy and reference", "策略与参考模型的参数量", low=1)
    ] = 7e9,
    reward_params: Annotated[
        float, Flag("parameters of critic and reward model", "critic 与奖励模型的参数量", low=1)
    ] = 7e9,
    seeds: Annotated[int, Flag("independent trainings", "独立训练的次数", low=2, high=64)] = 5,
    seed: Annotated[int, Flag("random seed", "随机种子", low=0)] = 0,
) -> Result:
    """One sample's clip, a training of several epochs a batch, the KL's placement and the four models' memory."""
    objective, gradient = one_sample(ratio, advantage, clip=clip, use_clip=use_clip)
    kl, bias, deviation, gradient_error = kl_study(kl_shift, kl_estimator, kl_place)
    trained_gb, frozen_gb = memory_gb(policy_params, reward_params)
    scores: dict[str, float | Estimate | NotReached | NotRun]
    if env == "answers":
        logits, good, seen, returns = train_answers(
            clip=clip,
            use_clip=use_clip,
            epochs=epochs,
            iterations=iterations,
            learning_rate=learning_rate,
            beta=beta,
            kl_place=kl_place,
            kl_estimator=kl_estimator,
            entropy_bonus=entropy_bonus,
            noise=noise,
            normalise=normalise,
            seeds=seeds,
            seed=seed,
        )
        batches = iterations
        last, reference_kl, entropy = exact_scores(logits, good)
        curve = [(float(i), float(x.mean())) for i, x in enumerate(returns)]
        scores = {
            "start_return": float(returns[0][0]),
            "steps_to_475": NotRun("CartPole was not asked for", "没有选 CartPole"),
            "reference_kl": over_seeds(reference_kl),
        }
    else:
        trained = train_cartpole(
            partial(surrogate, use_clip=use_clip),
            partial(signals, use_clip=use_clip),
            clip=clip,
            epochs=epochs,
            steps=steps,
            entropy_bonus=entropy_bonus,
            normalise=normalise,
            seeds=seeds,
            seed=seed,
        )
        seen, last, entropy, curve = (
            trained.signals,
            torch.from_numpy(trained.last_returns),
            trained.entropy,
            trained.curve,
        )
        batches = len(curve)
        there = int(np.isfinite(trained.reached).sum())
        scores = {
            "start_return": NotRun(
                "the untrained policy is not played for its own sake", "没有单独运行未训练的策略"
            ),
            "steps_to_475": over_seeds(trained.reached)
            if there == seeds
            else NotReached(
                f"{steps:,} steps; {there} of {seeds} seeds got there",
                f"{steps:,} 步；{seeds} 个种子中有 {there} 个达到",
            ),
            "reference_kl": NotRun("there is no reference policy", "没有参考策略"),
        }
    ratios = [i / 50 for i in range(10, 101)]
    shown = [one_sample(r, advantage, clip=clip, use_clip=use_clip)[0] for r in ratios]
    cases: list[list[float | str]] = [
        [f"A={a:+g}, r={r:g}", *one_sample(r, a, clip=clip, use_clip=use_clip)]
        for a in (1.0, -1.0)
        for r in (0.5, 1.0, 1.5)
    ]
    terms: list[tuple[Place, Estimator]] = [(p, e) for p in ("reward", "loss") for e in ("k1", "k2", "k3")]
    return Result(
        numbers={
            "objective": objective,
            "gradient": gradient,
            "first_ratio_gap": max(float(s.gap.max()) for s in seen[:: len(seen) // batches]),
            "clip_fraction": over_seeds(torch.stack([s.clipped for s in seen]).mean(0)),
            "zero_gradient_share": over_seeds(torch.stack([s.silent for s in seen]).mean(0)),
            "approx_kl": over_seeds(torch.stack([s.approx_kl for s in seen]).mean(0)),
            "largest_ratio": over_seeds(torch.stack([s.largest for s in seen]).amax(0)),
            "return": over_seeds(last),
            **scores,
            "entropy": over_seeds(entropy),
            "kl_exact": kl,
            "kl_bias": bias,
            "kl_std": deviation,
            "kl_gradient_error": gradient_error,
            "models_gb": trained_gb + frozen_gb,
            "trained_gb": trained_gb,
            "frozen_gb": frozen_gb,
        },
        ran="training",
        series=[
            Series("objective of the sample", "该样本的目标值", ratios, shown, "ratio r", "objective"),
            Series(
                "return, mean over seeds",
                "回报（对种子取平均）",
                [x for x, _ in curve],
                [y for _, y in curve],
                "iterations" if env == "answers" else "environment steps",
                "return",
            ),
        ],
        tables=[
            Table("the cases", "各种情形", ["sample", "objective", "gradient"], cases),
            Table(
                "a KL term by place and estimator",
                "KL 项的放法与估计方式",
                ["place, estimator", "bias", "std", "gradient error"],
                [[f"{p}, {e}", *kl_study(kl_shift, e, p)[1:]] for p, e in terms],
            ),
            Table(
                "each seed", "各个种子", ["seed", "return"], [[str(i), float(x)] for i, x in enumerate(last)]
            ),
        ],
        says="cartpole" if env != "answers" else "clipped" if use_clip else "free",
    )


if __name__ == "__main__":
    main(run)
