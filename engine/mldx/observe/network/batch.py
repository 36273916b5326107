"""A batch as a training loop has it, and the network run on it.

(inputs, targets)             tensors; inputs may be several: ((ids, mask), targets)
{"input_ids": …, "labels": …} what models of transformers take by name; the loss is their own
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import nn

from mldx.errors import Fault, ObservationError


@dataclass(frozen=True, slots=True)
class Batch:
    """One batch, on the device of the network.

    args, named  what the network is called with
    target       what the loss compares with, or None where the network has a loss of its own
    """

    args: tuple[Any, ...]
    named: dict[str, Any]
    target: torch.Tensor | None
    loss_fn: Callable[..., Any] | None

    @classmethod
    def of(cls, given: Any, net: nn.Module, loss_fn: Any) -> Batch:
        """Return a batch in one form.

        raises   ObservationError, when it is none of the forms above
        """
        device = next((one.device for one in net.parameters()), torch.device("cpu"))
        moved = _moved(given, device)
        if isinstance(moved, Mapping):
            return cls((), dict(moved), None, None)
        if not isinstance(moved, (tuple, list)) or len(moved) != 2:
            what = f"the batch is {type(given).__name__}."
            raise ObservationError(Fault("model", what, "(inputs, targets), or a mapping"))
        inputs, target = moved
        args = tuple(inputs) if isinstance(inputs, (tuple, list)) else (inputs,)
        return cls(args, {}, target, loss_fn)

    @property
    def inputs(self) -> torch.Tensor | None:
        """The first tensor that goes in."""
        given = (*self.args, *self.named.values())
        return next((one for one in given if isinstance(one, torch.Tensor)), None)

    @property
    def size(self) -> int:
        """How many samples there are."""
        first = self.inputs
        return 0 if first is None or first.ndim == 0 else len(first)

    def with_inputs(self, inputs: torch.Tensor) -> Batch:
        """Return the batch with another first tensor."""
        if self.args:
            return Batch((inputs, *self.args[1:]), self.named, self.target, self.loss_fn)
        first = next(name for name, one in self.named.items() if isinstance(one, torch.Tensor))
        return Batch((), {**self.named, first: inputs}, None, None)

    def last(self) -> Batch:
        """Return the last sample of the batch, alone."""
        cut = _last(self.size)
        named = {name: cut(one) for name, one in self.named.items()}
        target = None if self.target is None else cut(self.target)
        return Batch(tuple(map(cut, self.args)), named, target, self.loss_fn)

    def output(self, net: nn.Module) -> torch.Tensor | None:
        """Run the network, and return its output where that is one tensor."""
        return plain(net(*self.args, **self.named))

    def loss(self, net: nn.Module) -> tuple[torch.Tensor, torch.Tensor | None]:
        """Run the network, and return the loss and the output."""
        found = net(*self.args, **self.named)
        output = plain(found)
        if self.loss_fn is not None:
            return self.loss_fn(output if output is not None else found, self.target), output
        own = getattr(found, "loss", None)
        if own is None and isinstance(found, Mapping):
            own = found.get("loss")
        if own is None:
            what = "the model returns no loss, and there is no loss function."
            raise ObservationError(Fault("model", what, "loss_fn, or labels in the batch"))
        return own, output


def plain(output: Any) -> torch.Tensor | None:
    """Return the tensor that an output is or holds as logits."""
    if isinstance(output, torch.Tensor):
        return output
    held = getattr(output, "logits", None)
    if held is None and isinstance(output, (tuple, list)) and output:
        held = output[0]
    return held if isinstance(held, torch.Tensor) else None


def _moved(given: Any, device: torch.device) -> Any:
    if isinstance(given, torch.Tensor):
        return given.detach().to(device)
    if isinstance(given, Mapping):
        return {str(name): _moved(one, device) for name, one in given.items()}
    if isinstance(given, (tuple, list)):
        return tuple(_moved(one, device) for one in given)
    return given


def _last(size: int) -> Callable[[Any], Any]:
    def cut(one: Any) -> Any:
        whole = isinstance(one, torch.Tensor) and one.ndim > 0 and len(one) == size
        return one[-1:] if whole else one

    return cut
