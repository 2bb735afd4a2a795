"""Public addresses below /r/, and the workspace page where versions are made."""

from django.urls import path

from meta.publication import views

app_name = "publication"

urlpatterns = [
    path("", views.home, name="home"),
    path("r/<slug:slug>/", views.latest, name="latest"),
    path("r/<slug:slug>/v/<str:version>/", views.version, name="version"),
    path("r/<slug:slug>/v/<str:version>/release.json", views.document, name="document"),
    path("r/<slug:slug>/v/<str:version>/<slug:key>.svg", views.picture, name="picture"),
    path("r/<slug:slug>/v/<str:version>/<slug:key>/<str:width>.json", views.figure, name="figure"),
    path("reviews/<slug:slug>/publication/", views.releases, name="releases"),
    path("reviews/<slug:slug>/publication/notice/", views.notice, name="notice"),
]
