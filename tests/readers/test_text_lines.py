"""What once was misread in the lines of trainings: each log is of our own making, in the shape of
one that was.
"""

from __future__ import annotations

import pytest

from mldx.readers import read_text
from mldx.readers.faults import NoLoss


def one(text):
    (run,) = read_text(text, "log")
    return run


def values(run, split, metric):
    series = run.get(split, metric)
    return None if series is None else series.value.tolist()


def test_a_head_line_without_a_step_begins_no_run():
    """A line that names the epoch and the learning rate stands between the steps of one run."""
    lines = [
        f"Epoch: {e:03d}/020 | Current Learning Rate: 0.01\n"
        + "".join(
            f"Epoch: {e:03d}/020 | Batch {b:03d}/300 | Loss: {3 / e}\n" for b in (0, 100, 200)
        )
        for e in range(1, 6)
    ]
    run = one("".join(lines))

    assert (len(run.get("train", "loss")), run.others) == (15, [])


def test_a_dumped_configuration_says_no_split():
    """`TEST:` and `"quantize_training": {` of a configuration speak for no line after them."""
    head = 'TEST:\n  EVAL_PERIOD: 0\n"quantize_training": {\n'
    run = one(head + "".join(f"iter: {i} total_loss: {1 / i}\n" for i in range(1, 9)))

    assert (len(run.get("train", "loss")), run.get("val", "loss")) == (8, None)


def test_a_bar_before_a_message_says_no_split():
    """`Validation:` of a bar that shares a line with a message is not the split of it."""
    bar = "Validation: |          | 0/? [00:00<?, ?it/s]"
    run = one("".join(f"{bar}Epoch {e} loss: {1 / e:.3f} v_loss: {2 / e:.3f}\n" for e in (1, 2, 4)))

    assert (values(run, "train", "loss"), values(run, "val", "loss")) == (
        [1, 0.5, 0.25],
        [2, 1, 0.5],
    )


def test_numbered_losses_stay_apart():
    """`loss_0` and `loss_1` are two losses."""
    run = one("".join(f"step {s} loss_0: 3.0 loss_1: 26.0\n" for s in range(5)))

    assert {one.metric for one in run.series} == {"loss_0", "loss_1"}


@pytest.mark.parametrize(
    "names",
    [("D loss", "G loss"), ("loss_D", "loss_G"), ("Loss_D", "Loss_G"), ("d_loss", "g_loss")],
)
def test_a_pair_of_losses_is_an_adversarial_training(names):
    """A discriminator and a generator have a loss each, and make the model a GAN."""
    first, second = names
    run = one("".join(f"[{e}/9][0/40] {first}: 0.5 {second}: {e}.5\n" for e in range(1, 6)))

    assert values(run, "train", "discriminator_loss") == [0.5] * 5
    assert values(run, "train", "generator_loss") == [1.5, 2.5, 3.5, 4.5, 5.5]
    assert run.setup["model_family"] == "gan"


def test_a_cost_of_time_is_no_loss():
    """`time cost: 2.19s` and `batch_cost` are times."""
    run = one(
        "".join(f"epoch {e} loss: {1 / e} time cost: 2.19s batch_cost: 0.5\n" for e in (1, 2, 4))
    )

    assert [(series.metric, series.value.tolist()) for series in run.series] == [
        ("loss", [1, 0.5, 0.25])
    ]


def test_a_hyperparameter_is_no_loss():
    """`loss_ota=1` is a setting."""
    run = one(
        "loss_ota=1, bg_iou_threshold: 0.5\n" + "epoch 1 box_loss: 0.5\nepoch 2 box_loss: 0.4\n"
    )

    assert [series.name for series in run.series] == ["box_loss"]


