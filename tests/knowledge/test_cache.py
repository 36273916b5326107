"""The cache saves time and can do nothing else."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from mldx.knowledge import cache, load


@pytest.fixture
def kept(tmp_path, monkeypatch) -> Path:
    """A cache folder of this test's own."""
    folder = tmp_path / "cache"
    monkeypatch.setenv("MLDX_CACHE_DIR", str(folder))
    return folder


@pytest.fixture
def no_parsing(monkeypatch):
    """A function after which parsing a rule file fails the test."""

    def explode(*_):
        raise AssertionError("YAML was parsed")

    return lambda: monkeypatch.setattr("mldx.knowledge.read.decoded", explode)


def test_a_second_load_parses_no_yaml(kept, rules, no_parsing):
    """What was read once is not parsed again."""
    first = load(rules)
    no_parsing()

    assert load(rules).content == first.content


def test_the_cache_holds_the_same_knowledge(kept, rules):
    """A knowledge base out of the cache walks as the one that was parsed."""
    parsed, cached = load(rules), load(rules)

    assert [node.id for node in cached.compiled.checks] == [
        node.id for node in parsed.compiled.checks
    ]
    assert cached.priors({}) == parsed.priors({})


@pytest.mark.parametrize(
    "spoil",
    [
        lambda text: "",
        lambda text: "{",
        lambda text: text[: len(text) // 2],
        lambda text: "\x00" * 40,
        lambda text: "null",
        lambda text: "[]",
        lambda text: "{}",
        lambda text: json.dumps({**json.loads(text), "format": 999}),
        lambda text: json.dumps({**json.loads(text), "key": "another"}),
        lambda text: json.dumps({**json.loads(text), "content": 5}),
    ],
    ids=[
        "empty",
        "open",
        "cut short",
        "zeros",
        "null",
        "list",
        "object",
        "other format",
        "other key",
        "no content",
    ],
)
def test_a_spoiled_cache_is_ignored(kept, rules, spoil):
    """A file that is corrupt, cut short or not ours is read over, and replaced by a good one."""
    first = load(rules)
    [file] = kept.glob("*.json")
    good = file.read_text(encoding="utf-8")
    file.write_text(spoil(good), encoding="utf-8")

    assert load(rules).content == first.content
    assert file.read_text(encoding="utf-8") == good


def test_bytes_that_are_no_text_are_ignored(kept, rules):
    """A cache file that is not UTF-8 is no error."""
    first = load(rules)
    [file] = kept.glob("*.json")
    file.write_bytes(b"\xff\xfe\x00\x80")

    assert load(rules).content == first.content


def test_an_edit_is_seen(kept, rules, changed):
    """A changed rule file is read anew, and the knowledge base has another version."""
    before = load(rules)
    after = load(changed("thresholds.yaml", "value: 0.4", "value: 0.3"))

    assert (
        before.threshold("diagnosis.healthy_prior"),
        after.threshold("diagnosis.healthy_prior"),
    ) == (0.4, 0.3)
    assert before.version != after.version


def test_a_renamed_folder_is_seen(kept, rules):
    """The names of the files are part of what the cache knows them by."""
    before = load(rules).version
    (rules / "5-drill_down").rename(rules / "6-drill_down")

    assert load(rules).version != before


def test_faults_are_not_kept(kept, rules, changed):
    """Rules with a fault leave nothing in the cache."""
    changed("thresholds.yaml", "value: 0.4", "value: much")

    with pytest.raises(Exception, match="is 'much'"):
        load(rules)
    assert list(kept.glob("*.json")) == []


def test_a_folder_that_cannot_be_written_is_no_error(rules, tmp_path, monkeypatch):
    """Where no cache can be kept, the rules are parsed each time."""
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    monkeypatch.setenv("MLDX_CACHE_DIR", str(tmp_path / "file" / "below"))

    assert load(rules).content["causes"]


def test_nothing_is_left_behind_when_writing_fails(kept, rules, monkeypatch):
    """A write that cannot be finished leaves no part of a file."""

    def full(self, target):
        raise OSError("no space left on device")

    monkeypatch.setattr(Path, "replace", full)

    assert load(rules).content["causes"]
    assert list(kept.iterdir()) == []


def test_many_may_write_at_once(kept):
    """Twenty writers of one key leave one whole file and nothing else."""
    content = {"causes": {str(number): "x" * 1000 for number in range(200)}}

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: cache.keep("key", content), range(20)))
    assert [file.name for file in kept.iterdir()] == ["key.json"]
    assert cache.fetch("key") == content


def test_a_reader_sees_a_whole_file_or_none(kept):
    """While others write, a reader gets the content or nothing, never a part."""
    content = {"causes": {str(number): "x" * 1000 for number in range(200)}}

    with ThreadPoolExecutor(8) as pool:
        writing = [pool.submit(cache.keep, "key", content) for _ in range(30)]
        seen = [cache.fetch("key") for _ in range(30)]
        [one.result() for one in writing]
    assert all(one is None or one == content for one in seen)
