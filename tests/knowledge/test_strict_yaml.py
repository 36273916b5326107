"""YAML's traps are refused, with file, line and help."""

from __future__ import annotations

import pytest

from mldx.errors import RulesError
from mldx.knowledge import load
from mldx.knowledge.strict_yaml import parse

TRAPS = {
    "duplicate key": "a: 1\nb: 2\na: 3",
    "duplicate key below": "x: 1\ny:\n  {b: 1, b: 2}",
    "yes": "a: 1\n\nb: yes",
    "no": "a: 1\n\nb: no",
    "on": "a: 1\n\nb: on",
    "off": "a: 1\n\nb: off",
    "Yes": "a: 1\n\nb: Yes",
    "True with a capital": "a: 1\n\nb: True",
    "yes as a key": "a: 1\n\nyes: 1",
    "on as a key": "a: 1\n\non: 1",
    "a number as a key": "a: 1\n\n3: x",
    "a list as a key": "a: 1\n\n[1, 2]: x",
    "number as text": "a: 1\n\nb: 1e-3",
    "number as text, capital": "a: 1\n\nb: 2.5E5",
    "octal": "a: 1\n\nb: 010",
    "hexadecimal": "a: 1\n\nb: 0x1F",
    "binary": "a: 1\n\nb: 0b11",
    "sexagesimal": "a: 1\n\nb: 1:30",
    "sexagesimal with a fraction": "a: 1\n\nb: 1:30.5",
    "date": "a: 1\n\nb: 2024-01-02",
    "time stamp": "a: 1\n\nb: 2024-01-02T03:04:05",
    "tilde": "a: 1\n\nb: ~",
    "anchor": "a: 1\n\nb: &x 1",
    "alias": "a: &x 1\nb: 2\nc: *x",
    "tag": "a: 1\n\nb: !!python/name:os.system x",
    "own tag": "a: 1\n\nb: !secret x",
    "merge key": "a: 1\n\n<<: {c: 1}",
    "tab": "a: 1\nb:\n\tc: 1",
    "two documents": "a: 1\n---\nb: 1",
    "open bracket": "a: 1\nb: [1, 2\n",
    "wrong indentation": "a: 1\n  b: 2\nc: 3",
}


@pytest.mark.parametrize("trap", TRAPS)
def test_a_trap_is_refused(trap):
    """What reads as one thing and is another is refused, with its line and what was expected."""
    _, faults = parse(TRAPS[trap], "rules/x.yaml")

    assert [
        fault
        for fault in faults
        if fault.expected and fault.help and fault.place.file == "rules/x.yaml"
    ]


@pytest.mark.parametrize(
    "text, line",
    [
        ("a: 1\nb: 2\na: 3", 3),
        ("a: 1\n\nb: yes", 3),
        ("a:\n  - 1\n  - 1e-3", 3),
        ("# told\n\n\nb: 010", 4),
        ("a: 1\nb:\n\tc: 1", 3),
        ("a: &x 1", 1),
        ("a: 1\n---\nb: 1", 2),
    ],
)
def test_the_line_is_that_of_the_trap(text, line):
    """A fault points to the line one has to help, comments and empty lines counted."""
    assert str(parse(text, "x.yaml")[1][0].where) == f"x.yaml:{line}"


@pytest.mark.parametrize(
    "text, help",
    [
        ("a: 1e-3", "write 1.0e-3"),
        ("a: 2E5", "write 2.0e+5"),
        ("a: yes", "write true or false"),
        ("a: 010", "put '010' in quotes"),
        ("a: 1:30", "put '1:30' in quotes"),
        ("a: 1\na: 2", "merge the two or rename one"),
        ("a: &x 1", "write it out"),
    ],
)
def test_the_mend_is_told(text, help):
    """A trap comes with what to write instead."""
    assert parse(text, "x.yaml")[1][0].help == help


