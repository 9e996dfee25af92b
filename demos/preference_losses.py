"""DPO and its relatives on one pair: what each reads, where each pulls, and when it stops.

Interview point: DPO, IPO and KTO compare with a reference, ORPO and SimPO do not; IPO has a finite target where DPO's pull
only fades; KTO takes a label an answer and no pair; SimPO and ORPO read means over tokens, DPO sums; SFT never sees the
rejected answer.
Source: DPO: Rafailov et al. 2023, arXiv:2305.18290, eq. 7; IPO: Azar et al. 2023, arXiv:2310.12036, eq. 17, β there is τ;
KTO: Ethayarajh et al. 2024, arXiv:2402.01306, as in trl's documentation of its trainer; ORPO: Hong et al. 2024,
arXiv:2403.07691, L_SFT + λ L_OR on mean log-likelihoods, β here is λ; SimPO: Meng et al. 2024, arXiv:2405.14734, as in the
authors' code.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Annotated, Literal

import torch
from torch import Tensor
from torch.nn import functional

from llmcore_tui.lab import Anchor, Flag, NotReached, NotRun, Number, Off, Result, Series, Table, main

TITLE = {"en": "Preference losses on one pair", "zh": "同一偏好对上的各种偏好损失"}
FORMULA = r"L_{DPO}=-\ln\sigma(\beta h),\quad L_{IPO}=\left(h-\frac{1}{2\beta}\right)^2,\quad L_{SimPO}=-\ln\sigma\left(\beta\Delta\bar{\ell}-\gamma\right)"
NUMBERS = {
    "loss_value": Number("loss of this pair", "该偏好对上的损失"),
    "gradient_chosen": Number(
        "derivative by the chosen answer's log-probability; negative pulls it up",
        "对 chosen 对数概率的导数；为负表示把它往上拉",
    ),
    "gradient_rejected": Number(
        "derivative by the rejected answer's log-probability; positive pushes it down",
        "对 rejected 对数概率的导数；为正表示把它往下压",
    ),
    "gradient_reference": Number(
        "size of the derivative by the reference's log-probabilities; 0 needs no reference",
        "对参考模型对数概率的导数大小；为零就不需要参考模型",
    ),
    "loss_at_reference": Number("loss where the policy equals the reference", "策略等于参考模型时的损失"),
    "margin": Number(
        "the chosen's score less the rejected's, as this loss scores them",
        "按该损失的打分，chosen 与 rejected 的分差",
    ),
    "target_gap": Number(
        "gap of the log-ratios at which the loss stops pulling",
        "损失不再施力时的对数比之差",
        unit="nats",
    ),
}
OFF = Off({"loss": "sft"}, moves={"gradient_rejected": "down", "gradient_reference": "down"})
ANCHORS = [
    Anchor({}, "loss_at_reference", 0.6931471805599453, 1e-12, "closed form: ln 2", "2026-11-26"),
    Anchor({"loss": "ipo"}, "target_gap", 5.0, 1e-9, "Azar et al. 2023, eq. 17: 1/(2τ)", "2026-11-26"),
    Anchor({"loss": "ipo"}, "loss_at_reference", 25.0, 1e-9, "closed form: 1/(4τ²)", "2026-11-26"),
    Anchor({"loss": "ipo"}, "loss_value", 4.0, 1e-9, "closed form: (3 - 5)²", "2026-11-26"),
    Anchor(
        {"loss": "simpo", "beta": 2.0},
        "loss_value",
        1.7839007408883387,
        1e-9,
        "closed form: ln(1 + e^1.6), of 2·(-1) - 2·(-.7) - 1",
        "2026-11-26",
    ),
    Anchor(
        {"loss": "kto", "kl": 0.0}, "loss_at_reference", 0.5, 1e-12, "closed form: 1 - σ(0)", "2026-11-26"
    ),
    Anchor({"loss": "sft"}, "gradient_rejected", 0.0, 0.0, "closed form: it is not read", "2026-11-26"),
]
SAYS = {
    "pair": {
        "en": "{loss} is {loss_value:.4f} here: a nat more on the chosen answer changes it by {gradient_chosen:+.4f}, a nat more "
        "on the rejected by {gradient_rejected:+.4f}; the margin it sees is {margin:.3f}.",
        "zh": "此处 {loss} 损失为 {loss_value:.4f}：chosen 的对数概率加一个 nat，损失变化 {gradient_chosen:+.4f}；rejected 加一个 nat，"
        "变化 {gradient_rejected:+.4f}；它看到的分差是 {margin:.3f}。",
    },
    "free": {
        "en": "{loss} is {loss_value:.4f} here and reads no reference: a nat more on the chosen answer changes it by "
        "{gradient_chosen:+.4f}, on the rejected by {gradient_rejected:+.4f}; the margin it sees is {margin:.3f}.",
        "zh": "此处 {loss} 损失为 {loss_value:.4f}，不读参考模型：chosen 加一个 nat，损失变化 {gradient_chosen:+.4f}；rejected 加一"
        "个 nat，变化 {gradient_rejected:+.4f}；它看到的分差是 {margin:.3f}。",
    },
    "sft": {
        "en": "SFT pulls the chosen answer with {gradient_chosen:+.4f} a nat and never looks at the rejected one.",
        "zh": "SFT 以每 nat {gradient_chosen:+.4f} 拉高 chosen，从不看 rejected。",
    },
}

Loss = Literal["dpo", "ipo", "kto", "orpo", "simpo", "sft"]
LOSSES: tuple[Loss, ...] = ("dpo", "ipo", "kto", "orpo", "simpo", "sft")


@dataclass(frozen=True)
class Pair:
    """Sums of token log-probabilities in nats, under the policy and the reference, and the answers' lengths in tokens."""

    chosen: Tensor
    rejected: Tensor
    reference_chosen: Tensor
    reference_rejected: Tensor
    chosen_tokens: int
    rejected_tokens: int

    def ratios(self) -> tuple[Tensor, Tensor]:
        """ln(π/π_ref) of the chosen and of the rejected answer."""
        return self.chosen - self.reference_chosen, self.rejected - self.reference_rejected

    def means(self) -> tuple[Tensor, Tensor]:
        """Mean log-probability of a token of each."""
        return self.chosen / self.chosen_tokens, self.rejected / self.rejected_tokens


