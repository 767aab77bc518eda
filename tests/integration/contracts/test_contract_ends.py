"""How a contract ends: terminated and taken back, suspended past its last day, renewed, closed out; and the lists."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from certhub.database import db, transaction
from certhub.models.contracts import ContractOpenItem
from certhub.queries import contract_close_out, contracts
from certhub.queries.contracts import Filters, Standing
from certhub.rules.contract_amendments import AmendmentKind
from certhub.rules.contracts import ContractStage, StepKind
from certhub.rules.permissions import OPERATOR
from certhub.rules.refusal import Refusal
from certhub.rules.vocabulary import Role
from certhub.services import contract_oversight, contract_steps
from certhub.services import contracts as service
from certhub.services.contracts import ContractText
from tests import factories
from tests.integration.contracts.arranging import (
    AT,
    LAST,
    TEXT,
    TODAY,
    Office,
    amended,
    drafted,
    executed,
    step,
)
from tests.integration.contracts.invoicing import Placed, invoice
from tests.integration.exposure.arranging import changed
from tests.integration.parties.browsing import administrator, fetched, send, vendor_hr

K = StepKind


def at(day: date) -> datetime:
    return datetime.combine(day, AT.timetz())


def days(office: Office) -> list[tuple[date, date]]:
    db.session.expire_all()
    return [(one.starts_on, one.ends_on) for one in contracts.periods(office.contract)]


def renewing(office: Office, number: str) -> ContractText:
    return replace(
        TEXT, number=number, continues_id=office.contract.id, start_on=date(2028, 7, 1), ends_on=date(2030, 6, 30),
        procurement_ends_on=None,
    )  # fmt: skip


def ends_on(office: Office) -> date:
    return contracts.last_day(office.contract, contracts.life(office.contract))


def test_a_termination_that_lies_ahead_is_taken_back_with_a_reason_and_the_days_come_back(app: Flask) -> None:
    office = executed()
    amended(office, kind=AmendmentKind.OPTION, lines={2029: 215_000_00}, signed_on=date(2027, 5, 4))
    before = days(office)
    step(office, K.TERMINATED_WITHOUT_CAUSE, date(2028, 3, 31), at=at(date(2028, 1, 10)))
    assert days(office) == [(date(2026, 7, 1), date(2028, 3, 31))]
    assert ends_on(office) == date(2028, 3, 31)
    back = at(date(2028, 2, 1))
    with pytest.raises(Refusal, match="Say why"), transaction():
        contract_steps.record(
            office.contract, K.TERMINATION_TAKEN_BACK, happened_on=date(2028, 2, 1), actor=office.administrator,
            at=back,
        )  # fmt: skip
    step(office, K.TERMINATION_TAKEN_BACK, date(2028, 2, 1), at=back)
    assert days(office) == before
    assert ends_on(office) == date(2029, 6, 30)
    assert contracts.stage(office.contract, date(2028, 4, 1)) is ContractStage.ACTIVE
    known = db.session.scalar(
        db.select(contracts.in_force(office.contract.id, date(2028, 4, 1), at(date(2028, 1, 20))))
    )
    assert not known  # what was known before stays on file


def test_a_termination_taken_back_under_a_suspension_waits_for_its_end(app: Flask) -> None:
    office = executed()
    step(office, K.TERMINATED_FOR_CAUSE, date(2027, 6, 30), at=at(date(2027, 1, 4)))
    step(office, K.SUSPENDED, date(2027, 2, 1), at=at(date(2027, 2, 1)))
    step(office, K.TERMINATION_TAKEN_BACK, date(2027, 2, 15), at=at(date(2027, 2, 15)))
    assert days(office) == [(date(2026, 7, 1), date(2027, 1, 31))]
    step(office, K.REINSTATED, date(2027, 3, 1), at=at(date(2027, 3, 1)))
    assert days(office) == [(date(2026, 7, 1), date(2027, 1, 31)), (date(2027, 3, 1), LAST)]


def test_a_termination_before_the_first_day_is_taken_back_whole(app: Flask) -> None:
    office = executed()
    step(office, K.TERMINATED_WITHOUT_CAUSE, 20)
    assert days(office) == []
    step(office, K.TERMINATION_TAKEN_BACK, 15)
    assert days(office) == [(date(2026, 7, 1), LAST)]


def test_a_termination_after_the_last_day_is_refused_and_the_page_shows_the_day_it_really_ends(
    client: FlaskClient,
) -> None:
    office = executed()
    with pytest.raises(Refusal, match="ends on June 30, 2028 by itself"):
        step(office, K.TERMINATED_WITHOUT_CAUSE, date(2028, 7, 1), at=at(date(2027, 1, 4)))
    address = f"/contracts/{office.contract.id}"
    with time_machine.travel(at(date(2027, 3, 1)), tick=False):
        administrator(client)
        assert "Look at the options by" in fetched(client, address)
        step(office, K.TERMINATED_WITHOUT_CAUSE, date(2027, 5, 31), at=at(date(2027, 3, 1)))
        page = fetched(client, address)
    assert "May 31, 2027" in page
    assert "June 30, 2028 was agreed" in page
    assert "Look at the options by" not in page


def test_a_suspension_past_the_agreed_end_is_an_end_and_can_be_closed_out(app: Flask) -> None:
    office = executed()
    step(office, K.SUSPENDED, date(2028, 1, 4), at=at(date(2028, 1, 4)))
    assert contracts.stage(office.contract, LAST) is ContractStage.SUSPENDED
    assert contracts.stage(office.contract, date(2028, 7, 1)) is ContractStage.EXPIRED
    reasons = {item.key: "Dissolved" for item in contract_close_out.open_items(office.contract)}
    step(office, K.CLOSED_OUT, date(2028, 9, 1), at=at(date(2028, 9, 1)), reasons=reasons)


def test_each_contract_is_in_the_lists_of_where_it_stands_and_sorted_by_the_day_it_really_ends(app: Flask) -> None:
    day = date(2027, 3, 1)
    found: dict[str, Office] = {}
    for name in ("active", "suspended", "terminated", "ahead"):
        found[name] = executed(number=f"C-{name}")
    found["later"] = executed(number="C-later", start_on=date(2027, 7, 1), budget={2028: 1_00})
    found["draft"], found["withdrawn"] = drafted(number="C-draft"), drafted(number="C-withdrawn")
    step(found["suspended"], K.SUSPENDED, date(2027, 1, 4), at=at(date(2027, 1, 4)))
    step(found["terminated"], K.TERMINATED_FOR_CAUSE, date(2027, 1, 31), at=at(date(2027, 1, 4)))
    step(found["ahead"], K.TERMINATED_FOR_CAUSE, date(2027, 5, 31), at=at(date(2027, 1, 4)))
    step(found["withdrawn"], K.WITHDRAWN, 3)

    def listed(standing: Standing | None, on: date = day) -> list[str]:
        return [row.number.removeprefix("C-") for row in contracts.page(OPERATOR, on, Filters(standing)).rows]

    assert {standing: set(listed(standing)) for standing in Standing} == {
        Standing.IN_FORCE: {"active", "ahead"},
        Standing.ENDING: {"ahead"},
        Standing.TO_BEGIN: {"later"},
        Standing.SUSPENDED: {"suspended"},
        Standing.IN_PREPARATION: {"draft"},
        Standing.ENDED: {"terminated"},
        Standing.WITHDRAWN: {"withdrawn"},
    }
    assert listed(None)[-2:] == ["ahead", "terminated"]
    assert "suspended" in listed(Standing.ENDED, date(2028, 7, 1))
    assert listed(Standing.SUSPENDED, date(2028, 7, 1)) == []
    rows = {row.number: row.ends_on for row in contracts.page(OPERATOR, day).rows}
    assert (rows["C-suspended"], rows["C-ahead"]) == (LAST, date(2027, 5, 31))


def test_a_page_of_the_list_goes_on_where_the_last_one_stopped(app: Flask) -> None:
    for number in range(3):
        executed(number=f"C-{number}", ends_on=date(2028, 6, 30 - number), procurement_ends_on=None)
    rows = contracts.page(OPERATOR, TODAY).rows
    assert [row.number for row in rows] == ["C-0", "C-1", "C-2"]


def test_a_close_out_shows_what_is_open_and_needs_a_reason_for_each(client: FlaskClient) -> None:
    placed = Placed()
    vendor_hr(client, placed.vendor)
    placed.file(client, number="H-1")
    contract = placed.contract
    changed(contracts.periods(contract)[0], ends_on=date(2025, 12, 31))
    administrator(client)
    office = Office(placed.vendor, factories.make_user(Role.DPH_ADMINISTRATOR), contract)
    with transaction():
        contract_oversight.open_plan(
            contract, finding="No notes", opened_on=date(2025, 10, 6), actor=office.administrator, at=AT
        )
    address = f"/contracts/{contract.id}"
    step(office, K.TERMINATED_WITHOUT_CAUSE, date(2025, 12, 31), at=datetime(2025, 12, 1, tzinfo=UTC))
    page = fetched(client, f"{address}/close-out")
    for words in (
        "Invoice H-1 of $3,000.00 waits for DPH.", "is held back, and nobody has decided.",
        "The corrective action of October 6, 2025 is open.", "No Uniform Financial Report is on file",
        "keeps its records until December 31, 2032",
    ):  # fmt: skip
        assert words in page
    items = contract_close_out.open_items(contract)
    reasons = {item.key: "The vendor was dissolved" for item in items}
    refused = send(client, f"{address}/close-out", happened_on="2026-01-05", **(reasons | {items[0].key: ""}))
    assert refused.status_code == 422
    assert "Settle it first, or say why" in refused.text
    assert send(client, f"{address}/close-out", happened_on="2026-01-05", **reasons).status_code == 302
    page = fetched(client, address)
    assert "Closed out all the same: The vendor was dissolved" in page
    assert "keeps its records until" in page
    assert len(db.session.scalars(select(ContractOpenItem)).all()) == len(items)
    vendor_hr(client, placed.vendor)
    assert "File an invoice" not in fetched(client, address)
    answer = send(client, placed.address, number="H-2", other="5.00", other_purpose="Interpreters")
    assert "This contract is closed out. Nothing more can be invoiced under it." in answer.text
    assert invoice().number == "H-1"


def test_a_contract_that_another_one_renews_shows_it_and_only_one_can(client: FlaskClient) -> None:
    office = executed()
    other = drafted(number="INTF3101202800001")
    with pytest.raises(Refusal, match="renews one of the same vendor") as refused, transaction():
        service.draft(other.vendor, renewing(office, "X-1"), actor=office.administrator, at=AT)
    assert refused.value.field == "continues_id"
    with pytest.raises(Refusal, match="must end after that day"), transaction():
        service.draft(
            office.vendor,
            replace(renewing(office, "X-1"), start_on=date(2027, 7, 1), ends_on=LAST),
            actor=office.administrator,
            at=AT,
        )
    with transaction():
        renewal = service.draft(office.vendor, renewing(office, "X-2"), actor=office.administrator, at=AT)
    with pytest.raises(Refusal, match="renews this one already"), transaction():
        service.draft(office.vendor, renewing(office, "X-3"), actor=office.administrator, at=AT)
    administrator(client)
    assert "X-2" in fetched(client, f"/contracts/{office.contract.id}")
    step(Office(office.vendor, office.administrator, renewal), K.WITHDRAWN, 12)
    with transaction():
        service.draft(office.vendor, renewing(office, "X-3"), actor=office.administrator, at=AT)


def test_a_contract_is_shortened_although_a_termination_ahead_cut_its_days(app: Flask) -> None:
    office = executed()
    step(office, K.TERMINATED_WITHOUT_CAUSE, date(2028, 5, 31), at=at(date(2027, 3, 1)))
    amended(office, new_ends_on=date(2028, 4, 30), signed_on=date(2027, 5, 4))
    assert days(office) == [(date(2026, 7, 1), date(2028, 4, 30))]


def test_a_suspended_contract_is_not_shortened_over_days_that_were_in_force(app: Flask) -> None:
    office = executed()
    step(office, K.SUSPENDED, date(2027, 2, 1), at=at(date(2027, 2, 1)))
    with pytest.raises(Refusal, match="is before the amendment counts"):
        amended(office, new_ends_on=date(2027, 4, 30), signed_on=date(2027, 5, 4))
    assert days(office) == [(date(2026, 7, 1), date(2027, 1, 31))]
