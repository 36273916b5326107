"""Lines of a log that say what is wrong in words; each becomes an event, once."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mldx.readers.run import Event

_MOST, _LONGEST = 50, 100_000
_SAYINGS = re.compile(
    r"""
      cuda\ out\ of\ memory | outofmemoryerror | resource_?exhausted(?:error)? | \boom[-\ ]kill
    | loss\ (?:is|was|became|=|:=)\ ?nan
    | (?:nan|inf|non-finite|invalid)\ (?:values?\ )?(?:or\ inf\ )?(?:found\ |detected\ )?
      in\ (?:the\ )?loss
    | invalid\ loss,\ terminating | (?:nan|non-?finite)\ (?:loss|gradients?|grad)\b
    | loss\ is\ (?:not\ finite|inf)
    | gradient\ overflow | overflow\.\ skipping\ step
    | no\ labels\ found | labels\ are\ missing | ignoring\ corrupt\ image
    | most\ labels\ in\ your\ dataset\ are\ -100 | labels\ (?:in\ your\ dataset\ )?are\ all\ -100
    | newly\ initialized
    | no\ further\ splits\ with\ positive\ gain | no\ more\ leaves\ that\ meet
    | lr_scheduler\.step\(\)`?\ before | ran\ out\ of\ data | input\ ran\ out\ of\ data
    | none\ of\ the\ inputs\ have\ requires_grad | gradients\ (?:will\ be|are)\ none
    | gradients\ do\ not\ exist\ for\ variables
    | using\ a\ target\ size\ .{0,80}\ different\ to\ the\ input\ size
    | terminate_?on_?nan | terminating\ training | tolerance\ reached
    | assertion\ .{0,200}\ failed | device-side\ assert
    | convergencewarning | found\ unused\ parameters | received\ a\ label\ value\ of
    """,
    re.IGNORECASE | re.VERBOSE,
)
_COUNTS = re.compile(
    r"train:.{0,200}?(\d+) images(?: found)?, .{0,80}?(\d+) (?:missing|backgrounds)", re.IGNORECASE
)


# Each saying holds one of these; to look for a plain word takes a hundredth of the time that the
# sayings take at every character.
_HINTS = (
    "out of memory", "outofmemory", "resource", "oom", "nan", "in loss", "in the loss",
    "loss is inf", "invalid loss", "finite",
    "overflow", "no labels", "labels are", "corrupt image", "-100", "newly", "positive gain",
    "no more leaves", "lr_scheduler", "ran out", "requires_grad", "gradients", "target size",
    "terminat", "tolerance", "assert", "convergencewarning", "unused parameters",
    "received a label",
)  # fmt: skip
_BLOCK = 1 << 16


def messages(text: str) -> list[Event]:
    """Return an event for each line that states a fault, each saying once, in the order of the log.

    Line by line, for one search through a whole log would hold up every other thread of the program
    meanwhile; and only in blocks and lines that hold a word of a saying.
    """
    said: dict[str, str] = {}
    for block in _blocks(text):
        small = block.lower()
        hints = [hint for hint in _HINTS if hint in small]
        if not hints:
            continue
        for line in block.split("\n"):
            low = line[:_LONGEST].lower()
            if any(hint in low for hint in hints):
                _collect(line, said)
        if len(said) >= _MOST:
            break
    return [Event("message", line) for line in dict.fromkeys(said.values())]


def _blocks(text: str) -> Iterator[str]:
    start = 0
    while start < len(text):
        end = text.find("\n", start + _BLOCK)
        end = len(text) if end < 0 else end
        yield text[start:end]
        start = end + 1


def _collect(line: str, said: dict[str, str]) -> None:
    for match in _SAYINGS.finditer(line, 0, _LONGEST):
        if len(said) < _MOST:
            said.setdefault(match[0].lower(), line.strip()[:300])


def missing_labels(text: str) -> dict[str, float]:
    """Return the share of training images without labels, where an Ultralytics data loader has
    counted them.
    """
    if "train:" not in text.lower():
        return {}
    counts = [
        (int(images), int(missing)) for images, missing in _COUNTS.findall(text) if int(images)
    ]
    return {"labels_missing_fraction": min(1.0, counts[-1][1] / counts[-1][0])} if counts else {}
