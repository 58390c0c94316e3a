"""What linking keeps of a report."""

from __future__ import annotations

from pathlib import Path

from pipeline.link.rows import evidence_fields, index_row
from pipeline.outcome import Outcome
from pipeline.reading import read_report
from pipeline.record import Field
from tests.pipeline.link.made import Shelf, blank, number, sha

EXAMPLES = Path(__file__).resolve().parents[3] / "examples"


def test_evidence_is_what_two_years_have_to_do_with_each_other() -> None:
    known = evidence_fields()
    assert {"t3.carried_in.natural", "t3.carried_out.total", "t2.rules.in_force", "t2.fees.change"} <= known.keys()
    assert not {"t3.new.natural", "t2.licensing.decisions", "t4.review.total"} & known.keys()
    assert list(known.values()) == list(range(len(known)))


def test_a_row_of_a_real_record() -> None:
    report = read_report(EXAMPLES / "wrong_total.html")
    row = index_row(Outcome(sha256=report.sha256, size=1, program="p", report=report), ["b/x.html", "a/x.html"])
    assert row is not None
    assert (row.agency, row.year, row.status) == (report.agency, report.year, report.status)
    assert row.files == ("a/x.html", "b/x.html")
    assert row.value("t3.carried_in.natural") == report.fields["t3.carried_in.natural"].value == 2
    assert row.settled + row.ambiguous + row.inconsistent + row.lost == len(report.fields)


def test_what_could_not_be_read_has_no_row() -> None:
    assert index_row(Outcome(sha256=sha("x"), size=0, program="p", code="E102", message="文件是空的")) is None


def test_the_name_in_the_record_stands_where_no_other_is_told() -> None:
    assert Shelf().add("a", "云泽县水务局", 2022).files == ("a.html",)


def test_what_is_not_decided_is_no_evidence() -> None:
    row = Shelf().add("a", "云泽县水务局", 2022, {
        "t3.carried_out.natural": number(3, status="inconsistent"), "t3.carried_out.legal": number(2),
        "t3.carried_out.total": number(None, "?", "ambiguous"), "t3.new.total": number(None, "?", "ambiguous"),
    })  # fmt: skip
    assert (row.value("t3.carried_out.natural"), row.settled_value("t3.carried_out.natural")) == (3, None)
    assert (row.value("t3.carried_out.legal"), row.settled_value("t3.carried_out.legal")) == (2, 2)
    assert row.unsettled == {"t3.carried_out.natural", "t3.carried_out.total"}
    assert (row.settled, row.ambiguous, row.inconsistent, row.lost) == (1, 2, 1, 0)


def test_the_digest_tells_values_and_printed_numbers_and_nothing_else() -> None:
    def digests(*cells: Field) -> set[str]:
        return {Shelf().add("a", "云泽县水务局", 2022, {"t3.new.total": cell}).digest for cell in cells}

    same = [number(1200), number(1200.0, "1200"), number(1200, "1,200"), number(1200, "１２００", "repaired")]
    others = [number(1200, "1300"), number(1300, "1200"), blank(1200), number(None, "1200"), blank(None)]
    assert len(digests(*same)) == 1
    assert len(digests(*same, *others)) == 6
