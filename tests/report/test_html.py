"""The report as one HTML file: nothing in it runs or is fetched, and what it shows is where it was
seen.
"""

from __future__ import annotations

import json
import math
import re
from html import unescape
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mldx import Symptoms, diagnose, observe
from mldx.diagnosis.results import Evidence
from mldx.knowledge import load
from mldx.observe import observed
from mldx.provenance import Source
from mldx.readers.record import of_mapping
from mldx.readers.run import Run
from mldx.report.html.causes import evidence
from mldx.report.html.curves import figure
from mldx.report.html.render import environment
from mldx.report.scale import Scale
from mldx.symptoms import Observation
from mldx.symptoms.catalogue import shipped
from mldx.symptoms.plot_series import PlotSeries
from mldx.symptoms.reading import Reading
from tests.kit.rules import HOSTILE, write_files

VOID = {"br", "hr", "img", "input", "meta", "link"}
ATTACKS = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "'-alert(1)-'",
    "</style><b>",
    "]]><!--",
    HOSTILE,
]


class Parsed(HTMLParser):
    """A page taken apart: its elements in order with their attributes, its text, and whether every
    tag is closed.
    """

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.shown: list[tuple[str, str]] = []
        self.open: list[str] = []
        self.balanced = True
        self.feed(page)
        self.close()
        self.balanced &= not self.open

    def handle_starttag(self, tag, attrs):
        """Open an element."""
        self.elements.append((tag, dict(attrs)))
        self.balanced &= len(dict(attrs)) == len(attrs)
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        """Close the innermost element, which has to be of that name."""
        self.balanced &= bool(self.open) and self.open.pop() == tag

    def handle_data(self, data):
        """Keep a text with the name of the element it stands in."""
        self.shown.append((self.open[-1] if self.open else "", data))

    @property
    def tags(self) -> list[str]:
        """The names of all elements, in order."""
        return [name for name, _ in self.elements]

    @property
    def text(self) -> str:
        """What a reader sees, and the style."""
        return "".join(data for _, data in self.shown)

    def within(self, tag: str) -> list[str]:
        """The text of every element of that name."""
        return [data for name, data in self.shown if name == tag]

    def of_class(self, name: str) -> list[dict[str, str | None]]:
        """The attributes of every element of a class."""
        return [found for _, found in self.elements if name in (found.get("class") or "").split()]


def seen(**history: object) -> Symptoms:
    """What a history in memory shows."""
    return observed(of_mapping({"history": history}, "run.json"))


def panels(symptoms: Symptoms) -> Parsed:
    """The curves of symptoms."""
    return Parsed(figure(symptoms, load()) or "")


def drawn(*plot_series: PlotSeries) -> Parsed:
    """Curves of which nothing was observed."""
    return panels(Symptoms().with_plot_series(plot_series))


def curve(*y: float, split: str = "train", metric: str = "loss", origin: str = "") -> PlotSeries:
    """A curve by epoch, from 1 on."""
    return PlotSeries(split, metric, "epoch", tuple(map(float, range(1, len(y) + 1))), y, origin)


FALLING = [2.0, 1.6, 1.3, 1.1, 0.9, 0.8, 0.7, 0.6, 0.5]
TURNING = [2.1, 1.8, 1.5, 1.3, 1.2, 1.4, 1.6, 1.8, 2.0]
RUN = of_mapping({"history": {"train_loss": FALLING, "val_loss": TURNING}}, "run.json")
SICK = diagnose(observed(RUN))
PAGE = Parsed(SICK.to_html())
TEXT = environment().from_string('<p title="{{ told }}">{{ told }}</p>')


# What is given is shown and never run


@settings(max_examples=40, deadline=None)
@given(st.text() | st.sampled_from(ATTACKS))
def test_text_is_text(told):
    """Whatever stands in a text, it opens no element and ends no attribute."""
    page = TEXT.render(told=told)

    assert re.fullmatch(r'<p title="[^"<>]*">[^<>]*</p>', page)


@given(st.text(st.characters(exclude_categories=["C"])))
def test_text_is_shown_as_written(told):
    """What a reader sees is what was written."""
    assert unescape(TEXT.render(told=told)).endswith(f">{told}</p>")


