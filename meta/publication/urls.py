"""Public addresses below /r/, and the workspace page where versions are made."""

from django.urls import path

from meta.publication.views import overview, public, versions

app_name = "publication"

urlpatterns = [
    path("", public.home, name="home"),
    path("r/<slug:slug>/", public.latest, name="latest"),
    path("r/<slug:slug>/v/<str:version>/", public.version, name="version"),
    path("r/<slug:slug>/v/<str:version>/release.json", public.document, name="document"),
    path("r/<slug:slug>/v/<str:version>/<slug:key>.svg", public.picture, name="picture"),
    path("r/<slug:slug>/v/<str:version>/<slug:key>/<str:width>.json", public.figure, name="figure"),
    path("reviews/<slug:slug>/", overview.overview, name="overview"),
    path("reviews/<slug:slug>/publication/", versions.releases, name="releases"),
    path("reviews/<slug:slug>/publication/notice/", versions.notice, name="notice"),
]
