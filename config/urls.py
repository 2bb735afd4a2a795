"""Every address of the site."""

from django.urls import URLPattern, URLResolver, include, path

from config import help_pages

urlpatterns: list[URLPattern | URLResolver] = [
    path("help/", include((help_pages.urlpatterns, "help"))),
    path("api/", include(("config.api.urls", "api"))),
    path("accounts/tokens/", include("reviews.team.tokens.urls")),
    path("accounts/", include("config.accounts")),
    path("", include("reviews.team.site_urls")),
    path("", include("reviews.team.demo_urls")),
    path("reviews/", include("reviews.urls")),  # before the pages by slug, so that /reviews/new/ is not taken for one
    path("reviews/<slug:slug>/analysis/", include("meta.analysis.urls")),
    path("reviews/<slug:slug>/earlier/", include("meta.earlier.urls")),
    path("", include("meta.publication.urls")),
]
