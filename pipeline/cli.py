"""The command `gouji`. Exit codes: 0 done; 1 some reports failed; 2 wrong use; 130 interrupted.

Only what the command asked for needs is imported, so that it starts at once. Commands of other packages come
from the entry point group `gouji.commands`: each is a function that gets argparse's subparsers, adds a parser
and sets its default `run` to a function from the parsed arguments to an exit code.
"""

from __future__ import annotations

import argparse
import io
import os
import re
import signal
import sys
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn, TypeAlias

from pipeline.errors import E101, E301, E304, E305, E901, GoujiError

if TYPE_CHECKING:
    from rich.console import Console

    from pipeline.document import Box, Pixels
    from pipeline.record import Report
    from pipeline.show.pictures import PagePicture

Subparsers: TypeAlias = "argparse._SubParsersAction[Parser]"

SCANNING_SHARE = 0.8
"""Of a report's time, until which its pages may be begun; the rest is for deciding."""
_FAILED, _WRONG_USE, _INTERRUPTED, _BROKEN_PIPE = 1, 2, 130, 141
_COMMAND_GROUP = "gouji.commands"


class WrongUse(Exception):
    """Arguments that parse and still make no sense together; `str()` says what to do."""


class Parser(argparse.ArgumentParser):
    """Says in one line what is wrong with the arguments."""

    def error(self, message: str) -> NoReturn:
        raise WrongUse(f"{self.prog}: {_in_chinese(message)}；用法见 {self.prog} --help")

    def format_help(self) -> str:
        text = super().format_help().replace("usage:", "用法：", 1)
        return text.replace("\npositional arguments:", "\n参数：").replace("\noptions:", "\n选项：")


