"""RLHF from end to end: SFT, a reward model from noisy pairs, PPO with four models, and what over-optimisation does.

Interview point: the reward model is a proxy. Pushed without a KL to the SFT model, PPO raises the proxy for ever while the
true reward turns over; a KL keeps it near the data the reward model knows, and acts much like stopping early: where both are
at the same KL, the true reward is about the same.
Source: Ouyang et al. 2022, arXiv:2203.02155, section 3.5 and eq. 1-2; Gao et al. 2022, arXiv:2210.10760, sections 3.1 and 3.6;
best-of-n: Beirami et al. 2024, arXiv:2401.01879, abstract (a bound, not an equality); the optimum of reward minus KL:
Rafailov et al. 2023, arXiv:2305.18290, eq. 4.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import Annotated, Literal

import numpy as np
import torch
from numpy.typing import NDArray
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
from toys.model_shapes import SHAPES
from toys.noisy_pairs import GOLD, label_and_fit
from toys.support_language import (
    COUNTS,
    FILLER,
    PROMPTS,
    answer_logp,
    demonstrations,
    spelled,
    state_features,
    tokens,
)
from toys.token_ppo import Settings, TokenPPO

TITLE = {"en": "RLHF: the proxy rises, the truth turns over", "zh": "RLHF：代理奖励在涨，真实奖励先升后降"}
FORMULA = r"\max_\pi\ \mathbb{E}_{y\sim\pi}[r(x,y)]-\beta\,\mathrm{KL}(\pi\,\|\,\pi_{\mathrm{SFT}})"
NUMBERS = {
    "base_gold": Number(
        "true reward of the base model, which says every word equally often",
        "底座模型（各词等概率）的真实奖励",
    ),
    "sft_gold": Number("true reward after SFT", "SFT 之后的真实奖励", kind="statistical"),
    "label_agreement": Number(
        "how often two labels of the same pair agree", "同一对答案两次标注一致的比例", kind="statistical"
    ),
    "rm_accuracy": Number(
        "how often the reward model ranks a new pair as the true reward does",
        "奖励模型对新样本对的排序与真实奖励一致的比例",
        kind="statistical",
    ),
    "proxy_reward": Number(
        "reward model's score of the final policy; 0 is the SFT model's",
        "最终策略的奖励模型得分；SFT 模型为 0",
        kind="statistical",
    ),
    "gold_reward": Number("true reward of the final policy", "最终策略的真实奖励", kind="statistical"),
    "kl": Number(
        "KL of the final policy from the SFT model, of whole answers",
        "最终策略相对 SFT 模型的 KL（整条回答）",
        unit="nats",
        kind="statistical",
    ),
    "gold_peak": Number("highest true reward on the way", "训练途中真实奖励的最高值", kind="statistical"),
    "gold_peak_kl": Number(
        "KL at which the true reward was highest",
        "真实奖励最高处的 KL",
        unit="nats",
        kind="statistical",
    ),
    "repeats": Number(
        "words said again in an answer of the final policy",
        "最终策略每条回答里重复说的词数",
        kind="statistical",
    ),
    "frontier_gap": Number(
        "true reward with the KL minus without it, where both are at the same KL",
        "相同 KL 处，带 KL 惩罚与不带的真实奖励之差",
        kind="statistical",
    ),
    "optimum_kl": Number(
        "KL of the exact optimum of reward minus β·KL",
        "“奖励减 β·KL”精确最优解的 KL",
        unit="nats",
        kind="statistical",
    ),
    "optimum_gold": Number("true reward of that optimum", "该最优解的真实奖励", kind="statistical"),
    "bon_kl": Number(
        "KL of best-of-n, exact, ties included",
        "best-of-n 的精确 KL（考虑同分）",
        unit="nats",
        kind="statistical",
    ),
    "bon_kl_bound": Number("ln n - (n-1)/n", "ln n - (n-1)/n", unit="nats"),
    "bon_gold": Number("true reward of best-of-n", "best-of-n 的真实奖励", kind="statistical"),
    "models_gb": Number(
        "weights, gradients and optimiser states of the stage's models; the most of all stages for `all`",
        "该阶段各模型的权重、梯度与优化器状态；`all` 取各阶段最大值",
        unit="GB",
    ),
}
OFF = Off({"beta": 0.0}, moves={"proxy_reward": "up", "gold_reward": "down", "kl": "up", "repeats": "up"})
ANCHORS = [
    Anchor({"n": 16}, "bon_kl_bound", 1.8350887222397811, 1e-9, "closed form: ln 16 - 15/16", "2026-11-26"),
    Anchor({"n": 1}, "bon_kl", 0.0, 1e-12, "closed form: best of one is the policy", "2026-11-26"),
    Anchor(
        {}, "models_gb", 242.582962176, 1e-9, "closed form: (2·16 + 2·2)·6,738,415,616 bytes", "2026-11-26"
    ),
    Anchor(
        {"stage": "rm"}, "models_gb", 107.814649856, 1e-9, "closed form: 16·6,738,415,616 bytes", "2026-11-26"
    ),
]
SAYS = {
    "kept": {
        "en": "SFT reaches a true reward of {sft_gold:.3f}, PPO {gold_reward:.3f} at a KL of {kl:.2f} nats; the proxy ends at "
        "{proxy_reward:+.3f}, and the exact optimum for this β lies at {optimum_kl:.2f} nats.",
        "zh": "SFT 的真实奖励是 {sft_gold:.3f}，PPO 到 {gold_reward:.3f}，KL 为 {kl:.2f} nats；代理奖励到 "
        "{proxy_reward:+.3f}，该 β 下的精确最优解在 {optimum_kl:.2f} nats。",
    },
    "hacked": {
        "en": "The proxy rises to {proxy_reward:+.3f} while the true reward, {gold_peak:.3f} at {gold_peak_kl:.1f} nats, falls to "
        "{gold_reward:.3f}: SFT alone had {sft_gold:.3f}. An answer repeats {repeats:.1f} words.",
        "zh": "代理奖励涨到 {proxy_reward:+.3f}，真实奖励却从 {gold_peak_kl:.1f} nats 处的 {gold_peak:.3f} 跌到 "
        "{gold_reward:.3f}，而只做 SFT 就有 {sft_gold:.3f}。每条回答重复 {repeats:.1f} 个词。",
    },
    "cold": {
        "en": "Without SFT the base model starts at {base_gold:.3f}; PPO brings it to {gold_reward:.3f} at a KL of {kl:.2f} nats "
        "from the base.",
        "zh": "不做 SFT，底座的真实奖励是 {base_gold:.3f}；PPO 把它带到 {gold_reward:.3f}，相对底座的 KL 为 {kl:.2f} nats。",
    },
    "sft": {
        "en": "Demonstrations lift the true reward from {base_gold:.3f} to {sft_gold:.3f}; one model is trained, {models_gb:.0f} GB.",
        "zh": "示范数据把真实奖励从 {base_gold:.3f} 提到 {sft_gold:.3f}；只训练一个模型，{models_gb:.0f} GB。",
    },
    "rm": {
        "en": "Two labels of a pair agree {label_agreement:.0%} of the time; the reward model ranks {rm_accuracy:.0%} of new pairs "
        "as the truth does. Best of {n} by its score: {bon_gold:.3f} instead of {sft_gold:.3f}.",
        "zh": "同一对答案两次标注的一致率为 {label_agreement:.0%}；奖励模型对新样本对有 {rm_accuracy:.0%} 与真实排序一致。"
        "按它打分做 best-of-{n}：{bon_gold:.3f}，原来是 {sft_gold:.3f}。",
    },
}

Array = NDArray[np.float64]
Stage = Literal["sft", "rm", "ppo", "all"]
Model = Literal["llama2-7b", "llama2-13b", "llama2-70b", "llama3-8b", "llama3-70b", "qwen2.5-7b"]
FEATURES = state_features()
REPEATS = np.maximum(COUNTS - 1, 0)[:, 1:FILLER].sum(axis=1)
DEMONSTRATIONS, SFT_STEPS = 200, 60
TRAINED_BYTES, FROZEN_BYTES = 16, 2
"""A parameter with Adam at mixed precision, Rajbhandari et al. 2020, section 3.1; one that is only read, in bf16."""
ROLES: dict[str, dict[str, bool]] = {
    "sft": {"policy": True},
    "rm": {"reward model": True},
    "ppo": {"policy": True, "critic": True, "reference": False, "reward model": False},
}
"""The models of a stage, and whether they are trained."""


@dataclass(frozen=True, slots=True)
class Measured:
    """Exact expectations of a policy over all answers, the mean of the prompts."""

    kl: float
    proxy: float
    gold: float
    repeats: float


def word_logp(weights: Tensor) -> Tensor:
    """log π(word | prefix), (prompts, PREFIXES, 8), of a policy's weights (23, 8)."""
    return functional.log_softmax(FEATURES @ weights, dim=-1)


