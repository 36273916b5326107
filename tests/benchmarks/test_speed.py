"""How fast the core is, beside a plain if/else program of the same rules in the same run.

Run with `pytest tests/benchmarks --benchmark-enable`; without it each benchmark runs once, as a
test of its result.
"""

import subprocess
import sys

import numpy as np
import pytest

from mldx import Symptoms, diagnose, interview
from mldx.diagnosis.rank import rank, tally
from mldx.diagnosis.walk import facts, readings, walk
from mldx.knowledge import cache, load
from mldx.knowledge.loader import checked_content, read_texts, rules_folder
from mldx.observe import of_run
from mldx.readers import read

from .reference import plain_program


@pytest.fixture(scope="module")
def symptoms(request):
    """Thirty and more symptoms of a real run, observed."""
    return of_run(read(request.config.rootpath / "tests" / "runs" / "census_unscaled.json")[0])


@pytest.mark.benchmark(group="diagnosis")
def test_diagnose(benchmark, symptoms):
    """A diagnosis of observed symptoms, with the full trace."""
    diagnosis = benchmark(diagnose, symptoms)

    assert diagnosis.causes[0].id == "wrong_normalization"


@pytest.mark.benchmark(group="diagnosis")
def test_plain_program(benchmark, symptoms):
    """The yardstick: the same rules as nested ifs, without trace, families, ranking."""
    base = load()
    program = plain_program(base)

    found = benchmark(program, readings(symptoms, base))

    assert found["wrong_normalization"] > 0


def test_plain_program_walks_the_same_way(symptoms):
    """The yardstick reaches the causes that the walk reaches."""
    base = load()
    values = readings(symptoms, base)
    found = tally(walk(base.compiled, values, facts(values)))

    assert set(plain_program(base)(values)) == set(found)
    assert rank(found, base, facts(values)).listed


@pytest.mark.benchmark(group="whole report")
def test_diagnose_with_everything_told(benchmark, symptoms):
    """A diagnosis with causes, actions, open questions and path worked out, as `--json` prints it."""
    text = benchmark(lambda: diagnose(symptoms).model_dump_json())

    assert '"wrong_normalization"' in text


@pytest.mark.benchmark(group="next question")
@pytest.mark.parametrize("answers", [0, 10, 30])
def test_next_question(benchmark, symptoms, answers):
    """The next question of an interview, from nothing, from ten and from thirty answers; the aim is
    5 ms.
    """
    known = Symptoms.of(**dict(list(symptoms.observed.items())[:answers]))

    step = benchmark(interview.next, known)

    assert getattr(step, "then", step).symptom not in known.observed


@pytest.mark.benchmark(group="next question")
def test_plain_program_at_thirty_answers(benchmark, symptoms):
    """The yardstick: one walk over thirty answers as nested ifs; a next question weighs every open
    check besides.
    """
    base = load()
    program = plain_program(base)

    found = benchmark(program, dict(list(readings(symptoms, base).items())[:30]))

    assert found


@pytest.mark.benchmark(group="knowledge base")
def test_load_from_yaml(benchmark):
    """Parsing and checking all rule files."""
    folder = rules_folder()

    content = benchmark.pedantic(lambda: checked_content(folder, read_texts(folder)), rounds=5)

    assert content["checks"]


@pytest.mark.benchmark(group="knowledge base")
def test_load_from_cache(benchmark, monkeypatch):
    """Loading a compiled knowledge base from the cache folder."""
    load(rules_folder())
    monkeypatch.setattr(cache, "keep", lambda key, content: pytest.fail("it was not in the cache"))

    base = benchmark(load, rules_folder())

    assert base.compiled.checks


@pytest.mark.benchmark(group="logs")
@pytest.mark.parametrize("rows", [100_000, pytest.param(1_000_000, marks=pytest.mark.slow)])
def test_long_log(benchmark, tmp_path, rows):
    """Reading and observing a step log of a hundred thousand and of a million rows."""
    steps = np.arange(rows)
    loss = 2.3 * np.exp(-steps / rows * 3) + 0.1
    path = tmp_path / "metrics.csv"
    with path.open("w") as file:
        file.write("step,epoch,train_loss,lr,grad_norm\n")
        file.writelines(
            f"{step},{step // 1000},{value:.5f},0.001,1.0\n"
            for step, value in zip(steps, loss, strict=True)
        )

    seen = benchmark.pedantic(lambda: of_run(read(path)[0]), rounds=1)

    assert seen.training.loss_nonfinite == "never"


@pytest.mark.benchmark(group="command line")
@pytest.mark.parametrize(
    "arguments",
    [["--help"], ["diagnose", "tests/runs/census_unscaled.json"]],
    ids=["help", "diagnose"],
)
def test_command(benchmark, request, arguments):
    """A whole command, interpreter included."""
    call = [sys.executable, "-m", "mldx", *arguments]
    root = request.config.rootpath

    done = benchmark.pedantic(
        lambda: subprocess.run(call, cwd=root, capture_output=True, check=False), rounds=3
    )

    assert done.returncode in (0, 1)
