"""What came of an ingestion, in a few lines: what can be used, what has to be looked at, what failed and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pipeline.show.words import REPORT_STATUS_WORDS
from pipeline.store.database import open_store

MOST_REASONS = 8
LEFT_OUT = "E118"
"""Code of files that are plainly no reports."""


@dataclass(frozen=True, slots=True)
class Summary:
    """Counts of contents but for `files` and `copies`."""

    files: int
    copies: int
    """Files whose content was met under another name before."""
    left_out: int
    """Files that are plainly no reports."""
    accepted: int
    """Reports that nobody has to look at."""
    statuses: Mapping[str, int]
    reasons: tuple[tuple[str, str, int], ...]
    """Error code, its line without what is peculiar to one file, and how many; the commonest first."""

    @property
    def failed(self) -> int:
        return self.statuses.get("failed", 0)

    def text(self, read: int, kept: int, seconds: float) -> str:
        """For a person. `read` and `kept`: contents read in this run, and those whose results were there."""
        contents = self.files - self.copies
        lines = [
            f"文件 {self.files} 个：内容 {contents} 份，另有 {self.copies} 个与之相同"
            + (f"；不是报告而略过 {self.left_out} 个" if self.left_out else ""),
            f"本次读 {read} 份，用时 {_span(seconds)}，每秒 {read / max(seconds, 0.001):.1f} 份；已有结果 {kept} 份",
            f"可直接采用 {self.accepted} 份",
        ]
        for status, words in REPORT_STATUS_WORDS.items():
            if self.statuses.get(status):
                lines.append(f"  {words}：{self.statuses[status]} 份")
        for code, reason, count in self.reasons[:MOST_REASONS]:
            lines.append(f"    {code} {reason}：{count} 份")
        if len(self.reasons) > MOST_REASONS:
            lines.append(f"    另有 {len(self.reasons) - MOST_REASONS} 种原因，见 gouji query 'SELECT * FROM files'")
        return "\n".join(lines)


def summarise(out: Path) -> Summary:
    """Counts what the store holds."""
    with open_store(out) as store:

        def one(sql: str) -> int:
            row = store.execute(sql).fetchone()
            return int(row[0]) if row and row[0] is not None else 0

        left_out = f"code IS NOT DISTINCT FROM '{LEFT_OUT}'"
        counted = f"FROM files WHERE first AND NOT ({left_out})"
        statuses = store.execute(f"SELECT status, count(*) {counted} GROUP BY status ORDER BY status").fetchall()
        reasons = store.execute(
            f"SELECT code, regexp_extract(min(message), '^\\[E\\d+\\] ([^：。]*)', 1), count(*) AS n {counted} "
            "AND status = 'failed' GROUP BY code ORDER BY n DESC, code"
        ).fetchall()
        return Summary(
            files=one(f"SELECT count(*) FROM files WHERE NOT ({left_out})"),
            copies=one(f"SELECT count(*) FROM files WHERE NOT first AND NOT ({left_out})"),
            left_out=one(f"SELECT count(*) FROM files WHERE {left_out}"),
            accepted=one("SELECT count(*) FROM reports WHERE accepted"),
            statuses={str(status): int(count) for status, count in statuses},
            reasons=tuple((str(code), str(reason), int(count)) for code, reason, count in reasons),
        )


def _span(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} 小时 {minutes} 分" if hours else f"{minutes} 分 {rest} 秒" if minutes else f"{seconds:.1f} 秒"
