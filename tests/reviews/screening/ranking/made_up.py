"""A labelled set that we made up: trials of a balm among papers on other things. No sentence is from a publication."""

import random

BALM = [
    "randomised",
    "trial",
    "balm",
    "placebo",
    "healing",
    "wound",
    "patients",
    "blinded",
    "allocation",
    "outcome",
    "days",
]
OTHER = [
    "survey",
    "market",
    "forecast",
    "bridge",
    "concrete",
    "protein",
    "enzyme",
    "mouse",
    "model",
    "review",
    "history",
    "climate",
    "policy",
]
COMMON = ["the", "of", "and", "a", "in", "with", "study", "results", "we"]
CRITERIA = "Randomised trials of a balm against placebo in patients with a wound. Outcome: healing."


def texts(records: int = 120, relevant: int = 12, seed: int = 1) -> tuple[list[str], list[int]]:
    """Texts and labels; the relevant ones speak mostly of the balm."""
    chance = random.Random(seed)
    labels = [1] * relevant + [0] * (records - relevant)
    chance.shuffle(labels)
    made = []
    for label in labels:
        words = chance.choices(BALM if label else OTHER, k=14) + chance.choices(BALM + OTHER, k=6)
        made.append(" ".join(words + chance.choices(COMMON, k=10)))
    return made, labels
