r"""The gate before a median is converted: do its neighbours say that the data are skewed?"""

import math
from dataclasses import dataclass

from .medians import Summary, summary

SOURCE = "Shi et al. 2023, Stat Methods Med Res 32:1338"


@dataclass(frozen=True, slots=True)
class SkewnessTest:
    """The statistic, its critical value at 5 percent, and whether it is passed."""

    statistic: float
    critical: float
    scenario: str
    source: str = SOURCE

    @property
    def is_skewed(self) -> bool:
        """The data speak against normality; a conversion that assumes it should not be the main analysis."""
        return self.statistic > self.critical


def skewness_test(
    *,
    median: float,
    n: float,
    q1: float | None = None,
    q3: float | None = None,
    minimum: float | None = None,
    maximum: float | None = None,
) -> SkewnessTest:
    r"""Test of symmetry from a median and its company, at 5 percent.

    .. math:: T_1 = \frac{|a + b - 2m|}{b - a}, \quad T_2 = \frac{|q_1 + q_3 - 2m|}{q_3 - q_1}, \quad
              T_3 = \max\left(\frac{2.65 \ln(0.6 n)}{\sqrt n} T_1, T_2\right)

    Critical values: 1/ln(n + 9) + 2.5/(n + 1), 2.65/√n - 6/n², 3/√n - 40/n³.

    Args:
        median, q1, q3, minimum, maximum: in order of size; n: at least 3.

    Raises:
        InvalidInput: as ``mean_sd_from_median``.

    Source: Shi et al. 2023.
    """
    return of_summary(summary(median=median, n=n, q1=q1, q3=q3, minimum=minimum, maximum=maximum))


def of_summary(s: Summary) -> SkewnessTest:
    """The test of a checked summary."""
    n, root = s.n, math.sqrt(s.n)
    t1 = t2 = 0.0
    if s.scenario != "S2":
        low, high = s.extremes
        t1 = abs(low + high - 2 * s.median) / (high - low)
    if s.scenario != "S1":
        low, high = s.quartiles
        t2 = abs(low + high - 2 * s.median) / (high - low)
    if s.scenario == "S1":
        return SkewnessTest(t1, 1 / math.log(n + 9) + 2.5 / (n + 1), "S1")
    if s.scenario == "S2":
        return SkewnessTest(t2, 2.65 / root - 6 / n**2, "S2")
    return SkewnessTest(max(2.65 * math.log(0.6 * n) / root * t1, t2), 3 / root - 40 / n**3, "S3")


def skewed_note(s: Summary) -> tuple[str, ...]:
    """A sentence where the test is passed, nothing otherwise."""
    test = of_summary(s)
    if not test.is_skewed:
        return ()
    return (
        f"The values are skewed (test statistic {test.statistic:.2f}, critical value {test.critical:.2f}): "
        "a mean and SD under normality may mislead; compare with a conversion for skewed data.",
    )
