"""Distillation: a small model learns from a large one's probabilities, softened by a temperature, not from labels alone.

Interview point: the soft targets say which wrong answers are nearly right; their gradient shrinks like 1/T², so the soft loss
is multiplied by T², or the weight between soft and hard loss means something else at every temperature.
Source: Hinton, Vinyals & Dean 2015, arXiv:1503.02531, sections 2 and 2.1 (eq. 1-4).
"""

from __future__ import annotations

import math
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
    "gradient_scale": Number("the same once the soft loss is multiplied as `scale` says", "按 `scale` 缩放后的同一比值"),
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
    "teacher_accuracy": Number("teacher's accuracy on new data", "教师在新数据上的准确率", kind="statistical"),
    "student_accuracy": Number("student's accuracy on new data", "学生在新数据上的准确率", kind="statistical"),
    "hard_accuracy": Number(
        "accuracy of the same student from hard labels alone", "同一学生只用硬标签训练的准确率", kind="statistical"
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
    Anchor({"temperature": 1e5}, "target_entropy", math.log(5), 1e-6, "closed form: ln 5", "2026-11-26"),
]
