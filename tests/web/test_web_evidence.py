"""Evidence on the pages: what there is and to whom it is shown, adding it, and fetching a file."""

import io
import re
import zipfile

import pytest

from reviewflow.web import uploads
from reviewflow.web.sending_files import disposition

PDF = b"%PDF-1.7\nan invented paper\n%%EOF\n"
ROOM = "/cycles/{}/evidence"


def added(web, name="hanna", kind="learning_summary", text="", file=None, **more: str):
    """What comes of adding evidence to hazel's review."""
    files = {"file": file} if file else {"file": ("", b"", "application/octet-stream")}
    return web.sign_in(name).post(ROOM.format(web.handle_of()), data={"kind": kind, "text": text, **more}, files=files)


def last_version(web):
    with web.engine.knowing() as known:
        return known.cycle(web.id("hazel-review")).evidence[-1].version


def get(web, name, version=None):
    path = ROOM.format(web.handle_of()) + (f"/{version}" if version else "")
    return web.sign_in(name).get(path)


def test_a_text_is_added_and_told(web):
    answer = added(web, text="Books of three classes")
    assert answer.status_code == 303
    page = web.sign_in("hanna").get(answer.headers["location"])
    assert "Evidence added: Summary of learning for the partnership" in page.text
    assert "Books of three classes" in page.text


def test_a_file_comes_back_as_an_attachment_that_nothing_runs(web):
    assert added(web, file=("Zusammenfassung, Übung.pdf", PDF, "text/html")).status_code == 303
    answer = get(web, "hanna", last_version(web))
    assert answer.content == PDF
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["content-disposition"].startswith(
        'attachment; filename="Zusammenfassung, _bung.pdf"; filename*=UTF-8'
    )
    assert answer.headers["content-security-policy"].startswith("sandbox")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "no-store"
    assert "Zusammenfassung, Übung.pdf" in get(web, "hanna").text


def test_neither_the_file_nor_its_name_lies_open_in_the_store(web, tmp_path):
    added(web, text="an unmistakable sight", file=("unmistakable.pdf", PDF + b"unmistakable inside", "application/pdf"))
    everything = b"".join(path.read_bytes() for path in (tmp_path / "store").rglob("*") if path.is_file())
    assert len(everything) > 100_000
    assert b"unmistakable" not in everything


@pytest.mark.parametrize(
    ("name", "status"), [("hanna", 200), ("wilma", 200), ("lena", 403), ("vera", 403), ("bea", 403)]
)
def test_a_file_goes_to_whom_the_workflow_shows_evidence(web, name, status):
    added(web, file=("summary.pdf", PDF, "application/pdf"))
    answer = get(web, name, last_version(web))
    assert answer.status_code == status
    assert (PDF in answer.content) == (status == 200)


def test_whoever_added_it_sees_it_and_others_only_that_it_is_there(web):
    added(web, "lena", text="What the lead saw", file=("lead.pdf", PDF, "application/pdf"))
    assert "What the lead saw" in get(web, "lena").text
    shown = get(web, "otto").text
    assert "Summary of learning for the partnership" in shown
    assert "What the lead saw" not in shown
    assert "lead.pdf" not in shown


def test_consent_opens_it_and_its_end_shuts_it(web):
    added(web, file=("summary.pdf", PDF, "application/pdf"))
    version, room = last_version(web), f"/cycles/{web.handle_of()}/consent/evidence"
    head = web.sign_in("hanna")
    assert head.post(room, data={"withdraw": "no"}).status_code == 303
    assert get(web, "lena", version).status_code == 200
    assert head.post(room, data={"withdraw": "yes"}).status_code == 303
    assert get(web, "lena", version).status_code == 403


def test_evidence_of_a_forgotten_cycle_key_says_removed(web):
    added(web, file=("summary.pdf", PDF, "application/pdf"))
    web.installation.vault.forget(f"cycle-{web.id('hazel-review')}")
    answer = get(web, "hanna", last_version(web))
    assert answer.status_code == 410
    assert "This file was removed" in answer.text
    assert "[removed]" in get(web, "hanna").text


def test_what_was_typed_is_not_lost(still):
    before = still.position()
    answer = added(still, kind="", text="Long thoughts", file=("a.pdf", PDF, "application/pdf"))
    assert answer.status_code == 422
    assert "Long thoughts" in answer.text
    assert "Say what kind of evidence it is" in answer.text
    assert "Choose the file again" in answer.text
    assert still.position() == before


