"""GRPO: the group's mean replaces the critic; what that does to the loss, to silent groups and to a policy on sums.

Interview point: the advantage is the reward less the group's mean, over its deviation, one number for all tokens of a
response; a group of equal rewards teaches nothing; at ratio 1 and π = π_ref the loss is 0 while its gradient is not.
Source: Shao et al. 2024, arXiv:2402.03300, eq. 3-4, section 4.1.2, algorithm 1 (β .04, one update a rollout: section 4.2).
Conventions: J is maximised, the loss shown is -J; the paper does not say which deviation, libraries take the sample's plus
an ε (TRL 1e-4); KL is the estimator k3, averaged like the objective.
"""

from __future__ import annotations

import math
from typing import Annotated, Literal

import torch
from torch import Tensor
from torch.nn import functional

from llmcore_tui.lab import (
    Anchor,
    Estimate,
    Flag,
    NotRun,
    Number,
    Off,
    Result,
    Series,
    Table,
    main,
    report_progress,
)
from toys.adam import Adam
from toys.arithmetic import Checked, Rule, check
from toys.rl_on_sums import SumPolicy, draw_prompts, mask_of, sample, warm_start

TITLE = {"en": "GRPO: the group is the critic", "zh": "GRPO：组就是 critic"}
FORMULA = r"\hat A_i=\frac{r_i-\mathrm{mean}(r)}{\mathrm{std}(r)},\quad D=\frac{\pi_{ref}}{\pi_\theta}-\ln\frac{\pi_{ref}}{\pi_\theta}-1"
NUMBERS = {
    "advantage_hit": Number("advantage of a right answer in the group", "组内答对者的优势"),
    "advantage_miss": Number("advantage of a wrong answer in the group", "组内答错者的优势"),
    "mean_abs_advantage": Number("mean size of the group's advantages", "组内优势绝对值的均值"),
    "expected_abs_advantage": Number(
        "the same, expected for groups drawn at pass rate p", "按通过率 p 抽取的组，同一量的期望"
    ),
    "no_signal_probability": Number("chance that a group gives no gradient", "一个组完全没有梯度的概率"),
    "loss": Number("loss of the group at ratio 1", "比率为 1 时该组的损失"),
    "gradient_norm": Number("size of that loss's gradient", "该损失的梯度范数"),
    "accuracy_start": Number(
        "right answers of the policy before RL", "强化学习之前策略的正确率", kind="statistical"
    ),
    "accuracy": Number("right answers after RL", "强化学习之后的正确率", kind="statistical"),
    "form_share": Number("well-formed answers after RL", "强化学习之后格式正确的比例", kind="statistical"),
    "length": Number("tokens of a response after RL", "强化学习之后的回答长度（token）", kind="statistical"),
    "silent_share": Number(
        "groups without any spread of reward, last fifth of the training",
        "训练最后五分之一中奖励毫无差异的组的比例",
        kind="statistical",
    ),
    "kl_reached": Number(
        "KL to the reference after RL, k3 a token",
        "训练后相对参考模型的 KL（每 token 的 k3）",
        kind="statistical",
    ),
    "loss_end": Number(
        "loss that is logged in the last fifth", "最后五分之一训练中记录的损失", kind="statistical"
    ),
    "clip_share": Number(
        "tokens whose gradient the clip removed", "梯度被裁剪掉的 token 比例", kind="statistical"
    ),
}
OFF = Off(
    {"baseline": "none"},
    moves={
        "advantage_hit": "down",
        "advantage_miss": "up",
        "no_signal_probability": "down",
        "loss": "down",
        "gradient_norm": "changes",
    },
)
ANCHORS = [
    Anchor({}, "advantage_hit", 2.6457513110645907, 1e-9, "closed form: √7", "2026-11-26"),
    Anchor({}, "advantage_miss", -0.3779644730092272, 1e-9, "closed form: -1/√7", "2026-11-26"),
    Anchor(
        {"std": "sample"},
        "advantage_hit",
        2.4748737341529163,
        1e-9,
        "closed form: (7/8)/√(1/8)",
        "2026-11-26",
    ),
    Anchor(
        {"std": "sample"}, "advantage_miss", -0.3535533905932738, 1e-9, "closed form: -√(1/8)", "2026-11-26"
    ),
    Anchor({"std": "none"}, "advantage_hit", 0.875, 1e-9, "closed form: 1 - 1/8", "2026-11-26"),
    Anchor({"std": "none"}, "advantage_miss", -0.125, 1e-9, "closed form: -1/8", "2026-11-26"),
    Anchor({}, "no_signal_probability", 0.0078125, 1e-9, "closed form: 2·(1/2)^8", "2026-11-26"),
    Anchor({}, "loss", 0.0, 1e-9, "closed form: the advantages add up to 0", "2026-11-26"),
    Anchor(
        {"hits": 2, "std": "none"}, "mean_abs_advantage", 0.375, 1e-9, "closed form: 2p(1-p)", "2026-11-26"
    ),
    Anchor(
        {"hits": 2}, "mean_abs_advantage", 0.8660254037844386, 1e-9, "closed form: 2√(p(1-p))", "2026-11-26"
    ),
]
SAYS = {
    "group": {
        "en": "{hits} of {group} right: {advantage_hit:+.3f} each, {advantage_miss:+.3f} for the wrong ones; the loss is "
        "{loss:z.3f} and its gradient {gradient_norm:.3f}. On sums, right answers went from {accuracy_start:.2f} to {accuracy:.2f}.",
        "zh": "{group} 个里对了 {hits} 个：答对者 {advantage_hit:+.3f}，答错者 {advantage_miss:+.3f}；损失是 {loss:z.3f}，"
        "梯度却是 {gradient_norm:.3f}。算术题上正确率从 {accuracy_start:.2f} 升到 {accuracy:.2f}。",
    },
    "silent": {
        "en": "All rewards of the group are equal: no advantage, and a gradient of {gradient_norm:.3f}. At pass rate {p:g} that "
        "happens to a group of {group} with probability {no_signal_probability:.3f}.",
        "zh": "组内奖励全部相同：没有优势，梯度为 {gradient_norm:.3f}。通过率为 {p:g} 时，{group} 个一组出现这种情况的概率是 "
        "{no_signal_probability:.3f}。",
    },
    "raw": {
        "en": "Without the group's mean every right answer is pushed up by its reward and no wrong one down: the loss is "
        "{loss:.3f}. On sums, right answers went from {accuracy_start:.2f} to {accuracy:.2f}.",
        "zh": "不减组均值时，答对的按奖励推高，答错的一个也不压低：损失是 {loss:.3f}。算术题上正确率从 {accuracy_start:.2f} 到 "
        "{accuracy:.2f}。",
    },
}

