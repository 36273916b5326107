"""Run records, Keras histories, trainer states, JSON lines."""

from __future__ import annotations

import json
import math

import pytest

from mldx.errors import InputError, UnreadableRun
from mldx.readers import read_text

STATE = {
    "global_step": 20,
    "num_train_epochs": 3,
    "train_batch_size": 16,
    "log_history": [
        {"epoch": 0.5, "grad_norm": 1.5, "learning_rate": 2e-5, "loss": 0.7, "step": 10},
        {"epoch": 1.0, "grad_norm": math.nan, "learning_rate": 1e-5, "loss": 0.0, "step": 20},
        {"epoch": 1.0, "eval_loss": 0.6, "eval_accuracy": 0.8, "eval_runtime": 1.5, "step": 20},
        {"epoch": 1.0, "step": 20, "total_flos": 1.0, "train_loss": 0.35, "train_runtime": 10.0},
    ],
}


def one(document):
    (run,) = read_text(document if isinstance(document, str) else json.dumps(document), "run.json")
    return run


def faults(document):
    with pytest.raises(InputError) as caught:
        one(document)
    return caught.value.faults


def test_a_record_of_one_metric_is_a_record():
    """A record may hold only a validation accuracy."""
    assert one({"history": {"val_acc": [0.1, 0.5]}}).get("val", "accuracy").epoch.tolist() == [1, 2]


def test_a_record_without_history_is_a_record():
    """Answers and setup alone are worth a diagnosis."""
    run = one({"setup": {"optimizer": "adam"}, "answers": {"train_loss_flat": True}})

    assert (run.setup, run.answers, run.series) == (
        {"optimizer": "adam"},
        {"train_loss_flat": True},
        [],
    )


@pytest.mark.parametrize("written", ['"nan"', "NaN", '"NaN"'])
def test_nan_in_a_record_is_a_value(written):
    """NaN is a value, bare or as a string."""
    run = one(f'{{"history": {{"train_loss": [1.0, {written}]}}}}')

    assert math.isnan(run.get("train", "loss").value[1])


@pytest.mark.parametrize(
    "written, value", [('"inf"', math.inf), ('"-inf"', -math.inf), ("Infinity", math.inf)]
)
def test_infinity_in_a_record_is_a_value(written, value):
    """Infinities are values, bare or as strings."""
    run = one(f'{{"history": {{"train_loss": [1.0, {written}]}}}}')

    assert run.get("train", "loss").value[1] == value


def test_null_in_a_record_is_no_point():
    """Null says that there is no value, and is never NaN."""
    run = one(
        {"history": {"epoch": [5, 10, 15], "train_loss": [3, 2, 1], "val_loss": [None, 2.5, None]}}
    )

    assert run.get("val", "loss").epoch.tolist() == [10]


def test_a_record_goes_by_steps():
    """A history with `step` in place of `epoch` is one of steps."""
    assert (
        one({"history": {"step": [100, 200], "train_loss": [3, 2]}}).get("train", "loss").axis
        == "step"
    )


@pytest.mark.parametrize(
    "name, metric",
    [("val_map50", "map50"), ("val_top1_error", "top1_error"), ("val_metric", "metric")],
)
def test_a_series_goes_by_its_metric(name, metric):
    """A series is called by its metric behind `train_` or `val_`."""
    assert one({"history": {name: [0.1, 0.2]}}).get("val", metric).value.tolist() == [0.1, 0.2]


def test_an_unknown_key_is_offered_the_nearest():
    """A mistyped key names the right one."""
    (fault,) = faults({"setup": {"optimzer": "adam"}})

    assert (fault.where, fault.help) == ("run.json: setup.optimzer", "write `optimizer`")


def test_an_unknown_symptom_is_offered_the_nearest():
    """A mistyped symptom names the right one."""
    (fault,) = faults({"answers": {"train_loss_flt": True}})

    assert (fault.where, fault.help) == (
        "run.json: answers.train_loss_flt",
        "write `train_loss_flat`",
    )


