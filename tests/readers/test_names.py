"""What a name means."""

from __future__ import annotations

import pytest

from mldx.readers.names import direction, named


@pytest.mark.parametrize(
    "name, split, metric",
    [
        ("loss", None, "loss"),
        ("train_loss", "train", "loss"),
        ("trainLoss", "train", "loss"),
        ("Loss/train", "train", "loss"),
        ("loss_val", "val", "loss"),
        ("Val. Loss", "val", "loss"),
        ("Validation Loss", "val", "loss"),
        ("valid/loss", "val", "loss"),
        ("eval/loss", "val", "loss"),
        ("dev_loss", "val", "loss"),
        ("test_loss", "test", "loss"),
        ("training_loss", "train", "loss"),
        ("train_loss_step", "train", "loss"),
        ("train_loss_epoch", "train", "loss"),
        ("epoch_loss", None, "loss"),
        ("evaluation_loss_vs_iterations", "val", "loss"),
        ("acc", None, "accuracy"),
        ("val_sparse_categorical_accuracy", "val", "accuracy"),
        ("binary_accuracy", None, "accuracy"),
        ("Acc@1", None, "accuracy"),
        ("eval_top5", "val", "top5"),
        ("val_auc_1", "val", "auc"),
        ("lr", None, "lr"),
        ("learning_rate", None, "lr"),
        ("lr-Adam", None, "lr"),
        ("lr-AdamW/pg1", None, "lr"),
        ("lr/pg0", None, "lr"),
        ("x/lr0", None, "lr"),
        ("epoch_learning_rate", None, "lr"),
        ("metrics/mAP50(B)", None, "map50"),
        ("metrics/mAP50-95(B)", None, "map50_95"),
        ("metrics/mAP_0.5", None, "map50"),
        ("metrics/mAP_0.5:0.95", None, "map50_95"),
        ("val_mIoU", "val", "miou"),
        ("val_ppl", "val", "perplexity"),
        ("train/value_loss", "train", "value_loss"),
        ("best_val_loss", "val", "best_loss"),
        ("MultiClass", None, "logloss"),
        ("MultiClassOneVsAll", None, "logloss"),
        ("my_own_thing", None, "my_own_thing"),
    ],
)
def test_a_name_is_taken_apart(name, split, metric):
    """The split and the metric of a name are found wherever they stand in it."""
    told = named(name)

    assert (told.split, told.metric) == (split, metric)


@pytest.mark.parametrize(
    "metric, sign",
    [
        (name, -1)
        for name in [
            "loss",
            "box_loss",
            "error",
            "top1_error",
            "rmse",
            "mae",
            "mse",
            "logloss",
            "perplexity",
            "wer",
            "cer",
            "mape",
        ]
    ]
    + [
        (name, 1)
        for name in [
            "accuracy",
            "auc",
            "f1",
            "map50",
            "map50_95",
            "miou",
            "dice",
            "bleu",
            "r2",
            "metric",
            "psnr",
            "macro_f1",
            "val_metric",
        ]
    ]
    + [(name, 0) for name in ["lr", "grad_norm", "loss_scale", "my_own_thing", "entropy"]]
    + [("neg_mean_squared_error", 1), ("negative_log_likelihood", -1)],
)
def test_a_name_tells_which_way_is_better(metric, sign):
    """Losses and errors are better lower, scores higher; of other names nothing is said."""
    assert direction(metric) == sign
