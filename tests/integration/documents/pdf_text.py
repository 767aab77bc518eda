"""The words of a PDF, read through its own ToUnicode tables as a screen reader or a search would."""

import io
import re
from pathlib import Path

import pikepdf


def words_of(pdf: bytes) -> str:
    """All text in reading order, without any white space, for lines may break anywhere."""
    with pikepdf.open(io.BytesIO(pdf)) as document:
        return "".join("".join(_text(page.obj, page.obj)).strip() for page in document.pages)


def contains(pdf: bytes, words: str) -> bool:
    """Whether `words` are printed, wherever the lines break."""
    return squeezed(words) in words_of(pdf)


def squeezed(words: str) -> str:
    """The words without white space."""
    return "".join(words.split())


def saved(pdf: bytes, folder: Path) -> str:
    """The path of the document in a file, for tools that want one."""
    path = folder / "certificate.pdf"
    path.write_bytes(pdf)
    return str(path)


def _text(content: pikepdf.Object, owner: pikepdf.Object) -> list[str]:
    resources = owner.get("/Resources", pikepdf.Dictionary())
    fonts = {str(name): _unicode_of(font) for name, font in resources.get("/Font", {}).items()}
    found: list[str] = []
    table: dict[int, str] = {}
    for instruction in pikepdf.parse_content_stream(content):
        operands = instruction.operands
        match str(instruction.operator):
            case "Tf":
                table = fonts[str(operands[0])]
            case "Tj" | "'":
                found += _decoded(operands[-1], table)
            case "TJ":
                for part in operands[0]:
                    if isinstance(part, pikepdf.String):
                        found += _decoded(part, table)
            case "Do":
                drawn = resources["/XObject"][str(operands[0])]
                if drawn.get("/Subtype") == "/Form":
                    found += _text(drawn, drawn)
    return found


def _decoded(codes: pikepdf.Object, table: dict[int, str]) -> list[str]:
    raw = bytes(codes)
    return [squeezed(table[int.from_bytes(raw[place : place + 2], "big")]) for place in range(0, len(raw), 2)]


def _unicode_of(font: pikepdf.Object) -> dict[int, str]:
    """What each two-byte code of a font means."""
    cmap = font["/ToUnicode"].read_bytes().decode("latin-1")
    table: dict[int, str] = {}
    for section in re.findall(r"beginbfchar(.*?)endbfchar", cmap, re.DOTALL):
        for code, meaning in re.findall(r"<(\w+)>\s*<(\w+)>", section):
            table[int(code, 16)] = _characters(meaning)
    for section in re.findall(r"beginbfrange(.*?)endbfrange", cmap, re.DOTALL):
        for first, last, meaning in re.findall(r"<(\w+)>\s*<(\w+)>\s*<(\w+)>", section):
            for step in range(int(last, 16) - int(first, 16) + 1):
                table[int(first, 16) + step] = chr(int(meaning, 16) + step)
        for first, _, meanings in re.findall(r"<(\w+)>\s*<(\w+)>\s*\[(.*?)\]", section, re.DOTALL):
            for step, meaning in enumerate(re.findall(r"<(\w+)>", meanings)):
                table[int(first, 16) + step] = _characters(meaning)
    return table


def _characters(meaning: str) -> str:
    return bytes.fromhex(meaning).decode("utf-16-be")
