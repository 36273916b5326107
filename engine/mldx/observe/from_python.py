"""What is observed from Python: a log by its path, or curves in memory."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mldx.knowledge import KnowledgeBase
from mldx.observe.intake import observed
from mldx.observe.sources import run_of
from mldx.symptoms import Symptoms


def run(
    path: str | Path,
    knowledge: KnowledgeBase | None = None,
    series: Mapping[str, str] | None = None,
) -> Symptoms:
    """Return what a log file, a run folder or a run record shows; of several runs in one file, the
    last.

    series   the log's own names of series by what they are: {"train_loss": "total_loss"}

    raises   UnreadableRun; InputError, also for a folder of several runs
    """
    from mldx.readers import read_one

    return observed(read_one(path, series=series), knowledge=knowledge)


def history(series: Any, knowledge: KnowledgeBase | None = None, **setup: Any) -> Symptoms:
    """Return what curves in memory show.

    series   name -> values, by epoch unless there is an `epoch` or a `step`; or rows, a frame, what
             Keras' `fit` returns: whatever `mldx.diagnose` takes
    setup    setup facts that help to judge them, by id: n_classes=10, optimizer="adam"
    raises   InputError, naming the series that cannot be used
    """
    series = getattr(series, "history", series)  # what Keras' fit returns holds its series there
    source = {"history": series} if isinstance(series, Mapping) else series
    return observed(run_of(source, "history"), facts=setup, knowledge=knowledge)
