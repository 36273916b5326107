"""`mldx diagnose`, end to end: what is printed, and the exit code a script can rely on."""

import gzip
import importlib
import json
import os
import pickle
import shutil
import subprocess
import sys

import pytest

from mldx import diagnose, observe
from mldx.cli.facts import given
from mldx.knowledge import rules_folder
from tests.kit import NOT_READ, made_logs

SICK = (
    "epoch,loss,val_loss,accuracy\n"
    "0,2.31,2.31,0.1\n1,4.9,5.0,0.1\n2,80,81,0.1\n3,900,901,0.1\n4,nan,nan,0.1\n"
)
CALM = "epoch,loss,val_loss,accuracy,val_accuracy\n" + "".join(
    f"{n},{2.3 * left + 0.2:.4f},{2.3 * left + 0.21:.4f},{0.95 - 0.85 * left:.4f},"
    f"{0.94 - 0.85 * left:.4f}\n"
    for n, left in ((n, 0.6**n) for n in range(20))  # at rest by the end, validation level with it
)


@pytest.fixture
def sick(tmp_path):
    path = tmp_path / "sick.csv"
    path.write_text(SICK)
    return str(path)


@pytest.fixture
def calm(tmp_path):
    path = tmp_path / "calm.csv"
    path.write_text(CALM)
    return str(path)


def test_fault_is_exit_code_one(mldx, sick):
    """A fault above the reporting line ends with exit code 1, the cause named."""
    told = mldx("diagnose", sick)

    assert (told.exit_code, "FAULTY" in told.stdout, "learning_rate_too_high" in told.stdout) == (
        1,
        True,
        True,
    )


def test_healthy_run_is_exit_code_zero(mldx, calm):
    """A healthy run ends with exit code 0 and no fault."""
    told = mldx("diagnose", calm)

    assert (told.exit_code, "No fault found" in told.stdout) == (0, True)


def test_report_holds_what_a_person_needs(mldx, sick):
    """The report has the curve, the causes, the next actions with minutes, and says how to see
    more.
    """
    told = mldx("diagnose", sick).stdout

    assert all(part in told for part in ("loss: * train", "Causes", "Next", "min", "--full"))


def test_full_report_holds_the_rest(mldx, sick):
    """With `--full` the evidence in dB, what is still unknown, and what dB and percentages mean."""
    told = " ".join(mldx("diagnose", sick, "--full").stdout.split())

    assert all(
        part in told for part in ("+3 dB", "Still unknown", "ten times as likely", "add up to 100")
    )


def test_unjudged_stages_say_why(mldx, sick):
    """A stage that could not be judged is named with the reason."""
    told = mldx("diagnose", sick, "--full").stdout

    assert "Drill-down could not be judged: loss_nonfinite is" in " ".join(told.split())


def test_two_actions_at_most(mldx, sick):
    """The report names two next actions, for two different things."""
    told = mldx("diagnose", sick).stdout.split("Next\n")[1]

    assert [line[1] for line in told.splitlines() if line[:2].strip().isdigit()] == ["1", "2"]


def test_piped_output_has_no_colour(sick):
    """What is piped holds no escape sequence."""
    done = subprocess.run(
        [sys.executable, "-m", "mldx", "diagnose", sick], capture_output=True, check=False
    )

    assert b"\x1b" not in done.stdout


def test_json_holds_the_fixed_keys(mldx, sick):
    """`--json` prints one document with the keys that scripts rely on."""
    told = json.loads(mldx("diagnose", sick, "--json").stdout)

    fixed = [
        "mldx",
        "knowledge",
        "verdict",
        "causes",
        "actions",
        "open_questions",
        "path",
        "conflicts",
        "unexplained",
    ]
    assert (
        set(fixed) <= set(told),
        {"id", "title", "stage", "probability", "evidence"} <= set(told["causes"][0]),
    ) == (
        True,
        True,
    )


def test_json_is_the_same_twice(mldx, sick):
    """The same input gives the same bytes."""
    assert mldx("diagnose", sick, "--json").stdout == mldx("diagnose", sick, "--json").stdout


def test_several_paths_make_one_table(mldx, sick, calm):
    """Several runs make one table, the sick one first, and the exit code is the worst."""
    told = mldx("diagnose", calm, sick)

    assert told.exit_code == 1
    assert told.stdout.index("sick.csv") < told.stdout.index("calm.csv")
    assert "1 faulty, 0 undecided, 1 healthy, 0 unreadable" in told.stdout


