"""Rosters: headings by any usual name, each cell checked on its own, with the row and the column in every complaint."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certhub.rules import roster, spreadsheet
from certhub.rules.identifiers import require_email
from certhub.rules.refusal import Refusal
from certhub.rules.roster import CheckedRoster, Column, Licence, Town, check_rows, read_day, read_heading
from certhub.rules.vocabulary import Discipline, EmploymentKind, Region

TODAY = date(2026, 3, 2)
TOWNS = {"worcester": Town(348, Region.CENTRAL), "manchester-by-the-sea": Town(166, Region.NORTHEAST)}
HEADING = tuple(column.value for column in Column)
GOOD = {
    Column.NAME: "Ana Ferreira",
    Column.EMAIL: "Ana.Ferreira@Example.org",
    Column.DISCIPLINE: "Social worker",
    Column.EMPLOYMENT_START: "2026-03-02",
}


def check(*rows: dict[Column, str]) -> CheckedRoster:
    cells = [[row.get(column, "") for column in Column] for row in rows]
    return check_rows(read_heading(HEADING), enumerate(cells, 2), towns=TOWNS, today=TODAY)


@pytest.mark.parametrize(
    ("headings", "column"),
    [
        (("E-mail address", "Email", "E-MAIL", "business email", "e_mail"), Column.EMAIL),
        (("Start date", "Hire Date", "EMPLOYMENT START", "First day of work"), Column.EMPLOYMENT_START),
        (("Full name", "Coordinator", "Legal  name"), Column.NAME),
        (("City/Town", "city", "Municipality"), Column.MUNICIPALITY),
        (("License #", "Licence", "License type"), Column.LICENCE_KIND),
    ],
)  # fmt: skip
def test_a_heading_is_understood_by_any_usual_name(headings: tuple[str, ...], column: Column) -> None:
    for heading in headings:
        others = [each.value for each in roster.REQUIRED if each is not column]
        assert read_heading([heading, *others]).positions[column] == 0


def test_missing_headings_are_all_named_at_once() -> None:
    with pytest.raises(Refusal, match="Missing here: email, employment_start"):
        read_heading(["name", "discipline", "favourite colour"])


def test_two_headings_with_one_meaning_are_refused() -> None:
    with pytest.raises(Refusal, match="“Email” and “E-mail address” mean the same"):
        read_heading(["name", "Email", "discipline", "start date", "E-mail address"])


def test_headings_that_are_not_used_are_told_and_empty_ones_are_not() -> None:
    assert read_heading([*HEADING, "Favourite colour", "", "Notes"]).ignored == ("Favourite colour", "Notes")


def test_a_whole_row_is_read_as_it_is_meant() -> None:
    checked = check(
        {
            **GOOD,
            Column.PHONE: "(617) 555-0123",
            Column.LANGUAGES: "English; Spanish and ASL / Haitian Creole",
            Column.MUNICIPALITY: "WORCESTER, MA",
            Column.JOB_TITLE: "Care coordinator",
            Column.EMPLOYED_AS: "1099",
            Column.CERTIFICATE_NAME: "Ana Ferreira",
            Column.LICENCE_KIND: "licsw",
            Column.LICENCE_NUMBER: "123456",
            Column.LICENCE_EXPIRES: "5/31/2027",
        }
    )
    assert checked.problems == []
    (row,) = checked.rows
    assert (row.row, row.email, row.discipline) == (2, "ana.ferreira@example.org", Discipline.SOCIAL_WORKER)
    assert (row.phone, row.languages) == ("617-555-0123", ("en", "es", "ase", "ht"))
    assert (row.town, row.kind) == (TOWNS["worcester"], EmploymentKind.CONTRACTOR)
    assert row.licence == Licence("LICSW", "123456", date(2027, 5, 31))


@pytest.mark.parametrize(
    ("column", "typed", "sentence"),
    [
        (Column.NAME, "", "Enter the name."),
        (Column.NAME, "007", "at least one letter"),
        (Column.NAME, "x" * 201, "Shorten it to at most 200"),
        (Column.NAME, "Ana\u202eFerreira", "hidden character"),
        (Column.EMAIL, "", "Enter the business e-mail"),
        (Column.EMAIL, "ana(at)example.org", "name@example.org"),
        (Column.EMAIL, "ana@localhost", "name@example.org"),
        (Column.DISCIPLINE, "Astronaut", "Use one of these: Nurse, Social worker"),
        (Column.EMPLOYMENT_START, "31/06/2012", "does not exist"),
        (Column.EMPLOYMENT_START, "2026-02-29", "does not exist"),
        (Column.EMPLOYMENT_START, "3/2/26", "Type the date as 2026-07-31"),
        (Column.EMPLOYMENT_START, "46083", "Type the date as 2026-07-31"),
        (Column.EMPLOYMENT_START, "1949-12-31", "January 1, 1950 or later"),
        (Column.EMPLOYMENT_START, "2199-01-01", "one year ahead"),
        (Column.PHONE, "555-0123", "area code"),
        (Column.LANGUAGES, "English, Klingon", "“Klingon” is not in the list"),
        (Column.MUNICIPALITY, "Springfield, IL", "not a city or town of Massachusetts"),
        (Column.JOB_TITLE, "x" * 121, "at most 120"),
        (Column.EMPLOYED_AS, "volunteer", "Use employee or contractor."),
        (Column.LICENCE_KIND, "RN", "Enter the number of the licence"),
        (Column.LICENCE_NUMBER, "123", "Enter the kind of licence"),
        (Column.CERTIFICATE_NAME, "\x07", "hidden character"),
    ],
)
def test_a_wrong_cell_is_told_with_its_row_and_column_and_what_to_type(
    column: Column, typed: str, sentence: str
) -> None:
    checked = check(GOOD | {Column.EMAIL: "first@example.org"}, {**GOOD, column: typed})
    assert [row.row for row in checked.rows] == [2]
    assert any(problem.row == 3 and sentence in problem.message for problem in checked.problems)
    assert all("\x07" not in problem.value and "\u202e" not in problem.value for problem in checked.problems)


def test_every_wrong_cell_of_a_row_is_told_at_once() -> None:
    checked = check({Column.NAME: "1", Column.EMAIL: "x", Column.DISCIPLINE: "y", Column.EMPLOYMENT_START: "z"})
    assert [problem.column for problem in checked.problems] == ["name", "email", "discipline", "employment_start"]


def test_an_email_that_comes_twice_names_the_first_row() -> None:
    checked = check(GOOD, {**GOOD, Column.EMAIL: " ANA.FERREIRA@example.org".strip()})
    (problem,) = checked.problems
    assert (problem.row, problem.column) == (3, "email")
    assert problem.message.startswith("Row 2 has the same e-mail address.")


def test_a_row_that_is_shorter_than_the_heading_has_empty_cells() -> None:
    checked = check_rows(read_heading(HEADING), [(2, ["Ana Ferreira"])], towns=TOWNS, today=TODAY)
    assert {problem.column for problem in checked.problems} == {"email", "discipline", "employment_start"}


def test_more_rows_than_the_limit_are_refused_with_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spreadsheet, "MOST_ROWS", 3)
    with pytest.raises(Refusal, match="more than 3 rows"):
        check(*[{**GOOD, Column.EMAIL: f"p{number}@example.org"} for number in range(4)])


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("2026-07-31", date(2026, 7, 31)),
        ("2026-7-1", date(2026, 7, 1)),
        ("7/31/2026", date(2026, 7, 31)),
        ("07/01/2026", date(2026, 7, 1)),
        ("2026-07-31 00:00:00", date(2026, 7, 31)),
        ("2024-02-29", date(2024, 2, 29)),
    ],
)
def test_a_date_is_read_in_each_way_in_which_people_type_it(typed: str, day: date) -> None:
    assert read_day(typed) == day


@given(
    local=st.text(alphabet="aZ0.+_-'é ", min_size=0, max_size=70),
    domain=st.sampled_from(["example.org", "EXAMPLE.org", "münchen.example.org", "localhost", "a.test", "-x.org", ""]),
)
def test_the_fast_way_to_read_an_email_agrees_with_the_rule(local: str, domain: str) -> None:
    typed = f"{local}@{domain}".strip()
    try:
        expected: str | None = require_email(typed)
    except Refusal:
        expected = None
    try:
        found: str | None = spreadsheet.email_of(typed)
    except Refusal:
        found = None
    assert found == expected
