"""Changing the draft of a standard, step by step: each function takes its raw values and returns new ones.

Whether the outcome is a standard is not asked here: every step is checked as a whole by `rules.standard_definition`.
"""

import copy
from collections.abc import Collection, Mapping
from typing import Any

from certhub.rules.refusal import Refusal

Raw = dict[str, Any]


class DraftGone(Refusal):
    """The draft, or the part of it that was to be changed, is not there any more."""


class DraftChanged(Refusal):
    """Somebody else changed the draft after it was looked at; `now` is the hash of what it says now."""

    def __init__(self, now: str) -> None:
        super().__init__(
            "Somebody else changed this draft after you opened this page. What you typed is still here and is not "
            "saved yet. Look at the draft in another window. Then save again if it should still be so."
        )
        self.now = now


def requirement_of(raw: Mapping[str, Any], code: str) -> Raw | None:
    """The raw values of one requirement."""
    return _found(raw["requirements"], code)


def group_of(raw: Mapping[str, Any], code: str) -> Raw | None:
    """The raw values of one group."""
    return _found(raw.get("groups", ()), code)


def with_heading(raw: Mapping[str, Any], title: str, citation: str) -> Raw:
    """The draft with another title and source."""
    return {**copy.deepcopy(dict(raw)), "title": title, "citation": citation}


def with_terms(raw: Mapping[str, Any], terms: Mapping[str, Any]) -> Raw:
    """The draft with another term policy."""
    return {**copy.deepcopy(dict(raw)), "terms": dict(terms)}


def with_requirement(raw: Mapping[str, Any], requirement: Mapping[str, Any], *, new: bool) -> Raw:
    """The draft with a requirement added at its end, or in place of the one with the same code.

    Raises `DraftGone` where it was removed meanwhile, and `Refusal` for a code that is taken.
    """
    found = _in_order(raw)
    codes = [one["code"] for one in found["requirements"]]
    code = requirement["code"]
    if new and code in codes:
        raise Refusal(f"{code} is used already. Choose another code.", field="code")
    if new:
        found["requirements"].append(dict(requirement))
    else:
        found["requirements"][_place(codes, code)] = dict(requirement)
    return _numbered(found)


def without_requirement(raw: Mapping[str, Any], code: str) -> Raw:
    """The draft without one requirement. Raises `DraftGone` where somebody else removed it."""
    found = _in_order(raw)
    del found["requirements"][_place([one["code"] for one in found["requirements"]], code)]
    return _numbered(found)


def moved(raw: Mapping[str, Any], code: str, by: int) -> Raw:
    """The draft with one requirement `by` places further down (up where it is negative); ends at the first and last."""
    found = _in_order(raw)
    tables = found["requirements"]
    place = _place([one["code"] for one in tables], code)
    tables.insert(max(place + by, 0), tables.pop(place))  # a place past the end is the end
    return _numbered(found)


def with_group(raw: Mapping[str, Any], group: Mapping[str, Any], members: Collection[str], *, new: bool) -> Raw:
    """The draft with a group added or changed, and exactly these requirements in it.

    Raises `DraftGone` where it was removed meanwhile, and `Refusal` for a code that is taken.
    """
    found = copy.deepcopy(dict(raw))
    groups = found.setdefault("groups", [])
    codes, code = [one["code"] for one in groups], group["code"]
    if new and code in codes:
        raise Refusal(f"{code} is used already. Choose another code.", field="code")
    if new:
        groups.append(dict(group))
    else:
        groups[_place(codes, code)] = dict(group)
    for one in found["requirements"]:
        if one["code"] in members:
            one["group"] = code
        elif one.get("group") == code:
            del one["group"]
    return found


def without_group(raw: Mapping[str, Any], code: str) -> Raw:
    """The draft without one group; its members stay, in the group around it where there is one."""
    found = copy.deepcopy(dict(raw))
    groups = found.get("groups", [])
    around = groups.pop(_place([one["code"] for one in groups], code)).get("parent")
    for name, tables in (("group", found["requirements"]), ("parent", groups)):
        for one in tables:
            if one.get(name) == code:
                del one[name]
                if around:
                    one[name] = around
    return found


def replaced_by(raw: Mapping[str, Any], file: Mapping[str, Any]) -> Raw:
    """The draft with all that a file says; which standard and which version it is stays.

    Raises `Refusal` for the file of another standard.
    """
    for name in ("code", "subject_type"):
        if file.get(name) != raw[name]:
            raise Refusal(
                f'This file has another "{name}" than this standard ({raw[name]}). Choose the file of this standard.',
                field="file",
            )
    return {**copy.deepcopy(dict(file)), "version": raw["version"]}


def _found(tables: Collection[Mapping[str, Any]], code: str) -> Raw | None:
    return next((dict(one) for one in tables if one["code"] == code), None)


def _place(codes: list[str], code: str) -> int:
    if code not in codes:
        raise DraftGone(f"{code} is not in this draft any more. Look at the draft as it is now.")
    return codes.index(code)


def _in_order(raw: Mapping[str, Any]) -> Raw:
    found = copy.deepcopy(dict(raw))
    found["requirements"].sort(key=lambda one: (one.get("sort", 0), one["code"]))
    return found


def _numbered(raw: Raw) -> Raw:
    for place, one in enumerate(raw["requirements"], start=1):
        one["sort"] = place
    return raw
