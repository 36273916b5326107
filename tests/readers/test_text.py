"""What trainings print: Keras, Transformers, boosting libraries, and the lines people write
themselves.
"""

from __future__ import annotations

import math

import pytest

from mldx.errors import UnreadableRun
from mldx.readers import read_text

KERAS_BAR = (
    "Epoch 1/50\n"
    "\x1b[1m 1/19\x1b[0m \x1b[32m━\x1b[0m\x1b[37m━━\x1b[0m 10s 1s/step - accuracy: 0.1 - loss: 2.3"
    + "\b"
    * 40
    + "\r\x1b[1m19/19\x1b[0m ━━━ 1s 2ms/step - accuracy: 0.5 - loss: 1.2 - val_accuracy: 0.4 - "
    "val_loss: 1.5\n"
    "Epoch 2/50\n"
    "19/19 ━━━ 1s 2ms/step - accuracy: 0.6 - loss: 1.1 - val_accuracy: 0.45 - val_loss: 1.4\n"
)
MNIST = """\
Train Epoch: 1 [0/60000 (0%)]\tLoss: 2.30
Train Epoch: 1 [640/60000 (1%)]\tLoss: 1.80

Test set: Average loss: 0.0512, Accuracy: 9810/10000 (98%)

Train Epoch: 2 [0/60000 (0%)]\tLoss: 0.30
Train Epoch: 2 [640/60000 (1%)]\tLoss: 0.20

Test set: Average loss: 0.0412, Accuracy: 9850/10000 (98%)
"""


def one(text):
    (run,) = read_text(text, "log")
    return run


def values(run, split, metric):
    return run.get(split, metric).value.tolist()


@pytest.mark.parametrize(
    "line",
    [
        "loss: 0.5 - val_loss: 0.25",
        "epoch 1 loss: 0.5 val_loss: 0.25 acc: 0.81",
        "Train Loss: 0.5 | Val. Loss: 0.25",
        "step 250: train loss 0.5, val loss 0.25",
        "[TRAIN] loss=0.5 [VALID] loss=0.25",
        "Epoch 3 finished with training loss 0.5 and validation loss 0.25.",
        "2024-05-01 12:00:01,123 INFO train_loss=0.5, valid_loss=0.25, lr=1e-05",
        "Epoch 1: 100%|███| 600/600 [00:12<00:00, 48.1it/s, train_loss=0.5, val_loss=0.25]",
        "loss: tensor(0.5, device='cuda:0') val loss: tensor(0.25)",
    ],
)
def test_both_losses_on_one_line_are_read_apart(line):
    """A line that holds both losses gives each to its split."""
    run = one(line)

    assert (values(run, "train", "loss"), values(run, "val", "loss")) == ([0.5], [0.25])


def test_the_last_state_of_a_keras_bar_counts():
    """Of a progress bar that overwrites itself only the last state is an epoch."""
    assert values(one(KERAS_BAR), "train", "loss") == [1.2, 1.1]


def test_keras_tells_the_planned_epochs():
    """`Epoch 1/50` plans 50 epochs."""
    assert one(KERAS_BAR).setup == {
        "framework": "keras",
        "epochs_planned": 50,
        "run_minutes": 0.03,
    }


def test_keras_evaluation_after_the_end_is_no_epoch():
    """`evaluate()` prints the same bar; it changes no epoch."""
    run = one(KERAS_BAR + "19/19 ━━━ 1s 2ms/step - accuracy: 0.99 - loss: 0.01\n")

    assert values(run, "train", "loss") == [1.2, 1.1]


def test_keras_one_line_an_epoch():
    """verbose=2 prints one line an epoch, among other messages."""
    run = one(
        "Epoch 1/2\n2021 I device.cc:49] opened\n19/19 - 21s - loss: 0.3\nEpoch 2/2\n"
        "19/19 - 12s - loss: nan\n"
    )

    assert math.isnan(run.get("train", "loss").value[1])


def test_printed_dictionaries_of_transformers():
    """Numbers in a printed dictionary may be quoted, and nan."""
    run = one(
        "  0%| | 0/100\n{'loss': 0.51, 'grad_norm': nan, 'learning_rate': 2e-05, 'epoch': 0.5}\n"
        "{'eval_loss': '0.6', 'eval_runtime': 1.2, 'epoch': '1.0'}\n"
        "{'loss': '0.41', 'grad_norm': '1.2', 'epoch': '1.5'}\n"
        "{'train_runtime': 10.0, 'train_loss': 0.45, 'epoch': 2.0}\n"
    )

    assert (values(run, "train", "loss"), values(run, "val", "loss")) == ([0.51, 0.41], [0.6])


