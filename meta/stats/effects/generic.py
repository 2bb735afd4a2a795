"""Effects given as such: an estimate and its standard error."""

import numpy as np

from meta.stats.inputs import GenericEffects

from .base import Effects, from_estimates


def effects_of(given: GenericEffects) -> Effects:
    """The effects as given; a missing or zero standard error makes a study not estimable."""
    y, se = given.columns
    with np.errstate(all="ignore"):
        return from_estimates(given.labels, y, se * se)