@given(st.text())
def test_a_page_can_be_written(told):
    """Characters that no page may hold are replaced: every text can be stored as UTF-8."""
    assert not re.search(
        r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]",
        TEXT.render(told=told).encode("utf-8").decode("utf-8"),
    )


def hostile_run(told: str) -> Run:
    """A run in whose every text somebody wrote something."""
    run = of_mapping(
        {
            "history": {"train_loss": FALLING, "val_loss": TURNING},
            "setup": {"optimizer": f"o{told}"},
        },
        told,
    )
    run.format, run.notes, run.ignored = told, [told], [told]
    return run


@settings(max_examples=15, deadline=None)
@given(st.sampled_from(ATTACKS) | st.text())
def test_a_hostile_run_adds_no_element(told):
    """A file name, a format, a note or a setup text adds no element to the page and no
    attribute.
    """
    calm, wild = (
        Parsed(diagnose(observed(run)).to_html()) for run in map(hostile_run, ("calm", told))
    )

    assert wild.tags == calm.tags
    assert [set(found) for _, found in wild.elements] == [set(found) for _, found in calm.elements]


@pytest.mark.parametrize("told", ATTACKS[:-1])
def test_a_hostile_run_is_told(told):
    """A file name, a note and a setup text stand on the page as they were given."""
    run = hostile_run(told)

    assert Parsed(diagnose(observed(run)).to_html()).text.count(told) >= 4


@pytest.mark.parametrize("told", ATTACKS)
def test_a_hostile_figure_is_text(told):
    """The figure behind an observation is text in the evidence and among the observations."""
    calm, wild = (
        Parsed(
            diagnose(Symptoms.gather([Observation("loss_nonfinite", "early", figure)])).to_html()
        )
        for figure in ("calm", told)
    )

    assert wild.tags == calm.tags


@pytest.mark.parametrize("told", ATTACKS)
def test_a_hostile_curve_is_text(told):
    """The names of a curve's metric, split, axis and file are text."""
    calm, wild = (
        drawn(
            PlotSeries(name, name, name, (1.0, 2.0), (1.0, 2.0), name),
            curve(1.0, 2.0, origin="other.csv"),
        )
        for name in ("calm", told)
    )

    assert (wild.tags, wild.balanced) == (calm.tags, True)


@pytest.fixture(scope="module")
def custom(tmp_path_factory):
    """Rules that declare a symptom of their own and ask for it with hostile words."""
    asked = json.dumps('Is <script>alert(1)</script> "there"?')
    check = (
        f"sensor_drift:\n  section: data\n  asks: {asked}\n  help: {asked}\n  minutes: 1\n"
        "  answers: {<b>x: {say: <b>x}, calm: {say: <i>calm}}\n  usual: {<b>x: 10, calm: 90}\n"
        "  with: {wrong_normalization: {<b>x: 90, calm: 10}}\n  basis: <u>ours\n"
    )
    folder = write_files(tmp_path_factory.mktemp("ours"), {"data/checks.yaml": check})
    return load(None, [folder])


@pytest.mark.parametrize("value, shown", [("<b>x", "<b>x"), (None, "<script>alert(1)</script>")])
def test_custom_symptoms_are_text(custom, value, shown):
    """A symptom of the user's own is text: its value when it was answered, its question when it is
    open.
    """
    answered = observed(answers={"sensor_drift": value}, knowledge=custom)

    page = Parsed(diagnose(answered, custom).to_html())

    assert (shown in page.text, "script" in page.tags, page.balanced) == (True, False, True)


def test_hostile_rules_are_text(hostile):
    """Text of the rules is shown as text too."""
    calm, wild = (
        Parsed(diagnose(Symptoms.of(loss_shape="flat"), rules).to_html())
        for rules in (load(), hostile)
    )

    assert (wild.tags, 'A <b>&amp; "q"' in wild.text) == (calm.tags, True)


# The file needs nothing beside it


def test_nothing_is_fetched():
    """No element of a report names another file or place, and the style fetches nothing."""
    names = {name for _, found in PAGE.elements for name in found}

    assert not names & {
        "src",
        "href",
        "srcset",
        "data",
        "action",
        "formaction",
        "poster",
        "background",
        "xlink:href",
        "style",
    }
    assert not re.search(r"url\(|@import|https?:", "".join(PAGE.within("style")))


