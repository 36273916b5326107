"""What the name of a file says: whether it may be a log, where to look first, and what is a view.

Names decide nothing about content; a log is known by what is in it.
"""

from __future__ import annotations

import re
from pathlib import Path

from mldx.readers import names
from mldx.readers.listing import natural
from mldx.readers.side_files import NAMES

_PACKED = r"(?:\.gz|\.zst|\.bz2|\.xz)?"
_KINDS = (
    r"trainer_state\.json",
    r".*\.wandb",
    r"results\.csv",
    r"metrics\.csv",
    r".*\.(?:csv|tsv)" + _PACKED,
    r".*\.jsonl" + _PACKED,
    r".*\.json" + _PACKED,
    r"events\.out\.tfevents.*",
    r".*\.(?:yaml|yml)",
    r".*\.(?:log|out|err)" + _PACKED,
    r".*\.txt|nohup.*",
)
_KIND = re.compile("|".join(f"({pattern})" for pattern in _KINDS), re.IGNORECASE)
EVENTS = 7
DOCUMENTS = re.compile(r".*\.ipynb|README\.md", re.IGNORECASE)
DATABASES = (".db", ".sqlite", ".sqlite3")
_BY_TOOLS = (
    r"(?:train(?:ing|er)?[_-]?)?(?:log|logs|history|metrics|results?|progress|trainer_state|scalars)"
    r"\.(?:csv|tsv|json|jsonl)|run-\w+\.wandb|catboost_training\.json|learn_error\.tsv"
)
_OF_A_FORM = """
    log logs csv csv_logs tb tb_logs tensorboard tensorboard_logs events output vis_data files plots
"""
_FORMS = frozenset(_OF_A_FORM.split())
_CHECKPOINT = r"(?:checkpoint|ckpt)[_-]?(\d{1,9})"
# What tools write beside a log, and never as one.
_NO_LOGS = re.compile(
    r"requirements.*\.txt|readme\.txt|license\.txt|tokenizer.*\.json|vocab\.(?:json|txt)|"
    r"package(?:-lock)?\.json|special_tokens_map\.json|added_tokens\.json|generation_config\.json|"
    r"preprocessor_config\.json|wandb-summary\.json|wandb-metadata\.json|conda\.yaml|"
    r"python_env\.yaml|environment\.ya?ml|debug(?:-internal|-core|-cli.*)?\.log|time_left\.tsv|"
    r"experiment_state-.*\.json|basic-variant-state-.*\.json|search_gen_state-.*\.json|"
    r"hydra\.yaml|overrides\.yaml|dvc\.ya?ml|dvc\.lock|.*\.index\.json",
    re.IGNORECASE,
)
PICKLES = re.compile(
    r".*history.*(?:dict|\.pkl|\.pickle|\.npy)|.*(?:log|metrics|loss).*\.pkl", re.IGNORECASE
)


def may_be_log(path: Path) -> bool:
    """Is it worth opening, and no file that tools write beside a log?"""
    named = path.name in NAMES or _NO_LOGS.fullmatch(path.name)
    return not named and kind_of(path) is not None


def is_view(name: str) -> bool:
    """Is a folder of this name a part or a form of the run in the folder above?"""
    plain = name.lower()
    return plain in names.SPLITS or plain in _FORMS or bool(re.fullmatch(_CHECKPOINT, plain))


def is_by_tools(path: Path) -> bool:
    """Is it what tools call the log of a run, so that its folder is that of one run?"""
    return re.fullmatch(_BY_TOOLS, path.name, re.IGNORECASE) is not None


def kind_of(path: Path) -> int | None:
    """Return the kind of a log by its name, the most structured 0; None where it is no log."""
    found = _KIND.fullmatch(path.name)
    return found.lastindex - 1 if found and found.lastindex else None


def rank(path: Path, root: Path) -> tuple[int, bool, int, float, list[list[tuple[int, str]]]]:
    """Structured before text, what tools name before other names, near before far; of one kind the
    highest checkpoint first.
    """
    inside = path.relative_to(root).parts[:-1]
    steps = [int(found[1]) for part in inside if (found := re.fullmatch(_CHECKPOINT, part.lower()))]
    kind = kind_of(path)
    return (
        len(_KINDS) if kind is None else kind,
        not is_by_tools(path),
        len(inside) - len(steps),
        -float(steps[-1] if steps else 1e9),  # outside of any checkpoint is the whole run
        natural(path.relative_to(root).parts),
    )
