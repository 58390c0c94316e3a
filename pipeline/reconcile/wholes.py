"""From a recovered table to its cheapest wholes: the search's problem, built and answered.

A block is what is decided together: table 3 and table 4 as wholes, each row of table 2 by itself,
since no rule joins them.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

from pipeline.costs import Costs, load_costs
from pipeline.reconcile.prior import margin, row_cost, still_by_row
from pipeline.reconcile.problem import FREE, CellCost, Group, Hypothesis, Problem
from pipeline.reconcile.rules import totals
from pipeline.reconcile.search import solve
from pipeline.record import Number
from pipeline.recover.cell_readings import CellReading
from pipeline.recover.readings import RowReading
from pipeline.recover.recovered import RecoveredTable, Structure, Unit
from pipeline.template import Table

LEAST_PROBABILITY = 1e-6
LEAST_MISREAD = 1e-4
"""Probability that a cell says something that no reader listed, however sure the reader is."""
FIRST_STEPS = 400
"""Steps for each structure at first: what an easy one costs bounds the search in the others."""
STEPS = 4_000
"""Steps for those not finished then; past them nothing is proved."""


@dataclass(frozen=True, slots=True)
class Whole:
    """One consistent way to see a block."""

    cost: int
    cells: dict[str, CellReading]
    values: dict[str, Number | None]
    """None where the whole leaves the value open, or the cell has none."""
    notes: dict[str, str]
    """What had to be assumed to read a field, in Chinese; fields read as they stand are left out."""
    moved: frozenset[str] = frozenset()
    """Fields of rows whose own sum is no evidence: their numbers did not stand behind their label, or were cut
    apart so that it holds."""
    probability: float = 1.0
    """Of this reading among all, by their costs; below 1 where weak evidence alone ranks them."""
    left_over: bool = False
    """A row of numbers that stands in the table belongs to no row of the form in it."""


@dataclass(frozen=True, slots=True)
class Block:
    fields: tuple[str, ...]
    wholes: tuple[Whole, ...]
    """All whose cost is at most the margin above the cheapest, which comes first."""
    proved: bool
    """False where the search met its limit, so that a cheaper or an equal whole may be unknown."""
    decidable: bool = True
    """False where nothing was printed that a value could follow from."""


def blocks(
    recovered: RecoveredTable, expected: Mapping[str, Number] | None = None, weighed: Mapping[str, Number] | None = None
) -> list[Block]:
    """All blocks of a table.

    Args:
        expected: values that last year's report makes probable, by field id; they rank readings of rows
            that no rule binds.
        weighed: the same for tables with rules: any other value there costs `last_year` more.
    """
    if not recovered.found:
        return [_undecidable(recovered.structures[0])]
    if not recovered.table.rules:
        units = recovered.structures[0].units
        still = still_by_row(recovered.table, {unit.row: unit.readings for unit in units})
        return [_by_itself(unit, recovered.table, expected or {}, still.get(unit.row)) for unit in units]
    if not any(cell.kind == "number" for unit in recovered.structures[0].units for cell in unit.readings[0].cells):
        return [_undecidable(recovered.structures[0])]
    return [_together(recovered, weighed or {})]


def _undecidable(structure: Structure) -> Block:
    cells = {
        field: cell
        for unit in structure.units
        for field, cell in zip(unit.fields, unit.readings[0].cells, strict=True)
    }
    whole = Whole(0, cells, dict.fromkeys(cells), {})
    return Block(tuple(cells), (whole,), proved=True, decidable=False)


def _by_itself(unit: Unit, table: Table, expected: Mapping[str, Number], still: float | None) -> Block:
    """A row that no rule binds: its readings are ranked by their costs and by weak evidence."""
    rivals = len(unit.readings) > 1
    comparable = all(cell.kind == "number" for reading in unit.readings for cell in reading.cells)
    ranked = sorted(
        (
            (reading.cost + (row_cost(table, unit.row, reading, expected, still) if comparable else 0), i, reading)
            for i, reading in enumerate(unit.readings)
        ),
        key=lambda entry: entry[:2],
    )
    room = margin(table, unit.row) if rivals else 0
    weight = sum(math.exp((ranked[0][0] - cost) / 1000) for cost, _, _ in ranked)
    wholes = [
        Whole(
            cost,
            dict(zip(unit.fields, reading.cells, strict=True)),
            {field: cell.value for field, cell in zip(unit.fields, reading.cells, strict=True)},
            dict.fromkeys(unit.fields, reading.note) if reading.note else {},
            probability=1 / weight,
        )
        for cost, _, reading in ranked
        if cost <= ranked[0][0] + room
    ]
    return Block(unit.fields, tuple(wholes), proved=True)


def _together(recovered: RecoveredTable, weighed: Mapping[str, Number]) -> Block:
    costs = load_costs()
    fields = tuple(field for unit in recovered.structures[0].units for field in unit.fields)
    index = {field: i for i, field in enumerate(fields)}
    equations = tuple(
        tuple([(index[field], 1) for field in rule.left] + [(index[field], -1) for field in rule.right])
        for rule in recovered.table.rules
    )
    if not _legible(recovered.structures[0]):
        return Block(fields, (_as_printed(recovered.structures),), proved=False)
    found: list[Whole] = []
    waiting = [
        (
            structure,
            Problem(
                len(fields),
                tuple(_group(unit, index, recovered.table, costs, weighed) for unit in structure.units),
                equations,
            ),
        )
        for structure in recovered.structures
    ]
    for steps in (FIRST_STEPS, STEPS):
        unfinished = []
        for structure, problem in waiting:
            most = min((whole.cost for whole in found), default=None)
            room = None if most is None else most + costs.margin - structure.cost
            if room is not None and room < 0:
                continue
            answer = solve(problem, costs.margin, steps, room)
            if not answer.complete:
                unfinished.append((structure, problem))
                continue
            found += [_whole(structure, s.hypotheses, s.values, fields, s.cost) for s in answer.solutions]
        waiting = unfinished
        if len(waiting) > 1 and not found:
            break
    proved = not waiting
    if not found:
        return Block(fields, (_as_printed(recovered.structures),), proved=False)
    cheapest = min(whole.cost for whole in found)
    kept = sorted((whole for whole in found if whole.cost <= cheapest + costs.margin), key=lambda whole: whole.cost)
    return Block(fields, tuple(kept), proved)


def _legible(structure: Structure) -> bool:
    """Whether enough rows hold a number for the sums to say anything."""
    readable = sum(
        any(cell.kind in {"number", "blank", "dash"} for cell in unit.readings[0].cells) for unit in structure.units
    )
    return readable > len(structure.units) / 3


def _whole(
    structure: Structure,
    hypotheses: tuple[int, ...],
    values: tuple[int | None, ...],
    fields: tuple[str, ...],
    cost: int,
) -> Whole:
    readings = [unit.readings[chosen] for unit, chosen in zip(structure.units, hypotheses, strict=True)]
    return _seen(structure, readings, dict(zip(fields, values, strict=True)), structure.cost + cost)


def _seen(structure: Structure, readings: list[RowReading], values: dict[str, Number | None], cost: int) -> Whole:
    cells: dict[str, CellReading] = {}
    notes: dict[str, str] = {}
    for unit, reading in zip(structure.units, readings, strict=True):
        cells |= zip(unit.fields, reading.cells, strict=True)
        note = "；".join(filter(None, (reading.note, structure.note if unit.moved else "")))
        if note:
            notes |= dict.fromkeys(unit.fields, note)
    moved = frozenset(
        field
        for unit, reading in zip(structure.units, readings, strict=True)
        if unit.moved or reading.cut
        for field in unit.fields
    )
    return Whole(cost, cells, values, notes, moved, left_over=structure.left_over)


def _as_printed(structures: tuple[Structure, ...]) -> Whole:
    """What can be said where nothing is proved: the cells that every reading of every structure sees alike."""
    seen: dict[str, set[tuple[str, Number | None]]] = {}
    first: dict[str, CellReading] = {}
    for structure in structures:
        for unit in structure.units:
            for reading in unit.readings:
                for field, cell in zip(unit.fields, reading.cells, strict=True):
                    seen.setdefault(field, set()).add((cell.kind, cell.value))
                    first.setdefault(field, cell)
    cells = {
        field: cell
        if len(seen[field]) == 1
        else replace(cell, kind="unread", printed=None, value=None, unit=None)
        for field, cell in first.items()
    }
    values = {field: cell.value for field, cell in cells.items()}
    # A row that stands behind its label with a cell for each number is what it is, whatever the rest may be.
    plain = {
        field
        for unit in structures[0].units
        if len(structures) == len(unit.readings) == 1 and not unit.readings[0].note and not unit.moved
        for field in unit.fields
    }
    doubtful = [field for field in cells if field not in plain]
    notes = dict.fromkeys(doubtful, "整表的读法太多，未能逐一证明")
    return Whole(structures[0].cost, cells, values, notes, moved=frozenset(doubtful))


def _group(
    unit: Unit, index: dict[str, int], table: Table, costs: Costs, weighed: Mapping[str, Number]
) -> Group:
    sums = totals(table)
    return Group(
        tuple(index[field] for field in unit.fields),
        tuple(
            Hypothesis(
                reading.cost,
                tuple(
                    _weighed(cell_cost(cell, field in sums, costs), weighed.get(field), costs.last_year)
                    for field, cell in zip(unit.fields, reading.cells, strict=True)
                ),
            )
            for reading in unit.readings
        ),
    )


def _weighed(cost: CellCost, expected: Number | None, more: int) -> CellCost:
    """The cost where one value is expected and any other costs more."""
    if not isinstance(expected, int) or expected < 0 or (usual := cost.of(expected)) is None:
        return cost
    others = ((value, own + more) for value, own in cost.choices if value != expected)
    return CellCost(((expected, usual), *others), None if cost.other is None else cost.other + more)


def cell_cost(cell: CellReading, is_total: bool, costs: Costs) -> CellCost:
    """What it costs to believe that the cell means another value than it says."""
    if cell.kind == "number" and isinstance(cell.value, int) and cell.value >= 0:
        if cell.value:
            other = costs.print.total if is_total else costs.print.part
        else:
            other = costs.print.total_zero if is_total else costs.print.part_zero
        other += 0 if cell.sure else costs.print.unsure
        return _read_cost(cell, cell.value, other, costs)
    if cell.kind == "blank":
        return _read_cost(cell, 0, costs.blank.total if is_total else costs.blank.part, costs)
    if cell.kind == "dash":
        return CellCost(((0, 0),), costs.print.dash)
    return FREE


def _read_cost(cell: CellReading, says: int, other: int, costs: Costs) -> CellCost:
    """The cost of what the reader saw, of its rivals, and of any other value.

    Another value means that the agency printed what it did not mean, or that the reader saw what is not printed:
    the cheaper of the two counts.
    """
    listed = cell.score + sum(probability for _, probability in cell.rivals)
    misread = costs.print.misread + _nats(max(1 - listed, LEAST_MISREAD))
    other = min(other, misread)
    choices = {says: 0}
    for value, probability in cell.rivals:
        if isinstance(value, int) and value >= 0:
            ratio = max(probability, LEAST_PROBABILITY) / max(cell.score, LEAST_PROBABILITY)
            choices.setdefault(value, max(0, min(other, _nats(ratio))))
    return CellCost(tuple(choices.items()), other)


def _nats(probability: float) -> int:
    return round(-1000 * math.log(probability))
