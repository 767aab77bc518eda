"""The transcript as files that a person takes along: rows for a spreadsheet, and the words of the PDF."""

from certhub import clock
from certhub.documents.letter import shown
from certhub.documents.transcript import Column, Listing, Section, TranscriptPaper
from certhub.queries.training import EntryRow
from certhub.queries.transcripts import Group, Transcript, TranscriptRow
from certhub.rules.findings import counted, quantity
from certhub.rules.requirement_kinds.training_counting import NO_HOURS
from certhub.rules.terms import written
from certhub.rules.transcript import Account, hours_table

_HEADING = (
    "coordinator", "credential", "finished on", "training", "course code", "provider", "approved", "category", "hours",
    "score", "entered by", "entered on", "taken back on",
)  # fmt: skip
OWN_RECORD = (
    "This is the person's own record of training, whoever entered it and whoever employed the person then. It tells "
    "what was on file on the day on which it was made; what is entered or corrected later is in a newer transcript."
)


def heading(transcript: Transcript) -> tuple[str, ...]:
    """The columns of the file: two more for each requirement, how many hours count and why."""
    of_requirements = [(f"{one.requirement.code} hours", one.requirement.code) for one in transcript.accounts]
    return (*_HEADING, *(name for pair in of_requirements for name in pair))


def cells(transcript: Transcript, row: TranscriptRow) -> tuple[object, ...]:
    """One entry as a line of the file."""
    entry, done = row.entry, row.entry.completion
    said = {line.code: line for line in row.lines}
    counting: list[object] = []
    for one in transcript.accounts:
        line = said.get(one.requirement.code)
        counting += [quantity(line.hours if line else NO_HOURS), line.sentence if line else ""]
    return (
        transcript.person.name, transcript.number, done.completed_on, done.title, done.course_code, done.provider,
        done.approved, done.category.label, quantity(done.hours), done.score, entry.entered_by,
        clock.civil_date(entry.entered_at), clock.civil_date(entry.retired_at) if entry.retired_at else None, *counting,
    )  # fmt: skip


def paper_of(transcript: Transcript) -> TranscriptPaper:
    """The words of the PDF: what each requirement has and needs, and every entry that stands."""
    standard = transcript.standard
    facts = [
        ("Care coordinator", transcript.person.name),
        ("Credential", transcript.number or "None yet"),
        ("Made on", written(transcript.made_on)),
        ("Judged for", transcript.choice.label),
        ("Judged by", f"{standard.code}, version {standard.version} ({standard.title})"),
    ]
    whole = [(category.label, quantity(hours)) for category, hours in transcript.totals]
    return TranscriptPaper(
        title=shown(f"Transcript of training: {transcript.person.name}"),
        dated_on=transcript.made_on,
        facts=tuple((label, shown(said)) for label, said in facts),
        sections=(
            *(_of_requirement(one) for one in transcript.accounts),
            *(_of_group(group) for group in transcript.groups if _standing(group)),
            _whole(whole),
        ),
        closing=OWN_RECORD,
    )


def _of_requirement(account: Account) -> Section:
    one = account.requirement
    lines = (one.plain_text, account.finding.explanation, account.counts_when)
    return Section(f"{one.code}: {one.title}", tuple(shown(line) for line in lines if line), _hours_table(account))


def _hours_table(account: Account) -> Listing | None:
    rows = hours_table(account)
    if not rows:
        return None
    return Listing(
        (Column("Category", 4), Column("Hours", number=True), Column("Asked for", number=True)),
        tuple((row.label, quantity(row.had), quantity(row.wanted) if row.wanted else "–") for row in rows),
    )


def _of_group(group: Group) -> Section:
    rows = [_row(row) for row in _standing(group)]
    return Section(
        group.title,
        (f"{counted(len(rows), 'entry', 'entries')} with {counted(group.hours, 'hour')}.",),
        Listing(
            (
                Column("Finished on", 3), Column("Training", 6), Column("Category", 4), Column("Hours", 2, number=True),
                Column("What counts", 6),
            ),
            tuple(rows),
        ),
    )  # fmt: skip


def _standing(group: Group) -> list[TranscriptRow]:
    """What was taken back is on the page and in the file of rows; it is nothing that a person earned."""
    return [row for row in group.rows if row.entry.retired_at is None]


def _row(row: TranscriptRow) -> tuple[str, ...]:
    done = row.entry.completion
    said = " ".join(f"{line.code}: {line.sentence}" for line in row.lines)
    return (
        written(done.completed_on), shown(_training(row.entry)), done.category.label, quantity(done.hours),
        shown(said or "No requirement looks at training here."),
    )  # fmt: skip


def _training(entry: EntryRow) -> str:
    done = entry.completion
    code = f" ({done.course_code})" if done.course_code else ""
    score = "" if done.score is None else f" Score {done.score} percent."
    approved = "approved" if done.approved else "not approved"
    return f"{done.title}{code}. {done.provider}, {approved}.{score} Entered by {entry.entered_by}."


def _whole(totals: list[tuple[str, str]]) -> Section:
    if not totals:
        return Section("All training on file", ("No training is on file.",))
    return Section(
        "All training on file",
        ("Hours by category, whatever they count for.",),
        Listing((Column("Category", 5), Column("Hours", number=True)), tuple(totals)),
    )
