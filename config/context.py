"""What templates of every page may need."""

from django.conf import settings
from django.http import HttpRequest


def demo_doors(request: HttpRequest) -> dict[str, object]:
    """The demo's doors, for the sign-in page only, and only where they exist."""
    match = request.resolver_match
    if not settings.DEMO_DOORS or match is None or match.view_name != "account_login":
        return {}
    from reviews.team.demo_doors import doors

    return {"demo_doors": doors(request)}
