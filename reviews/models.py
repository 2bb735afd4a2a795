"""All models of the rooms, for Django to find."""

from reviews.base.audit.models import ChainHead, Event
from reviews.base.endpoints.models import Answered
from reviews.base.files.models import StoredFile
from reviews.base.work.models import Owed
from reviews.dedup.models import Answer, Candidate
from reviews.extraction.models import Arm, ArmChoice, Confirmation, Value
from reviews.library.models import Characteristic, Correction, Identifier, Record, Report, Study, StudyReport
from reviews.protocol.models import Criterion, Outcome, OutcomeOfInterest, Protocol, Timepoint
from reviews.screening.models import Inclusion
from reviews.search.models import ColumnMapping, Import, Rejection, Search, Source
from reviews.team.models import Invitation, Membership, Review, Team, TeamMember, User
from reviews.team.tokens.models import ApiToken

__all__ = [
    "Answer",
    "Answered",
    "ApiToken",
    "Arm",
    "ArmChoice",
    "Candidate",
    "ChainHead",
    "Characteristic",
    "ColumnMapping",
    "Confirmation",
    "Correction",
    "Criterion",
    "Event",
    "Identifier",
    "Import",
    "Inclusion",
    "Invitation",
    "Membership",
    "Outcome",
    "OutcomeOfInterest",
    "Owed",
    "Protocol",
    "Record",
    "Rejection",
    "Report",
    "Review",
    "Search",
    "Source",
    "StoredFile",
    "Study",
    "StudyReport",
    "Team",
    "TeamMember",
    "Timepoint",
    "User",
    "Value",
]
