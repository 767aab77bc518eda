"""For whom an account signs on the screen, on what authority, and under which name."""

import pytest

from certhub.rules.refusal import Refusal
from certhub.rules.signing import (
    SigningAuthority,
    authorities_of,
    parties_to,
    require_authority,
    require_own_name,
    signs_for,
)
from certhub.rules.vocabulary import Role
from tests.unit.rules.test_evidence_forms import SHIPPED


@pytest.mark.parametrize(
    ("code", "role", "parties"),
    [
        ("PR-01", Role.PRACTICE_MANAGER, ("practice_manager",)),
        ("PR-01", Role.VENDOR_HR, ()),
        ("PR-07", Role.PRACTICE_MANAGER, ("practice_manager",)),
        ("CC-07", Role.COORDINATOR, ("coordinator",)),
        ("CC-07", Role.VENDOR_HR, ()),
        ("CC-07", Role.DPH_ADMINISTRATOR, ()),
        ("PR-05", Role.PRACTICE_MANAGER, ()),
    ],
)
def test_an_account_signs_for_the_parties_of_its_role(code: str, role: Role, parties: tuple[str, ...]) -> None:
    assert signs_for(SHIPPED[code], role) == parties


def test_all_who_must_sign_are_known() -> None:
    assert parties_to(SHIPPED["PR-01"]) == ("lead_physician", "practice_manager")
    assert parties_to(SHIPPED["CC-07"]) == ("coordinator",)
    assert parties_to(SHIPPED["PR-05"]) == ()


@pytest.mark.parametrize(
    ("authority", "title", "role", "field"),
    [
        ("officer", "President", Role.VENDOR_HR, None),
        ("delegate", "", Role.VENDOR_HR, "title"),
        ("physician_champion", "Lead physician", Role.PRACTICE_MANAGER, None),
        ("physician_champion", "Lead physician", Role.VENDOR_HR, "authority"),
        ("own_behalf", "", Role.COORDINATOR, None),
        ("officer", "President", Role.COORDINATOR, "authority"),
        ("", "President", Role.TRAINING_PROVIDER, "authority"),
    ],
)
def test_an_authority_fits_the_account_and_has_a_title(
    authority: str, title: str, role: Role, field: str | None
) -> None:
    if field is None:
        assert require_authority(authority, title, role) == (SigningAuthority(authority), title)
        return
    with pytest.raises(Refusal) as refused:
        require_authority(authority, title, role)
    assert refused.value.field == field


def test_a_person_signs_for_themself_alone() -> None:
    assert authorities_of(Role.COORDINATOR) == (SigningAuthority.OWN_BEHALF,)
    assert SigningAuthority.OWN_BEHALF not in authorities_of(Role.VENDOR_HR)


@pytest.mark.parametrize(
    ("typed", "confirmed", "fits"),
    [
        ("Zoë Álvarez", False, True),
        ("zoe alvarez", False, True),
        ("  Zoë   Álvarez ", False, True),
        ("Zoë A. Rivera", False, False),
        ("Zoë A. Rivera", True, True),
        ("...", True, False),
    ],
)
def test_another_name_than_the_account_s_must_be_confirmed(typed: str, confirmed: bool, fits: bool) -> None:
    if fits:
        assert require_own_name(typed, "Zoë Álvarez", confirmed=confirmed)
        return
    with pytest.raises(Refusal) as refused:
        require_own_name(typed, "Zoë Álvarez", confirmed=confirmed)
    assert refused.value.field == "signed_name"
