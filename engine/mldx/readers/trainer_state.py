"""Hugging Face `trainer_state.json`: a list of log entries, training and evaluation mixed.

The last entry holds `train_loss`, the mean over the whole run and no point of its curve. `loss` is
a mean since the entry before, rounded to 4 digits, and 0.0 can also mean that NaN was filtered out:
look at `grad_norm` too.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from mldx.readers.assemble import assembled
from mldx.readers.faults import unreadable
from mldx.readers.names import direction, named
from mldx.readers.numbers import plain
from mldx.readers.run import Run
from mldx.readers.source import LogSource
from mldx.readers.table import Table

FORMAT = "Hugging Face trainer_state.json"
_BESIDE = ("_runtime", "_per_second", "total_flos", "num_input_tokens_seen", "num_tokens")


def recognises(source: LogSource) -> bool:
    """Is there a `log_history`?"""
    return isinstance(source.document, dict) and "log_history" in source.document


def read(source: LogSource) -> list[Run]:
    """Return the run."""
    state = source.document
    entries = state["log_history"]
    if not isinstance(entries, list) or not entries:
        raise unreadable(
            source.origin, "`log_history` holds no entries.", "one entry each `logging_steps` steps"
        )
    run = assembled(source.origin, FORMAT, table_of(entries), _setup(state))
    run.ignored += [*_summaries(entries), *_batch(state)]
    return [run]


def table_of(entries: Sequence[object]) -> Table:
    """Return the table of log entries, those that sum up the run left out."""
    rows = [_row(entry) for entry in entries if isinstance(entry, dict) and not is_summary(entry)]
    table = Table.of_rows([row for row in rows if row])
    _take_first_set(table)
    return table


def is_summary(entry: Mapping[str, object]) -> bool:
    """Does the entry sum up the run instead of adding to its curve?"""
    return "train_runtime" in entry or ("train_loss" in entry and "total_flos" in entry)


def sums_up(names: Collection[str]) -> bool:
    """May a row with some of these names sum up the run?"""
    return "train_runtime" in names or "total_flos" in names


def _summaries(entries: Sequence[object]) -> list[str]:
    means = [
        entry["train_loss"]
        for entry in entries
        if isinstance(entry, dict) and is_summary(entry) and "train_loss" in entry
    ]
    return [
        f"`train_loss` {mean} of the last entry, which is the mean of the run" for mean in means
    ]


def _row(entry: Mapping[object, object]) -> dict[str, float]:
    numbers = {str(name): plain(value) for name, value in entry.items()}
    return {
        name: value
        for name, value in numbers.items()
        if value is not None and not name.endswith(_BESIDE)
    }


def _take_first_set(table: Table) -> None:
    """With several evaluation sets (`eval_<set>_loss`) the first is validation; the others keep
    their names.
    """
    if table.of_split("val", "loss"):
        return
    first = next(
        (one for one in table.columns if one.split == "val" and one.metric.endswith("_loss")), None
    )
    if first is None:
        return
    prefix = first.metric.removesuffix("loss")
    table.notes.append(f"evaluation set `{prefix[:-1]}` is taken as validation")
    for one in table.columns:
        if one.split == "val" and one.metric.startswith(prefix) and direction(one.metric):
            one.metric = named(one.metric.removeprefix(prefix)).metric


def _setup(state: Mapping[str, Any]) -> dict[str, Any]:
    planned = plain(state.get("num_train_epochs"))
    return {"framework": "transformers", **({} if planned is None else {"epochs_planned": planned})}


def _batch(state: Mapping[str, Any]) -> list[str]:
    """Say what `train_batch_size` is: what one device sees in a step, not what an update does."""
    batch = state.get("train_batch_size")
    if not isinstance(batch, int) or isinstance(batch, bool):
        return []
    return [f"`train_batch_size` {batch}, which one device sees in one step of accumulation"]
