"""What is answered below /api/v1/ where there is no endpoint: the same problem as everywhere, not a page."""

from typing import Any

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from reviews.base.endpoints.doors import Endpoint


@extend_schema(exclude=True)
class Nothing(Endpoint):
    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        raise Http404("No such endpoint.")