def test_step_and_evaluation_lines_are_two_series():
    """A loss printed each 100 steps and a mean printed at evaluation are not one curve."""
    run = one(
        "step 0: train loss 4.2, val loss 4.3\niter 0: loss 4.25, time 100ms\n"
        "iter 100: loss 2.51, time 30ms\n"
        "step 250: train loss 2.1, val loss 2.2\n"
    )

    losses = {tuple(series.value) for series in run.series if series.key == "train_loss"}
    assert (losses, values(run, "val", "loss")) == ({(4.2, 2.1), (4.25, 2.51)}, [4.3, 2.2])


def test_bracket_counters():
    """`Epoch [1/5], Step [100/600]` counts epochs and batches, and plans 5 epochs."""
    run = one(
        "Epoch [1/5], Step [100/600], Loss: 0.51\nEpoch [1/5], Step [200/600], Loss: 0.41\n"
        "Epoch [2/5], Step [100/600], Loss: nan\n"
    )

    assert (run.get("train", "loss").epoch.tolist(), run.setup["epochs_planned"]) == ([1, 1, 2], 5)


def test_test_set_summary():
    """`Test set: Average loss` is the test's, and 9810/10000 a share."""
    run = one(MNIST)

    assert (values(run, "test", "loss"), values(run, "test", "accuracy")) == (
        [0.0512, 0.0412],
        [0.981, 0.985],
    )


def test_batches_before_a_test_set_summary():
    """The batch losses between two test summaries are training's."""
    assert values(one(MNIST), "train", "loss") == [2.3, 1.8, 0.3, 0.2]


def test_a_metric_belongs_to_the_split_before_it():
    """`train Loss: .. Acc: ..` gives the accuracy to training."""
    run = one("Epoch 0/24\n----------\ntrain Loss: 0.5 Acc: 0.75\nval Loss: 0.25 Acc: 0.5\n")

    assert (values(run, "train", "accuracy"), values(run, "val", "accuracy")) == ([0.75], [0.5])


def test_a_heading_gives_the_split():
    """A line of its own such as `--- validation ---` speaks for the lines under it."""
    run = one(
        "Epoch 1\n--- training ---\nloss: 0.5\n--- validation ---\nloss: 0.25\nEpoch 2\n"
        "--- training ---\nloss: 0.4\n"
    )

    assert (values(run, "train", "loss"), values(run, "val", "loss")) == ([0.5, 0.4], [0.25])


def test_percent_signs_are_obeyed():
    """`Acc: 75.5%` is a share of 0.755."""
    assert values(one("Epoch 1 loss: 0.5 Acc: 75.5%\n"), "train", "accuracy") == [0.755]


def test_decimal_comma_where_nothing_else_can_be_meant():
    """`0,5` is a number in a log that has no decimal points."""
    run = one("epoch 1 loss: 0,5 acc: 0,75\nepoch 2 loss: 0,25 acc: 0,80\n")

    assert values(run, "train", "loss") == [0.5, 0.25]


def test_a_best_value_so_far_is_no_point():
    """`best val loss` repeats a point and is none."""
    run = one(
        "epoch 1 val loss: 0.5 best val loss: 0.5\nepoch 2 val loss: 0.6 best val loss: 0.5\n"
    )

    assert values(run, "val", "loss") == [0.5, 0.6]


def test_language_model_lines_without_colons():
    """`| loss  7.63 | ppl  2058.6` needs no colon."""
    run = one(
        "| epoch   1 |   200/ 2983 batches | lr 20.00 | ms/batch 12.51 | loss  7.63 | ppl  2058.6\n"
        "| end of epoch   1 | time: 30.11s | valid loss  5.80 | valid ppl   330.2\n"
    )

    assert (run.get("train", "loss").step.tolist(), values(run, "val", "perplexity")) == (
        [200],
        [330.2],
    )


def test_xgboost_sets_with_names():
    """`train-logloss` is training's, the other set validation's, and the rounds are steps."""
    run = one(
        "[12]\ttrain-logloss:0.48\teval-logloss:0.5\n[13]\ttrain-logloss:0.47\teval-logloss:0.49\n"
    )

    assert (values(run, "train", "loss"), run.get("val", "loss").step.tolist()) == (
        [0.48, 0.47],
        [12, 13],
    )


def test_xgboost_sets_without_names_are_guessed_and_told():
    """Of validation_0 and validation_1 the one that fares better was probably trained on."""
    run = one(
        "[0]\tvalidation_0-logloss:0.6\tvalidation_1-logloss:0.61\n"
        "[1]\tvalidation_0-logloss:0.5\tvalidation_1-logloss:0.55\n"
    )

    assert values(run, "train", "loss") == [0.6, 0.5]
    assert "`validation_0` fares better and is taken as train" in run.notes[-1]


