"""Orders of the Board in the demo state: one that is in force, and one that was revoked."""

from datetime import date, timedelta

from certhub.database import db
from certhub.demo.office import Office
from certhub.demo.timeline import Story, moment, office_day
from certhub.models.orders import BoardOrder
from certhub.queries import order_plans, standards
from certhub.rules.orders import Cohort, OrderKind, OrderText
from certhub.rules.vocabulary import Region, SubjectType
from certhub.services import orders

_REVOKED_DAYS_AGO = 150
_IN_FORCE_DAYS_AGO = 24


def board_orders(office: Office) -> Story[None]:
    """A flood that moved the dates of a region, and an extension that the Board took back after two weeks."""
    adopted_on = office_day(office.today - timedelta(days=_REVOKED_DAYS_AGO))
    early = yield from _in_force(
        office, on=adopted_on, title="Moving of the training centers",
        text="Holders in Metro West whose terms end within a year have 30 more days, because no course was held.",
        cohort=_coordinators(Region.METRO_WEST, adopted_on + timedelta(days=60), adopted_on + timedelta(days=365)),
        days=30,
    )  # fmt: skip
    revoked_on = office_day(adopted_on + timedelta(days=14))
    at = moment(revoked_on, 30)
    yield at
    orders.revoke(
        early, revoked_on=revoked_on, reason="The courses were held after all.", citation="M.G.L. c.30A s.13",
        seen=order_plans.plan_of_revocation(early).fingerprint, actor=office.administrator, at=at,
    )  # fmt: skip
    adopted_on = office_day(office.today - timedelta(days=_IN_FORCE_DAYS_AGO))
    yield from _in_force(
        office, on=adopted_on, title="Flood in the Southeast",
        text="Holders in the Southeast whose terms end in the coming year have 60 more days to renew.",
        cohort=_coordinators(Region.SOUTHEAST, office.today, office.today + timedelta(days=365)), days=60,
    )  # fmt: skip


def _coordinators(region: Region, first: date, last: date) -> Cohort:
    standard = standards.for_subject(SubjectType.COORDINATOR)
    return Cohort(standard_id=standard.id, region=region, expires_from=first, expires_to=last)


def _in_force(office: Office, *, on: date, title: str, text: str, cohort: Cohort, days: int) -> Story[BoardOrder]:
    at = moment(on, 45)
    yield at
    given = OrderText(
        title=title, kind=OrderKind.EXTENSION, adopted_on=on, citation="M.G.L. c.30A s.13", text=text, cohort=cohort,
        extends_days=days,
    )  # fmt: skip
    order = orders.draft(given, actor=office.administrator, at=at)
    orders.put_in_force(order, seen=order_plans.plan(order).fingerprint, actor=office.administrator, at=at)
    db.session.expire_all()  # terms were superseded behind the session's back, and later stories ask it for them
    return order
