"""What the export tests share: the shipped rules, rules with hostile text, and a diagnosis with a
walked path.
"""

import copy

import pytest

from mldx import Symptoms, diagnose
from mldx.knowledge import KnowledgeBase, load

HOSTILE = 'A <b>&amp; "q" \\N \\G\\ \n | {x} ]]> --> é 日本 \x00\x07 `t` %%{init}%% </TD>; #35; @me'


@pytest.fixture(scope="session")
def knowledge():
    return load()


@pytest.fixture(scope="session")
def hostile(knowledge):
    """The shipped rules, with text that tries to be markup in a question and in a stage's head."""
    content = copy.deepcopy(dict(knowledge.content))
    content["checks"]["input_range"]["question"] = HOSTILE
    content["stages"]["data"] |= {"title": HOSTILE, "question": HOSTILE}
    return KnowledgeBase(content, "hostile")


@pytest.fixture(scope="session")
def diagnosis():
    """A run that cannot learn ten samples: its walk ends at the first gate."""
    return diagnose(
        Symptoms.of(
            tiny_overfit_result="plateau",
            train_loss_flat=True,
            loss_shape="flat",
            init_loss_ratio=1.0,
        )
    )
