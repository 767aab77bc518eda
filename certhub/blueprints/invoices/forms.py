"""The forms of an invoice: what is asked for, what is decided, and what is paid."""

from collections.abc import Callable, Mapping, Sequence

from wtforms import RadioField
from wtforms.validators import InputRequired, Optional

from certhub.models.vendor_invoices import VendorInvoiceLine
from certhub.queries.vendor_invoices import Worked
from certhub.rules.independence import Span
from certhub.rules.money import dollars
from certhub.rules.refusal import Refusal
from certhub.rules.terms import written
from certhub.services.vendor_invoices import LineText
from certhub.web.dollars import Dollars
from certhub.web.forms import CertHubForm, Day, Line, Text, options

_WORK, _MORE = "work_", "more_"
RELEASE, DENY = "release", "deny"


class InvoiceForm(CertHubForm):
    """A month's invoice; `for_people` adds an amount for each person who worked in it."""

    number = Line("Your invoice number", [InputRequired("Enter your invoice number.")], longest=30)
    other = Dollars("Another cost of the program", [Optional()])
    other_purpose = Line("What the other cost is for", [Optional()], longest=200)
    more_purpose = Line("Why the approved amount was too low", [Optional()], longest=200)


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


class ReversalForm(CertHubForm):
    """A payment that came back, or was wrong."""

    reversed_on = Day("Reversed on", [InputRequired("Enter the day.")])
    reason = Text(
        "Why", [InputRequired("Say why.")], render_kw={"rows": 3},
        description="Such as a returned cheque or a wrong amount.",
    )  # fmt: skip


def for_people(people: Sequence[Worked], lines: Sequence[VendorInvoiceLine] = ()) -> type[InvoiceForm]:
    """The form with one amount for each stretch of somebody's work, and one for each line that can be added to."""
    fields = {field_of(one): Dollars(_named(one.name, one.days), [Optional()]) for one in people}
    fields |= {
        field_of_more(line): Dollars(
            f"More for {_named(line.coordinator.name, Span(line.starts_on, line.ends_on))}",
            [Optional()],
            description=f"{dollars(line.amount_cents)} in invoice {line.invoice.number}.",
        )
        for line in lines
        if line.coordinator is not None
    }
    return type("MonthInvoiceForm", (InvoiceForm,), fields)


def field_of(one: Worked) -> str:
    """The name of the field for a stretch of somebody's work."""
    return f"{_WORK}{one.coordinator_id}_{one.days.from_on.day}"


def field_of_more(line: VendorInvoiceLine) -> str:
    """The name of the field for what is added to an approved line."""
    return f"{_MORE}{line.id}"


def require_offered(sent: Mapping[str, str], people: Sequence[Worked], lines: Sequence[VendorInvoiceLine] = ()) -> None:
    """Refuse an amount for days that are not among those that can be invoiced any more. Raises `Refusal`."""
    offered = {"more_purpose", *(field_of(one) for one in people), *(field_of_more(line) for line in lines)}
    if any(name.startswith((_WORK, _MORE)) and value.strip() and name not in offered for name, value in sent.items()):
        raise Refusal("Who worked in this month has changed meanwhile. Look at the amounts again, then send them.")


def typed(
    form: InvoiceForm,
    people: Sequence[Worked],
    lines: Sequence[VendorInvoiceLine],
    days_of_other: Callable[[], Span],
) -> list[tuple[int | None, LineText]]:
    """The lines that have an amount; the coordinators are looked up by their ids. Raises `Refusal`."""
    found: list[tuple[int | None, LineText]] = []
    for one in people:
        amount = getattr(form, field_of(one)).data
        if amount is not None:
            found.append((one.coordinator_id, LineText(None, "Care coordination", one.days, amount)))
    for line in lines:
        amount = getattr(form, field_of_more(line)).data
        if amount is not None:
            if not form.more_purpose.data:
                raise Refusal("Say why the approved amount was too low.", field="more_purpose")
            days = Span(line.starts_on, line.ends_on)
            found.append((line.coordinator_id, LineText(None, form.more_purpose.data, days, amount, adds_to=line)))
    if form.other.data is not None:
        if not form.other_purpose.data:
            raise Refusal("Say what the other cost is for.", field="other_purpose")
        found.append((None, LineText(None, form.other_purpose.data, days_of_other(), form.other.data)))
    return found


def _named(name: str, days: Span) -> str:
    assert days.to_on is not None  # noqa: S101  (days within a month)
    return f"{name}, {written(days.from_on)} through {written(days.to_on)}"
