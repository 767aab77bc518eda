"""What practices need in the demo state, and a proposal that waits for somebody to accept its lines."""

from datetime import datetime, timedelta

from certhub.demo.office import Office
from certhub.queries import placement
from certhub.rules.independence import Span
from certhub.rules.placement import costs, explanation, search
from certhub.rules.proposals import Effort
from certhub.rules.vocabulary import Region
from certhub.services import proposals

_LANGUAGES: tuple[dict[str, int], ...] = (
    {"es": 40},
    {},
    {"pt": 25, "kea": 15},
    {},
    {"ht": 30},
    {"zh": 20, "vi": 10},
    {},
)
_AHEAD, _DAYS = timedelta(days=7), timedelta(days=60)
_STEPS = 2_000


def proposed(office: Office, *, at: datetime) -> None:
    """Record what each committed practice needs, and make a plan for two months that begins in a week."""
    for number, practice in sorted(office.practices.items()):
        if practice.id in office.committed:
            proposals.record_need(
                practice,
                tiers=(10 + number % 7 * 3, 12 + number % 5 * 9, 6 + number % 3 * 7),
                languages=_LANGUAGES[number % len(_LANGUAGES)],
                seen=None,
                actor=office.administrator,
                at=at,
            )
    first = office.today + _AHEAD
    asked = proposals.ask(
        list(Region), starts_on=first, ends_on=first + _DAYS, effort=Effort.CLOSE, most_miles=60, vendor_id=None,
        actor=office.administrator, at=at,
    )  # fmt: skip
    days = Span(asked.starts_on, asked.ends_on)
    found = placement.gathered(list(Region), days, vendor_id=None, most_miles=asked.most_miles, on=office.today)
    proposals.begin(asked.id, at=at)
    ready = costs.priced(found.problem)
    plan = search.plan(ready, steps=_STEPS)
    lines = explanation.explained(ready, plan)
    proposals.keep(asked, found, plan, lines, bound=None, actor=office.administrator, at=at)
