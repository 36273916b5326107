"""Ultralytics and YOLOv5 `results.csv`: padded columns, the loss only in parts, the scores under
`metrics/`.

The parts (box, cls, dfl or obj, ...) are summed into one loss a split, and stay as series of their
own, because they are weighted differently. One learning rate a parameter group is logged; that of
the biases warms up from 0.1 and is never the one that was set, so it is judged last.
"""

from __future__ import annotations

from mldx.readers.assemble import assembled
from mldx.readers.delimited import dialect, table
from mldx.readers.names import is_loss
from mldx.readers.run import Run
from mldx.readers.source import LogSource
from mldx.readers.table import Column, Table

FORMAT = "Ultralytics results.csv"


def recognises(source: LogSource) -> bool:
    """Are there losses of `train/` beside scores of `metrics/`?"""
    how = dialect(source)
    names = how.header if how else []
    return any(name.startswith("metrics/") for name in names) and any(
        name.startswith("train/") and name.endswith("loss") for name in names
    )


def read(source: LogSource) -> list[Run]:
    """Return the run, its losses summed."""
    how = dialect(source)
    assert how is not None
    rows = table(source, how)
    for one in rows.columns:
        one.split = "val" if one.name.startswith("metrics/") else one.split
    _sum_losses(rows)
    _order_rates(rows)
    return [assembled(source.origin, FORMAT, rows, _setup(how.header))]


def _sum_losses(rows: Table) -> None:
    for split in ("train", "val"):
        parts = [one for one in rows.columns if one.split == split and is_loss(one.metric)]
        if len(parts) > 1 and rows.of_split(split, "loss") is None:
            rows.add_sum(split, parts)
            rows.notes.append(f"summed {len(parts)} losses into the {split} loss")


def _order_rates(rows: Table) -> None:
    """Put the groups that start lowest first; `sort` keeps the order of equals."""
    rates = sorted((one for one in rows.columns if one.metric == "lr"), key=_start)
    rows.columns = [one for one in rows.columns if one.metric != "lr"] + rates


def _start(rate: Column) -> float:
    return float(rate.value[rate.there][0])


def _setup(header: list[str]) -> dict[str, str]:
    parts = " ".join(header)
    setup = {"framework": "ultralytics", "domain": "vision"}
    if "pose_loss" in parts:
        return setup  # no task of ours is the finding of poses
    if "seg_loss" in parts:
        return {**setup, "task": "segmentation"}
    return {**setup, "task": "multiclass" if "accuracy_top1" in parts else "detection"}