Deviation = Literal["population", "sample", "none"]
Baseline = Literal["group", "none"]
Mean = Literal["sequence", "token"]
LETTERS = 4
"""The alphabet of the counted group: right answers repeat its first letter, wrong ones the second."""
PROMPTS = 16
"""Questions of a rollout, for each of the runs."""
LEARNING_RATE = 0.02


def group_advantages(rewards: Tensor, std: Deviation, baseline: Baseline, epsilon: float) -> Tensor:
    """Â_i = (r_i - mean r)/(std r + ε) over the last axis (section 4.1.2), 0 where all rewards are equal.

    The deviation divides by G (population) or by G - 1 (sample), or there is none; without a baseline Â_i = r_i.
    """
    if baseline == "none":
        return rewards
    centred = rewards - rewards.mean(-1, keepdim=True)
    spread = rewards.amax(-1, keepdim=True) - rewards.amin(-1, keepdim=True)
    centred = torch.where(spread > 1e-12, centred, 0.0)
    if std == "none":
        return centred
    deviation = rewards.std(-1, correction=int(std == "sample"), keepdim=True)
    return centred / torch.where(spread > 1e-12, deviation + epsilon, 1.0)


def k3(log_p: Tensor, log_ref: Tensor) -> Tensor:
    """π_ref/π_θ - ln(π_ref/π_θ) - 1 of each token, eq. 4: never negative, 0 where the two agree."""
    gap = log_ref - log_p
    return gap.exp() - gap - 1


def token_weights(mask: Tensor, mean: Mean) -> Tensor:
    """Weights that add up to 1: 1/(G|o_i|) for the mean of the sequences' means (eq. 3), else 1/Σ|o_i|; mask (…, G, T)."""
    if mean == "token":
        return mask / mask.sum((-2, -1), keepdim=True)
    return mask / mask.sum(-1, keepdim=True) / mask.shape[-2]


