"""Rule sets small enough to check on paper: the one way in which tests make them.

    files = rule_set({"data": CHECKS}, {"data": [cause("apple", other="banana")]})
    rules = load(write_files(tmp_path, {**files, **shipped("thresholds", "sources")}))

A rule set is a mapping from file name to text, so a test changes one by replacing text.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from pathlib import Path

from mldx.knowledge import KnowledgeBase, rules_folder

Files = dict[str, str]

STAGES = ("data", "learning", "stability", "generalization", "drill_down")
HOSTILE = 'A <b>&amp; "q" \\N \\G\\ \n | {x} ]]> --> é 日本 \x00\x07 `t` %%{init}%% </TD>; #35; @me'


def cause(
    id: str,
    other: str,
    *,
    title: str = "",
    weight: int = 50,
    confirm: int = 1,
    fix: int = 10,
    leads_to: str = "",
    shows_as: str = "",
    sources: str = "own: our judgement",
) -> str:
    """Return the card of a cause.

    other         a cause it may be mistaken for
    weight        such runs among 1000 failing ones
    confirm, fix  minutes
    """
    return f"""\
{id}:
  title: {title or f"The fault {id}"}
  meaning: It is so.
  prior: {{weight: {weight}, basis: own judgement}}
  confirm: {{do: Look., expect: To see it., minutes: {confirm}}}
  fix: {{do: Mend it., minutes: {fix}}}
  mistaken_for: {{{other}: There it is otherwise.}}
  leads_to: [{leads_to}]
  shows_as: [{shows_as}]
  sources: {{{sources}}}
"""


def rule_set(checks: Mapping[str, str], causes: Mapping[str, Sequence[str]]) -> Files:
    """Return the files of all five stages of a rule set.

    checks  by stage, its checks as YAML
    causes  by stage, its cards as YAML
    """
    files = {}
    for number, stage in enumerate(STAGES, 1):
        title = stage.replace("_", " ").capitalize()
        head = f"stage: {{title: {title}, question: Is it well?}}\n"
        files[f"{number}-{stage}/checks.yaml"] = head + checks.get(stage, "")
        if stage in causes:
            files[f"{number}-{stage}/causes.yaml"] = "".join(causes[stage])
    return files


def edited(files: Files, *changes: tuple[str, str]) -> Files:
    """Return files with texts replaced; each text must stand in one of them.

    changes   (old, new)
    """
    found = dict(files)
    for old, new in changes:
        assert any(old in text for text in found.values()), old
        found = {name: text.replace(old, new) for name, text in found.items()}
    return found


def shipped(*names: str) -> Files:
    """Return files of the shipped rules, by their names without `.yaml`."""
    folder = rules_folder()
    return {f"{name}.yaml": (folder / f"{name}.yaml").read_text(encoding="utf-8") for name in names}


def write_files(folder: Path, files: Mapping[str, str]) -> Path:
    """Write files into a folder, and return it."""
    for name, text in files.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return folder


def with_hostile_text(knowledge: KnowledgeBase) -> KnowledgeBase:
    """Return rules with text that tries to be markup in a question and in a stage's head."""
    content = copy.deepcopy(dict(knowledge.content))
    content["checks"]["input_scale_class"]["asks"] = HOSTILE
    content["stages"]["data"] |= {"title": HOSTILE, "question": HOSTILE}
    return KnowledgeBase(content, "hostile")
