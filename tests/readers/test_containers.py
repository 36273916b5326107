"""Logs inside something else: archives, notebooks, Markdown, HTML, other lines, merge conflicts."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import tarfile
import zipfile

import pytest

from mldx.errors import InputError, UnreadableRun
from mldx.readers import read, read_text
from mldx.readers.recognise import read_source
from mldx.readers.source import LogSource

CSV = "epoch,loss,val_loss\n1,0.75,0.875\n2,0.5,0.625\n3,0.25,0.5\n"
LOSSES = [0.75, 0.5, 0.25]


def runs(content, origin="log"):
    return read_source(LogSource.of_bytes(content, origin))


def one(content):
    (run,) = read_text(content, "log") if isinstance(content, str) else runs(content)
    return run


def refusal(content):
    with pytest.raises(UnreadableRun) as caught:
        read_text(content, "log") if isinstance(content, str) else runs(content)
    return str(caught.value)


def loss(run, split="train"):
    return run.get(split, "loss").value.tolist()


def zipped(members):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in members.items():
            archive.writestr(name, text)
    return packed.getvalue()


def tarred(members, mode="w"):
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode=mode) as archive:
        for name, text in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(text)
            archive.addfile(info, io.BytesIO(text.encode()))
    return packed.getvalue()


def notebook(*cells, nbformat=4):
    outputs = [
        {
            "cell_type": "code",
            "execution_count": number,
            "source": ["train()"],
            "metadata": {},
            "outputs": made,
        }
        for number, made in cells
    ]
    return json.dumps({"cells": outputs, "metadata": {}, "nbformat": nbformat}, indent=1)


def stream(text):
    return {"output_type": "stream", "name": "stdout", "text": text.splitlines(keepends=True)}


def html(text):
    data = {"text/html": text, "text/plain": "<IPython.core.display.HTML object>"}
    return {"output_type": "display_data", "data": data, "metadata": {}}


def html_table(header, rows):
    head = "".join(f"<th>{name}</th>" for name in header)
    body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<div><table border=1><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress])
def test_a_compressed_log_is_read(pack):
    """gzip, bzip2 and xz hold the log as it is."""
    assert loss(one(pack(CSV.encode()))) == LOSSES


def test_a_log_compressed_with_zstd_is_read():
    """A log in zstd is read where its library is there."""
    zstandard = pytest.importorskip("zstandard")

    assert loss(one(zstandard.compress(CSV.encode()))) == LOSSES


def test_zstd_without_its_library_says_what_to_install(monkeypatch):
    """A log that only an extra can unpack names the extra."""
    monkeypatch.setitem(__import__("sys").modules, "zstandard", None)

    assert "mldx[zstd]" in refusal(b"\x28\xb5\x2f\xfd" + bytes(20))


@pytest.mark.parametrize("pack", [zipped, tarred, lambda members: tarred(members, "w:gz")])
def test_each_log_of_an_archive_is_a_run(pack):
    """Two logs in an archive are two runs with the names of the members."""
    found = runs(pack({"a/log.csv": CSV, "b/log.csv": CSV, "notes.txt": "nothing of interest"}))

    assert [(run.name, loss(run)) for run in found] == [
        ("a/log.csv", LOSSES),
        ("b/log.csv", LOSSES),
    ]


def test_an_archive_within_an_archive_is_unpacked():
    """A zip of a compressed log holds that log."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("log.csv.gz", gzip.compress(CSV.encode()))

    assert loss(one(packed.getvalue())) == LOSSES


def test_a_zip_of_model_weights_is_refused():
    """A zip that holds a pickle is what `torch.save` writes, and is never opened."""
    assert "as `.pt`" in refusal(zipped({"model/data.pkl": "x", "model/log.txt": CSV}))


def test_an_archive_that_is_cut_is_refused():
    """An archive that breaks off says so."""
    assert "cannot be unpacked" in refusal(gzip.compress(CSV.encode() * 1000)[:100])


def test_a_bomb_is_refused():
    """An archive that unpacks to hundreds of times its size is refused before it fills memory."""
    assert "no log does" in refusal(gzip.compress(b"epoch 1 loss 0.5\n" * 1_000_000))


def test_a_notebook_is_read_from_what_its_cell_printed():
    """The streams of a cell are its log, as one text."""
    text = "".join(f"Epoch {epoch} loss: {value}\n" for epoch, value in enumerate(LOSSES, 1))
    run = one(notebook((3, [stream(text[:30]), stream(text[30:])]), (4, [stream("done\n")])))

    assert (loss(run), run.name) == (LOSSES, "")


