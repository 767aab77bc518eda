"""The part of a form that takes contact hours: one field for each category."""

from decimal import Decimal
from typing import Any

from wtforms import DecimalField
from wtforms.validators import Optional

from certhub.rules.training_categories import TrainingCategory
from certhub.rules.training_entry import hours_field
from certhub.web.forms import CertHubForm


class HoursForm(CertHubForm):
    """A form with contact hours by category."""

    def hours(self) -> dict[TrainingCategory, Decimal]:
        """The typed hours by category."""
        return {category: self[hours_field(category)].data or Decimal(0) for category in TrainingCategory}

    @property
    def hours_fields(self) -> list[Any]:
        """The fields for hours, in the order of the categories."""
        return [self[hours_field(category)] for category in TrainingCategory]


for _category in TrainingCategory:
    setattr(
        HoursForm,
        hours_field(_category),
        DecimalField(_category.label, [Optional()], render_kw={"step": "0.25", "min": "0"}),
    )
