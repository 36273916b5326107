"""Whole commands on large logs beside the tools that only read them, each a process of its own.

    pip install tensorboard pandas polars
    pytest tests/benchmarks/test_readers.py -n 0 -s               # -k 1000000 for the large ones

CPU time counts, of both in turn, and the ratio within one run; the memory of a process is its peak.
"""

from __future__ import annotations

import json
import math
import os
import struct
import subprocess
import sys
from importlib.util import find_spec
from statistics import median

import pytest

from tests.readers.test_tensorboard import block, frame, simple, varint

ROUNDS = 3
SIZES = [100_000, 1_000_000]
OTHERS = {
    "csv": ("pandas", "import pandas; pandas.read_csv({path!r})"),
    "jsonl": ("polars", "import polars; polars.read_ndjson({path!r})"),
    "events": (
        "tensorboard",
        (
            "from tensorboard.backend.event_processing import event_accumulator as events\n"
            "read = events.EventAccumulator({path!r}, size_guidance={{'scalars': 0}}).Reload()\n"
            "[read.Scalars(tag) for tag in read.Tags()['scalars']]"
        ),
    ),
}
MOST = {"csv": 3, "jsonl": 4.5, "events": 1 / 3}  # times the CPU of the other; aims: 2, 3, 1/3
MOST_OF_THE_FILE = 3  # times, for the memory that a file takes
MOST_MEGABYTES = {"csv": 200, "jsonl": 200, "events": 250}


def rows(count):
    """Yield rows of a step log with a validation each hundred steps."""
    for step in range(count):
        share = step / count
        row = {"step": step, "loss": round(2.3 * math.exp(-4 * share) + 0.2, 5)}
        row["learning_rate"] = float(f"{1e-3 * (1 - share):.6g}")
        if step % 100 == 99:
            row["val_loss"] = round(0.5 + 2 * math.exp(-5 * share) + 0.4 * share, 5)
        yield row


def write_csv(path, count):
    names = ("step", "loss", "val_loss", "learning_rate")
    with path.open("w", encoding="utf-8") as file:
        file.write(",".join(names) + "\n")
        file.writelines(
            ",".join(str(row.get(name, "")) for name in names) + "\n" for row in rows(count)
        )


def write_jsonl(path, count):
    with path.open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(row) + "\n" for row in rows(count))


def write_events(path, count):
    with path.open("wb") as file:
        file.write(frame(b"\x09" + struct.pack("<d", 1e9) + block(3, b"brain.Event:2")))
        for row in rows(count // 3):
            head = b"\x09" + struct.pack("<d", 1e9 + row["step"]) + b"\x10" + varint(row["step"])
            for tag, name in (("train/loss", "loss"), ("lr", "learning_rate"), ("grad", "loss")):
                file.write(frame(head + block(5, block(1, simple(tag, row[name])))))


WRITERS = {"csv": write_csv, "jsonl": write_jsonl, "events": write_events}


@pytest.fixture(scope="module")
def log_of(tmp_path_factory):
    """Return the path of a log of a kind and size, written once."""
    written = {}

    def path_of(kind, count):
        if (kind, count) not in written:
            name = "events.out.tfevents.1" if kind == "events" else f"metrics.{kind}"
            path = tmp_path_factory.mktemp(f"{kind}{count}") / name
            WRITERS[kind](path, count)
            written[kind, count] = path
        return written[kind, count]

    return path_of


def spent(*arguments):
    """Return CPU seconds and megabytes of a Python process."""
    started = subprocess.Popen([sys.executable, *arguments], stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(started.pid, 0)
    assert os.waitstatus_to_exitcode(status) in (0, 1)
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def diagnosed(path):
    return spent("-m", "mldx", "diagnose", str(path), "--json")


@pytest.mark.parametrize("count", SIZES)
@pytest.mark.parametrize("kind", OTHERS)
def test_a_whole_command_beside_a_reader(log_of, capsys, kind, count):
    """A diagnosis takes at most so many times what the other takes to read the file."""
    module, script = OTHERS[kind]
    if find_spec(module) is None:
        pytest.skip(f"{module} is not installed")
    path = log_of(kind, count)
    diagnosed(path)  # the rules are compiled once

    taken = [(diagnosed(path), spent("-c", script.format(path=str(path)))) for _ in range(ROUNDS)]

    ratio = median(own[0] / other[0] for own, other in taken)
    (own, memory), (other, others_memory) = taken[-1]
    with capsys.disabled():
        print(f"\n{kind} {count}: {own:.2f} s, {memory:.0f} MB; {module} {other:.2f} s, "
              f"{others_memory:.0f} MB; {ratio:.2f}x")  # fmt: skip
    if count == max(SIZES):
        assert ratio <= MOST[kind]


@pytest.mark.parametrize("count", SIZES)
@pytest.mark.parametrize("kind", OTHERS)
def test_the_memory_of_a_large_log(log_of, tmp_path, kind, count):
    """A log takes at most three times its size, beside what a small one takes."""
    path, small = log_of(kind, count), tmp_path / "small.csv"
    write_csv(small, 100)
    _, least = diagnosed(small)

    _, memory = diagnosed(path)

    assert memory < MOST_MEGABYTES[kind]
    if count == max(SIZES):
        assert memory - least < MOST_OF_THE_FILE * path.stat().st_size / 2**20