@pytest.mark.parametrize(
    "text, data",
    [
        ("a: true", {"a": True}),
        ("a: -3", {"a": -3}),
        ("a: 1_000", {"a": 1000}),
        ("a: 1.0e-3", {"a": 0.001}),
        ("a: .5", {"a": 0.5}),
        ("a: -.inf", {"a": float("-inf")}),
        ("a:", {"a": None}),
        ('a: "yes"', {"a": "yes"}),
        ("a: '010'", {"a": "010"}),
        ('"3": x', {"3": "x"}),
        ('a: "1e-3"', {"a": "1e-3"}),
        ("a: AT&T * 2", {"a": "AT&T * 2"}),
        ("a: >-\n  two\n  lines", {"a": "two lines"}),
        ("a: [x, {b: 1}]", {"a": ["x", {"b": 1}]}),
    ],
)
def test_plain_words_and_numbers_are_read(text, data):
    """What is written plainly, or in quotes, is read as written and without a fault."""
    document, faults = parse(text, "x.yaml")

    assert (document.data, faults) == (data, [])


@pytest.mark.parametrize(
    "text", ["a: !foo {b: 1}", "a: !foo [1]", 'a: !!float "0.3"', "a: !!str 5", "a: !!set {b}"]
)
def test_a_tag_is_refused_wherever_it_stands(text):
    """Tags are refused on mappings, lists and quoted text too."""
    assert parse(text, "x.yaml")[1]


@pytest.mark.parametrize("text", ["yes: 1", "<<: {a: 1}"])
def test_a_bad_key_is_one_fault(text):
    """A key that is no text is told once."""
    assert len(parse(text, "x.yaml")[1]) == 1


def test_bytes_that_are_no_text_are_refused(rules):
    """A rule file that is not UTF-8 is refused with the line of the wrong byte."""
    (rules / "pairs.yaml").write_bytes(b"binary: []\nmulti\xe9: []\n")

    with pytest.raises(RulesError) as caught:
        load(rules)
    assert str(caught.value.faults[0].where).endswith("pairs.yaml:2")


def test_a_byte_order_mark_is_no_fault(rules):
    """A file that an editor saved with a byte order mark is read."""
    file = rules / "pairs.yaml"
    file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes())

    assert load(rules).content["pairs"]


@pytest.mark.parametrize("text", ["", "# nothing\n", "- a\n- b\n", "word\n"])
def test_a_file_without_cards_is_refused(rules, text):
    """An empty rule file, a list or a word is no rule file."""
    (rules / "pairs.yaml").write_text(text, encoding="utf-8")

    with pytest.raises(RulesError) as caught:
        load(rules)
    assert str(caught.value.faults[0].where).endswith("pairs.yaml:1")


def test_all_faults_of_all_files_are_told_in_file_order(rules):
    """Traps in three files arrive together, by file and then by line."""
    for name, text in {
        "pairs.yaml": "binary: []\nbinary: []\n",
        "1-data/causes.yaml": "x: 1e-3\n",
        "2-learning/checks.yaml": "stage: yes\nx: 010\n",
    }.items():
        (rules / name).write_text(text, encoding="utf-8")

    with pytest.raises(RulesError) as caught:
        load(rules)
    told = [str(fault.where).replace("\\", "/").split("rules/")[1] for fault in caught.value.faults]
    assert told == [
        "pairs.yaml:2",
        "1-data/causes.yaml:1",
        "2-learning/checks.yaml:1",
        "2-learning/checks.yaml:2",
    ]


HOSTILE = {
    "an alias of itself": "a: &x [*x]",
    "aliases of aliases": "a0: &a0 [x]\n"
    + "".join(f"a{n + 1}: &a{n + 1} [{', '.join([f'*a{n}'] * 10)}]\n" for n in range(9)),
    "open brackets": "[" * 3000,
    "brackets within brackets": "[" * 100_000 + "]" * 100_000,
    "a number without end": "a: " + "1" * 5000,
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_text_is_a_fault(text):
    """What would never be built, or break the builder, is refused like any trap."""
    assert str(parse(text, "x.yaml")[1][0].where) == "x.yaml:1"


@pytest.mark.parametrize("word, help", [("yes", "write {is: true}"), ("off", "write {is: false}")])
def test_a_condition_in_a_word_is_helped_to_a_condition(word, help):
    """Whoever writes `when: yes` is told the condition that it stands for."""
    _, faults = parse(f"branches:\n  - when: {word}\n", "x.yaml")

    assert [fault.help for fault in faults] == [help]
