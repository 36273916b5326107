"""CSV in all its kinds: Keras, Lightning, Ultralytics, and whatever has a column called loss."""

from __future__ import annotations

import math

import pytest

from mldx.errors import InputError, UnreadableRun
from mldx.readers import read, read_text

YOLO_V8 = """\
                  epoch,         train/box_loss,         train/cls_loss,         train/dfl_loss,   metrics/precision(B),      metrics/recall(B),       metrics/mAP50(B),    metrics/mAP50-95(B),           val/box_loss,           val/cls_loss,           val/dfl_loss,                 lr/pg0,                 lr/pg1,                 lr/pg2
                      1,                    1.0,                    2.0,                    3.0,                    0.5,                    0.4,                    0.3,                    0.2,                    1.5,                    2.5,                    3.5,                   0.07,                  0.003,                  0.003
                      2,                    0.5,                    1.0,                    1.5,                    0.6,                    0.5,                    0.4,                    0.3,                    1.0,                    1.5,                    2.0,                   0.04,                  0.006,                  0.006
"""  # noqa: E501  # as wide as the tool writes it
YOLO_V5 = """\
   epoch,  train/box_loss,  train/obj_loss,  train/cls_loss,  metrics/precision,  metrics/recall,  metrics/mAP_0.5,metrics/mAP_0.5:0.95,   val/box_loss,   val/obj_loss,   val/cls_loss,  x/lr0,  x/lr1,  x/lr2
       0,            0.10,            0.20,            0.30,               0.50,            0.40,             0.30,                0.20,           0.15,           0.25,           0.35,   0.01,   0.01,    0.1
       1,            0.05,            0.10,            0.15,               0.60,            0.50,             0.40,                0.30,           0.10,           0.15,           0.20,   0.01,   0.01,   0.08
"""  # noqa: E501  # as wide as the tool writes it


def one(text):
    (run,) = read_text(text, "log")
    return run


def values(run, split, metric):
    return run.get(split, metric).value.tolist()


def test_keras_epochs_stay_as_written():
    """A CSVLogger counts epochs from 0, and the series keep that count."""
    run = one("epoch,accuracy,loss,val_accuracy,val_loss\n0,0.1,2.3,0.2,2.2\n1,0.5,1.3,0.4,1.2\n")

    assert (run.format, run.get("val", "loss").epoch.tolist()) == ("Keras CSVLogger", [0, 1])


def test_keras_na_means_no_validation():
    """Validation columns full of NA are no validation: no series, and no NaN loss."""
    run = one("epoch,loss,val_loss\n0,2.3,NA\n1,1.3,NA\n")

    assert run.get("val", "loss") is None


def test_missing_validation_is_told():
    """The run says that a column holds no value in any row."""
    run = one("epoch,loss,val_loss\n0,2.3,NA\n1,1.3,NA\n")

    assert run.notes == ["`val_loss` has no value in any row"]


def test_nan_is_a_value():
    """A loss that is written as nan was not finite; it is a point."""
    run = one("epoch,loss\n0,2.3\n1,nan\n2,inf\n")

    assert [math.isfinite(value) for value in values(run, "train", "loss")] == [True, False, False]


@pytest.mark.parametrize("missing", ["", " ", "NA", "N/A", "null", "None"])
def test_a_missing_cell_is_no_point(missing):
    """An empty cell, NA, N/A, null and None are no values."""
    run = one(f"epoch,loss,val_loss\n0,2.3,2.2\n1,1.3,{missing}\n2,1.2,1.1\n")

    assert run.get("val", "loss").epoch.tolist() == [0, 2]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r\r\n", "\r"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "latin-1"])
def test_encoding_and_line_ends_change_nothing(tmp_path, encoding, end):
    """A log reads the same in any common encoding and with any line end."""
    path = tmp_path / "log"
    path.write_bytes(
        end.join(["epoch,loss,val_loss", "0,0.5,0.75", "1,0.25,0.5", ""]).encode(encoding)
    )

    (run,) = read(path)

    assert values(run, "train", "loss") + values(run, "val", "loss") == [0.5, 0.25, 0.75, 0.5]


