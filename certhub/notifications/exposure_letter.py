"""The words of the letter about exposed assignments: a line for each broken link, or each person at a practice."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from certhub.notifications.digest import Line
from certhub.notifications.rendering import counted
from certhub.rules.exposure import LINK_LABELS, Link, Reader
from certhub.rules.terms import written

MOST_LINES = 40
"""A letter names so many broken links; the page has all of them."""


@dataclass(frozen=True, slots=True)
class Told:
    """A placement that a recipient is told of; `over_on` is the day on which it was found to be over."""

    reader: Reader
    link: Link
    first_on: date
    coordinator_id: int
    coordinator: str
    practice_id: int
    practice: str
    vendor_id: int
    vendor: str
    over_on: date | None = None

    @property
    def subject(self) -> tuple[int, str]:
        """Whose link it is."""
        if self.link in (Link.VENDOR_CERTIFICATION, Link.CONTRACT):
            return self.vendor_id, self.vendor
        if self.link is Link.COMMITMENT:
            return self.practice_id, self.practice
        return self.coordinator_id, self.coordinator

    @property
    def group(self) -> tuple[object, ...]:
        """What makes one line: the broken link; for a practice the person, whatever the link."""
        if self.reader is Reader.PRACTICE and self.link is not Link.COMMITMENT:
            return (self.over_on is not None, "person", self.coordinator_id, self.vendor_id)
        return (self.over_on is not None, self.link, *self.subject)


def lines(told: Sequence[Told], *, base_url: str) -> list[Line]:
    """The lines of one letter: what is exposed first, then what is over."""
    groups: dict[tuple[object, ...], list[Told]] = {}
    for one in sorted(told, key=lambda each: (each.over_on is not None, each.first_on, each.subject)):
        groups.setdefault(one.group, []).append(one)
    written_lines = [_line(group, base_url) for group in groups.values()]
    left = len(written_lines) - MOST_LINES
    if left <= 0:
        return written_lines
    more = Line(
        f"{counted(left, 'more broken link')}",
        "This letter has room for the first ones only.",
        "You get this because your own assignments hang on them.",
        "See the whole list.",
        f"{base_url}/exposures",
    )
    return [*written_lines[:MOST_LINES], more]


def _line(group: Sequence[Told], base_url: str) -> Line:
    first = group[0]
    of_person = first.reader is Reader.PRACTICE and first.link is not Link.COMMITMENT
    subject_id, subject = first.subject
    since = written(min(one.first_on for one in group))
    address = f"{base_url}/exposures" if of_person else f"{base_url}/exposures/{first.link}/{subject_id}"
    title = first.coordinator if of_person else f"{subject}: {LINK_LABELS[first.link].lower()}"
    if first.over_on is not None:
        when = f"In order again: found on {written(first.over_on)}."
        return Line(title, when, _why(first, of_person=of_person), "You do not need to do anything.", address)
    if of_person:
        when, todo = f"Not cleared to work with you from {since} on.", f"Ask {first.vendor} who can take over."
        return Line(title, when, _why(first, of_person=True), todo, address)
    people = counted(len({one.coordinator_id for one in group}), "coordinator")
    places = counted(len({one.practice_id for one in group}), "practice")
    when = f"Not in order from {since} on. Exposed: {people} at {places}."
    return Line(title, when, _why(first, of_person=False), _TODO[first.link], address)


_TODO = {
    Link.VENDOR_CERTIFICATION: "Renew the certification, or let another vendor take over the assignments.",
    Link.CONTRACT: "Agree with DPH how the work goes on, or end the assignments: nothing is paid without a contract.",
    Link.EMPLOYMENT: "End the assignment, or record the employment if the person still works there.",
    Link.CREDENTIAL: "Renew the credential, or end the assignment.",
    Link.COMMITMENT: "Renew the commitment, or end the assignments.",
}


def _why(told: Told, *, of_person: bool) -> str:
    if told.reader is Reader.DEPARTMENT:
        return "You get this because DPH follows up."
    if told.reader is Reader.VENDOR:
        return "You get this because your organization made the assignment."
    who = f"{told.coordinator} is" if of_person else "coordinators are"
    return f"You get this because {who} assigned to your practice."
