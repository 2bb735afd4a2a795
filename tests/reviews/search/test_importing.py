"""Every start of a record becomes a record or a named rejection, once, whatever happens to the worker."""

import io
import zipfile

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction

from reviews.base.audit.models import Event
from reviews.base.work.models import Owed
from reviews.library import services as library
from reviews.library.models import Record
from reviews.library.services import NewReport
from reviews.search import queries, services
from reviews.search.models import ColumnMapping, Import
from reviews.search.rules import ImportState
from reviews.search.services import reading
from reviews.signals import judged_among, records_arrived, records_leaving
from tests.searched import A_ROW_OF_NOTHING, a_search, brought, read, ris, searched, upload


def many(number):
    return "".join(ris(f"Trial {n} of cells for lungs", year=2000 + n % 20) for n in range(number))


@pytest.fixture
def search(review, owner):
    return a_search(review, owner)


def test_nothing_is_imported_before_it_is_started(review, owner, search):
    found = brought(search, owner, ris())
    assert (found.state, found.format) == (ImportState.PREVIEW, "ris")
    assert not Record.objects.exists()
    assert not Owed.objects.exists()


def test_starts_are_records_and_rejections_together(review, owner, search):
    found = read(brought(search, owner, A_ROW_OF_NOTHING, "table.csv"), owner)
    assert (found.state, found.starts, found.imported, found.rejected) == (ImportState.DONE, 3, 2, 1)
    assert list(Record.objects.order_by("pk").values_list("title", "position")) == [("One", 1), ("Three", 3)]
    [rejection] = queries.rejections(found)
    assert (rejection.position, rejection.line) == (2, 3)
    assert rejection.reason.endswith(".")


def test_a_record_keeps_its_raw_text_and_where_it_stood(review, owner):
    found = searched(review, owner, ris("One") + ris("Two"))
    second = Record.objects.get(title="Two")
    assert "TI  - Two" in second.raw
    assert (second.brought_in, second.position, second.source) == (found, 2, "PubMed")
    assert second.line > Record.objects.get(title="One").line


def test_the_same_file_again_adds_nothing_and_says_so(review, owner, search):
    first = read(brought(search, owner, ris()), owner)
    again = services.bring_files(search=search, actor=owner, uploads=[upload(ris(), "another-name.ris")])
    assert (list(again.new), list(again.same)) == ([], [first])
    assert Record.objects.count() == 1


def test_two_previews_of_one_file_are_imported_once(review, owner, search):
    one = brought(search, owner, ris())
    other = brought(a_search(review, owner, "Embase"), owner, ris())
    read(one, owner)
    with pytest.raises(ValidationError, match="holds the same file already"):
        services.start_import(of=other, actor=owner)
    assert Record.objects.count() == 1


def test_a_zip_is_as_many_files_as_it_holds(review, owner, search):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("a.ris", ris("One"))
        archive.writestr("folder/b.ris", ris("Two"))
        archive.writestr("__MACOSX/._a.ris", b"\x00")
    came = services.bring_files(search=search, actor=owner, uploads=[upload(packed.getvalue(), "all.zip")])
    assert [each.name for each in came.new] == ["a.ris", "b.ris"]


def test_a_file_in_which_nothing_is_recognised_is_refused_with_a_sentence(review, owner, search):
    came = services.bring_files(search=search, actor=owner, uploads=[upload(ris()), upload(b"\x7fELF\x02", "prog.ris")])
    assert len(came.new) == 1
    assert came.refused[0].startswith("prog.ris: ")


@pytest.mark.parametrize("role_name", ["reader", "outsider"])
def test_who_may_not_search_brings_nothing(review, owner, search, role_name, request):
    person = request.getfixturevalue(role_name)
    found = brought(search, owner, ris())
    for refused in (
        lambda: services.bring_files(search=search, actor=person, uploads=[upload(ris("Other"))]),
        lambda: services.start_import(of=found, actor=person),
        lambda: services.look_again(of=found, actor=person, encoding="cp1252"),
        lambda: services.discard_preview(of=found, actor=person),
        lambda: services.undo_import(of=found, actor=person),
        lambda: services.retire_import(of=found, actor=person, reason="Wrong file."),
        lambda: services.retry_import(of=found, actor=person),
        lambda: a_search(review, person),
        lambda: services.correct_search(search=search, actor=person, reason="So."),
    ):
        with pytest.raises(PermissionDenied):
            refused()


# --- A worker that is killed --------------------------------------------------------------------------------------


class Killed(BaseException):
    """What a worker's process is told: nothing that an `except Exception` would see."""


