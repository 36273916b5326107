"""Hugging Face's Trainer, and TRL's: what they write, against the log history that they hold."""

from __future__ import annotations

import json

import pytest

from mldx.readers import read
from tests.frameworks.kit import CLASSES, INPUTS, assert_one_run, data, near

torch = pytest.importorskip("torch")
transformers = pytest.importorskip("transformers")
pytest.importorskip("accelerate")

NAMES = {
    "loss": ("train", "loss"),
    "grad_norm": ("train", "grad_norm"),
    "learning_rate": ("train", "lr"),
    "eval_loss": ("val", "loss"),
    "eval_accuracy": ("val", "accuracy"),
}
CLOSING = "train_runtime"


class Model(torch.nn.Module):
    """A linear model that returns its loss."""

    def __init__(self):
        super().__init__()
        self.net = torch.nn.Linear(INPUTS, CLASSES)

    def forward(self, inputs, labels):
        """Return loss and logits."""
        logits = self.net(inputs)
        return {"loss": torch.nn.functional.cross_entropy(logits, labels), "logits": logits}


def rows(count, seed):
    inputs, labels = data(count, seed)
    return [
        {"inputs": torch.from_numpy(one), "labels": int(label)}
        for one, label in zip(inputs, labels, strict=True)
    ]


def trained(folder, report_to="none", sets=None, **options):
    """Train and return the Trainer."""
    settings = {
        "num_train_epochs": 4, "per_device_train_batch_size": 8, "logging_steps": 3,
        "eval_strategy": "epoch", "learning_rate": 0.05, "save_strategy": "no",
    } | options  # fmt: skip
    trainer = transformers.Trainer(
        Model(),
        transformers.TrainingArguments(
            str(folder), report_to=report_to, disable_tqdm=True, use_cpu=True, **settings
        ),
        train_dataset=rows(96, 0),
        eval_dataset=sets or rows(40, 1),
        compute_metrics=lambda out: {
            "accuracy": float((out.predictions.argmax(-1) == out.label_ids).mean())
        },
    )
    trainer.train()
    return trainer


def state_of(trainer, folder):
    trainer.save_state()
    (run,) = read(folder / "trainer_state.json")
    return run


def assert_history(run, history, digits=6, axis="step"):
    """Each value of the history is read, but for the closing entry."""
    entries = [entry for entry in history if CLOSING not in entry]
    for name, (split, metric) in NAMES.items():
        held = [entry for entry in entries if name in entry]
        if not held:
            continue
        found = run.get(split, metric)
        assert found.value.tolist() == near([entry[name] for entry in held], digits), name
        if axis == "step":
            assert found.step.tolist() == [entry["step"] for entry in held]
    assert_one_run(run)


HABITS = {
    "by steps and epochs": {},
    "evaluated on steps": {"eval_strategy": "steps", "eval_steps": 5},
    "evaluated more often than logged": {"eval_strategy": "steps", "eval_steps": 2},
    "by epoch": {"logging_strategy": "epoch"},
    "every step": {"logging_steps": 1, "logging_first_step": True},
    "accumulated": {"gradient_accumulation_steps": 4, "logging_steps": 1},
    "steps alone": {"max_steps": 17, "eval_strategy": "steps", "eval_steps": 4},
    "no evaluation": {"eval_strategy": "no"},
    "evaluated first": {"eval_on_start": True},
}


@pytest.mark.parametrize("habit", HABITS)
def test_the_state_is_the_history(habit, tmp_path):
    """trainer_state.json holds the log history, and every value of it is read."""
    trainer = trained(tmp_path, **HABITS[habit])

    assert_history(state_of(trainer, tmp_path), trainer.state.log_history)


@pytest.mark.parametrize("habit", HABITS)
def test_the_output_is_the_history(habit, tmp_path, capfd):
    """The printed dictionaries hold the same, to four digits."""
    trainer = trained(tmp_path, **HABITS[habit])
    path = tmp_path / "train.log"
    shown = capfd.readouterr()
    path.write_text(shown.out + shown.err, encoding="utf-8")

    (run,) = read(path)

    assert_history(run, trainer.state.log_history, 4, axis="epoch")


def test_an_update_sees_more_than_the_batch_of_a_device(tmp_path):
    """The state names the batch of a device; how many samples an update saw stands at its end."""
    options = {"gradient_accumulation_steps": 4, "per_device_train_batch_size": 2}
    trainer = trained(tmp_path, num_train_epochs=20, **options)

    assert state_of(trainer, tmp_path).setup.get("batch_size", 8) == 8