def test_nothing_runs():
    """A report has no script, no handler, and nothing that could hold one."""
    assert not set(PAGE.tags) & {"script", "iframe", "object", "embed", "link", "base", "form"}
    assert not [name for _, found in PAGE.elements for name in found if name.startswith("on")]


def test_policy_comes_first():
    """The head forbids everything but the page's own style, before anything else is said but the
    encoding.
    """
    (_, encoding), (_, policy) = [one for one in PAGE.elements if one[0] == "meta"][:2]

    assert encoding == {"charset": "utf-8"} and policy["http-equiv"] == "Content-Security-Policy"
    assert policy["content"].startswith("default-src 'none'; style-src 'unsafe-inline'; ")


def test_same_bytes():
    """The same run gives the same bytes."""
    assert diagnose(observed(RUN)).to_html() == SICK.to_html()


def test_a_notebook_shows_it_in_a_frame():
    """In a notebook the report stands in a frame in which nothing may run."""
    [(name, found)] = Parsed(SICK._repr_html_()).elements

    assert (name, found["sandbox"], found["srcdoc"]) == ("iframe", "", SICK.to_html())


# Whatever was observed, the page is whole

SPECS = shipped()
IDS = [id for id, spec in SPECS.items() if spec.kind != "fact"]


def _value(id: str) -> st.SearchStrategy:
    spec = SPECS[id]
    if spec.kind == "flag":
        return st.booleans()
    levels = tuple(one.id for one in load().checks[id].answers) if id in load().checks else ()
    told = st.sampled_from([*levels, *spec.words]) if levels or spec.words else st.nothing()
    return told if spec.kind == "choice" else told | st.floats(spec.low, spec.high)


ANSWERS = st.lists(st.sampled_from(IDS), max_size=12, unique=True).flatmap(
    lambda ids: st.fixed_dictionaries({id: _value(id) for id in ids})
)
PLACES = st.floats(allow_nan=False, allow_infinity=False)
POINTS = st.lists(st.tuples(PLACES, st.floats()), min_size=1, max_size=12)
TRACES = st.builds(
    lambda split, metric, axis, points: PlotSeries(split, metric, axis, *zip(*points, strict=True)),
    st.sampled_from(["train", "val", "test", "other"]),
    st.sampled_from(["loss", "accuracy", "lr", "grad_norm"]),
    st.sampled_from(["epoch", "step"]),
    POINTS,
)


@settings(max_examples=25, deadline=None)
@given(ANSWERS, st.lists(TRACES, max_size=4), st.floats(-10, 10))
def test_any_symptoms_make_a_whole_page(answers, plot_series, at):
    """Whatever was observed, every element of the page is closed and no attribute stands twice."""
    made = [Observation(id, value, "as told", at) for id, value in answers.items()]

    page = Parsed(
        diagnose(
            Symptoms.gather(made, Source.MEASURED).with_plot_series(tuple(plot_series))
        ).to_html()
    )

    assert page.balanced


def titles(page: Parsed) -> list[str]:
    """The titles of the sections."""
    return page.within("h2")


def test_sections_of_a_sick_run():
    """A run that was read has its curves, what to do, the causes, the path and what was seen, in
    this order.
    """
    told = [
        "Curves",
        "Next",
        "Causes",
        "The path on the flowchart",
        "Still unknown",
        "Doubts",
        "What was observed",
    ]

    assert titles(PAGE) == [*told, "What was read"]


def test_nothing_to_say_is_left_out():
    """Where nothing was observed there are no curves, no path and no observations."""
    assert titles(Parsed(diagnose(Symptoms()).to_html())) == [
        "Next",
        "Causes",
        "Still unknown",
        "Doubts",
    ]


def test_a_healthy_run_has_nothing_next():
    """A report without a fault names nothing to do for a cause that is hardly possible."""
    calm = diagnose(
        Symptoms.of(
            tiny_overfit_result="pass",
            loss_shape="falling",
            train_loss_flat=False,
            generalization_gap="none",
            loss_nonfinite="never",
            val_loss_turns_up="none",
            output_loss_pair="standard",
            loss_still_falling_at_end=False,
            both_bad=False,
            val_bad_from_first_epoch=False,
            deploy_gap="none",
        )
    )

    assert calm.verdict == "healthy"
    assert max(one.probability for one in calm.causes) < 0.25
    assert "Next" not in titles(Parsed(calm.to_html()))


