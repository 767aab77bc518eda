"""Signed statements, on the screen or on paper: those that stand, one to sign anew, and the facts under them."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import aliased, contains_eager, joinedload

from certhub import clock
from certhub.database import db
from certhub.models.accounts import User
from certhub.models.certification import Application, Credential, Evidence, ItemReview
from certhub.models.parties import OwnershipStake, Party
from certhub.models.signatures import Signature, Statement
from certhub.models.standards import StandardVersion
from certhub.models.submittals import Submittal
from certhub.queries import champions, credentials, sites, standards, submittals
from certhub.queries.visibility import NotVisible, application_visible, party_visible
from certhub.rules.drift import Fact, FactKind, Gone
from certhub.rules.name_order import folded
from certhub.rules.permissions import Viewer
from certhub.rules.standard import Requirement
from certhub.rules.terms import ONE_DAY
from certhub.rules.vocabulary import SubjectType, Verdict

_AS_NAMED = "as-named"
"""The key of a signer on paper who has no account: nothing on file tells when they leave."""

_Back, _Newer, _Given = aliased(Evidence), aliased(Statement), aliased(Evidence)
_Word, _LaterWord = aliased(ItemReview), aliased(ItemReview)
"""Kept, because an alias is dear to make and every page of an organization asks for these."""


@dataclass(frozen=True, slots=True)
class AskedNow:
    """What a party is asked for in the term that runs, for which credential and by which version."""

    credential: Credential
    version: StandardVersion
    requirement: Requirement


def one(viewer: Viewer, statement_id: int) -> Statement:
    """A signed statement of a party, or of an application, that the viewer may see. Raises `NotVisible`."""
    outside = Evidence.application_id.is_(None) & party_visible(viewer, Statement.__table__.c.party_id)
    within = Evidence.application_id.is_not(None) & application_visible(viewer)
    found = db.session.scalar(
        select(Statement)
        .join(Statement.evidence)
        .outerjoin(Application, Application.id == Evidence.application_id)
        .where(Statement.id == statement_id, or_(outside, within))
        .options(contains_eager(Statement.evidence), joinedload(Statement.party))
    )
    if found is None:
        raise NotVisible(statement_id)
    return found


def signature_of(statement: Statement) -> int | None:
    """The number of the signature on the screen; None for a statement that was signed on paper."""
    return db.session.scalar(select(Signature.id).where(Signature.evidence_id == statement.evidence_id))


def submittal_of(statement: Statement) -> Submittal | None:
    """How a statement on paper was handed in between applications; None where it came another way."""
    return db.session.scalar(select(Submittal).where(Submittal.evidence_id == statement.evidence_id))


def is_one(evidence_id: int) -> bool:
    """Whether evidence is a signed statement."""
    return db.session.scalar(select(Statement.id).where(Statement.evidence_id == evidence_id)) is not None


def asked_now(statement: Statement) -> AskedNow | None:
    """What the party must sign in the term that runs; None where its standard asks for the statement no longer."""
    credential = db.session.scalar(
        select(Credential).where(Credential.party_id == statement.party_id).order_by(Credential.id.desc()).limit(1)
    )
    period = credentials.latest_period(credential) if credential else None
    if credential is None or period is None:
        return None
    definition = standards.definition_of(period.standard_version)
    wanted = next((one for one in definition.requirements if one.code == statement.requirement_code), None)
    return AskedNow(credential, period.standard_version, wanted) if wanted else None


def standing(party_id: int) -> list[Statement]:
    """For each text and each party to it the latest statement that stands."""
    return list(
        db.session.scalars(
            select(Statement)
            .where(Statement.party_id == party_id, stands(Statement), ~signed_anew(Statement))
            .options(joinedload(Statement.signer))
            .order_by(Statement.id)
        )
    )


def stands(row: type[Statement]) -> ColumnElement[bool]:
    """Condition: it was not taken back, and no reviewer has sent it back."""
    return and_(~taken_back(row), ~sent_back(row))


def taken_back(row: type[Statement]) -> ColumnElement[bool]:
    """Condition: whoever gave it took it back."""
    return select(_Back.id).where(_Back.supersedes_id == row.evidence_id).exists()


def sent_back(row: type[Statement]) -> ColumnElement[bool]:
    """Condition: the last word of a reviewer on it sent it back, in its application or between two."""
    later = select(_LaterWord.id).where(
        _LaterWord.application_id == _Word.application_id,
        _LaterWord.requirement_code == _Word.requirement_code,
        _LaterWord.id > _Word.id,
    )
    returned = (
        select(_Word.id)
        .join(_Given, _Given.application_id == _Word.application_id)
        .where(
            _Given.id == row.evidence_id,
            _Word.requirement_code == row.requirement_code,
            _Word.verdict == Verdict.RETURNED,
            _Word.last_evidence_id >= row.evidence_id,
            ~later.exists(),
        )
    )
    return or_(returned.exists(), submittals.sent_back(row.evidence_id))


def signed_anew(row: type[Statement]) -> ColumnElement[bool]:
    """Condition: the same party to the same text signed it later, whichever way, and that stands."""
    return (
        select(_Newer.id)
        .where(
            _Newer.party_id == row.party_id,
            _Newer.requirement_code == row.requirement_code,
            _Newer.signed_for == row.signed_for,
            _Newer.id > row.id,
            stands(_Newer),
        )
        .exists()
    )


def account_named(party_id: int, name: str) -> User | None:
    """The one open account of an organization that has the name of whoever signed on paper."""
    open_accounts = select(User).where(User.party_id == party_id, User.deactivated_at.is_(None))
    found = [one for one in db.session.scalars(open_accounts) if folded(one.name) == folded(name)]
    return found[0] if len(found) == 1 else None


def signer_of(signer: User | None, name: str) -> tuple[list[Fact], list[Gone]]:
    """Who signed, as a fact while they are with the organization; on paper as named where nobody has that account."""
    if signer is None:
        return [Fact(FactKind.SIGNER, _AS_NAMED, name)], []
    key = str(signer.id)
    if signer.deactivated_at is None:
        return [Fact(FactKind.SIGNER, key, signer.name)], []
    return [], [Gone(FactKind.SIGNER, key, clock.civil_date(signer.deactivated_at))]


def facts_of(party: Party) -> tuple[list[Fact], list[Gone]]:
    """The facts on file about `party` that a statement can rest on, and those that stand no longer."""
    facts = [Fact(FactKind.NAME, "name", party.name)]
    gone: list[Gone] = []
    for stake in db.session.scalars(
        select(OwnershipStake).where(OwnershipStake.party_id == party.id).order_by(OwnershipStake.starts_on)
    ):
        key = str(stake.group_id)
        if stake.ends_on is None:
            facts.append(Fact(FactKind.OWNERS, key, stake.group.name, stake.starts_on))
        else:
            gone.append(Gone(FactKind.OWNERS, key, stake.ends_on + ONE_DAY))
    if party.kind is SubjectType.PRACTICE:
        recorded = sites.recorded(party.id)
        first, miswritten = sites.first_of_each(recorded), sites.miswritten(recorded)
        misdated = sites.misdated(recorded)
        for site in recorded:
            key = str(first[site.id])
            if site.superseded_at is not None:
                continue
            if site.closed_on is None:
                words = sites.in_words(site)
                facts.append(Fact(FactKind.SITES, key, words, site.opened_on, miswritten[site.id], misdated[site.id]))
            else:
                gone.append(Gone(FactKind.SITES, key, site.closed_on + ONE_DAY))
        leading, left = champions.facts_of(party.id)
        facts += leading
        gone += left
    return facts, gone
