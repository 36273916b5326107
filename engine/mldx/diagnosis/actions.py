"""What to do next, by worth per minute.

A question is worth the bits that its answer is expected to settle about what is the matter
(`information_gain`), a test those about its one cause: as its outcome depends on nothing else, that
is the drop in entropy over all hypotheses. A fix is worth the probability that it repairs the run;
its minutes are the edit and the run that must follow. The fix of a cause that is all but settled
stands first; where none is, a cheap test or check that decides stands before every fix.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any

from mldx.diagnosis.information_gain import entropy
from mldx.diagnosis.results import Action

_RERUN = {
    "tabular": "actions.rerun_tabular",
    "timeseries": "actions.rerun_timeseries",
    "text": "actions.rerun_text",
    "vision": "actions.rerun_vision",
}


def ordered(
    actions: Iterable[Action],
    leading: Sequence[tuple[str, float]],
    asks: Collection[str],
    limit: Callable[[str], float],
) -> tuple[Action, ...]:
    """Return the actions in the order in which they are to be done.

    leading  the faults of the leading syndrome with their probabilities, likeliest first; of all
             that are listed, where there is no syndrome
    asks     the checks that tell these apart
    limit    a threshold by its name
    """
    by_worth = sorted(actions, key=_worth)
    lead, probability = leading[0] if leading else ("", 0.0)
    fix = next((one for one in by_worth if one.about == lead and one.kind == "fix"), None)
    test = _deciding(by_worth, {*asks, *dict(leading)}, limit)
    first = _leading(test, fix, probability, limit)
    return (*first, *(one for one in by_worth if one not in first))


def _deciding(
    by_worth: Iterable[Action], about: Collection[str], limit: Callable[[str], float]
) -> Action | None:
    """Return the first test or check about these that decides, where there is one."""
    return next((one for one in by_worth if one.about in about and _decides(one, limit)), None)


def _leading(
    test: Action | None, fix: Action | None, probability: float, limit: Callable[[str], float]
) -> list[Action]:
    """Return what stands before all else: the surer the leading cause, the less the test counts.

    fix   of the leading cause, whose probability is given
    """
    if fix is None or probability < limit("actions.leads"):
        first = [test]
    elif probability < limit("actions.settled"):
        first = [test, fix]
    else:
        first = [fix]
    return [one for one in first if one is not None]


def _worth(action: Action) -> tuple[float, float, str, str]:
    return -round(action.worth, 9), action.minutes, action.about, action.kind


def _decides(action: Action, limit: Callable[[str], float]) -> bool:
    """Is it a test or a check that costs little and settles something?"""
    cheap = action.minutes <= limit("actions.cheap")
    return action.kind != "fix" and cheap and action.gain >= limit("actions.decides")


def rerun_minutes(known: Mapping[str, Any], limit: Callable[[str], float]) -> float:
    """Return how long the run takes that must follow a fix: as long as this one where its log has
    times, else what is common in its field.

    known   the facts of the run
    """
    own = known.get("run_minutes")
    if own is not None:
        return max(1.0, float(round(own)))
    field = "tabular" if known.get("model_family") == "boosting" else known.get("domain")
    return limit(_RERUN.get(str(field), "actions.rerun_other"))


def test_worth(share: float, power: float) -> float:
    """Return the bits that a confirmation of a cause settles, on average.

    share  probability of the cause
    power  dB that a passed test adds, and a failed one takes away; with 10 dB it is right in 10 of
           11 cases
    """
    ratio = 10 ** (power / 10)
    right = ratio / (1 + ratio)
    passes = share * right + (1 - share) * (1 - right)
    if not 0 < passes < 1:
        return 0.0
    after_pass, after_fail = share * right / passes, share * (1 - right) / (1 - passes)
    left = passes * _undecided(after_pass) + (1 - passes) * _undecided(after_fail)
    return _undecided(share) - left


def _undecided(share: float) -> float:
    """Return the entropy of a yes-or-no hypothesis, in bits."""
    return entropy((share, 1 - share))
