"""Pages about people: who is in a review, how somebody comes in, and the accounts of the site."""

import json
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from reviews.base.audit import queries as trail
from reviews.base.refusals import onto
from reviews.team import demo_doors, mail, queries, services
from reviews.team.access import may, review_for_member
from reviews.team.forms import InvitationForm, LeadForm, NewPersonForm, ReasonForm, RolesForm, TeamForm, role_words
from reviews.team.models import Invitation, Review, Team, User
from reviews.team.queries import Member
from reviews.team.request import MemberRequest
from reviews.team.rules import Action, InvitationState, email_key

PER_PAGE = 50
BACKEND = settings.AUTHENTICATION_BACKENDS[0]


# --- The people of a review ----------------------------------------------------------------------------------------


@require_GET
def people(request: MemberRequest, slug: str) -> HttpResponse:
    return _people(request, review_for_member(request.user, slug))


@require_POST
def invite(request: MemberRequest, slug: str) -> HttpResponse:
    review = review_for_member(request.user, slug, Action.MANAGE_PEOPLE)
    form = InvitationForm(request.POST)
    if form.is_valid():
        try:
            issued = services.invite(review=review, actor=request.user, **form.cleaned_data)
        except ValidationError as refusal:
            onto(form, refusal)
        else:
            link = request.build_absolute_uri(reverse("site:invitation", args=[issued.token]))
            sent = mail.send_invitation(issued.invitation, link=link)
            messages.success(request, mail.told(sent, issued.invitation.email))
            # No redirect: the link is shown in this answer and kept nowhere.
            return _people(request, review, invitation_url=link)
    return _people(request, review, invite_form=form, status=422)


@require_POST
def withdraw_invitation(request: MemberRequest, slug: str, invitation_id: int) -> HttpResponse:
    review = review_for_member(request.user, slug, Action.MANAGE_PEOPLE)
    invitation = get_object_or_404(Invitation.objects.select_related("review"), pk=invitation_id, review=review)
    try:
        services.withdraw_invitation(invitation=invitation, actor=request.user)
    except ValidationError as refusal:
        return _refused_people(request, review, refusal)
    messages.success(request, _("The invitation of %(address)s is withdrawn.") % {"address": invitation.email})
    return redirect("reviews:team:people", slug)


@require_POST
def member_roles(request: MemberRequest, slug: str, user_id: int) -> HttpResponse:
    review = review_for_member(request.user, slug, Action.MANAGE_PEOPLE)
    user = _member_of(review, user_id)
    form = RolesForm(request.POST, auto_id=f"id_{user_id}_%s")
    if form.is_valid():
        try:
            services.set_roles(review=review, user=user, roles=form.cleaned_data["roles"], actor=request.user)
        except ValidationError as refusal:
            onto(form, refusal)
        else:
            messages.success(request, _("The roles of %(name)s are kept.") % {"name": user})
            return redirect("reviews:team:people", slug)
    return _people(request, review, refused={user_id: form}, status=422)


@require_POST
def remove_member(request: MemberRequest, slug: str, user_id: int) -> HttpResponse:
    review = review_for_member(request.user, slug, Action.MANAGE_PEOPLE)
    user = _member_of(review, user_id)
    try:
        services.remove_member(review=review, user=user, actor=request.user)
    except ValidationError as refusal:
        return _refused_people(request, review, refusal)
    messages.success(request, _("%(name)s is not in the review any more. Their work stays.") % {"name": user})
    if user == request.user:
        return redirect("reviews:team:reviews")
    return redirect("reviews:team:people", slug)


def _member_of(review: Review, user_id: int) -> User:
    return get_object_or_404(User.objects.filter(memberships__review=review).distinct(), pk=user_id)


def _refused_people(request: MemberRequest, review: Review, refusal: ValidationError) -> HttpResponse:
    for sentence in refusal.messages:
        messages.error(request, sentence)
    return _people(request, review, status=422)


def _people(
    request: MemberRequest,
    review: Review,
    *,
    invite_form: InvitationForm | None = None,
    refused: dict[int, RolesForm] | None = None,
    invitation_url: str = "",
    status: int = 200,
) -> HttpResponse:
    can_manage = may(request.user, review, Action.MANAGE_PEOPLE)
    context = {
        "review": review,
        "can_manage": can_manage,
        "members": [_shown(each, request.user, can_manage, refused or {}) for each in queries.members(review)],
        "invitations": [
            {
                "id": each.pk,
                "email": each.email,
                "roles": role_words(each.roles),
                "invited_by": each.invited_by,
                "expires_at": each.expires_at,
            }
            for each in (queries.open_invitations(review) if can_manage else ())
        ],
        "invite_form": invite_form or InvitationForm(),
        "invitation_url": invitation_url,
    }
    return render(request, "reviews/team/people.html", context, status=status)


