"""`manage.py verify_audit`: check every chain of the audit trail."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from reviews.base.audit import queries


class Command(BaseCommand):
    help = "Check that no audit event was changed, removed or reordered. Names the first bad row of each chain."

    def handle(self, *args: Any, **options: Any) -> None:
        faults = list(queries.faults())
        for fault in faults:
            self.stderr.write(f"{fault.chain}, event {fault.number}: {fault.problem}.")
        if faults:
            raise CommandError(f"The audit trail does not hold in {len(faults)} of its chains.", returncode=1)
        chains, events = queries.extent()
        self.stdout.write(f"The audit trail holds (chains: {chains}, events: {events}).")
