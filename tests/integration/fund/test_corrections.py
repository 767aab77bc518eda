"""Adopted shares that are corrected while their year runs, and true-ups that are out of date."""

from datetime import date

import pytest

from certhub.database import db, transaction
from certhub.models.fund import FundAllocation, FundTrueUp
from certhub.models.fund_accounts import Assessment, FundNotice
from certhub.queries import fund, fund_accounts, fund_reports, fund_true_ups
from certhub.queries.reconciliation import of_year
from certhub.rules.pooled_fund.configuration import Knowledge, PayerKind
from certhub.rules.pooled_fund.invoices import AppealOutcome, InvoiceStatus
from certhub.rules.pooled_fund.year_state import YearState, state_of
from certhub.rules.refusal import Refusal, Stale
from certhub.services import fund_accounts as accounts
from certhub.services import fund_shares, fund_years, payers
from certhub.services import fund_true_ups as true_ups
from certhub.services.fund_years import BaseEntry
from certhub.services.payers import PayerEntry
from tests.integration.fund.arranged import COST, COUNTED, OVER, Worked, billed_year, on, worked_year
from tests.integration.parties.browsing import statements_of

pytestmark = pytest.mark.usefixtures("app")

S = InvoiceStatus
OCTOBER = date(2025, 10, 1)
REASON = "The filing of the first payer was read wrongly."


def opened(billed: Worked, day: date = OCTOBER) -> None:
    with transaction():
        fund_years.correct(billed.year, REASON, actor=billed.by, at=on(day))


def based(billed: Worked, place: int, child_months: int, day: date = OCTOBER) -> None:
    entry = BaseEntry(5_000_000_00, child_months, None, "Corrected filing")
    with transaction():
        fund_years.record_base(
            billed.year, billed.payers[place], Knowledge.ESTIMATE, entry, actor=billed.by, at=on(day)
        )


def changed_on_appeal(billed: Worked, place: int, cents: int, day: date = date(2025, 6, 2)) -> None:
    with transaction():
        appeal = accounts.file_appeal(
            billed.year, billed.payers[place].id, filed_on=day, grounds="Counted twice", actor=billed.by, at=on(day)
        )
    with transaction():
        accounts.decide_appeal(
            billed.year, appeal, AppealOutcome.CHANGED, reason="It was.", changed_cents=cents, actor=billed.by,
            at=on(day),
        )  # fmt: skip


def state(billed: Worked, day: date) -> YearState:
    return state_of(fund.facts(billed.year), day)


def standing(billed: Worked, place: int, day: date) -> list[tuple[int, InvoiceStatus]]:
    found = fund_accounts.account(billed.by, billed.year, billed.payers[place].id, today=day).standing
    return [(one.cents, one.status) for one in found]


def test_shares_are_corrected_while_the_year_runs_with_a_reason_and_only_what_changes_is_assessed_anew() -> None:
    billed = billed_year()
    with pytest.raises(Refusal, match="are adopted"):
        based(billed, 0, 200_000)
    with pytest.raises(Refusal, match="Say what was wrong"), transaction():
        fund_years.correct(billed.year, " ", actor=billed.by, at=on(OCTOBER))
    opened(billed)
    assert state(billed, OCTOBER) is YearState.CORRECTING
    with pytest.raises(Refusal, match="can be changed already"):
        opened(billed)
    based(billed, 0, 181_000)
    based(billed, 1, 94_000)

    billed.adopt(on(OCTOBER), reason=REASON)

    assert state(billed, OCTOBER) is YearState.BILLED
    assessed = fund_accounts.standing_assessments(billed.year)
    assert sum(one.total_cents for one in assessed) == 988_000_00
    assert [one.supersedes_id is not None for one in sorted(assessed, key=lambda one: one.payer_id)] == [
        True, True, False, False, False,
    ]  # fmt: skip
    with pytest.raises(Refusal, match="are adopted"):
        based(billed, 0, 1)


