"""Lightning in its habits: CSVLogger and TensorBoardLogger against what the loggers were given."""

from __future__ import annotations

from collections import defaultdict

import pytest

from mldx.readers import read
from tests.frameworks.kit import CLASSES, INPUTS, assert_one_run, data, near

lightning = pytest.importorskip("lightning")
torch = pytest.importorskip("torch")

from lightning.pytorch.callbacks import LearningRateMonitor, TQDMProgressBar  # noqa: E402
from lightning.pytorch.loggers import CSVLogger, TensorBoardLogger  # noqa: E402
from lightning.pytorch.loggers.logger import Logger  # noqa: E402
from torch.nn.functional import cross_entropy  # noqa: E402
from torch.utils.data import DataLoader, TensorDataset  # noqa: E402


class Heard(Logger):
    """Keeps what every logger is given."""

    name, version = "heard", 0

    def __init__(self):
        super().__init__()
        self.points = defaultdict(list)

    def log_hyperparams(self, *_, **__):
        """Hyperparameters are not of interest."""

    def log_metrics(self, metrics, step=None):
        """Keep the points by name."""
        for name, value in metrics.items():
            self.points[name].append((step, float(value)))

    def of(self, name):
        """Return the values of a metric."""
        return [value for _, value in self.points[name]]


class Net(lightning.LightningModule):
    """A linear model; `train` and `val` say how its losses are logged."""

    def __init__(self, train=None, val=None, names=("train_loss", "val_loss", "val_acc")):
        super().__init__()
        self.net = torch.nn.Linear(INPUTS, CLASSES)
        self.how, self.names = {"train": train or {}, "val": val or {}}, names

    def training_step(self, batch, _):
        """Log and return the loss."""
        loss = cross_entropy(self.net(batch[0]), batch[1])
        self.log(self.names[0], loss, **self.how["train"])
        return loss

    def validation_step(self, batch, _, dataloader_idx=0):
        """Log loss and accuracy."""
        logits = self.net(batch[0])
        self.log(self.names[1], cross_entropy(logits, batch[1]), **self.how["val"])
        accuracy = (logits.argmax(1) == batch[1]).float().mean()
        self.log(self.names[2], accuracy, **self.how["val"])

    def test_step(self, batch, index):
        """Log the loss."""
        self.log("test_loss", cross_entropy(self.net(batch[0]), batch[1]))

    def configure_optimizers(self):
        """SGD, its rate halved now and then."""
        optimizer = torch.optim.SGD(self.parameters(), lr=0.1)
        return [optimizer], [torch.optim.lr_scheduler.StepLR(optimizer, 2, 0.5)]


def loader(rows=96, seed=0, shuffle=False):
    inputs, labels = data(rows, seed)
    return DataLoader(
        TensorDataset(torch.from_numpy(inputs), torch.from_numpy(labels)), 8, shuffle=shuffle
    )


def trainer(folder, *loggers, epochs=4, every=5, bar=False, callbacks=(), **options):
    return lightning.Trainer(
        default_root_dir=folder,
        max_epochs=epochs,
        logger=list(loggers),
        callbacks=list(callbacks),
        accelerator="cpu",
        log_every_n_steps=every,
        enable_progress_bar=bar,
        enable_model_summary=False,
        enable_checkpointing=False,
        **options,
    )


