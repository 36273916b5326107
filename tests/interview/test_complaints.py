"""What a person complains of: heard in free words, stated as a step, and asked about first."""

import pytest

from mldx import Symptoms, interview
from mldx.errors import InputError
from mldx.interview import Dialogue, Stop
from mldx.interview.complaints import matching, named
from mldx.interview.encoding import of_json, to_json
from mldx.interview.run_record import record_of
from mldx.knowledge import load
from mldx.observe import observed
from mldx.readers.record import of_mapping

COMPLAINTS = load().content["complaints"]
COMMON = [
    "not_learning",
    "val_loss_rises",
    "loss_nan",
    "one_class_only",
    "val_at_chance",
    "val_better_than_train",
    "too_good",
    "bad_in_use",
    "map_stays_zero",
    "llm_loss_zero",
    "text_goes_wrong",
    "devices_differ",
    "resume_jump",
    "noisy_curve",
    "forecast_shifted",
]

CONTEXT = {"domain", "pretrained"}


def asked(step):
    """The question of a step, gone on past a stop."""
    return step.then if isinstance(step, Stop) else step


def questions(session, number):
    """The first questions when nothing can be said."""
    ids = []
    for _ in range(number):
        ids.append(asked(session.next_question).symptom)
        session = session.skip(ids[-1])
    return ids


def begun_with(history):
    run = of_mapping({"history": history}, "log")
    return Dialogue.of(seen := observed(run), record_of(run, seen, load()))


@pytest.mark.parametrize(
    "text, complaint",
    [
        ("my loss is NaN", "loss_nan"),
        ("After 300 steps the loss goes to inf!", "loss_nan"),
        ("My network isn't learning anything", "not_learning"),
        ("loss doesn’t decrease", "not_learning"),
        ("accuracy stuck at 50 %", "not_learning"),
        (
            "validation loss increases after epoch 5 while training loss keeps decreasing",
            "val_loss_rises",
        ),
        ("training accuracy 99%, validation accuracy 80%", "val_loss_rises"),
        ("it predicts class 0 for every image", "one_class_only"),
        ("validation accuracy stuck at 10% while train accuracy is 98%", "val_at_chance"),
        ("why is validation accuracy higher than training accuracy?", "val_better_than_train"),
        ("99 % accuracy, too good to be true", "too_good"),
        ("model fails on my own images", "bad_in_use"),
        ("YOLO: mAP is 0 but the loss falls", "map_stays_zero"),
        ("LLM fine-tuning: loss 0.0 and grad_norm nan", "llm_loss_zero"),
        ("my llama never stops generating", "text_goes_wrong"),
        ("loss is 8 times higher with gradient accumulation", "devices_differ"),
        ("loss jumps after resuming from a checkpoint", "resume_jump"),
        ("validation curve is very noisy", "noisy_curve"),
        ("LSTM forecast is shifted by one step", "forecast_shifted"),
        ("the loss explodes", "loss_explodes"),
        ("the minority class is never predicted", "one_class_bad"),
        ("PPO: reward is not increasing", "reward_flat"),
    ],
)
def test_free_words_are_matching(text, complaint):
    """What people write in a forum leads to the complaint that they mean, in any case and
    punctuation.
    """
    assert matching(text, load())[0] == complaint


@pytest.mark.parametrize(
    "text", ["", "hello", "yes", "cnn", "my cat is ill", "...", "nano", "% % %"]
)
def test_nothing_is_heard_where_nothing_is_said(text):
    """Words of no complaint, and parts of other words, lead to none."""
    assert matching(text, load()) == []


@pytest.mark.parametrize("id", COMPLAINTS)
def test_complaint_is_heard_in_its_own_words(id):
    """The sentence of the menu, and every phrase of a complaint, lead to it first."""
    assert {
        matching(phrase, load())[0]
        for phrase in (COMPLAINTS[id]["words"], *COMPLAINTS[id]["heard"])
    } == {id}


def test_longer_phrase_tells_more():
    """Of two complaints in one sentence, the one that is said in more words comes first."""
    assert matching("nan, after the validation loss goes up", load())[0] == "val_loss_rises"


def test_unknown_complaint_is_refused():
    """An id or a sentence of no complaint is refused, and the nearest id offered."""
    with pytest.raises(InputError, match="write `loss_nan`"):
        named("loss_nam", load())


def test_common_complaints_are_there():
    """The fifteen commonest complaints of the forums stand first, in their order."""
    assert [id for id in COMPLAINTS if id in COMMON] == COMMON


