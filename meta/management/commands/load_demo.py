"""Load the demonstration review, once."""

from typing import Any

from django.core.management.base import BaseCommand

from meta.demo.load import load


class Command(BaseCommand):
    help = "Load the demonstration review (mesenchymal stromal cells for COVID-19). A second run changes nothing."

    def handle(self, *args: Any, **options: Any) -> None:
        loaded = load()
        state = "is there already" if loaded.was_there else "is loaded"
        self.stdout.write(f"The demo review {state}: /r/{loaded.review.slug}/ with {loaded.versions} versions.")
