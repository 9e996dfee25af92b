"""Reward models: Bradley and Terry's likelihood sees differences of scores and nothing else.

Interview point: -ln σ(r_chosen - r_rejected) is logistic regression without an intercept on differences of features; what
all answers to a prompt share cancels, so scores of different prompts cannot be compared; wrong labels shrink the scores
long before they turn their order; the model learns whatever the annotators prefer, length included.
Source: Bradley & Terry 1952 in the form of Ouyang et al. 2022, arXiv:2203.02155, eq. 1 (loss on pairs, one prompt each);
margin: Touvron et al. 2023, arXiv:2307.09288, eq. 2.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np
from numpy.typing import NDArray

from llmcore_tui.lab import (
    Anchor,
    Estimate,
    Flag,
    NotReached,
    Number,
    Off,
    Result,
    Series,
    Table,
    main,
    report_progress,
)

TITLE = {"en": "Reward model: only differences count", "zh": "奖励模型：只有差值起作用"}
FORMULA = r"L=-\ln\sigma(r_\phi(x,y_w)-r_\phi(x,y_l)),\quad P(y_w\succ y_l)=\sigma(r_w-r_l)"
NUMBERS = {
    "loss": Number("loss of a pair with that margin", "分差为该值的一对样本的损失", "nats"),
    "probability": Number("probability that the chosen answer wins", "被选回答胜出的概率"),
    "pull": Number(
        "size of the loss's gradient in the margin: how much the pair still teaches",
        "损失对分差的梯度大小：这一对还能推动多少",
    ),
    "fit_loss": Number(
        "training loss of the best fit, a pair", "最优拟合的训练损失（每对）", "nats", "statistical"
    ),
    "accuracy": Number(
        "unseen pairs ordered as the true reward orders them",
        "未见过的样本对中，与真实奖励排序一致的比例",
        kind="statistical",
    ),
    "label_accuracy": Number(
        "unseen pairs ordered as their label says: what one can measure",
        "未见过的样本对中，与标注一致的比例：实际测得到的准确率",
        kind="statistical",
    ),
    "label_ceiling": Number(
        "the same for the true reward itself", "真实奖励本身在同一批标注上的准确率", kind="statistical"
    ),
    "score_gap_error": Number(
        "error of the score differences, over the size of the true ones",
        "分差的误差，相对于真实分差的大小",
        kind="statistical",
    ),
    "gap_scale": Number(
        "how long the learned score differences are, true ones being 1",
        "学到的分差有多大：真实分差记为 1",
        kind="statistical",
    ),
    "cross_prompt_accuracy": Number(
        "answers to different prompts ordered as the true reward orders them",
        "不同 prompt 的回答之间，与真实奖励排序一致的比例",
        kind="statistical",
    ),
    "offset_effect": Number(
        "largest change of any pair's loss when each prompt's scores move by a constant of its own",
        "每个 prompt 的分数各加一个常数后，任一对损失的最大变化",
        "nats",
        "qualitative",
    ),
    "length_weight": Number(
        "reward learned for a unit of length, which is truly worth nothing",
        "模型给单位长度的奖励（真实值为零）",
        kind="statistical",
    ),
}
OFF = Off(
    {"noise": 0.5},
    moves={
        "accuracy": "down",
        "label_accuracy": "down",
        "fit_loss": "up",
        "score_gap_error": "up",
        "gap_scale": "down",
    },
)
ANCHORS = [
    Anchor({"margin": 0.0}, "loss", 0.6931471805599453, 1e-9, "closed form: ln 2", "2026-11-26"),
    Anchor({}, "loss", 0.31326168751822286, 1e-9, "closed form: ln(1+1/e)", "2026-11-26"),
    Anchor({"margin": -1.0}, "loss", 1.3132616875182228, 1e-9, "closed form: ln(1+e)", "2026-11-26"),
    Anchor({"margin": 0.0}, "pull", 0.5, 1e-9, "closed form: σ(0)", "2026-11-26"),
    Anchor(
        {"noise": 0.5, "pairs": 8000},
        "fit_loss",
        0.6931,
        0.001,
        "closed form: coin flips, ln 2",
        "2026-11-26",
    ),
    Anchor(
        {"noise": 0.0, "pairs": 8000},
        "gap_scale",
        1.0,
        0.03,
        "closed form: likelihood is consistent",
        "2026-11-26",
    ),
]
SAYS = {
    "fitted": {
        "en": "From {pairs} pairs with {noise:.0%} of the labels turned round the model orders {accuracy:.1%} of unseen pairs "
        "rightly; its score differences are {gap_scale:.2f} times the true ones. Across prompts it orders "
        "{cross_prompt_accuracy:.1%}.",
        "zh": "用 {pairs} 对样本、{noise:.0%} 的标签被翻转，模型对未见过的样本对排序正确率 {accuracy:.1%}；学到的分差是真实的 "
        "{gap_scale:.2f} 倍。跨 prompt 比较时只有 {cross_prompt_accuracy:.1%}。",
    },
    "separable": {
        "en": "Every training pair can be ordered without a mistake, so longer scores always fit better: there is no finite "
        "optimum. Noise or `--l2` gives one.",
        "zh": "训练集里每一对都能排对，分数越大拟合越好，所以不存在有限的最优解。有噪声或加 `--l2` 就有了。",
    },
}

Array = NDArray[np.float64]
TRUE_WEIGHTS = np.array([0.0, 1.0, -0.6, 0.4])
"""Reward of a unit of each feature; the first feature is the answer's length, which is worth nothing."""
UNSEEN = 2000
"""Held-out pairs a data set."""
MOST_STEPS = 60


