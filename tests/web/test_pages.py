"""The page as a browser gets it, and what the server refuses."""

import json
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from mldx.knowledge import load
from mldx.web.app import create
from mldx.web.troubles import GROUPS
from tests.web.conftest import CURVE, RUNS

FALLING = "epoch,loss,val_loss\n1,2.3,2.3\n2,1.4,1.5\n3,0.9,1.1\n4,0.7,0.9\n5,0.6,0.8\n6,0.5,0.8\n"
HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>.csv"


def state(response):
    """What the page carries."""
    return re.search(r'name="state" value="([^"]*)"', response.text)[1]


def post(client, action, carried="", files=None, **fields):
    return client.post(
        "/step", data={"state": carried, "do": action, **fields}, files=files or {"log": ("", b"")}
    )


def dropped(client, text=CURVE, name="log.csv"):
    return post(client, "read", files={"log": (name, text)})


def test_the_first_page_offers_a_log_a_complaint_and_questions(client):
    """Whoever comes can drop a log, say what troubles them, or be asked."""
    shown = client.get("/").text

    assert all(one in shown for one in ('type="file"', "complain:loss_nan", 'value="begin"'))


def test_a_dropped_log_is_diagnosed(client):
    """The verdict, the curve and the file's name stand on the page that answers a log."""
    shown = dropped(client).text

    assert "faulty" in shown
    assert 'aria-label="loss over epochs' in shown
    assert "log.csv" in shown


def test_a_hostile_name_is_shown_and_not_run(client):
    """A file's name is text, whatever is in it."""
    shown = dropped(client, name=HOSTILE).text

    assert "<script>alert" not in shown
    assert "<img" not in shown
    assert "&lt;script&gt;alert(1)" in shown


@settings(max_examples=30, deadline=None)
@given(st.text(max_size=40))
def test_hostile_contents_are_shown_and_not_run(text):
    """Whatever a log and a field hold, no element of theirs comes into the page."""
    client = TestClient(create(load()), base_url="http://localhost")
    evil = f"<script>{text}</script>"
    pages = [
        post(client, "read", text=f"epoch,loss,{json.dumps(evil)}\n1,2,3\n2,1,3\n3,1,3\n"),
        post(client, "complain", words=evil),
        post(client, f"change:{evil}"),
        post(client, "answer", post_state(client), words=evil),
    ]

    assert all(evil not in page.text.replace("<script src=", "") for page in pages)


def post_state(client):
    return state(post(client, "look", state(post(client, "begin")), looked="training"))


@pytest.mark.parametrize("content", ["", "no log at all", '{"broken": ', "\x00\x01\x02" * 50])
def test_what_is_no_log_is_told_on_the_page(client, content):
    """A file that cannot be read leaves the page as it was, with the reason."""
    answer = dropped(client, content)

    assert answer.status_code == 422
    assert 'class="fault"' in answer.text
    assert "Traceback" not in answer.text


def test_an_answer_that_cannot_stand_loses_nothing(client):
    """After a wrong value the same question is asked, and all that was said is still there."""
    before = post(client, "change:dropout", state(post(client, "begin")))
    after = post(client, "answer", state(before), words="minus a hundred")

    assert after.status_code == 422
    assert state(after) == state(before)


def test_a_link_opens_the_same_ranking(client):
    """The address after each step leads to the same causes."""
    shown = dropped(client)
    again = client.get(shown.headers["hx-push-url"])

    def ranked(page):
        return re.findall(r'<details id="cause-(\w+)"', page.text)

    assert ranked(again) == ranked(shown) != []


def test_a_damaged_link_is_told_so(client):
    """A link that was cut off shows the first page and says why."""
    answer = client.get("/?i=eJxdj0Fq")

    assert answer.status_code == 400
    assert "it is damaged" in answer.text


def test_two_interviews_never_meet(app):
    """What one says never shows in another's page, for the server keeps nothing."""
    one, other = (TestClient(app, base_url="http://localhost") for _ in range(2))
    dropped(one, name="mine.csv")

    assert "mine.csv" not in other.get("/").text + post(other, "begin").text


@pytest.mark.parametrize(
    "kind, media_type, holds",
    [
        ("html", "text/html", "<svg"),
        ("md", "text/markdown", "# Diagnosis"),
        ("json", "application/json", '"verdict"'),
        ("record", "application/json", '"history"'),
    ],
)
def test_the_result_can_be_taken_home(client, kind, media_type, holds):
    """The report is a file to keep, in four forms."""
    answer = client.post(f"/download/{kind}", data={"state": state(dropped(client))})

    assert answer.headers["content-type"].startswith(media_type)
    assert answer.headers["content-disposition"].startswith("attachment")
    assert holds in answer.text


