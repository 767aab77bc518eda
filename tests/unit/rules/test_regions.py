"""The six regions, and the table of municipalities that the project ships."""

import csv
from collections import Counter
from pathlib import Path

import certhub
from certhub.rules.regions import REGION_BY_NUMBER, REGION_LABELS, REGION_NUMBERS
from certhub.rules.vocabulary import Region

MUNICIPALITIES = Path(certhub.__file__).parent / "data" / "municipalities.csv"


def test_each_region_has_its_number_and_label() -> None:
    assert set(REGION_LABELS) == set(REGION_NUMBERS) == set(Region)
    assert {number: REGION_NUMBERS[region] for number, region in REGION_BY_NUMBER.items()} == {
        n: n for n in range(1, 7)
    }


def test_the_shipped_municipalities_are_complete_and_their_regions_agree() -> None:
    with MUNICIPALITIES.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert len({row["municipality"] for row in rows}) == len(rows) == 351
    for row in rows:
        label = REGION_LABELS[REGION_BY_NUMBER[int(row["eohhs_region_num"])]]
        assert row["eohhs_region"].replace(" ", "") == label.replace(" ", "")
    assert Counter(int(row["eohhs_region_num"]) for row in rows) == {1: 102, 2: 65, 3: 50, 4: 60, 5: 69, 6: 5}
