"""`mldx ask`, end to end: scripted answers to a verdict, resume, back, a log given first, bad
answers, broken off.
"""

import json
import signal
import subprocess
import sys

import pytest

from mldx.cli import COMMANDS, ask
from mldx.interview import Dialogue
from tests.kit.rules import write_files

SICK = "epoch,loss,val_loss\n0,2.31,2.31\n1,4.9,5.0\n2,80,81\n3,900,901\n4,nan,nan\n"
SAID = (
    "domain: vision\ntask: multiclass\noutput_loss_pair: double_softmax\n"
    "train_loss_slow: yes\nloss_shape: slow\n"
)


@pytest.fixture(autouse=True)
def data(tmp_path, monkeypatch):
    """A data folder of the test's own, and the command known to the command line."""
    monkeypatch.setenv("MLDX_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setitem(COMMANDS, "ask", "Answer questions, and be told the cause.")
    assert ask.command
    return tmp_path


@pytest.fixture
def log(tmp_path):
    path = tmp_path / "sick.csv"
    path.write_text(SICK)
    return str(path)


def test_answers_from_a_file_lead_to_a_verdict(mldx, data):
    """A file of answers is enough for the whole report, and a fault ends with exit code 1."""
    (data / "said.txt").write_text(SAID)

    told = mldx("ask", "--answers", str(data / "said.txt"))

    assert (told.exit_code, "FAULTY" in told.stdout, "double_softmax" in told.stdout) == (
        1,
        True,
        True,
    )


def test_answers_may_be_json(mldx, data):
    """A JSON mapping of answers is taken like lines."""
    (data / "said.json").write_text(
        json.dumps({"output_loss_pair": "double_softmax", "train_loss_slow": True})
    )

    assert "double_softmax" in mldx("ask", "--answers", str(data / "said.json")).stdout


def test_bad_answers_in_a_file_are_all_told(mldx, data):
    """Every bad answer of a file is told with what was expected, and the exit code is 2."""
    (data / "said.txt").write_text("loss_shape: wavy\nno_such_thing: yes\ntrain_loss_slow: yes\n")

    told = mldx("ask", "--answers", str(data / "said.txt"))

    assert (told.exit_code, "wavy" in told.stderr, "no_such_thing" in told.stderr) == (
        2,
        True,
        True,
    )


def test_lines_from_a_pipe_lead_to_a_verdict(mldx):
    """Lines `id: value` from a pipe are answers, and the end of the pipe is the end of the
    interview.
    """
    told = mldx("ask", stdin=SAID)

    assert (told.exit_code, "double_softmax" in told.stdout) == (1, True)


def test_bad_answer_is_told_and_asked_again(mldx):
    """A bad answer gets a message that says what was expected, and the interview goes on."""
    told = mldx("ask", stdin="loss_shape: wavy\nloss_shape: slow\nquit\n")

    assert "one of falling, slow" in " ".join(told.stdout.split())
    assert "loss_shape is slow" in told.stdout


def test_back_takes_an_answer_back(mldx):
    """After `back` the answer is gone."""
    told = mldx("ask", "--json", stdin="output_loss_pair: double_softmax\nback\nquit\n")

    assert json.loads(told.stdout)["causes"] == []


def test_help_and_why_are_told(mldx):
    """`?` tells where to look, `why` which causes the answer would part."""
    told = mldx("ask", "--all", stdin="?\nwhy\nquit\n").stdout

    assert "The answer would distinguish" in told


def test_curves_are_drawn_beside_the_words(mldx):
    """The shapes of a loss are drawn beside their names."""
    told = mldx("ask", "--all", stdin="skip\n" * 60 + "quit\n").stdout

    assert "oscillating" in told
    assert "⠒⠒⠒⠒⠒" in told


def test_log_is_not_asked_about(mldx, log):
    """Of a given log the report is told, and what it shows is not asked."""
    told = mldx("ask", "--all", log, stdin="skip\n" * 150)

    assert told.exit_code == 1
    assert (
        "Over the whole run, what does the training loss do?" not in told.stdout.split("FAULTY")[0]
    )


def test_log_can_be_overruled(mldx, log):
    """A person's word stands against the log, and the conflict is told."""
    told = json.loads(mldx("ask", "--json", log, stdin="loss_shape: flat\nquit\n").stdout)

    assert [(one["symptom"], one["kept"]) for one in told["conflicts"]] == [("loss_shape", "flat")]


def test_record_gives_the_same_diagnosis(mldx, data, log):
    """`mldx diagnose` of the written record names the same causes."""
    asked = mldx(
        "ask",
        "--json",
        log,
        "--record",
        str(data / "run.json"),
        stdin="optimizer: adam\nlearning_rate: 0.1\n",
    )
    again = mldx("diagnose", "--json", str(data / "run.json"))

    assert [(one["id"], one["probability"]) for one in json.loads(again.stdout)["causes"]] == [
        (one["id"], one["probability"]) for one in json.loads(asked.stdout)["causes"]
    ]


def test_complaint_is_understood_in_free_words(mldx):
    """At the menu a sentence is as good as a number: its complaint is told back with the first
    answer.
    """
    told = mldx("ask", stdin="my loss is nan, help!\nquit\n").stdout

    assert "Find the first bad step" in told
    assert "loss_nonfinite is at some point" in told


@pytest.mark.parametrize("said", ["3", "loss_nan", "Loss became NaN"])
def test_complaint_by_number_id_or_words(mldx, said):
    """A number, an id and words of the menu lead to the same first question."""
    told = mldx("ask", stdin=f"{said}\n\nskip\nquit\n").stdout

    assert "Question 1  stability, loss_nonfinite" in told


def test_first_answer_is_told_once(mldx):
    """The first answer is read once, and not at every question."""
    told = mldx("ask", "--complaint", "loss_nan", stdin="skip\n" * 5)

    assert told.stdout.count("Find the first bad step") == 1


def test_complaint_that_nobody_knows_is_refused(mldx):
    """Where nobody can be asked, a complaint that is not understood ends with exit code 2, and the
    nearest ones stand there in words.
    """
    told = mldx("ask", "--complaint", "my cat is ill")

    assert (told.exit_code, "The loss does not go down" in told.stderr) == (2, True)


def test_words_that_nobody_understands_do_not_end_the_interview(mldx):
    """At the menu such words are told, and the interview goes on without a complaint."""
    told = mldx("ask", stdin="my cat is ill\nloss_shape: slow\nquit\n").stdout

    assert "no complaint that the rules know fits" in told
    assert "loss_shape is slow" in told


def test_lines_of_a_script_keep_their_order(mldx):
    """Answers of a pipe that come before any question are taken in their order."""
    told = mldx("ask", "--json", stdin="loss_shape: slow\nback\ntrain_loss_slow: yes\nquit\n")
    seen = {
        one["symptom"] for cause in json.loads(told.stdout)["causes"] for one in cause["evidence"]
    }

    assert seen == {"train_loss_slow"}


@pytest.mark.parametrize("complaint", ["llm_loss_zero", "my LLM has loss 0.0"])
def test_file_of_answers_may_hold_the_complaint(mldx, data, complaint):
    """A complaint in the file counts as its answers, and an answer to the same question counts
    more.
    """
    (data / "said.txt").write_text(f"complaint: {complaint}\nsupervised_token_fraction: 0\n")

    told = mldx("ask", "--answers", str(data / "said.txt"), "--json")

    assert json.loads(told.stdout)["causes"][0]["id"] == "ignore_index_everything"


def test_bad_complaint_in_a_file_is_told(mldx, data):
    """A complaint that nobody knows is a fault of the file, like a bad answer."""
    (data / "said.txt").write_text("complaint: my cat is ill\nloss_shape: wavy\n")

    told = mldx("ask", "--answers", str(data / "said.txt"))

    assert (told.exit_code, "my cat is ill" in told.stderr, "wavy" in told.stderr) == (
        2,
        True,
        True,
    )


def test_own_complaint_is_heard_and_asked(mldx, data):
    """A complaint and a symptom of one's own rules are heard, asked, answered and resumed with
    `--extend`.
    """
    ours = data / "ours"
    checks = (
        "plate_off:\n  section: data\n  asks: Does the reference plate read wrong?\n  help: Look.\n"
        "  minutes: 1\n  usual: 1\n  with: {distribution_shift: 90}\n  basis: our service log\n"
    )
    complaint = (
        "sensor_drifts:\n  words: The sensor drifts\n  answer: Hold the plate in front of it.\n"
        "  asks: [plate_off]\n  heard: [sensor drifts]\n"
    )
    write_files(ours, {"data/checks.yaml": checks, "complaints.yaml": complaint})
    kept = str(data / "kept.json")

    mldx(
        "ask",
        "--extend",
        str(ours),
        "--save",
        kept,
        stdin="my sensor drifts\nskip\nsometimes\nyes\nquit\n",
    )
    told = mldx("ask", "--extend", str(ours), "--resume", kept, "--json", stdin="quit\n")

    steps = json.loads((data / "kept.json").read_text())["steps"]
    assert {"answers": {"plate_off": True}} in steps
    assert json.loads(told.stdout)["causes"][0]["id"] == "distribution_shift"


def test_what_the_complaint_still_asks_is_told(mldx):
    """Whoever could not answer the first questions is told at the end that they are worth
    provenance out.
    """
    told = mldx("ask", "--complaint", "loss_nan", stdin="precision: fp16\n").stdout.split(
        "it helps most to find out"
    )[1]

    assert ("nonfinite_onset" in told, "precision" in told) == (True, False)


def test_complaint_is_kept_and_resumed(mldx, data):
    """A kept interview holds the complaint as the first step, and goes on with its questions."""
    kept = str(data / "kept.json")
    mldx("ask", "--complaint", "loss_nan", "--save", kept, stdin="quit\n")
    before = json.loads((data / "kept.json").read_text())["steps"]
    told = mldx("ask", "--resume", kept, stdin="training\nskip\n").stdout

    assert before == [{"complaint": "loss_nan"}]
    assert "Question 1  stability, loss_nonfinite" in told


def test_overruled_record_keeps_the_curves(mldx, data, log):
    """An answer against a count is marked in the record, and `mldx diagnose` of it reports the same
    causes.
    """
    said = "loss_nonfinite: never\nn_classes: 10\n"
    asked = mldx("ask", "--json", log, "--record", str(data / "run.json"), stdin=said)
    again = mldx("diagnose", "--json", str(data / "run.json"))
    record = json.loads((data / "run.json").read_text())

    assert (record["overruled"], "train_loss" in record["history"]) == (["loss_nonfinite"], True)
    assert [(one["id"], one["probability"]) for one in json.loads(again.stdout)["causes"]] == [
        (one["id"], one["probability"]) for one in json.loads(asked.stdout)["causes"]
    ]


def test_menu_on_a_terminal_takes_free_words():
    """On a terminal the menu has a line for the person's own words."""
    questionary = pytest.importorskip("questionary")
    from prompt_toolkit.application import create_app_session
    from prompt_toolkit.input import create_pipe_input
    from prompt_toolkit.output import DummyOutput

    from mldx.cli.ask_terminal import TerminalUI

    with create_pipe_input() as keys, create_app_session(input=keys, output=DummyOutput()):
        keys.send_text("\x1b[B\rmy loss is nan\r")
        said = TerminalUI().complaint({"loss_nan": "The loss became NaN"}, ())

    assert (questionary.__name__, said) == ("questionary", "my loss is nan")


def test_kept_interview_is_resumed(mldx, data):
    """What was kept is known again, and the next answer is kept with it."""
    kept = str(data / "kept.json")
    mldx("ask", "--save", kept, stdin="output_loss_pair: double_softmax\nquit\n")
    mldx("ask", "--resume", kept, stdin="train_loss_slow: yes\nquit\n")

    steps = json.loads((data / "kept.json").read_text())["steps"]
    assert [step["answers"] for step in steps if "answers" in step] == [
        {"output_loss_pair": "double_softmax"}, {"train_loss_slow": True},
    ]  # fmt: skip


def test_damaged_interview_is_refused(mldx, data):
    """A file that is no kept interview ends with a message and exit code 2."""
    (data / "kept.json").write_text('{"mldx_interview"')

    told = mldx("ask", "--resume", str(data / "kept.json"))

    assert (told.exit_code, "not a saved interview" in told.stderr) == (2, True)


def test_script_keeps_nothing_unasked(mldx, data):
    """A pipe leaves no file behind."""
    mldx("ask", stdin="loss_shape: slow\nquit\n")

    assert not (data / "data").exists()


@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl-C is sent as a signal")
def test_broken_off_is_kept(data):
    """Ctrl-C keeps the answers, says how to go on, and ends with exit code 130."""
    code = "import signal, mldx.cli as c; c.COMMANDS.setdefault('ask', '');"
    code += "signal.signal(signal.SIGINT, signal.default_int_handler);"  # a shell's background job
    code += "c.main(['ask'])"  # ignores Ctrl-C, and what it starts inherits that
    call = subprocess.Popen(
        [sys.executable, "-c", code],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    call.stdin.write("loss_shape: slow\n")
    call.stdin.flush()
    while not call.stdout.readline().startswith("Question"):  # the next one: the answer was taken
        assert call.poll() is None
    call.send_signal(signal.SIGINT)
    _, told = call.communicate(timeout=20)

    assert (call.returncode, "mldx ask --resume" in told) == (130, True)
    assert len(list((data / "data" / "interviews").glob("*.json"))) == 1


def test_plain_without_questionary(monkeypatch, capsys):
    """Without questionary the interview goes line by line, with a note."""
    monkeypatch.setitem(sys.modules, "questionary", None)
    monkeypatch.delitem(sys.modules, "mldx.cli.ask_terminal", raising=False)
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    monkeypatch.setenv("TERM", "xterm")

    ui = ask._ui(plain=False, scripted=False, quiet=False)

    assert type(ui).__name__ == "PlainUI"
    assert "questionary is not installed" in capsys.readouterr().err


def known(told):
    """What an interview with `--json` knows, by id."""
    return {step["symptom"]: step["saw"] for step in json.loads(told.stdout)["path"]}


@pytest.mark.parametrize("line", ["lr: 0.5", "LR: 5e-1", "learning rate: 0.5", "rate: 0,5"])
def test_facts_are_typed_by_the_names_that_people_use(mldx, line):
    """Another name of a fact, and a number as people write it, count like the id and the figure."""
    told = mldx("ask", "--json", stdin=f"optimizer: adam\n{line}\nquit\n")
    exact = mldx("ask", "--json", stdin="optimizer: adam\nlearning_rate: 0.5\nquit\n")

    assert json.loads(told.stdout)["causes"] == json.loads(exact.stdout)["causes"] != []


@pytest.mark.parametrize("word", ["n/a", "unknown", "dont know", "'?'", "skip"])
def test_not_knowing_is_an_answer_in_a_file(mldx, data, word):
    """Whatever word a file has for not knowing, the other answers count."""
    (data / "said.txt").write_text(f"loss_shape: slow\nval_noisy: {word}\n")

    assert set(known(mldx("ask", "--json", "--answers", str(data / "said.txt")))) == {"loss_shape"}


@pytest.mark.parametrize("text", ['"flat"', "flat", "answers: flat", "setup: [1]"])
def test_a_file_without_answers_is_refused(mldx, data, text):
    """A bare word, or a part that holds none, is told and never a traceback."""
    (data / "said.txt").write_text(text)

    told = mldx("ask", "--answers", str(data / "said.txt"))

    assert (told.exit_code, "holds no answers" in told.stderr) == (2, True)


def test_the_last_interview_is_resumed_without_naming_it(mldx, data):
    """`--resume` alone goes on with what was kept last."""
    kept = data / "data" / "interviews" / "1.json"
    kept.parent.mkdir(parents=True)
    mldx("ask", "--save", str(kept), stdin="loss_shape: slow\nquit\n")

    assert "loss_shape" in known(mldx("ask", "--json", "--resume", stdin="quit\n"))


def test_nothing_kept_cannot_be_resumed(mldx):
    """Where no interview was kept, that is said."""
    told = mldx("ask", "--resume", stdin="quit\n")

    assert (told.exit_code, "no interview is kept" in told.stderr) == (2, True)


def test_two_complaints_are_both_understood(mldx):
    """Both troubles of one sentence are told back with their first answers."""
    said = "my loss is stuck at 0.693 and it only predicts class 1\nquit\n"

    told = mldx("ask", stdin=said).stdout

    assert "The loss does not go down" in told.split("What have you looked at")[0]
    assert "Train on a small set with equally many samples" in " ".join(told.split())


def test_what_a_complaint_implies_is_said_to_be_its(mldx):
    """Among what is known, what nobody answered is not called an answer."""
    told = mldx("ask", "--complaint", "resume_jump", stdin="skip\nknown\nquit\n").stdout

    assert "loss_jump_on_resume is yes (stated by your complaint)" in told


def terminal_reply(keys, ask):
    """What the menus return when these keys are pressed."""
    pytest.importorskip("questionary")
    from prompt_toolkit.application import create_app_session
    from prompt_toolkit.input import create_pipe_input
    from prompt_toolkit.output import DummyOutput

    from mldx.cli.ask_terminal import TerminalUI

    with create_pipe_input() as pipe, create_app_session(input=pipe, output=DummyOutput()):
        pipe.send_text(keys)
        return ask(TerminalUI())


@pytest.mark.parametrize(
    "id, keys, reply",
    [
        ("train_loss_flat", "2", "False"), ("train_loss_flat", "0", "skip"),
        ("train_loss_flat", "w", "why"), ("learning_rate", "b", "back"),
        ("learning_rate", "?", "help"), ("learning_rate", "5k\r", "5k"),
        ("bad_label_fraction", "3", "mild"),
    ],
)  # fmt: skip
def test_keys_choose_and_command(id, keys, reply):
    """Digits choose, and the keys are commands, also where a number is typed."""
    dialogue = Dialogue.of().change(id)

    assert terminal_reply(keys, lambda ui: ui.ask(dialogue.question, dialogue)) == reply


def test_an_empty_line_is_a_reply(mldx):
    """In a pipe an empty line stands for "don't know", so that the answers below keep their
    places.
    """
    told = mldx("ask", "--json", stdin="not_learning\n\n\nyes\nquit\n")
    at_once = mldx("ask", "--json", stdin="not_learning\nskip\nskip\nyes\nquit\n")

    assert json.loads(told.stdout)["causes"] == json.loads(at_once.stdout)["causes"]


def test_only_what_was_answered_is_counted(mldx):
    """What a complaint implies is no answer of the person."""
    told = mldx(
        "ask", "--complaint", "not_learning", stdin="skip\ntrain_loss_at_prior: yes\nquit\n"
    )

    assert "interview, 1 answer" in told.stdout
    assert "1 answers" not in told.stdout


def test_what_changed_is_asked_of_a_run_that_worked_before(mldx):
    """Whoever says that it used to work is asked first what changed since."""
    told = mldx("ask", "--complaint", "it stopped working after the upgrade", stdin="skip\nquit\n")

    assert "what changed since" in told.stdout
