"""Documents of JSON and of Python literals, as scripts write them with `json.dump` or `print`.

A Python literal is read, not run: only containers, numbers, words and what `repr` puts around an
array (`array([...], dtype=float32)`, `tensor(0.5)`, `np.float64(0.5)`) have a value.
"""

from __future__ import annotations

import ast
import json
import math
import re
import warnings
from threading import Lock
from typing import Any, Literal

_MOST = 2 << 20  # characters of a Python literal: its syntax tree takes a hundred times as much
_WORDS = {"nan": math.nan, "NaN": math.nan, "inf": math.inf, "Infinity": math.inf, "null": None}
_WRAPPERS = re.compile(
    r"array|tensor|float\d*|int\d*|OrderedDict|defaultdict|dict|list|tuple|Tensor|deque"
)
_WARNINGS = Lock()  # the filters of warnings are those of all threads
_SPACE = re.compile(r"\s*")


def documents(text: str) -> list[Any] | None:
    """Return the JSON documents that a text consists of, None when something else stands after the
    first.

    raises   json.JSONDecodeError when the first one is none
    """
    decoder = json.JSONDecoder()
    place = len(text) - len(text.lstrip())
    found: list[Any] = []
    while place < len(text):
        try:
            value, place = decoder.raw_decode(text, place)
        except json.JSONDecodeError:
            if not found:
                raise
            return None
        found.append(value)
        skipped = _SPACE.match(text, place)
        place = skipped.end() if skipped else place
    return found


def python_literal(text: str) -> Any:
    """Return the dictionary or list that a Python literal stands for, None when it is none, or too
    long.
    """
    bare = text.strip()
    if len(bare) > _MOST or bare[:1] + bare[-1:] not in {"{}", "[]"}:
        return None
    try:
        return _value(syntax_tree(bare, "eval").body)
    except (SyntaxError, ValueError, TypeError, KeyError, RecursionError, MemoryError):
        return None


def syntax_tree(text: str, mode: Literal["exec", "eval"]) -> Any:
    """Return the syntax tree of a text without the warnings of one that only looks like Python.

    raises   SyntaxError, ValueError
    """
    with _WARNINGS, warnings.catch_warnings(action="ignore"):
        return ast.parse(text, mode=mode)


def _value(node: ast.AST) -> Any:
    if isinstance(node, ast.Constant):
        return node.value
    if isinstance(node, (ast.List, ast.Tuple)):
        return [_value(one) for one in node.elts]
    if isinstance(node, ast.Dict):
        keys = (str(_value(key)) for key in node.keys if key is not None)
        return dict(zip(keys, map(_value, node.values), strict=True))
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return -_value(node.operand)
    return _WORDS[node.id] if isinstance(node, ast.Name) else _unwrapped(node)


def _unwrapped(node: ast.AST) -> Any:
    """Return what stands in the call that `repr` writes around an array."""
    if not isinstance(node, ast.Call) or not node.args:
        raise ValueError
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    if not _WRAPPERS.fullmatch(str(name)):
        raise ValueError
    return _value(node.args[-1])
