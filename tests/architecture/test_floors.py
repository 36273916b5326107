"""A module imports only from its own floor or the floors below."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Iterator
from pathlib import Path

import networkx as nx
import pytest

import mldx

ENGINE = Path(mldx.__file__).parent
FLOORS = {
    6: ("cli", "web", "mcp", "callbacks", "__main__", "__init__"),
    5: ("interview", "probes", "fleet", "lab"),
    4: ("report", "flowchart"),
    3: ("diagnosis",),
    2: ("observe", "readers"),
    1: ("knowledge",),
    0: ("symptoms", "provenance", "errors"),
}
DOORS = {
    "diagnosis/diagnosis.py": {"report", "flowchart"}
}  # to_html and its kin, imported when called
FLOOR = {room: floor for floor, rooms in FLOORS.items() for room in rooms}
MODULES = sorted(path.relative_to(ENGINE).as_posix() for path in ENGINE.rglob("*.py"))


def name_of(module: str) -> str:
    """The name by which a file is imported: `observe/curves.py` is mldx.observe.curves."""
    parts = ["mldx", *module.removesuffix(".py").split("/")]
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


NAMES = set(map(name_of, MODULES))


def room_of(module: str) -> str:
    """The room of a file: `observe/curves.py` is in observe."""
    return module.split("/", maxsplit=1)[0].removesuffix(".py")


def imports(module: str) -> Iterator[tuple[int, str]]:
    """Line and room of every import of ours, at the top, inside a function, or for types only."""
    yield from _of(ast.parse((ENGINE / module).read_text(encoding="utf-8")))


def _of(node: ast.AST) -> Iterator[tuple[int, str]]:
    if isinstance(node, ast.ImportFrom) and node.module == "mldx":
        yield from ((node.lineno, alias.name) for alias in node.names if alias.name in FLOOR)
    elif isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("mldx."):
        yield node.lineno, node.module.split(".")[1]
    elif isinstance(node, ast.Import):
        yield from (
            (node.lineno, alias.name.split(".")[1])
            for alias in node.names
            if alias.name.startswith("mldx.")
        )
    for child in ast.iter_child_nodes(node):
        yield from _of(child)


@pytest.mark.parametrize("module", MODULES)
def test_a_module_imports_nothing_above_it(module):
    """Faces know loops, loops the core, the core the senses, the senses the knowledge; never the
    other way.
    """
    floor = FLOOR[room_of(module)]

    above = [(line, room) for line, room in imports(module) if FLOOR[room] > floor]
    assert [
        f"line {line}: {room}" for line, room in above if room not in DOORS.get(module, ())
    ] == []


@pytest.mark.parametrize(
    "module", [module for module in MODULES if FLOOR.get(room_of(module)) == 0]
)
def test_the_ground_stands_by_itself(module):
    """Symptoms, provenances and errors import nothing but one another."""
    assert {room for _, room in imports(module)} <= set(FLOORS[0])


@pytest.mark.parametrize("module", MODULES)
def test_imports_say_where_they_are_from(module):
    """No import is relative."""
    tree = ast.parse((ENGINE / module).read_text(encoding="utf-8"))

    assert [
        node.lineno for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.level
    ] == []


def modules_imported(module: str) -> Iterator[str]:
    """Every module of ours that a module imports, at the top, inside a function, or for types."""
    for node in ast.walk(ast.parse((ENGINE / module).read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in NAMES)
        elif isinstance(node, ast.ImportFrom) and node.module in NAMES:
            inner = {alias.name: f"{node.module}.{alias.name}" for alias in node.names}
            yield from (full for full in inner.values() if full in NAMES)
            if not set(inner.values()) <= NAMES:
                yield node.module


def test_modules_import_one_another_in_no_circle():
    """Whoever reads a module need not have read one that imports it."""
    graph = nx.DiGraph()
    for module in MODULES:
        doors = DOORS.get(module, set())
        graph.add_edges_from(
            (name_of(module), other)
            for other in modules_imported(module)
            if other != "mldx" and other.split(".")[1] not in doors
        )

    circles = [sorted(found) for found in nx.strongly_connected_components(graph)]
    assert [found for found in circles if len(found) > 1] == []


def test_every_room_has_its_floor():
    """A new folder is a room of the design."""
    assert {room_of(module) for module in MODULES} <= set(FLOOR)


@pytest.mark.parametrize("module", [module for module in MODULES if room_of(module) == "diagnosis"])
def test_the_core_reads_and_writes_nothing(module):
    """The core is pure: it opens no file and asks no clock, no chance and no network."""
    tree = ast.parse((ENGINE / module).read_text(encoding="utf-8"))
    named = {
        alias.name.split(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import)
        for alias in node.names
    }
    named |= {
        node.module.split(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module
    }
    called = {
        node.func.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }

    assert (
        named & {"os", "pathlib", "io", "time", "random", "socket", "datetime"},
        called & {"open", "print"},
    ) == (
        set(),
        set(),
    )


def test_the_top_level_holds_what_the_design_says():
    """Six things, the licence, the change log, how to contribute, and dotfiles."""
    root = ENGINE.parents[1]
    if not (root / ".git").exists():
        pytest.skip("the repository is not here")
    allowed = {
        "pyproject.toml",
        "README.md",
        "rules",
        "engine",
        "flowcharts",
        "tests",
        "LICENSE",
        "CHANGELOG.md",
        "CONTRIBUTING.md",
    }

    kept = subprocess.run(
        ["git", "ls-files"], cwd=root, capture_output=True, text=True, check=True
    ).stdout.splitlines()
    assert {name.split("/")[0] for name in kept if not name.startswith(".")} <= allowed
