"""Ultralytics and YOLOv5 `results.csv`: padded columns, the loss only in parts, the scores under
`metrics/`; and `results.txt` of before, the same without a header.

The parts (box, cls, dfl or obj, ...) are summed into one loss a split, and stay as series of their
own, because they are weighted differently. One learning rate a parameter group is logged; that of
the biases warms up from 0.1 and is never the one that was set, so it is judged last.

`results.txt` is known by its form: `0/299  3.97G`, the parts of the training loss and their sum,
labels, image size, four scores, the parts of the validation loss. The proof is that the fourth loss
is the sum of the three before it, and that no score is above 1.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from mldx.readers.assemble import assembled
from mldx.readers.delimited import table
from mldx.readers.dialects import dialect
from mldx.readers.names import is_loss
from mldx.readers.numbers import PATTERN
from mldx.readers.run import Array, Run
from mldx.readers.source import LogSource
from mldx.readers.table import Column, Table

FORMAT = "Ultralytics results.csv"
_TXT = "YOLO results.txt"
_ROW = re.compile(
    rf"[ \t]*(\d+)/(\d+)[ \t]+[\d.]+[GM]((?:[ \t]+{PATTERN}){{13}})[ \t]*", re.IGNORECASE
)
_COLUMNS = (
    "train/box_loss", "train/obj_loss", "train/cls_loss", "train/loss", "labels", "img_size",
    "metrics/precision", "metrics/recall", "metrics/mAP_0.5", "metrics/mAP_0.5:0.95",
    "val/box_loss", "val/obj_loss", "val/cls_loss",
)  # fmt: skip
_ROUNDED = 0.01  # of the sum: four digits are written, in older versions three


def recognises(source: LogSource) -> bool:
    """Are there losses of `train/` beside scores of `metrics/`, or rows in the form of
    `results.txt`?
    """
    if _is_txt(source.sample):
        return True
    how = dialect(source)
    return how is not None and is_known(how.header)


def is_known(header: Sequence[str]) -> bool:
    """Are there losses of `train/` beside scores of `metrics/`?"""
    return any(name.startswith("metrics/") for name in header) and any(
        name.startswith("train/") and name.endswith("loss") for name in header
    )


def read(source: LogSource) -> list[Run]:
    """Return the run, its losses summed."""
    if _is_txt(source.sample):
        return [_of_txt(source)]
    how = dialect(source)
    assert how is not None
    rows = table(source, how)
    settle(rows)
    return [assembled(source.origin, FORMAT, rows, setup(how.header))]


def settle(rows: Table) -> None:
    """Put the scores under validation, sum the losses and order the learning rates."""
    for one in rows.columns:
        one.split = "val" if one.name.startswith("metrics/") else one.split
    for split in ("train", "val"):
        parts = [one for one in rows.columns if one.split == split and is_loss(one.metric)]
        if len(parts) > 1 and rows.of_split(split, "loss") is None:
            rows.add_sum(split, parts)
            rows.notes.append(f"summed {len(parts)} losses into the {split} loss")
    _order_rates(rows)


def _order_rates(rows: Table) -> None:
    """Put the groups that start lowest first; `sort` keeps the order of equals."""
    rates = sorted((one for one in rows.columns if one.metric == "lr"), key=_start)
    rows.columns = [one for one in rows.columns if one.metric != "lr"] + rates


def _start(rate: Column) -> float:
    return float(rate.value[rate.there][0])


def setup(header: Sequence[str]) -> dict[str, str]:
    """Return the facts that the names of the columns say."""
    parts = " ".join(header)
    facts = {"framework": "ultralytics", "domain": "vision"}
    if "pose_loss" in parts:
        return facts  # no task of ours is the finding of poses
    if "seg_loss" in parts:
        return {**facts, "task": "segmentation"}
    return {**facts, "task": "multiclass" if "accuracy_top1" in parts else "detection"}


def _is_txt(sample: str) -> bool:
    """Are the first rows of the form, and do their losses add up?"""
    lines = [line for line in sample.split("\n")[:50] if line.strip()]
    whole = lines[:-1] or lines  # the last of the sample may be cut
    return bool(whole) and all(map(_ROW.fullmatch, whole)) and _adds_up(_values(whole))


def _values(lines: Sequence[str]) -> Array:
    """Return the numbers (N, 13) after epoch and memory."""
    found = [match[3].split() for line in lines if (match := _ROW.fullmatch(line))]
    return np.array(found, np.float64)


def _adds_up(values: Array) -> bool:
    """Is the fourth loss the sum of three, and is no score above 1?"""
    parts, total, scores = values[:, :3].sum(axis=1), values[:, 3], values[:, 6:10]
    sound = np.isfinite(total)
    adds_up = np.abs(parts - total)[sound] <= _ROUNDED * np.abs(total[sound])
    return bool(adds_up.all() and (scores[np.isfinite(scores)] <= 1).all())


def _of_txt(source: LogSource) -> Run:
    rows = [match for line in source.text.split("\n") if (match := _ROW.fullmatch(line))]
    values = _values([row[0] for row in rows])
    there = np.ones(len(rows), np.bool_)
    raw = {
        name: (values[:, place], there)
        for place, name in enumerate(_columns(values))
        if name not in ("labels", "img_size")
    }
    found = Table.of(
        {"epoch": (np.array([float(row[1]) for row in rows]), there), **raw}, len(rows)
    )
    settle(found)
    planned = {"epochs_planned": int(rows[-1][2]) + 1, "domain": "vision", "task": "detection"}
    return assembled(source.origin, _TXT, found, {"framework": "yolo", **planned})


def _columns(values: Array) -> tuple[str, ...]:
    """The second mAP is the F1 score in the oldest versions."""
    precision, recall, last = values[:, 6], values[:, 7], values[:, 9]
    f1 = 2 * precision * recall / np.maximum(precision + recall, 1e-16)
    if (last <= values[:, 8] + 1e-9).all() and not np.allclose(last, f1, rtol=0.02, atol=1e-3):
        return _COLUMNS
    return tuple("metrics/f1" if name == "metrics/mAP_0.5:0.95" else name for name in _COLUMNS)
