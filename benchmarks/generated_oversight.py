"""What DPH's lists of orders, audits of continuing education, self-assessments and drafts are filled with."""

import json
import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Connection, select

from benchmarks.bulk import Row
from certhub.models import Base
from certhub.models.ce_audits import CeAudit, CeSelection
from certhub.models.medical_home import SelfAssessment, SelfAssessmentResult
from certhub.models.orders import BoardOrder, OrderEffect
from certhub.models.standards import StandardPreview, StandardPreviewHolder, StandardVersion
from certhub.rules.ce_audit import population_hash
from certhub.rules.orders import OrderKind
from certhub.rules.vocabulary import VersionStatus

ORDERS, AUDITS = 200, 120
SHARE_WITH_EFFECTS, SHARE_DRAWN, SHARE_ASSESSED, SHARE_FAILING = 0.2, 0.1, 0.7, 0.6
_OFFICER = 1
"""The account of the DPH administrator."""


@dataclass(frozen=True, slots=True)
class Held:
    """A coordinator's credential, with its latest term and the application that brought it."""

    credential_id: int
    number: str
    party_id: int
    period_id: int
    application_id: int


class Oversight:
    """Draws and loads the rows that hang on the credentials which are there already."""

    def __init__(
        self,
        load: Callable[[type[Base], tuple[str, ...], Iterable[Row]], None],
        draw: random.Random,
        *,
        today: date,
        now: str,
        standard: tuple[int, int],
    ) -> None:
        self.load = load
        self.draw = draw
        self.today = today
        self.now = now
        self.standard_id, self.version_id = standard

    def fill(self, connection: Connection, held: Sequence[Held], practices: Sequence[int]) -> None:
        """Load every table."""
        self._orders(held)
        self._ce_audits(held)
        self._self_assessments(practices)
        self._preview(connection, held)

    def _orders(self, held: Sequence[Held]) -> None:
        day = self.today - timedelta(days=400)
        self.load(
            BoardOrder,
            (
                "id", "number", "title", "kind", "adopted_on", "citation", "text", "extends_months", "extends_days",
                "grace_only", "future_grants", "waived_codes", "standard_id", "drafted_by_id", "drafted_at",
                "in_force_by_id", "in_force_at",
            ),
            [
                (
                    number, f"{2000 + number // 90}-{number % 90 + 1:02d}", f"Order {number}",
                    OrderKind.EXTENSION.value, day.isoformat(), "M.G.L. c.30A", "Text", 1, 0, False, False, "[]",
                    self.standard_id, _OFFICER, self.now, _OFFICER, self.now,
                )
                for number in range(1, ORDERS + 1)
            ],
        )  # fmt: skip
        moved = held[: max(1, round(len(held) * SHARE_WITH_EFFECTS))]
        self.load(
            OrderEffect,
            ("order_id", "granted_id", "before_id", "after_id", "taken_back"),
            [(1, one.period_id, one.period_id, one.period_id, False) for one in moved],
        )

    def _ce_audits(self, held: Sequence[Held]) -> None:
        audits: list[Row] = []
        selected: list[Row] = []
        for number in range(1, AUDITS + 1):
            first = self.today - timedelta(days=30 * (AUDITS - number + 1))
            renewed = self.draw.sample(held, max(1, len(held) // 20))
            numbers = sorted(one.number for one in renewed)
            drawn = renewed[: max(1, round(len(renewed) * SHARE_DRAWN))]
            audits.append(
                (
                    number, self.standard_id, first.isoformat(), (first + timedelta(days=29)).isoformat(), self.now,
                    json.dumps(numbers), len(numbers), population_hash(numbers), len(drawn), True, "seed", True,
                    (first + timedelta(days=90)).isoformat(), self.now, _OFFICER,
                )
            )  # fmt: skip
            selected += [
                (number, place, one.credential_id, one.application_id, one.party_id)
                for place, one in enumerate(drawn, start=1)
            ]
        self.load(
            CeAudit,
            (
                "id", "standard_id", "decided_from", "decided_to", "known_at", "population", "population_count",
                "population_hash", "size", "by_percent", "seed", "seed_typed", "due_on", "drawn_at", "drawn_by_id",
            ),
            audits,
        )  # fmt: skip
        self.load(CeSelection, ("ce_audit_id", "place", "credential_id", "application_id", "party_id"), selected)

    def _self_assessments(self, practices: Sequence[int]) -> None:
        """Two for most practices, a year apart."""
        assessments: list[Row] = []
        results: list[Row] = []
        for practice in practices:
            if self.draw.random() > SHARE_ASSESSED:
                continue
            for days in (500, 130):
                number = len(assessments) + 1
                percent = self.draw.randint(2000, 9500)
                assessments.append((number, practice, "MHI-FV", 1, "In the office", "{}", _OFFICER, self.now, self.now))
                results.append(
                    (
                        number, practice, (self.today - timedelta(days=days)).isoformat(), "{}", "[]", percent // 50,
                        percent, self.draw.randint(100, 800), _OFFICER, self.now,
                    )
                )  # fmt: skip
        self.load(
            SelfAssessment,
            (
                "id", "party_id", "instrument", "instrument_version", "licensed_copy", "consensus", "opened_by_id",
                "opened_at", "ended_at",
            ),
            assessments,
        )  # fmt: skip
        self.load(
            SelfAssessmentResult,
            (
                "assessment_id", "party_id", "held_on", "scores", "answers", "total", "percent_hundredths",
                "coordination_hundredths", "recorded_by_id", "recorded_at",
            ),
            results,
        )  # fmt: skip

    def _preview(self, connection: Connection, held: Sequence[Held]) -> None:
        """A draft for coordinators, and a finished count of whom it would fail."""
        version = StandardVersion.__table__.c
        adopted = connection.execute(
            select(version.title, version.definition, version.definition_hash).where(version.id == self.version_id)
        ).one()
        connection.commit()
        draft = 1000
        self.load(
            StandardVersion,
            (
                "id", "standard_id", "version", "status", "title", "definition", "definition_hash", "drafted_from_id",
                "drafted_by_id", "created_at",
            ),
            [
                (
                    draft, self.standard_id, 2, VersionStatus.DRAFT.value, adopted.title,
                    json.dumps(adopted.definition), adopted.definition_hash, self.version_id, _OFFICER, self.now,
                )
            ],
        )  # fmt: skip
        failing = sorted(held[: max(1, round(len(held) * SHARE_FAILING))], key=lambda one: one.credential_id)
        self.load(
            StandardPreview,
            (
                "id", "standard_version_id", "definition_hash", "as_of", "asked_by_id", "asked_at", "started_at",
                "finished_at", "done", "total", "failing", "because", "requirements",
            ),
            [
                (
                    1, draft, adopted.definition_hash, self.today.isoformat(), _OFFICER, self.now, self.now, self.now,
                    len(held), len(held), len(failing), len(failing), "[]",
                )
            ],
        )  # fmt: skip
        self.load(
            StandardPreviewHolder,
            ("preview_id", "credential_id", "unmet", "because"),
            [(1, one.credential_id, " CC-09 ", " CC-09 ") for one in failing],
        )
