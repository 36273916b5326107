"""People who know what they see and not what it comes from: the right cause leads within eight
questions, and a stop says so.
"""

import pytest

from mldx.interview import Dialogue, Question, Stop

NETWORK = {
    "framework": "pytorch", "domain": "vision", "task": "multiclass", "model_family": "cnn",
    "n_classes": 10, "optimizer": "adam", "learning_rate": 1e-3, "batch_size": 64,
    "train_size": 50_000, "batchnorm": True, "shuffle": True, "split_method": "random",
    "pretrained": False, "loss_fn": "cross_entropy", "output_activation": "linear",
    "output_units": 10, "output_loss_pair": "standard", "input_scale_class": "standardised",
}  # fmt: skip
ONE_UNIT = {
    **NETWORK, "framework": "keras", "domain": "tabular", "model_family": "mlp", "task": "binary",
    "n_classes": 2, "output_units": 1, "output_activation": "softmax",
    "loss_fn": "binary_crossentropy", "batchnorm": False, "train_loss_flat": True,
    "train_loss_at_prior": True, "loss_shape": "flat", "tiny_overfit_result": "plateau",
    "class_imbalance_ratio": 1.2,
}  # fmt: skip
SERIES = {
    "domain": "timeseries", "task": "regression", "model_family": "rnn", "split_method": "random",
    "time_order_broken": True, "val_too_good": True, "optimizer": "adam", "learning_rate": 1e-3,
    "dup_train_val_fraction": "none", "group_overlap": "none", "single_feature_score": "none",
    "fit_before_split": False, "window_overlap": False, "generalization_gap": "none",
}  # fmt: skip
SCENARIOS = {
    "labels shuffled by a bug, validation at chance": (
        "val_at_chance",
        {"input_target_misaligned", "label_noise"},
        {
            **NETWORK, "val_at_chance": True, "val_bad_from_first_epoch": True,
            "generalization_gap": "strong", "val_loss_turns_up": "strong", "loss_shape": "falling",
            "train_eval_mode_gap": "none", "preproc_differs": False, "bad_label_fraction": 0.9,
            "validates_in_train_mode": False, "tiny_overfit_result": "pass",
        },
    ),
    "softmax on one unit, held for standard": ("not_learning", {"wrong_output_layer"}, ONE_UNIT),
    "softmax on one unit, one class predicted": (
        "one_class_only", {"wrong_output_layer"}, ONE_UNIT,
    ),
    "every token supervised": (
        "text_goes_wrong",
        {"prompt_not_masked"},
        {
            "domain": "llm", "task": "generation", "pretrained": True, "tuning": "adapter",
            "model_family": "transformer", "optimizer": "adamw", "learning_rate": 2e-4,
            "generation_symptom": "echoes_prompt", "eos_supervised": True, "template_match": True,
            "supervised_token_fraction": "every", "truncation_fraction": "none",
            "supervised_text": "prompt_too", "phase": "instruction_tuning",
        },
    ),
    "random split of a series, too good": ("too_good", {"temporal_leak_split"}, SERIES),
    "random split of a series, bad in use": (
        "bad_in_use",
        {"temporal_leak_split"},
        {**SERIES, "deploy_gap": "strong", "preproc_differs": False},
    ),
}  # fmt: skip
MOST = 25


def asked_until_stop(complaint, known, sections=("training", "validation")):
    """The leading cause before the first question and after each, until a stop is due."""
    dialogue = Dialogue.of().complain(complaint).look(*sections)
    leaders = [leader(dialogue)]
    while isinstance(dialogue.prompt, Question) and len(leaders) <= MOST:
        ids, dialogue = replied(dialogue, known)
        leaders += [leaders[-1]] * (len(ids) - 1) + [leader(dialogue)]
    return leaders, dialogue


def replied(dialogue, known):
    """What was asked, and the dialogue after what is known of it was said."""
    question = dialogue.prompt
    if question.form is not None:
        ids = [field.symptom for field in question.form.fields]
        return ids, dialogue.fill(question.form.id, {id: known.get(id) for id in ids})
    id = question.symptom
    return [id], dialogue.answer(id, known[id]) if id in known else dialogue.skip(id)


def leader(dialogue):
    """The cause on top."""
    ranked, _ = dialogue.inference.ranking
    return ranked[0][0] if ranked else None


@pytest.mark.parametrize("name", SCENARIOS)
def test_the_right_cause_leads_within_eight_questions(name):
    """The right cause is on top after at most eight questions, each field of a form counted, and
    stays there until the interview stops.
    """
    complaint, right, known = SCENARIOS[name]
    leaders, _ = asked_until_stop(complaint, known)

    last_wrong = max((place for place, one in enumerate(leaders) if one not in right), default=-1)
    assert last_wrong + 1 <= 8, leaders


@pytest.mark.parametrize("name", [name for name in SCENARIOS if "series" in name])
def test_a_clear_lead_stops(name):
    """A series that was split at random is named as soon as that is all but sure."""
    complaint, _, known = SCENARIOS[name]
    leaders, dialogue = asked_until_stop(complaint, known)

    assert isinstance(dialogue.prompt, Stop)
    assert len(leaders) - 1 <= 10
