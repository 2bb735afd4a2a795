"""Make a token for oneself, and withdraw it."""

import datetime as dt
import secrets
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from reviews.base.audit.services import record
from reviews.team.models import User
from reviews.team.rules import SITE_CHAIN, token_hash
from reviews.team.tokens import queries
from reviews.team.tokens.models import ApiToken
from reviews.team.tokens.rules import ACCOUNT_HOLDER, LIFETIMES, MOST_OPEN, PREFIX, Scope

TOKEN_BYTES = 32
USE_IS_NOTED_EVERY = dt.timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Issued:
    """A token with its text, which exists only here: the database keeps its hash."""

    token: ApiToken
    text: str


@transaction.atomic
def make_token(*, actor: User, name: str, scope: Scope, days: int) -> Issued:
    """Make a token that acts as the actor.

    Raises:
        PermissionDenied: the account is closed.
        ValidationError: no name, a lifetime that is not offered, or too many tokens.
    """
    if not actor.is_active:
        raise PermissionDenied(_("This account is closed."))
    name = " ".join(name.split())
    if not name or len(name) > 60:
        raise ValidationError({"name": _("Name what uses it, in at most 60 characters.")})
    if days not in LIFETIMES:
        raise ValidationError({"days": _("Choose one of the lifetimes.")})
    User.objects.select_for_update().get(pk=actor.pk)
    now = timezone.now()
    if queries.tokens(actor).filter(expires_at__gt=now).count() >= MOST_OPEN:
        raise ValidationError(_("You have many tokens already. Withdraw one that nothing uses any more."))
    text = PREFIX + secrets.token_urlsafe(TOKEN_BYTES)
    token = ApiToken.objects.create(
        user=actor,
        name=name,
        scope=scope,
        token_hash=token_hash(text),
        created_at=now,
        expires_at=now + dt.timedelta(days=days),
    )
    record(
        chain=SITE_CHAIN,
        actor=actor,
        acting_role=ACCOUNT_HOLDER,
        verb="made the token",
        subject=token,
        after={"name": name, "scope": scope, "expires_at": token.expires_at},
    )
    return Issued(token, text)


@transaction.atomic
def withdraw_token(*, token: ApiToken, actor: User) -> None:
    """End a token at once. Withdrawing it again changes nothing.

    Raises:
        PermissionDenied: it is somebody else's.
    """
    if token.user_id != actor.pk:
        raise PermissionDenied(_("This token is somebody else's."))
    if not ApiToken.objects.filter(pk=token.pk, withdrawn_at=None).update(withdrawn_at=timezone.now()):
        return
    record(chain=SITE_CHAIN, actor=actor, acting_role=ACCOUNT_HOLDER, verb="withdrew the token", subject=token)


def note_use(token: ApiToken) -> None:
    """Remember when it was last used, to the hour: a read should not cost a write each time."""
    now = timezone.now()
    unknown = Q(last_used_at=None) | Q(last_used_at__lt=now - USE_IS_NOTED_EVERY)
    if token.last_used_at is None or token.last_used_at < now - USE_IS_NOTED_EVERY:
        ApiToken.objects.filter(unknown, pk=token.pk).update(last_used_at=now)
