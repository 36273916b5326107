"""What a model, its optimizer and one batch show, in torch; nothing is trained, and all is left as
it was.

    observe.model(net, optimizer, loss_fn, (inputs, targets))
    observe.model(net, optimizer, batch={"input_ids": ids, "labels": labels})

Called between `backward()` and `step()`, it also sees the gradient that the optimizer is about to
use. Of a model that has not taken a step it sees the first loss.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import torch
from torch import nn

from mldx.errors import Fault, ObservationError
from mldx.knowledge import KnowledgeBase, load
from mldx.observe.network import objects, passes
from mldx.observe.network.batch import Batch
from mldx.observe.network.kept import kept
from mldx.provenance import Source
from mldx.symptoms import Observation, Symptoms

__all__ = ["model"]


def model(
    net: Any,
    optimizer: Any = None,
    loss_fn: Any = None,
    batch: Any = None,
    *,
    accumulation: int = 1,
    knowledge: KnowledgeBase | None = None,
) -> Symptoms:
    """Return what a model shows; without a batch only what the objects state.

    net           a torch module
    optimizer     its optimizer, or None
    loss_fn       called with (output, target); None where the model returns a loss of its own
    batch         (inputs, targets), (B, ...) each; or a mapping, what the model is called with
    accumulation  batches whose gradients are meant to add up before a step
    raises        ObservationError, when one of these is not what it should be; what the model or
                  the loss raise on this batch is told in it
    """
    if not isinstance(net, nn.Module):
        what = f"{type(net).__name__} is no torch module."
        raise ObservationError(Fault("model", what, "a torch.nn.Module"))
    rules = knowledge if knowledge is not None else load()
    seen = [*objects.facts(net, optimizer, loss_fn), *objects.held(net, optimizer)]
    seen += objects.adapters(net)
    if batch is not None:
        whole = Batch.of(batch, net, loss_fn)
        before = [one.grad for one in net.parameters()]
        try:
            with kept(net):
                seen += _run(net, optimizer, whole, before, accumulation, rules)
        except (RuntimeError, ValueError, TypeError, IndexError, KeyError) as error:
            said = str(error).splitlines()[0] if str(error) else type(error).__name__
            what = f"the model cannot be run on this batch: {said}"
            help = "hand over a batch as the training loop does"
            raise ObservationError(Fault("model", what, "", help)) from error
    return Symptoms.gather(seen, Source.MEASURED, "the model")


def _run(
    net: nn.Module,
    optimizer: Any,
    batch: Batch,
    before: list[torch.Tensor | None],
    accumulation: int,
    rules: KnowledgeBase,
) -> Iterator[Observation]:
    """Yield what is seen of the model on a batch, in the mode in which it came."""
    name = objects.loss_name(batch.loss_fn)
    yield from passes.inputs(batch, rules.threshold)
    state = torch.get_rng_state()
    with torch.enable_grad():
        loss, output = batch.loss(net)
    yield from passes.outputs(output, batch, name)
    if optimizer is not None and not optimizer.state:
        yield from passes.first_loss(loss, output, name)
    if loss.requires_grad and loss.ndim == 0:
        loss.backward()
        yield from passes.gradients(net)
        fresh = [one.grad for one in net.parameters()]
        yield from passes.kept_gradients(before, fresh, accumulation)
        if optimizer is not None:
            yield from passes.updates(net, optimizer)
    elif not loss.requires_grad:
        figure = "the loss has no gradient at all"
        yield Observation("params_without_grad", 1.0, figure, basis="counted")
    torch.set_rng_state(state)
    yield from passes.units(net, batch)
    yield from passes.modes(net, batch)
    yield from passes.dependence(net, batch)
