"""What every estimator of the between-study variance returns."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Tau2:
    """The between-study variance on the squared scale of analysis, its standard error, and how it was found.

    ``raw`` is the estimate before it was cut at zero, where the method has one.
    """

    value: float
    standard_error: float | None
    method: str
    search: str
    raw: float | None = None


CLOSED = "closed form"
CUT = "closed form, negative and therefore set to 0"