def test_the_record_reproduces_the_diagnosis(client, tmp_path):
    """The downloaded record, read again, gives the causes of the page."""
    from mldx import diagnose, observe

    carried = state(dropped(client))
    record = tmp_path / "run.json"
    record.write_text(client.post("/download/record", data={"state": carried}).text)
    told = client.post("/download/json", data={"state": carried}).json()

    again = diagnose(observe.run(record))
    assert [(one.id, round(one.probability, 9)) for one in again.causes] == [
        (one["id"], round(one["probability"], 9)) for one in told["causes"]
    ]


def test_an_example_can_be_tried(client):
    """Whoever has no log at hand sees a recorded run diagnosed, the same as the file."""
    example = post(client, "example")
    recorded = dropped(client, (RUNS / "census_unscaled.json").read_text(), "example.json")

    assert state(example) == state(recorded)


def test_every_complaint_has_a_group(client):
    """The first page lists each complaint under a title that says what it is about."""
    cards = load().complaints

    assert sorted(id for ids in GROUPS.values() for id in ids) == sorted(cards)
    assert "Others" not in client.get("/").text


def test_an_empty_field_is_answered_in_words(client):
    """Who presses Go before writing is told what to do, without a list of ids."""
    answer = post(client, "complain", words="  ")

    assert answer.status_code == 422
    assert "nothing in the field yet" in answer.text
    assert "val_loss_rises" not in answer.text.partition("</form>")[0].partition("usual")[0]


def test_two_runs_are_never_made_one(client):
    """Two logs of two runs are judged each by itself, and the person picks one."""
    both = post(client, "read", files=[("log", ("a.csv", CURVE)), ("log", ("b.csv", FALLING))])
    picked = post(client, "pick:1", state(both))

    assert re.findall(r'value="(pick:\d|join)"', both.text) == ["pick:0", "pick:1"]
    assert "b.csv" in picked.text
    assert "a.csv" not in picked.text


def test_back_leads_from_a_run_to_the_others(client):
    """Who looked at one of two runs can go on with the other."""
    both = post(client, "read", files=[("log", ("a.csv", CURVE)), ("log", ("b.csv", FALLING))])
    back = post(client, "back", state(post(client, "pick:1", state(both))))

    assert "pick:0" in back.text


@pytest.mark.parametrize(
    "parts",
    [
        {"run/train.csv": "epoch,loss", "run/val.csv": "epoch,loss"},
        {"loss.csv": "epoch,train_loss", "more.csv": "epoch,val_loss"},
    ],
)
def test_the_parts_of_one_run_are_joined_when_asked(client, parts):
    """What completes one another over the same epochs is one run when the person says so."""
    points = ("1,2\n2,1\n3,0.5\n", "1,2\n2,1\n3,2\n")
    files = [
        ("log", (name, f"{columns}\n{rows}"))
        for (name, columns), rows in zip(parts.items(), points, strict=True)
    ]
    asked = post(client, "read", files=files)
    joined = post(client, "join", state(asked))
    record = client.post("/download/record", data={"state": state(joined)}).json()

    assert 'value="join"' in asked.text
    assert record["history"]["train_loss"] == [2, 1, 0.5]
    assert record["history"]["val_loss"] == [2, 1, 2]


def test_runs_of_other_lengths_are_not_offered_as_one(client):
    """Different series over different epochs are two runs."""
    short, long = (
        "epoch,train_loss\n1,2\n2,1\n3,1\n",
        "epoch,val_loss\n" + "".join(f"{epoch},1\n" for epoch in range(1, 40)),
    )
    both = post(client, "read", files=[("log", ("a.csv", short)), ("log", ("b.csv", long))])

    assert 'value="join"' not in both.text


def test_two_answers_do_not_make_a_run_healthy(client):
    """What was not looked at is not called healthy: nothing was found so far, and in how much."""
    shown = post(client, "change:loss_shape", state(post(client, "begin")))
    shown = post(client, "answer:falling", state(shown))
    shown = post(client, "change:generalization_gap", state(shown))
    shown = post(client, "answer:none", state(shown))
    banner = shown.text.partition('class="banner ')[2].partition("</section>")[0]

    assert banner.startswith("undecided")
    assert "does not decide it" in banner or "could not be judged" in banner


