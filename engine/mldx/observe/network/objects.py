"""What the objects of a training loop state without running: setup facts, and which parameters the
optimizer holds.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import torch
from torch import nn

from mldx.observe.curves import percent
from mldx.symptoms import Observation

_LOSSES = {
    "CrossEntropyLoss": "cross_entropy",
    "NLLLoss": "nll",
    "BCELoss": "binary_cross_entropy",
    "BCEWithLogitsLoss": "binary_cross_entropy_with_logits",
    "MSELoss": "mse",
    "L1Loss": "mae",
    "SmoothL1Loss": "huber",
    "HuberLoss": "huber",
    "cross_entropy": "cross_entropy",
    "nll_loss": "nll",
    "binary_cross_entropy": "binary_cross_entropy",
    "binary_cross_entropy_with_logits": "binary_cross_entropy_with_logits",
    "mse_loss": "mse",
    "l1_loss": "mae",
    "smooth_l1_loss": "huber",
    "huber_loss": "huber",
}
_NORMS = (nn.BatchNorm1d, nn.BatchNorm2d, nn.BatchNorm3d, nn.SyncBatchNorm)
DROPOUTS = (nn.Dropout, nn.Dropout1d, nn.Dropout2d, nn.Dropout3d, nn.AlphaDropout)
_PRECISION = {
    torch.float32: "fp32",
    torch.float64: "fp64",
    torch.float16: "fp16",
    torch.bfloat16: "bf16",
}


def facts(net: nn.Module, optimizer: Any, loss_fn: Any) -> Iterator[Observation]:
    """Yield the setup facts that the objects state."""
    yield Observation("framework", "torch")
    yield Observation("batchnorm", any(isinstance(one, _NORMS) for one in net.modules()))
    yield Observation("dropout", _greatest_dropout(net) or False)
    kinds = {one.dtype for one in net.parameters() if one.is_floating_point()}
    if len(kinds) == 1:
        yield Observation("precision", _PRECISION.get(kinds.pop(), "other"))
    if name := loss_name(loss_fn):
        yield Observation("loss_fn", name)
    if _adapters(net):
        yield Observation("tuning", "adapter")
    if optimizer is not None:
        yield from _of_optimizer(optimizer)


def _greatest_dropout(net: nn.Module) -> float:
    rates = [float(one.p) for one in net.modules() if isinstance(one, DROPOUTS)]
    rates += [float(one.dropout) for one in net.modules() if isinstance(one, nn.RNNBase)]
    return max(rates, default=0.0)


def loss_name(loss_fn: Any) -> str | None:
    """Return the name of a loss function, None for one of the user's own."""
    for name in (type(loss_fn).__name__, getattr(loss_fn, "__name__", "")):
        if name in _LOSSES:
            return _LOSSES[name]
    return None


def _of_optimizer(optimizer: Any) -> Iterator[Observation]:
    yield Observation("optimizer", type(optimizer).__name__.lower())
    groups = optimizer.param_groups
    yield Observation("learning_rate", max(float(one["lr"]) for one in groups))
    decay = max(float(one.get("weight_decay", 0.0)) for one in groups)
    yield Observation("weight_decay", decay or False)


def held(net: nn.Module, optimizer: Any) -> Iterator[Observation]:
    """Yield which share of the parameters the optimizer moves, and whether layers are frozen."""
    everything = list(net.parameters())
    yield Observation("frozen_layers", not all(one.requires_grad for one in everything))
    total = _count(everything)
    if optimizer is None or not total:
        return
    known = {id(one) for group in optimizer.param_groups for one in group["params"]}
    moved = _count(one for one in everything if id(one) in known and one.requires_grad)
    figure = f"the optimizer moves {moved} of {total} parameters"
    yield Observation("trainable_fraction", moved / total, figure, basis="counted")


def _count(parameters: Iterable[nn.Parameter]) -> int:
    return sum(one.numel() for one in parameters)


def adapters(net: nn.Module) -> Iterator[Observation]:
    """Yield where low-rank adapters sit (the names that PEFT gives them)."""
    linear = [name for name, one in net.named_modules() if isinstance(one, nn.Linear)]
    base = [name.removesuffix(".base_layer") for name in linear if "lora_" not in name]
    reached = _adapters(net) & set(base)
    if not reached:
        return
    share = len(reached) / len(base)
    figure = f"{percent(share)} of {len(base)} linear layers have an adapter"
    yield Observation("adapter_targets", _where(reached, share), figure, basis="counted")


def _where(reached: set[str], share: float) -> str:
    if share > _NEARLY_ALL:
        return "all_linear"
    words = {name.rpartition(".")[2].lower() for name in reached}
    return "attention" if all(map(_is_of_attention, words)) else "few"


def _is_of_attention(word: str) -> bool:
    return any(part in word for part in _ATTENTION)


_NEARLY_ALL = 0.8
_ATTENTION = (
    "q_proj",
    "k_proj",
    "v_proj",
    "o_proj",
    "out_proj",
    "attn",
    "query",
    "key",
    "value",
    "qkv",
)


def _adapters(net: nn.Module) -> set[str]:
    """The names of the layers that have a low-rank adapter."""
    names = (name for name, _ in net.named_modules() if name.endswith("lora_A"))
    return {name.rpartition(".")[0] for name in names}
