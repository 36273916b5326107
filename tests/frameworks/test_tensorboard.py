"""Event files by the writers of PyTorch and tensorboardX, against what was written."""

from __future__ import annotations

import numpy as np
import pytest

from mldx.readers import read
from tests.frameworks.kit import assert_one_run, near

pytest.importorskip("tensorboard")
torch = pytest.importorskip("torch")

from torch.utils.tensorboard import SummaryWriter  # noqa: E402

LOSSES = [2.0, 1.5, 1.2, 1.0, 0.9, 0.85]
VALIDATION = [2.2, 1.8, 1.5, 1.4, 1.45, 1.5]


def pairs(losses=LOSSES, validation=VALIDATION):
    return enumerate(zip(losses, validation, strict=True))


def assert_losses(run, train=LOSSES, val=VALIDATION):
    assert run.get("train", "loss").value.tolist() == near(train)
    assert run.get("val", "loss").value.tolist() == near(val)


TAGS = [
    ("Loss/train", "Loss/val"),
    ("train/loss", "valid/loss"),
    ("train_loss", "val_loss"),
    ("Loss/Train", "Loss/Test"),
]


@pytest.mark.parametrize("tags", TAGS)
def test_scalars(tmp_path, tags):
    """The split may stand on either side."""
    with SummaryWriter(tmp_path) as writer:
        for step, values in pairs():
            for tag, value in zip(tags, values, strict=True):
                writer.add_scalar(tag, value, step * 10)

    (run,) = read(tmp_path)

    split = "test" if tags[1].endswith("Test") else "val"
    assert_one_run(run)
    assert run.get("train", "loss").value.tolist() == near(LOSSES)
    assert run.get(split, "loss").step.tolist() == [step * 10 for step in range(6)]


@pytest.mark.parametrize("names", [("train", "val"), ("Train", "Validation"), ("training", "test")])
@pytest.mark.parametrize("chart", ["Loss", "epoch/loss", "losses"])
def test_lines_of_one_chart(tmp_path, chart, names):
    """`add_scalars` writes each line into a folder of its own; they are one run."""
    with SummaryWriter(tmp_path / "run") as writer:
        for step, values in pairs():
            writer.add_scalars(chart, dict(zip(names, values, strict=True)), step)

    (run,) = read(tmp_path / "run")

    assert_one_run(run)
    assert run.get("train", "loss").value.tolist() == near(LOSSES)
    assert run.get("test" if names[1] == "test" else "val", "loss").value.tolist() == near(
        VALIDATION
    )


def test_lines_beside_scalars(tmp_path):
    """Lines of a chart belong to the same run as the scalars beside them."""
    with SummaryWriter(tmp_path) as writer:
        for step, (train, val) in pairs():
            writer.add_scalars("Loss", {"train": train, "val": val}, step)
            writer.add_scalar("Accuracy/val", 1 - val / 3, step)

    (run,) = read(tmp_path)

    assert_losses(run)
    assert run.get("val", "accuracy").value.tolist() == near([1 - one / 3 for one in VALIDATION])


def test_lines_that_are_no_splits(tmp_path):
    """The losses of two networks are two series, none of which is validation."""
    with SummaryWriter(tmp_path) as writer:
        for step, (one, other) in pairs():
            writer.add_scalars("Loss", {"generator": one, "discriminator": other}, step)

    (run,) = read(tmp_path)

    found = {one.name: one.value.tolist() for one in run.series}
    assert found == {"Loss/generator": near(LOSSES), "Loss/discriminator": near(VALIDATION)}
    assert {one.split for one in run.series} == {"train"}


def test_hyperparameters_are_no_curve(tmp_path):
    """`add_hparams` writes closing values into a folder of their own."""
    with SummaryWriter(tmp_path) as writer:
        for step, (train, val) in pairs():
            writer.add_scalar("Loss/train", train, step)
            writer.add_scalar("Loss/val", val, step)
        writer.add_hparams({"lr": 0.1, "bsize": 8}, {"hparam/loss": 0.85})

    (run,) = read(tmp_path)

    assert_losses(run)
    assert len(run.series) == 2


