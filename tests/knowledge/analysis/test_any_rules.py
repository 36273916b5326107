"""Whatever stands in a rules folder, a load gives rules that can be used or says what is wrong; it
never stumbles.
"""

from __future__ import annotations

import contextlib
import random
from pathlib import Path

import pytest

from mldx.diagnosis import diagnose
from mldx.errors import MldxError, RulesError
from mldx.knowledge import load
from mldx.symptoms import Symptoms
from tests.kit.rules import write_files
from tests.kit.tiny import TINY
from tests.knowledge.analysis.conftest import analysed
from tests.knowledge.analysis.test_extend import OURS

SCRAPS = [
    "",
    "~",
    "null",
    "[]",
    "{}",
    "[1]",
    "{a: 1}",
    "true",
    "-1",
    "1.0e+308",
    ".nan",
    ".inf",
    "''",
    '"\\0"',
    "é",
    "- x",
    ": ",
    "a b",
    "with",
    "{label_noise: 5}",
    "{mild: 50, strong: 50}",
    "{is: true}",
    "{in: []}",
    "{all: []}",
    "{not: {is: 1}}",
    "{lt: a}",
    "healthy",
    "label_noise",
    "[true]",
    "!!python/object:x",
    "&a",
    "*a",
    "0x10",
    "1_0",
    "2024-01-01",
    "\t",
    "\x07",
    "[[[[",
    "mild",
    "setup.optimizer",
    "1e5",
]
ANSWERS = Symptoms.of(
    bad_label_fraction=0.5,
    train_loss_flat=True,
    generalization_gap=3.0,
    optimizer="nag",
    train_size=3,
)


def spoiled(text: str, dice: random.Random) -> str:
    """A text in which one thing is replaced, doubled or dropped."""
    lines = text.splitlines(keepends=True)
    place = dice.randrange(len(lines))
    line, kind = lines[place], dice.randrange(6)
    if kind == 0:
        del lines[place]
    elif kind == 1:
        lines.insert(place, line)
    elif kind == 2:
        lines[place] = line.replace("  ", "", 1) if dice.random() < 0.5 else "  " + line
    else:
        words = line.replace("{", "{ ").replace("}", " }").replace(",", " ,").split(" ")
        words[dice.randrange(len(words))] = dice.choice(SCRAPS)
        lines[place] = " ".join(words).rstrip("\n") + "\n"
    return "".join(lines)


@pytest.mark.parametrize("seed", range(12))
def test_spoiled_rules(tmp_path: Path, seed: int):
    """Rules with something spoiled load and diagnose, or raise RulesError with a line for each
    fault.
    """
    dice = random.Random(seed)
    for number in range(25):
        files, ours = dict(TINY), dict(OURS)
        which = dice.choice([files, ours])
        name = dice.choice(sorted(which))
        which[name] = spoiled(which[name], dice)
        tiny, extension = (
            write_files(tmp_path / f"{number}", files),
            write_files(tmp_path / f"{number}x", ours),
        )
        try:
            rules = load(tiny, [extension])
        except RulesError as error:
            assert all(fault.where and fault.what for fault in error.faults)
            assert analysed(tiny, extension)
            continue
        analysed(tiny, extension)
        with contextlib.suppress(MldxError):
            assert diagnose(ANSWERS, rules).model_dump_json()


@pytest.mark.parametrize(
    "content",
    [
        b"\xff\xfe",
        b"\x00",
        b"",
        b"- a\n",
        b"a: b: c\n",
        b"? [a]\n: 1\n",
        b"a: 1\n---\nb: 2\n",
        b"[" * 5000,
    ],
)
@pytest.mark.parametrize(
    "name", sorted({*TINY, "changes.yaml", "complaints.yaml", "pairs.yaml", "strange.yaml"})
)
def test_files_that_are_no_rules(tmp_path: Path, name: str, content: bytes):
    """A file that holds something else is told by its name."""
    tiny = write_files(tmp_path / "tiny", TINY)
    (tiny / name).write_bytes(content)

    with pytest.raises(RulesError) as error:
        load(tiny)

    assert any(name in str(fault.where) for fault in error.value.faults)
