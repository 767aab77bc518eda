"""Forms of the administration area's accounts."""

from typing import Any

from wtforms import Form, SelectField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired

from certhub.queries.accounts import MOST_CHOICES, PartyChoice
from certhub.rules.permissions import ROLE_LABELS
from certhub.rules.vocabulary import Role
from certhub.web.forms import CertHubForm, Line


class AccountFilters(Form):  # type: ignore[misc]  # WTForms ships no types
    """What to look for in the lists; part of the address."""

    search = Line("Name or e-mail address", longest=100)
    role = SelectField("Role")
    state = SelectField("State")

    def __init__(self, given: Any, states: dict[str, str], roles: tuple[Role, ...]) -> None:
        super().__init__(given)
        self.roles = roles
        self.role.choices = _choices({"": "All roles", **{role.value: ROLE_LABELS[role] for role in roles}})
        self.state.choices = _choices({"": "All", **states})

    def chosen_role(self) -> Role | None:
        """The role that was chosen; what is not offered is read as all of them."""
        role = _role(self.role.data)
        return role if role in self.roles else None


class InviteStart(Form):  # type: ignore[misc]  # WTForms ships no types
    """Which role, and whom to look for."""

    role = SelectField("Role")
    search = Line("Name of the organization or coordinator", longest=100)

    def __init__(self, given: Any, roles: tuple[Role, ...]) -> None:
        super().__init__(given)
        self.role.choices = _choices({role.value: ROLE_LABELS[role] for role in roles})

    def chosen_role(self, roles: tuple[Role, ...]) -> Role | None:
        """The role that was chosen among those that may be invited to."""
        if len(roles) == 1:
            return roles[0]
        role = _role(self.role.data)
        return role if role in roles else None


class InviteForm(CertHubForm):
    """Whom to invite to an account."""

    name = Line("Name", [InputRequired("Type the person's name.")])
    email = Line("E-mail address", [InputRequired("Type the person's e-mail address.")], longest=254)


class ReaddressForm(CertHubForm):
    """Where to send the link to a new address of an account."""

    email = Line("New e-mail address", [InputRequired("Type the new e-mail address.")], longest=254)


class InviteForPartyForm(InviteForm):
    """Whom to invite, and for which organization or coordinator."""

    party_id = SelectField("For", [InputRequired("Choose whom the account is for.")], validate_choice=True)

    def offer(self, choices: list[PartyChoice]) -> None:
        """Offer these; one that is alone is chosen already."""
        offered = {str(choice.id): choice.label for choice in choices[:MOST_CHOICES]}
        self.party_id.choices = _choices(offered if len(offered) == 1 else {"": "Choose", **offered})


def _choices(labels: dict[str, str]) -> list[SelectChoice]:
    return [SelectChoice(value, label) for value, label in labels.items()]


def _role(typed: str | None) -> Role | None:
    return next((role for role in Role if role.value == typed and role is not Role.PUBLIC), None)
