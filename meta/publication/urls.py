"""Public addresses below /r/, and the workspace page where versions are made."""

from django.urls import path

from meta.publication.views import files, overview, public, versions

app_name = "publication"

urlpatterns = [
    path("", public.home, name="home"),
    path("r/<slug:slug>/", public.latest, name="latest"),
    path("r/<slug:slug>/v/<str:version>/", public.version, name="version"),
    path("r/<slug:slug>/history/", public.history, name="history"),
    path("r/<slug:slug>/v/<str:version>/studies/<slug:label>/", public.study, name="study"),
    path("r/<slug:slug>/v/<str:version>/release.json", files.document, name="document"),
    path("r/<slug:slug>/v/<str:version>/<slug:table>.csv", files.table, name="table"),
    path("r/<slug:slug>/v/<str:version>/<slug:key>.svg", files.picture, name="picture"),
    path("r/<slug:slug>/v/<str:version>/<slug:key>/<str:width>.json", files.figure, name="figure"),
    path("reviews/<slug:slug>/", overview.overview, name="overview"),
    path("reviews/<slug:slug>/publication/", versions.releases, name="releases"),
    path("reviews/<slug:slug>/publication/notice/", versions.notice, name="notice"),
    path("reviews/<slug:slug>/publication/<str:version>/withdraw/", versions.withdraw, name="withdraw"),
]
