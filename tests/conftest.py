"""What all tests share: a cache folder of their own, the command line, a diagnosis."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session", autouse=True)
def _own_cache(tmp_path_factory):
    """Keep the user's cache out of the tests, and the tests out of the user's cache."""
    os.environ["MLDX_CACHE_DIR"] = str(tmp_path_factory.mktemp("cache"))


@pytest.fixture
def mldx() -> Callable[..., Result]:
    """Run the command line in this process: `mldx("diagnose", "run.json")`; exit codes as a shell
    would see them.
    """
    from mldx.cli import main

    def run(*arguments: str, stdin: str | bytes | None = None) -> Result:
        return CliRunner().invoke(_as_command(main), list(arguments), input=stdin)

    return run


def _as_command(main):
    import click

    @click.command(context_settings={"ignore_unknown_options": True, "help_option_names": []})
    @click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
    def command(arguments):
        main(list(arguments))

    return command


@pytest.fixture(scope="session")
def knowledge():
    """The shipped rules."""
    from mldx.knowledge import load

    return load()


@pytest.fixture(scope="session")
def hostile(knowledge):
    """The shipped rules, with text that tries to be markup in a question and in a stage's head."""
    from tests.kit.rules import with_hostile_text

    return with_hostile_text(knowledge)


@pytest.fixture(scope="session")
def diagnosis():
    """A run that cannot learn ten samples: its walk ends at the first gate."""
    from mldx import Symptoms, diagnose

    return diagnose(
        Symptoms.of(
            tiny_overfit_result="plateau",
            train_loss_flat=True,
            loss_shape="flat",
            init_loss_ratio=1.0,
        )
    )
