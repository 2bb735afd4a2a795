"""Who asks: a program with a person's token, or somebody with the session of the pages."""

from typing import Any

from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from reviews.team.tokens import queries, rules, services
from reviews.team.tokens.models import ApiToken
from reviews.team.tokens.rules import Scope

SCHEME = b"bearer"
REFUSED = "This token opens nothing: it is mistyped, withdrawn or too old, or its account is closed."


class Token(BaseAuthentication):
    """`Authorization: Bearer perennial_…`. It comes first, so that the answer to nobody is 401 and not 403."""

    def authenticate(self, request: Request) -> tuple[Any, ApiToken] | None:
        words = get_authorization_header(request).split()
        if not words or words[0].lower() != SCHEME:
            return None
        token = queries.open_token(words[1].decode("ascii", "replace")) if len(words) == 2 else None
        if token is None:
            raise AuthenticationFailed(REFUSED)
        services.note_use(token)
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="Perennial"'


class WithinScope(BasePermission):
    """A token that only reads changes nothing, whatever its person may do."""

    message = "This token only reads. Make one that may write."

    def has_permission(self, request: Request, view: Any) -> bool:
        if not isinstance(request.auth, ApiToken):
            return True
        return rules.allows(Scope(request.auth.scope), is_writing=request.method not in SAFE_METHODS)
