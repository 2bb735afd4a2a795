"""The messages that an earlier room sends to later ones, which it does not know."""

from django.dispatch import Signal

evidence_changed = Signal()
"""Confirmed evidence of a study changed, or a review's choice of studies did.

Sent inside the transaction of the change, with `study_id` and `outcome_ids` (None: all of them), and `review_id`
(None: every review that includes the study). Receivers only write down what is now owed.
"""

records_arrived = Signal()
"""Every record of an import is in the review. Sent inside the transaction, with `review_id` and `import_id`."""

judged_among = Signal()
"""Whether somebody judged any of some records. Sent with `records` (a QuerySet of Record); a receiver answers true or
false, and one true answer is enough. Rooms that judge records answer it."""