def sft(weights: Tensor, rng: np.random.Generator) -> Tensor:
    """Stage 1: cross-entropy on the words of people's answers."""
    prompts, nodes, words = tokens(demonstrations(DEMONSTRATIONS, rng))
    trained, x = weights.clone().requires_grad_(), FEATURES[prompts, nodes]
    adam = Adam([trained])
    for _ in range(SFT_STEPS):
        adam.step(functional.cross_entropy(x @ trained, words), 0.1)
    return trained.detach()


def measure(logp: Tensor, reference: Tensor, scores: Tensor) -> Measured:
    """Of log π and log π_ref over answers, (prompts, ANSWERS)."""
    p = logp.exp()
    each = (p * (logp - reference)), p * scores, p * torch.tensor(GOLD), p * torch.tensor(REPEATS)
    return Measured(*(float(part.sum(1).mean()) for part in each))


def optimum(reference: Tensor, scores: Tensor, beta: float) -> Tensor:
    """log π* of π* ∝ π_ref·e^{r/β}, which maximises reward minus β·KL; (prompts, ANSWERS)."""
    return functional.log_softmax(reference + scores / beta, dim=1)


def best_of_n(probabilities: Array, scores: Array, n: int) -> Array:
    """Distribution of the best of n answers, (answers,); equal scores share their chance as they share the policy's.

    A score s is the best with F(s)^n - F(s-)^n, F the distribution of scores: with ties the KL is below ln n - (n-1)/n.
    """
    _, tier = np.unique(np.round(scores, 12), return_inverse=True)
    share = np.bincount(tier, weights=probabilities)
    reached = np.minimum(share.cumsum(), 1.0)
    best = np.diff(reached**n, prepend=0.0)
    chosen: Array = probabilities * (best / np.where(share > 0, share, 1.0))[tier]
    return chosen


