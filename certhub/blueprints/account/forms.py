"""Forms of one's own account."""

from typing import Any

from wtforms import HiddenField, PasswordField
from wtforms.validators import EqualTo, InputRequired

from certhub.rules.passwords import LONGEST, SHORTEST
from certhub.web.forms import CertHubForm, Line, Printable

LONGEST_EMAIL = 254

_NEW_HINT = f"At least {SHORTEST} characters. Several words in a row are easy to remember and hard to guess."


class Secret(PasswordField):  # type: ignore[misc]  # WTForms ships no types
    """A password: never trimmed, never shown again."""

    def __init__(self, label: str, validators: Any = (), **kwargs: Any) -> None:
        super().__init__(label, [*validators, Printable(longest=LONGEST)], **kwargs)


class SignInForm(CertHubForm):
    """Who somebody is, where they wanted to go, and what they had typed when their session ended."""

    email = Line("E-mail address", [InputRequired("Type your e-mail address.")], longest=LONGEST_EMAIL)
    password = Secret("Password", [InputRequired("Type your password.")])
    next = HiddenField()
    kept = HiddenField()


class NewPasswordForm(CertHubForm):
    """A new password, typed twice."""

    password = Secret("New password", [InputRequired("Type a new password.")], description=_NEW_HINT)
    repeated = Secret(
        "New password again",
        [
            InputRequired("Type the new password again."),
            EqualTo("password", "The two passwords differ. Type the same password twice."),
        ],
    )


class ChangePasswordForm(NewPasswordForm):
    """The password of today and a new one."""

    current = Secret("Your password now", [InputRequired("Type the password that you use now.")])


class ChangeAddressForm(CertHubForm):
    """A new e-mail address, and the password of today."""

    email = Line("New e-mail address", [InputRequired("Type the new e-mail address.")], longest=LONGEST_EMAIL)
    current = Secret("Your password", [InputRequired("Type the password that you use now.")])


class ConfirmAddressForm(CertHubForm):
    """Who has opened the link that went to the new address."""

    password = Secret("Your password", [InputRequired("Type the password of your CertHub account.")])


class ForgotForm(CertHubForm):
    """Whom to send a link to."""

    email = Line("E-mail address", [InputRequired("Type your e-mail address.")], longest=LONGEST_EMAIL)


class AcceptForm(CertHubForm):
    """What is needed to open an account."""

    name = Line("Your name", [InputRequired("Type your name.")], description="As your colleagues know you.")
    password = Secret("Password", [InputRequired("Choose a password.")], description=_NEW_HINT)
    repeated = Secret(
        "Password again",
        [
            InputRequired("Type the password again."),
            EqualTo("password", "The two passwords differ. Type the same password twice."),
        ],
    )
