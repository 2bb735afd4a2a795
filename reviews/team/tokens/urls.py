"""Addresses below /accounts/tokens/."""

from django.urls import path

from reviews.team.tokens import views

app_name = "tokens"

urlpatterns = [
    path("", views.tokens, name="tokens"),
    path("<int:token_id>/withdraw/", views.withdraw, name="withdraw"),
]