@dataclass(frozen=True)
class Settings:
    """β (the paper's τ for IPO and λ for ORPO), SimPO's γ, KTO's z₀, and whether IPO takes means over tokens."""

    beta: float
    gamma: float = 0.0
    kl: float = 0.0
    per_token: bool = False


def dpo_margin(pair: Pair, use: Settings) -> Tensor:
    """β(ln ratio of the chosen - ln ratio of the rejected): sums over tokens."""
    chosen, rejected = pair.ratios()
    return use.beta * (chosen - rejected)


def ipo_margin(pair: Pair, use: Settings) -> Tensor:
    """h of eq. 17, the same without β; trl divides each log-ratio by its answer's tokens first (`per_token`)."""
    chosen, rejected = pair.ratios()
    if use.per_token:
        return chosen / pair.chosen_tokens - rejected / pair.rejected_tokens
    return chosen - rejected


def kto_values(pair: Pair, use: Settings) -> tuple[Tensor, Tensor]:
    """σ(β(r_w - z₀)) of the desirable and σ(β(z₀ - r_l)) of the undesirable answer; z₀ ≥ 0 gets no gradient."""
    chosen, rejected = pair.ratios()
    return torch.sigmoid(use.beta * (chosen - use.kl)), torch.sigmoid(use.beta * (use.kl - rejected))


def log_odds(mean: Tensor) -> Tensor:
    """ln(P/(1-P)) of P = exp(mean log-probability of a token), for ORPO."""
    return mean - torch.log(-torch.expm1(mean))


