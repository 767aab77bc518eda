"""The fonts that the certificate is set in, and which characters they can print."""

import functools
import struct
import unicodedata
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

_FACES = {
    "font_source_sans_pro": ("SourceSansPro-Regular.otf", "SourceSansPro-It.otf", "SourceSansPro-Semibold.otf"),
    "font_source_serif_pro": ("SourceSerifPro-Regular.otf", "SourceSerifPro-It.otf", "SourceSerifPro-Semibold.otf"),
}
_ITALIC = ("SourceSansPro-It.otf", "SourceSerifPro-It.otf")
"""The italics have Latin letters only (the serif fewer than the sans, which stands in for it)."""

_SEGMENTED = 4
_FULL = 12
_INVISIBLE = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"})


@functools.cache
def font_files() -> tuple[Path, ...]:
    """The faces in use, named one by one: the packages hold others that would only slow down each start."""
    return tuple(Path(str(files(package))) / "files" / face for package, faces in _FACES.items() for face in faces)


def uncovered_characters(text: str) -> str:
    """The characters of `text` that cannot be printed, each once, in the order in which they first appear.

    Invisible characters (controls, direction marks, line separators) count as unprintable: on a certificate
    they could only mislead.
    """
    covered = _covered()
    return "".join(
        dict.fromkeys(
            character
            for character in text
            if ord(character) not in covered or unicodedata.category(character) in _INVISIBLE
        )
    )


def has_italic(text: str) -> bool:
    """Whether the italics can print `text`; what they cannot is set upright."""
    slanted = _code_points_of(_ITALIC[0]) | _code_points_of(_ITALIC[1])
    return all(ord(character) in slanted for character in text)


@functools.cache
def _covered() -> frozenset[int]:
    upright = (path.name for path in font_files() if path.name not in _ITALIC)
    return frozenset.intersection(*map(_code_points_of, upright))


@functools.cache
def _code_points_of(face: str) -> frozenset[int]:
    return frozenset(_code_points(next(path for path in font_files() if path.name == face).read_bytes()))


def _code_points(font: bytes) -> Iterator[int]:
    """The code points of an OpenType font, from the fullest Unicode table of its `cmap`."""
    tables = struct.unpack_from(">H", font, 4)[0]
    cmap = next(
        struct.unpack_from(">I", font, 20 + 16 * table)[0]
        for table in range(tables)
        if font[12 + 16 * table : 16 + 16 * table] == b"cmap"
    )
    starts: dict[int, int] = {}
    for record in range(struct.unpack_from(">H", font, cmap + 2)[0]):
        start = cmap + struct.unpack_from(">I", font, cmap + 8 + 8 * record)[0]
        starts[struct.unpack_from(">H", font, start)[0]] = start
    if _FULL in starts:
        groups = struct.unpack_from(">I", font, starts[_FULL] + 12)[0]
        for group in range(groups):
            first, last = struct.unpack_from(">II", font, starts[_FULL] + 16 + 12 * group)
            yield from range(first, last + 1)
        return
    segments = struct.unpack_from(">H", font, starts[_SEGMENTED] + 6)[0] // 2
    lasts = struct.unpack_from(f">{segments}H", font, starts[_SEGMENTED] + 14)
    firsts = struct.unpack_from(f">{segments}H", font, starts[_SEGMENTED] + 16 + 2 * segments)
    for first, last in zip(firsts, lasts, strict=True):
        yield from range(first, last + 1)
