"""Forms that anybody can use."""

from flask_wtf.file import FileRequired
from wtforms import FileField
from wtforms.validators import InputRequired

from certhub.web.forms import CertHubForm, Line


class CodeForm(CertHubForm):
    """A verification code, typed from a certificate."""

    class Meta:
        """Asking changes nothing, so the address can be kept and shared."""

        csrf = False

    code = Line(
        "Verification code",
        [InputRequired("Type the code that is printed beside the QR code.")],
        description="Printed beside the QR code. Capitals, spaces and hyphens do not matter.",
        longest=100,
    )


class FileForm(CertHubForm):
    """A PDF that somebody was given."""

    file = FileField(
        "Certificate (PDF)",
        [FileRequired("Choose the PDF file.")],
        description="The file is compared with what was issued and is not kept.",
    )
