"""Lower bounds: what a failing equation is charged is taken from every change that could mend it.

`packing` looks at the equation alone. `reach` also sees that a change which mends one equation and
breaks another has to go on from there: along the cells as along the arcs of a network, from the
equation with too much to one with too little, at least as far as the nearest. Either way no change
is charged more than it costs, so that the charges of all failing equations add up to a bound.
"""

from __future__ import annotations

from dataclasses import dataclass
from heapq import heappop, heappush

from pipeline.reconcile.form import Form, Pick
from pipeline.reconcile.view import NEVER

IMPOSSIBLE = NEVER >> 1
GROUND = -1
SURPLUS, WANT = 1, 2

Need = tuple[tuple[int, ...], Pick | None, int, tuple[int, ...]]
"""Moves, how to pick them, how many there must be at least, groups. Without a pick, cells that may move either way."""


def packing(needs: list[Need], left: list[int], groups: dict[int, int]) -> int:
    """A lower bound of what meeting the needs costs; NEVER where they cannot be met.

    Args:
        needs: what must change.
        left: per move, what of its cost has not been charged yet; written to.
        groups: the same for the groups that may switch; written to.
    """
    total = 0
    size = len(left) >> 1
    for moves, pick, count, touched in needs:
        if pick is not None:
            charge = min(pick(left))
            if groups:
                for group in touched:
                    if group in groups and groups[group] < charge:
                        charge = groups[group]
            total += charge
        else:
            each = sorted([min(left[cell], left[cell + size]) for cell in moves])
            if len(each) < count:
                return NEVER
            # Where two are needed, the cheaper one gives all that it has left and no more.
            total += sum(each[:count])
            charge = each[count - 1]
            moves = (*moves, *[cell + size for cell in moves])
        if total >= IMPOSSIBLE:
            return NEVER
        if charge:
            for move in moves:
                left[move] = left[move] - charge if left[move] > charge else 0
            if groups:
                for group in touched:
                    if group in groups:
                        groups[group] -= charge
    return total


@dataclass(frozen=True, slots=True)
class Network:
    """A state is twice a line, and one more where its sum is too great (0: too small)."""

    arcs: tuple[tuple[tuple[int, int, int], ...], ...]
    """Per state, (move, state that it leads to or GROUND, parts that the cost of the move is split into)."""


def network(form: Form, n_variables: int) -> Network:
    """The equalities of a form as a network.

    A cell in two equalities is an arc between them; one in three is an arc and, for the third, an
    arc to the ground, each at half the cost. So is a cell that would close an odd loop, around
    which too much would come back as too little: without these, what is moved is a flow, and a
    flow is made of simple paths.
    """
    parent = list(range(len(form.lines)))
    parity = [1] * len(form.lines)

    def root(line: int) -> tuple[int, int]:
        sign = 1
        while parent[line] != line:
            sign *= parity[line]
            line = parent[line]
        return line, sign

    def joins(first: tuple[int, int], second: tuple[int, int]) -> bool:
        if abs(first[1]) != 1 or abs(second[1]) != 1:
            return False
        (one, sign), (other, other_sign) = root(first[0]), root(second[0])
        wanted = -first[1] * second[1]
        if one == other:
            return sign * other_sign == wanted
        parent[one] = other
        parity[one] = sign * other_sign * wanted
        return True

    arcs: list[list[tuple[int, int, int]]] = [[] for _ in range(2 * len(form.lines))]
    for cell in range(n_variables):
        stands = [stand for stand in form.lines_of[cell] if form.equality[stand[0]]]
        links: list[tuple[tuple[int, int], ...]] = []
        while stands:
            if len(stands) > 1 and joins(stands[0], stands[1]):
                links.append((stands[0], stands[1]))
                del stands[:2]
            else:
                links.append((stands[0],))
                del stands[0]
        for link in links:
            for position, (line, factor) in enumerate(link):
                for move, direction in ((cell, 1), (cell + n_variables, -1)):
                    target = GROUND
                    if len(link) == 2:
                        other, weight = link[1 - position]
                        target = 2 * other + (weight * direction > 0)
                    arcs[2 * line + (factor * direction < 0)].append((move, target, len(links)))
    return Network(tuple(map(tuple, arcs)))


def reach(
    net: Network, form: Form, signs: list[int], line: int, left: list[int], groups: dict[int, int]
) -> int:
    """What it costs at least to take the surplus or want of a failing equality elsewhere; writes as `packing`.

    Args:
        signs: per line, SURPLUS, WANT, both (it can take up either) or 0.
    """
    start = 2 * line + (signs[line] == SURPLUS)
    distance = {start: 0}
    heap = [(0, start)]
    nearest = NEVER
    passed: dict[int, int] = {}
    while heap:
        gone, state = heappop(heap)
        if gone >= nearest:
            break
        if gone > distance[state]:
            continue
        passed[state] = gone
        if groups:
            for group in form.lines[state >> 1].groups:
                if group in groups:
                    nearest = min(nearest, gone + groups[group])
        for move, target, parts in net.arcs[state]:
            further = gone + left[move] // parts
            if further >= nearest:
                continue
            if target == GROUND:
                nearest = further
                continue
            if signs[target >> 1] & (WANT if target & 1 else SURPLUS):
                nearest = further
            elif further < distance.get(target, NEVER):
                distance[target] = further
                heappush(heap, (further, target))
    if nearest >= IMPOSSIBLE:
        return NEVER
    charged: dict[int, int] = {}
    switched: dict[int, int] = {}
    for state, gone in passed.items():
        for move, target, parts in net.arcs[state]:
            end = nearest
            if target != GROUND and not signs[target >> 1] & (WANT if target & 1 else SURPLUS):
                end = min(nearest, distance.get(target, NEVER))
            if end > gone:
                charged[move] = max(charged.get(move, 0), (end - gone) * parts)
        if groups:
            for group in form.lines[state >> 1].groups:
                if group in groups:
                    switched[group] = max(switched.get(group, 0), nearest - gone)
    for move, charge in charged.items():
        left[move] -= charge
    for group, charge in switched.items():
        groups[group] -= charge
    return nearest
