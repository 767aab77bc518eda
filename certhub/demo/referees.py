"""People who were asked for a reference by mail: one has answered, one has declined, one has not opened the letter."""

from datetime import date, timedelta

from certhub.demo.lifecycle import Desk
from certhub.demo.timeline import Story, moment, office_day
from certhub.models.certification import Application
from certhub.queries import evaluations
from certhub.rules.evidence_forms import NOT_RATED
from certhub.rules.references import asks_referees, competencies_of
from certhub.services import references
from certhub.services.references import Answers, Referee

_ASKED = (
    Referee("Joan Whitfield", "joan.whitfield@example.org", "Supervisor at the last job", "Worcester Family Health"),
    Referee("Marcus Bell", "marcus.bell@example.org", "Social worker on the same team"),
    Referee("Priya Raman", "priya.raman@example.org", "Pediatrician who shared patients", "Main Street Pediatrics"),
)


def asked(application: Application, desk: Desk, *, on: date) -> Story[None]:
    """Three people are asked; the first rates nine of ten competencies, the second cannot give a reference."""
    at, base_url = moment(on, 10), desk.press.base_url
    yield at
    requirement = next(one for one, _ in evaluations.judge(application, as_of=on).pairs() if asks_referees(one))
    first, second, _ = [
        references.ask(application, requirement, one, base_url=base_url, actor=desk.applicant, at=at) for one in _ASKED
    ]
    at = moment(office_day(on + timedelta(days=2)), 30)
    yield at
    *rated, last = competencies_of(requirement)
    given = Answers(
        signed_name=first.name, organization=first.organization, relationship="I was the supervisor for two years",
        known_for="1_to_3_years", ratings={**dict.fromkeys(rated, "3"), last: NOT_RATED},
        comment="Calm, patient and always prepared.", address="192.0.2.17",
    )  # fmt: skip
    references.answer(first, requirement, given, base_url=base_url, at=at, actor=references.referee_of(first))
    at = moment(office_day(on + timedelta(days=4)), 30)
    yield at
    references.decline(second, base_url=base_url, at=at, actor=references.referee_of(second))
