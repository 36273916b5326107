"""Every symptom, in the sections of a questionnaire; the text says what was seen, not what is
suspected.

How each is measured, with its thresholds and their sources, stands in `rules/thresholds.yaml`.
"""

from typing import ClassVar, Literal

from mldx.symptoms.setup import Setup
from mldx.symptoms.spec import Level, Section, choice, flag, number


class Sanity(Section):
    """Before training: the first loss, ten samples, the inputs and labels as the model sees
    them.
    """

    title: ClassVar[str] = "Inputs and labels as the model gets them; ten samples by heart"

    tiny_overfit_result: Literal["pass", "plateau", "diverge", "not_run"] | None = choice(
        "What the loss does on about ten fixed samples, regularisation off", tier=1
    )
    init_loss_ratio: float | Level | None = number(
        "First loss over the loss of a know-nothing model", 0, 1e6, "ratio", tier=1
    )
    zero_input_same: bool | None = flag("Zeroed inputs train to the same loss as real ones")
    label_shuffle_beats_chance: bool | None = flag(
        "With all labels shuffled validation is still above chance"
    )
    bad_label_fraction: float | Level | None = number(
        "Share of 50 looked-at labels that are wrong", 0, 1, "share", tier=1
    )
    input_scale_class: (
        Literal["standardised", "unit", "0-255", "huge", "mixed", "constant"] | None
    ) = choice("The range of the numbers that enter the first layer", tier=1)
    input_nonfinite: float | Level | None = number(
        "Share of NaN, infinite or sentinel cells", 0, 1, "share", tier=1
    )
    input_constant_fraction: float | Level | None = number(
        "Share of features that never change", 0, 1, "share"
    )
    preproc_differs: bool | None = flag(
        "Preprocessing differs between training, validation and use", tier=1
    )
    artifact_differs: bool | None = flag("The weights or data that are read are not the ones meant")
    augmented_batch_wrong: bool | None = flag("A batch as the model sees it looks wrong")
    label_encoding_invalid: (
        Literal["ok", "out_of_range", "off_by_one", "wrong_form", "float_ints"] | None
    ) = choice("Whether label values fit the loss")
    target_scale_ratio: float | Level | None = number(
        "Size of the targets over the size of the outputs", 0, 1e12, "ratio"
    )
    output_loss_pair: (
        Literal["standard", "wrong_activation", "wrong_loss", "double_softmax", "wrong_units"]
        | None
    ) = choice("Whether last layer, activation and loss form a standard pair for the task")
    shapes_broadcast: bool | None = flag(
        "Output and target differ in shape, and the loss broadcasts them", tier=3
    )


class Training(Section):
    """The curve of the training loss, and the rate that drove it."""

    title: ClassVar[str] = "The training curve"

    loss_shape: (
        Literal[
            "falling",
            "slow",
            "flat",
            "falls_then_flat",
            "rising",
            "diverging",
            "oscillating",
            "nonfinite",
        ]
        | None
    ) = choice("What the training loss does over the whole run", tier=1)
    train_loss_flat: bool | None = flag("The training loss stays where it started", tier=1)
    train_loss_at_prior: bool | None = flag(
        "The flat value is that of guessing class frequencies or the mean"
    )
    train_loss_slow: bool | None = flag("The loss falls steadily but needs many times the budget")
    train_loss_rising: bool | None = flag("The training loss rises over time, without NaN", tier=1)
    loss_nonfinite: Literal["never", "early", "mid", "late", "at_some_point"] | None = choice(
        "When the loss became NaN or infinite", tier=1
    )
    nonfinite_onset: Literal["from_first", "after_climb", "sudden"] | None = choice(
        "What the loss did just before it became NaN or infinite"
    )
    train_loss_identical: bool | None = flag(
        "The training loss is the very same number in every epoch"
    )
    loss_zero_at_start: bool | None = flag("The training loss is 0 from the first logs")
    loss_negative: bool | None = flag("A loss that cannot be negative is negative")
    loss_spikes: float | Level | None = number(
        "Sudden jumps of the loss that come back", 0, 1000, "per 1000 steps"
    )
    loss_oscillation: bool | None = flag(
        "The curve swings from epoch to epoch without settling", tier=1
    )
    loss_sawtooth_epoch: bool | None = flag("The loss repeats one shape in every epoch")
    spike_replay: Literal["with_batch", "with_state", "not_again"] | None = choice(
        "Whether a spike comes back when its batches are replayed"
    )
    loss_instant_drop: bool | None = flag(
        "The loss falls to almost nothing within the first epoch of a hard task"
    )
    loss_jump_on_resume: bool | None = flag("Loss or learning rate jumps when training is resumed")
    loss_still_falling_at_end: bool | None = flag(
        "The losses were still clearly improving when training stopped"
    )
    loss_scales_with_accum: bool | None = flag(
        "The loss grows with the number of accumulation steps or devices"
    )
    learning_rate_off_schedule: (
        Literal["ok", "zero", "constant_unexpected", "decays_early", "warmup_missing", "restarts"]
        | None
    ) = choice("Whether the logged learning rate is what was meant")
    seed_variance: float | Level | None = number(
        "Spread of the final metric over seeds, std / mean", 0, 10, "share"
    )
    trains_in_eval_mode: bool | None = flag("The model is in eval mode while training")