def objective(
    log_p: Tensor,
    log_old: Tensor,
    log_ref: Tensor,
    advantages: Tensor,
    weights: Tensor,
    clip: float,
    kl: float,
) -> Tensor:
    """J of eq. 3 for each group, to be maximised; token arrays (…, G, T), advantages (…, G), gives (…)."""
    ratio = (log_p - log_old).exp()
    a = advantages[..., None]
    surrogate = torch.minimum(ratio * a, ratio.clamp(1 - clip, 1 + clip) * a)
    return ((surrogate - kl * k3(log_p, log_ref)) * weights).sum((-2, -1))


def counted_group(
    hits: int, group: int, lengths: tuple[int, int], drift: float, advantages: Tensor, mean: Mean, kl: float
) -> tuple[float, float]:
    """Loss and gradient norm of one group under a softmax a place, ratio 1; the reference lacks `drift` on letter one."""
    wrong = torch.arange(group) >= hits
    length = torch.where(wrong, lengths[1], lengths[0])
    place = torch.arange(max(lengths))
    mask = (place < length[:, None]).double()
    reference = torch.zeros(len(place), LETTERS, dtype=torch.float64)
    theta = reference.clone()
    theta[:, 0] += drift
    theta.requires_grad_()
    letters = wrong.long()[:, None].expand(-1, len(place))
    log_p, log_ref = (functional.log_softmax(table, 1)[place, letters] for table in (theta, reference))
    loss = -objective(log_p, log_p.detach(), log_ref, advantages, token_weights(mask, mean), 0.2, kl)
    (gradient,) = torch.autograd.grad(loss, [theta])
    rounded = round(float(loss.detach()), 14) + 0.0  # advantages add up to 0 but for the last digit
    return rounded, float(gradient.norm())


def expected_size(
    p: float, group: int, std: Deviation, baseline: Baseline, epsilon: float, offset: float = 0.0
) -> float:
    """E over Binomial(G, p) of the mean of |Â|: Σ_k P(k)·mean|Â| of a group with k right."""
    total = 0.0
    for k in range(group + 1):
        rewards = (torch.arange(group) < k).double() + offset
        size = group_advantages(rewards, std, baseline, epsilon).abs().mean()
        total += math.comb(group, k) * p**k * (1 - p) ** (group - k) * float(size)
    return total


def silent_probability(p: float, group: int, baseline: Baseline, offset: float) -> float:
    """p^G + (1-p)^G: all right or all wrong; raw rewards are silent only where they are all zero."""
    right, wrong = p**group, (1 - p) ** group
    if baseline == "group":
        return right + wrong
    return right * (offset == -1) + wrong * (offset == 0)


