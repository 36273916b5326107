"""The README is true: its code runs, its commands exist, its figures are those of the rules."""

import json
import re

import pytest

from .conftest import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_code_runs(capsys):
    """The example in Python runs and prints what its comments say."""
    code = re.search(r"```python\n(.*?)```", README, re.DOTALL)[1]

    exec(code, {})

    assert capsys.readouterr().out.splitlines()[:2] == ["faulty", "learning_rate_too_high"]


def own_rules(folder):
    """Write the README's example of rules of one's own into a folder."""
    for name, text in re.findall(r"# ours/(\S+)\n(.*?)(?=\n# ours/|\n```)", README, re.DOTALL):
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text + "\n", encoding="utf-8")
    return str(folder)


def test_own_rules_are_clean_and_tested(mldx, tmp_path):
    """The example of rules of one's own has no error, and its cases pass."""
    ours = own_rules(tmp_path / "ours")

    assert mldx("rules", "check", "--extend", ours).exit_code == 0
    assert mldx("rules", "test", "--extend", ours).exit_code == 0


def test_own_rules_name_the_new_cause(mldx, tmp_path):
    """The example's answer names the example's cause first."""
    ours = own_rules(tmp_path / "ours")
    run = tmp_path / "run.json"
    run.write_text('{"setup": {}}')
    told = mldx("diagnose", str(run), "--extend", ours, "--set", "custom.sensor_drift=12", "--json")

    assert json.loads(told.stdout)["causes"][0]["id"] == "sensor_out_of_calibration"


@pytest.mark.parametrize("line", re.findall(r"^\$ mldx (.*?)(?:\s+#.*)?$", README, re.MULTILINE))
def test_command_exists(mldx, line):
    """Every command that the README shows is one, with the options it shows."""
    name, *rest = line.split()
    told = mldx(
        name,
        *[part for part in rest if not part.startswith("-")][:1] if name == "rules" else [],
        "--help",
    ).stdout

    assert all(option in told for option in rest if option.startswith("--"))


def test_two_commands_do_the_set_up():
    """The README holds one command that runs the main job and one that passes the tests."""
    commands = re.findall(r"^python3 -m venv .*$", README, re.MULTILINE)

    assert [command.split()[-2:] for command in commands] == [
        ["diagnose", "tests/runs/census_unscaled.json"],
        ["&&", ".venv/bin/pytest"],
    ]


def test_links_lead_somewhere():
    """Every file that the README links to is there."""
    links = re.findall(r"\]\(([^)#:]+)\)", README)

    assert [link for link in links if not (ROOT / link).exists()] == []
