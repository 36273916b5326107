"""What keeps the code readable: one name for one thing, and functions of few paths."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

import mldx

ENGINE = Path(mldx.__file__).parent
MODULES = sorted(path.relative_to(ENGINE).as_posix() for path in ENGINE.rglob("*.py"))
Function = ast.FunctionDef | ast.AsyncFunctionDef

MOST_PATHS = 10
BRANCHING = (ast.If, ast.IfExp, ast.For, ast.AsyncFor, ast.While, ast.ExceptHandler, ast.Assert)


def tree_of(module: str) -> ast.Module:
    """The syntax tree of a module."""
    return ast.parse((ENGINE / module).read_text(encoding="utf-8"))


def functions(tree: ast.AST) -> Iterator[Function]:
    """Every function and method, nested ones too."""
    return (node for node in ast.walk(tree) if isinstance(node, Function))


def inside(function: Function) -> Iterator[ast.AST]:
    """The nodes of a function's body, without those of functions and classes defined in it."""
    waiting: list[ast.AST] = list(function.body)
    while waiting:
        node = waiting.pop()
        yield node
        if not isinstance(node, (Function, ast.ClassDef)):
            waiting.extend(ast.iter_child_nodes(node))


def complexity(function: Function) -> int:
    """One more than the decisions of a function; conditional expressions, comprehensions and each
    `and` and `or` count too, which ruff's C901 leaves out.
    """
    decisions = 0
    for node in inside(function):
        if isinstance(node, BRANCHING):
            decisions += 1
        elif isinstance(node, ast.BoolOp):
            decisions += len(node.values) - 1
        elif isinstance(node, ast.comprehension):
            decisions += 1 + len(node.ifs)
    return decisions + 1


def test_complexity_counts_every_decision():
    """An `if` with an `or`, and a comprehension with a condition, are four decisions."""
    text = "def f(a):\n    if a or not a:\n        return [b for b in a if b]\n    return a\n"

    assert complexity(next(functions(ast.parse(text)))) == 5


@pytest.mark.parametrize("module", MODULES)
def test_a_function_has_few_paths(module):
    """No function decides more than nine times."""
    found = {function.name: complexity(function) for function in functions(tree_of(module))}

    assert {name: paths for name, paths in found.items() if paths > MOST_PATHS} == {}


@pytest.mark.parametrize("module", MODULES)
def test_conditional_expressions_are_not_nested(module):
    """A choice of more than two is written as statements or as a table."""
    choices = [node for node in ast.walk(tree_of(module)) if isinstance(node, ast.IfExp)]
    nested = [
        node.lineno
        for node in choices
        if any(isinstance(part, ast.IfExp) for part in (node.test, node.body, node.orelse))
    ]

    assert nested == []


def test_a_public_class_has_a_name_of_its_own():
    """One name means one thing in the whole tree."""
    homes = defaultdict(list)
    for module in MODULES:
        for node in tree_of(module).body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                homes[node.name].append(module)

    assert {name: modules for name, modules in homes.items() if len(modules) > 1} == {}
