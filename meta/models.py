"""All models of the rooms, for Django to find."""

from meta.analysis.models import Analysis, Plan, Snapshot
from meta.analysis.published.models import PublishedResult
from meta.releases.models import Notice, Release

__all__ = ["Analysis", "Notice", "Plan", "PublishedResult", "Release", "Snapshot"]