def test_closing_lines_are_no_points():
    """What stands once after 12 epochs is no curve, and is told."""
    lines = "".join(f"Epoch {e}: val loss: {1 / e}, val acc: 0.5\n" for e in range(1, 13))
    run = one(lines + "Loaded Stage 2 (val F1: 0.4260)\nTop-1 test accuracy: 68.0\n")

    assert [(series.metric, len(series)) for series in run.series] == [
        ("loss", 12),
        ("accuracy", 12),
    ]


def test_a_counter_of_validations_is_no_step_back():
    """`validation: iter 1` counts validations, not steps of the training."""
    lines = "".join(
        f"iter {100 * i} loss: {1 / i}\n"
        + (f"validation: iter {i // 4} loss: 0.5\n" * (i % 4 == 0))
        for i in range(1, 25)
    )
    run = one(lines)

    assert (len(run.get("train", "loss")), len(run.get("val", "loss")), run.others) == (24, 6, [])


def test_words_between_a_name_and_its_value():
    """`Mean test loss of 63 batches: 4.4` is a loss of 4.4, and `Best 0.71` repeats a point."""
    run = one(
        "".join(
            f"Epoch {e} train loss: 0.5\nEpoch {e} Accuracy on test: 0.7{e} Best 0.79\n"
            f"Epoch {e} Mean test loss of 63 batches: 4.{e}\n"
            for e in (1, 2, 3)
        )
    )

    assert (values(run, "test", "loss"), values(run, "test", "accuracy")) == (
        [4.1, 4.2, 4.3],
        [0.71, 0.72, 0.73],
    )


def test_a_number_counted_from_zero_plans_one_epoch_more():
    """`Epoch 0/49` plans 50 epochs."""
    run = one("".join(f"Epoch 0{e}/49 loss: 0.5\n" for e in range(3)))

    assert run.setup == {"epochs_planned": 50}


def test_lines_of_other_ranks_are_left_out():
    """Each process prints the same epochs; those of the first are one run."""
    run = one("".join(f"[rank{r}]: epoch {e} loss: 0.{r + 5}\n" for e in (1, 2, 3) for r in (0, 1)))

    assert values(run, "train", "loss") == [0.5, 0.5, 0.5]


def test_a_summary_belongs_to_the_batches_it_sums_up():
    """`* Acc@1` after the batches of the test is the test's."""
    run = one(
        "".join(
            f"Epoch: [{e}][ 0/10]\tLoss 2.0 (2.0)\nEpoch: [{e}][ 5/10]\tLoss 1.5 (1.7)\n"
            f"Test: [0/4]\tLoss 1.0 (1.0)\tAcc@1 40.0 (40.0)\n * Acc@1 5{e}.0 Acc@5 80.0\n"
            for e in range(3)
        )
    )

    assert values(run, "train", "loss") == [1.7, 1.7, 1.7]


@pytest.mark.parametrize(
    "line, split, metric, value",
    [
        (
            "1: 800.25, 800.125 avg loss, 0.001 rate, 3.2 seconds, 64 images",
            "train",
            "loss",
            800.125,
        ),
        ("[epoch:  0, iter:  10,000, lr:(2.0e-04,)] l_pix: 1.5e-01 ", "train", "loss", 0.15),
        ("I0501 12:00:01.5 99 solver.cpp:228] Iteration 100, loss = 2.25", "train", "loss", 2.25),
        ("eta: 0:05:00  iter: 19  total_loss: 1.25  time: 0.3  lr: 0.01", "train", "loss", 1.25),
        ("Epoch(val) [3][50/50]    loss: 0.5  time: 0.3", "val", "loss", 0.5),
        ("step:1 - actor/loss:0.5 - timing_s/reward:1.25", "train", "loss", 0.5),
        (
            "2024-05-01 | INFO | valid | epoch 003 | loss 9.5 | ppl 300.25",
            "val",
            "perplexity",
            300.25,
        ),
        ("[TRAIN] epoch=1, iter=10/300, loss=0.5, batch_cost=0.25", "train", "loss", 0.5),
        ("3epoch results: [train] loss=0.5, [valid] loss=0.75", "val", "loss", 0.75),
    ],
)
def test_a_line_of_a_framework(line, split, metric, value):
    """A number goes to its name, and counters, times and rates to none."""
    assert values(one(line + "\n"), split, metric) == [value]


