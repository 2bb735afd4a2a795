"""The request of somebody who has signed in, for the signatures of views."""

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from reviews.team.models import User


class MemberRequest(HttpRequest):
    """What the middleware makes of a request before a view sees it."""

    user: User
    htmx: HtmxDetails
