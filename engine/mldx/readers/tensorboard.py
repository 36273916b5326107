"""TensorBoard event files: the scalars of `event_file`, as one run.

Where the tag does not say the split, the run folder does: Keras writes the same tag into `train/`
and `validation/`, and `add_scalars("Loss", {"train": ..., "val": ...})` writes the tag `Loss` into
`Loss_train/` and `Loss_val/`.

Tags that were written at the same steps are the columns of one table. Another run in the same files
is found in the training loss; from its time on all other tags are taken as well.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from mldx.readers import names, ultralytics
from mldx.readers.assemble import assembled
from mldx.readers.event_file import Scalar, is_event_file, scalars
from mldx.readers.run import Array, Run
from mldx.readers.segments import Selection, select_run
from mldx.readers.source import LogSource
from mldx.readers.table import Column, Table

FORMAT = "TensorBoard events"
_HPARAMS = ("_hparams_/", "hparam/", "hp_metric")
_CLOSING = "train/train_loss"  # of Hugging Face: the mean of the whole run


@dataclass(frozen=True, slots=True)
class _Tag:
    """A tag of one folder; `name` is what says its split and metric."""

    folder: str
    name: str


def recognises(source: LogSource) -> bool:
    """Is it a sequence of events?"""
    return is_event_file(source.head)


def read(source: LogSource) -> list[Run]:
    """Return the run in one event file."""
    return [read_all([source], source.origin)]


def read_all(sources: Iterable[LogSource], origin: str) -> Run:
    """Return the run in event files that belong together: one after the other, or one a split."""
    notes: list[str] = []
    tags = _gathered(sources, notes)
    epochs = _epochs(tags)
    kept = {tag: one for tag, one in tags.items() if not _is_beside(tag.name)}
    last, series = _last_run(kept), kept
    if last is not None:
        series = _since(float(last.table.columns[1].value.min()), series)
    tables = _tables(series, epochs)
    run = assembled(origin, FORMAT, tables, _setup(tables))
    run.notes = [*notes, *run.notes]
    run.ignored += [
        f"tag `{tag.name}`" for tag in tags if tag not in kept and not names.axis(tag.name)
    ]
    _tell_once(run, last)
    return run


def _tell_once(run: Run, last: Selection | None) -> None:
    """Tell each event of the run once, though all tags show it; and of the other runs."""
    run.events = list({(one.kind, one.text): one for one in reversed(run.events)}.values())[::-1]
    if last is not None:
        run.events = [one for one in last.events if one.kind == "restart"] + run.events
        run.notes, run.others = [*run.notes, *last.notes], last.others


def is_part(source: LogSource) -> bool:
    """Was the file written by `add_scalars`, into a folder that is named for its tag?"""
    if source.path is None or not recognises(source):
        return False
    tags = scalars(source.head, [], source.origin)
    folder = source.path.parent.name
    return bool(tags) and all(_part(folder, tag) for tag in tags)


def _part(folder: str, tag: str) -> str:
    """Return which of the lines of `add_scalars` the folder holds; empty when it is none."""
    start = tag.replace("/", "_") + "_"
    return folder.removeprefix(start) if folder.startswith(start) else ""


def _gathered(sources: Iterable[LogSource], notes: list[str]) -> dict[_Tag, Scalar]:
    """Return the points of each tag, file after file in the order of time."""
    found: dict[_Tag, list[Scalar]] = {}
    sources = list(sources)
    folders = [source.path.parent.name if source.path else "" for source in sources]
    for source, folder in zip(sources, _of_catboost(folders), strict=True):
        for tag, points in scalars(source.content, notes, source.origin).items():
            part = _part(folder, tag)
            one = _Tag("", f"{tag}/{part}") if part else _Tag(folder, tag)
            found.setdefault(one, []).append(points)
    return {tag: _joined(parts) for tag, parts in found.items()}


def _of_catboost(folders: list[str]) -> list[str]:
    """Return the folders; beside `learn/`, which is CatBoost's, `test/` is its validation."""
    if "learn" not in folders:
        return folders
    return ["validation" if folder == "test" else folder for folder in folders]


