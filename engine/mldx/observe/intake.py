"""The one intake: a run, setup facts and answers in, checked symptoms out.

    run = read("runs/exp1")[-1]
    observed(run, facts={"n_classes": 10}, answers={"tiny_overfit_result": "pass"})

Every value is checked once and every setup name made canonical once. A fact that is given wins over
the log's own, and the curves are judged by it. Which of two disagreeing sources wins is said by the
order in `mldx.provenance`; both are kept as a conflict.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from mldx.errors import Fault, InputError
from mldx.knowledge import KnowledgeBase, load
from mldx.observe.setup import canonical_facts, derive
from mldx.provenance import Provenance, Source
from mldx.symptoms import Observation, Symptoms
from mldx.symptoms.checking import checked
from mldx.symptoms.merging import Side, merged, once

if TYPE_CHECKING:
    from mldx.observe.curves import Curves
    from mldx.readers.run import Run
    from mldx.symptoms.plot_series import PlotSeries
    from mldx.symptoms.reading import Reading
    from mldx.symptoms.strike import Strike

Given = Mapping[str, Any] | Iterable[tuple[str, Any]]
_NOTHING: Side = ({}, {})


def observed(
    run: Run | None = None,
    *,
    facts: Given = (),
    answers: Given = (),
    overrides: Iterable[str] = (),
    knowledge: KnowledgeBase | None = None,
) -> Symptoms:
    """Return what is known of a run.

    run        as it was read, with its own facts and answers
    facts      setup facts beside it, by id; each wins over the run's own
    answers    what a person says, by symptom id; a setup fact among them is a fact
    overrides  ids of answers that stand even against a count or a probe; those that the run itself
               lists are added
    raises     InputError, naming every value that cannot be used; also for a run that may have been
               misread, with nothing else known of it

    Of a run that may have been misread no curve is judged.
    """
    rules = knowledge if knowledge is not None else load()
    own = {**_facts_of(run), **run.answers} if run is not None else {}
    given = {**dict(facts), **dict(answers)}
    said = checked({**own, **given}, rules.specs)
    setup, words = _parted(said, rules)
    setup = canonical_facts(setup, rules)
    if run is None:
        return _assembled(setup, words, _NOTHING, overrides, rules)
    if run.doubts and not given:
        raise _unsure(run)
    insisted = {*overrides, *run.overruled}
    if run.doubts:
        found = _assembled(setup, words, _NOTHING, insisted, rules)
        return found.with_plot_series(_drawn(run)).with_log((), _read(run))
    curves = _prepared(run, setup, rules)
    found = _assembled(setup, words, _measured(run, curves), insisted, rules)
    return found.with_plot_series(_drawn(run)).with_log(_strikes(curves), _read(run))


def answered(
    symptoms: Symptoms,
    answers: Given = (),
    *,
    overrides: Iterable[str] = (),
    knowledge: KnowledgeBase | None = None,
) -> Symptoms:
    """Return symptoms together with answers, and with what follows from the setup facts of both.

    This is for symptoms whose run is not at hand; where it is, `observed` judges its curves again.

    answers, overrides  as in `observed`
    raises              InputError, naming every answer that cannot be used
    """
    rules = knowledge if knowledge is not None else load()
    known = symptoms.checked_by(rules.specs)
    setup, words = _parted(checked(dict(answers), rules.specs), rules)
    setup = canonical_facts({**known.facts, **setup}, rules)
    found = _assembled(setup, words, _kept(known), overrides, rules)
    conflicts = once((*known.conflicts, *found.conflicts))
    return found.model_copy(
        update={"conflicts": conflicts, "plot_series": known.plot_series}
    ).with_log(known.strikes, known.reading)


def canonicalized(symptoms: Symptoms, knowledge: KnowledgeBase) -> Symptoms:
    """Return symptoms with setup names canonical and derived symptoms added, if they are not
    yet.
    """
    if symptoms.rules_version == knowledge.version:
        return symptoms
    return answered(symptoms, knowledge=knowledge)


def _kept(symptoms: Symptoms) -> Side:
    """What was observed, without the facts and what was derived from them."""
    facts = symptoms.facts
    values = {
        id: value
        for id, value in symptoms.observed.items()
        if id not in facts and symptoms.provenances.get(id, _ANSWER).basis != "derived"
    }
    return values, {id: symptoms.provenances.get(id, _ANSWER) for id in values}


_ANSWER = Provenance()


def _parted(
    values: Mapping[str, Any], rules: KnowledgeBase
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Split checked values into setup facts and observations."""
    facts = {id: value for id, value in values.items() if rules.specs[id].kind == "fact"}
    return facts, {id: value for id, value in values.items() if id not in facts}


