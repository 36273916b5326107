"""Any answers and facts that a run may have, for tests that hold whatever is seen."""

from __future__ import annotations

from hypothesis import strategies as st

from mldx import Symptoms
from mldx.errors import InputError
from mldx.knowledge import load
from mldx.symptoms import Spec

RULES = load()
_MOST = 1e3


def _values(spec: Spec) -> st.SearchStrategy:
    if spec.kind == "flag":
        return st.booleans()
    words = [word for word in spec.words if _takes(spec.id, word)]
    if spec.kind == "choice":
        return st.sampled_from(words)
    numbers = st.floats(max(spec.low, -_MOST), min(spec.high, _MOST))
    return numbers | st.sampled_from(words) if words else numbers


def _takes(id: str, word: str) -> bool:
    try:
        Symptoms.of(**{id: word})
    except InputError:
        return False
    return True


IDS = [id for id, spec in RULES.specs.items() if spec.kind != "fact"]
ANSWERS = st.lists(st.sampled_from(IDS), max_size=10, unique=True).flatmap(
    lambda ids: st.fixed_dictionaries({id: _values(RULES.specs[id]) for id in ids})
)
FACTS = st.fixed_dictionaries(
    {},
    optional={
        **{key: st.sampled_from(sorted(names)) for key, names in RULES.vocabulary.items()},
        "n_classes": st.integers(1, 1000),
        "learning_rate": st.floats(0, 100),
        "batch_size": st.integers(1, 10_000),
        "train_size": st.integers(0, 10**7),
        "val_size": st.integers(0, 10**6),
        "class_counts": st.lists(st.integers(0, 10**6), max_size=4),
        "inputs_range": st.tuples(st.floats(-1e6, 0), st.floats(0, 1e6)),
        "pretrained": st.booleans() | st.just("bert"),
        "batchnorm": st.booleans(),
        "dropout": st.booleans() | st.floats(0, 0.99),
        "gradient_clipping": st.booleans() | st.floats(0, 10),
        "shuffle": st.booleans(),
    },
)
