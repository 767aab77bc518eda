"""What every template can use: the navigation, the formats, and the one question `may(...)`."""

from collections import Counter
from dataclasses import dataclass
from urllib.parse import urlencode

from flask import Flask, request, url_for
from flask_login import current_user

from certhub import clock
from certhub.auth.guard import viewer
from certhub.rules.evidence_words import told, told_scores
from certhub.rules.licences import licence_name
from certhub.rules.lifecycle import APPLICATION_LABELS
from certhub.rules.money import dollars
from certhub.rules.permissions import ROLE_LABELS, Permission, Viewer, may, name_shown
from certhub.rules.requirement_kinds.papers import party_name
from certhub.rules.status import STATUS_LABELS, work_word
from certhub.rules.vocabulary import SUBJECT_LABELS
from certhub.web import formats
from certhub.web.questions import errors_in_page_order, may_be_left_out


@dataclass(frozen=True, slots=True)
class NavigationItem:
    """A link of the main navigation, shown to those who may follow it."""

    label: str
    endpoint: str
    permission: Permission


@dataclass(frozen=True, slots=True)
class NavigationGroup:
    """Links that belong together; `areas` are further blueprints whose pages belong to it."""

    label: str
    items: tuple[NavigationItem, ...]
    areas: tuple[str, ...] = ()


GROUPS = (
    NavigationGroup(
        "Work",
        (
            NavigationItem("Work queue", "queue.index", Permission.APPLICATION_REVIEW),
            NavigationItem("Papers handed in", "queue.papers", Permission.APPLICATION_REVIEW),
            NavigationItem("Applications", "applications.index", Permission.APPLICATION_READ),
            NavigationItem("Exposures", "exposures.index", Permission.EXPOSURE_READ),
            NavigationItem("Statements to sign anew", "applications.attest_anew", Permission.DRIFT_LIST),
            NavigationItem("Changes of employer", "employer_changes.index", Permission.EMPLOYER_CHANGE_READ),
            NavigationItem("CE requests", "ce_audits.requests", Permission.CE_REQUEST_ANSWER),
        ),
    ),
    NavigationGroup(
        "Records",
        (
            NavigationItem("Coordinators", "coordinators.index", Permission.COORDINATOR_LIST),
            NavigationItem("Vendors", "organizations.vendors", Permission.VENDOR_LIST),
            NavigationItem("Practices", "organizations.practices", Permission.PRACTICE_LIST),
            NavigationItem("Training programs", "organizations.programs", Permission.PROGRAM_LIST),
            NavigationItem("Medical home index", "self_assessments.practices", Permission.SELF_ASSESSMENT_LIST),
            NavigationItem("Register", "register.index", Permission.REGISTER_READ),
            NavigationItem("Merged records", "merges.index", Permission.RECORD_MERGE_READ),
        ),
        areas=("credentials", "roster"),
    ),
    NavigationGroup(
        "Training",
        (
            NavigationItem("Sessions", "training.sessions", Permission.COURSE_READ),
            NavigationItem("Courses", "training.catalogue", Permission.COURSE_READ),
            NavigationItem("Enrolments", "training.index", Permission.ENROLMENT_READ),
            NavigationItem("State meetings", "convenings.index", Permission.CONVENING_READ),
            NavigationItem("Import training", "training_imports.index", Permission.TRAINING_IMPORT),
        ),
    ),
    NavigationGroup(
        "Contracting",
        (
            NavigationItem("Contracts", "contracts.index", Permission.CONTRACT_READ),
            NavigationItem("Invoices", "invoices.index", Permission.VENDOR_INVOICE_READ),
            NavigationItem("Drawdown", "invoices.drawdown", Permission.VENDOR_INVOICE_READ),
            NavigationItem("Caseload reports", "caseload.index", Permission.CASELOAD_READ),
            NavigationItem("How full coordinators are", "caseload.utilisation", Permission.UTILISATION_LIST),
            NavigationItem("Proposals", "proposals.index", Permission.PROPOSAL_READ),
        ),
    ),
    NavigationGroup(
        "Program",
        (
            NavigationItem("Standards", "standards.index", Permission.STANDARD_READ),
            NavigationItem("Orders", "orders.index", Permission.ORDER_READ),
            NavigationItem("CE audits", "ce_audits.index", Permission.CE_AUDIT_READ),
        ),
    ),
    NavigationGroup(
        "Pooled fund",
        (
            NavigationItem("Fund years", "fund.index", Permission.FUND_READ),
            NavigationItem("Payers", "fund.payers", Permission.FUND_READ),
        ),
    ),
    NavigationGroup(
        "System",
        (
            NavigationItem("Audit trail", "audit.index", Permission.AUDIT_READ),
            NavigationItem("Mail", "administration.messages", Permission.MESSAGE_READ),
            NavigationItem("Find reminders", "administration.find_reminders", Permission.REMINDER_SEARCH),
            NavigationItem(
                "Reminder policies", "administration.list_reminder_policies", Permission.REMINDER_POLICY_READ
            ),
            NavigationItem("Jobs", "administration.jobs", Permission.JOB_READ),
            NavigationItem("Accounts", "administration.accounts", Permission.USER_INVITE),
        ),
    ),
)
"""The main navigation, and the only place where it is told.

Whoever may follow few links sees them in one row. For everybody else the first row names the groups and a second row
the pages of the group that is open: plain links that stay where they are. A menu that drops down would have to be
opened and aimed at, would cover the page, and could not be closed by Escape without JavaScript.
"""