def test_a_killed_worker_loses_nothing_and_doubles_nothing(review, owner, search, monkeypatch):
    monkeypatch.setattr(reading, "CHUNK", 10)
    found = brought(search, owner, many(35))
    services.start_import(of=found, actor=owner)
    whole, stored = reading._store, []

    def dies_in_the_third(*args):
        stored.append(args)
        if len(stored) == 3:
            raise Killed
        return whole(*args)

    monkeypatch.setattr(reading, "_store", dies_in_the_third)
    with pytest.raises(Killed):
        services.read_import(import_id=found.pk)
    found.refresh_from_db()
    assert (found.read, found.state) == (20, ImportState.READING)
    Owed.objects.update(lease=None, leased_until=None)  # what time does
    monkeypatch.setattr(reading, "_store", whole)
    assert services.read_import(import_id=found.pk) == 15
    found.refresh_from_db()
    assert (found.state, found.imported) == (ImportState.DONE, 35)
    assert list(Record.objects.order_by("pk").values_list("position", flat=True)) == list(range(1, 36))


def test_a_run_keeps_its_lease_while_it_passes_over_what_is_stored(review, owner, search, monkeypatch):
    """On a busy machine that took longer than a lease: runs took the work from each other until it was parked."""
    monkeypatch.setattr(reading, "CHUNK", 10)
    monkeypatch.setattr(reading, "LONGEST_RUN", -1)
    found = brought(search, owner, many(45))
    services.start_import(of=found, actor=owner)
    for _ in range(3):
        services.read_import(import_id=found.pk)
    kept = []
    whole = reading.work.hold_on
    monkeypatch.setattr(reading.work, "hold_on", lambda lease: kept.append(lease) or whole(lease))
    services.read_import(import_id=found.pk)
    assert len(kept) == 1 + 3
    Owed.objects.update(lease=None)
    with pytest.raises(reading.work.LeaseLost):
        whole(kept[0])


def test_a_run_that_lost_its_lease_writes_nothing_more(review, owner, search, monkeypatch):
    monkeypatch.setattr(reading, "CHUNK", 10)
    found = brought(search, owner, many(30))
    services.start_import(of=found, actor=owner)
    whole = reading._store

    def loses_it(*args):
        answer = whole(*args)
        Owed.objects.update(lease=None)
        return answer

    monkeypatch.setattr(reading, "_store", loses_it)
    assert services.read_import(import_id=found.pk) == 10
    assert Record.objects.count() == 10


def test_a_long_import_hands_on_before_its_time_is_up(review, owner, search, monkeypatch, sent):
    monkeypatch.setattr(reading, "CHUNK", 10)
    monkeypatch.setattr(reading, "LONGEST_RUN", -1)
    found = brought(search, owner, many(25))
    services.start_import(of=found, actor=owner)
    assert [services.read_import(import_id=found.pk) for _ in range(3)] == [10, 10, 5]
    assert services.read_import(import_id=found.pk) == 0
    found.refresh_from_db()
    assert (found.state, found.imported) == (ImportState.DONE, 25)


def test_an_import_undone_while_it_is_read_stops(review, owner, search, monkeypatch):
    monkeypatch.setattr(reading, "CHUNK", 10)
    found = brought(search, owner, many(30))
    services.start_import(of=found, actor=owner)
    whole = reading._store

    def then_undone(*args):
        answer = whole(*args)
        if answer:
            services.undo_import(of=found, actor=owner)
        return answer

    monkeypatch.setattr(reading, "_store", then_undone)
    services.read_import(import_id=found.pk)
    found.refresh_from_db()
    assert (found.state, found.imported) == (ImportState.UNDONE, 10)
    assert Record.objects.filter(undone_at=None).count() == 0
    assert not Owed.objects.get().is_owed


def test_counts_that_differ_are_never_called_complete(review, owner, search, monkeypatch):
    found = brought(search, owner, ris())
    services.start_import(of=found, actor=owner)
    whole = reading.reading.read
    monkeypatch.setattr(reading.reading, "read", lambda *a, **k: reading.reading.Whole(2, whole(*a, **k).items))
    services.read_import(import_id=found.pk)
    found.refresh_from_db()
    assert found.state == ImportState.READING
    assert "2 records begin in the file, but 1 were read" in queries.work_of(found).last_error


def test_the_database_refuses_a_second_record_for_one_start(review, owner):
    record = searched(review, owner).records.first()
    record.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        record.save()


def test_others_hear_of_the_records_when_all_are_there(review, owner):
    heard = []

    def hear(sender, review_id, import_id, **kwargs):
        heard.append((review_id, import_id, Record.objects.filter(brought_in=import_id).count()))

    records_arrived.connect(hear)
    try:
        found = searched(review, owner)
    finally:
        records_arrived.disconnect(hear)
    assert heard == [(review.pk, found.pk, 2)]


