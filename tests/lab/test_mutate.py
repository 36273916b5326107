"""Rules broken on purpose: what is changed, what is noticed, and that the rules themselves stay as
they are.
"""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path

from mldx.knowledge import KnowledgeBase, load
from mldx.knowledge.loader import reading
from mldx.lab import loading, mutate
from mldx.lab.mutants import Mutant, mutants


def of_kind(rules: KnowledgeBase, kind: str, id: str = "") -> list[Mutant]:
    """Return the mutants of one kind, of one card or of all."""
    return [one for one in mutants(rules) if one.kind == kind and id in ("", one.id)]


def changes(rules: KnowledgeBase, kind: str, id: str = "") -> list[str]:
    """Return what these mutants change, in words."""
    return [one.told for one in of_kind(rules, kind, id)]


def survivors(folder: Path, rules: KnowledgeBase) -> tuple[str, ...]:
    """Return the mutants that the cases of the folder do not notice."""
    return mutate.score(loading.load(folder, rules), rules).survivors


def test_every_row_that_speaks_is_made_usual(rules: KnowledgeBase):
    """Three rows of the shape, three of the spikes: two of the table and one of the other."""
    assert changes(rules, "usual", "loss_shape") == [
        "healthy as usual",
        "too_hot as usual",
        "too_cold as usual",
    ]
    assert [one.path for one in of_kind(rules, "usual", "loss_spikes")] == [
        ("with", "bad_batch"),
        ("with", "too_hot"),
        ("given", 0, "with", "bad_batch"),
    ]


def test_the_telling_share_moves_to_the_neighbor(rules: KnowledgeBase):
    """What speaks for `too_hot` at `diverging` speaks at `slow`; the last answer goes back."""
    moved = of_kind(rules, "neighbour", "loss_shape")

    assert moved[1].told == "too_hot diverging -> slow"
    assert moved[1].card["with"]["too_hot"] == {"diverging": 0.0, "slow": 85.0, "falling": 15.0}
    assert moved[0].told == "healthy falling -> slow"


def test_the_rarest_usual_answer_is_doubled(rules: KnowledgeBase):
    """Of every table with rows, once."""
    assert changes(rules, "rare", "loss_spikes") == ["usual many doubled", "usual few doubled"]


def test_borders_are_halved_and_doubled(rules: KnowledgeBase):
    """A border of 10 becomes 5 and 20."""
    assert changes(rules, "border") == ["few below 10 -> 5", "few below 10 -> 20"]


def test_tables_scopes_signs_and_priors(rules: KnowledgeBase):
    """One other table, one scope, one sign and three priors."""
    assert len(changes(rules, "given")) == 1
    assert changes(rules, "scope") == ["only_for dropped"]
    assert len(changes(rules, "sign")) == 1
    assert changes(rules, "prior")[0] == "50 -> 150 of 1000"


def test_what_decides_no_verdict_has_no_mutant(rules: KnowledgeBase):
    """The interview's numbers decide what is asked."""
    assert not [one for one in of_kind(rules, "threshold") if one.id == "interview"]


def test_what_the_cases_hold_is_noticed(folder: Path, rules: KnowledgeBase):
    """Two cases hold the rows of both causes, and the sign of the syndrome."""
    alive = survivors(folder, rules)

    assert not [line for line in alive if line.startswith("loss_shape neighbour: too_")]
    assert not [line for line in alive if " sign: " in line]


def test_a_band_of_odds_kills_what_the_order_does_not(folder: Path, rules: KnowledgeBase):
    """A prior three times as high leaves the order as it is, and leaves the band."""
    prior, file = "too_hot prior: 50 -> 150 of 1000", folder / "1-data/cases.yaml"
    with_band = survivors(folder, rules)
    file.write_text(file.read_text().replace(", below: 0.9", ""))

    assert prior not in with_band
    assert prior in survivors(folder, rules)


def test_a_check_without_cases_lets_every_change_pass(folder: Path, rules: KnowledgeBase):
    """No case answers how many spikes there are, so nothing about them is noticed."""
    alive = [line for line in survivors(folder, rules) if line.startswith("loss_spikes")]

    assert len(alive) == sum(one.id == "loss_spikes" for one in mutants(rules))


def test_a_case_that_fails_already_notices_nothing(folder: Path, rules: KnowledgeBase):
    """Only a case that passes on the rules as they are can kill a mutant."""
    text = "one:\n  run: {answers: {loss_shape: slow}}\n  concludes: [too_hot]\n"
    (folder / "1-data/cases.yaml").write_text(text)

    assert sum(mutate.score(loading.load(folder, rules), rules).killed.values()) == 0


def test_the_rules_stay_as_they_are(folder: Path, rules: KnowledgeBase):
    """Mutants are copies."""
    before, graph = deepcopy(rules.content), rules.compiled

    survivors(folder, rules)

    assert rules.content == before
    assert rules.compiled is graph


def test_a_sample_is_the_same_for_the_same_seed(rules: KnowledgeBase):
    """Two draws with one seed are equal, and hold so many mutants."""
    every = list(mutants(rules))

    assert mutate.drawn(every, 9, seed=7) == mutate.drawn(every, 9, seed=7)
    assert len(mutate.drawn(every, 9, seed=7)) == 9
    assert mutate.drawn(every, None, seed=7) == every


def test_a_survivor_is_told_with_file_and_line(folder: Path, rules: KnowledgeBase):
    """Where the rules are read again for their lines, a survivor is found by them."""
    score = mutate.score(loading.load(folder, rules), rules, places=reading(folder))

    line = next(line for line in score.survivors if "bad_batch as usual" in line)
    assert line.split(": ")[0].endswith("1-data/checks.yaml:28")


def test_the_score_of_no_mutants_is_whole(folder: Path):
    """Nothing was missed where nothing was broken."""
    rules = load(folder)
    score = mutate.score([], rules, sample=0)

    assert (score.share, score.survivors) == (1.0, ())
