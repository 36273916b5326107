"""README and CONTRIBUTING are true: their code runs, their commands exist, their rules hold."""

import json
import re
import tomllib

import pytest

from .conftest import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
BOTH = README + CONTRIBUTING


def test_code_runs(capsys):
    """The examples in Python run, one after the other, and print what their comments say."""
    exec("\n".join(re.findall(r"```python\n(.*?)```", README, re.DOTALL)), {})
    told = capsys.readouterr().out.splitlines()

    assert told[:2] == ["faulty", "learning_rate_too_high"]
    assert "Too good to be true: 100 % of 40 validation rows occur in training." in told
    assert "2 of 4 are wrong; the first 2, surest first" in told


@pytest.mark.framework
def test_code_for_torch_runs(capsys, monkeypatch, tmp_path):
    """The example of a model of torch runs beside a log; it is skipped where torch is missing."""
    torch = pytest.importorskip("torch")
    from mldx import diagnose, observe

    monkeypatch.chdir(with_files(tmp_path))
    net = torch.nn.Linear(4, 3)
    batch = torch.randn(16, 4), torch.randint(0, 3, (16,))
    names = {
        "net": net,
        "optimizer": torch.optim.SGD(net.parameters(), lr=0.1),
        "loss_fn": torch.nn.CrossEntropyLoss(),
        "inputs": batch[0],
        "targets": batch[1],
        "diagnose": diagnose,
        "observe": observe,
    }
    exec(re.search(r"```py\n(.*?)```", README, re.DOTALL)[1], names)

    assert names["seen"].facts["optimizer"] == "sgd"
    assert "train" in capsys.readouterr().out


CURVE = "epoch,train_loss,val_loss\n1,2.3,2.3\n2,1.9,2.0\n3,1.6,1.8\n4,1.4,1.7\n5,1.3,1.6\n"


def with_files(folder):
    """Write the files that the README's commands name: logs, tables of data, answers."""
    for name in ("metrics.csv", "other.csv", "old.log", "new.log", "sweep.csv"):
        (folder / name).write_text(CURVE)
    for name in ("exp1", "exp2", "nightly", "good", "bad"):
        (folder / "runs" / name).mkdir(parents=True)
        (folder / "runs" / name / "metrics.csv").write_text(CURVE)
    rows = "".join(
        f"{fold},{CURVE.splitlines()[epoch]}\n" for fold in range(1, 5) for epoch in (1, 2, 3)
    )
    (folder / "sweep.csv").write_text("seed," + CURVE.splitlines()[0] + "\n" + rows)
    (folder / "train.log").write_text(
        "".join(f"epoch {n} total_loss {3 / n:.3f} part_loss {1 / n:.3f}\n" for n in range(1, 9))
    )
    for name, first in (("train.csv", 0), ("val.csv", 100)):
        people = (f"{18 + n % 60},{n * 37 % 900},{n % 2}" for n in range(first, first + 100))
        (folder / name).write_text("age,income,approved\n" + "\n".join(people) + "\n")
    pairs = (f"{n % 2},{n % 3 % 2}" for n in range(60))
    (folder / "answers.csv").write_text("y_true,y_pred\n" + "\n".join(pairs) + "\n")
    return folder


RUN = re.findall(r"^\$ mldx ((?:read|diagnose|compare) .*?)(?:\s+[#>].*)?$", README, re.MULTILINE)


@pytest.mark.parametrize("line", RUN)
def test_command_runs(mldx, monkeypatch, tmp_path, line):
    """Every command of the README that reads something does so, and finds it good input."""
    monkeypatch.chdir(with_files(tmp_path))
    told = mldx(*line.split())

    assert told.exit_code in {0, 1}, told.output


def test_named_extras_exist():
    """Whatever a text or an error tells to install with `pip install 'mldx[...]'` is an extra."""
    extras = set(
        tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    )
    code = "".join(path.read_text(encoding="utf-8") for path in ROOT.glob("engine/mldx/**/*.py"))
    named = set(re.findall(r"(?:mldx|'\.)\[([a-z,]+)\]", BOTH + code))

    assert {one for names in named for one in names.split(",")} <= extras
    assert {"data", "mcp", "svg", "torch", "web", "zstd"} <= named


def test_sample_is_what_the_terminal_shows(mldx):
    """The sample of a diagnosis has the verdict, causes and percentages that the command prints."""
    sample = re.search(r"```text\n(.*?)```", README, re.DOTALL)[1]
    told = mldx("diagnose", str(ROOT / "tests" / "runs" / "census_unscaled.json")).stdout

    figures = re.compile(r"^ [A-Z]+ |^ *[<\d]+ % [\w ]+", re.MULTILINE)
    assert figures.findall(sample) == figures.findall(told) != []


def own_rules(folder):
    """Write the example of rules of one's own into a folder."""
    for name, text in re.findall(
        r"# ours/(\S+)\n(.*?)(?=\n# ours/|\n```)", CONTRIBUTING, re.DOTALL
    ):
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text + "\n", encoding="utf-8")
    return str(folder)


def test_own_rules_are_clean_and_tested(mldx, tmp_path):
    """The example of rules of one's own has no remark, and its cases pass."""
    ours = own_rules(tmp_path / "ours")
    remarks = json.loads(mldx("rules", "check", "--extend", ours, "--json").stdout)["remarks"]
    cases = json.loads(mldx("rules", "test", "--extend", ours, "--json").stdout)

    assert [one for one in remarks if one["where"].startswith(ours)] == []
    assert [one["misses"] for one in cases if one["where"].startswith(ours)] == [[], []]


def test_own_rules_name_the_new_cause(mldx, tmp_path):
    """The example's answer names the example's cause first."""
    ours = own_rules(tmp_path / "ours")
    run = tmp_path / "run.json"
    run.write_text('{"setup": {}}')
    told = mldx("diagnose", str(run), "--extend", ours, "--set", "sensor_drift=12", "--json")

    assert json.loads(told.stdout)["causes"][0]["id"] == "sensor_out_of_calibration"


@pytest.mark.parametrize("line", re.findall(r"^\$ mldx (.*?)(?:\s+#.*)?$", BOTH, re.MULTILINE))
def test_command_exists(mldx, line):
    """Every command that is shown is one, with the options it shows."""
    name, *rest = line.split()
    told = mldx(
        name,
        *[part for part in rest if not part.startswith("-")][:1] if name == "rules" else [],
        "--help",
    ).stdout

    assert all(option.split("=")[0] in told for option in rest if option.startswith("--"))


def test_two_commands_do_the_set_up():
    """The README holds one command that runs the main job and one that passes the tests."""
    commands = re.findall(r"^python3 -m venv .*$", README, re.MULTILINE)

    assert [command.split()[-2:] for command in commands] == [
        ["diagnose", "tests/runs/census_unscaled.json"],
        ["&&", ".venv/bin/pytest"],
    ]


def test_links_lead_somewhere():
    """Every file that is linked to is there."""
    links = re.findall(r"\]\(([^)#:]+)\)", BOTH)

    assert [link for link in links if not (ROOT / link).exists()] == []
