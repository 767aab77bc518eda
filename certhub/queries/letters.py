"""What is printed of a notice and of a signed statement: only what never changes, so that it is the same for ever."""

from certhub import clock
from certhub.documents.letter import Letter, Passage, Section, passages, shown
from certhub.models.due_process import ActionNotice
from certhub.queries.signatures import SignedCopy
from certhub.queries.signed_texts import SignedText
from certhub.rules.due_process import practice_words
from certhub.rules.requirement_kinds.papers import party_name
from certhub.rules.signing import AUTHORITY_TOLD
from certhub.rules.status import work_word
from certhub.rules.terms import written, written_at


def of_notice(notice: ActionNotice, *, base_url: str) -> Letter:
    """A notice with its head."""
    event = notice.status_event
    facts = [("Number", notice.number), ("Date", written(notice.issued_on)), ("To", notice.party_name)]
    if event is not None:
        facts.append(("Certification", event.credential.number))
    if event is not None and notice.practice_allowed is not None:
        word = work_word(event.credential.subject_type)
        facts.append((word, practice_words(allowed=notice.practice_allowed, ends=notice.tells_an_end)))
    about = "The notice and the record of its hearing are" if notice.appeal_until else "The notice is"
    hearing = (
        f"Can be asked for until {written(notice.appeal_until)}"
        if notice.appeal_until
        else "There is no hearing about this notice"
    )
    facts += [("Hearing", hearing), ("Signed by", f"{notice.issued_by_name} for DPH")]
    return Letter(
        title=f"Notice {notice.number}: {notice.title}",
        dated_on=notice.issued_on,
        facts=_shown(facts),
        sections=(Section("", passages(notice.text)),),
        closing=f"{about} at {base_url}/notices/{notice.id}.",
    )


def of_signature(copy: SignedCopy, *, base_url: str) -> Letter:
    """A signed statement with its words, its signature and the consent. Without the signer's network address."""
    signature, given = copy.signature, copy.signature.evidence.value
    name = f"{signature.signed_name}, {signature.title}" if signature.title else signature.signed_name
    facts = [("Signed by", name)]
    if signature.account_name != signature.signed_name:
        facts.append(("Name of the account", signature.account_name))
    facts += [
        ("Signed for", f"{party_name(signature.signed_for)}, {AUTHORITY_TOLD[signature.authority]}"),
        ("Time", written_at(signature.signed_at)),
        ("Asked for by", f"Requirement {signature.requirement_code}"),
    ]
    if given.get("sites"):
        facts.append(("For these sites", "; ".join(given["sites"].values())))
    if given.get("reasons"):
        facts.append(("Reasons", given["reasons"]))
    facts += [
        ("Text", f"{signature.text_id}, version {signature.text_version}"),
        ("SHA-256 of the text", signature.text_sha256),
        ("Consent", f"{signature.consent_id}, version {signature.consent_version}"),
        ("SHA-256 of the consent", signature.consent_sha256),
    ]
    return Letter(
        title=f"Signed: {copy.text.title}",
        dated_on=clock.civil_date(signature.signed_at),
        facts=_shown(facts),
        sections=(
            Section(copy.text.title, _words(copy.text)),
            Section("What was agreed to before signing", _words(copy.consent)),
        ),
        closing="Whom the statement is about, and whether it still counts, is at "
        f"{base_url}/signatures/{signature.id}.",
    )


def _words(text: SignedText) -> tuple[Passage, ...]:
    return tuple(Passage((sentence,), tuple(items)) for sentence, items in text.paragraphs())


def _shown(facts: list[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    return tuple((label, shown(said)) for label, said in facts)