class Validation(Section):
    """Training against validation, test and use."""

    title: ClassVar[str] = "Validation against training: curves or scores"

    val_loss_turns_up: float | Level | None = number(
        "Where validation loss has its minimum before it rises while training falls",
        0,
        1,
        "share of the run",
        tier=1,
    )
    generalization_gap: float | Level | None = number(
        "(val loss - train loss) / train loss at the end",
        -1,
        1e9,
        "share of the training loss",
        tier=1,
    )
    val_better_than_train: float | Level | None = number(
        "How much better validation is than training",
        0,
        1,
        "accuracy share, or share of the loss",
        tier=1,
    )
    both_bad: bool | None = flag(
        "Training and validation are both poor, close together and flat", tier=1
    )
    val_too_good: bool | None = flag("Validation is better than one can believe", tier=1)
    val_noisy: float | Level | None = number(
        "Jumps of the validation curve over those of training", 0, 1e6, "ratio"
    )
    val_constant: bool | None = flag("The validation metric is the same number every epoch")
    val_at_chance: bool | None = flag(
        "Validation is no better than guessing while training is clearly good"
    )
    val_bad_from_first_epoch: bool | None = flag(
        "Validation is far worse before memorising is possible"
    )
    val_loss_up_acc_up: bool | None = flag(
        "Validation loss rises while validation accuracy holds or rises"
    )
    train_eval_mode_gap: float | Level | None = number(
        "Loss in eval mode over train mode, same batch", 0, 1e6, "ratio"
    )
    val_test_gap: float | Level | None = number(
        "How far test is below validation", -100, 100, "points"
    )
    deploy_gap: float | Level | None = number(
        "How far use is below the offline test", -100, 100, "points"
    )
    metric_loss_disagree: bool | None = flag("Loss and metric move in different directions")
    val_size_effective: float | Level | None = number(
        "Independent units in validation", 0, 1e12, "units"
    )
    validates_in_train_mode: bool | None = flag("The model is in train mode while validating")
    val_repeat_differs: bool | None = flag("Two validations of the same weights differ")
    selected_on_reported: bool | None = flag(
        "The reported score is of the set that was selected on"
    )
    eval_count_wrong: bool | None = flag(
        "A validation pass scores some samples twice or not at all", tier=3
    )


