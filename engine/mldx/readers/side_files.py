"""The hyper-parameters beside a log: `hparams.yaml`, `args.yaml`, `opt.yaml`, `hyp.yaml`,
`config.*`, `params`.

Only facts whose key is clear are taken, and only where their value is one that `Setup` allows. What
a framework would not use is not taken either: with `optimizer: auto` Ultralytics ignores `lr0`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mldx.errors import InputError, MldxError
from mldx.readers.faults import unreadable
from mldx.readers.numbers import plain
from mldx.readers.source import LogSource, MayRead, anything

NAMES = (
    "hparams.yaml",
    "args.yaml",
    "opt.yaml",
    "hyp.yaml",
    "config.yaml",
    "config.json",
    "params.yaml",
    "params.json",
    "params",
    "training_args.json",
    "hparams.json",
)
_LARGEST = 1 << 20
_KEYS = {
    "learning_rate": ("lr", "lr0", "learning_rate", "init_lr", "initial_lr", "base_lr", "max_lr"),
    "batch_size": (
        "batch",
        "batch_size",
        "batchsize",
        "bs",
        "train_batch_size",
        "per_device_train_batch_size",
        "total_batch_size",
    ),
    "optimizer": ("optimizer", "optim", "optimizer_name", "opt"),
    "epochs_planned": ("epochs", "max_epochs", "num_epochs", "n_epochs", "num_train_epochs"),
    "weight_decay": ("weight_decay", "wd"),
    "dropout": ("dropout", "dropout_rate", "drop_rate", "hidden_dropout_prob", "dropout_p"),
    "n_classes": ("n_classes", "num_classes", "nclasses", "num_labels"),
    "gradient_clipping": ("gradient_clip_val", "max_grad_norm", "grad_clip", "clip_grad_norm"),
}
# What the YAML library lets through when a scalar only looks like a number, a date or a tag:
# `0x` and `.` as numbers, 2024-13-99, `!!timestamp soon`, `!!bool maybe`.
_OF_A_SCALAR = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)
_FACTS = {name: fact for fact, keys in _KEYS.items() for name in keys}


def setup_beside(folder: Path, may_read: MayRead = anything) -> tuple[dict[str, Any], list[str]]:
    """Return the setup facts in those side files of a folder that may be read, and what they were
    taken from.
    """
    facts: dict[str, Any] = {}
    notes = []
    for name in NAMES:
        found = {
            key: value for key, value in _facts(folder / name, may_read).items() if key not in facts
        }
        if found:
            facts |= found
            notes.append(f"{', '.join(found)} from {name}")
    return facts, notes


def _facts(path: Path, may_read: MayRead) -> dict[str, Any]:
    try:
        content = _folder_of_params(path, may_read) if path.is_dir() else _document(path, may_read)
    except (MldxError, OSError, ValueError, RecursionError):
        return {}
    return setup_of(content) if isinstance(content, Mapping) else {}


def _document(path: Path, may_read: MayRead) -> object:
    if not path.is_file() or path.stat().st_size > _LARGEST or not may_read(path):
        return None
    text = LogSource.of_file(path).text
    return json.loads(text) if path.suffix == ".json" else parsed_yaml(text, str(path))


def _folder_of_params(path: Path, may_read: MayRead) -> dict[str, str]:
    """MLflow keeps one file a parameter."""
    files = [one for one in sorted(path.iterdir()) if one.is_file() and one.stat().st_size < 1000]
    return {
        one.name: one.read_text("utf-8", "replace").strip() for one in filter(may_read, files[:500])
    }


def setup_of(content: Mapping[Any, Any]) -> dict[str, Any]:
    """Return the setup facts in a mapping of hyper-parameters, nested ones too where the name
    stands once.
    """
    flat = dict(_leaves(content))
    facts = {fact: _value(flat[name]) for name, fact in reversed(_FACTS.items()) if name in flat}
    if facts.get("optimizer") == "auto":
        facts.pop("optimizer")
        facts.pop("learning_rate", None)
    return {key: value for key, value in facts.items() if _allowed(key, value)}


def _leaves(content: Mapping[Any, Any], depth: int = 0) -> list[tuple[str, Any]]:
    """Yield the nested leaves first, so that one at the top overrides it."""
    here, below = [], []
    for key, value in content.items():
        name = str(key).lower().replace("-", "_")
        if isinstance(value, Mapping):
            here += [
                (name, one)
                for key in ("value", "_target_", "name", "type")
                if (one := value.get(key)) is not None
            ][:1]
            below += _leaves(value, depth + 1) if depth < 3 else []
        else:
            here.append((name, value))
    return below + here


def _value(value: object) -> object:
    if isinstance(value, str):
        number = plain(value)
        return _without_module(value) if number is None else number
    return value


def _without_module(text: str) -> str:
    """`torch.optim.Adam(lr=0.001)` is `Adam(lr=0.001)`."""
    name, bracket, rest = text.partition("(")
    return name.rpartition(".")[2] + bracket + rest


def _allowed(key: str, value: object) -> bool:
    from mldx.symptoms import Symptoms

    if value is None or (key == "epochs_planned" and value == -1):
        return False
    try:
        Symptoms.of(**{key: value})
    except InputError:
        return False
    return True


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