@dataclass(frozen=True, slots=True)
class Pairs:
    """Two answers to each of n prompts."""

    features: Array
    """(n, 2, 4)."""
    prompt_reward: Array
    """What the prompt adds to both of its answers' rewards, (n,)."""
    first_wins: NDArray[np.bool_]
    """The label, (n,)."""

    def gaps(self, weights: Array) -> Array:
        """r(first) - r(second) under linear rewards, (n,)."""
        return (self.features[:, 0] - self.features[:, 1]) @ weights

    def chosen_minus_rejected(self) -> Array:
        """Differences of features, chosen less rejected, (n, 4)."""
        difference = self.features[:, 0] - self.features[:, 1]
        return np.where(self.first_wins[:, None], difference, -difference)


def log_sigmoid(x: Array | float) -> Array:
    """ln σ(x), without overflow."""
    return -np.logaddexp(0.0, -np.asarray(x, dtype=np.float64))


def pair_loss(chosen: Array, rejected: Array) -> Array:
    """-ln σ(r_w - r_l) of each pair, nats; eq. 1 for one comparison."""
    return -log_sigmoid(chosen - rejected)


def draw(
    count: int,
    rng: np.random.Generator,
    *,
    noise: float,
    offset: float,
    length_bias: float,
    labels: Literal["sampled", "certain"],
) -> Pairs:
    """Pairs labelled by Bradley and Terry's σ(gap), or always the better one; then each label is turned with `noise`."""
    features = rng.standard_normal((count, 2, len(TRUE_WEIGHTS)))
    prompt_reward = offset * rng.standard_normal(count)
    felt = TRUE_WEIGHTS.copy()
    felt[0] += length_bias
    gap = (features[:, 0] - features[:, 1]) @ felt
    wins = rng.random(count) < np.exp(log_sigmoid(gap)) if labels == "sampled" else gap > 0
    return Pairs(features, prompt_reward, wins ^ (rng.random(count) < noise))


