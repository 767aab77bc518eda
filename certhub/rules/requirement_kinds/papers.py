"""Kinds that rest on a paper or a signature: document, attestation, agreement."""

from dataclasses import dataclass
from datetime import date, timedelta

from certhub.rules.dossier import Dossier, EvidenceItem, Occasion
from certhub.rules.findings import Finding, counted, listed, share
from certhub.rules.refusal import Refusal
from certhub.rules.requirement_kinds.kind import (
    Kind,
    best,
    evidence_for,
    lacking,
    latest,
    reviewed,
    value_text,
)
from certhub.rules.requirement_kinds.parameters import MOST_DAYS, Parameters
from certhub.rules.standard import Requirement
from certhub.rules.terms import written
from certhub.rules.vocabulary import Result, Role

DECISION, TERM_END = "decision", "term_end"
REASONS = "reasons"
_ROLE_OF_PARTY = {
    "vendor": Role.VENDOR_HR,
    "practice": Role.PRACTICE_MANAGER,
    "training_program": Role.TRAINING_PROVIDER,
    **{role.value: role for role in (Role.COORDINATOR, Role.VENDOR_HR, Role.PRACTICE_MANAGER, Role.TRAINING_PROVIDER)},
}
SIGNER_ROLES = tuple(role.value for role in Role if role is not Role.PUBLIC)


@dataclass(frozen=True, slots=True)
class DocumentParameters:
    """Which documents count, how old they may be (days from issue to decision) and how long they must stay good."""

    types: tuple[str, ...]
    need: str
    max_age_days: int | None
    must_not_expire_before: str
    needs_file: bool


@dataclass(frozen=True, slots=True)
class AttestationParameters:
    """Which version of which text is signed, by whom, and whether it is signed anew for each term.

    `with_reasons` asks the signer for reasons in their own words, which a reviewer reads.
    """

    text_id: str
    version: int
    signer_role: str
    each_term: bool
    with_reasons: bool


@dataclass(frozen=True, slots=True)
class AgreementParameters:
    """Which version of which agreement is signed by which parties, and whether anew for each term."""

    template_id: str
    version: int
    parties: tuple[str, ...]
    each_term: bool


def _read_document(raw: Parameters) -> DocumentParameters:
    return DocumentParameters(
        types=raw.texts("types"),
        need=raw.text("need", default="any", choices=("any", "all")),
        max_age_days=raw.whole_or_none("max_age_days", 1, MOST_DAYS),
        must_not_expire_before=raw.text("must_not_expire_before", default="", choices=(DECISION, TERM_END)),
        needs_file=raw.flag("needs_file", default=True),
    )


def _judge_document(
    requirement: Requirement, params: DocumentParameters, dossier: Dossier, occasion: Occasion
) -> Finding:
    need = _documents_wanted(params)
    items = [
        item for item in evidence_for(requirement, dossier, occasion.as_of) if item.has_file or not params.needs_file
    ]
    usable: list[EvidenceItem] = []
    problems: list[str] = []
    for document_type in params.types:
        of_type = [item for item in items if value_text(item, "document_type") == document_type]
        found = best(item for item in of_type if not _fault_in_document(item, params, occasion))
        newest = latest(of_type)
        if found is not None:
            usable.append(found)
        elif newest is not None:
            problems.append(_fault_in_document(newest, params, occasion))
        elif params.need == "all":
            problems.append(f"The {document_name(document_type)} is missing.")
    if params.need == "any" and usable:
        chosen = best(usable)
        usable, problems = ([chosen] if chosen else []), []
    if problems or not usable:
        explanation = " ".join(problems) or f"Nothing that counts is on file yet. Needed: {need}."
        return lacking(requirement, need=need, explanation=explanation, have=_documents_had(usable))
    ends = [item.expires_on for item in usable if item.expires_on is not None]
    have = _documents_had(usable)
    good_until = f", good through {written(min(ends))}" if ends else ""
    return reviewed(
        requirement,
        usable,
        have=have,
        need=need,
        explanation=f"On file: {have}{good_until}.",
        due_on=min(ends, default=None),
    )


