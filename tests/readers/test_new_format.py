"""A format is added as CONTRIBUTING says: one module with two functions, and its name in the
register.
"""

import sys
from types import ModuleType

import numpy as np
import pytest

from mldx.errors import UnreadableRun
from mldx.readers import read_text, recognise
from mldx.readers.assemble import assembled
from mldx.readers.table import Table

LOG = "#toy 1\nL:2.31 V:2.30\nL:1.10 V:1.42\nL:0.70 V:1.20\n"


def toy() -> ModuleType:
    """The reader of a toy format: a line an epoch, L for training and V for validation."""
    made = ModuleType("mldx.readers.toy")

    def recognises(source) -> bool:
        return source.sample.startswith("#toy ")

    def read(source):
        rows = [line.split() for line in source.text.splitlines()[1:]]
        figures = np.array([[float(cell[2:]) for cell in row] for row in rows])
        there = np.ones(len(figures), np.bool_)
        columns = {"train_loss": (figures[:, 0], there), "val_loss": (figures[:, 1], there)}
        table = Table.of(columns, len(figures))
        table.count_epochs()
        return [assembled(source.origin, "toy log", table)]

    made.recognises, made.read = recognises, read
    return made


@pytest.fixture
def _with_toy(monkeypatch):
    monkeypatch.setitem(sys.modules, "mldx.readers.toy", toy())
    monkeypatch.setattr(recognise, "READERS", ("toy", *recognise.READERS))


def test_a_format_without_a_reader_is_refused():
    """Without its module the toy log is no log."""
    with pytest.raises(UnreadableRun):
        read_text(LOG, "toy.log")


@pytest.mark.usefixtures("_with_toy")
def test_a_registered_format_is_read_and_diagnosed(mldx):
    """One module and one name, and every command knows the format."""
    (run,) = read_text(LOG, "toy.log")
    told = mldx("read", "-", stdin=LOG)

    assert (run.format, run.get("val", "loss").value.tolist()) == ("toy log", [2.3, 1.42, 1.2])
    assert "read as toy log" in told.stdout
    assert mldx("diagnose", "-", stdin=LOG).exit_code in (0, 1)


def test_the_register_is_typed_and_whole():
    """Every module with both functions is registered, and every registered one has them."""
    from pathlib import Path

    folder = Path(recognise.__file__).parent
    readers = {
        path.stem
        for path in folder.glob("*.py")
        if {"\ndef recognises(", "\ndef read("}
        <= {part for part in ("\ndef recognises(", "\ndef read(") if part in path.read_text()}
    }

    assert readers == set(recognise.READERS)
    assert all(hasattr(recognise.reader(name), "recognises") for name in recognise.READERS)