def orpo_margin(pair: Pair) -> Tensor:
    """The log odds ratio of chosen and rejected."""
    chosen, rejected = pair.means()
    return log_odds(chosen) - log_odds(rejected)


def simpo_margin(pair: Pair, use: Settings) -> Tensor:
    """β times the difference of mean log-probabilities, without γ."""
    chosen, rejected = pair.means()
    return use.beta * (chosen - rejected)


def loss_of(name: Loss, pair: Pair, use: Settings) -> Tensor:
    """The named loss of one pair, minimised."""
    if name == "dpo":
        return -functional.logsigmoid(dpo_margin(pair, use))
    if name == "ipo":
        return (ipo_margin(pair, use) - 1 / (2 * use.beta)) ** 2
    if name == "kto":
        # The mean over the two answers, each with weight λ = 1: λ - v.
        wanted, unwanted = kto_values(pair, use)
        return 1 - (wanted + unwanted) / 2
    if name == "orpo":
        # SFT's loss a token, and β (its λ) times the odds-ratio loss.
        return -pair.means()[0] - use.beta * functional.logsigmoid(orpo_margin(pair))
    if name == "simpo":
        # γ is not multiplied by β; trl subtracts γ/β inside, which is the same.
        return -functional.logsigmoid(simpo_margin(pair, use) - use.gamma)
    return -pair.means()[0]


def margin_of(name: Loss, pair: Pair, use: Settings) -> Tensor:
    """How much better the chosen answer scores; KTO scores as DPO, SFT by the mean log-probability of a token."""
    if name == "ipo":
        return ipo_margin(pair, use)
    if name == "orpo":
        return orpo_margin(pair)
    if name == "simpo":
        return simpo_margin(pair, use)
    if name == "sft":
        chosen, rejected = pair.means()
        return chosen - rejected
    return dpo_margin(pair, use)


def gradients(name: Loss, pair: Pair, use: Settings) -> tuple[float, float, float]:
    """Derivatives by the chosen's and the rejected's summed log-probability, and the size of those by the reference's."""
    leaves = (pair.chosen, pair.rejected, pair.reference_chosen, pair.reference_rejected)
    inputs = [x.detach().clone().requires_grad_() for x in leaves]
    moved = Pair(inputs[0], inputs[1], inputs[2], inputs[3], pair.chosen_tokens, pair.rejected_tokens)
    found = torch.autograd.grad(loss_of(name, moved, use), inputs, allow_unused=True, materialize_grads=True)
    chosen, rejected, *reference = (float(g) for g in found)
    return chosen, rejected, sum(abs(g) for g in reference)


def target_gap(name: Loss, use: Settings) -> float | NotReached | NotRun:
    """Gap of the log-ratios where the derivative changes its sign, by bisection up to 1000 nats (one token an answer)."""
    if name not in ("dpo", "ipo"):
        return NotRun("its loss is no function of that gap", "该损失不是这个差的函数")

    def slope(gap: float) -> float:
        zero, moved = torch.zeros((), dtype=torch.float64), torch.tensor(gap, dtype=torch.float64)
        return gradients(name, Pair(moved, zero, zero, zero, 1, 1), use)[0]

    low, high = 0.0, 1000.0
    if slope(high) <= 0:
        return NotReached("a gap of 1000 nats", "差到 1000 nats 仍未达到")
    while low < (middle := (low + high) / 2) < high:
        low, high = (middle, high) if slope(middle) < 0 else (low, middle)
    return high


