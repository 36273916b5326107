"""`mldx serve` under people who answer: one alone, sixteen without a pause, two hundred with one.

    MLDX_SECONDS=60 pytest tests/benchmarks/test_load.py -s           # for a minute each
    MLDX_PAUSE=0 pytest tests/benchmarks/test_load.py -s              # two hundred without a pause
    MLDX_WORKERS=2 pytest tests/benchmarks/test_load.py -s            # by two processes

Every interview is begun with a complaint or a log, and answered from the page itself: a choice, or
"don't know". The server is a process of its own on this machine, which also runs the people. Times
are printed and not judged; what fails is an error, and an answer that costs too many times as much
as the smallest file that the same server sends on the same connection in the same run.
"""

import asyncio
import os
import random
import re
import subprocess
import sys
import time
from html import unescape
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("fastapi")
httpx = pytest.importorskip("httpx")

SECONDS = float(os.environ.get("MLDX_SECONDS", "5"))
PAUSE = float(os.environ.get("MLDX_PAUSE", "4"))
WORKERS = os.environ.get("MLDX_WORKERS", "1")
LOG = (Path(__file__).parents[1] / "runs" / "census_unscaled.json").read_bytes()
STATE = re.compile(r'name="state" value="([^"]*)"')
ACTIONS = re.compile(r'value="(answer:[^"]*|skip|look|go-on)"')
BY_SCRIPT = {"hx-request": "true"}
NO_FILE = {"log": ("", b"")}
COMPLAINT = "validation loss goes up while training loss goes down"
QUESTIONS = 14
# An answer reads the state, walks the rules and draws a page of 40 KB; a file is sent as it is.
MOST_FILES = 40
ALONE = 60
WARM_UP = 2


@pytest.fixture
def address():
    """The address of a server of its own process."""
    started = subprocess.Popen(
        [sys.executable, "-u", "-m", "mldx", "serve", "--port", "0", "--workers", WORKERS],
        stdout=subprocess.PIPE,
        text=True,
    )
    address = started.stdout.readline().split()[3]
    asyncio.run(crowd(address, 16, 0.0, WARM_UP))  # workers start, and tables are made at first use
    yield address
    started.terminate()
    started.wait(15)


class Person:
    """Answers at random; after some questions, or where nothing is asked, begins again."""

    def __init__(self, number):
        self.choice, self.page, self.answered = random.Random(number), "", 0

    def form(self):
        """Return the form and the files that are sent next."""
        actions = [unescape(action) for action in ACTIONS.findall(self.page)]
        if not actions or self.answered == QUESTIONS:
            return self._beginning()
        form = {"state": STATE.search(self.page)[1], "do": self.choice.choice(actions)}
        return {**form, "looked": "training"}, NO_FILE

    def _beginning(self):
        self.answered = 0
        if self.choice.random() < 0.5:
            return {"state": "", "do": "read"}, {"log": ("run.json", LOG)}
        return {"state": "", "do": "complain", "words": COMPLAINT}, NO_FILE

    def receive(self, page):
        """Take in the page that came back."""
        self.page, self.answered = page, self.answered + 1


async def interview(client, number, end, pause, taken, wrong):
    """One person: begins, and answers until time is up."""
    person = Person(number)
    await asyncio.sleep(person.choice.random() * pause)
    while time.monotonic() < end:
        form, files = person.form()
        begun = time.monotonic()
        answer = await client.post("/step", data=form, files=files, headers=BY_SCRIPT)
        taken.append(time.monotonic() - begun)
        if answer.status_code != 200:
            wrong.append((answer.status_code, form["do"]))
        person.receive(answer.text)
        await asyncio.sleep(person.choice.uniform(0.5, 1.5) * pause)


async def crowd(address, people, pause, seconds=SECONDS):
    """All people at once: the seconds that each step took, and the errors."""
    taken, wrong, end = [], [], time.monotonic() + seconds
    limits = httpx.Limits(max_connections=people)
    async with httpx.AsyncClient(base_url=address, timeout=60, limits=limits) as client:
        await asyncio.gather(
            *(interview(client, number, end, pause, taken, wrong) for number in range(people))
        )
    return taken, wrong


def described(taken):
    """Return the times in words."""
    middle, high, highest = np.percentile(taken, [50, 95, 99]) * 1000
    return f"p50 {middle:.1f} ms, p95 {high:.1f} ms, p99 {highest:.1f} ms"


def test_an_answer_costs_some_files(address, capsys):
    """One person's answer takes at most some tens of times as long as sending the smallest file."""
    person, answers, small_files = Person(1), [], []
    with httpx.Client(base_url=address, timeout=60) as client:
        client.get("/")
        for _ in range(ALONE):
            form, files = person.form()
            begun = time.perf_counter()
            answer = client.post("/step", data=form, files=files, headers=BY_SCRIPT)
            between = time.perf_counter()
            client.get("/static/theme.js")
            answers.append(between - begun)
            small_files.append(time.perf_counter() - between)
            person.receive(answer.text)

    ratio = float(np.median(answers) / np.median(small_files))
    with capsys.disabled():
        print(f"\none person: {described(answers)}; a file: {described(small_files)}; {ratio:.1f}x")
    assert ratio < MOST_FILES


@pytest.mark.slow
@pytest.mark.parametrize("people, pause", [(16, 0.0), (200, PAUSE)])
def test_many_interviews_in_parallel(address, capsys, people, pause):
    """Sixteen people who answer without a pause, and two hundred with one, meet no error."""
    taken, wrong = asyncio.run(crowd(address, people, pause))

    with capsys.disabled():
        rate = len(taken) / SECONDS
        print(
            f"\n{people} people, {SECONDS:g} s, pause {pause:g} s, workers {WORKERS}: "
            f"{len(taken)} steps, {len(wrong)} errors, {described(taken)}, {rate:.0f} steps/s"
        )
    assert wrong == []
