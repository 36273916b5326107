"""Stable-Baselines3: its logger in five forms, against the values that it was given."""

from __future__ import annotations

import pytest

from mldx.readers import read
from tests.frameworks.kit import assert_one_run, near

pytest.importorskip("torch")
baselines = pytest.importorskip("stable_baselines3")

from stable_baselines3.common import logger as loggers  # noqa: E402

NAMES = ["rollout/ep_rew_mean", "train/loss", "train/value_loss", "train/approx_kl"]
FILES = {
    "csv": "progress.csv",
    "json": "progress.json",
    "tensorboard": "",
    "log": "log.txt",
    "stdout": "stdout.txt",
}


class Heard(loggers.KVWriter):
    """Keeps what the logger writes."""

    def __init__(self):
        self.rows = []

    def write(self, key_values, key_excluded, step=0):
        """Keep a row."""
        self.rows.append({**key_values, "step": step})

    def close(self):
        """There is nothing to close."""


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """The folder of the logs, and the rows that were written."""
    folder, heard = tmp_path_factory.mktemp("sb3"), Heard()
    for kind in FILES:
        (folder / kind).mkdir()
    with (folder / "stdout" / "stdout.txt").open("w", encoding="utf-8") as stdout:
        formats = [loggers.make_output_format(kind, str(folder / kind))
                   for kind in ("csv", "json", "log", "tensorboard")]  # fmt: skip
        formats += [loggers.HumanOutputFormat(stdout), heard]
        model = baselines.PPO(
            "MlpPolicy", "CartPole-v1", n_steps=64, batch_size=32, n_epochs=2, seed=0, device="cpu"
        )
        logger = loggers.Logger(str(folder), formats)
        model.set_logger(logger)
        model.learn(64 * 12)
        logger.close()
    return folder, heard.rows


@pytest.mark.parametrize("kind", FILES)
def test_every_form_of_its_log(trained, kind):
    """Rewards and losses of each rollout, at the steps of the environment."""
    folder, rows = trained

    (run,) = read(folder / kind / FILES[kind])

    digits = 3 if kind in ("log", "stdout") else 6
    found = {one.name: one for one in run.series}
    for name in NAMES:
        held = [float(row[name]) for row in rows if name in row]
        series = found.get(name) or found.get(name.partition("/")[2])
        assert series is not None, (name, list(found))
        assert series.value.tolist() == near(held, digits), name
    assert_one_run(run)