def _fault_in_document(item: EvidenceItem, params: DocumentParameters, occasion: Occasion) -> str:
    name = document_name(value_text(item, "document_type"))
    if params.max_age_days is not None:
        if item.occurred_on is None:
            return f"The {name} has no date of issue."
        oldest = occasion.as_of - timedelta(days=params.max_age_days)
        if item.occurred_on < oldest:
            return f"The {name} of {written(item.occurred_on)} is older than {params.max_age_days} days."
    if item.expires_on is not None and item.expires_on < occasion.as_of:
        return f"The {name} expired on {written(item.expires_on)}."
    if not params.must_not_expire_before:
        return ""
    if item.expires_on is None:
        return f"The {name} has no expiry date."
    needed_until = occasion.as_of if params.must_not_expire_before == DECISION else occasion.term_end
    if item.expires_on >= needed_until:
        return ""
    return (
        f"The {name} ends on {written(item.expires_on)}; "
        f"it must last through the end of the term on {written(needed_until)}."
    )


def document_name(document_type: str) -> str:
    """A document type as a person reads it: "w9" is "W-9 tax form", "access_plan" is "access plan"."""
    known = {
        "w9": "W-9 tax form",
        "npi_registry_record": "NPI registry record",
        "general_liability": "certificate of general liability insurance",
        "professional_liability": "certificate of professional liability insurance",
    }
    return known.get(document_type, document_type.replace("_", " "))


def _documents_wanted(params: DocumentParameters) -> str:
    names = [document_name(document_type) for document_type in params.types]
    return listed(names, last="and" if params.need == "all" else "or")


def _documents_had(items: list[EvidenceItem]) -> str:
    return listed([document_name(value_text(item, "document_type")) for item in items]) or "Nothing usable yet"


def _read_attestation(raw: Parameters) -> AttestationParameters:
    return AttestationParameters(
        text_id=raw.text("text_id"),
        version=raw.whole("version", 1, 999),
        signer_role=raw.text("signer_role", choices=SIGNER_ROLES),
        each_term=raw.flag("each_term", default=False),
        with_reasons=raw.flag("with_reasons", default=False),
    )


def _judge_attestation(
    requirement: Requirement, params: AttestationParameters, dossier: Dossier, occasion: Occasion
) -> Finding:
    need = f"Signed statement, version {params.version}" + (", with reasons" if params.with_reasons else "")
    signed = [
        item
        for item in evidence_for(requirement, dossier, occasion.as_of)
        if value_text(item, "text_id") == params.text_id and item.value.get("agreed") is True
    ]
    current = [
        item
        for item in signed
        if item.value.get("version") == params.version
        and value_text(item, "signer_role") == params.signer_role
        and _in_this_term(item, occasion, each_term=params.each_term)
        and (not params.with_reasons or value_text(item, REASONS).strip())
    ]
    found, older = latest(current), latest(signed)
    if found is not None and found.occurred_on is not None and params.with_reasons:
        explanation = f"Signed on {written(found.occurred_on)}, with reasons."
        return reviewed(requirement, (found,), have="Signed, with reasons", need=need, explanation=explanation)
    if found is not None and found.occurred_on is not None:
        return _signed(requirement, (found,), need, f"Signed on {written(found.occurred_on)}.")
    if older is None:
        return lacking(requirement, need=need, explanation="Not signed yet.")
    return lacking(requirement, need=need, have="An earlier signature", explanation=_why_sign_again(older, params))


def _why_sign_again(item: EvidenceItem, params: AttestationParameters) -> str:
    if item.value.get("version") != params.version:
        return f"The text has changed since it was signed. Read and sign version {params.version}."
    if value_text(item, "signer_role") != params.signer_role:
        return f"The statement must be signed by the {params.signer_role.replace('_', ' ')}."
    if item.occurred_on is None:
        return "The signature has no date. Sign the statement again."
    if params.with_reasons and not value_text(item, REASONS).strip():
        return "The reasons are missing. Sign again and give them."
    return f"Signed on {written(item.occurred_on)}, for an earlier term. Sign it again for the new term."


