"""The six regions of the Executive Office of Health and Human Services: their names and their MassGIS numbers.

A region is a group of municipalities, not of counties; which municipality lies where is data
(`data/municipalities.csv`).
"""

from collections.abc import Mapping
from types import MappingProxyType

from certhub.rules.vocabulary import Region

REGION_LABELS: Mapping[Region, str] = MappingProxyType(
    {
        Region.WESTERN: "Western",
        Region.CENTRAL: "Central",
        Region.NORTHEAST: "Northeast",
        Region.METRO_WEST: "Metro West",
        Region.SOUTHEAST: "Southeast",
        Region.BOSTON: "Boston",
    }
)
"""What people read, spelled as MassGIS spells it."""

REGION_BY_NUMBER: Mapping[int, Region] = MappingProxyType(dict(enumerate(REGION_LABELS, start=1)))
"""The region of each EOHHS region number, 1 to 6."""

REGION_NUMBERS: Mapping[Region, int] = MappingProxyType({region: number for number, region in REGION_BY_NUMBER.items()})
"""The EOHHS region number of each region."""