def _assembled(
    facts: Mapping[str, Any],
    words: Mapping[str, Any],
    seen: Side,
    overrides: Iterable[str],
    rules: KnowledgeBase,
) -> Symptoms:
    """Bring together what is seen, what is said, and what follows from the canonical facts."""
    values, provenances, conflicts = merged(
        (facts, dict.fromkeys(facts, _ANSWER)),
        seen,
        (words, dict.fromkeys(words, _ANSWER)),
        _gathered(derive(facts, rules), "setup"),
        insisted=frozenset(overrides),
    )
    return Symptoms.assembled(values, provenances, conflicts, rules_version=rules.version)


def _prepared(run: Run, setup: Mapping[str, Any], rules: KnowledgeBase) -> Curves:
    """The curves of a run, to be judged by these facts."""
    from mldx.observe.curves import prepared

    return prepared(run, setup, rules.threshold)


def _measured(run: Run, curves: Curves) -> Side:
    """What the curves of a run show."""
    from mldx.observe.register import measured

    return _gathered(measured(curves), run.origin)


def _strikes(curves: Curves) -> tuple[Strike, ...]:
    from mldx.observe.strikes import strikes

    return strikes(curves)


def _unsure(run: Run) -> InputError:
    """Return the error for a run of which nothing is known but what may have been misread."""
    from mldx.readers.choice import counted

    what = f"it could not be read surely: {'; '.join(run.doubts)}."
    seen = f"a log whose loss is sure; these series were seen: {counted(run.series)}"
    help = (
        "say which series is the loss (`--series train_loss=NAME`); `mldx read` shows what was read"
    )
    return InputError(Fault(run.origin, what, seen, help))


def _read(run: Run) -> Reading:
    from mldx.observe.reading import reading_of

    return reading_of(run)


def _drawn(run: Run) -> tuple[PlotSeries, ...]:
    from mldx.observe.plot_series import plot_series

    return plot_series(run)


def _gathered(seen: Iterable[Observation], origin: str) -> Side:
    """Measured values, checked, with their provenances."""
    made = {one.id: one for one in seen if one.value is not None}
    values = checked({id: one.value for id, one in made.items()})
    by = {
        id: Provenance(Source.MEASURED, one.figure, origin, one.at, one.basis, one.shares)
        for id, one in made.items()
    }
    return values, by


def _facts_of(run: Run) -> dict[str, Any]:
    """The setup facts of a run; the peak of a logged rate is its learning rate, when nothing else
    says it.
    """
    facts = {key: value for key, value in run.setup.items() if value is not None}
    peak = _peak_rate(run)
    if peak is not None:
        facts.setdefault("learning_rate", peak)
    if any(one.metric.startswith("map50") for one in run.series):
        facts = {"task": "detection", "domain": "vision", **facts}
    if {"reward", "ep_len"} <= {one.metric for one in run.series}:
        facts = {"model_family": "rl", **facts}
    return facts


def _peak_rate(run: Run) -> float | None:
    """The greatest learning rate that was logged."""
    logged = next((one for one in run.series if one.metric == "lr" and len(one)), None)
    if logged is None:
        return None
    import numpy as np

    rates = logged.value[np.isfinite(logged.value) & (logged.value >= 0)]
    return float(rates.max()) if len(rates) else None
