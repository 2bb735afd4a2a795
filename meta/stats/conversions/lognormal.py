r"""Mean and SD from a median and its company if the logs of the data are roughly normal."""

import math
from dataclasses import dataclass

from meta.stats.errors import InvalidInput

from .base import Conversion
from .medians import Scenario, Summary, luo_mean, shi_sd, summary, wan_sd
from .skewness import skewed_note

SHI_LOGNORMAL = "Shi, Tong, Wang & Genton 2020, Stat Interface 13:519"


@dataclass(frozen=True, slots=True)
class Corrections:
    """Constants of one scenario: of the variance and fourth power of the SD, and of the mean and second moments."""

    mean_variance: float
    mean_fourth: float
    second_variance: float
    second_fourth: float
    square_fourth: float


CORRECTIONS: dict[Scenario, Corrections] = {
    "S1": Corrections(0.565, 0.37, 2.26, 5.92, 1.48),
    "S2": Corrections(0.57, 0.75, 2.28, 12.0, 3.0),
    "S3": Corrections(0.405, 0.315, 1.62, 5.04, 1.26),
}


def _inflations(s: Summary) -> tuple[float, float]:
    """By how much the squared and the fourth power of the SD overshoot on average."""
    n = s.n
    if s.scenario == "S1":
        return 1.01 + 0.25 / math.log(n) ** 2, 1 + 2.23 / math.log(n) ** 2
    if s.scenario == "S2":
        return 1 + 1.58 / n, 1 + 19.2 / math.pow(n, 1.2)
    return 1 + 0.28 / math.log(n) ** 2, 1 + 3.93 / n


def mean_sd_if_lognormal(
    *,
    median: float,
    n: float,
    q1: float | None = None,
    q3: float | None = None,
    minimum: float | None = None,
    maximum: float | None = None,
) -> Conversion:
    r"""Mean and SD of data whose logs are normal, nearly unbiased in small samples.

    With mean and SD of the logs, m and s (Luo; Wan or Shi), :math:`\hat\sigma^2` and :math:`\hat\sigma^4` their bias
    taken out, and constants of the scenario:

    .. math:: \bar x = \frac{e^{m + \hat\sigma^2/2}}{1 + (a \hat\sigma^2 + b \hat\sigma^4)/n}, \qquad
              \bar x_2 = \frac{e^{2m + 2\hat\sigma^2}}{1 + (c \hat\sigma^2 + d \hat\sigma^4)/n} -
              \frac{e^{2m + \hat\sigma^2}}{1 + (c \hat\sigma^2 + f \hat\sigma^4)/n}

    Args:
        median, q1, q3, minimum, maximum, n: as ``mean_sd_from_median``; all values above 0.

    Returns:
        ``mean`` and ``sd`` (the root of the second formula); a note where the logs are skewed too.

    Raises:
        InvalidInput: as ``mean_sd_from_median``, values of 0 or below, or a spread too wide for these corrections.

    Source: Shi, Tong, Wang & Genton 2020; as metafor.
    """
    s = summary(median=median, n=n, q1=q1, q3=q3, minimum=minimum, maximum=maximum)
    if s.points[0] <= 0:
        raise InvalidInput("Logarithms need values above 0.")
    logs = s.transformed(math.log)
    m = luo_mean(logs)
    raw = shi_sd(logs) if s.scenario == "S3" else wan_sd(logs)
    square, fourth = _inflations(s)
    variance, power4 = raw**2 / square, raw**4 / fourth
    if variance > LARGEST_VARIANCE:
        raise InvalidInput("On the log scale these values spread too widely for a mean and SD.")
    c = CORRECTIONS[s.scenario]
    mean = math.exp(m + variance / 2) / (1 + (c.mean_variance * variance + c.mean_fourth * power4) / n)
    second = math.exp(2 * m + 2 * variance) / (1 + (c.second_variance * variance + c.second_fourth * power4) / n)
    square_of_mean = math.exp(2 * m + variance) / (1 + (c.second_variance * variance + c.square_fourth * power4) / n)
    return Conversion(
        "mean_sd_if_lognormal", {"mean": mean, "sd": math.sqrt(max(0.0, second - square_of_mean))}, s.inputs(),
        "mean and SD of the logs, transformed back with corrections of order 1/n", SHI_LOGNORMAL, "estimated",
        skewed_note(logs),
    )  # fmt: skip


LARGEST_VARIANCE = 100.0
"""Of the logs; an SD of 10 means that values differ by a factor of 22,000 between neighbours of one SD."""