def gradient_and_curvature(x: Array, weights: Array, l2: float) -> tuple[Array, Array]:
    """Of mean -ln σ(x·w) + l2/2 ‖w‖², x (n, d): -mean σ(-x·w)x + l2 w, (d,), and mean σ(1-σ)xxᵀ + l2 I, (d, d)."""
    doubt = np.exp(log_sigmoid(-(x @ weights)))
    gradient = -(doubt @ x) / len(x) + l2 * weights
    curvature = (x.T * (doubt * (1 - doubt))) @ x / len(x) + l2 * np.eye(len(weights))
    return gradient, curvature


def fit(x: Array, l2: float) -> Array | None:
    """The weights of least loss, by Newton's method from zero; None where a finite optimum does not exist.

    Without `l2` there is none when some weights order every pair rightly: then any multiple of them fits better still.
    """
    weights = np.zeros(x.shape[1])
    for _ in range(MOST_STEPS):
        if l2 == 0 and (x @ weights > 0).all():
            return None
        gradient, curvature = gradient_and_curvature(x, weights, l2)
        if np.linalg.norm(gradient) < 1e-12:
            break
        weights = weights - np.linalg.solve(curvature, gradient)
    return weights


def agreement(scores: Array, wins: NDArray[np.bool_]) -> float:
    """Share of pairs whose score difference has the sign of the label; a tie counts as a win of the second."""
    return float(((scores > 0) == wins).mean())


def measure(weights: Array, trained: Pairs, unseen: Pairs) -> dict[str, float]:
    """What one fitted model knows, on pairs it has not seen."""
    x = trained.chosen_minus_rejected()
    learned, true = unseen.gaps(weights), unseen.gaps(TRUE_WEIGHTS)
    score = unseen.features[:, 0] @ weights
    reward = unseen.features[:, 0] @ TRUE_WEIGHTS + unseen.prompt_reward
    return {
        "fit_loss": float(-log_sigmoid(x @ weights).mean()),
        "accuracy": agreement(learned, true > 0),
        "label_accuracy": agreement(learned, unseen.first_wins),
        "label_ceiling": agreement(true, unseen.first_wins),
        "score_gap_error": float(np.sqrt(((learned - true) ** 2).mean() / (true**2).mean())),
        "gap_scale": float(learned @ true / (true @ true)),
        "cross_prompt_accuracy": agreement(score - np.roll(score, 1), reward > np.roll(reward, 1)),
        "length_weight": float(weights[0]),
    }


def offset_effect(pairs: Pairs, weights: Array) -> float:
    """max |loss of scores + c(prompt) - loss of scores| over pairs, c being the prompts' own rewards."""
    scores = pairs.features @ weights
    moved = scores + pairs.prompt_reward[:, None]
    change = pair_loss(moved[:, 0], moved[:, 1]) - pair_loss(scores[:, 0], scores[:, 1])
    return float(np.abs(change).max())


def estimate(values: list[float]) -> Estimate:
    """Mean over data sets and its standard error."""
    return Estimate(
        float(np.mean(values)), float(np.std(values, ddof=1) / math.sqrt(len(values))), len(values)
    )


STATISTICAL = [name for name, number in NUMBERS.items() if number.kind == "statistical"]
SIZES = [16, 32, 64, 128, 256, 512, 1024, 2048]
MARGINS = [m / 4 for m in range(-16, 17)]