def test_other_kinds_of_data(tmp_path):
    """Text, histograms and images beside the scalars are left alone."""
    with SummaryWriter(tmp_path) as writer:
        writer.add_text("config", "lr: 0.1")
        for step, (train, val) in pairs():
            writer.add_histogram("weights", np.arange(10.0), step)
            writer.add_image("input", np.zeros((3, 8, 8), np.uint8), step)
            writer.add_scalar("Loss/train", train, step)
            writer.add_scalar("Loss/val", val, step)
        writer.add_pr_curve("curve", np.array([0, 1]), np.array([0.1, 0.8]))

    (run,) = read(tmp_path)

    assert_losses(run)
    assert (len(run.series), run.notes) == (2, [])


def test_the_new_style_is_a_tensor(tmp_path):
    """`new_style=True` writes a tensor in place of a simple value; `double_precision` 8 bytes."""
    with SummaryWriter(tmp_path) as writer:
        for step, (train, val) in pairs():
            writer.add_scalar("Loss/train", train, step, new_style=True)
            writer.add_scalar("Loss/val", val, step, new_style=True, double_precision=True)

    assert_losses(read(tmp_path)[0])


def test_nan_and_large_and_negative_steps(tmp_path):
    """Any value and any step come back as they were."""
    values = [1e-38, 3e38, float("nan"), float("inf"), -1.0]
    steps = [0, 127, 128, 2**33, 2**60]
    with SummaryWriter(tmp_path) as writer:
        for step, value in zip(steps, values, strict=True):
            writer.add_scalar("loss", value, step)

    loss = read(tmp_path)[0].get("train", "loss")

    assert loss.value.tolist() == near(values)
    assert loss.step.tolist() == steps


def test_a_training_that_was_begun_again(tmp_path):
    """A second run into the same folder is judged, with its own validation only."""
    for losses, start in ((LOSSES, 1000.0), (LOSSES[:4], 5000.0)):
        with SummaryWriter(tmp_path, filename_suffix=str(start)) as writer:
            for step, value in enumerate(losses):
                writer.add_scalar("Loss/train", value, step, walltime=start + step)
                if len(losses) > 4 or step % 2:
                    writer.add_scalar("Loss/val", value + 1, step, walltime=start + step)

    (run,) = read(tmp_path)

    assert len(run.others) == 1
    assert run.get("train", "loss").value.tolist() == near(LOSSES[:4])
    assert run.get("val", "loss").value.tolist() == near([2.5, 2.0])


def test_a_training_that_went_on(tmp_path):
    """A resumed run writes some steps twice; the later ones count."""
    for steps, offset in ((range(8), 0.0), (range(5, 12), 1.0)):
        with SummaryWriter(tmp_path, filename_suffix=str(offset)) as writer:
            for step in steps:
                writer.add_scalar(
                    "Loss/train", step + offset, step, walltime=1000.0 * offset + step
                )

    (run,) = read(tmp_path)

    assert run.others == []
    assert run.get("train", "loss").value.tolist() == near(
        [*range(5), *(step + 1 for step in range(5, 12))]
    )


def test_a_detector_logs_parts_of_its_loss(tmp_path):
    """YOLO's parts are summed, and its scores are of validation, as in its results.csv."""
    with SummaryWriter(tmp_path) as writer:
        for epoch, (train, val) in pairs():
            for part, weight in (("box_loss", 1), ("obj_loss", 2), ("cls_loss", 3)):
                writer.add_scalar(f"train/{part}", train * weight, epoch)
                writer.add_scalar(f"val/{part}", val * weight, epoch)
            for score in ("precision", "recall", "mAP_0.5", "mAP_0.5:0.95"):
                writer.add_scalar(f"metrics/{score}", 0.1 * epoch, epoch)
            for group, rate in enumerate((0.1, 0.01, 0.01)):
                writer.add_scalar(f"x/lr{group}", rate, epoch)

    (run,) = read(tmp_path)

    assert_losses(run, [6 * one for one in LOSSES], [6 * one for one in VALIDATION])
    assert run.get("train", "loss").axis == "epoch"
    scores = ("precision", "recall", "map50", "map50_95")
    assert all(run.get("val", one) is not None for one in scores)


def test_tensorboardx(tmp_path):
    """The same by tensorboardX."""
    writer_of = pytest.importorskip("tensorboardX").SummaryWriter
    with writer_of(str(tmp_path)) as writer:
        for step, (train, val) in pairs():
            writer.add_scalar("Loss/train", train, step)
            writer.add_scalars("chart", {"a": train, "b": val}, step)
            writer.add_scalar("Loss/val", val, step)

    assert_losses(read(tmp_path)[0])
