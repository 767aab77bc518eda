"""The sixty fictional coordinators: names in the scripts of the people of Massachusetts, disciplines, languages."""

from dataclasses import dataclass
from datetime import date

from certhub.rules.vocabulary import Discipline

_NURSES = """
Kathleen O'Brien||en|en
Marie-Ange Désir||en ht fr|en
Nguyễn Thị Lan||en vi|vi
Grace Adeyemi||en|en
Patricia Sullivan||en ase|en
Ana Ferreira||en pt|en
Soo-Jin Park||en other|en
Denise Washington||en|en
Fatuma Hassan||en so|en
Maureen Gallagher||en|en
Claudia Restrepo||en es|en
Ivana Kovačević||en other|en
Priscilla Appiah||en|en
Teresa Monteiro||en kea pt|en
Linda Bergstrom||en|en
"""
_SOCIAL_WORKERS = """
陳美玲|Chen Mei-Ling|en zh|zh
عائشة الحسن|Aisha Al-Hassan|en ar|ar
Marisol Vega||en es|en
Jean-Baptiste Toussaint||en ht fr|en
Deborah Klein||en|en
Trần Minh Anh||en vi|en
João Pacheco||en pt|pt
Rachel Goldstein||en|en
Darnell Brooks||en|en
Yelena Sokolova||en ru|en
Carmen Ortiz||en es|es
Samuel Osei||en|en
Bridget Fitzgerald||en|en
Luz Maldonado||en es|en
Emmanuel Pierre||en ht|en
Hannah Lindqvist||en|en
Tyrone Jefferson||en|en
សុខ ចន្ទា|Sok Chanda|en km|en
Aaliyah Robinson||en|en
Meera Krishnan||en other|en
Nathaniel Whitcomb||en ase|en
"""
_EDUCATORS = """
Susan Pelletier||en fr|en
Kwame Boateng||en|en
Rosa Delgado||en es|en
Michael D'Angelo||en|en
Phạm Quốc Bảo||en vi|en
Ellen Thibodeau||en ase|en
"""
_THERAPISTS = """
Gabriela Souza||en pt|en
Omar Haddad||en ar|en
Christine MacLeod||en|en
Isabela Barros||en kea pt|en
Vikram Desai||en other|en
Julia Novak||en|en
"""
_PARENTS = """
Tanya Whitfield-Moore||en|en
Roberto Cruz||en es|es
Mirlande Joseph||en ht|ht
Karen Doyle||en|en
Sofia Andrade||en pt|en
Abdirahman Yusuf||en so|en
Wei Zhang||en zh|en
Lisa Benedetti||en|en
Dolores Santana||en es|en
Monique Baptiste||en ht fr|en
Thomas Leary||en|en
Nadia Rahman||en other|en
"""


@dataclass(frozen=True, slots=True)
class Somebody:
    """A coordinator before there is a record of them."""

    number: int
    name: str
    certificate_name: str
    discipline: Discipline
    languages: tuple[str, ...]
    preferred_language: str

    @property
    def email(self) -> str:
        """A business address that belongs to nobody."""
        return f"coordinator{self.number:02d}@example.org"

    @property
    def phone(self) -> str:
        """A number of the range that is kept free for fiction."""
        return f"617-555-01{self.number:02d}"


def _read() -> tuple[Somebody, ...]:
    groups = (
        (Discipline.NURSE, _NURSES),
        (Discipline.SOCIAL_WORKER, _SOCIAL_WORKERS),
        (Discipline.EDUCATOR, _EDUCATORS),
        (Discipline.THERAPIST, _THERAPISTS),
        (Discipline.EXPERIENCED_PARENT, _PARENTS),
    )
    rows = [(discipline, line.split("|")) for discipline, text in groups for line in text.split("\n") if line]
    return tuple(
        Somebody(number, name, latin, discipline, tuple(languages.split()), preferred)
        for number, (discipline, (name, latin, languages, preferred)) in enumerate(rows, start=1)
    )


PEOPLE: tuple[Somebody, ...] = _read()
"""In the order of the recipe: 15 nurses, 21 social workers, 6 educators, 6 therapists, 12 experienced parents."""

MANAGERS = (
    "Eleanor Briggs", "Carlos Medeiros", "Judith Weiss", "Anthony Russo", "Thuy Le", "Margaret Keane",
    "Desmond Clarke", "Paula Cardoso", "Ruth Abrams", "Vincent Morel", "Shirley Tang", "Leonard Fisk",
)  # fmt: skip
"""Who runs practices and answers for organizations."""


def birthday_of(somebody: Somebody) -> date:
    """A day of the year that is theirs alone; the year means nothing."""
    return date.fromordinal(date(2001, 1, 1).toordinal() + somebody.number * 53 % 365)
