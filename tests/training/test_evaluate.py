from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from rich.console import Console

from pipeline.errors import E102, GoujiError
from pipeline.record import Field, Report
from tests.pipeline.show.reports import clean_report, plain_field, with_field
from training.evaluate import Scores, as_json, evaluate, same_print, score, show, worst
from training.gold import Gold, find_gold, load_gold


def gold_of(report: Report, name: str = "a", **truth: tuple[float | None, float | None]) -> Gold:
    """Gold that agrees with the report, but for fields given as (printed, reconciled)."""
    printed = {id_: field.value for id_, field in report.fields.items()}
    reconciled = dict(printed)
    for field_id, (on_page, known) in truth.items():
        printed[field_id.replace("__", ".")] = on_page
        reconciled[field_id.replace("__", ".")] = known
    folder = Path("/nowhere")
    return Gold(
        folder / f"{name}.gold.json", folder / f"{name}.txt", report.agency, report.year, report.templates,
        printed, reconciled,
    )  # fmt: skip


def test_a_report_like_its_gold():
    report = clean_report()

    scores, faults = score(report, gold_of(report))

    assert faults == ()
    assert scores == Scores(
        scored=200, right=200, printed=200, printed_right=200, templates=3, templates_right=3
    )  # fmt: skip


def test_each_count_by_hand():
    report = clean_report()
    # Right though repaired; wrong and accepted; claimed; kept null where it cannot be known.
    report = with_field(report, "t3.new.natural", printed="4I", value=41, status="repaired")
    report = with_field(report, "t3.new.commercial", printed="8", value=8, status="read")
    report = with_field(report, "t2.rules.issued", printed=None, kind="blank", value=7, status="inferred")
    report = with_field(report, "t2.rules.repealed", printed=None, kind="blank", value=None, status="missing")
    # Not settled, twice; the print kept although it is wrong, but said to be inconsistent.
    report = with_field(report, "t3.new.research", value=None, status="ambiguous")
    report = with_field(report, "t3.new.social", printed=None, kind="unread", value=None, status="missing")
    report = with_field(report, "t3.new.legal", printed="9", value=9, status="inconsistent")
    gold = gold_of(
        clean_report(),
        t3__new__natural=(4, 41),
        t3__new__commercial=(3, 3),
        t2__rules__issued=(None, None),
        t2__rules__repealed=(None, None),
        t3__new__legal=(9, 1),
    )

    scores, faults = score(report, gold)

    assert scores.scored == 198
    assert scores.right == 198 - 4
    assert scores.wrong_accepted == 1
    assert scores.claimed == 1
    assert (scores.ambiguous, scores.inconsistent, scores.missing) == (1, 1, 2)
    # The gold prints: new.natural 4 (ours 41, once `I` is taken for 1), new.commercial 3 (8), new.social 0 (none).
    assert scores.printed_right == 200 - 3
    assert {(fault.field, fault.fault) for fault in faults} == {
        ("t3.new.natural", "printed wrong"),
        ("t3.new.commercial", "wrong and accepted"),
        ("t2.rules.issued", "claimed"),
        ("t3.new.research", "not settled"),
        ("t3.new.social", "not settled"),
        ("t3.new.legal", "wrong"),
    }


def test_a_value_of_null_that_is_accepted_is_wrong_where_the_gold_knows_it():
    report = with_field(clean_report(), "t3.new.research", printed=None, kind="blank", value=None, status="read")

    scores, _ = score(report, gold_of(clean_report(), t3__new__research=(None, 0)))

    assert (scores.right, scores.wrong_accepted) == (199, 1)


def test_a_printed_number_is_no_claim_where_the_gold_does_not_know_the_truth():
    report = clean_report()

    scores, _ = score(report, gold_of(report, t2__penalty__decisions=(1286, None)))

    assert (scores.scored, scores.claimed) == (199, 0)


def test_fields_that_the_record_lacks_are_missing():
    report = clean_report("2019")
    gold = gold_of(clean_report("2021"))

    scores, faults = score(report, gold)

    lacking = gold.reconciled.keys() - report.fields.keys()
    assert len(lacking) > 0
    assert scores.missing == len(lacking)
    assert lacking <= {fault.field for fault in faults if fault.fault == "not settled"}
    assert scores.templates_right == 0


@pytest.mark.parametrize(
    ("printed", "kind", "gold", "right"),
    [
        ("1,234", "number", 1234, True),
        ("１２", "number", 12, True),
        ("7730.28", "number", 7730.28, True),
        ("5.0", "number", 5, True),
        ("13575394432.51", "number", 13575394432.52, False),
        ("-11", "number", -11, True),
        ("12", "number", None, False),
        (None, "blank", None, True),
        (None, "absent", None, True),
        ("/", "dash", None, True),
        ("/", "dash", 0, False),
        (None, "blank", 0, False),
        ("0", "number", None, False),
    ],
)
def test_same_print(printed, kind, gold, right):
    field = Field(printed=printed, kind=kind, value=None, status="missing", confidence=0)

    assert same_print(field, gold) is right