def _in_this_term(item: EvidenceItem, occasion: Occasion, *, each_term: bool) -> bool:
    """Whether a signature counts for the term that is asked for.

    One for each term counts for the application that it was given for. Its date alone would not tell: a late renewal
    runs from a day before its own signature, and a first term from the day of the decision.
    """
    if item.occurred_on is None:
        return False
    if not each_term:
        return True
    if item.for_earlier_term:
        return False
    return occasion.previous_start is None or item.occurred_on >= occasion.previous_start


def _signed(requirement: Requirement, items: tuple[EvidenceItem, ...], need: str, explanation: str) -> Finding:
    """Met by a signature given here; one on paper, which comes as a file, is looked at by a reviewer first."""
    if any(item.has_file for item in items):
        return reviewed(requirement, items, have="Signed on paper", need=need, explanation=explanation)
    return Finding(
        requirement.code,
        Result.MET,
        have="Signed",
        need=need,
        explanation=explanation,
        evidence_ids=tuple(item.id for item in items),
        progress=share(1, 1),
    )


def _read_agreement(raw: Parameters) -> AgreementParameters:
    return AgreementParameters(
        template_id=raw.text("template_id"),
        version=raw.whole("version", 1, 999),
        parties=raw.texts("parties"),
        each_term=raw.flag("each_term", default=False),
    )


def _judge_agreement(
    requirement: Requirement, params: AgreementParameters, dossier: Dossier, occasion: Occasion
) -> Finding:
    signatures: dict[str, EvidenceItem] = {}
    for item in evidence_for(requirement, dossier, occasion.as_of):
        fits = (
            value_text(item, "template_id") == params.template_id
            and item.value.get("version") == params.version
            and item.value.get("agreed") is True
            and _in_this_term(item, occasion, each_term=params.each_term)
            and (item.has_file or signing_role(value_text(item, "party")) is not None)
        )
        if fits:
            signatures[value_text(item, "party")] = item
    had = [party for party in params.parties if party in signatures]
    missing = [party_name(party) for party in params.parties if party not in signatures]
    need = f"Signed by {listed([party_name(party) for party in params.parties])}, version {params.version}"
    items = tuple(signatures[party] for party in had)
    if not missing:
        dates: list[date] = [item.occurred_on for item in items if item.occurred_on is not None]
        return _signed(requirement, items, need, f"Signed by all parties; complete since {written(max(dates))}.")
    explanation = f"{len(had)} of {counted(len(params.parties), 'signature')}; still to sign: {listed(missing)}."
    return Finding(
        requirement.code,
        Result.PARTIAL if had else Result.NOT_MET,
        have=f"{len(had)} of {counted(len(params.parties), 'signature')}",
        need=need,
        explanation=explanation,
        progress=share(len(had), len(params.parties)),
        evidence_ids=tuple(item.id for item in items),
        provided=False,
    )


def signing_role(party: str) -> Role | None:
    """The role whose accounts sign for a party; None for one that has no accounts and so signs on paper."""
    return _ROLE_OF_PARTY.get(party)


def require_signer(party: str, role: Role) -> None:
    """Refuse a signature on the screen for somebody else: an account signs as the party that it is.

    A paper may be handed in for anybody, because a reviewer looks at it.
    """
    signs = signing_role(party)
    if signs is role:
        return
    name = party_name(party)
    if signs is None:
        raise Refusal(f"You cannot sign for {name}. Upload the page that {name} signed. A reviewer will look at it.")
    raise Refusal(
        f"{name[:1].upper()}{name[1:]} must sign this. Ask {name} to sign in and sign it, or upload the paper with "
        f"the signature of {name}."
    )


def party_name(party: str) -> str:
    """A party to an agreement as a person reads it: "dph" is "DPH"."""
    return {"dph": "DPH"}.get(party, "the " + party.replace("_", " "))


DOCUMENT = Kind(_read_document, _judge_document)
ATTESTATION = Kind(_read_attestation, _judge_attestation)
AGREEMENT = Kind(_read_agreement, _judge_agreement)
