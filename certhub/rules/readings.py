"""What the access log says of a reading, in words: the page by its endpoint, and a list with its filters."""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from typing import Any

from certhub.rules.regions import REGION_LABELS
from certhub.rules.status import STATUS_LABELS
from certhub.rules.terms import written, written_at
from certhub.rules.vocabulary import CredentialStatus, Region

PAGES = {
    "administration.message": "A message",
    "administration.retry_message": "The form that sends a message again",
    "account.reminders": "One's own reminders",
    "home.due": "What falls due",
    "administration.find_reminders": "The search for reminders",
    "administration.reminders": "The reminders",
    "coordinators.reminders": "The reminders",
    "applications.ask_reference": "The form that asks for a reference",
    "applications.close": "The form that closes an application",
    "applications.hand_in": "The form for a paper between applications",
    "applications.open_": "The form that opens an application",
    "applications.provide": "The form for evidence",
    "applications.replace_reference": "The form that asks somebody else for a reference",
    "applications.show": "An application",
    "applications.sign": "The form to sign a statement",
    "applications.sign_anew": "The form to sign a statement anew",
    "applications.sign_anew_on_paper": "The form for a statement signed anew on paper",
    "applications.signature": "A signed statement",
    "applications.signature_pdf": "A signed statement as PDF",
    "applications.statement": "Where a signed statement is",
    "administration.readdress": "The form for a new address of an account",
    "applications.submit": "The form that submits an application",
    "applications.withdraw": "The form that withdraws an application",
    "applications.write_note": "The form for a note",
    "audit.entry": "An entry of the audit trail",
    "coordinators.check_licence": "The form that checks a licence",
    "coordinators.correct_employment": "The form that corrects an employment",
    "coordinators.edit": "The form that changes the record",
    "coordinators.correct_assignment": "The form that corrects an assignment",
    "coordinators.end_assignment": "The form that ends an assignment",
    "coordinators.end_employment": "The form that ends an employment",
    "coordinators.record_assignment": "The form for an assignment",
    "coordinators.record_background_check": "The form for a background check",
    "coordinators.record_employment": "The form for an employment",
    "coordinators.record_licence": "The form for a licence",
    "coordinators.record_training": "The form for training",
    "coordinators.show": "The record",
    "coordinators.hours_roster": "The roster of training hours",
    "coordinators.hours_csv": "The export of the roster of training hours",
    "coordinators.transcript": "The transcript of training",
    "coordinators.transcript_csv": "The transcript of training as a spreadsheet",
    "coordinators.transcript_pdf": "The transcript of training as PDF",
    "coordinators.update_licence": "The form that changes a licence",
    "coordinators.withdraw_training": "The form that takes training back",
    "credentials.certificate": "A certificate",
    "credentials.history": "The history of a credential",
    "credentials.correct_event": "The form that corrects a status event",
    "credentials.correct_term": "The form that corrects a term",
    "credentials.change_status": "The form that changes a status",
    "credentials.download": "A certificate as PDF",
    "credentials.lift_status": "The form that ends a status",
    "credentials.notice": "A notice",
    "credentials.notice_pdf": "A notice as PDF",
    "credentials.record_hearing": "The form for a hearing",
    "credentials.reissue": "The form that issues a certificate again",
    "credentials.show": "A credential",
    "caseload.blank": "The blank form of a caseload report",
    "caseload.coordinator": "The caseload of a coordinator",
    "caseload.file": "The form that files a caseload report",
    "caseload.question": "A question about a caseload report",
    "caseload.questions": "The questions about caseload reports",
    "caseload.report": "A caseload report",
    "caseload.sheet": "A spreadsheet of a caseload report",
    "caseload.template": "The template of a caseload report",
    "caseload.type_line": "The form for a line of a caseload report",
    "caseload.utilisation": "How full coordinators are",
    "caseload.answer": "The form that answers a question about a caseload report",
    "caseload.settle": "The form that settles a question about a caseload report",
    "ce_audits.again": "An audit of continuing education, drawn again",
    "ce_audits.answer": "The form for proofs of continuing education",
    "ce_audits.holder": "The request of an audit of continuing education",
    "ce_audits.population": "The population of an audit of continuing education",
    "ce_audits.requests": "The requests of audits of continuing education",
    "ce_audits.review": "The form for the outcome of an audit of continuing education",
    "ce_audits.show": "An audit of continuing education",
    "contracts.show": "A contract with the work under it",
    "contracts.work": "The work under a contract",
    "convenings.attendance": "The attendance sheet of a state meeting",
    "convenings.sign_in_sheet": "The sign-in sheet of a state meeting",
    "employer_changes.answer": "The form that answers a request of a new employer",
    "employer_changes.index": "The changes of employer",
    "employer_changes.propose_last_day": "The form for another last day of work",
    "employer_changes.settle_last_day": "The form that settles the last day of work",
    "employer_changes.show": "A change of employer",
    "employer_changes.withdraw": "The form that takes a change of employer back",
    "exposures.by_link": "What a broken link exposes",
    "exposures.export": "The export of exposed assignments",
    "exposures.index": "The exposed assignments",
    "files.download": "A file",
    "invoices.file": "The form for an invoice",
    "fund.last_resort": "The lines that DPH pays last",
    "fund.last_resort_csv": "The export of the lines that DPH pays last",
    "fund.missed": "The units that were not claimed of Medicaid",
    "fund.missed_csv": "The export of the units that were not claimed of Medicaid",
    "invoices.payers": "Who bears an invoice of a vendor",
    "invoices.record_payer": "The form for what a payer does about an invoice",
    "invoices.show": "An invoice of a vendor",
    "merges.doubles": "The probable double records",
    "merges.index": "The merges of records",
    "merges.merge": "The comparison of two records",
    "merges.show": "A merge of two records",
    "merges.tell_apart": "The form that marks two records as of two people",
    "merges.told_apart": "The records that look alike and are of two people",
    "merges.doubt_again": "The form that takes a mark of two people back",
    "merges.undo": "The form that separates two records",
    "orders.adopt": "The preview of an order",
    "orders.effects": "What an order did",
    "orders.revoke": "The preview of a revocation",
    "proposals.declined": "Whom proposals keep apart because a line was declined",
    "proposals.decline": "The form that declines a line of a proposal",
    "proposals.export": "The export of a proposal's lines",
    "proposals.left_out": "Who was left out of a proposal",
    "proposals.line": "A line of a proposal",
    "proposals.show": "A proposal of assignments",
    "queue.assign": "The form that chooses a reviewer",
    "queue.decide": "The form for the decision",
    "queue.look_at_paper": "A paper that was handed in",
    "queue.papers": "The papers that were handed in",
    "queue.recommend": "The form for a recommendation",
    "queue.review_item": "The form that reviews evidence",
    "register.export": "The export of a register",
    "register.index": "A register",
    "roster.report": "The report of a roster import",
    "roster.show": "A roster import",
    "standards.preview": "The preview of a standard",
    "training.attendance": "The attendance sheet of a session",
    "training.certificate": "A certificate of completion",
    "training.check_in": "The form for the code of a meeting",
    "training.correct_result": "The form that corrects attendance",
    "training.enrol": "Who can be enrolled in a session",
    "training.evaluate": "The evaluation form of a session",
    "training.index": "The enrolments",
    "training.move": "The form that moves somebody to another session",
    "training.needs": "The form for what somebody needs to take part",
    "training.participants": "The participants of a session",
    "training.sign_in_sheet": "The sign-in sheet of a session",
    "training.walk_in": "The form that adds somebody who came to a session",
    "training.withdraw": "The form that gives up a place in a session",
    "training_imports.columns": "The columns of a file of training",
    "training_imports.people": "The people of a file of training",
    "training_imports.refused": "The rows to correct of a file of training",
    "training_imports.report": "The report of a file of training",
    "training_imports.show": "A file of training",
    "training_imports.undo": "The form that undoes an import of training",
}
"""The pages and files that show a personal record or a list of them."""