def test_boxes_of_a_logger_are_rows():
    """The cells between two rulers are one row at its number of timesteps."""
    box = (
        "---------------------------------\n| rollout/           |        |\n"
        "|    ep_rew_mean     | {r}   |\n| time/              |        |\n"
        "|    total_timesteps | {s}   |\n| train/             |        |\n"
        "|    loss            | {l}   |\n---------------------------------\n"
    )
    run = one("".join(box.format(r=10 * i, s=2048 * i, l=1 / i) for i in (1, 2, 4)))

    assert values(run, "train", "loss") == [1, 0.5, 0.25]
    assert run.get("train", "loss").step.tolist() == [2048, 4096, 8192]


def test_a_table_of_a_detector_is_read():
    """A header and a row for each epoch, the row of all classes for validation."""
    text = "".join(
        "      Epoch    GPU_mem   box_loss   cls_loss   dfl_loss  Instances       Size\n"
        f"      {e}/3      2.5G       {3 / e}       {2 / e}       0.5         34        640: "
        "100%|██████████| 8/8 [00:02<00:00, 3.5it/s]\n"
        "                 Class     Images  Instances      Box(P          R      mAP50  mAP50-95): "
        "100%|██████████| 2/2 [00:00<00:00, 2.5it/s]\n"
        f"                   all         40        120       0.5       0.25      0.{e}      0.1\n"
        for e in (1, 2, 4)
    )
    run = one(text)

    assert values(run, "train", "box_loss") == [3, 1.5, 0.75]
    assert values(run, "val", "map50") == [0.1, 0.2, 0.4]


LANGUAGES = {
    "English": ("train", "val", "test", "loss", "acc"),
    "Chinese": ("训练", "验证", "测试", "损失", "准确率"),
    "Chinese, traditional": ("訓練", "驗證", "測試", "損失", "準確率"),
    "Japanese": ("訓練", "検証", "テスト", "損失", "正解率"),
    "Korean": ("훈련", "검증", "테스트", "손실", "정확도"),
    "Spanish": ("entrenamiento", "validación", "prueba", "pérdida", "exactitud"),
    "Portuguese": ("treino", "validação", "teste", "perda", "acurácia"),
    "French": ("entraînement", "validation", "test", "perte", "exactitude"),
    "German": ("trainings", "validierungs", "test", "verlust", "genauigkeit"),
    "Russian": ("обучение", "валидация", "тест", "потери", "точность"),
}


