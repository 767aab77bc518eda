"""Forms of the roster import."""

from wtforms import FileField, SelectField
from wtforms.validators import InputRequired

from certhub.web.forms import CertHubForm
from certhub.web.particulars import number_or_none


class UploadForm(CertHubForm):
    """A spreadsheet to check."""

    vendor_id = SelectField("Vendor", [InputRequired("Choose the vendor.")], coerce=number_or_none)
    file = FileField(
        "Spreadsheet",
        [InputRequired("Choose the file.")],
        description="CSV or Excel (XLSX), up to 100,000 rows. Nothing about children or families.",
    )
