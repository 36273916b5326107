"""The lines people print themselves: `step 250: train loss 2.1, val loss 2.2`, `Epoch [3/50], Loss:
0.51 | Val. Loss: 0.6`.

A line is read from left to right: counters say where the run is; a number after the name of a
metric is a value of it. Its split is in the name, else in the nearest word before it on the line
(`Test set: Average loss: ...`), else in the last heading (`--- validation ---`). The same metric
with and without a step beside it makes two series, for one is a batch and the other a mean.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from mldx.readers.assemble import assembled
from mldx.readers.messages import messages, missing_labels
from mldx.readers.names import CANONICAL, SPLITS, Name, is_clock, named
from mldx.readers.numbers import PATTERN
from mldx.readers.run import Run, Split
from mldx.readers.source import LogSource
from mldx.readers.table import Table

FORMAT = "lines of text"
_COUNT = r"[\s:=\#]*[\[(]?\s*(\d+(?:\.\d+)?)(?:\s*(?:/|of)\s*(\d+))?"
_EPOCH = re.compile(rf"\bepochs?{_COUNT}", re.IGNORECASE)
_STEP = re.compile(
    rf"(?<![\w/])(?:global[_ ]?step|steps?|iter(?:ation)?s?|batch(?:es)?|update|round)\b{_COUNT}",
    re.IGNORECASE,
)
_OF_BATCHES = re.compile(
    r"\[\s*(\d+)\s*/\s*\d+\s*(?:\(\s*\d+ ?%\s*\))?\s*\]|(\d+)\s*/\s*\d+ batches", re.IGNORECASE
)
_WORD = r"[^\W\d][\w@./'’-]*+"
_LONGEST = 5000  # characters of a line; what is longer is data and no log
_VALUE = re.compile(
    rf"(?<![\w@./-])({_WORD}(?: +{_WORD}){{0,4}})\s*(?:\([^()\d]*\)\s*)?"
    r"\x22?[:=]?\s*(?:tensor\(|\[)?\s*"
    rf"({PATTERN})(?!\w)(\s*%|\s*/\s*\d+)?",
    re.IGNORECASE,
)
_REPEATED = frozenset(
    {"best", "lowest", "highest", "previous", "last", "min", "max"}
)  # tell a point again
_LOSS = re.compile(
    rf"(?:loss|ppl|perplexity|cost|nll)\w{{0,20}}\W{{0,12}}(?:tensor\()?{PATTERN}", re.IGNORECASE
)
_CLOCK = re.compile(
    r"\d{4}-\d\d-\d\d[ T]?|\d{1,2}:\d\d:\d\d(?:[.,]\d+)?|\[\d\d:\d\d<[^\]]*?(?=,\s*[A-Za-z]|\])"
)
_COMMA = re.compile(r"(?:loss|acc)\w{0,20}\s{0,9}[:=]?\s{0,9}\d+,\d+", re.IGNORECASE)
_POINT = re.compile(r"(?:loss|acc)\w{0,20}\s{0,9}[:=]?\s{0,9}\d+\.\d+", re.IGNORECASE)


def recognises(source: LogSource) -> bool:
    """Does a line hold the word `loss` (or `perplexity`, `ppl`) and a number after it?"""
    return bool(_LOSS.search(source.text))


def read(source: LogSource) -> list[Run]:
    """Return the run."""
    text = source.text
    if _COMMA.search(text) and not _POINT.search(text):
        text = re.sub(r"(?<=\d),(?=\d)", ".", text)
    reading = _Reading()
    for line in text.split("\n"):
        reading.take(_CLOCK.sub(" ", line[:_LONGEST]))
    run = assembled(source.origin, FORMAT, reading.table(), reading.setup(), messages(text))
    run.answers = missing_labels(text)
    return [run]


@dataclass(slots=True)
class _Reading:
    """Where the run is while its lines go by."""

    epoch: float | None = None
    planned: float | None = None
    heading: Split | None = None
    rows: list[dict[str, float]] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)
    shares: set[str] = field(default_factory=set)

    def take(self, line: str) -> None:
        """Read one line."""
        step = self._counters(line)
        values = _values(line)
        row: dict[str, float] = {}
        for name, told, split, value, share in values:
            key = self._key(name, told, split or self.heading, step)
            if share and key not in row:
                self.shares.add(key)
            row.setdefault(key, value)
        if row:
            self.rows.append({**self._place(step), **row})
        elif len(line.split()) <= 5:
            self._head(line)

    def _counters(self, line: str) -> float | None:
        """Note the epoch, and return the step, if the line counts one."""
        if epoch := _EPOCH.search(line):
            if self.epoch != float(epoch[1]):
                self.heading = None
            self.epoch = float(epoch[1])
            self.planned = float(epoch[2]) if epoch[2] else self.planned
            line = line[: epoch.start()] + " " + line[epoch.end() :].lstrip("])")
        step = _STEP.search(line) or (_OF_BATCHES.search(line) if epoch else None)
        return None if step is None else float(next(one for one in step.groups() if one))

    def _place(self, step: float | None) -> dict[str, float]:
        place = {"epoch": self.epoch, "step": step}
        return {axis: at for axis, at in place.items() if at is not None}

    def _head(self, line: str) -> None:
        words = [word for word in re.split(r"[^a-z]+", line.lower()) if word in SPLITS]
        if len(set(words)) == 1:
            self.heading = SPLITS[words[0]]

    def _key(self, name: str, told: Name, split: Split | None, step: float | None) -> str:
        key = f"{split or ''}/{told.metric}" + ("" if step is None else "/step")
        self.names.setdefault(key, name)
        return key

    def table(self) -> Table:
        """Return the rows as a table, each column under the name that the log gave it first."""
        table = Table.of_rows(self.rows)
        table.mark_shares(self.shares)
        for one in table.columns:
            one.name = self.names[one.name]
        return table

    def setup(self) -> dict[str, float]:
        """Return what the counters say of the plan."""
        return {"epochs_planned": self.planned} if self.planned else {}


def _values(line: str) -> list[tuple[str, Name, Split | None, float, bool]]:
    """Return name, what it means, split and value of each metric on a line, and whether its unit
    makes it a share.
    """
    found: list[tuple[str, Name, Split | None, float, bool]] = []
    for match in _VALUE.finditer(line):
        known = _known(match[1])
        if known is not None:
            name, told = known
            split = told.split or _before(
                line[: match.end(1) - len(name)], bool(found and found[0][1].split)
            )
            found.append((name, told, split, *_value(match, told)))
    return found


def _known(words: str) -> tuple[str, Name] | None:
    """Return the longest end of the words that is the name of a metric: `with train loss` is `train
    loss`.
    """
    parts = words.split()
    if not _REPEATED.isdisjoint(word.lower() for word in parts):
        return None
    for start in range(len(parts)):
        name = " ".join(parts[start:])
        told = named(name)
        if (
            told.known
            and not told.metric.startswith("best")
            and not is_clock(name)
            and _plain(told, name)
        ):
            return name, told
    return None


def _plain(told: Name, name: str) -> bool:
    """A metric of several words is one only when it is canonical: `loss improved` is a sentence."""
    return told.metric in CANONICAL or " " not in name


def _before(text: str, joined: bool) -> Split | None:
    """The last word before a metric that says a split.

    A name such as `val_loss` speaks for those after it only when the line began with such a name
    (`joined`): in `loss: 0.5 val_loss: 0.6 acc: 0.8` the accuracy is that of the loss.
    """
    words = [
        word
        for word in re.split(r"[^a-z]+" if joined else r"[^\w/]+", text.lower())
        if word in SPLITS
    ]
    return SPLITS[words[-1]] if words else None


def _value(match: re.Match[str], told: Name) -> tuple[float, bool]:
    """The number, of `98 %` and `9810/10000` the share, and whether it is one."""
    value, unit = float(match[2]), (match[3] or "").strip()
    if unit == "%":
        return value / 100, True
    whole = float(unit[1:]) if unit.startswith("/") else 0.0
    return (value / whole, True) if whole and told.metric != "loss" else (value, False)
