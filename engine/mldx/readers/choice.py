"""Several series may be one metric of one split; which of them is judged.

    loss_epoch (10), loss_step (500)     two grains of one quantity: the means over the epochs are
                                         judged, the steps are looked at for what epochs hide
    loss (100), total_loss (100)         two quantities: the plainest name is judged, and the other
                                         is a rival that is only named
    loss (70), loss (2, closing lines)   the longer one is judged, never the shortest

A person who knows better says so (`--series train_loss=total_loss`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np

from mldx.errors import Fault, InputError, nearest
from mldx.readers import names
from mldx.readers.run import Run, Series, Split

_SHARE = 0.5  # of the points, or of the length, of the longest: as long as it, near enough
_AN_EPOCH = 1.5  # points in an epoch, at most, of a series of means over epochs
_LEAST = {"epoch": 2, "": 3, "step": 3}  # points of a curve; a name that says epoch is trusted more
_NAMED = 8  # series that a message names
KEYS = "train_loss, val_loss, train_accuracy, val_accuracy, lr, grad_norm"

Key = tuple[Split, str]


def settle(run: Run, chosen: Sequence[Series] = ()) -> None:
    """Put the series to judge before the others of its split and metric, tell which are rivals,
    and note the choice.

    chosen   series that a person names; each is judged whatever stands beside it
    """
    before = set(_notes(run))
    groups = _groups(run.series)
    run.series = []
    for (split, metric), group in groups.items():
        beside = groups.get(("val", metric), []) if split == "train" else []
        run.series += _settled(group, beside, chosen)
    kept = [note for note in run.notes if note not in before]
    run.notes = [*kept, *(note for note in _notes(run) if note not in kept)]


def _groups(series: Iterable[Series]) -> dict[Key, list[Series]]:
    groups: dict[Key, list[Series]] = {}
    for one in series:
        groups.setdefault((one.split, one.metric), []).append(one)
    return groups


def _settled(
    group: list[Series], validation: Sequence[Series], chosen: Sequence[Series]
) -> Iterator[Series]:
    """Yield the series of one split and metric, that to judge first, rivals last."""
    named = [one for one in chosen if any(one is other for other in group)]
    first = min(named or group, key=lambda one: _order(one, group, validation))
    yield replace(first, rival=False)
    rest = [replace(one, rival=not _is_finer(one, first)) for one in group if one is not first]
    yield from sorted(rest, key=lambda one: (one.rival, len(one)))


def _order(
    one: Series, group: Sequence[Series], validation: Sequence[Series]
) -> tuple[bool, int, bool, int]:
    """What covers the run comes first, of that means over epochs, then the plainest name, then the
    longest.
    """
    grain = 0 if any(_together(one, other) for other in validation) else _grain(one)
    return not _covers(one, group), grain, not names.is_plain(one.name), -len(one)


def _together(one: Series, other: Series) -> bool:
    """Were two series written at the same places: training evaluated as validation is?"""
    return one.axis == other.axis and np.array_equal(one.x, other.x)


def _covers(one: Series, group: Sequence[Series]) -> bool:
    """Does a series go over about as much of the run as any of the group?"""
    if len(one) >= _SHARE * max(map(len, group)):
        return True
    if len(one) < _LEAST[names.named(one.name).grain]:
        return False
    return _span(one) >= _SHARE * max(_span(other) for other in group if other.axis == one.axis)


def _span(one: Series) -> float:
    return float(np.ptp(one.x)) if len(one) else 0.0


def _grain(one: Series) -> int:
    """0 for means over epochs, by the name or by the number of points; 2 for single steps."""
    said = names.named(one.name).grain
    if said:
        return 0 if said == "epoch" else 2
    return 0 if _by_epoch(one) else 1


def _by_epoch(one: Series) -> bool:
    """Is there about one point an epoch?"""
    if one.epoch is None or not len(one):
        return False
    epochs = np.floor(np.sort(one.epoch[np.isfinite(one.epoch)]))
    different = int(np.count_nonzero(np.diff(epochs))) + 1
    return len(one) <= _AN_EPOCH * different


def _is_finer(one: Series, first: Series) -> bool:
    """Is it the same quantity, written more often?"""
    same = names.quantity(one.name) == names.quantity(first.name)
    return same and len(one) > len(first)


def _notes(run: Run) -> Iterator[str]:
    """Say of each loss and score that has several series which of them is judged."""
    for (split, metric), (first, *others) in _groups(run.series).items():
        if others and split != "other" and metric not in names.PROCESS:
            yield _note(first, others)


def _note(first: Series, others: Sequence[Series]) -> str:
    parts = [f"{first.split} {first.metric} is {counted([first])}"]
    finer = [one for one in others if not one.rival]
    rivals = [one for one in others if one.rival]
    parts += [f"its steps are {counted(finer)}"] if finer else []
    parts += [f"not judged: {counted(rivals)}"] if rivals else []
    return "; ".join(parts)


def counted(series: Sequence[Series]) -> str:
    """Return the names of series with their points."""
    named = [f"`{one.name}` ({_points(one)})" for one in series[:_NAMED]]
    left = len(series) - len(named)
    return ", ".join(named) + (f" and {left} more" if left else "")


def _points(one: Series) -> str:
    return "1 point" if len(one) == 1 else f"{len(one)} points"


def choose(run: Run, wanted: Mapping[str, str]) -> Run:
    """Return a run with series taken as a person says.

    wanted   name of a series by what it is: {"train_loss": "total_loss"}
    raises   InputError for a key that is no series of a run record, and for a name that is not
             there, with those that are
    """
    before = set(_notes(run))
    kept = [note for note in run.notes if note not in before]
    made = replace(run, series=list(run.series), notes=kept)
    chosen = []
    for key, name in wanted.items():
        split, metric = _key(key)
        found = _found(run, key, name, split)
        chosen.append(replace(found, split=split, metric=metric, rival=False))
        made.series = [one for one in made.series if one is not found] + chosen[-1:]
    if any(one.metric == "loss" for one in chosen):
        made.doubts = []  # whoever names the loss has looked
    settle(made, chosen)
    return made


def wanted_series(said: Iterable[str]) -> dict[str, str]:
    """Return the log's own names of series by what they are, from texts KEY=NAME.

    raises   InputError for what is not KEY=NAME, or a key that is not one
    """
    wanted: dict[str, str] = {}
    for text in said:
        key, _, name = (part.strip() for part in text.partition("="))
        if not key or not name:
            help = "write for example --series train_loss=total_loss"
            raise InputError(Fault("--series", f"{text!r} names no series.", "KEY=NAME", help))
        wanted[key] = name
    check_keys(wanted)
    return wanted


def check_keys(wanted: Iterable[str]) -> None:
    """Refuse a key that is not the name of a series in a run record.

    raises   InputError
    """
    for key in wanted:
        _key(key)


def _key(key: str) -> Key:
    told = names.named(key)
    usual = told.metric in names.CANONICAL or (told.split is not None and told.known)
    if names.axis(key) or not usual:
        near = nearest(key, KEYS.split(", "))
        help = f"write `{near}`" if near else ""
        what = f"`{key[:80]}` is not the name of a series."
        raise InputError(Fault("--series", what, f"a name as in a run record: {KEYS}", help))
    return told.split or "train", told.metric


def _found(run: Run, key: str, name: str, split: Split) -> Series:
    """Return the series of that name, the longest; where several have it, that of the split."""
    exact = [one for one in run.series if one.name == name]
    same = exact or [one for one in run.series if one.name.lower() == name.lower()]
    if not same:
        raise _not_there(run, key, name)
    return max([one for one in same if one.split == split] or same, key=len)


def _not_there(run: Run, key: str, name: str) -> InputError:
    near = nearest(name, [one.name for one in run.series])
    what = f"--series {key}={name}: there is no series `{name}`."
    help = f"write `{near}`" if near else "`mldx read` shows them all"
    there = f"one of {counted(run.series)}" if run.series else "a log with numbers in it"
    return InputError(Fault(run.origin, what, there, help))
