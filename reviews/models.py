"""All models of the rooms, for Django to find."""

from reviews.base.audit.models import ChainHead, Event
from reviews.base.endpoints.models import Answered
from reviews.base.files.models import StoredFile
from reviews.base.work.models import Owed
from reviews.extraction.models import Arm, ArmChoice, Confirmation, Value
from reviews.library.models import Characteristic, Identifier, Record, Report, Study, StudyReport
from reviews.protocol.models import Criterion, Outcome, OutcomeOfInterest, Protocol, Timepoint
from reviews.screening.models import Inclusion
from reviews.team.models import Invitation, Membership, Review, Team, TeamMember, User
from reviews.team.tokens.models import ApiToken

__all__ = [
    "Answered",
    "ApiToken",
    "Arm",
    "ArmChoice",
    "ChainHead",
    "Characteristic",
    "Confirmation",
    "Criterion",
    "Event",
    "Identifier",
    "Inclusion",
    "Invitation",
    "Membership",
    "Outcome",
    "OutcomeOfInterest",
    "Owed",
    "Protocol",
    "Record",
    "Report",
    "Review",
    "StoredFile",
    "Study",
    "StudyReport",
    "Team",
    "TeamMember",
    "Timepoint",
    "User",
    "Value",
]
