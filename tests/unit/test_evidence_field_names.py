import tomllib
from pathlib import Path

import pytest

import certhub
from certhub.rules.evidence_forms import fields_for
from certhub.rules.standard_definition import parse_standard
from certhub.web.forms import CertHubForm

STANDARDS = sorted((Path(certhub.__file__).parent / "data" / "standards").glob("*.toml"))


@pytest.mark.parametrize("path", STANDARDS, ids=lambda path: path.stem)
def test_no_field_of_the_evidence_forms_hides_a_part_of_the_form_itself(path: Path) -> None:
    names = {
        field.name
        for requirement in parse_standard(tomllib.loads(path.read_text()), path.name).requirements
        for field in fields_for(requirement)
    }
    assert names
    assert not [name for name in names if hasattr(CertHubForm, name)]
