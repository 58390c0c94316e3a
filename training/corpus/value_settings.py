"""The part `values:` of configs/synth.yaml as checked values."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Annotated, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, model_validator

SYNTH = Path(__file__).parent.parent.parent / "configs" / "synth.yaml"

Share = Annotated[float, Field(ge=0, le=1)]
Positive = Annotated[float, Field(gt=0)]
Weights = Annotated[dict[str, Annotated[float, Field(ge=0)]], Field(min_length=1)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Count(_Part):
    """Log-normal numbers."""

    median: Positive
    spread: float = Field(ge=0)
    """Standard deviation of the logarithm, in nats."""


class Some(Count):
    """The same, for the agencies that have any."""

    some: Share
    """Of the agencies, how many have any."""


class Name(_Part):
    pattern: str
    """Regular expression, searched in the name of the agency."""
    factor: Positive
    """By which its numbers are larger than usual."""

    @model_validator(mode="after")
    def _compiles(self) -> Self:
        re.compile(self.pattern)
        return self


class Sizes(_Part):
    idle: Share
    """Agencies to which nobody ever applies."""
    new: Count
    """New applications a year of the others."""
    largest: int = Field(gt=0)
    """No number of applications exceeds it."""
    drift: float = Field(ge=0)
    """Standard deviation of the logarithm from one year to the next."""
    together: Share
    """How much the sizes of one agency's numbers have in common."""
    names: tuple[Name, ...]
    """The first that is found counts."""


class Applications(_Part):
    applicants: Weights
    """Share of new applications by column of table 3."""
    applicants_evenness: Positive
    """The larger, the closer an agency is to these shares; small ones leave whole columns at 0."""
    outcomes: Weights
    """Share of results by row; `other` stands for the other_* rows on the form of 2019."""
    outcomes_evenness: Positive
    carrying: Share
    """Agencies that carry applications over."""
    carried: Share
    """Of their applications in a year, how many on average."""


class Disputes(_Part):
    rows: dict[str, Some]
    """By row of table 4: cases a year."""
    by_applications: float = Field(ge=0)
    """Power with which the cases grow with the applications."""
    results: Weights
    results_evenness: Positive


class Documents(_Part):
    in_force: Some
    issued: Share
    """Of those in force, how many a year issues."""
    repealed: Share
    recounted: Share
    """Years in which the number in force does not follow from the last one."""
    all_equal: Share
    """On the form of 2019: made, published and published in total are the same."""
    published_less: Share
    """There: not all that was made is published."""


class Fees(_Part):
    amount: Some
    """In 万元, form of 2021."""
    places: Weights
    """Digits behind the point."""
    items: Some
    """Kinds of fees, form of 2019."""


class Procurement(_Part):
    projects: Some
    amount_each: Count
    """In 万元."""
    in_yuan: Share


class Announced(_Part):
    """Table 2."""

    rules: Documents
    normative: Documents
    decisions: dict[str, Some]
    """By row: decisions a year."""
    largest: int = Field(gt=0)
    items: Count
    """Kinds of matters, `previous` on the form of 2019, where it is not last year's decisions."""
    still: Share
    """There: agencies whose `change` is mostly 0."""
    adding: Share
    """There: of the others, those whose previous + change = decisions."""
    fees: Fees
    procurement: Procurement


class Forms(_Part):
    """Agencies that use a table of another year's form."""

    old_table2: Share
    old_table3: Share
    """Reports of 2021 and later with the table 3 of 2019."""
    early_table2: Share
    early_table3: Share
    """Reports of 2019 and 2020 with that of 2021."""


class Blanks(_Part):
    habits: Weights
    """How an agency prints zeros; see training.corpus.source_errors.blanks."""
    changed: Share
    """Years in which an agency does it in another way."""
    table4: Share
    """Of the agencies that leave zeros blank, those that do so in table 4 as well."""


class Errors(_Part):
    share: Share
    """Reports with an error of their own."""
    second: Share
    """Of these, how many have one in each of tables 3 and 4."""
    kinds: Weights
    """See training.corpus.source_errors.KINDS."""


class ValueSettings(_Part):
    sizes: Sizes
    applications: Applications
    disputes: Disputes
    announced: Announced
    forms: Forms
    blanks: Blanks
    errors: Errors


@cache
def load_values(path: Path = SYNTH) -> ValueSettings:
    """The part `values` of the file; its other parts are not looked at.

    Raises:
        KeyError: where there is no such part.
        pydantic.ValidationError: where a name is unknown or missing, or a value out of range.
    """
    return ValueSettings.model_validate(yaml.safe_load(path.read_text(encoding="utf-8"))["values"])
