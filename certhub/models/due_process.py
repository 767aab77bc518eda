"""Due process: the notice that goes with an action, a denial or a return, and the record of its hearing."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from certhub.models.accounts import User
from certhub.models.base import Base
from certhub.models.certification import Decision, StatusEvent
from certhub.models.files import StoredFile
from certhub.models.parties import Party
from certhub.models.review import ApplicationStage
from certhub.rules.due_process import notice_number, notice_title
from certhub.rules.vocabulary import HearingOutcome, HearingStep


class ActionNotice(Base):
    """The notice of an action on a credential, a denial, or what an application lacks, in the words that went out."""

    __table_args__ = (
        CheckConstraint(
            "CASE WHEN status_event_id IS NULL THEN 0 ELSE 1 END + CASE WHEN decision_id IS NULL THEN 0 ELSE 1 END "
            "+ CASE WHEN stage_id IS NULL THEN 0 ELSE 1 END = 1",
            name="of_one_action",
        ),
        CheckConstraint("appeal_until IS NULL OR appeal_until >= issued_on", name="appeal_after_issue"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    party_id: Mapped[int] = mapped_column(ForeignKey("party.id"), index=True)
    party_name: Mapped[str] = mapped_column(String(200), comment="The holder's name on that day")
    status_event_id: Mapped[int | None] = mapped_column(
        ForeignKey("status_event.id"),
        unique=True,
        comment="The event as it was first recorded; for a notice that it ends, as it ended",
    )
    decision_id: Mapped[int | None] = mapped_column(ForeignKey("decision.id"), unique=True)
    stage_id: Mapped[int | None] = mapped_column(
        ForeignKey("application_stage.id"), unique=True, comment="The return to the applicant that it tells of"
    )
    text: Mapped[str] = mapped_column(Text)
    practice_allowed: Mapped[bool | None] = mapped_column(
        comment="Whether the holder may practice while it lasts; empty where it is not about a term"
    )
    appeal_until: Mapped[date | None] = mapped_column(comment="Last day to ask for a hearing; empty without one")
    issued_on: Mapped[date]
    issued_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    issued_by_name: Mapped[str] = mapped_column(String(200), comment="Who signed it, by the account's name on that day")
    recorded_at: Mapped[datetime]

    party: Mapped[Party] = relationship()
    status_event: Mapped[StatusEvent | None] = relationship()
    decision: Mapped[Decision | None] = relationship()
    stage: Mapped[ApplicationStage | None] = relationship()
    issued_by: Mapped[User] = relationship()

    @property
    def number(self) -> str:
        """The number by which the notice is cited."""
        return notice_number(self.issued_on, self.id)

    @property
    def tells_an_end(self) -> bool:
        """Whether it tells that a status ends: only then is its event one that supersedes another."""
        return self.status_event is not None and self.status_event.supersedes_id is not None

    @property
    def title(self) -> str:
        """What the notice tells, in a few words."""
        kind = self.status_event.kind if self.status_event else None
        return notice_title(kind, ends=self.tells_an_end, denies=self.decision_id is not None)


class HearingEntry(Base):
    """One step of a hearing: asked for, scheduled, held or decided."""

    __table_args__ = (
        CheckConstraint("outcome IS NULL OR step = 'decided'", name="outcome_of_decision"),
        Index("ix_hearing_entry_notice", "notice_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    notice_id: Mapped[int] = mapped_column(ForeignKey("action_notice.id"))
    step: Mapped[HearingStep]
    happened_on: Mapped[date] = mapped_column(comment="For a scheduled hearing the day that it is planned for")
    asked_by: Mapped[str] = mapped_column(String(200), default="")
    outcome: Mapped[HearingOutcome | None]
    note: Mapped[str] = mapped_column(Text, default="")
    file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    recorded_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    recorded_at: Mapped[datetime]

    notice: Mapped[ActionNotice] = relationship()
    file: Mapped[StoredFile | None] = relationship()
    recorded_by: Mapped[User] = relationship()