def test_only_kinds_that_can_be_added_now_are_offered_and_the_others_say_why(still):
    page = still.sign_in("hanna").get(ROOM.format(still.handle_of())).text
    assert 'value="learning_summary"' in page
    assert 'value="work_scrutiny"' not in page
    assert "this evidence can be added in “Visit under way”" in page


def test_a_kind_that_cannot_be_added_is_refused_in_words(still):
    before = still.position()
    answer = added(still, kind="work_scrutiny", text="Seen", **{"about.schedule_visit.questions": "r1"})
    assert answer.status_code == 422
    assert "This was not added" in answer.text
    assert "Seen" in answer.text
    assert still.position() == before


def test_whoever_may_add_none_is_led_to_no_input_and_loses_nothing(still):
    answer = added(still, "ada", kind="", text="Two sentences that took long")
    assert answer.status_code == 422
    assert "you cannot add evidence to this review now" in answer.text
    assert 'href="#kind"' not in answer.text
    assert "Two sentences that took long" in answer.text


def test_sent_twice_it_is_added_once(web):
    sent = {"text": "Once", "command": "ab" * 16}
    first, second = added(web, **sent), added(web, **sent)
    assert (first.status_code, second.status_code) == (303, 303)
    with web.engine.knowing() as known:
        assert sum(item.kind == "learning_summary" for item in known.cycle(web.id("hazel-review")).evidence) == 1


def test_the_day_may_be_earlier_and_a_wrong_one_is_told(web):
    wrong = added(web, text="Seen", **{"on.day": "31", "on.month": "2", "on.year": "2026"})
    assert wrong.status_code == 422
    assert "a real date" in wrong.text
    late = added(web, text="Seen", **{"on.day": "21", "on.month": "11", "on.year": "2026"})
    assert late.status_code == 303
    assert "21 November 2026" in get(web, "hanna").text


@pytest.mark.parametrize(
    "name", ["../../etc/passwd.pdf", "..\\..\\win.pdf", "/etc/x.pdf", "..", "a\u202efdp.pdf", "a\u200b.pdf"]
)
def test_a_name_that_is_a_path_or_hides_something_is_not_taken(still, name):
    before = still.position()
    answer = added(still, file=(name, PDF, "application/pdf"))
    assert answer.status_code == 422
    assert "Rename the file" in answer.text
    assert still.position() == before


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("page.html", b"<html>", "must be one of these kinds"),
        ("drawing.svg", b"<svg><script>1</script></svg>", "must be one of these kinds"),
        ("no-ending", PDF, "must be one of these kinds"),
        ("page.pdf", b"<html><script>alert(1)</script>", "it is no PDF file inside"),
        ("page.txt", b" \n<!DOCTYPE html><script>1</script>", "it is no plain text file inside"),
        ("page.csv", b"\xef\xbb\xbf<svg onload=alert(1)>", "it is no CSV file inside"),
        ("program.docx", b"MZ\x90\x00", "it is no Word file inside"),
        ("picture.png", b"\xff\xd8\xff\xe0", "it is no PNG picture file inside"),
        ("song.mp3", b"not a song", "it is no MP3 recording file inside"),
        ("empty.pdf", b"", "The file is empty"),
        (f"{'n' * 160}.pdf", PDF, "too long"),
    ],
)  # fmt: skip
def test_what_is_not_listed_is_not_taken(still, name, data, said):
    before = still.position()
    answer = added(still, file=(name, data, "application/pdf"))
    assert answer.status_code == 422
    assert said in answer.text
    assert still.position() == before


def test_a_file_that_is_too_large_is_told(still, monkeypatch):
    monkeypatch.setattr(uploads, "MOST", 1000)
    answer = added(still, file=("large.pdf", PDF + b"x" * 1000, "application/pdf"))
    assert answer.status_code == 422
    assert "must be no larger" in answer.text


def packed(*names: str, first=None):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        if first:
            archive.writestr("mimetype", first)
        for name in names:
            archive.writestr(name, "<x/>")
    return made.getvalue()