@pytest.mark.parametrize("separator", [",", ";", "\t", "|", "   "])
def test_any_separator(separator):
    """Comma, semicolon, tab, bar or blanks may separate the columns."""
    text = "epoch,loss,val_loss\n0,0.5,0.75\n1,0.25,0.5\n".replace(",", separator)

    assert values(one(text), "val", "loss") == [0.75, 0.5]


def test_decimal_comma_behind_semicolons():
    """Where `;` separates the cells, a comma is a decimal comma."""
    assert values(one("epoch;loss\n0;0,5\n1;0,25\n"), "train", "loss") == [0.5, 0.25]


def test_lightning_rows_are_merged_by_column():
    """Each Lightning row fills some of the columns; what it leaves empty is no NaN."""
    run = one("epoch,step,train_loss,val_loss\n0,49,0.5,\n0,99,0.4,\n0,99,,0.6\n1,149,0.3,\n")

    assert (values(run, "train", "loss"), values(run, "val", "loss")) == ([0.5, 0.4, 0.3], [0.6])


def test_lightning_mean_over_the_epoch_comes_first():
    """Of train_loss_step and train_loss_epoch the mean is the one to compare with validation."""
    run = one(
        "epoch,step,train_loss_epoch,train_loss_step,val_loss\n0,49,,0.5,\n0,99,,0.4,\n"
        "0,99,,,0.6\n0,99,0.45,,\n"
    )

    assert [series.name for series in run.series if series.metric == "loss"] == [
        "train_loss_epoch",
        "train_loss_step",
        "val_loss",
    ]


def test_lightning_learning_rate_without_epoch():
    """A learning-rate row has no epoch in Lightning; the series stands on its step."""
    run = one("epoch,lr-AdamW,step,val_loss\n,0.001,0,\n0,,99,0.6\n,0.002,100,\n1,,199,0.5\n")

    assert (run.get("train", "lr").step.tolist(), run.get("train", "lr").epoch) == ([0, 100], None)


@pytest.mark.parametrize("text, first", [(YOLO_V8, 6.0), (YOLO_V5, 0.6)])
def test_detection_losses_are_summed(text, first):
    """The training loss of a detector is the sum of its parts, whose columns may be padded."""
    assert values(one(text), "train", "loss")[0] == pytest.approx(first)


def test_detection_parts_stay():
    """The parts of a summed loss are series of their own."""
    assert values(one(YOLO_V8), "val", "dfl_loss") == [3.5, 2.0]


@pytest.mark.parametrize("text", [YOLO_V8, YOLO_V5])
def test_detection_scores_are_of_validation(text):
    """The scores under `metrics/` are validation's, mAP at 0.5 and from 0.5 to 0.95 apart."""
    run = one(text)

    assert (values(run, "val", "map50"), values(run, "val", "map50_95")) == ([0.3, 0.4], [0.2, 0.3])


@pytest.mark.parametrize("text, first", [(YOLO_V8, 0.003), (YOLO_V5, 0.01)])
def test_bias_warm_up_is_not_the_learning_rate(text, first):
    """The rate of the biases warms up from 0.1 and is not the one that was set."""
    assert values(one(text), "train", "lr")[0] == first


def test_accuracy_beside_both_losses_is_of_validation():
    """In `train_loss, valid_loss, accuracy` (fastai) the metric is measured on validation."""
    run = one(
        "epoch,train_loss,valid_loss,accuracy,time\n0,0.5,0.6,0.7,00:12\n1,0.4,0.5,0.75,00:12\n"
    )

    assert values(run, "val", "accuracy") == [0.7, 0.75]


def test_percent_is_brought_to_shares():
    """Accuracies above 1.5 are percentages, and so are those logged beside them."""
    run = one("epoch,loss,acc,val_acc\n1,2.3,12,1\n2,2.2,50,1.2\n")

    assert values(run, "train", "accuracy") + values(run, "val", "accuracy") == [
        0.12,
        0.5,
        0.01,
        0.012,
    ]


def test_a_cell_in_percent_is_not_scaled_again():
    """What was written with `%` is a share, also beside a column in percent."""
    run = one("epoch,loss,acc,val_acc\n1,2.3,12,98%\n2,2.2,50,99 %\n")

    assert values(run, "train", "accuracy") + values(run, "val", "accuracy") == [
        0.12,
        0.5,
        0.98,
        0.99,
    ]


