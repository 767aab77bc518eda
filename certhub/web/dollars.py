"""A form field for an amount of money: typed in dollars and cents, kept in whole cents."""

from typing import Any

from wtforms import StringField

from certhub.rules.money import cents_of
from certhub.rules.refusal import Refusal


class Dollars(StringField):  # type: ignore[misc]  # WTForms ships no types
    """An amount; its data is the number of cents, None where nothing was typed."""

    data: Any

    def process_formdata(self, valuelist: Any) -> None:
        """Read the amount; say how to type it where it cannot be read."""
        self.typed = (valuelist[0] if valuelist else "").strip()
        self.data = None
        if not self.typed:
            return
        try:
            self.data = cents_of(self.typed)
        except Refusal as refusal:
            raise ValueError(refusal.message) from None

    def _value(self) -> str:
        typed = str(getattr(self, "typed", "") or "")
        return f"{self.data / 100:,.2f}" if self.data is not None and not typed else typed
