from dataclasses import FrozenInstanceError
from datetime import date

import pytest

from certhub.documents.facts import LONGEST, CertificateFacts
from certhub.rules.vocabulary import SubjectType
from tests.unit.documents.samples import USUAL, certificate_facts, facts_of


@pytest.mark.parametrize("subject", SubjectType)
def test_facts_come_back_from_their_json_unchanged(subject: SubjectType) -> None:
    facts = facts_of(subject)
    assert CertificateFacts.from_json(facts.to_json()) == facts


def test_equal_facts_are_equal_texts_whatever_order_they_were_given_in() -> None:
    backwards = CertificateFacts(**dict(reversed(USUAL.items())))
    assert backwards.to_json() == certificate_facts().to_json()
    assert '"credential_number":"CC-2026-000123-4","dates_because":' in backwards.to_json()
    assert "Gonçalves" in backwards.to_json()


def test_facts_cannot_be_changed_after_they_are_frozen() -> None:
    with pytest.raises(FrozenInstanceError):
        certificate_facts().holder_name = "Somebody else"  # type: ignore[misc]  # this is what must not work


@pytest.mark.parametrize("name", [name for name in LONGEST if name not in ("holder_detail", "supersedes")])
def test_a_certificate_without_one_of_its_texts_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match=name.replace("_", " ")):
        certificate_facts(**{name: "  "})


@pytest.mark.parametrize("name", LONGEST)
def test_a_text_that_is_too_long_for_the_page_is_refused_with_the_room_that_there_is(name: str) -> None:
    certificate_facts(**{name: "x" * LONGEST[name]})
    with pytest.raises(ValueError, match=f"has room for {LONGEST[name]}"):
        certificate_facts(**{name: "x" * (LONGEST[name] + 1)})


@pytest.mark.parametrize("issuer", [(), ("One", "Two", "Three"), ("",), ("x" * 81,)])
def test_an_issuer_that_does_not_fit_is_refused(issuer: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="issuer"):
        certificate_facts(issuer=issuer)


def test_a_term_that_ends_before_it_starts_is_refused_and_a_term_of_one_day_is_not() -> None:
    certificate_facts(starts_on=date(2026, 8, 14), expires_on=date(2026, 8, 14))
    with pytest.raises(ValueError, match="before it starts"):
        certificate_facts(starts_on=date(2026, 8, 14), expires_on=date(2026, 8, 13))


@pytest.mark.parametrize("text", ["{}", "[]", '{"holder_name": "Only a name"}', "no json at all"])
def test_a_text_that_does_not_hold_facts_is_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  (json says it in its own words)
        CertificateFacts.from_json(text)
