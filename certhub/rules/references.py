"""References that people outside CertHub give: who may be asked, how long the link is good, and what the form asks.

272 CMR 4.03(1)(b) wants three forms that the referees send in themselves; how forms are judged is in
`requirement_kinds.qualifications`.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from certhub.rules.evidence_fields import KNOWN_FOR, SENT_DIRECTLY
from certhub.rules.evidence_forms import NOT_RATED
from certhub.rules.refusal import Refusal
from certhub.rules.requirement_kinds import typed_parameters
from certhub.rules.requirement_kinds.qualifications import TOP_RATING
from certhub.rules.standard import Requirement
from certhub.rules.training_categories import COMPETENCY_LISTS
from certhub.rules.vocabulary import RequirementKind

REQUEST_LASTS = timedelta(days=30)
REMIND_BEFORE = timedelta(days=7)
SEND_AGAIN_AFTER = timedelta(days=1)
"""A referee gets no second letter on the day of the first one, however often somebody asks for it."""
MOST_ASKED = 12
"""Requests for one application, whatever became of them: CertHub writes to people who never asked for mail."""

STATEMENT = ("reference-statement", 1)
"""The text that a referee signs (see data/attestations.toml)."""

RATINGS: Mapping[str, str] = MappingProxyType(
    {
        "1": "Needs much help",
        "2": "Needs some help",
        "3": "Works well alone",
        "4": "Could teach others",
        NOT_RATED: "Cannot say, or not part of the work",
    }
)
"""What each answer means; the last one does not count as rated."""

IN_PLAIN_WORDS: Mapping[str, str] = MappingProxyType(
    {
        "outreach": "Finds families who need help, and wins their trust.",
        "assessment": "Finds out what a family and its community have and need.",
        "communication": "Listens, and speaks and writes so that people understand.",
        "cultural": "Respects each family's culture and language, and helps both sides understand each other.",
        "education": "Teaches families so that they can make healthy choices themselves.",
        "coordination": "Brings care and services together, and helps families find their way through them.",
        "public_health": "Sees what keeps whole communities healthy, and uses it in daily work.",
        "advocacy": "Speaks up for families, and helps them and their communities speak up.",
        "documentation": "Writes down what was done and agreed: in time, complete and kept safe.",
        "professional": "Is reliable, honest and discreet, and knows the limits of the role.",
        "NCCS-1": "Finds children who need care coordination, and learns what they need.",
        "NCCS-2": "Makes a plan of care together with the family, and keeps it up to date.",
        "NCCS-3": "Keeps everybody on the team informed.",
        "NCCS-4": "Helps children and families gain skills and confidence.",
        "NCCS-5": "Is trained and supported for this work, and goes on learning.",
        "NCCS-6": "Plans the steps from one kind of care to the next, such as to adult care.",
    }
)
"""One line of our own for each competency; the instruments' own texts belong to their authors."""


class ReferenceState(StrEnum):
    """What became of a request for a reference."""

    WAITING = "waiting"
    ANSWERED = "answered"
    DECLINED = "declined"
    EXPIRED = "expired"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class StateLabel:
    """A state as pages show it."""

    label: str
    meaning: str
    tone: str


STATE_LABELS: Mapping[ReferenceState, StateLabel] = MappingProxyType(
    {
        ReferenceState.WAITING: StateLabel("Waiting", "The referee was asked and has not answered yet.", "info"),
        ReferenceState.ANSWERED: StateLabel("Received", "The referee sent the form.", "good"),
        ReferenceState.DECLINED: StateLabel("Declined", "The referee cannot give this reference.", "warning"),
        ReferenceState.EXPIRED: StateLabel("Expired", "The referee did not answer in time.", "warning"),
        ReferenceState.CANCELLED: StateLabel("Cancelled", "The request was taken back.", "muted"),
    }
)


@dataclass(frozen=True, slots=True)
class Ending:
    """What a link that asks nothing any more says to whoever opens it."""

    title: str
    text: str
    is_done: bool
    """Whether the referee has done what was asked: a thank-you, and not a problem."""


@dataclass(frozen=True, slots=True)
class ReferenceAnswer:
    """A referee's answers, ready to be kept."""

    value: Mapping[str, Any]
    rated: int


def asks_referees(requirement: Requirement) -> bool:
    """Whether a requirement is met by forms that referees send."""
    return requirement.kind is RequirementKind.COMPETENCY


def competencies_of(requirement: Requirement) -> Mapping[str, str]:
    """The competencies that a referee is asked about, by id."""
    return COMPETENCY_LISTS[typed_parameters(requirement).competency_list]


def state_of(
    *,
    answered_at: datetime | None,
    declined_at: datetime | None,
    cancelled_at: datetime | None,
    expires_at: datetime,
    at: datetime,
) -> ReferenceState:
    """What has become of a request by `at`."""
    if answered_at is not None:
        return ReferenceState.ANSWERED
    if declined_at is not None:
        return ReferenceState.DECLINED
    if cancelled_at is not None:
        return ReferenceState.CANCELLED
    return ReferenceState.EXPIRED if expires_at <= at else ReferenceState.WAITING