class Trainer:
    """Algorithm 1 on sums: roll out groups, reward them by the rule, ascend J a few times; `runs` policies at once."""

    def __init__(self, runs: int, rule: Rule, offset: float, seed: int) -> None:
        self.rule, self.offset = rule, offset
        self.generator = torch.Generator().manual_seed(seed)
        self.policy = SumPolicy(runs, self.generator)
        warm_start(self.policy, 120, skill=0.4, form=0.7, generator=self.generator)
        self.reference = self.policy.frozen()
        self.adam = Adam(self.policy.parameters)

    def roll_out(self, prompts: int, group: int) -> tuple[Tensor, Tensor]:
        """Questions (runs, prompts·group, 2), each repeated for its group, and a response to each."""
        drawn = draw_prompts((len(self.policy.parameters[0]), prompts), self.generator)
        asked = drawn.repeat_interleave(group, dim=1)
        return asked, sample(self.policy, asked, self.generator)

    def update(
        self,
        group: int,
        std: Deviation,
        baseline: Baseline,
        epsilon: float,
        mean: Mean,
        clip: float,
        kl: float,
        mu: int,
    ) -> tuple[Tensor, Tensor, Tensor]:
        """One rollout and μ updates on it; the runs' share of silent groups, first loss, and share clipped, (runs,)."""
        prompts, responses = self.roll_out(PROMPTS, group)
        shape = (len(prompts), PROMPTS, group)
        rewards = (check(prompts, responses).reward(self.rule) + self.offset).reshape(shape)
        advantages = group_advantages(rewards, std, baseline, epsilon)
        mask = mask_of(responses).reshape(*shape, -1)
        with torch.no_grad():
            log_old = self.policy.log_probs(prompts, responses).reshape(mask.shape)
            log_ref = self.reference.log_probs(prompts, responses).reshape(mask.shape)
        losses, clipped = [], []
        for _ in range(mu):
            log_p = self.policy.log_probs(prompts, responses).reshape(mask.shape)
            loss = -objective(log_p, log_old, log_ref, advantages, token_weights(mask, mean), clip, kl).mean(
                -1
            )
            losses.append(loss.detach())
            ratio, up = (log_p - log_old).detach().exp(), advantages[..., None] > 0
            out = torch.where(up, ratio > 1 + clip, ratio < 1 - clip) & (advantages[..., None] != 0)
            clipped.append((out * mask).sum((1, 2, 3)) / mask.sum((1, 2, 3)))
            self.adam.step(loss.sum(), LEARNING_RATE)
        silent = (rewards.amax(-1) - rewards.amin(-1) < 1e-12).double().mean(-1)
        return silent, losses[0], torch.stack(clipped).mean(0)

    def look(self) -> tuple[Checked, Tensor]:
        """What the rule sees of 400 fresh responses a run, (runs, 400), and the runs' mean k3 a token, (runs,)."""
        prompts, responses = self.roll_out(400, 1)
        with torch.no_grad():
            gap = k3(self.policy.log_probs(prompts, responses), self.reference.log_probs(prompts, responses))
        mask = mask_of(responses)
        return check(prompts, responses), (gap * mask).sum((1, 2)) / mask.sum((1, 2))


def estimate(values: Tensor) -> Estimate:
    """Mean over the runs and its standard error."""
    return Estimate(float(values.mean()), float(values.std() / math.sqrt(len(values))), len(values))


