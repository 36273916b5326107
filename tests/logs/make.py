"""Make the logs in this folder again, by really running the tools that write them.

    pip install torch lightning transformers accelerate keras tensorboard \\
        xgboost lightgbm catboost scikit-learn wandb mlflow-skinny
    python tests/logs/make.py                   # all of them, in a minute or two
    python tests/logs/make.py plain_nan.txt     # this one

Each maker trains something small, well or with a planted fault, lets the tool write its log, and
returns the series that the tool holds in memory. Their length, first and last value go into
`expected.json`: they are not read back from the log, so a reader is tested against the tool.
"""

from __future__ import annotations

import csv
import json
import math
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

# Nets as small as these are faster on one thread; also xgboost and scikit-learn obey.
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("KERAS_BACKEND", "torch")

import numpy as np
from sklearn.datasets import load_diabetes, load_digits
from sklearn.model_selection import train_test_split

HERE = Path(__file__).resolve().parent
SEED = 7
EVERY = 10  # steps between two lines of Lightning's log

# "split/metric" in the words of the reader, the tool's own name of it, and its values.
Found = dict[tuple[str, str], list[float]]


@dataclass(frozen=True)
class Maker:
    """One log: what it is, what was wrong in it, and how it is made."""

    packages: tuple[str, ...]
    format: str
    wrong: str
    make: Callable[[Path], Found]


MAKERS: dict[str, Maker] = {}


def log(name: str, packages: str, kind: str, wrong: str) -> Callable[..., Callable[..., Found]]:
    """Register a maker of the log `name`."""

    def register(make: Callable[[Path], Found]) -> Callable[[Path], Found]:
        MAKERS[name] = Maker(tuple(packages.split()), kind, wrong, make)
        return make

    return register


@contextmanager
def printed_to(path: Path) -> Iterator[None]:
    """Let everything that is printed go to a file, also what a library in C prints."""
    sys.stdout.flush()
    kept = os.dup(1)
    with path.open("wb") as stream:
        os.dup2(stream.fileno(), 1)
        try:
            yield
        finally:
            sys.stdout.flush()
            os.dup2(kept, 1)
            os.close(kept)