def test_rows_without_an_axis_are_counted():
    """A table with nothing but losses is counted from 1."""
    assert one("train_loss,val_loss\n0.5,0.6\n0.4,0.5\n").get("val", "loss").x.tolist() == [1, 2]


def test_steps_within_the_epoch_are_counted_on():
    """A batch counter that starts anew in every epoch is no restart."""
    run = one("epoch,batch,loss\n1,0,3\n1,50,2.5\n2,0,2\n2,50,1.5\n3,0,1\n3,50,0.5\n")

    assert (run.get("train", "loss").step.tolist(), run.events) == ([0, 50, 100, 150, 200, 250], [])


def test_part_column_says_the_split():
    """A table in long form names the split in a column of its own."""
    run = one(
        "epoch,phase,loss,acc\n1,train,0.5,0.6\n1,val,0.6,0.5\n2,train,0.4,0.7\n2,val,0.5,0.6\n"
    )

    assert (values(run, "train", "loss"), values(run, "val", "loss")) == ([0.5, 0.4], [0.6, 0.5])


def test_notebook_table_of_transformers():
    """The table that a notebook shows says `No log` until the first training loss."""
    run = one(
        "Epoch\tTraining Loss\tValidation Loss\tAccuracy\n1\tNo log\t0.6\t0.7\n2\t0.5\t0.55\t0.75\n"
    )

    assert (values(run, "train", "loss"), values(run, "val", "accuracy")) == ([0.5], [0.7, 0.75])


def test_chart_export_of_weights_and_biases():
    """A chart export repeats each metric as minimum and maximum; the metric stands behind the run's
    name.
    """
    run = one(
        '"Step","a - b - train/loss","a - b - train/loss__MIN","a - b - train/loss__MAX"\n'
        "1,0.5,0.5,0.5\n2,0.4,0.4,0.4\n"
    )

    assert [(series.split, series.metric, len(series)) for series in run.series] == [
        ("train", "loss", 2)
    ]


def test_chart_export_of_tensorboard(tmp_path):
    """A TensorBoard export names its tag in the file name only."""
    path = tmp_path / "run-exp1-tag-val_loss.csv"
    path.write_text("Wall time,Step,Value\n1700000000,0,0.5\n1700000001,10,0.4\n")

    assert read(path)[0].get("val", "loss").step.tolist() == [0, 10]


def test_a_last_row_that_breaks_off_is_left_out():
    """A log that is still being written ends in the middle of a row."""
    run = one("epoch,loss,val_loss\n0,0.5,0.6\n1,0.4,0.5\n2,0.3")

    assert (values(run, "train", "loss"), run.notes) == (
        [0.5, 0.4],
        ["the last row (line 4) breaks off"],
    )


def test_a_short_row_in_the_middle_does_not_break_off():
    """Only the last row of the file can break off; another short one is filled, however far from
    the end.
    """
    rows = "".join(f"{epoch},0.5{',0.6' if epoch != 7 else ''}\n" for epoch in range(5000))
    run = one("epoch,loss,val_loss\n" + rows)

    assert (len(run.get("train", "loss")), len(run.get("val", "loss")), run.notes) == (
        5000,
        4999,
        [],
    )


def test_blank_lines_before_the_header_are_passed_over():
    """A table may begin after any number of blank lines."""
    assert values(one("\n" * 5000 + "epoch,loss\n1,0.5\n2,0.4\n"), "train", "loss") == [0.5, 0.4]


def test_lines_are_counted_and_not_rows():
    """A quoted cell may hold a line break, and the fault still names the line of the file."""
    with pytest.raises(InputError, match="log:4: loss is"):
        read_text('epoch,loss,comment\n0,0.5,"two\nlines"\n1,x,\n', "log")


def test_a_cell_of_percent_signs_is_no_number():
    """However many there are, the cell is refused."""
    with pytest.raises(InputError, match="not a number"):
        read_text("epoch,loss\n1,0.5\n2," + "%" * 5000 + "\n", "log")


