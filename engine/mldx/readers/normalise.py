"""Bytes to text, as the writer of the log meant it.

Files come as UTF-8, UTF-16 or Latin-1, with a byte order mark or without, with three kinds of line
end and one that is a mistake (CR CR LF); terminals add colours, backspaces and progress bars that
overwrite themselves.
"""

from __future__ import annotations

import codecs
import re

from mldx.errors import Fault, UnreadableRun

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_PICKLE = "a pickle, which can run any code when it is opened and is therefore never opened here"
_HELP = "give the log that the training wrote, or the folder it is in"
_OF_A_PICKLE = "save what is in it as JSON where it was made: `json.dump(history.history, file)`"
_KINDS = (
    (b"PK\x03\x04", "a zip archive (as `.pt`, `.npz` and `.keras` are)"),
    (b"\x89HDF", "an HDF5 file (model weights)"),
    (b"\x93NUMPY", "a NumPy array"),
    (b"PAR1", "a Parquet file"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"%PDF", "a PDF document"),
    (b"SQLite format 3", "a SQLite database"),
)
_ANSI = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[@-Z\\-_]")
_BAR = re.compile(r"%\||━|\[=*[>.]|\[=+\]|(?<!\d)\d++(?:\.\d++)?\s?(?:it/s|s/it)|\bETA\b")
_TQDM = re.compile(r"\|.*(?:it/s|s/it)")
_RETURNS = re.compile(r"(\r++)(\n?)")


def encoding(head: bytes) -> str:
    """Return the encoding of a file from its first bytes."""
    for mark, name in _MARKS:
        if head.startswith(mark):
            return name
    if wide := _unmarked_utf16(head):
        return wide
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return "latin-1"
    return "utf-8"


def _unmarked_utf16(head: bytes) -> str | None:
    """UTF-16 of Western text has a zero in every second byte."""
    even, odd = head[0::2], head[1::2]
    for zeros, others, name in ((odd, even, "utf-16-le"), (even, odd, "utf-16-be")):
        if len(head) >= 4 and zeros.count(0) > 0.7 * len(zeros) and others.count(0) == 0:
            return name
    return None


def refuse_binary(origin: str, head: bytes) -> None:
    """Raise UnreadableRun, saying what the file is, when its first bytes are no text."""
    if not is_text(head):
        kind = binary_kind(head)
        raise UnreadableRun(
            Fault(
                origin,
                f"the file is {kind}, not a log.",
                "a text log, a CSV, JSON or YAML file, or a TensorBoard event file",
                _OF_A_PICKLE if kind == _PICKLE else _HELP,
            )
        )


def is_text(head: bytes) -> bool:
    """Are these the first bytes of a text?"""
    return encoding(head).startswith("utf-16") or binary_kind(head) is None


def binary_kind(head: bytes) -> str | None:
    """Return what a binary file is, in words, or None for text."""
    if len(head) > 2 and head[0] == 0x80 and head[1] in range(2, 6):
        return _PICKLE
    known = next((words for magic, words in _KINDS if head.startswith(magic)), None)
    strange = len(re.findall(rb"[\x00-\x06\x0e-\x1a\x1c-\x1f\x7f]", head))
    return known or ("binary" if b"\0" in head or strange > 0.05 * len(head) else None)


def clean(text: str) -> str:
    """Return a log as a person saw it when it was done: no colours, and each progress bar in its
    last state.
    """
    text = _ANSI.sub("", text.removeprefix("\ufeff"))
    text = _RETURNS.sub(lambda found: "\n" if found[2] else found[1], text)
    text = re.sub(r"\x08+\r?", "\r", text)
    for mark in "\0\1":  # which no one saw, and by which the lines of text are taken apart
        text = text.replace(mark, "")
    return "\n".join(map(_last_state, text.split("\n"))) if "\r" in text else text


def _last_state(line: str) -> str:
    """Drop the bars that a later one overwrote; what was printed with a bare CR and is no bar stays
    a line.
    """
    states = [state for state in line.split("\r") if state.strip()]
    kept = [
        state
        for state, following in zip(states, [*states[1:], ""], strict=False)
        if not (_BAR.search(state) and _BAR.search(following))
    ]
    return "\n".join(kept)


def is_progress_bar(line: str) -> bool:
    """Is it a state of a tqdm bar? Its `|` and commas do not separate columns."""
    return bool(_TQDM.search(line))


def unified(text: str) -> str:
    """Return a text with one kind of line end: CR, CR LF and a wrong CR CR LF end a line once."""
    return _RETURNS.sub(lambda found: "\n" if found[2] else "\n" * len(found[1]), text)
