"""The forms of the pooled fund."""

from datetime import date

from wtforms import HiddenField, IntegerField, RadioField, SelectField
from wtforms.validators import Email, InputRequired, NumberRange, Optional

from certhub.models.fund import FundYear, PayerBase
from certhub.queries import fund
from certhub.rules.fiscal_years import fiscal_year_in_words as named
from certhub.rules.money import cents_of
from certhub.rules.pooled_fund.configuration import (
    ADMIN_CAP,
    APPEAL_DAYS,
    BASIS_LABELS,
    CLASS_LABELS,
    EXCLUDED_LABELS,
    FEDERAL_SHARE,
    INSTALMENT_CHOICES,
    INSTALMENTS,
    KIND_LABELS,
    LINE_LABELS,
    MODE_LABELS,
    NOTICE_DAYS,
    RESERVE_CAP,
    THRESHOLD_CENTS,
    Basis,
    Configuration,
    CoverageClass,
    ExcludedShareTo,
    FederalShare,
    Knowledge,
    LineKind,
    PayerKind,
    TrueUpMode,
    federal_shares_in_words,
    read_federal_shares,
)
from certhub.rules.pooled_fund.fiscal_year import first_day, month_in_words, months
from certhub.rules.pooled_fund.invoices import OUTCOME_LABELS
from certhub.rules.pooled_fund.words import percent, plain_dollars, read_hundredths, units
from certhub.rules.refusal import Refusal
from certhub.services.fund_years import BaseEntry
from certhub.services.payers import PayerEntry
from certhub.web.forms import CertHubForm, Day, Line, Text, options

_AMOUNT = "In dollars, such as 1,250.00."
_WHY = {"rows": 3}
_MOST_DAYS = 365


def typed(cents: int | None) -> str:
    """An amount as it stands in a field."""
    return "" if cents is None else f"{plain_dollars(cents):,}"


def _cents(form: CertHubForm, name: str) -> int:
    """The cents of what a field holds, refused beside it where it cannot be read or is below zero."""
    found = cents_of(form[name].data or "", field=name)
    if found < 0:
        raise Refusal("Type an amount that is not below zero.", field=name)
    return found


def _hundredths(form: CertHubForm, name: str, what: str) -> int:
    return read_hundredths(form[name].data or "", field=name, what=what)


class ConfigurationForm(CertHubForm):
    """The choices of a year."""

    basis = RadioField(
        "What payers share by",
        [InputRequired("Choose what payers share by.")],
        choices=options([(one.value, label) for one, label in BASIS_LABELS.items()]),
    )
    threshold = Line(
        "Least surcharge payments of a payer in scope",
        [InputRequired("Type the threshold; 0.00 for none.")],
        description="In dollars. 105 CMR 223.100 has $1,000,000.",
    )
    excluded_share_to = RadioField(
        "The share of payers below it",
        [InputRequired("Choose who bears their share.")],
        choices=options([(one.value, label) for one, label in EXCLUDED_LABELS.items()]),
    )
    admin_cap = Line(
        "Most for administration", [InputRequired("Type a percentage.")], description="Percent of the need."
    )
    reserve_cap = Line(
        "Most for the reserve",
        [InputRequired("Type a percentage.")],
        description="Percent of the cost of the year before.",
    )
    prior_cost = Line("Cost of the year before", [InputRequired("Type the cost.")], description=_AMOUNT)
    medicaid_rate = Line(
        "Approved Medicaid rate", [InputRequired("Type the rate.")], description="In dollars for one unit."
    )
    federal_shares = Text(
        "Federal share of Medicaid",
        [InputRequired("Type the federal share and the day from which it counts.")],
        longest=1000,
        description="A day and a percentage on each line, such as 2026-07-01 50.00.",
        render_kw={"rows": 3},
    )
    instalments = SelectField(
        "Instalments", choices=options([(str(number), str(number)) for number in INSTALMENT_CHOICES])
    )
    true_up_mode = RadioField(
        "Where the true-up goes",
        [InputRequired("Choose where the true-up goes.")],
        choices=options([(one.value, label) for one, label in MODE_LABELS.items()]),
    )
    appeal_days = IntegerField(
        "Days to appeal",
        [InputRequired("Type a number of days."), NumberRange(1, _MOST_DAYS, "Type a number from 1 to 365.")],
    )
    notice_days = IntegerField(
        "Days from the notice to the first payment",
        [InputRequired("Type a number of days."), NumberRange(0, _MOST_DAYS, "Type a number from 0 to 365.")],
    )

    def chosen(self, fiscal_year: int) -> Configuration:
        """What was chosen. Raises `Refusal`."""
        return Configuration(
            fiscal_year=fiscal_year,
            basis=Basis(self.basis.data),
            threshold_cents=_cents(self, "threshold"),
            admin_cap=_hundredths(self, "admin_cap", "a percentage, such as 5.00"),
            reserve_cap=_hundredths(self, "reserve_cap", "a percentage, such as 10.00"),
            prior_cost_cents=_cents(self, "prior_cost"),
            medicaid_rate_cents=_cents(self, "medicaid_rate"),
            federal_shares=read_federal_shares(self.federal_shares.data),
            instalments=int(self.instalments.data),
            true_up_mode=TrueUpMode(self.true_up_mode.data),
            excluded_share_to=ExcludedShareTo(self.excluded_share_to.data),
            appeal_days=self.appeal_days.data,
            notice_days=self.notice_days.data,
        )


