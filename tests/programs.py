"""A program that asks the API, as the person whose session it has."""

from typing import Any

from rest_framework.test import APIClient

from reviews.team.models import User


def program_of(person: User | None) -> Any:
    client = APIClient()
    if person is not None:
        client.force_login(person)
    return client


def everything(client: Any, address: str) -> list[dict[str, Any]]:
    """All rows of a list, page after page."""
    rows: list[dict[str, Any]] = []
    while address:
        answer = client.get(address)
        assert answer.status_code == 200, answer.json()
        rows += answer.json()["results"]
        address = answer.json()["next"]
    return rows
