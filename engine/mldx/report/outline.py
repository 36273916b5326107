"""What a report says, decided once: the verdict, what is listed, how a percentage is written.

Terminal, Markdown, HTML, the page and the agents render an `Outline` and decide nothing themselves,
so that the same run reads the same everywhere. The short outline fits a screen: what it leaves out
is kept in `rest` and `more_actions`, for a reader who unfolds it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from mldx.diagnosis import Diagnosis
from mldx.diagnosis.results import (
    Action,
    Evidence,
    NamedCause,
    OpenQuestion,
    Pending,
    ShownSyndrome,
)
from mldx.knowledge.wording import words
from mldx.report.read_summary import ReadSummary, summarised

LEGEND_PERCENT = (
    "A percentage is how probable it is that it was this cause, or one that what was observed does "
    "not tell apart from it; so percentages need not add up to 100."
)
LEGEND_DB = (
    "dB say how much an observation speaks for a cause (+) or against it (-): "
    "10 dB make it ten times as likely, 3 dB twice."
)

_SYNDROMES = 3
_CAUSES, _ACTIONS, _MORE_ACTIONS, _QUESTIONS = 3, 2, 4, 3
_FLOOR = 0.05  # a cause below is listed by name only
_BESIDE = ""  # no syndrome that the run shows
_LEADS = 0.85  # a cause from here on that leads alone is all but settled: one action is enough
_LIKELY = 0.5  # from here on a cause leads
_POSSIBLE = 0.25  # of a healthy run a cause from here on is worth an action
_ENTAILED = ("learning", "stability", "generalization")  # no run is healthy that was not seen there

Tone = Literal["faulty", "healthy", "undecided"]

_LOOK_NEXT = {
    "forecasting": "Next: compare it with the naive forecast, horizon by horizon.",
    "regression": "Next: look at the largest errors, and where they lie.",
    "detection": "Next: look at it class by class, and at the objects missed and invented.",
    "segmentation": "Next: look at it class by class, and at the worst masks.",
    "generation": "Next: read a sample of what it generates.",
    "ranking": "Next: look at the worst rankings.",
    "representation": "Next: look at nearest neighbours, and at a linear probe.",
    "control": "Next: watch whole episodes, the worst ones first.",
    "anomaly": "Next: look at the alarms that were false, and at what was missed.",
    "binary": "Next: look at both kinds of mistakes.",
    "multiclass": "Next: look at it class by class, and at the mistakes.",
    "multilabel": "Next: look at it label by label, and at the mistakes.",
}
_LOOK = "Next: look at the worst predictions."


@dataclass(frozen=True, slots=True)
class ListedCause:
    """A cause as it is listed.

    percent  its probability, written out
    remark   what else a reader must know: what it follows from, that it is not a fault; "" for none
    """

    cause: NamedCause
    percent: str
    remark: str

    @property
    def id(self) -> str:
        """The id of the cause."""
        return self.cause.id

    @property
    def title(self) -> str:
        """The name of the cause."""
        return self.cause.title

    @property
    def confidence(self) -> str:
        """How sure that is, in a word."""
        return self.cause.confidence

    @property
    def evidence(self) -> list[Evidence]:
        """What was counted: for it, strongest first, then against it, strongest first."""
        return counted(self.cause.evidence)

    @property
    def absent(self) -> list[Pending]:
        """What it would lead one to see and was seen otherwise, as far as that is not counted."""
        counted_checks = {item.check for item in self.evidence}
        return [pending for pending in self.cause.absent if pending.check not in counted_checks]


@dataclass(frozen=True, slots=True)
class CauseGroup:
    """The listed causes of one syndrome.

    title  the syndrome's; "Beside that" for causes of none that the run shows, and empty where
           these stand first
    """

    title: str
    causes: tuple[ListedCause, ...]


@dataclass(frozen=True, slots=True)
class ListedAction:
    """An action as it is listed.

    cost  its kind and its minutes: "test, 5 min"
    aim   what to expect of it, or how it is done
    """

    action: Action
    cost: str
    aim: str

    @property
    def do(self) -> str:
        """What to do."""
        return self.action.do


@dataclass(frozen=True, slots=True)
class Outline:
    """What a report of a diagnosis says, in the order in which it is said.

    read          what was read; None of a run that nothing was read of
    syndromes     what the run shows, surest first
    strikes       the oddest facts of the run, in sentences
    label         the verdict in a word or a few
    tone          how the verdict is coloured
    headline      the verdict in a sentence, with the figures behind it
    groups        the causes listed in detail, each under its syndrome; `rest` by name and
                  percentage
    deciding      where no cause leads: the test that decides between them; else ""
    actions       those to do first; `more_actions` those after
    questions     what was not observed and would tell most; so many `questions_left` are not listed
    conflicts     sources that disagree; `unexplained`, what no likely cause explains; `notes`, what
                  could not be used as given
    unjudged      (stage, why it could not be judged)
    """

    read: ReadSummary | None
    syndromes: tuple[ShownSyndrome, ...]
    strikes: tuple[str, ...]
    label: str
    tone: Tone
    headline: str
    causes_title: str
    groups: tuple[CauseGroup, ...]
    deciding: str
    rest: tuple[ListedCause, ...]
    actions: tuple[ListedAction, ...]
    more_actions: tuple[ListedAction, ...]
    questions: tuple[OpenQuestion, ...]
    questions_left: int
    conflicts: tuple[str, ...]
    unexplained: tuple[str, ...]
    notes: tuple[str, ...]
    unjudged: tuple[tuple[str, str], ...]

    @property
    def causes(self) -> tuple[ListedCause, ...]:
        """The causes listed in detail, in the order in which they stand."""
        return tuple(cause for group in self.groups for cause in group.causes)

    @property
    def doubts(self) -> tuple[str, ...]:
        """What disagrees, what nothing explains, what could not be judged or used, in sentences."""
        stages = (f"{title} could not be judged: {why}." for title, why in self.unjudged)
        return (*self.conflicts, *self.unexplained, *stages, *self.notes)


def outline(diagnosis: Diagnosis, full: bool = False) -> Outline:
    """Return what a report of a diagnosis says.

    full  list every cause, action and open question
    """
    causes, rest = _causes(diagnosis, full)
    actions, more_actions = _actions(diagnosis, full)
    questions, left = _questions(diagnosis, actions, full)
    label, tone = _label(diagnosis)
    syndromes = diagnosis.syndromes if full else diagnosis.syndromes[:_SYNDROMES]
    return Outline(
        read=summarised(diagnosis.read) if diagnosis.read else None,
        syndromes=syndromes,
        strikes=tuple(one.sentence for one in diagnosis.strikes),
        label=label,
        tone=tone,
        headline=_headline(diagnosis, tone),
        causes_title="Not ruled out" if diagnosis.verdict == "healthy" else "Causes",
        groups=tuple(_grouped(causes, syndromes)),
        deciding=_deciding(diagnosis, actions),
        rest=tuple(map(_listed_cause, rest)),
        actions=tuple(map(_listed_action, actions)),
        more_actions=tuple(map(_listed_action, more_actions)),
        questions=tuple(questions),
        questions_left=left,
        conflicts=tuple(_conflicts(diagnosis)),
        unexplained=tuple(_unexplained(diagnosis)),
        notes=diagnosis.notes,
        unjudged=tuple((stage.title, stage.why) for stage in diagnosis.stages if stage.why),
    )


def counted(items: Iterable[Evidence]) -> list[Evidence]:
    """Return the evidence that counted: for, strongest first, then against, strongest first."""
    kept = [item for item in items if item.counted]
    return sorted(kept, key=lambda item: (item.db < 0, -abs(item.db)))


def percent(probability: float) -> str:
    """Return a probability in percent; only what is certain is 0 or 100."""
    if 0.995 < probability < 1:
        return ">99 %"
    if 0 < probability < 0.005:
        return "<1 %"
    return f"{100 * probability:.0f} %"


def foremost(actions: Sequence[Action]) -> list[Action]:
    """Return the worthiest action for each cause or question, none in the same words twice."""
    kept: dict[str, Action] = {}
    for action in actions:
        if action.do not in {one.do for one in kept.values()}:
            kept.setdefault(action.about, action)
    return list(kept.values())


def _label(diagnosis: Diagnosis) -> tuple[str, Tone]:
    """Healthy is said of a run that was seen to learn, and whose stability and validation were."""
    if diagnosis.verdict != "healthy":
        return diagnosis.verdict, diagnosis.verdict
    unjudged = {stage.stage for stage in diagnosis.stages if stage.why}
    if unjudged.intersection(_ENTAILED):
        return "nothing found so far", "undecided"
    return "healthy", "healthy"


def _headline(diagnosis: Diagnosis, tone: Tone) -> str:
    if diagnosis.verdict == "healthy":
        return _calm(diagnosis, tone)
    nothing = f"nothing wrong: {percent(diagnosis.healthy)}"
    first = next((cause for cause in diagnosis.causes if not cause.benign), None)
    if first is None:
        return f"What was observed does not decide it (nothing points to a cause; {nothing})."
    if diagnosis.verdict == "undecided":
        share = percent(first.probability)
        if diagnosis.healthy > first.probability:
            likeliest = f"if something is, most likely: {first.title}, {share}"
            return f"What was observed does not decide it ({nothing}; {likeliest})."
        likeliest = f"likeliest so far: {first.title}, {share}"
        return f"What was observed does not decide it ({likeliest}; {nothing})."
    if first.confidence == "unlikely":
        return f"Something is wrong, and what was observed does not say what ({nothing})."
    sure = first.confidence.capitalize()
    return f"{sure} cause: {first.title} ({percent(first.probability)}; {nothing})."


def _calm(diagnosis: Diagnosis, tone: Tone) -> str:
    sure = percent(diagnosis.healthy)
    if tone == "healthy":
        return f"No fault found ({sure}). {_look_next(diagnosis)}"
    unjudged = sum(bool(stage.why) for stage in diagnosis.stages)
    stages = "1 stage" if unjudged == 1 else f"{unjudged} stages"
    return f"Nothing found so far ({sure}); {stages} could not be judged."


def _look_next(diagnosis: Diagnosis) -> str:
    """Say what to look at in a run that shows no fault, as fits its task."""
    task = diagnosis.symptoms.observed.get("task")
    if task is None and _curves_of(diagnosis, "accuracy"):
        task = "multiclass"
    return _LOOK_NEXT.get(str(task), _LOOK)


def _curves_of(diagnosis: Diagnosis, metric: str) -> bool:
    return any(one.metric == metric for one in diagnosis.symptoms.plot_series)


def _causes(diagnosis: Diagnosis, full: bool) -> tuple[Sequence[NamedCause], Sequence[NamedCause]]:
    """Return the causes listed in detail, and the others; the first is always listed."""
    if full:
        return diagnosis.causes, ()
    detailed = [cause for cause in diagnosis.causes if cause.probability >= _FLOOR][:_CAUSES]
    detailed = detailed or list(diagnosis.causes[:1])
    return detailed, [cause for cause in diagnosis.causes if cause not in detailed]


def _grouped(
    causes: Sequence[NamedCause], syndromes: Sequence[ShownSyndrome]
) -> Iterator[CauseGroup]:
    """Yield the causes under a syndrome that each shows as, the likeliest cause first.

    A cause joins the others of a syndrome that stands already, and else opens the first that it
    shows as; so a consequence stands below its root, as in the ranking.
    """
    titles = {one.id: one.title for one in syndromes}
    under: dict[str, list[NamedCause]] = {}
    for cause in causes:
        shown = next((id for id in (*under, *titles) if id in cause.shows_as), _BESIDE)
        under.setdefault(shown, []).append(cause)
    for place, (syndrome, grouped) in enumerate(under.items()):
        beside = "Beside that" if place else ""
        yield CauseGroup(titles.get(syndrome, beside), tuple(map(_listed_cause, grouped)))


def _deciding(diagnosis: Diagnosis, actions: Sequence[Action]) -> str:
    """Name the step that decides between the causes, where none of several leads."""
    if diagnosis.verdict == "healthy" or len(diagnosis.causes) < 2:
        return ""
    first = next((one for one in actions if one.kind != "fix"), None)
    if first is None or _leader(diagnosis) >= _LIKELY:
        return ""
    return f"None of them leads; step {list(actions).index(first) + 1} below decides most."


def _actions(diagnosis: Diagnosis, full: bool) -> tuple[Sequence[Action], Sequence[Action]]:
    """Return what to do first, and after; of a healthy run what its likeliest cause asks for."""
    found = foremost(diagnosis.actions)
    if full:
        return found, ()
    if diagnosis.verdict == "healthy":
        possible = {one.id for one in diagnosis.causes if one.probability >= _POSSIBLE}
        return [action for action in found if action.about in possible][:1], ()
    if _settled(diagnosis):
        return found[:1], found[1:_ACTIONS]
    return found[:_ACTIONS], found[_ACTIONS : _ACTIONS + _MORE_ACTIONS]


def _settled(diagnosis: Diagnosis) -> bool:
    """Does one cause lead clearly, and no other beside it?"""
    likely = [one for one in diagnosis.causes if not one.benign and one.probability >= _LIKELY]
    return _leader(diagnosis) >= _LEADS and len(likely) == 1


def _leader(diagnosis: Diagnosis) -> float:
    faults = (cause.probability for cause in diagnosis.causes if not cause.benign)
    return max(faults, default=0.0)


def _questions(
    diagnosis: Diagnosis, actions: Sequence[Action], full: bool
) -> tuple[Sequence[OpenQuestion], int]:
    """Return the open questions that no listed action asks already, and how many are left out."""
    asked = {action.about for action in actions}
    checks = [check for check in diagnosis.open_checks if check not in asked]
    listed = checks if full else checks[:_QUESTIONS]
    return [diagnosis.open_question(check) for check in listed], len(checks) - len(listed)


def _listed_cause(cause: NamedCause) -> ListedCause:
    remarks = []
    if cause.consequence_of:
        remarks.append(f"follows from {cause.consequence_of}")
    if cause.benign:
        remarks.append("a fact to know, not a fault")
    return ListedCause(cause, percent(cause.probability), ", ".join(remarks))


def _listed_action(action: Action) -> ListedAction:
    aims = {
        "fix": action.expect,
        "test": f"Expect: {action.expect}",
        "check": f"How: {action.expect}",
    }
    kind = "fix and run" if action.kind == "fix" else action.kind
    cost = f"{kind}, {words(action.minutes)} min"
    return ListedAction(action, cost, aims[action.kind])


def _conflicts(diagnosis: Diagnosis) -> Iterator[str]:
    for one in diagnosis.conflicts:
        kept = f"{words(one.kept)} ({one.kept_by.source.value})"
        dropped = f"{words(one.dropped)} ({one.dropped_by.source.value})"
        yield f"{_name(one.symptom)}: {kept} is used, {dropped} is not."


def _unexplained(diagnosis: Diagnosis) -> Iterator[str]:
    for one in diagnosis.unexplained:
        figure = f" ({one.figure})" if one.figure else ""
        yield f"{_name(one.symptom)} is {words(one.saw)}{figure}: what leads does not explain it."


def _name(symptom: str) -> str:
    return symptom.replace("_", " ")
