"""What each annotator said, in the form in which gold is compared: for `NAME.WHO.annotator.json` and for agreement.

Who adjudicates has seen what the others said; their word settles a cell and says nothing of how well people agree.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from annotations.pull.answered_reports import AnsweredReport
from pipeline.answers import STILL_OPEN, CellAnswer
from training.gold import ANNOTATOR_SUFFIX, Gold

if TYPE_CHECKING:
    from training.evaluation.agreement import Agreement

_IN_A_NAME = str.maketrans({".": "·", "/": "／", "\\": "＼", "\0": "·"})
"""A dot would end the annotator's part of a file's name."""


def as_annotator(who: str) -> str:
    """An annotator's address as it stands in a file's name."""
    return who.translate(_IN_A_NAME)


def by_person(one: AnsweredReport) -> dict[str, dict[str, CellAnswer]]:
    """By annotator and field, what each said last, adjudication apart. What somebody could not read or left
    open is no answer that another could agree with."""
    found: dict[str, dict[str, CellAnswer]] = {}
    # What somebody left open and answered elsewhere is answered.
    for answer in sorted(one.answers.answers, key=lambda answer: (answer.verdict not in STILL_OPEN, answer.at)):
        if not answer.adjudicates and answer.field in one.fields:
            found.setdefault(answer.annotator, {})[answer.field] = answer
    read = {
        who: {field: answer for field, answer in said.items() if answer.verdict not in ("unreadable", *STILL_OPEN)}
        for who, said in found.items()
    }
    return {who: said for who, said in sorted(read.items()) if said}


def annotator_file(one: AnsweredReport, who: str, said: Mapping[str, CellAnswer]) -> bytes:
    """One person's answers as `NAME.WHO.annotator.json`."""
    content = {
        "agency": one.agency, "year": one.year, "templates": one.templates,
        "annotator": as_annotator(who), "account": who, **numbers(one, said),
        "note": f"只含该标注员答过的 {len(said)} 格",
    }  # fmt: skip
    return as_json(content)


def numbers(one: AnsweredReport, said: Mapping[str, CellAnswer]) -> dict[str, dict[str, object]]:
    """`printed`, `reconciled` and `kinds` of gold, in the order of the form. What a blank means nobody can see."""
    ordered = [said[field] for field in one.fields if field in said]
    return {
        "printed": {answer.field: answer.printed for answer in ordered},
        "reconciled": {answer.field: answer.value for answer in ordered},
        "kinds": {answer.field: answer.kind for answer in ordered if answer.kind is not None},
    }


def as_json(content: Mapping[str, object]) -> bytes:
    return (json.dumps(content, ensure_ascii=False, indent=1) + "\n").encode()


def agreement_of(reports: Iterable[AnsweredReport]) -> list[Agreement]:
    """Each two annotators who answered a report in common.

    Raises:
        ModuleNotFoundError: where the packages of evaluation are not installed.
    """
    from training.evaluation.agreement import agreements

    answers = {}
    for one in reports:
        people = by_person(one)
        if len(people) > 1:
            answers[one.name] = {who: _gold(one, who, said) for who, said in people.items()}
    return agreements(answers)


def _gold(one: AnsweredReport, who: str, said: Mapping[str, CellAnswer]) -> Gold:
    path = Path(f"{one.name}.{as_annotator(who)}{ANNOTATOR_SUFFIX}")
    return Gold(
        path=path, document=path, agency=one.agency, year=one.year, templates=one.templates,
        printed={field: answer.printed for field, answer in said.items()},
        reconciled={field: answer.value for field, answer in said.items()},
        kinds={field: answer.kind for field, answer in said.items() if answer.kind is not None},
        annotator=as_annotator(who),
    )  # fmt: skip
