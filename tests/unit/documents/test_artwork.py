import re
from xml.etree import ElementTree as ET

import pytest
import segno

from certhub.documents import artwork

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


@pytest.mark.parametrize("url", [URL, "http://127.0.0.1:8000/verify/a", URL + "?" + "x" * 180])
def test_the_drawn_qr_code_is_the_code_of_the_address_with_its_quiet_zone(url: str) -> None:
    side, dark = dark_modules(artwork.qr_svg(url))
    matrix = segno.make(url, error="M", micro=False, boost_error=False).matrix
    assert side == len(matrix) + 2 * 4
    assert dark == {(x + 4, y + 4) for y, row in enumerate(matrix) for x, module in enumerate(row) if module}


@pytest.mark.parametrize("svg", [artwork.seal_svg(), artwork.border_svg(), artwork.qr_svg(URL)])
def test_drawings_need_no_font_no_script_no_inline_style_and_no_other_file(svg: str) -> None:
    root = ET.fromstring(svg)  # noqa: S314  (our own drawing)
    for element in root.iter():
        assert element.tag.removeprefix(SVG) in {"svg", "g", "path", "circle", "rect"}
        assert not {name for name in element.attrib if name in ("style", "href", "id") or name.startswith("on")}
