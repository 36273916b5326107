"""The hyper-parameters beside a log: `hparams.yaml`, `args.yaml`, `.hydra/config.yaml`,
`adapter_config.json`, the `config.py` of OpenMMLab, a model card, `params`.

Only facts whose key is clear are taken, and only where their value is one that `Setup` allows
(`hyperparameters`). Nothing is executed: Python is parsed and only its literals count, a pickle is
never opened.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

from mldx.errors import MldxError
from mldx.readers.faults import unreadable
from mldx.readers.hyperparameters import is_of_one_device, planned_steps, setup_of
from mldx.readers.literal import syntax_tree
from mldx.readers.source import LogSource, MayRead, anything

# The first that states a fact counts: what was used before what was asked for.
NAMES = (
    "hparams.yaml",
    "args.yaml",
    "args.json",
    "opt.yaml",
    "hyp.yaml",
    "training_args.json",
    ".hydra/config.yaml",
    "files/config.yaml",
    "vis_data/config.py",
    "config.yaml",
    "config.yml",
    "config.json",
    "config.py",
    "params.yaml",
    "params.json",
    "params",
    "hparams.json",
    "hyperparameters.json",
    "hyperparameters.yaml",
    "hyperparams.json",
    "hyperparams.yaml",
    "train_config.json",
    "train_config.yaml",
    "training_config.json",
    "training_config.yaml",
    "cfg.yaml",
    "ds_config.json",
    "deepspeed_config.json",
    "debug.json",
    "adapter_config.json",
    "README.md",
)
BINARY_NAMES = ("training_args.bin",)
_LARGEST = 1 << 20
_MOST_PARAMS = 500
# The item of a list that the Hugging Face Trainer writes into a model card, without its sentence.
_ITEM = re.compile(r"^- (\w+): (?:Use )?(\S+)", re.MULTILINE)
_OF_A_CARD = "hyperparameters were used during training:"
# Libraries whose version a fault may depend on: `- Transformers 4.44.2` in a model card,
# `torch==2.1` in the list that Weights & Biases keeps of what was installed.
_LIBRARIES = r"""torch pytorch tensorflow keras jax flax transformers peft trl accelerate deepspeed
    bitsandbytes lightning pytorch-lightning ultralytics scikit-learn xgboost lightgbm catboost"""
_VERSION = re.compile(
    rf"^(?:- )?({'|'.join(_LIBRARIES.split())})(?:==| )(\d[\w.+]*)$", re.IGNORECASE | re.MULTILINE
)
_OF_VERSIONS = ("files/requirements.txt", "README.md")
# What the YAML library lets through when a scalar only looks like a number, a date or a tag:
# `0x` and `.` as numbers, 2024-13-99, `!!timestamp soon`, `!!bool maybe`.
_OF_A_SCALAR = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)
_OF_A_FILE = (MldxError, OSError, ValueError, RecursionError, MemoryError)


class Settings(NamedTuple):
    """What lies beside a log.

    facts    setup facts
    sources  which file each was taken from, in words
    notes    what else the files say, and which were not opened
    """

    facts: dict[str, Any]
    sources: list[str]
    notes: list[str]


def settings_in(folder: Path, may_read: MayRead = anything) -> Settings:
    """Return what those side files of a folder say that may be read."""
    facts: dict[str, Any] = {}
    sources, told = list[str](), list[str]()
    for name, content in _contents(folder, may_read):
        found = {key: value for key, value in _facts(content).items() if key not in facts}
        facts |= found
        if found:
            sources.append(f"{', '.join(found)} from {name}")
        steps = planned_steps(content)
        if steps:
            told.append(f"{steps} steps were planned ({name})")
        if "batch_size" in found and is_of_one_device(content):
            told.append(f"batch_size is that of one device; {name} does not say how many")
    closed = [f"{name} is a pickle and was not opened" for name in _pickles(folder)]
    return Settings(facts, sources, [*told, *closed, *_versions(folder, may_read)])


def _versions(folder: Path, may_read: MayRead) -> list[str]:
    """Say which versions of which libraries were installed, where a tool wrote that down."""
    for name in _OF_VERSIONS:
        try:
            found = _VERSION.findall(_text(folder / name, may_read) or "")
        except _OF_A_FILE:
            continue
        if found:
            told = ", ".join(f"{library} {version}" for library, version in found)
            return [f"installed were {told} ({name})"]
    return []


def _pickles(folder: Path) -> list[str]:
    return [name for name in BINARY_NAMES if (folder / name).is_file()]


def _contents(folder: Path, may_read: MayRead) -> Iterator[tuple[str, Mapping[Any, Any]]]:
    for name in (*NAMES, f"{folder.name}.py"):
        try:
            content = _content(folder / name, may_read)
        except _OF_A_FILE:
            continue
        if isinstance(content, Mapping):
            yield name, content


def _content(path: Path, may_read: MayRead) -> object:
    if path.is_dir():
        return params_of(path, may_read)
    text = _text(path, may_read)
    if text is None:
        return None
    if path.suffix == ".py":
        return _literals(text)
    if path.suffix == ".md":
        return _model_card(text)
    return json.loads(text) if path.suffix == ".json" else parsed_yaml(text, str(path))


def _text(path: Path, may_read: MayRead) -> str | None:
    if not path.is_file() or path.stat().st_size > _LARGEST or not may_read(path):
        return None
    return LogSource.of_file(path).text


def params_of(folder: Path, may_read: MayRead = anything) -> dict[str, str]:
    """Return the parameters of an MLflow run: one file each, in folders where the name has `/`."""
    found = {}
    for path in sorted(folder.rglob("*"))[:_MOST_PARAMS]:
        with suppress(*_OF_A_FILE):
            text = _text(path, may_read)
            if text is not None:
                found[path.relative_to(folder).as_posix()] = text.strip()
    return found


def _facts(content: Mapping[Any, Any]) -> dict[str, Any]:
    return _adapter(content) if "peft_type" in content else setup_of(content)


def _adapter(content: Mapping[Any, Any]) -> dict[str, Any]:
    """Return the facts of an adapter: its settings are not those of the model below it."""
    kind, base = content["peft_type"], content.get("base_model_name_or_path")
    facts = {"tuning": kind.lower()} if isinstance(kind, str) else {}
    return {**facts, "pretrained": base} if isinstance(base, str) and base else facts


def _model_card(text: str) -> dict[str, str]:
    """Return the hyper-parameters that the Hugging Face Trainer lists in its model card."""
    _, found, rest = text.partition(_OF_A_CARD)
    listed = rest.split("\n#")[0]
    return dict(_ITEM.findall(listed)) if found else {}


def _literals(text: str) -> dict[str, Any]:
    """Return the literals that are assigned at the top of a Python file; it is never run.

    raises   ValueError where it is not Python
    """
    try:
        tree = syntax_tree(text, "exec")
    except SyntaxError as error:
        raise ValueError(str(error)) from error
    found: dict[str, Any] = {}
    for line in tree.body:
        if isinstance(line, ast.Assign) and len(line.targets) == 1:
            target, value = line.targets[0], _literal(line.value)
            if isinstance(target, ast.Name) and value is not None:
                found[target.id] = value
    return found


def _literal(node: ast.expr) -> Any:
    """Return a number, a text, or a mapping of them (`dict(lr=0.1)`, `{"lr": 0.1}`); else None."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "dict":
        return {one.arg: _literal(one.value) for one in node.keywords if one.arg}
    if isinstance(node, ast.Dict):
        return {
            key.value: _literal(value)
            for key, value in zip(node.keys, node.values, strict=True)
            if isinstance(key, ast.Constant)
        }
    try:
        return ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError):
        return None


