"""What the slots of a line template mean: counters say where the run is, and a number beside the
name of a metric is a value of it.

    Epoch [#/#], Step [#/#], Loss: # (#), Acc: #%
    epoch, of    step, of    loss, mean   accuracy

A value stands after its name, joined by `:`, `=`, `-`, `|`, `is` or a space; where no name stands
before a number, one after it may speak for it (`#, # avg loss, # rate`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Literal

from mldx.readers.languages import english
from mldx.readers.names import (
    CANONICAL,
    SPLITS,
    VOCABULARY,
    Name,
    axis,
    is_clock,
    is_loss,
    is_setting,
    named,
)
from mldx.readers.run import Split


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


SLOT, HIDDEN = "\0", "\1"  # a number that may mean something, and one that is noise
_S = SLOT
_ANY = f"[{SLOT}{HIDDEN}]"


@dataclass(frozen=True, slots=True)
class Value:
    """A slot that holds a value of a metric.

    at     its place among the slots that mean something; `whole` that of the total of a quotient,
           `mean` that of the running mean in parentheses beside it
    lead   the words of the line up to the value, by which two lines of one metric are told apart
    """

    at: int
    name: str
    told: Name
    split: Split | None
    lead: str
    percent: bool = False
    whole: int | None = None
    mean: int | None = None


@dataclass(slots=True)
class Phrases:
    """What a template says.

    slots        the slots that mean something, in order; the other places are places in it
    epoch, step  the counters, and what they count to
    bar          a state of a progress bar: its last one counts
    heading      the split that a line without values announces
    begins       it says that an epoch begins
    beside       what is no sentence: a header or a row of a table, a cell of a box
    """

    slots: list[int] = field(default_factory=list)
    epoch: int | None = None
    epochs: int | None = None
    step: int | None = None
    steps: int | None = None
    index: bool = False
    bar: bool = False
    values: list[Value] = field(default_factory=list)
    heading: Split | None = None
    beside: Literal["header", "row", "cell", ""] = ""
    begins: bool = False
    rank: int | None = None
    table: bool = False

    def place(self, slot: int) -> int:
        """Return the place of a slot, noting that it means something."""
        if slot not in self.slots:
            self.slots.append(slot)
        return self.slots.index(slot)


# ---------------------------------------------------------------- noise

_BAR = re.compile(rf"{_S}?\s?%?\s?\|[^|\n]{{0,300}}\|\s*{_S}/[{_S}?][^\[\n]{{0,10}}\[([^\]\n]*)\]?")
_THROUGHPUT = re.compile(rf"{_S}?[?]?\s?(?:it/s|s/it)")
_DRAWN = re.compile(r"\[[=>.\-#\s]{4,}\]|[━╸╺╺]{3,}|[\[|]?[█▏▎▍▌▋▊▉░▒■]+[█▏▎▍▌▋▊▉░▒■\s-]*[\]|]?")
_SUFFIXES = (
    "pth|pt|ckpt|h5|hdf5|bin|safetensors|keras|json|txt|log|csv|png|jpe?g|npy|npz|pkl|ya?ml|tar|gz"
    "|zip|onnx|pdparams|model"
)
_NOISE = re.compile(
    "|".join(
        (
            rf"\(?{_S}[-/]{_S}[-/]{_S}(?:T\d\d|,?[T ]+(?={_S}:))?",  # a date
            rf"T\d\d(?=:{_S})",
            rf":?{_S}:{_S}(?::{_S})?(?:[.,]{_S})?(?:<(?:{_S}:{_S}(?::{_S})?|\?))?",  # a clock
            rf"\b{_S}?[hd]\b ?{_S}m(?: ?{_S}s)?",
            rf"\S+\.(?:{_SUFFIXES})\b\S*",
            rf"(?<!\S)[/~][\w.{_S}-]*/\S*|(?<!\S)\.{{1,2}}/\S*|\b[A-Z]:\\\S*|https?://\S*",
            rf"\[?\b[\w./]+\.(?:py|cpp|cc|cu|h|c)\b[:(]?\s?{_S}?[)\]:]*",  # where it was logged
            rf"(?<!\S)[\w.<>]+:[\w.<>]+:{_S}(?=\s-)",
            rf"(?<![\w.]){_S}?(?=[0-9a-f]*[0-9])(?=[0-9a-f]*[a-f])[0-9a-f]{{6,}}\b",
            rf"{_S}e(?=[0-9a-f-]{{6}})[0-9a-f-]{{6,}}\b",
        )
    )
)
_LOGGER = re.compile(
    r"^.{0,90}?(?<![A-Za-z])(?:INFO|DEBUG|WARNING|WARN|ERROR|CRITICAL|NOTICE)\b[\]:|)\s-]*"
)
_LETTERS = re.compile(r"[^\W\d_]")


def cleaned(masked: str) -> str:
    """Return a masked line without what varies and means nothing: dates, clocks, paths, bars."""
    if "|" in masked or "[" in masked or "━" in masked or "█" in masked:
        masked = _without_bar(masked)
    masked = _NOISE.sub(_hidden, masked)
    return _LOGGER.sub(_hidden, masked)


def _hidden(found: re.Match[str]) -> str:
    return " " + HIDDEN * (found[0].count(SLOT) + found[0].count(HIDDEN)) + " "


def _without_bar(masked: str) -> str:
    """Drop a bar; before a message it says nothing, else what is written into it counts."""
    bar = _BAR.search(masked)
    if bar is None:
        return _DRAWN.sub(lambda found: " ~bar~ " + _hidden(found), masked)
    before, after = masked[: bar.start()], masked[bar.end() :]
    if SLOT in after and _LETTERS.search(after):
        gone = masked[: bar.end()]
        return " " + HIDDEN * (gone.count(SLOT) + gone.count(HIDDEN)) + " " + after
    drawn = masked[bar.start() : bar.start(1)]
    slots, counted = drawn.count(SLOT), f"{SLOT}/{SLOT}" in drawn
    hidden = HIDDEN * max(0, slots - 2) if counted else HIDDEN * slots
    inside = _THROUGHPUT.sub(_hidden, _NOISE.sub(_hidden, bar[1]))
    counter = f"~bar~ {hidden} [{SLOT}/{SLOT}]" if counted else f"~bar~ {hidden}"
    return f"{before} {counter} {inside} {after}"


# ---------------------------------------------------------------- counters

_SPLIT_WORD = "|".join(sorted(SPLITS, key=len, reverse=True))
_OF = rf"(?:\s*(?:/|of|out of)\s*({_S}))?"
_SIGNS = r"[\s:=\#'\"\]\[()|.-]*"
_EPOCH = re.compile(
    rf"(?<![\w/])(?:epochs?|ep)(?:\s*\(?(?:{_SPLIT_WORD})\)?)?(?:[_ ](?:idx|index|num|no))?"
    rf"_?{_SIGNS}({_S}){_OF}",
    re.IGNORECASE,
)
_EPOCH_AFTER = re.compile(rf"({_S})\s?epochs?\b{_OF}", re.IGNORECASE)
_STEP = re.compile(
    rf"(?<![\w/])(?:global[_ ]?steps?|train[_ ]?steps?|steps?|iter(?:ation)?s?|itr|it|"
    rf"(?:mini-?)?batch(?:es)?|num_updates|updates?|up(?=\.)|rounds?|total[_ ]timesteps|timesteps?)"
    rf"(?:\s*\(?(?:{_SPLIT_WORD})\)?)?_?{_SIGNS}({_S}){_OF}",
    re.IGNORECASE,
)
_OVERALL = re.compile(r"global|timesteps|num_updates", re.IGNORECASE)
_PAIR = re.compile(
    rf"[\[(]?\s*({_S})\s*(?:/|of)\s*({_S})\s*(?:\(\s*{_S}\s?%\s*\)|batches|[\])]|:|(?=\s|,|$))"
)
_SINGLE = re.compile(rf"^\]?\s*\[\s*({_S})\s*\]")
_RANGE = re.compile(rf"({_S})-({_S})batch", re.IGNORECASE)
_LEADING = re.compile(rf"^[\s{HIDDEN}]*[\[(]?\s*({_S})\s*[\])]?\s*(?:[:|,-]\s|\s(?=[^\W\d]))")
_NOT_HERE = frozenset(
    [
        "best",
        "since",
        "until",
        "patience",
        "warmup",
        "max",
        "num",
        "number",
        "total",
        "remaining",
        "every",
        "save",
        "saved",
        "saving",
        "load",
        "loaded",
        "loading",
        "resume",
        "resuming",
        "from",
        "starting",
        "per",
        "previous",
        "early",
        "skipped",
        "nan",
        "consumed",
        "accumulation",
        "after_best",
        "planned",
        "lowest",
        "highest",
        "min",
    ]
)
_RANK = re.compile(
    rf"^\s*[\[(<]?(?:rank|local_rank|gpu|worker|proc(?:ess)?)[\s:=_]*({_S}|\d+)[\])>]?[:|\s]",
    re.IGNORECASE,
)


def rank_of(masked: str, sample: list[str]) -> tuple[int | None, str]:
    """Return which process of several printed a line, and the line without its name."""
    found = _RANK.match(masked)
    if found is None:
        return None, masked
    rank = int(float(sample[0])) if found[1] == SLOT else int(found[1])
    return rank, _hidden(found) + masked[found.end() :]


def _slot_number(text: str, at: int) -> int:
    return text.count(SLOT, 0, at) + text.count(HIDDEN, 0, at)


def _is_here(text: str, start: int) -> bool:
    """Does a counter say where the run is, rather than where its best was or what was planned?"""
    if re.search(rf"{_ANY}\s*$", text[:start]) and re.match(r"\w+s\b", text[start:]):
        return False  # `63 batches: 4.4` counts what was averaged
    clause = re.split(rf"[;|,]|{_ANY}", text[max(0, start - 30) : start])[-1]
    near = re.findall(r"[A-Za-z_]+", clause.lower())[-3:]
    return _NOT_HERE.isdisjoint(near)


class _Line:
    """A template while it is taken apart; what a counter has taken is blanked."""

    def __init__(self, text: str, sample: list[str]) -> None:
        self.text, self.sample = text, sample
        self.phrases = Phrases(bar="~bar~" in text)
        self.plural = False

    def counters(self) -> None:
        """Find the epoch and the step."""
        phrases = self.phrases
        epoch = self._first(_EPOCH) or self._first(_EPOCH_AFTER)
        if epoch:
            phrases.epoch = self._place(epoch, 1)
            phrases.epochs = self._place(epoch, 2)
            self.plural = bool(re.match(r"epochs", epoch[0], re.IGNORECASE))
            self._blank(epoch)
        step = self._overall() or self._first(_STEP) or _RANGE.search(self.text)
        if step:
            which = 2 if step.re is _RANGE else 1
            phrases.step = self._place(step, which)
            phrases.steps = self._place(step, 2) if which == 1 else None
            self._blank(step)
        elif epoch and (single := _SINGLE.match(self.text[epoch.end() :])):
            at = epoch.end() + single.start(1)
            phrases.step = phrases.place(_slot_number(self.text, at))
            self.text = self.text[:at] + HIDDEN + self.text[at + 1 :]

    def _overall(self) -> re.Match[str] | None:
        return next((one for one in _STEP.finditer(self.text) if _OVERALL.search(one[0])), None)

    def _first(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        return next(
            (one for one in pattern.finditer(self.text) if _is_here(self.text, one.start())), None
        )

    def _place(self, match: re.Match[str], group: int) -> int | None:
        if match[group] is None:
            return None
        return self.phrases.place(_slot_number(self.text, match.start(group)))

    def _blank(self, match: re.Match[str]) -> None:
        held = match[0].count(SLOT) + match[0].count(HIDDEN)
        kept = " ".join(
            word for word in re.findall(r"[A-Za-z]+", match[0]) if word.lower() in SPLITS
        )
        filler = f" {kept} "[: len(match[0]) - held] if kept else ""
        width = len(match[0]) - held - len(filler)
        blanked = filler + " " * max(0, width - 1) + HIDDEN * held + " " * min(1, width)
        self.text = self.text[: match.start()] + blanked + self.text[match.end() :]

    def drop_plan(self) -> None:
        """`epochs: 500` without a value beside it is a plan, not where the run is."""
        measured = any(is_loss(one.told.metric) or one.split for one in self.phrases.values)
        if self.plural and self.phrases.epochs is None and not measured:
            self.phrases.epoch = None

    def pair(self) -> None:
        """Take `[#/#]` as the step, where it is no value."""
        if self.phrases.step is not None:
            return
        for pair in _PAIR.finditer(self.text):
            slot = _slot_number(self.text, pair.start(1))
            if any(self.phrases.slots[one.at] == slot for one in self.phrases.values):
                continue
            self.phrases.step = self._place(pair, 1)
            self.phrases.steps = self._place(pair, 2)
            return

    def leading(self) -> None:
        """Take a number at the start of the line as a counter, where there is no other."""
        phrases = self.phrases
        if phrases.step is not None or phrases.epoch is not None:
            return
        first = _LEADING.match(self.text)
        if first and phrases.values:
            slot = _slot_number(self.text, first.start(1))
            used = any(phrases.slots[one.at] == slot for one in phrases.values)
            if not used and slot < len(self.sample) and self.sample[slot].isdigit():
                phrases.step, phrases.index = phrases.place(slot), True


# ---------------------------------------------------------------- values

_WORD = r"[^\W\d][\w@./'’+²-]*"
_TAIL = re.compile(rf"{_WORD}(?:\s+{_WORD}){{0,7}}$")
_JOIN = re.compile(
    r"(?:[\s\"'\]})*`]|\([^()]*\))*\s*(?::=|->|=>|[:=|~≈–—-]|\bis\b|\bwas\b)?[\s\"'\[(*`]*"
    r"(?:tensor\(|array\(|np\.float\d*\(|float\d*\()?[\s\[(]*$"
)
_IN_BRACKETS = re.compile(rf"[\[(<]\s*({_SPLIT_WORD})\s*[\])>]", re.IGNORECASE)
_COUNT_NOUN = re.compile(
    r"^\s*(?:(?:train|test|val|validation|eval)\w*\s+)?"
    r"(?:batch(?:es)?|images?|samples?|examples?|items?|data points|points|sentences|instances)\b",
    re.IGNORECASE,
)
# `Cost after iteration #: #`: the name stands before the counter.
_OVER = re.compile(r"^\s*$|^\s*[\])]?\s*(?::=|[:=]|->|is\b|was\b)\s*$")
_UNIT = re.compile(
    r"^(?:(?:s|ms|us|sec|secs|min|mins|h|hr|hrs|it/s|s/it|[KMGT]i?B?|k|x|fps)\b"
    r"|\s(?:secs?|seconds?|minutes?|hours?|ms|[KMG]i?B)\b|\s?(?:it/s|s/it|tok(?:ens)?/s))"
)
_UNIT_BEFORE = re.compile(r"^(?:%|[A-Za-z/µ]{1,6}(?=[\s,;|)\]]))")
_PERCENT = re.compile(r"^\s?%")
_MEAN = re.compile(r"^\s?%?\s*\(\s*$|^\s?%?\s*[(,]?\s*(?:avg|mean|average|smoothed)\.?\s*[:=]?\s*$")
_WHOLE = re.compile(r"^\s*/\s*$")
_AFTER = re.compile(rf"^\s+({_WORD}(?:\s+{_WORD}){{0,3}})\s*(?:[,;|)]|$)")
_REPEATED = frozenset(
    [
        "best",
        "lowest",
        "highest",
        "previous",
        "prev",
        "last",
        "min",
        "max",
        "minimum",
        "maximum",
        "target",
        "old",
        "record",
    ]
)
# What is told of a checkpoint has been told of its epoch.
_KEPT = re.compile(r"\b(?:saved?|saving|checkpoint|loaded|loading)\b|保存", re.IGNORECASE)
_BEST = re.compile(r"\b(?:best|improved)\b", re.IGNORECASE)
_FILLERS = frozenset(
    [
        "of",
        "on",
        "over",
        "for",
        "in",
        "the",
        "a",
        "an",
        "all",
        "at",
        "to",
        "network",
        "model",
        "set",
        "data",
        "dataset",
        "images",
        "batches",
        "samples",
        "examples",
        "sentences",
        "instances",
        "points",
        "after",
        "this",
        "subset",
        "is",
        "was",
        "its",
        "our",
    ]
)


def parsed(text: str, sample: list[str]) -> Phrases:
    """Return what a cleaned template says.

    sample  the numbers of the first line that has it, as written
    """
    text = english(text)
    if "~bar~" in text and SLOT not in text.split("~bar~")[0] and columns_of(text):
        return Phrases(beside="header")  # the header of a detector's table has a bar behind it
    if SLOT not in text:
        return _without_numbers(text)
    if _says_nothing(text):
        return Phrases()
    line = _Line(_IN_BRACKETS.sub(r" \1 ", text), sample)
    line.counters()
    line.phrases.values = _values(line)
    line.drop_plan()
    line.pair()
    line.leading()
    if not line.phrases.values:
        line.phrases.begins = bool(_BEGINS.search(text))
        line.phrases.beside = "row" if not _named_words(text) else ""
        line.phrases.heading = _heading(line.text)
    return line.phrases


def _without_numbers(text: str) -> Phrases:
    """Return what a line without numbers says: it is a header, or may be a heading."""
    phrases = Phrases(bar="~bar~" in text)
    if columns_of(text):
        phrases.beside = "header"
    else:
        phrases.heading = _heading(text)
    return phrases


def _says_nothing(text: str) -> bool:
    """Has a line words, and none of a metric, a split or a counter?"""
    words = set(re.findall(r"[^\W\d_]{2,}", _CAMEL.sub("_", text).lower()))
    return len(words) > 2 and words.isdisjoint(VOCABULARY) and words.isdisjoint(SPLITS)


_BEGINS = re.compile(r"\b(?:begin|begins|start|starts|started)\b", re.IGNORECASE)
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z][a-z])")


_BARE = re.compile(
    rf"[\s{SLOT}{HIDDEN}/:|.,%GMKksx()\[\]+-]|~bar~|it/s|s/it|\ball\b|nan|None|n/a|--"
)


def _named_words(text: str) -> bool:
    return bool(_BARE.sub("", text))


_SAYS_NO_HEADING = frozenset(
    [
        "save",
        "saved",
        "saving",
        "load",
        "loaded",
        "loading",
        "best",
        "improved",
        "checkpoint",
        "dataset",
        "loader",
        "dataloader",
        "size",
        "samples",
        "images",
        "batches",
        "examples",
        "path",
        "dir",
        "file",
        "files",
        "split",
        "using",
        "number",
        "num",
        "total",
        "time",
        "done",
    ]
)


def _heading(text: str) -> Split | None:
    """The one split that a short line speaks of: `--- validation ---`, `Evaluating...`."""
    words = re.findall(r"[a-z]+", text.lower())
    splits = {SPLITS[word] for word in words if word in SPLITS}
    if len(words) > 6 or len(splits) != 1 or not _SAYS_NO_HEADING.isdisjoint(words):
        return None
    return splits.pop()


def _values(line: _Line) -> list[Value]:
    """Return the values of a line, by the names before them, else by the names after them."""
    return _by_names_before(line) or _by_names_after(line)


def _by_names_before(line: _Line) -> list[Value]:
    pieces = re.split(_ANY, line.text)
    kinds = re.findall(_ANY, line.text)
    found: list[Value] = []
    before = ""  # the text since the last number that is more than a count
    reach = 0
    skip: set[int] = set()
    for slot, kind in enumerate(kinds):
        before += pieces[slot]
        reach += len(pieces[slot])
        after = pieces[slot + 1]
        if kind == SLOT and slot not in skip and not _COUNT_NOUN.match(after):
            value = _value(line, before, reach, slot, pieces, kinds, found)
            if value is not None:
                found.append(value)
                skip |= _taken_beside(value, line)
        before = f"{before} " if _name_goes_on(kind, before, after) else ""
        reach += 1
    return found


def _taken_beside(value: Value, line: _Line) -> set[int]:
    """The slots of the total and the running mean that belong to a value."""
    return {line.phrases.slots[one] for one in (value.whole, value.mean) if one}


def _name_goes_on(kind: str, before: str, after: str) -> bool:
    """Does a name before a number speak for the number after it: `Cost after iteration #: #`?"""
    over = kind == HIDDEN and before.strip() and _OVER.match(after)
    return bool(_COUNT_NOUN.match(after) or over)


def _value(
    line: _Line,
    before: str,
    reach: int,
    slot: int,
    pieces: list[str],
    kinds: list[str],
    found: list[Value],
) -> Value | None:
    after = pieces[slot + 1]
    if reach > len(before):  # the unit of the number before
        before = _UNIT_BEFORE.sub("", before)
    known = None if _UNIT.match(after) else _name_before(before)
    if known is None or _repeats(line.text[: reach - len(before)] + before):
        return None
    name, told, beyond = known
    lead = line.text[: reach - len(before) + before.rfind(name)] if name in before else ""
    joined = any(one.told.split for one in found[:1])
    split = told.split or beyond or _split_before(lead, joined)
    if (split, len(found), slot) == (None, 0, len(kinds) - 1):
        split = _split_after(after)
    place, percent = line.phrases.place(slot), bool(_PERCENT.match(after))
    whole, mean = _beside(line, slot, (after, *kinds[slot + 1 : slot + 2]), told)
    return Value(place, name, told, split, _lead(lead + name), percent, whole, mean)


def _beside(
    line: _Line, slot: int, following: tuple[str, ...], told: Name
) -> tuple[int | None, int | None]:
    """Return the places of the total and of the running mean, where the next number is one.

    following  the text after the value, and the kind of the next number
    """
    after, *kind = following
    if kind != [SLOT]:
        return None, None
    whole = _WHOLE.match(after) and _quotient(line.sample, slot, told)
    mean = _MEAN.match(after)
    return (
        line.phrases.place(slot + 1) if whole else None,
        line.phrases.place(slot + 1) if mean else None,
    )


def _repeats(before: str) -> bool:
    """Does the text before a value say that it is of a checkpoint, or the best so far?"""
    sentence = re.split(r"[;|]|\.\s", before)[-1]
    return bool(_KEPT.search(sentence) or _BEST.search(re.split(r"[,)]", sentence)[-1]))


def _quotient(sample: list[str], slot: int, told: Name) -> bool:
    if "loss" in told.metric or slot + 1 >= len(sample):
        return False
    part, whole = sample[slot], sample[slot + 1]
    return part.isdigit() and whole.isdigit() and int(part) <= int(whole)


def _lead(text: str) -> str:
    return " ".join(re.findall(r"[^\W\d_][\w@]*", text.lower()))[-200:]


def _name_before(before: str) -> tuple[str, Name, Split | None] | None:
    """The name at the end of a text that leads to a number, and a split said between them."""
    before = before[-160:]
    join = _JOIN.search(before)
    tail = _TAIL.search(before[: join.start()] if join else before)
    if tail is None:
        return None
    words = tail[0].split()
    return None if any(map(_says_repeated, words)) else _name_at_end(words)


def _says_repeated(word: str) -> bool:
    """Does a word say that the value was told before: `best`, `min_loss`?"""
    plain = word.strip(".'’").lower()
    return plain in _REPEATED or plain.startswith(("best_", "best-", "min_", "max_"))


def _name_at_end(words: list[str]) -> tuple[str, Name, Split | None] | None:
    """The name that words end with, but for fillers and a split."""
    beyond: Split | None = None
    while words:
        if known := _known(words):
            return (*known, beyond)
        last = words.pop().strip(".,'’").lower()
        if last not in _FILLERS and last not in SPLITS:
            return None
        beyond = beyond or SPLITS.get(last)
    return None


def _known(words: list[str]) -> tuple[str, Name] | None:
    """Return the longest end of the words that is the name of a metric: `with train loss` is `train
    loss`.
    """
    if is_clock(" ".join(words[-3:])) or any(map(is_clock, words)):
        return None
    for start in range(len(words)):
        name = " ".join(words[start:])
        told = named(name)
        if (
            told.known
            and not told.metric.startswith("best")
            and not is_setting(told.metric)
            and not is_clock(name)
            and (told.metric in CANONICAL or " " not in name)
        ):
            return _with_its_kind(words[:start], name, told)
    return None


def _with_its_kind(before: list[str], name: str, told: Name) -> tuple[str, Name]:
    """`KL Loss` and `Triplet loss` are parts of a loss, `Jersey accuracy` is one of several; but
    `Average loss` and `with loss` are the loss.
    """
    kind = before[-1].strip(".,'’") if before else ""
    odd = not re.fullmatch(r"[\w-]+", kind)
    plain = odd or kind.lower() in _PLAIN or kind.lower() in SPLITS
    if plain or told.metric not in ("loss", "accuracy") or named(kind).known:
        return name, told
    return f"{kind} {name}", Name(told.split, f"{kind.lower()}_{told.metric}", told.grain)


_PLAIN = _set(
    """
    avg average mean running current total epoch batch step iter iteration final with and has have
    the is was model overall classification cumulative smoothed raw moving global pixel top new its
    our this in of at on for get got reached achieved finished done completed end results result
    metrics metric performance summary network set after mini minibatch last whole full
    """
)


def _split_before(text: str, joined: bool) -> Split | None:
    """The last word before a metric that says a split.

    A name such as `val_loss` speaks for those after it only when the line began with such a name
    (`joined`): in `loss: 0.5 val_loss: 0.6 acc: 0.8` the accuracy is that of the loss.
    """
    parts = re.split(r"[^a-z]+" if joined else r"[^\w/.]+", text.lower())
    words = [word for word in parts if word in SPLITS]
    return SPLITS[words[-1]] if words else None


_AT_END = re.compile(rf"^\s*%?\s*(?:\(|\[|on|for|in)\s*(?:the\s+)?({_SPLIT_WORD})\b", re.IGNORECASE)


def _split_after(text: str) -> Split | None:
    """`loss 0.5 (validation)`, `0.5 on the test set`."""
    found = _AT_END.match(text)
    return SPLITS[found[1].lower()] if found else None


def _by_names_after(line: _Line) -> list[Value]:
    """`#, # avg loss, # rate, # seconds`: each number is followed by its name."""
    pieces = re.split(_ANY, line.text)
    kinds = re.findall(_ANY, line.text)
    found: list[Value] = []
    lead = pieces[0]
    for slot, kind in enumerate(kinds):
        after = _AFTER.match(pieces[slot + 1])
        known = _known(after[1].split()) if after and kind == SLOT else None
        if after and known and known[0] == after[1] and _REPEATED.isdisjoint(after[1].split()):
            name, told = known
            split = told.split or _split_before(lead, joined=False)
            place = line.phrases.place(slot)
            found.append(Value(place, name, told, split, _lead(lead + name)))
        lead += pieces[slot + 1]
    return found


# ---------------------------------------------------------------- tables

_LONGEST_NAME = 40  # characters: what is longer is a sentence


def columns_of(text: str) -> list[str]:
    """Return the names in the header of a table, empty when the line is none."""
    text = english(text).split("~bar~")[0]
    names = _cells(text.replace(HIDDEN, " ").strip().rstrip(":").strip())
    if len(names) < 3 or max(map(len, names)) > _LONGEST_NAME:
        return []
    return names if sum(map(_is_column, names)) >= max(2, len(names) / 2) else []


def _cells(row: str) -> list[str]:
    """The cells of a row: by bars, tabs, wide gaps, or else by blanks."""
    if "|" in row:
        return [one.strip() for one in row.strip("|").split("|")]
    if "\t" in row:
        return [one.strip() for one in row.split("\t") if one.strip()]
    names = [one for one in re.split(r"\s{2,}", row) if one]
    words = row.split()
    return words if len(names) < 3 <= len(words) else names


def _is_column(name: str) -> bool:
    return bool(axis(name) or is_clock(name) or named(_column_name(name)).known)


_COLUMN_NAMES = {
    "p": "precision", "r": "recall", "box(p": "precision", "box": "box_loss", "obj": "obj_loss",
    "cls": "cls_loss", "dfl": "dfl_loss", "total": "loss", "e": "epoch", "#": "step",
    "images": "images_count", "instances": "instances_count", "labels": "labels_count",
    "ents_f": "f1", "ents_p": "precision", "ents_r": "recall",
}  # fmt: skip


def _column_name(name: str) -> str:
    return _COLUMN_NAMES.get(name.lower(), name)


_TOKEN = re.compile(r"[^\s|]+")


def table_row(columns: list[str], text: str, sample: list[str]) -> Phrases:
    """Return what the slots of a table's row mean by the names of the columns."""
    phrases = Phrases(table=True)
    whole = text.split("~bar~", maxsplit=1)[0].rstrip().rstrip(":")
    row = whole.lstrip(f" \t{HIDDEN}")
    slot = whole.count(HIDDEN, 0, len(whole) - len(row))
    cells = row.strip().strip("|").split("|") if "|" in row else _TOKEN.findall(row)
    if len(cells) != len(columns):
        return phrases
    of_validation = _of_validation([name.lower() for name in columns], text)
    for name, cell in zip(columns, cells, strict=True):
        if SLOT in cell:
            split: Split | None = "val" if name.lower() in of_validation else None
            _take_cell(phrases, _column_name(name), cell, slot, split)
        slot += cell.count(SLOT) + cell.count(HIDDEN)
    return phrases


def _of_validation(columns: list[str], text: str) -> frozenset[str]:
    """The columns that are of validation: all in a detector's row of all classes, the scores in
    what spaCy prints.
    """
    if "class" in columns and re.search(r"\ball\b", text):
        return frozenset(columns)
    scores = (name for name in columns if not is_loss(named(name).metric))
    return frozenset(scores if columns[:2] == ["e", "#"] else ())


def _take_cell(phrases: Phrases, name: str, cell: str, slot: int, split: Split | None) -> None:
    which = axis(name)
    slot += cell[: cell.index(SLOT)].count(HIDDEN)
    if which == "epoch":
        phrases.epoch = phrases.place(slot)
        if re.match(rf"\s*{_S}/{_S}", cell):
            phrases.epochs = phrases.place(slot + 1)
    elif which == "step":
        phrases.step = phrases.place(slot)
    elif not is_clock(name) and not _UNIT.match(cell.strip().lstrip(SLOT) or " "):
        told = named(name)
        if told.known and not told.metric.startswith("best"):
            place = phrases.place(slot)
            percent = "%" in cell
            phrases.values.append(Value(place, name, told, told.split or split, name, percent))
