"""Rules broken on purpose: what is changed, what is noticed, and that the rules themselves stay as
they are.
"""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path

import pytest

from mldx.knowledge import KnowledgeBase, load
from mldx.lab import cases, mutate


@pytest.fixture
def rules(folder: Path) -> KnowledgeBase:
    return load(folder)


def of_kind(rules: KnowledgeBase, kind: str, check: str = "shape") -> list[str]:
    """Return what the mutants of one kind change, in words."""
    return [
        mutant.told
        for mutant in mutate.mutants(rules)
        if mutant.kind == kind and mutant.check == check
    ]


def test_every_evidence_item_is_turned_halved_and_removed(rules: KnowledgeBase):
    """Four items of a check make four mutants of each of these kinds."""
    assert of_kind(rules, "flip")[:2] == ["too_hot 12 -> -12", "too_cold -12 -> 12"]
    assert [len(of_kind(rules, kind)) for kind in ("flip", "halve", "remove")] == [4, 4, 4]


def test_words_give_way_to_their_neighbors(rules: KnowledgeBase):
    """`diverging` stands between `rising` and `oscillating`."""
    assert of_kind(rules, "swap")[:2] == [
        "loss_shape is diverging -> oscillating",
        "loss_shape is diverging -> rising",
    ]


def test_bounds_are_doubled_and_halved(rules: KnowledgeBase):
    """A bound of 10 becomes 20 and 5."""
    assert of_kind(rules, "shift", "spikes")[:2] == [
        "loss_spikes ge 10 -> 20",
        "loss_spikes ge 10 -> 5",
    ]


def test_a_turned_sign_is_noticed(folder: Path, rules: KnowledgeBase):
    """All flips of a check that two cases hold from both sides are caught."""
    score = mutate.score(cases.load(folder, rules), rules)

    assert not [line for line in score.survivors if line.startswith("shape") and "flip" in line]


def test_a_check_without_cases_lets_every_change_pass(folder: Path, rules: KnowledgeBase):
    """No case asks for spikes, so nothing about them is noticed."""
    score = mutate.score(cases.load(folder, rules), rules)

    spikes = [mutant for mutant in mutate.mutants(rules) if mutant.check == "spikes"]
    assert sum(line.startswith("spikes") for line in score.survivors) == len(spikes)


def test_a_lost_edge_is_noticed_by_what_lies_behind_it(folder: Path, rules: KnowledgeBase):
    """A case that answers both checks fails when the first no longer leads to the second."""
    text = (
        "both:\n  run: {answers: {loss_shape: slow, loss_spikes: 20}}\n"
        "  concludes: [bad_batch, too_cold]\n"
    )
    (folder / "cases" / "data.yaml").write_text(text)

    score = mutate.score(cases.load(folder, rules), rules)

    assert "shape[1] then: no longer leads to spikes" not in score.survivors
    assert "shape[0] then: no longer leads to spikes" in score.survivors


def test_a_case_that_fails_already_notices_nothing(folder: Path, rules: KnowledgeBase):
    """Only a case that passes on the rules as they are can catch a mutant."""
    (folder / "cases" / "data.yaml").write_text(
        "one:\n  run: {answers: {loss_shape: slow}}\n  concludes: [too_hot]\n"
    )

    assert sum(mutate.score(cases.load(folder, rules), rules).caught.values()) == 0


def test_the_rules_stay_as_they_are(folder: Path, rules: KnowledgeBase):
    """Mutants are copies."""
    before, graph = deepcopy(rules.content), rules.compiled

    mutate.score(cases.load(folder, rules), rules)

    assert rules.content == before
    assert rules.compiled is graph


def test_a_changed_check_is_what_a_whole_new_table_would_hold(rules: KnowledgeBase):
    """Replacing one check in the table gives the walk of a knowledge base built anew."""
    for mutant in mutate.mutants(rules):
        anew = KnowledgeBase(
            {**rules.content, "checks": {**rules.content["checks"], mutant.check: mutant.card}},
            "anew",
        )
        changed = mutate.with_check(rules, mutant.check, mutant.card)

        assert _branches(changed) == _branches(anew)


def _branches(rules: KnowledgeBase) -> list[tuple]:
    """Every branch of the compiled graph, as plain data."""
    return [
        (check.id, branch.when, dict(branch.points_to), branch.then)
        for check in rules.compiled.checks
        for branch in check.branches
    ]


def test_a_sample_is_the_same_for_the_same_seed(rules: KnowledgeBase):
    """Two draws with one seed are equal, and hold so many of each kind."""
    every = list(mutate.mutants(rules))

    first, second = mutate.drawn(every, 2, seed=7), mutate.drawn(every, 2, seed=7)

    assert first == second
    assert [mutant.kind for mutant in first].count("flip") == 2


def test_a_survivor_is_told_with_file_and_line(folder: Path, rules: KnowledgeBase):
    """Where the rules are read again for their lines, a survivor is found by them."""
    score = mutate.score(cases.load(folder, rules), rules, places=mutate.reading(folder))

    line = next(line for line in score.survivors if "bad_batch 20 -> -20" in line)
    assert line.split(": ")[0].endswith("flowchart/1-data.yaml:21")