class YearForm(ConfigurationForm):
    """A new year."""

    fiscal_year = IntegerField(
        "Fiscal year",
        [InputRequired("Type the year in which it ends."), NumberRange(2001, 2199, "Type a year from 2001 to 2199.")],
        description="The year in which it ends: 2027 is July 1, 2026, through June 30, 2027.",
    )


def defaults(fiscal_year: int) -> dict[str, object]:
    """The choices with which a new year begins: program defaults."""
    return as_typed(
        Configuration(
            fiscal_year,
            threshold_cents=THRESHOLD_CENTS,
            admin_cap=ADMIN_CAP,
            reserve_cap=RESERVE_CAP,
            federal_shares=(FederalShare(first_day(fiscal_year), FEDERAL_SHARE),),
            instalments=INSTALMENTS,
            appeal_days=APPEAL_DAYS,
            notice_days=NOTICE_DAYS,
        )
    )


def choices_of(year: FundYear) -> dict[str, object]:
    """The choices of a year as they stand in the form."""
    return as_typed(fund.configuration(year))


def as_typed(chosen: Configuration) -> dict[str, object]:
    """Choices as they stand in the form."""
    return {
        "fiscal_year": chosen.fiscal_year, "basis": chosen.basis.value, "threshold": typed(chosen.threshold_cents),
        "excluded_share_to": chosen.excluded_share_to.value, "admin_cap": percent(chosen.admin_cap),
        "reserve_cap": percent(chosen.reserve_cap), "prior_cost": typed(chosen.prior_cost_cents),
        "medicaid_rate": typed(chosen.medicaid_rate_cents),
        "federal_shares": federal_shares_in_words(chosen.federal_shares), "instalments": str(chosen.instalments),
        "true_up_mode": chosen.true_up_mode.value, "appeal_days": chosen.appeal_days,
        "notice_days": chosen.notice_days,
    }  # fmt: skip


class LineForm(CertHubForm):
    """A line of the need."""

    kind = SelectField("What it is", choices=options([(one.value, label) for one, label in LINE_LABELS.items()]))
    label = Line(
        "Name",
        [InputRequired("Give the line a name.")],
        description="Executed contracts are counted by themselves: type only one that is not signed yet.",
    )
    amount = Line(
        "Amount",
        [InputRequired("Type the amount.")],
        description="In dollars. A surplus that is carried over has a minus sign.",
    )
    source = Line("Source", [InputRequired("Say where the amount comes from.")], description="A document and its day.")

    def cents(self) -> int:
        """The amount. Raises `Refusal`."""
        return cents_of(self.amount.data, field="amount")

    def line_kind(self) -> LineKind:
        """What the line is."""
        return LineKind(self.kind.data)