def test_one_bad_path_does_not_lose_the_others(mldx, sick, tmp_path):
    """A path that cannot be read is told, the others are diagnosed, and the exit code is 2."""
    told = mldx("diagnose", sick, str(tmp_path / "gone.csv"))

    assert (told.exit_code, "gone.csv" in told.stderr, "sick.csv" in told.stdout) == (2, True, True)


def test_several_paths_as_json_are_a_list(mldx, sick, calm):
    """Several runs as JSON are a list in the order given."""
    told = json.loads(mldx("diagnose", sick, calm, "--json").stdout)

    assert [one["verdict"] for one in told] == ["faulty", "healthy"]


def test_a_folder_of_runs_is_many_runs(mldx, tmp_path):
    """Each run of a folder has its line, and the exit code is the worst of them."""
    for name, log in (("version_0", SICK), ("version_1", CALM)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "metrics.csv").write_text(log)

    told = mldx("diagnose", str(tmp_path))

    assert (told.exit_code, "1 faulty, 0 undecided, 1 healthy" in told.stdout) == (1, True)
    assert all(f"version_{n}" in told.stdout for n in (0, 1))


def test_the_other_runs_of_a_log_are_named(mldx, tmp_path):
    """The run that is judged is named at the top, and each other run in a line."""
    path = tmp_path / "log.csv"
    path.write_text(CALM + CALM.split("\n", 1)[1])

    above = " ".join(mldx("diagnose", str(path)).stdout.partition("No fault found")[0].split())

    assert "2 runs in one log (20, 20 points); the last is judged" in above
    assert "not judged, run 1: 20 points, epoch 0 to 19" in above


def test_json_lines(mldx, sick, calm, tmp_path):
    """`--jsonl` prints a line for each run that can be read, with its path."""
    told = mldx("diagnose", sick, str(tmp_path / "gone.csv"), calm, "--jsonl")

    lines = [json.loads(line) for line in told.stdout.splitlines()]
    assert [(one["read"]["path"], one["verdict"]) for one in lines] == [
        (sick, "faulty"),
        (calm, "healthy"),
    ]
    assert (told.exit_code, "gone.csv" in told.stderr) == (2, True)


def test_many_runs_are_put_out_as_they_come(mldx, sick, calm, monkeypatch):
    """Of many runs one is held at a time: the first two are printed before the fourth is read."""
    from mldx import readers
    from mldx.cli import diagnose_output

    order = []
    read, put_out = readers.each_run, diagnose_output.JsonLines.take
    monkeypatch.setattr(
        readers, "each_run", lambda path, series: order.append("read") or read(path)
    )
    monkeypatch.setattr(
        diagnose_output.JsonLines, "take", lambda *of: order.append("told") or put_out(*of)
    )
    mldx("diagnose", sick, calm, sick, calm, "--jsonl")

    assert order == ["read", "read", "told", "told", "read", "told", "read", "told"]


def test_infinities_never_reach_json(mldx, tmp_path):
    """A figure that is infinite is a word in JSON, which has no number for it."""
    from mldx.cli.diagnose_output import json_text

    assert json.loads(json_text({"db": [float("inf"), 1.5]})) == {"db": ["inf", 1.5]}


def test_markdown(mldx, sick):
    """`--markdown` prints the report for an issue, with the exit code of the verdict."""
    told = mldx("diagnose", sick, "--markdown")

    assert (told.exit_code, "# " in told.stdout, "learning_rate_too_high" in told.stdout) == (
        1,
        True,
        True,
    )


def test_markdown_before_the_path(mldx, sick):
    """A log behind `--markdown` is a log and not the file to write."""
    before, after = mldx("diagnose", "--markdown", sick), mldx("diagnose", sick, "--markdown")

    assert (before.stdout, before.exit_code) == (after.stdout, 1)


def test_markdown_in_a_file(mldx, sick, calm, tmp_path):
    """`--markdown FILE.md` writes the reports of all runs, beside what is printed."""
    path = tmp_path / "report.md"
    told = mldx("diagnose", sick, calm, f"--markdown={path}")

    assert "1 faulty" in told.stdout
    assert f"# {calm}" in path.read_text(encoding="utf-8")


