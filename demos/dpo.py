"""DPO: a policy fitted to preferences is the optimum of reward minus β times KL, with no reward model and no sampling.

Interview point: the implicit reward is β ln(π/π_ref); on Bradley-Terry labels the minimum is π* ∝ π_ref exp(r/β); only the
margin between chosen and rejected is fitted, so both log-probabilities may fall; β weighs the implicit KL and is the
temperature of π*, not of sampling; without the reference the minimum is softmax(r/β), whatever one started from.
Source: Rafailov et al. 2023, arXiv:2305.18290, eq. 4-7 and the gradient of section 4; a single pair and features in
common: Razin et al. 2024, arXiv:2410.08847, abstract and figure 1 (both log-probabilities fall where their embeddings are alike).
"""

from __future__ import annotations

from typing import Annotated, Literal

import torch
from torch import Tensor
from torch.nn import functional

from llmcore_tui.lab import Anchor, Flag, NotRun, Number, Off, Result, Series, Table, main

TITLE = {"en": "DPO: preferences to policy in one loss", "zh": "DPO：一个损失从偏好直达策略"}
FORMULA = r"L=-\ln\sigma\left(\beta\ln\frac{\pi_\theta(y_w)}{\pi_{ref}(y_w)}-\beta\ln\frac{\pi_\theta(y_l)}{\pi_{ref}(y_l)}\right),\quad \pi^*\propto\pi_{ref}\,e^{r/\beta}"
NUMBERS = {
    "loss": Number("loss after training", "训练后的损失", "nats"),
    "loss_at_init": Number("loss before the first step", "第一步之前的损失", "nats"),
    "loss_floor": Number(
        "smallest loss that the labels allow: their entropy", "标签允许的最小损失，即标签的熵", "nats"
    ),
    "margin": Number(
        "implicit reward of the chosen less that of the rejected, mean",
        "chosen 与 rejected 的隐式奖励之差（均值）",
    ),
    "chosen_logp_change": Number(
        "change of the chosen response's log-probability, mean", "chosen 回答的对数概率变化（均值）", "nats"
    ),
    "rejected_logp_change": Number(
        "change of the rejected response's log-probability, mean",
        "rejected 回答的对数概率变化（均值）",
        "nats",
    ),
    "outside_change": Number(
        "probability gained by the responses outside the pair", "偏好对之外的回答增加的概率"
    ),
    "tv_to_closed_form": Number(
        "total variation distance from π_ref exp(r/β)/Z", "与 π_ref exp(r/β)/Z 的全变差距离"
    ),
    "tv_to_softmax": Number("total variation distance from softmax(r/β)", "与 softmax(r/β) 的全变差距离"),
    "kl": Number("KL of the policy from where it started", "策略相对起点的 KL", "nats"),
    "reward_at_init": Number("true reward before training, mean", "训练前采样回答的真实奖励均值"),
    "expected_reward": Number("true reward of a sampled response, mean", "采样回答的真实奖励均值"),
}
OFF = Off(
    {"reference": False},
    moves={"loss_at_init": "up", "tv_to_closed_form": "up", "tv_to_softmax": "down"},
)
ANCHORS = [
    Anchor({}, "loss_at_init", 0.6931471805599453, 1e-12, "closed form: ln 2, as π = π_ref", "2026-11-26"),
    Anchor(
        {"data": "pair", "beta": 2.0},
        "loss_at_init",
        0.6931471805599453,
        1e-12,
        "closed form: ln 2",
        "2026-11-26",
    ),
    Anchor(
        {"steps": 600},
        "tv_to_closed_form",
        0.0,
        1e-9,
        "Rafailov et al. 2023, eq. 4: the optimum is π_ref exp(r/β)/Z",
        "2026-11-26",
    ),
    Anchor(
        {"steps": 600, "beta": 0.5},
        "tv_to_closed_form",
        0.0,
        1e-9,
        "Rafailov et al. 2023, eq. 4: the optimum is π_ref exp(r/β)/Z",
        "2026-11-26",
    ),
    Anchor(
        {"steps": 600, "reference": False},
        "tv_to_softmax",
        0.0,
        1e-9,
        "closed form: without π_ref the minimum is softmax(r/β)",
        "2026-11-26",
    ),
    Anchor(
        {"steps": 600},
        "margin",
        0.16189399447670064,
        1e-9,
        "closed form: the mean over pairs of (2σ(d)-1)d, d the difference of rewards",
        "2026-11-26",
    ),
]
SAYS = {
    "both_fall": {
        "en": "The policy ended {tv_to_closed_form:.1e} from π_ref exp(r/β)/Z. The margin grew to {margin:.3f} while the chosen "
        "responses changed by {chosen_logp_change:+.2f} nats and the rejected by {rejected_logp_change:+.2f}: both "
        "fell, which the loss allows.",
        "zh": "策略与 π_ref exp(r/β)/Z 的距离是 {tv_to_closed_form:.1e}。间隔涨到 {margin:.3f}，而 chosen 变化 "
        "{chosen_logp_change:+.2f}、rejected 变化 {rejected_logp_change:+.2f} nats：两边都降，这个损失允许这样。",
    },
    "chosen_rises": {
        "en": "The policy ended {tv_to_closed_form:.1e} from π_ref exp(r/β)/Z; the chosen responses changed by "
        "{chosen_logp_change:+.2f} nats, the rejected by {rejected_logp_change:+.2f}.",
        "zh": "策略与 π_ref exp(r/β)/Z 的距离是 {tv_to_closed_form:.1e}；chosen 变化 {chosen_logp_change:+.2f} nats，rejected "
        "变化 {rejected_logp_change:+.2f}。",
    },
    "no_reference": {
        "en": "Without the reference the policy ended {tv_to_softmax:.1e} from softmax(r/β) and {tv_to_closed_form:.3f} from "
        "the optimum that stays near π_ref: what the model knew is forgotten.",
        "zh": "去掉参考模型后，策略与 softmax(r/β) 的距离是 {tv_to_softmax:.1e}，离“靠近 π_ref 的最优解”有 "
        "{tv_to_closed_form:.3f}：原模型的知识被丢掉了。",
    },
    "pair": {
        "en": "One pair: the margin is {margin:.2f}; the chosen response changed by "
        "{chosen_logp_change:+.2f} nats, the rejected by {rejected_logp_change:+.2f}, and {outside_change:+.3f} of "
        "probability went to responses that nobody compared.",
        "zh": "只有一个偏好对：间隔 {margin:.2f}；chosen 变化 {chosen_logp_change:+.2f} nats，rejected 变化 "
        "{rejected_logp_change:+.2f}，没被比较过的回答概率变化 {outside_change:+.3f}。",
    },
}

