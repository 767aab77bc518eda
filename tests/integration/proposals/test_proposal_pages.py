"""The pages of proposals: asked for, shown with reasons, accepted in part, declined with a reason, downloaded."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from certhub.database import db
from certhub.models.parties import Assignment, Practice, VendorOrganization
from certhub.models.proposals import Proposal, ProposalLine
from certhub.rules.proposals import STEPS, LineDecision
from certhub.rules.vocabulary import Role
from certhub.services import proposals
from tests.factories import make_user, sign_in
from tests.integration.parties.browsing import administrator, fetched, send
from tests.integration.proposals import arranging
from tests.integration.proposals.arranging import computed, coordinator, practice, vendor


@pytest.fixture
def bridge(app: Flask) -> VendorOrganization:
    return vendor()


@pytest.fixture
def ready(bridge: VendorOrganization) -> Proposal:
    """A plan with two lines, and a practice whose need stays unmet."""
    coordinator("Ana Ferreira", bridge, languages=("pt",))
    coordinator("Ben Carter", bridge)
    practice("Elm Street Pediatrics", tier_2=45, languages={"pt": 60})
    practice("Oak Street Pediatrics", tier_2=20)
    practice("Harbor Pediatrics", tier_2=20, town="Nantucket", languages={"kea": 30})
    return computed(arranging.make_office())


def lines_of(proposal: Proposal) -> list[ProposalLine]:
    return list(
        db.session.scalars(
            select(ProposalLine).where(ProposalLine.proposal_id == proposal.id).order_by(ProposalLine.id)
        )
    )


def test_a_proposal_is_asked_for_and_shows_its_progress_and_then_its_lines(
    client: FlaskClient, bridge: VendorOrganization
) -> None:
    coordinator("Ana Ferreira", bridge)
    practice("Elm Street Pediatrics", tier_2=45)
    administrator(client)

    answer = send(
        client, "/proposals/new", regions=["central"], starts_on="2030-01-07", ends_on="2030-06-30", most_miles="60",
        effort="close",
    )  # fmt: skip

    address = answer.headers["Location"]
    assert "waits for its turn" in fetched(client, address)
    stops_after = iter([False])
    arranging.worker(stopping=lambda: next(stops_after, True))
    page = fetched(client, address)
    assert "The plan is being made:" in page
    assert f"1 of {STEPS} steps done" in page
    stops_after = iter([False, False])
    arranging.worker(stopping=lambda: next(stops_after, True))
    page = fetched(client, address)
    assert f"2 of {STEPS} steps done" in page
    assert 'value="40"' in page
    arranging.worker()
    page = fetched(client, address)
    assert "Ana Ferreira" in page
    assert "Elm Street Pediatrics" in page
    assert "this meets the whole need" in page


def test_what_was_typed_wrongly_is_told_beside_its_field_and_kept(client: FlaskClient, app: Flask) -> None:
    administrator(client)
    answer = send(
        client, "/proposals/new", regions=["boston"], starts_on="2030-01-07", ends_on="2029-01-07", most_miles="61",
        effort="close",
    )  # fmt: skip
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "The last day cannot be before the first day." in page
    assert 'value="61"' in page
    assert db.session.scalar(select(func.count()).select_from(Proposal)) == 0


def test_marked_lines_are_accepted_and_a_reload_accepts_nothing_twice(client: FlaskClient, ready: Proposal) -> None:
    administrator(client)
    first, second = lines_of(ready)
    address = f"/proposals/{ready.id}"

    assert send(client, f"{address}/accept", page=address, line=[str(first.id)]).status_code == 302
    send(client, f"{address}/accept", page=address, line=[str(first.id)])

    db.session.expire_all()
    assert (first.decision, second.decision) == (LineDecision.ACCEPTED, LineDecision.OPEN)
    assert db.session.scalar(select(func.count()).select_from(Assignment)) == 1
    assert "Accepted: 1, declined: 0, open: 1" in fetched(client, address)


def test_sending_no_line_asks_to_mark_one(client: FlaskClient, ready: Proposal) -> None:
    administrator(client)
    answer = send(client, f"/proposals/{ready.id}/accept", page=f"/proposals/{ready.id}")
    assert answer.status_code == 422
    assert "Mark at least one line" in answer.get_data(as_text=True)


def test_a_line_is_declined_with_a_reason_that_the_page_shows(client: FlaskClient, ready: Proposal) -> None:
    administrator(client)
    line = lines_of(ready)[0]
    address = f"/proposals/lines/{line.id}"
    assert "Next best" in fetched(client, address)

    assert send(client, f"{address}/decline", reason="").status_code == 422
    answer = send(client, f"{address}/decline", reason="The family asked for somebody else")
    assert answer.status_code == 302

    assert "The family asked for somebody else" in fetched(client, address)
    send(client, f"{address}/accept", page=f"/proposals/{ready.id}")
    assert db.session.scalar(select(func.count()).select_from(Assignment)) == 0


def test_accepting_all_open_lines_is_left_to_the_worker(client: FlaskClient, ready: Proposal) -> None:
    administrator(client)
    send(client, f"/proposals/{ready.id}/accept-all", page=f"/proposals/{ready.id}", region="")
    assert "are being accepted" in fetched(client, f"/proposals/{ready.id}")

    arranging.worker()

    assert "Accepted: 2, declined: 0, open: 0" in fetched(client, f"/proposals/{ready.id}")


def test_unmet_need_is_told_with_languages_and_the_lines_come_as_a_file(client: FlaskClient, ready: Proposal) -> None:
    administrator(client)
    page = fetched(client, f"/proposals/{ready.id}/unmet?region=southeast")
    assert "Harbor Pediatrics" in page
    assert "Cape Verdean Creole 30 %" in page
    assert "Nobody was left out" in fetched(client, f"/proposals/{ready.id}/left-out")
    lines = client.get(f"/proposals/{ready.id}/lines.csv").get_data(as_text=True).splitlines()
    assert len(lines) == 3
    assert lines[0].lstrip("\ufeff").startswith("Coordinator,Practice,Vendor,Region,First day,Last day,")


def test_a_vendor_sees_its_own_proposals_only_and_an_auditor_decides_nothing(
    client: FlaskClient, ready: Proposal, bridge: VendorOrganization
) -> None:
    hr = make_user(Role.VENDOR_HR, bridge)
    own = computed(hr, vendor_id=bridge.id)
    sign_in(client, hr)
    assert client.get(f"/proposals/{ready.id}").status_code == 404
    assert client.get(f"/proposals/lines/{lines_of(ready)[0].id}").status_code == 404
    assert "Accept the marked lines" in fetched(client, f"/proposals/{own.id}")
    sign_in(client, make_user(Role.AUDITOR))
    assert "Accept the marked lines" not in fetched(client, f"/proposals/{own.id}")


def test_what_a_practice_needs_is_recorded_and_changed(client: FlaskClient, app: Flask) -> None:
    elm = practice("Elm Street Pediatrics", tier_2=45, languages={"pt": 60})
    administrator(client)
    assert "Portuguese 60 %" in fetched(client, "/proposals/needs?region=central")
    address = f"/proposals/needs/{elm.id}"

    assert send(client, address, tier_1="5", tier_2="-1", tier_3="").status_code == 422
    assert (
        send(client, address, tier_1="5", tier_2="10", tier_3="", language_es="40", language_pt="").status_code == 302
    )

    standing = proposals.standing_need(db.session.get_one(Practice, elm.id).id)
    assert standing is not None
    assert (standing.tier_1, standing.tier_2, standing.languages) == (5, 10, {"es": 40})