def test_a_cell_that_is_no_number_is_told_with_its_line():
    """The error names file, line, column and cell, what was expected, and the help."""
    with pytest.raises(InputError) as caught:
        read_text("epoch,loss,val_loss\n0,0.5,0.6\n1,0.4,-\n", "metrics.csv")

    assert str(caught.value) == (
        'metrics.csv:3: val_loss is "-", which is not a number.\n'
        "  expected: a number, nan, inf, or an empty cell where the epoch had no validation\n"
        "  help: empty the cell"
    )


def test_all_faults_of_a_file_come_together_in_file_order():
    """Ten faults are told in full and the rest is counted."""
    rows = "".join(f"{epoch},x,y\n" for epoch in range(10))

    with pytest.raises(InputError) as caught:
        read_text("epoch,loss,val_loss\n" + rows, "log")

    assert [fault.where for fault in caught.value.faults[:3]] == ["log:2", "log:2", "log:3"]
    assert str(caught.value).endswith("... and 10 more of the kind.")


def test_a_text_column_is_ignored_and_told():
    """A column that is no metric may hold anything."""
    assert one("epoch,loss,comment\n0,0.5,warm-up\n1,0.4,go\n").ignored == [
        "column `comment` (text)"
    ]


def test_a_table_without_a_loss_is_unreadable():
    """Without a loss nothing can be said, and the error lists the columns that are there."""
    with pytest.raises(UnreadableRun, match="no loss in it; there are `height`, `weight`"):
        read_text("height,weight\n1.5,60\n1.6,61\n", "log")


def test_a_header_without_rows_is_unreadable():
    """A run that wrote no row has nothing to diagnose."""
    with pytest.raises(UnreadableRun, match="no row under it"):
        read_text("epoch,loss\n", "log")


def test_a_long_row_is_a_fault():
    """A row with more cells than the header cannot be placed."""
    with pytest.raises(InputError, match="log:3: the row has 3 cells, the header has 2"):
        read_text("epoch,loss\n1,1\n2,2,7\n", "log")


def test_plain_loss_is_judged_first():
    """Of several columns that mean the loss the one called `loss` is judged."""
    run = one("epoch,train_nll_loss,train_loss\n1,0.4,0.5\n2,0.3,0.4\n")

    assert run.get("train", "loss").name == "train_loss"


def test_detection_scores_without_a_split_are_of_validation():
    """Nobody measures mAP on training data."""
    assert values(one("epoch,loss,mAP_0.5\n1,0.5,0.1\n2,0.4,0.2\n"), "val", "map50") == [0.1, 0.2]


def test_lightning_names_the_optimizer():
    """The column of LearningRateMonitor is called after the optimizer."""
    assert (
        one("epoch,lr-AdamW,step,train_loss\n,0.001,0,\n0,,9,0.5\n").setup["optimizer"] == "AdamW"
    )


YOLO = [
    (
        "       0/9     3.97G    0.1089   0.03296   0.06075    0.2026        22       640"
        "     0.001     0.002    0.0004    0.0003    0.0955   0.03105   0.06128"
    ),
    (
        "       1/9     3.97G    0.0889   0.03096   0.04075    0.1606        22       640"
        "     0.501     0.402    0.4004    0.2003    0.0855   0.02105   0.05128"
    ),
]


def test_rows_of_yolo_without_a_header():
    """`results.txt` holds parts of the loss and their sum, four scores, parts of validation."""
    (run,) = read_text("\n".join(YOLO) + "\n", "results.txt")

    found = {(one.split, one.metric): one.value.tolist() for one in run.series}
    assert found["train", "loss"] == [0.2026, 0.1606]
    assert found["val", "loss"] == pytest.approx([0.18783, 0.15783])
    assert found["val", "map50_95"] == [0.0003, 0.2003]
    assert run.setup["epochs_planned"] == 10


def test_the_oldest_rows_of_yolo_hold_f1():
    """The twelfth score is 2PR / (P + R) there."""
    oldest = [row.replace("0.2003", "0.4461").replace("0.0003", "0.0013") for row in YOLO]

    (run,) = read_text("\n".join(oldest) + "\n", "results.txt")

    assert run.get("val", "f1").value.tolist() == [0.0013, 0.4461]


def test_rows_whose_losses_do_not_add_up_are_not_yolo():
    """What only looks like `results.txt` is not read as it."""
    with pytest.raises(InputError):
        read_text("\n".join(YOLO).replace("0.2026", "0.9"), "results.txt")
