"""Addresses that belong to the site and to no review: invitations, accounts, teams."""

from django.urls import path

from reviews.team import views

app_name = "site"

urlpatterns = [
    path("invitations/<str:token>/", views.invitation, name="invitation"),
    path("site/people/", views.site_people, name="people"),
    path("site/people/<int:user_id>/disable/", views.disable_account, name="disable"),
    path("site/people/<int:user_id>/enable/", views.enable_account, name="enable"),
    path("site/teams/", views.site_teams, name="teams"),
    path("site/teams/<int:team_id>/lead/", views.team_lead, name="team-lead"),
]