def test_an_unknown_top_level_key_is_a_fault():
    """A record has four keys; anything else is probably a typing error."""
    (fault,) = faults({"hystory": {"train_loss": [1]}})

    assert (fault.where, fault.help) == ("run.json: hystory", "write `history`")


def test_a_wrong_number_is_told_by_its_place():
    """A fault in a series names the series and the place in it."""
    (fault,) = faults({"history": {"val_loss": [1, 2, 3, "low"]}})

    assert fault.where == "run.json: history.val_loss[3]"


def test_series_of_unequal_length_are_a_fault():
    """Series that do not fit together are told with their lengths."""
    (fault,) = faults({"history": {"train_loss": [1, 2], "val_loss": [1]}})

    assert fault.what == "the series are of different lengths: train_loss 2, val_loss 1."


def test_overruled_answers_are_listed():
    """A record says which of its answers stand against its curves, each once."""
    run = one({"answers": {"loss_shape": "flat"}, "overruled": ["loss_shape", "loss_shape"]})

    assert run.overruled == ["loss_shape"]


@pytest.mark.parametrize(
    "overruled, where, what, help",
    [
        (["loss_shpae"], "overruled[0]", "`loss_shpae` is not a symptom.", "write `loss_shape`"),
        (
            ["loss_shape", "val_noisy"],
            "overruled[1]",
            "`val_noisy` has no answer.",
            "give it a value in `answers`",
        ),
        (["train_loss_flat"], "overruled[0]", "`train_loss_flat` has no answer.", ""),
        ("loss_shape", "overruled", "it is 'loss_shape'.", ""),
        ([["loss_shape"]], "overruled", "it is [['loss_shape']].", ""),
        ({"loss_shape": True}, "overruled", "it is {'loss_shape': True}.", ""),
    ],
)
def test_overruled_needs_an_answer(overruled, where, what, help):
    """What is overruled is named by a list of ids, and each id has an answer."""
    answers = {"loss_shape": "flat", "train_loss_flat": None}
    (fault,) = faults({"answers": answers, "overruled": overruled})

    assert (fault.where, fault.what, help in fault.help) == (f"run.json: {where}", what, True)


def test_all_faults_of_a_record_come_together():
    """Faults of setup, history and answers are told at once."""
    found = faults(
        {
            "setup": {"batch_size": -1},
            "history": {"val_loss": "low"},
            "answers": {"loss_shape": "flt"},
        }
    )

    assert {fault.where for fault in found} == {
        "run.json: setup.batch_size",
        "run.json: history.val_loss",
        "run.json: answers.loss_shape",
    }


def test_a_yaml_record_reads_the_same():
    """A record may be YAML, where `1e-3` is a number and not text."""
    run = one("# a note\nsetup: {learning_rate: 1e-3}\nhistory:\n  train_loss: [2, .nan, null]\n")

    assert (run.setup, len(run.get("train", "loss"))) == ({"learning_rate": 0.001}, 2)


def test_malformed_yaml_is_told_with_line_and_column():
    """A YAML record that cannot be parsed says where."""
    with pytest.raises(UnreadableRun, match=r"run.json:3:1: the YAML is malformed here"):
        one("setup: {}\nhistory: {train_loss: [1, 2\n")


def test_truncated_json_is_told_with_line_and_column():
    """A JSON file that breaks off says where."""
    with pytest.raises(UnreadableRun, match=r"run.json:2:\d+: the JSON breaks off"):
        one('{"history":\n {"train_loss": [1, 2')


def test_keras_history_counts_epochs_from_one():
    """A saved History is a dictionary of lists, one number an epoch."""
    run = one(
        {
            "loss": [2.0, 1.0],
            "val_loss": [2.1, 1.1],
            "accuracy": [0.5, 0.6],
            "val_accuracy": [0.4, 0.5],
        }
    )

    assert (run.format, run.get("val", "accuracy").epoch.tolist()) == ("Keras History", [1, 2])


