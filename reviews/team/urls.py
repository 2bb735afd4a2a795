"""Addresses below /reviews/ that speak of people."""

from django.urls import path

from reviews.team import views

urlpatterns = [
    path("<slug:slug>/people/", views.people, name="people"),
    path("<slug:slug>/people/invite/", views.invite, name="invite"),
    path(
        "<slug:slug>/people/invitations/<int:invitation_id>/withdraw/",
        views.withdraw_invitation,
        name="invitation-withdraw",
    ),
    path("<slug:slug>/people/<int:user_id>/roles/", views.member_roles, name="member-roles"),
    path("<slug:slug>/people/<int:user_id>/remove/", views.remove_member, name="member-remove"),
]

trail_patterns = [path("", views.events, name="events")]
"""Below /reviews/<slug>/audit/."""
