"""Deliver the outbox, one message at a time."""

import time
from dataclasses import replace
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import structlog
from sqlalchemy.exc import SQLAlchemyError

from certhub import clock
from certhub.database import db, savepoint, transaction
from certhub.jobs.registry import Counts, JobProblem, Occasion, job
from certhub.models.messages import Message, MessageStatus, ReminderStatus
from certhub.notifications.letters import SECRET_KINDS
from certhub.notifications.rendering import Rendered
from certhub.notifications.transports import (
    DeliveryProblem,
    MayHaveArrived,
    RefusedForGood,
    RefusedForNow,
    SenderRefused,
    Transport,
    Unreachable,
)
from certhub.rules.mail_attempts import MOST_COPIES, SAME_IN_A_ROW, UNPREPARED
from certhub.rules.opt_outs import token
from certhub.rules.reminder_policies import OBLIGATION_LABELS
from certhub.rules.reminder_reasons import NOT_PREPARED, NOT_TAKEN
from certhub.services import digests, exposure_letters, mail_failures, outbox, reminder_policies
from certhub.services.digest_readings import MOST_AT_ONCE, ReadingAgain, kinds_told
from certhub.services.outbox import Claimed, Doubt

log = structlog.get_logger("certhub.mail")

_LOOKED_UP_AT_ONCE = 500
_UNPREPARED = "not prepared"
_PAUSES_OF_THE_DATABASE = (0, 1, 2, 5, 10, 15, 30, 30)
"""Seconds between the tries to enter that a message was taken: a minute and a half, and what each try waits itself."""
_OUTCOMES = {
    MessageStatus.SENT: "sent",
    MessageStatus.FAILED: "failed",
    MessageStatus.IN_DOUBT: "in doubt",
}


@job("mail-delivery", schedule="* * * * *")
def deliver(occasion: Occasion) -> Counts:
    """Send what waits in the outbox, at most as many messages as the ceiling allows, and hold the rest."""
    settings = occasion.settings
    doubt = Doubt(timedelta(minutes=settings.mail_in_doubt_minutes), repeat=settings.mail_in_doubt == "repeat")
    parked = 0 if doubt.repeat or occasion.dry_run else _park()
    aside = {"put aside as in doubt": parked} if parked else {}
    waiting = outbox.waiting(clock.now(), repeat=doubt.repeat)
    if occasion.dry_run or not waiting:
        return aside | ({"waiting": waiting} if waiting else {})
    transport = occasion.opening(settings)
    try:
        counts = _Delivery(occasion, transport, min(waiting, settings.mail_ceiling), doubt).run()
    finally:
        transport.close()
    held = waiting - sum(counts.values())
    return aside | counts | ({"held": held} if held > 0 else {})


def _park() -> int:
    with transaction():
        return outbox.park(clock.now())


