"""Reports drawn one after the other: all from the seed, and nothing held out in what is trained on."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest
import yaml
from pydantic import ValidationError

from training.corpus.agencies import split_of
from training.corpus.drawing import HTML, Drawn, draw_reports, file_of
from training.corpus.labelled import samples
from training.corpus.marked import shown
from training.corpus.pages import marked_page, with_sections, without_marks
from training.corpus.settings import CONFIG, CorpusSettings, load_settings
from training.examples.report import InventedReport, Paragraph, invent
from training.mangle import LAYOUTS
from training.mangle.damages_labels import labels_lost

HOW = load_settings()
PLAIN = HOW.model_copy(update={"converted": 0.0})
"""The same recipe without converters."""


@pytest.fixture(scope="module")
def reports() -> list[Drawn]:
    return draw_reports(2, 0, 240, HOW)


def test_chunks_do_not_matter() -> None:
    assert draw_reports(1, 0, 8, HOW) == draw_reports(1, 0, 4, HOW) + draw_reports(1, 4, 4, HOW)


@pytest.mark.parametrize(("first", "count"), [(0, 1), (1, 2), (3, 3), (5, 4), (7, 1)])
def test_a_report_is_the_same_wherever_a_chunk_begins(first: int, count: int, reports: list[Drawn]) -> None:
    assert draw_reports(2, first, count, HOW) == reports[first : first + count]


def test_names_tell_the_seed_and_the_number() -> None:
    assert [one.id for one in draw_reports(3, 5, 3, HOW)] == ["3-000005", "3-000006", "3-000007"]


def test_another_seed_draws_others() -> None:
    first, second = draw_reports(1, 0, 4, HOW), draw_reports(2, 0, 4, HOW)
    assert not {one.agency.name for one in first} & {one.agency.name for one in second}


def held_damages() -> set[str]:
    return {damage for family in HOW.held_out.families for damage in HOW.families[family]}


def test_nothing_held_out_is_trained_on(reports: list[Drawn]) -> None:
    usual = [one for one in reports if not one.unseen]
    assert {"train", "validation", "test"} == {one.split for one in usual}
    for one in usual:
        assert not held_damages() & set(one.damages)
        assert one.converter not in HOW.held_out.converters
        assert one.layout not in HOW.held_out.layouts
        assert one.phrasing == "seen"


def test_unseen_reports_are_tested_on_alone_and_are_unseen_throughout(reports: list[Drawn]) -> None:
    unseen = [one for one in reports if one.unseen]
    assert {one.split for one in unseen} == {"test"}
    for one in unseen:
        assert one.phrasing == "held_out"
        assert (one.converter or one.layout) in (*HOW.held_out.converters, *HOW.held_out.layouts)
    damaged = [bool(held_damages() & set(one.damages)) for one in unseen]
    assert sum(damaged) > 0.8 * len(damaged), "only what a page cannot take is left out"


def test_the_split_is_that_of_the_agency(reports: list[Drawn]) -> None:
    assert all(one.split == split_of(one.agency) for one in reports)


def test_converters_are_given_pages_of_html(reports: list[Drawn]) -> None:
    converted = [one for one in reports if one.converter]
    assert 0.2 < len(converted) / len(reports) < 0.4
    assert {one.layout for one in converted} <= set(HTML)


def test_the_plain_page_is_the_marked_one_without_marks(reports: list[Drawn]) -> None:
    assert all(without_marks(one.marked) == one.plain for one in reports[:40])
    assert all(b.text == shown(b.text) for one in reports[:40] for b in one.plain if isinstance(b, Paragraph))


def test_reports_without_converters_keep_their_marks() -> None:
    """Whatever is drawn can be written, read and labelled; only converters lose marks."""
    for one, made in samples(draw_reports(11, 0, 24, PLAIN)):
        assert made is not None, (one.id, one.layout, one.damages)


BLANKS = dict.fromkeys(invent("澄岚市教育局", 2022, 1).values, "")


def all_blank() -> InventedReport:
    return invent("澄岚市教育局", 2022, 1).with_prints(BLANKS)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_table_of_blanks_without_labels_is_gone(layout: str) -> None:
    """A sheet without rows was left, and layouts that look at the first row could not write it."""
    report = all_blank()
    for seed in range(12):
        page = labels_lost(marked_page(report), Random(seed))
        assert page is not None
        assert all(isinstance(block, Paragraph) or block.rows for block in page)
        suffix, data = file_of(with_sections(page, report), layout)
        assert suffix == LAYOUTS[layout][0] and data


def test_a_table_of_blanks_can_lose_all_of_its_labels() -> None:
    """So that the test above tests something."""
    report = all_blank()
    kept = [labels_lost(marked_page(report), Random(seed)) for seed in range(40)]
    assert any(page is not None and len(page) < len(marked_page(report)) for page in kept)


def recipe(tmp_path: Path, **changes: object) -> Path:
    path = tmp_path / "recipe.yaml"
    raw = yaml.safe_load(CONFIG.read_text(encoding="utf-8"))
    path.write_text(yaml.safe_dump({**raw, **changes}, allow_unicode=True), encoding="utf-8")
    return path


def raw_part(name: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = yaml.safe_load(CONFIG.read_text(encoding="utf-8"))[name]
    return found


def test_the_recipe_is_read_back(tmp_path: Path) -> None:
    assert load_settings(recipe(tmp_path)) == HOW
    assert load_settings(recipe(tmp_path, converted=0)).converted == 0


def test_a_damage_that_is_none_is_refused(tmp_path: Path) -> None:
    families = raw_part("families")
    with pytest.raises(ValidationError, match="words_eaten"):
        load_settings(recipe(tmp_path, families={**families, "words": [*families["words"], "words_eaten"]}))


def test_each_damage_is_in_one_family(tmp_path: Path) -> None:
    families = raw_part("families")
    with pytest.raises(ValidationError, match="torn"):
        load_settings(recipe(tmp_path, families={**families, "torn": []}))
    with pytest.raises(ValidationError, match="恰好列一次"):
        load_settings(recipe(tmp_path, families={**families, "words": [*families["words"], "labels_torn"]}))


@pytest.mark.parametrize("part", ["families", "layouts", "converters"])
def test_what_is_held_out_must_exist(part: str, tmp_path: Path) -> None:
    held = {**yaml.safe_load(CONFIG.read_text(encoding="utf-8"))["held_out"], part: ["nonesuch"]}
    with pytest.raises(ValidationError, match="nonesuch"):
        load_settings(recipe(tmp_path, held_out=held))


@pytest.mark.parametrize(
    "changes",
    [{"converters": {"nonesuch": 1}}, {"converted": 1.5}, {"longest_chain": 0}, {"surprise": 1}, {"years": "all"}],
)
def test_other_mistakes_are_refused(changes: dict[str, object], tmp_path: Path) -> None:
    with pytest.raises(ValidationError):
        load_settings(recipe(tmp_path, **changes))


def test_a_damage_tells_its_family() -> None:
    assert HOW.family("labels_torn") == "torn"
    assert isinstance(HOW, CorpusSettings) and HOW.family("wide_digits") == "writing"
