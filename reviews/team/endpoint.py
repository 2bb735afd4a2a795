"""An address of one review in the API: access is checked before anything else is looked at."""

from collections.abc import Mapping
from typing import Any, ClassVar

from rest_framework import serializers
from rest_framework.request import Request

from reviews.base.endpoints.doors import Answer, Endpoint
from reviews.team.access import review_for_member
from reviews.team.models import Review, User
from reviews.team.rules import Action


class ReviewEndpoint(Endpoint):
    """Below /reviews/<slug>/. `needs` names the action for each method; a stranger gets 404 for all of them."""

    needs: ClassVar[Mapping[str, Action]] = {}
    review: Review

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        method = "GET" if request.method == "HEAD" else str(request.method)
        # A method that is not in the table is not answered either; whoever may not even read learns nothing of that.
        self.review = review_for_member(request.user, kwargs["slug"], self.needs.get(method, Action.READ))

    @property
    def actor(self) -> User:
        """Who asks: `initial` let nobody in who has not signed in."""
        user: Any = self.request.user
        return user  # type: ignore[no-any-return]


class PersonAnswer(Answer):
    """A person, as their colleagues know them."""

    id = serializers.IntegerField()
    name = serializers.CharField(source="get_full_name")
