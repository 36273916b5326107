"""The walk is looked up, not tried check by check; it must come to the same."""

from hypothesis import given, settings
from hypothesis import strategies as st

from mldx import Symptoms
from mldx.diagnosis.inference import Inference
from mldx.diagnosis.rank import NEPERS_PER_DECIBAN, roots_first, tally
from mldx.diagnosis.walk import facts, readings, walk
from mldx.knowledge import load
from mldx.knowledge.compiled import generic
from mldx.knowledge.conditions import parse
from mldx.knowledge.scope import applies
from mldx.observe.intake import canonicalized
from mldx.symptoms.model import SPECS

FACTS = {
    "optimizer": ["sgd", "adam", "adamw", "my_own"],
    "learning_rate": [1e-5, 3e-4, 1e-3, 0.1, 3.0, 0.0],
    "batch_size": [1, 8, 64, 4096],
    "domain": ["vision", "text", "tabular", "timeseries"],
    "task": ["classification", "regression", "detection"],
    "model_family": ["cnn", "transformer", "boosting"],
    "pretrained": [True, False],
    "n_classes": [2, 10],
    "shuffle": [True, False],
    "inputs_normalized": [True, False],
    "batchnorm": [True, False],
    "dropout": [0.0, 0.5, 0.9],
    "train_size": [10, 5000],
}


def some_value(spec):
    """A strategy for the values of one symptom."""
    if spec.kind == "fact":
        return st.sampled_from(FACTS[spec.id])
    if spec.kind == "flag":
        return st.booleans()
    if spec.kind == "choice":
        return st.sampled_from(spec.words)
    numbers = st.floats(max(spec.low, -1e3), min(spec.high, 1e3), allow_nan=False)
    return st.one_of(numbers, st.sampled_from(("none", "mild", "moderate", "strong", *spec.words)))


LEVELLED = {
    spec.id for spec in SPECS.values() if spec.kind != "number" or spec.path in load().scales
}
ASKED = [
    spec for id, spec in SPECS.items() if (id in FACTS or spec.kind != "fact") and id in LEVELLED
]
ANSWERS = st.sets(st.sampled_from([spec.id for spec in ASKED]), max_size=40).flatmap(
    lambda ids: st.fixed_dictionaries({id: some_value(SPECS[id]) for id in sorted(ids)})
)


def walked_check_by_check(graph, values, known):
    """The steps and the open checks of a walk, tried one check after the other, in plain words."""
    reached, steps, waiting = set(graph.start), [], []
    for check in graph.checks:
        if check.number not in reached:
            continue
        taken = []
        if values.get(check.path) is None:
            if applies(check.applies_to, known) and check.asks(values):
                waiting.append(check.id)
        elif applies(check.applies_to, known) is not False:
            whens = [parse(branch.when, check.path) for branch in check.branches]
            taken = generic(whens, check.scales)(values)
        for index in taken:
            steps.append((check.id, index))
            reached |= set(check.branches[index].then)
        if not taken:
            reached |= set(check.unknown)
    return steps, waiting


@settings(max_examples=60, deadline=None)
@given(ANSWERS)
def test_the_walk_is_that_of_one_check_after_the_other(answers):
    """Whatever is answered, the same branches are taken in the same order, and the same checks stay
    open.
    """
    rules = load()
    symptoms = canonicalized(Symptoms.of(**answers), rules)
    values = readings(symptoms, rules)
    known = facts(values)

    trail = walk(rules.compiled, values, known)

    steps = [(check.id, check.branches.index(branch)) for check, branch, _ in trail.steps]
    assert (steps, [check.id for check in trail.open]) == walked_check_by_check(
        rules.compiled, values, known
    )


@settings(max_examples=30, deadline=None)
@given(ANSWERS)
def test_the_odds_are_prior_and_counted_evidence(answers):
    """The log-odds of every candidate are its prior and the strongest for and against of each
    family.
    """
    rules = load()
    inference = Inference(Symptoms.of(**answers), rules)
    counted = tally(inference.trail)

    for cause, prior in rules.priors(inference.known).items():
        total = sum(best + worst for best, worst in counted.get(cause, {}).values())
        assert abs(inference.ranking.odds[cause] - prior - NEPERS_PER_DECIBAN * total) < 1e-9


def test_of_two_equal_roots_the_earlier_stage_leads():
    """A tie between roots breaks as every other tie: by stage, then id."""
    rules = load()
    consequence, roots = next(
        (id, roots)
        for id, roots in rules.roots.items()
        if len({rules.order[root][0] for root in roots}) > 1
    )
    first = min(roots, key=lambda id: rules.order[id])

    _, root_of = roots_first([(id, 0.0) for id in (consequence, *roots)], rules)

    assert root_of[consequence] == first
