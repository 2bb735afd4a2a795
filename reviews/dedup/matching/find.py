"""Records in, findings out."""

from collections import defaultdict
from collections.abc import Collection, Hashable, Iterable

import numpy as np

from . import blocking, card, clustering, relations
from .card import Card
from .citation import Citation, Findings, Pair, Relation
from .evidence import Verdict, Weighed, weigh
from .explanation import differences, reasons


def find(
    citations: Iterable[Citation],
    *,
    new: Collection[Hashable] | None = None,
    apart: Collection[tuple[Hashable, Hashable]] = (),
) -> Findings:
    """Duplicates among the citations, whatever their order.

    Args:
        citations: with different ids.
        new: compare only these with all (and with each other); None compares all with all.
        apart: pairs that a person has told apart; nothing joins them, and they are not asked again.

    Raises:
        ValueError: two citations have the same id.
    """
    cards = sorted((card.read(citation) for citation in citations), key=lambda one: _order(one.id))
    if len({one.id for one in cards}) != len(cards):
        raise ValueError("Two citations have the same id.")
    return _Search(cards, None if new is None else frozenset(new), apart).findings()


def _order(identity: Hashable) -> tuple[str, int, str]:
    return (type(identity).__name__, identity if isinstance(identity, int) else 0, str(identity))


class _Search:
    def __init__(
        self, cards: list[Card], new: frozenset[Hashable] | None, apart: Collection[tuple[Hashable, Hashable]]
    ) -> None:
        self.new = new
        self.told_apart = {frozenset(pair) for pair in apart}
        named = frozenset(identity for pair in apart for identity in pair)
        twins: dict[Hashable, list[Card]] = defaultdict(list)
        for one in cards:
            # A record that a person has judged stands for itself.
            twins[one.id if one.id in named else _content(one)].append(one)
        self.groups = list(twins.values())
        self.cards = [group[0] for group in self.groups]
        self.weighed: dict[tuple[int, int], Weighed] = {}

    def findings(self) -> Findings:
        fresh = (
            None
            if self.new is None
            else np.array([any(one.id in self.new for one in group) for group in self.groups], dtype=bool)
        )
        for left, right in blocking.candidates(self.cards, new=fresh).tolist():
            if not _plainly_apart(self.cards[left], self.cards[right]):
                self._weigh(left, right)
        edges = [
            clustering.Edge(left, right, found.score, found.is_placed)
            for (left, right), found in self.weighed.items()
            if found.verdict is Verdict.CERTAIN and not self._told(left, right)
        ]
        found_pairs = dict(self.weighed)
        joined, refused = clustering.clusters(edges, self._are_apart)
        home = {at: number for number, members in enumerate(joined) for at in members}
        clusters, pairs = [], []
        settled = {at: self._twins_are_one(at) for at in range(len(self.cards))}
        for at, group in enumerate(self.groups):
            if len(group) > 1 and settled[at] is Verdict.ASK:
                pairs += [self._pair(at, at, group[0], other) for other in group[1:] if self._counts(group[0], other)]
            if at not in home and len(group) > 1 and settled[at] is Verdict.CERTAIN:
                clusters.append(tuple(one.id for one in group))
        whole = {at: self.groups[at] if settled[at] is Verdict.CERTAIN else self.groups[at][:1] for at in home}
        clusters += [tuple(one.id for at in members for one in whole[at]) for members in joined]
        asked = [(key, found) for key, found in found_pairs.items() if found.verdict is Verdict.ASK]
        asked += [((edge.left, edge.right), self.weighed[edge.left, edge.right]) for edge in refused]
        pairs += self._between_clusters(asked, home)
        related = self._between_clusters(
            [(key, found) for key, found in found_pairs.items() if found.verdict is Verdict.RELATED], home
        )
        if self.new is not None:
            clusters = [members for members in clusters if not self.new.isdisjoint(members)]
        clusters = [tuple(sorted(members, key=_order)) for members in clusters]
        return Findings(
            tuple(sorted(clusters, key=lambda members: _order(members[0]))),
            tuple(sorted(pairs, key=lambda pair: (-pair.score, _order(pair.left), _order(pair.right)))),
            tuple(sorted(related, key=lambda pair: (_order(pair.left), _order(pair.right)))),
        )

    def _weigh(self, left: int, right: int) -> Weighed:
        key = (left, right) if left < right else (right, left)
        if key not in self.weighed:
            self.weighed[key] = weigh(self.cards[key[0]], self.cards[key[1]])
        return self.weighed[key]

    def _told(self, left: int, right: int) -> bool:
        return bool(self.told_apart) and any(
            frozenset((one.id, two.id)) in self.told_apart for one in self.groups[left] for two in self.groups[right]
        )

    def _are_apart(self, left: int, right: int) -> bool:
        return self._weigh(left, right).contradicts or self._told(left, right)

    def _twins_are_one(self, at: int) -> Verdict:
        """Whether records with the same content are one: not if all they have is the title "Editorial"."""
        return weigh(self.cards[at], self.cards[at]).verdict if len(self.groups[at]) > 1 else Verdict.CERTAIN

    def _counts(self, one: Card, two: Card) -> bool:
        return self.new is None or one.id in self.new or two.id in self.new

    def _between_clusters(self, found: list[tuple[tuple[int, int], Weighed]], home: dict[int, int]) -> list[Pair]:
        """The best pair between each two works; what is settled inside a cluster needs no person."""
        best: dict[tuple[int, int], tuple[float, int, int]] = {}
        total = len(self.cards)
        for (left, right), weighed in found:
            ends = sorted((home.get(left, total + left), home.get(right, total + right)))
            if ends[0] == ends[1] or self._told(left, right):
                continue
            rank = (-weighed.score, left, right)
            key = (ends[0], ends[1])
            best[key] = min(best.get(key, rank), rank)
        return [self._pair(left, right, self.cards[left], self.cards[right]) for _, left, right in best.values()]

    def _pair(self, left: int, right: int, one: Card, two: Card) -> Pair:
        weighed = self.weighed[left, right] if left != right else weigh(one, two)
        relation: Relation | None = weighed.relation
        if relation is not None and relations.comes_second(one, two, relation):
            one, two = two, one
        return Pair(
            one.id,
            two.id,
            weighed.score,
            reasons(one, two, weighed.comparison),
            differences(weighed.comparison),
            relation,
        )


def _content(one: Card) -> Hashable:
    return (
        one.title.text, one.authors.people, one.year, one.journal.letters, one.journal.kind, one.volume, one.issue, one.pages, one.supplement,  # noqa: E501
        one.cochrane, one.doi, one.pmid, one.registrations, one.abstract, one.kind,
    )  # fmt: skip


def _plainly_apart(a: Card, b: Card) -> bool:
    """A quick look before the long one: neither the titles' words nor any number or place brings the two together."""
    words, others = set(a.title.tokens), set(b.title.tokens)
    shared = len(words & others)
    if shared * 2 >= min(len(words), len(others)):
        return False
    if a.pages is not None and b.pages is not None and a.pages.first == b.pages.first and a.volume == b.volume:
        return False
    return not ((a.doi and a.doi == b.doi) or (a.pmid and a.pmid == b.pmid))
