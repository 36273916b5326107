"""From a run as it was read to its symptoms: setup, curves, steps, and what the log itself states."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from mldx.knowledge import KnowledgeBase, load
from mldx.observe import guessing, steps, training, validation
from mldx.observe.curves import Curves, prepared
from mldx.observe.overrides import overrule
from mldx.observe.plot_series import plot_series
from mldx.observe.setup import completed, named_alike
from mldx.provenance import Source
from mldx.readers.run import Run
from mldx.symptoms import Observation, Symptoms


def run(path: str | Path, knowledge: KnowledgeBase | None = None) -> Symptoms:
    """Return what a log file, a run folder or a run record shows; of several runs in one file, the
    last.

    raises   UnreadableRun, InputError
    """
    from mldx.readers import read

    return of_run(read(path)[-1], knowledge)


def history(
    series: Mapping[str, Sequence[float | None]],
    knowledge: KnowledgeBase | None = None,
    **setup: Any,
) -> Symptoms:
    """Return what curves in memory show, such as Keras' `History.history`.

    series   name -> values, by epoch unless there is a `step`; names as in a run record ("train_loss" or "loss", "val_acc")
    setup    setup facts that help to judge them, by id: n_classes=10, optimizer="adam"
    raises   InputError, naming the series that cannot be used
    """
    from mldx.readers.record import of_mapping

    series = getattr(series, "history", series)  # what Keras' fit returns holds its series there
    plain = {name: _plain(values) for name, values in series.items()}
    return of_run(of_mapping({"history": plain, "setup": setup}, "history"), knowledge)


def _plain(values: Any) -> Any:
    """Bring arrays and numpy scalars to Python numbers; what is neither is left for the record to
    judge.
    """
    listed = values.tolist() if hasattr(values, "tolist") else values
    return (
        [one.item() if isinstance(one, np.generic) else one for one in listed]
        if isinstance(listed, list)
        else listed
    )


def of_run(source: Run, knowledge: KnowledgeBase | None = None) -> Symptoms:
    """Return what a run that was read shows, with its own answers and setup facts.

    A measurement comes before an answer, except for the answers that the run says overrule it.
    """
    rules = knowledge if knowledge is not None else load()
    answers = Symptoms.of(**{**_setup(source), **source.answers})
    facts = named_alike(answers.facts, rules)
    seen = [*measured(prepared(source, facts, rules.threshold), rules)]
    found = answers | Symptoms.gather(seen, Source.MEASURED, source.origin)
    together = completed(found.with_plot_series(plot_series(source)), rules)
    return overrule(together, {id: source.answers[id] for id in source.overruled}, rules)


def measured(curves: Curves, knowledge: KnowledgeBase) -> list[Observation]:
    """Return every observation that the curves allow; values too large to reckon with allow none."""
    limit = knowledge.threshold
    with np.errstate(all="ignore"):
        seen = [
            *training.observations(curves, limit),
            *guessing.observations(curves, limit),
            *validation.observations(curves, limit),
            *steps.observations(curves, limit),
        ]
    return [one for one in seen if not isinstance(one.value, float) or math.isfinite(one.value)]


def _setup(source: Run) -> dict[str, Any]:
    """The setup facts of a run; the peak of a logged rate is its learning rate, when nothing else
    says it.
    """
    facts = {key: value for key, value in source.setup.items() if value is not None}
    rates = [one for one in source.series if one.metric == "lr" and len(one)]
    if rates and "learning_rate" not in facts:
        finite = rates[0].value[np.isfinite(rates[0].value) & (rates[0].value >= 0)]
        if len(finite):
            facts["learning_rate"] = float(finite.max())
    if any(one.metric.startswith("map50") for one in source.series):
        facts = {"task": "detection", "domain": "vision", **facts}
    return facts