def parsed_yaml(text: str, origin: str) -> object:
    """Return a YAML document as plain data: `1e-3` is a number, tags of other programs are not
    obeyed.

    raises   UnreadableRun with line and column
    """
    import yaml

    try:
        return yaml.load(text, _loader())  # noqa: S506  # a safe loader
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        where = f"{origin}:{mark.line + 1}:{mark.column + 1}" if mark else origin
        what = f"the YAML is malformed here: {error.problem}."
        raise unreadable(where, what, "a YAML document") from error
    except (yaml.YAMLError, *_OF_A_SCALAR, RecursionError) as error:
        said = str(error).splitlines()[:1] or ["it is malformed"]
        what = f"the YAML cannot be read: {said[0]}."
        raise unreadable(origin, what, "a YAML document") from error


def _loader() -> Any:
    import yaml

    class Plain(yaml.SafeLoader):
        """YAML 1.2 numbers on top of the safe loader."""

        def flat(self, _: str, node: yaml.Node) -> object:
            if isinstance(node, yaml.MappingNode):
                return self.construct_mapping(node, deep=True)
            return (
                self.construct_sequence(node)
                if isinstance(node, yaml.SequenceNode)
                else self.construct_scalar(node)  # type: ignore[arg-type]
            )

    Plain.add_implicit_resolver(
        "tag:yaml.org,2002:float",
        re.compile(r"[-+]?\d+(?:\.\d*)?[eE][-+]?\d+$"),
        list("-+0123456789"),
    )
    Plain.add_multi_constructor("", Plain.flat)
    return Plain
