"""Identifiers and names: what is understood, what is refused, what is issued."""

import unicodedata

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from certhub.rules.identifiers import (
    credential_number,
    new_verification_code,
    normalise_email,
    normalise_verification_code,
    npi_is_valid,
    require_credential_number,
    require_email,
    require_massachusetts_zip,
    require_npi,
    require_organization_name,
    require_person_name,
    require_phone,
    require_vendor_code,
    require_zip,
)
from certhub.rules.refusal import Refusal
from certhub.rules.vocabulary import SubjectType

numbers = st.builds(
    credential_number, st.sampled_from(SubjectType), st.integers(2000, 2099), st.integers(1, 99_999_999)
)


def _is_refused(text: str) -> bool:
    try:
        require_credential_number(text)
    except Refusal:
        return True
    return False


@pytest.mark.parametrize(
    ("subject_type", "sequence", "expected"),
    [
        (SubjectType.COORDINATOR, 123, "CC-2026-000123-4"),
        (SubjectType.VENDOR, 7, "VO-2026-0007-"),
        (SubjectType.PRACTICE, 45, "PC-2026-0045-"),
        (SubjectType.TRAINING_PROGRAM, 3, "TP-2026-003-"),
        (SubjectType.TRAINING_PROGRAM, 1234, "TP-2026-1234-"),
        (SubjectType.COORDINATOR, 1_234_567, "CC-2026-1234567-"),
    ],
)
def test_each_kind_has_its_prefix_and_a_width_that_grows(
    subject_type: SubjectType, sequence: int, expected: str
) -> None:
    assert credential_number(subject_type, 2026, sequence).startswith(expected)


@pytest.mark.parametrize(("year", "sequence"), [(2026, 0), (2026, -1), (26, 1), (10000, 1)])
def test_a_number_needs_a_positive_sequence_and_a_year_of_four_digits(year: int, sequence: int) -> None:
    with pytest.raises(ValueError, match="no credential number"):
        credential_number(SubjectType.VENDOR, year, sequence)


@pytest.mark.parametrize(
    "typed",
    [
        "CC-2026-000123-4",
        "cc-2026-000123-4",
        "  cc 2026 000123 4 ",
        "CC20260001234",
        "CC–2026—000123−4",
        "CC-2O26-OOO123-4",
        "CC-2026-000l23-4",
        "cc-2026-000I23-4",
        "ＣＣ－２０２６－０００１２３－４",
    ],
)
def test_what_people_type_for_a_credential_number_is_understood(typed: str) -> None:
    assert require_credential_number(typed) == "CC-2026-000123-4"


def test_a_zero_typed_in_a_prefix_is_understood() -> None:
    number = credential_number(SubjectType.VENDOR, 2026, 7)
    assert require_credential_number(number.replace("VO", "V0")) == number


@pytest.mark.parametrize(
    "typed", ["", "CC", "XX-2026-000123-4", "CC-2026", "hello", "CC-2026-000123-4-9-9-9\x00", "٣" * 13, "C" * 10_000]
)
def test_text_that_is_no_credential_number_is_refused_with_an_example(typed: str) -> None:
    with pytest.raises(Refusal, match="looks like CC-2026-000123-4") as refused:
        require_credential_number(typed)
    assert refused.value.field == "number"


def test_a_wrong_check_digit_is_named() -> None:
    with pytest.raises(Refusal, match="its last digit does not fit the others"):
        require_credential_number("CC-2026-000123-5")


@pytest.mark.parametrize("sequence", ["00123", "0000123", "000000"])
def test_digits_that_fit_but_have_the_wrong_width_are_refused(sequence: str) -> None:
    outcomes = set()
    for check in range(10):
        with pytest.raises(Refusal) as refused:
            require_credential_number(f"CC-2026-{sequence}-{check}")
        outcomes.add("too many or too few" in refused.value.message)
    assert outcomes == {True, False}


@given(numbers)
def test_every_number_issued_is_understood(number: str) -> None:
    assert require_credential_number(number) == number


@given(numbers, st.data())
def test_the_check_digit_catches_every_single_wrong_digit(number: str, data: st.DataObject) -> None:
    at = data.draw(st.sampled_from([i for i, character in enumerate(number) if character.isdigit()]))
    wrong = data.draw(st.sampled_from([digit for digit in "0123456789" if digit != number[at]]))
    assert _is_refused(number[:at] + wrong + number[at + 1 :])


@given(numbers, st.data())
def test_the_check_digit_catches_every_swap_of_neighbours(number: str, data: st.DataObject) -> None:
    places = [i for i, character in enumerate(number) if character.isdigit()]
    pair = data.draw(st.integers(0, len(places) - 2))
    one, other = places[pair], places[pair + 1]
    assume(number[one] != number[other])
    swapped = list(number)
    swapped[one], swapped[other] = swapped[other], swapped[one]
    assert _is_refused("".join(swapped))


