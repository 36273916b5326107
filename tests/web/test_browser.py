"""The page in a real browser."""

import pytest

from tests.kit import LOGS, NOT_READ, expected_of_logs
from tests.web.conftest import CURVE, RUNS

pytestmark = pytest.mark.slow
ONE_OF_EACH_FORMAT = {
    one["format"]: LOGS / name
    for name, one in expected_of_logs().items()
    if name not in NOT_READ and (LOGS / name).is_file()
}
VERDICTS = ("faulty", "healthy", "undecided", "nothing found so far")
VIEWS = [(390, 844, "light"), (390, 844, "dark"), (1200, 850, "light"), (1200, 850, "dark")]


def drop(page, path):
    """Give a file and say what was looked at, as a person does."""
    page.set_input_files("#log", path)
    look(page)


def look(page):
    """Say what was looked at, and wait for the first question."""
    page.click("button[value=look]")
    page.wait_for_selector("button[value=skip], button[value=go-on], button[value^='fill:']")


def heading(page):
    return page.inner_text("#heading")


def press(page, key):
    """Press a key, and wait for the question that follows; of a form nothing is known."""
    if page.locator("button[value^='fill:']").count():
        key = "0"
    before = page.input_value("[name=state]")
    page.keyboard.press(key)
    page.wait_for_function(
        "before => document.querySelector('[name=state]').value !== before", arg=before
    )


def test_answers_lead_to_a_verdict(page):
    """A complaint and some answers by keyboard lead to a ranking and a next action."""
    page.click("text=The loss does not go down")
    look(page)
    for key in ("1", "1", "0", "0"):
        press(page, key)

    assert page.locator(".ranking li").count() > 0
    assert page.locator(".todo li").count() > 0


@pytest.mark.parametrize("path", ONE_OF_EACH_FORMAT.values(), ids=lambda path: path.name)
def test_a_log_of_each_format_can_be_dropped(page, path):
    """A log of a real tool is read, drawn and judged in the browser."""
    drop(page, path)

    assert page.inner_text(".banner .verdict").lower() in VERDICTS
    assert page.locator(".more figure svg").count() > 0


def test_two_runs_are_listed_and_one_is_picked(page):
    """Two logs at once are two runs with a verdict each; the page goes on with the one picked."""
    page.set_input_files("#log", [RUNS / "census_unscaled.json", RUNS / "census_scaled.json"])
    page.wait_for_selector("button[value='pick:1']")
    verdicts = page.locator(".run .verdict").all_inner_texts()
    page.click("button[value='pick:0']")
    page.wait_for_selector("button[value=look]")

    assert [verdict.lower() for verdict in verdicts] == ["faulty", "healthy"]
    assert "census_unscaled.json" in page.inner_text("main")


def test_keys_open_why_and_where_and_lead_back(page):
    """`w` and `?` unfold the reason and the help, `b` goes back."""
    page.click("text=Just ask me")
    look(page)
    page.keyboard.press("w")
    page.keyboard.press("?")
    opened = [page.locator(f"#{id}[open]").count() for id in ("why", "where")]
    page.keyboard.press("b")
    page.wait_for_selector("button[value=look]")

    assert opened == [1, 1]


def test_in_an_empty_number_field_keys_are_keys_and_digits_are_digits(page):
    """A number can be typed at once; `w` opens the reason; with something typed it is a letter."""
    page.goto("/")
    drop(page, RUNS / "census_unscaled.json")
    page.click("text=How many training samples are there?")
    page.wait_for_selector("#words[data-kind=number]")
    page.focus("#words")
    page.keyboard.press("w")
    opened = page.locator("#why[open]").count()
    page.focus("#words")
    page.keyboard.type("12w")

    assert opened == 1
    assert page.input_value("#words") == "12w"


def test_on_a_phone_the_verdict_stands_before_the_question(browser, server):
    """What is most asked for is seen first."""
    page = browser.new_page(viewport={"width": 390, "height": 844}, base_url=server)
    page.goto("/")
    drop(page, RUNS / "census_unscaled.json")
    verdict, question = (page.locator(one).bounding_box()["y"] for one in (".banner", "#heading"))
    page.close()

    assert verdict < question


def test_back_undoes_a_step_in_the_page_and_in_the_browser(page):
    """The page's Back and the browser's lead to the question before."""
    page.click("text=Just ask me")
    look(page)
    first = heading(page)
    press(page, "0")
    page.click("button:has-text('Back')")
    page.wait_for_function(
        "first => document.querySelector('#heading').innerText === first", arg=first
    )
    press(page, "0")
    page.go_back()
    page.wait_for_function(
        "first => document.querySelector('#heading').innerText === first", arg=first
    )

    assert heading(page) == first


def test_a_link_opens_what_was_answered(page, browser, server):
    """The address of an interview opens it elsewhere, at the same question and ranking."""
    drop(page, RUNS / "census_unscaled.json")
    other = browser.new_page()
    other.goto(page.url)

    assert heading(other) == heading(page)
    assert other.locator(".ranking").inner_text() == page.locator(".ranking").inner_text()
    other.close()


