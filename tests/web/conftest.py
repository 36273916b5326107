"""The application, a server on this machine, and a real browser."""

import shutil
import socket
import threading
from pathlib import Path

import pytest

pytest.importorskip("fastapi")

import uvicorn
from starlette.testclient import TestClient

from mldx.knowledge import load
from mldx.web.app import create

RUNS = Path(__file__).parents[1] / "runs"
CURVE = """epoch,loss,val_loss
1,2.3,2.29
2,1.9,1.95
3,1.5,1.7
4,1.2,1.6
5,0.9,1.65
6,0.7,1.8
7,0.5,2.0
8,0.3,2.3
"""


@pytest.fixture(scope="session")
def app():
    return create(load(), max_bytes=1 << 20)


@pytest.fixture
def client(app):
    return TestClient(app, base_url="http://localhost")


@pytest.fixture(scope="session")
def server(app):
    """The address of a server that runs in this process."""
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    serving = uvicorn.Server(uvicorn.Config(app, log_level="error"))
    thread = threading.Thread(target=serving.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    serving.should_exit = True
    thread.join(10)


@pytest.fixture(scope="module")
def browser():
    """Chromium, where it is installed; only while this module runs, for it holds the event loop."""
    playwright = pytest.importorskip("playwright.sync_api")
    chromium = (
        shutil.which("chromium")
        or shutil.which("chromium-browser")
        or shutil.which("google-chrome")
    )
    if chromium is None:
        pytest.skip("no Chromium is installed")
    quiet = [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-background-networking",
        "--disable-component-update",
    ]
    with playwright.sync_playwright() as driver:
        started = driver.chromium.launch(executable_path=chromium, args=quiet)
        yield started
        started.close()


@pytest.fixture
def page(browser, server):
    """A page of its own, at the beginning; every error of a script fails the test."""
    errors = []
    opened = browser.new_page(viewport={"width": 1200, "height": 850}, base_url=server)
    opened.on("pageerror", lambda error: errors.append(str(error)))
    opened.goto("/")
    yield opened
    opened.close()
    assert errors == []
