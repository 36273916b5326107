"""Keras 3: its loggers and its progress output, against the History that `fit` returns."""

from __future__ import annotations

import json

import pytest

from mldx.readers import read
from tests.frameworks.kit import CLASSES, INPUTS, assert_one_run, data, near

pytest.importorskip("torch")
keras = pytest.importorskip("keras")

NAMES = {
    "loss": ("train", "loss"),
    "accuracy": ("train", "accuracy"),
    "val_loss": ("val", "loss"),
    "val_accuracy": ("val", "accuracy"),
    "learning_rate": ("train", "lr"),
}


def fitted(epochs=6, verbose=0, callbacks=(), validation=True, **options):
    """Train and return the history."""
    keras.utils.set_random_seed(0)
    net = keras.Sequential([keras.Input((INPUTS,)), keras.layers.Dense(CLASSES, "softmax")])
    net.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return net.fit(
        *data(),
        validation_data=data(40, 1) if validation else None,
        epochs=epochs,
        verbose=verbose,
        batch_size=16,
        callbacks=list(callbacks),
        **options,
    ).history


def assert_history(run, history, digits=6):
    for name, values in history.items():
        found = run.get(*NAMES[name])
        assert found.value.tolist() == near(values, digits), name
        assert len(found.epoch) == len(values)
    assert len(run.series) == len(history)
    assert_one_run(run)


@pytest.mark.parametrize("validation", [True, False])
def test_csv_logger(tmp_path, validation):
    """Every value of the history, from epoch 0 on."""
    path = tmp_path / "training.csv"
    rate = keras.callbacks.ReduceLROnPlateau(patience=1)
    history = fitted(callbacks=[rate, keras.callbacks.CSVLogger(str(path))], validation=validation)

    (run,) = read(path)

    assert_history(run, history)
    assert run.get("train", "loss").epoch.tolist() == list(range(6))


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_an_appended_csv_log(tmp_path, separator):
    """With `append=True` the second training is another run."""
    path = tmp_path / "training.log"
    for _ in range(2):
        logger = keras.callbacks.CSVLogger(str(path), separator=separator, append=True)
        history = fitted(callbacks=[logger])

    (run,) = read(path)

    assert len(run.others) == 1
    assert run.get("train", "loss").value.tolist() == near(history["loss"])


def test_a_csv_log_that_goes_on(tmp_path):
    """With `initial_epoch` it is the same run."""
    path = tmp_path / "training.log"
    logger = keras.callbacks.CSVLogger(str(path), append=True)
    first = fitted(epochs=4, callbacks=[logger])
    logger = keras.callbacks.CSVLogger(str(path), append=True)
    second = fitted(epochs=8, initial_epoch=4, callbacks=[logger])

    (run,) = read(path)

    assert run.others == []
    assert run.get("val", "loss").value.tolist() == near(first["val_loss"] + second["val_loss"])


def test_history_as_json(tmp_path):
    """The dictionary as it is."""
    path, history = tmp_path / "history.json", fitted()
    path.write_text(json.dumps(history), encoding="utf-8")

    assert_history(read(path)[0], history)


@pytest.mark.parametrize("verbose", [1, 2])
@pytest.mark.parametrize("validation", [True, False])
def test_what_is_printed(tmp_path, capfd, verbose, validation):
    """Progress bars and single lines hold four digits of the same."""
    history = fitted(verbose=verbose, validation=validation)
    path = tmp_path / "train.log"
    path.write_text(capfd.readouterr().out, encoding="utf-8")

    assert_history(read(path)[0], history, 4)


def test_callbacks_that_print(tmp_path, capfd):
    """Checkpoints and early stopping print between the epochs."""
    callbacks = [
        keras.callbacks.ModelCheckpoint(
            str(tmp_path / "best.keras"), save_best_only=True, verbose=1
        ),
        keras.callbacks.EarlyStopping(patience=3, verbose=1, start_from_epoch=2),
        keras.callbacks.ReduceLROnPlateau(patience=1, verbose=1),
    ]
    history = fitted(epochs=12, verbose=2, callbacks=callbacks)
    path = tmp_path / "train.log"
    path.write_text(capfd.readouterr().out, encoding="utf-8")

    (run,) = read(path)

    for name in ("loss", "val_loss", "val_accuracy"):
        assert run.get(*NAMES[name]).value.tolist() == near(history[name], 4), name
    assert_one_run(run)


def test_tensorboard(tmp_path):
    """The callback writes training and validation into folders of their own."""
    pytest.importorskip("tensorflow", reason="Keras' TensorBoard callback writes by TensorFlow")
    history = fitted(callbacks=[keras.callbacks.TensorBoard(str(tmp_path / "logs"))])

    (run,) = read(tmp_path / "logs")

    for name in ("loss", "val_loss", "accuracy", "val_accuracy"):
        assert run.get(*NAMES[name]).value.tolist() == near(history[name])
    assert_one_run(run)