def _joined(parts: list[Scalar]) -> Scalar:
    if len(parts) == 1:
        return parts[0]
    parts.sort(key=lambda one: float(one.wall[0]))
    wall, step, value = (
        np.concatenate([getattr(one, name) for one in parts]) for name in ("wall", "step", "value")
    )
    return Scalar(wall, step, value)


def _is_beside(tag: str) -> bool:
    return names.axis(tag) is not None or tag.startswith(_HPARAMS) or tag == _CLOSING


def _epochs(tags: Mapping[_Tag, Scalar]) -> dict[float, float]:
    """Lightning and Hugging Face log the epoch as a scalar of its own, at the others' steps."""
    return {
        step: value
        for tag, points in tags.items()
        if names.axis(tag.name) == "epoch"
        for step, value in zip(points.step.tolist(), points.value.tolist(), strict=True)
    }


def _tables(tags: Mapping[_Tag, Scalar], epochs: Mapping[float, float]) -> list[Table]:
    """Return the tables, a column for each tag."""
    by_epoch = _is_ultralytics(tags)
    found: dict[tuple[bool, bytes], Table] = {}
    for tag, points in tags.items():
        column = _column(tag, points.value)
        of_epochs = by_epoch or (column.grain == "epoch" and tag.name.startswith("epoch_"))
        key = of_epochs, points.step.tobytes()
        if key not in found:
            found[key] = _empty(points.step, of_epochs, epochs)
        found[key].columns.append(column)
    for table in found.values():
        if by_epoch:
            ultralytics.settle(table)
    return list(found.values())


def _is_ultralytics(tags: Iterable[_Tag]) -> bool:
    return ultralytics.is_known([tag.name for tag in tags])


def _empty(step: Array, of_epochs: bool, epochs: Mapping[float, float]) -> Table:
    if of_epochs:
        return Table(len(step), [], epoch=step.copy())
    return Table(len(step), [], epoch=_looked_up(epochs, step), step=step.copy())


def _looked_up(epochs: Mapping[float, float], step: Array) -> Array | None:
    if not epochs:
        return None
    found = [epochs.get(one) for one in step.tolist()]
    return None if None in found else np.array(found, np.float64)


def _column(tag: _Tag, value: Array) -> Column:
    column = Column.of(tag.name, value, np.ones(len(value), np.bool_))
    column.split = column.split or names.SPLITS.get(tag.folder.lower())
    return column


def _last_run(tags: Mapping[_Tag, Scalar]) -> Selection | None:
    """Return the run to judge as the training loss shows it, with its times; None when the files
    hold one run only.
    """
    losses = [(tag, points) for tag, points in tags.items() if _is_training_loss(tag)]
    if not losses:
        return None
    tag, points = max(losses, key=lambda one: len(one[1].step))
    time = Column("", "time", "other", points.wall, np.ones(len(points.wall), np.bool_))
    columns = [_column(tag, points.value), time]
    chosen = select_run(Table(len(points.step), columns, step=points.step.copy()))
    return chosen if chosen.others else None


def _is_training_loss(tag: _Tag) -> bool:
    told = _column(tag, np.empty(0))
    return told.split in ("train", None) and told.metric == "loss"


def _since(start: float, tags: Mapping[_Tag, Scalar]) -> dict[_Tag, Scalar]:
    """Return what was logged from a time on."""
    kept = {tag: ~(points.wall < start) for tag, points in tags.items()}
    return {
        tag: Scalar(points.wall[rows], points.step[rows], points.value[rows])
        for tag, points in tags.items()
        if (rows := kept[tag]).any()
    }


def _setup(tables: list[Table]) -> dict[str, str]:
    header = [column.name for table in tables for column in table.columns]
    return ultralytics.setup(header) if ultralytics.is_known(header) else {}


__all__ = ["FORMAT", "is_part", "read", "read_all", "recognises"]
