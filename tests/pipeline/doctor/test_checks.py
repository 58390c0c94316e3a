"""The looks of `gouji doctor` one by one, where something is wrong."""

from __future__ import annotations

import os
import socket
import tempfile
import tomllib
from importlib.metadata import version
from pathlib import Path

import pytest

import pipeline.doctor.packages
from pipeline.doctor.check import apart, reason, tried
from pipeline.doctor.machine import memory, temporary
from pipeline.doctor.models import forbid_network, number_reader
from pipeline.doctor.packages import COSTS, canonical, fault_of, name_of, requirements
from pipeline.doctor.programs import version_of
from pipeline.doctor.sample import AGENCY, YEAR, compared, sample_page, sample_values
from pipeline.errors import E105, GoujiError
from pipeline.read.html import read_html
from pipeline.reading import report_of
from pipeline.reconcile.rules import assess
from pipeline.record import Report
from pipeline.template import load_templates, template_for_year

ROOT = Path(__file__).resolve().parents[3]


# Packages


def test_requirements_are_those_of_the_project(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert requirements()[""] == project["dependencies"]
    # Of a wheel there is only what was installed; it may be a little older than this source tree.
    monkeypatch.setattr(pipeline.doctor.packages, "_source_tree", lambda: tmp_path)
    installed = requirements()
    assert {"lxml", "pypdfium2", "onnxruntime"} <= {name_of(one) for one in installed[""]}
    assert not {"torch", "transformers"} & {name_of(one) for one in installed[""]}
    assert {"torch", "transformers"} <= {name_of(one) for one in installed["train"]}


def test_what_is_wrong_with_a_package() -> None:
    assert fault_of("lxml>=1") == ""
    assert fault_of("lxml>=999") == f"版本 {version('lxml')}，要求 >=999"
    assert fault_of("opencv-python-headless>=4.10") == ""
    assert fault_of("no-such-package>=1") == "没有安装"


def test_every_cost_is_of_a_package_that_is_needed() -> None:
    assert COSTS.keys() <= {canonical(name_of(one)) for one in requirements()[""]}


# The machine


def test_little_memory_is_noted(tmp_path: Path) -> None:
    file = tmp_path / "meminfo"
    file.write_text("MemTotal: 9000000 kB\nMemAvailable: 1024000 kB\n", encoding="ascii")
    check = memory(file)
    assert (check.state, check.found) == ("noted", "1000 MB 可用，宜有 4096 MB")
    assert "E111" in check.costs
    assert memory(tmp_path / "nothing").found == "系统没有说明"


def test_no_place_for_temporary_files(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert temporary().state == "ok"
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "nowhere"))
    assert temporary().state == "broken"


# Programs


def test_a_program_that_does_not_start(tmp_path: Path) -> None:
    script = tmp_path / "script"
    for content, said in (("echo One 1.0\necho two", "One 1.0"), ("exit 3", None), ("true", None)):
        script.write_text(f"#!/bin/sh\n{content}\n", encoding="utf-8")
        script.chmod(0o755)
        assert version_of([str(script)]) == said


# Models


def test_a_look_that_takes_the_process_along() -> None:
    check = tried("模型", lambda: os.abort(), "影响", "怎么办")
    assert (check.state, check.costs, check.remedy) == ("broken", "影响", "怎么办")
    assert "SIGABRT" in check.found


def test_a_network_of_wrong_weights_is_broken(monkeypatch: pytest.MonkeyPatch) -> None:
    # Of another task: it loads, and answers otherwise.
    monkeypatch.setattr("pipeline.ocr.number_network.PACKAGE", "models.segmenter")
    monkeypatch.setattr("pipeline.ocr.number_network.WEIGHTS", "segmenter.onnx")
    assert tried("数字模型", number_reader, "影响", "怎么办").state == "broken"


def test_who_asks_a_network_is_refused() -> None:
    def ask() -> str:
        forbid_network()
        socket.create_connection(("127.0.0.1", 9), timeout=5)
        return "asked"

    def resolve() -> str:
        forbid_network()
        return str(socket.getaddrinfo("localhost", 80))

    for look in (ask, resolve):
        with pytest.raises(GoujiError, match="访问了网络：socket"):
            apart(look)


def test_a_reason_is_one_line() -> None:
    assert reason(ValueError("two\nlines")) == "ValueError: two lines"
    assert reason(GoujiError(E105, reason="只有一半")).startswith("[E105] 文件损坏或不完整：只有一半")


# The sample


@pytest.fixture(scope="module")
def report() -> Report:
    return report_of(read_html(sample_page().encode(), "sample.html", "0" * 64))


def test_the_sample_is_a_whole_consistent_report(report: Report) -> None:
    values = sample_values()
    tables = load_templates()[template_for_year(YEAR)].tables.values()
    assert values.keys() == {field for table in tables for field in table.field_ids()}
    assert all(assess(rule, values).verdict == "holds" for table in tables for rule in table.rules)
    assert (report.status, report.agency, report.year) == ("clean", AGENCY, YEAR)
    assert compared(report).state == "ok"


def test_a_number_that_is_read_wrongly_is_told(report: Report) -> None:
    field = report.fields["t3.granted.natural"]
    assert field.value == 11
    fields = {**report.fields, "t3.granted.natural": field.model_copy(update={"value": 17})}
    wrong = compared(report.model_copy(update={"fields": fields}))
    assert wrong.state == "broken"
    assert wrong.found == "1 处不符：t3.granted.natural 应为 11，得到 17"
    assert compared(report.model_copy(update={"year": 2024})).state == "broken"
