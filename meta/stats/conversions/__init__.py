"""From what papers print to what an analysis needs. Every result keeps its inputs, formula and source.

Pure functions of single numbers; a refusal is a ``StatsError`` with a sentence fit for a page.
"""

from .base import Conversion
from .box_cox import mean_sd_by_box_cox, mean_sd_by_likelihood
from .change import (
    change_sd,
    correlation_from_sds,
    crossover_correlation,
    crossover_difference,
    marginal_odds_ratio,
    paired_se_from_p,
)
from .cluster import design_effect, effective_size, inflated_se
from .figures import (
    Axis,
    Readers,
    compare_readers,
    read_value,
    rounding_sd,
    sd_from_whisker,
    variance_with_reading,
)
from .groups import combine_arms, combine_counts, split_counts, split_means
from .guyot import Reconstructed, reconstruct
from .hazard import (
    hazard_from_ci,
    hazard_from_expected,
    hazard_from_logrank,
    hazard_from_p,
    hazard_from_p_and_events,
    logrank_variance,
)
from .lognormal import mean_sd_if_lognormal
from .medians import mean_sd_from_median
from .order_statistics import expected_order_statistic, quartiles_in_sds, range_in_sds
from .quantile_fit import mean_sd_by_quantile_fit
from .rates import rate_ratio
from .relations import (
    cells_from_odds_ratio,
    cells_from_phi,
    correlation_from_smd,
    log_odds_ratio_from_smd,
    odds_ratio_from_risk_ratio,
    risks_from_hazard_ratio,
    risks_from_odds_ratio,
    smd_from_correlation,
    smd_from_log_odds_ratio,
    smd_from_t,
)
from .scale import log_from_geometric_mean, log_from_raw, raw_from_log
from .skewness import SkewnessTest, skewness_test
from .spread import (
    log_ratio_from_ci,
    log_ratio_from_p,
    sd_from_ci,
    sd_from_iqr,
    sd_from_se,
    se_from_difference_ci,
    se_from_difference_p,
    se_from_difference_t,
)
from .survival import IntervalCounts, hazard_from_curves, interval_counts
from .units import UNITS, Unit, convert_unit, unit_suspicion

__all__ = [
    "UNITS",
    "Axis",
    "Conversion",
    "IntervalCounts",
    "Readers",
    "Reconstructed",
    "SkewnessTest",
    "Unit",
    "cells_from_odds_ratio",
    "cells_from_phi",
    "change_sd",
    "combine_arms",
    "combine_counts",
    "compare_readers",
    "convert_unit",
    "correlation_from_sds",
    "correlation_from_smd",
    "crossover_correlation",
    "crossover_difference",
    "design_effect",
    "effective_size",
    "expected_order_statistic",
    "hazard_from_ci",
    "hazard_from_curves",
    "hazard_from_expected",
    "hazard_from_logrank",
    "hazard_from_p",
    "hazard_from_p_and_events",
    "inflated_se",
    "interval_counts",
    "log_from_geometric_mean",
    "log_from_raw",
    "log_odds_ratio_from_smd",
    "log_ratio_from_ci",
    "log_ratio_from_p",
    "logrank_variance",
    "marginal_odds_ratio",
    "mean_sd_by_box_cox",
    "mean_sd_by_likelihood",
    "mean_sd_by_quantile_fit",
    "mean_sd_from_median",
    "mean_sd_if_lognormal",
    "odds_ratio_from_risk_ratio",
    "paired_se_from_p",
    "quartiles_in_sds",
    "range_in_sds",
    "rate_ratio",
    "raw_from_log",
    "read_value",
    "reconstruct",
    "risks_from_hazard_ratio",
    "risks_from_odds_ratio",
    "rounding_sd",
    "sd_from_ci",
    "sd_from_iqr",
    "sd_from_se",
    "sd_from_whisker",
    "se_from_difference_ci",
    "se_from_difference_p",
    "se_from_difference_t",
    "skewness_test",
    "smd_from_correlation",
    "smd_from_log_odds_ratio",
    "smd_from_t",
    "split_counts",
    "split_means",
    "unit_suspicion",
    "variance_with_reading",
]
