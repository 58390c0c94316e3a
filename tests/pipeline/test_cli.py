from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from pipeline.cli import main
from pipeline.record import Report
from tests.pipeline.read.picture_files import page_image, saved
from tests.pipeline.show.reports import as_published, clean_report, every_status

GOUJI = [sys.executable, "-m", "pipeline.cli"]


def gouji(*arguments: str | os.PathLike[str], **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*GOUJI, *map(os.fspath, arguments)],
        capture_output=True, text=True, encoding="utf-8", timeout=120, env={**os.environ, **environment},
    )  # fmt: skip


@pytest.fixture
def record(tmp_path: Path) -> Path:
    path = tmp_path / "record.json"
    path.write_text(every_status().to_json(), encoding="utf-8")
    return path


@pytest.fixture
def published(tmp_path: Path) -> Path:
    path = tmp_path / "report.html"
    path.write_text(as_published(clean_report()), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ([], "缺少命令"),
        (["frobnicate"], "没有命令 'frobnicate'，可用的有"),
        (["read"], "缺少参数 文件"),
        (["read", "--timeout", "soon", "x.html"], "参数 --timeout 的值 'soon' 无效"),
        (["read", "--timeout", "-1", "x.html"], "参数 --timeout 的值 '-1' 无效"),
        (["read", "--timeout", "nan", "x.html"], "参数 --timeout 的值 'nan' 无效"),
        (["read", "--memory-limit", "0", "x.html"], "参数 --memory-limit 的值 '0' 无效"),
        (["read", "x.html", "--colour"], "不认识的参数 --colour"),
        (["read", "x.html", "--html"], "参数 --html 缺少值"),
        (["read", "x.html", "y.html", "--html", "out.html"], "几个文件时 --html 要给文件夹"),
        (["explain", "x.html"], "缺少参数 字段"),
        (["evaluate"], "给出 --gold"),
    ],
)
def test_wrong_use_is_one_line_and_2(capsys, arguments, expected):
    code = main(arguments)

    out, error = capsys.readouterr()
    assert (code, out) == (2, "")
    assert error.count("\n") == 1
    assert expected in error


def test_a_page_never_overwrites_the_report(capsys, published):
    before = published.read_bytes()

    assert main(["read", str(published), "--html", str(published)]) == 2

    assert "覆盖" in capsys.readouterr().err
    assert published.read_bytes() == before


@pytest.mark.parametrize("arguments", [["--help"], ["read", "--help"], ["evaluate", "--help"], ["bench", "--help"]])
def test_help(capsys, arguments):
    assert main(arguments) == 0

    out = capsys.readouterr().out
    assert "用法" in out
    assert ("evaluate" in out) == (arguments in (["--help"], ["evaluate", "--help"]))


def test_version(capsys):
    assert main(["--version"]) == 0
    assert capsys.readouterr().out.startswith("gouji 0.")


def test_start_loads_nothing_heavy():
    code = "import sys, pipeline.cli; pipeline.cli.main(['--version']); print(sorted(sys.modules))"

    modules = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout

    for heavy in ("pydantic", "rich", "lxml", "yaml", "pypdfium2", "rapidfuzz"):
        assert f"'{heavy}'" not in modules


def test_explain_a_saved_record(capsys, record):
    assert main(["explain", str(record), "t3.partial.natural"]) == 0

    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "（二）部分公开·自然人  t3.partial.natural"
    assert lines[1].startswith("取值：6　改正")
    assert "理由：原印 5，改为 6：只有这样，本行之和与本列之和才同时成立。" in lines
    assert "算式：20 + 6 + 11 + 3 = 40" in lines
    assert "原印：5" in lines
    assert "依据：勾稽、正文叙述" in lines
    assert "出处：第 3 页，坐标 202,310–228,322" in lines


def test_explain_lists_candidates(capsys, record):
    assert main(["explain", str(record), "t3.denied_law.social"]) == 0

    out = capsys.readouterr().out
    assert "取值：未定　歧义" in out
    assert "候选：0（代价 0.00）\n候选：1（代价 0.75）\n" in out


def test_explain_an_unknown_field_is_wrong_use(capsys, record):
    assert main(["explain", str(record), "t3.new.totl"]) == 2

    error = capsys.readouterr().err
    assert "[E301]" in error
    assert "t3.new.total" in error
    assert error.count("\n") == 1


@pytest.mark.parametrize(
    ("content", "code"),
    [(None, "E101"), (b"", "E305"), (b'{"schema": "gouji-record/9"}', "E305"), (b"\xff\xfe{", "E305")],
)
def test_a_record_that_cannot_be_used(capsys, tmp_path, content, code):
    path = tmp_path / "old.json"
    if content is not None:
        path.write_bytes(content)

    assert main(["explain", str(path), "t3.new.total"]) == 1

    error = capsys.readouterr().err
    assert f"old.json: [{code}]" in error
    assert error.count("\n") == 1


def test_read_shows_the_form(published):
    done = gouji("read", published)

    assert (done.returncode, done.stderr) == (0, "")
    assert "青榆市云泽区卫生健康局　2022 年度" in done.stdout
    assert "\x1b" not in done.stdout
    row = next(line for line in done.stdout.splitlines() if line.startswith("一、本年新收"))
    assert row.split()[1:] == ["41", "3", "0", "0", "1", "0", "45"]


def test_json_is_the_record_alone(published):
    done = gouji("read", published, "--json")

    assert (done.returncode, done.stderr) == (0, "")
    report = Report.from_json(done.stdout)
    assert report.fields["t3.new.total"].value == 45
    assert done.stdout == report.to_json()


