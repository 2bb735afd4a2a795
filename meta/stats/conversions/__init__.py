"""From what papers print to what an analysis needs. Every result keeps its inputs, formula and source.

Pure functions of single numbers; a refusal is a ``StatsError`` with a sentence fit for a page.
"""

from .base import Conversion
from .groups import combine_arms, combine_counts, split_counts, split_means
from .medians import mean_sd_from_median
from .order_statistics import expected_order_statistic, quartiles_in_sds, range_in_sds
from .skewness import SkewnessTest, skewness_test

__all__ = [
    "Conversion",
    "SkewnessTest",
    "combine_arms",
    "combine_counts",
    "expected_order_statistic",
    "mean_sd_from_median",
    "quartiles_in_sds",
    "range_in_sds",
    "skewness_test",
    "split_counts",
    "split_means",
]
