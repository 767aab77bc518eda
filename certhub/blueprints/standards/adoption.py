"""The adoption of a draft: from when, for whom, and who is told."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from certhub import clock
from certhub.auth.guard import actor, requires, viewer
from certhub.blueprints.standards import bp
from certhub.blueprints.standards.forms import AdoptForm, mistakes_shown_on
from certhub.database import transaction
from certhub.queries import standards
from certhub.rules.permissions import Permission
from certhub.rules.vocabulary import Transition
from certhub.services import announcements
from certhub.services import standards as service
from certhub.web import submissions


@bp.route("/standards/<int:version_id>/adopt", methods=["GET", "POST"])
@requires(Permission.STANDARD_ADOPT)
def adopt(version_id: int) -> ResponseReturnValue:
    version = standards.draft(viewer(), version_id)
    form = AdoptForm(seen=version.definition_hash, effective_from=clock.today())
    if form.validate_on_submit():
        address = url_for(".show", version_id=version_id)
        with mistakes_shown_on(form), transaction():
            adopted = service.adopt(
                version_id,
                seen=form.seen.data or "",
                effective_from=form.effective_from.data,
                transition=Transition(form.transition.data),
                sunset_on=form.sunset_on.data,
                actor=actor(),
                at=clock.now(),
            )
            if form.announce.data:
                announcements.ask_about_version(adopted, actor=actor(), at=clock.now())
            submissions.remember(address)
        if not form.refused:
            flash("The version is adopted. It never changes again.")
            if form.announce.data:
                flash("The letters to the holders are being written. This page says how far they are.")
            return redirect(address)
    return render_template(
        "standards/adopt.html",
        version=version,
        form=form,
        to_tell=standards.number_to_tell(version.standard_id, on=clock.today()),
        held=sum(standards.holders(version.standard_id, on=clock.today()).values()),
    ), form.http_status