FITTING = {
    "pdf": PDF,
    "docx": packed("[Content_Types].xml", "word/document.xml"),
    "xlsx": packed("[Content_Types].xml", "xl/workbook.xml"),
    "pptx": packed("[Content_Types].xml", "ppt/presentation.xml"),
    "odt": packed("content.xml", first="application/vnd.oasis.opendocument.text"),
    "ods": packed("content.xml", first="application/vnd.oasis.opendocument.spreadsheet"),
    "png": b"\x89PNG\r\n\x1a\n" + b"\0" * 8,
    "jpg": b"\xff\xd8\xff\xe0\0\x10JFIF",
    "jpeg": b"\xff\xd8\xff\xe1\0\x10Exif",
    "heic": b"\0\0\0\x18ftypheic\0\0\0\0",
    "txt": "Grüße aus der Schule\n".encode(),
    "csv": b"day,number\n2026-11-01,3\n",
    "mp3": b"ID3\x04\0\0\0\0\0\0",
    "m4a": b"\0\0\0\x20ftypM4A \0\0\0\0",
}


def test_every_kind_of_the_list_has_an_example():
    assert FITTING.keys() == uploads.KINDS.keys()


@pytest.mark.parametrize("end", FITTING)
def test_a_file_is_known_by_its_bytes_and_by_no_others(end):
    fitting = [other for other, data in FITTING.items() if uploads.KINDS[end].fits(data)]
    alike = {"jpg": ["jpg", "jpeg"], "jpeg": ["jpg", "jpeg"], "txt": ["txt", "csv"], "csv": ["txt", "csv"]}
    # A PDF may be nothing but text; as text it is harmless.
    assert [one for one in fitting if one != "pdf" or end not in ("txt", "csv")] == alike.get(end, [end])


def test_a_document_with_macros_is_none_and_a_frame_is_a_recording():
    macros = packed("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin")
    assert not uploads.KINDS["docx"].fits(macros)
    assert not uploads.KINDS["docx"].fits(b"PK\x03\x04 and no more")
    assert uploads.KINDS["mp3"].fits(b"\xff\xfb\x90\x00")
    assert not uploads.KINDS["mp3"].fits(b"\xff\xfb\xff\x00")


def test_bytes_that_do_not_fit_their_name_are_sent_as_bytes_alone():
    assert uploads.media_type("page.html", b"<html>") == "application/octet-stream"
    assert uploads.media_type("page.pdf", b"<html>") == "application/octet-stream"
    assert uploads.media_type("PAPER.PDF", PDF) == "application/pdf"


def test_a_page_that_came_by_another_door_is_never_sent_as_one(web):
    from reviewflow.asking.acting import asked_by
    from reviewflow.cycle.commands import AddEvidence

    asked = asked_by(web.installation, web.id("hanna"), door="cli")
    command = AddEvidence(asked=asked, cycle=web.id("hazel-review"), kind="learning_summary", file_name="page.html")
    web.engine.add_evidence(command, b"<html><script>alert(1)</script>")
    answer = get(web, "hanna", last_version(web))
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"].startswith("attachment")


def test_the_name_cannot_break_out_of_its_header():
    header = disposition('a"; filename="b.html\r\nset-cookie: x=1')
    assert "\r" not in header
    assert "\n" not in header
    assert header.count('filename="') == 1
    assert re.fullmatch(r"attachment; filename=\"[^\"]*\"; filename\*=UTF-8''[A-Za-z0-9%._~-]+", header)


def test_room_is_given_back_and_too_much_at_once_is_told(web, monkeypatch):
    room = uploads.Room(2 * len(PDF))
    monkeypatch.setattr("reviewflow.web.pages.evidence.ROOM", room)
    for _ in range(2):
        assert added(web, file=("a.pdf", PDF, "application/pdf")).status_code == 303
    assert get(web, "hanna", last_version(web)).status_code == 200
    assert get(web, "lena", last_version(web)).status_code == 403
    room.take(2 * len(PDF))
    before = web.position()
    assert added(web, file=("a.pdf", PDF, "application/pdf")).status_code == 503
    busy = get(web, "hanna", last_version(web))
    assert (busy.status_code, busy.headers["retry-after"]) == (503, "30")
    assert web.position() == before


@pytest.mark.parametrize("version", [1, 9999])
def test_an_event_without_a_file_is_not_found(still, version):
    assert get(still, "hanna", version).status_code == 404


def test_what_was_written_is_never_run(web):
    added(web, text="<script>alert(1)</script>", file=("<img src=x onerror=alert(1)>.txt", b"text", "text/plain"))
    page = get(web, "hanna").text
    assert "<script>alert(1)" not in page
    assert "<img src=x" not in page
    assert "&lt;img src=x" in page
