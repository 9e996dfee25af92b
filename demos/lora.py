"""LoRA: a low-rank update beside frozen weights; what of the memory it saves, and what rank it takes.

Interview point: ΔW = (α/r)BA with B = 0 at the start, so that training begins at the base model; gradients and optimiser
states shrink with the trained parameters, the frozen weights and the activations do not; a rank below the task's leaves
an error that no training removes.
Source: Hu et al. 2021, arXiv:2106.09685, eq. 3, sections 4.1-4.2 and 5.1 (|Θ| = 2·L·d·r), table 4; 16 bytes a trained
parameter: Rajbhandari et al. 2020, arXiv:1910.02054, section 3.1; α/√r: Kalajdzievski 2023, arXiv:2312.03732.
"""

from __future__ import annotations

import math
from typing import Annotated, Literal

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from llmcore_tui.lab import Anchor, Estimate, Flag, NotRun, Number, Off, Result, Series, Table, main
from toys.adam import Adam
from toys.model_shapes import SHAPES, ModelShape

TITLE = {"en": "LoRA: what it saves and what it cannot", "zh": "LoRA：省下了什么，省不掉什么"}
FORMULA = r"h=W_0x+\frac{\alpha}{r}BAx,\quad B\in\mathbb{R}^{d\times r},\ A\in\mathbb{R}^{r\times k},\ B=0\ \mathrm{at\ start}"
NUMBERS = {
    "trainable": Number("trained parameters", "可训练参数量"),
    "trainable_share": Number(
        "trained parameters over all, the adapters' included", "可训练参数占全部参数（含适配器）的比例"
    ),
    "base_gb": Number("memory of the model's own weights", "模型自身权重占用的显存", unit="GB"),
    "states_gb": Number(
        "memory of the trained parameters with gradients and optimiser states",
        "可训练参数连同梯度和优化器状态占用的显存",
        unit="GB",
    ),
    "static_gb": Number(
        "weights, gradients and optimiser states in all; activations are not counted",
        "权重、梯度与优化器状态的总显存；不含激活值",
        unit="GB",
    ),
    "full_gb": Number("the same for full fine-tuning", "全参数微调的同一项显存", unit="GB"),
    "memory_share": Number("that memory over that of full fine-tuning", "该显存与全参数微调之比"),
    "adapter_mb": Number("size of the adapter on disk, at 16 bits", "适配器存盘大小（16 比特）", unit="MB"),
    "adapters_per_copy": Number(
        "adapters that take as much memory as one more copy of the model",
        "多少个适配器才占满一份完整模型的显存",
    ),
    "scale": Number("factor in front of BA", "BA 前面的缩放系数"),
    "init_change": Number(
        "size of the update before training, over the size of the change wanted",
        "训练开始前更新量的大小，相对于所需改变量",
        kind="statistical",
    ),
    "first_step": Number(
        "how far the first Adam step goes along the change wanted: 1 is all the way",
        "第一步 Adam 沿所需方向走了多远：1 表示正好走到",
        kind="statistical",
    ),
    "best_error": Number(
        "smallest relative error that this rank allows: Eckart and Young",
        "该秩能达到的最小相对误差（Eckart–Young 定理）",
    ),
    "fit_error": Number("relative error after training", "训练后的相对误差", kind="statistical"),
    "delta_rank": Number("rank of the learned update", "学到的更新矩阵的秩", kind="qualitative"),
    "merge_error": Number(
        "part of the adapter's effect that merging into the stored weight loses",
        "合并进存储权重时丢掉的适配器作用的比例",
        kind="statistical",
    ),
}
OFF = Off(
    {"method": "full"},
    moves={"trainable": "up", "trainable_share": "up", "static_gb": "up", "delta_rank": "up"},
)
ANCHORS = [
    Anchor(
        {"model": "gpt3-175b", "rank": 1},
        "trainable",
        4_718_592.0,
        1e-9,
        "closed form: 96·2·2·12288",
        "2026-11-25",
    ),
    Anchor(
        {"model": "gpt3-175b", "rank": 1},
        "trainable",
        4.7e6,
        5e4,
        "Hu et al. 2021, table 4: 4.7M",
        "2026-11-25",
    ),
    Anchor(
        {"model": "gpt3-175b"}, "trainable", 37_748_736.0, 1e-9, "closed form: 96·2·2·12288·8", "2026-11-25"
    ),
    Anchor({"model": "gpt3-175b"}, "trainable", 37.7e6, 5e4, "Hu et al. 2021, table 4: 37.7M", "2026-11-25"),
    Anchor(
        {"model": "gpt3-175b", "rank": 4},
        "static_gb",
        350.0,
        2.0,
        "Hu et al. 2021, section 4.2: 350GB",
        "2026-11-25",
    ),
    Anchor(
        {"model": "gpt3-175b", "rank": 4},
        "adapter_mb",
        35.0,
        3.0,
        "Hu et al. 2021, section 4.2: 35MB",
        "2026-11-25",
    ),
    Anchor(
        {},
        "trainable",
        4_194_304.0,
        1e-9,
        "peft's print_trainable_parameters on Llama-2-7B, q and v, r=8",
        "2026-11-25",
    ),
    Anchor(
        {}, "trainable_share", 0.000622, 1e-6, "peft's print_trainable_parameters: 0.0622 %", "2026-11-25"
    ),
    Anchor({"rank": 2}, "best_error", 0.7071067811865476, 1e-9, "closed form: √((4-2)/4)", "2026-11-25"),
]
SAYS = {
    "lora": {
        "en": "{trainable:,.0f} parameters are trained, {trainable_share:.3%} of all; weights and states take {static_gb:.1f} GB "
        "against {full_gb:.1f} GB, because the {base_gb:.1f} GB of frozen weights stay.",
        "zh": "训练 {trainable:,.0f} 个参数，占 {trainable_share:.3%}；权重与状态共 {static_gb:.1f} GB，全参数微调要 "
        "{full_gb:.1f} GB：冻结的 {base_gb:.1f} GB 权重省不掉。",
    },
    "short": {
        "en": "The change wanted has rank {task_rank}, the update at most {rank}: whatever the training, a relative error of "
        "{best_error:.3f} stays, and it ended at {fit_error:.3f}.",
        "zh": "所需的改变秩为 {task_rank}，更新的秩至多 {rank}：无论怎么训练都会剩下 {best_error:.3f} 的相对误差，"
        "训练结束时是 {fit_error:.3f}。",
    },
    "stuck": {
        "en": "A and B both start at zero, so each one's gradient is zero and nothing is ever learned: the relative error "
        "stays at {fit_error:.3f}.",
        "zh": "A 和 B 都从零开始，彼此的梯度都是零，永远学不动：相对误差停在 {fit_error:.3f}。",
    },
    "full": {
        "en": "Full fine-tuning trains all {trainable:,.0f} parameters: {static_gb:.1f} GB of weights, gradients and states, "
        "before any activation.",
        "zh": "全参数微调要训练全部 {trainable:,.0f} 个参数：权重、梯度和优化器状态共 {static_gb:.1f} GB，还没算激活值。",
    },
}

