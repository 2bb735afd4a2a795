"""What every request passes through: an id for the logs and the audit trail, and privacy by default."""

import re
import uuid
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from reviews.base.audit.context import request_id as current_request_id

type_of_id = re.compile(r"[A-Za-z0-9_.-]{8,64}")
PERMISSIONS_POLICY = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"

GetResponse = Callable[[HttpRequest], HttpResponse]


def request_id(get_response: GetResponse) -> GetResponse:
    """Give each request an id (a proxy's own is kept when it is well formed) and say it in the answer."""

    def middleware(request: HttpRequest) -> HttpResponse:
        given = request.headers.get("X-Request-ID", "")
        identity = given if type_of_id.fullmatch(given) else uuid.uuid4().hex
        token = current_request_id.set(identity)
        try:
            response = get_response(request)
        finally:
            current_request_id.reset(token)
        response["X-Request-ID"] = identity
        return response

    return middleware


def private_unless_said(get_response: GetResponse) -> GetResponse:
    """No answer is stored anywhere, unless its view said otherwise (the public pages do)."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.headers.setdefault("Cache-Control", "private, no-store")
        response.headers.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        return response

    return middleware