class Predictions(Section):
    """What the model answers, class by class."""

    title: ClassVar[str] = "Predictions, class by class"

    predicts_single_class: float | Level | None = number(
        "Share of the most frequent prediction", 0, 1, "share", tier=1
    )
    class_imbalance_ratio: float | Level | None = number(
        "Largest class over smallest", 1, 1e12, "ratio"
    )
    worst_class_recall: float | Level | None = number(
        "Recall of the worst class", 0, 1, "share", tier=1
    )
    accuracy_vs_majority: bool | None = flag("Accuracy is just the share of the largest class")
    confusion_pair_share: float | Level | None = number(
        "Share of errors between one pair of classes", 0, 1, "share"
    )
    error_slice_ratio: float | Level | None = number(
        "Error of the worst subgroup over the overall error", 0, 1e6, "ratio"
    )
    confident_wrong_share: float | Level | None = number(
        "Share of the 20 surest mistakes with a bad label", 0, 1, "share"
    )
    false_alarms_true: float | Level | None = number(
        "Share of the surest false alarms that are right", 0, 1, "share", tier=3
    )
    calibration_ece: float | Level | None = number("Expected calibration error", 0, 1, "share")
    pred_std_ratio: float | Level | None = number(
        "Spread of predictions over spread of targets", 0, 1e6, "ratio"
    )
    pred_lag_copy: bool | None = flag("The forecast looks like the series shifted by one step")
    residual_pattern: Literal["none", "time", "magnitude", "order"] | None = choice(
        "What residuals trend with"
    )
    f1_gain_by_threshold: float | Level | None = number(
        "F1 gained by choosing the threshold", 0, 100, "points"
    )
    pred_scale_off: bool | None = flag("Predictions and targets are scored in different scales")


class Internals(Section):
    """Gradients, updates, activations, replicas."""

    title: ClassVar[str] = "Inside the network: gradients, weights, activations"

    grad_early_late_ratio: float | Level | None = number(
        "Gradient norm of the first layer over the last", 0, 1e12, "ratio"
    )
    grad_norm_high: float | Level | None = number(
        "Greatest global gradient norm over its median", 0, 1e12, "ratio"
    )
    grad_norm_growing: bool | None = flag("The gradient norm grows with every step")
    params_without_grad: float | Level | None = number(
        "Share of trainable parameters without gradient", 0, 1, "share"
    )
    trainable_fraction: float | Level | None = number(
        "Share of parameters the optimizer knows", 0, 1, "share"
    )
    update_ratio: float | Level | None = number(
        "log10 of update size over weight size", -20, 6, "log10"
    )
    weights_unchanged: float | Level | None = number(
        "Share of the layers that should learn equal bit for bit after 100 updates", 0, 1, "share"
    )
    dead_relu_fraction: float | Level | None = number(
        "Share of ReLU units that are always zero", 0, 1, "share"
    )
    saturated_fraction: float | Level | None = number(
        "Share of sigmoid or tanh units at their limits", 0, 1, "share"
    )
    activation_scale_drift: float | Level | None = number(
        "Greatest over least activation std by layer", 1, 1e12, "ratio"
    )
    scaler_skip_rate: float | Level | None = number(
        "Share of fp16 steps skipped by the loss scaler", 0, 1, "share", tier=3
    )
    logits_growing: bool | None = flag("Attention or output logits grow all through the run")
    gradients_differ: bool | None = flag(
        "Gradients of one batch differ from those of plain code", tier=3
    )
    device_differs: bool | None = flag("One device gives other numbers than its equals", tier=3)
    ranks_disagree: bool | None = flag(
        "Replicas hold different weights or see the same data", tier=3
    )
    adapter_on_off_equal: bool | None = flag("The same output with the adapter on and off", tier=3)
    adapter_targets: Literal["all_linear", "attention", "few", "not_one"] | None = choice(
        "Where the adapter sits", tier=3
    )
    reload_changes_outputs: bool | None = flag(
        "The loaded model answers other than the one that was saved", tier=3
    )
    weights_in_bf16: bool | None = flag("Weights held in 16 bits without a 32-bit copy", tier=3)
    numbers_unchanged: float | Level | None = number(
        "Share of single weights that one step leaves unchanged", 0, 1, "share", tier=3
    )


