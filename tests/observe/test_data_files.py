"""Data and predictions in files show what they show in memory; what cannot be read is refused."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from mldx import observe
from mldx.errors import InputError, MldxError
from mldx.observe.dataset.files import data_in_files, predictions_in_file


@pytest.fixture
def table():
    dice = np.random.default_rng(0)
    x = dice.normal(size=(200, 3))
    return pl.DataFrame(x, schema=["a", "b", "c"]).with_columns(y=(x[:, 0] > 0).astype(int))


WRITERS = {
    "parquet": lambda table, path: table.write_parquet(path),
    "csv": lambda table, path: table.write_csv(path),
    "tsv": lambda table, path: table.write_csv(path, separator="\t"),
    "jsonl": lambda table, path: table.write_ndjson(path),
    "feather": lambda table, path: table.write_ipc(path),
    "npz": lambda table, path: np.savez(
        path, x=table.select("a", "b", "c").to_numpy(), y=table["y"].to_numpy()
    ),
}


@pytest.mark.parametrize("kind", WRITERS)
def test_a_file_is_what_it_holds(tmp_path, table, kind):
    """Data in a file shows what it shows in memory, in every form."""
    path = tmp_path / f"train.{kind}"
    WRITERS[kind](table, path)
    x, y = table.select("a", "b", "c").to_numpy(), table["y"].to_numpy()

    target = None if kind == "npz" else "y"
    found = data_in_files(path, path, target=target)
    assert found.observed == pytest.approx(observe.data(x, y, x, y).observed)


@pytest.mark.parametrize(
    "columns",
    [
        {"y_true": [0, 1] * 50, "y_pred": [0, 0] * 50},
        {"label": [0, 1] * 50, "prediction": [0, 0] * 50},
        {"y": [0, 1] * 50, "proba_0": [0.9, 0.8] * 50, "proba_1": [0.1, 0.2] * 50},
        {"truth": [0, 1] * 50, "score": [0.1, 0.2] * 50},
    ],
)
def test_predictions_in_a_table(tmp_path, columns):
    """The columns of truth and answer are known by their usual names."""
    pl.DataFrame(columns).write_csv(tmp_path / "preds.csv")

    found = predictions_in_file(tmp_path / "preds.csv")
    assert found.observed["predicts_single_class"] == 1


def test_the_truth_by_name(tmp_path):
    """A column of the truth with a name of its own is named."""
    pl.DataFrame({"price": [1.5, 2.5] * 30, "pred": [2.0, 2.0] * 30}).write_csv(tmp_path / "p.csv")

    found = predictions_in_file(tmp_path / "p.csv", target="price")
    assert found.observed["pred_std_ratio"] == 0


@pytest.mark.parametrize(
    "name,content,part",
    [
        ("gone.csv", None, "no such file"),
        ("run.log", b"epoch 1", "is no table"),
        ("broken.parquet", b"PAR1 and nothing", "cannot be read"),
        ("pickle.npz", b"\x80\x04K\x01.", "cannot be read"),
        ("other.csv", b"a,b\n1,2\n", "the truth is not in it; there are `a`, `b`"),
        ("half.csv", b"y_true,b\n1,2\n", "an answer or a probability"),
    ],
)
def test_what_is_no_table_of_predictions(tmp_path, name, content, part):
    """A file without predictions is refused, naming file and columns."""
    if content is not None:
        (tmp_path / name).write_bytes(content)

    with pytest.raises(InputError, match=part):
        predictions_in_file(tmp_path / name)


def test_a_pickled_array_is_never_opened(tmp_path):
    """An array of objects is a pickle, and refused."""
    np.savez(tmp_path / "d.npz", x=np.array([{}], dtype=object))

    with pytest.raises(MldxError, match="cannot be read"):
        data_in_files(tmp_path / "d.npz")
