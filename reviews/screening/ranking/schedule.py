"""When the ranking is learned anew: after every decision at first, then whenever enough has been decided."""

EVERY_ONE_UNTIL = 50
THEN_EVERY = 0.01
"""The share of new decisions after which a fit is worth its time."""


def labels_until_refit(labels: int) -> int:
    """How many further decisions are served from a ranking that was fitted on this many."""
    return 1 if labels < EVERY_ONE_UNTIL else max(1, int(labels * THEN_EVERY))