def run(
    hits: Annotated[int, Flag("right answers in the group", "组内答对的个数", low=0, high=64)] = 1,
    group: Annotated[int, Flag("responses to one question, G", "每题采样的回答数 G", low=2, high=64)] = 8,
    std: Annotated[
        Deviation,
        Flag(
            "what the centred reward is divided by; none is Dr.GRPO",
            "中心化后的奖励除以什么；none 即 Dr.GRPO",
            live={"baseline": ("group",)},
        ),
    ] = "population",
    baseline: Annotated[
        Baseline, Flag("subtract the group's mean, or use raw rewards", "减去组均值，或直接用原始奖励")
    ] = "group",
    offset: Annotated[
        float,
        Flag(
            "added to every reward: the group's mean takes it away again",
            "给所有奖励统一加上的常数：组均值会把它减掉",
            low=-5,
            high=5,
            live={"baseline": ("none",)},
        ),
    ] = 0.0,
    p: Annotated[float, Flag("chance that one answer is right", "单个回答答对的概率", low=0, high=1)] = 0.5,
    kl: Annotated[
        float, Flag("β, weight of the KL in the loss", "损失里 KL 的系数 β", low=0, high=10)
    ] = 0.04,
    epsilon: Annotated[
        float,
        Flag(
            "added to the deviation",
            "加在标准差上的 ε",
            low=0,
            high=0.1,
            live={"baseline": ("group",), "std": ("population", "sample")},
        ),
    ] = 0.0,
    mean: Annotated[
        Mean, Flag("mean of the sequences' means, or over all tokens", "先按序列平均，或对全部 token 平均")
    ] = "sequence",
    hit_length: Annotated[
        int, Flag("tokens of a right answer of the group", "组内答对者的长度", low=1, high=64)
    ] = 4,
    miss_length: Annotated[int, Flag("tokens of a wrong one", "组内答错者的长度", low=1, high=64)] = 8,
    drift: Annotated[
        float,
        Flag(
            "how far the policy's first logit has left the reference",
            "策略第一个 logit 偏离参考模型多少",
            low=-5,
            high=5,
        ),
    ] = 0.0,
    mu: Annotated[int, Flag("updates on each rollout, μ", "每批采样更新几次 μ", low=1, high=8)] = 1,
    clip: Annotated[
        float, Flag("ε of the clip", "裁剪的 ε", low=0.01, high=1, live={"mu": (2, 3, 4, 5, 6, 7, 8)})
    ] = 0.2,
    correct: Annotated[float, Flag("reward of a right answer", "答对的奖励", low=0, high=2)] = 1.0,
    form: Annotated[float, Flag("reward of a well-formed answer", "格式正确的奖励", low=0, high=2)] = 0.2,
    length_cost: Annotated[
        float, Flag("reward lost for each needless token", "每多一个 token 扣的奖励", low=0, high=1)
    ] = 0.02,
    steps: Annotated[int, Flag("rollouts of the training", "训练的采样轮数", low=5, high=500)] = 120,
    runs: Annotated[int, Flag("policies that are trained", "独立训练的策略数", low=2, high=16)] = 4,
    seed: Annotated[int, Flag("random seed", "随机种子", low=0)] = 0,
) -> Result:
    """Count one group, then train policies that answer sums under a rule reward."""
    torch.set_num_threads(1)
    hits = min(hits, group)
    rewards = (torch.arange(group) < hits).double() + offset
    advantages = group_advantages(rewards, std, baseline, epsilon)
    loss, norm = counted_group(hits, group, (hit_length, miss_length), drift, advantages, mean, kl)

    trainer = Trainer(runs, Rule(correct, form, length_cost), offset, seed)
    before, _ = trainer.look()
    history = []
    for step in range(steps):
        history.append(torch.stack(trainer.update(group, std, baseline, epsilon, mean, clip, kl, mu)))
        report_progress(step + 1, steps)
    silent, losses, clipped = torch.stack(history).unbind(1)
    after, reached = trainer.look()
    late = steps - steps // 5

    says = "raw" if baseline == "none" else "silent" if not advantages.any() else "group"
    grid = [i / 40 for i in range(41)]
    sizes: tuple[tuple[str, str, Deviation], ...] = (
        ("centred only", "只减均值", "none"),
        ("over the deviation", "再除以标准差", "population"),
    )
    return Result(
        numbers={
            "advantage_hit": float(advantages[0])
            if hits
            else NotRun("no answer of the group is right", "组里没有答对的"),
            "advantage_miss": float(advantages[-1])
            if hits < group
            else NotRun("no answer of the group is wrong", "组里没有答错的"),
            "mean_abs_advantage": float(advantages.abs().mean()),
            "expected_abs_advantage": expected_size(p, group, std, baseline, epsilon, offset),
            "no_signal_probability": silent_probability(p, group, baseline, offset),
            "loss": loss,
            "gradient_norm": norm,
            "accuracy_start": estimate(before.correct.mean(-1)),
            "accuracy": estimate(after.correct.mean(-1)),
            "form_share": estimate(after.well_formed.mean(-1)),
            "length": estimate(after.length.mean(-1)),
            "silent_share": estimate(silent[late:].mean(0)),
            "kl_reached": estimate(reached),
            "loss_end": estimate(losses[late:].mean(0)),
            "clip_share": estimate(clipped.mean(0)),
        },
        ran="training",
        series=[
            *(
                Series(en, zh, grid, [expected_size(x, group, kind, "group", 0.0) for x in grid], "p", "E|A|")
                for en, zh, kind in sizes
            ),
            Series(
                "silent groups",
                "无信号的组",
                grid,
                [silent_probability(x, group, baseline, offset) for x in grid],
                "p",
                "P(silent)",
            ),
            Series("loss", "损失", list(range(steps)), losses.mean(1).tolist(), "update", "loss"),
            Series(
                "silent groups", "无信号的组", list(range(steps)), silent.mean(1).tolist(), "update", "silent"
            ),
        ],
        tables=[
            Table(
                "one group, each convention",
                "同一组，各种约定",
                ["std", "A right", "A wrong", "mean |A|"],
                [
                    [
                        kind,
                        float(a[0]),
                        float(a[-1]),
                        float(a.abs().mean()),
                    ]
                    for kind in ("population", "sample", "none")
                    for a in (group_advantages(rewards, kind, "group", epsilon),)
                ],
            )
        ],
        says=says,
    )


if __name__ == "__main__":
    main(run)
