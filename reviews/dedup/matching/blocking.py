"""Which pairs are worth comparing: records that share a number, a place or the rare words of a title."""

from collections import Counter
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from .card import Card
from .comparison import stem

LETTERS = 22
"""So many letters from the beginning, and from the end, of a title bring two records together."""
RARE_WORDS = 4
"""Each two of the rarest words of a title bring two records together: two typing errors leave one pair standing."""
LARGE = 40
"""Above this a block is a genre ("Editorial") or a supplement with one DOI; only neighbours in order are compared there."""
NEIGHBOURS = 8


def candidates(cards: Sequence[Card], *, new: NDArray[np.bool_] | None = None) -> NDArray[np.int64]:
    """Pairs of positions, shape (m, 2), smaller position first; with ``new``, only pairs with a new record in them.

    Costs about as many steps as there are records: no block gives more pairs than a constant times its records.
    """
    total = len(cards)
    common = Counter(word for card in cards for word in set(card.title.tokens))
    keys: list[int] = []
    owners: list[int] = []
    for position, card in enumerate(cards):
        mine = list(_keys(card, common))
        keys.extend(mine)
        owners.extend([position] * len(mine))
    if not keys:
        return np.empty((0, 2), dtype=np.int64)
    key, owner = np.array(keys, dtype=np.int64), np.array(owners, dtype=np.int64)
    del keys, owners
    order = np.lexsort((owner, key))
    key, owner = key[order], owner[order]
    bounds = np.flatnonzero(np.diff(key)) + 1
    starts, ends = np.concatenate(([0], bounds)), np.concatenate((bounds, [len(key)]))
    pairs: list[NDArray[np.int64]] = []
    sizes = ends - starts
    for size in np.unique(sizes[(sizes > 1) & (sizes <= LARGE)]):
        blocks = owner[starts[sizes == size][:, None] + np.arange(size)]
        one, two = np.triu_indices(size, 1)
        pairs.append((blocks[:, one] * total + blocks[:, two]).ravel())
    for block in np.flatnonzero(sizes > LARGE):
        members = np.unique(owner[starts[block] : ends[block]])
        pairs.append(_neighbours(members, cards, total))
    if not pairs:
        return np.empty((0, 2), dtype=np.int64)
    codes = np.unique(np.concatenate(pairs))
    found = np.stack((codes // total, codes % total), axis=1)
    found = found[found[:, 0] != found[:, 1]]
    if new is not None:
        found = found[new[found[:, 0]] | new[found[:, 1]]]
    result: NDArray[np.int64] = found
    return result


def _keys(card: Card, common: Counter[str]) -> Iterator[int]:
    if card.doi:
        yield hash(("doi", stem(card.doi)))
    if card.pmid:
        yield hash(("pmid", card.pmid))
    for number in card.registrations:
        yield hash(("registration", number))
    letters, author = card.title.letters, card.authors.first
    if len(letters) > LETTERS:
        yield hash(("begins", letters[:LETTERS]))
        yield hash(("ends", letters[-LETTERS:]))
    elif letters:
        yield hash(("title", letters, author))
        yield hash(("title", letters, card.year))
    if card.pages is not None and card.pages.first and card.volume:
        yield hash(("place", card.volume, card.pages.first, card.year))
        yield hash(("place", card.volume, card.pages.first, author))
    rare = sorted({word for word in card.title.tokens if common[word] > 1}, key=lambda word: (common[word], word))[
        :RARE_WORDS
    ]
    for at, word in enumerate(rare):
        for other in rare[at + 1 :]:
            yield hash((word, other))
    if author and rare:
        yield hash((author, card.year, rare[0]))


def _neighbours(members: NDArray[np.int64], cards: Sequence[Card], total: int) -> NDArray[np.int64]:
    """Pairs of neighbours in the order of title, author, year and place, which keeps what is alike together."""
    order = sorted(
        members.tolist(),
        key=lambda at: (
            cards[at].title.letters,
            cards[at].authors.first,
            cards[at].year or 0,
            cards[at].volume,
            str(cards[at].id),
        ),
    )
    ranked = np.array(order, dtype=np.int64)
    found = []
    for step in range(1, min(NEIGHBOURS, len(ranked) - 1) + 1):
        low, high = np.minimum(ranked[:-step], ranked[step:]), np.maximum(ranked[:-step], ranked[step:])
        found.append(low * total + high)
    return np.concatenate(found)