_ENDPOINTS = frozenset(item.endpoint for group in GROUPS for item in group.items)
_LISTS_OF_AREA = Counter(item.endpoint.partition(".")[0] for group in GROUPS for item in group.items)

MOST_IN_ONE_ROW = 8


@dataclass(frozen=True, slots=True)
class NavigationLink:
    """A link as it is shown; `current` is the value of `aria-current`, empty elsewhere."""

    label: str
    address: str
    current: str = ""
    pages: tuple["NavigationLink", ...] = ()


def links_for(who: Viewer, here: str) -> list[NavigationLink]:
    """The links that `who` may follow, on the page with the endpoint `here`; a group holds its pages."""
    granted = [(group, [item for item in group.items if may(who, item.permission)]) for group in GROUPS]
    home = NavigationLink("Home", url_for("home.index"), "page" if here == "home.index" else "")
    if sum(len(items) for _, items in granted) <= MOST_IN_ONE_ROW:
        return [home, *(_link(item, here) for _, items in granted for item in items)]
    return [home, *(_grouped(group, items, here) for group, items in granted if items)]


def _grouped(group: NavigationGroup, items: list[NavigationItem], here: str) -> NavigationLink:
    """A group that leads to its first page; the page itself where it is the only one."""
    pages = tuple(_link(item, here) for item in items)
    if len(pages) == 1:
        return pages[0]
    exact = here in _ENDPOINTS
    areas = {*group.areas, *(item.endpoint.partition(".")[0] for item in items)}
    is_open = any(page.current for page in pages) or (not exact and here.partition(".")[0] in areas)
    return NavigationLink(group.label, pages[0].address, "true" if is_open else "", pages)


def _link(item: NavigationItem, here: str) -> NavigationLink:
    """A link to a list is also marked on the pages of its records, where its area has no other list."""
    area = item.endpoint.partition(".")[0]
    below = "true" if _LISTS_OF_AREA[area] == 1 and here.partition(".")[0] == area else ""
    return NavigationLink(item.label, url_for(item.endpoint), "page" if here == item.endpoint else below)


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
        dollars=dollars,
        sentence=formats.sentence,
        licence_name=licence_name,
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
        work_word=work_word,
        told_scores=told_scores,
        role_labels=ROLE_LABELS,
        status_labels=STATUS_LABELS,
        subject_labels=SUBJECT_LABELS,
        application_labels=APPLICATION_LABELS,
        may_be_left_out=may_be_left_out,
        signer_in_words=party_name,
    )

    @app.context_processor
    def navigation() -> dict[str, object]:
        signed_in = current_user.is_authenticated
        return {
            "navigation": links_for(viewer(), request.endpoint or "") if signed_in else [],
            "account": current_user.account if signed_in else None,
        }
