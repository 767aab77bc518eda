"""Files of training as tables: what a row must say, and how the columns are found."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest

from certhub.rules import training_columns
from certhub.rules.identifiers import credential_number
from certhub.rules.refusal import Refusal
from certhub.rules.training_categories import TrainingCategory
from certhub.rules.training_columns import (
    CERTHUB_HEADINGS,
    LEFT_OUT,
    SHIPPED,
    DateOrder,
    Field,
    HoursUnit,
    Known,
    Layout,
    ScoreUnit,
    heading_row,
    headings_of,
    layout_of,
    propose,
    require_layout,
)
from certhub.rules.training_import import Listed, Reader, ReadRow, UnknownWord, Who, date_order_told
from certhub.rules.vocabulary import SubjectType

TODAY = date(2026, 11, 22)
NUMBER = credential_number(SubjectType.COORDINATOR, 2026, 12)
GOOD = {
    Field.NUMBER: NUMBER,
    Field.EMAIL: "ana@example.org",
    Field.NAME: "Ana Ferreira",
    Field.TITLE: "Care plans",
    Field.PROVIDER: "Institute",
    Field.COMPLETED_ON: "2026-03-31",
    Field.HOURS: "1.5",
    Field.CATEGORY: "core",
    Field.COURSE_CODE: "pccc - m1",
    Field.SCORE: "90",
    Field.APPROVED: "yes",
}
HEADINGS = headings_of(list(CERTHUB_HEADINGS.values()))


def reader(*, excel: bool = False, **values: Any) -> Reader:
    layout = Layout(**{"columns": SHIPPED[0].layout.columns, **values})
    return Reader(layout, HEADINGS, today=TODAY, excel=excel)


def read(row: dict[Field, str], **values: Any) -> ReadRow:
    return reader(**values).read(2, cells(row))


def cells(row: dict[Field, str]) -> list[str]:
    return [row.get(one, "") for one in CERTHUB_HEADINGS]


# --- rows -------------------------------------------------------------------------------------------------------------


def test_a_row_in_order_is_read_whole() -> None:
    row = read(GOOD)
    assert row.problems == []
    assert row.who == Who(NUMBER, "ana@example.org", "Ana Ferreira")
    assert (row.title, row.provider, row.course_code) == ("Care plans", "Institute", "PCCC-M1")
    assert (row.completed_on, row.minutes, row.category) == (date(2026, 3, 31), 90, TrainingCategory.CORE)
    assert (row.score, row.approved) == (90, True)


@pytest.mark.parametrize(
    ("changes", "column", "says"),
    [
        ({Field.TITLE: ""}, "title", "Enter the title"),
        ({Field.TITLE: "x" * 201}, "title", "Shorten it to at most 200"),
        ({Field.PROVIDER: ""}, "provider", "Enter who gave the training"),
        ({Field.COMPLETED_ON: ""}, "completed_on", "Enter the day"),
        ({Field.COMPLETED_ON: "2026-11-23"}, "completed_on", "in the future"),
        ({Field.COMPLETED_ON: "1989-12-31"}, "completed_on", "1990 or later"),
        ({Field.HOURS: ""}, "hours", "Enter the hours"),
        ({Field.CATEGORY: ""}, "category", "Enter the category"),
        ({Field.CATEGORY: "CNE"}, "category", "does not know this word"),
        ({Field.SCORE: "120"}, "score", "from 0 to 100"),
        ({Field.APPROVED: "perhaps"}, "approved", "Type yes or no"),
        ({Field.COURSE_CODE: "x" * 41}, "course_code", "Shorten it to at most 40"),
        ({Field.NUMBER: "CC-2026-000012-0"}, "credential_number", "last digit does not fit"),
        (
            {Field.NUMBER: credential_number(SubjectType.VENDOR, 2026, 1)},
            "credential_number",
            "number of an organization",
        ),
        ({Field.EMAIL: "ana(at)example.org"}, "email", "e-mail"),
        ({Field.NAME: "Ana\u202eFerreira"}, "name", "hidden character"),
        ({Field.TITLE: "Care\x00plans"}, "title", "hidden character"),
        ({Field.NUMBER: "", Field.EMAIL: "", Field.NAME: ""}, "credential_number", "Say who the person is"),
    ],
)
def test_a_cell_that_cannot_be_right_is_named_with_its_column(
    changes: dict[Field, str], column: str, says: str
) -> None:
    row = read({**GOOD, **changes})
    assert [problem.column for problem in row.problems] == [column]
    assert says.lower() in row.problems[0].message.lower()


def test_an_empty_cell_of_an_excel_file_says_that_cells_may_be_merged() -> None:
    (problem,) = reader(excel=True).read(2, cells({**GOOD, Field.TITLE: ""})).problems
    assert "undo the merge" in problem.message


@pytest.mark.parametrize(
    ("typed", "values", "category"),
    [
        ("Core care coordination", {}, TrainingCategory.CORE),
        ("ETHICS", {}, TrainingCategory.ETHICS_SCOPE),
        ("CNE", {"words": {"cne": "general"}}, TrainingCategory.GENERAL),
        ("", {"default_category": TrainingCategory.SYSTEMS}, TrainingCategory.SYSTEMS),
        ("core", {"words": {"core": "cultural"}}, TrainingCategory.CULTURAL),
    ],
)
def test_a_category_comes_from_the_word_or_from_what_it_stands_for_or_from_the_file(
    typed: str, values: dict[str, Any], category: TrainingCategory
) -> None:
    assert read({**GOOD, Field.CATEGORY: typed}, **values).category is category


def test_a_course_of_the_catalogue_is_known_by_its_number_elsewhere_and_gives_its_category() -> None:
    catalogue = {"1098765": Listed("EQUITY-101", TrainingCategory.CULTURAL), "MIXED": Listed("MIXED", None)}
    layout = Layout(columns=SHIPPED[0].layout.columns, default_category=TrainingCategory.GENERAL)
    found = Reader(layout, HEADINGS, today=TODAY, catalogue=catalogue)

    def read_as(code: str, category: str) -> tuple[str | None, TrainingCategory | None]:
        row = found.read(2, cells({**GOOD, Field.COURSE_CODE: code, Field.CATEGORY: category}))
        return row.course_code, row.category

    assert read_as("1098765", "") == ("EQUITY-101", TrainingCategory.CULTURAL)
    assert read_as("1098765", "core") == ("EQUITY-101", TrainingCategory.CORE)  # the cell is asked first
    assert read_as("mixed", "") == ("MIXED", TrainingCategory.GENERAL)
    assert read_as("2", "") == ("2", TrainingCategory.GENERAL)


def test_rows_of_a_word_that_is_left_out_are_marked_and_unknown_words_are_counted() -> None:
    found = reader(words={"participation": LEFT_OUT})
    assert found.read(2, cells({**GOOD, Field.CATEGORY: "Participation"})).left_out
    for _ in range(2):
        found.read(3, cells({**GOOD, Field.CATEGORY: "CME"}))
    assert found.tally.unknown_words == {"cme": UnknownWord("CME", 3, 2)}


def test_words_that_are_spelled_alike_are_one_and_long_ones_that_begin_alike_are_two() -> None:
    found = reader()
    for place, word in enumerate(("Pédiatrie  du soir", "PEDIATRIE DU SOIR", "x" * 60 + " one", "x" * 60 + " two"), 2):
        found.read(place, cells({**GOOD, Field.CATEGORY: word}))
    told = found.tally.unknown_words
    assert told["pediatrie du soir"] == UnknownWord("Pédiatrie  du soir", 2, 2)
    assert [(key, one.first_row) for key, one in told.items()][1:] == [("x" * 60 + " one", 4), ("x" * 60 + " two", 5)]
    known = reader(words=dict.fromkeys(told, "general"))
    assert known.read(2, cells({**GOOD, Field.CATEGORY: "x" * 60 + " ONE"})).category is TrainingCategory.GENERAL


def test_a_word_for_a_category_that_is_a_whole_text_is_to_be_shortened() -> None:
    found = reader()
    (problem,) = found.read(2, cells({**GOOD, Field.CATEGORY: "x" * 201})).problems
    assert "Shorten it to at most 200" in problem.message
    assert found.tally.unknown_words == {}


def test_an_apostrophe_that_an_export_put_before_a_formula_is_taken_off_again_and_no_other_one() -> None:
    assert read({**GOOD, Field.TITLE: "'=1+1"}).title == "=1+1"
    assert read({**GOOD, Field.TITLE: "'Round the clock"}).title == "'Round the clock"


def test_dates_that_can_be_read_in_two_ways_are_told_with_how_they_were_read() -> None:
    with_two_ways = reader()
    for typed in ("3/4/2026", "5/5/2026", "3/31/2026", "2026-03-04", "4/3/2026"):
        with_two_ways.read(2, cells({**GOOD, Field.COMPLETED_ON: typed}))
    told = date_order_told(with_two_ways.tally, DateOrder.MONTH_FIRST)
    assert told == "2 dates can be read in two ways. They were read with the month first: 3/4/2026 as March 4, 2026."
    assert date_order_told(reader().tally, DateOrder.MONTH_FIRST) == ""


def test_a_short_row_has_empty_cells_at_its_end() -> None:
    row = reader(default_category=TrainingCategory.CORE).read(2, cells(GOOD)[:7])
    assert row.problems == []
    assert (row.course_code, row.score, row.approved) == (None, None, False)


def test_given_and_family_name_make_a_name() -> None:
    headings = headings_of(["First name", "Last name", "Title", "Provider", "Date", "Hours"])
    layout = propose(headings, (), ()).layout
    found = Reader(Layout(layout.columns, default_category=TrainingCategory.CORE), headings, today=TODAY)
    row = found.read(2, ["Ana", "Ferreira", "Care plans", "Institute", "2026-03-31", "1"])
    assert (row.who.name, row.problems) == ("Ana Ferreira", [])


# --- columns ----------------------------------------------------------------------------------------------------------


def keys(*names: str) -> Sequence[training_columns.Heading]:
    return headings_of(names)


def test_headings_that_come_twice_or_are_empty_get_names_of_their_own() -> None:
    found = keys("Hours", "hours", "", "E-mail")
    assert [one.name for one in found] == ["Hours", "hours (2)", "Column C (no heading)", "E-mail"]
    assert len({one.key for one in found}) == 4


def test_a_title_above_the_headings_is_passed_over() -> None:
    assert heading_row([["Transcript of Ana"], ["Printed 1/2/2026"], ["E-mail", "Course Title", "Hours"]]) == 2
    assert heading_row([["Our report", "", ""], ["Wer", "Was", "Wann"], ["Ana", "Care", "x"]]) == 1
    assert heading_row([["a", "b"], ["c", "d"]]) == 0
    assert heading_row([]) == 0


def test_a_saved_layout_comes_before_a_shipped_one_and_that_before_a_guess() -> None:
    train = keys(
        "Learner", "E-mail", "Course ID", "Course Title", "Provider", "Completion Date", "Credits", "Credit Type"
    )
    saved = Known("Ours", Layout({"learner": Field.NAME}, DateOrder.DAY_FIRST), frozenset(one.key for one in train))
    assert propose(train, [saved], ()).name == "Ours"
    assert propose(train, [saved], ()).layout.date_order is DateOrder.DAY_FIRST
    shipped = propose(train, (), ())
    assert "TRAIN" in shipped.because
    assert shipped.layout.columns["credits"] is Field.HOURS
    guessed = propose(keys("Employee", "Course", "Sponsor", "Date completed", "Duration (minutes)"), [saved], ())
    assert "guessed" in guessed.because
    assert set(guessed.layout.columns.values()) == {
        Field.NAME, Field.TITLE, Field.PROVIDER, Field.COMPLETED_ON, Field.HOURS
    }  # fmt: skip
    assert guessed.layout.hours_unit is HoursUnit.MINUTES


def test_rows_that_were_given_back_are_read_as_their_file_was() -> None:
    before, back = keys("Name", "Title"), keys("Name", "Title", "What to do")
    saved = Known("Ours", Layout({"name": Field.NAME}), frozenset(one.key for one in before))
    assert propose(back, [saved], ()).name == "Ours"


@pytest.mark.parametrize(
    ("day", "order"),
    [("31/1/2026", DateOrder.DAY_FIRST), ("1/31/2026", DateOrder.MONTH_FIRST), ("1/2/2026", DateOrder.MONTH_FIRST)],
)
def test_the_order_of_dates_is_proposed_by_what_the_first_rows_can_only_mean(day: str, order: DateOrder) -> None:
    assert propose(keys("Name", "Title", "Date"), (), [["Ana", "Care", day]]).layout.date_order is order


@pytest.mark.parametrize(
    ("scores", "unit"),
    [
        (["0.9", "1", "", "0,85"], ScoreUnit.SHARE),
        ([".5"], ScoreUnit.SHARE),
        (["1", "0", "1"], ScoreUnit.PERCENT),
        (["0.9", "90"], ScoreUnit.PERCENT),
        (["90%", "100%"], ScoreUnit.PERCENT),
        ([], ScoreUnit.PERCENT),
    ],
)
def test_scores_are_proposed_as_shares_only_where_a_fraction_says_so(scores: list[str], unit: ScoreUnit) -> None:
    assert propose(keys("Name", "Score"), (), [["Ana", score] for score in scores]).layout.score_unit is unit


def test_one_date_that_is_wrong_does_not_turn_the_order_of_all() -> None:
    samples = [["Ana", "Care", day] for day in ("2/14/2026", "31/06/2026")]
    assert propose(keys("Name", "Title", "Date"), (), samples).layout.date_order is DateOrder.MONTH_FIRST


def test_a_shipped_layout_says_all_that_a_row_needs() -> None:
    for known in SHIPPED:
        found = Layout(known.layout.columns, default_category=TrainingCategory.CORE)
        taken = {what: key for key, what in found.columns.items()}
        assert require_layout(
            found, [training_columns.Heading(key, key, place) for place, key in enumerate(taken.values())]
        )


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"title": None}, "Choose the column for “Title of the training”"),
        ({"hours": None}, "Choose the column for “Hours”"),
        ({"credentialnumber": None, "email": None, "name": None}, "who the person is"),
        ({"category": None}, "the category that all hours"),
        ({"score": Field.TITLE}, "are both read as"),
        ({"name": Field.GIVEN_NAME}, "family name"),
    ],
)
def test_a_layout_that_lacks_something_says_what(changes: dict[str, Field | None], says: str) -> None:
    columns = {**SHIPPED[0].layout.columns, **changes}
    layout = Layout({key: what for key, what in columns.items() if what is not None})
    with pytest.raises(Refusal, match=says):
        require_layout(layout, HEADINGS)


def test_a_layout_is_kept_and_found_again_unchanged() -> None:
    layout = Layout(
        {"name": Field.NAME},
        DateOrder.DAY_FIRST,
        HoursUnit.MINUTES,
        TrainingCategory.CORE,
        {"cne": "core"},
        approved=True,
        score_unit=ScoreUnit.SHARE,
    )
    assert layout_of(layout.document()) == layout
