"""What earlier reviews state, for the people of a review."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from meta.earlier import queries, services
from meta.earlier.forms import KINDS, StatementForm, TakeBackForm
from reviews.base.refusals import onto
from reviews.team.access import review_for_member, roles_of
from reviews.team.models import Review
from reviews.team.request import MemberRequest
from reviews.team.rules import Action, acting_role


@require_http_methods(["GET", "POST"])
def statements(request: MemberRequest, slug: str) -> HttpResponse:
    """What is written down, and a form for more."""
    action = Action.EXTRACT if request.method == "POST" else Action.READ
    review = review_for_member(request.user, slug, action)
    form = StatementForm(review, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            services.state(review=review, actor=request.user, **form.cleaned_data)
        except ValidationError as refusal:
            onto(form, refusal)
        else:
            messages.success(request, _("It is written down; the next version shows it."))
            return redirect("earlier:statements", slug)
    return _page(request, review, form, TakeBackForm())


@require_POST
def take_back(request: MemberRequest, slug: str, statement_id: int) -> HttpResponse:
    review = review_for_member(request.user, slug, Action.EXTRACT)
    statement = get_object_or_404(queries.statements(review), pk=statement_id)
    form = TakeBackForm(request.POST)
    if form.is_valid():
        services.take_back(statement=statement, actor=request.user, reason=form.cleaned_data["reason"])
        messages.success(request, _("It is taken back; versions that showed it stay as they are."))
        return redirect("earlier:statements", slug)
    return _page(request, review, StatementForm(review), form, taken_back=statement.pk)


def _page(
    request: MemberRequest, review: Review, form: StatementForm, back: TakeBackForm, taken_back: int = 0
) -> HttpResponse:
    can_state = acting_role(roles_of(request.user, review), Action.EXTRACT) is not None
    found = list(queries.statements(review))
    context = {
        "review": review,
        "kinds": [
            {"name": name, "statements": [one for one in found if one.kind == kind]}
            for kind, name in KINDS
            if any(one.kind == kind for one in found)
        ],
        "form": form if can_state else None,
        "take_back_form": back,
        "taken_back": taken_back,
    }
    return render(request, "meta/earlier/statements.html", context, status=422 if request.method == "POST" else 200)
