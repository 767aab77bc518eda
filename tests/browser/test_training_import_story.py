"""Training from another system: two rows are wrong, are corrected and repeated, and the import is undone."""

import csv
import io
from pathlib import Path

import pytest

from tests.browser.conftest import Introduces
from tests.browser.person import Person
from tests.browser.site import Site

pytestmark = pytest.mark.browser

HEADING = ["Learner", "E-mail", "Course ID", "Course Title", "Provider", "Completion Date", "Credits", "Credit Type"]
COURSE = "Sleep and behavior in the early years"


def colleagues(site: Site) -> list[tuple[str, str]]:
    """Two people who work for the vendor of the demo's HR person: name and address."""
    with site.database() as connection:
        found = connection.execute(
            "SELECT person.name, person.email FROM party AS person"
            " JOIN employment ON employment.coordinator_id = person.id"
            " JOIN account ON account.party_id = employment.employer_id"
            " WHERE account.email = 'hr@example.org' AND employment.superseded_at IS NULL"
            " AND employment.ends_on IS NULL AND person.email IS NOT NULL ORDER BY person.sort_name LIMIT 2"
        )
        return [(str(name), str(email)) for name, email in found]


def transcript(folder: Path, people: list[tuple[str, str]]) -> Path:
    """A file as TRAIN gives it, with a day that does not exist and an address with a typing error."""
    (first, address), (second, other) = people
    rows = [
        [first, address, "1071", COURSE, "TRAIN Learning Network", "2/14/2026", "1.5", "CNE"],
        [first, address, "1072", "Talking with families", "TRAIN Learning Network", "31/06/2026", "2", "CNE"],
        [second, f"x{other}", "1071", COURSE, "TRAIN Learning Network", "2/14/2026", "1.5", "CNE"],
        [second, "", "1080", "Transitions to adult care", "TRAIN Learning Network", "3/4/2026", "1", "core"],
    ]
    rows[2][0] = ""
    path = folder / "transcript.csv"
    path.write_text("\n".join(",".join(f'"{cell}"' for cell in row) for row in [HEADING, *rows]), encoding="utf-8")
    return path


def corrected(folder: Path, refused: bytes, people: list[tuple[str, str]]) -> Path:
    """The rows that came back, put right as they say."""
    rows = list(csv.reader(io.StringIO(refused.decode("utf-8-sig"))))
    assert len(rows) == 3
    assert rows[0][-1] == "What to do"
    for row in rows[1:]:
        row[5] = row[5].replace("31/06/2026", "6/30/2026")
        row[1] = row[1].replace(f"x{people[1][1]}", people[1][1])
    path = folder / "corrected.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    return path


def brings(hr: Person, file: Path) -> None:
    hr.follows("Import training", first=True)
    hr.attaches("Spreadsheet", file).presses("Upload the file").sees("What do the columns hold?")


def test_a_transcript_with_two_bad_rows_is_corrected_imported_and_undone(
    site: Site, somebody: Introduces, tmp_path: Path
) -> None:
    people = colleagues(site)
    hr = somebody("hr@example.org")
    brings(hr, transcript(tmp_path, people))
    hr.sees("those of “Transcript from TRAIN”")
    hr.fills("Save these choices under a name", "TRAIN").presses("Check the file")
    hr.sees("CertHub does not know 1 word", "1 person to confirm", "June 2026 has 30 days")
    hr.follows("Say what they stand for").chooses("“CNE”", "Other approved training").presses("Save and check again")
    hr.sees("3 rows are not right yet.", "Nobody who works for you has this e-mail address.")
    hr.follows("Say who they are").sees(f"Who is {people[1][0]}?")
    hr.page.get_by_role("radio").first.check()
    hr.presses("Save").sees("2 rows are not right yet.").presses("Import 2 rows")
    hr.sees("There is something to correct", "check the box to leave these rows out")
    refused = hr.downloads("Download the rows to correct (CSV)")
    left_out = f"row 3 ({people[0][0]}) and row 4 (x{people[1][1]})"
    hr.checks(f"Import the 2 rows that are right, and leave out 2 rows: {left_out}.").presses("Import 2 rows")
    hr.sees("Done: 2 rows are on file for 2 people.")

    brings(hr, corrected(tmp_path, refused, people))
    hr.sees("those that you saved under “TRAIN”").presses("Check the file")
    hr.sees("All rows can be imported.").presses("Import 2 rows").sees("Done: 2 rows are on file for 2 people.")
    imported = hr.page.url
    hr.follows(people[1][0]).sees(COURSE, "Transitions to adult care")

    hr.goes_to(imported).follows("Undo this import").sees("2 training entries of 2 people will not count any more")
    hr.fills("Reason", "Imported for the wrong year").presses("Undo the import")
    hr.sees("This import was undone.", "Imported for the wrong year")