def test_nothing_to_diagnose(mldx):
    """Without a path the command says what it needs."""
    told = mldx("diagnose")

    assert (told.exit_code, "there is nothing to diagnose" in told.stderr) == (2, True)


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "utf-8"])
@pytest.mark.parametrize("option", ["--full", "--json", "--markdown"])
def test_any_encoding_of_the_output(sick, encoding, option):
    """What a stream cannot encode is replaced, and the exit code is that of the verdict."""
    done = subprocess.run(
        [sys.executable, "-m", "mldx", "diagnose", sick, option],
        capture_output=True,
        check=False,
        env={**os.environ, "PYTHONIOENCODING": encoding},
    )

    assert (done.returncode, done.stderr) == (1, b"")
    assert "learning_rate_too_high" in done.stdout.decode(encoding)


def test_a_defect_is_told_as_ours(mldx, sick, monkeypatch):
    """An error that nobody expected is no traceback and no verdict: it says that it is ours."""
    from mldx import readers

    def broken(path):
        raise KeyError("x")

    monkeypatch.setattr(readers, "each_run", broken)
    told = mldx("diagnose", sick)

    assert (told.exit_code, "Traceback" in told.output) == (2, False)
    assert "this is a defect of mldx" in told.stderr
    assert "help: report it as an issue of mldx" in told.stderr


def test_interrupted(mldx, sick, monkeypatch):
    """Ctrl-C ends with exit code 130 and no traceback."""
    from mldx import readers

    def interrupted(path, series):
        raise KeyboardInterrupt

    monkeypatch.setattr(readers, "each_run", interrupted)
    told = mldx("diagnose", sick)

    assert (told.exit_code, "Traceback" in told.output) == (130, False)


def test_standard_input(mldx):
    """`-` reads the log from standard input."""
    told = mldx("diagnose", "-", stdin=SICK)

    assert (told.exit_code, "FAULTY" in told.stdout) == (1, True)


def test_facts_on_the_command_line(mldx, calm):
    """Facts that the log does not hold can be given, and they speak."""
    facts = [
        "task=binary",
        "output_activation=softmax",
        "output_units=1",
        "loss_fn=binary_crossentropy",
    ]
    told = mldx("diagnose", calm, *[part for fact in facts for part in ("--set", fact)], "--json")

    assert json.loads(told.stdout)["causes"][0]["id"] == "wrong_output_layer"


@pytest.mark.parametrize(
    "written, id, value",
    [
        ("lr=0.1", "learning_rate", 0.1),
        ("train_size=5k", "train_size", 5000),
        ("val samples=5,000", "val_size", 5000),
        ("loss=BCEWithLogitsLoss", "loss_fn", "BCEWithLogitsLoss"),
        ("bad_label_fraction=41 %", "bad_label_fraction", 0.41),
        ("class_counts=[900, 100]", "class_counts", [900, 100]),
    ],
)
def test_facts_as_people_write_them(knowledge, written, id, value):
    """Short names, thousands and percentages are understood."""
    assert given([written], knowledge) == {id: value}


def test_a_fact_that_is_mistyped(mldx, calm):
    """A fact that is nearly one is answered with the right name."""
    told = mldx("diagnose", calm, "--set", "lerning_rate=0.1")

    assert (told.exit_code, "help: write `learning_rate`" in told.stderr) == (2, True)


def test_disagreement_is_reported(mldx, sick):
    """An answer that the log contradicts is reported, and the log is believed."""
    told = mldx("diagnose", sick, "--set", "loss_nonfinite=never")

    said = "loss nonfinite: late (measured) is used, never (answered) is not."
    assert said in " ".join(told.stdout.split())


def test_unknown_spelling_is_reported(mldx, calm):
    """A name that the vocabulary does not know is kept, reported and not guessed."""
    told = mldx("diagnose", calm, "--set", "optimizer=Grokfast9000")

    assert "'Grokfast9000' is not in the vocabulary" in " ".join(told.stdout.split())