def test_each_cell_that_trains_is_a_run():
    """Two cells that train are two runs; one that evaluates is none."""
    text = "".join(f"Epoch {epoch} loss: {value}\n" for epoch, value in enumerate(LOSSES, 1))
    found = read_text(
        notebook((2, [stream(text)]), (5, [stream(text)]), (7, [stream("loss: 0.3\n")])), "x"
    )

    assert [run.name for run in found] == ["cell 2", "cell 5"]


def test_the_table_of_a_trainer_in_a_notebook_is_read():
    """The Hugging Face Trainer draws its curve as an HTML table."""
    table = html_table(
        ["Epoch", "Training Loss", "Validation Loss"],
        [[1, "No log", 0.875], [2, 0.5, 0.625], [3, 0.25, 0.5]],
    )
    run = one(notebook((1, [html(table)])))

    assert (loss(run), loss(run, "val")) == ([0.5, 0.25], [0.875, 0.625, 0.5])


def test_the_table_of_fastai_in_a_notebook_is_read():
    """The table of fastai has a clock in its last column."""
    header = ["epoch", "train_loss", "valid_loss", "accuracy", "time"]
    rows = [[epoch, value, value, 0.5, "00:12"] for epoch, value in enumerate(LOSSES)]
    run = one(notebook((1, [html(html_table(header, rows))])))

    assert (loss(run), loss(run, "val")) == (LOSSES, LOSSES)


def test_a_notebook_without_outputs_says_so():
    """A notebook that was saved without its outputs holds no log."""
    assert "no cell has printed anything" in refusal(notebook())


def test_an_old_notebook_keeps_its_cells_in_worksheets():
    """Before version 4 of the format the cells stood one level deeper."""
    text = "".join(f"Epoch {epoch} loss: {value}\n" for epoch, value in enumerate(LOSSES, 1))
    cell = {"cell_type": "code", "outputs": [{"output_type": "stream", "text": [text]}]}
    document = {"nbformat": 3, "worksheets": [{"cells": [cell]}]}

    assert loss(one(json.dumps(document))) == LOSSES


CARD = """\
---
library_name: transformers
tags:
- generated_from_trainer
---
# A model

It achieves a loss: 0.5 on the evaluation set.

### Training hyperparameters

- learning_rate: 5e-05
- train_batch_size: 16
- num_epochs: 3.0

### Training results

| Training Loss | Epoch | Step | Validation Loss | Accuracy |
|:-------------:|:-----:|:----:|:---------------:|:--------:|
| No log        | 1.0   | 100  | 0.875           | 0.5      |
| 0.5           | 2.0   | 200  | 0.625           | 0.75     |
| 0.25          | 3.0   | 300  | 0.5             | 0.875    |
"""


def test_the_table_of_a_model_card_is_a_log():
    """The results of a model card are a curve, with `No log` where nothing was logged yet."""
    run = one(CARD)

    assert (loss(run), loss(run, "val")) == ([0.5, 0.25], [0.875, 0.625, 0.5])


def test_the_hyperparameters_of_a_model_card_are_facts():
    """The list of hyperparameters in a model card is its setup."""
    assert one(CARD).setup == {"learning_rate": 5e-05, "batch_size": 16, "epochs_planned": 3.0}


def test_a_fault_in_a_table_names_the_line_of_the_document():
    """A cell that is no number is told with the line of the Markdown."""
    with pytest.raises(InputError, match=r"log: table 1:21: Validation Loss is .O\.5"):
        read_text(CARD.replace("| 0.625  ", "| O.5  "), "log")


def test_a_fenced_log_is_read():
    """A log pasted into Markdown stands in a fence; code in one is no log."""
    lines = "".join(f"Epoch {epoch} loss: {value}\n" for epoch, value in enumerate(LOSSES, 1))
    run = one(f"# It does not train\n\n```python\nloss = 3\n```\n\n```\n{lines}```\n")

    assert loss(run) == LOSSES


def test_markdown_without_a_curve_is_refused():
    """Prose about losses is no log."""
    assert "no part of it" in refusal("---\ntitle: x\n---\nThe loss: 0.5, then loss: 0.4.\n")


def test_an_indented_log_is_read():
    """What a notebook printed stands indented in the Markdown made of it."""
    lines = "".join(f"    [{place}]\ttrain-rmse:{value}\n" for place, value in enumerate(LOSSES))

    assert loss(one(f"# Boosting\n\n```python\ntrain()\n```\n\n{lines}\nDone.\n")) == LOSSES


