"""Many analyses at once: arrays of shape (B, k), one row per analysis, NaN where an analysis has fewer studies."""

import numpy as np
import numpy.typing as npt

from meta.stats.errors import InvalidInput

Array = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


def table(values: npt.ArrayLike, name: str) -> Array:
    """A (B, k) array of numbers; one analysis may be given as a single row.

    Raises:
        InvalidInput: not numbers, or more than two dimensions.
    """
    try:
        array = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise InvalidInput(f"{name} must be numbers.") from error
    if array.ndim == 1:
        array = array[None, :]
    if array.ndim != 2:
        raise InvalidInput(f"{name} must have one row per analysis and one column per study.")
    return array
