"""How questions are shown: what may be left out, and errors in the order of the page."""

import pytest
from markupsafe import Markup
from werkzeug.datastructures import MultiDict
from wtforms import Form, RadioField, SelectField, SelectMultipleField, StringField
from wtforms.validators import InputRequired

from certhub.web.forms import options
from certhub.web.questions import errors_in_page_order, may_be_left_out


class Questions(Form):  # type: ignore[misc]  # WTForms ships no types
    needed = StringField(validators=[InputRequired()])
    spare = StringField()
    always_answered = SelectField(choices=options([("en", "English"), ("pt", "Portuguese")]), default="en")
    with_an_empty_choice = SelectField(choices=options([("", "Choose"), ("en", "English")]))
    needed_choice = SelectField(choices=options([("", "Choose"), ("en", "English")]), validators=[InputRequired()])
    answered_radio = RadioField(choices=options([("yes", "Yes"), ("no", "No")]), default="no")
    open_radio = RadioField(choices=options([("yes", "Yes"), ("no", "No")]))
    boxes = SelectMultipleField(choices=options([("en", "English")]))


@pytest.mark.parametrize(
    ("name", "optional"),
    [
        ("needed", False), ("spare", True), ("always_answered", False), ("with_an_empty_choice", True),
        ("needed_choice", False), ("answered_radio", False), ("open_radio", True), ("boxes", True),
    ],
)  # fmt: skip
def test_only_what_may_stay_empty_is_called_optional(name: str, optional: bool) -> None:
    assert may_be_left_out(Questions()[name]) is optional


def test_a_choice_stays_answered_when_the_form_comes_back() -> None:
    form = Questions(MultiDict({"always_answered": "pt", "answered_radio": "yes"}))
    assert not may_be_left_out(form["always_answered"])
    assert not may_be_left_out(form["answered_radio"])


def test_errors_are_listed_in_the_order_in_which_their_fields_stand_on_the_page() -> None:
    page = Markup(
        '<ul class="error-list"><li>Above all.</li><li><a href="#first">A</a></li><li><a href="#gone">?</a></li>'
        '<li><a href="#last">C</a></li><li><a href="#middle">B</a></li></ul>'
        '<form><input id="first"><fieldset id="middle"></fieldset><input id="last"></form>'
    )
    ordered = errors_in_page_order(page)
    assert [ordered.index(word) for word in ("Above all.", ">A<", ">B<", ">C<", ">?<")] == sorted(
        ordered.index(word) for word in ("Above all.", ">A<", ">B<", ">C<", ">?<")
    )
    assert len(ordered) == len(page)


def test_a_page_without_errors_stays_as_it_is() -> None:
    page = Markup("<h1>Coordinators</h1><ul><li>One</li></ul>")
    assert errors_in_page_order(page) == page
