"""What every page of CertHub must have; each page that a test fetches is held to it."""

from collections import Counter
from dataclasses import dataclass, field
from html.parser import HTMLParser
from itertools import pairwise

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
NEEDS_NO_LABEL = {"hidden", "submit", "button", "image", "reset"}
POINTERS = ("aria-describedby", "aria-labelledby", "aria-controls", "aria-errormessage")


@dataclass
class Element:
    """One element of a page, with what stands in it."""

    tag: str
    attributes: dict[str, str]
    inside: list[str]
    text: str = ""
    tags: set[str] = field(default_factory=set)
    names: set[str] = field(default_factory=set)


class Page(HTMLParser):
    """The elements of a page and how they lie in one another."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[Element] = []
        self.problems: list[str] = []
        self._open: list[Element] = []
        self.feed(html)
        self.close()
        self.problems += [f"<{element.tag}> is never closed" for element in self._open]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        if len(attributes) < len(attrs):
            twice = [name for name, times in Counter(name for name, _ in attrs).items() if times > 1]
            self.problems += [f"<{tag}> has the attribute {name} twice" for name in twice]
        element = Element(tag, attributes, [outer.tag for outer in self._open])
        name = attributes.get("name", "")
        for outer in self._open:
            outer.tags.add(tag)
            outer.names.add(name)
        self.elements.append(element)
        if tag not in VOID:
            self._open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self._open.pop()

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        if not self._open or self._open[-1].tag != tag:
            where = self._open[-1].tag if self._open else "nothing"
            self.problems.append(f"</{tag}> closes <{where}>")
            while any(element.tag == tag for element in self._open) and self._open.pop().tag != tag:
                pass
            return
        self._open.pop()

    def handle_data(self, data: str) -> None:
        for element in self._open:
            element.text += data

    def all(self, *tags: str) -> list[Element]:
        return [element for element in self.elements if element.tag in tags]


def problems_of(html: str) -> list[str]:
    """What is wrong with a page, in sentences; empty where nothing is."""
    page = Page(html)
    return [
        *page.problems,
        *_frame(page),
        *_references(page),
        *_fields(page),
        *_forms(page),
        *_policy(page),
        *_tables(page),
        *_links_and_images(page),
    ]


def _frame(page: Page) -> list[str]:
    found = []
    if not html_language(page):
        found.append("<html> has no lang")
    titles = [element for element in page.all("title") if "svg" not in element.inside]
    if len(titles) != 1 or not titles[0].text.split("·")[0].strip():
        found.append("the page has no title of its own")
    headings = [element for element in page.all("h1", "h2", "h3", "h4", "h5", "h6") if "svg" not in element.inside]
    first = [heading for heading in headings if heading.tag == "h1"]
    if len(first) != 1:
        found.append(f"the page has {len(first)} <h1>, not one")
    levels = [int(heading.tag[1]) for heading in headings]
    found += [f"<h{b}> follows <h{a}>" for a, b in pairwise(levels) if b > a + 1]
    found += [f"an empty <{heading.tag}>" for heading in headings if not heading.text.strip()]
    if len(page.all("main")) != 1:
        found.append("the page has not one <main>")
    return found


def html_language(page: Page) -> str:
    return next((element.attributes.get("lang", "") for element in page.all("html")), "")


def _references(page: Page) -> list[str]:
    ids = Counter(element.attributes["id"] for element in page.elements if "id" in element.attributes)
    found = [f"the id {name!r} stands {times} times" for name, times in ids.items() if times > 1]
    for element in page.elements:
        targets = [(name, target) for name in POINTERS for target in element.attributes.get(name, "").split()]
        if element.tag == "label" and "for" in element.attributes:
            targets.append(("for", element.attributes["for"]))
        address = element.attributes.get("href", "")
        if element.tag == "a" and address.startswith("#") and len(address) > 1:
            targets.append(("href", address[1:]))
        found += [
            f"<{element.tag} {name}> points to {target!r}, which is not there"
            for name, target in targets
            if target not in ids
        ]
    return found


def _fields(page: Page) -> list[str]:
    labelled = {label.attributes.get("for") for label in page.all("label") if label.text.strip()}
    found = []
    for element in page.all("input", "select", "textarea"):
        given = element.attributes
        if element.tag == "input" and given.get("type", "text") in NEEDS_NO_LABEL:
            continue
        named = given.get("id") in labelled or given.get("aria-label", "").strip() or "aria-labelledby" in given
        if not named and "label" not in element.inside:
            found.append(f"<{element.tag} name={given.get('name', '')!r}> has no label")
    found += ["a button without words" for button in page.all("button") if not _named(button)]
    found += ["a <fieldset> without <legend>" for group in page.all("fieldset") if "legend" not in group.tags]
    return found


def _named(element: Element) -> bool:
    return bool(element.text.strip() or element.attributes.get("aria-label", "").strip() or "img" in element.tags)


def _forms(page: Page) -> list[str]:
    found = []
    for form in page.all("form"):
        where = form.attributes.get("action", "")
        if form.attributes.get("method", "get").lower() == "post" and "csrf_token" not in form.names:
            found.append(f"the form to {where!r} has no token against forgery")
        if form.attributes.get("method", "get").lower() == "get" and "csrf_token" in form.names:
            found.append(f"the form to {where!r} puts its token against forgery into the address")
        if "form" in form.inside:
            found.append("a form in a form")
    return found


def _policy(page: Page) -> list[str]:
    """The content security policy lets none of this run or show; on a page it is a mistake."""
    found = []
    for element in page.elements:
        names = [name for name in element.attributes if name == "style" or name.startswith("on")]
        found += [f"<{element.tag} {name}> is refused by the content security policy" for name in names]
        for name in ("href", "src", "action", "formaction"):
            if element.attributes.get(name, "").strip().lower().startswith("javascript:"):
                found.append(f"<{element.tag} {name}> holds a script")
        if element.tag == "style" or (element.tag == "script" and "src" not in element.attributes):
            found.append(f"<{element.tag}> is written into the page")
        source = element.attributes.get("src" if element.tag in ("script", "img") else "href", "")
        if element.tag in ("script", "img", "link") and source.startswith(("http:", "https:", "//")):
            found.append(f"<{element.tag}> is fetched from elsewhere: {source}")
    return found


def _tables(page: Page) -> list[str]:
    found = ["a <table> without <caption>" for table in page.all("table") if "caption" not in table.tags]
    found += ["a <table> without <th>" for table in page.all("table") if "th" not in table.tags]
    return found + [
        f"<th> {cell.text.strip()!r} without scope" for cell in page.all("th") if "scope" not in cell.attributes
    ]


def _links_and_images(page: Page) -> list[str]:
    found = ["an <img> without alt" for image in page.all("img") if "alt" not in image.attributes]
    found += [f"a link without words to {link.attributes.get('href')!r}" for link in page.all("a") if not _named(link)]
    found += ["a link that leads nowhere" for link in page.all("a") if link.attributes.get("href") in (None, "", "#")]
    return found
