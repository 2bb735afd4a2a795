"""Plots that look harder at a result, for programs."""

from dataclasses import asdict
from typing import Any

from django.shortcuts import get_object_or_404
from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from meta.analysis import queries
from meta.plots import scatter
from meta.plots.scatter import ScatterPlot
from reviews.base.endpoints.doors import Answer
from reviews.team.endpoint import ReviewEndpoint
from reviews.team.rules import Action


class PlotAnswer(Answer):
    """A plot as a Plotly figure, as a table and as a sentence."""

    key = serializers.CharField()
    title = serializers.CharField()
    sentence = serializers.CharField(help_text="What is seen, in plain words.")
    notes = serializers.ListField(child=serializers.CharField())
    head = serializers.ListField(child=serializers.CharField(), help_text="The headings of the table.")
    rows = serializers.ListField(child=serializers.ListField(child=serializers.CharField()))
    figure = serializers.SerializerMethodField(help_text="`data` and `layout`, as Plotly draws them.")

    def get_figure(self, plot: ScatterPlot) -> dict[str, Any]:
        return scatter.figure(plot)


class HeldBackAnswer(Answer):
    """A plot that may not be shown."""

    key = serializers.CharField()
    title = serializers.CharField()
    reason = serializers.CharField()


class DoubtAnswer(Answer):
    plots = PlotAnswer(many=True)
    held_back = HeldBackAnswer(many=True)


@extend_schema(tags=["Analyses"])
class DoubtEndpoint(ReviewEndpoint):
    needs = {"GET": Action.READ}

    @extend_schema(
        operation_id="doubt_read",
        summary="Plots that look harder at the newest result, and why others are not shown",
        description="Funnel, Baujat, radial, L'Abbé, bubble, GOSH and sequential plots. Worked out anew, never stored. "
        "Both lists are empty before the first result.",
        responses=DoubtAnswer,
    )
    def get(self, request: Request, slug: str, key: str) -> Response:
        analysis = get_object_or_404(queries.analyses(self.review), key=key)
        found = queries.doubts(queries.result(analysis))
        if found is None:
            return Response({"plots": [], "held_back": []})
        held_back = [asdict(one) for one in found.held_back]
        return Response({"plots": PlotAnswer.of_all(found.plots), "held_back": HeldBackAnswer.of_all(held_back)})


urlpatterns = [path("analyses/<slug:key>/doubt/", DoubtEndpoint.as_view())]
