from html.parser import HTMLParser

import pytest

from certhub.documents.facts import CertificateFacts
from certhub.documents.twin import certificate_body, certificate_html
from certhub.documents.wording import long_date, wording
from certhub.rules.vocabulary import SubjectType
from tests.unit.documents.samples import HOSTILE_NAMES, certificate_facts, facts_of

VOID = {"meta", "img", "link", "br", "path", "circle", "rect"}


class Outline(HTMLParser):
    """The tags of a page with their attributes, and its text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.texts: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if not self.open or self.open[-1] != "style":
            self.texts.append(data)

    @property
    def text(self) -> str:
        return " ".join("".join(self.texts).split())

    def count(self, tag: str) -> int:
        return sum(name == tag for name, _ in self.tags)


def every_printed_word(facts: CertificateFacts) -> list[str]:
    words = wording(facts)
    terms = [text for term in words.terms for text in (term.label, term.value, term.note) if text]
    lines = [
        *words.issuer,
        words.title,
        words.preamble,
        words.holder_name,
        words.holder_detail,
        words.statement,
        words.dates_because,
        words.signatory_name,
        words.signatory_title,
        words.verification_url,
        words.verification_code,
        words.serial_line,
    ]
    return [*lines, *terms]


@pytest.mark.parametrize("subject", SubjectType)
def test_the_twin_holds_every_fact_of_the_certificate(subject: SubjectType) -> None:
    """Lesson 22."""
    facts = facts_of(subject)
    text = Outline(certificate_html(facts)).text
    for words in every_printed_word(facts):
        assert words in text
    for fact in (
        facts.credential_number,
        facts.standard_code,
        facts.standard_title,
        facts.serial,
        long_date(facts.starts_on),
        long_date(facts.expires_on),
        long_date(facts.issued_on),
    ):
        assert fact in text


def test_the_page_has_a_language_a_title_one_h1_and_text_for_each_picture() -> None:
    page = Outline(certificate_html(certificate_facts()))
    assert page.open == []
    assert dict(page.tags)["html"]["lang"] == "en-US"
    assert "Maria Fernanda Gonçalves (CC-2026-000123-4)" in page.text
    assert (page.count("title"), page.count("h1"), page.count("main")) == (1, 1, 1)
    pictures = [attributes for _, attributes in page.tags if attributes.get("role") == "img"]
    assert len(pictures) == page.count("svg") == 2
    assert "Seal of pediatric care coordination" in str(pictures[0]["aria-label"])
    assert str(pictures[1]["aria-label"]).endswith("https://certhub.example.gov/verify/K7QM2XWA9FTR4HZP6BND3VCEJS")
    assert all("alt" in attributes for tag, attributes in page.tags if tag == "img")


def test_the_facts_are_a_list_of_terms_and_the_dates_can_be_read_by_machines() -> None:
    page = Outline(certificate_body(certificate_facts()))
    assert page.count("dt") == page.count("dd") == 7
    assert [attributes["datetime"] for tag, attributes in page.tags if tag == "time"] == [
        "2026-08-17",
        "2026-08-14",
        "2028-07-31",
    ]


def test_the_body_obeys_a_strict_policy_for_scripts_and_styles() -> None:
    page = Outline(certificate_body(certificate_facts()))
    assert {"script", "style", "link", "img", "iframe"}.isdisjoint(tag for tag, _ in page.tags)
    for _, attributes in page.tags:
        assert "style" not in attributes
        assert not [name for name in attributes if name.startswith("on")]


def test_the_standalone_page_fetches_nothing() -> None:
    html = certificate_html(certificate_facts())
    sources = [attributes["src"] for _, attributes in Outline(html).tags if "src" in attributes]
    assert [str(source).partition(";")[0] for source in sources] == ["data:image/svg+xml"]
    assert "@import" not in html
    assert "@font-face" not in html
    assert "url(" not in html


def test_a_page_with_its_own_h1_shows_the_certificate_one_level_down() -> None:
    page = Outline(certificate_body(certificate_facts(), heading_level=2))
    assert (page.count("h1"), page.count("h2")) == (0, 1)


def test_a_holder_without_detail_leaves_no_empty_line() -> None:
    assert "certificate-detail" not in certificate_body(certificate_facts(holder_detail=""))


@pytest.mark.parametrize("name", HOSTILE_NAMES)
def test_markup_in_a_name_is_printed_literally(name: str) -> None:
    usual, hostile = (
        Outline(certificate_html(certificate_facts())),
        Outline(certificate_html(certificate_facts(holder_name=name))),
    )
    assert " ".join(name.split()) in hostile.text
    assert [tag for tag, _ in hostile.tags] == [tag for tag, _ in usual.tags]
