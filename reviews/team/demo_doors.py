"""The people of the demonstration, and the doors by which a visitor steps into their roles.

The doors exist in the embedded mode, when asked for, and for a browser on the same machine only.
"""

from dataclasses import dataclass
from ipaddress import ip_address

from django.conf import settings
from django.http import HttpRequest
from django.http.request import split_domain_port
from django.utils.translation import gettext_lazy as _

from reviews.team.models import User
from reviews.team.rules import Role

LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "[::1]"})
PROXY_HEADERS = ("X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-IP", "Forwarded", "Via")
"""What a proxy adds. Behind one, every visitor seems to come from this machine."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody of the demonstration; `key` names their door."""

    key: str
    email: str
    name: str
    role: Role
    does: object
    """A sentence, translated when it is shown."""


PEOPLE = (
    Person(
        "owner",
        "ada.owner@demo.invalid",
        "Ada Okafor",
        Role.OWNER,
        _("owns the review: writes its protocol, publishes"),
    ),
    Person("extractor", "ben.extractor@demo.invalid", "Ben Ito", Role.EXTRACTOR, _("adds trials and their numbers")),
    Person(
        "second-extractor", "cleo.extractor@demo.invalid", "Cleo Marsh", Role.EXTRACTOR, _("confirms what Ben entered")
    ),
    Person("reviewer", "dara.reviewer@demo.invalid", "Dara Lindqvist", Role.REVIEWER, _("screens what a search found")),
    Person("adjudicator", "eli.adjudicator@demo.invalid", "Eli Novak", Role.ADJUDICATOR, _("settles conflicts")),
    Person("reader", "fay.reader@demo.invalid", "Fay Duarte", Role.READER, _("sees everything, changes nothing")),
)


def are_open(request: HttpRequest) -> bool:
    """Whether this request may see the doors: the demo runs, and the browser is on this machine."""
    if not settings.DEMO_DOORS:
        return False
    if any(header in request.headers for header in PROXY_HEADERS):
        return False
    host, _port = split_domain_port(request.get_host())
    return host in LOOPBACK_NAMES and _is_loopback(request.META.get("REMOTE_ADDR", ""))


def _is_loopback(address: str) -> bool:
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return False


def doors(request: HttpRequest) -> list[dict[str, object]]:
    """The doors for the sign-in page, in the order of the tour; none where they are not open or nobody is behind them."""
    if not are_open(request):
        return []
    there = set(User.objects.filter(email__in=[person.email for person in PEOPLE]).values_list("email", flat=True))
    return [
        {"role": person.key, "name": person.name, "does": person.does} for person in PEOPLE if person.email in there
    ]


def person_behind(key: str) -> User | None:
    """The account that a door leads to; None for a door that is not there."""
    address = next((person.email for person in PEOPLE if person.key == key), None)
    return User.objects.filter(email=address, is_active=True).first() if address else None