BAD = {
    "a log of one column": ("one.csv", b"loss\n\n", "one.csv"),
    "a log that is cut off in its header": ("cut.csv", b"epoch,trai", "cut.csv"),
    "a missing file": ("runs.csv", None, "runs.csv"),
    "an empty file": ("empty.csv", b"", "empty"),
    "a binary file": ("weights.csv", bytes(range(256)) * 20, "binary"),
    "a truncated archive": ("log.csv.gz", gzip.compress(SICK.encode())[:-9], "cannot be unpacked"),
    "a pickle": ("history.pkl", pickle.dumps({"loss": [1, 2]}), "pickle"),
    "a truncated JSON": (
        "state.json",
        b'{"log_history": [{"loss": 1.0, "step": 1}, {"lo',
        "state.json:1:",
    ),
    "a CSV without a loss": ("table.csv", b"epoch,speed\n0,1.0\n1,2.0\n", "loss"),
    "text without numbers": (
        "notes.txt",
        b"It trained for a while and then it stopped.\n",
        "notes.txt",
    ),
    "a word in a column of numbers": (
        "m.csv",
        b"epoch,train_loss,val_loss\n0,1.0,1.1\n1,0.9,-\n",
        "m.csv:3: val_loss",
    ),
    "a record with a wrong type": (
        "r.json",
        b'{"history": {"train_loss": [1, "two", 3]}}',
        "train_loss",
    ),
    "a record with an unknown symptom": (
        "r.json",
        b'{"answers": {"train_loss_flta": true}}',
        "train_loss_flat",
    ),
    "a record with an unknown key": ("r.json", b'{"histroy": {}, "setup": {}}', "history"),
    "a record with an impossible value": (
        "r.json",
        b'{"answers": {"generalization_gap": -7}}',
        "generalization_gap",
    ),
    "a record with an impossible setup": ("r.json", b'{"setup": {"batch_size": 0}}', "batch_size"),
}


@pytest.mark.parametrize("kind", BAD)
def test_bad_input(mldx, tmp_path, kind):
    """Bad input ends with one clear message, exit code 2 and no traceback."""
    name, content, hint = BAD[kind]
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)

    told = mldx("diagnose", str(path))

    assert (told.exit_code, hint in told.stderr, "expected:" in told.stderr) == (2, True, True), (
        told.stderr
    )
    assert "Traceback" not in told.output


def test_log_of_one_epoch(mldx, tmp_path):
    """A log of one epoch is judged as far as it allows, which is not at all: undecided, and said
    so.
    """
    path = tmp_path / "short.csv"
    path.write_text("epoch,loss,val_loss\n0,2.3,2.3\n")

    told = mldx("diagnose", str(path))

    assert (told.exit_code, "UNDECIDED" in told.stdout) == (0, True)


def test_folder_without_a_log(mldx, tmp_path):
    """A folder without a log is told as such."""
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "notes.md").write_text("# nothing here\n")

    told = mldx("diagnose", str(tmp_path / "run"))

    assert (told.exit_code, str(tmp_path / "run") in told.stderr) == (2, True)


@pytest.mark.parametrize(
    "fact",
    ["optimizer", "=adam", "train_loss_flat=perhaps", "batch_size=-1", "lerning_rate=0.1"],
)
def test_bad_fact(mldx, calm, fact):
    """A fact that cannot be one ends with exit code 2 and the field's name."""
    told = mldx("diagnose", calm, "--set", fact)

    assert (told.exit_code, "Traceback" in told.output) == (2, False)


def test_unknown_option(mldx, calm):
    """An unknown option ends with exit code 2."""
    assert mldx("diagnose", calm, "--colour").exit_code == 2


def test_broken_rule_file(mldx, calm, tmp_path, monkeypatch):
    """A broken rule file is told with file and line, what was expected and the help, and ends with
    exit code 2.
    """
    folder = tmp_path / "rules"
    shutil.copytree(rules_folder(), folder)
    syndromes = folder / "syndromes.yaml"
    syndromes.write_text(
        syndromes.read_text().replace("loss_shape: {is: flat}", "loss_shpae: {is: flat}")
    )
    loader = importlib.import_module("mldx.knowledge.loader")
    monkeypatch.setattr(loader, "rules_folder", lambda: folder)

    loader.shipped.cache_clear()
    told = mldx("diagnose", calm)
    loader.shipped.cache_clear()

    assert told.exit_code == 2
    assert "syndromes.yaml:" in told.stderr
    assert "help: write `loss_shape`" in told.stderr


def test_every_log_of_a_real_tool_is_diagnosed(mldx):
    """Every log that a real tool wrote is recognized, read and diagnosed."""
    logs = [path for path in made_logs() if path.name not in NOT_READ]

    told = json.loads(mldx("diagnose", *map(str, logs), "--json").stdout)

    paths = [one["read"]["path"] for one in told]
    assert all(path.startswith(str(log)) for path, log in zip(paths, logs, strict=True))


def test_report_as_html(mldx, sick, tmp_path):
    """`--html` writes the report as one page beside what is printed, and says where it is."""
    told = mldx("diagnose", sick, "--html", str(tmp_path / "report.html"))

    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert (
        told.exit_code,
        "FAULTY" in told.stdout,
        str(tmp_path / "report.html") in told.stderr,
    ) == (1, True, True)
    assert (
        page.startswith("<!doctype html>")
        and "first NaN or infinity (epoch 4)" in page
        and "sick.csv" in page
    )