REWARDS = (1.0, 0.8, 0.5, 0.2, 0.0)
"""True reward of the five responses to the one prompt."""
REFERENCE = (0.05, 0.20, 0.30, 0.35, 0.10)
"""π_ref of the same: the best response is the rarest."""
CHOSEN, REJECTED = 1, 4
"""The responses of the single pair."""
IN_COMMON = (-1.0, 1.0, -1.0, -1.0, 2.0)
"""How far each response lies along the direction that the pair shares: `No`, `Never`, and three that mean `Yes`."""


def bradley_terry(rewards: Tensor) -> Tensor:
    """Share of labels in which w beat l, (n, n), summing to 1: all pairs alike, each won with σ(r_w - r_l) (eq. 1).

    These are the label's probabilities themselves, as if there were infinitely many labels.
    """
    n = len(rewards)
    won = torch.sigmoid(rewards[:, None] - rewards[None, :])
    return won.fill_diagonal_(0) / (n * (n - 1) / 2)


def one_pair(n: int) -> Tensor:
    """The same for one pair whose label is never reversed: no finite policy is best for it."""
    won = torch.zeros(n, n, dtype=torch.float64)
    won[CHOSEN, REJECTED] = 1
    return won


def flipped(won: Tensor, share: float) -> Tensor:
    """The labels after this share of them was reversed at random."""
    return (1 - share) * won + share * won.T


def implicit_margins(logp: Tensor, reference: Tensor, beta: float) -> Tensor:
    """β ln(π/π_ref) of w less that of l, for all w, l: (n, n); ln Z cancels (eq. 6)."""
    reward = beta * (logp - reference)
    return reward[:, None] - reward[None, :]


def dpo_loss(margins: Tensor, won: Tensor) -> Tensor:
    """-E ln σ(margin) over the labels, eq. 7; minimised."""
    return -(won * functional.logsigmoid(margins)).sum()


def label_entropy(won: Tensor) -> float:
    """Mean entropy of the labels in nats, which no policy's loss undercuts; 0 where labels are certain."""
    return float(0 - torch.special.xlogy(won, won / (won + won.T).clamp_min(1e-300)).sum())


def closed_form(rewards: Tensor, reference: Tensor, beta: float) -> Tensor:
    """π* = π_ref exp(r/β)/Z, eq. 4, from ln π_ref; with zeros for ln π_ref it is softmax(r/β)."""
    return torch.softmax(reference + rewards / beta, dim=0)


def features(shared: float) -> Tensor:
    """(responses, responses + 1): a direction of each response's own, and one in common of size `shared`."""
    own = torch.eye(len(REWARDS), dtype=torch.float64)
    return torch.cat([own, shared * torch.tensor(IN_COMMON, dtype=torch.float64)[:, None]], dim=1)