BOTH = {"on_step": True, "on_epoch": True}
EPOCH = {"on_step": False, "on_epoch": True}
HABITS = {
    "plain": ({}, {}, {}),
    "by epoch": (EPOCH, EPOCH, {}),
    "by step and epoch": (BOTH, EPOCH, {}),
    "validation by step and epoch": (BOTH, BOTH, {}),
    "validation by step": ({}, {"on_step": True, "on_epoch": False}, {}),
    "validation every 3 batches": (BOTH, EPOCH, {"val_check_interval": 3}),
    "validation at half an epoch": (EPOCH, EPOCH, {"val_check_interval": 0.5}),
    "validation every second epoch": (EPOCH, EPOCH, {"check_val_every_n_epoch": 2}),
    "validation across epochs": (
        EPOCH, EPOCH, {"val_check_interval": 10, "check_val_every_n_epoch": None},
    ),
    "every step": (BOTH, EPOCH, {"every": 1}),
    "fewer steps than are logged": (BOTH, EPOCH, {"every": 50}),
    "an epoch that ends between two steps": (BOTH, EPOCH, {"every": 7}),
    "accumulated": (BOTH, EPOCH, {"accumulate_grad_batches": 4, "every": 1}),
    "accumulated unevenly": (EPOCH, EPOCH, {"accumulate_grad_batches": 5, "every": 1}),
    "no sanity check": (EPOCH, EPOCH, {"num_sanity_val_steps": 0}),
    "limited": (BOTH, BOTH, {"limit_val_batches": 1, "every": 1}),
    "one epoch": (BOTH, BOTH, {"epochs": 1, "every": 1}),
    "many epochs": (BOTH, BOTH, {"epochs": 25}),
}  # fmt: skip


@pytest.fixture(params=["csv", "events"])
def logger(request, tmp_path):
    """A logger of each kind, and the path of its log."""
    if request.param == "csv":
        one = CSVLogger(tmp_path)
        return one, lambda: f"{one.log_dir}/metrics.csv"
    pytest.importorskip("tensorboard")
    one = TensorBoardLogger(tmp_path)
    return one, lambda: one.log_dir


def fitted(logger, heard, folder, train, val, options):
    """Train, and return the trainer and the model."""
    model = Net(train, val)
    one = trainer(folder, logger, heard, callbacks=[LearningRateMonitor("step")], **options)
    one.fit(model, loader(shuffle=True), loader(40, seed=1))
    logger.finalize("success")
    return one, model


def same(run, heard, but=("epoch", "step", "hp_metric")):
    """Each metric that the loggers were given is a series, whole, and nothing else is."""
    found = {one.name: one.value.tolist() for one in run.series}
    assert found.keys() == heard.points.keys() - set(but)
    for name, values in found.items():
        assert values == near(heard.of(name)), name


@pytest.mark.parametrize("habit", HABITS)
def test_every_habit_is_read_as_it_was_logged(habit, logger, tmp_path):
    """Each value that was logged is read, in its place, and no restart is made up."""
    train, val, options = HABITS[habit]
    heard = Heard()
    fitted(logger[0], heard, tmp_path, train, val, options)

    (run,) = read(logger[1]())

    same(run, heard)
    assert_one_run(run)
    for one in run.series:
        assert (one.x[1:] >= one.x[:-1]).all(), one.name


@pytest.mark.parametrize("habit", [one for one in HABITS if one != "one epoch"])
def test_losses_are_those_of_epochs_where_there_are_any(habit, logger, tmp_path):
    """Means over an epoch come first, of training as of validation; one mean is no curve."""
    train, val, options = HABITS[habit]
    heard = Heard()
    fitted(logger[0], heard, tmp_path, train, val, options)

    (run,) = read(logger[1]())

    for split, metric in (("train", "train_loss"), ("val", "val_loss")):
        wanted = f"{metric}_epoch" if f"{metric}_epoch" in heard.points else metric
        if metric in heard.points or f"{metric}_epoch" in heard.points:
            assert run.get(split, "loss").name == wanted


def test_steps_and_epochs_are_those_of_the_log(logger, tmp_path):
    """The axis of a series is the step that the logger was given."""
    heard = Heard()
    fitted(logger[0], heard, tmp_path, BOTH, EPOCH, {})

    (run,) = read(logger[1]())

    steps = {one.name: one.step.tolist() for one in run.series}
    assert steps == {name: [step for step, _ in heard.points[name]] for name in steps}


