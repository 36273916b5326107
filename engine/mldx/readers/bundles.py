"""Files that are read as one log: the parts of a run, each in a file of its own.

    train.csv, val.csv                      only a split tells them apart
    learn_error.tsv, test_error.tsv         the same, of CatBoost
    train_loss.csv, val_accuracy.csv        a file each metric; a table each tag, of TensorBoard
    plots/metrics/train/loss.tsv            a file each metric in folders, of DVCLive
    metrics_epoch_0.json, ..._1.json        a file each epoch, of AllenNLP
    training_log_2024_1_1_12_0_0.txt, ...   one begun whenever the training went on, of nnU-Net
    train/events..., validation/events...   event files of one folder, or of one split each
    Loss_train/events..., Loss_val/events.. the lines of a chart, of TensorBoard's `add_scalars`

Every other file is a log by itself.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from mldx.errors import InputError
from mldx.readers import names
from mldx.readers.assemble import assembled
from mldx.readers.delimited import table
from mldx.readers.dialects import dialect
from mldx.readers.faults import unreadable
from mldx.readers.json_rows import of_rows
from mldx.readers.recognise import read_source
from mldx.readers.run import Run, Split
from mldx.readers.scalars import MetricPoints, run_of
from mldx.readers.source import LogSource
from mldx.readers.table import Column, Table

CATBOOST = {"framework": "catboost", "model_family": "boosting"}
_OF_CATBOOST = ("learn_error.tsv", "test_error.tsv")
_TABLE = (".csv", ".tsv")
_TAG = re.compile(r"(?:run-.*?-)?tag-(.+)", re.IGNORECASE)
_NUMBERED = re.compile(r"(?:metrics|results|log|scores)?_?epoch_?(\d{1,6})\.json", re.IGNORECASE)
_CONTINUED = re.compile(r"training_log_[\d_]+\.txt")
_ENDS = re.compile(r"(?:\.(?:log|out|err|txt|csv|tsv|json|jsonl|ya?ml|gz|zst|bz2|xz))+$")
_UNNAMED = frozenset({"value", "values", "y", "metric", "val"})


@dataclass(frozen=True)
class Log:
    """What is read as one.

    path   the file, or the first of those that belong together
    files  all of them
    load   returns the runs in those of them that may be read
    """

    path: Path
    files: tuple[Path, ...]
    load: Callable[[Sequence[Path]], list[Run]]

    @classmethod
    def of(cls, path: Path) -> Log:
        """Return the log that one file is."""
        return cls(path, (path,), lambda files: read_source(LogSource.of_file(files[0])))


def bundled(files: Iterable[Path]) -> list[Log]:
    """Return the logs that the files of one run folder are."""
    groups: dict[object, list[Path]] = {}
    for file in files:
        groups.setdefault(_key(file), []).append(file)
    return [log for key, group in groups.items() for log in _logs(key, group)]


def _key(file: Path) -> object:
    """Return what files that belong together share; that of any other file is its own path."""
    if "tfevents" in file.name:
        return "events", _without_split(file.parent.parent if is_line(file) else file.parent)
    metrics = next((one for one in file.parents if _is_of_dvclive(one)), None)
    if metrics is not None and file.suffix == ".tsv":
        return "dvclive", metrics
    if _NUMBERED.fullmatch(file.name):
        return "epochs", file.parent
    if _CONTINUED.fullmatch(file.name):
        return "continued", file.parent
    if file.suffix.lower() in _TABLE:
        return "tables", _without_split(file.parent), file.suffix, _rest(file)
    return "splits", _without_split(file.parent), file.suffix, _rest(file)


def is_line(file: Path) -> bool:
    """Is it one line of a chart that `add_scalars` writes, in a folder named for the chart?"""
    if "tfevents" not in file.name or "_" not in file.parent.name:
        return False
    from mldx.readers import tensorboard

    return tensorboard.is_part(LogSource.of_file(file))


def _is_of_dvclive(folder: Path) -> bool:
    return folder.name in ("metrics", "scalars") and folder.parent.name == "plots"


def _without_split(folder: Path) -> Path:
    return folder.parent if folder.name.lower() in names.SPLITS else folder


def words_of(file: Path) -> list[str]:
    """Return the words in the name of a file, without its ends (`.log.json`, `.csv.gz`)."""
    return [word for word in re.split(r"[\s_.\-]+", _ENDS.sub("", file.name.lower())) if word]


def _rest(file: Path) -> str:
    """Return the name of a file without what says the split, or the metric in a table of its own.

    TensorBoard's exports are told apart by the run in their name.
    """
    tag = _TAG.search(file.stem)
    if tag:
        return f"tag of {file.stem[: tag.start(1)]}"
    rest = " ".join(word for word in words_of(file) if word not in names.SPLITS)
    metric = names.named(rest.replace(" ", "_")).metric
    return "" if file.suffix.lower() in _TABLE and metric in names.CANONICAL else rest


def _logs(key: object, files: list[Path]) -> Iterator[Log]:
    kind = key[0] if isinstance(key, tuple) else key
    if kind == "events":
        yield Log(files[0], tuple(files), _events)
    elif kind in _LOADERS and (len(files) > 1 or kind == "dvclive"):
        yield from _joined(str(kind), files)
    else:
        yield from map(Log.of, files)


def _joined(kind: str, files: list[Path]) -> Iterator[Log]:
    """Yield one log of files that a split or a metric tells apart; of two that nothing tells apart,
    the second is a log by itself.
    """
    seen: set[tuple[str, ...]] = set()
    together: list[Path] = []
    others: list[Path] = []
    for file in files:
        told = (_split_word(file), *(words_of(file) if kind == "tables" else ()))
        apart = kind not in ("tables", "splits") or told not in seen
        seen.add(told)
        (together if apart else others).append(file)
    if len(together) > 1 or kind == "dvclive":
        yield Log(together[0], tuple(together), _LOADERS[kind])
    else:
        yield Log.of(together[0])
    yield from map(Log.of, others)


def _split_word(file: Path) -> str:
    words = [*reversed(words_of(file)), file.parent.name.lower()]
    return next((word for word in words if word in names.SPLITS), "")


def split_of(file: Path) -> Split | None:
    """Return the split that the name of a file says, or that of its folder; CatBoost's test set is
    its validation.
    """
    if file.name == "test_error.tsv":
        return "val"
    return names.SPLITS.get(_split_word(file))


def _events(files: Sequence[Path]) -> list[Run]:
    from mldx.readers import tensorboard

    return [tensorboard.read_all(map(LogSource.of_file, files), str(files[0].parent))]


def _tables(files: Sequence[Path]) -> list[Run]:
    """Return the run of tables, each for a split or a metric."""
    tables, faults = [], list[InputError]()
    for file in files:
        try:
            tables.append(_table(file))
        except InputError as error:
            faults.append(error)
    if not tables:
        raise faults[0]
    if files[0].name in _OF_CATBOOST:
        run = assembled(str(files[0]), "CatBoost tables", _with_loss(tables), dict(CATBOOST))
    else:
        run = assembled(str(files[0]), f"{len(tables)} tables of one run", tables)
    run.ignored += [str(error.faults[0]) for error in faults]
    return [run]


def _with_loss(tables: list[Table]) -> list[Table]:
    """Take the first metric that falls as the loss, or the first of unknown direction: CatBoost
    names it by its function.
    """
    columns = [column for one in tables for column in one.columns]
    columns.sort(key=lambda column: names.direction(column.metric))
    for column in columns:
        if column.name == columns[0].name and names.direction(column.metric) <= 0:
            column.metric = "loss"
    return tables


def _table(file: Path) -> Table:
    source = LogSource.of_file(file)
    how = dialect(source)
    if how is None:
        raise unreadable(source.origin, "it is no table with a header.", "a CSV file")
    rows = table(source, how)
    if len(rows.columns) == 1 and rows.columns[0].name.strip().lower() in _UNNAMED:
        rows.columns = [_named(rows.columns[0], _metric_of(file))]
    for column in rows.columns:
        column.split = column.split or split_of(file)
    rows.count_epochs()
    return rows


def _metric_of(file: Path) -> str:
    tag = _TAG.search(file.stem)
    return tag[1] if tag else file.stem


def _named(column: Column, name: str) -> Column:
    """Return a column under the name that its file has."""
    return Column.of(name, column.value, column.there)


def _splits(files: Sequence[Path]) -> list[Run]:
    """Return the run of logs that a split tells apart, from those that can be read."""
    runs, faults = list[Run](), list[InputError]()
    for file in files:
        try:
            found = read_source(LogSource.of_file(file))
            if len(found) > 1:
                raise unreadable(str(file), "there are several runs in it.", "one run")
        except InputError as error:
            faults.append(error)
        else:
            runs.append(_of_split(found[0], split_of(file)))
    if not runs:
        raise faults[0]
    first, *others = runs
    for other in others:
        first.series += other.series
        first.events += other.events
        first.notes += [note for note in other.notes if note not in first.notes]
    first.ignored += [str(error.faults[0]) for error in faults]
    return [first]


def _of_split(run: Run, split: Split | None) -> Run:
    """Return a run whose series are of a split, where their own names say none."""
    run.series = [
        one
        if split is None or names.named(one.name).split or one.metric in names.PROCESS
        else replace(one, split=split)
        for one in run.series
    ]
    return run


def _dvclive(files: Sequence[Path]) -> list[Run]:
    """Return the run of metrics with a file each; its path is the name."""
    metrics = {}
    for file in files:
        rows = _table(file)
        top = next(one for one in file.parents if _is_of_dvclive(one))
        metrics[file.relative_to(top).with_suffix("").as_posix()] = _points(rows)
    return [run_of(str(files[0]), "DVCLive metrics", metrics)]


def _points(rows: Table) -> MetricPoints:
    """Return the points of the last column; where the epoch is what was logged, of that."""
    axis = rows.step if rows.step is not None else np.arange(1.0, rows.size + 1)
    if rows.columns:
        last = rows.columns[-1]
        return MetricPoints(axis[last.there].tolist(), last.value[last.there].tolist())
    return (
        MetricPoints() if rows.epoch is None else MetricPoints(axis.tolist(), rows.epoch.tolist())
    )


def _epochs(files: Sequence[Path]) -> list[Run]:
    """Return the run whose epochs have a file each."""
    rows = []
    for file in sorted(files, key=_number):
        document = LogSource.of_file(file).document
        if isinstance(document, dict):
            rows.append({"epoch": _number(file), **document})
    return [of_rows(rows, str(files[0]), "one JSON file an epoch")]


def _number(file: Path) -> int:
    found = _NUMBERED.fullmatch(file.name)
    return int(found[1]) if found else 0


def _continued(files: Sequence[Path]) -> list[Run]:
    """Return the run of text logs, one behind the other."""
    content = b"\n".join(LogSource.of_file(file).content for file in files)
    return read_source(LogSource(str(files[0]), lambda: io.BytesIO(content)))


_LOADERS: dict[str, Callable[[Sequence[Path]], list[Run]]] = {
    "tables": _tables,
    "splits": _splits,
    "dvclive": _dvclive,
    "epochs": _epochs,
    "continued": _continued,
}
