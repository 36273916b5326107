"""The application: pages, downloads, assets; the interface for programs is in `api`."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from importlib.resources import files
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import FastAPI, Query, Request
from fastapi.responses import HTMLResponse, PlainTextResponse, Response
from jinja2 import PackageLoader
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.middleware.gzip import GZipMiddleware

from mldx import __version__
from mldx.errors import Fault, InputError, MldxError
from mldx.knowledge import KnowledgeBase, load
from mldx.report.html import report
from mldx.report.html.render import environment, rendered
from mldx.web import api, assets
from mldx.web.guard import MEGABYTE, Guard
from mldx.web.page_state import PageState
from mldx.web.steps import ActionInput, done
from mldx.web.view import View

GET = ["GET", "HEAD"]
_BROKEN = (
    "This is a fault of mldx and not yours; nothing is lost. "
    "The terminal of `mldx serve` says more.\n"
)
_FIELD = "field:"  # before the id of what is answered on a form
_LONGEST_NAME, _LONGEST_LINK = 200, 16_000
# Below some packets gzip saves no time; level 1 costs a third of 9 and leaves a tenth more.
_WORTH_SQUEEZING, _SQUEEZE = 1400, 1


def create(
    knowledge: KnowledgeBase, hosts: Sequence[str] = ("localhost",), max_bytes: int = 32 * MEGABYTE
) -> Guard:
    """Return the application behind its guard.

    hosts      names by which it may be called; by an address it always may
    max_bytes  of a body
    """
    app = FastAPI(
        title="mldx", version=__version__, docs_url=None, redoc_url=None, description=api.ABOUT
    )
    api.add(app, knowledge)
    served = assets.loaded()
    assets.add(app, served)
    _add_pages(app, Pages(knowledge, served), max_bytes)

    @app.exception_handler(HTTPException)
    def refused(request: Request, error: HTTPException) -> Response:
        return PlainTextResponse(f"{error.detail}\n", error.status_code, error.headers)

    @app.exception_handler(Exception)
    def broken(request: Request, error: Exception) -> Response:
        return PlainTextResponse(_BROKEN, 500)

    return Guard(GZipMiddleware(app, _WORTH_SQUEEZING, _SQUEEZE), hosts, max_bytes)


def created(hosts: Sequence[str], max_bytes: int) -> Guard:
    """Return the application over the rules at hand: what each worker of a server calls."""
    return create(load(), hosts, max_bytes)


def _add_pages(app: FastAPI, pages: Pages, max_bytes: int) -> None:
    @app.api_route("/", methods=GET, include_in_schema=False)
    def begin(request: Request, i: Annotated[str, Query()] = "") -> Response:
        return pages.opened(request, i)

    @app.post("/step", include_in_schema=False)
    async def step(request: Request) -> Response:
        packed, action, given = await _sent(request, max_bytes)
        return await run_in_threadpool(pages.stepped, request, packed, action, given)

    @app.post("/download/{kind}", include_in_schema=False)
    async def download(request: Request, kind: str) -> Response:
        packed, _, _ = await _sent(request, max_bytes)
        return await run_in_threadpool(pages.downloaded, packed, kind)

    @app.api_route("/cause/{id}", methods=GET, include_in_schema=False)
    def cause(request: Request, id: str) -> Response:
        return pages.cause(request, id)


async def _sent(request: Request, max_bytes: int) -> tuple[str, str, ActionInput]:
    """Return what a form holds; one in an encoding that cannot be read is refused."""
    try:
        async with request.form(max_files=16, max_fields=64, max_part_size=max_bytes) as form:
            return await _given(form)
    except UnicodeError as error:
        raise HTTPException(400, "The form cannot be read.") from error


async def _given(form: FormData) -> tuple[str, str, ActionInput]:
    """Return the packed state, the action, and what came with it."""
    uploads = [one for one in form.getlist("log") if isinstance(one, UploadFile)]
    logs = [
        (_plain(one.filename)[:_LONGEST_NAME], await one.read()) for one in uploads if one.filename
    ]
    packed, action, words, pasted, series = (
        _plain(form.get(name)) for name in ("state", "do", "words", "text", "series")
    )
    if action == "example":
        return packed, "read", ActionInput(logs=[("example.json", _example())])
    if pasted.strip():
        logs.append(("pasted text", pasted.encode()))
    looked = tuple(map(_plain, form.getlist("looked")))
    fields = {
        _plain(name).removeprefix(_FIELD): _plain(said)
        for name, said in form.items()
        if name.startswith(_FIELD)
    }
    return packed, action, ActionInput(words, looked, logs, fields, series)


def _example() -> bytes:
    """Return a run that fails: a network of a course's exercise, on inputs that were not scaled."""
    return files("mldx.web").joinpath("static", "example.json").read_bytes()


