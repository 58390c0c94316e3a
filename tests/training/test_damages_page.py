"""What stands around a report: it adds lines of no section, and touches nothing of the report."""

from __future__ import annotations

from random import Random

import pytest

from training.corpus.marked import section_of, unmark
from training.corpus.pages import marked_page, with_sections
from training.examples.report import Paragraph, invent
from training.mangle.damages_page import PAGE_DAMAGES
from training.mangle.pages import Page


def kept(page: Page, before: Page) -> Page:
    return [block for block in page if any(block is one for one in before)]


@pytest.mark.parametrize("damage", list(PAGE_DAMAGES))
def test_the_report_is_all_there_and_what_is_added_belongs_to_no_section(damage: str) -> None:
    report = invent("云泽县水务局", 2022, 5)
    page = marked_page(report)
    for seed in range(30):
        changed = PAGE_DAMAGES[damage](page, Random(seed))
        assert changed is not None and kept(changed, page) == page
        added = [block for block in changed if not any(block is one for one in page)]
        assert all(isinstance(block, Paragraph) and section_of(block.text) == "" for block in added)
        assert all(not any(unmark(block.text).fields) for block in added if isinstance(block, Paragraph))


def test_what_follows_a_page_number_keeps_its_section() -> None:
    report = invent("云泽县水务局", 2022, 5)
    page = PAGE_DAMAGES["paged"](marked_page(report), Random(3))
    assert page is not None
    sections = [section_of(block.text) for block in with_sections(page, report) if isinstance(block, Paragraph)]
    assert sections == [section_of(block.text) for block in page if isinstance(block, Paragraph)]
