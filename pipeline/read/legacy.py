"""Formats that only an office program reads: LibreOffice turns them into ours, headless and locked in."""

from __future__ import annotations

import os
import re
import resource
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path, PurePath
from typing import Literal

from pipeline.document import Document
from pipeline.errors import E105, E106, E108, E109, E113, GoujiError
from pipeline.isolation import is_isolated
from pipeline.limits import Limits, default_limits
from pipeline.read.docx import read_docx
from pipeline.read.package import open_package
from pipeline.read.spreadsheet import read_xlsx

Kind = Literal["doc", "rtf", "odt", "wordml", "xls", "ods", "xlsb", "sheetml"]

# The name under which LibreOffice gets the file, whatever its own name was: it goes by the ending.
_ENDINGS: dict[Kind, str] = {
    "doc": "doc", "rtf": "rtf", "odt": "odt", "wordml": "xml", "xls": "xls", "ods": "ods", "xlsb": "xlsb",
    "sheetml": "xml",
}  # fmt: skip
_SHEETS: tuple[Kind, ...] = ("xls", "ods", "xlsb", "sheetml")
_TARGETS = {"docx": "docx:MS Word 2007 XML", "xlsx": "xlsx:Calc MS Excel 2007 XML"}

# No macros, no scripts, no fetching of linked content; the proxy points at a port that nothing answers.
_SETTINGS = (
    ("Office.Common/Security/Scripting", "MacroSecurityLevel", "3"),
    ("Office.Common/Security/Scripting", "DisableMacrosExecution", "true"),
    ("Office.Common/Security/Scripting", "BlockUntrustedRefererLinks", "true"),
    ("Office.Common/Security/Scripting", "DisableActiveContent", "true"),
    ("Office.Writer/Content/Update", "Link", "2"),
    ("Office.Calc/Content/Update", "Link", "1"),
    ("Office.Common/Misc", "FirstRun", "false"),
    ("Inet/Settings", "ooInetProxyType", "2"),
    ("Inet/Settings", "ooInetHTTPProxyName", "127.0.0.1"),
    ("Inet/Settings", "ooInetHTTPProxyPort", "9"),
    ("Inet/Settings", "ooInetHTTPSProxyName", "127.0.0.1"),
    ("Inet/Settings", "ooInetHTTPSProxyPort", "9"),
)


def read_legacy(data: bytes, name: str, sha256: str, kind: Kind, limits: Limits | None = None) -> Document:
    """A document that LibreOffice has to convert first, then read by the reader of the converted kind.

    Any number of these may run at once: each has a profile and a folder of its own.

    Args:
        kind: what the content was found to be.

    Raises:
        GoujiError: E109 without LibreOffice; E113 where it fails or takes too long; E106 encrypted; E107, E108
            as for the packed XML kinds.
    """
    limits = limits or default_limits()
    _refuse(data, kind, limits)
    target = "xlsx" if kind in _SHEETS else "docx"
    converted = _convert(data, _ENDINGS[kind], target, limits.conversion_seconds)
    try:
        read = (read_xlsx if target == "xlsx" else read_docx)(converted, name, sha256, limits)
    except GoujiError as error:
        if error.kind is E105:
            raise GoujiError(E113, reason="转换结果无法读取") from None
        raise
    return replace(read, format="legacy", name=PurePath(name).name)


def _refuse(data: bytes, kind: Kind, limits: Limits) -> None:
    """What must not even reach LibreOffice."""
    if kind in ("odt", "ods", "xlsb"):
        package = open_package(data, limits)
        for member in package.names:
            package.read(member)
        if kind != "xlsb" and b"encryption-data" in package.read("META-INF/manifest.xml"):
            raise GoujiError(E106)
    elif kind in ("wordml", "sheetml"):
        if any(word.encode(code) in data for word in ("<!DOCTYPE", "<!ENTITY") for code in ("utf-8", "utf-16-le")):
            raise GoujiError(E108)
    elif kind == "rtf" and not data.rstrip(b"\0 \t\r\n\x1a").endswith(b"}"):
        raise GoujiError(E105, reason="RTF 没有结尾，文件可能被截断")


def _convert(data: bytes, ending: str, target: str, seconds: int) -> bytes:
    program = shutil.which("soffice") or shutil.which("libreoffice")
    if program is None:
        raise GoujiError(E109)
    with tempfile.TemporaryDirectory(prefix="gouji-", ignore_cleanup_errors=True) as folder:
        work = Path(folder)
        source = work / f"report.{ending}"
        source.write_bytes(data)
        _write_profile(work / "profile")
        command = [
            program, "--headless", "--invisible", "--norestore", "--nologo", "--nodefault", "--nolockcheck",
            "--nofirststartwizard", f"-env:UserInstallation={(work / 'profile').as_uri()}",
            "--convert-to", _TARGETS[target], "--outdir", str(work / "out"), str(source),
        ]  # fmt: skip
        environment = {
            "PATH": os.environ.get("PATH", os.defpath), "HOME": folder, "TMPDIR": folder, "LANG": "C.UTF-8",
            "SAL_USE_VCLPLUGIN": "svp",
        }  # fmt: skip
        said = _run(command, environment, seconds)
        result = work / "out" / f"report.{target}"
        if not result.is_file():
            raise GoujiError(E113, reason=said or "没有生成结果")
        return result.read_bytes()


def _run(command: list[str], environment: dict[str, str], seconds: int) -> str:
    """Runs it to the end; what it said about a failure, in one line."""
    with _started(command, environment) as process:
        try:
            out, _ = process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            raise GoujiError(E113, reason=f"超过 {seconds} 秒") from None
    lines = [line.strip() for line in out.decode("utf-8", "replace").splitlines() if "rror" in line]
    # It names the file by its place in our temporary folder, which means nothing to the user.
    return re.sub(r"(file://)?/\S+", "", lines[0])[:120].strip() if lines else ""


@contextmanager
def _started(command: list[str], environment: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    # The launcher starts the real program as its own child. In an isolated process the whole group is swept at
    # the end, and a group of our own would escape that; elsewhere we need one so as to stop them together.
    own_group = not is_isolated()
    try:
        process = subprocess.Popen(
            command,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=own_group,
            preexec_fn=_lift_memory_limit,
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise GoujiError(E113, reason=f"无法启动（{type(error).__name__}）") from None
    try:
        yield process
    finally:
        if own_group:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
        process.wait()
        if process.stdout is not None:
            process.stdout.close()


def _lift_memory_limit() -> None:
    # It maps several gigabytes that it never touches.
    for which in (resource.RLIMIT_DATA, resource.RLIMIT_AS):
        _, hard = resource.getrlimit(which)
        resource.setrlimit(which, (hard, hard))


def _write_profile(profile: Path) -> None:
    items = "".join(
        f'<item oor:path="/org.openoffice.{path}"><prop oor:name="{name}" oor:op="fuse"><value>{setting}</value></prop>'
        "</item>"
        for path, name, setting in _SETTINGS
    )
    user = profile / "user"
    user.mkdir(parents=True)
    (user / "registrymodifications.xcu").write_text(
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<oor:items xmlns:oor="http://openoffice.org/2001/registry" '
        'xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"{items}</oor:items>",
        encoding="utf-8",
    )
