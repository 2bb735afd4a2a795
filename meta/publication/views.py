"""Public pages, which read released documents only, and the workspace page where a version is made."""

import json
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from meta.plots import forest
from meta.publication import queries
from meta.publication.forms import STEPS, NoticeForm, ReleaseForm
from meta.releases import queries as releasing
from meta.releases import services
from meta.releases.models import Release
from meta.releases.rules import NoticeKind, Step, Version
from reviews.team.access import review_for_member, roles_of
from reviews.team.request import MemberRequest
from reviews.team.rules import Action, acting_role

PLOTLY = "plotly/plotly.min.js"
VERSIONS_PER_PAGE = 25

REVALIDATE = "public, max-age=0, must-revalidate"
"""A page says whether its version was superseded or withdrawn, so it is asked for again each time."""
FOR_EVER = "public, max-age=31536000, immutable"

View = Callable[..., HttpResponse]


def published(cache_control: str) -> Callable[[View], View]:
    """Mark a view as public: no sign-in, no cookie, the same answer for everybody, kept by caches as said."""

    def decorate(view: View) -> View:
        @wraps(view)
        def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            response = view(request, *args, **kwargs)
            response["Cache-Control"] = cache_control
            response.is_published = True  # type: ignore[attr-defined]  # read by the middleware of this room
            return response

        return login_not_required(require_safe(wrapped))

    return decorate


@published(REVALIDATE)
def home(request: HttpRequest) -> HttpResponse:
    reviews = [
        {
            "title": release.document["review"]["title"],
            "question": release.document["review"]["question"],
            "headline": release.document["outcomes"][0]["headline"],
            "version": release.document["version"],
            "released_at": release.released_at,
            "evidence_date": release.evidence_date,
            "url": reverse("publication:latest", args=[release.document["review"]["slug"]]),
        }
        for release in queries.newest_releases()
    ]
    return render(request, "meta/publication/home.html", {"reviews": reviews})


@published(REVALIDATE)
def latest(request: HttpRequest, slug: str) -> HttpResponse:
    return _page(request, _found(slug, None))


@published(REVALIDATE)
def version(request: HttpRequest, slug: str, version: str) -> HttpResponse:
    return _page(request, _found(slug, version))


@published(FOR_EVER)
def document(request: HttpRequest, slug: str, version: str) -> HttpResponse:
    """The released document itself, with the digest that its rows carry."""
    release = _found(slug, version)
    return JsonResponse(release.document | {"digest": release.digest}, json_dumps_params={"ensure_ascii": False})


@published(FOR_EVER)
def picture(request: HttpRequest, slug: str, version: str, key: str) -> HttpResponse:
    return HttpResponse(_outcome(_found(slug, version), key)["svg"], content_type="image/svg+xml")


@published(FOR_EVER)
def figure(request: HttpRequest, slug: str, version: str, key: str, width: str) -> HttpResponse:
    """The forest plot as Plotly draws it: `wide` or `narrow`."""
    plot = forest.ForestPlot.from_dict(_outcome(_found(slug, version), key)["forest"])
    return JsonResponse(forest.figure(plot, width="narrow" if width == "narrow" else "wide"))


@require_http_methods(["GET", "POST"])
def releases(request: MemberRequest, slug: str) -> HttpResponse:
    """What a version made now would say, and the versions before it; an owner makes the next one here."""
    action = Action.RELEASE if request.method == "POST" else Action.READ
    review = review_for_member(request.user, slug, action)
    can_release = acting_role(roles_of(request.user, review), Action.RELEASE) is not None
    found = releasing.proposal(review)
    seen = json.dumps(services.digests(found.document), sort_keys=True)
    form = ReleaseForm(request.POST or None, initial={"seen": seen})
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
            _tell(form, refusal)
        else:
            messages.success(request, _("Version %(version)s is public.") % {"version": release.version})
            return redirect("publication:releases", slug)
    page = Paginator(releasing.releases(review), VERSIONS_PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "review": review,
        "can_release": can_release,
        "form": form if can_release and found.is_worth_releasing else None,
        "notice_form": NoticeForm() if can_release and found.last else None,
        "choices": _choices(found),
        "changes": found.changes,
        "is_unchanged": not found.is_worth_releasing,
        "blocked": found.obstacles,
        "present": found.document["outcomes"],
        "releases": [_line(release, found.last) for release in page],
        "page_obj": page,
        "public_url": reverse("publication:latest", args=[slug]) if found.last else None,
    }
    return render(request, "meta/publication/releases.html", context, status=422 if request.method == "POST" else 200)


