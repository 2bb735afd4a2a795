"""Where a version is made: what it would say, what would change, and the versions before it."""

import json
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from meta.earlier import queries as earlier
from meta.publication.forms import STEPS, NoticeForm, ReleaseForm, WithdrawForm
from meta.releases import queries as releasing
from meta.releases import services
from meta.releases.models import Notice, Release
from meta.releases.rules import NoticeKind, Step, Version
from reviews.base.refusals import onto
from reviews.team.access import review_for_member, roles_of
from reviews.team.models import Review
from reviews.team.request import MemberRequest
from reviews.team.rules import Action, acting_role

VERSIONS_PER_PAGE = 25


@require_http_methods(["GET", "POST"])
def releases(request: MemberRequest, slug: str) -> HttpResponse:
    """What a version made now would say, and the versions before it; an owner makes the next one here."""
    action = Action.RELEASE if request.method == "POST" else Action.READ
    review = review_for_member(request.user, slug, action)
    found = releasing.proposal(review)
    form = ReleaseForm(request.POST if request.method == "POST" else None, initial={"seen": _seen(found)})
    if request.method == "POST" and form.is_valid():
        try:
            release = services.make_release(
                review=review,
                actor=request.user,
                step=Step(form.cleaned_data["step"]),
                note=form.cleaned_data["note"],
                evidence_date=form.cleaned_data["evidence_date"],
                seen=form.cleaned_data["seen"],
            )
        except ValidationError as refusal:
            onto(form, refusal)
            if getattr(refusal, "code", "") == "stale":  # the page that says so shows what holds now
                form.data = request.POST.copy()
                form.data["seen"] = _seen(found)
        else:
            messages.success(request, _("Version %(version)s is public.") % {"version": release.version})
            return redirect("publication:releases", slug)
    return _page(request, review, found, form, NoticeForm())


@require_POST
def notice(request: MemberRequest, slug: str) -> HttpResponse:
    review = review_for_member(request.user, slug, Action.RELEASE)
    form = NoticeForm(request.POST)
    if not form.is_valid():
        found = releasing.proposal(review)
        return _page(request, review, found, ReleaseForm(initial={"seen": _seen(found)}), form)
    services.give_notice(
        review=review, actor=request.user, kind=NoticeKind(form.cleaned_data["kind"]), text=form.cleaned_data["text"]
    )
    messages.success(request, _("The notice stands on every public page of this review."))
    return redirect("publication:releases", slug)


@require_http_methods(["GET", "POST"])
def withdraw(request: MemberRequest, slug: str, version: str) -> HttpResponse:
    """Say that readers should no longer rely on a version, on a page that says first what that means."""
    review = review_for_member(request.user, slug, Action.RELEASE)
    release = _release(review, version)
    form = WithdrawForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            services.withdraw(release=release, actor=request.user, reason=form.cleaned_data["reason"])
        except ValidationError as refusal:
            onto(form, refusal)
        else:
            messages.success(request, _("Version %(version)s is withdrawn; its page says why.") % {"version": version})
            return redirect("publication:releases", slug)
    context = {
        "review": review,
        "release": release,
        "form": form,
        "is_withdrawn": releasing.is_withdrawn(release),
        "public_url": reverse("publication:version", args=[slug, str(release.version)]),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "meta/publication/withdraw.html", context, status=status)


def _release(review: Review, text: str) -> Release:
    try:
        wanted = Version.read(text)
    except ValueError as error:
        raise Http404("No such version.") from error
    return get_object_or_404(releasing.releases(review), major=wanted.major, minor=wanted.minor, patch=wanted.patch)


def _page(
    request: MemberRequest, review: Review, found: releasing.Proposal, form: ReleaseForm, notice_form: NoticeForm
) -> HttpResponse:
    can_release = acting_role(roles_of(request.user, review), Action.RELEASE) is not None
    page = Paginator(releasing.releases(review), VERSIONS_PER_PAGE).get_page(request.GET.get("page"))
    withdrawn = releasing.withdrawals(review.pk)
    context = {
        "review": review,
        "can_release": can_release,
        "form": form if can_release and found.is_worth_releasing else None,
        "notice_form": notice_form if can_release and found.last else None,
        "choices": _choices(found),
        "changes": found.changes,
        "is_unchanged": not found.is_worth_releasing,
        "blocked": found.obstacles,
        "present": found.document["outcomes"],
        "releases": [
            _line(release, found.base, withdrawn.get(release.pk), can_withdraw=can_release) for release in page
        ],
        "page_obj": page,
        "public_url": reverse("publication:latest", args=[review.slug]) if found.last else None,
        "statements": earlier.statements(review).count(),
    }
    return render(request, "meta/publication/releases.html", context, status=422 if request.method == "POST" else 200)


def _seen(found: releasing.Proposal) -> str:
    """The digests of the results on show, for the form to send back."""
    return json.dumps(services.digests(found.document), sort_keys=True)


def _choices(found: releasing.Proposal) -> list[dict[str, Any]]:
    words = dict(STEPS)
    steps = list(Step) if found.last else [Step.MAJOR]
    return [
        {
            "step": step.value,
            "version": str(found.version(step)),
            "label": words[step.value] if found.last else _("the first version"),
            "is_proposed": step is found.step,
        }
        for step in steps
    ]


def _line(
    release: Release, relied_on: Release | None, withdrawal: Notice | None, *, can_withdraw: bool
) -> dict[str, Any]:
    outcome = release.document["outcomes"][0]
    where = [release.document["review"]["slug"], str(release.version)]
    return {
        "version": str(release.version),
        "released_at": release.released_at,
        "released_by": release.released_by,
        "note": release.note,
        "evidence_date": release.evidence_date,
        "result": f"{outcome['measure']} {outcome['text']}",
        "url": reverse("publication:version", args=where),
        "withdrawn": withdrawal.text if withdrawal else "",
        "withdraw_url": reverse("publication:withdraw", args=where) if can_withdraw and not withdrawal else "",
        "is_latest": relied_on is not None and release.pk == relied_on.pk and not withdrawal,
    }