def bon_logp(reference: Tensor, scores: Tensor, n: int) -> Tensor:
    """log of `best_of_n` for every prompt; answers that are never chosen get a log of -700, whose e is 0."""
    each = [best_of_n(p.exp().numpy(), s.numpy(), n) for p, s in zip(reference, scores, strict=True)]
    return torch.tensor(np.log(np.maximum(np.stack(each), 1e-304)))


def optimise(start: Tensor, scores: Tensor, steps: int, settings: Settings, seed: int) -> list[Measured]:
    """Stage 3: `steps` iterations of PPO; what the policy was before the first and after each."""
    ppo = TokenPPO(FEATURES, start, scores, settings, seed)
    reference = answer_logp(word_logp(start))
    path = [measure(reference, reference, scores)]
    for _ in range(steps):
        ppo.iterate()
        path.append(measure(answer_logp(ppo.word_logp()), reference, scores))
    return path


def gold_at(path: list[Measured], kl: float) -> float:
    """True reward where a path first reaches `kl`, straight in √KL between its points; its end if it never does."""
    for before, after in pairwise(path):
        if after.kl >= kl > before.kl:
            share = (math.sqrt(kl) - math.sqrt(before.kl)) / (math.sqrt(after.kl) - math.sqrt(before.kl))
            return before.gold + share * (after.gold - before.gold)
    return path[-1].gold


def stage_gb(stage: str, parameters: int) -> float:
    """Bytes of the models that a stage holds at once, in 1e9; activations and generation are not counted."""
    each = [TRAINED_BYTES if trained else FROZEN_BYTES for trained in ROLES[stage].values()]
    return sum(each) * parameters / 1e9


