"""The page where a person makes tokens and withdraws them."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from reviews.team.request import MemberRequest
from reviews.team.tokens import queries, services
from reviews.team.tokens.forms import TokenForm
from reviews.team.tokens.rules import TokenState


@require_http_methods(["GET", "POST"])
def tokens(request: MemberRequest) -> HttpResponse:
    """The token itself is in the answer to the POST that made it, and nowhere else: no redirect could carry it."""
    form = TokenForm(request.POST or None)
    if request.method == "GET":
        return _page(request, form)
    if not form.is_valid():
        return _page(request, form, status=422)
    try:
        issued = services.make_token(actor=request.user, **form.cleaned_data)
    except ValidationError as refusal:
        form.add_error(None, refusal)
        return _page(request, form, status=422)
    return _page(request, TokenForm(), made=issued.text, status=201)


@require_POST
def withdraw(request: MemberRequest, token_id: int) -> HttpResponse:
    token = get_object_or_404(queries.tokens(request.user), pk=token_id)
    services.withdraw_token(token=token, actor=request.user)
    messages.success(request, _("“%(name)s” opens nothing any more.") % {"name": token})
    return redirect("tokens:tokens")


def _page(request: MemberRequest, form: TokenForm, *, made: str = "", status: int = 200) -> HttpResponse:
    context: dict[str, Any] = {
        "tokens": [
            {
                "id": token.pk,
                "name": token.name,
                "scope": token.scope,
                "expires_at": token.expires_at,
                "last_used_at": token.last_used_at,
                "is_open": token.state is TokenState.OPEN,
            }
            for token in queries.tokens(request.user)
        ],
        "form": form,
        "made": made,
    }
    return render(request, "reviews/team/tokens.html", context, status=status)
