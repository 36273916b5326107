"""What YOLO prints is read epoch by epoch: losses in parts and summed, scores of validation."""

from __future__ import annotations

import pytest

from mldx.readers import read_text

V5 = "      Epoch   gpu_mem       box       obj       cls    labels  img_size"
V7 = "     Epoch   gpu_mem       box       obj       cls     total    labels  img_size"
V8 = "      Epoch    GPU_mem   box_loss   cls_loss   dfl_loss  Instances       Size"
SCORES = "                 Class     Images     Labels          P          R     mAP@.5 mAP@.5:.95"
BAR = "100%|##########| 8/8 [00:05<00:00,  1.5it/s]"


def console(header: str, first: int = 0, total: str = "") -> str:
    """Return six epochs, each with a state of its bar in between, and the closing validation."""
    lines = ["Starting training for 6 epochs..."]
    for place in range(6):
        loss = 0.1 / (place + 1)
        where = f"        {place + first}/{5 + first}     3.53G"
        row = f"{where}    {{}}   0.03   0.02 {total}  162   640: "
        lines += ["", header]
        lines += [row.format("0.9") + " 12%|#         | 1/8 [00:01<00:07]"]
        lines += [row.format(f"{loss:.4f}") + BAR, f"{SCORES}: {BAR}"]
        lines += [f"                   all   128   929   0.6   0.5   0.{place}5   0.2"]
    lines += ["", "6 epochs completed in 0.1 hours.", f"{SCORES}: {BAR}"]
    lines += ["                   all        128        929      0.7      0.6      0.99      0.5"]
    return "\n".join(lines)


@pytest.mark.parametrize(
    "text,parts,summed",
    [
        (console(V5), {"box_loss", "obj_loss", "cls_loss"}, True),
        (console(V7, total="0.15"), {"box_loss", "obj_loss", "cls_loss"}, False),
        (console(V8, first=1), {"box_loss", "cls_loss", "dfl_loss"}, True),
    ],
    ids=["v5", "v7", "v8"],
)
def test_epochs_of_the_console(text, parts, summed):
    """An epoch's last state is its loss, and the first scores below it are its own."""
    (run,) = read_text(text, "train.log")

    assert run.format == "YOLO output"
    assert parts <= {one.metric for one in run.series}
    loss, box, scores = (
        run.get("train", "loss"),
        run.get("train", "box_loss"),
        run.get("val", "map50"),
    )
    assert len(loss) == len(box) == len(scores) == 6
    assert box.value[0] == pytest.approx(0.1)
    assert loss.value[0] == pytest.approx(0.15)
    assert scores.value.tolist() == pytest.approx([0.05, 0.15, 0.25, 0.35, 0.45, 0.55])
    assert run.setup["epochs_planned"] == 6
    assert bool(run.notes) is summed


def test_two_trainings_in_one_console():
    """Where the epoch begins anew, the last training is judged and the other is named."""
    (run,) = read_text(console(V5) + "\n" + console(V5), "train.log")

    assert len(run.get("train", "loss")) == 6
    assert len(run.others) == 1