def _shown(member: Member, reader: User, can_manage: bool, refused: dict[int, RolesForm]) -> dict[str, Any]:
    user = member.user
    form = RolesForm(initial={"roles": list(member.roles)}, auto_id=f"id_{user.pk}_%s")
    return {
        "id": user.pk,
        "name": user.name,
        "email": user.email,
        "roles": role_words(member.roles),
        "since": member.since,
        "is_me": user == reader,
        "is_active": user.is_active,
        "form": refused.get(user.pk, form) if can_manage else None,
    }


# --- Everything that happened --------------------------------------------------------------------------------------


@require_GET
def events(request: MemberRequest, slug: str) -> HttpResponse:
    """The audit trail of a review. Checking its seals reads all of it, so that is done when it is asked for."""
    review = review_for_member(request.user, slug, Action.AUDIT)
    page = Paginator(trail.events(review.chain), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "review": review,
        "events": [
            {
                "number": event.number,
                "at": event.at,
                "actor": event.actor or _("the system"),
                "role": event.acting_role,
                "verb": event.verb,
                "object": event.object_label,
                "before": _as_text(event.before),
                "after": _as_text(event.after),
                "reason": event.reason,
                "request_id": event.request_id,
                "hash": event.hash,
            }
            for event in page
        ],
        "page_obj": page,
        "chain": _checked(review) if "check" in request.GET else None,
    }
    return render(request, "reviews/audit/events.html", context)


def _as_text(value: Any) -> str | None:
    return None if value is None else json.dumps(value, indent=2, ensure_ascii=False, sort_keys=True)


def _checked(review: Review) -> dict[str, object]:
    fault = trail.first_fault(review.chain)
    if fault is None:
        return {
            "holds": True,
            "sentence": _("Every row follows from the one before it: nothing was changed or removed."),
        }
    sentence = _("Row %(number)d does not hold: %(problem)s.") % {"number": fault.number, "problem": fault.problem}
    return {"holds": False, "sentence": sentence}


# --- Coming in -----------------------------------------------------------------------------------------------------


