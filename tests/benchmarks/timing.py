"""Times that hold on a shared machine: programs take turns over the same data, CPU time counts, and
what is compared is the ratio within one run.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Mapping, Sequence
from statistics import median
from typing import Any

ROUNDS = 9


def in_turn(
    programs: Mapping[str, Callable[[Any], Any]],
    data: Mapping[str, Sequence[Any]],
    rounds: int = ROUNDS,
) -> dict[str, list[float]]:
    """Return CPU microseconds an item, by program and round.

    data    what each program is given, by its name
    """
    taken: dict[str, list[float]] = {name: [] for name in programs}
    names = list(programs)
    for turn in range(rounds + 1):
        for name in names[turn % len(names) :] + names[: turn % len(names)]:
            program, items = programs[name], data[name]
            gc.collect()
            begun = time.process_time_ns()
            for item in items:
                program(item)
            spent = (time.process_time_ns() - begun) / 1000 / len(items)
            if turn:  # the first round fills what is kept
                taken[name].append(spent)
    return taken


def table(taken: Mapping[str, Sequence[float]], anchor: str) -> str:
    """Return the medians as a table, each beside its ratio to the anchor, taken round by round."""
    lines = [f"{'':44} {'CPU us':>10} {'least':>10} {'x anchor':>9}"]
    for name, times in taken.items():
        ratio = median(a / b for a, b in zip(times, taken[anchor], strict=True))
        lines.append(f"{name:44} {median(times):10.1f} {min(times):10.1f} {ratio:9.2f}")
    return "\n".join(lines)
