"""`manage.py create_owner`: the first person of a site, by one command."""

import getpass
import os
from typing import Any

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.urls import reverse

from reviews.team import services
from reviews.team.models import User

PASSWORD_VARIABLE = "PERENNIAL_OWNER_PASSWORD"  # noqa: S105  # the name of a variable


class Command(BaseCommand):
    help = (
        "Make a site administrator, who may begin reviews and make teams. Asks for a password, takes it from "
        f"{PASSWORD_VARIABLE}, or prints a link to set one."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email", help="the address that the person signs in with")
        parser.add_argument("--name", required=True, help="how the person is called")
        parser.add_argument("--team", default="", help="a team that the person leads; made where there is none")
        parser.add_argument("--link", action="store_true", help="print a link to set the password")
        parser.add_argument("--site", default="http://localhost:8000", help="the address of this site, for the link")

    def handle(self, *args: Any, **options: Any) -> None:
        password = None if options["link"] else os.environ.get(PASSWORD_VARIABLE) or self._ask()
        try:
            user = services.create_administrator(
                email=options["email"], name=options["name"], password=password, team=options["team"]
            )
        except ValidationError as refusal:
            raise CommandError(" ".join(refusal.messages)) from refusal
        self.stdout.write(f"{user} <{user.email}> may now run this site.")
        if options["link"]:
            self.stdout.write(f"Set the password at {options['site'].rstrip('/')}{self._link(user)}")

    def _ask(self) -> str:
        password = getpass.getpass("Password: ")
        if password != getpass.getpass("Again: "):
            raise CommandError("The two passwords differ. Nothing was made.")
        return password

    def _link(self, user: User) -> str:
        key = default_token_generator.make_token(user)
        return reverse("account_reset_password_from_key", kwargs={"uidb36": user_pk_to_url_str(user), "key": key})
