"""The ranking model: words and word pairs, and a linear separation of the relevant from the rest.

The base is ASReview's published model (ELAS u4: TF-IDF with word pairs, linear support vector machine, relevant
records weighing more in all than irrelevant ones). Three things are added: the review's criteria are one relevant
text that fades as relevant records are found, some unread records are presumed irrelevant (drawn anew each time), and
the relevant weigh more still. Measured by ``bin/bench ranking``.
"""

import warnings
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

Scores = npt.NDArray[np.float64]
Labels = npt.NDArray[np.int64]

COST = 0.11
"""The price of a record on the wrong side, as ELAS u4 has it."""

RELEVANT_WEIGHT = 20.0
"""How much all relevant records weigh together, against 1 for all irrelevant ones."""

PRESUMED = 200
"""How many unread records are presumed irrelevant at each fit: with few decisions they tell what is ordinary."""

PRESUMED_WEIGHT = 0.5
"""What a presumed irrelevant record weighs against a judged one: it may be relevant after all."""

CRITERIA_FADE = 5
"""From this many relevant records on the criteria text weighs less than one of them."""

WORD_PAIRS = (1, 2)
TOO_COMMON = 0.95


@dataclass(frozen=True, eq=False)
class Texts:
    """The texts of records as numbers, by a vocabulary that is fitted once and kept.

    ``matrix`` has a row a record, in the order of ``fit``; ``more`` gives rows for records that came later.
    """

    vectoriser: Any
    matrix: Any

    @classmethod
    def fit(cls, texts: Sequence[str]) -> "Texts":
        """A vocabulary from these texts, and the texts by it.

        Raises:
            ValueError: there is no word in any of them.
        """
        from sklearn.feature_extraction.text import TfidfVectorizer

        vectoriser = TfidfVectorizer(
            ngram_range=WORD_PAIRS, sublinear_tf=True, max_df=TOO_COMMON if len(texts) > 1 else 1.0, dtype=np.float64
        )
        return cls(vectoriser, vectoriser.fit_transform(texts).tocsr())

    def more(self, texts: Sequence[str]) -> "Texts":
        """The same with further records below, by the vocabulary that is there."""
        from scipy.sparse import vstack

        return Texts(self.vectoriser, vstack([self.matrix, self.vectoriser.transform(texts)]).tocsr())

    def row(self, text: str) -> Any:
        """One further text, a criteria text say."""
        return self.vectoriser.transform([text])

    def __len__(self) -> int:
        return int(self.matrix.shape[0])


@dataclass(frozen=True, eq=False)
class Model:
    """Scores for all records of one review; the higher, the likelier to be included.

    ``criteria``: the criteria text, or empty. ``seed`` makes the draws of presumed irrelevant records repeatable.
    """

    texts: Texts
    criteria: str = ""
    seed: int = 0
    _random: np.random.Generator = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_random", np.random.default_rng(self.seed))

    @cached_property
    def _with_criteria(self) -> Any:
        """The records, and the criteria text as one row more where there is one that shares words with them."""
        from scipy.sparse import vstack

        row = self.texts.row(self.criteria)
        return vstack([self.texts.matrix, row]).tocsr() if row.nnz else self.texts.matrix

    @property
    def _has_criteria(self) -> bool:
        return int(self._with_criteria.shape[0]) > len(self.texts)

    def scores(self, judged: Sequence[int], labels: Sequence[int]) -> Scores | None:
        """A score for every record, judged or not.

        Args:
            judged: rows of the records that were judged.
            labels: 1 relevant, 0 irrelevant, in the same order.

        Returns:
            Scores, shape (records,); None where neither a criteria text nor a relevant record tells what is sought.
        """
        rows = np.asarray(judged, dtype=np.int64)
        relevant = np.asarray(labels, dtype=np.int64)
        found = int(relevant.sum())
        if not found and not self._has_criteria:
            return None
        if not len(rows):
            likeness = self.texts.matrix @ self._with_criteria[-1].T
            return np.asarray(likeness.toarray()).ravel()
        return self._separated(rows, relevant, found)

    def _separated(self, rows: Labels, relevant: Labels, found: int) -> Scores:
        from sklearn.exceptions import ConvergenceWarning
        from sklearn.svm import LinearSVC

        unread = np.ones(len(self.texts), dtype=bool)
        unread[rows] = False
        others = np.flatnonzero(unread)
        presumed = self._random.choice(others, min(PRESUMED, len(others)), replace=False)
        chosen = [rows, presumed]
        says = [relevant, np.zeros(len(presumed), dtype=np.int64)]
        weight = [np.ones(len(rows)), np.full(len(presumed), PRESUMED_WEIGHT)]
        if self._has_criteria:
            chosen.append(np.array([len(self.texts)]))
            says.append(np.array([1]))
            weight.append(np.array([min(1.0, CRITERIA_FADE / max(found, 1))]))
        y, w = np.concatenate(says), np.concatenate(weight)
        if y.all() or not y.any():
            # Everything was read, and all of it is alike: no order is better than another.
            return np.zeros(len(self.texts))
        share = np.where(y == 1, RELEVANT_WEIGHT / w[y == 1].sum(), 1.0 / w[y == 0].sum()) / (1.0 + RELEVANT_WEIGHT)
        matrix = self._with_criteria[np.concatenate(chosen)]
        machine = LinearSVC(C=COST, loss="squared_hinge", tol=1e-3, max_iter=2000, random_state=self.seed)
        with warnings.catch_warnings():
            # A separation that is not exact to the last digit orders the records all the same.
            warnings.simplefilter("ignore", ConvergenceWarning)
            machine.fit(matrix, y, sample_weight=w * share * len(rows))
        return np.asarray(machine.decision_function(self.texts.matrix), dtype=np.float64)

    def words(self, scores_of: Sequence[int], labels: Sequence[int], record: int, most: int = 8) -> list[str]:
        """The words that raise a record most: its own share in the separation, largest first."""
        from sklearn.svm import LinearSVC

        rows, y = np.asarray(scores_of, dtype=np.int64), np.asarray(labels, dtype=np.int64)
        if y.all() or not y.any():
            return []
        machine = LinearSVC(C=COST, tol=1e-3, max_iter=2000, class_weight="balanced", random_state=self.seed)
        machine.fit(self.texts.matrix[rows], y)
        shares = self.texts.matrix[[record]].multiply(machine.coef_).tocoo()
        names = self.texts.vectoriser.get_feature_names_out()
        best = np.argsort(-shares.data)[:most]
        return [str(names[shares.col[place]]) for place in best if shares.data[place] > 0]
