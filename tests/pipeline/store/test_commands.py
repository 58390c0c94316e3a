"""`gouji query` and `gouji show`, as a user calls them."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.cli import main
from pipeline.record import Report
from pipeline.store.write import write_store
from tests.pipeline.show.reports import clean_report
from tests.pipeline.store.made import environment, links, make_out, outcome_of, reports

AGENCY = "青榆市云泽区卫生健康局"


def run(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> tuple[int, str, str]:
    code = main([str(argument) for argument in arguments])
    out, error = capsys.readouterr()
    return code, out, error


def test_a_query_into_a_file_is_tsv(capsys, shared_out):
    done = run(capsys, "query", "SELECT count(*) AS n FROM reports", "--out", shared_out)
    assert done == (0, f"n\n{len(reports())}\n", "")


@pytest.mark.parametrize("place", [".", "out", "store"])
def test_the_store_is_found_where_one_would_look(capsys, shared_out, tmp_path, monkeypatch, place):
    if place == "out":
        (tmp_path / "out").symlink_to(shared_out)
    monkeypatch.chdir(shared_out if place == "." else tmp_path)
    given = ["--out", shared_out / "store"] if place == "store" else []
    assert run(capsys, "query", "SELECT 1 AS one FROM files LIMIT 1", *given) == (0, "one\n1\n", "")


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["query"], 2, "缺少参数 SQL"),
        (["query", "SELEC 1"], 2, "gouji query: 查询不能执行：Parser Error"),
        (["query", "DROP VIEW reports"], 2, "gouji query: 只能查询"),
        (["query", "SELECT 1", "--format", "xml"], 2, "参数 --format 不能是 'xml'"),
        (["query", "SELECT 1", "--out", "nowhere"], 1, "E101"),
        (["show", AGENCY], 2, "缺少参数 年度"),
        (["show", AGENCY, "去年"], 2, "参数 年度 的值 '去年' 无效"),
        (["show", AGENCY, "2011"], 2, "没有 2011 年度的报告；有的年度：2020、2022"),
        (["show", "青榆市云泽区卫生局", "2022"], 2, f"没有“青榆市云泽区卫生局”的报告；相近的有：{AGENCY}"),
        (["show", "", "2022"], 2, "没有“”的报告"),
        (["export", "--format", "csv"], 2, "缺少参数 目标"),
        (["export", "x"], 2, "缺少参数 --format"),
        (["export", "x.csv", "--format", "csv"], 2, "csv 写成一个文件夹"),
        (["export", "x.xls", "--format", "xlsx"], 2, "要以 .xlsx 结尾"),
        (["export", ".", "--format", "xlsx"], 2, "是文件夹"),
        (["export", "there", "--format", "json"], 2, "there 是文件"),
        (["export", "x", "--format", "json", "--tables", "long"], 2, "--tables 没有 long"),
        (["export", "x", "--format", "json", "--where", "yaer = 2022"], 2, "gouji export: 查询不能执行：Binder Error"),
        (["export", "x", "--format", "json", "--where", "1=1); DROP VIEW reports; --"], 2, "gouji export: "),
    ],
)
def test_wrong_use_is_one_line(capsys, shared_out, tmp_path, monkeypatch, arguments, code, said):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "there").write_text("x", encoding="utf-8")
    given = [] if "--out" in arguments else ["--out", shared_out]
    found, out, error = run(capsys, *arguments, *given)
    assert (found, out) == (code, "")
    assert error.count("\n") == 1
    assert said in error
    assert [path.name for path in tmp_path.iterdir()] == ["there"]


def test_without_any_store_it_says_where_it_looked(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    code, _, error = run(capsys, "query", "SELECT 1")
    assert code == 1
    assert "当前文件夹和 ./out 里都没有数据表" in error


def test_show_prints_the_filled_form(capsys, shared_out):
    code, out, error = run(capsys, "show", AGENCY, "2022", "--out", shared_out)
    assert code == 0
    assert out.startswith(f"{AGENCY}　2022 年度　无误")
    assert "一、本年新收政府信息公开申请数量" in out
    # A version of it is known, and not preferred.
    assert "另有 1 个版本" in error
    assert "report.pdf" in error


@pytest.mark.parametrize("name", ["青榆市云泽区卫健局", "青榆市云泽区卫健委", "云泽区卫生健康"])
def test_other_spellings_and_parts_of_the_name_will_do(capsys, shared_out, tmp_path, name):
    """The key is that of linking; here it is what linking would give."""
    from dataclasses import replace

    from pipeline.link.agencies import agency_key
    from pipeline.link.rows import Links

    shutil.copytree(shared_out, tmp_path, dirs_exist_ok=True)
    keyed = {sha: replace(row, agency_key=agency_key(AGENCY)) for sha, row in links().linked.items()}
    write_store(tmp_path, {}, 1, Links(keyed))
    code, out, _ = run(capsys, "show", name, "2022", "--json", "--out", tmp_path)
    assert code == 0
    assert Report.from_json(out).file == "later.pdf"


def test_show_json_is_the_record(capsys, shared_out):
    later = next(report for report in reports() if report.file == "later.pdf")
    code, out, _ = run(capsys, "show", AGENCY, "2022", "--json", "--out", shared_out)
    assert (code, out) == (0, later.to_json())
    assert run(capsys, "show", later.sha256[:10], "2022", "--json", "--out", shared_out)[1] == later.to_json()


def test_show_html_writes_the_page(capsys, shared_out, tmp_path):
    page = tmp_path / "new" / "page.html"
    code, out, _ = run(capsys, "show", AGENCY, "2022", "--html", page, "--out", shared_out)
    assert (code, out) == (0, "")
    assert AGENCY in page.read_text(encoding="utf-8")
    code, _, error = run(capsys, "show", AGENCY, "2022", "--html", tmp_path, "--out", shared_out)
    assert code == 1
    assert "E304" in error


def test_a_name_that_fits_several_lists_them(capsys, tmp_path):
    names = ("青榆市水利局", "青榆市民政局", "白杨市水利局")
    write_store(make_out(tmp_path, [outcome_of(clean_report(agency=name)) for name in names]), {}, 1)
    code, out, error = run(capsys, "show", "青榆市", "2022", "--out", tmp_path)
    assert (code, out) == (2, "")
    assert "有 2 份" in error
    assert all((name in error) == name.startswith("青榆市") for name in names)
    (one,) = [line.split()[0] for line in error.splitlines() if "民政局" in line]
    code, out, _ = run(capsys, "show", one, "2022", "--json", "--out", tmp_path)
    assert json.loads(out)["agency"] == "青榆市民政局"


def test_the_exact_name_wins_over_longer_ones(capsys, tmp_path):
    names = ("青榆市水利局", "青榆市水利局机关服务中心")
    write_store(make_out(tmp_path, [outcome_of(clean_report(agency=name)) for name in names]), {}, 1)
    code, out, _ = run(capsys, "show", "青榆市水利局", "2022", "--json", "--out", tmp_path)
    assert json.loads(out)["agency"] == "青榆市水利局"
    assert code == 0


def test_a_record_that_is_gone_is_told(capsys, shared_out, tmp_path):
    shutil.copytree(shared_out / "store", tmp_path / "store")
    code, _, error = run(capsys, "show", AGENCY, "2022", "--out", tmp_path)
    assert code == 1
    assert "E305" in error


@pytest.mark.parametrize("command", ["query", "show", "export"])
def test_help(capsys, command):
    assert main([command, "--help"]) == 0
    assert "显示说明并退出" in capsys.readouterr().out


def test_ctrl_c_ends_a_query(shared_out):
    """One whose rows would come for hours."""
    sql = "SELECT a.range AS n, b.range AS m FROM range(10000000) a, range(10000000) b"
    with subprocess.Popen(
        [sys.executable, "-m", "pipeline.cli", "query", sql, "--out", str(shared_out)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment(),
    ) as process:  # fmt: skip
        assert process.stdout is not None
        try:
            assert process.stdout.readline() == "n\tm\n"
            process.send_signal(signal.SIGINT)
            _, error = process.communicate(timeout=60)
        finally:
            process.kill()
    assert (process.returncode, error) == (130, "gouji: 已中断\n")