def test_headings_and_labels_have_a_target():
    """Every id is there once, and whatever names an id names one that is there."""
    ids = [found["id"] for _, found in PAGE.elements if "id" in found]
    named = [
        found[name]
        for _, found in PAGE.elements
        for name in ("for", "aria-labelledby")
        if name in found
    ]

    assert (len(ids), set(named) - set(ids)) == (len(set(ids)), set())


def test_every_picture_is_told():
    """A picture says in words what it shows, or is hidden from who cannot see it."""
    pictures = [found for name, found in PAGE.elements if name == "svg"]

    assert all(found.get("aria-label") or found.get("aria-hidden") == "true" for found in pictures)


# A mark stands where the symptom was seen


def place_of_mark(page: Parsed) -> float:
    """How far along the axis the only mark stands, from 0 to 1."""
    [mark], grid = page.of_class("mark"), page.of_class("grid")[0]
    start, end = float(grid["x1"]), float(grid["x2"])
    return (float(mark["x1"]) - start) / (end - start)


def test_the_turn_of_validation_is_marked():
    """Validation that is least at epoch 5 of 9 is marked in the middle."""
    page = panels(seen(epoch=list(range(1, 10)), train_loss=FALLING, val_loss=TURNING))

    assert "validation turns up (epoch 5)" in page.within("text")
    assert place_of_mark(page) == pytest.approx(0.5, abs=0.001)


def test_the_first_nan_is_marked():
    """A loss that is NaN from epoch 30 of 10 to 50 on is marked in the middle."""
    page = panels(
        seen(epoch=[10, 20, 30, 40, 50], train_loss=[2.0, 1.9, math.nan, math.nan, math.nan])
    )

    assert "first NaN or infinity (epoch 30)" in page.within("text")
    assert place_of_mark(page) == pytest.approx(0.5, abs=0.001)


def test_the_first_spike_is_marked():
    """A spike at step 250 of 0 to 1000 is marked at a quarter."""
    losses = [
        20.0 if step in (250, 700) else 2 + 0.01 * math.sin(step * 7.1) for step in range(1001)
    ]

    page = panels(seen(step=list(range(1001)), train_loss=losses))

    assert "first spike (step 250)" in page.within("text")
    assert place_of_mark(page) == pytest.approx(0.25, abs=0.001)


@pytest.mark.parametrize("greatest, marked", [(1.5, False), (60.0, True)])
def test_a_calm_gradient_is_not_marked(greatest, marked):
    """The greatest gradient norm is marked where it is far above the others, and not where it is
    one of them.
    """
    norms = [1.0, 1.1, greatest, 0.9, 1.0, 1.2]

    page = panels(seen(train_loss=[2.0, 1.8, 1.6, 1.5, 1.4, 1.3], grad_norm=norms))

    assert ("greatest (epoch 3)" in page.within("text")) == marked


def test_a_mark_stands_on_its_own_curve():
    """What was seen in validation, by epoch, is not marked on a training loss that was logged by
    step.
    """
    turned = Symptoms.gather([Observation("val_loss_turns_up", 0.5, at=5.0)], Source.MEASURED)
    steps = PlotSeries("train", "loss", "step", (0.0, 10.0), (2.0, 1.0))

    assert panels(turned.with_plot_series((steps,))).of_class("mark") == []
    assert (
        len(panels(turned.with_plot_series((steps, curve(*TURNING, split="val")))).of_class("mark"))
        == 1
    )


def test_a_mark_stands_on_its_own_run():
    """Of two runs that are looked at together, only the one in which it was seen is marked, and
    each is named.
    """
    one, other = (
        observed(of_mapping({"history": {"train_loss": losses}}, name))
        for name, losses in (("a.json", [2.0, 1.5, math.nan]), ("b.json", [2.0, 1.6, 1.5]))
    )

    page = panels(other | one)

    assert len(page.of_class("mark")) == 1
    assert [name for name in page.within("span") if name.endswith(".json")] == ["b.json", "a.json"]


