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

from collections.abc import Sequence
from heapq import heappop, heappush

from pipeline.reconcile.bound import IMPOSSIBLE, SURPLUS, WANT, Need, network, packing, reach
from pipeline.reconcile.form import Structure, structure
from pipeline.reconcile.integers import OutOfWork, Work
from pipeline.reconcile.loops import gathering, values_of
from pipeline.reconcile.node import (
    Node,
    cost_of,
    demands_after,
    failing_line,
    least_loop,
    needs_of,
    residual_of,
    see,
    signs_of,
)
from pipeline.reconcile.problem import Answer, Problem, Solution
from pipeline.reconcile.view import NEVER, View, views

LIMIT = 20_000
FAR_SIGHTED_AFTER = 40
"""Steps after which a search is hard enough for the dearer bound to pay."""


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


_Entry = tuple[int, int, Node | tuple[Node, tuple[int, ...], int, View], bool]
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
                if isinstance(item, Node):
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

    def _root(self) -> Node:
        size = self.problem.n_variables
        values, change = [0] * size, [NEVER] * (2 * size)
        free = cost = 0
        chosen: list[View] = []
        for group, alternatives in zip(self.problem.groups, self.views, strict=True):
            view = alternatives[0]
            chosen.append(view)
            free |= view.free
            cost += view.base
            see(group.variables, view, values, change)
        form = self.structure.form(free)
        open_groups = tuple(number for number, alternatives in enumerate(self.views) if len(alternatives) > 1)
        return Node(form, free, tuple(chosen), open_groups, values, change, residual_of(form, values), cost, ())

    def _push(self, bound: int, item: Node | tuple[Node, tuple[int, ...], int, View], final: bool = False) -> None:
        if bound <= self.most:
            # Later ones first among equals: they are nearer to a whole.
            self.serial -= 1
            heappush(self.heap, (bound, self.serial, item, final))

    # What a node costs at least.

    def _bound(self, node: Node) -> int:
        """A lower bound of what completing the node costs more; IMPOSSIBLE or more where it cannot be."""
        signs = signs_of(node)
        needs = needs_of(node, signs)
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

    def _glance(self, node: Node, left: tuple[int, ...], group: int, view: View) -> int:
        """A lower bound of the node that `_switch` would make, from the equations without a free cell.

        Far cheaper than to make the node, which may have to work out a form first.
        """
        whole = self.structure.form(0)
        usual = node.views[group]
        free = node.free & ~usual.free | view.free
        if node.whole is None:
            node.whole = residual_of(whole, node.values)
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
        see(self.problem.groups[group].variables, view, values, change)
        spare = {other: self.views[other][1].least - self.views[other][0].base for other in left}
        return cost + packing(needs, change, spare)

    def _far_sighted(self, node: Node, signs: list[int], needs: list[Need], spare: dict[int, int]) -> int:
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

    def _expand(self, bound: int, node: Node) -> None:
        if node.second:
            self._gather(bound, node)
            return
        line = failing_line(node)
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

    def _commit(self, bound: int, node: Node, rivals: Sequence[int]) -> None:
        """By the first of these groups that is not seen in the usual way, or none of them."""
        left = node.open_groups
        for group in rivals:
            left = tuple(other for other in left if other != group)
            usual, *others = self.views[group]
            for view in others:
                self._push(max(bound, node.cost - usual.base + view.least), (node, left, group, view))
        rest = Node(
            node.form, node.free, node.views, left, node.values, node.change, node.residual, node.cost, node.demands
        )
        self._push(bound, rest)

    def _switch(self, node: Node, left: tuple[int, ...], group: int, view: View) -> Node:
        usual = node.views[group]
        values, change = node.values.copy(), node.change.copy()
        variables = self.problem.groups[group].variables
        see(variables, view, values, change)
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
            residual = residual_of(form, values)
        cost = node.cost - usual.base + view.base
        return Node(form, free, chosen, left, values, change, residual, cost, node.demands)

    def _mend(self, bound: int, node: Node, number: int) -> None:
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
            demands = demands_after(form, node.demands, cell, residual) if node.demands else ()
            cost = node.cost + more
            child = Node(
                form, node.free, node.views, node.open_groups, new_values, change, residual, cost, demands
            )
            self._push(max(bound, cost), child)
        demands = (*node.demands, (line.cells, 2))
        child = Node(
            form, node.free, node.views, node.open_groups, values, node.change, node.residual, node.cost, demands
        )
        self._push(bound, child)

    def _price(self, node: Node, cell: int, value: int) -> int | None:
        """What it costs a cell to hold `value` rather than what it holds; None where it cannot."""
        of_cell = cost_of(cell, node, self.structure)
        new, old = of_cell.of(value), of_cell.of(node.values[cell])
        return None if new is None or old is None else new - old

    def _second(self, bound: int, node: Node) -> None:
        """The whole as it stands, if nothing is left to mend; loops, if the cost allows any."""
        form = node.form
        if not node.demands and min(node.residual, default=0) >= 0:
            self._report(node)
            if node.cost + min(node.change, default=NEVER) > self.most:
                return
            bound = max(bound, node.cost + least_loop(node))
        if bound <= self.most:
            start = Node(
                form, node.free, node.views, (), node.values, node.change, node.residual, node.cost, node.demands, True
            )
            self._push(bound, start)

    def _gather(self, bound: int, node: Node) -> None:
        needs = needs_of(node, signs_of(node))
        if not needs and node.gathered:
            self._report(node)
        for child in gathering(node, needs, self.structure, self.most):
            self._push(max(bound, child.cost), child)

    # What is found.

    def _report(self, node: Node) -> None:
        if node.unknown:
            # Met once for each way that its cells could move, but one whole all the same.
            key = (tuple(map(id, node.views)), tuple(sorted(cell for cell, _ in node.unknown)), tuple(node.values))
            if key in self.reported:
                return
            self.reported.add(key)
        values = values_of(node, self.structure, self.work)
        if values is None:
            return
        self.most = min(self.most, node.cost + self.margin)
        self.solutions.append(Solution(node.cost, tuple(view.hypothesis for view in node.views), values))


def _order(solution: Solution) -> tuple[int, tuple[int, ...], tuple[int, ...]]:
    return solution.cost, solution.hypotheses, tuple(-1 if value is None else value for value in solution.values)