# --- Taking it back ----------------------------------------------------------------------------------------------


def test_an_undone_import_counts_nowhere_and_may_come_again(review, owner):
    found = searched(review, owner)
    leaving = []

    def hear(sender, records, **kwargs):
        leaving.append(records.count())

    records_leaving.connect(hear)
    try:
        services.undo_import(of=found, actor=owner)
    finally:
        records_leaving.disconnect(hear)
    assert leaving == [2]
    assert queries.records(review, queries.Wanted()).count() == 0
    assert Record.objects.count() == 2, "nothing imported is deleted"
    read(brought(found.search, owner, ris() + ris("Cells for hearts", author="Okoro, E.", year=2022)), owner)
    assert queries.records(review, queries.Wanted()).count() == 2


def test_a_judged_import_can_only_be_retired_with_a_reason(review, owner, extractor):
    found = searched(review, owner)
    with pytest.raises(ValidationError, match="undo it"):
        services.retire_import(of=found, actor=owner, reason="The wrong database.")
    study = library.add_study(review=review, actor=extractor, label="Lind 2021", reports=[NewReport("Lind 2021")])
    Record.objects.filter(brought_in=found, position=1).update(report=study.reports.get())
    with pytest.raises(ValidationError, match="Retire it"):
        services.undo_import(of=found, actor=owner)
    with pytest.raises(ValidationError, match="Say why"):
        services.retire_import(of=found, actor=owner, reason="  ")
    services.retire_import(of=found, actor=owner, reason="The wrong database.")
    assert {record.retired_reason for record in found.records.all()} == {"The wrong database."}
    with pytest.raises(ValidationError, match="not in the review"):
        services.undo_import(of=found, actor=owner)


def test_a_judgement_of_a_later_room_is_asked_for(review, owner):
    found = searched(review, owner)

    def judged(sender, records, **kwargs):
        return records.filter(title="Cells for hearts").exists()

    judged_among.connect(judged)
    try:
        with pytest.raises(ValidationError, match="Retire it"):
            services.undo_import(of=found, actor=owner)
    finally:
        judged_among.disconnect(judged)
    services.undo_import(of=found, actor=owner)


def test_a_file_that_is_put_away_leaves_nothing_but_its_event(
    review, owner, search, django_capture_on_commit_callbacks
):
    found = brought(search, owner, ris())
    content = found.file.content
    with django_capture_on_commit_callbacks(execute=True):
        services.discard_preview(of=found, actor=owner)
    assert not Import.objects.exists()
    assert not content.storage.exists(content.name)
    assert Event.objects.filter(chain=review.chain, verb="put file away").count() == 1


def test_every_step_leaves_its_event(review, owner):
    found = searched(review, owner)
    services.undo_import(of=found, actor=owner)
    verbs = list(Event.objects.filter(chain=review.chain).order_by("number").values_list("verb", flat=True))
    assert verbs == ["recorded search", "brought file", "started import", "imported", "undid import"]


# --- Tables ------------------------------------------------------------------------------------------------------

TABLE = "Naam,Auteurs,Jaar\nCellen voor longen,Lind,2021\n"


def test_an_unknown_table_is_not_imported_before_its_titles_are_named(review, owner, search):
    found = brought(search, owner, TABLE, "lijst.csv")
    with pytest.raises(ValidationError, match="which column holds the titles"):
        services.start_import(of=found, actor=owner)


def test_what_is_what_in_a_table_is_remembered(review, owner, search):
    found = brought(search, owner, TABLE, "lijst.csv")
    services.look_again(of=found, actor=owner, mapping={"Naam": "title", "Auteurs": "authors", "Jaar": "year"})
    read(found, owner)
    record = Record.objects.get()
    assert (record.title, record.author_list, record.year) == ("Cellen voor longen", ["Lind"], 2021)
    assert ColumnMapping.objects.count() == 1
    again = brought(search, owner, TABLE.replace("longen", "harten"), "lijst2.csv")
    assert again.mapping == found.mapping or again.mapping["Naam"] == "title"


@pytest.mark.parametrize(
    "said", [{"format": "word"}, {"encoding": "klingon"}, {"encoding": "rot13"}, {"encoding": "\x00"}]
)
def test_what_cannot_be_read_so_is_refused_with_a_sentence(review, owner, search, said):
    found = brought(search, owner, ris())
    with pytest.raises(ValidationError, match="There is no"):
        services.look_again(of=found, actor=owner, **said)
