"""How allauth behaves here: accounts come by invitation only, and few of its pages exist."""

from typing import Any

from allauth.account import views
from allauth.account.adapter import DefaultAccountAdapter, get_adapter
from allauth.account.forms import ResetPasswordForm
from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import path, re_path
from django.utils.translation import gettext as _

from reviews.team.request import MemberRequest


class InvitedOnly(DefaultAccountAdapter):  # type: ignore[misc]  # allauth ships no types
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def populate_username(self, request: HttpRequest, user: Any) -> None:
        """People sign in with their address; there is no other name to make up."""


class AskForPassword(ResetPasswordForm):  # type: ignore[misc]
    """Sends a letter to every address alike, so that neither the answer nor its time tells who has an account."""

    def save(self, request: HttpRequest, **options: Any) -> str:
        if self.users:
            return str(super().save(request, **options))
        address: str = self.cleaned_data["email"]
        get_adapter().send_mail("account/email/unknown_account", address, {"request": request})
        return address


def change_password(request: MemberRequest) -> HttpResponseBase:
    """allauth would offer to set a first password; here that takes a link to the address."""
    if request.user.has_usable_password():
        answer: HttpResponseBase = views.password_change(request)
        return answer
    messages.info(request, _("Your account has no password yet. Ask for a link to set one."))
    return redirect("account_reset_password")


urlpatterns = [
    path("login/", views.login, name="account_login"),
    path("logout/", views.logout, name="account_logout"),
    path("inactive/", views.account_inactive, name="account_inactive"),
    path("password/change/", change_password, name="account_change_password"),
    path(
        "password/reset/",
        views.PasswordResetView.as_view(form_class=AskForPassword),
        name="account_reset_password",
    ),
    path("password/reset/done/", views.password_reset_done, name="account_reset_password_done"),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        views.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path(
        "password/reset/key/done/",
        views.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
]
"""Signing in and out, and the password. No registration, no e-mail pages, no other ways in."""
