"""Which protocol holds, and what it asks for."""

from reviews.protocol.models import OutcomeOfInterest, Protocol
from reviews.protocol.rules import ProtocolState
from reviews.team.models import Review


def in_force(review: Review) -> Protocol | None:
    """The newest released version; before the first release, the draft."""
    protocols = Protocol.objects.filter(review=review)
    released = protocols.filter(state=ProtocolState.RELEASED).order_by("-number").first()
    return released or protocols.order_by("-number").first()


def wanted_outcomes(review: Review) -> list[OutcomeOfInterest]:
    """The outcomes that the protocol in force asks for, in its order."""
    protocol = in_force(review)
    if protocol is None:
        return []
    return list(protocol.outcomes.select_related("outcome", "timepoint").order_by("position"))
