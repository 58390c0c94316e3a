"""The cheapest consistent wholes: best-first search from the equations that fail, exact.

Where an equation fails, some cell of it changes or some group in it is seen otherwise. Take the
cells: either exactly one of them changes, and then the equation says to what, or two or more do.
The first is a small step that settles a cell and freezes the rest of its equation; the second is
kept as a demand. In a repair without loops some failing equation always has exactly one change, so
that these steps find it; what has loops is left to a second, slower part, which gathers cells
without a value until every equation that they touch holds at least two, and then solves for them.
Both parts split the wholes so that none is found twice. A packing of the failing equations bounds
the cost from below: what an equation is charged is taken from every cell and group that could mend it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from heapq import heappop, heappush

from pipeline.reconcile.bound import IMPOSSIBLE, SURPLUS, WANT, Need, network, packing, reach
from pipeline.reconcile.form import Form, Line, Structure, structure
from pipeline.reconcile.integers import OutOfWork, Row, Work, settle
from pipeline.reconcile.problem import Answer, Problem, Solution
from pipeline.reconcile.view import NEVER, View, readings, views

LIMIT = 20_000
FAR_SIGHTED_AFTER = 40
"""Steps after which a search is hard enough for the dearer bound to pay."""

_Demand = tuple[tuple[int, ...], int]
"""So many of these cells must still change."""


def solve(problem: Problem, margin: int = 0, limit: int = LIMIT, most: int | None = None) -> Answer:
    """All wholes that cost at most the least possible plus `margin`.

    Two wholes are the same where they take the same hypotheses and every cell holds the same one
    of its readings, or another value than these: then they are reported once, with None for the
    values that could differ.

    Args:
        problem: what to solve; its structure is worked out once per form and kept.
        margin: >= 0, in the unit of the costs.
        limit: most steps to take; some 50 microseconds each at first, up to 0.6 ms where the search is hard.
        most: wholes that cost more are of no interest; an answer without solutions then says that there is none
            that costs as little.
    """
    search = _Search(problem, margin, limit, NEVER if most is None else most)
    return search.run()


class _Node:
    """A part of the wholes: what is decided so far, and what the cells hold if nothing else changes."""

    __slots__ = (
        "change", "cost", "demands", "form", "free", "gathered", "open_groups", "residual", "second",
        "unknown", "values", "views", "whole",
    )  # fmt: skip

    def __init__(
        self,
        form: Form,
        free: int,
        views: tuple[View, ...],
        open_groups: tuple[int, ...],
        values: list[int],
        change: list[int],
        residual: list[int],
        cost: int,
        demands: tuple[_Demand, ...],
        second: bool = False,
        gathered: tuple[int, ...] = (),
        unknown: tuple[tuple[int, int], ...] = (),
    ) -> None:
        self.form = form
        self.free = free
        self.views = views
        self.whole: list[int] | None = None
        """Per equation, the weighted sum with free cells at 0; made when asked for."""
        self.open_groups = open_groups
        """Groups that may still switch to another view, ascending."""
        self.values = values
        self.change = change
        """Per move (growth of each variable, then decline of each), the least it costs; NEVER once settled."""
        self.residual = residual
        """Per line of the form, the weighted sum."""
        self.cost = cost
        self.demands = demands
        self.second = second
        """Whether only loops are left to find."""
        self.gathered = gathered
        """Cells that change as part of a loop."""
        self.unknown = unknown
        """Those of them whose value is unknown, each with 1 where it grows and -1 where it declines."""


_Entry = tuple[int, int, "_Node | tuple[_Node, tuple[int, ...], int, View]", bool]
"""Bound, serial number, node (or: parent, open groups left, group, view it switches to), bound is final."""


class _Search:
    def __init__(self, problem: Problem, margin: int, limit: int, most: int) -> None:
        self.problem = problem
        self.margin = margin
        self.work = Work(limit)
        self.easy = limit - FAR_SIGHTED_AFTER
        self.structure: Structure = structure(
            problem.n_variables, problem.equations, tuple(group.variables for group in problem.groups)
        )
        self.views = [
            views(group, inner) for group, inner in zip(problem.groups, self.structure.inner, strict=True)
        ]
        self.heap: list[_Entry] = []
        self.serial = 0
        self.most = most
        """What a whole may cost at most: less once the first is found."""
        self.solutions: list[Solution] = []
        self.reported: set[tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...]]] = set()

    def run(self) -> Answer:
        if not all(self.views):
            return Answer((), True)
        complete = True
        root = self._root()
        self._push(root.cost, root)
        try:
            while self.heap:
                bound, _, item, final = heappop(self.heap)
                if bound > self.most:
                    break
                self.work.spend()
                if isinstance(item, _Node):
                    node = item
                else:
                    glance = self._glance(*item)
                    if glance > bound and not final:
                        if glance < IMPOSSIBLE:
                            self._push(glance, item, True)
                        continue
                    node, final = self._switch(*item), False
                if not final:
                    more = self._bound(node)
                    if more >= IMPOSSIBLE or node.cost + more > self.most:
                        continue
                    if node.cost + more > bound:
                        bound = node.cost + more
                        if self.heap and self.heap[0][0] < bound:
                            self._push(bound, node, True)
                            continue
                self._expand(bound, node)
        except OutOfWork:
            complete = False
        kept = [solution for solution in self.solutions if solution.cost <= self.most]
        kept.sort(key=_order)
        return Answer(tuple(kept), complete)

    def _root(self) -> _Node:
        size = self.problem.n_variables
        values, change = [0] * size, [NEVER] * (2 * size)
        free = cost = 0
        chosen: list[View] = []
        for group, alternatives in zip(self.problem.groups, self.views, strict=True):
            view = alternatives[0]
            chosen.append(view)
            free |= view.free
            cost += view.base
            _see(group.variables, view, values, change)
        form = self.structure.form(free)
        open_groups = tuple(number for number, alternatives in enumerate(self.views) if len(alternatives) > 1)
        return _Node(form, free, tuple(chosen), open_groups, values, change, _residual(form, values), cost, ())

    def _push(self, bound: int, item: _Node | tuple[_Node, tuple[int, ...], int, View], final: bool = False) -> None:
        if bound <= self.most:
            # Later ones first among equals: they are nearer to a whole.
            self.serial -= 1
            heappush(self.heap, (bound, self.serial, item, final))

    # What a node costs at least.

    def _bound(self, node: _Node) -> int:
        """A lower bound of what completing the node costs more; IMPOSSIBLE or more where it cannot be."""
        signs = _signs(node)
        needs = _needs(node, signs)
        if not needs:
            return 0
        spare = {
            group: self.views[group][1].least - self.views[group][0].base for group in node.open_groups
        }
        total = packing(needs, node.change.copy(), spare.copy())
        if len(needs) > 1 and total < IMPOSSIBLE:
            needs.reverse()
            total = max(total, packing(needs, node.change.copy(), spare.copy()))
        if self.work.left > self.easy or node.cost + total > self.most or total >= IMPOSSIBLE:
            return total
        return max(total, self._far_sighted(node, signs, needs, spare))

    def _glance(self, node: _Node, left: tuple[int, ...], group: int, view: View) -> int:
        """A lower bound of the node that `_switch` would make, from the equations without a free cell.

        Far cheaper than to make the node, which may have to work out a form first.
        """
        whole = self.structure.form(0)
        usual = node.views[group]
        free = node.free & ~usual.free | view.free
        if node.whole is None:
            node.whole = _residual(whole, node.values)
        residual = node.whole.copy()
        for variable, value in zip(self.problem.groups[group].variables, view.values, strict=True):
            old = node.values[variable]
            if value != old:
                for number, factor in whole.lines_of[variable]:
                    residual[number] += factor * (value - old)
        cost = node.cost - usual.base + view.base
        masks = self.structure.masks
        needs: list[Need] = []
        for number, value in enumerate(residual):
            if value and not masks[number] & free:
                line = whole.lines[number]
                if value > 0:
                    needs.append((line.lowering, line.pick_lowering, 1, line.groups))
                else:
                    needs.append((line.raising, line.pick_raising, 1, line.groups))
        if not needs:
            return cost
        values, change = node.values.copy(), node.change.copy()
        _see(self.problem.groups[group].variables, view, values, change)
        spare = {other: self.views[other][1].least - self.views[other][0].base for other in left}
        return cost + packing(needs, change, spare)

    def _far_sighted(self, node: _Node, signs: list[int], needs: list[Need], spare: dict[int, int]) -> int:
        form = node.form
        net = self.structure.networks.get(node.free)
        if net is None:
            net = self.structure.networks[node.free] = network(form, self.problem.n_variables)
        failing = [
            number for number, sign in enumerate(signs) if sign in (SURPLUS, WANT) and form.equality[number]
        ]
        demands = [need for need in needs if need[1] is None]
        demanded = {cells for cells, _, _, _ in demands}
        plain = [number for number in failing if form.lines[number].cells not in demanded]
        best = 0
        plans: list[tuple[list[Need], list[int]]] = [([], failing), ([], failing[::-1])]
        if demands:
            plans += [(demands, plain), (demands, plain[::-1])]
        for first, order in plans:
            left, groups = node.change.copy(), spare.copy()
            total = packing(first, left, groups)
            for number in order:
                if total >= IMPOSSIBLE:
                    return total
                total += reach(net, form, signs, number, left, groups)
            best = max(best, total)
        return best

    # How a node is split.

    def _expand(self, bound: int, node: _Node) -> None:
        if node.second:
            self._gather(bound, node)
            return
        line = _failing(node)
        if line is not None:
            touched = node.form.lines[line].groups
            rivals = [group for group in node.open_groups if group in touched]
            if rivals:
                self._commit(bound, node, rivals)
            else:
                self._mend(bound, node, line)
        elif node.open_groups:
            self._commit(bound, node, node.open_groups)
        else:
            self._second(bound, node)

    def _commit(self, bound: int, node: _Node, rivals: Sequence[int]) -> None:
        """By the first of these groups that is not seen in the usual way, or none of them."""
        left = node.open_groups
        for group in rivals:
            left = tuple(other for other in left if other != group)
            usual, *others = self.views[group]
            for view in others:
                self._push(max(bound, node.cost - usual.base + view.least), (node, left, group, view))
        rest = _Node(
            node.form, node.free, node.views, left, node.values, node.change, node.residual, node.cost, node.demands
        )
        self._push(bound, rest)

    def _switch(self, node: _Node, left: tuple[int, ...], group: int, view: View) -> _Node:
        usual = node.views[group]
        values, change = node.values.copy(), node.change.copy()
        variables = self.problem.groups[group].variables
        _see(variables, view, values, change)
        chosen = (*node.views[:group], view, *node.views[group + 1 :])
        free = node.free & ~usual.free | view.free
        form = node.form
        if free == node.free:
            residual = node.residual.copy()
            for variable, old, new in zip(variables, usual.values, view.values, strict=True):
                if new != old:
                    for line, factor in form.lines_of[variable]:
                        residual[line] += factor * (new - old)
        else:
            form = self.structure.form(free)
            residual = _residual(form, values)
        cost = node.cost - usual.base + view.base
        return _Node(form, free, chosen, left, values, change, residual, cost, node.demands)

    def _mend(self, bound: int, node: _Node, number: int) -> None:
        """By the one cell of a failing equation that changes, or two or more of them."""
        form, values = node.form, node.values
        line = form.lines[number]
        change = node.change.copy()
        for move in line.raising:
            change[move] = NEVER
        for move in line.lowering:
            change[move] = NEVER
        failing = node.residual[number]
        moves = line.lowering if failing > 0 else line.raising
        for cell, factor, move in zip(line.cells, line.coefficients, moves, strict=True):
            least = node.change[move]
            if node.cost + least > self.most or least >= NEVER or failing % factor:
                continue
            value = values[cell] - failing // factor
            more = self._price(node, cell, value) if value >= 0 else None
            if more is None or node.cost + more > self.most:
                continue
            new_values = values.copy()
            new_values[cell] = value
            residual = node.residual.copy()
            for other, weight in form.lines_of[cell]:
                residual[other] += weight * (value - values[cell])
            demands = _after(form, node.demands, cell, residual) if node.demands else ()
            cost = node.cost + more
            child = _Node(
                form, node.free, node.views, node.open_groups, new_values, change, residual, cost, demands
            )
            self._push(max(bound, cost), child)
        demands = (*node.demands, (line.cells, 2))
        child = _Node(
            form, node.free, node.views, node.open_groups, values, node.change, node.residual, node.cost, demands
        )
        self._push(bound, child)

    def _price(self, node: _Node, cell: int, value: int) -> int | None:
        """What it costs a cell to hold `value` rather than what it holds; None where it cannot."""
        of_cell = node.views[self.structure.group_of[cell]].cells[self.structure.place_of[cell]]
        new, old = of_cell.of(value), of_cell.of(node.values[cell])
        return None if new is None or old is None else new - old

    def _second(self, bound: int, node: _Node) -> None:
        """The whole as it stands, if nothing is left to mend; loops, if the cost allows any."""
        form = node.form
        if not node.demands and min(node.residual, default=0) >= 0:
            self._report(node)
            if node.cost + min(node.change, default=NEVER) > self.most:
                return
            bound = max(bound, node.cost + _loop(node))
        if bound <= self.most:
            start = _Node(
                form, node.free, node.views, (), node.values, node.change, node.residual, node.cost, node.demands, True
            )
            self._push(bound, start)

    def _gather(self, bound: int, node: _Node) -> None:
        """By the first of some cells, at least one of which is part of a loop."""
        needs = _needs(node, _signs(node))
        size = len(node.values)
        moves: Iterable[int]
        if needs:
            moves = min(needs, key=lambda need: sum(node.change[move] < NEVER for move in need[0]))[0]
        else:
            if node.gathered:
                self._report(node)
            moves = range(size)
        change = node.change
        for cell in [move % size for move in moves]:
            least = min(change[cell], change[cell + size])
            if least >= NEVER:
                continue
            change = change.copy()
            change[cell] = change[cell + size] = NEVER
            if node.cost + least > self.most:
                continue
            of_cell = node.views[self.structure.group_of[cell]].cells[self.structure.place_of[cell]]
            states: list[tuple[int | None, int, int]] = [(*choice, 0) for choice in readings(of_cell)[1:]]
            if of_cell.other is not None:
                states.append((None, of_cell.other, 1))
                if node.values[cell]:
                    states.append((None, of_cell.other, -1))
            old = of_cell.of(node.values[cell]) or 0
            for value, price, direction in states:
                cost = node.cost + price - old
                values, residual, unknown = node.values, node.residual, node.unknown
                if value is None:
                    unknown = (*unknown, (cell, direction))
                else:
                    values, residual = values.copy(), residual.copy()
                    for line, factor in node.form.lines_of[cell]:
                        residual[line] += factor * (value - values[cell])
                    values[cell] = value
                gathered = (*node.gathered, cell)
                child = _Node(
                    node.form, node.free, node.views, (), values, change, residual, cost, node.demands,
                    True, gathered, unknown,
                )  # fmt: skip
                self._push(max(bound, cost), child)

    # What is found.

    def _report(self, node: _Node) -> None:
        if node.unknown:
            # Met once for each way that its cells could move, but one whole all the same.
            key = (tuple(map(id, node.views)), tuple(sorted(cell for cell, _ in node.unknown)), tuple(node.values))
            if key in self.reported:
                return
            self.reported.add(key)
        values = self._values(node)
        if values is None:
            return
        self.most = min(self.most, node.cost + self.margin)
        self.solutions.append(Solution(node.cost, tuple(view.hypothesis for view in node.views), values))

    def _values(self, node: _Node) -> tuple[int | None, ...] | None:
        """The values of all variables, None for those with several; None where there is no solution."""
        form, unknown = node.form, {cell for cell, _ in node.unknown}
        values: list[int | None] = list(node.values)
        holes: dict[int, frozenset[int]] = {}
        for view in node.views:
            holes.update(view.barred)
        rows: list[tuple[dict[int, int], int]] = []
        asked = [*sorted(unknown), *form.loose_variables]
        if unknown:
            for cell in unknown:
                of_cell = node.views[self.structure.group_of[cell]].cells[self.structure.place_of[cell]]
                holes[cell] = frozenset(value for value, _ in readings(of_cell))
            for line, equality in zip(form.lines, form.equality, strict=True):
                row, right = _reduced(line, node, unknown)
                if row and equality:
                    rows.append((row, right))
        for variable, number in form.determined:
            row, right = _reduced(form.lines[number], node, unknown) if unknown else ({}, -node.residual[number])
            if row:
                rows.append(({**row, variable: -1}, right))
                asked.append(variable)
                continue
            if right > 0 or -right in holes.get(variable, ()):
                return None
            values[variable] = -right
        if not asked:
            return tuple(values)
        asked_set = set(asked)
        for equation in form.loose:
            right = -sum(factor * node.values[cell] for cell, factor in equation.items() if cell not in asked_set)
            rows.append(({cell: factor for cell, factor in equation.items() if cell in asked_set}, right))
        number_of = {variable: number for number, variable in enumerate(asked)}
        numbered: list[Row] = [
            ({number_of[cell]: factor for cell, factor in row.items()}, right) for row, right in rows
        ]
        barred = {number_of[variable]: values_ for variable, values_ in holes.items() if variable in number_of}
        settled = settle(len(asked), numbered, barred, self.work)
        if settled is None:
            return None
        for variable, value in zip(asked, settled, strict=True):
            values[variable] = value
        return tuple(values)


def _order(solution: Solution) -> tuple[int, tuple[int, ...], tuple[int, ...]]:
    return solution.cost, solution.hypotheses, tuple(-1 if value is None else value for value in solution.values)


def _residual(form: Form, values: list[int]) -> list[int]:
    residual = [0] * len(form.lines)
    for value, lines in zip(values, form.lines_of, strict=True):
        if value:
            for line, factor in lines:
                residual[line] += factor * value
    return residual


def _reduced(line: Line, node: _Node, unknown: set[int]) -> tuple[dict[int, int], int]:
    """The unknown part of a line, and what it must be for the line to be 0."""
    row: dict[int, int] = {}
    right = 0
    for cell, factor in zip(line.cells, line.coefficients, strict=True):
        if cell in unknown:
            row[cell] = factor
        else:
            right -= factor * node.values[cell]
    return row, right


def _signs(node: _Node) -> list[int]:
    """Per line, whether it has SURPLUS or WANT or, through cells that are still unknown, perhaps either."""
    signs = [(SURPLUS if value > 0 else WANT) if value else 0 for value in node.residual]
    for cell, direction in node.unknown:
        for number, factor in node.form.lines_of[cell]:
            if node.form.equality[number]:
                signs[number] |= SURPLUS if factor * direction > 0 else WANT
            elif factor * direction > 0:
                signs[number] |= SURPLUS
    return signs


def _needs(node: _Node, signs: list[int]) -> list[Need]:
    """What must still change: in a failing line one cell, of a demand as many as it says."""
    form = node.form
    needs: list[Need] = []
    demanded = set()
    for cells, count in node.demands:
        left = count - sum(cell in cells for cell in node.gathered)
        if left > 0:
            demanded.add(cells)
            needs.append((cells, None, left, ()))
    for number, sign in enumerate(signs):
        if sign == WANT or (sign == SURPLUS and form.equality[number]):
            line = form.lines[number]
            if demanded and form.equality[number] and line.cells in demanded:
                continue
            if sign == SURPLUS:
                needs.append((line.lowering, line.pick_lowering, 1, line.groups))
            else:
                needs.append((line.raising, line.pick_raising, 1, line.groups))
    return needs


def _failing(node: _Node) -> int | None:
    """The failing equality with the fewest ways to mend it that is not yet known to need several."""
    form = node.form
    demanded = {cells for cells, _ in node.demands}
    best: tuple[int, int] | None = None
    chosen: int | None = None
    for number, value in enumerate(node.residual):
        if not value or not form.equality[number]:
            continue
        line = form.lines[number]
        if demanded and line.cells in demanded:
            continue
        ways = (len(line.cells), -abs(value))
        if best is None or ways < best:
            best, chosen = ways, number
    return chosen


def _after(form: Form, demands: tuple[_Demand, ...], cell: int, residual: list[int]) -> tuple[_Demand, ...]:
    """The demands left once `cell` has changed. One change alone never mends what holds, so 2 stays 2 there."""
    left: list[_Demand] = []
    for cells, count in demands:
        if cell in cells:
            same = [n for n, _ in form.lines_of[cell] if form.equality[n] and form.lines[n].cells == cells]
            if not same:
                count -= 1
            elif any(residual[number] for number in same):
                continue
        if count:
            left.append((cells, count))
    return tuple(left)


def _loop(node: _Node) -> int:
    """A lower bound of what any further change to a whole that holds costs.

    Whatever moves, each equality that it stands in needs another cell that moves it back.
    """
    form, change = node.form, node.change
    size = len(node.values)
    linear = form.linear()
    back: list[tuple[int, int] | None] = []
    for line, equality in zip(form.lines, form.equality, strict=True):
        counts = equality and line.cells
        back.append((min(line.pick_lowering(change)), min(line.pick_raising(change))) if counts else None)
    least = NEVER
    for move, own in enumerate(change):
        if own >= least:
            continue
        cell, sign = move % size, 1 if move < size else -1
        others = []
        for number, factor in form.lines_of[cell]:
            pair = back[number]
            if pair is not None:
                others.append(pair[0] if factor * sign > 0 else pair[1])
        least = min(least, own + (sum(others) if linear else max(others, default=0)))
    return least


def _see(variables: tuple[int, ...], view: View, values: list[int], change: list[int]) -> None:
    size = len(values)
    for variable, value, growth, decline in zip(variables, view.values, view.growth, view.decline, strict=True):
        values[variable] = value
        change[variable] = growth
        change[variable + size] = decline
