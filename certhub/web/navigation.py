"""What every template can use: the navigation, the formats, and the one question `may(...)`."""

from dataclasses import dataclass
from urllib.parse import urlencode

from flask import Flask, request, url_for
from flask_login import current_user

from certhub import clock
from certhub.auth.guard import viewer
from certhub.rules.evidence_words import told, told_scores
from certhub.rules.lifecycle import APPLICATION_LABELS
from certhub.rules.permissions import ROLE_LABELS, Permission, may, name_shown
from certhub.rules.status import STATUS_LABELS
from certhub.web import formats
from certhub.web.questions import errors_in_page_order, may_be_left_out


@dataclass(frozen=True, slots=True)
class NavigationItem:
    """A link of the main navigation, shown to those who may follow it."""

    label: str
    endpoint: str
    permission: Permission


ITEMS = (
    NavigationItem("Work queue", "queue.index", Permission.APPLICATION_REVIEW),
    NavigationItem("Applications", "applications.index", Permission.APPLICATION_READ),
    NavigationItem("Coordinators", "coordinators.index", Permission.COORDINATOR_LIST),
    NavigationItem("Vendors", "organizations.vendors", Permission.VENDOR_LIST),
    NavigationItem("Practices", "organizations.practices", Permission.PRACTICE_LIST),
    NavigationItem("Medical home index", "self_assessments.practices", Permission.SELF_ASSESSMENT_LIST),
    NavigationItem("Training programs", "organizations.programs", Permission.PROGRAM_LIST),
    NavigationItem("Standards", "standards.index", Permission.STANDARD_READ),
    NavigationItem("Orders", "orders.index", Permission.ORDER_READ),
    NavigationItem("Register", "register.index", Permission.REGISTER_READ),
    NavigationItem("Exposures", "exposures.index", Permission.EXPOSURE_READ),
    NavigationItem("CE audits", "ce_audits.index", Permission.CE_AUDIT_READ),
    NavigationItem("CE requests", "ce_audits.requests", Permission.CE_REQUEST_ANSWER),
    NavigationItem("Merged records", "merges.index", Permission.RECORD_MERGE_READ),
    NavigationItem("Audit trail", "audit.index", Permission.AUDIT_READ),
    NavigationItem("Mail", "administration.messages", Permission.MESSAGE_READ),
    NavigationItem("Jobs", "administration.jobs", Permission.JOB_READ),
    NavigationItem("Accounts", "administration.accounts", Permission.USER_INVITE),
)


def address_with(**changes: object) -> str:
    """This page's address with some filters changed; None takes a filter out. Filters live in the address."""
    values = {**request.args.to_dict(), **{name: value for name, value in changes.items() if value is not None}}
    for name, value in changes.items():
        if value is None:
            values.pop(name, None)
    return request.path + ("?" + urlencode(values) if values else "")


def init_navigation(app: Flask) -> None:
    """Give templates their words and questions."""
    app.jinja_env.filters.update(
        day=formats.day,
        short_day=formats.short_day,
        moment=formats.moment,
        hours=formats.hours,
        errors_in_page_order=errors_in_page_order,
    )
    app.jinja_env.globals.update(
        may=lambda permission: may(viewer(), Permission(permission)),
        name_of=lambda user: name_shown(viewer(), user.name, role=user.role, party_id=user.party_id),
        counted=formats.count,
        is_past=lambda value: value < clock.today(),
        has_come=lambda value: value <= clock.today(),
        days_until=lambda value: formats.days_until(value, clock.today()),
        address_with=address_with,
        told=told,
        told_scores=told_scores,
        role_labels=ROLE_LABELS,
        status_labels=STATUS_LABELS,
        application_labels=APPLICATION_LABELS,
        may_be_left_out=may_be_left_out,
    )

    @app.context_processor
    def navigation() -> dict[str, object]:
        who = viewer()
        items = [item for item in ITEMS if may(who, item.permission)]
        return {
            "navigation": [(item.label, url_for(item.endpoint), _is_here(item.endpoint)) for item in items],
            "account": current_user.account if current_user.is_authenticated else None,
        }


def _is_here(endpoint: str) -> bool:
    return request.endpoint == endpoint