def ending(state: ReferenceState, *, applicant: str, is_open: bool) -> Ending | None:
    """Why a link asks nothing any more; None while the referee can answer."""
    match state:
        case ReferenceState.ANSWERED:
            return Ending(
                "Thank you for your reference",
                f"Your reference for {applicant} is with the department. It was sent once and cannot be sent again. "
                "A copy is on its way to your mailbox.",
                is_done=True,
            )
        case ReferenceState.DECLINED:
            return Ending(
                "Thank you for telling us",
                f"You have said that you cannot give a reference for {applicant}. Nothing more is needed from you.",
                is_done=True,
            )
        case ReferenceState.CANCELLED:
            return Ending(
                "This request was taken back",
                "The people who asked you do not need this reference any more. You do not need to do anything.",
                is_done=False,
            )
        case ReferenceState.EXPIRED:
            return Ending(
                "This request has expired",
                f"It was good for {REQUEST_LASTS.days} days. If you would still like to answer, ask {applicant} "
                "to have it sent to you again.",
                is_done=False,
            )
    if not is_open:
        return Ending(
            "This reference is not needed any more",
            "The application that it was for is closed. You do not need to do anything. Thank you all the same.",
            is_done=False,
        )
    return None


def mailbox_of(address: str) -> str:
    """The mailbox behind an address: `hr+reference@example.org` is read by whoever reads `hr@example.org`."""
    local, at, domain = address.strip().lower().rpartition("@")
    return local.split("+", 1)[0] + at + domain


def require_referee(
    address: str,
    *,
    applicant: Collection[str],
    asking: Collection[str],
    asked: Mapping[str, ReferenceState],
) -> None:
    """Check whom a reference is asked of, by the e-mail address.

    `applicant` and `asking` are the addresses of the person and of the organization that asks, `asked` those of the
    requests so far for the same application. Raises `Refusal` for one's own people, and for whoever was asked already.
    """
    mailbox = mailbox_of(address)
    if mailbox in {mailbox_of(one) for one in applicant}:
        raise Refusal("This is the applicant's own address. Somebody else must give the reference.", field="email")
    if mailbox in {mailbox_of(one) for one in asking}:
        raise Refusal(
            "This address belongs to the organization that asks. Name somebody who does not handle this application.",
            field="email",
        )
    states = {state for one, state in asked.items() if mailbox_of(one) == mailbox}
    if ReferenceState.ANSWERED in states:
        raise Refusal("This person has sent a reference already. Each person gives one.", field="email")
    if ReferenceState.DECLINED in states:
        raise Refusal("This person has said that they cannot give this reference. Ask somebody else.", field="email")
    if states - {ReferenceState.CANCELLED}:
        raise Refusal("This person was asked already. You can send that request again.", field="email")
    if len(asked) >= MOST_ASKED:
        raise Refusal(
            f"{MOST_ASKED} people were asked for this application, which is the most. Add other forms on paper."
        )


def require_send_again(state: ReferenceState, *, sent_at: datetime, at: datetime) -> None:
    """Raises `Refusal` where a request is over, or the last letter has hardly left."""
    if state not in (ReferenceState.WAITING, ReferenceState.EXPIRED):
        raise Refusal("This request is over, so it is not sent again. Look at the list.")
    if at - sent_at < SEND_AGAIN_AFTER:
        raise Refusal("A letter went out less than a day ago. Wait until tomorrow before you send it again.")


def is_to_be_reminded(*, expires_at: datetime, reminded_at: datetime | None, at: datetime) -> bool:
    """Whether a request that still waits is to be brought to mind now: once, in the days before it expires."""
    return reminded_at is None and expires_at - REMIND_BEFORE <= at < expires_at


def answered(
    requirement: Requirement,
    *,
    name: str,
    organization: str,
    relationship: str,
    known_for: str,
    ratings: Mapping[str, str],
    comment: str,
) -> ReferenceAnswer:
    """A referee's answers as they are kept.

    Raises `Refusal` beside the first question without an answer. A form that rates too few competencies is taken all
    the same: an honest "cannot say" must not be in anybody's way.
    """
    if known_for not in KNOWN_FOR:
        raise Refusal("Choose how long you have known the applicant.", field="known_for")
    if not relationship:
        raise Refusal("Say in what role you know the applicant.", field="relationship")
    found: dict[str, int | str] = {}
    for key, title in competencies_of(requirement).items():
        given = ratings.get(key, "")
        if given not in RATINGS:
            raise Refusal(f'Choose an answer for "{title}".', field=f"rating-{key}")
        found[key] = NOT_RATED if given == NOT_RATED else int(given)
    value: dict[str, Any] = {
        "reference_name": name,
        "relationship": relationship,
        "known_for": known_for,
        "ratings": found,
        SENT_DIRECTLY: True,
        **({"organization": organization} if organization else {}),
        **({"comment": comment} if comment else {}),
    }
    return ReferenceAnswer(value, rated_in(value))


def rated_in(value: Mapping[str, Any]) -> int:
    """How many competencies a form rates other than "cannot say"."""
    ratings = value.get("ratings")
    if not isinstance(ratings, Mapping):
        return 0
    return sum(isinstance(one, int) and 1 <= one <= TOP_RATING for one in ratings.values())