@pytest.mark.parametrize("level", [0, 1])
def test_what_is_known_is_said_in_words(client, level):
    """Question and answer stand there as they were asked and said; no id, and no bare "none"."""
    answer = load().checks["bad_label_fraction"].answers[level]
    shown = post(client, "change:bad_label_fraction", state(post(client, "complain:loss_nan")))
    shown = post(client, f"answer:{answer.id}", state(shown))
    known = shown.text.partition('id="known-head"')[2].partition("</section>")[0]

    assert "The loss became NaN" in known
    assert re.search(rf"Of 50 random training samples.*{re.escape(answer.say)}", known, re.DOTALL)
    assert "bad label fraction" not in known
    assert f"{answer.id}: " not in known


def test_the_whole_checklist_can_be_asked(client):
    """From the first page on, and back to what matters most."""
    first = post(client, "whole")
    again = post(client, "whole", state(first))

    assert "Question 1" in first.text
    assert "What have you looked at so far?" in again.text


def test_every_cause_has_a_card(client):
    """Each name in the ranking opens to its card: what it means, how to settle it, where that is
    from.
    """
    cards = {id: client.get(f"/cause/{id}") for id in load().causes}

    assert all(card.status_code == 200 and "Sources" in card.text for card in cards.values())
    assert client.get("/cause/nonsense").status_code == 404


def test_every_answer_forbids_foreign_code(client):
    """Page, card, asset and error carry the same strict policy."""
    answers = [
        client.get(path) for path in ("/", "/cause/label_noise", "/static/page.js", "/nowhere")
    ]

    assert all(
        answer.headers["content-security-policy"].startswith("default-src 'none'")
        for answer in answers
    )


def test_the_page_needs_nothing_from_elsewhere(client):
    """No address of another machine is in the page or its scripts and styles; it works without a
    network.
    """
    names = ("page.css", "report.css", "page.js", "theme.js", "icon.svg")
    texts = [
        client.get("/").text,
        dropped(client).text,
        *(client.get(f"/static/{name}").text for name in names),
    ]

    assert {found for text in texts for found in re.findall(r"https?://[^\s\"')]+", text)} <= {
        "http://www.w3.org/2000/svg"
    }


def test_another_host_name_is_refused(app):
    """A name that leads here without being ours (DNS rebinding) gets nothing."""
    answer = TestClient(app, base_url="http://evil.example").get("/")

    assert answer.status_code == 400


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"origin": "http://localhost:3000"},
    ],
)
def test_another_site_may_not_post(client, headers):
    """A page of another site, or of another program on this machine, cannot send anything here."""
    assert client.post("/api/diagnose", json={}, headers=headers).status_code == 403


def test_another_site_may_link_and_not_fetch(client):
    """A link on another site opens the page; a script or a picture there gets nothing."""
    modes = ("navigate", "no-cors", "cors")
    told = [
        client.get(
            "/", headers={"sec-fetch-site": "cross-site", "sec-fetch-mode": mode}
        ).status_code
        for mode in modes
    ]

    assert told == [200, 403, 403]


@pytest.mark.parametrize(
    "host", ["127.0.0.1:8765", "[::1]:8765", "192.168.1.5:8765", "LocalHost", "MyBox:8765"]
)
def test_it_opens_by_any_address_and_by_its_names(host):
    """Names count in any case, and an address cannot be made to lead elsewhere."""
    client = TestClient(create(load(), hosts=("localhost", "mybox")))

    assert client.get("/", headers={"host": host}).status_code == 200


@pytest.mark.parametrize(
    "host",
    [
        "",
        "localhost.evil.example",
        "127.0.0.1.evil.example",
        "evil@localhost",
        "[::1",
        "2130706433",
    ],
)
def test_what_only_looks_like_our_name_is_refused(client, host):
    """A name that begins or ends like ours is another's."""
    assert client.get("/", headers={"host": host}).status_code == 400


def test_a_fault_of_ours_shows_nothing_of_the_inside(app, monkeypatch):
    """Where mldx itself fails, the answer says so in words, under the same policy as every page."""

    def broken(*_):
        raise RuntimeError("secret inside")

    monkeypatch.setattr("mldx.web.view.View.complaint_groups", property(broken))
    answer = TestClient(app, base_url="http://localhost", raise_server_exceptions=False).get("/")

    assert (answer.status_code, "secret" in answer.text) == (500, False)
    assert "content-security-policy" in answer.headers