def test_several_evaluation_sets(tmp_path):
    """The first set is validation; the other keeps its name."""
    trainer = trained(tmp_path, sets={"seen": rows(40, 1), "unseen": rows(40, 2)})

    run = state_of(trainer, tmp_path)

    held = [entry["eval_seen_loss"] for entry in trainer.state.log_history
            if "eval_seen_loss" in entry]  # fmt: skip
    assert run.get("val", "loss").value.tolist() == near(held)


def test_a_resumed_training_is_one_run(tmp_path):
    """The history goes on from the checkpoint, and no step is there twice."""
    options = {"save_strategy": "epoch", "num_train_epochs": 3}
    trained(tmp_path, **options)
    again = trained_again(tmp_path)

    assert_history(state_of(again, tmp_path), again.state.log_history)


def trained_again(folder):
    trainer = transformers.Trainer(
        Model(),
        transformers.TrainingArguments(
            str(folder), report_to="none", disable_tqdm=True, use_cpu=True, num_train_epochs=6,
            per_device_train_batch_size=8, logging_steps=3, eval_strategy="epoch",
            save_strategy="no",
        ),
        train_dataset=rows(96, 0),
        eval_dataset=rows(40, 1),
    )  # fmt: skip
    trainer.train(resume_from_checkpoint=str(folder / "checkpoint-24"))
    return trainer


def test_event_files(tmp_path, monkeypatch):
    """The same in TensorBoard's files."""
    pytest.importorskip("tensorboard")
    monkeypatch.setenv("TENSORBOARD_LOGGING_DIR", str(tmp_path / "runs"))
    trainer = trained(tmp_path, report_to="tensorboard")

    (run,) = read(tmp_path / "runs")

    assert_history(run, trainer.state.log_history)


def test_the_history_as_json_and_as_jsonl(tmp_path):
    """People save `log_history` by itself, as a list or an entry a line."""
    trainer = trained(tmp_path)
    history = trainer.state.log_history
    (tmp_path / "log_history.json").write_text(json.dumps(history, indent=1), encoding="utf-8")
    lines = "".join(f"{json.dumps(entry)}\n" for entry in history)
    (tmp_path / "log.jsonl").write_text(lines, encoding="utf-8")

    for name in ("log_history.json", "log.jsonl"):
        (run,) = read(tmp_path / name)
        assert_history(run, history)


def test_supervised_finetuning_with_trl(tmp_path, capfd):
    """TRL adds token accuracy, entropy and the tokens seen."""
    trl = pytest.importorskip("trl")
    datasets = pytest.importorskip("datasets")
    trainer = trl.SFTTrainer(
        tiny_gpt(),
        args=trl.SFTConfig(
            str(tmp_path), report_to="none", disable_tqdm=True, use_cpu=True, max_length=16,
            num_train_epochs=4, per_device_train_batch_size=8, logging_steps=2, bf16=False,
            eval_strategy="epoch", save_strategy="no",
        ),
        train_dataset=datasets.Dataset.from_dict({"text": ["a b c d e f"] * 40}),
        eval_dataset=datasets.Dataset.from_dict({"text": ["b c d a"] * 8}),
        processing_class=words(),
    )  # fmt: skip
    trainer.train()
    shown = capfd.readouterr()
    (tmp_path / "train.log").write_text(shown.out + shown.err, encoding="utf-8")

    history = trainer.state.log_history
    run = state_of(trainer, tmp_path)
    assert_history(run, history)
    held = [entry["mean_token_accuracy"] for entry in history if "mean_token_accuracy" in entry]
    assert run.get("train", "accuracy").value.tolist() == near(held)
    (printed,) = read(tmp_path / "train.log")
    assert_history(printed, history, 4, axis="epoch")


def words():
    """A tokenizer of single letters."""
    tokenizers = pytest.importorskip("tokenizers")
    all_words = ["<pad>", "<eos>", "<unk>", "a", "b", "c", "d", "e", "f"]
    vocabulary = {word: place for place, word in enumerate(all_words)}
    model = tokenizers.Tokenizer(tokenizers.models.WordLevel(vocabulary, unk_token="<unk>"))
    model.pre_tokenizer = tokenizers.pre_tokenizers.Whitespace()
    return transformers.PreTrainedTokenizerFast(
        tokenizer_object=model, pad_token="<pad>", eos_token="<eos>", unk_token="<unk>"
    )


def tiny_gpt():
    config = transformers.GPT2Config(
        vocab_size=9, n_positions=16, n_embd=8, n_layer=1, n_head=2, bos_token_id=1,
        eos_token_id=1, pad_token_id=0,
    )  # fmt: skip
    return transformers.GPT2LMHeadModel(config)
