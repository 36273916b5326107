"""Rule sets small enough to check on paper: the one way in which tests make them.

    files = rule_set({"data": CHECKS}, {"data": [cause("apple", other="banana")]})
    rules = load(write_files(tmp_path, {**files, **shipped("thresholds", "sources")}))

A rule set is a mapping from file name to text, so a test changes one by replacing text.
"""

from __future__ import annotations

import copy
import re
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
  sources: {{{sources}}}
"""


def rule_set(checks: Mapping[str, str], causes: Mapping[str, Sequence[str]]) -> Files:
    """Return the flowchart and cause files of a rule set.

    checks  by stage, its checks as YAML; each stage starts at its first check, and the walk at the
            first of all
    causes  by stage, its cards as YAML
    """
    first = {stage: _first_id(text) for stage, text in checks.items()}
    entrance = next(iter(first.values()))
    files = {}
    for number, stage in enumerate(STAGES, 1):
        entry = ", entry: true" if stage == "data" else ""
        title = stage.replace("_", " ").capitalize()
        start = first.get(stage, entrance)
        head = f"stage: {{title: {title}, question: Is it well?, start: [{start}]{entry}}}\n"
        files[f"flowchart/{number}-{stage}.yaml"] = head + checks.get(stage, "")
    return {**files, **{f"causes/{stage}.yaml": "".join(cards) for stage, cards in causes.items()}}


def _first_id(checks: str) -> str:
    return re.findall(r"^(\w+):", checks, re.MULTILINE)[0]


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
    content["checks"]["input_range"]["question"] = HOSTILE
    content["stages"]["data"] |= {"title": HOSTILE, "question": HOSTILE}
    return KnowledgeBase(content, "hostile")
