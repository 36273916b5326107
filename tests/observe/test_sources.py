"""What may be handed to `diagnose`: each kind of thing is the run that it stands for."""

import math
from types import SimpleNamespace

import numpy as np
import pytest

from mldx import Symptoms, diagnose
from mldx.errors import InputError
from mldx.observe.sources import run_of, symptoms_of
from mldx.readers import read, read_text

LOSS = [2.31, 2.30, 2.30, 2.30, 2.30]
LIGHTNING = "epoch,step,train_loss,val_loss\n" + "".join(
    f"{n},{10 * n + 9},,{1.5 / (n + 1):.3f}\n{n},{10 * n + 9},{1 / (n + 1):.3f},\n"
    for n in range(5)
)
KERAS = "epoch,loss,accuracy,val_loss\n0,2.3,0.1,2.4\n1,2.2,0.1,2.3\n2,nan,0.1,nan\n3,nan,0.1,nan\n"


def tensor(value):
    """A 0-d tensor as torch and tensorflow have them: a number by `item()` only."""
    return SimpleNamespace(item=lambda: value)


def vector(values):
    """A tensor with a gradient: an array only after `detach().cpu().numpy()`."""
    on_cpu = SimpleNamespace(numpy=lambda: np.array(values))
    return SimpleNamespace(detach=lambda: SimpleNamespace(cpu=lambda: on_cpu))


def polars_frame(**columns):
    """A frame whose columns are gone through by `iter_columns`."""
    held = [
        SimpleNamespace(name=name, to_list=lambda values=values: values)
        for name, values in columns.items()
    ]
    return SimpleNamespace(columns=list(columns), iter_columns=lambda: iter(held))


HISTORY = SimpleNamespace(history={"loss": LOSS, "val_loss": LOSS})  # as Keras' `fit` returns it


def values(run, split="train", metric="loss"):
    return run.get(split, metric).value.tolist()


def same_series(run, other):
    told = [
        sorted((one.split, one.metric, one.value.tolist(), one.x.tolist()) for one in each.series)
        for each in (run, other)
    ]
    return repr(told[0]) == repr(told[1])  # by repr, for NaN is not equal to itself


@pytest.mark.parametrize(
    "source",
    [
        {"loss": LOSS},
        {"train_loss": np.array(LOSS)},
        {"train/loss": [tensor(value) for value in LOSS]},
        {"loss": vector(LOSS)},
        {"loss": [np.float32(value) for value in LOSS], "epoch": range(5)},
        {"setup": {"n_classes": 10}, "history": {"loss": np.array(LOSS)}},
        [{"step": step, "loss": tensor(value)} for step, value in enumerate(LOSS)],
        {"log_history": [{"step": step, "loss": value} for step, value in enumerate(LOSS)]},
        HISTORY,
    ],
)
def test_a_flat_loss_is_flat_however_it_is_given(source):
    """Lists, arrays, tensors, rows, a record and a History are one run."""
    seen = diagnose(source, n_classes=10, learning_rate=0.05)

    assert seen.verdict == "faulty"
    assert np.allclose(values(run_of(source)), LOSS)


def test_a_path_is_read(tmp_path):
    """A path stands for the run that lies there, as text or as a Path."""
    (tmp_path / "log.csv").write_text(KERAS)

    as_text, as_path = diagnose(str(tmp_path / "log.csv")), diagnose(tmp_path / "log.csv")

    assert as_text.model_dump_json() == as_path.model_dump_json()


def test_a_folder_of_runs_is_not_one_run(tmp_path):
    """Where a path holds several runs, none is picked in silence: they are named."""
    for name in ("version_0", "version_1"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "metrics.csv").write_text(KERAS)

    with pytest.raises(InputError, match=r"there are 2 runs in it: .*version_0.*version_1"):
        diagnose(tmp_path)


def test_symptoms_are_taken_as_they_are():
    """Symptoms need no reading; facts are added to them."""
    seen = symptoms_of(Symptoms.of(loss_shape="flat"), {"n_classes": 10})

    assert seen == Symptoms.of(loss_shape="flat", n_classes=10)


@pytest.mark.parametrize("text", [LIGHTNING, KERAS])
def test_a_frame_of_pandas_is_the_file_it_was_read_from(tmp_path, text):
    """Empty cells stay empty and NaN stays NaN, though pandas writes both alike."""
    pandas = pytest.importorskip("pandas")
    (tmp_path / "metrics.csv").write_text(text)
    frame = pandas.read_csv(tmp_path / "metrics.csv")

    run, as_rows, as_lists = map(run_of, (frame, frame.to_dict("records"), frame.to_dict("list")))

    (as_file,) = read_text(text, "log")
    assert all(same_series(one, as_file) for one in (run, as_rows, as_lists))


def test_an_epoch_that_is_empty_in_a_frame():
    """Rows without an epoch, as the rows of a learning rate are, take that of the row before."""
    run = run_of({"epoch": [0, math.nan, 1, math.nan], "loss": [2.0, math.nan, 1.0, math.nan]})

    assert run.get("train", "loss").epoch.tolist()[:3] == [0, 0, 1]


def test_the_index_of_a_frame_may_be_its_epoch():
    """An index that is called epoch is the axis."""
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame({"epoch": [5, 6], "loss": [2.0, 1.0]}).set_index("epoch")

    assert run_of(frame).get("train", "loss").epoch.tolist() == [5, 6]


def test_a_frame_of_polars():
    """A frame that is not of pandas is known by what it can do."""
    assert values(run_of(polars_frame(epoch=[0, 1], loss=[2.0, 1.0]))) == [2.0, 1.0]


def test_loss_that_is_nan_from_the_first_step():
    """A training loss without one number is NaN; an unused column beside it is empty."""
    nothing = [math.nan] * 3
    run = run_of({"loss": nothing, "val_loss": nothing, "accuracy": [0.1, 0.1, 0.1]})

    assert all(map(math.isnan, values(run)))
    assert run.get("val", "loss") is None


@pytest.mark.parametrize(
    "source, told",
    [
        ({"a": [1, 2, 3]}, "no series in it is known by its name; there are `a`."),
        ({}, "there are none at all"),
        ([], "there is no row"),
        ({"loss": [1, 2], "val_loss": [1]}, "of different lengths: loss 2, val_loss 1"),
        ({"loss": 0.5}, "it is 0.5"),
        ({"histroy": {"loss": [1]}}, "write `history`"),
        ([2.3, 2.2], 'say what the numbers are: {"train_loss": numbers}'),
        (np.array([2.3, 2.2]), 'say what the numbers are: {"train_loss": numbers}'),
        (3, "3 (int) is not a run"),
        ([{"speed": 1.0}], "there is no loss in it"),
        ("gone.csv", "there is no such file"),
    ],
)  # fmt: skip
def test_what_is_not_a_run_is_refused(source, told):
    """The error names what was seen and what is expected."""
    with pytest.raises(InputError) as caught:
        diagnose(source)

    assert told in str(caught.value)
    assert "expected:" in str(caught.value)


def test_a_fact_that_does_not_exist_is_refused():
    """A mistyped fact is not passed over."""
    with pytest.raises(InputError, match="learning_rat"):
        diagnose({"loss": LOSS}, learning_rat=0.1)


def test_a_run_is_itself(tmp_path):
    """What the readers return can be handed on."""
    (tmp_path / "log.csv").write_text(KERAS)
    (run,) = read(tmp_path / "log.csv")

    assert run_of(run) is run
