"""RoB 2 for parallel trials: signalling questions, gates and decision tables, for both effects of interest.

One numerical result is judged at a time. Questions and guidance are in our own words; the logic follows Sterne et al.
2019, BMJ 366:l4898, and the guidance of 22 August 2019. Versions of it in public differ in places: in the parallel
tool 2.4 "no" leads to some concerns (the cluster version of 2021 says low), and how many concerns make a high risk
overall is for people to say.
"""

from .base import (
    NO,
    NOT_NO,
    NOT_YES,
    ROB_2_ORDER,
    UNKNOWN,
    YES,
    Answer,
    Check,
    Domain,
    Judgement,
    Part,
    Question,
    Row,
    Tool,
)

LOW, SOME, HIGH = Judgement.LOW, Judgement.SOME_CONCERNS, Judgement.HIGH
WITHOUT_NO_INFORMATION = (Answer.YES, Answer.PROBABLY_YES, Answer.PROBABLY_NO, Answer.NO)

RANDOMISATION = Domain(
    "randomisation",
    "Randomisation process",
    (
        Question(
            "1.1",
            "Was the order of assignments random?",
            "Random numbers, lots or minimisation with a random part are; alternation, dates and record numbers are not.",
        ),
        Question(
            "1.2",
            "Was the next assignment hidden until people had been enrolled and assigned?",
            "A central service, a pharmacy, or sealed, numbered, opaque envelopes that could not be read beforehand.",
        ),
        Question(
            "1.3",
            "Do differences between the groups at the start suggest that something went wrong with randomisation?",
            "More than chance explains: group sizes, key prognostic factors, or an unlikely similarity.",
        ),
    ),
    (
        Part(
            (
                Row((Check("1.2", NO),), HIGH),
                Row((Check("1.2", UNKNOWN), Check("1.3", YES)), HIGH),
                Row((Check("1.2", UNKNOWN),), SOME),
                Row((Check("1.1", NO),), SOME),
                Row((Check("1.3", YES),), SOME),
                Row((), LOW),
            )
        ),
    ),
)

AWARE = (
    Question("2.1", "Did participants know which treatment they had during the trial?"),
    Question("2.2", "Did carers and those who gave the treatment know who had which?"),
)
SOMEBODY_KNEW = ((Check("2.1", NOT_NO),), (Check("2.2", NOT_NO),))

DEVIATIONS_FROM_ASSIGNMENT = Domain(
    "deviations",
    "Deviations from the intended interventions (effect of assignment)",
    (
        *AWARE,
        Question(
            "2.3",
            "Did care deviate from what was intended because people were in a trial?",
            "Not what would happen in practice anyway, such as stopping for a side effect.",
            gate=SOMEBODY_KNEW,
        ),
        Question("2.4", "Is it likely that these deviations changed the outcome?", gate=((Check("2.3", YES),),)),
        Question("2.5", "Were these deviations alike in both groups?", gate=((Check("2.4", NOT_NO),),)),
        Question(
            "2.6",
            "Was the analysis right for the effect of assignment?",
            "Everybody in the group they were assigned to; leaving out only those without outcome data.",
        ),
        Question(
            "2.7",
            "Could leaving people out, or moving them between groups, have changed the result substantially?",
            gate=((Check("2.6", NOT_YES),),),
        ),
    ),
    (
        Part(
            (
                Row((Check("2.5", YES),), SOME),
                Row((Check("2.5", NOT_YES),), HIGH),
                Row((Check("2.4", NO),), SOME),
                Row((Check("2.3", UNKNOWN),), SOME),
                Row((), LOW),
            )
        ),
        Part(
            (
                Row((Check("2.6", YES),), LOW),
                Row((Check("2.7", NO),), SOME),
                Row((), HIGH),
            )
        ),
    ),
)

NON_PROTOCOL, FAILURES, NON_ADHERENCE = "non_protocol", "implementation", "non_adherence"

DEVIATIONS_FROM_ADHERENCE = Domain(
    "deviations",
    "Deviations from the intended interventions (effect of adhering)",
    (
        *AWARE,
        Question(
            "2.3",
            "Were important treatments outside the protocol alike in both groups?",
            gate=SOMEBODY_KNEW,
            only_for=frozenset({NON_PROTOCOL}),
        ),
        Question(
            "2.4",
            "Was the treatment given so badly in places that the outcome could have changed?",
            only_for=frozenset({FAILURES}),
        ),
        Question(
            "2.5",
            "Did people keep to their assigned treatment so little that the outcome could have changed?",
            only_for=frozenset({NON_ADHERENCE}),
        ),
        Question(
            "2.6",
            "Was the analysis right for the effect of adhering?",
            "Methods that allow for why people stopped or switched; leaving them out is not enough.",
            gate=((Check("2.3", NOT_YES),), (Check("2.4", NOT_NO),), (Check("2.5", NOT_NO),)),
        ),
    ),
    (
        Part(
            (
                Row((Check("2.6", YES),), SOME),
                Row((Check("2.6", NOT_YES),), HIGH),
                Row((), LOW),
            )
        ),
    ),
)

