"""README and CONTRIBUTING are true: their code runs, their commands exist, their rules hold."""

import json
import re

import pytest

from .conftest import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
BOTH = README + CONTRIBUTING


def test_code_runs(capsys):
    """The examples in Python run, one after the other, and print what their comments say."""
    exec("\n".join(re.findall(r"```python\n(.*?)```", README, re.DOTALL)), {})

    assert capsys.readouterr().out.splitlines()[:2] == ["faulty", "learning_rate_too_high"]


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
