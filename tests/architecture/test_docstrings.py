"""Every public function, and every test, says what it is for."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import mldx

ENGINE = Path(mldx.__file__).parent
TESTS = Path(__file__).parents[1]
MODULES = sorted(path.relative_to(ENGINE).as_posix() for path in ENGINE.rglob("*.py"))
TEST_MODULES = sorted(path.relative_to(TESTS).as_posix() for path in TESTS.rglob("test_*.py"))
Named = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def public(tree: ast.Module) -> list[Named]:
    """The public functions, classes and methods of a module."""
    found: list[Named] = []
    waiting: list[ast.AST] = [tree]
    while waiting:
        for node in ast.iter_child_nodes(waiting.pop()):
            if isinstance(node, Named) and not node.name.startswith("_"):
                found.append(node)
                if isinstance(node, ast.ClassDef):
                    waiting.append(node)
    return found


@pytest.mark.parametrize(
    "module", [module for module in MODULES if (ENGINE / module).stat().st_size]
)
def test_a_module_opens_with_its_idea(module):
    """What is told first is what the module does."""
    assert ast.get_docstring(ast.parse((ENGINE / module).read_text(encoding="utf-8")))


@pytest.mark.parametrize("module", MODULES)
def test_public_names_are_explained(module):
    """A public function, class or method has a docstring; the members of a protocol need none."""
    tree = ast.parse((ENGINE / module).read_text(encoding="utf-8"))

    bare = [
        node
        for node in public(tree)
        if not ast.get_docstring(node) and ast.unparse(node.body[0]) != "..."
    ]
    assert [node.name for node in bare] == []


@pytest.mark.parametrize("module", TEST_MODULES)
def test_a_test_states_a_fact(module):
    """The docstring of a test is a sentence about the product."""
    tree = ast.parse((TESTS / module).read_text(encoding="utf-8"))
    tests = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    ]

    assert [node.name for node in tests if not (ast.get_docstring(node) or "").endswith(".")] == []