@require_POST
def notice(request: MemberRequest, slug: str) -> HttpResponse:
    review = review_for_member(request.user, slug, Action.RELEASE)
    form = NoticeForm(request.POST)
    if not form.is_valid():
        for errors in form.errors.values():
            messages.error(request, " ".join(str(error) for error in errors))
        return redirect("publication:releases", slug)
    services.give_notice(
        review=review, actor=request.user, kind=NoticeKind(form.cleaned_data["kind"]), text=form.cleaned_data["text"]
    )
    messages.success(request, _("The notice stands on every public page of this review."))
    return redirect("publication:releases", slug)


def _page(request: HttpRequest, release: Release) -> HttpResponse:
    document = release.document
    everything = queries.versions(release.review_id)
    newest = everything[0]
    slug, number = document["review"]["slug"], document["version"]
    outcome = document["outcomes"][0]
    plot = forest.ForestPlot.from_dict(outcome["forest"])
    context = {
        "document": document,
        "released_at": release.released_at,
        "evidence_date": release.evidence_date,
        "versions": [
            {
                "version": str(one.version),
                "evidence_date": one.evidence_date,
                "released_at": one.released_at,
                "note": one.note,
                "result": f"{one.document['outcomes'][0]['measure']} {one.document['outcomes'][0]['text']}",
                "url": reverse("publication:version", args=[slug, str(one.version)]),
                "is_this": one.pk == release.pk,
            }
            for one in everything
        ],
        "is_latest": newest.pk == release.pk,
        "latest_version": str(newest.version),
        "latest_url": reverse("publication:latest", args=[slug]),
        "notices": [{"kind": one.kind, "sentence": one.text, "at": one.given_at} for one in queries.notices(release)],
        "home_url": reverse("publication:home"),
        "canonical_url": request.build_absolute_uri(reverse("publication:version", args=[slug, number])),
        "json_url": reverse("publication:document", args=[slug, number]),
        "outcome": outcome,
        "disclaimer": document["disclaimer"],
        # Our own drawings, frozen at the release; every text in them was escaped when they were drawn.
        "forest_wide": mark_safe(outcome["svg"]),  # noqa: S308
        "forest_narrow": mark_safe(outcome["svg_narrow"]),  # noqa: S308
        "table": forest.table(plot),
        "figure_url": reverse("publication:picture", args=[slug, number, outcome["key"]]),
        "figure_wide_url": reverse("publication:figure", args=[slug, number, outcome["key"], "wide"]),
        "figure_narrow_url": reverse("publication:figure", args=[slug, number, outcome["key"], "narrow"]),
        "plotly_src": static(PLOTLY),
    }
    return render(request, "meta/publication/page.html", context)


def _found(slug: str, text: str | None) -> Release:
    try:
        wanted = Version.read(text) if text is not None else None
    except ValueError as error:
        raise Http404("No such version.") from error
    release = queries.find(slug, wanted)
    if release is None:
        raise Http404("Nothing was published under this address.")
    return release


def _outcome(release: Release, key: str) -> dict[str, Any]:
    for outcome in release.document["outcomes"]:
        if outcome["key"] == key:
            found: dict[str, Any] = outcome
            return found
    raise Http404("This version has no such outcome.")


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


def _line(release: Release, last: Release | None) -> dict[str, Any]:
    outcome = release.document["outcomes"][0]
    return {
        "version": str(release.version),
        "released_at": release.released_at,
        "released_by": release.released_by,
        "note": release.note,
        "evidence_date": release.evidence_date,
        "result": f"{outcome['measure']} {outcome['text']}",
        "url": reverse("publication:version", args=[release.document["review"]["slug"], str(release.version)]),
        "is_latest": last is not None and release.pk == last.pk,
    }


def _tell(form: ReleaseForm, refusal: ValidationError) -> None:
    if not hasattr(refusal, "error_dict"):
        form.add_error(None, refusal.messages)
        return
    for name, errors in refusal.message_dict.items():
        form.add_error(name if name in form.fields else None, errors)