class UnitsForm(CertHubForm):
    """Child-months of the classes in some months."""

    knowledge = RadioField(
        "These numbers are",
        [InputRequired("Choose what these numbers are.")],
        choices=options([("estimate", "Foreseen before the year"), ("actual", "Counted, for the true-up")]),
    )
    from_month = SelectField("From", description="Each month of the span gets the same numbers.")
    to_month = SelectField("Through")
    private = Line(CLASS_LABELS[CoverageClass.PRIVATE], [InputRequired("Type the units of a month.")])
    medicaid = Line(CLASS_LABELS[CoverageClass.MEDICAID], [InputRequired("Type the units of a month.")])
    state_direct = Line(
        CLASS_LABELS[CoverageClass.STATE_DIRECT],
        [InputRequired("Type the units of a month.")],
        description="Children without cover, or whose cover is not resolved, count here.",
    )
    source = Line("Source", [InputRequired("Say where the numbers come from.")])

    def offer(self, fiscal_year: int) -> None:
        """Let the months of the year be chosen."""
        named_months = [(month.isoformat(), month_in_words(month)) for month in months(fiscal_year)]
        self.from_month.choices = options(named_months)
        self.to_month.choices = options(named_months)

    def counted(self) -> dict[CoverageClass, int]:
        """The units of each class in hundredths. Raises `Refusal`."""
        return {one: _hundredths(self, one.value, "a number, such as 471.5") for one in CoverageClass}

    def span(self) -> tuple[date, date]:
        """The first and the last month."""
        return date.fromisoformat(self.from_month.data), date.fromisoformat(self.to_month.data)


class BaseForm(CertHubForm):
    """What a payer's share rests on."""

    knowledge = RadioField(
        "These numbers are",
        [InputRequired("Choose what these numbers are.")],
        choices=options([("estimate", "For the assessment"), ("actual", "Counted, for the true-up")]),
    )
    payments = Line(
        "Surcharge payments", [Optional()], description="In dollars. They decide whether the payer is in scope."
    )
    child_months = Line("Covered child-months", [Optional()], description="A whole number.")
    attributed = Line("Attributed units", [Optional()], description="Such as 471.5.")
    source = Line("Source", [InputRequired("Say where the numbers come from.")])

    def entry(self) -> BaseEntry:
        """What was typed. Raises `Refusal`."""
        child_months = _hundredths(self, "child_months", "a whole number") if self.child_months.data else None
        if child_months is not None and child_months % 100:
            raise Refusal("Type a whole number of child-months.", field="child_months")
        return BaseEntry(
            payments_cents=_cents(self, "payments") if self.payments.data else None,
            child_months=None if child_months is None else child_months // 100,
            units_hundredths=_hundredths(self, "attributed", "a number, such as 471.5")
            if self.attributed.data
            else None,
            source=self.source.data,
        )

    def known(self) -> Knowledge:
        """Whether it was foreseen or counted."""
        return Knowledge(self.knowledge.data)


def base_typed(base: PayerBase | None, knowledge: Knowledge) -> dict[str, object]:
    """A base as it stands in the form."""
    if base is None:
        return {"knowledge": knowledge.value}
    return {
        "knowledge": knowledge.value,
        "payments": typed(base.payments_cents),
        "child_months": "" if base.child_months is None else f"{base.child_months:,}",
        "attributed": "" if base.units_hundredths is None else units(base.units_hundredths),
        "source": base.source,
    }


class ReasonForm(CertHubForm):
    """Why something is done."""

    reason = Text("Why", [InputRequired("Say why.")], longest=1000, render_kw=_WHY)


class ConfirmForm(CertHubForm):
    """Nothing to fill in: the page says what happens."""


class AdoptForm(CertHubForm):
    """The adoption of the shares that were seen."""

    seen = HiddenField()


class AdoptAnewForm(AdoptForm):
    """The adoption of other shares than before."""

    reason = Text("Why they are adopted anew", [InputRequired("Say why.")], longest=1000, render_kw=_WHY)


class CostForm(CertHubForm):
    """The actual cost of a year: worked out first, recorded after."""

    seen = HiddenField()
    cost = Line("Actual cost of the year", [InputRequired("Type the cost.")], description=_AMOUNT)
    earmarked = Line("Earmarked money that was used", [InputRequired("Type the amount, or 0.")], description=_AMOUNT)
    cost_source = Line("Source", [InputRequired("Say where the amount comes from.")])
    gaps_reason = Text(
        "Why what was foreseen counts where nothing was counted",
        [Optional()],
        longest=1000,
        description="It is kept with the true-up.",
        render_kw=_WHY,
    )
    reason = Text(
        "Why it is recorded anew", [Optional()], longest=1000, description="If one is on record.", render_kw=_WHY
    )

    def cents(self) -> int:
        """The cost. Raises `Refusal`."""
        return _cents(self, "cost")

    def earmarked_cents(self) -> int:
        """The earmarked money. Raises `Refusal`."""
        return _cents(self, "earmarked")


