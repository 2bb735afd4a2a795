"""The messages that an earlier room sends to later ones, which it does not know."""

from django.dispatch import Signal

evidence_changed = Signal()
"""Confirmed evidence of a study changed, or a review's choice of studies did.

Sent inside the transaction of the change, with `study_id` and `outcome_ids` (None: all of them), and `review_id`
(None: every review that includes the study). Receivers only write down what is now owed.
"""

records_arrived = Signal()
"""Every record of an import is in the review. Sent inside the transaction, with `review_id` and `import_id`."""

records_leaving = Signal()
"""Records are about to be taken out: their import is undone, or they are retired with a reason. Sent inside the
transaction, before it happens, with `records` (a QuerySet of Record), `review_id` and `actor`. Whoever made copies point at
one of them lets these go, so that a record that stays does not vanish with one that leaves.
"""

judged_among = Signal()
"""Whether somebody judged any of some records. Sent with `records` (a QuerySet of Record); a receiver answers true or
false, and one true answer is enough. Rooms that judge records answer it."""
