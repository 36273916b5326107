"""What a forward and a backward pass show: the first loss, gradients, units, modes, dependence.

Each yields only what it can decide; what a model does not have is not observed.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

import torch
from torch import nn

from mldx.observe.curves import percent
from mldx.observe.network.batch import Batch
from mldx.observe.network.kept import watched
from mldx.observe.network.objects import DROPOUTS
from mldx.observe.setup import scale_class
from mldx.symptoms import Observation

Thresholds = Callable[[str], float]
_RELUS = (nn.ReLU, nn.ReLU6)
_BOUNDED: dict[type[nn.Module], tuple[float, float]] = {
    nn.Sigmoid: (0.0, 1.0),
    nn.Tanh: (-1.0, 1.0),
}
_LAYERS = (nn.Linear, nn.Conv1d, nn.Conv2d, nn.Conv3d)
_EDGE = 0.01  # of the span of an activation, within which a unit is at its limit
_SAME = 1e-4  # of the spread of the outputs: what the order of additions alone may change
_LEAST = 8  # samples, below which a unit that is off says nothing


def inputs(batch: Batch, limit: Thresholds) -> Iterator[Observation]:
    """Yield the range of what goes in, and the size of the batch."""
    first = batch.inputs
    if first is None or not first.numel():
        return
    yield Observation("batch_size", batch.size)
    if not first.is_floating_point():
        return
    bad = float((~torch.isfinite(first)).float().mean())
    if bad:  # one clean batch says nothing of the rest
        yield Observation("input_nonfinite", bad, f"{percent(bad)} of a batch", basis="counted")
    finite = first[torch.isfinite(first)]
    if len(finite):
        low, high = float(finite.min()), float(finite.max())
        found = scale_class(low, high, limit)
        figure = f"a batch spans {low:.4g}..{high:.4g}"
        yield Observation("input_scale_class", found, figure, basis="counted")


def outputs(output: torch.Tensor | None, batch: Batch, loss: str | None) -> Iterator[Observation]:
    """Yield what the last layer puts out: units, activation, its shape beside the target."""
    if output is None or output.ndim < 1 or not output.is_floating_point():
        return
    if output.ndim == 2:
        yield Observation("output_units", output.shape[1])
    if (activation := _activation(output)) is not None:
        yield Observation("output_activation", activation)
    target = batch.target
    elementwise = loss in ("mse", "mae", "huber", "binary_cross_entropy")
    if isinstance(target, torch.Tensor) and elementwise:
        figure = f"output {tuple(output.shape)}, target {tuple(target.shape)}"
        differ = output.shape != target.shape
        yield Observation("shapes_broadcast", differ, figure, basis="counted")


def _activation(output: torch.Tensor) -> str | None:
    """Return the activation that the range of an output shows, None where it shows none."""
    output = output.detach()
    low, high = float(output.min()), float(output.max())
    if not math.isfinite(high - low) or low == high:
        return None
    if output.ndim >= 2 and output.shape[1] > 1:
        if low >= 0 and _ones(output.sum(dim=1)):
            return "softmax"
        if high <= 0 and _ones(output.exp().sum(dim=1)):
            return "log_softmax"
    return _of_range(low, high) if output.numel() > _LEAST else None


def _of_range(low: float, high: float) -> str | None:
    if low > 0 and high < 1:
        return "sigmoid"
    return "linear" if low < -1 or (low < 0 and high > 1) else None


def _ones(rows: torch.Tensor) -> bool:
    return bool(torch.allclose(rows, torch.ones_like(rows), atol=1e-3))


def first_loss(
    loss: torch.Tensor, output: torch.Tensor | None, name: str | None
) -> Iterator[Observation]:
    """Yield the first loss over that of knowing nothing; only of a model that took no step yet."""
    if name == "cross_entropy" and output is not None and output.ndim >= 2:
        classes = output.shape[1] if output.ndim == 2 else output.shape[-1]
        nothing = math.log(classes) if classes > 1 else 0.0
    elif name in ("binary_cross_entropy", "binary_cross_entropy_with_logits"):
        nothing = math.log(2)
    else:
        return
    value = float(loss.detach())
    if nothing and math.isfinite(value) and value >= 0:
        figure = f"{value:.4g} before the first step, {nothing:.4g} for knowing nothing"
        yield Observation("init_loss_ratio", value / nothing, figure, basis="counted")


def gradients(net: nn.Module) -> Iterator[Observation]:
    """Yield what a backward pass left on the parameters."""
    held = [(name, one) for name, one in net.named_parameters() if one.requires_grad]
    if not held:
        return
    without = [(name, one) for name, one in held if not _has_gradient(one)]
    share = sum(one.numel() for _, one in without) / sum(one.numel() for _, one in held)
    named = f", first `{without[0][0]}`" if without else ""
    figure = f"{percent(share)} of trainable parameters have no gradient{named}"
    yield Observation("params_without_grad", share, figure, basis="counted")
    yield from _early_and_late([one for _, one in held])


def _has_gradient(one: nn.Parameter) -> bool:
    return one.grad is not None and bool(one.grad.any())


def _early_and_late(parameters: list[nn.Parameter]) -> Iterator[Observation]:
    norms = [float(one.grad.norm()) for one in parameters if one.grad is not None and one.ndim > 1]
    if len(norms) < 2 or norms[-1] <= 0 or not all(map(math.isfinite, (norms[0], norms[-1]))):
        return
    figure = f"{norms[0]:.3g} in the first layer, {norms[-1]:.3g} in the last"
    yield Observation("grad_early_late_ratio", norms[0] / norms[-1], figure, basis="counted")


def kept_gradients(
    before: list[torch.Tensor | None], fresh: list[torch.Tensor | None], steps: int
) -> Iterator[Observation]:
    """Yield the gradient that was there, as the optimizer would use it, over a fresh one.

    before  what stood on the parameters when the model was handed over
    fresh   that of the batch alone
    steps   batches that are meant to add up
    """
    pairs = [(a, b) for a, b in zip(before, fresh, strict=True) if a is not None and b is not None]
    if not pairs:
        return
    there = math.sqrt(sum(float(a.double().pow(2).sum()) for a, _ in pairs))
    alone = math.sqrt(sum(float(b.double().pow(2).sum()) for _, b in pairs))
    if alone > 0 and math.isfinite(there):
        figure = f"norm {there:.3g} where one batch gives {alone:.3g}"
        ratio = there / alone / max(1, steps)
        yield Observation("gradient_kept_ratio", ratio, figure, basis="counted")


def units(net: nn.Module, batch: Batch) -> Iterator[Observation]:
    """Yield dead and saturated units, and how the scale of activations changes with depth."""
    modules = [one for one in net.modules() if isinstance(one, (*_RELUS, *_BOUNDED, *_LAYERS))]
    with watched(modules) as seen, torch.no_grad():
        batch.output(net)
    pairs = [(one, out) for one, out in zip(modules, seen, strict=True) if out is not None]
    if batch.size >= _LEAST:
        yield from _dead(_of_kind(pairs, _RELUS))
    bounded = [(one, out) for one, out in pairs if type(one) in _BOUNDED]
    yield from _saturated(bounded[:-1] if _ends_bounded(modules) else bounded)
    yield from _drift([float(out.float().std()) for out in _of_kind(pairs, _LAYERS)])


def _of_kind(
    pairs: list[tuple[nn.Module, torch.Tensor]], kinds: tuple[type[nn.Module], ...]
) -> list[torch.Tensor]:
    return [out for one, out in pairs if isinstance(one, kinds)]


def _dead(outputs: list[torch.Tensor]) -> Iterator[Observation]:
    if not outputs:
        return
    every = torch.cat([_ever(out > 0) for out in outputs])
    dead = 1 - float(every.float().mean())
    figure = f"{percent(dead)} of {len(every)} ReLU units are off for the whole batch"
    yield Observation("dead_relu_fraction", dead, figure, basis="counted")


def _saturated(bounded: list[tuple[nn.Module, torch.Tensor]]) -> Iterator[Observation]:
    if not bounded:
        return
    at_limit = torch.cat([_at_limit(out, *_BOUNDED[type(one)]) for one, out in bounded])
    share = float(at_limit.float().mean())
    figure = f"{percent(share)} of sigmoid and tanh outputs are at their limits"
    yield Observation("saturated_fraction", share, figure, basis="counted")


def _drift(spreads: list[float]) -> Iterator[Observation]:
    if len(spreads) < 3 or min(spreads) <= 0 or not math.isfinite(max(spreads)):
        return
    figure = f"spread of a layer's output {min(spreads):.3g} to {max(spreads):.3g}"
    ratio = max(spreads) / min(spreads)
    yield Observation("activation_scale_drift", ratio, figure, basis="counted")


def _ends_bounded(modules: list[nn.Module]) -> bool:
    return bool(modules) and type(modules[-1]) in _BOUNDED


def _ever(on: torch.Tensor) -> torch.Tensor:
    """(units,), is a unit on for any sample, at any position? Channels stand second in pictures."""
    if on.ndim <= 2:
        return on.reshape(len(on), -1).any(dim=0)
    if on.ndim == 3:
        return on.reshape(-1, on.shape[-1]).any(dim=0)
    return on.transpose(0, 1).reshape(on.shape[1], -1).any(dim=1)


def _at_limit(output: torch.Tensor, low: float, high: float) -> torch.Tensor:
    edge = _EDGE * (high - low)
    return ((output < low + edge) | (output > high - edge)).flatten()


def modes(net: nn.Module, batch: Batch) -> Iterator[Observation]:
    """Yield the loss in eval mode over that in train mode, on the same batch, dropout off in
    both.
    """
    losses = []
    for mode in (True, False):
        net.train(mode)
        for one in net.modules():
            if isinstance(one, DROPOUTS):
                one.eval()
        with torch.no_grad():
            losses.append(float(batch.loss(net)[0]))
    trained, evaluated = losses
    if math.isfinite(trained) and math.isfinite(evaluated) and trained > 0:
        figure = f"loss {evaluated:.4g} in eval mode, {trained:.4g} in train mode"
        gap = max(0.0, evaluated / trained)
        yield Observation("train_eval_mode_gap", gap, figure, basis="counted")


def dependence(net: nn.Module, batch: Batch) -> Iterator[Observation]:
    """Yield, in eval mode, whether a sample depends on its neighbours, a position on later ones,
    and whether the whole network is one linear map.
    """
    net.eval()
    with torch.no_grad():
        whole = batch.output(net)
        if whole is None or batch.size < 2 or len(whole) != batch.size:
            return
        spread = float(whole.float().std()) or 1.0
        alone = batch.last().output(net)  # what reads the batch as time reaches the last sample
        if alone is not None and alone.shape[1:] == whole.shape[1:]:
            change = float((alone[-1] - whole[-1]).abs().max())
            figure = f"alone its output differs by {change:.3g}, outputs spread by {spread:.3g}"
            yield Observation("samples_depend", change > _SAME * spread, figure, basis="counted")
        yield from _future(net, batch, whole, spread)
        yield from _linear(net, batch, spread)


def _future(
    net: nn.Module, batch: Batch, whole: torch.Tensor, spread: float
) -> Iterator[Observation]:
    """Change the last position of whole numbers (B, T) and look at the output before it."""
    first = batch.inputs
    tokens = first is not None and first.ndim == 2 and not first.is_floating_point()
    if first is None or not tokens or whole.ndim != 3 or whole.shape[1] != first.shape[1]:
        return
    changed = first.clone()
    changed[:, -1] = first[:, 0] if not torch.equal(first[:, -1], first[:, 0]) else first[:, 1]
    other = batch.with_inputs(changed).output(net)
    if other is None or torch.equal(changed, first):
        return
    change = float((other[:, :-1] - whole[:, :-1]).abs().max())
    figure = f"another last token changes earlier outputs by {change:.3g}"
    yield Observation("future_visible", change > _SAME * spread, figure, basis="counted")


def _linear(net: nn.Module, batch: Batch, spread: float) -> Iterator[Observation]:
    """Compare the output between two inputs with the middle of their outputs."""
    first = batch.inputs
    if first is None or not first.is_floating_point() or not _has_depth(net):
        return
    turned = first.roll(1, dims=0)
    one, other, middle = (
        batch.with_inputs(x).output(net) for x in (first, turned, (first + turned) / 2)
    )
    if one is None or other is None or middle is None or not spread:
        return
    bend = float((middle - (one + other) / 2).abs().mean())
    figure = f"between two inputs the output is off a straight line by {percent(bend / spread)}"
    yield Observation("output_is_linear", bend < 1e-3 * spread, figure, basis="counted")


def _has_depth(net: nn.Module) -> bool:
    return sum(isinstance(one, _LAYERS) for one in net.modules()) > 1


def updates(net: nn.Module, optimizer: Any) -> Iterator[Observation]:
    """Yield how large a step is beside the weights it moves; for SGD and the Adam family."""
    step = _STEPS.get(type(optimizer).__name__)
    if step is None:
        return
    moves = [
        (one.detach(), step(one, group, optimizer.state.get(one, {})))
        for group in optimizer.param_groups
        for one in group["params"]
        if _has_gradient(one) and bool(one.any())
    ]
    yield from _ratio([float(move.norm() / one.float().norm()) for one, move in moves])
    yield from _rounding([pair for pair in moves if pair[0].dtype in _HALVES])


def _ratio(ratios: list[float]) -> Iterator[Observation]:
    middle = sorted(ratios)[len(ratios) // 2] if ratios else 0.0
    if middle > 0 and math.isfinite(middle):
        figure = f"a step moves the median layer by {middle:.2g} of its weights"
        yield Observation("update_ratio", math.log10(middle), figure, basis="counted")


def _rounding(moves: list[tuple[torch.Tensor, torch.Tensor]]) -> Iterator[Observation]:
    if not moves:
        return
    still = sum(int(((one.float() - move).to(one.dtype) == one).sum()) for one, move in moves)
    share = still / sum(one.numel() for one, _ in moves)
    figure = f"{percent(share)} of 16-bit weights stay where they are in a step"
    yield Observation("weights_in_bf16", True, "weights are held in 16 bits", basis="counted")
    yield Observation("numbers_unchanged", share, figure, basis="counted")


_HALVES = (torch.bfloat16, torch.float16)


def _sgd(one: nn.Parameter, group: dict[str, Any], state: dict[str, Any]) -> torch.Tensor:
    assert one.grad is not None
    held = state.get("momentum_buffer")
    gradient = one.grad.float()
    if held is not None:
        gradient = group["momentum"] * held.float() + gradient
    return float(group["lr"]) * gradient


def _adam(one: nn.Parameter, group: dict[str, Any], state: dict[str, Any]) -> torch.Tensor:
    """The step that Adam takes next (Kingma & Ba 2015, algorithm 1); the first has no history."""
    assert one.grad is not None
    gradient = one.grad.float()
    first, second = group["betas"]
    count = int(state.get("step", 0)) + 1
    mean = first * state["exp_avg"].float() if "exp_avg" in state else 0.0
    square = second * state["exp_avg_sq"].float() if "exp_avg_sq" in state else 0.0
    mean = (mean + (1 - first) * gradient) / (1 - first**count)
    square = (square + (1 - second) * gradient**2) / (1 - second**count)
    return torch.as_tensor(float(group["lr"]) * mean / (square.sqrt() + group["eps"]))


_STEPS: dict[str, Callable[..., torch.Tensor]] = {
    "SGD": _sgd,
    "Adam": _adam,
    "AdamW": _adam,
    "NAdam": _adam,
}
