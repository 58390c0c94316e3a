"""Opens a file, finds out what it is, and hands it to the reader of its format."""

from __future__ import annotations

import hashlib
import os
import stat
from importlib import import_module
from io import BufferedReader
from pathlib import Path, PurePath
from typing import Protocol

from pipeline.document import Document, Grid, Line, Picture
from pipeline.errors import E101, E102, E103, E105, E112, GoujiError
from pipeline.limits import Limits, default_limits
from pipeline.read.sniff import Found, sniff


class Reader(Protocol):
    def __call__(self, data: bytes, name: str, sha256: str, limits: Limits, folder: Path | None = None) -> Document:
        """`folder` is where the file lies, for formats that leave their pictures beside it."""
        ...


def _reader(module: str, function: str, *more: str, limited: bool = True, has_files_beside: bool = False) -> Reader:
    """A reader that is imported when its format first turns up: most runs meet one format only."""

    def read(data: bytes, name: str, sha256: str, limits: Limits, folder: Path | None = None) -> Document:
        reader = getattr(import_module(f"pipeline.read.{module}"), function)
        beside = {"folder": folder} if has_files_beside else {}
        document: Document = reader(data, name, sha256, *more, *([limits] if limited else []), **beside)
        return document

    return read


READERS: dict[Found, Reader] = {
    "text": _reader("text", "read_text", limited=False),
    "html": _reader("html", "read_html", has_files_beside=True),
    "mhtml": _reader("mhtml", "read_mhtml"),
    "docx": _reader("docx", "read_docx"),
    "pdf": _reader("pdf", "read_pdf"),
    "image": _reader("image", "read_image"),
    "xlsx": _reader("spreadsheet", "read_xlsx"),
    "xls": _reader("spreadsheet", "read_xls"),
    "csv": _reader("csv", "read_csv"),
    "doc": _reader("legacy", "read_legacy", "doc"),
    "rtf": _reader("legacy", "read_legacy", "rtf"),
    "odt": _reader("legacy", "read_legacy", "odt"),
    "ods": _reader("legacy", "read_legacy", "ods"),
    "xlsb": _reader("legacy", "read_legacy", "xlsb"),
    "wordml": _reader("legacy", "read_legacy", "wordml"),
    "sheetml": _reader("legacy", "read_legacy", "sheetml"),
}
"""What `sniff` finds, and who reads it. A new format is a module and a line here."""

_second_xls = _reader("legacy", "read_legacy", "xls")


def read_document(path: Path, limits: Limits | None = None, name: str | None = None) -> Document:
    """A report file as a document, whatever its format; its content decides which that is, not its name.

    Pictures stay pictures; nothing is recognised here. Of a web page, those that lie in its folder or below are found.

    Args:
        path: a regular file; a link, folder, pipe or device is refused without being opened for reading.
        limits: what it may cost; None for the shipped ones.
        name: what the file is called, without folders, where `path` is only where it was put: then nothing that lies
            there belongs to it. None for the path's own name.

    Raises:
        GoujiError: E101 to E114 where it cannot be read; E112 where there is nothing but links to pictures elsewhere.
    """
    limits = limits or default_limits()
    data = _content(path, limits.max_bytes)
    if not data.strip(b" \t\r\n\f\v\0\xef\xbb\xbf\xff\xfe"):
        raise GoujiError(E102)
    sha256 = hashlib.sha256(data).hexdigest()
    folder = path.parent if name is None else None
    # A name that is not valid in the system's encoding still has to fit into UTF-8 output.
    name = (path.name if name is None else name).encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    try:
        document = _read(data, name, sha256, folder, limits)
    except RecursionError:
        raise GoujiError(E105, reason="内容嵌套过深") from None
    pictures = [block for block in document.blocks if isinstance(block, Picture)]
    if pictures and not _has_text(document) and all(picture.pixels is None for picture in pictures):
        raise GoujiError(E112)
    return document


def _read(data: bytes, name: str, sha256: str, folder: Path | None, limits: Limits) -> Document:
    found = sniff(data, PurePath(name).suffix[1:].lower(), limits)
    try:
        document = READERS[found](data, name, sha256, limits, folder)
        if found != "xls" or document.blocks:
            return document
    except GoujiError as error:
        if found != "xls" or error.kind is not E105:
            raise
        damaged: GoujiError | None = error
    else:
        # Only pictures, perhaps, which xlrd does not give.
        damaged = None
    # What xlrd cannot follow, LibreOffice often can (.et, and the workbooks of some report generators).
    try:
        return _second_xls(data, name, sha256, limits)
    except GoujiError:
        if damaged is None:
            return document
        raise damaged from None


def open_regular(path: Path) -> BufferedReader:
    """The file, open for reading, if it is a regular one or a link to one.

    Raises:
        GoujiError: E101 for anything else, and where it cannot be opened.
    """
    try:
        # Without blocking, or a pipe that nobody writes to would hold us for ever.
        handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except (OSError, ValueError) as error:
        raise GoujiError(E101, reason=reason_of(path, error)) from None
    mode = os.fstat(handle).st_mode
    if not stat.S_ISREG(mode):
        os.close(handle)
        raise GoujiError(E101, reason=what_it_is(mode))
    return os.fdopen(handle, "rb")


def _content(path: Path, max_bytes: int) -> bytes:
    with open_regular(path) as file:
        try:
            size = os.fstat(file.fileno()).st_size
            if size > max_bytes:
                raise GoujiError(E103, size=size, limit=max_bytes)
            data = file.read(max_bytes + 1)
        except OSError as error:
            raise GoujiError(E101, reason=reason_of(path, error)) from None
    if len(data) > max_bytes:
        raise GoujiError(E103, size=len(data), limit=max_bytes)
    if not data:
        raise GoujiError(E102)
    return data


def reason_of(path: Path, error: OSError | ValueError) -> str:
    """Why the path could not be opened, for E101."""
    try:
        status = path.lstat()
    except (OSError, ValueError):
        status = None
    if status is not None and not stat.S_ISREG(status.st_mode):
        return what_it_is(status.st_mode)
    match error:
        case FileNotFoundError() | NotADirectoryError():
            return "没有这个文件"
        case PermissionError():
            return "没有读取权限"
        case OSError():
            return error.strerror or type(error).__name__
    return "文件名无效"


def what_it_is(mode: int) -> str:
    """What `st_mode` says of something that is no regular file, for E101."""
    kinds = (
        (stat.S_ISDIR, "是文件夹"), (stat.S_ISLNK, "是符号链接，请给出它指向的文件"), (stat.S_ISFIFO, "是管道"),
        (stat.S_ISSOCK, "是套接字"), (stat.S_ISCHR, "是设备"), (stat.S_ISBLK, "是设备"),
    )  # fmt: skip
    return next((what for test, what in kinds if test(mode)), "不是普通文件")


def _has_text(document: Document) -> bool:
    for block in document.blocks:
        if isinstance(block, Line) and block.text:
            return True
        if isinstance(block, Grid) and any(cell.text for cell in block.cells):
            return True
    return False
