"""Certain pairs become clusters that stay consistent: no chain of likenesses joins two records that contradict each other."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Edge:
    left: int
    right: int
    score: float
    is_placed: bool


class _Groups:
    def __init__(self) -> None:
        self._root: dict[int, int] = {}
        self.members: dict[int, list[int]] = {}

    def root(self, item: int) -> int:
        self.members.setdefault(item, [item]) if item not in self._root else None
        self._root.setdefault(item, item)
        while self._root[item] != item:
            self._root[item] = item = self._root[self._root[item]]
        return item

    def join(self, one: int, two: int) -> None:
        keep, gone = sorted((one, two))
        self._root[gone] = keep
        self.members[keep] += self.members.pop(gone)


def clusters(edges: Sequence[Edge], apart: Callable[[int, int], bool]) -> tuple[list[list[int]], list[Edge]]:
    """Groups of two or more positions, and the edges that were refused, for a person to look at.

    Edges with a place or a number behind them go first, best first. An edge without (title, authors and year only) is
    refused when it could as well lead somewhere else: a record that fits two works equally is nobody's certain copy.
    """
    groups, refused = _Groups(), []

    def clash(one: int, two: int) -> bool:
        return any(apart(a, b) for a in groups.members[one] for b in groups.members[two])

    def join(edge: Edge) -> None:
        one, two = groups.root(edge.left), groups.root(edge.right)
        if one == two:
            return
        if clash(one, two):
            refused.append(edge)
        else:
            groups.join(one, two)

    ordered = sorted(edges, key=lambda edge: (-edge.score, edge.left, edge.right))
    for edge in ordered:
        if edge.is_placed:
            join(edge)
    bare = [edge for edge in ordered if not edge.is_placed and groups.root(edge.left) != groups.root(edge.right)]
    leads_to: dict[int, set[int]] = defaultdict(set)
    for edge in bare:
        one, two = groups.root(edge.left), groups.root(edge.right)
        leads_to[one].add(two)
        leads_to[two].add(one)
    torn = {
        one
        for one, others in leads_to.items()
        if len(others) > 1 and any(clash(a, b) for a in others for b in others if a < b)
    }
    roots = {edge: (groups.root(edge.left), groups.root(edge.right)) for edge in bare}
    for edge in bare:
        if torn.isdisjoint(roots[edge]):
            join(edge)
        else:
            refused.append(edge)
    return sorted(sorted(members) for members in groups.members.values() if len(members) > 1), refused
