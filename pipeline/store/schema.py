"""The tables of the store, column by column: names, types and what each column says.

A partitioned table lies in folders `year=2023`, `year=unknown`: its year is told by the folder and stands in no file.
docs/store.md says the same in Markdown; a test holds them together.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import pyarrow as pa

from pipeline.record import Level, Status
from pipeline.template import load_templates

YEAR = pa.field("year", pa.int32(), metadata={"description": "reported on; null where the report does not say"})
"""Of partitioned tables: not in the files, added by whoever reads the folders."""
NO_YEAR = "unknown"
"""What a folder says of reports without a year."""
FORM_TABLES = ("t2", "t3", "t4")
STATUSES: tuple[Status, ...] = ("read", "inferred", "repaired", "ambiguous", "inconsistent", "missing")
LEVELS: tuple[Level, ...] = ("info", "warning", "inconsistency")

_TEXT, _NUMBER, _TRUTH, _COUNT, _DAY = pa.string(), pa.float64(), pa.bool_(), pa.int32(), pa.date32()
_TEXTS = pa.list_(pa.string())
_SHA = "of the content, in hexadecimal: the key of a report in every table"


@dataclass(frozen=True, slots=True)
class TableSchema:
    """One table of the store."""

    name: str
    about: str
    files: pa.Schema
    """The columns that stand in the files."""
    partitioned: bool = False

    @property
    def columns(self) -> list[pa.Field]:
        """As whoever queries sees them: with the year of the folders, behind the agency."""
        columns = list(self.files)
        if self.partitioned:
            columns.insert(self.files.get_field_index("agency") + 1, YEAR)
        return columns

    @property
    def pattern(self) -> str:
        """Where its files lie, below the folder of the store."""
        return f"{self.name}/*/*.parquet" if self.partitioned else f"{self.name}.parquet"


def _schema(**columns: tuple[pa.DataType, str]) -> pa.Schema:
    return pa.schema([pa.field(name, kind, metadata={"description": about}) for name, (kind, about) in columns.items()])


FILES = TableSchema(
    "files",
    "one row a file found, in order of name",
    _schema(
        name=(_TEXT, "as found; `archive.zip!inner/name` for a member of an archive"),
        sha256=(_TEXT, "of the content, in hexadecimal; null where the file could not even be opened"),
        bytes=(pa.int64(), "size of the content; null where it is not known"),
        status=(
            _TEXT,
            "of its report; `failed` where there is none, `skipped` where it is plainly none, "
            "`pending` where it is not read yet",
        ),
        code=(_TEXT, "error code, `E105` and the like; null where there is a report"),
        message=(_TEXT, "the error's one line; null where there is a report"),
        agency=(_TEXT, "as read; null where it is not known"),
        year=(_COUNT, "reported on; null where it is not known"),
        first=(_TRUTH, "whether this is the first name of its content, in order of name; true without content"),
        program=(_TEXT, "mark of code, configuration and models that read it; null where it was not read"),
    ),
)  # fmt: skip

TIMINGS = TableSchema(
    "timings",
    "one row a content: what depends on the run and not on the content",
    _schema(
        sha256=(_TEXT, _SHA),
        seconds=(_NUMBER, "of the last attempt that came to an end"),
        attempts=(_COUNT, "how often it was begun"),
    ),
)

REPORTS = TableSchema(
    "reports",
    "one row a content that is a report",
    _schema(
        sha256=(_TEXT, _SHA),
        file=(_TEXT, "name of the file, without folders"),
        agency=(_TEXT, "as read; null where it is not known"),
        agency_key=(_TEXT, "normal form of the agency, the same for all its reports; null where it is not known"),
        period_from=(_DAY, "first day covered; null where it is not printed"),
        period_to=(_DAY, "last day covered; null where it is not printed"),
        published=(_DAY, "day of publication; null where it is not printed"),
        status=(_TEXT, "`clean`, `repaired`, `inconsistent`, `review`, `partial`, `failed`"),
        template_t2=(_TEXT, "form of table 2, `2019` or `2021`; null where there is none"),
        template_t3=(_TEXT, "form of table 3"),
        template_t4=(_TEXT, "form of table 4"),
        **{f"fields_{status}": (_COUNT, f"number of fields of status `{status}`") for status in STATUSES},
        **{f"findings_{level}": (_COUNT, f"number of findings of level `{level}`") for level in LEVELS},
        warnings=(_TEXTS, "what the reader had to leave out or mend, one sentence each"),
        preferred=(_TRUTH, "whether this is the one to count among all versions of its agency and year"),
        accepted=(_TRUTH, "whether it is taken as a whole, nobody looking"),
        last_year=(_TEXT, "SHA-256 of the report of the year before that was evidence; null where none was"),
        program=(_TEXT, "mark of code, configuration and models that read it"),
    ),
    partitioned=True,
)

FIELDS = TableSchema(
    "fields",
    "one row a field of a report, in the order of the form",
    _schema(
        sha256=(_TEXT, _SHA),
        agency=(_TEXT, "as read; null where it is not known"),
        position=(_COUNT, "place in the order of the form, from 0"),
        table_id=(_TEXT, "`t2`, `t3` or `t4`"),
        row_id=(_TEXT, "row of the form, `granted`"),
        column_id=(_TEXT, "column of the form, `natural`"),
        field=(_TEXT, "`t3.granted.natural`: the three together"),
        label=(_TEXT, "the same in the form's own words, `（一）予以公开·自然人`"),
        printed=(_TEXT, "the number as printed; null where nothing is printed"),
        kind=(_TEXT, "what was found: `number`, `blank`, `dash`, `unread`, `absent`"),
        value=(_NUMBER, "the number decided, of `inconsistent` fields the print; null where there is none"),
        status=(_TEXT, "`read`, `inferred`, `repaired`, `ambiguous`, `inconsistent`, `missing`"),
        taken=(_TRUTH, "whether the value may be counted unseen: decided, and sure enough"),
        confidence=(_NUMBER, "probability, 0 to 1, that `value` is what the agency reported"),
        support=(_TEXTS, "what speaks for it: `reader`, `arithmetic`, `prose`, `last_year`, `annotator`"),
        candidates=(
            pa.list_(pa.struct([("value", _NUMBER), ("cost", _NUMBER)])),
            "what it could be where there are several: each value with its cost in nats above the cheapest",
        ),
        unit=(_TEXT, "as printed beside the number; null where none is"),
        page=(_COUNT, "page on which it is printed, from 1; null where there are no pages"),
        box=(pa.list_(pa.float32()), "left, top, right, bottom in PDF points or pixels; null where it is not known"),
        line=(_COUNT, "line of a text file, from 1; null in other formats"),
        chars=(pa.list_(_COUNT), "first character of the line, from 0, and the one behind the last; null likewise"),
        place=(_TEXT, "place in words, for formats without lines and pages; null in others"),
        reader=(_TEXT, "which reader or model read it; null where no cell was found"),
        score=(_NUMBER, "probability that the reader read rightly; null where no cell was found"),
        sentence=(_TEXT, "why the field has its value, one sentence in Chinese"),
    ),
    partitioned=True,
)

FINDINGS = TableSchema(
    "findings",
    "one row a finding of a report, in its order",
    _schema(
        sha256=(_TEXT, _SHA),
        agency=(_TEXT, "as read; null where it is not known"),
        position=(_COUNT, "place in the order of the record, from 0"),
        level=(_TEXT, "`info`, `warning`, `inconsistency`"),
        code=(_TEXT, "`SUM`, `CHANGE`, `PROSE`, `LAST_YEAR`, `TABLE`, `TEMPLATE`"),
        message=(_TEXT, "one sentence in Chinese"),
        left_value=(_NUMBER, "one side of what does not agree; null where there are no two sides"),
        right_value=(_NUMBER, "the other side"),
        difference=(_NUMBER, "between the two"),
        fields=(_TEXTS, "the field ids that it rests on"),
        clause=(_TEXT, "of the form, where it is a rule's"),
        quotes=(_TEXTS, "the passages of running text that it rests on"),
    ),
    partitioned=True,
)

SECTIONS = TableSchema(
    "sections",
    "one row a section of running text that was found",
    _schema(
        sha256=(_TEXT, _SHA),
        agency=(_TEXT, "as read; null where it is not known"),
        section=(_TEXT, "`一` to `六`"),
        title=(_TEXT, "as printed"),
        text=(_TEXT, "without the tables"),
    ),
    partitioned=True,
)



@cache
def form_fields() -> dict[str, str]:
    """Label by id of all fields of all forms, in the order of the newest; what only older ones have stands behind."""
    labels: dict[str, str] = {}
    for table_id in FORM_TABLES:
        for template in reversed(load_templates().values()):
            if (table := template.tables.get(table_id)) is not None:
                for field in table.field_ids():
                    labels.setdefault(field, table.describe(field))
    return labels


WIDE = TableSchema(
    "wide",
    "one row a report, one column a field of any form: the value, where it may be counted unseen, else null",
    _schema(
        sha256=(_TEXT, _SHA),
        agency=(_TEXT, "as read; null where it is not known"),
        agency_key=(_TEXT, "normal form of the agency, the same for all its reports; null where it is not known"),
        status=(_TEXT, "of the report"),
        preferred=(_TRUTH, "whether this is the one to count among all versions of its agency and year"),
        accepted=(_TRUTH, "whether the report is taken as a whole, nobody looking"),
        **{field: (_NUMBER, label) for field, label in form_fields().items()},
    ),
    partitioned=True,
)

DIFFERENCES = TableSchema(
    "differences",
    "one row a field in which two versions of one report are not the same",
    _schema(
        agency_key=(_TEXT, "normal form of the agency"),
        year=(_COUNT, "reported on"),
        field=(_TEXT, "`t3.granted.natural`"),
        sha256_a=(_TEXT, "of the version preferred"),
        sha256_b=(_TEXT, "of the other version"),
        value_a=(_NUMBER, "value in the version preferred; null where there is none"),
        value_b=(_NUMBER, "value in the other version"),
        printed_a=(_TEXT, "what the version preferred prints; null where nothing is printed"),
        printed_b=(_TEXT, "what the other version prints"),
    ),
)

LINKS = TableSchema(
    "links",
    "one row a report: where it stands among the others of its agency",
    _schema(
        sha256=(_TEXT, _SHA),
        agency_key=(_TEXT, "normal form of the agency; null where it is not known"),
        year=(_COUNT, "reported on; null where it is not known"),
        preferred=(_TRUTH, "whether this is the one to count among all versions of its agency and year"),
        before=(_TEXT, "SHA-256 of the report of the year before; null where there is none or it is not certain"),
        version_of=(_TEXT, "SHA-256 of the preferred version of this report; null where this is the one preferred"),
        certain=(_TRUTH, "whether all reports with this key are one agency's: not where the name would fit several"),
        note=(_TEXT, "why something was left apart, or what to know of the link; null mostly"),
    ),
)

PARTITIONED = (REPORTS, WIDE, FIELDS, FINDINGS, SECTIONS)
TABLES = (FILES, *PARTITIONED, DIFFERENCES, LINKS, TIMINGS)
