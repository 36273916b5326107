"""Textbook pictures are named by what they show, and healthy ones raise no alarm."""

from __future__ import annotations

import pytest

from mldx import Diagnosis, diagnose, observe
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


def test_healthy_pictures_raise_no_alarm():
    """Of a hundred healthy runs at most two are called faulty."""
    verdicts = [diagnosed(*healthy_picture(number)).verdict for number in range(2 * DRAWN)]

    assert verdicts.count("faulty") <= 2


def test_healthy_pictures_show_nothing():
    """Of a hundred healthy runs at most two show a syndrome."""
    shown = [diagnosed(*healthy_picture(number)).syndromes for number in range(2 * DRAWN)]

    assert sum(bool(found) for found in shown) <= 2
