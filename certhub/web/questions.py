"""How a form's questions are shown: which may be left out, and in which order their errors are listed."""

import re

from markupsafe import Markup
from wtforms import Field, RadioField, SelectField, SelectMultipleField

_SUMMARY = re.compile(r'(<ul class="error-list">)(.*?)(</ul>)', re.DOTALL)
_ENTRY = re.compile(r'<li><a href="#([^"]+)">.*?</a></li>', re.DOTALL)


def may_be_left_out(field: Field) -> bool:
    """Whether the label says "(optional)": not where an answer is needed, nor where a choice always has one."""
    if field.flags.required:
        return False
    if isinstance(field, RadioField):
        return not any(option.checked for option in field)
    if isinstance(field, SelectField) and not isinstance(field, SelectMultipleField):
        return any(choice[0] in ("", None, "None") for choice in field.iter_choices())
    return True


def errors_in_page_order(page: str) -> Markup:
    """The page with each error summary in the order in which its fields stand on the page.

    The summary comes before the fields, so only the finished page knows where they are.
    """

    def place(entry: re.Match[str]) -> int:
        found = page.find(f'id="{entry[1]}"')
        return found if found >= 0 else len(page)

    def sorted_summary(summary: re.Match[str]) -> str:
        entries = list(_ENTRY.finditer(summary[2]))
        if not entries:
            return summary[0]
        before = summary[2][: entries[0].start()]
        return summary[1] + before + "".join(entry[0] for entry in sorted(entries, key=place)) + summary[3]

    return Markup(_SUMMARY.sub(sorted_summary, page))  # noqa: S704  (pieces of a page that is markup already)
