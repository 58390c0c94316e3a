"""The statistics form of 2008 to 2018."""

from __future__ import annotations

from pipeline.read.text import read_text
from pipeline.recover.older_form import LEAST_MARKS, is_older_form

ROWS = ["主动公开信息数\t条\t120", "收到申请数\t件\t4", "申请答复数\t件\t4", "历 年 累 计\t\t900"]


def older(lines: list[str]) -> bool:
    return is_older_form(read_text("\n".join(["云泽县水务局", *lines]).encode(), "x.txt", "0" * 64))


def test_its_own_rows_give_it_away() -> None:
    assert older(ROWS)


def test_fewer_of_its_rows_do_not() -> None:
    assert not older(ROWS[: LEAST_MARKS - 1])


def test_a_report_of_today_is_none() -> None:
    assert not older(["（一）予以公开\t1", "行政规范性文件\t2", "本年新收政府信息公开申请数量\t3"])