def test_what_is_overdue_or_referred_stays_so_and_nothing_new_is_due_before_the_notice_had_its_days() -> None:
    billed = billed_year()
    with transaction():
        accounts.refer(
            billed.year, billed.payers[1].id, 1, on=OCTOBER, to="Attorney General", reason="", actor=billed.by,
            at=on(OCTOBER),
        )  # fmt: skip
    opened(billed)
    based(billed, 0, 200_000)
    billed.adopt(on(OCTOBER), reason=REASON)

    assert standing(billed, 0, OCTOBER) == [
        (117_000_00, S.OVERDUE), (125_666_67, S.NOTICED), (125_666_67, S.NOTICED), (125_666_66, S.NOTICED),
    ]  # fmt: skip
    assert standing(billed, 1, OCTOBER)[0] == (61_750_00, S.REFERRED)
    notice = fund_accounts.account(billed.by, billed.year, billed.payers[0].id, today=OCTOBER).notice
    assert notice is not None
    assert notice.words["reasons"][:2] == [
        "This notice replaces the notice of May 12, 2025. What you paid counts.",
        REASON,
    ]
    assert fund_accounts.unnoticed(billed.year) == []
    listed = fund_reports.invoices(billed.by, billed.year, today=OCTOBER).rows
    assert [(row.cents, row.status) for row in listed[:4]] == standing(billed, 0, OCTOBER)
    assert of_year(billed.by, billed.year).agrees


def test_what_was_decided_on_appeal_stays_and_is_shown_before_shares_are_adopted_anew() -> None:
    billed = billed_year()
    changed_on_appeal(billed, 1, 200_000_00)
    opened(billed)
    based(billed, 0, 200_000)
    (decided,) = fund_shares.preview(billed.year, fund.inputs(billed.by, billed.year)).decided
    assert (decided.decided_cents, decided.computed_cents, decided.is_kept) == (200_000_00, 234_650_00, True)

    billed.adopt(on(OCTOBER), reason=REASON)

    kept = fund_accounts.assessment(billed.by, billed.year, billed.payers[1].id)
    assert (kept.share_cents, kept.is_decided) == (200_000_00, True)


def test_an_appeal_that_is_decided_meanwhile_stops_an_adoption_that_did_not_see_it() -> None:
    billed = billed_year()
    opened(billed)
    seen = fund_shares.adoption_fingerprint(billed.by, billed.year)
    changed_on_appeal(billed, 1, 200_000_00)

    with pytest.raises(Stale), transaction():
        fund_shares.adopt(billed.year, seen=seen, reason=REASON, actor=billed.by, at=on(OCTOBER))
    assert db.session.query(FundAllocation).count() == 1


def test_what_rises_after_the_last_instalment_is_one_more_and_what_falls_is_taken_from_the_last() -> None:
    day = date(2026, 6, 1)
    billed = billed_year()
    opened(billed, day)
    based(billed, 0, 200_000, day)
    billed.adopt(on(day), reason=REASON)

    assert [cents for cents, _ in standing(billed, 0, day)] == [117_000_00] * 4 + [26_000_00]
    assert [cents for cents, _ in standing(billed, 1, day)] == [61_750_00] * 3 + [49_400_00]


def trued_up() -> Worked:
    billed = billed_year(appeal_days=365)
    billed.count(COUNTED, Knowledge.ACTUAL)
    billed.true_up()
    return billed


def closed(billed: Worked) -> None:
    with transaction():
        fund_years.close(billed.year, actor=billed.by, at=OVER)


def is_stale(billed: Worked) -> bool:
    return fund_true_ups.is_stale(billed.by, billed.year, fund.true_up(billed.year))


def test_a_year_whose_true_up_an_appeal_has_overtaken_is_closed_only_after_it_is_recorded_anew() -> None:
    billed = billed_year(appeal_days=365)
    with transaction():
        appeal = accounts.file_appeal(
            billed.year, billed.payers[0].id, filed_on=OCTOBER, grounds="Counted twice", actor=billed.by, at=on(OCTOBER)
        )
    billed.count(COUNTED, Knowledge.ACTUAL)
    billed.true_up()
    assert not is_stale(billed)
    with transaction():
        accounts.decide_appeal(
            billed.year, appeal, AppealOutcome.CHANGED, reason="It was.", changed_cents=400_000_00, actor=billed.by,
            at=OVER,
        )  # fmt: skip

    assert is_stale(billed)
    with pytest.raises(Refusal, match="has changed since it was recorded"):
        closed(billed)
    with pytest.raises(Refusal, match="Say why"):
        billed.true_up()
    billed.true_up(reason="The appeal")
    closed(billed)
    recorded = fund.true_up(billed.year)
    assert recorded is not None
    assert recorded.private_cents == -63_000_00 + 68_000_00


