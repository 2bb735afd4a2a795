"""RoB 1, the Cochrane tool of 2011: seven domains that people judge directly, each with its support.

Source: Higgins et al. 2011, BMJ 343:d5928; Cochrane Handbook 5.1, chapter 8. The guidance is in our own words.
"""

from .base import Domain, Judgement, Level, Tool

LOW, UNCLEAR, HIGH = Judgement.LOW, Judgement.UNCLEAR, Judgement.HIGH

ROB_1 = Tool(
    key="rob1",
    name="RoB 1",
    version="2011",
    source="Higgins et al. 2011, BMJ 343:d5928",
    verified="The domains and the three judgements were compared with published Cochrane reviews.",
    judgements=(LOW, UNCLEAR, HIGH),
    domains=(
        Domain(
            "sequence",
            "Random sequence generation (selection bias)",
            level=Level.STUDY,
            guidance="How was the sequence made: by computer, by lot, by date of birth?",
        ),
        Domain(
            "concealment",
            "Allocation concealment (selection bias)",
            level=Level.STUDY,
            guidance="Could those who enrolled people have foreseen the next assignment?",
        ),
        Domain(
            "performance",
            "Blinding of participants and personnel (performance bias)",
            level=Level.OUTCOME_GROUP,
            guidance="Who knew the treatment, and could that have changed what was done?",
        ),
        Domain(
            "detection",
            "Blinding of outcome assessment (detection bias)",
            level=Level.OUTCOME_GROUP,
            guidance="Who measured the outcome, and could knowing the treatment have changed what was written down?",
        ),
        Domain(
            "attrition",
            "Incomplete outcome data (attrition bias)",
            level=Level.OUTCOME_GROUP,
            guidance="How many are missing in each group, why, and how were they handled?",
        ),
        Domain(
            "reporting",
            "Selective reporting (reporting bias)",
            level=Level.STUDY,
            guidance="Does what is reported match the protocol or the registration?",
        ),
        Domain(
            "other",
            "Other bias",
            level=Level.STUDY,
            guidance="Anything that the protocol of the review names beforehand, and nothing else.",
        ),
    ),
)