def digits(
    count: int = 1347, shuffled: bool = False, noise: float = 0.0
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return training inputs, validation inputs, training labels, validation labels.

    count     how many of the 1347 training samples are given
    shuffled  the training labels belong to other samples
    noise     standard deviation of the noise on all inputs, which range from 0 to 1
    """
    x, y = load_digits(return_X_y=True)
    x = x / 16 + np.random.default_rng(SEED).normal(0, noise, x.shape)
    parts = train_test_split(x.astype("float32"), y, random_state=SEED, stratify=y)
    x_train, x_val, y_train, y_val = parts
    if shuffled:
        y_train = np.random.default_rng(SEED).permutation(y_train)
    return x_train[:count], x_val, y_train[:count], y_val


def diabetes() -> list[np.ndarray]:
    """Return training inputs, validation inputs, training targets, validation targets."""
    x, y = load_diabetes(return_X_y=True)
    return train_test_split(x.astype("float32"), y.astype("float32"), random_state=SEED)


# Keras


def keras_net(units: int = 64, rate: float = 1e-3, optimizer: str = "adam"):
    """Return a compiled net of one hidden layer for the digits."""
    import keras

    keras.utils.set_random_seed(SEED)
    chosen = {"adam": keras.optimizers.Adam, "sgd": keras.optimizers.SGD}[optimizer]
    net = keras.Sequential(
        [
            keras.Input((64,)),
            keras.layers.Dense(units, activation="relu"),
            keras.layers.Dense(10, activation="softmax"),
        ]
    )
    net.compile(chosen(rate), "sparse_categorical_crossentropy", metrics=["accuracy"])
    return net


def of_keras(history: dict[str, list[float]]) -> Found:
    """Return what a Keras `History` holds."""
    metrics = {"loss": "loss", "accuracy": "accuracy", "learning_rate": "lr"}
    return {
        (f"{'val' if name.startswith('val_') else 'train'}/{metric}", name): values
        for name, values in history.items()
        if (metric := metrics.get(name.removeprefix("val_")))
    }


def fit_keras(net, data, epochs: int, verbose: int = 0, callbacks=()) -> dict[str, list[float]]:
    """Fit a Keras net and return its history."""
    x_train, x_val, y_train, y_val = data
    fitted = net.fit(
        x_train,
        y_train,
        validation_data=(x_val, y_val),
        epochs=epochs,
        verbose=verbose,
        callbacks=list(callbacks),
    )
    return {name: [float(one) for one in values] for name, values in fitted.history.items()}


@log("keras_csvlogger_healthy.csv", "keras torch", "Keras CSVLogger", "nothing")
def _(path: Path) -> Found:
    import keras

    logger = keras.callbacks.CSVLogger(str(path))
    return of_keras(fit_keras(keras_net(), digits(), 30, callbacks=[logger]))


@log(
    "keras_csvlogger_rate_too_high.csv", "keras torch", "Keras CSVLogger",
    "SGD with a learning rate of 30",
)  # fmt: skip
def _(path: Path) -> Found:
    import keras

    callbacks = [
        keras.callbacks.ReduceLROnPlateau(patience=8, factor=0.5),
        keras.callbacks.CSVLogger(str(path)),
    ]
    net = keras_net(rate=30.0, optimizer="sgd")
    return of_keras(fit_keras(net, digits(), 15, callbacks=callbacks))


@log(
    "keras_verbose1_overfit.txt", "keras torch", "Keras output",
    "100 noisy training samples and 512 hidden units, nothing against overfitting",
)  # fmt: skip
def _(path: Path) -> Found:
    with printed_to(path):
        history = fit_keras(keras_net(512, 1e-2), digits(100, noise=0.5), 40, verbose=1)
    return of_keras(history)


@log(
    "keras_verbose2_shuffled_labels.txt", "keras torch", "Keras output",
    "the training labels belong to other samples",
)  # fmt: skip
def _(path: Path) -> Found:
    with printed_to(path):
        history = fit_keras(keras_net(256, 3e-3), digits(shuffled=True), 30, verbose=2)
    return of_keras(history)


@log(
    "keras_history_one_unit_softmax.json", "keras torch", "Keras History",
    "a softmax over one single unit: its output is always 1",
)  # fmt: skip
def _(path: Path) -> Found:
    import keras

    keras.utils.set_random_seed(SEED)
    layers = [
        keras.layers.Dense(32, activation="relu"),
        keras.layers.Dense(1, activation="softmax"),
    ]
    net = keras.Sequential([keras.Input((64,)), *layers])
    net.compile("adam", "binary_crossentropy", metrics=["accuracy"])
    x_train, x_val, y_train, y_val = digits()
    history = fit_keras(net, (x_train, x_val, y_train % 2, y_val % 2), 12)
    path.write_text(json.dumps(history), encoding="utf-8")
    return of_keras(history)


# Lightning


def lightning_net(rate: float, bar: bool, steps: bool):
    """Return a net for the digits that logs its losses and its accuracy."""
    import lightning
    import torch
    from torch.nn import functional

    class Net(lightning.LightningModule):
        def __init__(self):
            super().__init__()
            self.save_hyperparameters({"learning_rate": rate, "batch_size": 64})
            self.net = torch.nn.Sequential(
                torch.nn.Linear(64, 64), torch.nn.ReLU(), torch.nn.Linear(64, 10)
            )

        def training_step(self, batch, _):
            loss = functional.cross_entropy(self.net(batch[0]), batch[1])
            self.log("train_loss", loss, on_step=steps, on_epoch=True, prog_bar=bar)
            return loss

        def validation_step(self, batch, _):
            logits = self.net(batch[0])
            loss = functional.cross_entropy(logits, batch[1])
            accuracy = (logits.argmax(1) == batch[1]).float().mean()
            self.log_dict({"val_loss": loss, "val_acc": accuracy}, prog_bar=bar)

        def configure_optimizers(self):
            return torch.optim.SGD(self.parameters(), lr=rate, momentum=0.9)

    return Net()


def lightning_collector(steps: bool):
    """Return a callback that keeps in `found` what the logger should write."""
    import lightning

    class Collect(lightning.Callback):
        def __init__(self):
            by_epoch = {
                "train_loss_epoch" if steps else "train_loss": "train/loss",
                "val_loss": "val/loss",
                "val_acc": "val/accuracy",
            }
            by_step = {"train_loss_step": "train/loss", "lr-SGD": "train/lr"} if steps else {}
            self.by_epoch: Found = {(key, name): [] for name, key in by_epoch.items()}
            self.by_step: Found = {(key, name): [] for name, key in by_step.items()}

        @property
        def found(self) -> Found:
            return self.by_epoch | self.by_step

        def on_train_batch_end(self, trainer, module, outputs, batch, batch_idx):
            if steps and trainer.global_step % EVERY == 0:
                losses, rates = self.by_step.values()
                losses.append(outputs["loss"].item())
                rates.append(trainer.optimizers[0].param_groups[0]["lr"])

        def on_train_epoch_end(self, trainer, module):
            for (_, name), values in self.by_epoch.items():
                values.append(float(trainer.callback_metrics[name]))

    return Collect()


def run_lightning(
    rate: float, epochs: int, logger=False, bar: bool = False, steps: bool = False
) -> Found:
    """Train the digits with Lightning; what it logs is collected beside its logger.

    bar    a progress bar is drawn, and the metrics stand on it
    steps  the training loss is logged every ten steps too, and the learning rate with it
    """
    import lightning
    import torch
    from lightning.pytorch.callbacks import LearningRateMonitor, TQDMProgressBar
    from torch.utils.data import DataLoader, TensorDataset

    lightning.seed_everything(SEED, verbose=False)
    x_train, x_val, y_train, y_val = map(torch.as_tensor, digits())
    collect = lightning_collector(steps)
    callbacks = [collect]
    if steps:
        callbacks.append(LearningRateMonitor("step"))
    if bar:
        callbacks.append(TQDMProgressBar(refresh_rate=11))
    trainer = lightning.Trainer(
        max_epochs=epochs,
        logger=logger,
        callbacks=callbacks,
        accelerator="cpu",
        log_every_n_steps=EVERY,
        num_sanity_val_steps=0,
        enable_progress_bar=bar,
        enable_model_summary=False,
        enable_checkpointing=False,
    )
    trainer.fit(
        lightning_net(rate, bar, steps),
        DataLoader(TensorDataset(x_train, y_train), batch_size=64, shuffle=True),
        DataLoader(TensorDataset(x_val, y_val), batch_size=64),
    )
    return collect.found


def lightning_csv(path: Path, rate: float, epochs: int, steps: bool = False) -> Found:
    """Train with Lightning's CSVLogger and keep its metrics.csv."""
    from lightning.pytorch.loggers import CSVLogger

    with tempfile.TemporaryDirectory() as folder:
        logger = CSVLogger(folder)
        found = run_lightning(rate, epochs, logger, steps=steps)
        shutil.copy(Path(logger.log_dir) / "metrics.csv", path)
    return found


@log("lightning_metrics_healthy.csv", "lightning torch", "Lightning metrics.csv", "nothing")
def _(path: Path) -> Found:
    return lightning_csv(path, rate=0.05, epochs=20)


@log(
    "lightning_metrics_rate_too_high.csv", "lightning torch", "Lightning metrics.csv",
    "SGD with momentum and a learning rate of 100",
)  # fmt: skip
def _(path: Path) -> Found:
    return lightning_csv(path, rate=100.0, epochs=12)


@log(
    "lightning_metrics_steps_healthy.csv", "lightning torch", "Lightning metrics.csv",
    "nothing; the training loss is logged by step and by epoch, and the learning rate",
)  # fmt: skip
def _(path: Path) -> Found:
    return lightning_csv(path, rate=0.05, epochs=10, steps=True)


@log("lightning_progress_bar_healthy.txt", "lightning torch", "lines of text", "nothing")
def _(path: Path) -> Found:
    with printed_to(path):
        return run_lightning(rate=0.05, epochs=8, bar=True)


@log(
    "lightning_tensorboard_rate_too_low.tfevents", "lightning tensorboard torch",
    "TensorBoard events", "a learning rate of 1e-5 for SGD: it hardly moves",
)  # fmt: skip
def _(path: Path) -> Found:
    from lightning.pytorch.loggers import TensorBoardLogger

    with tempfile.TemporaryDirectory() as folder:
        logger = TensorBoardLogger(folder)
        found = run_lightning(1e-5, 15, logger)
        logger.finalize("success")
        (events,) = Path(logger.log_dir).glob("events.out.tfevents.*")
        shutil.copy(events, path)
    return found


# Hugging Face


def run_trainer(folder: str, rate: float, epochs: int, random_labels: bool = False):
    """Train a tiny, randomly initialized BERT with the Trainer; return the Trainer.

    The task: are there more tokens of the upper half of the vocabulary than of the lower?
    """
    import torch
    from transformers import (
        BertConfig,
        BertForSequenceClassification,
        Trainer,
        TrainingArguments,
        set_seed,
    )  # fmt: skip

    set_seed(SEED)
    tokens = torch.randint(0, 64, (640, 17))
    labels = (tokens >= 32).sum(1) > 8
    if random_labels:
        labels = torch.rand(640) > 0.5
    rows = [
        {"input_ids": one, "labels": label}
        for one, label in zip(tokens, labels.long(), strict=True)
    ]
    config = BertConfig(
        vocab_size=64, hidden_size=32, num_hidden_layers=2, num_attention_heads=2,
        intermediate_size=64, max_position_embeddings=32,
    )  # fmt: skip
    arguments = TrainingArguments(
        folder, learning_rate=rate, num_train_epochs=epochs, per_device_train_batch_size=32,
        eval_strategy="epoch", logging_strategy="epoch", save_strategy="no", report_to="none",
        disable_tqdm=True, use_cpu=True, seed=SEED,
    )  # fmt: skip
    trainer = Trainer(
        BertForSequenceClassification(config),
        arguments,
        train_dataset=rows[:512],
        eval_dataset=rows[512:],
        compute_metrics=lambda out: {
            "accuracy": float((out.predictions.argmax(-1) == out.label_ids).mean())
        },
    )
    trainer.train()
    return trainer


def of_trainer(history: list[dict[str, float]]) -> Found:
    """Return what the Trainer's `log_history` holds."""
    names = {
        "loss": "train/loss", "eval_loss": "val/loss", "eval_accuracy": "val/accuracy",
        "learning_rate": "train/lr", "grad_norm": "train/grad_norm",
    }  # fmt: skip
    return {
        (key, name): [float(entry[name]) for entry in history if name in entry]
        for name, key in names.items()
    }


def trainer_state(path: Path, **options) -> Found:
    """Train with the Trainer and keep its trainer_state.json."""
    with tempfile.TemporaryDirectory() as folder:
        trainer = run_trainer(folder, **options)
        trainer.save_state()
        shutil.copy(Path(folder) / "trainer_state.json", path)
    return of_trainer(trainer.state.log_history)


STATE = "Hugging Face trainer_state.json"


@log("hf_trainer_state_healthy.json", "transformers torch", STATE, "nothing")
def _(path: Path) -> Found:
    return trainer_state(path, rate=1e-3, epochs=20)


@log(
    "hf_trainer_state_random_labels.json", "transformers torch", STATE,
    "the labels are thrown by a coin, in both parts",
)  # fmt: skip
def _(path: Path) -> Found:
    return trainer_state(path, rate=1e-3, epochs=25, random_labels=True)


@log(
    "hf_output_rate_too_high.txt", "transformers torch", "Hugging Face Trainer output",
    "a learning rate of 0.5 for AdamW",
)  # fmt: skip
def _(path: Path) -> Found:
    with tempfile.TemporaryDirectory() as folder, printed_to(path):
        trainer = run_trainer(folder, rate=0.5, epochs=10)
    return of_trainer(trainer.state.log_history)


# PyTorch, by hand


def torch_loop(
    rate: float = 0.1,
    epochs: int = 20,
    zero_grad: bool = True,
    unsafe_log: bool = False,
    growth: float = 1.0,
) -> Iterator[tuple[int, float, float, float]]:
    """Yield epoch, training loss, validation loss and validation accuracy of a loop by hand.

    unsafe_log  the cross-entropy is the logarithm of a softmax, which may be zero
    growth      by which the learning rate is multiplied after every epoch
    """
    import torch
    from torch.nn import functional

    torch.manual_seed(SEED)
    x_train, x_val, y_train, y_val = map(torch.as_tensor, digits())
    net = torch.nn.Sequential(torch.nn.Linear(64, 64), torch.nn.ReLU(), torch.nn.Linear(64, 10))
    optimizer = torch.optim.SGD(net.parameters(), lr=rate)

    def loss_of(x, y):
        if unsafe_log:
            return -torch.log(torch.softmax(net(x), 1))[torch.arange(len(y)), y].mean()
        return functional.cross_entropy(net(x), y)

    for epoch in range(1, epochs + 1):
        losses = []
        for batch in torch.randperm(len(x_train)).split(64):
            if zero_grad:
                optimizer.zero_grad()
            loss = loss_of(x_train[batch], y_train[batch])
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
        optimizer.param_groups[0]["lr"] *= growth
        with torch.no_grad():
            accuracy = (net(x_val).argmax(1) == y_val).float().mean().item()
            yield epoch, float(np.mean(losses)), loss_of(x_val, y_val).item(), accuracy


def columns(rows: list[tuple[int, float, float, float]], *names: str) -> Found:
    """Return the series of a loop under the names by which it wrote them."""
    keys = ("train/loss", "val/loss", "val/accuracy")
    return {
        (key, name): [row[place] for row in rows]
        for place, (key, name) in enumerate(zip(keys, names, strict=True), 1)
    }


@log("plain_healthy.txt", "torch", "lines of text", "nothing")
def _(path: Path) -> Found:
    rows = list(torch_loop())
    with printed_to(path):
        for epoch, train, val, accuracy in rows:
            print(
                f"Epoch [{epoch}/20] train loss: {train:.5f} val loss: {val:.5f} "
                f"val accuracy: {accuracy:.2%}"
            )
    return columns(rows, "train loss", "val loss", "val accuracy")


@log("plain_no_zero_grad.txt", "torch", "lines of text", "the gradients are never reset to zero")
def _(path: Path) -> Found:
    rows = list(torch_loop(rate=0.1, epochs=25, zero_grad=False))
    with printed_to(path):
        for epoch, train, val, accuracy in rows:
            print(f"epoch {epoch:3d} | train_loss {train:.4f} | val_loss {val:.4f} | ", end="")
            print(f"val_acc {accuracy:.4f}")
    return columns(rows, "train_loss", "val_loss", "val_acc")


@log(
    "plain_nan.txt",
    "torch",
    "lines of text",
    "the rate doubles every epoch, and the loss is the logarithm of a softmax that reaches zero",
)
def _(path: Path) -> Found:
    rows = list(torch_loop(rate=0.05, epochs=12, unsafe_log=True, growth=2.0))
    with printed_to(path):
        for epoch, train, val, accuracy in rows:
            print(f"==> Epoch {epoch} of 12")
            print(f"    train: loss={train:.6g}")
            print(f"    valid: loss={val:.6g} accuracy={accuracy:.4f}")
    return columns(rows, "loss", "loss", "accuracy")


@log("plain_rows_healthy.jsonl", "torch", "JSON rows", "nothing")
def _(path: Path) -> Found:
    rows = list(torch_loop(rate=0.3, epochs=15))
    names = ("epoch", "train_loss", "val_loss", "val_accuracy")
    lines = (json.dumps(dict(zip(names, row, strict=True))) for row in rows)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return columns(rows, *names[1:])


@log("plain_table_too_few_epochs.csv", "torch", "a table", "stopped while everything still falls")
def _(path: Path) -> Found:
    rows = list(torch_loop(rate=0.01, epochs=6))
    names = ("train_loss", "valid_loss", "valid_acc")
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow(("epoch", *names))
        writer.writerows(rows)
    return columns(rows, *names)


def event_file(folder: Path, path: Path) -> None:
    """Keep the one event file of a folder, without the name of the machine in its own."""
    (events,) = folder.glob("events.out.tfevents.*")
    path.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(events, path)


@log("tensorboard_healthy.tfevents", "tensorboard torch", "TensorBoard events", "nothing")
def _(path: Path) -> Found:
    from torch.utils.tensorboard import SummaryWriter

    rows = list(torch_loop(rate=0.2, epochs=20))
    names = ("Loss/train", "Loss/val", "Accuracy/val")
    with tempfile.TemporaryDirectory() as folder:
        with SummaryWriter(folder) as writer:
            for epoch, *values in rows:
                for name, value in zip(names, values, strict=True):
                    writer.add_scalar(name, value, epoch)
        event_file(Path(folder), path)
    return columns(rows, *names)


@log(
    "tensorboard_split", "tensorboard torch", "TensorBoard events",
    "nothing; training and validation write the same tag into folders of their own",
)  # fmt: skip
def _(path: Path) -> Found:
    from torch.utils.tensorboard import SummaryWriter

    rows = list(torch_loop(rate=0.2, epochs=10))
    for place, split in enumerate(("train", "validation"), 1):
        with tempfile.TemporaryDirectory() as folder:
            with SummaryWriter(folder) as writer:
                for row in rows:
                    writer.add_scalar("epoch_loss", row[place], row[0])
            event_file(Path(folder), path / split / "events.out.tfevents.1")
    train, val, _ = columns(rows, "epoch_loss", "epoch_loss", "").values()
    return {("train/loss", "epoch_loss"): train, ("val/loss", "epoch_loss"): val}


# Boosting


@log("xgboost_healthy.txt", "xgboost-cpu", "XGBoost output", "nothing")
def _(path: Path) -> Found:
    import xgboost

    x_train, x_val, y_train, y_val = digits()
    sets = [
        (xgboost.DMatrix(x_train, y_train), "train"),
        (xgboost.DMatrix(x_val, y_val), "eval"),
    ]
    parameters = {
        "objective": "multi:softprob", "num_class": 10, "max_depth": 3, "eta": 0.3, "seed": SEED,
        "eval_metric": "mlogloss",
    }  # fmt: skip
    result: dict[str, dict[str, list[float]]] = {}
    with printed_to(path):
        xgboost.train(parameters, sets[0][0], 40, evals=sets, evals_result=result)
    return {
        ("train/loss", "train-mlogloss"): result["train"]["mlogloss"],
        ("val/loss", "eval-mlogloss"): result["eval"]["mlogloss"],
    }


@log(
    "xgboost_sklearn_overfit.txt", "xgboost-cpu scikit-learn", "XGBoost output",
    "depth 10 and a rate of 0.5 on 331 rows: validation turns up at once",
)  # fmt: skip
def _(path: Path) -> Found:
    import xgboost

    x_train, x_val, y_train, y_val = diabetes()
    model = xgboost.XGBRegressor(
        n_estimators=60, max_depth=10, learning_rate=0.5, random_state=SEED
    )
    with printed_to(path):
        model.fit(x_train, y_train, eval_set=[(x_train, y_train), (x_val, y_val)], verbose=True)
    result = model.evals_result()
    return {
        ("train/loss", "validation_0-rmse"): result["validation_0"]["rmse"],
        ("val/loss", "validation_1-rmse"): result["validation_1"]["rmse"],
    }


@log(
    "lightgbm_overfit.txt", "lightgbm", "LightGBM output",
    "63 leaves and leaves of 2 rows on 331 rows, 80 rounds at a rate of 0.3",
)  # fmt: skip
def _(path: Path) -> Found:
    import lightgbm

    x_train, x_val, y_train, y_val = diabetes()
    train = lightgbm.Dataset(x_train, y_train)
    val = lightgbm.Dataset(x_val, y_val, reference=train)
    parameters = {
        "objective": "regression", "num_leaves": 63, "min_data_in_leaf": 2, "learning_rate": 0.3,
        "seed": SEED, "num_threads": 1,
    }  # fmt: skip
    result: dict[str, dict[str, list[float]]] = {}
    callbacks = [lightgbm.log_evaluation(1), lightgbm.record_evaluation(result)]
    with printed_to(path):
        lightgbm.train(parameters, train, 80, valid_sets=[train, val], callbacks=callbacks)
    return {
        ("train/loss", "training's l2"): result["training"]["l2"],
        ("val/loss", "valid_1's l2"): result["valid_1"]["l2"],
    }


@log("catboost_healthy.txt", "catboost", "CatBoost output", "nothing")
def _(path: Path) -> Found:
    import catboost

    x_train, x_val, y_train, y_val = digits()
    model = catboost.CatBoostClassifier(
        iterations=50, depth=4, learning_rate=0.3, random_seed=SEED, loss_function="MultiClass",
        allow_writing_files=False, thread_count=1,
    )  # fmt: skip
    with printed_to(path):
        model.fit(x_train, y_train, eval_set=(x_val, y_val), verbose=True)
    result = model.get_evals_result()
    return {
        ("train/loss", "learn"): result["learn"]["MultiClass"],
        ("val/loss", "test"): result["validation"]["MultiClass"],
    }


@log(
    "catboost_info", "catboost", "CatBoost tables",
    "depth 8 and a rate of 0.5 on 100 noisy samples; the folder that CatBoost writes",
)  # fmt: skip
def _(path: Path) -> Found:
    import catboost

    x_train, x_val, y_train, y_val = digits(count=100, noise=0.3)
    model = catboost.CatBoostClassifier(
        iterations=50, depth=8, learning_rate=0.5, random_seed=SEED, loss_function="MultiClass",
        custom_metric=["Accuracy"], train_dir=str(path), thread_count=1, verbose=False,
    )  # fmt: skip
    shutil.rmtree(path, ignore_errors=True)
    model.fit(x_train, y_train, eval_set=(x_val, y_val))
    shutil.rmtree(path / "tmp", ignore_errors=True)
    result = model.get_evals_result()
    return {
        (f"{split}/{metric}", name): result[part][name]
        for split, part in (("train", "learn"), ("val", "validation"))
        for metric, name in (("loss", "MultiClass"), ("accuracy", "Accuracy"))
    }


# Trackers


def epochs_of_a_net(rate: float, epochs: int, **options) -> Iterator[dict[str, float]]:
    """Train a net on the digits and yield loss and accuracy of both parts after each epoch."""
    from sklearn.metrics import log_loss
    from sklearn.neural_network import MLPClassifier

    x_train, x_val, y_train, y_val = digits(**options)
    net = MLPClassifier((128,), solver="sgd", learning_rate_init=rate, random_state=SEED)
    for _ in range(epochs):
        net.partial_fit(x_train, y_train, classes=np.arange(10))
        yield {
            f"{split}/{metric}": float(value)
            for split, x, y in (("train", x_train, y_train), ("val", x_val, y_val))
            for metric, value in (
                ("loss", log_loss(y, net.predict_proba(x), labels=np.arange(10))),
                ("acc", net.score(x, y)),
            )
        }


def of_tracker(rows: list[dict[str, float]]) -> Found:
    """Return what was given to a tracker, by the names it was given under."""
    metrics = {"loss": "loss", "acc": "accuracy"}
    return {
        (f"{split}/{metrics[metric]}", f"{split}/{metric}"): [
            row[f"{split}/{metric}"] for row in rows
        ]
        for split in ("train", "val")
        for metric in metrics
    }


@log(
    "wandb_offline_overfit.wandb", "wandb scikit-learn", "Weights & Biases log",
    "100 noisy training samples and 128 hidden units, nothing against overfitting",
)  # fmt: skip
def _(path: Path) -> Found:
    import wandb

    rows = []
    with tempfile.TemporaryDirectory() as folder:
        settings = wandb.Settings(
            mode="offline", silent=True, x_disable_meta=True, x_disable_stats=True,
            x_disable_machine_info=True, console="off", disable_git=True, save_code=False,
            host="host", program="train.py", root_dir=folder,
        )  # fmt: skip
        config = {"learning_rate": 0.5, "optimizer": "sgd", "batch_size": 100, "epochs": 60}
        run = wandb.init(project="digits", name="overfit", config=config, settings=settings)
        for epoch, row in enumerate(epochs_of_a_net(0.5, 60, count=100, noise=0.3)):
            run.log({"epoch": epoch, **{key: row[key] for key in row if key.startswith("train")}})
            run.log({"epoch": epoch, **{key: row[key] for key in row if key.startswith("val")}})
            rows.append(row)
        run.finish()
        wandb.teardown()  # only then is the end of the log written
        shutil.copy(next(Path(folder).rglob("run-*.wandb")), path)
    return of_tracker(rows)


@log("mlflow_store_healthy", "mlflow-skinny scikit-learn", "MLflow file store", "nothing")
def _(path: Path) -> Found:
    os.environ["MLFLOW_ALLOW_FILE_STORE"] = "true"
    import mlflow

    shutil.rmtree(path, ignore_errors=True)
    mlflow.set_tracking_uri(path.as_uri())
    mlflow.set_experiment("digits")
    rows = []
    with mlflow.start_run(run_name="healthy"):
        mlflow.log_params({"learning_rate": 0.1, "batch_size": 200, "optimizer": "sgd"})
        for epoch, row in enumerate(epochs_of_a_net(0.1, 30)):
            mlflow.log_metrics(row, step=epoch)
            rows.append(row)
    _leave_only_runs(path)
    return of_tracker(rows)


def _leave_only_runs(store: Path) -> None:
    """Drop what says where and by whom the store was made."""
    for tag in store.rglob("tags/mlflow.*"):
        if tag.name != "mlflow.runName":
            tag.unlink()
    for meta in store.rglob("meta.yaml"):
        lines = meta.read_text(encoding="utf-8").splitlines(keepends=True)
        kept = [line for line in lines if "file://" not in line and not line.startswith("user_id")]
        meta.write_text("".join(kept), encoding="utf-8")


@log(
    "catboost_learn.tfevents", "catboost", "TensorBoard events",
    "nothing; the file begins without a greeting, and names no split",
)  # fmt: skip
def _(path: Path) -> Found:
    import catboost

    x_train, x_val, y_train, y_val = digits()
    with tempfile.TemporaryDirectory() as folder:
        model = catboost.CatBoostClassifier(
            iterations=50, depth=4, learning_rate=0.3, random_seed=SEED, thread_count=1,
            loss_function="MultiClass", train_dir=folder,
        )  # fmt: skip
        model.fit(x_train, y_train, eval_set=(x_val, y_val), verbose=False)
        shutil.copy(Path(folder) / "learn" / "events.out.tfevents", path)
    return {("train/loss", "MultiClass"): model.get_evals_result()["learn"]["MultiClass"]}


# scikit-learn


@log("sklearn_mlp_healthy.txt", "scikit-learn", "lines of text", "nothing")
def _(path: Path) -> Found:
    from sklearn.neural_network import MLPClassifier

    x_train, _, y_train, _ = digits()
    model = MLPClassifier((64,), max_iter=40, verbose=True, random_state=SEED)
    with printed_to(path):
        model.fit(x_train, y_train)
    return {("train/loss", "loss"): [float(one) for one in model.loss_curve_]}


@log(
    "sklearn_mlp_early_stopping_rate_too_high.txt", "scikit-learn", "lines of text",
    "a rate of 2 for Adam",
)  # fmt: skip
def _(path: Path) -> Found:
    from sklearn.neural_network import MLPClassifier

    x_train, _, y_train, _ = digits()
    model = MLPClassifier(
        (64,), learning_rate_init=2.0, max_iter=25, early_stopping=True, n_iter_no_change=25,
        verbose=True, random_state=SEED,
    )  # fmt: skip
    with printed_to(path):
        model.fit(x_train, y_train)
    return {
        ("train/loss", "loss"): [float(one) for one in model.loss_curve_],
        ("val/score", "score"): [float(one) for one in model.validation_scores_],
    }


@log(
    "sklearn_gradient_boosting_healthy.txt", "scikit-learn", "a table",
    "nothing",
)  # fmt: skip
def _(path: Path) -> Found:
    from sklearn.ensemble import GradientBoostingRegressor

    x_train, _, y_train, _ = diabetes()
    model = GradientBoostingRegressor(n_estimators=40, max_depth=2, verbose=2, random_state=SEED)
    with printed_to(path):
        model.fit(x_train, y_train)
    return {("train/loss", "Train Loss"): [float(one) for one in model.train_score_]}


@log(
    "sklearn_hist_gradient_boosting_overfit.txt", "scikit-learn", "lines of text",
    "63 leaves of 2 rows or more on 298 rows, a rate of 0.5",
)  # fmt: skip
def _(path: Path) -> Found:
    from sklearn.ensemble import HistGradientBoostingRegressor

    x_train, _, y_train, _ = diabetes()
    model = HistGradientBoostingRegressor(
        learning_rate=0.5, max_leaf_nodes=63, min_samples_leaf=2, max_iter=40, early_stopping=True,
        n_iter_no_change=40, scoring="loss", verbose=2, random_state=SEED,
    )  # fmt: skip
    with printed_to(path):
        model.fit(x_train, y_train)
    # The scores are negative losses, and their first is that before the first tree.
    return {
        ("train/loss", "train loss"): [-float(one) for one in model.train_score_[1:]],
        ("val/loss", "val loss"): [-float(one) for one in model.validation_score_[1:]],
    }


def plain(value: float) -> float | str:
    """Return a value as JSON can hold it."""
    return value if math.isfinite(value) else str(value)


def summary(name: str, found: Found) -> dict[str, object]:
    """Return the entry of `expected.json` for one log."""
    maker = MAKERS[name]
    series = [
        {"key": key, "name": own, "points": len(values)}
        | {"first": plain(values[0]), "last": plain(values[-1])}
        for (key, own), values in found.items()
    ]
    return {
        "made_by": {package: version(package) for package in maker.packages},
        "wrong": maker.wrong,
        "format": maker.format,
        "series": series,
    }


def main(names: list[str]) -> None:
    """Make the logs of these names, or all."""
    path = HERE / "expected.json"
    expected = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    for name in names or MAKERS:
        print(f"{name} ...", flush=True)
        expected[name] = summary(name, MAKERS[name].make(HERE / name))
        ordered = {one: expected[one] for one in MAKERS if one in expected}
        path.write_text(json.dumps(ordered, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
