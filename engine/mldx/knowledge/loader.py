"""Read the rules: YAML files in, one checked `KnowledgeBase` out; every fault of every file told
together.

The files are read and hashed at each start; parsing and checking is done once for each content (see
`cache`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mldx import __version__
from mldx.errors import Fault, RulesError
from mldx.knowledge import cache as store
from mldx.knowledge.base import KnowledgeBase

if TYPE_CHECKING:
    from mldx.knowledge.read import RuleFiles

FILES = ("checks", "causes")  # of each stage; its cases are read by those who run them


def rules_folder() -> Path:
    """Return where the shipped rules are: inside the wheel, or in the repository of an editable
    install.
    """
    package = Path(__file__).resolve().parents[1]
    inside = package / "rules"
    return inside if inside.is_dir() else package.parents[1] / "rules"


def load(folder: Path | None = None, extend: Sequence[Path | str] = ()) -> KnowledgeBase:
    """Return the knowledge base of a folder, by default the shipped one, which is read once for
    each process.

    extend   folders that add to it: causes, checks, rows, changed numbers (see `extend`)
    raises   RulesError, with all faults of all files in file order
    """
    if folder is None and not extend:
        return shipped()
    return _loaded(Path(folder or rules_folder()), tuple(map(Path, extend)))


@cache
def shipped() -> KnowledgeBase:
    """Return the shipped knowledge base."""
    return _loaded(rules_folder())


def _loaded(folder: Path, extend: tuple[Path, ...] = ()) -> KnowledgeBase:
    texts = [read_texts(place) for place in (folder, *extend)]
    key = _fingerprint(texts)
    content = store.fetch(key)
    if content is None:
        content = checked_content(folder, texts[0], dict(zip(extend, texts[1:], strict=True)))
        store.keep(key, content)
    return KnowledgeBase(content, key[:12])


def read_texts(folder: Path) -> dict[Path, bytes]:
    """Return the rule files of a folder with their bytes, in the order of the walk."""
    if not folder.is_dir():
        raise RulesError(Fault(str(folder), "there is no such folder.", "a folder with rules"))
    files = sorted(folder.glob("*.yaml"))
    for stage in sorted(place for place in folder.iterdir() if place.is_dir()):
        files += [file for name in FILES if (file := stage / f"{name}.yaml").is_file()]
    if not files:
        help = "name the folder that holds 1-data/, 2-learning/ and so on"
        raise RulesError(
            Fault(
                str(folder), "there are no rules in this folder.", "files that end in .yaml", help
            )
        )
    return {file: _bytes(file) for file in files}


def _bytes(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise RulesError(
            Fault(str(file), f"the file cannot be read: {error.strerror}.", "a readable file")
        ) from error


def _fingerprint(folders: Sequence[Mapping[Path, bytes]]) -> str:
    """Return a hash of every file of every folder, in order; the same files in other places are the
    same rules.
    """
    digest = blake2b(f"{__version__} {store.FORMAT}".encode(), digest_size=20)
    for number, texts in enumerate(folders):
        for file, text in texts.items():
            digest.update(f"\0{number}\0{_inside(file)}\0{len(text)}\0".encode())
            digest.update(text)
    return digest.hexdigest()


def _inside(file: Path) -> str:
    """Return the place of a file inside its folder of rules."""
    return f"{file.parent.name}/{file.name}" if file.stem in FILES else f"/{file.name}"


def checked_content(
    folder: Path,
    texts: Mapping[Path, bytes],
    extend: Mapping[Path, Mapping[Path, bytes]] | None = None,
) -> dict[str, Any]:
    """Parse, validate and cross-check the files; return plain data, or raise RulesError with every
    fault.
    """
    from mldx.knowledge.analysis import faults

    reading = read(folder, texts, extend or {})
    found = faults(reading)
    if found:
        raise RulesError(*found)
    return reading.content


def read(
    folder: Path, texts: Mapping[Path, bytes], extend: Mapping[Path, Mapping[Path, bytes]]
) -> RuleFiles:
    """Return the reading of a folder and of those that extend it, faults and all."""
    from mldx.knowledge.read import RuleFiles

    every = {file: text for files in (texts, *extend.values()) for file, text in files.items()}
    return RuleFiles.of(folder, every, tuple(extend))


def reading(folder: Path | None = None, extend: Sequence[Path] = ()) -> RuleFiles:
    """Return the reading of rules as they stand on disk, faults and all; for analysis."""
    place = folder or rules_folder()
    return read(place, read_texts(place), {other: read_texts(other) for other in extend})


__all__ = ["checked_content", "load", "read_texts", "reading", "rules_folder"]
