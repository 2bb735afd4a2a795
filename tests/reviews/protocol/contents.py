"""A protocol as a team would write it, to change one thing at a time."""

from decimal import Decimal

from reviews.protocol.rules import Benefit, Content, CriterionKind, Measure, OutcomeType, WantedCriterion, WantedOutcome

DEATH = WantedOutcome(
    name="Death",
    type=OutcomeType.DICHOTOMOUS,
    measure=Measure.ODDS_RATIO,
    benefit_is=Benefit.LOWER,
    timepoint="28 days",
    from_day=21,
    to_day=35,
    important_difference=Decimal(20),
)
CRP = WantedOutcome(
    name="C-reactive protein",
    type=OutcomeType.CONTINUOUS,
    measure=Measure.MEAN_DIFFERENCE,
    benefit_is=Benefit.LOWER,
    timepoint="7 days",
    unit="mg/L",
)
RANDOMISED = WantedCriterion(CriterionKind.INCLUDE, "Randomised")
COVID = WantedCriterion(CriterionKind.INCLUDE, "People with COVID-19")
IN_VITRO = WantedCriterion(CriterionKind.EXCLUDE, "In vitro")
CONTENT = Content(
    question="Do stromal cells lower the risk of death?",
    population="Adults with COVID-19",
    intervention="Mesenchymal stromal cells",
    comparator="Placebo or usual care",
    designs="Randomised trials",
    registration="PROSPERO CRD42021288552",
    retirement="When the answer is certain.",
    criteria=(RANDOMISED, COVID, IN_VITRO),
    outcomes=(DEATH, CRP),
)