def test_an_image_that_cannot_be_a_report_is_one_line_and_1(tmp_path):
    whole = saved(page_image())
    files = {"icon.png": saved(page_image(size=(32, 32))), "head.png": whole[:40], "photo.heic": bytes(4) + b"ftypheic"}
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)

    done = gouji("read", *[tmp_path / name for name in files])

    assert (done.returncode, done.stdout) == (1, "")
    assert [line.split("[")[1][:4] for line in done.stderr.splitlines()] == ["E105", "E105", "E104"]


def test_json_is_utf_8_whatever_the_locale(published):
    done = gouji("read", published, "--json", PYTHONIOENCODING="ascii", LC_ALL="C")

    assert json.loads(done.stdout)["agency"] == "青榆市云泽区卫生健康局"


def test_several_files_one_line_each_and_1_where_one_fails(tmp_path, published):
    missing, empty = tmp_path / "none.html", tmp_path / "empty.txt"
    empty.touch()

    done = gouji("read", published, missing, empty, published, "--json")

    assert done.returncode == 1
    assert [json.loads(line)["file"] for line in done.stdout.splitlines()] == ["report.html", "report.html"]
    errors = done.stderr.splitlines()
    assert [error.split(": ")[0] for error in errors] == [str(missing), str(empty)]
    assert ["[E101]" in errors[0], "[E102]" in errors[1]] == [True, True]


def test_odd_bytes_in_a_file_name_are_printable(tmp_path):
    name = os.fsencode(tmp_path) + b"/\xff\n\x1b[31m.html"

    done = subprocess.run([*GOUJI, "read", name], capture_output=True, timeout=60)

    error = done.stderr.decode("utf-8")
    assert done.returncode == 1
    assert error.count("\n") == 1
    assert "\\xff\\x0a\\x1b[31m.html: [E101]" in error


def test_html_writes_a_page(tmp_path, published):
    out = tmp_path / "deep" / "page.html"

    done = gouji("read", published, "--html", out)

    assert (done.returncode, done.stderr) == (0, "")
    assert str(out) in done.stdout
    assert "青榆市云泽区卫生健康局" in out.read_text(encoding="utf-8")


def test_html_of_several_files_goes_into_a_folder(tmp_path, published):
    other = tmp_path / "other" / "report.html"
    other.parent.mkdir()
    other.write_text(as_published(clean_report(agency="青榆市民政局")), encoding="utf-8")

    done = gouji("read", published, other, "--html", tmp_path / "pages", "--json")

    assert done.returncode == 0
    assert len(done.stdout.splitlines()) == 2
    assert sorted(path.name for path in (tmp_path / "pages").iterdir()) == ["report.html-2.html", "report.html.html"]


def test_a_page_that_cannot_be_written(published):
    done = gouji("read", published, "--html", published / "page.html")

    assert done.returncode == 1
    assert "[E304]" in done.stderr
    assert done.stderr.count("\n") == 1


def test_last_year_may_be_a_record(tmp_path, published):
    done = gouji("read", published, "--json")
    saved = tmp_path / "last.JSON"
    saved.write_text(done.stdout, encoding="utf-8")

    assert gouji("read", published, "--last-year", saved, "--json").returncode == 0
    missing = gouji("read", published, "--last-year", tmp_path / "none.json", "--json")
    assert (missing.returncode, missing.stdout) == (1, "")
    assert "none.json: [E101]" in missing.stderr


def test_time_limit_is_kept(tmp_path):
    fifo = tmp_path / "large.html"
    fifo.write_text(as_published(clean_report()), encoding="utf-8")

    done = gouji("read", fifo, "--timeout", "0.001")

    assert done.returncode == 1
    assert "[E110]" in done.stderr


def test_a_reader_that_leaves_is_no_error(published):
    process = subprocess.Popen(
        [*GOUJI, "read", *[str(published)] * 3, "--json"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdout is not None and process.stderr is not None
    process.stdout.read(10)
    process.stdout.close()

    assert process.stderr.read() == b""
    process.wait(60)


def test_interrupt_is_one_line_and_130(tmp_path, published):
    errors = tmp_path / "errors.txt"
    with errors.open("wb") as sink:
        process = subprocess.Popen(
            [*GOUJI, "read", *[str(published)] * 500, "--json"], stdout=subprocess.PIPE, stderr=sink
        )
    assert process.stdout is not None
    # The first record shows that it is under way.
    assert process.stdout.readline()
    started = time.monotonic()
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)

    assert process.returncode == 130
    assert errors.read_text(encoding="utf-8").splitlines() == ["gouji: 已中断"]
    assert time.monotonic() - started < 10


def test_unexpected_errors_are_one_line_and_show_more_for_debugging(record):
    code = (
        "import sys, pipeline.show.explanation as e, pipeline.cli as c\n"
        "def fail(*_): raise RuntimeError('first\\nsecond')\n"
        "e.explain_field = fail\n"
        f"sys.exit(c.main(['explain', {str(record)!r}, 't3.new.total']))"
    )

    def run(**environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, env={**os.environ, **environment}
        )

    plain, debug = run(), run(GOUJI_DEBUG="1")

    assert plain.returncode == debug.returncode == 1
    assert plain.stderr.count("\n") == 1
    assert "[E901]" in plain.stderr
    assert "RuntimeError: first" in plain.stderr
    assert "Traceback" in debug.stderr
