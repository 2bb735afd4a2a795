"""The demonstration's doors: no address at all unless the demonstration runs."""

from django.conf import settings
from django.urls import path

from reviews.team import views

urlpatterns = [path("demo/enter/<slug:role>/", views.enter_demo, name="demo-enter")] if settings.DEMO_DOORS else []
