"""Forms of an organization's record."""

from typing import Any

from wtforms import BooleanField, IntegerField, SelectField
from wtforms.validators import InputRequired, Optional

from certhub.models.parties import Party, Practice, TrainingProgram, VendorOrganization
from certhub.queries import municipalities
from certhub.rules.champions import CHAMPION_LABELS
from certhub.rules.vocabulary import SubjectType
from certhub.web.forms import CertHubForm, Day, Line, options
from certhub.web.particulars import ParticularsForm, number_or_none, numbered


class VendorForm(ParticularsForm):
    """What is on file about a vendor organization."""

    vendor_code = Line(
        "Vendor code",
        [InputRequired("Enter the vendor code.")],
        longest=40,
        description="VC and 10 digits, as the state's accounting system has it.",
    )

    def __init__(self, *args: Any, party: VendorOrganization | None = None, **kwargs: Any) -> None:
        if party is not None:
            kwargs = {"vendor_code": party.vendor_code, **kwargs}
        super().__init__(*args, party=party, **kwargs)


class PracticeForm(ParticularsForm):
    """What is on file about a practice."""

    npi = Line(
        "NPI",
        [InputRequired("Enter the NPI.")],
        longest=40,
        description="National Provider Identifier, 10 digits.",
    )
    pays_coordinator_wages = BooleanField(
        "The practice pays part of a coordinator's wages.",
        description="This breaks the rule that coordinators are independent of the practice.",
    )

    def __init__(self, *args: Any, party: Practice | None = None, **kwargs: Any) -> None:
        if party is not None:
            kwargs = {"npi": party.npi, "pays_coordinator_wages": party.pays_coordinator_wages, **kwargs}
        super().__init__(*args, party=party, **kwargs)


class ProgramForm(ParticularsForm):
    """What is on file about a training program."""

    parent_institution = Line("Parent institution", [Optional()])

    def __init__(self, *args: Any, party: TrainingProgram | None = None, **kwargs: Any) -> None:
        if party is not None:
            kwargs = {"parent_institution": party.parent_institution, **kwargs}
        super().__init__(*args, party=party, **kwargs)


_FORMS: dict[SubjectType, type[ParticularsForm]] = {
    SubjectType.VENDOR: VendorForm,
    SubjectType.PRACTICE: PracticeForm,
    SubjectType.TRAINING_PROGRAM: ProgramForm,
}


def form_for(kind: SubjectType, party: Party | None = None) -> ParticularsForm:
    """The form of one kind of organization."""
    return _FORMS[kind](party=party)


class ContactForm(CertHubForm):
    """A person at an organization."""

    name = Line("Name", [InputRequired("Enter the name.")])
    responsibility = Line(
        "Responsible for",
        [InputRequired("Say what this person can be asked about.")],
        longest=80,
        description="For example contract manager or CORI coordinator.",
    )
    email = Line("E-mail", [Optional()], longest=254)
    phone = Line("Telephone", [Optional()], longest=60)


class SiteForm(CertHubForm):
    """A place where a practice sees patients."""

    name = Line("Name of the site", [InputRequired("Enter the name.")])
    address_line = Line("Street and number", [InputRequired("Enter the street and number.")])
    zip_code = Line("ZIP code", [Optional()], longest=20)
    municipality_id = SelectField("City or town", [InputRequired("Choose the city or town.")], coerce=number_or_none)
    service_location = Line("MassHealth provider ID and service location (PID/SL)", [Optional()], longest=20)
    opened_on = Day("Open since", [Optional()])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.municipality_id.choices = numbered(municipalities.choices())


class MoveForm(CertHubForm):
    """Where a site moves."""

    address_line = Line("New street and number", [InputRequired("Enter the street and number.")])
    zip_code = Line("ZIP code", [Optional()], longest=20)
    municipality_id = SelectField("City or town", [InputRequired("Choose the city or town.")], coerce=number_or_none)
    moved_on = Day("First day at the new address", [InputRequired("Enter the first day at the new address.")])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.municipality_id.choices = numbered(municipalities.choices())


class SiteCorrectionForm(CertHubForm):
    """What was recorded wrongly about a site, with the reason."""

    name = Line("Name of the site", [InputRequired("Enter the name.")])
    address_line = Line("Street and number", [InputRequired("Enter the street and number.")])
    zip_code = Line("ZIP code", [Optional()], longest=20)
    municipality_id = SelectField("City or town", [InputRequired("Choose the city or town.")], coerce=number_or_none)
    service_location = Line("MassHealth provider ID and service location (PID/SL)", [Optional()], longest=20)
    opened_on = Day("Open since", [Optional()])
    reason = Line("What was wrong", [InputRequired("Say what was wrong.")], longest=500)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.municipality_id.choices = numbered(municipalities.choices())


class ChampionForm(CertHubForm):
    """Somebody who leads the work in a practice."""

    role = SelectField("Role", choices=options((role.value, label) for role, label in CHAMPION_LABELS.items()))
    name = Line("Name", [InputRequired("Enter the name.")])
    email = Line("E-mail", [InputRequired("Enter the e-mail address.")], longest=254)
    starts_on = Day("First day", [InputRequired("Enter the first day.")])
    ends_on = Day("Last day", [Optional()], description="Leave this empty while it goes on.")


class ChampionCorrectionForm(ChampionForm):
    """A corrected champion, with the reason."""

    reason = Line("What was wrong", [InputRequired("Say what was wrong.")], longest=500)


class StrikeForm(CertHubForm):
    """Why an entry is taken back wholly."""

    reason = Line("What was wrong", [InputRequired("Say what was wrong.")], longest=500)


class LastDayForm(CertHubForm):
    """The end of something that has a first day."""

    ends_on = Day("Last day", [InputRequired("Enter the last day.")])


class StakeForm(CertHubForm):
    """Membership in an ownership group."""

    group_name = Line(
        "Ownership group",
        [InputRequired("Enter the name of the group.")],
        description="Entities under one tax number, one parent or common control. A new name makes a new group.",
    )
    percent = IntegerField(
        "Share that the group controls (percent)",
        [InputRequired("Enter the share.")],
        description="Above 5 percent counts as common control.",
    )
    starts_on = Day("First day", [InputRequired("Enter the first day.")])
    ends_on = Day("Last day", [Optional()], description="Leave this empty while it goes on.")
