"""YAML without its traps: what reads as one thing and is another is refused, with file and line.

Refused are duplicate keys, `yes`/`no`/`on`/`off` as booleans or keys, numbers that YAML 1.1 takes
for text (`1e-3`), text that it takes for numbers or dates (`1:30`, `010`, `2024-01-02`), anchors,
aliases, tags and more than one document.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import yaml

from mldx.errors import Fault, Place

Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

_DEEPEST = 100
_PREFIX = "tag:yaml.org,2002:"
_NUMBER_AS_TEXT = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)[eE][-+]?\d+")
_PLAIN_INT = re.compile(r"[-+]?(0|[1-9][0-9_]*)")
_PLAIN_FLOAT = re.compile(
    r"[-+]?(\d[\d_]*\.?\d*|\.\d+)([eE][-+]\d+)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)"
)


@dataclass(frozen=True)
class Document:
    """One parsed file: its data, and the line of everything in it."""

    file: str
    data: Any
    root: yaml.Node | None

    def line(self, path: Sequence[str | int]) -> int:
        """Return the 1-based line of what stands at this path, or of its nearest parent that
        exists.
        """
        node, line = self.root, 1
        for step in path:
            found = _child(node, step)
            if found is None:
                break
            line, node = found
        return line

    def at(self, path: Sequence[str | int]) -> Place:
        """Return the place of that path."""
        return Place(self.file, self.line(path), tuple(path))


def decoded(raw: bytes, file: str) -> tuple[Document, list[Fault]]:
    """Return the document of a file's bytes; what is not UTF-8 is a fault of its line."""
    try:
        return parse(raw.decode("utf-8-sig"), file)
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        return Document(file, None, None), [
            Fault(Place(file, line), "this is not UTF-8 text.", "UTF-8")
        ]


def parse(text: str, file: str) -> tuple[Document, list[Fault]]:
    """Return the document and all of its faults, in file order; with faults its data is not to be
    used.
    """
    try:
        faults = _beyond_plain(text, file) if _suspect(text) else []
        root = yaml.compose(text, Loader) if not faults else None
    except yaml.YAMLError as error:
        return Document(file, None, None), [_syntax(error, file)]
    data = _plain(root, file, faults) if root is not None else None
    return Document(file, data, root), faults


def _suspect(text: str) -> bool:
    """Might the text hold an anchor, an alias, a tag, or more nesting than any card? Cheap, and
    never wrongly no.
    """
    if any(sign in text for sign in "&*!") or "- " * _DEEPEST in text or " " * _DEEPEST in text:
        return True
    return text.count("[") + text.count("{") > _DEEPEST and _most_open(text) > _DEEPEST


def _most_open(text: str) -> int:
    """Return a bound on how many brackets are open at once: those open before a line, and all that
    it opens.
    """
    still = most = 0
    for line in text.split("\n"):
        opened = line.count("[") + line.count("{")
        most = max(most, still + opened)
        still += opened - line.count("]") - line.count("}")
    return most


def _syntax(error: yaml.YAMLError, file: str) -> Fault:
    mark: Any = getattr(error, "problem_mark", None)
    line = mark.line + 1 if mark else 1
    problem = getattr(error, "problem", None) or str(error).splitlines()[0]
    return Fault(
        Place(file, line),
        f"this is not YAML: {problem}.",
        "valid YAML",
        "check indentation, quotes and colons",
    )


def _beyond_plain(text: str, file: str) -> list[Fault]:
    """Find anchors, aliases and tags, and what is nested too deeply, in the event stream: built,
    they may have no end.
    """
    faults: list[Fault] = []
    depth = 0
    for event in yaml.parse(text, Loader):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(
            event, yaml.CollectionEndEvent
        )
        if depth > _DEEPEST:
            return [*faults, _too_deep(event, file)]
        anchored = isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None)
        if anchored or getattr(event, "tag", None):
            what = (
                "anchors and aliases are"
                if anchored
                else f"the tag `{getattr(event, 'tag', None)}` is"
            )
            mark: Any = event.start_mark
            faults.append(
                Fault(
                    Place(file, mark.line + 1),
                    f"{what} not used here.",
                    "plain data",
                    "write it out",
                )
            )
    return faults


