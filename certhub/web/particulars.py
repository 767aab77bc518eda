"""The part of the forms that all records share: names, how to reach them, languages and address."""

from collections.abc import Iterable
from typing import Any

from wtforms import SelectField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Optional

from certhub.models.parties import Party
from certhub.queries import municipalities
from certhub.rules.languages import LANGUAGES
from certhub.services.parties import Particulars
from certhub.web.forms import CertHubForm, Checkboxes, Line, options

_NOBODY = -1
"""No choice has this number, so the form refuses it."""
_BEYOND = 2**63
"""What no column holds."""


def number_or_none(value: Any) -> int | None:
    """What the choice of a list stands for; the empty choice is none."""
    try:
        found = int(value) if value not in (None, "") else None
    except (TypeError, ValueError):
        return _NOBODY
    return found if found is None or abs(found) < _BEYOND else _NOBODY


def numbered(rows: Iterable[tuple[int, str]], first: str = "Choose…") -> list[SelectChoice]:
    """Records by number and name as the options of a list, after the empty one."""
    return options([("", first), *((str(number), name) for number, name in rows)])


class ParticularsForm(CertHubForm):
    """Names, how to reach them, languages and address."""

    name = Line("Legal name", [InputRequired("Enter the name.")], description="In any script, as it is written.")
    certificate_name = Line(
        "Name on the certificate",
        [Optional()],
        description="Only if the legal name is not in Latin letters, or should be printed in another way.",
    )
    email = Line("Business e-mail", [Optional()], longest=254, description="Never shown to the public.")
    phone = Line("Telephone", [Optional()], longest=60, description="For example 617-555-0123.")
    preferred_language = SelectField("Language for letters", choices=options(LANGUAGES.items()), default="en")
    languages = Checkboxes(
        "Languages in which families can be served", [Optional()], choices=options(LANGUAGES.items())
    )
    address_line = Line("Street and number", [Optional()])
    zip_code = Line("ZIP code", [Optional()], longest=20)
    municipality_id = SelectField(
        "City or town",
        [Optional()],
        coerce=number_or_none,
        description="The EOHHS region follows from it.",
    )

    def __init__(self, *args: Any, party: Party | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **{**_on_file(party), **kwargs})
        self.municipality_id.choices = numbered(municipalities.choices())

    def particulars(self) -> Particulars:
        """What was typed, as the services take it."""
        return Particulars(
            name=self.name.data or "",
            certificate_name=self.certificate_name.data or "",
            email=self.email.data or "",
            phone=self.phone.data or "",
            preferred_language=self.preferred_language.data,
            languages=self.languages.data or (),
            address_line=self.address_line.data or "",
            zip_code=self.zip_code.data or "",
            municipality_id=self.municipality_id.data,
        )


def _on_file(party: Party | None) -> dict[str, Any]:
    if party is None:
        return {}
    return {
        "name": party.name,
        "certificate_name": party.certificate_name,
        "email": party.email,
        "phone": party.phone,
        "preferred_language": party.preferred_language,
        "languages": [language.code for language in party.languages],
        "address_line": party.address_line,
        "zip_code": party.zip_code,
        "municipality_id": party.municipality_id,
    }