class PaymentForm(CertHubForm):
    """Money that came in."""

    amount = Line("Amount", [InputRequired("Type the amount.")], description=_AMOUNT)
    received_on = Day("Day", [InputRequired("Choose the day on which the money came in.")])
    reference = Line("Reference", [Optional()], description="Number of the cheque or the transfer.")

    def cents(self) -> int:
        """The amount. Raises `Refusal`."""
        return _cents(self, "amount")


class RefundForm(PaymentForm):
    """Money that went back."""

    reason = Text("Why", [InputRequired("Say why.")], longest=1000, render_kw=_WHY)


class WriteOffForm(CertHubForm):
    """What will not be collected."""

    amount = Line("Amount", [InputRequired("Type the amount.")], description=_AMOUNT)
    written_off_on = Day("Day of the decision", [InputRequired("Choose the day.")])
    reason = Text("Why", [InputRequired("Say why.")], longest=1000, render_kw=_WHY)

    def cents(self) -> int:
        """The amount. Raises `Refusal`."""
        return _cents(self, "amount")


class ReferralForm(CertHubForm):
    """An overdue instalment for whoever collects it."""

    number = SelectField("Instalment", coerce=int)
    referred_on = Day("Day", [InputRequired("Choose the day.")])
    referred_to = Line("To whom", [InputRequired("Say to whom.")], description="Such as the Attorney General.")
    reason = Text("Note", [Optional()], longest=1000, render_kw=_WHY)


class AppealForm(CertHubForm):
    """A payer's appeal."""

    filed_on = Day("Day on which it came in", [InputRequired("Choose the day.")])
    grounds = Text("What the payer says", [InputRequired("Say what the payer disagrees with.")], longest=4000)


class DecisionForm(CertHubForm):
    """How an appeal ended."""

    outcome = RadioField(
        "Outcome",
        [InputRequired("Choose how the appeal ended.")],
        choices=options([(one.value, label) for one, label in OUTCOME_LABELS.items()]),
    )
    changed_to = Line("New share of the year", [Optional()], description="In dollars, where the assessment is changed.")
    reason = Text("Why", [InputRequired("Say why. The payer reads it.")], longest=4000, render_kw=_WHY)

    def changed_cents(self) -> int | None:
        """The new assessment, if one was typed. Raises `Refusal`."""
        return _cents(self, "changed_to") if self.changed_to.data else None


class PayerForm(CertHubForm):
    """A payer of the registry."""

    name = Line("Name", [InputRequired("Type the payer's name.")])
    kind = SelectField("Kind", choices=options([(one.value, label) for one, label in KIND_LABELS.items()]))
    attention = Line("Who opens its notices", [Optional()])
    email = Line(
        "E-mail of whoever opens its notices",
        [Optional(), Email("Type an e-mail address, such as name@example.org.")],
        longest=254,
        description="Reminders of instalments go there. Leave it empty if the payer gets none.",
    )
    address = Text("Address", [Optional()], longest=400, render_kw=_WHY)
    successor_id = SelectField("Merged into", coerce=int, description="Its base then counts for the successor.")
    merged_on = Day("First day of the merger", [Optional()])
    left_on = Day("Last day in the market", [Optional()], description="Only if it left Massachusetts.")

    def entry(self) -> PayerEntry:
        """What was typed."""
        return PayerEntry(
            name=self.name.data,
            kind=PayerKind(self.kind.data),
            attention=self.attention.data or "",
            email=(self.email.data or "").lower() or None,
            address=self.address.data or "",
            successor_id=self.successor_id.data or None,
            merged_on=self.merged_on.data,
            left_on=self.left_on.data,
        )


def year_name(year: FundYear) -> str:
    """The name of a year for titles."""
    return named(year.fiscal_year)
