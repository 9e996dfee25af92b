"""DAPO, Dr.GRPO and GSPO beside GRPO: which tokens, groups and questions count, and by how much.

Interview point: four changes of DAPO (a higher upper clip, groups without signal left out, one mean over all tokens, a soft
penalty for length); Dr.GRPO removes the division by length and by the deviation; GSPO clips one ratio for the sequence.
Source: Yu et al. 2025, arXiv:2503.14476, eq. 5 and 8-13, section 4.1; Liu et al. 2025, arXiv:2503.20783, sections 3.1-3.2
and listing 1; Zheng et al. 2025, arXiv:2507.18071, eq. 5-7 and 10.
Conventions: J is maximised; weights are those of one group at ratio 1, so that they add up over its tokens; Dr.GRPO divides
by G·L_max; difficulty weights are the mean of |Â| in large groups with the population deviation, over that at one half.
"""

from __future__ import annotations

import math
from typing import Annotated, Literal

import torch
from torch import Tensor

from llmcore_tui.lab import Anchor, Flag, NotReached, NotRun, Number, Off, Result, Series, Table, main

TITLE = {"en": "DAPO, Dr.GRPO, GSPO: what counts how much", "zh": "DAPO、Dr.GRPO、GSPO：谁的权重有多大"}
FORMULA = r"J=\frac{1}{\sum_i|o_i|}\sum_i\sum_t\min(r_{i,t}\hat A_i,\mathrm{clip}(r_{i,t},1-\epsilon_l,1+\epsilon_h)\hat A_i)"
NUMBERS = {
    "ceiling": Number(
        "probability above which the clip stops raising a token", "裁剪不再推高该 token 的概率上限"
    ),
    "headroom": Number(
        "how far the token can rise in one rollout, at most to 1", "一轮内该 token 最多能升多少（不超过 1）"
    ),
    "rounds_to_half": Number(
        "rollouts until that token is at one half, at best", "该 token 升到一半最少需要几轮采样"
    ),
    "clipped_share": Number(
        "tokens of the response that the clip leaves without gradient, if its advantage is positive",
        "该回答优势为正时，被裁剪而没有梯度的 token 比例",
    ),
    "clipped_share_negative": Number("the same if its advantage is negative", "优势为负时的同一比例"),
    "sequence_ratio": Number(
        "GSPO's ratio of the response: the geometric mean of its tokens'",
        "GSPO 的序列比率：各 token 比率的几何平均",
    ),
    "product_ratio": Number("the same without the power 1/length", "不开长度次方的序列比率（各比率之积）"),
    "widest_ratio": Number(
        "ratio farthest from 1 of those that are clipped", "参与裁剪的比率中离 1 最远的一个"
    ),
    "kept_share": Number("sampled groups that are trained on", "采样的组中用于训练的比例"),
    "signal_share": Number("groups trained on that have a gradient", "用于训练的组中有梯度的比例"),
    "samples_per_signal": Number(
        "responses sampled for each group with a gradient", "每得到一个有梯度的组要采样多少回答"
    ),
    "token_weight_short": Number("weight of a token of the shortest response", "最短回答中一个 token 的权重"),
    "token_weight_long": Number("weight of a token of the longest response", "最长回答中一个 token 的权重"),
    "token_weight_ratio": Number("weight of the latter token over the former", "后者与前者的权重之比"),
    "difficulty_weight": Number(
        "weight of a question of that pass rate, over one solved half the time",
        "该通过率的题目权重，相对于通过率一半的题目",
    ),
    "length_penalty": Number(
        "reward added for the longest response's length", "最长回答因长度得到的附加奖励"
    ),
}
OFF = Off(
    {"variant": "grpo"},
    moves={
        "ceiling": "down",
        "headroom": "down",
        "rounds_to_half": "up",
        "kept_share": "up",
        "signal_share": "down",
        "token_weight_short": "up",
        "token_weight_long": "down",
        "length_penalty": "up",
    },
)
ANCHORS = [
    Anchor({"variant": "grpo"}, "ceiling", 0.012, 1e-9, "Yu et al. 2025, section 3.1: .012", "2026-11-26"),
    Anchor(
        {"variant": "grpo", "token_p": 0.9},
        "ceiling",
        1.08,
        1e-9,
        "Yu et al. 2025, section 3.1: 1.08",
        "2026-11-26",
    ),
    Anchor({}, "ceiling", 0.0128, 1e-9, "closed form: .01·1.28", "2026-11-26"),
    Anchor({"variant": "grpo", "token_p": 0.9}, "headroom", 0.1, 1e-9, "closed form: 1 - .9", "2026-11-26"),
    Anchor({}, "kept_share", 0.9921875, 1e-9, "closed form: 1 - 2·(1/2)^8", "2026-11-26"),
    Anchor(
        {"lengths": (10.0, 90.0), "limit": 100, "cache": 20},
        "length_penalty",
        -0.5,
        1e-9,
        "closed form of eq. 13; TRL's example of get_soft_overlong_punishment",
        "2026-11-26",
    ),
    Anchor({}, "length_penalty", -0.5, 1e-9, "closed form of eq. 13: (16384 - 18432)/4096", "2026-11-26"),
    Anchor(
        {"variant": "dr_grpo", "pass_rate": 0.1},
        "difficulty_weight",
        0.36,
        1e-9,
        "closed form: 4p(1-p)",
        "2026-11-26",
    ),
    Anchor(
        {"variant": "grpo", "pass_rate": 0.1},
        "difficulty_weight",
        0.6,
        1e-9,
        "closed form: 2√(p(1-p))",
        "2026-11-26",
    ),
]
SAYS = {
    "dapo": {
        "en": "A token at {token_p:g} may rise to {ceiling:.4f}; {kept_share:.1%} of the groups are kept, all with a gradient; "
        "every token weighs {token_weight_long:.2e}, and the longest response pays {length_penalty:.2f}.",
        "zh": "概率为 {token_p:g} 的 token 最多升到 {ceiling:.4f}；保留 {kept_share:.1%} 的组，组组有梯度；每个 token 权重都是 "
        "{token_weight_long:.2e}，最长回答的长度奖励为 {length_penalty:.2f}。",
    },
    "grpo": {
        "en": "A token at {token_p:g} may rise to {ceiling:.4f}; a token of the long response weighs {token_weight_ratio:.2f} "
        "times one of the short; a question solved at {pass_rate:g} weighs {difficulty_weight:.2f} of one solved half the time.",
        "zh": "概率为 {token_p:g} 的 token 最多升到 {ceiling:.4f}；长回答里一个 token 的权重是短回答的 {token_weight_ratio:.2f} 倍；"
        "通过率 {pass_rate:g} 的题权重是一半通过率题目的 {difficulty_weight:.2f}。",
    },
    "dr_grpo": {
        "en": "Every token weighs {token_weight_long:.2e} whatever the length; a question solved at {pass_rate:g} weighs "
        "{difficulty_weight:.2f} of one solved half the time, for nothing divides by the deviation.",
        "zh": "无论长短，每个 token 权重都是 {token_weight_long:.2e}；不再除以标准差，通过率 {pass_rate:g} 的题权重是一半通过率题目的 "
        "{difficulty_weight:.2f}。",
    },
    "gspo": {
        "en": "One ratio for the whole response, {sequence_ratio:.4f}: it is clipped or kept as one, {clipped_share:.0%} of "
        "its tokens are clipped.",
        "zh": "整条回答只有一个比率 {sequence_ratio:.4f}：要么整条裁剪，要么整条保留，被裁剪的 token 占 {clipped_share:.0%}。",
    },
}