def test_a_cell_that_trains_for_one_epoch_is_a_run():
    """One point is a run where the log says that one was planned."""
    text = "Epoch 1/1\n10/10 - 1s - loss: 0.5 - val_loss: 0.75\n"
    found = read_text(notebook((1, [stream(text)]), (2, [stream(text)])), "x")

    assert [run.name for run in found] == ["cell 1", "cell 2"]


def test_a_log_in_markdown_needs_no_fence():
    """A list of epochs in a README is read where nothing else of it is a curve."""
    lines = "".join(f"- Epoch {epoch} loss: {value}\n" for epoch, value in enumerate(LOSSES, 1))

    assert loss(one(f"# Results\n\n```bash\npython train.py\n```\n\n{lines}")) == LOSSES


def test_a_page_with_preformatted_text_is_read():
    """A page may hold a log as text."""
    lines = "".join(f"Epoch {epoch} loss: {value}\n" for epoch, value in enumerate(LOSSES, 1))

    assert loss(one(f"<html><body><pre><b>Log</b>\n{lines}</pre></body></html>")) == LOSSES


def test_a_page_with_a_table_is_read():
    """An HTML report is read by its table."""
    table = html_table(["Epoch", "loss"], list(enumerate(LOSSES, 1)))

    assert loss(one(f"<!DOCTYPE html><html><body><p>x</p>{table}</body></html>")) == LOSSES


def test_a_table_among_other_lines_is_read():
    """A CSV that a script printed between its messages is its log."""
    text = f"Loading data ...\nmodel has 12 layers, 3 heads\n{CSV}Saved to model.pt\nDone.\n"

    assert (loss(one(text)), loss(one(text), "val")) == (LOSSES, [0.875, 0.625, 0.5])


@pytest.mark.parametrize(
    "text",
    [
        "done\n{'loss': [0.75, 0.5, 0.25], 'val_loss': [0.875, 0.625, 0.5]}\n",
        "Train losses: [0.75, 0.5, 0.25]\nVal losses: [0.875, 0.625, 0.5]\n",
        "train_loss = [0.75,\n 0.5, 0.25]\nval_loss = array([0.875, 0.625,\n 0.5])\n",
        "train loss: [0.75 0.5  0.25]\nval loss: [0.875 0.625 0.5  ]\nsizes: [3, 4, 5]\n",
        "loss: [0.75, 0.5]\nloss: [0.75, 0.5, 0.25]\nval_loss: [0.875, 0.625, 0.5]\n",
    ],
)
def test_lists_printed_at_the_end_are_curves(text):
    """Many a script prints its curves as lists when it is done."""
    run = one("starting\n" + text)

    assert (loss(run), loss(run, "val")) == (LOSSES, [0.875, 0.625, 0.5])


@pytest.mark.parametrize("before", ["# made by train.py\n# seed 3\n", "Results of run 7\n", "\n\n"])
def test_a_title_before_the_header_changes_nothing(before):
    """Comments and a title stand before the header of many a CSV."""
    assert loss(one(before + CSV)) == LOSSES


def test_both_sides_of_a_merge_conflict_are_runs():
    """What stands on both sides of a conflict is never read twice as one run."""
    ours = "1,0.75\n2,0.5\n"
    theirs = "1,0.875\n2,0.625\n"
    text = f"epoch,loss\n<<<<<<< HEAD\n{ours}=======\n{theirs}>>>>>>> other\n"

    assert [(run.name, loss(run)) for run in read_text(text, "log")] == [
        ("HEAD", [0.75, 0.5]),
        ("other", [0.875, 0.625]),
    ]


def test_a_merge_conflict_is_told():
    """Each run of a conflict says where the marks stand."""
    text = "epoch,loss\n<<<<<<< HEAD\n1,3\n2,2\n=======\n1,4\n2,3\n>>>>>>> other\n"
    (note,) = read_text(text, "log")[0].notes

    assert "merge conflict stands in the file (line 2)" in note


def test_a_compressed_file_goes_by_the_name_inside(tmp_path):
    """The tag that a chart export has in its name is found behind the suffix of the compression."""
    path = tmp_path / "run-a-tag-val_loss.csv.gz"
    path.write_bytes(gzip.compress(b"Wall time,Step,Value\n1,1,0.5\n2,2,0.25\n3,3,0.125\n"))

    assert read(path)[0].get("val", "loss").value.tolist() == [0.5, 0.25, 0.125]
