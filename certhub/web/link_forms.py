"""Forms behind the link of a letter: sent without a cookie, because the secret in their address stands for the session.

People who open such a link have no account and may refuse cookies, or fill in a form for a day and lose them. The token
against forgery is therefore a signature of the link. Another site that could make one would have to know the secret
of the link, and could then send the form anyway.
"""

from typing import Any

from flask import current_app, request
from itsdangerous import Signer
from wtforms import ValidationError
from wtforms.csrf.core import CSRF

from certhub.web.forms import CertHubForm
from certhub.web.plain_words import PlainForm

_NOT_IN_ORDER = "This form was changed on its way. What you typed is still here: look through it and send it again."


class _SignedAddress(CSRF):  # type: ignore[misc]  # WTForms ships no types
    """The token of a form is the signature of the link that it stands behind."""

    def generate_csrf_token(self, _field: Any) -> str:
        """The signature of the link that this request came by."""
        link = str((request.view_args or {})["token"])
        return _signer().get_signature(link).decode()

    def validate_csrf_token(self, _form: Any, field: Any) -> None:
        """Raise where the form was not made for this link."""
        link = str((request.view_args or {})["token"])
        if not _signer().verify_signature(link, str(field.data or "")):
            raise ValidationError(_NOT_IN_ORDER)


def _signer() -> Signer:
    keys: list[str] = current_app.config["WTF_CSRF_SECRET_KEY"]
    return Signer(keys, salt="certhub-link-form")


class LinkForm(CertHubForm):
    """A form for whoever holds the link; its view is exempt from the check of the cookie (`security.forgery`)."""

    class Meta(PlainForm.Meta):
        """How the token is made."""

        csrf_class = _SignedAddress