@given(numbers, st.sampled_from(["CC", "VO", "PC", "TP"]))
def test_a_number_of_one_kind_is_never_a_number_of_another(number: str, prefix: str) -> None:
    assume(not number.startswith(prefix))
    assert _is_refused(prefix + number[2:])


@given(st.text(max_size=60))
def test_no_text_breaks_the_reader_of_credential_numbers(text: str) -> None:
    if not _is_refused(text):
        found = require_credential_number(text)
        assert require_credential_number(found) == found


def test_a_verification_code_has_128_bits_in_groups_of_four() -> None:
    assert new_verification_code(bytes(16)) == "0000-0000-0000-0000-0000-0000-00"
    assert new_verification_code(b"\xff" * 16) == "ZZZZ-ZZZZ-ZZZZ-ZZZZ-ZZZZ-ZZZZ-ZW"


@pytest.mark.parametrize("length", [0, 15, 17])
def test_a_verification_code_is_made_of_sixteen_bytes_only(length: int) -> None:
    with pytest.raises(ValueError, match="16 random bytes"):
        new_verification_code(b"x" * length)


@given(st.binary(min_size=16, max_size=16), st.binary(min_size=16, max_size=16))
def test_different_bytes_give_different_codes(one: bytes, other: bytes) -> None:
    assert (new_verification_code(one) == new_verification_code(other)) is (one == other)


@given(st.binary(min_size=16, max_size=16))
def test_a_verification_code_survives_the_ways_in_which_people_type_it(random_bytes: bytes) -> None:
    code = new_verification_code(random_bytes)
    assert not set(code) & set("ILOU")
    for typed in (code, code.lower(), code.replace("-", ""), code.replace("-", " "), code.replace("0", "o")):
        assert normalise_verification_code(typed) == code
    assert normalise_verification_code(code.replace("1", "l")) == code


@pytest.mark.parametrize("typed", ["", "0000", "U" * 26, "0" * 27, "\x00" * 26, "é" * 26])
def test_text_that_cannot_be_a_verification_code_is_none(typed: str) -> None:
    assert normalise_verification_code(typed) is None


@pytest.mark.parametrize("npi", ["1234567893", "1558598797", "1000000012", "1999999992", "2000000002"])
def test_a_valid_npi_is_accepted(npi: str) -> None:
    assert npi_is_valid(npi)
    assert require_npi(f" {npi[:4]}-{npi[4:]} ") == npi


@pytest.mark.parametrize("npi", ["1234567890", "3234567893", "0000000000"])
def test_an_npi_with_a_wrong_digit_is_refused(npi: str) -> None:
    assert not npi_is_valid(npi)
    with pytest.raises(Refusal, match="not a valid NPI") as refused:
        require_npi(npi)
    assert refused.value.field == "npi"


@pytest.mark.parametrize("npi", ["", "123456789", "12345678933", "12345abcde", "١٢٣٤٥٦٧٨٩٣"])
def test_an_npi_of_other_than_ten_digits_is_refused(npi: str) -> None:
    assert not npi_is_valid(npi)
    with pytest.raises(Refusal, match="10 digits"):
        require_npi(npi)


@given(st.integers(0, 9), st.integers(0, 9))
def test_an_npi_with_one_digit_changed_is_never_valid(at: int, digit: int) -> None:
    npi = "1558598797"
    assume(npi[at] != str(digit))
    assert not npi_is_valid(npi[:at] + str(digit) + npi[at + 1 :])


@pytest.mark.parametrize("typed", ["VC6000000001", " vc 6000000001", "VC-6000000001"])
def test_a_vendor_code_is_tidied(typed: str) -> None:
    assert require_vendor_code(typed) == "VC6000000001"


@pytest.mark.parametrize("typed", ["", "VC600000001", "VC60000000011", "XX6000000001", "VC٦٠٠٠٠٠٠٠٠١", "6000000001"])
def test_another_vendor_code_is_refused(typed: str) -> None:
    with pytest.raises(Refusal, match="VC and 10 digits") as refused:
        require_vendor_code(typed)
    assert refused.value.field == "vendor_code"


@pytest.mark.parametrize(
    "name",
    [
        "Siobhán O’Brien",
        "Nguyễn Thị Hoa",
        "李小龍",
        "فاطمة الزهراء",
        "שרה כהן",
        "Анна Иванова",
        "ស្រីមុំ",
        "Ana-María D'Souza, RN",
        "O",
    ],
)
def test_a_name_in_any_script_is_welcome(name: str) -> None:
    assert require_person_name(name) == name
    assert require_organization_name(name) == name


def test_a_name_is_trimmed_composed_and_single_spaced() -> None:
    assert require_person_name("  Jose\u0301 \t\n Garci\u0301a\u00a0 Lo\u0301pez ") == "José García López"


