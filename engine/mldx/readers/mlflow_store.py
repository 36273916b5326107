"""The file store of MLflow: a folder for each run, `mlruns/<experiment>/<run>/`.

    meta.yaml           run_id, run_name, lifecycle_stage
    metrics/val/loss    a line each point; see `mlflow_metric`
    params/lr           the value of a parameter
    tags/mlflow.runName its name, in older stores

A run that was deleted stays in its folder and says so in `meta.yaml`; it is left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from mldx.errors import InputError
from mldx.readers.faults import unreadable
from mldx.readers.hyperparameters import setup_of
from mldx.readers.mlflow_metric import points_of
from mldx.readers.run import Run
from mldx.readers.scalars import Points, run_of
from mldx.readers.side_files import params_of, parsed_yaml
from mldx.readers.source import LogSource, MayRead, anything

FORMAT = "MLflow file store"
_MOST_METRICS = 2000
_IDS = ("run_id", "run_uuid")


def is_entry(names: frozenset[str]) -> bool:
    """Are these the files and folders of an entry of the store: a run, or a logged model?"""
    return "meta.yaml" in names and bool(names & {"metrics", "params"})


def read(folder: Path, may_read: MayRead = anything) -> Run | None:
    """Return the run in a folder, None when it was deleted or is no run but a logged model.

    raises   UnreadableRun when it logged no loss
    """
    meta = _meta(folder, may_read)
    if meta.get("lifecycle_stage", "active") != "active" or not any(one in meta for one in _IDS):
        return None
    metrics, damaged = _metrics(folder / "metrics", may_read)
    if not metrics:
        raise unreadable(str(folder), "the run logged no metric.", "a run that logged its loss")
    run = run_of(str(folder), FORMAT, metrics, _setup(folder, may_read))
    run.ignored += damaged
    run.name = str(meta.get("run_name") or _tag(folder / "tags" / "mlflow.runName", may_read))
    return run


def _meta(folder: Path, may_read: MayRead) -> Mapping[str, object]:
    path = folder / "meta.yaml"
    if not may_read(path):
        return {}
    meta = parsed_yaml(LogSource.of_file(path).text, str(path))
    return meta if isinstance(meta, Mapping) else {}


def _metrics(folder: Path, may_read: MayRead) -> tuple[dict[str, Points], list[str]]:
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
    return path.read_text("utf-8", "replace").strip() if path.is_file() and may_read(path) else ""
