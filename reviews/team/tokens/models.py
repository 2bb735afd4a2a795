"""Personal tokens, by which a program acts as a person."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from reviews.team.models import User
from reviews.team.tokens import rules
from reviews.team.tokens.rules import Scope, TokenState


class ApiToken(models.Model):
    """What a program says to act as its person. Only the hash is kept: the token itself is shown once."""

    user = models.ForeignKey(User, models.CASCADE, related_name="tokens")
    name = models.CharField(_("name"), max_length=60)
    scope = models.CharField(max_length=10, choices=[(scope.value, scope.value) for scope in Scope])
    token_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(scope__in=[scope.value for scope in Scope]), name="token_scope_is_known"
            ),
            models.CheckConstraint(
                condition=models.Q(expires_at__gt=models.F("created_at")), name="token_ends_after_it_begins"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def state(self) -> TokenState:
        return rules.state(is_withdrawn=self.withdrawn_at is not None, expires_at=self.expires_at, now=timezone.now())
