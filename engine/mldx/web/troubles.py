"""The complaints of the first page in groups, as a person looks for their own."""

from __future__ import annotations

from collections.abc import Iterator

from mldx.knowledge import KnowledgeBase

Group = tuple[str, list[tuple[str, str]]]

GROUPS = {
    "The loss": ("not_learning", "loss_nan", "loss_explodes", "noisy_curve", "underfits"),
    "Validation and test": (
        "val_loss_rises", "val_at_chance", "val_better_than_train", "too_good", "bad_on_test",
        "bad_in_use",
    ),
    "The predictions": (
        "one_class_only", "one_class_bad", "map_stays_zero", "forecast_shifted",
        "gan_same_picture", "reward_flat",
    ),
    "Fine-tuning": ("llm_loss_zero", "text_goes_wrong", "forgot"),
    "From run to run": (
        "worked_before", "resume_jump", "devices_differ", "results_differ", "worse_than_paper",
        "slower_elsewhere", "gpu_idle",
    ),
}  # fmt: skip
_OTHERS = "Others"


def grouped(knowledge: KnowledgeBase) -> Iterator[Group]:
    """Return (title, complaints as (id, words)) of each group; those in none come last."""
    left = {id: card.words for id, card in knowledge.complaints.items()}
    for title, ids in GROUPS.items():
        found = [(id, left.pop(id)) for id in ids if id in left]
        if found:
            yield title, found
    if left:
        yield _OTHERS, list(left.items())