def test_a_true_up_is_overtaken_by_shares_that_are_adopted_anew_and_not_made_while_they_are_open() -> None:
    billed = trued_up()
    with transaction():
        fund_years.correct(billed.year, REASON, actor=billed.by, at=OVER)
    with pytest.raises(Refusal, match="are being corrected"):
        closed(billed)
    with pytest.raises(Refusal, match="are being corrected"):
        billed.true_up(reason="Too early")
    entry = BaseEntry(5_000_000_00, 200_000, None, "Corrected filing")
    with transaction():
        fund_years.record_base(billed.year, billed.payers[0], Knowledge.ESTIMATE, entry, actor=billed.by, at=OVER)
    billed.adopt(OVER, reason=REASON)

    assert is_stale(billed)


def test_a_payer_that_is_renamed_registered_or_leaves_later_does_not_overtake_a_true_up() -> None:
    billed = trued_up()
    with transaction():
        payers.register(PayerEntry("Newcomer", PayerKind.HMO), actor=billed.by, at=OVER)
        renamed = PayerEntry("Another name", PayerKind.HMO, left_on=date(2027, 3, 31))
        payers.change(billed.payers[0], renamed, actor=billed.by, at=OVER)
        merged = PayerEntry(
            billed.payers[1].name, PayerKind.HMO, successor_id=billed.payers[2].id, merged_on=date(2026, 9, 1)
        )
        payers.change(billed.payers[1], merged, actor=billed.by, at=OVER)
    assert not is_stale(billed)

    with transaction():
        late = PayerEntry(
            billed.payers[1].name, PayerKind.HMO, successor_id=billed.payers[2].id, merged_on=date(2026, 6, 30)
        )
        payers.change(billed.payers[1], late, actor=billed.by, at=OVER)
    assert is_stale(billed)


def reading(statements: list[str], table: str) -> int:
    return sum(f"FROM {table} WHERE" in " ".join(one.split()) for one in statements)


def test_what_is_adopted_and_trued_up_is_read_once() -> None:
    """Read twice, PostgreSQL could give two answers within one transaction."""
    worked = worked_year()
    seen = fund_shares.adoption_fingerprint(worked.by, worked.year)
    with transaction():
        adopting = statements_of(
            lambda: fund_shares.adopt(worked.year, seen=seen, actor=worked.by, at=on(date(2025, 5, 12)))
        )
    assert [reading(adopting, table) for table in ("fund_units", "payer_base", "assessment")] == [1, 1, 1]
    worked.notice()
    worked.count(COUNTED, Knowledge.ACTUAL)
    _, basis = true_ups.worked_out(worked.by, worked.year, COST)
    with transaction():
        recording = statements_of(
            lambda: true_ups.record_true_up(
                worked.year, COST, cost_source="Accounts", seen=basis.fingerprint, gaps_reason="None filed",
                actor=worked.by, at=OVER,
            )
        )  # fmt: skip
    assert [reading(recording, table) for table in ("fund_units", "payer_base", "assessment")] == [2, 2, 1]
    assert db.session.query(FundTrueUp).count() == 1


def test_shares_that_were_adopted_but_not_noticed_are_replaced_without_a_notice() -> None:
    worked = worked_year()
    worked.adopt()
    opened(worked, date(2025, 5, 13))
    with pytest.raises(Refusal, match="are being corrected"):
        worked.notice()
    based(worked, 0, 200_000, date(2025, 5, 13))
    worked.adopt(on(date(2025, 5, 13)), reason=REASON)

    assert db.session.query(FundNotice).count() == 0
    assert len(fund_accounts.unnoticed(worked.year)) == 5
    assert db.session.query(Assessment).count() == 10
