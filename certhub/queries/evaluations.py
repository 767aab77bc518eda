"""Judging an application, or what a holder's next renewal needs, on the records as they are."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from certhub import clock
from certhub.database import db
from certhub.models.certification import Application, Credential, CredentialPeriod, EvaluationRecord
from certhub.models.parties import Coordinator, Party
from certhub.models.standards import StandardVersion
from certhub.queries import credentials, dossiers, standards
from certhub.queries.credentials import CredentialView
from certhub.rules.dossier import Occasion
from certhub.rules.evaluation import Evaluation, counts_at, evaluate
from certhub.rules.findings import Finding
from certhub.rules.lifecycle import WITH_APPLICANT
from certhub.rules.standard import Requirement, Standard, TermPolicy
from certhub.rules.standard_comparison import Comparison, compared
from certhub.rules.status import has_ended, is_authorized
from certhub.rules.submittals import goes_into, may_be_handed_in
from certhub.rules.terms import ONE_DAY, RenewalWindow, Term, application_kind_on, first_term, renewal_term
from certhub.rules.transitions import Applicable
from certhub.rules.vocabulary import ApplicationKind, RequirementKind, Result, Stage


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
    """What the next renewal of a credential needs, or the reinstatement once the grace period is over.

    It is judged by the version of the day on which it can first be filed. `because` says why it is that one, `changes`
    from which day another would judge, and `news` what is new compared with the version of the present term.

    Once it is filed and waits for its decision, it is the application itself that is judged: what it is and when it
    would begin was settled on `filed_on`, however many days pass until DPH decides.
    """

    credential: Credential
    window: RenewalWindow
    judgement: Judgement
    because: str
    changes: tuple[date, Applicable] | None
    present: StandardVersion
    news: Comparison | None
    filed: Application | None = None

    @property
    def filed_on(self) -> date | None:
        """The day on which it was filed; None before."""
        return self.filed.submitted_on if self.filed else None

    @property
    def is_late(self) -> bool:
        """Whether it was filed, or would be filed now, after the last day, while a late renewal is still taken."""
        return self.judgement.occasion.is_late

    @property
    def due_on(self) -> date | None:
        """The last day on which it can be filed: in time while that is possible, then late, then to be reinstated.

        None once it is filed.
        """
        if self.filed_on is not None:
            return None
        if self.is_reinstatement:
            return self.window.reinstatement_until.on
        return self.window.grace_until.on if self.is_late else self.window.expires_on.on

    @property
    def is_reinstatement(self) -> bool:
        """Whether the time for a renewal is over."""
        return self.judgement.occasion.kind is ApplicationKind.REINSTATEMENT

    @property
    def handed_in_alone(self) -> dict[str, Requirement]:
        """What can be handed in without an application, by code: what it needs, and what is asked for at all times."""
        judged = {finding.requirement: finding for finding in self.judgement.evaluation.findings}
        found = {}
        for one in self.judgement.standard.requirements:
            finding = judged.get(one.code)
            asked = finding is not None or Stage.ONGOING in one.stages
            # Of a notice that is due after an event nothing can be on file before there is one.
            spared = finding and finding.result is Result.NOT_APPLICABLE and one.kind is not RequirementKind.FILING
            if asked and not spared and may_be_handed_in(one):
                found[one.code] = one
        return found

    @property
    def offered(self) -> dict[str, Requirement]:
        """Those of them for which there is a form now: nothing goes into an application that DPH has."""
        filed = self.filed
        if filed is None or filed.status in WITH_APPLICANT:
            return self.handed_in_alone
        return {code: one for code, one in self.handed_in_alone.items() if not goes_into(one, filed.kind)}

    @property
    def nothing_on_file(self) -> list[Requirement]:
        """What is asked for at all times and was never handed in, so that it is not judged with the rest."""
        judged = {finding.requirement for finding in self.judgement.evaluation.findings}
        return [one for code, one in self.handed_in_alone.items() if code not in judged]


def judge(application: Application, *, as_of: date) -> Judgement:
    """Judge an application under the version that was fixed when it was submitted, or today's while it is a draft."""
    version = version_of(application, as_of=as_of)
    standard = standards.definition_of(version)
    party = application.party
    term = term_of(application, standard.terms, decided_on=as_of)
    previous = _previous(application)
    occasion = Occasion(
        as_of=as_of,
        kind=application.kind,
        term_start=term.starts_on,
        term_end=term.expires_on,
        previous_start=previous.starts_on if previous else None,
        previous_expiry=previous.expires_on if previous else None,
        filed_on=application.submitted_on,
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
    # What only a late renewal is asked for was judged only where the renewal was late, so that there it did count.
    informational = tuple(
        requirement.code
        for requirement in standard.requirements
        if requirement.code in told and not counts_at(requirement, application.kind, late=True)
    )
    return Report(version, standard, kept.as_of, findings, informational)


def unjudged(application: Application) -> Report:
    """The report on an application that closed before anybody judged it: there is nothing to show, then or now."""
    closed_on = application.closed_on or clock.civil_date(application.opened_at)
    version = version_of(application, as_of=closed_on)
    return Report(version, standards.definition_of(version), closed_on, (), ())


def version_of(application: Application, *, as_of: date) -> StandardVersion:
    """The version that judges an application: fixed by its submission, before that the one for a submission now."""
    return application.standard_version or standards.in_force(
        application.standard_id, as_of, kind=application.kind, renewing=_previous(application)
    )


def _previous(application: Application) -> CredentialPeriod | None:
    return credentials.latest_period(application.credential) if application.credential else None


def term_of(application: Application, policy: TermPolicy, *, decided_on: date) -> Term:
    """The term that an approval on `decided_on` would bring."""
    previous = _previous(application)
    holder = birthday(application.party)
    if previous is None or application.kind is ApplicationKind.INITIAL:
        return first_term(policy, decided_on, holder)
    return renewal_term(
        policy,
        previous.expires_on,
        decided_on,
        submitted_on=application.submitted_on or decided_on,
        grace_until=standards.window_of(previous).grace_until.on,
        birthday=holder,
    )


def birthday(party: Party) -> tuple[int, int] | None:
    """The holder's month and day of birth, for terms that end on it."""
    if isinstance(party, Coordinator) and party.birth_month and party.birth_day:
        return party.birth_month, party.birth_day
    return None


def renewal_outlook(view: CredentialView, *, as_of: date) -> RenewalOutlook | None:
    """What is there and what is needed for the next renewal, or for the one that was filed and waits for its decision.

    None without a term, where the credential is over, and after the last day for a reinstatement that nobody filed.
    """
    credential = view.credential
    if not view.periods or has_ended(view.status):
        return None
    period = view.periods[0]
    if any(renewal.closed_on is None for renewal in view.history.renewals):
        filed = _filed_renewal(credential)
        return RenewalOutlook(
            credential=credential,
            window=standards.window_of(period),
            judgement=judge(filed, as_of=as_of),
            because="the application was submitted under it",
            changes=None,
            present=period.standard_version,
            news=None,
            filed=filed,
        )
    forecast = standards.next_renewal(period, as_of=as_of)
    standard, present = standards.definition_of(forecast.version), standards.definition_of(period.standard_version)
    holder = birthday(credential.party)
    ahead = next_step(
        standard.terms, period, forecast.window, in_force=is_authorized(view.status), as_of=as_of, holder=holder
    )
    if ahead is None:
        return None
    term, occasion = ahead
    dossier = dossiers.dossier_of(credential.party, application=None, as_of=as_of)
    judgement = Judgement(forecast.version, standard, occasion, term, evaluate(standard, dossier, occasion))
    return RenewalOutlook(
        credential=credential,
        window=forecast.window,
        judgement=judgement,
        because=forecast.because,
        changes=forecast.changes,
        present=period.standard_version,
        news=compared(present, standard) if standard.version != present.version else None,
    )


def next_step(
    policy: TermPolicy,
    period: CredentialPeriod,
    window: RenewalWindow,
    *,
    in_force: bool,
    as_of: date,
    holder: tuple[int, int] | None,
) -> tuple[Term, Occasion] | None:
    """The term that renewing or reinstating a term brings, and the occasion on which that is judged ahead of time.

    `in_force` says whether the credential authorizes today, also past its last day while a renewal waits. None where
    only a new application helps.
    """
    in_time = as_of <= period.expires_on or in_force
    kind = ApplicationKind.RENEWAL if in_time else application_kind_on(window, as_of)
    if kind is ApplicationKind.INITIAL:
        return None
    if kind is ApplicationKind.REINSTATEMENT:
        grace_until = window.grace_until.on
        term = renewal_term(policy, period.expires_on, as_of, grace_until=grace_until, birthday=holder)
        return term, Occasion(as_of, kind, term.starts_on, term.expires_on, period.starts_on, period.expires_on, as_of)
    return next_renewal(policy, period.starts_on, period.expires_on, as_of=as_of, holder=holder, late=not in_time)


def _filed_renewal(credential: Credential) -> Application:
    """The application to renew or reinstate a credential that was submitted and is not closed; there is one at most."""
    return db.session.scalars(
        select(Application).where(
            Application.credential_id == credential.id,
            Application.submitted_on.is_not(None),
            Application.closed_on.is_(None),
        )
    ).one()


def outlook_of(party: Party, *, as_of: date) -> RenewalOutlook | None:
    """The outlook of the credential that a party applies for again; None where it holds none, as `renewal_outlook`."""
    credential = credential_under(party.id, standards.for_subject(party.kind).id)
    return None if credential is None else renewal_outlook(credentials.view(credential, on=as_of), as_of=as_of)


def next_renewal(
    policy: TermPolicy,
    starts_on: date,
    expires_on: date,
    *,
    as_of: date,
    holder: tuple[int, int] | None,
    late: bool = False,
) -> tuple[Term, Occasion]:
    """The term that the renewal of a term brings, and the occasion on which it is judged ahead of time.

    It is judged as if it were decided on the last day; `holder` is the holder's birthday, for terms that end on it.
    `late` says that it is filed on `as_of`, in the grace after the last day; otherwise it is filed in time.
    """
    term = renewal_term(
        policy, expires_on, max(as_of, expires_on), submitted_on=min(as_of, expires_on), birthday=holder
    )  # fmt: skip
    return term, Occasion(
        as_of=as_of,
        kind=ApplicationKind.RENEWAL,
        term_start=expires_on + ONE_DAY,
        term_end=term.expires_on,
        previous_start=starts_on,
        previous_expiry=expires_on,
        filed_on=as_of if late else min(as_of, expires_on),
    )


def credential_under(party_id: int, standard_id: int) -> Credential | None:
    """The credential that a party holds, or once held, under a standard."""
    return db.session.scalar(
        select(Credential).where(Credential.party_id == party_id, Credential.standard_id == standard_id)
    )
