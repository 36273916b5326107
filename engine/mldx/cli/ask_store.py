"""What an interview begins with and where it is kept: logs, kept interviews, files of answers.

A kept interview is written to a temporary name and moved into place at every answer, so that it is
never half there.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from mldx.errors import Fault, InputError
from mldx.interview import Dialogue
from mldx.interview.complaints import named
from mldx.interview.encoding import of_json, to_json
from mldx.interview.parse_answer import parse_answer
from mldx.interview.run_record import record_of
from mldx.knowledge import KnowledgeBase
from mldx.knowledge.parse_text import is_unknown, symptom_id
from mldx.knowledge.user_files import data_folder, write_atomically
from mldx.observe import observed
from mldx.readers import read_one
from mldx.readers.record import KEYS
from mldx.symptoms import Symptoms
from mldx.symptoms.checking import checked

COMPLAINT_KEY = "complaint"


def begun(
    logs: tuple[str, ...], resume: str | None, knowledge: KnowledgeBase, *, whole: bool = False
) -> Dialogue:
    """Return the dialogue to go on with; several logs are observed together."""
    if resume is not None:
        if logs:
            what = "it goes on with what the interview began with."
            raise InputError(Fault("--resume", what, "no further log"))
        dialogue = of_json(_text(resume), resume, knowledge)
        return replace(dialogue, whole=whole or dialogue.whole)
    log, record = Symptoms(), None
    for path in logs:
        run = read_one(path)
        seen = observed(run, knowledge=knowledge)
        log = log | seen
        record = record_of(run, seen, knowledge) if len(logs) == 1 else None
    return Dialogue.of(log, record, knowledge, whole=whole)


def _text(path: str) -> str:
    try:
        return sys.stdin.read() if path == "-" else Path(path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        told = getattr(error, "strerror", None) or "it is not text"
        raise InputError(
            Fault(path, f"the file cannot be read: {told}.", "a readable file")
        ) from error


def read_answers(path: str, knowledge: KnowledgeBase) -> dict[str, Any]:
    """Return the answers of a file: lines `id: value`, or a JSON or YAML mapping; of a run record
    its setup and answers.

    Beside them may stand `complaint`, an id or free words; it is returned as it stands.

    raises   InputError, with every value that cannot stand
    """
    said: dict[str, Any] = {}
    faults: list[Fault] = []
    for name, given in _answers_in(_mapping(_text(path), path), path).items():
        if given is None or (isinstance(given, str) and is_unknown(given)):
            continue
        id = name if name == COMPLAINT_KEY else symptom_id(name, knowledge)
        try:
            said[id] = _checked(id, given, knowledge)
        except InputError as error:
            faults += [
                Fault(f"{path}: {fault.where}", fault.what, fault.expected, fault.help)
                for fault in error.faults
            ]
    if faults:
        raise InputError(*faults)
    return said


def _answers_in(found: Mapping[str, Any], path: str) -> Mapping[str, Any]:
    """Return the answers; those of a run record stand in parts."""
    if not found.keys() <= set(KEYS):
        return found
    parts = [found.get(key) or {} for key in ("setup", "answers")]
    if not all(isinstance(part, Mapping) for part in parts):
        raise InputError(_no_answers(path))
    return {id: value for part in parts for id, value in part.items()}


def _checked(id: str, given: Any, knowledge: KnowledgeBase) -> Any:
    if id == COMPLAINT_KEY:
        named(str(given), knowledge)
        return str(given)
    if isinstance(given, str):
        return parse_answer(given, id, knowledge)
    return checked({id: given}, knowledge.specs)[id]


def _mapping(text: str, path: str) -> Mapping[str, Any]:
    from mldx.readers.side_files import parsed_yaml

    found = parsed_yaml(text, path)
    if not isinstance(found, Mapping) or not all(isinstance(id, str) for id in found):
        raise InputError(_no_answers(path))
    return found


def _no_answers(path: str) -> Fault:
    return Fault(path, "it holds no answers.", "lines `id: value`, or a mapping of ids to values")


def folder() -> Path:
    """Return the folder of kept interviews."""
    return data_folder() / "interviews"


def last_kept() -> Path:
    """Return the interview that was kept last.

    raises   InputError, when there is none
    """
    kept = sorted(folder().glob("*.json"), key=lambda path: path.stat().st_mtime)
    if not kept:
        what = f"no interview is kept in {folder()}."
        raise InputError(Fault("--resume", what, "a kept interview", "name its file"))
    return kept[-1]


@dataclass
class Store:
    """Where an interview is kept; `kept` says whether at every answer, or only when it is broken
    off.
    """

    path: Path
    kept: bool

    @classmethod
    def of(cls, chosen: str | None, kept: bool) -> Store:
        """Keep it in the file that was chosen, else in the data folder under the time it began."""
        if chosen is not None and chosen != "-":
            return cls(Path(chosen), True)
        name = f"{datetime.now():%Y-%m-%d-%H%M%S}-{os.getpid()}.json"
        return cls(folder() / name, kept)

    def keep(self, dialogue: Dialogue, force: bool = False) -> Path | None:
        """Write the dialogue, and return where; None where it is not kept."""
        if not dialogue.steps or not (self.kept or force):
            return None
        try:
            write_atomically(self.path, to_json(dialogue) + "\n")
        except OSError as error:
            told = f"the interview cannot be kept: {error.strerror}."
            raise InputError(
                Fault(str(self.path), told, "a place to write", "write --save FILE")
            ) from error
        return self.path