def run(
    pairs: Annotated[
        int, Flag("labelled pairs to learn from", "用来训练的标注对数", low=8, high=20_000)
    ] = 500,
    noise: Annotated[
        float, Flag("share of the labels that are turned round", "被翻转的标签比例", low=0, high=1)
    ] = 0.1,
    margin: Annotated[
        float,
        Flag(
            "r(chosen) - r(rejected) of one pair, to look at its loss",
            "单独一对样本的 r(chosen) − r(rejected)，用来看损失",
            low=-50,
            high=50,
        ),
    ] = 1,
    labels: Annotated[
        Literal["sampled", "certain"],
        Flag(
            "the better answer wins with probability σ(difference), or always",
            "更好的回答以 σ(分差) 的概率胜出，或总是胜出",
        ),
    ] = "sampled",
    offset: Annotated[
        float,
        Flag(
            "spread of the prompts' own rewards, which both answers share",
            "prompt 自带奖励的离散程度（两个回答共有）",
            low=0,
            high=100,
        ),
    ] = 1,
    length_bias: Annotated[
        float,
        Flag("what annotators add for a unit of length", "标注者对单位长度的额外偏好", low=-5, high=5),
    ] = 0,
    l2: Annotated[float, Flag("weight of ½‖w‖² in the loss", "损失中 ½‖w‖² 的权重", low=0, high=10)] = 0,
    seeds: Annotated[int, Flag("independent data sets", "独立数据集的个数", low=2, high=64)] = 16,
    seed: Annotated[int, Flag("first random seed", "起始随机种子", low=0)] = 0,
) -> Result:
    """Look at one pair's loss, and fit linear reward models to labelled pairs."""

    def sets(count: int, number: int) -> tuple[Pairs, Pairs]:
        rng = np.random.default_rng([seed + number, count])
        train, unseen = (
            draw(n, rng, noise=noise, offset=offset, length_bias=length_bias, labels=labels)
            for n in (count, UNSEEN)
        )
        return train, unseen

    measured: dict[str, list[float]] = {name: [] for name in STATISTICAL}
    effects = []
    for number in range(seeds):
        train, unseen = sets(pairs, number)
        weights = fit(train.chosen_minus_rejected(), l2)
        effects.append(offset_effect(unseen, TRUE_WEIGHTS if weights is None else weights))
        for name, value in ({} if weights is None else measure(weights, train, unseen)).items():
            measured[name].append(value)
        report_progress(number + 1, seeds)
    finite = all(len(values) == seeds for values in measured.values())

    growing: dict[str, list[float]] = {"accuracy": [], "label_accuracy": []}
    for size in SIZES:
        train, unseen = sets(size, 0)
        weights = fit(train.chosen_minus_rejected(), max(l2, 1e-3))
        values = measure(np.zeros(4) if weights is None else weights, train, unseen)
        for name, curve in growing.items():
            curve.append(values[name])
    size_name, losses = "log2 pairs", [float(-log_sigmoid(m)) for m in MARGINS]
    return Result(
        numbers={
            "loss": float(-log_sigmoid(margin)),
            "probability": float(np.exp(log_sigmoid(margin))),
            "pull": float(np.exp(log_sigmoid(-margin))),
            "offset_effect": max(effects),
            **{
                name: estimate(values)
                if finite
                else NotReached(
                    f"{pairs} pairs that some scores order without a mistake: no finite optimum",
                    f"{pairs} 对样本能全部排对，没有有限的最优解",
                )
                for name, values in measured.items()
            },
        },
        ran="training",
        series=[
            Series(
                "true order",
                "真实排序",
                [math.log2(n) for n in SIZES],
                growing["accuracy"],
                size_name,
                "accuracy",
            ),
            Series(
                "labels",
                "标注",
                [math.log2(n) for n in SIZES],
                growing["label_accuracy"],
                size_name,
                "accuracy",
            ),
            Series("loss", "损失", MARGINS, losses, "margin", "nats"),
            Series(
                "pull",
                "梯度大小",
                MARGINS,
                np.exp(log_sigmoid(-np.array(MARGINS))).tolist(),
                "margin",
                "nats",
            ),
        ],
        tables=[
            Table(
                "one pair at several margins",
                "不同分差的一对样本",
                ["margin", "P(chosen)", "loss", "pull"],
                [
                    [m, float(np.exp(log_sigmoid(m))), float(-log_sigmoid(m)), float(np.exp(log_sigmoid(-m)))]
                    for m in (-4.0, -2.0, -1.0, 0.0, 1.0, 2.0, 4.0)
                ],
            )
        ],
        says="fitted" if finite else "separable",
    )


if __name__ == "__main__":
    main(run)