MISSING_DATA = Domain(
    "missing",
    "Missing outcome data",
    (
        Question("3.1", "Were there outcome data for everybody, or nearly everybody, who was randomised?"),
        Question(
            "3.2",
            "Is there evidence that the missing data did not bias the result?",
            "A correction that suits, or analyses under other assumptions that agree.",
            gate=((Check("3.1", NOT_YES),),),
            answers=WITHOUT_NO_INFORMATION,
        ),
        Question(
            "3.3",
            "Could it depend on the true value of the outcome whether it is missing?",
            gate=((Check("3.2", NO),),),
        ),
        Question(
            "3.4",
            "Is it likely that it depended on the true value?",
            "Different shares or reasons between the groups, or reasons that have to do with health.",
            gate=((Check("3.3", NOT_NO),),),
        ),
    ),
    (
        Part(
            (
                Row((Check("3.1", YES),), LOW),
                Row((Check("3.2", YES),), LOW),
                Row((Check("3.3", NO),), LOW),
                Row((Check("3.4", NO),), SOME),
                Row((), HIGH),
            )
        ),
    ),
)

MEASUREMENT = Domain(
    "measurement",
    "Measurement of the outcome",
    (
        Question("4.1", "Was the way of measuring the outcome unsuitable?"),
        Question("4.2", "Could measuring have differed between the groups?"),
        Question(
            "4.3",
            "Did those who assessed the outcome know which treatment people had?",
            gate=((Check("4.1", NOT_YES), Check("4.2", NOT_YES)),),
        ),
        Question(
            "4.4",
            "Could knowing have influenced the assessment?",
            "Death from any cause hardly can be; a symptom that people report can.",
            gate=((Check("4.3", NOT_NO),),),
        ),
        Question("4.5", "Is it likely that knowing influenced the assessment?", gate=((Check("4.4", NOT_NO),),)),
    ),
    (
        Part(
            (
                Row((Check("4.1", YES),), HIGH),
                Row((Check("4.2", YES),), HIGH),
                Row((Check("4.5", NOT_NO),), HIGH),
                Row((Check("4.5", NO),), SOME),
                Row((Check("4.2", UNKNOWN),), SOME),
                Row((), LOW),
            )
        ),
    ),
)

SELECTION = Domain(
    "selection",
    "Selection of the reported result",
    (
        Question(
            "5.1",
            "Was the analysis as planned before anybody had seen the outcome data by group?",
            "A dated protocol or plan that can be compared with the report.",
        ),
        Question(
            "5.2", "Was this result likely chosen from several measurements of the outcome because of what it was?"
        ),
        Question("5.3", "Was this result likely chosen from several analyses because of what it was?"),
    ),
    (
        Part(
            (
                Row((Check("5.2", YES),), HIGH),
                Row((Check("5.3", YES),), HIGH),
                Row((Check("5.2", UNKNOWN),), SOME),
                Row((Check("5.3", UNKNOWN),), SOME),
                Row((Check("5.1", NOT_YES),), SOME),
                Row((), LOW),
            )
        ),
    ),
)

SOURCE = "Sterne et al. 2019, BMJ 366:l4898; guidance of 22 August 2019"
VERIFIED = (
    "Gates and tables follow the published guidance and were enumerated in full; they were checked against worked "
    "cases and one public implementation, not against the authors' own program."
)

ASSIGNMENT = Tool(
    "rob2-assignment",
    "RoB 2, effect of assignment",
    "2019-08-22",
    SOURCE,
    VERIFIED,
    ROB_2_ORDER,
    (RANDOMISATION, DEVIATIONS_FROM_ASSIGNMENT, MISSING_DATA, MEASUREMENT, SELECTION),
)

ADHERING = Tool(
    "rob2-adhering",
    "RoB 2, effect of adhering",
    "2019-08-22",
    SOURCE,
    VERIFIED,
    ROB_2_ORDER,
    (RANDOMISATION, DEVIATIONS_FROM_ADHERENCE, MISSING_DATA, MEASUREMENT, SELECTION),
    aims=(
        (NON_PROTOCOL, "Treatments outside the protocol"),
        (FAILURES, "Failures in giving the treatment"),
        (NON_ADHERENCE, "People who did not keep to their treatment"),
    ),
)
