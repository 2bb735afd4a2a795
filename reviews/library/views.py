"""Files of reports: brought by extractors, read by everybody in the review."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import FileResponse, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from reviews.library import queries, services
from reviews.library.forms import FileForm
from reviews.library.models import StudyReport
from reviews.team.access import review_for_member
from reviews.team.request import MemberRequest
from reviews.team.rules import Action


@require_POST
def attach(request: MemberRequest, slug: str, report_id: int) -> HttpResponse:
    review = review_for_member(request.user, slug, Action.EXTRACT)
    report = get_object_or_404(queries.reports(review), pk=report_id)
    form = FileForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            services.attach_file(review=review, actor=request.user, report=report, upload=form.cleaned_data["file"])
        except ValidationError as refusal:
            messages.error(request, " ".join(refusal.messages))
        else:
            messages.success(request, _("The file is kept with its report."))
    else:
        messages.error(request, " ".join(str(error) for errors in form.errors.values() for error in errors))
    link = StudyReport.objects.filter(report=report).order_by("pk").first()
    if link is None:
        return redirect("reviews:extraction:studies", slug)
    return redirect("reviews:extraction:study", slug, link.study_id)


@require_GET
def download(request: MemberRequest, slug: str, file_id: int) -> HttpResponseBase:
    """The file as a download: never shown inside our pages, so that nothing in it runs in our name."""
    review = review_for_member(request.user, slug)
    stored = get_object_or_404(queries.files(review), pk=file_id)
    response = FileResponse(
        stored.content.open("rb"),
        as_attachment=True,
        filename=stored.original_name,
        content_type=stored.content_type,
    )
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
