"""Passwords: long and not easily guessed; nothing is said about kinds of characters."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certhub.rules.passwords import LONGEST, SHORTEST, composed, require_acceptable, weakness
from certhub.rules.refusal import Refusal

COMMON = frozenset({"password", "welcome", "letmein", "iloveboston", "qwerty"})


def reason(password: str, *, name: str = "Ana Ferreira", email: str = "ana.ferreira@bridge.example") -> str | None:
    return weakness(password, name=name, email=email, common=COMMON)


@pytest.mark.parametrize(
    "password",
    [
        "violet harbor 7 kettles",
        "correct horse radish tea",
        "MyDogAteTheStandard",
        "пароль из четырёх слов",
        "x7#kQ2!pLm9z",
        "ana likes lanterns and oats",
        "password managers rule the day",
        "z" * 3 + "quietlanterns" + "y" * 100,
    ],
)
def test_a_long_password_of_words_or_signs_is_accepted(password: str) -> None:
    assert reason(password) is None


@pytest.mark.parametrize(
    ("password", "told"),
    [
        ("", "at least 12"),
        ("x7#kQ2!pLm9", "at least 12"),
        ("ab" * 65, "at most 128"),
        ("aaaaaaaaaaaa", "pattern"),
        ("ababababababab", "pattern"),
        ("abc1abc1abc1", "pattern"),
        ("123456789012", "pattern"),
        ("098765432109", "pattern"),
        ("abcdefghijklm", "pattern"),
        ("qwertyuiopas", "pattern"),
        ("1qaz2wsx3edc", "pattern"),
        ("AnaFerreira2026", "name"),
        ("ana.ferreira@bridge", "name"),
        ("ferreira-ferreira", "name"),
        ("password1234", "Many people"),
        ("P@ssw0rd2026!", "Many people"),
        ("PasswordPassword", "Many people"),
        ("Welcome-2026-1", "Many people"),
        ("1loveBoston!!!", "Many people"),
        ("letmeinletmein", "Many people"),
    ],
)
def test_an_easily_guessed_password_is_refused_in_a_sentence(password: str, told: str) -> None:
    said = reason(password)
    assert said is not None
    assert told in said


def test_the_refusal_stands_beside_its_field() -> None:
    with pytest.raises(Refusal) as refused:
        require_acceptable("short", name="Ana", email="ana@example.org", common=COMMON, field="repeated")
    assert refused.value.field == "repeated"


def test_a_short_name_does_not_forbid_the_words_that_contain_it() -> None:
    assert reason("lantern or kettle", name="Al Or", email="al@x.example") is None


@given(st.text(min_size=0, max_size=200), st.text(max_size=40), st.text(max_size=40))
def test_any_text_gets_an_answer_and_length_is_always_kept(password: str, name: str, email: str) -> None:
    said = weakness(password, name=name, email=email, common=COMMON)
    if not SHORTEST <= len(composed(password)) <= LONGEST:
        assert said is not None


@given(st.text(max_size=60))
def test_a_password_is_the_same_however_its_signs_are_composed(password: str) -> None:
    assert composed(composed(password)) == composed(password)