def page_in_words(endpoint: str) -> str:
    """The page that was read; for one that is no more, the name that it had."""
    return PAGES.get(endpoint, endpoint)


def _moment(entry: str) -> str:
    """An instant as the trail wrote it down, which is in UTC, in the agency's zone."""
    return written_at(datetime.fromisoformat(entry).replace(tzinfo=UTC))


_FILTERS: Mapping[str, Callable[[Any], str]] = {
    "register": lambda value: f"register of {value.replace('-', ' ')}",
    "ce_audit": lambda value: f"audit {value}",
    "preview_of": str,
    "as_of": lambda value: f"as of {written(date.fromisoformat(value))}",
    "known_at": lambda value: f"as known at {_moment(value)}",
    "region": lambda value: f"region {REGION_LABELS[Region(value)]}",
    "status": lambda value: f"status {STATUS_LABELS[CredentialStatus(value)].label}",
    "rows": lambda value: f"{value:,} {'row' if value == 1 else 'rows'}",
}
"""How each filter of a list is told; any other one by its name."""


def list_in_words(told: Mapping[str, Any]) -> str:
    """The list that was read: which one, as of when, which part of it, and how many rows."""
    places = {name: place for place, name in enumerate(_FILTERS)}
    others = places["rows"] - 0.5
    shown = [
        name for name, value in told.items() if value not in (None, "") and name != "list"
    ]  # the page names the list
    names = sorted(shown, key=lambda name: places.get(name, others))
    words = [
        _FILTERS[name](told[name]) if name in _FILTERS else f"{name.replace('_', ' ')} {told[name]}" for name in names
    ]
    sentence = ", ".join(words)
    return sentence[:1].upper() + sentence[1:]
