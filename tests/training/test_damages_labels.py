"""Damages to words: whatever befalls a label, the numbers and their marks stay as they are."""

from __future__ import annotations

from collections import Counter
from random import Random

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from pipeline.template import load_templates
from training.corpus.marked import mark, section_mark, unmark
from training.corpus.pages import marked_page, with_sections
from training.examples.report import InventedReport, Paragraph, invent
from training.mangle import DAMAGES, page_of
from training.mangle.damages_labels import (
    DATA,
    LABEL_DAMAGES,
    STRAY,
    garbled,
    labels_lost,
    labels_reworded,
    labels_torn,
    look_alikes,
    rewordings,
)
from training.mangle.pages import HEAD, LABELS, Page, Sheet

LARGE = {"granted": (12_345, 23_456, 34_567, 45_678, 56_789, 67_890), "partial": (1, 0, 0, 0, 0, 0)}
WORDS = st.text(st.sampled_from("收到申请件予以公开信息（一）1.、2,3 \n\tabc灬"), max_size=30)


def report() -> InventedReport:
    new, carried_in = mark("t3.new.total", "12"), mark("t3.carried_in.total", "十二")
    found = invent("澄岚市教育局", 2022, 3, None, LARGE)
    return found.with_section("三", f"全年新收申请{new}件，上年结转{carried_in}件。")


def numbers(page: Page) -> list[tuple[str, str]]:
    """Each marked character with its field, in the order of the page."""
    texts = [
        text
        for block in page
        for text in (
            [block.text] if isinstance(block, Paragraph) else [cell for row in block.rows for cell in row.cells]
        )
    ]
    back = unmark("".join(texts))
    return [(field, char) for field, char in zip(back.fields, back.text, strict=True) if field]


@pytest.mark.parametrize("damage", LABEL_DAMAGES)
def test_marked_numbers_are_left_alone(damage: str) -> None:
    page = marked_page(report())
    for seed in range(15):
        changed = LABEL_DAMAGES[damage](page, Random(seed))
        assert changed is not None and numbers(changed) == numbers(page)


@pytest.mark.parametrize("before", ["page_number", "groups_slid", "digits_glued", "digits_spaced", "table_twice"])
@pytest.mark.parametrize("damage", LABEL_DAMAGES)
def test_numbers_that_another_damage_went_over_are_left_alone_too(damage: str, before: str) -> None:
    for seed in range(5):
        page = DAMAGES[before](marked_page(report()), Random(seed)) or marked_page(report())
        changed = LABEL_DAMAGES[damage](page, Random(seed))
        assert changed is not None and numbers(changed) == numbers(page)


@pytest.mark.parametrize("damage", list(LABEL_DAMAGES))
def test_the_second_half_of_a_row_that_was_cut_keeps_its_numbers(damage: str) -> None:
    for seed in range(60):
        page = DAMAGES["row_cut"](marked_page(report()), Random(seed))
        changed = page and LABEL_DAMAGES[damage](page, Random(seed))
        assert page and changed and numbers(changed) == numbers(page)


@pytest.mark.parametrize("damage", LABEL_DAMAGES)
def test_sections_can_still_be_told(damage: str) -> None:
    """Titles may be garbled, torn or replaced: the marks of their sections go with them."""
    whole = report()
    for seed in range(5):
        changed = LABEL_DAMAGES[damage](marked_page(whole), Random(seed))
        assert changed is not None
        back = unmark("".join(
            block.text if isinstance(block, Paragraph) else "".join(cell for row in block.rows for cell in row.cells)
            for block in with_sections(changed, whole)
        ))  # fmt: skip
        told = zip(back.fields, back.sections, back.tables, strict=True)
        sections = {(field[:2], section) for field, section, table in told if field and table}
        assert sections == {("t2", "二"), ("t3", "三"), ("t4", "四")}


@pytest.mark.parametrize("damage", LABEL_DAMAGES)
def test_the_page_is_changed_and_the_one_handed_in_is_not(damage: str) -> None:
    page, again = page_of(report()), page_of(report())
    assert any(LABEL_DAMAGES[damage](page, Random(seed)) != page for seed in range(5))
    assert page == again


@pytest.mark.parametrize("damage", LABEL_DAMAGES)
def test_the_same_seed_does_the_same(damage: str) -> None:
    page = page_of(report())
    assert LABEL_DAMAGES[damage](page, Random(4)) == LABEL_DAMAGES[damage](page, Random(4))


