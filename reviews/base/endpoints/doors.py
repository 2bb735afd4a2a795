"""What every endpoint has in common."""

import datetime as dt
import hashlib
import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import wraps
from typing import Any, ClassVar, TypeVar

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Model, QuerySet
from django.utils import timezone
from rest_framework import serializers
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from reviews.base.audit.rules import digest
from reviews.base.endpoints.models import Answered
from reviews.base.endpoints.paging import Pages

Row = TypeVar("Row", bound=Model)
Post = TypeVar("Post", bound=Callable[..., Response])

KEY_HEADER = "Idempotency-Key"
REPLAYED_HEADER = "Idempotency-Replayed"
KEPT_FOR = dt.timedelta(hours=24)
_KEY = re.compile(r"[\x21-\x7e]{8,80}")


class Answer(serializers.Serializer[Any]):
    """The shape of what is answered."""

    # The framework keeps words of its own under these names; ours are fields of the API.
    label: Any
    source: Any

    @classmethod
    def of(cls, row: Any) -> dict[str, Any]:
        shown: dict[str, Any] = cls(row).data
        return shown

    @classmethod
    def of_all(cls, rows: Iterable[Any]) -> list[dict[str, Any]]:
        shown: Any = cls(rows, many=True).data
        return list(shown)


class Shape(serializers.Serializer[Any]):
    """The shape of what is sent: it checks and never writes, and a name that it does not know is refused."""

    label: Any
    source: Any

    @classmethod
    def list_of(cls, *, least: int = 0, most: int, **options: Any) -> Any:
        """A field that holds between so many and so many of these."""
        some: Any = cls
        return some(many=True, min_length=least, max_length=most, **options)

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, Mapping):
            unknown = [str(name) for name in data if name not in self.fields]
            if unknown:
                raise serializers.ValidationError({name: ["There is no such field here."] for name in unknown})
        return super().to_internal_value(data)


class Endpoint(APIView):
    """An address of the API. Who may enter is the first line of each method; nothing is open by default."""

    pagination_class: type[Pages] | None = None
    is_file: ClassVar[bool] = False
    """Answers with a file, whatever the Accept header says; its refusals are JSON all the same."""

    def perform_content_negotiation(self, request: Request, force: bool = False) -> Any:
        return super().perform_content_negotiation(request, force=force or self.is_file)

    def sent(self, shape: type[Shape]) -> dict[str, Any]:
        """The body, in this shape."""
        return self._checked(shape, self.request.data)

    def asked(self, shape: type[Shape]) -> dict[str, Any]:
        """The filters in the address, in this shape; those that page are not among them."""
        own = {Pages.cursor_query_param, Pages.page_size_query_param}
        return self._checked(shape, {name: text for name, text in self.request.query_params.items() if name not in own})

    def paged(self, rows: QuerySet[Row], show: Callable[[Sequence[Row]], Any]) -> Response:
        """A page of rows, shown."""
        if self.pagination_class is None:
            raise TypeError(f"{type(self).__name__} answers with pages and does not say in which order.")
        pages = self.pagination_class()
        page = pages.paginate_queryset(rows, self.request, view=self) or []
        return pages.get_paginated_response(show(page))

    def _checked(self, shape: type[Shape], data: Any) -> dict[str, Any]:
        serializer = shape(data=data)
        serializer.is_valid(raise_exception=True)
        found: dict[str, Any] = serializer.validated_data
        return found


def once(post: Post) -> Post:
    """Do a POST once for each `Idempotency-Key`: whoever sends it again hears the first answer again.

    The answer is kept in the transaction of what was done, so that neither exists without the other. A refusal is not
    kept: the same request may succeed later.
    """

    @wraps(post)
    def wrapped(self: Endpoint, request: Request, *args: Any, **kwargs: Any) -> Response:
        key = request.headers.get(KEY_HEADER)
        if key is None:
            return post(self, request, *args, **kwargs)
        if not _KEY.fullmatch(key):
            raise serializers.ValidationError({KEY_HEADER: ["Send 8 to 80 printable characters without spaces."]})
        asked = digest({"method": request.method, "path": request.path, "body": _plain(request.data)})
        with transaction.atomic():
            Answered.objects.filter(at__lt=timezone.now() - KEPT_FOR).delete()
            kept, is_new = Answered.objects.get_or_create(user=_person(request), key=key, defaults={"asked": asked})
            if not is_new:
                return _again(kept, asked)
            response = post(self, request, *args, **kwargs)
            kept.status, kept.body = response.status_code, JSONRenderer().render(response.data).decode()
            kept.save(update_fields=["status", "body"])
            return response

    wrapped.is_done_once = True  # type: ignore[attr-defined]  # a test asks every endpoint for it
    return wrapped  # type: ignore[return-value]  # the same signature, by wraps


def _person(request: Request) -> Any:
    """Who asks. Addresses that are open to nobody in particular take no POST."""
    return request.user


def _again(kept: Answered, asked: str) -> Response:
    if kept.asked != asked:
        raise serializers.ValidationError({KEY_HEADER: ["This key was used for another request. Choose a new one."]})
    response = Response(json.loads(kept.body) if kept.body else None, status=kept.status)
    response[REPLAYED_HEADER] = "true"
    return response


def _plain(data: Any) -> Any:
    """A body as it is hashed: a number with a fraction as text, a file as the hash of its content."""
    return json.loads(json.dumps(data, default=_digest_of), parse_float=str)


def _digest_of(file: "UploadedFile[bytes]") -> str:
    found = hashlib.sha256()
    for chunk in file.chunks():
        found.update(chunk)
    file.seek(0)
    return found.hexdigest()