class _Version(argparse.Action):
    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> NoReturn:
        from importlib.metadata import version

        print(f"gouji {version('gouji')}")
        parser.exit()


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command and returns its exit code; never raises."""
    try:
        code = _guarded(arguments)
        sys.stdout.flush()
        return code
    except BrokenPipeError:
        # Whoever read our output has left; the interpreter must not complain when it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return _BROKEN_PIPE


class _Interrupt:
    """Remembers Ctrl-C. An exception that a signal raises can be lost where Python may not let one out (while it
    frees an object); work over many files asks here before the next one."""

    def __init__(self) -> None:
        self.asked = False

    def __enter__(self) -> _Interrupt:
        self.asked = False
        self._usual = signal.getsignal(signal.SIGINT)
        if threading.current_thread() is threading.main_thread() and self._usual is signal.default_int_handler:
            signal.signal(signal.SIGINT, self._note)
        return self

    def __exit__(self, *_: object) -> None:
        if signal.getsignal(signal.SIGINT) == self._note:
            signal.signal(signal.SIGINT, self._usual)

    def _note(self, *_: object) -> None:
        self.asked = True
        raise KeyboardInterrupt

    def check(self) -> None:
        if self.asked:
            raise KeyboardInterrupt


_interrupt = _Interrupt()


def _guarded(arguments: Sequence[str] | None) -> int:
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    given = list(sys.argv[1:] if arguments is None else arguments)
    try:
        parsed = _parser(given).parse_args(given)
        run: Callable[[argparse.Namespace], int] | None = getattr(parsed, "run", None)
        if run is None:
            raise WrongUse("gouji: 缺少命令，例如 gouji read 文件；用法见 gouji --help")
        with _interrupt:
            return run(parsed)
    except SystemExit as leaving:
        return leaving.code if isinstance(leaving.code, int) else 0
    except WrongUse as wrong:
        _complain(str(wrong))
        return _WRONG_USE
    except KeyboardInterrupt:
        _complain("gouji: 已中断")
        return _INTERRUPTED
    except BrokenPipeError:
        raise
    except GoujiError as error:
        _complain(f"gouji: {error}")
        return _WRONG_USE if error.kind is E301 else _FAILED
    except Exception as error:
        _complain(f"gouji: {_unexpected(error)}")
        return _FAILED


def _parser(given: Sequence[str]) -> Parser:
    parser = Parser(prog="gouji", description="把政府信息公开工作年度报告变成可信的数字。", add_help=False)
    parser.add_argument("-h", "--help", action="help", help="显示说明并退出")
    parser.add_argument("--version", action=_Version, nargs=0, help="显示版本并退出")
    commands = parser.add_subparsers(title="命令", metavar="命令", parser_class=Parser)
    _add_read(commands)
    _add_explain(commands)
    wanted = next((word for word in given if not word.startswith("-")), None)
    if wanted not in ("read", "explain") and "--version" not in given:
        _add_others(commands, wanted)
    return parser


def _add_others(commands: Subparsers, wanted: str | None) -> None:
    """Commands of other packages: the one asked for, or all where none is or it is not known."""
    from importlib.metadata import entry_points

    found = sorted(entry_points(group=_COMMAND_GROUP), key=lambda entry: entry.name)
    named = [entry for entry in found if entry.name == wanted]
    for entry in named or found:
        try:
            register: Callable[[Subparsers], None] = entry.load()
        except (ImportError, AttributeError) as error:
            reason = f"命令 {entry.name} 无法载入（{_printable(str(error))}）"
            if named:
                raise GoujiError(E901, reason=reason) from error
            if wanted is None:
                _complain(f"gouji: {reason}")
        else:
            register(commands)


def _add_read(commands: Subparsers) -> None:
    parser = commands.add_parser(
        "read",
        add_help=False,
        help="读一份或几份报告，显示填好的表格",
        description="读报告，恢复表格，用勾稽关系核对，显示每个数字及其依据。",
    )
    parser.add_argument("files", nargs="+", metavar="文件", help="报告：HTML、PDF、DOCX、XLSX、文本等")
    parser.add_argument("-h", "--help", action="help", help="显示说明并退出")
    parser.add_argument("--json", action="store_true", help="只在标准输出写记录；几个文件时每行一个")
    parser.add_argument("--html", metavar="输出", help="写成网页；几个文件时为文件夹")
    parser.add_argument("--last-year", metavar="文件", help="同一机关上一年的报告，或它的记录（.json）")
    parser.add_argument("--overlay", metavar="文件夹", help="扫描件：每页一张图，画出恢复的表格")
    _add_scanning(parser)
    _add_limits(parser)
    parser.set_defaults(run=_read)


def _add_explain(commands: Subparsers) -> None:
    parser = commands.add_parser(
        "explain",
        add_help=False,
        help="说明一个数字为什么是这个值",
        description="显示一个字段的理由、算式、原印、候选与出处。",
    )
    parser.add_argument("file", metavar="文件", help="报告，或它的记录（.json）")
    parser.add_argument("field", metavar="字段", help="表.行.列，例如 t3.new.total")
    parser.add_argument("-h", "--help", action="help", help="显示说明并退出")
    _add_scanning(parser)
    _add_limits(parser)
    parser.set_defaults(run=_explain, overlay=None, html=None)


def _add_scanning(parser: Parser) -> None:
    parser.add_argument("--ocr", metavar="模型组", help="扫描件：configs/ocr.yaml 中的一组模型")
    parser.add_argument("--device", metavar="设备", help="扫描件：cpu、gpu 或 gpu:1")
    parser.add_argument("--no-tagger", action="store_true", help="不用标注模型：标签和标题认不出的地方留作未定")


def _add_limits(parser: Parser) -> None:
    parser.add_argument("--timeout", type=_seconds, default=300.0, metavar="秒", help="每份报告的时限，默认 300")
    parser.add_argument("--memory-limit", type=_megabytes, default=2048, metavar="MB", help="内存上限，默认 2048")


def _seconds(text: str) -> float:
    seconds = float(text)
    if not 0 < seconds < 1e7:
        raise ValueError(text)
    return seconds


def _megabytes(text: str) -> int:
    megabytes = int(text)
    if not 0 < megabytes < 1 << 24:
        raise ValueError(text)
    return megabytes


def _read(arguments: argparse.Namespace) -> int:
    files: list[str] = arguments.files
    several = len(files) > 1
    pages = _page_paths(files, arguments.html) if arguments.html else None
    try:
        last_year = _record(arguments.last_year, arguments) if arguments.last_year else None
    except GoujiError as error:
        _complain(f"{_printable(arguments.last_year)}: {error}")
        return _FAILED
    console = None if arguments.json or pages else _console()
    failed = False
    for index, name in enumerate(files):
        _interrupt.check()
        try:
            report, pictures = _read_pictured(name, arguments, last_year)
            if pages:
                _write_page(report, pictures, pages[index])
        except GoujiError as error:
            failed = True
            _complain(f"{_printable(name)}: {error}")
            continue
        except Exception as error:
            failed = True
            _complain(f"{_printable(name)}: {_unexpected(error)}")
            continue
        if arguments.json:
            _write(report.model_dump_json(by_alias=True) + "\n" if several else report.to_json())
        elif pages:
            _write(_summary(name, report, pages[index]))
        elif console:
            _write(_view(report, console) + ("\n" if index + 1 < len(files) else ""))
    return _FAILED if failed else 0


def _explain(arguments: argparse.Namespace) -> int:
    from pipeline.show.explanation import explain_field

    try:
        report = _record(arguments.file, arguments)
    except GoujiError as error:
        _complain(f"{_printable(arguments.file)}: {error}")
        return _FAILED
    if arguments.field not in report.fields:
        raise GoujiError(E301, field=_printable(arguments.field) + _near(arguments.field, report))
    _write(explain_field(report, arguments.field))
    return 0


def _record(name: str, arguments: argparse.Namespace) -> Report:
    """The record of a report, or the one saved in a `.json` file."""
    if not name.lower().endswith(".json"):
        return _read_report(name, arguments, None)
    from pydantic import ValidationError

    from pipeline.record import Report

    try:
        return Report.from_json(Path(name).read_bytes())
    except OSError as error:
        raise GoujiError(E101, reason=_reason(error)) from None
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"]) or "整个文件"
        raise GoujiError(E305, reason=_printable(f"{place}: {first['msg']}")) from None


def _read_report(name: str, arguments: argparse.Namespace, last_year: Report | None) -> Report:
    return _read_pictured(name, arguments, last_year)[0]


def _read_pictured(
    name: str, arguments: argparse.Namespace, last_year: Report | None
) -> tuple[Report, list[PagePicture]]:
    """The report, and the pictures of its pages where a page is to show them."""
    # Loaded before the fork, so that several reports pay for it once.
    import pipeline.reading  # noqa: F401
    from pipeline.isolation import run_limited

    request = _Request(name, last_year, arguments)
    try:
        return run_limited(_read_one, request, arguments.timeout, arguments.memory_limit)
    finally:
        if sys.stderr.isatty():
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)


@dataclass(frozen=True, slots=True)
class _Request:
    name: str
    last_year: Report | None
    arguments: argparse.Namespace


def _show_progress(name: str, done: int, total: int) -> None:
    """One line that is written over, for someone who is watching."""
    if sys.stderr.isatty() and done < total:
        line = f"{_printable(Path(name).name)}：识别第 {done + 1}/{total} 页"
        print(f"\r\x1b[K{line}", end="", file=sys.stderr, flush=True)


def _read_one(request: _Request) -> tuple[Report, list[PagePicture]]:
    from pipeline.reading import Scanning, Tagging, read_report

    arguments = request.arguments
    pictures: list[PagePicture] = []

    def seen(page: int, box: Box, pixels: Pixels) -> None:
        from pipeline.show.pictures import picture_of

        pictures.append(picture_of(page, box, pixels))

    scanning = Scanning(
        engine=arguments.ocr,
        device=arguments.device,
        seconds=arguments.timeout * SCANNING_SHARE,
        progress=lambda done, total: _show_progress(request.name, done, total),
        seen=seen if arguments.html else None,
        overlay=_overlay_folder(arguments, request.name),
    )
    try:
        tagging: Tagging = "never" if arguments.no_tagger else "cascade"
        return read_report(Path(request.name), request.last_year, scanning, tagging), pictures
    except (GoujiError, MemoryError):
        raise
    except Exception:
        if os.environ.get("GOUJI_DEBUG"):
            import traceback

            traceback.print_exc()
        raise


def _page_paths(files: Sequence[str], out: str) -> list[Path]:
    """Where each page goes; names that would collide get a number.

    Raises:
        WrongUse: several files and an output that is no folder, or a page in the place of a report.
    """
    target = Path(out)
    if len(files) == 1 and not target.is_dir() and not out.endswith("/"):
        paths = [target]
    else:
        if target.exists() and not target.is_dir():
            raise WrongUse(f"gouji read: 几个文件时 --html 要给文件夹，{_printable(out)} 是文件")
        if len(files) > 1 and target.suffix.lower() in (".html", ".htm") and not target.is_dir():
            raise WrongUse(f"gouji read: 几个文件时 --html 要给文件夹，例如 --html {_printable(target.stem)}/")
        paths = []
        taken: set[str] = set()
        for file in files:
            name, number = f"{Path(file).name}.html", 1
            while name.lower() in taken:
                number += 1
                name = f"{Path(file).name}-{number}.html"
            taken.add(name.lower())
            paths.append(target / name)
    for path in paths:
        if any(path.exists() and Path(file).exists() and path.samefile(file) for file in files):
            raise WrongUse(f"gouji read: --html 会覆盖报告 {_printable(str(path))}，请换一个文件名")
    return paths


def _overlay_folder(arguments: argparse.Namespace, name: str) -> Path | None:
    """Several files get a folder each."""
    if not arguments.overlay:
        return None
    folder = Path(arguments.overlay)
    return folder / Path(name).name if len(getattr(arguments, "files", ())) > 1 else folder


def _write_page(report: Report, pictures: Sequence[PagePicture], path: Path) -> None:
    from pipeline.show.page import write_page

    page = write_page(report, pictures).encode("utf-8", "backslashreplace")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(page)
    except OSError as error:
        raise GoujiError(E304, reason=f"{_printable(str(path))}（{_reason(error)}）") from None


def _console() -> Console:
    from rich.console import Console

    return Console(soft_wrap=False, highlight=False, markup=False, emoji=False)


def _view(report: Report, console: Console) -> str:
    from pipeline.show.terminal import print_report

    with console.capture() as capture:
        print_report(report, console)
    text = capture.get()
    # Lines that were folded keep a space at the end, which a file need not have.
    return text if console.is_terminal else "".join(f"{line.rstrip()}\n" for line in text.splitlines())


def _summary(name: str, report: Report, page: Path) -> str:
    from pipeline.show import words

    status = words.REPORT_STATUS_WORDS[report.status]
    who = _printable(f"{report.agency or '（未写明机关）'} {report.year or ''}".strip())
    return f"{_printable(name)}: {who}，{status}；网页 {_printable(str(page))}\n"


def _near(field: str, report: Report) -> str:
    from difflib import get_close_matches

    near = get_close_matches(field, report.fields, n=1)
    return f"（是否指 {near[0]}）" if near else ""


def _write(text: str) -> None:
    """To stdout; records are UTF-8 whatever the locale says."""
    buffer = getattr(sys.stdout, "buffer", None)
    if buffer is not None and (sys.stdout.encoding or "").lower().replace("-", "") in ("utf8", "ascii"):
        sys.stdout.flush()
        buffer.write(text.encode("utf-8", "backslashreplace"))
        buffer.flush()
    else:
        sys.stdout.write(text)
        sys.stdout.flush()


def _unexpected(error: Exception) -> GoujiError:
    if os.environ.get("GOUJI_DEBUG"):
        import traceback

        traceback.print_exc()
    return GoujiError(E901, reason=_printable(f"{type(error).__name__}: {error}")[:200])


def _complain(line: str) -> None:
    print(" ".join(line.split()), file=sys.stderr)


def _reason(error: OSError) -> str:
    words = {
        "FileNotFoundError": "没有这个文件或文件夹",
        "PermissionError": "没有权限",
        "IsADirectoryError": "是文件夹",
        "NotADirectoryError": "上一级不是文件夹",
    }
    return words.get(type(error).__name__, error.strerror or type(error).__name__)


def _printable(text: str) -> str:
    from pipeline.show.printable import printable

    return printable(text)


_MESSAGES = (
    (r"the following arguments are required: (.+)", r"缺少参数 \1"),
    (r"unrecognized arguments: (.+)", r"不认识的参数 \1"),
    (r"argument 命令: invalid choice: (.+?) \(choose from (.+)\)", r"没有命令 \1，可用的有 \2"),
    (r"argument (\S+): invalid choice: (.+?) \(choose from (.+)\)", r"参数 \1 不能是 \2，可用的有 \3"),
    (r"argument (\S+): invalid \S+ value: (.+)", r"参数 \1 的值 \2 无效"),
    (r"argument (\S+): expected .*arguments?", r"参数 \1 缺少值"),
    (r"ambiguous option: (\S+) could match (.+)", r"参数 \1 不明确，可能是 \2"),
    (r"argument (\S+): ignored explicit argument (.+)", r"参数 \1 不接受值 \2"),
)


def _in_chinese(message: str) -> str:
    """argparse's own messages, so far as they are known."""
    for pattern, chinese in _MESSAGES:
        found = re.fullmatch(pattern, message, re.DOTALL)
        if found:
            return _printable(found.expand(chinese))
    return _printable(message)


if __name__ == "__main__":
    sys.exit(main())
