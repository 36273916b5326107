"""Compressed files and archives: gzip, bzip2, xz, zstd, tar and zip.

An archive may be made to fill the memory: what comes out of one is bounded, both in bytes and in
proportion to what went in. A zip of model weights holds a pickle, and is not opened.
"""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import re
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path, PurePosixPath
from typing import IO, cast

from mldx.errors import UnreadableRun
from mldx.readers.faults import unreadable
from mldx.readers.normalise import refuse_binary
from mldx.readers.source import LogSource

_MOST = 100 << 20  # bytes unpacked from one archive: the readers take a few times as much
_FREE = 8 << 20  # bytes that may come out of however little
_RATIO = 250  # bytes out for each that went in: logs reach 10 to 100, a bomb 1,000
_MEMBERS = 2_000  # looked at
_READ = 200  # of them read
_BLOCK = 1 << 16

_TAR_AT, _TAR = 257, b"ustar"
_ZIP = b"PK\x03\x04"
_LOG_NAME = re.compile(
    r".*\.(?:csv|tsv|jsonl?|ndjson|txt|log|out|err|ya?ml|ipynb|md|html?|gz|bz2|xz|zst|zip|tar"
    r"|wandb|db|sqlite)$"
    r"|(?:.*/)?(?:events\.out\.tfevents[^/]*|nohup[^/]*|log|stdout|output)$",
    re.IGNORECASE,
)
_WEIGHTS = re.compile(
    r"(?:.*/)?(?:data\.pkl|.*\.npy|.*\.pkl|.*weights\.h5|\[Content_Types\]\.xml|AndroidManifest\.xml"
    r"|META-INF/.*)$"
)
# What the libraries let through when an archive is damaged.
_DAMAGED = (
    OSError, EOFError, zlib.error, lzma.LZMAError, zipfile.BadZipFile, tarfile.TarError,
    struct.error, LookupError, RuntimeError, ValueError, OverflowError,
)  # fmt: skip


def parts(source: LogSource) -> list[LogSource] | None:
    """Return the logs in an archive, None when the source is none.

    raises   UnreadableRun, saying why it cannot be unpacked
    """
    kind = _kind(source.head)
    if kind is None:
        return None
    try:
        return kind(source)
    except UnreadableRun:
        raise
    except _DAMAGED as error:
        what = f"the archive cannot be unpacked: {str(error) or type(error).__name__}."
        raise unreadable(source.origin, what, "a whole archive", "unpack it yourself") from error


def _kind(head: bytes) -> Callable[[LogSource], list[LogSource]] | None:
    streams = {b"\x1f\x8b": _gzip, b"BZh": _bzip2, b"\xfd7zXZ\x00": _xz, b"\x28\xb5\x2f\xfd": _zstd}
    found = next((kind for magic, kind in streams.items() if head.startswith(magic)), None)
    if found is not None:
        return found
    if head[_TAR_AT:].startswith(_TAR):
        return _tar
    return _zip if head.startswith(_ZIP) else None


def _gzip(source: LogSource) -> list[LogSource]:
    with source.open() as packed, cast("IO[bytes]", gzip.open(packed)) as stream:
        return [_whole(source, stream)]


def _bzip2(source: LogSource) -> list[LogSource]:
    with source.open() as packed, bz2.open(packed) as stream:
        return [_whole(source, stream)]


def _xz(source: LogSource) -> list[LogSource]:
    with source.open() as packed, lzma.open(packed) as stream:
        return [_whole(source, stream)]


def _zstd(source: LogSource) -> list[LogSource]:
    try:
        import zstandard
    except ImportError as error:
        what = "the file is compressed with zstd, for which a library is missing."
        help = "`pip install 'mldx[zstd]'`, or unpack the file with `zstd -d`"
        raise unreadable(source.origin, what, "", help) from error
    try:
        with (
            source.open() as packed,
            zstandard.ZstdDecompressor().stream_reader(packed, read_across_frames=True) as stream,
        ):
            return [_whole(source, stream)]
    except zstandard.ZstdError as error:
        raise ValueError(str(error)) from error


def _whole(source: LogSource, stream: IO[bytes]) -> LogSource:
    """Return what a compressed stream holds: one file, by the name without the suffix."""
    content = _bounded(source, stream, _size(source), _MOST)
    path = source.path.with_suffix("") if source.path and source.path.suffix else source.path
    return LogSource(source.origin, lambda: io.BytesIO(content), path, source.name)


def _size(source: LogSource) -> int:
    with source.open() as stream:
        return stream.seek(0, io.SEEK_END)


def _bounded(source: LogSource, stream: IO[bytes], packed: int, most: int) -> bytes:
    """Return what a stream holds, and refuse more than `most` bytes, or a bomb.

    packed  bytes that the archive has
    """
    content = io.BytesIO()
    while block := stream.read(_BLOCK):
        content.write(block)
        size = content.tell()
        if size > most:
            what = f"more than {_MOST >> 20} MB come out of the archive."
            raise unreadable(source.origin, what, "a smaller log", "unpack it and give the log")
        if size > max(_FREE, _RATIO * packed):
            what = f"it unpacks to more than {_RATIO} times its size, as no log does."
            raise unreadable(source.origin, what, "the log itself", "unpack it and give the log")
    return content.getvalue()


def _tar(source: LogSource) -> list[LogSource]:
    with source.open() as packed, tarfile.open(fileobj=packed, mode="r:") as archive:
        members = ((one.name, _opened_in(archive, one)) for one in archive if one.isfile())
        return _members(source, members)


def _opened_in(archive: tarfile.TarFile, member: tarfile.TarInfo) -> Callable[[], IO[bytes]]:
    def opened() -> IO[bytes]:
        stream = archive.extractfile(member)
        assert stream is not None
        return stream

    return opened


def _zip(source: LogSource) -> list[LogSource]:
    with source.open() as packed:
        if not zipfile.is_zipfile(packed):
            refuse_binary(source.origin, source.head)
        archive = zipfile.ZipFile(packed)
        infos = [one for one in archive.infolist() if not one.is_dir()]
        if any(_WEIGHTS.match(one.filename) for one in infos):
            refuse_binary(source.origin, source.head)
        if any(one.flag_bits & 1 for one in infos):
            what = "the archive is locked with a password."
            raise unreadable(source.origin, what, "an open archive", "unpack it and give the log")
        members = ((one.filename, _opened(archive, one)) for one in infos)
        return _members(source, members)


def _opened(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Callable[[], IO[bytes]]:
    return lambda: archive.open(member)


def _members(
    source: LogSource, members: Iterable[tuple[str, Callable[[], IO[bytes]]]]
) -> list[LogSource]:
    """Return the members that may be logs, all of them together bounded."""
    size, left = _size(source), _MOST
    found = []
    for name, opened in _of_logs(members):
        with opened() as stream:
            content = _bounded(source, stream, size, left)
        left -= len(content)
        part = source.part(content, name)
        found.append(LogSource(part.origin, part.open, Path(name), part.name))
        if len(found) == _READ:
            break
    if not found:
        what = "no member of the archive looks like a log."
        raise unreadable(source.origin, what, "a log with a loss in it")
    return found


def _of_logs(
    members: Iterable[tuple[str, Callable[[], IO[bytes]]]],
) -> Iterator[tuple[str, Callable[[], IO[bytes]]]]:
    for place, (name, opened) in enumerate(members):
        if place >= _MEMBERS:
            return
        hidden = any(part.startswith((".", "__MACOSX")) for part in PurePosixPath(name).parts)
        if not hidden and _LOG_NAME.match(name):
            yield name, opened
