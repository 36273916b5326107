"""What a column, tag or key is: which split, and which metric by its one canonical name.

    train_loss  Loss/train  training's loss  epoch_loss     loss of train
    val_acc  valid/accuracy  val_sparse_categorical_accuracy  accuracy of val
    lr  learning_rate  lr-Adam  lr/pg0  x/lr0               lr

People write the split before or after the metric, joined by anything; so a name is taken apart into
words, the words that say the split or the grain are set aside, and what is left is looked up. A
name nobody knows stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from mldx.readers.languages import english
from mldx.readers.run import Split

Grain = Literal["step", "epoch", ""]

SPLITS: dict[str, Split] = {
    **dict.fromkeys(("train", "training", "trn", "tr", "learn", "dtrain"), "train"),
    **dict.fromkeys(
        [
            "val",
            "dval",
            "valid",
            "dvalid",
            "validation",
            "validate",
            "validated",
            "validating",
            "vali",
            "eval",
            "evaluation",
            "evaluate",
            "evaluating",
            "dev",
            "devel",
            "holdout",
        ],
        "val",
    ),
    **dict.fromkeys(("test", "testing", "tst", "heldout", "dtest"), "test"),
}


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_METRICS = {
    "loss": """
        loss losses total_loss loss_total lm_loss nll nll_loss negative_log_likelihood
        cross_entropy crossentropy cross_entropy_loss crossentropyloss crossentropy_loss
        ce ce_loss xent cost cost_function
    """,
    "discriminator_loss": """
        discriminator_loss loss_discriminator disc_loss loss_disc dis_loss loss_dis d_loss loss_d
        dloss lossd d_loss_total errd loss_d_total d_error discriminator_total_loss
    """,
    "generator_loss": """
        generator_loss loss_generator gen_loss loss_gen g_loss loss_g gloss lossg g_loss_total errg
        g_gan loss_g_gan loss_g_total generator_total_loss
    """,
    "loss_d_real": "d_real d_loss_real loss_d_real errd_real",
    "loss_d_fake": "d_fake d_loss_fake loss_d_fake errd_fake",
    "loss_g_l1": "g_l1 loss_g_l1 g_loss_l1",
    "accuracy": """
        accuracy acc accu accuracies top1 top_1 acc1 acc_1 acc@1 acc_top1 top1_acc top_1_acc
        top1_accuracy top_1_accuracy accuracy_top1 prec@1 accuracy_score binary_accuracy
        categorical_accuracy multiclass_accuracy sparse_categorical_accuracy
        mean_token_accuracy token_accuracy multiclassaccuracy binaryaccuracy acc_score
    """,
    "top5": """
        top5 top_5 acc5 acc_5 acc@5 acc_top5 top5_acc top_5_acc top5_accuracy
        top_5_accuracy accuracy_top5 prec@5 top_k_categorical_accuracy
        sparse_top_k_categorical_accuracy
    """,
    "balanced_accuracy": "balanced_accuracy balanced_acc bacc bal_acc",
    "f1": "f1 f1_score f1score fscore f_score",
    "precision": "precision prec",
    "recall": "recall sensitivity",
    "auc": "auc roc_auc auc_roc auroc rocauc auc_score roc_auc_score",
    "map50": "map50 map_50 map_0.5 map0.5 map@0.5 map@50 map@.5 ap50",
    "map50_95": """
        map50_95 map_50_95 map_0.5:0.95 map0.5:0.95 map_0.5_0.95 map@0.5:0.95 map@.5:.95
        map@50:95 map50:95 map_0.5:.95
    """,
    "map": "map mean_average_precision bbox_map bbox_ap coco_bbox_map",
    "perplexity": "perplexity ppl",
    "mae": "mae mean_absolute_error l1 meanabsoluteerror",
    "mse": "mse mean_squared_error l2 meansquarederror",
    "rmse": "rmse root_mean_squared_error rootmeansquarederror",
    "r2": "r2 r2_score r² r_2 r2score r_squared",
    "logloss": """
        logloss log_loss binary_logloss multi_logloss mlogloss multi_class multi_class_one_vs_all
    """,
    "error": "error err error_rate binary_error multi_error merror",
    "miou": "miou mean_iou m_iou",
    "iou": "iou jaccard",
    "dice": "dice dice_score dice_coef dice_coefficient",
    "lr": "lr learning_rate learningrate l.r current_lr lrate learning_rates",
    "grad_norm": """
        grad_norm gradient_norm gnorm global_norm total_grad_norm grad_norm_total
        total_norm gradnorm
    """,
    "loss_scale": "loss_scale grad_scale amp_scale scaler_scale",
    "reward": """
        reward rewards ep_rew ep_reward episode_reward mean_reward rew ep_return
        episode_return episodic_return
    """,
    "ep_len": "ep_len ep_length episode_length episodic_length mean_ep_length ep_len_mean",
    "entropy": "entropy policy_entropy",
    "kl": "kl approx_kl kl_div kl_divergence",
    "clip_fraction": "clip_fraction clipfrac clip_frac",
    "explained_variance": "explained_variance explained_var",
    "throughput": """
        throughput samples_per_second tokens_per_second tokens_per_sec steps_per_second
        fps it/s ips
    """,
    "gpu_mem": "gpu_mem gpu_memory memory mem max_mem cuda_mem",
}
_CANONICAL = {name: metric for metric, names in _METRICS.items() for name in names.split()}
CANONICAL = frozenset(_METRICS)
# Columns that say the split of their row.
PARTS = frozenset({"mode", "phase", "split", "stage", "subset", "set", "_type"})
PROCESS = frozenset({"lr", "grad_norm", "loss_scale", "throughput", "gpu_mem"})

# Nobody measures these on training data.
OF_VALIDATION = frozenset({"map", "map50", "map50_95", "wer", "cer", "bleu"})

_EPOCH = _set(
    """
    epoch epochs ep epoch_idx epoch_num epoch_number current_epoch n_epoch train_epoch
    """
)
_STEP = _set(
    """
    step steps _step global_step globalstep iteration iterations iter iters it batch batches
    batch_idx round rounds current_steps total_timesteps timesteps update updates n_updates
    train_global_step trainer_global_step time_total_timesteps train_step tokens_step
    boosting_round n_iter training_iteration timesteps_total num_updates train_num_updates
    valid_num_updates num_env_steps_sampled
    """
)
_INDEX = frozenset({"", "unnamed: 0", "unnamed:_0", "index", "idx", "row", "#"})
_CLOCK = _set(
    """
    time wall wall_time walltime timestamp runtime date datetime elapsed elapsed_time eta
    total_time time_elapsed _runtime _timestamp total_flos epoch_time seconds duration
    train_time iter_time data_time batch_time created_at remaining_time percentage total_steps
    time_per_epoch
    """
)
_TIMES = _set("time times timing elapsed eta duration runtime timestamp took")
_COSTS = _set("batch reader data iter step read")  # `batch_cost` is a time, `cost` alone a loss
_NOISE = _set(
    """
    metrics metric scalars scalar x avg average averaged running set rollout main
    """
)
_BOXES = frozenset({"coco", "bbox"})
_MEANS = frozenset({"mean", "avg", "average"})
_GRAIN: dict[str, Grain] = {
    "epoch": "epoch",
    "step": "step",
    "batch": "step",
    "iter": "step",
    "iteration": "step",
}

_UP = _set(
    """
    accuracy acc auc f1 map map50 precision recall miou iou dice bleu rouge r2 metric score
    reward psnr ssim kappa mcc ndcg top1 top5 exact meteor cider spearman pearson correlation
    spearmanr pearsonr ap ap75 aps apm apl auroc auprc hit mrr jaccard sensitivity specificity
    likelihood
    winrate rouge1 rouge2 rougel chrf return
    """
)
_DOWN = _set(
    """
    loss losses error err rmse mae mse logloss mlogloss perplexity ppl wer cer mape smape mase
    nll fid ece brier rmsle deviance l1 l2 eer cost crossentropy xent mpjpe rmspe wape crps bpc
    bpb ter
    """
)
# A word at the end of a name that makes it a setting: `loss_weight`, `bg_iou_threshold`.
_SETTINGS = _set(
    """
    weight weights factor alpha beta gamma coef coeff coefficient lambda scale ratio threshold
    thresh smoothing type fn function ota tolerance patience decay interval freq frequency every
    count num reduction window margin
    """
)
_NEITHER = frozenset({"lr", "loss_scale", "grad_norm", "learning_rate", "throughput", "gpu_mem"})


# Every word that a name of a metric or a counter is made of.
VOCABULARY = frozenset(
    word
    for name in (*_CANONICAL, *_EPOCH, *_STEP, *_UP, *_DOWN)
    for word in re.findall(r"[a-z]+", name)
) - {"x", "time", "of"}


@dataclass(frozen=True, slots=True)
class Name:
    """A name taken apart; the split is None when the name does not say it."""

    split: Split | None
    metric: str
    grain: Grain = ""

    @property
    def known(self) -> bool:
        """Is the metric a canonical one, or a loss or score by its words?"""
        return self.metric in CANONICAL or direction(self.metric) != 0


@lru_cache(maxsize=4096)
def named(name: str) -> Name:
    """Return the split, the metric and the grain that a name says."""
    words = _words(name)
    split, words = _without_split(words)
    if whole := _canonical(words):
        return Name(split, whole)
    grain, words = _without_grain(words)
    metric = _canonical(words) or "_".join(words) or name.strip()
    return Name(split, metric, grain)


def split_of_word(word: str) -> Split | None:
    """Return the split that a word beside a row says: `val`, `Valid`, `test_epoch`."""
    return SPLITS.get(word.strip().lower()) or named(f"{word}/loss").split


def says_part(key: str) -> bool:
    """Does a key above others say the split or the metric of what stands below it?"""
    return named(f"{key}/loss").split is not None or named(key).known


@lru_cache(maxsize=4096)
def axis(name: str) -> Literal["epoch", "step", "index"] | None:
    """Return which axis a column is: epoch, step, a mere row number, or None for a metric."""
    plain = re.sub(r"[\s/\-.]+", "_", english(name).strip().lower())
    if plain in _EPOCH:
        return "epoch"
    if plain in _STEP:
        return "step"
    return "index" if plain in _INDEX else None


@lru_cache(maxsize=4096)
def is_clock(name: str) -> bool:
    """Does a column only tell the time, or how fast the machine was?

    `cost` beside a word of time is a cost of time.
    """
    words = _without_split(_words(name))[1]
    if "_".join(words) in _CLOCK or "per" in words or name.strip().lower() in _CLOCK:
        return True
    if "timing" in words or ("cost" in words and _COSTS & set(words)):
        return True
    return bool(_TIMES & set(words) and _sense({*words} - {"cost"}) == 0)


def is_loss(metric: str) -> bool:
    """Is the metric the loss or a part of it (`box_loss`, `loss_cls`, `l_pix`)?"""
    words = metric.split("_")
    if metric == "loss":
        return True
    return ("loss" in words or words[0] == "l") and "best" not in words and not is_setting(metric)


def is_setting(metric: str) -> bool:
    """Is it something that was chosen and not measured: `loss_weight`, `iou_threshold`?"""
    words = metric.split("_")
    return len(words) > 1 and words[-1] in _SETTINGS


def is_plain(name: str) -> bool:
    """Is the metric called by its canonical name, `loss` and not `nll_loss`?"""
    words = _without_grain(_without_split(_words(name))[1])[1]
    return "_".join(words) in CANONICAL


def quantity(name: str) -> str:
    """Return what a name says beside split and grain: `loss` of `train_loss_step`, `epoch_loss` and
    `avg_loss`, `total_loss` of `val/total_loss`.
    """
    words = _without_grain(_without_split(_words(name))[1])[1]
    kept = [word for word in words if word not in _NOISE and word not in _MEANS]
    return "_".join(kept or words)


@lru_cache(maxsize=4096)
def direction(metric: str) -> int:
    """Return +1 when higher is better, -1 when lower is, 0 when the name does not tell."""
    words = [word for word in _words(metric) if word not in SPLITS or word == metric]
    if not _NEITHER.isdisjoint({metric, _canonical(words)}) or is_setting("_".join(words)):
        return 0
    if words[:1] == ["l"] and len(words) > 1:
        return -1
    return -_sense(words) if _is_negated(words) else _sense(words)


def _is_negated(words: list[str]) -> bool:
    """`neg_mean_squared_error` is higher where it is better; `negative_log_likelihood` is not."""
    return words[:1] in (["neg"], ["negative"]) and "nll" not in words


def _sense(words: Iterable[str]) -> int:
    """Return what the words say of a metric: +1 when higher is better, -1 when lower is, else 0."""
    bare = {_bare(word) for word in words}
    if bare & _DOWN:
        return -1
    return 1 if bare & _UP else 0


def _words(name: str) -> tuple[str, ...]:
    """`trainLoss`, `Val. Loss`, `metrics/mAP50-95(B)`, `valid_0's l2` in lower-case words."""
    name = name.removesuffix("/dataloader_idx_0")  # of several validation sets the first
    name = english(name).replace("mAP", "map").replace("IoU", "iou").replace("'s ", " ")
    name = re.sub(r"(?<=[a-z])(?=[A-Z][a-z])", "_", name).lower()
    words = (word.strip(".:,'\"") for word in re.split(r"[\s_/\-|()\[\]<>]+", name))
    return tuple(word for word in words if word)


def _without_split(words: tuple[str, ...]) -> tuple[Split | None, tuple[str, ...]]:
    at = next((place for place, word in enumerate(words) if word in SPLITS), None)
    if len(words) > 1 and words[0] == "v" and "_".join(words[1:]) in _CANONICAL:
        return "val", words[1:]
    if at is None or len(words) == 1:
        return None, words
    return SPLITS[words[at]], words[:at] + words[at + 1 :]


def _without_grain(words: tuple[str, ...]) -> tuple[Grain, tuple[str, ...]]:
    if words[-2:] == ("vs", "iterations"):
        return _without_grain(words[:-2])
    for place, rest in ((-1, words[:-1]), (0, words[1:])):
        if rest and words[place] in _GRAIN:
            return _GRAIN[words[place]], rest
    return "", words


def _canonical(words: tuple[str, ...] | list[str]) -> str | None:
    """Look the words up, then without the words that add nothing, then without a number that a
    framework appended.
    """
    boxes = () if "loss" in words else _BOXES  # `loss_bbox` is a part of the loss
    kept = [word for word in words if word not in _NOISE and word not in boxes]
    for tried in (words, kept, [word for word in kept if word not in _MEANS], _unnumbered(kept)):
        if (joined := "_".join(tried)) in _CANONICAL:
            return _CANONICAL[joined]
    return "lr" if _is_rate(kept) else None


def _unnumbered(words: list[str]) -> list[str]:
    """`auc_1` is Keras numbering its metrics, `(B)` the boxes of a detector, `lm loss value` how
    Megatron says it; but `loss_0` and `loss_1` are two losses.
    """
    if len(words) > 1 and words[-1].isdigit() and "loss" in words:
        return words
    return (
        words[:-1]
        if len(words) > 1 and (words[-1].isdigit() or words[-1] in ("b", "value"))
        else words
    )


def _is_rate(words: list[str]) -> bool:
    """`lr-Adam`, `lr/pg0`, `lr0`, `learning_rate_1`; but not `lr-SGD-momentum`."""
    if words[:2] == ["learning", "rate"]:
        rest = words[2:]
    elif words and re.fullmatch(r"lr\d*", words[0]):
        rest = words[1:]
    else:
        return False
    return len(rest) <= 2 and not {"momentum", "loss"} & set(rest)


def _bare(word: str) -> str:
    return re.sub(r"@.*$", "", word)
