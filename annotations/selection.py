"""What is to be asked: a batch of reports, each with the cells that a person is to look at."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from pipeline.errors import E305, GoujiError


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class AskedCell(_Frozen):
    """One cell to look at."""

    field: str
    worth: float
    """Cells expected to be right after the answer that were not before, this one included."""


class AskedRow(_Frozen):
    """A row of an overview."""

    row: str
    """Its id."""
    fields: tuple[str, ...]
    """All its cells, open or not: what is said of the row is said of them all."""


class AskedOverview(_Frozen):
    """Rows of a table of which a person says in one go in which of them a number other than 0 is printed."""

    table: str
    rows: tuple[AskedRow, ...]
    worth: float
    """Cells expected to be right after the answer that were not before."""

    @property
    def fields(self) -> tuple[str, ...]:
        return tuple(field for row in self.rows for field in row.fields)


class AskedReport(_Frozen):
    """One report, one task: some cells, or an overview of a table."""

    sha256: str
    file: str
    """Its name in files.jsonl."""
    agency: str | None
    year: int | None
    cells: tuple[AskedCell, ...]
    """In the order in which to look at them; none where it is an overview."""
    overview: AskedOverview | None = None
    seconds: float
    """Expected to be spent on it."""
    score: float
    """What it was chosen by; higher is sooner. Its meaning is the strategy's."""
    annotators: int = 1
    """How many people are to answer it."""

    @property
    def fields(self) -> tuple[str, ...]:
        """All cells that an answer may be about."""
        return tuple(cell.field for cell in self.cells) if self.overview is None else self.overview.fields


class Selection(_Frozen):
    """A batch, in the order in which it is to be asked."""

    schema_: Literal["gouji-selection/1"] = "gouji-selection/1"
    name: str
    """Of the batch; of a project on the server, too."""
    strategy: str
    seed: int
    program: str
    """Mark of the program that had read the reports."""
    reports: tuple[AskedReport, ...]

    def to_bytes(self) -> bytes:
        return (self.model_dump_json(indent=1) + "\n").encode()


def load_selection(path: Path) -> Selection:
    """Raises:
    GoujiError: E305 where there is none or it is malformed.
    """
    try:
        return Selection.model_validate_json(path.read_bytes())
    except OSError as error:
        raise GoujiError(E305, reason=f"{path}（{error.strerror}）") from None
    except ValidationError as error:
        raise GoujiError(E305, reason=f"{path}（{error.errors()[0]['msg']}）") from None
