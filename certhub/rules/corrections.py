"""Corrections of recorded dates: what can be corrected, to which days, and what changes on which days by it.

A correction never overwrites. What was recorded stays as it was known, and what is right takes its place from the
moment of the correction on. The days of a term that nobody types are worked out by the version of its grant.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date

from certhub.rules.independence import Span
from certhub.rules.refusal import Refusal
from certhub.rules.standard import LONGEST_TERM_MONTHS, TermPolicy
from certhub.rules.status import History, is_authorized, status_on
from certhub.rules.terms import ONE_DAY, add_months, first_term, renewal_term, renewal_window, written
from certhub.rules.vocabulary import CredentialStatus


@dataclass(frozen=True, slots=True)
class CorrectedTerm:
    """The days of a term after its correction, with the sentence that derives the last one."""

    starts_on: date
    expires_on: date
    grace_until: date
    reinstatement_until: date
    because: str


@dataclass(frozen=True, slots=True)
class StatusChange:
    """Days on which the status is another one after a correction; `to_on` is None where there is no end."""

    from_on: date
    to_on: date | None
    before: CredentialStatus
    after: CredentialStatus

    @property
    def practice(self) -> bool | None:
        """Whether practice becomes allowed or forbidden on these days; None where it stays as it was."""
        after = is_authorized(self.after)
        return None if is_authorized(self.before) == after else after


def corrected_term(
    policy: TermPolicy,
    starts_on: date,
    expires_on: date | None,
    *,
    previous_expiry: date | None,
    birthday: tuple[int, int] | None,
    corrected_on: date,
) -> CorrectedTerm:
    """The term as it ought to have been recorded, by the policy of the version that it was granted under.

    A last day that is left open is the one that the version computes: of a term that follows the one before without a
    gap, the last day of a renewal; of any other, that of a first term. Raises `Refusal` where there is no such day.
    """
    if expires_on is not None:
        because = f"set to {written(expires_on)} by a correction of {written(corrected_on)}"
    else:
        try:
            if previous_expiry is not None and starts_on == previous_expiry + ONE_DAY:
                computed = renewal_term(policy, previous_expiry, previous_expiry, birthday=birthday)
            else:
                computed = first_term(policy, starts_on, birthday)
        except ValueError:
            raise Refusal(
                "The version computes no last day for this term, because the birthday is not on file. Type the day.",
                field="expires_on",
            ) from None
        expires_on = computed.expires_on
        because = f"{computed.because}, as corrected on {written(corrected_on)}"
    window = renewal_window(policy, expires_on)
    return CorrectedTerm(starts_on, expires_on, window.grace_until.on, window.reinstatement_until.on, because)


def require_term(term: CorrectedTerm, recorded: Span, *, granted_on: date) -> None:
    """Refuse days that no term of a credential can have, and those that are on record already."""
    if term.starts_on < granted_on:
        raise Refusal(
            f"The credential was granted on {written(granted_on)}. No term begins before that day.", field="starts_on"
        )
    if term.expires_on < term.starts_on:
        raise Refusal("The last day cannot come before the first day.", field="expires_on")
    # A common date can put off the end of the longest term by as long as the least term may be: once more as long.
    if term.expires_on > add_months(term.starts_on, 2 * LONGEST_TERM_MONTHS):
        raise Refusal(
            "No credential has a term of more than 20 years. Look at the year of the last day again. To extend a "
            "term, adopt an order.",
            field="expires_on",
        )
    if Span(term.starts_on, term.expires_on) == recorded:
        raise Refusal("These are the days on record already. Change one of them, or go back.", field="starts_on")


def require_event(effective_on: date, ends_on: date | None, recorded: Span, *, granted_on: date) -> None:
    """Refuse days that no status event of a credential can have, and those that are on record already."""
    if effective_on < granted_on:
        raise Refusal("The first day cannot come before the credential was granted.", field="effective_on")
    if ends_on is not None and ends_on < effective_on:
        raise Refusal("The last day cannot come before the first day.", field="ends_on")
    if Span(effective_on, ends_on) == recorded:
        raise Refusal("These are the days on record already. Change one of them, or go back.", field="effective_on")


def require_place(first: date, last: date, others: Collection[Span], *, recorded_from: date) -> None:
    """Refuse days that overlap another term of the credential, or that would change the order of its terms."""
    for other in others:
        other_last = other.to_on or other.from_on
        earlier = other.from_on < recorded_from
        if first <= other_last if earlier else last >= other.from_on:
            raise Refusal(
                f"These days would overlap the {'earlier' if earlier else 'later'} term from {written(other.from_on)} "
                f"through {written(other_last)}. Correct that term first, or choose other days.",
                field="starts_on" if earlier else "expires_on",
            )


def status_changes(before: History, after: History) -> tuple[StatusChange, ...]:
    """On which days the status is another one, in order; neighbouring days of the same change are one."""
    days = sorted({*_turns(before), *_turns(after)})
    changes: list[StatusChange] = []
    for place, day in enumerate(days):
        was, now = status_on(before, day), status_on(after, day)
        if was == now:
            continue
        to_on = days[place + 1] - ONE_DAY if place + 1 < len(days) else None
        last = changes[-1] if changes else None
        if last and (last.before, last.after) == (was, now) and last.to_on == day - ONE_DAY:
            changes[-1] = StatusChange(last.from_on, to_on, was, now)
        else:
            changes.append(StatusChange(day, to_on, was, now))
    return tuple(changes)


def _turns(history: History) -> Iterator[date]:
    """Every day on which the status can become another one; from one to the next it stays the same."""
    for period in history.periods:
        yield period.starts_on
        yield period.expires_on + ONE_DAY
        yield period.grace_until + ONE_DAY
    for event in history.events:
        yield event.effective_on
        if event.ends_on is not None:
            yield event.ends_on + ONE_DAY
    for renewal in history.renewals:
        yield renewal.submitted_on
        if renewal.closed_on is not None:
            yield renewal.closed_on
