"""All of linking in one call: from index rows to what stands beside each report."""

from __future__ import annotations

from collections.abc import Iterable

from pipeline.link.rows import IndexRow, Linked, Links
from pipeline.link.same_agency import group_agencies
from pipeline.link.versions import Read, differences, find_versions
from pipeline.link.years import chains


def link_reports(rows: Iterable[IndexRow], read: Read) -> Links:
    """Agencies, versions and years of all reports; the same for the same rows in any order.

    Args:
        rows: one a content.
        read: gives the fields of a content by its SHA-256.

    Raises:
        ValueError: where two rows have one SHA-256.
    """
    ordered = sorted(rows, key=lambda row: row.sha256)
    if len({row.sha256 for row in ordered}) < len(ordered):
        raise ValueError("two rows of one content")
    grouped = group_agencies(ordered)
    reports = find_versions(ordered, grouped, read)
    before = chains(reports)
    preferred = {row.sha256: report.preferred.sha256 for report in reports for row in report.rows}
    linked = {
        sha256: Linked(
            sha256=sha256,
            agency_key=grouped[sha256].key,
            preferred=preferred[sha256] == sha256,
            before=before[sha256].before,
            note="；".join(filter(None, (grouped[sha256].note, before[sha256].note))),
            version_of="" if preferred[sha256] == sha256 else preferred[sha256],
            certain=grouped[sha256].certain,
        )
        for sha256 in sorted(preferred)
    }
    return Links(linked, differences(ordered, linked, read))
