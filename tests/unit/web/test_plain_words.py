"""No sentence of WTForms reaches anybody as it stands in WTForms."""

import ast
import re
from pathlib import Path

import wtforms
from flask import Flask
from werkzeug.datastructures import MultiDict
from wtforms import DecimalField, IntegerField, RadioField, SelectField, SelectMultipleField
from wtforms.validators import InputRequired, NumberRange

from certhub.web.forms import options
from certhub.web.plain_words import SENTENCES, PlainForm

PLACEHOLDER = re.compile(r"%\(\w+\)[sd]")


class Form(PlainForm):
    class Meta:
        csrf = False

    hours = DecimalField("Hours")
    score = IntegerField("Score")
    percent = IntegerField("Percent", [NumberRange(min=1, max=100)])
    region = SelectField("Region", choices=options([("a", "A")]))
    verdict = RadioField("Verdict", choices=options([("a", "A")]))
    several = SelectMultipleField("Several", choices=options([("a", "A")]))
    number = SelectField("Number", choices=options([("1", "One")]), coerce=int)
    name = DecimalField("Name", [InputRequired()])


def said_by_wtforms() -> set[str]:
    """Every sentence that WTForms looks up for its fields and validators."""
    folder = Path(wtforms.__file__).parent
    found = set()
    for path in [*(folder / "fields").glob("*.py"), folder / "validators.py"]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            called = node.func if isinstance(node, ast.Call) else None
            if isinstance(called, ast.Attribute) and called.attr in ("gettext", "ngettext"):
                texts = [one.value for one in node.args if isinstance(one, ast.Constant)]  # type: ignore[attr-defined]  # a call, as just seen
                found |= {text for text in texts if isinstance(text, str)}
    return found


def test_every_sentence_of_wtforms_has_its_plain_words() -> None:
    assert len(said_by_wtforms()) > 20
    assert said_by_wtforms() - set(SENTENCES) == set()


def test_plain_words_keep_no_placeholder_that_wtforms_does_not_fill() -> None:
    extra = {
        sentence: set(PLACEHOLDER.findall(plain)) - set(PLACEHOLDER.findall(sentence))
        for sentence, plain in SENTENCES.items()
    }
    assert {sentence for sentence, more in extra.items() if more} == set()


def test_a_form_speaks_plainly_whatever_language_the_browser_asks_for() -> None:
    app = Flask("test")
    app.secret_key = "k" * 40
    wrong = dict.fromkeys(("hours", "score", "region", "verdict", "several", "number"), "x") | {"percent": "500"}
    with app.test_request_context("/", headers={"Accept-Language": "de"}):
        form = Form(MultiDict(wrong))
        assert not form.validate()

    choice = ["Choose one of the answers that the list offers."]
    assert {name: list(errors) for name, errors in form.errors.items()} == {
        "hours": ["Type a number, such as 2 or 2.5."],
        "score": ["Type a whole number, such as 25."],
        "percent": ["Type a number from 1 to 100."],
        "region": choice, "verdict": choice, "several": choice, "number": choice,
        "name": ["Fill in this field."],
    }  # fmt: skip