def test_lightgbm_rounds():
    """LightGBM calls its training set `training`."""
    run = one(
        "[LightGBM] [Info] x\n[10]\ttraining's l2: 0.2\tvalid_1's l2: 0.3\n"
        "[20]\ttraining's l2: 0.1\tvalid_1's l2: 0.3\n"
    )

    assert (values(run, "train", "loss"), values(run, "val", "loss")) == ([0.2, 0.1], [0.3, 0.3])


def test_catboost_rounds():
    """CatBoost prints learn and test, and the best so far, which is no curve."""
    run = one(
        "0:\tlearn: 0.69\ttest: 0.7\tbest: 0.7 (0)\ttotal: 1ms\tremaining: 1s\n"
        "1:\tlearn: 0.5\ttest: 0.6\tbest: 0.6 (1)\ttotal: 2ms\n"
    )

    assert [(series.split, series.value.tolist()) for series in run.series] == [
        ("train", [0.69, 0.5]),
        ("val", [0.7, 0.6]),
    ]


@pytest.mark.parametrize(
    "line",
    [
        "RuntimeError: CUDA out of memory. Tried to allocate 2 GiB",
        "Loss is nan, stopping training",
        "WARNING: No labels found in /data/labels.cache",
        "Gradient overflow.  Skipping step, loss scaler 0 reducing loss scale to 0.5",
        "Most labels in your dataset are -100",
        "Some weights of the model were newly initialized: ['classifier.weight']",
        "[LightGBM] [Warning] No further splits with positive gain, best gain: -inf",
    ],
)
def test_a_line_that_states_a_fault_is_an_event(line):
    """A log that says what is wrong is quoted, once."""
    run = one(f"epoch 1 loss: 0.5\n{line}\n{line}\nepoch 2 loss: 0.4\n")

    assert [(event.kind, event.text) for event in run.events] == [("message", line)]


def test_images_without_labels_are_counted():
    """An Ultralytics loader counts the images without labels, and that is an answer."""
    run = one(
        "train: Scanning /data/labels... 90 images, 30 backgrounds, 0 corrupt: 100%\n"
        "epoch 1 loss: 0.5\nepoch 2 loss: 0.4\n"
    )

    assert run.answers == {"labels_missing_fraction": pytest.approx(1 / 3)}


def test_prose_is_no_log():
    """A text without a loss is unreadable, and the error says what is missing."""
    with pytest.raises(UnreadableRun, match="nothing in it is a training log"):
        read_text("Dear all, my model will not train.\n", "mail")


def test_keras_evaluation_without_validation_is_no_epoch():
    """A later bar that adds nothing belongs to no epoch, also where the run has no validation."""
    run = one("Epoch 1/1\n1875/1875 [===] - 5s 3ms/step - loss: 0.5\n313/313 - 1s - loss: 0.07\n")

    assert values(run, "train", "loss") == [0.5]


def test_loss_goes_before_other_names_of_it():
    """Of `loss` and `nll_loss` on one line the plain one is the loss."""
    assert values(one("epoch 001 | loss 9.5 | nll_loss 8.7\n"), "train", "loss") == [9.5]


def test_losses_in_a_printed_dictionary():
    """A dictionary that a script prints is read by its keys."""
    assert values(one("epoch 1 {'loss_box': 0.5, 'loss_cls': 0.25}\n"), "train", "loss_cls") == [
        0.25
    ]


@pytest.mark.parametrize("written", ["5400/10000", "54 %", "54%"])
def test_a_share_is_not_scaled_again(written):
    """A quotient or a percentage is a share, also beside an accuracy in bare percent."""
    run = one(
        "Train Epoch: 1 Average loss: 2.0 Accuracy: 60.0\n"
        f"Test set: Average loss: 2.1, Accuracy: {written}\n"
    )

    assert values(run, "train", "accuracy") + values(run, "test", "accuracy") == [0.6, 0.54]


def test_lightgbm_says_its_best_round_again():
    """The closing lines of early stopping repeat a round, and are no run."""
    rounds = "".join(f"[{one}]\ttraining's l2: {1 / one}\n" for one in (1, 2, 3))
    text = f"{rounds}Early stopping, best iteration is:\n[2]\ttraining's l2: 0.5\n"

    (run,) = read_text(text, "train.log")

    assert (len(run.get("train", "loss")), run.others) == (3, [])


def test_xgboost_with_the_names_of_its_matrices():
    """Many call their sets `dtrain` and `dval`."""
    text = "".join(f"[{one}]\tdtrain-rmse:{1 / (one + 1)}\tdval-rmse:1.5\n" for one in range(3))

    (run,) = read_text(text, "train.log")

    assert (len(run.get("train", "loss")), len(run.get("val", "loss"))) == (3, 3)
