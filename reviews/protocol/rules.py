"""What a protocol is made of, and the defaults of living mode."""

from dataclasses import dataclass
from enum import StrEnum


class ProtocolState(StrEnum):
    DRAFT = "draft"
    RELEASED = "released"


class CriterionKind(StrEnum):
    INCLUDE = "include"
    EXCLUDE = "exclude"


class OutcomeType(StrEnum):
    DICHOTOMOUS = "dichotomous"
    CONTINUOUS = "continuous"


class Benefit(StrEnum):
    """Which way is good for the patient."""

    LOWER = "lower"
    HIGHER = "higher"


class Importance(StrEnum):
    CRITICAL = "critical"
    IMPORTANT = "important"
    LIMITED = "limited"


class Measure(StrEnum):
    ODDS_RATIO = "OR"
    RISK_RATIO = "RR"
    RISK_DIFFERENCE = "RD"
    MEAN_DIFFERENCE = "MD"
    STANDARDISED_MEAN_DIFFERENCE = "SMD"


MEASURES_OF: dict[OutcomeType, tuple[Measure, ...]] = {
    OutcomeType.DICHOTOMOUS: (Measure.ODDS_RATIO, Measure.RISK_RATIO, Measure.RISK_DIFFERENCE),
    OutcomeType.CONTINUOUS: (Measure.MEAN_DIFFERENCE, Measure.STANDARDISED_MEAN_DIFFERENCE),
}


class UpdateModel(StrEnum):
    """When a new version is published (Cochrane's guidance on living reviews, 2019)."""

    IMPACT = "impact"
    INTERVAL = "interval"


@dataclass(frozen=True, slots=True)
class Schedule:
    """How often a kind of source is searched, in days, and from when on that is late."""

    source: str
    every_days: int
    late_after_days: int


DEFAULT_SCHEDULES = (
    Schedule("PubMed, Embase, CENTRAL", 30, 40),
    Schedule("ClinicalTrials.gov, ICTRP", 30, 40),
    Schedule("Preprints", 14, 21),
    Schedule("Retractions and corrections of included studies", 7, 14),
)
"""Product defaults (SPEC 1.2); a protocol may set others."""
