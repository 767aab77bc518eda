"""How parts of an address are read."""

from werkzeug.routing import IntegerConverter, ValidationError

_LARGEST = 2**31 - 1
"""The largest number that an INTEGER column of PostgreSQL holds."""


class RowNumber(IntegerConverter):
    """The number of a record; a number that no record can have leads to no page, instead of to a database error."""

    def to_python(self, value: str) -> int:
        """Read the number."""
        if len(value) > len(str(_LARGEST)):
            raise ValidationError(value)
        number = int(super().to_python(value))
        if number > _LARGEST:
            raise ValidationError(value)
        return number
