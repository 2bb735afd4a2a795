"""The only message that reviews sends upward."""

from django.dispatch import Signal

evidence_changed = Signal()
"""Confirmed evidence of a study changed, or a review's choice of studies did.

Sent inside the transaction of the change, with `study_id` and `outcome_ids` (None: all of them), and `review_id`
(None: every review that includes the study). Receivers only write down what is now owed.
"""
