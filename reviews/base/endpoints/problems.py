"""Every refusal of the API in one shape, whoever refused: the framework, a service, or the database."""

import logging
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.signals import got_request_exception
from django.db import IntegrityError
from django.http import Http404
from rest_framework import exceptions
from rest_framework.response import Response

from reviews.base.audit.context import request_id
from reviews.base.endpoints.rules import KIND_OF_STATUS, MEDIA_TYPE, Kind, Problem, invalid

logger = logging.getLogger(__name__)

TYPES = "/api/docs/"
STALE = "stale"
"""The code of a service's ValidationError that says: what you saw is not what stands there any more."""


def answer(error: Exception, context: dict[str, Any]) -> Response:
    """The exception handler of the API (see `REST_FRAMEWORK` in the settings)."""
    problem = problem_of(error)
    if problem.kind is Kind.FAILED:
        logger.exception("The API failed", exc_info=error)
        got_request_exception.send(sender=type(context.get("view")), request=context.get("request"))
    response = Response(
        problem.to_dict(types=TYPES, request_id=request_id.get()),
        status=problem.kind.value.status,
        content_type=MEDIA_TYPE,
    )
    wait = getattr(error, "wait", None)
    if wait is not None:
        response["Retry-After"] = str(int(wait))
    header = getattr(error, "auth_header", None)
    if header:
        response["WWW-Authenticate"] = header
    return response


def problem_of(error: Exception) -> Problem:
    match error:
        case exceptions.ValidationError():
            return invalid(error.detail)
        case ValidationError():
            return _refused_by_a_service(error)
        case Http404():
            # Its text may name a model; a stranger must not be able to tell one missing thing from another.
            return Problem(Kind.NOT_FOUND, Kind.NOT_FOUND.value.meaning)
        case PermissionDenied():
            return Problem(Kind.REFUSED, str(error) or Kind.REFUSED.value.meaning)
        case exceptions.APIException():
            kind = KIND_OF_STATUS.get(error.status_code, Kind.FAILED)
            return Problem(kind, str(error.detail))
        case IntegrityError():
            logger.warning("The database refused what a service had allowed", exc_info=error)
            return Problem(Kind.STALE, "Somebody did the same at the same moment. Read it again, then decide again.")
        case _:
            return Problem(Kind.FAILED, Kind.FAILED.value.meaning)


def _refused_by_a_service(error: ValidationError) -> Problem:
    if getattr(error, "code", None) == STALE:
        return Problem(Kind.STALE, " ".join(error.messages))
    if hasattr(error, "error_dict"):
        return invalid(error.message_dict)
    return invalid({"non_field_errors": error.messages})
