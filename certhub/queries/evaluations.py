"""Judging an application, or what a holder's next renewal needs, on the records as they are."""

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select

from certhub import clock
from certhub.database import db
from certhub.models.certification import Application, Credential, CredentialPeriod, EvaluationRecord
from certhub.models.parties import Coordinator, Party
from certhub.models.standards import StandardVersion
from certhub.queries import dossiers, standards
from certhub.queries.credentials import CredentialView
from certhub.rules.dossier import Occasion
from certhub.rules.evaluation import Evaluation, counts_at, evaluate
from certhub.rules.findings import Finding
from certhub.rules.standard import Requirement, Standard, TermPolicy
from certhub.rules.status import has_ended
from certhub.rules.terms import RenewalWindow, Term, first_term, renewal_term, renewal_window
from certhub.rules.vocabulary import ApplicationKind


@dataclass(frozen=True, slots=True)
class Report:
    """What the rules said of an application on a day, as pages show it."""

    version: StandardVersion
    standard: Standard
    as_of: date
    findings: tuple[Finding, ...]
    informational: tuple[str, ...]

    def pairs(self) -> list[tuple[Requirement, Finding]]:
        """Each judged requirement with its finding, in the standard's order."""
        by_code = {requirement.code: requirement for requirement in self.standard.requirements}
        return [(by_code[finding.requirement], finding) for finding in self.findings]


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the rules say of an application, with what they were asked."""

    version: StandardVersion
    standard: Standard
    occasion: Occasion
    term: Term
    evaluation: Evaluation

    @property
    def report(self) -> Report:
        """The part that pages show."""
        found = self.evaluation
        return Report(self.version, self.standard, self.occasion.as_of, found.findings, found.informational)

    def pairs(self) -> list[tuple[Requirement, Finding]]:
        """Each judged requirement with its finding, in the standard's order."""
        return self.report.pairs()

    def requirement(self, code: str) -> Requirement | None:
        """The requirement with this code, if the application is judged by it."""
        return next((requirement for requirement, _ in self.pairs() if requirement.code == code), None)


@dataclass(frozen=True, slots=True)
class RenewalOutlook:
    """What the next renewal of a credential needs, judged as if it were decided on its last day."""

    credential: Credential
    window: RenewalWindow
    judgement: Judgement


def judge(application: Application, *, as_of: date) -> Judgement:
    """Judge an application under the version in force when it was submitted, or today while it is a draft."""
    version = application.standard_version or standards.in_force(application.standard_id, as_of)
    standard = standards.definition_of(version)
    party = application.party
    term = term_of(application, standard.terms, decided_on=as_of)
    previous = dossiers.latest_period(application.credential) if application.credential else None
    occasion = Occasion(
        as_of=as_of,
        kind=application.kind,
        term_start=term.starts_on,
        term_end=term.expires_on,
        previous_start=previous.starts_on if previous else None,
        previous_expiry=previous.expires_on if previous else None,
    )
    dossier = dossiers.dossier_of(party, application=application, as_of=as_of)
    return Judgement(version, standard, occasion, term, evaluate(standard, dossier, occasion))


def as_closed(application: Application) -> Report | None:
    """What the rules said when a closed application was decided, withdrawn or closed; None where it never was judged.

    The records go on changing afterwards. What the decision rests on does not.
    """
    kept = db.session.scalar(
        select(EvaluationRecord)
        .where(EvaluationRecord.application_id == application.id)
        .order_by(EvaluationRecord.id.desc())
        .limit(1)
    )
    if kept is None:
        return None
    version = db.session.get_one(StandardVersion, kept.standard_version_id)
    standard = standards.definition_of(version)
    findings = tuple(Finding.from_json(stored) for stored in kept.findings)
    told = {finding.requirement for finding in findings}
    informational = tuple(
        requirement.code
        for requirement in standard.requirements
        if requirement.code in told and not counts_at(requirement, application.kind)
    )
    return Report(version, standard, kept.as_of, findings, informational)


def unjudged(application: Application) -> Report:
    """The report on an application that closed before anybody judged it: there is nothing to show, then or now."""
    closed_on = application.closed_on or clock.civil_date(application.opened_at)
    version = application.standard_version or standards.in_force(application.standard_id, closed_on)
    return Report(version, standards.definition_of(version), closed_on, (), ())


def term_of(application: Application, policy: TermPolicy, *, decided_on: date) -> Term:
    """The term that an approval on `decided_on` would bring."""
    previous = dossiers.latest_period(application.credential) if application.credential else None
    holder = birthday(application.party)
    if previous is None or application.kind is ApplicationKind.INITIAL:
        return first_term(policy, decided_on, holder)
    filed_on = application.submitted_on or decided_on
    return renewal_term(
        policy,
        previous.expires_on,
        decided_on,
        submitted_on=filed_on,
        birthday=holder,
        grace_until=previous.grace_until,
    )


def window_of(policy: TermPolicy, period: CredentialPeriod) -> RenewalWindow:
    """The renewal window of a term, with the days that its record has."""
    return renewal_window(
        policy, period.expires_on, grace_until=period.grace_until, reinstatement_until=period.reinstatement_until
    )


def birthday(party: Party) -> tuple[int, int] | None:
    """The holder's month and day of birth, for terms that end on it."""
    if isinstance(party, Coordinator) and party.birth_month and party.birth_day:
        return party.birth_month, party.birth_day
    return None


def renewal_outlook(view: CredentialView, *, as_of: date) -> RenewalOutlook | None:
    """What is there and what is needed for the next renewal; None without a term, or where the credential is over."""
    credential = view.credential
    period = dossiers.latest_period(credential)
    if period is None or has_ended(view.status):
        return None
    version = standards.in_force(credential.standard_id, as_of)
    standard = standards.definition_of(version)
    term = renewal_term(
        standard.terms, period.expires_on, max(as_of, period.expires_on),
        submitted_on=min(as_of, period.expires_on), birthday=birthday(credential.party),
    )  # fmt: skip
    occasion = Occasion(
        as_of=as_of,
        kind=ApplicationKind.RENEWAL,
        term_start=period.expires_on + timedelta(days=1),
        term_end=term.expires_on,
        previous_start=period.starts_on,
        previous_expiry=period.expires_on,
    )
    dossier = dossiers.dossier_of(credential.party, application=None, as_of=as_of)
    judgement = Judgement(version, standard, occasion, term, evaluate(standard, dossier, occasion))
    return RenewalOutlook(credential, window_of(standard.terms, period), judgement)


def credential_under(party_id: int, standard_id: int) -> Credential | None:
    """The credential that a party holds, or once held, under a standard."""
    return db.session.scalar(
        select(Credential).where(Credential.party_id == party_id, Credential.standard_id == standard_id)
    )
