"""What came of one content: its record, or why there is none. What ingestion keeps, one file each, and all else is
made from.

An outcome says nothing of when, how fast or in which order it was made, so that the same content read by the same
program gives the same bytes, whatever happened on the way.
"""

from __future__ import annotations

import gzip
import zlib
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from pipeline.record import Report

SUFFIX = ".json.gz"
_LEVEL = 6


class Outcome(BaseModel):
    """Either a report or an error code, never both and never neither."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    schema_: Literal["gouji-outcome/1"] = "gouji-outcome/1"
    sha256: str
    """Of the content, in hexadecimal."""
    size: int
    """In bytes."""
    program: str
    """Mark of the code, configuration and models that made it; see `pipeline.program`."""
    code: str = ""
    """`E105` and the like where nothing could be read."""
    message: str = ""
    """The error's one line, without the name of the file."""
    report: Report | None = None
    last_year: str = ""
    """SHA-256 of the content whose report was evidence for the year before; empty where there was none."""
    evidence: str = ""
    """SHA-256 of the bytes of that content's outcome: another record of it is other evidence."""

    @property
    def status(self) -> str:
        """The report's status; `failed` where there is no report."""
        return self.report.status if self.report else "failed"

    def to_bytes(self) -> bytes:
        """The same bytes for the same outcome."""
        return gzip.compress(self.model_dump_json(by_alias=True).encode(), _LEVEL, mtime=0)

    @classmethod
    def from_bytes(cls, data: bytes) -> Outcome | None:
        """None where the bytes are not the whole of an outcome of this version."""
        try:
            return cls.model_validate_json(gzip.decompress(data))
        except (OSError, EOFError, zlib.error, ValidationError):
            return None
