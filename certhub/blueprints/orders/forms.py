"""The forms of an order: its draft, the confirmation that puts it in force, and its revocation."""

from typing import Any

from wtforms import BooleanField, FileField, HiddenField, IntegerField, RadioField, SelectField
from wtforms.validators import InputRequired, Optional

from certhub.models.orders import BoardOrder
from certhub.queries import orders, organizations
from certhub.rules.orders import KIND_LABELS, Cohort, OrderKind, OrderText
from certhub.rules.refusal import Refusal
from certhub.rules.regions import REGION_LABELS
from certhub.rules.vocabulary import Region
from certhub.web.forms import CertHubForm, Day, Line, Text, options
from certhub.web.particulars import number_or_none, numbered

_ANY = "Any"
_ANNOUNCE = "Write to everybody whose dates it moves, and to their employers."
_REGIONS = [("", _ANY), *((region.value, label) for region, label in REGION_LABELS.items())]


class OrderForm(CertHubForm):
    """An order as the Board worded it: what it does, and for whom."""

    number = Line("Number", [Optional()], description="Such as 2026-04. Leave empty for the next one of the year.")
    title = Line("Title", [InputRequired("Give the order a title.")])
    adopted_on = Day("Adopted on", [InputRequired("Enter the day of the vote.")], description="The day of the vote.")
    citation = Line(
        "Legal ground", [InputRequired("Name the legal ground.")], description="For example M.G.L. c.30A s.13."
    )
    text = Text("Text", [InputRequired("Enter the text of the order.")], render_kw={"rows": 5})
    document = FileField("Signed order", [Optional()], description="As PDF. Everybody who has signed in can read it.")
    kind = RadioField(
        "What the order does",
        [InputRequired("Choose one.")],
        choices=options([(kind.value, label) for kind, label in KIND_LABELS.items()]),
    )
    extends_to = Day("To a fixed day", [Optional()], description="Or leave it empty and give months or days.")
    extends_months = IntegerField("By months", [Optional()])
    extends_days = IntegerField("By days", [Optional()])
    grace_only = BooleanField("Move the end of late renewal only, not the last day")
    future_grants = BooleanField("Also count for terms that are granted later")
    waived_codes = Line(
        "Requirements", [Optional()], description="Codes with commas between them, such as CC-09, CC-10."
    )
    submitted_from = Day("Submitted from", [Optional()])
    submitted_to = Day("Submitted through", [Optional()])
    standard = SelectField("Standard", [Optional()])
    region = SelectField("Region", [Optional()], choices=options(_REGIONS))
    vendor = SelectField("Employer", [Optional()], description="Whom this vendor employed on the day of the vote.")
    expires_from = Day("Terms that end from", [Optional()])
    expires_to = Day("Terms that end through", [Optional()])
    credential = Line("One credential", [Optional()], description="Its number, such as CC-2026-000123-4.")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.standard.choices = numbered([(one.id, one.code) for one in orders.standard_sets()], _ANY)
        self.vendor.choices = numbered(organizations.vendor_choices(), _ANY)

    def typed(self) -> OrderText:
        """What was typed. Raises `Refusal` for the number of a credential that there is not."""
        credential_id = None
        if self.credential.data:
            credential_id = orders.credential_numbered(self.credential.data)
            if credential_id is None:
                raise Refusal("No credential has this number. Compare it with the certificate.", field="credential")
        return OrderText(
            number=self.number.data or "",
            title=self.title.data,
            kind=OrderKind(self.kind.data),
            adopted_on=self.adopted_on.data,
            citation=self.citation.data,
            text=self.text.data,
            extends_to=self.extends_to.data,
            extends_months=self.extends_months.data or 0,
            extends_days=self.extends_days.data or 0,
            grace_only=self.grace_only.data,
            future_grants=self.future_grants.data,
            waived_codes=tuple(dict.fromkeys((self.waived_codes.data or "").upper().replace(",", " ").split())),
            submitted_from=self.submitted_from.data,
            submitted_to=self.submitted_to.data,
            cohort=Cohort(
                credential_id=credential_id,
                standard_id=number_or_none(self.standard.data),
                region=Region(self.region.data) if self.region.data else None,
                vendor_id=number_or_none(self.vendor.data),
                expires_from=self.expires_from.data,
                expires_to=self.expires_to.data,
            ),
        )


def as_typed(order: BoardOrder) -> dict[str, Any]:
    """A draft as its form shows it."""
    names = (
        "number", "title", "adopted_on", "citation", "text", "extends_to", "grace_only", "future_grants",
        "submitted_from", "submitted_to", "expires_from", "expires_to",
    )  # fmt: skip
    return {
        **{name: getattr(order, name) for name in names},
        "kind": order.kind.value,
        "extends_months": order.extends_months or None,
        "extends_days": order.extends_days or None,
        "waived_codes": ", ".join(order.waived_codes),
        "standard": str(order.standard_id or ""),
        "region": order.region.value if order.region else "",
        "vendor": str(order.vendor_id or ""),
        "credential": order.credential.number if order.credential else "",
    }


class AdoptForm(CertHubForm):
    """The confirmation of what the preview shows; `seen` says which preview that was."""

    seen = HiddenField()
    confirmed = BooleanField(
        "The Board adopted this order, and it counts from now on.", [InputRequired("Tick this to put it in force.")]
    )
    announce = BooleanField(_ANNOUNCE)


class RevokeForm(CertHubForm):
    """When and why the Board revoked an order; `seen` says which preview was looked at."""

    seen = HiddenField()
    revoked_on = Day("Revoked on", [InputRequired("Enter the day of the vote.")], description="The day of the vote.")
    reason = Text("Reason", [InputRequired("Give the reason.")], render_kw={"rows": 3})
    citation = Line("Legal ground", [Optional()])
    announce = BooleanField(_ANNOUNCE)
