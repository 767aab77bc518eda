"""Proposals of who could work in which practice: what was asked, each line with its reasons, what was decided."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from certhub.models.accounts import User
from certhub.models.base import Base, BigKey
from certhub.models.contracts import Contract
from certhub.models.parties import Coordinator, Party, Practice, VendorOrganization
from certhub.rules.proposals import Effort, LineDecision
from certhub.rules.vocabulary import Region


class PracticeNeed(Base):
    """The children for whom a practice asks for a coordinator, by tier, and the languages of their families."""

    __table_args__ = (
        CheckConstraint("tier_1 >= 0 AND tier_2 >= 0 AND tier_3 >= 0", name="no_number_negative"),
        Index(
            "uq_practice_need_standing",
            "practice_id",
            unique=True,
            postgresql_where=text("superseded_at IS NULL"),
            sqlite_where=text("superseded_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    practice_id: Mapped[int] = mapped_column(ForeignKey("practice.id"))
    tier_1: Mapped[int] = mapped_column(comment="Children of tier 1 who need a coordinator, active ones included")
    tier_2: Mapped[int]
    tier_3: Mapped[int]
    languages: Mapped[dict[str, Any]] = mapped_column(
        default=dict, comment="Percent of the families by ISO 639 code, without English"
    )
    reported_month_from: Mapped[date | None] = mapped_column(
        comment="The month of the caseload reports that it was taken from; empty where it was typed"
    )
    recorded_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    recorded_at: Mapped[datetime]
    superseded_at: Mapped[datetime | None]
    supersedes_id: Mapped[int | None] = mapped_column(ForeignKey("practice_need.id"), unique=True)

    practice: Mapped[Practice] = relationship()


class Proposal(Base):
    """A plan that somebody asked for; the worker computes it from the records as they are then."""

    __table_args__ = (
        CheckConstraint("ends_on >= starts_on", name="dates_in_order"),
        CheckConstraint("finished_at IS NULL OR started_at IS NOT NULL", name="instants_in_order"),
        CheckConstraint("(accept_by_id IS NULL) = (accept_asked_at IS NULL)", name="acceptance_whole"),
        Index("ix_proposal_vendor", "vendor_id", "id"),
        Index(
            "ix_proposal_waiting",
            "id",
            postgresql_where=text("finished_at IS NULL OR accept_asked_at IS NOT NULL"),
            sqlite_where=text("finished_at IS NULL OR accept_asked_at IS NOT NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    vendor_id: Mapped[int | None] = mapped_column(
        ForeignKey("vendor_organization.id"), comment="Whose coordinators are placed; empty for those of all vendors"
    )
    regions: Mapped[list[Any]] = mapped_column(comment="The regions of the practices")
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    effort: Mapped[Effort]
    most_miles: Mapped[int] = mapped_column(comment="No farther than this from the coordinator's municipality")
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    asked_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    done: Mapped[int] = mapped_column(default=0, comment="Steps of the computation that are done")
    error: Mapped[str | None] = mapped_column(Text)
    fingerprint: Mapped[str | None] = mapped_column(String(64), comment="SHA-256 of all that the plan followed from")
    inputs: Mapped[dict[str, Any]] = mapped_column(default=dict, comment="Weights, limits and counts that it came from")
    regions_found: Mapped[list[Any]] = mapped_column(
        default=list, comment="For each region need, room, placed and unmet, with the languages of what is unmet"
    )
    cost: Mapped[int | None] = mapped_column(comment="Points of the whole plan; less is better")
    bound: Mapped[int | None] = mapped_column(comment="Points that no plan can go below, where the solver is installed")
    accept_by_id: Mapped[int | None] = mapped_column(
        ForeignKey("account.id"), comment="Who asked for all open lines to be accepted, while the worker does it"
    )
    accept_asked_at: Mapped[datetime | None]
    accept_problem: Mapped[str | None] = mapped_column(
        Text, comment="Why the worker could not go on accepting; what was accepted stays"
    )
    accept_region: Mapped[Region | None] = mapped_column(comment="Only the lines of this region; empty for all")

    vendor: Mapped[VendorOrganization | None] = relationship()
    asked_by: Mapped[User] = relationship(foreign_keys=asked_by_id)


class ProposalLine(Base):
    """One placement of a proposal: why, what the next best was, and what somebody decided about it."""

    __table_args__ = (
        UniqueConstraint("proposal_id", "coordinator_id", "practice_id", "starts_on"),
        CheckConstraint("ends_on >= starts_on", name="dates_in_order"),
        CheckConstraint("lifted_at IS NULL OR decision = 'declined'", name="lifted_was_declined"),
        CheckConstraint("(lifted_at IS NULL) = (lifted_by_id IS NULL)", name="lifted_whole"),
        CheckConstraint("share_percent BETWEEN 1 AND 100", name="share_range"),
        CheckConstraint("(decision = 'accepted') = (assignment_id IS NOT NULL)", name="accepted_has_assignment"),
        CheckConstraint("decision <> 'declined' OR reason <> ''", name="declined_has_reason"),
        CheckConstraint("(decision = 'open') = (decided_at IS NULL)", name="decided_has_instant"),
        Index("ix_proposal_line_proposal", "proposal_id", "id"),
        Index("ix_proposal_line_region", "proposal_id", "region", "id"),
        Index("ix_proposal_line_coordinator", "coordinator_id"),
        Index(
            "ix_proposal_line_declined",
            "id",
            postgresql_where=text("decision = 'declined' AND lifted_at IS NULL"),
            sqlite_where=text("decision = 'declined' AND lifted_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"))
    coordinator_id: Mapped[int] = mapped_column(ForeignKey("coordinator.id"))
    practice_id: Mapped[int] = mapped_column(ForeignKey("practice.id"))
    contract_id: Mapped[int] = mapped_column(ForeignKey("contract.id"))
    region: Mapped[Region] = mapped_column(comment="Of the practice")
    starts_on: Mapped[date] = mapped_column(comment="Later than the plan where somebody is there until then")
    ends_on: Mapped[date]
    share_percent: Mapped[int]
    miles: Mapped[int | None] = mapped_column(comment="Empty where the town of the practice is not on record")
    points: Mapped[int]
    why: Mapped[str] = mapped_column(Text)
    next_best: Mapped[str] = mapped_column(Text)
    next_best_id: Mapped[int | None] = mapped_column(ForeignKey("coordinator.id"))
    next_best_points: Mapped[int | None] = mapped_column(comment="By how many points the next best is worse")
    decision: Mapped[LineDecision] = mapped_column(default=LineDecision.OPEN)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    decided_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(Text, default="", comment="Why it was declined")
    lifted_by_id: Mapped[int | None] = mapped_column(
        ForeignKey("account.id"), comment="Who lets plans bring the two together again after it was declined"
    )
    lifted_at: Mapped[datetime | None]
    problem: Mapped[str] = mapped_column(Text, default="", comment="Why it could not be accepted when somebody tried")
    assignment_id: Mapped[int | None] = mapped_column(ForeignKey("assignment.id"), unique=True)

    proposal: Mapped[Proposal] = relationship()
    coordinator: Mapped[Coordinator] = relationship(foreign_keys=coordinator_id)
    practice: Mapped[Practice] = relationship()
    contract: Mapped[Contract] = relationship()
    decided_by: Mapped[User | None] = relationship(foreign_keys=decided_by_id)
    lifted_by: Mapped[User | None] = relationship(foreign_keys=lifted_by_id)


class ProposalUnmet(Base):
    """The need of a practice that a proposal leaves unmet, or met in part."""

    __table_args__ = (Index("ix_proposal_unmet_region", "proposal_id", "region", "practice_id"),)
    audited = False  # part of a computation, which has its audit entry; it decides nothing

    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"), primary_key=True)
    practice_id: Mapped[int] = mapped_column(ForeignKey("practice.id"), primary_key=True)
    region: Mapped[Region]
    need: Mapped[int] = mapped_column(comment="Percent of a full-time position")
    unmet: Mapped[int] = mapped_column(comment="Percent of a full-time position")
    languages: Mapped[dict[str, Any]] = mapped_column(default=dict)

    practice: Mapped[Practice] = relationship()


class ProposalLeftOut(Base):
    """A coordinator or practice that a proposal could not take into account, and why."""

    audited = False  # as above

    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"), primary_key=True)
    party_id: Mapped[int] = mapped_column(ForeignKey("party.id"), primary_key=True)
    because: Mapped[str] = mapped_column(Text)

    party: Mapped[Party] = relationship()