def test_report_as_html_beside_json(mldx, sick, tmp_path):
    """With `--json` what is printed stays one document, and the page is written all the same."""
    told = mldx("diagnose", sick, "--json", "--html", str(tmp_path / "report.html"))

    assert (json.loads(told.stdout)["verdict"], (tmp_path / "report.html").exists()) == (
        "faulty",
        True,
    )


def test_several_reports_are_numbered(mldx, sick, calm, tmp_path):
    """Of several runs each has a page of its own, numbered in the order given; one that cannot be
    read has none.
    """
    mldx(
        "diagnose", sick, str(tmp_path / "gone.csv"), calm, "--html", str(tmp_path / "report.html")
    )

    pages = sorted(tmp_path.glob("*.html"))
    assert [page.name for page in pages] == ["report-1.html", "report-2.html"]
    assert [
        "sick.csv" in pages[0].read_text(encoding="utf-8"),
        "calm.csv" in pages[1].read_text(encoding="utf-8"),
    ] == [
        True,
        True,
    ]


@pytest.mark.parametrize("place", ["nowhere/report.html", "folder.html"])
def test_report_that_cannot_be_written(mldx, calm, tmp_path, place):
    """A place that cannot be written is told by its name, with exit code 2, after the diagnosis."""
    (tmp_path / "folder.html").mkdir()
    told = mldx("diagnose", calm, "--html", str(tmp_path / place))

    assert (told.exit_code, "No fault found" in told.stdout, "Traceback" in told.output) == (
        2,
        True,
        False,
    )
    assert f"{tmp_path / place}: it cannot be written" in told.stderr


@pytest.mark.parametrize("name", ["sick.csv", "", ".", "-"])
def test_report_over_a_log(mldx, sick, calm, tmp_path, monkeypatch, name):
    """A page goes to a name of a page only, so that `--html *.csv` costs nobody a log."""
    monkeypatch.chdir(tmp_path)

    told = mldx("diagnose", calm, calm, "--html", name)

    assert (told.exit_code, "ends in .html" in told.stderr, "Traceback" in told.output) == (
        2,
        True,
        False,
    )
    assert (tmp_path / "sick.csv").read_text() == SICK


def test_report_of_answers_has_no_curves(mldx, tmp_path):
    """A record of answers alone makes a page without curves."""
    (tmp_path / "run.json").write_text(
        '{"answers": {"loss_shape": "flat", "tiny_overfit_result": "plateau"}}'
    )
    mldx("diagnose", str(tmp_path / "run.json"), "--html", str(tmp_path / "report.html"))

    assert '<h2 id="curves-head">' not in (tmp_path / "report.html").read_text(encoding="utf-8")


def test_hostile_file_name_in_a_report(mldx, tmp_path):
    """A file whose name is markup is named on the page and does nothing there."""
    path = tmp_path / "<img src=x onerror=alert(1)>.csv"
    path.write_text(SICK)
    mldx("diagnose", str(path), "--html", str(tmp_path / "report.html"))

    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert ("&lt;img src=x onerror=alert(1)&gt;.csv" in page, "<img" in page) == (True, False)


DOUBTFUL = "epoch,loss\n" + "".join(f"{i},{one}\n" for one in range(8) for i in (1, 2))


def test_a_log_that_may_be_misread_is_refused(mldx, tmp_path):
    """Nothing is concluded from curves that are not sure; it says why, what was seen, and what
    helps.
    """
    log = tmp_path / "log.csv"
    log.write_text(DOUBTFUL)
    told = mldx("diagnose", str(log))

    assert (told.exit_code, told.stdout) == (2, "")
    assert "it could not be read surely: 8 runs in one log" in told.stderr
    assert "these series were seen: `loss` (2 points)" in told.stderr
    assert "--series train_loss=NAME" in told.stderr


def test_what_a_person_says_is_judged_though_the_log_is_not_sure(mldx, tmp_path):
    """With a fact given the report opens with the doubt, and judges no curve."""
    log = tmp_path / "log.csv"
    log.write_text(DOUBTFUL)
    told = mldx("diagnose", str(log), "--set", "n_classes=10")
    found = json.loads(mldx("diagnose", str(log), "--set", "n_classes=10", "--json").stdout)

    assert (told.exit_code, found["verdict"], found["syndromes"]) == (0, "undecided", [])
    assert "This log could not be read surely" in told.stdout.splitlines()[2]
    assert found["read"]["doubts"] == ["8 runs in one log, and the one judged has 2 points"]


