"""What follows from the answers of people by the form's equalities: what is settled, and what is doubtful after all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from pipeline.acceptance import DECIDED
from pipeline.reconcile.report_status import is_open
from pipeline.reconcile.rules import assess, equation, number_text, rules_by_field
from pipeline.record import Field, LedgerEntry, Number, Report, Status, Support
from pipeline.recover.numbers import read_number
from pipeline.template import Rule, Table

FOLLOWS = 0.99
"""Confidence in what follows from what people saw by an equality of the form."""
DOUBTED = "标注员的答案与程序读出或推得的数字不合，这一格要人再看"
SEEN = "标注员在总览中看到这一行或这一栏印有 0 以外的数字，而读出和推得的都是 0 或空白，这一格要人再看"


@dataclass(frozen=True, slots=True)
class Consequences:
    """What changes besides what was answered, by field."""

    fields: dict[str, Field] = field(default_factory=dict)
    ledger: dict[str, LedgerEntry] = field(default_factory=dict)


def consequences(
    report: Report, tables: list[Table], answered: Mapping[str, Field], known: set[str], numbers: list[frozenset[str]]
) -> Consequences:
    """What the answers settle by the equalities, and what they speak against.

    Where an answer breaks an equality that was not broken before, what was inferred there is inferred anew. Where
    nothing was, and the equality had not held either, all that was read there needs a look: one of it, or the page, is
    wrong.

    Args:
        report: as the program made it.
        answered: its fields with what people said in their places.
        known: fields that they could read.
        numbers: fields among which somebody saw a number other than 0.
    """
    fields, found = dict(answered), Consequences()

    def put(field_id: str, changed: Field, sentence: str, rule: Rule | None) -> None:
        fields[field_id] = found.fields[field_id] = changed
        equations = (equation(rule, {one: fields[one].value for one in rule.fields}),) if rule else ()
        found.ledger[field_id] = LedgerEntry(
            sentence=sentence, rules=(rule.id,) if rule else (), equations=equations
        )  # fmt: skip

    opened: set[str] = set()
    while True:
        # Each is inferred anew once: what is contradicted again then stays open.
        doubtful = {one: rule for one, rule in _doubtful(report, tables, fields, known).items() if one not in opened}
        for field_id, rule in doubtful.items():
            put(field_id, _reopened(fields[field_id]), DOUBTED, rule)
        followed = list(_following(tables, fields, known, numbers))
        for field_id, settled, rule in followed:
            sentence = f"标注员认定同一等式的其他数字后，这一格只能是 {number_text(settled.value)}"
            put(field_id, settled, sentence, rule)
        opened |= doubtful.keys()
        if not doubtful and not followed:
            break
    for field_id, rule in _doubtful(report, tables, fields, known).items():
        put(field_id, _reopened(fields[field_id]), DOUBTED, rule)
    for those in numbers:
        here = [one for one in sorted(those) if one in fields]
        if all(_is_nothing(fields[one]) for one in here):
            for field_id in here:
                if field_id not in known:
                    put(field_id, _reopened(fields[field_id]), SEEN, None)
    return found


def is_doubted(entry: LedgerEntry | None, rule: Rule) -> bool:
    """Whether the ledger says of a field that an answer, by that equality, speaks against it."""
    return entry is not None and entry.sentence == DOUBTED and rule.id in entry.rules


def _following(
    tables: list[Table], fields: Mapping[str, Field], known: set[str], numbers: list[frozenset[str]]
) -> Iterator[tuple[str, Field, Rule]]:
    """What the equalities leave no choice about once the known fields are known, one after the other. An open field
    whose equalities want different numbers, or none of its candidates, stays open; so does the last one of some among
    which a person saw a number other than 0, where it would be 0 like the others.

    Yields:
        (field id, the field settled, the rule that settles it); the caller sees each before the next is looked for.
    """
    fields = dict(fields)
    everywhere = [(one, field_id) for one in tables for field_id in one.field_ids() if field_id in fields]
    # Of a field none of whose equalities has changed nothing new can follow.
    stale = {beside for one in tables for field_id in known for beside in _beside(one, field_id)}
    found = True
    while found:
        found = False
        for one, field_id in everywhere:
            if field_id not in stale:
                continue
            followed = _followed(one, field_id, fields, known)
            if followed is None:
                stale.discard(field_id)
            elif not (followed[0].value == 0 and _is_last(field_id, fields, numbers)):
                fields[field_id], known, found = followed[0], known | {field_id}, True
                stale |= _beside(one, field_id)
                yield field_id, *followed


def _beside(one: Table, field_id: str) -> set[str]:
    """The fields with which it shares an equality, itself among them."""
    return {other for rule in rules_by_field(one).get(field_id, ()) for other in rule.fields}


def _is_last(field_id: str, fields: Mapping[str, Field], numbers: list[frozenset[str]]) -> bool:
    """Whether all the others of some that hold a number hold none."""
    return any(
        field_id in those and all(_is_nothing(fields[one]) for one in those if one != field_id and one in fields)
        for those in numbers
    )


def _is_nothing(field: Field) -> bool:
    return field.value == 0 or (field.value is None and field.kind in ("blank", "dash"))


def _doubtful(
    report: Report, tables: list[Table], fields: Mapping[str, Field], known: set[str]
) -> dict[str, Rule]:
    """Fields that nobody looked at and that an answer speaks against: of an equality that it breaks what was inferred;
    where nothing was, all that was read, unless it held as it was read. What another equality confirms is none of
    them. Where it was broken before, everybody knows. By field, the equality."""
    values = {field_id: field.value for field_id, field in fields.items()}
    found: dict[str, Rule] = {}
    for one in tables:
        verdicts = {rule.id: assess(rule, values).verdict for rule in one.rules}
        for rule in one.rules:
            before = report.rules[rule.id].decided
            if known.isdisjoint(rule.fields) or before == "fails" or verdicts[rule.id] != "fails":
                continue
            unseen = [
                field for field in rule.fields
                if field not in known and fields[field].status in DECIDED
                and not any(verdicts[other.id] == "holds" for other in rules_by_field(one)[field])
            ]  # fmt: skip
            inferred = [field for field in unseen if fields[field].status == "inferred"]
            found |= dict.fromkeys(inferred or (unseen if before != "holds" else ()), rule)
    return found


def _reopened(field: Field) -> Field:
    """As if the program had not decided; what was read of it stays. Neither the arithmetic nor a person speaks for it:
    it is to be asked about."""
    support = tuple(one for one in field.support if one not in ("arithmetic", "annotator"))
    return field.model_copy(
        update={"status": "ambiguous", "value": None, "confidence": 0.0, "candidates": (), "support": support}
    )


def _followed(one: Table, field_id: str, fields: Mapping[str, Field], known: set[str]) -> tuple[Field, Rule] | None:
    """The field settled, and the rule that settles it; None where nothing does, or it needs nothing."""
    field = fields[field_id]
    unknown = field_id not in known and is_open(field.status, field.kind)
    if not (unknown or _is_seen_blank(field)):
        return None
    wanted = {
        value: rule
        for rule in rules_by_field(one).get(field_id, ())
        if not known.isdisjoint(rule.fields)
        if (value := _wanted(rule, field_id, fields, one, known)) is not None
    }
    if len(wanted) != 1:
        return None
    value, rule = next(iter(wanted.items()))
    return (_settled(field, value), rule) if _is_possible(value, field, field_id, one) else None


def _is_seen_blank(field: Field) -> bool:
    """Whether a person saw that nothing is printed there: what it means, the equalities may tell."""
    return field.status == "missing" and field.kind in ("blank", "dash") and "annotator" in field.support


def _wanted(rule: Rule, field_id: str, fields: Mapping[str, Field], of: Table, known: set[str]) -> Number | None:
    """The number that makes the rule hold, all others being decided; 0 where the numbers that are not decided have
    nothing left to add up to, being no less than 0, and the sum is known from people; or where they were all seen to be
    blank and the rule holds without them. None where it tells nothing."""
    undecided = [
        other for other in rule.fields if fields[other].value is None or fields[other].status not in DECIDED
    ]
    if any(fields[other].status == "inconsistent" for other in undecided if other != field_id):
        return None
    left, right = (
        sum(value for other in side if other not in undecided and (value := fields[other].value) is not None)
        for side in (rule.left, rule.right)
    )
    if len(undecided) == 1:
        return right - left if field_id in rule.left else left - right
    if left != right:
        return None
    signed = any(other.rsplit(".", 1)[1] in of.signed for other in undecided)
    sides = ((rule.left, rule.right), (rule.right, rule.left))
    # In a table of nothing but blanks they mean nothing: it was not filled in.
    blank = all(_is_seen_blank(fields[other]) for other in undecided) and _is_filled(of, fields)
    whole = not signed and any(set(undecided) <= set(own) and known.issuperset(sum_) for own, sum_ in sides)
    return 0 if whole or blank else None


def _is_filled(of: Table, fields: Mapping[str, Field]) -> bool:
    return any(fields[one].kind == "number" for one in of.field_ids() if one in fields)


def _is_possible(value: Number, field: Field, field_id: str, of: Table) -> bool:
    if field.candidates:
        return any(one.value == value or (one.value is None and value == 0) for one in field.candidates)
    column = field_id.rsplit(".", 1)[1]
    return value >= 0 or column in of.signed


def _settled(field: Field, value: Number) -> Field:
    printed = read_number(field.printed)
    status: Status = "inferred" if printed is None else "read" if printed == value else "repaired"
    support = with_annotator((*(one for one in field.support if one != "arithmetic"), "arithmetic"))
    return field.model_copy(
        update={
            "value": value, "status": status, "confidence": FOLLOWS, "candidates": (), "support": support,
        }
    )  # fmt: skip


def with_annotator(support: tuple[Support, ...]) -> tuple[Support, ...]:
    """A person is named last, and once."""
    return (*(one for one in support if one != "annotator"), "annotator")
