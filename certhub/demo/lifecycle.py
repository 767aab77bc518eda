"""Carrying one party through the lifecycle at given instants, with the same services that the pages use."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from certhub import clock
from certhub.demo.evidence import PAPER, Person, Typed, sufficient
from certhub.models.accounts import User
from certhub.models.certification import Application
from certhub.models.files import StoredFile
from certhub.models.parties import Coordinator, Party, Practice
from certhub.models.signatures import Signature
from certhub.queries import champions as champions_now
from certhub.queries import evaluations
from certhub.queries.applications import evidence_of
from certhub.queries.sites import open_sites
from certhub.rules.champions import ChampionRole, missing_roles
from certhub.rules.dossier import SiteItem
from certhub.rules.evidence_forms import checked_value, done_by_department, is_computed, required_signer, takes_file
from certhub.rules.signing import SigningAuthority, signs_for
from certhub.rules.sites import sites_named
from certhub.rules.standard import Requirement
from certhub.rules.vocabulary import Discipline, Role, Verdict
from certhub.services import applications, certificates, champions, files, signatures
from certhub.services import evidence as evidence_service

LONGEST_REVIEW = timedelta(days=45)
"""What would be too old by then is given anew: a decision is judged on its own day, not on that of the submission."""


CHAMPIONS = "PR-06"
_CHAMPIONS = {
    ChampionRole.PHYSICIAN: ("Amara Osei", "Helena Lindqvist", "Rafael Duarte", "Miriam Katz", "Sunil Menon"),
    ChampionRole.STAFF: ("Tessa Moreau", "Gloria Quiñones", "Kevin Tran", "Nora Fallon", "Beatriz Lopes"),
}
_TITLES = {
    Role.VENDOR_HR: "Director of human resources",
    Role.PRACTICE_MANAGER: "Practice manager",
    Role.TRAINING_PROVIDER: "Program director",
}


@dataclass(frozen=True, slots=True)
class Desk:
    """Who acts for the applicant, who reviews, and what prints the certificates."""

    applicant: User
    reviewer: User
    press: certificates.Press


def opened(party: Party, desk: Desk, *, at: datetime) -> Application:
    """A draft application with nothing in it yet."""
    return applications.open_(party, base_url=desk.press.base_url, actor=desk.applicant, at=at)


def furnished(
    application: Application, desk: Desk, *, at: datetime, leave_out: frozenset[str] = frozenset()
) -> Application:
    """All evidence that the applicant must provide, but for the requirements in `leave_out`."""
    if CHAMPIONS not in leave_out:
        lead_the_work(application.party, desk, at=at)
    judgement = evaluations.judge(application, as_of=clock.civil_date(at))
    file: StoredFile | None = None
    for requirement, finding in judgement.pairs():
        ages = not {"max_age_days", "max_age_months"}.isdisjoint(requirement.params)
        stale = ages or (finding.due_on is not None and finding.due_on <= clock.civil_date(at) + LONGEST_REVIEW)
        if (finding.satisfied and not stale) or is_computed(requirement) or done_by_department(requirement):
            continue
        if requirement.code in leave_out or requirement.code in judgement.evaluation.informational:
            continue
        if file is None:
            file = paper(application, desk, at=at)
        provide(application, requirement, desk, file=file, at=at)
    return application


def lead_the_work(party: Party, desk: Desk, *, at: datetime) -> None:
    """A practice names those who lead the work, each role once."""
    if not isinstance(party, Practice):
        return
    today = clock.civil_date(at)
    leading = champions_now.leading_on(lambda column: column == party.id, today).get(party.id, [])
    for role in missing_roles(one.role for one in leading):
        name, email = _CHAMPIONS[role][party.id % 5], f"{role.value}{party.id}@example.org"
        champions.name(party, champions.Leading(role, name, email, today), actor=desk.applicant, at=at)


def paper(application: Application, desk: Desk, *, at: datetime) -> StoredFile:
    """The one empty page that stands for each document of the demo state."""
    return files.keep(
        PAPER, media_type="application/pdf", name="demo-document.pdf", owner_id=application.owner_id,
        party_id=application.party_id, store=desk.press.store, actor=desk.applicant, at=at,
    )  # fmt: skip


def provide(
    application: Application,
    requirement: Requirement,
    desk: Desk,
    *,
    file: StoredFile,
    at: datetime,
    pieces: Sequence[Typed] | None = None,
) -> None:
    """Sufficient evidence for one requirement, or exactly the `pieces` given."""
    today = clock.civil_date(at)
    if pieces is None:
        pieces = sufficient(requirement, on=today, person=_person(application.party))
    sites = open_sites(application.party_id, today)
    for typed in pieces:
        party = str(typed.get("party", required_signer(requirement) or ""))
        if party in signs_for(requirement, desk.applicant.role):
            signed(application, requirement, desk, party, at=at)
            continue
        given = checked_value(requirement, typed, today=today)
        given = replace(given, value={**given.value, **sites_named(requirement, _numbers(sites), sites)})
        kept = file if takes_file(requirement) else None
        evidence_service.provide(application, requirement, given, file=kept, actor=desk.applicant, at=at)


def signed(application: Application, requirement: Requirement, desk: Desk, party: str, *, at: datetime) -> Signature:
    """A statement signed on the screen by whoever acts for the applicant."""
    text, consent = signatures.texts_of(requirement)
    sites = open_sites(application.party_id, clock.civil_date(at))
    title = _TITLES.get(desk.applicant.role, "")
    given = signatures.Signing(
        signed_for=party, text_seen=text.seen, consent_seen=consent.seen,
        authority=SigningAuthority.DELEGATE if title else SigningAuthority.OWN_BEHALF, title=title,
        signed_name=desk.applicant.name, name_confirmed=False, address="192.0.2.17", sites=_numbers(sites),
    )  # fmt: skip
    return signatures.sign(application, requirement, given, base_url=desk.press.base_url, actor=desk.applicant, at=at)


def _numbers(sites: Iterable[SiteItem]) -> tuple[str, ...]:
    return tuple(str(site.id) for site in sites)


def submitted(application: Application, desk: Desk, *, at: datetime) -> Application:
    """The application handed over to DPH."""
    applications.submit(application, base_url=desk.press.base_url, actor=desk.applicant, at=at)
    return application


def _person(party: Party) -> Person:
    parent = isinstance(party, Coordinator) and party.discipline is Discipline.EXPERIENCED_PARENT
    return Person(party.name, experience="lived_experience" if parent else "")


def reviewed(application: Application, desk: Desk, *, at: datetime, own: Collection[str] = ()) -> Application:
    """Taken up, the department's own searches entered but for those in `own`, and each item accepted."""
    applications.take_up(application, actor=desk.reviewer, at=at)
    today = clock.civil_date(at)
    judgement = evaluations.judge(application, as_of=today)
    searches = [
        requirement for requirement, finding in judgement.pairs()
        if done_by_department(requirement) and not finding.satisfied and requirement.code not in own
    ]  # fmt: skip
    for requirement in searches:
        for typed in sufficient(requirement, on=today, person=Person(desk.reviewer.name)):
            given = checked_value(requirement, typed, today=today)
            evidence_service.provide(application, requirement, given, file=None, actor=desk.reviewer, at=at)
    if searches:
        judgement = evaluations.judge(application, as_of=today)
    # What came with this application is looked at even where older evidence still does: it may be too old tomorrow.
    brought = {item.requirement_code for item in evidence_of(application) if item.application_id == application.id}
    for requirement, finding in judgement.pairs():
        if finding.awaiting_review or (finding.satisfied and requirement.code in brought):
            applications.review_item(application, requirement, Verdict.ACCEPTED, "", actor=desk.reviewer, at=at)
    return application


def certified(party: Party, desk: Desk, *, at: datetime, days_to_decide: int = 12) -> Application:
    """From the first day to the certificate: opened and submitted at `at`, decided after `days_to_decide`."""
    application = submitted(furnished(opened(party, desk, at=at), desk, at=at), desk, at=at + timedelta(minutes=40))
    reviewed(application, desk, at=at + timedelta(days=max(days_to_decide - 1, 0), hours=1))
    applications.approve(
        application, "", press=desk.press, actor=desk.reviewer, at=at + timedelta(days=days_to_decide, hours=2)
    )
    return application
