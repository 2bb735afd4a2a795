"""Effects and variances as they come from a caller, made into checked arrays."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from .errors import InvalidInput, TooFewStudies

Array = npt.NDArray[np.float64]
Numbers = Sequence[float] | Array


def effects_and_variances(
    estimate: Numbers, variance: Numbers, *, least: int = 1, what: str = "This method"
) -> tuple[Array, Array]:
    """Two float arrays of one length, finite, the variances positive.

    Args:
        estimate, variance: one per study.
        least: the number of studies below which ``what`` says nothing.

    Raises:
        InvalidInput: lengths differ, or a number is missing, infinite or a variance that is not positive.
        TooFewStudies: fewer than ``least``.
    """
    y, v = numbers(estimate, "Effects"), numbers(variance, "Variances")
    if len(y) != len(v):
        raise InvalidInput("There must be one variance for each effect.")
    if not (v > 0).all():
        raise InvalidInput("Every variance must be positive.")
    if len(y) < least:
        raise TooFewStudies(f"{what} needs at least {least} studies; there {'is' if len(y) == 1 else 'are'} {len(y)}.")
    return y, v


def numbers(values: Numbers, name: str) -> Array:
    """A float array of shape (k,), every entry finite.

    Raises:
        InvalidInput: not such a column.
    """
    try:
        array = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise InvalidInput(f"{name} must be numbers.") from error
    if array.ndim != 1 or not np.isfinite(array).all():
        raise InvalidInput(f"{name} must be one finite number per study.")
    return array


def names(labels: Sequence[str] | None, k: int) -> tuple[str, ...]:
    """Labels as given, or "Study 1", "Study 2", ...

    Raises:
        InvalidInput: not one per study.
    """
    if not labels:
        return tuple(f"Study {i}" for i in range(1, k + 1))
    if len(labels) != k:
        raise InvalidInput("There must be one label per study.")
    return tuple(str(label) for label in labels)


def log_sum(terms: Array) -> Array:
    """Log of the sum of exponentials along the last axis, (k, n) to (k,); SciPy's does more checks than sums."""
    top = terms.max(axis=-1)
    found: Array = np.log(np.exp(terms - top[..., None]).sum(axis=-1)) + top
    return found