def run(
    loss: Annotated[Loss, Flag("which loss", "哪种损失")] = "dpo",
    beta: Annotated[
        float,
        Flag(
            "β; τ in IPO's paper, λ in ORPO's",
            "β；IPO 论文里的 τ、ORPO 论文里的 λ",
            low=0.01,
            high=10,
            live={"loss": ("dpo", "ipo", "kto", "orpo", "simpo")},
        ),
    ] = 0.1,
    gamma: Annotated[
        float,
        Flag("SimPO's target margin", "SimPO 的目标间隔", low=0, high=10, live={"loss": ("simpo",)}),
    ] = 1.0,
    kl: Annotated[
        float,
        Flag("KTO's reference point z₀", "KTO 的参考点 z₀", low=0, high=50, live={"loss": ("kto",)}),
    ] = 0.5,
    per_token: Annotated[
        bool,
        Flag(
            "IPO on means over tokens, as trl does",
            "IPO 用 token 均值（trl 的做法）",
            live={"loss": ("ipo",)},
        ),
    ] = False,
    chosen_logp: Annotated[
        float, Flag("log-probability of the chosen answer", "chosen 回答的对数概率", low=-1000, high=-0.1)
    ] = -20.0,
    rejected_logp: Annotated[
        float, Flag("log-probability of the rejected answer", "rejected 回答的对数概率", low=-1000, high=-0.1)
    ] = -28.0,
    reference_chosen: Annotated[
        float, Flag("the chosen under the reference", "参考模型给 chosen 的对数概率", low=-1000, high=-0.1)
    ] = -22.0,
    reference_rejected: Annotated[
        float,
        Flag("the rejected under the reference", "参考模型给 rejected 的对数概率", low=-1000, high=-0.1),
    ] = -27.0,
    chosen_tokens: Annotated[
        int,
        Flag(
            "length of the chosen answer",
            "chosen 的 token 数",
            low=1,
            high=4000,
            live={"loss": ("orpo", "simpo", "sft")},
        ),
    ] = 20,
    rejected_tokens: Annotated[
        int,
        Flag(
            "length of the rejected answer",
            "rejected 的 token 数",
            low=1,
            high=4000,
            live={"loss": ("orpo", "simpo")},
        ),
    ] = 40,
) -> Result:
    """Take one loss and its derivatives at one pair."""
    pair = Pair(
        torch.tensor(chosen_logp, dtype=torch.float64),
        torch.tensor(rejected_logp, dtype=torch.float64),
        torch.tensor(reference_chosen, dtype=torch.float64),
        torch.tensor(reference_rejected, dtype=torch.float64),
        chosen_tokens,
        rejected_tokens,
    )
    use = Settings(beta, gamma, kl, per_token)
    start = replace(pair, chosen=pair.reference_chosen, rejected=pair.reference_rejected)
    up, down, anchored = gradients(loss, pair, use)
    falls = [float(x) for x in range(0, 61, 2)]
    along = [replace(pair, rejected=pair.rejected - x) for x in falls]
    pulls = [gradients(loss, each, use) for each in along]
    x_name = "nats the rejected answer has fallen"
    return Result(
        numbers={
            "loss_value": float(loss_of(loss, pair, use)),
            "gradient_chosen": up,
            "gradient_rejected": down,
            "gradient_reference": anchored,
            "loss_at_reference": float(loss_of(loss, start, use)),
            "margin": float(margin_of(loss, pair, use)),
            "target_gap": target_gap(loss, use),
        },
        ran="formula",
        series=[
            Series("chosen", "chosen", falls, [g[0] for g in pulls], x_name, "derivative of the loss"),
            Series("rejected", "rejected", falls, [g[1] for g in pulls], x_name, "derivative of the loss"),
            Series(loss, loss, falls, [float(loss_of(loss, each, use)) for each in along], x_name, "loss"),
        ],
        tables=[
            Table(
                "every loss on this pair",
                "各损失在该偏好对上",
                ["loss", "value", "d chosen", "d rejected", "d reference"],
                [[name, float(loss_of(name, pair, use)), *gradients(name, pair, use)] for name in LOSSES],
            )
        ],
        says="sft" if loss == "sft" else "pair" if anchored > 0 else "free",
    )


if __name__ == "__main__":
    main(run)
