"""By when DPH decides and pays an invoice, and by when a vendor files one again that went back. Program defaults."""

from datetime import date, timedelta

PAYMENT_DAYS = 30
"""The last of the days (10, 15, 20, 30) for which the Standard Contract Form has a prompt payment discount."""
CORRECTION_DAYS = 30


def to_be_paid_by(filed_on: date) -> date:
    """The day by which an invoice is decided and paid."""
    return filed_on + timedelta(days=PAYMENT_DAYS)


def to_be_filed_again_by(returned_on: date) -> date:
    """The day by which the vendor files an invoice again that DPH returned."""
    return returned_on + timedelta(days=CORRECTION_DAYS)