class Data(Section):
    """Data and splits."""

    title: ClassVar[str] = "The data, and how they were split"

    dup_train_val_fraction: float | Level | None = number(
        "Share of validation samples that occur in training", 0, 1, "share", tier=1
    )
    dup_train_fraction: float | Level | None = number(
        "Share of training samples that are copies of others", 0, 1, "share"
    )
    augmentation_repeats: bool | None = flag(
        "The random crops or masks are the same in every worker or epoch"
    )
    group_overlap: float | Level | None = number(
        "Share of validation groups also in training", 0, 1, "share", tier=1
    )
    time_order_broken: bool | None = flag("Time-ordered data was split at random", tier=1)
    window_overlap: bool | None = flag("Windows of training and validation share time steps")
    covariate_drift_auc: float | Level | None = number(
        "AUC of distinguishing training inputs from others", 0.5, 1, "AUC"
    )
    label_drift: float | Level | None = number(
        "Difference of class shares, total variation", 0, 1, "share"
    )
    single_feature_score: float | Level | None = number(
        "Score of the single best feature alone", 0, 1, "AUC or R²"
    )
    top_feature_share: float | Level | Literal["id_or_date"] | None = number(
        "Importance of the top three features; id_or_date when one is an id or a date",
        0,
        1,
        "share",
    )
    fit_before_split: bool | None = flag(
        "A scaler, vocabulary or selection was fitted before the split"
    )
    target_used_before_split: bool | None = flag("A step before the split used the targets")
    target_encoding_fit: Literal["not_used", "out_of_fold", "training_rows", "all_rows"] | None = (
        choice("On which rows target encodings are fitted")
    )
    feature_known_too_late: bool | None = flag("A strong feature is known only after the outcome")
    features_look_ahead: bool | None = flag(
        "Features use values from after the moment of prediction"
    )
    resample_before_split: bool | None = flag(
        "Over-sampling or augmentation was done before the split"
    )
    conflicting_label_fraction: float | Level | None = number(
        "Share of equal inputs with different labels", 0, 1, "share"
    )
    missing_value_gap: float | Level | None = number(
        "Difference of missing or unseen values", 0, 1, "share"
    )


class Ablations(Section):
    """One thing changed, everything else kept."""

    title: ClassVar[str] = "Runs with one thing changed: rate, size, batch, data"

    ablation_capacity: (
        Literal[
            "bigger_helps_both", "bigger_train_only", "smaller_equal", "smaller_better", "no_effect"
        ]
        | None
    ) = choice("Only the model size was changed")
    ablation_regularization: (
        Literal["train_up_val_down", "both_up", "no_effect", "unlocks_learning"] | None
    ) = choice("Only augmentation, dropout, weight decay were removed")
    ablation_learning_rate: (
        Literal["lower_fixes", "higher_fixes", "neither", "narrow_edge"] | None
    ) = choice("Only the learning rate was changed")
    ablation_batch_size: (
        Literal["larger_stabilises", "smaller_generalises", "bn_sensitive", "no_effect"] | None
    ) = choice("Only the batch size was changed", tier=3)
    ablation_data_size: float | Level | None = number(
        "Validation gain per doubling of the data", -100, 100, "points"
    )
    ablation_fp32_single_device: (
        Literal["fp32_fixes", "single_fixes", "both_needed", "neither"] | None
    ) = choice("Full precision on one device")


class Text(Section):
    """Text and language models."""

    title: ClassVar[str] = "Text and language models"

    supervised_token_fraction: float | Level | None = number(
        "Share of tokens with a label", 0, 1, "share", tier=3
    )
    truncation_fraction: float | Level | None = number(
        "Share of samples cut by the maximum length", 0, 1, "share", tier=3
    )
    unk_or_pad_fraction: float | Level | None = number(
        "Share of unknown tokens", 0, 1, "share", tier=3
    )
    eos_supervised: bool | None = flag(
        "The end token is present and not masked in the labels", tier=3
    )
    generation_symptom: (
        Literal[
            "fine", "never_stops", "echoes_prompt", "gibberish", "repeats", "wrong_language_or_role"
        ]
        | None
    ) = choice("What generated texts look like", tier=3)
    template_match: bool | None = flag("Inference uses the chat template of training", tier=3)
    base_skill_drop: float | Level | None = number(
        "Loss on a general benchmark after tuning", -100, 100, "points", tier=3
    )
    decoding_differs: bool | None = flag("The score was taken with other decoding settings", tier=3)
    base_below_published: float | Level | None = number(
        "How far the base model is below its published score", -100, 100, "points", tier=3
    )
    supervised_text: (
        Literal["answers_only", "part_missing", "prompt_instead", "prompt_too", "nothing"] | None
    ) = choice("What the tokens with a label decode to", tier=3)
    special_tokens_twice: bool | None = flag("A begin, end or role token stands twice", tier=3)
    packed_loss_differs: bool | None = flag(
        "The loss of a packed sample depends on its neighbour", tier=3
    )


