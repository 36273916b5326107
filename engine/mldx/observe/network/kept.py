"""A network that is looked at and left as it was: its mode, its buffers, its gradients, its hooks,
and every random state.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch
from torch import nn


@contextmanager
def kept(net: nn.Module) -> Iterator[None]:
    """Let the block run the network forwards and backwards; afterwards all is as before, also when
    the block raises.

    Parameters are never changed, so that only their gradients are set aside. Buffers (the running
    statistics of BatchNorm) are copied and copied back.
    """
    modes = [(module, module.training) for module in net.modules()]
    buffers = [(buffer, buffer.detach().clone()) for buffer in net.buffers()]
    gradients = [(one, one.grad) for one in net.parameters()]
    states = _random_states()
    for one, _ in gradients:
        one.grad = None
    try:
        yield
    finally:
        for one, gradient in gradients:
            one.grad = gradient
        with torch.no_grad():
            for buffer, before in buffers:
                buffer.copy_(before)
        for module, mode in modes:
            module.training = mode
        _set_random_states(states)


def _random_states() -> tuple[Any, ...]:
    devices = torch.cuda.get_rng_state_all() if torch.cuda.is_available() else []
    numbers = np.random.get_state()  # noqa: NPY002  # the user's own, put back afterwards
    return random.getstate(), numbers, torch.get_rng_state(), devices


def _set_random_states(states: tuple[Any, ...]) -> None:
    python, numbers, cpu, devices = states
    random.setstate(python)
    np.random.set_state(numbers)  # noqa: NPY002  # as above
    torch.set_rng_state(cpu)
    if devices:
        torch.cuda.set_rng_state_all(devices)


@contextmanager
def watched(modules: list[nn.Module]) -> Iterator[list[torch.Tensor | None]]:
    """Collect what modules put out in one forward pass; the hooks are taken off at the end."""
    seen: list[torch.Tensor | None] = [None] * len(modules)

    def hook(place: int) -> Any:
        def keep(module: nn.Module, given: Any, output: Any) -> None:
            if isinstance(output, torch.Tensor):
                seen[place] = output.detach()

        return keep

    handles = [one.register_forward_hook(hook(place)) for place, one in enumerate(modules)]
    try:
        yield seen
    finally:
        for handle in handles:
            handle.remove()