def test_a_cause_opens_to_its_card(page):
    """A name in the ranking opens to its evidence, and its whole card beside the interview, which
    stays as it is.
    """
    drop(page, RUNS / "census_unscaled.json")
    page.click(".ranking summary >> nth=0")
    with page.expect_popup() as opened:
        page.click(".opened a >> nth=0")
    opened.value.wait_for_selector("h1:has-text('Inputs not scaled')")

    assert "mistaken" in opened.value.inner_text("main")
    assert page.locator(".more figure svg").count() > 0


def test_a_cause_stays_open_from_question_to_question(page):
    """What a person opened to read is not closed by the next answer."""
    drop(page, RUNS / "census_unscaled.json")
    page.click(".ranking summary >> nth=0")
    page.click("button[value=go-on]")  # one cause leads clearly; a person asks on
    page.wait_for_selector("button[value=skip]")
    page.wait_for_selector("main:not(.htmx-added):not(.htmx-settling)")

    assert page.locator(".ranking details[open]").count() == 1


def test_a_pasted_log_is_read(page):
    """Text that is pasted anywhere on the first page is read as a log."""
    page.evaluate(
        """text => { const data = new DataTransfer(); data.setData("text", text);
        const pasted = new ClipboardEvent("paste", {clipboardData: data, bubbles: true});
        document.body.dispatchEvent(pasted); }""",
        CURVE,
    )
    page.wait_for_selector("button[value=look]")

    assert "pasted text" in page.content()


@pytest.mark.parametrize(
    "name",
    ["<img src=x onerror=alert(1)>.csv", "'\"><script>alert(1)<｜script>.csv", "😀\u202egpj.csv"],
)
def test_a_hostile_file_runs_nothing(page, name):
    """Names and contents that try to be code are text on the page."""
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.message), dialog.dismiss()))
    content = "epoch,loss,<script>alert(2)</script>\n1,2,3\n2,1.5,3\n3,1,3\n4,1,3\n5,1,3\n"
    page.set_input_files("#log", {"name": name, "mimeType": "text/csv", "buffer": content.encode()})
    look(page)

    assert asked == []
    assert page.locator("main img, main script").count() == 0


def test_a_file_that_is_no_log_is_told_and_loses_nothing(page):
    """A wrong file leaves the page where it was, with the reason in words."""
    page.set_input_files(
        "#log",
        {"name": "cat.png", "mimeType": "image/png", "buffer": b"\x89PNG\r\n\x1a\n" + bytes(500)},
    )
    page.wait_for_selector(".fault")

    assert "cat.png" in page.inner_text("#alert")
    assert page.locator("#log").count() == 1


def test_a_report_is_downloaded_under_its_name(page):
    """The report is a file to keep."""
    drop(page, RUNS / "census_unscaled.json")
    with page.expect_download() as waiting:
        page.click("text=Report (HTML)")

    assert waiting.value.suggested_filename == "diagnosis.html"


@pytest.mark.parametrize("wide, high, theme", VIEWS)
def test_the_page_is_accessible_and_fits(browser, server, wide, high, theme):
    """On a phone and on a desk, by day and by night, axe finds no fault and nothing is wider than
    the screen.
    """
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    page = browser.new_page(
        viewport={"width": wide, "height": high},
        color_scheme=theme,
        base_url=server,
        bypass_csp=True,
    )
    found, too_wide = [], []

    def judge():
        found.append(axe.run(page))
        too_wide.append(page.evaluate("document.documentElement.scrollWidth > innerWidth"))

    page.goto("/")
    judge()
    page.click("button[value=complain]")
    page.wait_for_selector(".fault")
    judge()
    page.set_input_files("#log", [RUNS / "census_unscaled.json", RUNS / "census_scaled.json"])
    page.click("button[value='pick:0']")
    judge()
    look(page)
    page.click(".ranking summary >> nth=0")
    judge()
    page.close()

    assert [violation["id"] for one in found for violation in one.response["violations"]] == []
    assert not any(too_wide)


def test_the_page_can_be_used_by_keyboard_alone(page):
    """From the first page Tab reaches the complaints, Enter chooses one, and the next question has
    the focus.
    """
    page.focus("button[value='complain:loss_nan']")
    page.keyboard.press("Enter")
    page.wait_for_selector(".ticks")

    assert page.evaluate("document.activeElement.id") == "heading"


def test_a_refusal_is_told_and_leaves_the_page(page, tmp_path):
    """A log that is too large, and a server that is gone, are told where the person is; nothing on
    the page is lost.
    """
    large = tmp_path / "large.csv"
    large.write_text("epoch,loss\n" + "1,2\n" * 400_000)
    page.set_input_files("#log", large)
    page.wait_for_selector("#alert .fault")
    told = [page.inner_text("#alert")]
    page.route("**/step", lambda route: route.abort())
    page.click("text=Just ask me")
    page.wait_for_selector("text=still running")
    told.append(page.inner_text("#alert"))

    assert "more than 1 MB" in told[0]
    assert "mldx serve" in told[1]
    assert page.locator("#log").count() == 1
