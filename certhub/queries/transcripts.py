"""The transcript of a coordinator: all training on file, and what each requirement of a term makes of it.

The record belongs to the person: it has what every employer entered, and whoever employs the person now reads it.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from certhub import clock
from certhub.models.certification import Application, CredentialPeriod
from certhub.models.parties import Coordinator
from certhub.queries import applications, credentials, dossiers, evaluations, standards, training
from certhub.queries.credentials import CredentialView
from certhub.queries.training import EntryRow
from certhub.rules import transcript
from certhub.rules.dossier import Occasion
from certhub.rules.permissions import Viewer
from certhub.rules.requirement_kinds.training_counting import Ground, HoursParameters
from certhub.rules.standard import Standard
from certhub.rules.terms import ONE_DAY, written
from certhub.rules.training_categories import TrainingCategory
from certhub.rules.transcript import Account, Line, Span, Windows
from certhub.rules.vocabulary import ApplicationKind, SubjectType

FIRST = "first"
"""The choice of the first certificate; every other choice is the last day of a term."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A term that a transcript can be read for, with the word for it in an address."""

    key: str
    label: str


@dataclass(frozen=True, slots=True)
class TranscriptRow:
    """An entry with what each requirement makes of it; no lines where it was taken back or corrected."""

    entry: EntryRow
    lines: tuple[Line, ...]

    @property
    def counts(self) -> bool:
        """Whether it counts towards anything."""
        return any(line.counts for line in self.lines)


@dataclass(frozen=True, slots=True)
class Group:
    """The entries of one window, latest first, with the hours of those that stand."""

    span: Span
    title: str
    rows: tuple[TranscriptRow, ...]
    hours: Decimal


@dataclass(frozen=True, slots=True)
class Transcript:
    """Everything that a transcript says, for its page, its file and its PDF."""

    person: Coordinator
    made_on: date
    number: str | None
    choice: Choice
    choices: tuple[Choice, ...]
    standard: Standard
    occasion: Occasion
    windows: Windows
    accounts: tuple[Account, ...]
    groups: tuple[Group, ...]
    totals: tuple[tuple[TrainingCategory, Decimal], ...]

    @property
    def rows(self) -> list[TranscriptRow]:
        """All entries, latest first."""
        return [row for group in self.groups for row in group.rows]


@dataclass(frozen=True, slots=True)
class _Asked:
    """The term that was chosen: what it is judged by, and on which occasion."""

    standard: Standard
    occasion: Occasion
    application: Application | None = None


def of(viewer: Viewer, person: Coordinator, *, on: date, term: str = "") -> Transcript:
    """The transcript of a person whom the viewer may see, for a term or for the one that counts now.

    A term that the person never had is read as the one that counts now.
    """
    credential = evaluations.credential_under(person.id, standards.for_subject(SubjectType.COORDINATOR).id)
    view = None if credential is None else credentials.view(credential, on=on)
    choices = _choices(view)
    choice = next((one for one in choices if one.key == term), choices[0])
    asked = _asked(viewer, person, view, choice, on=on)
    entries = training.entries_of(viewer, person.id)
    standing = [one.completion for one in entries if one.retired_at is None]
    # A dossier leaves out what came after the day of the judgement; the transcript tells of that, too.
    dossier = replace(
        dossiers.dossier_of(person, application=asked.application, as_of=asked.occasion.as_of),
        completions=tuple(dossiers.completion_item(one, found=one.found_approved) for one in standing),
    )
    accounts = transcript.accounts(transcript.asked_at(asked.standard, asked.occasion), dossier, asked.occasion)
    reasons = {one.id: one.found_because for one in standing if one.found_approved is False}
    said: defaultdict[int, list[Line]] = defaultdict(list)
    for each in accounts:
        for number, line in transcript.lines(each, dossier, asked.occasion, reasons).items():
            said[number].append(line)
    windows = _windows(accounts, asked)
    return Transcript(
        person=person,
        made_on=on,
        number=None if view is None else view.credential.number,
        choice=choice,
        choices=choices,
        standard=asked.standard,
        occasion=asked.occasion,
        windows=windows,
        accounts=tuple(accounts),
        groups=_groups(entries, said, windows, asked.occasion),
        totals=tuple(training.totals(standing)),
    )


def _choices(view: CredentialView | None) -> tuple[Choice, ...]:
    first = Choice(FIRST, "First certificate")
    if view is None:
        return (first,)
    terms = (Choice(one.expires_on.isoformat(), f"Term to {written(one.expires_on)}") for one in view.periods)
    return (*terms, first)