def test_a_place_too_large_for_an_address_has_no_link(client):
    """Where a link would be cut off by browsers, none is offered, and the address stays."""
    counts = ", ".join(str(i * 7919 % 10007) for i in range(20_000))
    shown = dropped(client, f'{{"setup": {{"class_counts": [{counts}]}}}}', "run.json")

    assert shown.headers["hx-push-url"] == "false"
    assert 'id="link"' not in shown.text


@pytest.mark.parametrize("encoding", ["undefined", "punycode", "unicode_escape", "hex", "nonsense"])
def test_a_form_in_a_strange_encoding_is_no_error_of_ours(client, encoding):
    """An encoding that no browser sends is refused, or read as best it can be."""
    body = b'--a\r\nContent-Disposition: form-data; name="do"\r\n\r\n\\ud800\xff\r\n--a--\r\n'
    kind = f"multipart/form-data; boundary=a; charset={encoding}"

    assert client.post("/step", content=body, headers={"content-type": kind}).status_code in (
        400,
        422,
    )


def test_the_number_of_a_question_counts_what_was_asked(client):
    """A complaint states several things and is no question: the first one after it is number 1."""
    asked = post(client, "look", state(post(client, "complain:loss_nan")), looked="training")

    assert "Question 1" in asked.text


def test_a_body_over_the_limit_is_refused(client):
    """What is too large is refused with what to do instead, also when it does not say how large it
    is.
    """
    large = dropped(client, "epoch,loss\n" + "1,2\n" * 400_000)
    silent = client.post("/api/diagnose", content=(b"x" * 65536 for _ in range(40)))

    assert (large.status_code, silent.status_code) == (413, 413)
    assert "mldx diagnose" in large.text


def test_an_asset_is_kept_until_it_changes(client):
    """The page asks for each of its files by the hash of its content, to be kept for a year."""
    asked = re.findall(r'(?:href|src)="(/static/[^"]+)"', client.get("/").text)
    answers = [client.get(address) for address in asked]

    assert len(asked) == 6
    assert all("immutable" in answer.headers["cache-control"] for answer in answers)


def test_an_asset_that_a_browser_has_is_not_sent_again(client):
    """An unversioned address is asked again each time, and answered without the content."""
    first = client.get("/static/page.css")
    again = client.get("/static/page.css", headers={"if-none-match": first.headers["etag"]})

    assert first.headers["cache-control"] == "no-cache"
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize("path", ["/", "/static/htmx.min.js"])
def test_pages_and_files_travel_squeezed(client, path):
    """Who understands gzip gets it; who does not gets the text."""
    squeezed = client.get(path, headers={"accept-encoding": "gzip"})
    plain = client.get(path, headers={"accept-encoding": "identity"})

    assert squeezed.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert squeezed.text == plain.text


@pytest.mark.parametrize("name", ["../app.py", "..%2fapp.py", "%2e%2e/guard.py", "nothing.css"])
def test_only_the_assets_are_served(client, name):
    """No other file can be asked for."""
    assert client.get(f"/static/{name}").status_code == 404


def test_the_page_works_without_scripts(client):
    """A browser that runs no script gets whole pages from the same forms."""
    shown = post(client, "begin")

    assert shown.text.startswith("<!doctype html>")
    assert client.post(
        "/step", data={"do": "begin"}, headers={"hx-request": "true"}
    ).text.startswith("<main")


def test_a_recorded_run_is_diagnosed_as_by_the_command(client):
    """The page and `mldx diagnose` put the same cause first."""
    shown = dropped(client, (RUNS / "census_unscaled.json").read_text(), "run.json")

    assert re.search(r'<details id="cause-(\w+)"', shown.text)[1] == "wrong_normalization"


def test_which_series_is_the_loss_may_be_said(client):
    """A log with two losses is judged by the one that is named; a wrong name is refused."""
    text = "epoch,loss,total_loss\n" + "".join(f"{i},{9 / i},{12 / i}\n" for i in range(1, 9))
    files = {"log": ("log.csv", text)}
    chosen = post(client, "read", files=files, series="train_loss=total_loss").text
    refused = post(client, "read", files=files, series="train_loss=nothing")

    assert "loss: train 12 → 1.5 (8 points)" in chosen
    assert (refused.status_code, "there is no series `nothing`" in refused.text) == (422, True)


def test_a_log_that_may_be_misread_is_refused_on_the_page(client):
    """The page says why, and the field that helps stands below."""
    text = "epoch,loss\n" + "".join(f"{i},{one}\n" for one in range(8) for i in (1, 2))
    shown = dropped(client, text)

    assert (shown.status_code, "could not be read surely" in shown.text) == (422, True)
    assert 'name="series"' in shown.text