class Vision(Section):
    """Images and detection."""

    title: ClassVar[str] = "Images and detection"

    channel_or_layout_suspect: bool | None = flag(
        "Images look colour-swapped, transposed or unscaled", tier=3
    )
    labels_missing_fraction: float | Level | None = number(
        "Share of images without a found label", 0, 1, "share", tier=3
    )
    boxes_misaligned: bool | None = flag("Boxes, masks or keypoints miss their objects", tier=3)
    map_zero_loss_falling: bool | None = flag(
        "The detection loss falls while mAP stays at 0", tier=3
    )


class Timeseries(Section):
    """Forecasts."""

    title: ClassVar[str] = "Time series"

    mase: float | Level | None = number(
        "Error over that of the naive forecast", 0, 1e6, "ratio", tier=3
    )
    nonstationary: bool | None = flag(
        "Level, spread or rhythm of the series changes over time", tier=3
    )


class Boosting(Section):
    """Gradient boosting and trees."""

    title: ClassVar[str] = "Gradient boosting and trees"

    gbdt_best_round: float | Level | None = number(
        "Where the best validation round lies", 0, 1, "share of rounds", tier=3
    )
    gbdt_structure: float | Level | None = number(
        "Mean leaves of the trees", 1, 1e9, "leaves", tier=3
    )


class Adversarial(Section):
    """Adversarial, reinforcement and contrastive training."""

    title: ClassVar[str] = "Adversarial, reinforcement and contrastive training"

    disc_loss_near_zero: bool | None = flag(
        "The discriminator loss is almost 0 while the generator's climbs", tier=3
    )
    sample_diversity_low: float | Level | None = number(
        "Diversity of samples over that of real data", 0, 10, "ratio", tier=3
    )
    policy_entropy_collapse: bool | None = flag(
        "Policy entropy fell to almost nothing early", tier=3
    )
    reward_flat: bool | None = flag("The mean episode return is flat", tier=3)
    toy_task_fails: bool | None = flag("The same code fails on a toy environment", tier=3)
    rl_update_health: Literal["ok", "kl_high", "clip_high", "clip_low", "critic_useless"] | None = (
        choice("Approximate KL, clip fraction, explained variance", tier=3)
    )
    sampler_trainer_gap: float | Level | None = number(
        "Difference of log-probabilities between sampler and trainer", 0, 100, "nats", tier=3
    )
    zero_reward_spread: float | Level | None = number(
        "Share of groups without any spread of reward", 0, 1, "share", tier=3
    )
    completions_clipped: float | Level | None = number(
        "Share of sampled answers that are cut off", 0, 1, "share", tier=3
    )
    length_follows_reward: bool | None = flag("Answers grow longer as the reward rises", tier=3)
    chosen_logp: Literal["rises", "falls_less", "falls_along", "margin_rests"] | None = choice(
        "What the log-probability of the chosen answers does", tier=3
    )
    diffusion_samples: (
        Literal["fine", "blurred", "washed_out", "noise", "one_set_of_weights"] | None
    ) = choice("What the samples of a diffusion model look like", tier=3)
    embedding_collapse: float | Level | None = number(
        "Mean per-dimension std times root d", 0, 10, "ratio", tier=3
    )
    latent_kl: float | Level | None = number(
        "The KL term of a variational autoencoder, in nats a sample", 0, 1e9, "nats", tier=3
    )


class System(Section):
    """The machine."""

    title: ClassVar[str] = "System"

    not_reproducible: bool | None = flag("Two runs with one seed differ from step 1", tier=3)
    throughput_low: bool | None = flag("The accelerator idles, or step time grows", tier=3)


SECTIONS: dict[str, type[Section]] = {
    section.__name__.lower(): section
    for section in (
        Setup, Sanity, Training, Validation, Predictions, Internals, Data, Ablations,
        Text, Vision, Timeseries, Boosting, Adversarial, System,
    )
}  # fmt: skip