def test_marks_of_one_place_do_not_cover_one_another():
    """Words above a curve stand in rows of their own where they would touch, and within the
    picture.
    """
    made = [
        Observation(id, value, at=5.0)
        for id, value in (
            ("loss_nonfinite", "mid"),
            ("loss_spikes", 4.0),
            ("train_loss_rising", True),
        )
    ]

    page = panels(Symptoms.gather(made, Source.MEASURED).with_plot_series((curve(*FALLING),)))

    [view] = [
        found["viewbox"] for name, found in page.elements if name == "svg" and "role" in found
    ]
    rows = [float(found["y"]) for found in page.of_class("marked")]
    assert (len(set(rows)), min(rows) - 12 >= float(view.split()[1])) == (3, True)


# A curve is drawn as it was logged


def paths(page: Parsed) -> list[str]:
    """The lines of the curves."""
    return [
        found["d"] for name, found in page.elements if name == "path" and found["class"] == "curve"
    ]


def test_nan_breaks_the_line():
    """A stretch without numbers breaks the line in two, and each lost point leaves a cross."""
    page = drawn(curve(3.0, 2.5, math.nan, math.inf, 2.0, 1.5))

    assert [line.count("M") for line in paths(page)] == [2]
    assert len(page.of_class("lost")) == 2


def test_a_point_alone_is_a_dot():
    """A value between two that are none is still seen."""
    assert len(drawn(curve(3.0, 2.5, math.nan, 2.0, math.nan)).of_class("dot")) == 1


def test_a_curve_without_numbers_is_told():
    """A metric that is never a number has no picture; that is said."""
    page = drawn(curve(math.nan, math.nan))

    assert (paths(page), page.text.strip()) == ([], "No value of the loss is finite.")


def heights(page: Parsed) -> list[float]:
    """How far down each point of the first curve stands."""
    return [float(point.split()[1]) for point in re.split("[ML]", paths(page)[0]) if point]


def test_a_loss_over_decades_is_drawn_by_decades():
    """Where values span more than a factor of fifty, each tenfold takes the same room."""
    first, second, third = heights(drawn(curve(100.0, 10.0, 1.0)))

    assert second - first == pytest.approx(third - second, abs=0.15)


def test_a_loss_of_one_decade_is_drawn_as_it_is():
    """Within a factor of fifty the same difference takes the same room."""
    first, second, third = heights(drawn(curve(3.0, 2.0, 1.0)))

    assert second - first == pytest.approx(third - second, abs=0.15)


@pytest.mark.parametrize("losses", [(0.5, 0.5, 0.5), (0.69314, 0.69315, 0.69314), (0.0, 0.0, 0.0)])
def test_a_flat_curve_is_flat(losses):
    """A curve that moves by less than a ten-thousandth is a level line and no zigzag."""
    down = heights(drawn(curve(*losses)))

    assert max(down) - min(down) < 0.15


NUMBERS = (
    st.floats(allow_nan=False, allow_infinity=False) | st.floats(-10, 10) | st.floats(1e-9, 1e-3)
)


@given(NUMBERS, NUMBERS)
def test_ticks_differ(one, other):
    """The ticks of an axis are one to six, no two are written alike, and each says where it
    stands.
    """
    scale = Scale.of(min(one, other), max(one, other))

    told = [tick.words for tick in scale.ticks]
    assert 1 <= len(set(told)) == len(told) <= 6
    assert all(
        float(tick.words) == pytest.approx(tick.value, rel=0.001, abs=1e-300)
        for tick in scale.ticks
    )


@pytest.mark.parametrize(
    "least, greatest, told",
    [
        (0, 1, ["0.0", "0.5", "1.0"]),
        (0.1, 0.7, ["0.2", "0.4", "0.6"]),
        (0, 1e-4, ["0", "5.0e-5", "1.0e-4"]),
        (0.3, 0.31, ["0.300", "0.305", "0.310"]),
        (12345.6, 12347.9, ["12346", "12347", "12348"]),
        (1e-4, 1e-4, ["0.0001"]),
        (0.002, 900, ["0.01", "0.1", "1", "10", "100"]),
        (1.5, 90, ["3", "10", "30"]),
    ],
)
def test_ticks_are_round(least, greatest, told):
    """Ticks are round numbers, in as few digits as part them."""
    assert [tick.words for tick in Scale.of(least, greatest).ticks] == told


def test_a_long_tick_has_room():
    """The picture begins right of the longest number beside it."""
    losses = -100011e9, -100056e9

    [begins] = {float(found["x1"]) for found in drawn(curve(*losses)).of_class("grid")}
    assert begins > 8 * max(len(tick.words) for tick in Scale.of(min(losses), max(losses)).ticks)


