"""Which backups go once a new one is there."""

from datetime import UTC, datetime

import pytest

from certhub.rules.backup_manifest import folder_name, only_copies, too_old, unfinished_name

AT = datetime(2026, 11, 23, 7, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("name", "goes"),
    [
        ("certhub-20261123T073000Z", False),
        ("certhub-20261024T073000Z", False),
        ("certhub-20261024T072959Z", True),
        ("certhub-20251123T073000Z", True),
        (".certhub-20261122T073000Z.unfinished", False),
        (".certhub-20261122T072900Z.unfinished", True),
        ("certhub-20261399T073000Z", False),
        ("certhub-before-the-move", False),
        (".before-the-move.unfinished", False),
        ("20251123T073000Z", False),
    ],
)
def test_backups_go_by_the_time_in_their_names_and_other_folders_stay(name: str, goes: bool) -> None:
    assert too_old([name], at=AT, keep_days=30) == ([name] if goes else [])


def test_a_backup_is_found_again_by_the_name_that_it_was_given() -> None:
    name = folder_name(datetime(2026, 1, 1, tzinfo=UTC))
    assert too_old([name, unfinished_name(name)], at=AT, keep_days=30) == [unfinished_name(name), name]


@pytest.mark.parametrize(
    ("absent", "stay"),
    [([], set()), (["a"], {"certhub-2"}), (["a", "b"], {"certhub-1", "certhub-2"}), (["nowhere"], set())],
)
def test_the_last_backup_of_a_file_that_the_store_has_lost_stays(absent: list[str], stay: set[str]) -> None:
    held = {"certhub-1": {"a", "b"}, "certhub-2": {"a"}, "certhub-3": {"c"}}
    assert only_copies(absent, held) == stay
