"""The letter that brings an invitation. A mail server that is down does not undo the invitation."""

import logging
from dataclasses import dataclass

from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from reviews.team.forms import role_words
from reviews.team.models import Invitation
from reviews.team.rules import Role

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Letter:
    """What a template tells of an invitation."""

    email: str
    invited_by: str
    review: str
    team: str
    roles: list[str]
    expires_at: object


def letter_of(invitation: Invitation) -> Letter:
    return Letter(
        email=invitation.email,
        invited_by=str(invitation.invited_by),
        review=invitation.review.title,
        team=invitation.review.team.name,
        roles=role_words(Role(role) for role in invitation.roles),
        expires_at=invitation.expires_at,
    )


def send_invitation(invitation: Invitation, *, link: str) -> bool:
    """Send the link to the invited address; whether the mail server took it."""
    context = {"invitation": letter_of(invitation), "invitation_url": link}
    subject = " ".join(render_to_string("reviews/team/email/invitation_subject.txt", context).split())
    message = render_to_string("reviews/team/email/invitation_message.txt", context)
    try:
        return bool(send_mail(subject, message, None, [invitation.email]))
    except OSError:
        logger.exception("The invitation of %s could not be sent.", invitation.email)
        return False


def told(was_sent: bool, address: str) -> str:
    """What the inviter reads."""
    if was_sent:
        return _("%(address)s is invited; the letter is on its way.") % {"address": address}
    return _("%(address)s is invited, but the letter could not be sent. Pass the link on yourself.") % {
        "address": address
    }