def estimate(values: list[float]) -> Estimate:
    """Mean over the seeds and its standard error."""
    return Estimate(
        float(np.mean(values)), float(np.std(values, ddof=1) / math.sqrt(len(values))), len(values)
    )


@dataclass(frozen=True, slots=True)
class Plan:
    """The flags that the training reads."""

    stage: Stage
    beta: float
    steps: int
    rm_noise: float
    pairs: int
    kl_in: Literal["reward", "loss"]
    n: int


MISSING = {
    "sft": ("this stage has no reward model and no PPO", "这一阶段还没有奖励模型和 PPO"),
    "rm": ("no policy has been optimised yet", "还没有优化策略"),
    "ppo": (
        "SFT was skipped, or beta is 0 and there is nothing to compare with",
        "跳过了 SFT，或者 β 为 0、没有可比的对象",
    ),
    "all": ("beta is 0, there is nothing to compare with", "β 为 0，没有可比的对象"),
}


def repeat(
    plan: Plan, entropy: list[int]
) -> tuple[dict[str, float], list[Measured], tuple[Tensor, Tensor] | None]:
    """One run of the stages: its numbers, the path of PPO, and log π_ref with the scores if there is a reward model."""
    rng, numbers = np.random.default_rng(entropy), {}
    start = torch.zeros(FEATURES.shape[-1], 8, dtype=torch.float64)
    if plan.stage != "ppo":
        start = sft(start, rng)
    reference = answer_logp(word_logp(start))
    if plan.stage != "ppo":
        numbers["sft_gold"] = measure(reference, reference, torch.zeros_like(reference)).gold
    if plan.stage == "sft":
        return numbers, [], None
    scores, quality = label_and_fit(reference, plan.pairs, plan.rm_noise, rng)
    best = measure(bon_logp(reference, scores, plan.n), reference, scores)
    numbers |= quality | {"bon_kl": best.kl, "bon_gold": best.gold}
    if plan.stage == "rm":
        return numbers, [], (reference, scores)

    def ppo(beta: float) -> list[Measured]:
        return optimise(start, scores, plan.steps, Settings(beta, plan.kl_in), int(rng.integers(2**31)))

    path = ppo(plan.beta)
    end, peak = path[-1], max(path, key=lambda point: point.gold)
    numbers |= {"proxy_reward": end.proxy, "gold_reward": end.gold, "kl": end.kl, "repeats": end.repeats}
    numbers |= {"gold_peak": peak.gold, "gold_peak_kl": peak.kl}
    if plan.beta > 0:
        target = measure(optimum(reference, scores, plan.beta), reference, scores)
        numbers |= {"optimum_kl": target.kl, "optimum_gold": target.gold}
        numbers["frontier_gap"] = end.gold - gold_at(ppo(0.0), end.kl)
    return numbers, path, (reference, scores)


def curves(path: list[Measured], reference: Tensor, scores: Tensor) -> list[Series]:
    """Proxy and true reward over KL: along PPO, along the exact optima of falling β, and of best-of-n."""
    optima = [measure(optimum(reference, scores, 2.0**-k), reference, scores) for k in range(-1, 9)]
    best = [measure(bon_logp(reference, scores, 2**k), reference, scores) for k in range(13)]
    made = [("PPO", "PPO", path), ("optimum of β", "各 β 的最优解", optima), ("best of n", "best-of-n", best)]
    return [
        series
        for en, zh, points in made
        if points
        for series in (
            Series(
                f"{en}: true", f"{zh}：真实", [p.kl for p in points], [p.gold for p in points], "KL", "reward"
            ),
            Series(
                f"{en}: proxy",
                f"{zh}：代理",
                [p.kl for p in points],
                [p.proxy for p in points],
                "KL",
                "reward",
            ),
        )
    ]


def sampled_best(reference: Tensor, scores: Tensor) -> Table:
    """What the reward model likes best, beside what SFT says most."""
    rows: list[list[float | str]] = []
    for p, name in enumerate(PROMPTS):
        for how, node in (("SFT", int(reference[p].argmax())), ("best score", int(scores[p].argmax()))):
            rows.append(
                [name, how, spelled(node) or "(nothing)", float(scores[p, node]), float(GOLD[p, node])]
            )
    return Table(
        "likeliest answer of SFT, and the one the reward model scores highest",
        "SFT 最可能的回答，与奖励模型打分最高的回答",
        ["prompt", "answer of", "words", "proxy", "gold"],
        rows,
    )