def test_naming_the_loss_ends_the_doubt(mldx, tmp_path):
    """`--series` is a person's word, and the run is judged."""
    log = tmp_path / "log.csv"
    log.write_text(DOUBTFUL)

    assert mldx("diagnose", str(log), "--series", "train_loss=loss").exit_code in (0, 1)


def test_a_series_is_chosen_on_the_command_line_as_in_code(mldx, tmp_path):
    """`--series`, `diagnose(series=...)` and `observe.run(series=...)` take the same series."""
    log = tmp_path / "log.csv"
    rows = "".join(f"{i},{2.3 - i / 9},{9 + i * i}\n" for i in range(12))
    log.write_text(f"epoch,loss,total_loss\n{rows}")
    wanted = {"train_loss": "total_loss"}

    told = json.loads(
        mldx("diagnose", str(log), "--json", "--series", "train_loss=total_loss").stdout
    )
    assert told["syndromes"][0]["id"] == "diverging"
    for found in (
        diagnose(str(log), series=wanted),
        diagnose(observe.run(log, series=wanted)),
        diagnose({"loss": [2.0] * 12, "total_loss": [9.0 + i * i for i in range(12)]},
                 series=wanted),
    ):  # fmt: skip
        assert found.syndromes[0].id == "diverging"


def test_the_diagnosis_as_data_says_what_was_read(mldx, sick):
    """`read` has the path, the format and every series with its points and ends."""
    told = json.loads(mldx("diagnose", sick, "--json").stdout)["read"]

    assert told["path"] == sick
    assert {"format", "series", "ignored", "notes", "others", "doubts"} <= set(told)
    assert {"key", "points", "first", "last"} <= set(told["series"][0])


def test_a_task_that_is_none_is_refused(mldx, calm):
    """What decides which checks apply is refused where the rules do not know it, with the names."""
    told = mldx("diagnose", calm, "--set", "task=multiclas")

    assert told.exit_code == 2
    assert "one of binary, multiclass" in " ".join(told.stderr.split())
    assert "write `multiclass`" in told.stderr


@pytest.fixture
def leaky(tmp_path):
    """Training and validation data that share rows, and predictions of one answer."""
    import numpy as np
    import polars as pl

    dice = np.random.default_rng(0)
    x = dice.normal(size=(300, 3))
    y = (x.sum(axis=1) + dice.normal(size=300) > 0).astype(int)
    table = pl.DataFrame(x, schema=["a", "b", "c"]).with_columns(y=y)
    table.write_parquet(tmp_path / "train.parquet")
    table[:100].write_csv(tmp_path / "val.csv")
    pl.DataFrame({"y_true": [0, 1] * 50, "y_pred": [0] * 100}).write_csv(tmp_path / "preds.csv")
    return tmp_path


def test_data_beside_a_log(mldx, leaky):
    """Data and predictions beside a log are looked at, and the copies are found."""
    log = leaky / "log.csv"
    log.write_text("epoch,loss,val_loss\n1,0.7,0.7\n2,0.5,0.5\n3,0.4,0.4\n4,0.35,0.36\n")
    given = ("--val", str(leaky / "val.csv"), "--target", "y", "--set", "domain=tabular")

    ran = mldx("diagnose", str(log), "--data", str(leaky / "train.parquet"), *given, "--json")
    found = json.loads(ran.stdout)
    assert "train_val_duplicates" in [one["id"] for one in found["causes"][:3]]
    figures = [one["figure"] for one in found["causes"][0]["evidence"]]
    assert any("100 validation rows occur in training" in one for one in figures)


def test_predictions_without_a_log(mldx, leaky):
    """Predictions alone are diagnosed; no log is needed."""
    ran = mldx("diagnose", "--predictions", str(leaky / "preds.csv"), "--json")

    assert any(one["id"] == "one_answer" for one in json.loads(ran.stdout)["syndromes"])


@pytest.mark.parametrize(
    "given,part",
    [
        (("--data", "gone.parquet"), "there is no such file"),
        (("--val", "val.csv"), "it says nothing alone"),
        (("--data", "val.csv", "--target", "price"), "no column `price`"),
    ],
)
def test_data_that_cannot_be_used(mldx, leaky, given, part, monkeypatch):
    """Data that cannot be read ends with exit code 2 and says why."""
    monkeypatch.chdir(leaky)
    ran = mldx("diagnose", *given)

    assert ran.exit_code == 2
    assert part in ran.stderr
