import hashlib
import re
from xml.etree import ElementTree as ET

import pytest
import zxingcpp
from PIL import Image

from certhub.documents import artwork
from certhub.rules.identifiers import new_verification_code

SVG = "{http://www.w3.org/2000/svg}"
URL = "https://certhub.example.gov/verify/K7QM2XWA9FTR4HZP6BND3VCEJS"


def dark_modules(svg: str) -> tuple[int, set[tuple[int, int]]]:
    """The side of the drawing in modules, and the (column, row) of each dark module, read from the drawn path."""
    root = ET.fromstring(svg)  # noqa: S314  (our own drawing)
    path = next(path for path in root.iter(f"{SVG}path") if path.get("stroke"))
    column, row, dark = 0.0, 0.0, set()
    for command, numbers in re.findall(r"([Mmh])([-\d. ]+)", path.get("d", "")):
        values = [float(number) for number in re.findall(r"-?[\d.]+", numbers)]
        if command == "h":
            dark |= {(int(column) + step, int(row)) for step in range(int(values[0]))}
            column += values[0]
        elif command == "M":
            column, row = values
        else:
            column, row = column + values[0], row + values[1]
    return int(float(root.get("viewBox", "").split()[2])), dark


def read_by_a_scanner(svg: str) -> str:
    """What a reader of codes makes of the drawing, eight dots to a module."""
    side, dark = dark_modules(svg)
    picture = Image.new("L", (side, side), 255)
    for place in dark:
        picture.putpixel(place, 0)
    [found] = zxingcpp.read_barcodes(picture.resize((8 * side, 8 * side), Image.Resampling.NEAREST))
    return found.text


@pytest.mark.parametrize("url", [URL, "http://127.0.0.1:8000/verify/a", URL + "?" + "x" * 180])
def test_the_drawn_qr_code_leads_to_the_address_and_keeps_its_quiet_zone(url: str) -> None:
    side, dark = dark_modules(artwork.qr_svg(url))

    assert read_by_a_scanner(artwork.qr_svg(url)) == url
    assert {min(x for x, _ in dark), min(y for _, y in dark)} == {4}
    assert {max(x for x, _ in dark), max(y for _, y in dark)} == {side - 1 - 4}


def test_the_codes_of_many_certificates_can_all_be_read() -> None:
    for number in range(200):
        code = new_verification_code(hashlib.sha256(str(number).encode()).digest()[:16])
        url = f"https://certhub.example.gov/verify/{code}"
        assert read_by_a_scanner(artwork.qr_svg(url)) == url


@pytest.mark.parametrize("svg", [artwork.seal_svg(), artwork.border_svg(), artwork.qr_svg(URL)])
def test_drawings_need_no_font_no_script_no_inline_style_and_no_other_file(svg: str) -> None:
    root = ET.fromstring(svg)  # noqa: S314  (our own drawing)
    for element in root.iter():
        assert element.tag.removeprefix(SVG) in {"svg", "g", "path", "circle", "rect"}
        assert not {name for name in element.attrib if name in ("style", "href", "id") or name.startswith("on")}
