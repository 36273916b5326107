"""Textbook pictures are named by what they show, and healthy ones raise no alarm."""

from __future__ import annotations

import pytest

from mldx import Diagnosis, diagnose, observe
from mldx.knowledge import load
from tests.kit.pictures import PICTURES, healthy_picture, picture

DRAWN = 50


def diagnosed(history: dict[str, list[float | str]], classes: int) -> Diagnosis:
    """The diagnosis of a history alone and a class count."""
    return diagnose(observe.history(history, n_classes=classes))


@pytest.mark.parametrize("syndrome", PICTURES)
def test_a_textbook_picture_is_named(syndrome):
    """Of fifty curves of one kind, of 5 to 300 epochs, at most one is called something else."""
    shown = [diagnosed(*picture(syndrome, number)).syndromes for number in range(DRAWN)]

    assert sum(bool(found) and found[0].id == syndrome for found in shown) >= DRAWN - 1


@pytest.mark.parametrize("syndrome", PICTURES)
def test_a_textbook_picture_is_explained_by_its_own_causes(syndrome):
    """The causes that show as a picture hold more than three quarters of the probability, in the
    mean over fifty curves of its kind.
    """
    held = [own_share(syndrome, diagnosed(*picture(syndrome, number))) for number in range(DRAWN)]

    assert sum(held) / len(held) > 0.77


def own_share(syndrome: str, diagnosis: Diagnosis) -> float:
    """The posterior of all hypotheses in which a cause shows as the syndrome."""
    causes = load().causes
    return sum(
        share
        for hypothesis, share in diagnosis._inference.posterior.hypotheses.items()
        if any(one in causes and syndrome in causes[one].shows_as for one in hypothesis)
    )


def test_healthy_pictures_raise_no_alarm():
    """Of a hundred healthy runs at most two are called faulty."""
    verdicts = [diagnosed(*healthy_picture(number)).verdict for number in range(2 * DRAWN)]

    assert verdicts.count("faulty") <= 2


def test_healthy_pictures_show_nothing():
    """Of a hundred healthy runs at most two show a syndrome."""
    shown = [diagnosed(*healthy_picture(number)).syndromes for number in range(2 * DRAWN)]

    assert sum(bool(found) for found in shown) <= 2
