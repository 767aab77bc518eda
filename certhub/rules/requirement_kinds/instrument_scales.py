"""The medical home index as scales: ids, short titles of our own, and how a total and the domains are computed.

The full version has 25 themes in six domains. A theme is scored 1 to 8: two for each level above the first, plus one if
the level is partly and two if it is completely reached. The total is shown as a percentage of the maximum (McAllister
et al., Annals of Family Medicine 2013, table 3). The instrument's own text belongs to its authors and is not shipped.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class Instrument:
    """A scored instrument: its domains with their titles, its themes with their titles, and the range of a score.

    A theme belongs to the domain whose id stands before the dot ("3.4" to "3"). Each level is reached in part or
    completely; in an instrument with a `whole_first_level` the first one has a single step.
    """

    id: str
    title: str
    domains: Mapping[str, str]
    themes: Mapping[str, str]
    low: int
    high: int
    whole_first_level: bool = False

    def themes_of(self, domain: str) -> dict[str, str]:
        """The themes of one domain with their titles."""
        return {theme: title for theme, title in self.themes.items() if domain_of(theme) == domain}


_MHI_THEMES: Mapping[str, str] = {
    "1.1": "Mission of the practice",
    "1.2": "Communication and access",
    "1.3": "Access to the record",
    "1.4": "Office environment",
    "1.5": "Family feedback",
    "1.6": "Cultural competence",
    "1.7": "Staff education",
    "2.1": "Finding children with special needs",
    "2.2": "Continuity of care",
    "2.3": "Continuity across settings",
    "2.4": "Working with specialists",
    "2.5": "Moving to adult care",
    "2.6": "Family support",
    "3.1": "Coordination and roles",
    "3.2": "Family involvement",
    "3.3": "Child and family education",
    "3.4": "Needs and care plans",
    "3.5": "Resources and referrals",
    "3.6": "Advocacy",
    "4.1": "Needs of the community",
    "4.2": "Agencies and schools",
    "5.1": "Electronic data",
    "5.2": "Finding data again",
    "6.1": "Quality standards",
    "6.2": "Quality activities",
}
MHI_DOMAINS: Mapping[str, str] = {
    "1": "Organizational capacity",
    "2": "Chronic condition management",
    "3": "Care coordination",
    "4": "Community outreach",
    "5": "Data management",
    "6": "Quality improvement",
}
_SHORT_THEMES = ("1.5", "1.6", "2.1", "2.2", "2.4", "2.5", "3.1", "3.4", "4.1", "6.1")

INSTRUMENTS: Mapping[str, Instrument] = {
    "MHI-FV": Instrument("MHI-FV", "Medical home index, full version", MHI_DOMAINS, _MHI_THEMES, 1, 8),
    "MHI-SV": Instrument(
        "MHI-SV",
        "Medical home index, short version",
        {key: title for key, title in MHI_DOMAINS.items() if any(theme.startswith(key) for theme in _SHORT_THEMES)},
        {theme: _MHI_THEMES[theme] for theme in _SHORT_THEMES},
        1,
        5,
        whole_first_level=True,
    ),
}


@dataclass(frozen=True, slots=True)
class Step:
    """One answer that can be given for a theme: a level, reached in part or completely."""

    score: int
    level: int
    words: str


def domain_of(theme: str) -> str:
    """The domain that a theme belongs to."""
    return theme.partition(".")[0]


def score_of(instrument: Instrument, level: int, *, complete: bool) -> int:
    """The score for a level: two for each level before it, plus one if it is reached in part and two if completely."""
    if instrument.whole_first_level:
        return 1 if level == 1 else 2 * (level - 1) + int(complete)
    return 2 * (level - 1) + (2 if complete else 1)


def steps(instrument: Instrument) -> tuple[Step, ...]:
    """The answers for each theme, from the lowest score to the highest."""
    found = {}
    levels = (instrument.high + 1) // 2
    for level in range(1, levels + 1):
        for complete, how in ((False, "in part"), (True, "completely")):
            score = score_of(instrument, level, complete=complete)
            words = f"Level {level}" if instrument.whole_first_level and level == 1 else f"Level {level}, {how}"
            found[score] = Step(score, level, words)
    return tuple(found.values())


@dataclass(frozen=True, slots=True)
class InstrumentScore:
    """A scored instrument: the total, its share of the maximum in percent, and the mean of each domain."""

    total: int
    percent: Decimal
    domain_means: Mapping[str, Decimal]


def scored(instrument: Instrument, scores: Mapping[str, int]) -> InstrumentScore:
    """The profile of a complete set of scores; percent and means are rounded to two places."""
    total = sum(scores[theme] for theme in instrument.themes)
    means = {}
    for domain in instrument.domains:
        values = [scores[theme] for theme in instrument.themes_of(domain)]
        means[domain] = _two_places(Fraction(sum(values), len(values)))
    percent = _two_places(Fraction(100 * total, instrument.high * len(instrument.themes)))
    return InstrumentScore(total, percent, means)


def _two_places(number: Fraction) -> Decimal:
    exact = Decimal(number.numerator) / Decimal(number.denominator)
    return exact.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)


def complete(instrument: Instrument, scores: Mapping[str, int]) -> bool:
    """Whether every theme of the instrument has a score."""
    return all(theme in scores for theme in instrument.themes)
