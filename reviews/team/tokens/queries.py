"""Whose token it is."""

from django.db.models import QuerySet
from django.utils import timezone

from reviews.team.models import User
from reviews.team.rules import token_hash
from reviews.team.tokens.models import ApiToken


def tokens(user: User) -> QuerySet[ApiToken]:
    """A person's tokens that were not withdrawn, newest first."""
    return ApiToken.objects.filter(user=user, withdrawn_at=None).order_by("-created_at", "-pk")


def open_token(text: str) -> ApiToken | None:
    """The token, if it still opens something: not withdrawn, not expired, and its person's account is open."""
    return (
        ApiToken.objects.select_related("user")
        .filter(token_hash=token_hash(text), withdrawn_at=None, expires_at__gt=timezone.now(), user__is_active=True)
        .first()
    )