@sensitive_post_parameters("password1", "password2")
@login_not_required
@require_http_methods(["GET", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """The page behind an invitation's link. Looking at it changes nothing; accepting is a POST."""
    found = queries.invitation_for(token)
    if found is None or found.state is not InvitationState.OPEN:
        return _ended(request, found)
    if request.method == "POST":
        return _accept(request, found, token)
    return _invited(request, found, token, form=NewPersonForm())


def _accept(request: HttpRequest, found: Invitation, token: str) -> HttpResponse:
    form = NewPersonForm(request.POST)
    try:
        if isinstance(request.user, User):
            review = services.accept_invitation(token=token, actor=request.user)
        elif form.is_valid():
            name, password = form.cleaned_data["name"], form.cleaned_data["password1"]
            review, user = services.accept_as_new_person(token=token, name=name, password=password)
            login(request, user, backend=BACKEND)
        else:
            return _invited(request, found, token, form=form, status=422)
    except services.InvitationRefused:
        return _ended(request, queries.invitation_for(token))
    except (services.AnotherAddress, services.AccountExists):
        return _invited(request, found, token, form=form, status=422)
    except ValidationError as refusal:
        onto(form, refusal)
        return _invited(request, found, token, form=form, status=422)
    messages.success(request, _("You are in. Here is what this review asks."))
    return redirect("reviews:protocol:protocol", review.slug)


def _invited(
    request: HttpRequest, found: Invitation, token: str, *, form: NewPersonForm, status: int = 200
) -> HttpResponse:
    reader = request.user if isinstance(request.user, User) else None
    has_account = reader is None and queries.account_of(found.email) is not None
    here = reverse("site:invitation", args=[token])
    context = {
        "invitation": mail.letter_of(found),
        "form": None if reader or has_account else form,
        "other_account": reader is not None and email_key(reader.email) != email_key(found.email),
        "sign_in_url": f"{reverse('account_login')}?{urlencode({'next': here})}" if has_account else "",
    }
    return render(request, "reviews/team/invitation.html", context, status=status)


def _ended(request: HttpRequest, found: Invitation | None) -> HttpResponse:
    """The same for everybody, with not a word of the review or of the address."""
    context = {"invitation": None, "ended": found.state.value if found else "unknown"}
    return render(request, "reviews/team/invitation.html", context, status=410 if found else 404)


# --- The site ------------------------------------------------------------------------------------------------------


def _only_administrators(request: MemberRequest) -> None:
    if not request.user.is_staff:
        raise Http404("No such page.")


@require_GET
def site_people(request: MemberRequest) -> HttpResponse:
    _only_administrators(request)
    return _site_people(request)


@require_POST
def disable_account(request: MemberRequest, user_id: int) -> HttpResponse:
    _only_administrators(request)
    user = get_object_or_404(User, pk=user_id)
    form = ReasonForm(request.POST)
    reason = form.cleaned_data["reason"] if form.is_valid() else ""
    try:
        services.disable_account(user=user, actor=request.user, reason=reason)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
        return _site_people(request, status=422)
    messages.success(request, _("The account of %(name)s is closed. Their work stays.") % {"name": user})
    return redirect("site:people")


@require_POST
def enable_account(request: MemberRequest, user_id: int) -> HttpResponse:
    _only_administrators(request)
    user = get_object_or_404(User, pk=user_id)
    services.enable_account(user=user, actor=request.user)
    messages.success(request, _("The account of %(name)s is open again.") % {"name": user})
    return redirect("site:people")


def _site_people(request: MemberRequest, *, status: int = 200) -> HttpResponse:
    page = Paginator(queries.accounts(), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "accounts": [
            {
                "id": user.pk,
                "name": user.name,
                "email": user.email,
                "is_active": user.is_active,
                "is_site_admin": user.is_staff,
                "last_login": user.last_login,
                "reviews": user.reviews,  # type: ignore[attr-defined]  # counted by the query
                "is_me": user == request.user,
            }
            for user in page
        ],
        "page_obj": page,
    }
    return render(request, "reviews/team/people_site.html", context, status=status)


@require_http_methods(["GET", "POST"])
def site_teams(request: MemberRequest) -> HttpResponse:
    _only_administrators(request)
    form = TeamForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            team = services.create_team(name=form.cleaned_data["name"], actor=request.user)
        except ValidationError as refusal:
            onto(form, refusal)
        else:
            messages.success(request, _("The team %(name)s is made. Say who leads it.") % {"name": team})
            return redirect("site:teams")
    return _site_teams(request, form=form, status=422 if form.errors else 200)


@require_POST
def team_lead(request: MemberRequest, team_id: int) -> HttpResponse:
    _only_administrators(request)
    team = get_object_or_404(Team, pk=team_id)
    form = LeadForm(request.POST, auto_id=f"id_{team_id}_%s")
    if form.is_valid():
        user = queries.account_of(form.cleaned_data["email"])
        try:
            if user is None:
                raise ValidationError({"email": _("There is no account with this address.")})
            services.set_lead(team=team, user=user, is_lead=form.cleaned_data["is_lead"], actor=request.user)
        except ValidationError as refusal:
            onto(form, refusal)
        else:
            return redirect("site:teams")
    return _site_teams(request, form=TeamForm(), refused={team_id: form}, status=422)


def _site_teams(
    request: MemberRequest, *, form: TeamForm, refused: dict[int, LeadForm] | None = None, status: int = 200
) -> HttpResponse:
    page = Paginator(queries.teams(), PER_PAGE).get_page(request.GET.get("page"))
    people_of = queries.people_of(list(page))
    context = {
        "teams": [
            {
                "id": team.pk,
                "name": team.name,
                "reviews": team.reviews_begun,  # type: ignore[attr-defined]  # counted by the query
                "people": [
                    {"name": row.user.name, "email": row.user.email, "is_lead": row.is_lead}
                    for row in people_of[team.pk]
                ],
                "lead_form": (refused or {}).get(team.pk) or LeadForm(auto_id=f"id_{team.pk}_%s"),
            }
            for team in page
        ],
        "page_obj": page,
        "form": form,
    }
    return render(request, "reviews/team/teams_site.html", context, status=status)


# --- The demonstration ---------------------------------------------------------------------------------------------


@login_not_required
@require_POST
def enter_demo(request: HttpRequest, role: str) -> HttpResponse:
    """Step into a role of the demonstration. The address exists only where the demonstration does."""
    person = demo_doors.person_behind(role) if demo_doors.are_open(request) else None
    if person is None:
        raise Http404("No such door.")
    login(request, person, backend=BACKEND)
    return redirect(settings.LOGIN_REDIRECT_URL)