Variant = Literal["dapo", "grpo", "dr_grpo", "gspo"]
TOKEN_LEVEL = ("dapo", "grpo", "dr_grpo")


def sequence_ratios(log_ratio: Tensor, mask: Tensor) -> Tensor:
    """s_i = (π_θ(o_i)/π_old(o_i))^{1/|o_i|}, the geometric mean of the tokens' ratios (GSPO eq. 7); (G, T) gives (G,)."""
    return ((log_ratio * mask).sum(-1) / mask.sum(-1)).exp()


def ratios(variant: Variant, log_ratio: Tensor, mask: Tensor) -> Tensor:
    """The ratio that is clipped: of the token, or for GSPO the sequence's at each of its tokens; shape (G, T)."""
    if variant == "gspo":
        return sequence_ratios(log_ratio, mask)[:, None].expand_as(log_ratio)
    return log_ratio.exp()


def bounds(variant: Variant, eps_low: float, eps_high: float) -> tuple[float, float]:
    """1 - ε_low and 1 + ε_high (DAPO eq. 10, and GSPO's own two); GRPO and Dr.GRPO have one ε, here ε_low."""
    return 1 - eps_low, 1 + (eps_high if variant in ("dapo", "gspo") else eps_low)


def token_weights(variant: Variant, mask: Tensor, limit: int) -> Tensor:
    """What a token's term is multiplied with: 1/Σ|o_i| (DAPO eq. 12), 1/(G·L_max) (Dr.GRPO), else 1/(G|o_i|); (G, T)."""
    if variant == "dapo":
        return mask / mask.sum()
    if variant == "dr_grpo":
        return mask / (len(mask) * limit)
    return mask / mask.sum(-1, keepdim=True) / len(mask)


