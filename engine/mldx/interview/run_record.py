"""A run that was read from a log, written as a run record: the exchange format, so that it can be
kept, and an interview reproduced.

What the record format cannot hold makes the record None, never wrong: it is read back, and what is
observed of it must be what is observed of the log.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from mldx.errors import Fault, InputError, MldxError
from mldx.knowledge import KnowledgeBase, load
from mldx.observe import observed
from mldx.provenance import Provenance, Source
from mldx.readers.record import LARGEST_YAML, of_mapping
from mldx.readers.run import Run
from mldx.readers.to_record import to_mapping
from mldx.symptoms import Symptoms
from mldx.symptoms.model import same


def record_of(run: Run, seen: Symptoms, knowledge: KnowledgeBase) -> dict[str, Any] | None:
    """Return a run record from which the same is observed as from the log, or None when there is
    none.
    """
    for rivals in (True, False):
        try:
            record = to_mapping(run, rivals)
            again = observed(of_mapping(record, run.origin), knowledge=knowledge)
        except MldxError:
            continue
        if same_seen(again, seen):
            return record
    return None


def same_seen(one: Symptoms, other: Symptoms) -> bool:
    """Is the same observed, at the same places? Only the names of the series may differ in the
    figures.
    """
    return one.observed == other.observed and _places(one) == _places(other)


def _places(symptoms: Symptoms) -> dict[str, float | None]:
    return {id: told.at for id, told in symptoms.provenances.items()}


def record_text(run: Run, end: str, knowledge: KnowledgeBase | None = None) -> str:
    """Return the run record of a log as text.

    end      `.json`, `.yaml` or `.yml`
    raises   InputError, where a run record cannot hold the run, or nothing is sure of it
    """
    if run.doubts:
        help = "say which series is the loss: `--series train_loss=NAME`"
        raise InputError(Fault(run.origin, f"it was not read surely: {run.doubts[0]}.", "", help))
    rules = knowledge if knowledge is not None else load()
    to_mapping(run, rivals=False)  # it says what a record cannot hold
    record = record_of(run, observed(run, knowledge=rules), rules)
    if record is None:
        what = "a run record of it would not be diagnosed as the log is."
        raise InputError(Fault(run.origin, what, "one axis, and a name for each series"))
    if end == ".json":
        return json.dumps(record, indent=1, ensure_ascii=False, allow_nan=False) + "\n"
    return _as_yaml(record, run.origin)


def _as_yaml(record: Mapping[str, Any], origin: str) -> str:
    import yaml

    text = yaml.safe_dump(
        dict(record), sort_keys=False, allow_unicode=True, default_flow_style=None, width=2**20
    )
    if len(text.encode()) > LARGEST_YAML:
        what = f"as YAML it would be larger than {LARGEST_YAML >> 20} MB, which is not read."
        raise InputError(Fault(origin, what, "a large record as JSON", "write a .json file"))
    return text


def read_again(
    log: Symptoms, record: Mapping[str, Any], facts: Mapping[str, Any], knowledge: KnowledgeBase
) -> Symptoms:
    """Return what a log shows once these setup facts are known: with them its curves tell more."""
    seen = observed(of_mapping(record, _origin(log)), facts=facts, knowledge=knowledge)
    return seen.with_log(seen.strikes, log.reading)


def record_with(
    record: Mapping[str, Any] | None,
    seen: Symptoms,
    answers: Mapping[str, Any],
    knowledge: KnowledgeBase,
) -> dict[str, Any]:
    """Return a run record from which the same is observed again.

    record   of the log; without one, what the log shows is among the answers
    seen     what the log shows, judged by the facts among the answers
    answers  what a person says
    """
    facts, other = parted(answers, knowledge)
    if record is None:
        seen = observed(facts=facts, knowledge=knowledge)
    parts = record or {}
    joined = {
        "setup": {**parts.get("setup", {}), **facts},
        "history": dict(parts.get("history", {})),
        "answers": {**parts.get("answers", {}), **other},
        "overruled": sorted({*parts.get("overruled", ()), *counted_otherwise(seen, other)}),
        "events": list(parts.get("events", ())),
    }
    return {key: part for key, part in joined.items() if part}


def counted_otherwise(seen: Symptoms, answers: Mapping[str, Any]) -> list[str]:
    """Return the ids of the answers that differ from what was counted or probed, numbers by more
    than a little: these alone have to be insisted on.
    """
    return [
        id
        for id, value in answers.items()
        if id in seen.observed
        and seen.provenances[id].rank > Provenance().rank
        and not same(seen.observed[id], value)
    ]


def parted(
    values: Mapping[str, Any], knowledge: KnowledgeBase
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Split values into setup facts and other answers, tuples as lists."""
    values = {
        key: list(value) if isinstance(value, tuple) else value for key, value in values.items()
    }
    facts = {
        id: value
        for id, value in values.items()
        if id in knowledge.specs and knowledge.specs[id].kind == "fact"
    }
    return facts, {id: value for id, value in values.items() if id not in facts}


def _origin(log: Symptoms) -> str:
    """Return the file in which something was measured."""
    measured = [
        one.origin
        for one in log.provenances.values()
        if one.source is Source.MEASURED and one.basis != "derived"
    ]
    return measured[0] if measured else "log"