class _Delivery:
    """One run: the outcome of each message is committed together with the claim of the next.

    So there is one durable commit per message, and a crash leaves exactly one message in doubt.
    """

    def __init__(self, occasion: Occasion, transport: Transport, ceiling: int, doubt: Doubt) -> None:
        self.occasion = occasion
        self.transport = transport
        self.ceiling = ceiling
        self.doubt = doubt
        self.host = urlsplit(occasion.settings.base_url).hostname or "localhost"
        self.counts: Counts = {}
        self.queue: list[int] = []
        self.taken = 0
        self.failing: set[str] = set()
        self.took_mail = False
        """Whether the server has taken mail in this run: then what it refuses, it refuses for its own reasons."""
        self.takes_others: bool | None = None
        """Whether it has taken any in the last day, once that is asked."""
        self.alike: list[tuple[Claimed, DeliveryProblem]] = []
        """Refusals in the same words by a server that took nothing yet: of the addresses, or of all that we send?"""
        self.reading: ReadingAgain | None = None
        """How digests of a day are read again; made anew with each queue, for policies may change during a run."""

    def run(self) -> Counts:
        """Send until nothing is due, the ceiling is reached, or the server is gone."""
        under_way: Claimed | None = None
        problem: DeliveryProblem | None = None
        while True:
            try:
                following, problem = self._step(under_way, problem)
            except Exception:
                if under_way is not None and problem is None:
                    self._enter_alone(under_way)
                raise
            under_way = following
            if under_way is None:
                break
            problem = self._send(under_way)
        if isinstance(problem, Unreachable):
            raise JobProblem(f"{problem} The messages wait and will be sent later.", self.counts)
        if self.counts.get(_UNPREPARED):
            raise JobProblem("Not all messages could be prepared. The log has the details; they wait.", self.counts)
        return self.counts

    def _step(
        self, under_way: Claimed | None, problem: DeliveryProblem | None
    ) -> tuple[Claimed | None, DeliveryProblem | None]:
        """Enter the outcome of one message and claim the next one, in one transaction."""
        going_on = not isinstance(problem, Unreachable) and not self.occasion.stopping()
        with transaction():
            at = clock.now()
            if under_way is not None:
                problem = self._judge(under_way, problem, at)
                going_on = going_on and not isinstance(problem, Unreachable)
            following = self._next(at) if going_on else None
            if following is None:
                self._decide(problem if isinstance(problem, Unreachable) else None, at)
        return following, problem

    def _enter_alone(self, taken: Claimed) -> None:
        """Enter that the server took a message, after the transaction that was to do so has failed.

        Otherwise it would leave once more. The database may be away for a moment, so it is asked for a while.
        """
        pauses = list(_PAUSES_OF_THE_DATABASE)
        while True:
            db.session.remove()
            try:
                with transaction():
                    self._settle(taken, None, clock.now())
            except SQLAlchemyError as problem:
                if not pauses:
                    log.exception("outcome_not_entered", message=taken.id, error=type(problem).__name__)
                    return
                time.sleep(pauses.pop(0))
            else:
                return

    def _send(self, claimed: Claimed) -> DeliveryProblem | None:
        try:
            self.transport.send(claimed.letter)
        except DeliveryProblem as problem:
            return problem
        return None

    def _judge(self, claimed: Claimed, problem: DeliveryProblem | None, at: datetime) -> DeliveryProblem | None:
        """Enter what became of a message; `Unreachable` where the server turns out to take nothing at all."""
        self.took_mail = self.took_mail or problem is None
        if isinstance(problem, MayHaveArrived):
            self._settle(claimed, problem, at)
            return problem
        if self.took_mail or not isinstance(problem, RefusedForGood | RefusedForNow | SenderRefused):
            self._decide(problem if isinstance(problem, Unreachable) else None, at)
            self._settle(claimed, problem, at)
            return problem
        if self.alike and str(self.alike[0][1]) != str(problem):
            self._decide(None, at)
        self.alike.append((claimed, problem))
        if len(self.alike) < SAME_IN_A_ROW:
            return problem
        nothing = Unreachable(f"The mail server takes nothing from CertHub. {problem}")
        self._decide(nothing, at)
        return nothing

    def _decide(self, nothing: Unreachable | None, at: datetime) -> None:
        """Enter the refusals that were alike: each for itself, or as those of a server that takes nothing."""
        alike, self.alike = self.alike, []
        for claimed, problem in alike:
            self._settle(claimed, nothing or problem, at)

    def _settle(self, claimed: Claimed, problem: DeliveryProblem | None, at: datetime) -> None:
        if isinstance(problem, SenderRefused) and self.takes_others is None:
            self.takes_others = outbox.took_lately(at)
        takes_others = self.took_mail or bool(self.takes_others)
        status = outbox.settle(claimed, problem, at=at, doubt=self.doubt, takes_others=takes_others)
        if status is MessageStatus.SENT and claimed.kind in SECRET_KINDS and self.occasion.settings.smtp_url:
            outbox.forget_words(claimed.id)  # without a server the mail page is where people read them
        self._follow(claimed, status, NOT_TAKEN, at)
        if status is MessageStatus.FAILED and problem is not None and problem.address:
            today, base_url = clock.civil_date(at), self.occasion.settings.base_url
            failed = db.session.get_one(Message, claimed.id)
            mail_failures.mark(failed, bounced=False, today=today, base_url=base_url, at=at)
            self.failing.add(claimed.letter.recipient.lower())
        elif status is MessageStatus.SENT and claimed.letter.recipient.lower() in self.failing:
            mail_failures.clear(claimed.letter.recipient)
        self._count(_OUTCOMES.get(status, "put off"))

    def _follow(self, claimed: Claimed, status: MessageStatus, why: str, at: datetime) -> None:
        """Let the ledger follow a digest that was sent, or failed for a reason."""
        if claimed.kind == digests.DIGEST and status is MessageStatus.SENT:
            digests.record_outcome(claimed.id, ReminderStatus.SENT, at=at)
        elif claimed.kind == digests.DIGEST and status is MessageStatus.FAILED:
            digests.record_outcome(claimed.id, ReminderStatus.FAILED, at=at, reason=why)

    def _next(self, at: datetime) -> Claimed | None:
        while self.taken < self.ceiling:
            if not self.queue:
                self.queue, self.reading, self.failing = self._due(at), None, mail_failures.failing()
                if not self.queue:
                    return None
            claimed = outbox.claim(self.queue.pop(), host=self.host, at=at, doubt=self.doubt)
            if claimed is None:
                continue  # another deliverer was faster
            self.taken += 1
            if claimed.doubts >= MOST_COPIES:  # the processes that sent it died each time
                self._settle(replace(claimed, doubts=claimed.doubts - 1), MayHaveArrived(outbox.PARKED), at)
                continue
            prepared = self._prepared(claimed, at)
            if prepared is not None:
                return prepared
        return None

    def _prepared(self, claimed: Claimed, at: datetime) -> Claimed | None:
        """The message with its words of now; None where it is withdrawn, or put off because it cannot be prepared.

        What goes wrong here undoes nothing else: the outcome of the message before it is in the same transaction.
        """
        if claimed.kind not in (digests.DIGEST, exposure_letters.LETTER):
            return claimed
        try:
            with savepoint():
                told = outbox.reword(claimed, self._read_again(claimed, at), at=at)
                if told is not None and told.opt_out:
                    told = self._with_choice(told)
        except Exception as problem:
            log.exception("message_not_prepared", message=claimed.id, error=type(problem).__name__)
            put_off = RefusedForNow(f"{UNPREPARED} ({type(problem).__name__}).")
            self._follow(claimed, outbox.settle(claimed, put_off, at=at), NOT_PREPARED, at)
            self._count(_UNPREPARED)
            return None
        if told is None:
            self._count("withdrawn")
        return told

    def _with_choice(self, claimed: Claimed) -> Claimed:
        """A digest with the link by which its reader may opt out of what is a courtesy among its dates."""
        told = kinds_told([claimed.id])
        free = [kind for kind in told if kind is not None and kind.value in claimed.opt_out.split()]
        if not free:
            return claimed
        settings = self.occasion.settings
        letter = replace(
            claimed.letter,
            opt_out_link=f"{settings.base_url}/mail/opt-out/{token(claimed.id, settings.secret_key)}",
            courtesies="; ".join(sorted(OBLIGATION_LABELS[kind].lower() for kind in free)),
            tells_more=len(free) < len(told),
        )
        return replace(claimed, letter=letter)

    def _due(self, at: datetime) -> list[int]:
        return outbox.due(at, min(_LOOKED_UP_AT_ONCE, self.ceiling - self.taken), repeat=self.doubt.repeat)[::-1]

    def _read_again(self, claimed: Claimed, at: datetime) -> Rendered | None:
        """What a letter that may have waited has to say now."""
        today = clock.civil_date(at)
        if claimed.kind == exposure_letters.LETTER:
            return exposure_letters.read_again(claimed.id, today, base_url=self.occasion.settings.base_url)
        if self.reading is None or self.reading.day != today:
            self.reading = ReadingAgain(today, reminder_policies.in_force(today))
        following = self.queue[:-MOST_AT_ONCE:-1]
        return digests.read_again(claimed.id, self.reading, link=self.occasion.link, at=at, following=following)

    def _count(self, outcome: str) -> None:
        self.counts[outcome] = self.counts.get(outcome, 0) + 1
        self.occasion.progress(self.taken, self.ceiling)