def objective(
    variant: Variant,
    log_ratio: Tensor,
    mask: Tensor,
    advantages: Tensor,
    eps_low: float,
    eps_high: float,
    limit: int,
) -> Tensor:
    """J of one group, to be maximised: min(rÂ, clip(r)Â), weighted; log_ratio and mask (G, T), advantages (G,)."""
    ratio, a = ratios(variant, log_ratio, mask), advantages[:, None]
    surrogate = torch.minimum(ratio * a, ratio.clamp(*bounds(variant, eps_low, eps_high)) * a)
    return (surrogate * token_weights(variant, mask, limit)).sum()


def pull(variant: Variant, lengths: tuple[float, ...], limit: int) -> tuple[float, float]:
    """∂J/∂log π of one token in the shortest and in the longest response at ratio 1 and Â = 1, by differentiation."""
    size = torch.tensor(lengths).round().clamp_min(1)
    mask = (torch.arange(int(size.max())) < size[:, None]).double()
    log_ratio = torch.zeros_like(mask, requires_grad=True)
    value = objective(variant, log_ratio, mask, torch.ones(len(mask), dtype=torch.float64), 0.2, 0.2, limit)
    (gradient,) = torch.autograd.grad(value, [log_ratio])
    return float(gradient[size.argmin()].max()), float(gradient[size.argmax()].max())


def response_ratios(
    variant: Variant, log_ratios: tuple[float, ...], eps_low: float, eps_high: float
) -> tuple[float, float, float]:
    """The ratio farthest from 1 that the clip sees in one response; the share of tokens it stops for Â > 0 and Â < 0."""
    log_ratio = torch.tensor([log_ratios], dtype=torch.float64)
    ratio = ratios(variant, log_ratio, torch.ones_like(log_ratio))[0]
    low, high = bounds(variant, eps_low, eps_high)
    above, below = (ratio > high).double().mean(), (ratio < low).double().mean()
    return float(ratio[ratio.log().abs().argmax()]), float(above), float(below)


def overlong(length: float, limit: int, cache: int) -> float:
    """Soft Overlong Punishment, eq. 13: 0 until L_max - L_cache, then a straight line down to -1 at L_max and beyond."""
    return -min(max((length - (limit - cache)) / cache, 0.0), 1.0)


def rounds(p: float, high: float) -> int | None:
    """Smallest n with p(1+ε_high)^n ≥ 1/2, if each rollout raises the token to its ceiling."""
    if p >= 0.5:
        return 0
    return math.ceil(math.log(0.5 / p) / math.log(high)) if high > 1 else None


def difficulty(variant: Variant, p: float) -> float:
    """mean |Â| of a large group at pass rate p over that at 1/2: 4p(1-p) without the deviation, 2√(p(1-p)) with it."""
    spread = 4 * p * (1 - p)
    return spread if variant == "dr_grpo" else math.sqrt(spread)


