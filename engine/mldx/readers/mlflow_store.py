"""The file store of MLflow: a folder for each run, `mlruns/<experiment>/<run>/`.

    meta.yaml           run_id, run_name, start_time, lifecycle_stage
    metrics/val/loss    a line each point; see `mlflow_metric`
    params/lr           the value of a parameter
    tags/mlflow.runName its name, in older stores

A run that was deleted stays in its folder and says so in `meta.yaml`; it is left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from mldx.errors import InputError
from mldx.readers.faults import unreadable
from mldx.readers.hyperparameters import setup_of
from mldx.readers.mlflow_metric import points_of
from mldx.readers.numbers import plain
from mldx.readers.run import Run
from mldx.readers.scalars import MetricPoints, run_of
from mldx.readers.side_files import params_of, parsed_yaml
from mldx.readers.source import LogSource, MayRead, anything

FORMAT = "MLflow file store"
_MOST_METRICS = 2000
_IDS = ("run_id", "run_uuid")


def is_entry(names: frozenset[str]) -> bool:
    """Are these the files and folders of an entry of the store: a run, or a logged model?"""
    return "meta.yaml" in names and bool(names & {"metrics", "params"})


@dataclass(slots=True)
class StoredRun:
    """A run of the store, or what stood in the way of reading it."""

    folder: Path
    name: str
    started: float
    run: Run | None = None
    error: InputError | None = None


def read_all(folders: Iterable[Path], may_read: MayRead = anything) -> list[StoredRun]:
    """Return the runs in these folders in the order they were started, without deleted ones and
    without models that runs logged.
    """
    found = [entry for folder in folders if (entry := _entry(folder, may_read)) is not None]
    for entry in found:
        try:
            entry.run = _run(entry, may_read)
        except InputError as error:
            entry.error = error
    return sorted(found, key=lambda entry: entry.started)


def _entry(folder: Path, may_read: MayRead) -> StoredRun | None:
    try:
        meta = _meta(folder, may_read)
    except InputError:
        meta = {}
    if meta.get("lifecycle_stage", "active") != "active" or not any(one in meta for one in _IDS):
        return None
    name = meta.get("run_name") or _tag(folder / "tags" / "mlflow.runName", may_read)
    return StoredRun(folder, str(name or folder.name), plain(meta.get("start_time")) or 0.0)


def _run(entry: StoredRun, may_read: MayRead) -> Run:
    metrics, damaged = _metrics(entry.folder / "metrics", may_read)
    where = str(entry.folder)
    if not metrics:
        raise unreadable(where, "the run logged no metric.", "a run that logged its loss")
    run = run_of(where, FORMAT, metrics, _setup(entry.folder, may_read))
    run.ignored += damaged
    run.name = entry.name
    return run


def _meta(folder: Path, may_read: MayRead) -> Mapping[str, object]:
    path = folder / "meta.yaml"
    if not may_read(path):
        return {}
    meta = parsed_yaml(LogSource.of_file(path).text, str(path))
    return meta if isinstance(meta, Mapping) else {}


def _metrics(folder: Path, may_read: MayRead) -> tuple[dict[str, MetricPoints], list[str]]:
    """Return the metrics by name, and those whose file is damaged, in words."""
    metrics, damaged = {}, []
    for path in sorted(folder.rglob("*"))[:_MOST_METRICS]:
        if not path.is_file() or not may_read(path):
            continue
        name = path.relative_to(folder).as_posix()
        try:
            metrics[name] = points_of(LogSource.of_file(path))
        except InputError as error:
            damaged.append(f"`metrics/{name}`: {error.faults[0].what}")
    return metrics, damaged


def _setup(folder: Path, may_read: MayRead) -> dict[str, object]:
    params = folder / "params"
    return setup_of(params_of(params, may_read)) if params.is_dir() else {}


def _tag(path: Path, may_read: MayRead) -> str:
    return LogSource.of_file(path).text.strip() if path.is_file() and may_read(path) else ""