def test_mean_of_the_run_is_no_point():
    """The `train_loss` of the last entry of a trainer state is the mean of the run."""
    assert one(STATE).get("train", "loss").value.tolist() == [0.7, 0.0]


def test_mean_of_the_run_is_told():
    """What was left out of a trainer state is told."""
    assert one(STATE).ignored == [
        "`train_loss` 0.35 of the last entry, which is the mean of the run",
        "`train_batch_size` 16, which one device sees in one step of accumulation",
    ]


def test_evaluation_is_validation():
    """`eval_` marks validation in a trainer state."""
    assert one(STATE).get("val", "accuracy").value.tolist() == [0.8]


def test_bare_nan_in_a_trainer_state():
    """Python writes NaN bare into JSON; it is a value."""
    assert math.isnan(one(STATE).get("train", "grad_norm").value[1])


def test_trainer_state_has_step_and_epoch():
    """Each series of a trainer state has both its axes."""
    loss = one(STATE).get("train", "loss")

    assert (loss.step.tolist(), loss.epoch.tolist()) == ([10, 20], [0.5, 1.0])


def test_plan_is_in_the_trainer_state():
    """Planned epochs stand in the trainer state; its batch is that of a device and no fact."""
    assert one(STATE).setup == {
        "framework": "transformers",
        "epochs_planned": 3.0,
        "run_minutes": 0.17,
    }


def test_first_of_several_evaluation_sets_is_validation():
    """With `eval_<set>_loss` and no `eval_loss` the first set is validation."""
    history = [
        {"step": 1, "loss": 0.5},
        {"step": 1, "eval_a_loss": 0.6, "eval_a_accuracy": 0.7},
        {"step": 1, "eval_b_loss": 0.9},
    ]
    run = one({"log_history": history})

    assert (run.get("val", "loss").name, run.get("val", "accuracy").name) == (
        "eval_a_loss",
        "eval_a_accuracy",
    )


def test_an_empty_trainer_state_is_unreadable():
    """A trainer state without entries is no run."""
    with pytest.raises(UnreadableRun, match="holds no entries"):
        one({"log_history": []})


def test_json_lines():
    """One object a line is a table whose rows name only what they hold."""
    run = one('{"step":1,"loss":0.5}\n{"step":2,"loss":NaN}\n{"step":2,"eval/loss":0.6}\n')

    assert (len(run.get("train", "loss")), run.get("val", "loss").step.tolist()) == (2, [2])


def test_json_lines_that_break_off():
    """The last line may be cut, for the writer may still run."""
    run = one('{"step":1,"loss":0.5}\n{"step":2,"loss":0.4}\n{"step":3,"lo')

    assert run.notes == ["the last row (line 3) breaks off"]


def test_json_lines_with_a_mode():
    """A row that says `"mode": "val"` is one of validation."""
    run = one('{"mode":"train","epoch":1,"loss":0.5}\n{"mode":"val","epoch":1,"loss":0.6}\n')

    assert run.get("val", "loss").value.tolist() == [0.6]


EPOCHS = {"loss": [2.3, 2.2], "acc": [12, 50], "val_acc": ["98 %", "99%"]}


@pytest.mark.parametrize(
    "document",
    [
        [{"loss": 2.3, "acc": 12, "val_acc": "98 %"}, {"loss": 2.2, "acc": 50, "val_acc": "99%"}],
        EPOCHS,
        {"history": EPOCHS},
    ],
    ids=["rows", "Keras history", "run record"],
)
def test_a_cell_in_percent_is_not_scaled_again(document):
    """What a JSON log writes with `%` is a share, also beside a metric in percent."""
    run = one(document)

    assert run.get("train", "accuracy").value.tolist() == [0.12, 0.5]
    assert run.get("val", "accuracy").value.tolist() == [0.98, 0.99]
