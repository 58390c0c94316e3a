"""`gouji synth`: the corpus on disk, the same bytes each time."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import pytest
import yaml

pytest.importorskip("datasets")

from datasets import DatasetDict, load_from_disk

from pipeline.read.open import read_document
from pipeline.tag.linear import linear
from training.corpus.command import command, run
from training.corpus.dataset import FEATURES, SPLITS
from training.corpus.settings import CONFIG
from training.gold import find_gold

SEED = 42
"""Of whose first eight reports some are in each split."""
REPORTS = 8


@pytest.fixture(scope="module")
def recipe(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The usual recipe without converters."""
    path = tmp_path_factory.mktemp("recipe") / "recipe.yaml"
    raw = yaml.safe_load(CONFIG.read_text(encoding="utf-8"))
    path.write_text(yaml.safe_dump({**raw, "converted": 0}, allow_unicode=True), encoding="utf-8")
    return path


def synth(out: Path, config: Path, *more: str, reports: int = REPORTS, seed: int = SEED) -> int:
    parser = argparse.ArgumentParser()
    command(parser.add_subparsers())
    said = ["synth", "--out", str(out), "--config", str(config), "--reports", str(reports), "--seed", str(seed)]
    return run(parser.parse_args([*said, "--workers", "1", *more]))


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory, recipe: Path) -> Path:
    out = tmp_path_factory.mktemp("corpus")
    assert synth(out, recipe) == 0
    return out


def bytes_of(folder: Path) -> dict[str, bytes]:
    return {str(one.relative_to(folder)): one.read_bytes() for one in folder.rglob("*") if one.is_file()}


def loaded(out: Path) -> DatasetDict:
    found = load_from_disk(str(out / "dataset"))
    assert isinstance(found, DatasetDict)
    return found


def test_the_dataset_has_three_splits(corpus: Path) -> None:
    found = loaded(corpus)
    assert tuple(found) == SPLITS
    assert all(len(found[split]) and found[split].features == FEATURES for split in SPLITS)
    assert sum(len(found[split]) for split in SPLITS) == REPORTS


def test_each_number_of_a_row_can_be_cut_out_of_its_text(corpus: Path) -> None:
    rows = [row for split in loaded(corpus).values() for row in split]
    for row in rows:
        assert len(row["starts"]) == len(row["ends"]) == len(row["fields"]) == len(row["in_table"]) > 0
        assert row["starts"] == sorted(row["starts"])
        cut = [row["text"][start:end] for start, end in zip(row["starts"], row["ends"], strict=True)]
        assert all(one and one == one.strip() and "\t" not in one and "\n" not in one for one in cut)
        assert row["piece_starts"] == sorted(row["piece_starts"])
        assert len(row["piece_starts"]) == len(row["piece_places"]) == len(row["piece_of"])
        assert all(place < of for place, of in zip(row["piece_places"], row["piece_of"], strict=True))
        assert row["section_starts"][0] == 0 and len(row["section_starts"]) == len(row["sections"])
        assert set("一二三四五六") <= set(row["sections"])


def test_documents_are_those_tested_on_and_have_gold(corpus: Path) -> None:
    rows = {row["id"]: row for row in loaded(corpus)["test"]}
    gold = find_gold(corpus / "documents")
    assert [one.name for one in gold] == sorted(rows)
    for one in gold:
        row = rows[one.name]
        assert (one.agency, one.year) == (row["agency"], row["year"])
        assert list(one.templates.values()) == row["templates"]
        assert linear(read_document(one.document)).text == row["text"]
        assert set(row["fields"]) <= set(one.printed)


def test_the_same_command_again_changes_nothing(corpus: Path, recipe: Path) -> None:
    before = bytes_of(corpus)
    assert synth(corpus, recipe) == 0
    assert bytes_of(corpus) == before


def test_a_part_that_is_lost_is_made_again(corpus: Path, recipe: Path) -> None:
    before = bytes_of(corpus)
    (part,) = (corpus / "parts").iterdir()
    part.unlink()
    assert synth(corpus, recipe) == 0
    assert bytes_of(corpus) == before


def test_the_number_of_workers_does_not_matter(corpus: Path, recipe: Path, tmp_path: Path) -> None:
    assert synth(tmp_path, recipe, "--workers", "2") == 0
    assert bytes_of(tmp_path) == bytes_of(corpus)


def test_without_documents(corpus: Path, recipe: Path, tmp_path: Path) -> None:
    assert synth(tmp_path, recipe, "--no-documents") == 0
    whole = {name.replace("-files", ""): data for name, data in bytes_of(corpus).items()}
    assert bytes_of(tmp_path) == {name: data for name, data in whole.items() if not name.startswith("documents")}


def test_another_seed_or_recipe_into_the_same_folder_is_refused(
    corpus: Path, recipe: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = bytes_of(corpus)
    assert synth(corpus, recipe, seed=SEED + 1) == 2
    assert synth(corpus, CONFIG) == 2
    said = capsys.readouterr().err
    assert said.count("换一个文件夹") == 2
    assert bytes_of(corpus) == before


@pytest.mark.parametrize("more", [("--reports", "0"), ("--reports", "-3"), ("--workers", "0")])
def test_wrong_numbers_are_refused(
    more: tuple[str, ...], recipe: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert synth(tmp_path / "out", recipe, *more) == 2
    assert len(capsys.readouterr().err.strip().splitlines()) == 1
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("text", [None, "", "years: 2019\n", "just words\n"])
def test_a_recipe_that_is_none_is_refused(
    text: str | None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "recipe.yaml"
    if text is not None:
        path.write_text(text, encoding="utf-8")
    assert synth(tmp_path / "out", path) == 2
    assert len(capsys.readouterr().err.strip().splitlines()) == 1
    assert not (tmp_path / "out").exists()


def test_a_recipe_that_is_no_yaml_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "recipe.yaml"
    path.write_text("years: [2019\n", encoding="utf-8")
    assert synth(tmp_path / "out", path) == 2


def test_a_split_without_reports_is_an_empty_one(recipe: Path, tmp_path: Path) -> None:
    assert synth(tmp_path, recipe, reports=1) == 0
    assert [len(loaded(tmp_path)[split]) for split in SPLITS].count(0) == 2


def test_more_reports_into_the_same_folder_are_made(recipe: Path, tmp_path: Path) -> None:
    assert synth(tmp_path, recipe) == 0
    assert synth(tmp_path, recipe, reports=REPORTS + 4) == 0
    assert sum(len(split) for split in loaded(tmp_path).values()) == REPORTS + 4


def test_documents_are_written_though_the_parts_were_made_without(recipe: Path, tmp_path: Path) -> None:
    assert synth(tmp_path, recipe, "--no-documents") == 0
    assert synth(tmp_path, recipe) == 0
    assert list((tmp_path / "documents").iterdir())


def test_the_recipe_is_told_beside_the_dataset(corpus: Path) -> None:
    told = json.loads((corpus / "recipe.json").read_text(encoding="utf-8"))
    assert told["seed"] == SEED and told["recipe"]["converted"] == 0