def train(
    won: Tensor, start: Tensor, reference: Tensor, basis: Tensor, *, beta: float, rate: float, steps: int
) -> Tensor:
    """ln π before each step and after the last, (steps + 1, responses), of π = softmax(start + basis·θ).

    Plain gradient descent with the step rate/β²: then the implicit rewards move alike for every β.
    """
    theta = torch.zeros(basis.shape[1], dtype=torch.float64, requires_grad=True)
    path = []
    for _ in range(steps):
        logp = torch.log_softmax(start + basis @ theta, dim=0)
        path.append(logp.detach())
        loss = dpo_loss(implicit_margins(logp, reference, beta), won)
        (gradient,) = torch.autograd.grad(loss, theta)
        theta = (theta - rate / beta**2 * gradient).detach().requires_grad_()
    path.append(torch.log_softmax(start + basis @ theta.detach(), dim=0))
    return torch.stack(path)


def total_variation(p: Tensor, q: Tensor) -> float:
    """Half the sum of |p - q|, between 0 and 1."""
    return float((p - q).abs().sum() / 2)


def run(
    beta: Annotated[
        float, Flag("β: weight of the implicit KL", "β：隐式 KL 的权重", low=0.02, high=10)
    ] = 0.1,
    steps: Annotated[int, Flag("gradient steps", "梯度步数", low=1, high=2000)] = 100,
    reference: Annotated[bool, Flag("divide by the reference's probability", "除以参考模型的概率")] = True,
    data: Annotated[
        Literal["population", "pair"],
        Flag(
            "all pairs with noisy labels, or one certain pair", "全部偏好对（带噪声标签）或一个确定的偏好对"
        ),
    ] = "population",
    shared: Annotated[
        float,
        Flag(
            "size of what the pair's features have in common; 0 is one free logit a response",
            "偏好对特征共有部分的大小；0 表示每个回答一个自由的 logit",
            low=0,
            high=4,
            live={"data": ("pair",)},
        ),
    ] = 2.0,
    flip: Annotated[
        float, Flag("share of the labels that is reversed", "被翻转的标签比例", low=0, high=0.5)
    ] = 0.0,
    rate: Annotated[
        float, Flag("step size, over β squared", "步长（再除以 β 的平方）", low=0.01, high=2)
    ] = 1.0,
) -> Result:
    """Fit a softmax policy over five responses to preferences, from π_ref."""
    rewards = torch.tensor(REWARDS, dtype=torch.float64)
    start = torch.tensor(REFERENCE, dtype=torch.float64).log()
    anchor = start if reference else torch.zeros_like(start)
    single = data == "pair"
    won = flipped(one_pair(len(rewards)) if single else bradley_terry(rewards), flip)
    path = train(won, start, anchor, features(shared if single else 0.0), beta=beta, rate=rate, steps=steps)
    margins = [implicit_margins(logp, anchor, beta) for logp in path]
    losses = [float(dpo_loss(each, won)) for each in margins]
    margin = [float((won * each).sum()) for each in margins]
    change = path - start
    chosen, rejected = change @ won.sum(dim=1), change @ won.sum(dim=0)
    policy, best = path[-1].exp(), closed_form(rewards, start, beta)
    plain = closed_form(rewards, torch.zeros_like(start), beta)
    outside = [i for i in range(len(REWARDS)) if i not in (CHOSEN, REJECTED)]
    endless = NotRun("one pair does not fix a policy", "一个偏好对定不下策略")
    fell = float(chosen[-1]) < 0
    says = "pair" if single else "no_reference" if not reference else "both_fall" if fell else "chosen_rises"
    picked = sorted({round(i * steps / 100) for i in range(101)})
    curves = (("chosen", "chosen", chosen), ("rejected", "rejected", rejected))
    return Result(
        numbers={
            "loss": losses[-1],
            "loss_at_init": losses[0],
            "loss_floor": label_entropy(won),
            "margin": margin[-1],
            "chosen_logp_change": float(chosen[-1]),
            "rejected_logp_change": float(rejected[-1]),
            "outside_change": float((policy - start.exp())[outside].sum())
            if single
            else NotRun("every response is compared", "所有回答都比较过"),
            "tv_to_closed_form": endless if single else total_variation(policy, best),
            "tv_to_softmax": endless if single else total_variation(policy, plain),
            "kl": float((policy * change[-1]).sum()),
            "reward_at_init": float(path[0].exp() @ rewards),
            "expected_reward": float(policy @ rewards),
        },
        ran="training",
        series=[
            Series(en, zh, picked, curve[picked].tolist(), "step", "change of the log-probability, nats")
            for en, zh, curve in curves
        ]
        + [Series("margin", "间隔", picked, [margin[i] for i in picked], "step", "implicit reward margin")],
        tables=[
            Table(
                "the five responses",
                "五个回答",
                ["response", "reward", "π_ref", "π", "π_ref exp(r/β)/Z", "softmax(r/β)"],
                [
                    [str(i), *(float(x[i]) for x in (rewards, start.exp(), policy, best, plain))]
                    for i in range(len(REWARDS))
                ],
            )
        ],
        says=says,
    )


if __name__ == "__main__":
    main(run)