def _asked(viewer: Viewer, person: Coordinator, view: CredentialView | None, choice: Choice, *, on: date) -> _Asked:
    if view is None:
        return _before_the_first(viewer, person, on=on)
    if choice.key == FIRST:
        return _as_first_granted(view, on=on)
    place = next(place for place, one in enumerate(view.periods) if one.expires_on.isoformat() == choice.key)
    if place == 0:
        outlook = evaluations.renewal_outlook(view, as_of=on)
        if outlook is not None:
            judged = outlook.judgement
            return _Asked(judged.standard, judged.occasion, outlook.filed)
    return _as_renewed(view.periods[place], view.periods[place - 1] if place else None, on=on)


def _before_the_first(viewer: Viewer, person: Coordinator, *, on: date) -> _Asked:
    """What the first certificate needs: by the application that is open, or by the standard that is in force."""
    application = applications.open_for(viewer, person.id)
    if application is not None:
        judged = evaluations.judge(application, as_of=on)
        return _Asked(judged.standard, judged.occasion, application)
    version = standards.in_force(standards.for_subject(SubjectType.COORDINATOR).id, on)
    return _Asked(standards.definition_of(version), Occasion(on, ApplicationKind.INITIAL, on, on))


def _as_first_granted(view: CredentialView, *, on: date) -> _Asked:
    """What the first certificate was granted on, as known now."""
    period = view.periods[-1] if view.periods else None
    granted = min(view.credential.granted_on, on)
    version = standards.in_force(view.credential.standard_id, granted) if period is None else period.standard_version
    last = granted if period is None else period.expires_on
    return _Asked(standards.definition_of(version), Occasion(granted, ApplicationKind.INITIAL, granted, last))


def _as_renewed(period: CredentialPeriod, then: CredentialPeriod | None, *, on: date) -> _Asked:
    """What the renewal of a past term looked at, as known now: by the version of the term that followed, on its eve.

    A term that began later than the day after is one that was reinstated, for which later hours count, too.
    """
    version = period.standard_version if then is None else then.standard_version
    last = period.expires_on
    kind, as_of = ApplicationKind.RENEWAL, min(last, on)
    if then is not None and then.starts_on > last + ONE_DAY:
        kind, as_of = ApplicationKind.REINSTATEMENT, min(then.starts_on, on)
    occasion = Occasion(
        as_of=as_of,
        kind=kind,
        term_start=last + ONE_DAY if then is None else then.starts_on,
        term_end=last + ONE_DAY if then is None else then.expires_on,
        previous_start=period.starts_on,
        previous_expiry=last,
    )
    return _Asked(standards.definition_of(version), occasion)


def _windows(accounts: Sequence[Account], asked: _Asked) -> Windows:
    """The windows of the requirement of hours that looks back the farthest."""
    found = [one.params for one in accounts if isinstance(one.params, HoursParameters) and one.params.window_months]
    longest = max(found, key=lambda params: params.window_months or 0, default=None)
    return transcript.windows_of(longest, asked.occasion, months=asked.standard.terms.term_months)


def _groups(
    entries: Sequence[EntryRow], said: Mapping[int, Sequence[Line]], windows: Windows, occasion: Occasion
) -> tuple[Group, ...]:
    rows: dict[Span, list[TranscriptRow]] = {span: [] for span in Span}
    for one in entries:
        lines = tuple(said.get(one.completion.id, ()))
        if one.retired_at is not None:
            sentence = transcript.retired(on=clock.civil_date(one.retired_at), corrected=one.corrected)
            lines = (Line("", Ground.RETIRED, sentence),)
        rows[windows.of(one.completion.completed_on)].append(TranscriptRow(one, lines))
    return tuple(
        Group(
            span,
            _title(span, windows, first=occasion.kind is ApplicationKind.INITIAL),
            tuple(found),
            sum((row.entry.completion.hours for row in found if row.entry.retired_at is None), Decimal(0)),
        )
        for span, found in rows.items()
        if found
    )


def _title(span: Span, windows: Windows, *, first: bool) -> str:
    now, before = windows.now, windows.before
    of = "the first certificate" if first else "this term"
    return {
        Span.AFTER: f"After {written(now[1])}",
        Span.NOW: f"The window of {of}: {written(now[0])} to {written(now[1])}",
        Span.BEFORE: f"The window before: {written(before[0])} to {written(before[1])}",
        Span.EARLIER: f"Before {written(before[0])}",
    }[span]