Array = NDArray[np.float64]
Model = Literal[
    "gpt3-175b",
    "llama2-7b",
    "llama2-13b",
    "llama2-70b",
    "llama3-8b",
    "llama3-70b",
    "llama3.1-405b",
    "qwen2.5-7b",
    "qwen2.5-32b",
    "qwen2.5-72b",
]
Targets = Literal["q", "q,v", "q,k,v,o", "mlp", "all"]
Base = Literal["bf16", "nf4"]
Init = Literal["b-zero", "a-zero", "both-zero", "both-random"]
SITES: dict[str, tuple[str, ...]] = {
    "q": ("q",),
    "q,v": ("q", "v"),
    "q,k,v,o": ("q", "k", "v", "o"),
    "mlp": ("gate", "up", "down"),
    "all": ("q", "k", "v", "o", "gate", "up", "down"),
}
NF4_BYTES = (4 + 8 / 64 + 32 / (64 * 256)) / 8
"""Bytes of a weight in NF4 with double quantisation (Dettmers et al. 2023, section 3): .516."""
WIDTH = 24
"""The toy layer is WIDTH by WIDTH."""
STEPS, LEARNING_RATE = 300, 0.02


def lora_parameters(shape: ModelShape, targets: Targets, rank: int) -> int:
    """Σ r(in + out) over the adapted matrices of all layers; 2·L·d·r where they are square (section 5.1)."""
    sites = shape.linear()
    return shape.layers * sum(rank * sum(sites[name]) for name in SITES[targets] if name in sites)


def weight_bytes(shape: ModelShape, base: Base) -> float:
    """Bytes of the weights as stored: 2 each, or NF4 for the blocks' matrices and 2 for embeddings, norms and head."""
    packed = shape.linear_parameters() if base == "nf4" else 0
    return NF4_BYTES * packed + 2 * (shape.total() - packed)


def scale_of(alpha: float, rank: int, scaling: Literal["standard", "rslora"]) -> float:
    """α/r (section 4.1), or rsLoRA's α/√r."""
    return alpha / (math.sqrt(rank) if scaling == "rslora" else rank)


def lora_forward(x: Tensor, w0: Tensor, a: Tensor, b: Tensor, scale: float) -> Tensor:
    """h = W₀x + s·B(Ax), eq. 3; x (n, k), W₀ (d, k), A (r, k), B (d, r); gives (n, d)."""
    return x @ w0.T + scale * ((x @ a.T) @ b.T)