def _plain(field: object) -> str:
    """Return the text of a field, without the half characters that some encodings let in."""
    return field.encode("utf-8", "replace").decode() if isinstance(field, str) else ""


class Pages:
    """Renders the pages of states."""

    def __init__(self, knowledge: KnowledgeBase, served: Mapping[str, assets.Asset]) -> None:
        self.knowledge = knowledge
        self.templates = environment(PackageLoader("mldx.web", "templates"))
        self.templates.globals["static"] = partial(assets.address, assets=served)

    def opened(self, request: Request, link: str) -> Response:
        """Return the page of a link, or the first one."""
        start = PageState.start(self.knowledge)
        try:
            return self._page(request, PageState.unpacked(link, self.knowledge) if link else start)
        except MldxError as error:
            return self._page(request, start, error, 400)

    def stepped(self, request: Request, packed: str, action: str, given: ActionInput) -> Response:
        """Return the page after an action; where that is refused, the page before it, and why."""
        state = PageState.start(self.knowledge)
        try:
            state = PageState.unpacked(packed, self.knowledge) if packed else state
            return self._page(request, done(state, action, given))
        except MldxError as error:
            return self._page(request, state, error, 422)

    def _page(
        self, request: Request, state: PageState, error: MldxError | None = None, status: int = 200
    ) -> Response:
        view, link = View(state), _link(state)
        part = "app.html" if "hx-request" in request.headers else "page.html"
        faults: Sequence[Fault] = error.faults if error else ()
        asking = replace(state, asked=view.question.symptom if view.question else "")
        shown = self.templates.get_template(part).render(
            view=view,
            packed=asking.packed(),
            link=link,
            faults=faults,
            version=__version__,
        )
        pushed = {"HX-Push-Url": link or "false", "Cache-Control": "no-store", "Vary": "HX-Request"}
        return HTMLResponse(shown, status, pushed)

    def downloaded(self, packed: str, kind: str) -> Response:
        """Return the report as a file."""
        try:
            state = PageState.unpacked(packed, self.knowledge)
            content, media_type, name = self._file(state, kind)
        except MldxError as error:
            return PlainTextResponse(f"{error}\n", 422)
        disposition = f"attachment; filename*=UTF-8''{quote(name)}"
        return Response(
            content,
            media_type=media_type,
            headers={"Content-Disposition": disposition, "Cache-Control": "no-store"},
        )

    def _file(self, state: PageState, kind: str) -> tuple[str, str, str]:
        diagnosis = state.dialogue.diagnosis
        if kind == "html":
            return report(diagnosis, self.knowledge), "text/html", "diagnosis.html"
        if kind == "md":
            return diagnosis.to_markdown(), "text/markdown", "diagnosis.md"
        if kind == "json":
            return _json(diagnosis.model_dump(mode="json")), "application/json", "diagnosis.json"
        if kind == "record":
            return _json(state.dialogue.to_record()), "application/json", "run.json"
        raise InputError(Fault(kind[:40], "there is no such download.", "html, md, json or record"))

    def cause(self, request: Request, id: str) -> Response:
        """Return the card of a cause, alone or as a page."""
        if id not in self.knowledge.causes:
            raise HTTPException(404, "There is no such cause.")
        card = self.knowledge.causes[id]
        part = "card.html" if "hx-request" in request.headers else "cause.html"
        body = [rendered(f"{one}.html", card=card) for one in ("meaning", "settling", "sources")]
        shown = self.templates.get_template(part).render(
            id=id, title=card.title, body=body, version=__version__
        )
        return HTMLResponse(shown, headers={"Vary": "HX-Request"})


def _link(state: PageState) -> str:
    """Return the address of a state; empty where it is longer than browsers and servers take."""
    if state.choosing:
        return ""
    link = f"/?i={state.link()}" if state.begun else "/"
    return link if len(link) <= _LONGEST_LINK else ""


def _json(document: Any) -> str:
    return json.dumps(document, indent=1, ensure_ascii=False, allow_nan=False) + "\n"