def test_a_test_after_the_training_is_no_new_run(logger, tmp_path):
    """`validate` and `test` after `fit` add points, not runs."""
    heard = Heard()
    one, model = fitted(logger[0], heard, tmp_path, BOTH, EPOCH, {})
    one.validate(model, loader(40, seed=1), verbose=False)
    one.test(model, loader(40, seed=2), verbose=False)
    logger[0].finalize("success")

    (run,) = read(logger[1]())

    assert_one_run(run)
    assert run.get("test", "loss").value.tolist() == near(heard.of("test_loss"))
    assert run.get("train", "loss").value.tolist() == near(heard.of("train_loss_epoch"))


def test_the_first_of_several_dataloaders_is_validation(logger, tmp_path):
    """The losses of the other sets keep their names."""
    heard = Heard()
    model = Net(EPOCH, EPOCH)
    one = trainer(tmp_path, logger[0], heard)
    one.fit(model, loader(), [loader(40, seed=1), loader(32, seed=2)])
    logger[0].finalize("success")

    (run,) = read(logger[1]())

    same(run, heard)
    assert run.get("val", "loss").name == "val_loss/dataloader_idx_0"
    assert len(run.all("val", "loss")) == 1


def test_a_second_fit_of_one_logger_is_another_run(tmp_path):
    """Two trainings into one metrics.csv are two runs; the last is judged."""
    logger, heard = CSVLogger(tmp_path), Heard()
    fitted(logger, Heard(), tmp_path, EPOCH, EPOCH, {"epochs": 5})
    fitted(logger, heard, tmp_path, EPOCH, EPOCH, {"epochs": 4})

    (run,) = read(f"{logger.log_dir}/metrics.csv")

    assert len(run.others) == 1
    same(run, heard)


def test_a_fit_that_goes_on_from_a_checkpoint(tmp_path):
    """A resumed training that writes into the same log is one run."""
    logger, first, second = CSVLogger(tmp_path), Heard(), Heard()
    one, model = fitted(logger, first, tmp_path, EPOCH, EPOCH, {"epochs": 4})
    one.save_checkpoint(tmp_path / "four.ckpt")
    again = trainer(tmp_path, logger, second, epochs=8)
    again.fit(model, loader(), loader(40, seed=1), ckpt_path=tmp_path / "four.ckpt",
              weights_only=False)  # fmt: skip
    logger.finalize("success")

    (run,) = read(f"{logger.log_dir}/metrics.csv")

    assert run.others == []
    for name in ("train_loss", "val_loss"):
        assert [*first.of(name), *second.of(name)] == near(
            next(one for one in run.series if one.name == name).value
        )


@pytest.mark.parametrize("hook", ["epoch", "both"])
def test_a_step_that_the_user_logs(hook, tmp_path):
    """People log `step` themselves to have epochs as the axis of TensorBoard."""

    class Own(Net):
        def validation_step(self, batch, index):
            super().validation_step(batch, index)
            self.log("step", float(self.current_epoch))

        def on_train_epoch_end(self):
            if hook == "both":
                self.log("step", float(self.current_epoch))

    logger, heard = CSVLogger(tmp_path), Heard()
    one = trainer(tmp_path, logger, heard, epochs=6)
    one.fit(Own(BOTH, EPOCH), loader(), loader(40, seed=1))
    logger.finalize("success")

    (run,) = read(f"{logger.log_dir}/metrics.csv")

    same(run, heard)
    assert_one_run(run)


def test_the_progress_bar_on_the_terminal(tmp_path, capfd):
    """The bar of an epoch shows the means of the epoch that it ends."""
    heard = Heard()
    one = trainer(tmp_path, heard, bar=True, epochs=5, callbacks=[TQDMProgressBar()])
    bars = {**EPOCH, "prog_bar": True}
    one.fit(Net(bars, bars), loader(), loader(40, seed=1))
    shown = capfd.readouterr()
    path = tmp_path / "train.log"
    path.write_text(shown.out + shown.err, encoding="utf-8")

    (run,) = read(path)

    assert run.get("val", "loss").value.tolist() == near(heard.of("val_loss"), 3)
    assert run.get("train", "loss").value.tolist() == near(heard.of("train_loss"), 3)