@pytest.mark.parametrize("name", ["", "   ", "...", "123", "\u200b", "-"])
def test_a_person_needs_a_letter(name: str) -> None:
    with pytest.raises(Refusal, match="at least one letter"):
        require_person_name(name)


def test_an_organization_may_be_named_with_digits_only() -> None:
    assert require_organization_name("1199") == "1199"
    with pytest.raises(Refusal, match="letter or digit"):
        require_organization_name("---")


@pytest.mark.parametrize("code", [*range(0x202A, 0x202F), *range(0x2066, 0x206A)])
def test_a_hidden_change_of_direction_in_a_name_is_refused(code: int) -> None:
    with pytest.raises(Refusal, match="direction of the text") as refused:
        require_person_name(f"Ana{chr(code)}Silva", field="last_name")
    assert refused.value.field == "last_name"


@pytest.mark.parametrize("character", ["\x00", "\x07", "\x1b", "\x1c", "\x7f", "\x85", "\ud800"])
def test_a_control_character_in_a_name_is_refused(character: str) -> None:
    with pytest.raises(Refusal, match="control character"):
        require_organization_name(f"Harbor{character}Care")


def test_a_name_of_200_characters_is_the_longest() -> None:
    assert require_person_name("x" * 200) == "x" * 200
    with pytest.raises(Refusal, match="10,000 characters"):
        require_person_name("x" * 10_000)


@given(st.text(max_size=250))
def test_an_accepted_name_is_tidy_and_tidying_it_again_changes_nothing(text: str) -> None:
    try:
        name = require_person_name(text)
    except Refusal:
        return
    assert require_person_name(name) == name == unicodedata.normalize("NFC", name).strip()
    assert "  " not in name
    assert not any(unicodedata.category(character) == "Cc" for character in name)


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        (" Ana.Silva@Example.ORG ", "ana.silva@example.org"),
        ("o'brien+dph@example.org", "o'brien+dph@example.org"),
        ("info@bücher.example.org", "info@xn--bcher-kva.example.org"),
    ],
)
def test_an_email_address_is_stored_and_looked_up_in_one_form(typed: str, stored: str) -> None:
    assert require_email(typed) == stored
    assert normalise_email(typed) == stored
    assert normalise_email(stored) == stored


@pytest.mark.parametrize(
    "typed", ["", "ana", "ana@", "@example.org", "ana@localhost", "a b@example.org", "ana@ex\x00ample.org"]
)
def test_text_that_is_no_email_address_is_refused_but_can_be_looked_up(typed: str) -> None:
    with pytest.raises(Refusal, match=r"name@example\.org") as refused:
        require_email(typed)
    assert refused.value.field == "email"
    assert normalise_email(typed) == typed


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("617-555-0123", "617-555-0123"),
        ("(617) 555-0123", "617-555-0123"),
        ("+1 617.555.0123", "617-555-0123"),
        ("16175550123", "617-555-0123"),
        ("617 555 0123 x45", "617-555-0123 ext. 45"),
        ("617-555-0123 ext. 45", "617-555-0123 ext. 45"),
    ],
)
def test_a_telephone_number_is_stored_in_one_form(typed: str, stored: str) -> None:
    assert require_phone(typed) == stored
    assert require_phone(stored) == stored


@pytest.mark.parametrize("typed", ["", "555-0123", "117-555-0123", "617-155-0123", "+44 20 7946 0958", "call me"])
def test_another_telephone_number_is_refused(typed: str) -> None:
    with pytest.raises(Refusal, match="area code"):
        require_phone(typed)


@pytest.mark.parametrize(
    ("typed", "stored"), [("02118", "02118"), (" 02118-1234 ", "02118-1234"), ("021181234", "02118-1234")]
)
def test_a_zip_code_is_stored_in_one_form(typed: str, stored: str) -> None:
    assert require_zip(typed) == stored


@pytest.mark.parametrize("typed", ["", "2118", "00000", "0211A", "02118-12", "٠٢١١٨"])
def test_another_zip_code_is_refused(typed: str) -> None:
    with pytest.raises(Refusal, match="ZIP code of 5 digits"):
        require_zip(typed)


@pytest.mark.parametrize("zip_code", ["01001", "02790", "05501", "02118-1234"])
def test_a_zip_code_of_massachusetts_goes_with_its_towns(zip_code: str) -> None:
    assert require_massachusetts_zip(zip_code) == zip_code


@pytest.mark.parametrize("zip_code", ["02903", "06101", "00901"])
def test_a_zip_code_of_another_state_does_not_go_with_a_town_of_massachusetts(zip_code: str) -> None:
    with pytest.raises(Refusal, match="not in Massachusetts") as refused:
        require_massachusetts_zip(zip_code)
    assert refused.value.field == "zip_code"