@pytest.mark.parametrize("id", COMPLAINTS)
def test_first_questions_are_those_of_the_complaint(id):
    """Whoever complains and can say nothing else is asked what the complaint asks, in its order;
    before a check that facts judge come these facts.
    """
    asks = list(COMPLAINTS[id]["asks"])
    judging = {
        fact
        for form in load().forms.values()
        if form.judges in asks
        for fact in form.fields
        if fact not in asks
    }
    asked = questions(Dialogue.of().complain(id), len(asks) + len(judging))

    assert [one for one in asked if one not in judging][: len(asks)] == asks


@pytest.mark.parametrize(
    "id", [id for id in COMPLAINTS if COMPLAINTS[id]["states"].keys() - CONTEXT]
)
def test_complaint_that_sees_something_leads_somewhere(id):
    """What a complaint observes is enough for a first cause and a first action."""
    diagnosis = Dialogue.of().complain(id).diagnosis

    assert diagnosis.causes and diagnosis.actions


def test_complaint_counts_as_answers():
    """What the words observe is known from then on."""
    assert Dialogue.of().complain("resume_jump").symptoms.observed == {"loss_jump_on_resume": True}


def test_exact_answer_replaces_the_words():
    """A complaint says only that it happened; the answer says when, and counts."""
    session = Dialogue.of().complain("loss_nan")

    assert (session.answers, session.answer("loss_nonfinite", "late").answers) == (
        {"loss_nonfinite": "at_some_point"},
        {"loss_nonfinite": "late"},
    )


def test_do_not_know_leaves_the_words():
    """Who cannot say when it happened still says that it happened, and is not asked again."""
    session = Dialogue.of().complain("loss_nan").skip("loss_nonfinite")

    assert session.answers == {"loss_nonfinite": "at_some_point"}
    assert "loss_nonfinite" not in questions(session, 8)


def test_complaint_is_a_step():
    """Going back takes the complaint back, with what it states and asks."""
    session = Dialogue.of()

    assert session.complain("loss_nan").back() == session


def test_complaint_survives_json():
    """A saved complaint states and asks the same."""
    session = Dialogue.of().complain("loss_nan").answer("precision", "fp16")

    assert of_json(to_json(session)) == session


def test_saved_complaint_that_is_unknown_is_refused():
    """A saved interview with a complaint that these rules do not know is refused with a message."""
    text = to_json(Dialogue.of().complain("loss_nan")).replace("loss_nan", "loss_nun")

    with pytest.raises(InputError, match="`loss_nun` is not a complaint"):
        of_json(text)


def test_log_knows_better():
    """What a log shows is neither stated by a complaint nor asked because of it."""
    session = begun_with({"train_loss": [2.3, 2.0, "nan", "nan"]}).complain("loss_nan")

    assert session.symptoms.observed["loss_nonfinite"] != "at_some_point"
    assert session.diagnosis.conflicts == ()
    assert asked(session.next_question).symptom == "precision"


def test_known_and_skipped_are_passed_over():
    """Of the first questions, those answered or skipped are not asked."""
    first = ("precision", "batch_size", "val_noisy")

    assert (
        interview.next_question(
            Symptoms.of(precision="fp16"), first=first, skipped={"batch_size"}
        ).symptom
        == "val_noisy"
    )


def test_unreached_check_can_be_asked_first():
    """A question of a pack comes first though the walk waits for the kind of data."""
    assert (
        interview.next_question(Symptoms(), first=("labels_missing_fraction",)).symptom
        == "labels_missing_fraction"
    )


def test_what_cannot_apply_is_not_asked_first():
    """A question about chat templates is not asked of an image classifier."""
    known = Symptoms.of(domain="vision")

    assert (
        asked(interview.next_question(known, first=("template_match",))).symptom != "template_match"
    )


def test_confirmed_cause_stops_before_the_first_questions():
    """Once a cause is confirmed the rest of the first questions can wait."""
    known = Symptoms.of(loss_nonfinite="early", input_nonfinite=0.1)
    step = interview.next_question(known, first=("precision",))

    assert (step.reason, step.then.symptom) == ("confirmed", "precision")


def test_whole_checklist_keeps_its_order():
    """In the whole checklist a complaint's questions have no turn of their own."""
    whole = [
        interview.next_question(Symptoms(), whole=True, first=first).symptom
        for first in ((), ("precision",))
    ]

    assert whole[0] == whole[1]
