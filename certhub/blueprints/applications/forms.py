"""Forms of the applicant: one generic evidence form, built from what the requirement asks for."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from flask import request
from wtforms import BooleanField, FileField, SelectField, StringField, widgets
from wtforms.validators import InputRequired, Optional

from certhub import clock
from certhub.auth.guard import actor
from certhub.models.files import StoredFile
from certhub.rules.dossier import SiteItem
from certhub.rules.evidence_fields import EvidenceField, Input
from certhub.rules.evidence_forms import (
    NOT_RATED,
    EvidenceInput,
    checked_value,
    fields_for,
    needs_file,
    takes_file,
    text_to_sign,
)
from certhub.rules.sites import SITES, sites_named
from certhub.rules.standard import Requirement
from certhub.web.forms import CertHubForm, Checkboxes, Line, Text, options
from certhub.web.uploads import keep_upload


class SubmitForm(CertHubForm):
    """The applicant's word that all of it is true."""

    confirmed = BooleanField(
        "What is in this application is true and complete as far as I know.",
        [InputRequired("Check this box before you submit.")],
    )


class CloseForm(CertHubForm):
    """Why DPH closes an application without a decision."""

    reason = Text("Reason", [InputRequired("Say why, so that the applicant knows what to do.")])


class NoteForm(CertHubForm):
    """A note on a requirement."""

    text = Text(
        "Note",
        [InputRequired("Write something first.")],
        description="Nothing about children or families, and nothing from a criminal record.",
        render_kw={"rows": 4},
    )
    internal = BooleanField("Only for DPH. The applicant does not see this note.")


def sites_field() -> Checkboxes:
    """The question which sites something is for."""
    return Checkboxes("Sites that this is for", [InputRequired("Choose at least one site.")], validate_choice=False)


def offer_sites(form: CertHubForm, requirement: Requirement, sites: Collection[SiteItem]) -> None:
    """Ask for sites where a requirement is asked for each of them and there are several."""
    if not requirement.per_site or len(sites) < 2:  # noqa: PLR2004  (nothing to choose)
        del form[SITES]
        return
    form[SITES].choices = options((str(site.id), site.words) for site in sites)


def evidence_form(requirement: Requirement, sites: Collection[SiteItem]) -> CertHubForm:
    """The form for one requirement's evidence; what its rules refuse is said by `rules.evidence_forms`."""
    fields: dict[str, object] = {SITES: sites_field()}
    for one in fields_for(requirement):
        if one.input is Input.SCORE_GRID:
            for row, label in one.choices:
                fields[f"{one.name}-{row}"] = _grid_row(one, label)
        else:
            fields[one.name] = _field(one)
    if takes_file(requirement):
        hint = "PDF, PNG, JPEG or DOCX. Nothing about children or families, and nothing from a criminal record."
        label = "The document itself" if needs_file(requirement) else "Document or scan"
        if text_to_sign(requirement):
            label, hint = (
                "Signed page",
                f"A scan or photo of the page with the signature. A reviewer looks at it. {hint}",
            )
        fields["file"] = FileField(
            label, [InputRequired("Choose the file.")] if needs_file(requirement) else [Optional()], description=hint
        )
    form: CertHubForm = type("EvidenceForm", (CertHubForm,), fields)()
    offer_sites(form, requirement, sites)
    return form


def sections(requirement: Requirement, form: CertHubForm) -> list[tuple[EvidenceField | None, list[Any]]]:
    """The form's fields in their order; the rows of a score grid stand together under the question that they answer."""
    found: list[tuple[EvidenceField | None, list[Any]]] = [(None, [form[SITES]])] if SITES in form else []
    for one in fields_for(requirement):
        if one.input is Input.SCORE_GRID:
            found.append((one, [form[f"{one.name}-{row}"] for row, _ in one.choices]))
        else:
            found.append((None, [form[one.name]]))
    if "file" in form:
        found.append((None, [form["file"]]))
    return found


def given_with(form: CertHubForm, requirement: Requirement, sites: Collection[SiteItem]) -> EvidenceInput:
    """The evidence that was typed in, checked, with the sites that it is for. Raises `Refusal`."""
    given = checked_value(requirement, typed(requirement), today=clock.today())
    chosen = form[SITES].data if SITES in form else ()
    return replace(given, value={**given.value, **sites_named(requirement, chosen or (), sites)})


def document_with(*, owner_id: int, party_id: int) -> StoredFile | None:
    """The document that came with the evidence, kept; None where there is none. Raises `Refusal`."""
    upload = request.files.get("file")
    if upload is None or not upload.filename:
        return None
    return keep_upload(upload, owner_id=owner_id, party_id=party_id, actor=actor(), at=clock.now())


def typed(requirement: Requirement) -> Mapping[str, str | list[str]]:
    """What was typed, by the names that `rules.evidence_forms.checked_value` reads."""
    return {
        name: values if len(values) > 1 or _many(requirement, name) else values[0]
        for name, values in request.form.lists()
        if values
    }


def _many(requirement: Requirement, name: str) -> bool:
    return any(one.name == name and one.input is Input.MULTI_CHOICE for one in fields_for(requirement))


def _field(one: EvidenceField) -> object:
    # Whether an answer is there and right is asked once, by the rules; the flag is for the label and the browser.
    needed = {"render_kw": {"required": True}} if one.required else {}
    match one.input:
        case Input.TEXTAREA:
            return Text(one.label, _required(one), longest=2000, description=one.hint)
        case Input.DATE:
            return StringField(
                one.label, description=one.hint or "For example 2026-07-31.",
                widget=widgets.DateInput(), validators=_required(one),
            )  # fmt: skip
        case Input.NUMBER:
            return StringField(
                one.label, description=one.hint, render_kw={"inputmode": "decimal"}, validators=_required(one)
            )
        case Input.CHOICE:
            choices = [("", "Choose…"), *one.choices]
            return SelectField(
                one.label,
                choices=options(choices),
                description=one.hint,
                validators=_required(one),
                validate_choice=False,
            )
        case Input.CHECKBOX:
            return BooleanField(one.label, description=one.hint, **needed)
        case Input.MULTI_CHOICE:
            return Checkboxes(
                one.label,
                choices=options(one.choices),
                description=one.hint,
                validators=_required(one),
                validate_choice=False,
            )
    return Line(one.label, _required(one), description=one.hint)


def _required(one: EvidenceField) -> list[object]:
    return [InputRequired(f'Fill in "{one.label}".')] if one.required else [Optional()]


def _grid_row(one: EvidenceField, label: str) -> object:
    low, high = int(one.minimum or 1), int(one.maximum or 1)
    choices = [("", "—"), *((str(score), str(score)) for score in range(low, high + 1))]
    if one.or_not_rated:
        choices.append((NOT_RATED, "Not applicable"))
    return SelectField(label, choices=options(choices), validators=[Optional()], validate_choice=False)
