"""Two hundred people at once: `mldx serve` under parallel interviews, each answering after a pause
as a person does.

    MLDX_SECONDS=60 pytest tests/benchmarks/test_load.py -s           # for a minute
    MLDX_PAUSE=0 pytest tests/benchmarks/test_load.py -s              # everyone answers at once, without a pause

Every interview is begun with a complaint or a log, and answered from the page itself: a choice, or
"don't know". The server is a process of its own on this machine, which also runs the people. Only
an error fails; times are told and not judged.
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

PEOPLE = 200
SECONDS = float(os.environ.get("MLDX_SECONDS", "5"))
PAUSE = float(os.environ.get("MLDX_PAUSE", "4"))
LOG = (Path(__file__).parents[1] / "runs" / "census_unscaled.json").read_bytes()
STATE = re.compile(r'name="state" value="([^"]*)"')
DEEDS = re.compile(r'value="((?:answer|complain):[^"]*|skip|look|go-on)"')


@pytest.fixture
def address():
    """The address of a server of its own process."""
    started = subprocess.Popen(
        [sys.executable, "-u", "-m", "mldx", "serve", "--port", "0"],
        stdout=subprocess.PIPE,
        text=True,
    )
    yield started.stdout.readline().split()[3]
    started.terminate()
    started.wait(15)


async def interview(client, number, end, taken, wrong):
    """One person: begins, and answers until time is up; an interview that ends is begun anew."""
    place = random.Random(number)
    await asyncio.sleep(place.random() * PAUSE)
    page = ""
    while time.monotonic() < end:
        deeds = [unescape(deed) for deed in DEEDS.findall(page)]
        state = STATE.search(page)
        form = {
            "state": state[1] if state else "",
            "do": place.choice(deeds) if deeds else "read",
            "looked": "training",
        }
        files = {"log": ("run.json", LOG)} if form["do"] == "read" else {"log": ("", b"")}
        begun = time.monotonic()
        answer = await client.post("/step", data=form, files=files, headers={"hx-request": "true"})
        taken.append(time.monotonic() - begun)
        if answer.status_code != 200:
            wrong.append((answer.status_code, form["do"]))
        page = answer.text if len(deeds) != 1 else ""
        await asyncio.sleep(place.uniform(0.5, 1.5) * PAUSE)


async def crowd(address):
    """All people at once."""
    taken, wrong, end = [], [], time.monotonic() + SECONDS
    limits = httpx.Limits(max_connections=PEOPLE)
    async with httpx.AsyncClient(base_url=address, timeout=60, limits=limits) as client:
        await asyncio.gather(
            *(interview(client, number, end, taken, wrong) for number in range(PEOPLE))
        )
    return taken, wrong


@pytest.mark.slow
def test_two_hundred_interviews_in_parallel(address, capsys):
    """Two hundred interviews at once are held without a single error."""
    taken, wrong = asyncio.run(crowd(address))

    with capsys.disabled():
        middle, high, highest = np.percentile(taken, [50, 95, 99]) * 1000
        print(
            f"\n{PEOPLE} interviews, {SECONDS:g} s, pause {PAUSE:g} s: {len(taken)} steps, {len(wrong)} errors, ",
            end="",
        )
        print(
            f"median {middle:.0f} ms, 95 % {high:.0f} ms, 99 % {highest:.0f} ms, {len(taken) / SECONDS:.0f} steps/s"
        )
    assert wrong == []
