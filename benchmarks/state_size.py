"""How large the generated state is: 300 vendors, 20,000 certified coordinators, 1,000,000 training and audit rows."""

import json
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Size:
    """How many of each there are."""

    vendors: int
    coordinators: int
    practices: int
    programs: int
    training: int
    audit: int
    messages: int

    @classmethod
    def of(cls, scale: float) -> "Size":
        """The state of the goals, or a smaller one of the same shape for trying out."""

        def scaled(whole: int, least: int) -> int:
            return max(least, round(whole * scale))

        return cls(
            vendors=scaled(300, 6),
            coordinators=scaled(27_000, 120),  # of whom 20,000 hold a credential that can be renewed
            practices=scaled(5_000, 60),
            programs=scaled(60, 3),
            training=scaled(1_000_000, 400),
            audit=scaled(1_000_000, 400),
            messages=scaled(50_000, 80),
        )


def described(size: Size) -> str:
    """The size as one line of JSON, for the result file and the name of the kept state."""
    return json.dumps({name: getattr(size, name) for name in size.__slots__}, sort_keys=True)
