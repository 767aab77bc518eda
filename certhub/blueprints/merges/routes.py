"""The pages of double records and of merges."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from certhub import clock
from certhub.auth import readings
from certhub.auth.guard import actor, requires, viewer
from certhub.blueprints.merges import bp
from certhub.blueprints.merges.forms import FIELD_LABELS, DoubtForm, MergeForm, TwoPeopleForm, UndoForm
from certhub.database import transaction
from certhub.models.parties import Coordinator
from certhub.models.record_merges import RecordMergeItem
from certhub.queries import coordinators, credentials, evaluations, merge_plans, record_merges
from certhub.rules.disciplines import DISCIPLINE_LABELS
from certhub.rules.languages import LANGUAGES
from certhub.rules.permissions import Permission
from certhub.rules.record_merge import LIKENESS_LABELS, likenesses
from certhub.rules.terms import written_birthday
from certhub.services import record_merges as service
from certhub.services import told_apart as apart_service
from certhub.web import submissions
from certhub.web.forms import options, refusals_shown_on


@bp.route("/merges")
@requires(Permission.RECORD_MERGE_READ, lists=True)
def index() -> ResponseReturnValue:
    """The merges that were done, newest first."""
    page = record_merges.page(viewer(), cursor=request.args.get("cursor"))
    readings.listed(list="merges", rows=len(page.rows))
    return render_template("merges/index.html", page=page)


@bp.route("/merges/doubles")
@requires(Permission.RECORD_MERGE, lists=True)
def doubles() -> ResponseReturnValue:
    """The records of which there may be another one of the same person."""
    page = record_merges.page_of_doubles(viewer(), cursor=request.args.get("cursor"))
    readings.listed(list="probable doubles", rows=len(page.rows))
    return render_template("merges/doubles.html", page=page, labels=LIKENESS_LABELS)


@bp.route("/coordinators/<int:party_id>/merge/<int:other_id>", methods=["GET", "POST"])
@requires(Permission.RECORD_MERGE)
def merge(party_id: int, other_id: int) -> ResponseReturnValue:
    """Two records side by side, and the form that makes them one; the first one stays."""
    kept, absorbed = coordinators.one(viewer(), party_id), coordinators.one(viewer(), other_id)
    if kept.id == absorbed.id and request.method == "GET":
        return redirect(url_for("coordinators.show", party_id=kept.id))
    form = MergeForm()
    told = _side_by_side(kept, absorbed)
    form.take.choices = options(
        [(name, f"{FIELD_LABELS[name]}: {other}") for name, (own, other) in told.items() if own != other]
    )
    if request.method == "GET":
        form.take.data = [name for name, (own, other) in told.items() if own == "—" and other != "—"]
    if form.validate_on_submit():
        address = url_for("coordinators.show", party_id=kept.id)
        with refusals_shown_on(form), transaction():
            service.merge(
                kept, absorbed, take=form.take.data or (), reason=form.reason.data, actor=actor(), at=clock.now()
            )
            submissions.remember(address)
        if not form.refused:
            flash("The two records are one now. Nothing was deleted, and the merge can be undone.")
            return redirect(address)
    traits = record_merges.traits_of({kept.id, absorbed.id})
    reasons = likenesses(traits[kept.id][1], traits[absorbed.id][1]) if kept.id != absorbed.id else ()
    return render_template(
        "merges/merge.html",
        kept=kept,
        absorbed=absorbed,
        form=form,
        told=record_merges.apart(kept.id, absorbed.id),
        plan=merge_plans.plan(kept, absorbed, on=clock.today()),
        reasons=[LIKENESS_LABELS[reason] for reason in reasons],
        fields=[(FIELD_LABELS[name], *values) for name, values in told.items()],
        counts=(record_merges.counts_of(kept.id), record_merges.counts_of(absorbed.id)),
        held=tuple(
            [credentials.view(one, on=clock.today()) for one in record_merges.credentials_of(person.id)]
            for person in (kept, absorbed)
        ),
    ), form.http_status


@bp.route("/merges/two-people")
@requires(Permission.RECORD_MERGE_READ, lists=True)
def told_apart() -> ResponseReturnValue:
    """The pairs that look alike and were marked as of two people, newest first."""
    page = record_merges.page_of_apart(viewer(), cursor=request.args.get("cursor"))
    readings.listed(list="records told apart", rows=len(page.rows))
    return render_template("merges/told_apart.html", page=page)


@bp.route("/coordinators/<int:party_id>/merge/<int:other_id>/two-people", methods=["GET", "POST"])
@requires(Permission.RECORD_MERGE)
def tell_apart(party_id: int, other_id: int) -> ResponseReturnValue:
    """Two records that look alike are marked as of two people, with the reason."""
    one, other = coordinators.one(viewer(), party_id), coordinators.one(viewer(), other_id)
    form = TwoPeopleForm()
    if form.validate_on_submit():
        address = url_for(".doubles")
        with refusals_shown_on(form), transaction():
            apart_service.mark(one, other, reason=form.reason.data, actor=actor(), at=clock.now())
            submissions.remember(address)
        if not form.refused:
            flash("The two records are marked as of two people. You can take that back.")
            return redirect(address)
    return render_template("merges/two_people.html", one=one, other=other, told=None, form=form), form.http_status


@bp.route("/merges/two-people/<int:mark_id>/take-back", methods=["GET", "POST"])
@requires(Permission.RECORD_MERGE)
def doubt_again(mark_id: int) -> ResponseReturnValue:
    """A mark of two people that was wrong is taken back, with the reason."""
    told = record_merges.one_apart(viewer(), mark_id)
    address = url_for(".told_apart")
    if told.taken_back_at is not None and request.method == "GET":
        return redirect(address)
    form = DoubtForm()
    if form.validate_on_submit():
        with refusals_shown_on(form), transaction():
            apart_service.take_back(told, reason=form.reason.data, actor=actor(), at=clock.now())
            submissions.remember(address)
        if not form.refused:
            flash("The mark is taken back. Both records can be compared and merged again.")
            return redirect(address)
    return (
        render_template("merges/two_people.html", one=told.one, other=told.other, told=told, form=form),
        form.http_status,
    )


@bp.route("/merges/<int:merge_id>")
@requires(Permission.RECORD_MERGE_READ)
def show(merge_id: int) -> ResponseReturnValue:
    """One merge: who, when, why, and what it changed."""
    found = record_merges.one(viewer(), merge_id)
    return render_template("merges/show.html", merge=found, changed=_counted(record_merges.items_of(found)))


@bp.route("/merges/<int:merge_id>/undo", methods=["GET", "POST"])
@requires(Permission.RECORD_MERGE)
def undo(merge_id: int) -> ResponseReturnValue:
    """What goes back, what was recorded since, and the form that separates the two records."""
    found = record_merges.one(viewer(), merge_id)
    address = url_for(".show", merge_id=found.id)
    if found.undone_at is not None and request.method == "GET":
        return redirect(address)
    form = UndoForm()
    if form.validate_on_submit():
        with refusals_shown_on(form), transaction():
            service.undo(
                found, reason=form.reason.data, since_to_absorbed=form.since.data == "absorbed", actor=actor(),
                at=clock.now(),
            )  # fmt: skip
            submissions.remember(address)
        if not form.refused:
            flash("The two records are separate again.")
            return redirect(address)
    return render_template(
        "merges/undo.html",
        merge=found,
        form=form,
        changed=_counted(record_merges.items_of(found)),
        since=service.since(found),
    ), form.http_status


def _side_by_side(kept: Coordinator, absorbed: Coordinator) -> dict[str, tuple[str, str]]:
    own, other = _in_words(kept), _in_words(absorbed)
    return {name: (own[name], other[name]) for name in FIELD_LABELS}


def _in_words(person: Coordinator) -> dict[str, str]:
    town = person.municipality.name if person.municipality else None
    born = evaluations.birthday(person)
    return {
        "name": person.name,
        "certificate_name": person.certificate_name or "—",
        "email": person.email or "—",
        "phone": person.phone or "—",
        "preferred_language": LANGUAGES[person.preferred_language],
        "address": ", ".join(part for part in (person.address_line, person.zip_code, town) if part) or "—",
        "birthday": written_birthday(*born) if born else "—",
        "discipline": DISCIPLINE_LABELS[person.discipline],
    }


def _counted(items: list[RecordMergeItem]) -> list[tuple[str, int, int]]:
    """For each kind of row how many moved, and how many were set aside or closed."""
    found: dict[str, list[int]] = {}
    for item in items:
        aside = item.column_name in ("superseded_at", "deactivated_at")
        found.setdefault(service.ROW_WORDS[item.table_name], [0, 0])[aside] += 1
    return [(name, moved, aside) for name, (moved, aside) in found.items()]
