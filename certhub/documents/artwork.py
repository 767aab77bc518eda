"""The drawn parts that every engine shares: seal, border and QR code, all of them vectors without any font."""

import functools
import io

import segno

from certhub.config import shipped

QR_ERROR_LEVEL = "M"
"""15 % of the code may be worn or stained; the next level makes the modules too small for the printed size."""

QR_QUIET_ZONE = 4
"""Light modules around the code, as ISO/IEC 18004 asks."""

QR_MASK = 3
"""Which of the eight patterns is laid over the modules. A reader learns it from the code itself, so any will do; trying
all eight for the prettiest took a fifth of the time of printing. A test reads codes of many certificates back."""

QR_DARK = "#14284b"
QR_LIGHT = "#fcfaf4"


@functools.cache
def seal_svg() -> str:
    """The emblem of the care coordination network (not the seal of the Commonwealth)."""
    return _drawing("seal.svg")


@functools.cache
def border_svg() -> str:
    """Paper, border and corner rosettes of a landscape Letter page."""
    return _drawing("border.svg")


def qr_code(url: str) -> segno.QRCode:
    """The QR code of `url`, not drawn yet."""
    return segno.make(url, error=QR_ERROR_LEVEL, mask=QR_MASK, micro=False, boost_error=False)


def qr_svg(url: str) -> str:
    """The QR code of `url` as an SVG element that fits whatever box it is put in."""
    drawn = io.BytesIO()
    qr_code(url).save(
        drawn,
        kind="svg",
        border=QR_QUIET_ZONE,
        dark=QR_DARK,
        light=QR_LIGHT,
        xmldecl=False,
        nl=False,
        omitsize=True,
        svgclass="certificate-qr",
        lineclass=None,
    )
    return drawn.getvalue().decode("utf-8")


def _drawing(name: str) -> str:
    return (shipped("templates") / "documents" / name).read_text(encoding="utf-8").strip()