def _too_deep(event: yaml.Event, file: str) -> Fault:
    mark: Any = event.start_mark
    what = f"this is nested more than {_DEEPEST} deep."
    return Fault(Place(file, mark.line + 1), what, "cards with their fields", "close the brackets")


def _plain(node: yaml.Node, file: str, faults: list[Fault], key: Any = None) -> Any:
    if isinstance(node, yaml.MappingNode):
        return _mapping(node, file, faults)
    if isinstance(node, yaml.SequenceNode):
        return [_plain(item, file, faults) for item in node.value]
    return _scalar(node, file, faults, key)


def _mapping(node: yaml.MappingNode, file: str, faults: list[Fault]) -> dict[Any, Any]:
    found: dict[Any, Any] = {}
    for key_node, value_node in node.value:
        key = _scalar(key_node, file, []) if isinstance(key_node, yaml.ScalarNode) else None
        if not isinstance(key, str):
            faults.append(
                _fault(
                    key_node, file, "a key is not text.", "a plain word", "put the key in quotes"
                )
            )
            continue
        if key in found:
            faults.append(
                _fault(
                    key_node,
                    file,
                    f"`{key}` stands twice.",
                    "each key once",
                    "merge the two or rename one",
                )
            )
        found[key] = _plain(value_node, file, faults, key)
    return found


def _scalar(node: Any, file: str, faults: list[Fault], key: Any = None) -> Any:
    text: str = node.value
    kind = node.tag.removeprefix(_PREFIX)
    if kind == "str":
        if not node.style and _NUMBER_AS_TEXT.fullmatch(text):
            faults.append(
                _fault(
                    node,
                    file,
                    f"`{text}` reads as text.",
                    "a number",
                    f"write {_with_point(text)}",
                )
            )
        return text
    if node.style:
        return text
    value = _READ.get(kind, _refused)(text)
    if value is _REFUSED:
        faults.append(
            _fault(
                node,
                file,
                f"`{text}` reads as {kind}.",
                "plain words or numbers",
                _help(kind, text, key),
            )
        )
    return value


_REFUSED = object()


def _refused(text: str) -> Any:
    return _REFUSED


def _bool(text: str) -> Any:
    return {"true": True, "false": False}.get(text, _REFUSED)


def _int(text: str) -> Any:
    try:
        return int(text.replace("_", "")) if _PLAIN_INT.fullmatch(text) else _REFUSED
    except ValueError:
        return _REFUSED


def _float(text: str) -> Any:
    return (
        float(text.replace("_", "").replace(".inf", "inf").replace(".nan", "nan"))
        if _PLAIN_FLOAT.fullmatch(text)
        else _REFUSED
    )


def _null(text: str) -> Any:
    return None if text in ("null", "") else _REFUSED


_READ = {"bool": _bool, "int": _int, "float": _float, "null": _null}


def _help(kind: str, text: str, key: Any) -> str:
    if kind != "bool":
        return f"put '{text}' in quotes"
    if key == "when":  # a condition: the bare word would be refused again
        return f"write {{is: {'true' if text.lower() in ('yes', 'on', 'y') else 'false'}}}"
    return "write true or false"


def _with_point(text: str) -> str:
    mantissa, exponent = re.split("[eE]", text)
    sign = "" if exponent[0] in "+-" else "+"
    return f"{mantissa if '.' in mantissa else mantissa + '.0'}e{sign}{exponent}"


def _fault(node: yaml.Node, file: str, what: str, expected: str, help: str) -> Fault:
    return Fault(Place(file, node.start_mark.line + 1), what, expected, help)


def _child(node: yaml.Node | None, step: str | int) -> tuple[int, yaml.Node] | None:
    """Return line and node of a key or an index, or None where there is no such child."""
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value == step:
                return key.start_mark.line + 1, value
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        item = node.value[step]
        return item.start_mark.line + 1, item
    return None