def test_a_document_that_fails_counts_all_its_cells_and_the_total_adds_up():
    report = clean_report()
    golds = [gold_of(report, "good"), gold_of(report, "bad", t2__rules__issued=(None, None))]

    def read(path: Path, _: Report | None) -> Report:
        if path.stem == "bad":
            raise GoujiError(E102)
        return report

    good, bad = evaluate(golds, read)

    assert good.error is None
    assert bad.error is not None and "[E102]" in bad.error
    assert (bad.scores.scored, bad.scores.right, bad.scores.missing, bad.scores.printed) == (199, 0, 200, 200)
    total = json.loads(as_json([good, bad]))["total"]
    assert (total["scored"], total["right"], total["missing"]) == (399, 200, 200)


def test_a_fault_of_ours_costs_one_document_only():
    def read(path: Path, _: Report | None) -> Report:
        if path.stem == "bad":
            raise ZeroDivisionError("odd")
        return clean_report()

    bad, good = evaluate([gold_of(clean_report(), "bad"), gold_of(clean_report(), "good")], read)

    assert bad.error is not None
    assert "[E901]" in bad.error
    assert good.scores.right == 200


def test_the_chain_hands_over_the_year_before_of_the_same_agency():
    reports = {
        name: clean_report(agency=agency).model_copy(update={"year": year})
        for name, agency, year in (("b", "甲局", 2023), ("a", "甲局", 2022), ("c", "乙局", 2023))
    }
    golds = [gold_of(report, name) for name, report in reports.items()]
    given: dict[str, int | None] = {}

    def read(path: Path, last_year: Report | None) -> Report:
        given[path.stem] = last_year.year if last_year else None
        return reports[path.stem]

    outcomes = evaluate(golds, read, chain=True)
    assert [outcome.name for outcome in outcomes] == ["b", "a", "c"]
    assert given == {"a": None, "b": 2022, "c": None}

    evaluate(golds, read)
    assert given == {"a": None, "b": None, "c": None}


def test_the_worst_cells_come_first():
    report = with_field(clean_report(), "t3.new.research", value=None, status="ambiguous")
    report = with_field(report, "t3.new.social", value=9)
    report = with_field(report, "t3.new.legal", value=4, status="inconsistent")

    def read(*_: object) -> Report:
        return report

    outcomes = evaluate([gold_of(clean_report())], read)

    assert [fault.field for fault in worst(outcomes, 2)] == ["t3.new.social", "t3.new.legal"]
    out = io.StringIO()
    show(outcomes, 20, Console(file=out, width=200))
    text = out.getvalue()
    assert "197/200" in text
    assert "\x1b" not in text
    assert text.index("t3.new.social") < text.index("t3.new.legal") < text.index("t3.new.research")
    assert "一、本年新收政府信息公开申请数量·社会公益组织" in text


GOOD = {"agency": "甲局", "year": 2022, "templates": {"t3": "2021"}, "printed": {"t3.new.total": 1},
        "reconciled": {"t3.new.total": None}}  # fmt: skip


def test_gold_is_found_with_its_document(tmp_path):
    for folder, name in (("x", "b.pdf"), ("x/y", "a.txt")):
        path = tmp_path / folder / name
        path.parent.mkdir(exist_ok=True)
        path.touch()
        path.with_suffix(".gold.json").write_text(json.dumps(GOOD), encoding="utf-8")
    (tmp_path / "x" / "b.json").touch()

    found = find_gold(tmp_path)

    assert [(gold.name, gold.document.name) for gold in found] == [("b", "b.pdf"), ("a", "a.txt")]
    assert found[0].reconciled == {"t3.new.total": None}


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        "{}",
        {"year": "2022"},
        {"year": True},
        {"agency": 3},
        {"templates": ["2021"]},
        {"printed": {"t3.new.total": "1"}},
        {"printed": {"t3.new.total": True}},
        {"reconciled": {"t3.new.natural": 1}},
        {"reconciled": {}},
        '{"printed": {"a": NaN}, "reconciled": {"a": 1}}',
    ],
)
def test_malformed_gold(tmp_path, content):
    (tmp_path / "a.txt").touch()
    path = tmp_path / "a.gold.json"
    path.write_text(content if isinstance(content, str) else json.dumps(GOOD | content), encoding="utf-8")

    with pytest.raises(GoujiError, match="E303"):
        load_gold(path)


@pytest.mark.parametrize("documents", [[], ["a.txt", "a.pdf"]])
def test_gold_without_exactly_one_document(tmp_path, documents):
    for name in documents:
        (tmp_path / name).touch()
    (tmp_path / "a.gold.json").write_text(json.dumps(GOOD), encoding="utf-8")

    with pytest.raises(GoujiError, match="E303"):
        find_gold(tmp_path)


def test_a_folder_without_gold(tmp_path):
    with pytest.raises(GoujiError, match="E303"):
        find_gold(tmp_path)


def test_two_numbers_are_the_same_as_numbers():
    assert same_print(plain_field(5), 5.0)