def stage_table(parameters: int) -> Table:
    """Which models a stage holds, trained or frozen, and their memory."""
    rows: list[list[float | str]] = [
        [
            stage,
            role,
            "trained" if trained else "frozen",
            (TRAINED_BYTES if trained else FROZEN_BYTES) * parameters / 1e9,
        ]
        for stage, models in ROLES.items()
        for role, trained in models.items()
    ]
    return Table("models of the stages", "各阶段的模型", ["stage", "model", "weights", "GB"], rows)


def sentence(stage: Stage, found: dict[str, Estimate]) -> str:
    """Which of SAYS holds."""
    if stage in ("sft", "rm"):
        return stage
    if stage == "ppo":
        return "cold"
    return "hacked" if found["gold_peak"].value - found["gold_reward"].value > 0.1 else "kept"


def run(
    beta: Annotated[
        float, Flag("β, the weight of the KL", "KL 的权重 β", low=0, high=10, live={"stage": ("ppo", "all")})
    ] = 0.1,
    steps: Annotated[
        int, Flag("iterations of PPO", "PPO 迭代次数", low=1, high=400, live={"stage": ("ppo", "all")})
    ] = 60,
    rm_noise: Annotated[
        float,
        Flag(
            "share of flipped labels",
            "被翻转的标签比例",
            low=0,
            high=0.5,
            live={"stage": ("rm", "ppo", "all")},
        ),
    ] = 0.1,
    pairs: Annotated[
        int,
        Flag("labelled pairs", "标注的样本对数量", low=10, high=20000, live={"stage": ("rm", "ppo", "all")}),
    ] = 400,
    stage: Annotated[
        Stage,
        Flag(
            "all three; sft, rm: stop after it; ppo: skip SFT and start from the base model",
            "all 三阶段全跑；sft、rm 跑到该阶段为止；ppo 跳过 SFT，直接从底座开始",
        ),
    ] = "all",
    kl_in: Annotated[
        Literal["reward", "loss"],
        Flag("where the KL stands", "KL 放在奖励里还是损失里", live={"stage": ("ppo", "all")}),
    ] = "reward",
    n: Annotated[
        int,
        Flag("n of best-of-n", "best-of-n 的 n", low=1, high=100000, live={"stage": ("rm", "ppo", "all")}),
    ] = 16,
    model: Annotated[
        Model, Flag("model of all four roles, for the memory", "计算显存时四个角色所用的模型")
    ] = "llama2-7b",
    seeds: Annotated[int, Flag("repetitions with new data", "换数据重复的次数", low=2, high=20)] = 3,
    seed: Annotated[int, Flag("random seed", "随机种子", low=0)] = 0,
) -> Result:
    """Run the stages on the toy language, and count every expectation over all answers."""
    plan = Plan(stage, beta, steps, rm_noise, pairs, kl_in, n)
    found, series, tables = [], [], []
    for repetition in range(seeds):
        numbers, path, scored = repeat(plan, [seed, repetition])
        found.append(numbers)
        report_progress(repetition + 1, seeds)
        if repetition == 0 and scored is not None:
            series, tables = curves(path, *scored), [sampled_best(*scored[:2])]

    uniform = answer_logp(word_logp(torch.zeros(FEATURES.shape[-1], 8, dtype=torch.float64)))
    fixed = {
        "base_gold": float((uniform.exp().numpy() * GOLD).sum(axis=1).mean()),
        "bon_kl_bound": math.log(n) - (n - 1) / n,
        "models_gb": stage_gb("ppo" if stage == "all" else stage, SHAPES[model].total()),
    }
    estimates = {key: estimate([each[key] for each in found]) for key in found[0]}
    tables.append(stage_table(SHAPES[model].total()))
    return Result(
        numbers={key: fixed.get(key, estimates.get(key, NotRun(*MISSING[stage]))) for key in NUMBERS},
        ran="training",
        series=series,
        tables=tables,
        says=sentence(stage, estimates),
    )


if __name__ == "__main__":
    main(run)
