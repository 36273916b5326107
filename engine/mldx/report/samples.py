"""Samples to look at: the surest mistakes of a model, and fifty samples as the model gets them. A
look at either settles more than any curve, and costs minutes.

    report.wrong_cases(y_true, probabilities, inputs=pictures).to_html()
    print(report.fifty_samples(texts, labels))

Inputs may be pictures (H, W), (H, W, 3) or (3, H, W), texts, series (T,), or rows of a table.
"""

from __future__ import annotations

import struct
import zlib
from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from markupsafe import Markup
from numpy.typing import ArrayLike, NDArray

from mldx.errors import Fault, ObservationError

_CHANNELS = (1, 3, 4)
_LONGEST = 600  # characters of a text
_SHORT = 48
_WIDTH, _HEIGHT = 160, 48  # of a drawn series
_LARGEST = 256  # pixels of a side; a larger picture is thinned
_LEAST_SIDE = 4  # pixels, below which rows of numbers are no picture


@dataclass(frozen=True, slots=True)
class Sample:
    """One sample on the sheet.

    place   its number among those handed over
    id      what the person calls it; else its number
    answer  what the model answers, where there is an answer
    sure    the probability of the answer, or how far off a number is
    """

    place: int
    id: str
    truth: str
    answer: str = ""
    sure: float | None = None
    input: Any = None


@dataclass(frozen=True, slots=True)
class Sheet:
    """Samples under a title, with what to look for."""

    title: str
    look: str
    samples: tuple[Sample, ...]

    def __len__(self) -> int:
        return len(self.samples)

    def __str__(self) -> str:
        """Return a table in plain text."""
        heads = ("sample", "truth", "answer", "sure", "input")
        rows = [heads, *(_row(one) for one in self.samples)]
        kept = [at for at in range(len(heads)) if any(row[at] for row in rows[1:])]
        widths = {at: max(len(row[at]) for row in rows) for at in kept}
        lines = ["  ".join(row[at].ljust(widths[at]) for at in kept).rstrip() for row in rows]
        return "\n".join([self.title, self.look, "", *lines])

    def to_html(self) -> str:
        """Return the sheet as one HTML page that needs nothing beside it."""
        from mldx.report.html.render import rendered

        shown = [(one, _drawn(one.input)) for one in self.samples]
        return str(rendered("samples.html", sheet=self, shown=shown))


def wrong_cases(
    y_true: ArrayLike,
    y_pred: ArrayLike,
    *,
    inputs: Any = None,
    ids: Sequence[Any] | None = None,
    names: Sequence[str] | None = None,
    most: int = 50,
) -> Sheet:
    """Return the mistakes to look at first: the surest ones, or the largest errors of numbers.

    y_true  (N,), classes or numbers
    y_pred  (N,), answers; or (N, C), probabilities of classes 0..C-1
    inputs  (N, ...), what the model got
    ids     (N,), names of the samples
    names   (C,), names of the classes
    raises  ObservationError, when lengths differ
    """
    truth, given = np.asarray(y_true), np.asarray(y_pred)
    _check(len(truth), {"y_pred": given, "inputs": inputs, "ids": ids})
    answers, sure = _answers(truth, given)
    wrong = answers != truth
    places = np.flatnonzero(wrong)
    if sure is not None:
        places = places[np.argsort(-sure[places], kind="stable")]
    samples = tuple(
        _sample(at, truth, answers, sure, inputs, ids, names) for at in places[:most].tolist()
    )
    title = f"{len(places)} of {len(truth)} are wrong; the first {len(samples)}, surest first"
    look = "Is the label right? Is the input what you expect? What have the mistakes in common?"
    return Sheet(title, look, samples)


def _answers(truth: NDArray[Any], given: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any] | None]:
    """Return the answers, and how sure each is: its probability, or how far off a number is."""
    if given.ndim == 2:
        return given.argmax(axis=1), given.max(axis=1)
    if "f" in (truth.dtype.kind, given.dtype.kind):
        return given, np.abs(given.astype(float) - truth.astype(float))
    return given, None


def fifty_samples(
    inputs: Any,
    labels: ArrayLike | None = None,
    *,
    ids: Sequence[Any] | None = None,
    names: Sequence[str] | None = None,
    most: int = 50,
    seed: int = 0,
) -> Sheet:
    """Return samples drawn at random, as the model gets them, each with its label.

    inputs, labels  (N, ...) and (N,), behind every transform, right before the model
    raises          ObservationError, when lengths differ
    """
    size = len(inputs)
    truth = None if labels is None else np.asarray(labels)
    _check(size, {"labels": truth, "ids": ids})
    dice = np.random.default_rng(seed)
    places = np.sort(dice.choice(size, min(most, size), replace=False)).tolist()
    samples = tuple(_sample(at, truth, None, None, inputs, ids, names) for at in places)
    title = f"{len(samples)} of {size} samples, drawn at random"
    look = "Does each label belong to its input? Would you know the answer from this input alone?"
    return Sheet(title, look, samples)


def _check(size: int, parts: Mapping[str, Any]) -> None:
    for name, part in parts.items():
        if part is not None and len(part) != size:
            what = f"{name} has {len(part)} entries."
            raise ObservationError(Fault("samples", what, f"{size}, one for each sample"))