def test_a_diagnosis_without_curves_has_none():
    """What was answered and not read has no curve."""
    assert not figure(Symptoms.of(loss_shape="flat"), load())


# Evidence to the right is for, to the left against


def bars(*decibans: float) -> Parsed:
    """The bars of evidence, all of it counted."""
    return Parsed(evidence([_item(db) for db in decibans]) or "")


def _item(db: float, counted: bool = True) -> Evidence:
    return Evidence(
        check="a",
        symptom="loss_shape",
        saw="flat",
        figure="",
        source="measured",
        db=db,
        family="a",
        counted=counted,
    )


def test_a_bar_is_as_long_as_its_evidence():
    """Ten decibans for go a quarter to the right of the middle, five against an eighth to the
    left.
    """
    right, left = [found for name, found in bars(10, -5).elements if name == "rect"]

    assert (right["x"], right["width"], right["class"]) == ("60", "30", "for")
    assert (left["x"], left["width"], left["class"]) == ("45", "15", "against")


@given(st.floats(0.1, 1000).flatmap(lambda db: st.sampled_from([db, -db])))
def test_a_bar_stays_in_its_cell(db):
    """However strong the evidence, its bar ends in the middle or begins there, and does not leave
    its cell.
    """
    [bar] = [found for name, found in bars(db).elements if name == "rect"]

    start, end = float(bar["x"]), float(bar["x"]) + float(bar["width"])
    assert (
        (start, end <= 120) == (60, True)
        if db > 0
        else (start >= 0, end) == (True, pytest.approx(60))
    )


def test_the_strongest_evidence_comes_first():
    """What speaks for comes first, the strongest at the top, then what speaks against."""
    assert bars(-8, 2, 10, -1).of_class("db") and re.findall(
        r"[+-]\d+ dB", bars(-8, 2, 10, -1).text
    ) == [
        "+10 dB",
        "+2 dB",
        "-8 dB",
        "-1 dB",
    ]


def test_restated_evidence_has_no_bar():
    """An observation that restates another and was not counted has no bar."""
    assert not evidence([_item(5, counted=False)])


def test_every_cause_is_named():
    """The likeliest causes are told in full and the others by name: none is left out."""
    assert all(cause.title in PAGE.text for cause in SICK.causes)


def test_the_path_names_what_was_answered():
    """On the path each check that was answered stands with what was seen."""
    checks = PAGE.of_class("check")

    assert len(checks) == len({step.check for step in SICK.path})


def test_a_stop_is_marked():
    """The answer at which the walk stopped is marked."""
    stopped = Parsed(diagnose(Symptoms.of(loss_nonfinite="early")).to_html())

    assert len(stopped.of_class("stopped")) == 1


def test_an_observation_tells_by_whom():
    """Each observation is told with its source and the figure behind it."""
    told = diagnose(
        observe.history({"train_loss": FALLING, "val_loss": TURNING})
        | Symptoms.of(tiny_overfit_result="pass")
    )

    shown = Parsed(told.to_html()).within("td")
    assert "answered" in shown
    assert any(cell.startswith("measured, val loss 1.2 at epoch 5") for cell in shown)


def test_a_page_is_called_by_its_run():
    """Title and heading name the file, so that ten open reports can be told apart; the folders
    before it are left out.
    """
    reading = Reading(origin="/data/exp 7/metrics.csv", format="any table")
    found = diagnose(Symptoms.of(loss_shape="flat").with_log((), reading))
    told = found.to_html()

    assert f"<title>metrics.csv: {found.verdict} (mldx)</title>" in told
    assert "<h1>Diagnosis of metrics.csv</h1>" in told


def test_a_date_is_said_when_it_is_given():
    """The day stands at the end of a report if the caller gives it, else no day does."""
    assert "Made on 2026-11-28" in SICK.to_html(date="2026-11-28")
    assert "Made on" not in SICK.to_html()


def test_percentages_and_decibans_are_explained_where_they_are_read():
    """Above the causes a line says what a percentage and what a dB is."""
    assert "need not add up to 100" in PAGE.text
    assert "10 dB make it ten times as likely" in PAGE.text


def test_a_notebook_frame_has_no_border():
    """In a notebook the report stands in a frame without the browser's bevelled border."""
    assert 'style="border: 0"' in SICK._repr_html_()
