"""The forms of an invoice: what is asked for, what is decided, and what is paid."""

from collections.abc import Mapping, Sequence

from wtforms import RadioField
from wtforms.validators import InputRequired, Optional

from certhub.queries.vendor_invoices import Worked
from certhub.rules.independence import Span
from certhub.rules.refusal import Refusal
from certhub.services.vendor_invoices import LineText
from certhub.web.dollars import Dollars
from certhub.web.forms import CertHubForm, Day, Line, Text, options

_WORK = "work_"
RELEASE, DENY = "release", "deny"


class InvoiceForm(CertHubForm):
    """A month's invoice; `for_people` adds an amount for each person who worked in it."""

    number = Line("Your invoice number", [InputRequired("Enter your invoice number.")], longest=30)
    other = Dollars("Another cost of the program", [Optional()])
    other_purpose = Line("What the other cost is for", [Optional()], longest=200)


class ReturnForm(CertHubForm):
    """An invoice that goes back."""

    reason = Text("Why it goes back", [InputRequired("Say what to correct.")], render_kw={"rows": 3})


class HoldForm(CertHubForm):
    """Days that are held back."""

    outcome = RadioField(
        "Decision",
        [InputRequired("Choose one.")],
        choices=options([(RELEASE, "Pay these days"), (DENY, "Do not pay these days")]),
    )
    reason = Text("Reason", [InputRequired("Say why.")], render_kw={"rows": 3})


class PaymentForm(CertHubForm):
    """Money that was paid."""

    paid_on = Day("Paid on", [InputRequired("Enter the day.")])
    amount = Dollars("Amount", [InputRequired("Enter an amount.")])
    reference = Line("Payment document", [InputRequired("Enter the document number.")], longest=40)


def for_people(people: Sequence[Worked]) -> type[InvoiceForm]:
    """The form with one amount for each person, in the order of names."""
    fields = {field_of(one): Dollars(one.name, [Optional()]) for one in people}
    return type("MonthInvoiceForm", (InvoiceForm,), fields)


def field_of(one: Worked) -> str:
    """The name of a person's field."""
    return f"{_WORK}{one.coordinator_id}"


def require_offered(sent: Mapping[str, str], people: Sequence[Worked]) -> None:
    """Refuse an amount for somebody who is not among those who worked in the month any more. Raises `Refusal`."""
    offered = {field_of(one) for one in people}
    if any(name.startswith(_WORK) and value.strip() and name not in offered for name, value in sent.items()):
        raise Refusal("Who worked in this month has changed meanwhile. Look at the amounts again, then send them.")


def typed(form: InvoiceForm, people: Sequence[Worked], month: Span) -> list[tuple[int | None, LineText]]:
    """The lines that have an amount; the coordinators are looked up by their ids. Raises `Refusal`."""
    lines: list[tuple[int | None, LineText]] = []
    for one in people:
        amount = getattr(form, field_of(one)).data
        if amount is not None:
            lines.append((one.coordinator_id, LineText(None, "Care coordination", one.days, amount)))
    if form.other.data is not None:
        if not form.other_purpose.data:
            raise Refusal("Say what the other cost is for.", field="other_purpose")
        lines.append((None, LineText(None, form.other_purpose.data, month, form.other.data)))
    return lines