def _sample(
    at: int,
    truth: NDArray[Any] | None,
    answers: NDArray[Any] | None,
    sure: NDArray[Any] | None,
    inputs: Any,
    ids: Sequence[Any] | None,
    names: Sequence[str] | None,
) -> Sample:
    return Sample(
        at,
        str(_at(ids, at, default=at)),
        _named(_at(truth, at), names),
        _named(_at(answers, at), names),
        None if sure is None else float(sure[at]),
        None if inputs is None else _input(inputs, at),
    )


def _at(values: Any, at: int, default: Any = None) -> Any:
    return default if values is None else values[at]


def _named(value: Any, names: Sequence[str] | None) -> str:
    if value is None:
        return ""
    if names is not None and isinstance(value, np.integer) and 0 <= value < len(names):
        return str(names[int(value)])
    return f"{value:.4g}" if isinstance(value, np.floating) else str(value)


def _input(inputs: Any, at: int) -> Any:
    """Return one input; of a table its row by column."""
    if hasattr(inputs, "iloc"):
        return inputs.iloc[at].to_dict()
    if hasattr(inputs, "row") and hasattr(inputs, "columns"):
        return inputs.row(at, named=True)
    one = inputs[at]
    return one.detach().cpu().numpy() if hasattr(one, "detach") else one


def _row(one: Sample) -> tuple[str, ...]:
    sure = "" if one.sure is None else f"{one.sure:.3g}"
    return one.id, one.truth, one.answer, sure, _words(one.input)


def _words(given: Any) -> str:
    """Say in a few words what an input is."""
    if given is None:
        return ""
    if isinstance(given, Mapping):
        given = ", ".join(f"{name}={_plain(value)}" for name, value in given.items())
    if isinstance(given, np.ndarray):
        if given.size > 8:
            span = f"{float(np.nanmin(given)):.3g}..{float(np.nanmax(given)):.3g}"
            return f"{given.shape} {given.dtype}, {span}"
        given = " ".join(map(_plain, given.ravel().tolist()))
    words = " ".join(str(given).split())
    return words if len(words) <= _SHORT else f"{words[: _SHORT - 1]}…"


def _plain(value: Any) -> str:
    return f"{value:.4g}" if isinstance(value, (float, np.floating)) else str(value)


def _drawn(given: Any) -> dict[str, Any]:
    """Return how an input is shown: as a picture, a line, a table, or words."""
    if isinstance(given, Mapping):
        return {"row": {str(name): _plain(value) for name, value in given.items()}}
    if isinstance(given, np.ndarray) and given.dtype.kind in "biuf":
        if (pixels := _pixels(given)) is not None:
            return {"picture": f"data:image/png;base64,{b64encode(_png(pixels)).decode()}"}
        if given.ndim == 1 and given.size > 8:
            return {"line": _line(given)}
        return {"words": _words(given)}
    return {} if given is None else {"words": str(given)[:_LONGEST]}


def _pixels(given: NDArray[Any]) -> NDArray[np.uint8] | None:
    """(H, W) or (H, W, 3), 0..255; what is not in a known range is stretched to it."""
    picture = _upright(given)
    if picture is None or min(picture.shape[:2]) < _LEAST_SIDE:
        return None
    step = max(1, -(-max(picture.shape[:2]) // _LARGEST))
    values = np.nan_to_num(picture[::step, ::step].astype(float))
    low, high = float(values.min()), float(values.max())
    if given.dtype.kind in "iu" and low >= 0 and high <= 255:
        return np.asarray(values, np.uint8)
    if low < 0 or high > 1:
        values = (values - low) / (high - low or 1.0)
    return np.asarray(np.round(255 * values), np.uint8)


def _upright(given: NDArray[Any]) -> NDArray[Any] | None:
    """Return a picture as (H, W) or (H, W, 3), None where it is none."""
    if given.ndim == 2:
        return given
    if given.ndim != 3:
        return None
    if given.shape[0] in _CHANNELS and given.shape[2] not in _CHANNELS:
        given = given.transpose(1, 2, 0)
    if given.shape[2] not in _CHANNELS:
        return None
    return given[:, :, 0] if given.shape[2] == 1 else given[:, :, :3]


def _png(pixels: NDArray[np.uint8]) -> bytes:
    """Return a picture as PNG (ISO/IEC 15948): no filter, one block of data."""
    height, width = pixels.shape[:2]
    kind = 2 if pixels.ndim == 3 else 0  # colour, or shades of grey
    rows = b"".join(b"\0" + row.tobytes() for row in np.ascontiguousarray(pixels))
    header = struct.pack(">IIBBBBB", width, height, 8, kind, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(*one) for one in chunks)


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def _line(values: NDArray[Any]) -> Markup:
    """Return a series as the points of a polyline, gaps left out."""
    y = values.astype(float)
    x = np.linspace(2, _WIDTH - 2, len(y))
    there = np.isfinite(y)
    if not there.any():
        return Markup("")
    low, high = float(y[there].min()), float(y[there].max())
    scaled = _HEIGHT - 2 - (y - low) / (high - low or 1.0) * (_HEIGHT - 4)
    points = [(f"{a:.1f}", f"{b:.1f}") for a, b in zip(x[there], scaled[there], strict=True)]
    kept = [points[0], *(two for one, two in pairwise(points) if one != two)]
    return Markup(" ").join(Markup("{},{}").format(*one) for one in kept)
