"""A service's refusal, told beside the fields that it speaks of."""

from django.core.exceptions import ValidationError
from django.forms import BaseForm


def onto(form: BaseForm, refusal: ValidationError) -> None:
    """Put the messages onto a form that has been cleaned; what names no field of it stands above all fields."""
    if not hasattr(refusal, "error_dict"):
        form.add_error(None, refusal.messages)
        return
    for name, messages in refusal.message_dict.items():
        form.add_error(name if name in form.fields else None, messages)
