"""Distillation: a small model learns from a large one's probabilities, softened by a temperature, not from labels alone.

Interview point: the soft targets say which wrong answers are nearly right; their gradient shrinks like 1/T², so the soft loss
is multiplied by T², or the weight between soft and hard loss means something else at every temperature.
Source: Hinton, Vinyals & Dean 2015, arXiv:1503.02531, sections 2 and 2.1 (eq. 1-4).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import pairwise
from typing import Annotated, Literal

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from llmcore_tui.lab import Anchor, Estimate, Flag, Number, Off, Result, Series, main, report_progress
from toys.adam import Adam

TITLE = {"en": "Distillation: soft targets and why T²", "zh": "知识蒸馏：软标签与 T² 的由来"}
FORMULA = r"L=\mu\,T^2\,\mathrm{CE}(p^{(T)},q^{(T)})+(1-\mu)\,\mathrm{CE}(y,q^{(1)})"
NUMBERS = {
    "gradient_raw": Number(
        "size of the soft loss's gradient at the logits, over its size at T = 1",
        "软损失对 logits 的梯度大小，相对于 T = 1 时",
    ),
    "gradient_scale": Number(
        "the same once the soft loss is multiplied as `scale` says", "按 `scale` 缩放后的同一比值"
    ),
    "limit_error": Number(
        "relative distance of T²·gradient from (z-v)/N, its limit for zero-mean logits",
        "T²·梯度 与其极限 (z-v)/N 的相对误差（logits 已去均值）",
    ),
    "soft_share": Number(
        "share of the soft loss in the gradient, sizes added up", "软损失在梯度中的占比（按大小相加）"
    ),
    "target_entropy": Number(
        "entropy of the teacher's softened probabilities", "教师软化后概率的熵", unit="nats"
    ),
    "teacher_accuracy": Number(
        "teacher's accuracy on new data", "教师在新数据上的准确率", kind="statistical"
    ),
    "student_accuracy": Number(
        "student's accuracy on new data", "学生在新数据上的准确率", kind="statistical"
    ),
    "hard_accuracy": Number(
        "accuracy of the same student from hard labels alone",
        "同一学生只用硬标签训练的准确率",
        kind="statistical",
    ),
    "agreement": Number(
        "how often the student's answer is the teacher's", "学生与教师答案一致的比例", kind="statistical"
    ),
}
OFF = Off({"mix": 0.0}, moves={"student_accuracy": "down", "agreement": "down", "soft_share": "down"})
ANCHORS = [
    Anchor({"temperature": 1.0}, "gradient_raw", 1.0, 1e-12, "closed form: its own yardstick", "2026-11-26"),
    Anchor(
        {"temperature": 1000.0},
        "limit_error",
        0.0,
        0.005,
        "Hinton et al. 2015, eq. 4: (z-v)/(N·T²) when T is large",
        "2026-11-26",
    ),
    Anchor(
        {"temperature": 1e5}, "target_entropy", 1.6094379124341003, 1e-6, "closed form: ln 5", "2026-11-26"
    ),
]
SAYS = {
    "soft": {
        "en": "At T={temperature:g} the soft gradient is {gradient_raw:.3f} of its size at T=1, times T² {gradient_scale:.2f}; the "
        "student reaches {student_accuracy:.1%}, from hard labels alone {hard_accuracy:.1%}, the teacher {teacher_accuracy:.1%}.",
        "zh": "T={temperature:g} 时软损失的梯度是 T=1 时的 {gradient_raw:.3f}，乘上 T² 后是 {gradient_scale:.2f}；学生准确率 "
        "{student_accuracy:.1%}，只用硬标签是 {hard_accuracy:.1%}，教师是 {teacher_accuracy:.1%}。",
    },
    "unscaled": {
        "en": "Without T² the soft gradient is {gradient_raw:.3f} of its size at T=1, so the soft loss, meant to weigh {mix:g}, is "
        "{soft_share:.0%} of the gradient.",
        "zh": "不乘 T²，软损失的梯度只有 T=1 时的 {gradient_raw:.3f}；本想占 {mix:g} 的软损失只占梯度的 {soft_share:.0%}。",
    },
    "hard": {
        "en": "From hard labels alone the student reaches {student_accuracy:.1%} and agrees with the teacher in {agreement:.1%} of the "
        "cases; the teacher reaches {teacher_accuracy:.1%}.",
        "zh": "只用硬标签，学生准确率 {student_accuracy:.1%}，与教师一致 {agreement:.1%}；教师是 {teacher_accuracy:.1%}。",
    },
}

Array = NDArray[np.float64]
Layers = list[Tensor]
CLASSES, DISTRACTORS, RADIUS, NOISE = 8, 10, 2.0, 0.6
"""Classes sit on a ring, so that each has two that are nearly right; the other features say nothing."""
TEACHER_POINTS, TEST_POINTS = 3000, 4000
TEACHER_WIDTH, STUDENT_WIDTH = 64, 12
STUDENT_LOGITS = (0.9, 0.3, 0.1, -0.4, -0.9)
TEACHER_LOGITS = (1.5, 0.7, -0.2, -0.6, -1.4)
"""A student's and a teacher's logits of one case, both of mean zero: what the gradients are counted on."""


def soft_gradient(z: Array, v: Array, temperature: float) -> Array:
    """∂C/∂z = (softmax(z/T) - softmax(v/T))/T, Hinton et al. eq. 2; C is the cross-entropy at T without a factor."""
    gradient: Array = (softmax(z / temperature) - softmax(v / temperature)) / temperature
    return gradient


def softmax(z: Array) -> Array:
    """Probabilities along the last axis."""
    e: Array = np.exp(z - z.max(axis=-1, keepdims=True))
    shares: Array = e / e.sum(axis=-1, keepdims=True)
    return shares


def distillation_loss(
    student: Tensor, teacher: Tensor, labels: Tensor, temperature: float, mix: float, factor: float
) -> Tensor:
    """μ·factor·CE(softmax(v/T), softmax(z/T)) + (1 - μ)·CE(y, softmax(z)); logits (cases, classes), mean over cases."""
    soft = functional.cross_entropy(student / temperature, functional.softmax(teacher / temperature, dim=1))
    hard = functional.cross_entropy(student, labels)
    return mix * factor * soft + (1 - mix) * hard


def draw(count: int, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """Points (count, 2 + DISTRACTORS) and their classes."""
    labels = torch.randint(CLASSES, (count,), generator=generator)
    angle = 2 * math.pi * labels.double() / CLASSES
    ring = RADIUS * torch.stack([angle.cos(), angle.sin()], dim=1)
    noise = torch.randn(count, 2 + DISTRACTORS, generator=generator, dtype=torch.float64)
    return torch.cat([ring + NOISE * noise[:, :2], noise[:, 2:]], dim=1), labels


def network(width: int, generator: torch.Generator) -> Layers:
    """Weights and biases of one hidden layer, drawn from N(0, 1/inputs), biases zero."""
    sizes = (2 + DISTRACTORS, width, CLASSES)
    layers = []
    for inputs, outputs in pairwise(sizes):
        layers.append(
            torch.randn(outputs, inputs, generator=generator, dtype=torch.float64) / math.sqrt(inputs)
        )
        layers.append(torch.zeros(outputs, dtype=torch.float64))
    return layers


def logits(layers: Layers, x: Tensor) -> Tensor:
    """(cases, classes)"""
    hidden = functional.relu(functional.linear(x, layers[0], layers[1]))
    return functional.linear(hidden, layers[2], layers[3])


def train(layers: Layers, loss_of: Callable[[Layers], Tensor], steps: int) -> Layers:
    """Adam over the whole set, `steps` times, from the given weights, which stay as they are."""
    trained = [w.clone().requires_grad_() for w in layers]
    adam = Adam(trained)
    for _ in range(steps):
        adam.step(loss_of(trained), 0.02)
    return [w.detach() for w in trained]


def repeat(
    points: int, temperature: float, mix: float, factor: float, generator: torch.Generator
) -> dict[str, float]:
    """Train a teacher on much data and one student twice on little, with the loss asked for and with hard labels."""
    x, y = draw(TEACHER_POINTS, generator)
    teacher = train(
        network(TEACHER_WIDTH, generator), lambda net: functional.cross_entropy(logits(net, x), y), 60
    )
    few, labels = draw(points, generator)
    seen = logits(teacher, few)
    start = network(STUDENT_WIDTH, generator)

    def student(weight: float) -> Layers:
        return train(
            start,
            lambda net: distillation_loss(logits(net, few), seen, labels, temperature, weight, factor),
            150,
        )

    new, truth = draw(TEST_POINTS, generator)
    answers = {
        "teacher": logits(teacher, new).argmax(1),
        "student": logits(student(mix), new).argmax(1),
        "hard": logits(student(0.0), new).argmax(1),
    }
    right = {f"{who}_accuracy": float((answer == truth).double().mean()) for who, answer in answers.items()}
    return right | {"agreement": float((answers["student"] == answers["teacher"]).double().mean())}


def estimate(values: list[float]) -> Estimate:
    """Mean over the seeds and its standard error."""
    return Estimate(
        float(np.mean(values)), float(np.std(values, ddof=1) / math.sqrt(len(values))), len(values)
    )


def size(gradient: Array) -> float:
    """Euclidean length."""
    return float(np.linalg.norm(gradient))


def run(
    temperature: Annotated[
        float,
        Flag(
            "T of the soft targets and of the student beside them",
            "软标签及学生所用的温度 T",
            low=0.1,
            high=1e6,
        ),
    ] = 4.0,
    mix: Annotated[
        float,
        Flag("weight of the soft loss; 0: hard labels only", "软损失的权重；0 表示只用硬标签", low=0, high=1),
    ] = 0.5,
    scale: Annotated[
        Literal["t2", "none"], Flag("soft loss times T², or as it is", "软损失乘 T²，或不乘")
    ] = "t2",
    points: Annotated[int, Flag("cases the student sees", "学生见到的样本数", low=8, high=3000)] = 60,
    spread: Annotated[
        float,
        Flag(
            "factor on the logits whose gradients are counted",
            "计算梯度所用 logits 的放大倍数",
            low=0.01,
            high=50,
        ),
    ] = 1.0,
    seeds: Annotated[int, Flag("repetitions with new data", "换数据重复的次数", low=2, high=40)] = 5,
    seed: Annotated[int, Flag("random seed", "随机种子", low=0)] = 0,
) -> Result:
    """Count the gradients of one case, and train a teacher and its student."""
    z, v = spread * np.array(STUDENT_LOGITS), spread * np.array(TEACHER_LOGITS)
    factor = temperature**2 if scale == "t2" else 1.0
    soft = soft_gradient(z, v, temperature)
    raw = size(soft) / size(soft_gradient(z, v, 1.0))
    hard = size(softmax(z) - np.eye(len(z))[int(v.argmax())])
    weighed = mix * factor * size(soft)
    target = softmax(v / temperature)
    limit = (z - v) / len(z)
    found = []
    for repetition in range(seeds):
        generator = torch.Generator().manual_seed(1000 * seed + repetition)
        found.append(repeat(points, temperature, mix, factor, generator))
        report_progress(repetition + 1, seeds)
    ladder = [2.0 ** (k / 2) for k in range(-2, 13)]
    sizes = [size(soft_gradient(z, v, t)) / size(soft_gradient(z, v, 1.0)) for t in ladder]
    axis = [math.log2(t) for t in ladder]
    return Result(
        numbers={
            "gradient_raw": raw,
            "gradient_scale": factor * raw,
            "limit_error": size(temperature**2 * soft - limit) / size(limit),
            "soft_share": weighed / (weighed + (1 - mix) * hard),
            "target_entropy": float(-(target * np.log(target)).sum()),
            **{key: estimate([each[key] for each in found]) for key in found[0]},
        },
        ran="training",
        series=[
            Series("gradient", "梯度", axis, sizes, "log2 T", "over T = 1"),
            Series(
                "times T²",
                "乘 T²",
                axis,
                [t * t * s for t, s in zip(ladder, sizes, strict=True)],
                "log2 T",
                "over T = 1",
            ),
        ],
        says="hard" if mix == 0 else "unscaled" if scale == "none" else "soft",
    )


if __name__ == "__main__":
    main(run)