def run(
    variant: Annotated[Variant, Flag("which objective", "用哪种目标函数")] = "dapo",
    token_p: Annotated[
        float,
        Flag(
            "probability of a token before the update",
            "更新前该 token 的概率",
            low=0.0001,
            high=1,
            live={"variant": ("dapo", "grpo", "dr_grpo")},
        ),
    ] = 0.01,
    pass_rate: Annotated[
        float, Flag("chance that one answer is right", "单个回答答对的概率", low=0, high=1)
    ] = 0.5,
    group: Annotated[int, Flag("responses to one question, G", "每题采样的回答数 G", low=2, high=128)] = 8,
    eps_low: Annotated[
        float, Flag("ε below 1; GRPO's only one", "下侧的 ε；GRPO 只有这一个", low=0, high=0.9)
    ] = 0.2,
    eps_high: Annotated[
        float, Flag("ε above 1", "上侧的 ε", low=0, high=5, live={"variant": ("dapo", "gspo")})
    ] = 0.28,
    lengths: Annotated[
        tuple[float, ...],
        Flag("lengths of a group's responses, in tokens", "一组回答的长度（token）", low=1, high=40_000),
    ] = (2048.0, 18432.0),
    log_ratios: Annotated[
        tuple[float, ...],
        Flag(
            "ln of each token's new over old probability, one response",
            "某个回答各 token 新旧概率之比的对数",
            low=-5,
            high=5,
        ),
    ] = (0.5, -0.4, 0.05, -0.1),
    limit: Annotated[
        int,
        Flag(
            "longest generation, L_max",
            "最大生成长度 L_max",
            low=2,
            high=100_000,
            live={"variant": ("dapo", "dr_grpo")},
        ),
    ] = 20_480,
    cache: Annotated[
        int,
        Flag(
            "tokens over which the penalty grows",
            "惩罚逐渐加重的区间长度",
            low=1,
            high=100_000,
            live={"variant": ("dapo",)},
        ),
    ] = 4096,
) -> Result:
    """Count what each variant gives a token, a group and a question."""
    high = bounds(variant, eps_low, eps_high)[1]
    token_level = variant in TOKEN_LEVEL
    signal = 1 - pass_rate**group - (1 - pass_rate) ** group
    kept = signal if variant == "dapo" else 1.0
    short, long = pull(variant, lengths, limit)
    widest, above, below = response_ratios(variant, log_ratios, eps_low, eps_high)
    log_ratio = torch.tensor([log_ratios], dtype=torch.float64)
    needed = rounds(token_p, high)
    whole = NotRun("GSPO clips the sequence's ratio and no token's", "GSPO 裁剪的是序列比率，不逐 token 裁剪")
    grid = [i / 40 for i in range(41)]
    variants: tuple[Variant, ...] = ("dapo", "grpo", "dr_grpo", "gspo")
    curves: tuple[tuple[str, str, Variant], ...] = (
        ("over the deviation", "除以标准差", "grpo"),
        ("centred only: Dr.GRPO", "只减均值：Dr.GRPO", "dr_grpo"),
    )
    return Result(
        numbers={
            "ceiling": token_p * high if token_level else whole,
            "headroom": min(1.0, token_p * high) - token_p if token_level else whole,
            "rounds_to_half": whole
            if not token_level
            else NotReached("ε_high is 0", "ε_high 为 0")
            if needed is None
            else float(needed),
            "clipped_share": above,
            "clipped_share_negative": below,
            "sequence_ratio": float(sequence_ratios(log_ratio, torch.ones_like(log_ratio))[0]),
            "product_ratio": float(log_ratio.sum().exp()),
            "widest_ratio": widest,
            "kept_share": kept,
            "signal_share": (1.0 if variant == "dapo" else signal)
            if signal
            else NotReached("no group has a gradient", "没有一组有梯度"),
            "samples_per_signal": group / signal
            if signal
            else NotReached("no group has a gradient", "没有一组有梯度"),
            "token_weight_short": short,
            "token_weight_long": long,
            "token_weight_ratio": long / short,
            "difficulty_weight": difficulty(variant, pass_rate),
            "length_penalty": overlong(max(lengths), limit, cache) if variant == "dapo" else 0.0,
        },
        ran="formula",
        series=[
            *(
                Series(en, zh, grid, [difficulty(kind, p) for p in grid], "pass rate", "weight")
                for en, zh, kind in curves
            ),
            Series(
                "groups with a gradient",
                "有梯度的组",
                grid,
                [1 - p**group - (1 - p) ** group for p in grid],
                "pass rate",
                "share",
            ),
        ],
        tables=[
            Table(
                "the same group and response, four objectives",
                "同一组、同一回答，四种目标",
                [
                    "variant",
                    "token, short",
                    "token, long",
                    "long / short",
                    "ratio",
                    "clipped, A > 0",
                    "clipped, A < 0",
                    "difficulty",
                ],
                [
                    [
                        kind,
                        *w,
                        w[1] / w[0],
                        *response_ratios(kind, log_ratios, eps_low, eps_high),
                        difficulty(kind, pass_rate),
                    ]
                    for kind in variants
                    for w in (pull(kind, lengths, limit),)
                ],
            )
        ],
        says=variant,
    )


if __name__ == "__main__":
    main(run)
