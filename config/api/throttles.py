"""How often a person or an address may ask. Published answers that are kept in memory do not count."""

from typing import TYPE_CHECKING

from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.throttling import AnonRateThrottle, UserRateThrottle

if TYPE_CHECKING:  # the framework's views import this module
    from rest_framework.views import APIView


class Anybody(AnonRateThrottle):
    """Without an account, by network address."""

    scope = "anybody"


class Person(UserRateThrottle):
    """All that a person asks."""

    scope = "person"


class Writing(UserRateThrottle):
    """What a person changes."""

    scope = "writing"

    def allow_request(self, request: Request, view: "APIView") -> bool:
        return request.method in SAFE_METHODS or super().allow_request(request, view)
