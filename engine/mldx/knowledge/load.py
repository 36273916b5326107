"""Read the rules: YAML files in, one checked `KnowledgeBase` out; every fault of every file told together.

The files are read and hashed at each start; parsing and checking is done once for each content (see `cache`).
"""

from __future__ import annotations

from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import Any

from mldx import __version__
from mldx.errors import Fault, RulesError
from mldx.knowledge import cache as store
from mldx.knowledge.base import KnowledgeBase

FOLDERS = ("flowchart", "causes")


def rules_folder() -> Path:
    """Return where the shipped rules are: inside the wheel, or in the repository of an editable install."""
    package = Path(__file__).resolve().parents[1]
    inside = package / "rules"
    return inside if inside.is_dir() else package.parents[1] / "rules"


def load(folder: Path | None = None) -> KnowledgeBase:
    """Return the knowledge base of a folder, by default the shipped one, which is read once for each process.

    raises   RulesError, with all faults of all files in file order
    """
    return shipped() if folder is None else _loaded(Path(folder))


@cache
def shipped() -> KnowledgeBase:
    """Return the shipped knowledge base."""
    return _loaded(rules_folder())


def _loaded(folder: Path) -> KnowledgeBase:
    texts = read_texts(folder)
    key = _fingerprint(texts)
    content = store.fetch(key)
    if content is None:
        content = checked_content(folder, texts)
        store.keep(key, content)
    return KnowledgeBase(content, key[:12])


def read_texts(folder: Path) -> dict[Path, bytes]:
    """Return the rule files of a folder with their bytes, in the order of the walk."""
    if not folder.is_dir():
        raise RulesError(Fault(str(folder), "there is no such folder.", "a folder with flowchart/ and causes/"))
    files = sorted(folder.glob("*.yaml"))
    for name in FOLDERS:
        files += sorted((folder / name).glob("*.yaml"))
    return {file: file.read_bytes() for file in files}


def _fingerprint(texts: dict[Path, bytes]) -> str:
    digest = blake2b(f"{__version__} {store.FORMAT}".encode(), digest_size=20)
    for file, text in texts.items():
        digest.update(f"\0{file.parent.name}/{file.name}\0{len(text)}\0".encode())
        digest.update(text)
    return digest.hexdigest()


def checked_content(folder: Path, texts: dict[Path, bytes]) -> dict[str, Any]:
    """Parse, validate and cross-check the files; return plain data, or raise RulesError with every fault."""
    from mldx.knowledge.check import cross_faults
    from mldx.knowledge.read import Reading

    reading = Reading(folder)
    for file, text in texts.items():
        reading.add(file, text)
    faults = reading.faults or cross_faults(reading)
    if faults:
        raise RulesError(*faults)
    return reading.content


__all__ = ["checked_content", "load", "read_texts", "rules_folder"]
