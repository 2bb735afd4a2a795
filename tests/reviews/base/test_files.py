import hashlib
import re

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError

from reviews.base.files import services
from reviews.base.files.models import StoredFile
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db

PDF = b"%PDF-1.7\n" + b"page " * 30


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    storages = dict(settings.STORAGES)
    options = {**storages["default"]["OPTIONS"], "location": tmp_path / "files"}
    settings.STORAGES = {**storages, "default": {**storages["default"], "OPTIONS": options}}
    return tmp_path / "files"


def store(name="trial.pdf", content=PDF):
    return services.store(upload=SimpleUploadedFile(name, content, "text/html"), actor=UserFactory())


def test_a_file_is_kept_with_its_hash_and_its_real_kind():
    stored = store("Monsel 2022.pdf")
    assert (stored.original_name, stored.content_type, stored.size) == ("Monsel 2022.pdf", "application/pdf", len(PDF))
    assert stored.sha256 == hashlib.sha256(PDF).hexdigest()
    with stored.content.open() as kept:
        assert kept.read() == PDF
    assert str(stored) == "Monsel 2022.pdf"


def test_the_server_makes_the_name_on_disk():
    stored = store("../../etc/passwd.pdf")
    assert re.fullmatch(r"[0-9a-f]{2}/[0-9a-f]{32}", stored.content.name)
    assert stored.original_name == "passwd.pdf"


def test_only_the_owner_of_the_process_may_read_it(folder):
    kept = folder / store().content.name
    assert (kept.stat().st_mode & 0o777, kept.parent.stat().st_mode & 0o777) == (0o600, 0o700)


@pytest.mark.parametrize(("name", "content"), [("page.pdf", b"<script>"), ("empty.pdf", b"")])
def test_a_refused_file_leaves_nothing_behind(folder, name, content):
    with pytest.raises(ValidationError):
        store(name, content)
    assert not StoredFile.objects.exists()
    assert not folder.exists()


def test_when_the_row_cannot_be_written_the_content_goes_too(folder, monkeypatch):
    def fail(*args, **kwargs):
        raise IntegrityError("refused")

    monkeypatch.setattr(StoredFile, "save", fail)
    with pytest.raises(IntegrityError):
        store()
    assert [path for path in folder.rglob("*") if path.is_file()] == []
