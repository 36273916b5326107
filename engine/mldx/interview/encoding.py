"""A dialogue as plain data, and back: for a file, for the page that carries it, for a link.

Everything that comes back is checked again, for it comes from outside: each step is said again.

    {"mldx_interview": 1, "knowledge": "1d1f52e08821", "steps": [{"complaint": "loss_nan"}, …],
     "log": [{"id": "loss_shape", "value": "flat", "source": "measured", …}], "record": {…}}
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from mldx.errors import Fault, InputError
from mldx.interview.dialogue import Dialogue, DialogueStep
from mldx.knowledge import KnowledgeBase, load
from mldx.provenance import Provenance
from mldx.readers.record import of_mapping
from mldx.symptoms import Symptoms
from mldx.symptoms.plot_series import PlotSeries
from mldx.symptoms.reading import Reading
from mldx.symptoms.strike import Strike

FORMAT = 1
_ODD = (TypeError, KeyError, ValueError, AttributeError, IndexError, ArithmeticError)


def to_plain(dialogue: Dialogue) -> dict[str, Any]:
    """Return the whole dialogue as plain data; what is empty is left out."""
    log = dialogue.log
    plain = {
        "mldx_interview": FORMAT,
        "knowledge": dialogue.version,
        "whole": dialogue.whole,
        "picked": dialogue.picked,
        "steps": [{step.kind: _written(step)} for step in dialogue.steps],
        "log": [
            _seen(id, value, log.provenances.get(id, Provenance()))
            for id, value in log.observed.items()
        ],
        "plot_series": [series.to_plain() for series in log.plot_series],
        "strikes": [[one.id, one.sentence] for one in log.strikes],
        "reading": log.reading.to_plain() if log.reading else None,
        "record": dialogue.record,
    }
    return {key: part for key, part in plain.items() if part}


def of_plain(
    plain: Mapping[str, Any], origin: str = "interview", knowledge: KnowledgeBase | None = None
) -> Dialogue:
    """Return the dialogue that was written as plain data.

    raises   InputError, when it is damaged, of a later version, or says what cannot stand
    """
    _check_format(plain, origin)
    rules = knowledge if knowledge is not None else load()
    try:
        record = _record(plain.get("record"), origin)
        dialogue = Dialogue(
            rules, (), _log(plain), record,
            whole=bool(plain.get("whole")), version=str(plain.get("knowledge", "")),
        )  # fmt: skip
        moves = [
            _MOVES[kind](said) for step in plain.get("steps", ()) for kind, said in [_one(step)]
        ]
        picked = str(plain.get("picked", ""))
    except _ODD as error:
        what, help = "it is damaged.", "begin again"
        raise InputError(Fault(origin, what, "a file written by `mldx ask`", help)) from error
    for move in moves:
        dialogue = move(dialogue)
    return dialogue.change(picked) if picked else dialogue


def to_json(dialogue: Dialogue) -> str:
    """Return the whole dialogue as JSON, to be saved."""
    return json.dumps(to_plain(dialogue), ensure_ascii=False, allow_nan=False)


def of_json(
    text: str, origin: str = "interview", knowledge: KnowledgeBase | None = None
) -> Dialogue:
    """Return the dialogue that was saved.

    raises   InputError, as `of_plain`
    """
    try:
        plain = json.loads(text)
    except (ValueError, RecursionError):
        plain = None
    return of_plain(plain if isinstance(plain, dict) else {}, origin, knowledge)


def bare(dialogue: Dialogue) -> Dialogue:
    """Return the dialogue without the log's figures, file names and curves, for a link."""
    log = dialogue.log
    provenances = {
        id: Provenance(source=one.source, basis=one.basis, shares=one.shares)
        for id, one in log.provenances.items()
    }
    bare = log.model_copy(update={"provenances": provenances, "conflicts": (), "reading": None})
    return dialogue.with_log(bare.with_plot_series(()), None)


def _check_format(plain: Mapping[str, Any], origin: str) -> None:
    if "mldx_interview" not in plain:
        what = "it is not a saved interview."
        raise InputError(Fault(origin, what, "a file written by `mldx ask`"))
    if plain["mldx_interview"] != FORMAT:
        what = f"it is of version {plain['mldx_interview']}, this mldx writes {FORMAT}."
        raise InputError(Fault(origin, what, f"version {FORMAT}", "update mldx"))


def _written(step: DialogueStep) -> Any:
    if step.kind in ("answers", "form"):
        return dict(step.said)
    return list(step.ids) if step.kind == "looked" else step.ids[0]


def _one(step: Mapping[str, Any]) -> tuple[str, Any]:
    [(kind, said)] = step.items()
    return kind, said


Move = Callable[[Dialogue], Dialogue]


def _answers(said: Any) -> Move:
    given = dict(said)
    return lambda dialogue: dialogue.state(given)


def _form(said: Any) -> Move:
    given = dict(said)
    form = str(next(iter(given)))
    del given[form]
    return lambda dialogue: dialogue.fill(form, given)


def _looked(said: Any) -> Move:
    sections = list(map(str, said))
    return lambda dialogue: dialogue.look(*sections)


def _dismissed(said: Any) -> Move:
    return lambda dialogue: dialogue.dismissing(str(said))


_MOVES: Mapping[str, Callable[[Any], Move]] = {
    "answers": _answers,
    "complaint": lambda said: lambda dialogue: dialogue.complain(str(said)),
    "form": _form,
    "skip": lambda said: lambda dialogue: dialogue.skip(str(said)),
    "looked": _looked,
    "dismissed": _dismissed,
}


def _seen(id: str, value: Any, provenance: Provenance) -> dict[str, Any]:
    seen = {"id": id, "value": value, "source": provenance.source.value}
    for name in ("figure", "origin", "at", "basis", "shares"):
        part = getattr(provenance, name)
        if part not in ("", None, ()):
            seen[name] = part
    return seen


def _log(plain: Mapping[str, Any]) -> Symptoms:
    """Return what the log showed, each value with its provenance, and its curves."""
    seen = plain.get("log", ())
    found = Symptoms.of(**{one["id"]: one["value"] for one in seen})
    provenances = {
        one["id"]: Provenance.of_plain(
            {key: value for key, value in one.items() if key not in ("id", "value")}
        )
        for one in seen
    }
    plot_series = tuple(PlotSeries.of_plain(one) for one in plain.get("plot_series", ()))
    log = found.model_copy(update={"provenances": provenances})
    strikes = tuple(Strike(str(id), str(told)) for id, told in plain.get("strikes", ()))
    written = plain.get("reading")
    reading = Reading.of_plain(written) if written else None
    return log.with_plot_series(plot_series).with_log(strikes, reading)


def _record(written: Any, origin: str) -> Mapping[str, Any] | None:
    """Return the run record, which must be one, for answers are added to it and its curves are read
    again.
    """
    if written is None:
        return None
    mapping = written if isinstance(written, Mapping) else {"record": written}
    parts = [part for key, part in mapping.items() if key not in ("overruled", "events")]
    if not all(isinstance(part, Mapping) for part in parts):
        what = "it is not a run record."
        where = f"{origin}: record"
        raise InputError(Fault(where, what, "a mapping of mappings", "begin again"))
    json.dumps(written, allow_nan=False)
    of_mapping(written, f"{origin}: record")
    return {key: part for key, part in mapping.items() if part is not None}