def wanted_change(task_rank: int, layers: int, generator: torch.Generator) -> Tensor:
    """Δ = Σ uᵢvᵢᵀ/√rank with orthonormal directions, so that ‖Δ‖_F = 1; one for each toy layer, (layers, d, d)."""
    drawn = torch.randn(2, layers, WIDTH, WIDTH, generator=generator, dtype=torch.float64)
    u, v = torch.linalg.qr(drawn).Q[..., :task_rank]
    change: Tensor = u @ v.mT / math.sqrt(task_rank)
    return change


def factors(rank: int, layers: int, init: Init, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """A (layers, r, k) from N(0, 1/k) and B (layers, d, r) = 0 for `b-zero`; the others swap, drop or keep both."""
    a, b = (
        torch.randn(layers, *shape, generator=generator, dtype=torch.float64) / math.sqrt(WIDTH)
        for shape in ((rank, WIDTH), (WIDTH, rank))
    )
    if init in ("a-zero", "both-zero"):
        a.zero_()
    if init in ("b-zero", "both-zero"):
        b.zero_()
    return a, b


def fit(change: Tensor, factored: tuple[Tensor, Tensor] | None, scale: float) -> tuple[list[Tensor], Array]:
    """Adam on ‖ΔW - Δ‖²_F, the expected squared error of the layer on white inputs; its sum over layers falls apart.

    Trained are `factored` = (A, B), ΔW = s·BA of eq. 3, or without them ΔW itself, from zero. Gives ΔW before training,
    after one step and at the end, and the relative errors, (STEPS + 1, layers).
    """
    trained = [x.clone().requires_grad_() for x in factored or (torch.zeros_like(change),)]
    adam = Adam(trained)
    seen, errors = [], []
    for step in range(STEPS + 1):
        delta = scale * trained[1] @ trained[0] if factored else trained[0]
        missing = (delta - change).square().sum(dim=(-2, -1))
        errors.append(missing.detach().sqrt().numpy())
        if step in (0, 1, STEPS):
            seen.append(delta.detach().clone())
        if step < STEPS:
            adam.step(missing.sum(), LEARNING_RATE * (1 + math.cos(math.pi * step / STEPS)) / 2)
    return seen, np.array(errors)


def numerical_rank(matrix: Tensor) -> int:
    """Singular values above a billionth of the largest."""
    values = torch.linalg.svdvals(matrix)
    return int((values > 1e-9 * values[0]).sum())


def lost_in_merging(delta: Tensor, dtype: torch.dtype, generator: torch.Generator) -> list[float]:
    """‖(merged - W₀ - ΔW)x‖ / ‖ΔWx‖ of each layer, where W₀ and the merged W₀ + ΔW are both stored in `dtype`."""
    w0 = torch.randn(delta.shape, generator=generator, dtype=torch.float64) / math.sqrt(WIDTH)
    stored = w0.to(dtype).to(torch.float64)
    merged = (stored + delta).to(dtype).to(torch.float64)
    x = torch.randn(256, WIDTH, generator=generator, dtype=torch.float64)
    lost = (x @ (merged - stored - delta).mT).norm(dim=(-2, -1))
    effect = (x @ delta.mT).norm(dim=(-2, -1))
    return [float(value) for value in torch.where(effect > 0, lost / effect.clamp_min(1e-300), effect)]


def estimate(values: Array | list[float]) -> Estimate:
    """Mean over the toy layers and its standard error."""
    return Estimate(
        float(np.mean(values)), float(np.std(values, ddof=1) / math.sqrt(len(values))), len(values)
    )


def run(
    method: Annotated[
        Literal["lora", "full"], Flag("train A and B, or every weight", "只训练 A 和 B，或训练全部权重")
    ] = "lora",
    rank: Annotated[
        int, Flag("rank r of the update", "更新矩阵的秩 r", low=1, high=1024, live={"method": ("lora",)})
    ] = 8,
    alpha: Annotated[
        float,
        Flag("α, of the factor α/r", "缩放系数 α/r 里的 α", low=0, high=2048, live={"method": ("lora",)}),
    ] = 16,
    targets: Annotated[
        Targets, Flag("matrices that get an adapter", "加适配器的权重矩阵", live={"method": ("lora",)})
    ] = "q,v",
    model: Annotated[Model, Flag("model whose memory is counted", "计算显存所用的模型")] = "llama2-7b",
    base: Annotated[
        Base,
        Flag(
            "how the frozen weights are stored; nf4 is QLoRA",
            "冻结权重的存储方式；nf4 即 QLoRA",
            live={"method": ("lora",)},
        ),
    ] = "bf16",
    state_bytes: Annotated[
        float,
        Flag(
            "bytes a trained parameter: weight, gradient, Adam's two moments, fp32 copy",
            "每个可训练参数的字节数：权重、梯度、Adam 两个动量、fp32 主权重",
            low=2,
            high=20,
        ),
    ] = 16,
    scaling: Annotated[
        Literal["standard", "rslora"], Flag("α/r, or α/√r", "α/r 或 α/√r", live={"method": ("lora",)})
    ] = "standard",
    init: Annotated[
        Init, Flag("which factor starts at zero", "哪个因子从零开始", live={"method": ("lora",)})
    ] = "b-zero",
    task_rank: Annotated[
        int, Flag("rank of the change that the toy task wants", "玩具任务所需改变的秩", low=1, high=24)
    ] = 4,
    merge_dtype: Annotated[
        Literal["float64", "float32", "bf16"],
        Flag("number format of the weight merged into", "合并后权重的数值格式", live={"method": ("lora",)}),
    ] = "bf16",
    seeds: Annotated[int, Flag("toy layers that are trained", "训练的玩具层个数", low=2, high=64)] = 4,
    seed: Annotated[int, Flag("random seed", "随机种子", low=0)] = 0,
) -> Result:
    """Count a model's parameters and bytes, and train a toy layer."""
    shape, adapted = SHAPES[model], method == "lora"
    total = shape.total()
    trainable = lora_parameters(shape, targets, rank) if adapted else total
    scale = scale_of(alpha, rank, scaling) if adapted else 1.0
    base_gb = weight_bytes(shape, base) / 1e9 if adapted else 2 * total / 1e9
    states_gb = state_bytes * trainable / 1e9
    full_gb = state_bytes * total / 1e9
    static_gb = base_gb + states_gb if adapted else full_gb

    dtype = {"float64": torch.float64, "float32": torch.float32, "bf16": torch.bfloat16}[merge_dtype]
    generator = torch.Generator().manual_seed(seed)
    change = wanted_change(task_rank, seeds, generator)
    factored = factors(min(rank, WIDTH), seeds, init, generator) if adapted else None
    (before, first, delta), errors = fit(change, factored, scale)
    best = math.sqrt(max(0, task_rank - rank) / task_rank) if adapted else 0.0
    says = (
        "full" if not adapted else "stuck" if init == "both-zero" else "short" if rank < task_rank else "lora"
    )
    picked = list(range(0, STEPS + 1, 10))
    ladder = [2**i for i in range(9)]
    memory = [
        (weight_bytes(shape, base) + state_bytes * lora_parameters(shape, targets, r)) / 1e9 for r in ladder
    ]
    storages: tuple[tuple[str, Base], ...] = (("LoRA", "bf16"), ("QLoRA", "nf4"))
    sites: tuple[Targets, ...] = ("q,v", "all")
    return Result(
        numbers={
            "trainable": float(trainable),
            "trainable_share": trainable / (total + trainable) if adapted else 1.0,
            "base_gb": base_gb,
            "states_gb": states_gb,
            "static_gb": static_gb,
            "full_gb": full_gb,
            "memory_share": static_gb / full_gb,
            "adapter_mb": 2 * trainable / 1e6,
            "adapters_per_copy": total / trainable,
            "scale": scale,
            "init_change": estimate(before.norm(dim=(-2, -1)).tolist()),
            "first_step": estimate((first * change).sum(dim=(-2, -1)).tolist()),
            "best_error": best,
            "fit_error": estimate(errors[-1]),
            "delta_rank": float(numerical_rank(delta[0])),
            "merge_error": estimate(lost_in_merging(delta, dtype, generator))
            if adapted
            else NotRun("there is no adapter to merge", "没有可合并的适配器"),
        },
        ran="training",
        series=[
            Series(
                "error of the toy layer",
                "玩具层的误差",
                picked,
                errors.mean(axis=1)[picked].tolist(),
                "step",
                "relative error",
            ),
            Series("best of this rank", "该秩的最优", [0, STEPS], [best, best], "step", "relative error"),
            Series("LoRA", "LoRA", [math.log2(r) for r in ladder], memory, "log2 r", "GB"),
            Series("full", "全参数微调", [0, 8], [full_gb, full_gb], "log2 r", "GB"),
        ],
        tables=[
            Table(
                "weights and states of this model",
                "该模型的权重与状态",
                ["method", "trained", "weights GB", "states GB", "all GB"],
                [
                    [
                        name,
                        float(n),
                        bytes_ / 1e9,
                        state_bytes * n / 1e9,
                        bytes_ / 1e9 + state_bytes * n / 1e9,
                    ]
                    for name, n, bytes_ in (
                        ("full", total, 0.0),
                        *(
                            (
                                f"{how} r={r} {where}",
                                lora_parameters(shape, where, r),
                                weight_bytes(shape, kind),
                            )
                            for how, kind in storages
                            for where in sites
                            for r in (8, 64)
                        ),
                    )
                ],
            )
        ],
        says=says,
    )


if __name__ == "__main__":
    main(run)