@pytest.mark.parametrize("join", ["", " ", "_", "-"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_split_and_a_metric_in_any_language(language, join):
    """However split and metric are joined and in whichever order, each series is of its split."""
    *splits, loss, accuracy = LANGUAGES[language]
    for order in ((0, 1), (1, 0)):
        names = {
            (split, metric): join.join((said, word)[place] for place in order)
            for split, said in zip(("train", "val", "test"), splits, strict=True)
            for metric, word in (("loss", loss), ("accuracy", accuracy))
        }
        lines = [
            f"Epoch {e} " + ", ".join(f"{name}: 0.{e}{n}" for n, name in enumerate(names.values()))
            for e in (1, 2, 3)
        ]
        run = one("\n".join(lines))
        for n, (split, metric) in enumerate(names):
            assert values(run, split, metric) == [float(f"0.{e}{n}") for e in (1, 2, 3)]


@pytest.mark.parametrize(
    "name", ["valloss", "val损失", "val_perte", "perteval", "pérdida_de_validación"]
)
def test_a_split_glued_to_a_metric(name):
    """Two languages in one name, or a joint between its words, make no third metric."""
    run = one("".join(f"Epoch {e} loss: 0.{e} {name}: 0.{e}5\n" for e in (1, 2, 3)))

    assert values(run, "val", "loss") == [0.15, 0.25, 0.35]


def epochs(n, line):
    """The lines of n epochs; `{a}` and `{b}` of a line are a falling loss each."""
    return "".join(line.format(e=e, a=1 / e, b=1.5 / e) for e in range(1, n + 1))


UNDER_HEADINGS = "Epoch {e}\ntrain loss: {a}\nval loss: {b}\n"
BEFORE_HEADINGS = "train loss: {a}\nval loss: {b}\nEpoch {e} done\n"
IN_A_LINE = "Epoch {e} | train loss: {a} | val loss: {b}\n"


@pytest.mark.parametrize("line", [UNDER_HEADINGS, BEFORE_HEADINGS, IN_A_LINE])
@pytest.mark.parametrize(
    "closing",
    ["val loss: 0.08", "done\nval loss 0.08", "Final validation loss: 0.08", "train loss: 0.08"],
)
def test_a_loss_after_the_last_epoch_is_a_closing_line(line, closing):
    """What is measured once more when all epochs are over is no point of a curve."""
    if line is BEFORE_HEADINGS and closing.startswith("train"):
        closing = "test loss: 0.08"  # `train loss` there could begin an epoch
    run = one(epochs(6, line) + closing + "\n")

    assert {(series.key, len(series)) for series in run.series} == {
        ("train_loss", 6),
        ("val_loss", 6),
    }
    assert any("of 1 line" in told for told in run.ignored)


def test_a_closing_line_among_steps():
    """A second validation without training between is no point."""
    lines = "".join(
        f"step {s} loss {10 / s}\n" + (f"val loss {12 / s}\n" if s % 100 == 0 else "")
        for s in range(10, 510, 10)
    )
    run = one(lines + "val loss 0.01\n")

    assert values(run, "val", "loss") == [0.12, 0.06, 0.04, 0.03, 0.024]


def test_an_epoch_that_breaks_off_is_a_point():
    """Where the training loss has come too, the last line is no closing line."""
    run = one(epochs(6, BEFORE_HEADINGS) + "train loss: 0.05\nval loss: 0.08\n")

    assert (len(run.get("train", "loss")), len(run.get("val", "loss"))) == (7, 7)


def test_a_line_worded_otherwise_is_of_its_epoch():
    """`(best)` behind the value of the last epoch makes it no closing line."""
    text = epochs(5, UNDER_HEADINGS) + "Epoch 6\ntrain loss: 0.1\nval loss: 0.2 (improved)\n"

    assert len(one(text).get("val", "loss")) == 6


@pytest.mark.parametrize(
    "line",
    ["Cost after iteration {s}: {a}\n", "Cost at step {s} is {a}\n", "Iteration {s}: cost {a}\n"],
)
def test_a_cost_named_before_its_counter(line):
    """The first word of a line is a name and not the unit of a number."""
    run = one("".join(line.format(s=s, a=0.75 - s / 1000) for s in (0, 100, 200)))

    assert values(run, "train", "loss") == [0.75, 0.65, 0.55]


def test_scores_of_spacy_are_of_validation():
    """Beside the losses of the parts stand the scores of the dev corpus."""
    run = one(
        "E    #       LOSS TOK2VEC  LOSS NER  ENTS_F  ENTS_P  ENTS_R  SCORE \n"
        "---  ------  ------------  --------  ------  ------  ------  ------\n"
        + "".join(
            f"  0    {s}    75.5    {90 - s}    9.{s}    8.5    7.5    0.09\n" for s in (1, 2, 3)
        )
    )

    assert values(run, "train", "loss_ner") == [89, 88, 87]
    assert values(run, "val", "f1") == [pytest.approx(0.01 * f) for f in (9.1, 9.2, 9.3)]
    assert run.get("val", "score") is not None


LOSS_IN_A_LINE = "Epoch {e} loss: {a}\n"


def again(line, numbers):
    """The lines of epochs with these numbers, each loss other than the one before."""
    return "".join(line.format(e=e, a=3 - n / 8, b=4 - n / 8) for n, e in enumerate(numbers))


@pytest.mark.parametrize("line", [LOSS_IN_A_LINE, IN_A_LINE, UNDER_HEADINGS])
@pytest.mark.parametrize(
    "numbers, judged, others",
    [
        ([1, 1, 1, 2, 3], 3, 2),  # twice crashed in the first epoch
        ([1, 2, 3, 1, 2, 3, 4], 4, 1),
        ([1, 1, 2, 3], 3, 1),
        ([1, 2, 3, 3, 4, 5], 5, 0),  # resumed: epoch 3 was done again
    ],
)
def test_an_epoch_that_begins_again_begins_a_run(line, numbers, judged, others):
    """The last run is judged, and those before it are told."""
    run = one(again(line, numbers))

    assert (len(run.get("train", "loss")), len(run.others)) == (judged, others)
    assert len(run.events) == max(others, 1)


def test_a_line_of_its_epoch_that_comes_twice_begins_no_run():
    """`Epoch 1/5` before training and before validation is one epoch."""
    lines = "Epoch {e}/5\ntrain loss: {a}\nEpoch {e}/5\nval loss: {b}\n"
    run = one(again(lines, [1, 2, 3, 4, 5]))

    assert (len(run.get("train", "loss")), len(run.get("val", "loss"))) == (5, 5)
    assert (run.others, run.events) == ([], [])


def test_tries_of_one_epoch_are_runs():
    """`Epoch 8 begin` three times is a training that was started three times."""
    begun = "Epoch 8 begin\n"
    run = one(
        f"{begun}Train 100: loss: 0.5\nTrain 200: loss: 0.4\n{begun}{begun}"
        "Train 100: loss: 0.3\nTrain 200: loss: 0.2\n"
    )

    assert (len(run.get("train", "loss")), len(run.others)) == (2, 1)


def test_fits_of_other_lengths_are_runs():
    """Keras says `Epoch 1/1` and then `Epoch 1/3`: the first fit was of one epoch."""

    def fit(n):
        done = "10/10 [==============================] - 1s - loss: 0.{e} - val_loss: 0.{e}5\n"
        return "".join(f"Epoch {e}/{n}\n" + done.format(e=e) for e in range(1, n + 1))

    run = one(fit(1) + fit(2) + fit(3))
    loop = one(fit(1) * 5)

    assert (len(run.get("train", "loss")), len(run.others)) == (3, 2)
    assert (len(loop.get("train", "loss")), loop.others, loop.events) == (5, [], [])


@pytest.mark.parametrize(
    "line",
    [
        "[train] loss: {a}\n[valid] loss: {b}\n",
        "[T] loss: {a}\n[V] loss: {b}\n",
        "Phase train, loss {a}\nPhase val, loss {b}\n",
        "train | epoch {e} | loss {a}\nval   | epoch {e} | loss {b}\n",
        "Epoch {e} (train) - loss: {a}\nEpoch {e} (valid) - loss: {b}\n",
        "Epoch {e}\n Training:   loss = {a}\n Evaluation: loss = {b}\n",
    ],
)
def test_a_split_before_the_metric(line):
    """Two lines of one shape are of the splits that their words say."""
    run = one(epochs(5, line))

    assert (values(run, "train", "loss")[1], values(run, "val", "loss")[1]) == (0.5, 0.75)
    assert (len(run.get("train", "loss")), len(run.get("val", "loss"))) == (5, 5)


@pytest.mark.parametrize(
    "line, names",
    [
        ("Epoch {e}\nSource: loss {a}\nTarget: loss {b}\n", ("source loss", "target loss")),
        ("A | epoch {e} | loss {a}\nB | epoch {e} | loss {b}\n", ("a loss", "b loss")),
        ("student | loss {a}\nteacher | loss {b}\n", ("student loss", "teacher loss")),
    ],
)
def test_two_curves_of_one_metric_have_two_names(line, names):
    """Words that say no split tell two series apart, and are their names."""
    run = one(epochs(5, line))

    assert tuple(series.name for series in run.series) == names
    assert [len(series) for series in run.series] == [5, 5]


def test_a_loss_that_repeats_that_of_its_epoch_is_no_second_one():
    """`Loss: 0.5` below `Epoch 2 loss: 0.5` says it again."""
    run = one(epochs(5, "Epoch {e} loss: {a}\nLoss: {a}\n"))

    assert [len(series) for series in run.series] == [5]


def test_a_loss_of_nothing_beside_that_of_training_is_no_loss_of_training():
    """Which loss it is nobody can know; it is told."""
    run = one(epochs(5, "Epoch {e}\ntrain loss: {a}\nloss: {b}\n"))

    assert [(series.split, len(series)) for series in run.series] == [("train", 5), ("other", 5)]
    assert "`loss` does not say of what it is and is left aside" in run.notes


def test_a_summary_of_the_test_is_its_mean():
    """Its batches are the finer series."""
    run = one(
        "".join(
            f"Epoch: [{e}][0/9]\tLoss 2.0 (2.0)\nEpoch: [{e}][5/9]\tLoss 1.5 (1.7)\n"
            f"Test: [0/4]\tLoss 1.0 (1.0)\tAcc@1 40.0 (40.0)\n"
            f"Test: [2/4]\tLoss 1.1 (1.1)\tAcc@1 41.0 (40.5)\n"
            f" * Acc@1 5{e}.0 Acc@5 80.0 loss 1.{e}\n"
            for e in range(4)
        )
    )

    assert values(run, "test", "loss") == [1.0, 1.1, 1.2, 1.3]
    assert values(run, "test", "accuracy") == [0.5, 0.51, 0.52, 0.53]
    assert [len(series) for series in run.all("test", "loss")] == [4, 8]


def test_scores_of_several_models_are_no_training():
    """Three models scored, one of which tells its last loss: there is no curve in it."""
    scores = "".join(f"Evaluating {m}...\n  Accuracy: 0.9{m}\n  Recall: 0.8{m}\n" for m in "123")
    with pytest.raises(NoLoss):
        one(f"Out-of-bag score: 0.9\nFinal loss: 0.0009\n{scores}")


BOX = """\
------------------------------------
| loss                    | {loss:<8} |
| episodes                | {episode:<8} |
| mean 100 episode reward | {reward:<8} |
| steps                   | {step:<8} |
------------------------------------
"""


def test_a_box_of_names_and_values():
    """A box is one line of a log, whatever its first name is, also with numbers in its names."""
    text = "".join(
        BOX.format(loss=1 / (n + 1), episode=10 * n, reward=n, step=1000 * n) for n in range(1, 9)
    )
    (run,) = read_text(text, "log.txt")

    loss, reward = run.get("train", "loss"), run.get("train", "reward")
    assert loss.value.tolist() == pytest.approx([1 / (n + 1) for n in range(1, 9)])
    assert reward.value.tolist() == list(range(1, 9))
    assert loss.step.tolist() == [1000 * n for n in range(1, 9)]


def test_names_of_chainer():
    """`main/` says nothing of a metric."""
    header = "epoch       main/loss   validation/main/loss  main/accuracy  validation/main/accuracy"
    rows = [f"{n}           {1 / n:.5f}     {1.1 / n:.5f}     0.{n}     0.{n}" for n in range(1, 9)]
    (run,) = read_text("\n".join([header, *rows]), "log.txt")

    assert len(run.get("train", "accuracy")) == len(run.get("val", "accuracy")) == 8
    assert len(run.get("train", "loss")) == len(run.get("val", "loss")) == 8
