"""How fast the core is, beside a plain if/else program of the same rules in the same run.

    pytest tests/benchmarks/test_speed.py -n 0 --benchmark-enable -s

Without `--benchmark-enable` each benchmark runs once, as a test of its result.
"""

from __future__ import annotations

import math
import random
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

from mldx import Symptoms, diagnose, interview
from mldx.diagnosis import diagnose as of_symptoms
from mldx.diagnosis.inference import Inference
from mldx.errors import InputError
from mldx.knowledge import cache, load
from mldx.knowledge.loader import checked_content, read_texts, rules_folder
from mldx.observe import observed
from mldx.readers import read
from mldx.readers.record import of_mapping
from tests.benchmarks.reference import plain_program
from tests.benchmarks.timing import in_turn, table
from tests.cases.scoring import record_of
from tests.kit import recorded_runs


@pytest.fixture(scope="module")
def runs(knowledge):
    """The recorded runs as they are observed, but those that are refused."""
    found = []
    for record in [*recorded_runs("dev"), *recorded_runs("dev2")]:
        try:
            run = of_mapping(record_of(record, with_answers=True), record["id"])
        except InputError:
            continue
        found.append(observed(run, knowledge=knowledge))
    return found


@pytest.fixture(scope="module")
def program(knowledge):
    """The plain if/else program of the shipped rules."""
    return plain_program(knowledge)


@pytest.fixture(scope="module")
def symptoms(request):
    """Thirty and more symptoms of a real run, observed."""
    return observed(read(request.config.rootpath / "tests" / "runs" / "census_unscaled.json")[0])


def assert_same_weights(program, inference):
    """The program and the inference weigh every single hypothesis alike, up to a common factor."""
    weights = program(inference.values)
    single = {
        held[0]: share
        for held, share in inference.posterior.hypotheses.items()
        if len(held) == 1 and share > 1e-200
    }
    greatest = max(single, key=single.__getitem__)
    relative = {name: math.log(share / single[greatest]) for name, share in single.items()}

    assert weights.keys() >= relative.keys()
    assert {name: weights[name] - weights[greatest] for name in relative} == pytest.approx(
        relative, abs=1e-6
    )


def test_plain_program_weighs_recorded_runs_as_a_diagnosis_does(runs, program, knowledge):
    """On every recorded run the plain program gives the weights of the diagnosis."""
    assert len(runs) > 150
    for seen in runs:
        assert_same_weights(program, Inference(settled(seen), knowledge))


def settled(seen):
    """The same run, with each reading taken as it is, however near to another."""
    sure = {id: replace(one, shares=()) for id, one in seen.provenances.items()}
    return seen.model_copy(update={"provenances": sure})


def some_values(check, dice):
    """One value of each answer of a check, also one at a border of a number."""
    if check.card.kind != "number":
        return list(check.answers)
    inside = [border * dice.choice((0.5, 0.97, 1.0, 1.04, 1.5)) for border in check.borders]
    return [one for one in inside if check.card.low <= one <= check.card.high]


def test_plain_program_weighs_any_answers_as_a_diagnosis_does(program, knowledge):
    """Whatever is answered, the plain program gives the weights of the diagnosis."""
    dice = random.Random(8)
    checks = [check for check in knowledge.compiled.checks if check.card.section != "setup"]
    for share in (0.02, 0.1, 0.3, 0.6, 1.0):
        for _ in range(30):
            asked = [check for check in checks if dice.random() < share]
            found = {check.id: some_values(check, dice) for check in asked}
            chosen = {id: dice.choice(values) for id, values in found.items() if values}
            assert_same_weights(program, Inference(Symptoms.of(**chosen), knowledge))


def test_ratio_to_the_plain_program(runs, program, knowledge, capsys):
    """What a diagnosis and a next question cost, as a multiple of the plain program."""
    values = [Inference(seen, knowledge).values for seen in runs]
    programs = {
        "plain if/else program, from values": program,
        "inference: walk, evidence, posterior": lambda seen: Inference(seen, knowledge),
        "diagnose() of the core": lambda seen: of_symptoms(seen, knowledge),
        "mldx.diagnose(), with the intake": lambda seen: diagnose(seen, knowledge),
        "diagnose(), causes and path looked at": lambda seen: looked_at(seen, knowledge),
        "next question": lambda seen: interview.next_question(seen, knowledge),
    }
    anchor = next(iter(programs))
    data = {name: values if name == anchor else runs for name in programs}

    taken = in_turn(programs, data)

    with capsys.disabled():
        print(f"\n{table(taken, anchor)}")
    assert min(taken["diagnose() of the core"]) > 0


def looked_at(seen, knowledge):
    diagnosis = of_symptoms(seen, knowledge)
    return diagnosis.causes, diagnosis.path


@pytest.mark.benchmark(group="diagnosis")
def test_diagnose(benchmark, symptoms):
    """A diagnosis of observed symptoms, with the full trace."""
    diagnosis = benchmark(diagnose, symptoms)

    assert diagnosis.causes[0].id == "wrong_normalization"


@pytest.mark.benchmark(group="diagnosis")
def test_plain_program(benchmark, symptoms, program, knowledge):
    """The yardstick: the same weights by nested ifs, without a trace."""
    weights = benchmark(program, Inference(symptoms, knowledge).values)

    assert max(weights, key=weights.__getitem__) == "wrong_normalization"


@pytest.mark.benchmark(group="whole report")
def test_diagnose_with_everything_told(benchmark, symptoms):
    """A diagnosis with causes, actions, open questions and path worked out, as `--json` prints
    it.
    """
    text = benchmark(lambda: diagnose(symptoms).model_dump_json())

    assert '"wrong_normalization"' in text


@pytest.mark.benchmark(group="next question")
@pytest.mark.parametrize("answers", [0, 10, 30])
def test_next_question(benchmark, symptoms, answers):
    """The next question of an interview, from nothing, from ten and from thirty answers."""
    known = Symptoms.of(**dict(list(symptoms.observed.items())[:answers]))

    step = benchmark(interview.next_question, known)

    assert getattr(step, "then", step).symptom not in known.observed


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

    assert base.checks


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

    seen = benchmark.pedantic(lambda: observed(read(path)[0]), rounds=1)

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
