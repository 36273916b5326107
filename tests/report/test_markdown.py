"""The report of a diagnosis as Markdown."""

import pytest

from mldx import Symptoms, diagnose
from mldx.provenance import Provenance, Source
from mldx.report.markdown import escaped, report
from mldx.report.outline import percent

SICK = diagnose(
    Symptoms.of(loss_shape="diverging", learning_rate=3.0, optimizer="sgd", loss_nonfinite="never")
)


def section(text, title):
    return text.split(f"## {title}\n")[1].split("\n## ")[0]


def test_verdict_comes_first():
    """Below the title stands what the run shows, and then what is wrong and how sure that is."""
    shown, verdict = (SICK.syndromes[0].title, SICK.causes[0].title)
    told = report(SICK)

    assert told.splitlines()[2].startswith(f"- **{shown}:**")
    assert told.index(shown) < told.index("**FAULTY**") < told.index(verdict)


def test_at_most_four_causes_in_detail(diagnosis):
    """However many causes have support, four are told at most."""
    assert (
        1
        <= sum(line[:1].isdigit() for line in section(report(diagnosis), "Causes").splitlines())
        <= 4
    )


def test_every_cause_is_named(diagnosis):
    """A cause that is not told in detail is counted or named."""
    told = section(report(diagnosis), "Causes")

    unnamed = [cause for cause in diagnosis.causes if f"`{cause.id}`" not in told]
    assert not unnamed or f"and {len(unnamed)} more" in told


def test_consequence_names_its_root(diagnosis):
    """A cause that follows from a listed one says so."""
    [under] = [cause for cause in diagnosis.causes if cause.consequence_of][:1]

    told = report(diagnosis, full=True)
    assert f"(`{under.id}`): {percent(under.probability)}, {under.confidence}, follows from" in told


def test_evidence_comes_with_its_weight():
    """What spoke for the top cause is told with its dB."""
    item = SICK.causes[0].evidence[0]

    assert f"`{item.symptom}`" in report(SICK) and f"{item.db:+g} dB" in report(SICK)


def test_two_actions_with_minutes_and_aim(diagnosis):
    """Two next actions are given, each with its cost and what to expect, or how it is done."""
    told = section(report(diagnosis), "Next actions").strip().splitlines()

    assert [line[:2] for line in told[::2]] == ["1.", "2."]
    assert all("min)" in line for line in told[::2])
    assert all(
        line.strip().startswith(("How: ", "Expect: ", "The run is repaired, if "))
        for line in told[1::2]
    )


def test_stage_that_was_not_judged_is_told(diagnosis):
    """A stage of which nothing was seen is named with the reason."""
    told = section(report(diagnosis), "Doubts")

    assert all(
        stage.why.split(";")[0].replace("_", "\\_") in told
        for stage in diagnosis.stages
        if stage.why
    )


def test_conflict_is_told():
    """Two sources that disagree are named, with the one that is used."""
    both = _measured(Symptoms.of(train_loss_flat=True)) | Symptoms.of(train_loss_flat=False)

    assert "train loss flat: yes (measured) is used, no (answered) is not" in report(diagnose(both))


def _measured(symptoms):
    provenances = {id: Provenance(source=Source.MEASURED) for id in symptoms.observed}
    return symptoms.model_copy(update={"provenances": provenances})


def test_healthy_run_is_said_to_be():
    """Where nothing is wrong the first sentence says so."""
    calm = Symptoms.of(
        tiny_overfit_result="pass",
        loss_shape="falling",
        train_loss_flat=False,
        generalization_gap="none",
        loss_nonfinite="never",
        init_loss_ratio=1.0,
        input_scale_class="standardised",
        val_loss_turns_up="none",
        output_loss_pair="standard",
        val_too_good=False,
        both_bad=False,
    )

    assert "**HEALTHY** No fault found" in report(diagnose(calm))


def test_versions_are_at_the_end(diagnosis):
    """The last line names the versions of mldx and of the rules."""
    assert (
        report(diagnosis).splitlines()[-1]
        == f"mldx {diagnosis.mldx}, rules `{diagnosis.knowledge}`"
    )


@pytest.mark.parametrize(
    "text, shown",
    [
        ("*a* [b](c)", r"\*a\* \[b\](c)"),
        ("<script>", r"\<script\>"),
        ("a\n\n# b", r"a \# b"),
        ("- a", r"\- a"),
        ("1. a", r"1\. a"),
        ("0.01", "0.01"),
        ("-5", "-5"),
        ("@you", "&#64;<!-- -->you"),
    ],
)
def test_user_text_is_no_markup(text, shown):
    """Text from a user is shown as written: no list, no link, no HTML, no mention."""
    assert escaped(text) == shown