@given(WORDS, st.integers(0, 1 << 30))
def test_nothing_is_garbled_at_rate_0(text: str, seed: int) -> None:
    assert garbled(text, Random(seed), 0.0) == text


@given(WORDS, st.integers(0, 1 << 30), st.floats(0, 1))
def test_only_chinese_characters_are_garbled(text: str, seed: int, rate: float) -> None:
    def others(said: str) -> str:
        return "".join(char for char in said if not is_han(char) and char not in {*STRAY, " "})

    made = garbled(text, Random(seed), rate)
    assert others(made) == others(text)


def is_han(char: str) -> bool:
    return "一" <= char <= "鿿"


@given(st.integers(0, 1 << 30))
def test_marks_are_never_garbled(seed: int) -> None:
    """A number in Chinese numerals is marked as well; garbled it would be another number."""
    number = mark("t3.new.total", "一千二百零三")
    made = garbled(f"{section_mark('三')}收到申请{number}件", Random(seed), 1.0)
    assert made.startswith(section_mark("三")) and number in made


def test_garbled_at_rate_1_leaves_hardly_a_character() -> None:
    text = "本年新收政府信息公开申请数量" * 20
    made = garbled(text, Random(1), 1.0)
    kept = Counter(made) & Counter(text)
    assert kept.total() < 0.5 * len(text)
    assert "�" not in made


def groups() -> list[str]:
    found: list[str] = yaml.safe_load((DATA / "look_alikes.yaml").read_text(encoding="utf-8"))
    return found


def test_no_character_is_misread_as_itself() -> None:
    for char, others in look_alikes().items():
        assert len(char) == 1 and others and char not in others
    assert all(len(set(group)) == len(group) > 1 for group in groups())


def test_look_alikes_are_chinese_characters() -> None:
    assert all(is_han(char) for group in groups() for char in group)


def test_a_character_of_two_groups_stands_for_any_of_both() -> None:
    assert set(look_alikes()["攻"]) == {"政", "敌", "收"}


def words_of_the_form() -> set[str]:
    tables = [table for template in load_templates().values() for table in template.tables.values()]
    found = {label for table in tables for row in table.rows for label in (row.label, row.full_label, row.group)}
    found |= {heading for table in tables for heading in table.headings}
    return found | {column.label for table in tables for column in table.columns}


def test_what_is_reworded_is_a_label_or_a_head_of_the_form() -> None:
    assert set(rewordings()) <= words_of_the_form()


def test_rewordings_are_other_words() -> None:
    for label, others in rewordings().items():
        assert others and len(set(others)) == len(others)
        assert label not in others and all(other == other.strip() and other for other in others)


def test_labels_are_reworded_in_their_place() -> None:
    before, after = table3(page_of(report())), table3(labels_reworded(page_of(report()), Random(1)))
    assert len(before.rows) == len(after.rows)
    differ = [(a.cells[0], b.cells[0]) for a, b in zip(before.rows, after.rows, strict=True) if a.cells != b.cells]
    assert len(differ) > 3
    for old, new in filter(lambda pair: pair[0] != pair[1], differ):
        assert any(old.replace(label, other, 1) == new for label, others in rewordings().items() for other in others)


def table3(page: Page | None) -> Sheet:
    assert page is not None
    return next(block for block in page if isinstance(block, Sheet) and block.table_id == "t3")


def test_of_a_torn_label_a_piece_is_left() -> None:
    for seed in range(6):
        before, after = table3(page_of(report())), table3(labels_torn(page_of(report()), Random(seed)))
        for old, new in zip(before.rows, after.rows, strict=True):
            for label, left in zip(old.cells, new.cells, strict=True):
                assert left in label and bool(left) == bool(label)


def test_labels_lost_leaves_rows_without_words() -> None:
    """With all labels gone, numbers stand alone: no words but the heads, and those may go as well."""
    for seed in range(20):
        for row in table3(labels_lost(page_of(report()), Random(seed))).rows:
            assert any(row.cells)
            if row.row_id != HEAD and not any(row.cells[:LABELS]):
                assert all(cell.isdigit() for cell in row.cells[LABELS:])


def test_a_column_of_marked_zeros_can_be_left_out() -> None:
    few = invent("澄岚市教育局", 2022, 3, None, {"granted": (3, 0, 0, 0, 0, 0)})
    assert DAMAGES["column_gone"](page_of(few), Random(1)) is not None
    assert DAMAGES["column_gone"](marked_page(few), Random(1)) is not None
