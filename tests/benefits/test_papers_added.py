"""Scans and photos of papers: added at the desk, by the worker and by the employer, and seen by those who must."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from dataclasses import replace
from typing import Any

import pikepdf
import pytest
from PIL import Image
from sqlalchemy import select, update

from services.benefits import store
from services.benefits import tables as t
from services.benefits.domain.scan import MOST_A_DAY, MOST_BYTES, MOST_PAGES, ScanRefused
from services.benefits.usecases import exports, scan_files, scans
from shared import retention
from shared.act import Actor
from shared.tables import audit
from tests.benefits.conftest import Office, Person
from tests.benefits.test_worker_pages import decided, submitted
from tests.benefits.visitors import Browser, Phone
from tests.there import there


def photo(width: int = 800, height: int = 600, kind: str = "JPEG", color: str = "white", **more: Any) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, height), color).save(out, kind, **more)
    return out.getvalue()


def taken_at_home() -> bytes:
    """A photo that says where and by which phone it was taken, and lies on its side."""
    exif = Image.Exif()
    exif[0x0110] = "Phone of Bounmy"
    exif[0x0112] = 6
    exif.get_ifd(0x8825)[1] = "N"
    return photo(exif=exif)


def pdf(pages: int = 1, **save: Any) -> bytes:
    with pikepdf.new() as made:
        for _ in range(pages):
            made.add_blank_page()
        made.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")
        made.docinfo["/Author"] = "Phone of Bounmy"
        out = io.BytesIO()
        made.save(out, **save)
    return out.getvalue()


def asked(office: Office, person: str, whom: str = "worker", reason: str = "missing_certificate") -> dict[str, Any]:
    claim = submitted(office, person)
    body = {"whom": whom, "reason": reason}
    back: dict[str, Any] = office.officer.post(f"/v1/claims/{claim['id']}/return", body, etag=claim["version"]).json
    return back


def send(
    phone: Phone, content: bytes, expect: int = 200, name: str = "p.jpg", where: str = "photo", **form: str
) -> str:
    phone.open("/worker/papers?lang=en")
    said: dict[str, Any] = {"kind": "certificate", "photo": (io.BytesIO(content), "p.jpg")} | form
    return phone.send("/worker/papers", expect, **said)


def kept(office: Office) -> list[Any]:
    with office.service.engine.connect() as connection:
        return list(connection.execute(select(t.paper_scan).order_by(t.paper_scan.c.at)))


def in_employers_name(office: Office, name: str = "nok") -> Browser:
    """Somebody of the employer of everybody here."""
    with office.service.engine.connect() as connection:
        employer = connection.execute(select(t.employer.c.id)).scalar_one()
    number = "00000000-0000-4000-8000-" + f"{sum(map(ord, name)):012d}"
    actor = Actor(id=number, kind="account", roles=frozenset({"employer"}), employer=employer, name=name)
    return Browser(office, Person(office, actor))


# --- the worker --------------------------------------------------------------------------------


def test_she_sends_a_photo_of_the_certificate_and_the_claim_goes_back_to_an_officer(
    office: Office, phone: Phone, officer: Browser
) -> None:
    claim = asked(office, office.someone())
    phone.come_in(claim)
    assert "Add a photo of a paper" in phone.open("/worker?lang=en")
    page = send(phone, taken_at_home())
    assert "We have it" in page
    waits = there(office.claim(claim["id"]).waits)
    assert (office.claim(claim["id"]).state, waits.whom, waits.reason) == ("submitted", "officer", "paper_added")
    assert "We have your paper and look at it." in phone.open("/worker?lang=en")
    desk = officer.open(f"/desk/claims/{claim['id']}?lang=en")
    assert "A paper was added" in desk
    assert "1 paper to look at" in desk


def test_what_is_kept_says_neither_where_nor_by_which_phone_and_lies_sealed(office: Office, phone: Phone) -> None:
    phone.come_in(asked(office, office.someone()))
    send(phone, taken_at_home())
    (scan,) = kept(office)
    assert b"Phone of Bounmy" not in scan.content
    shown = Image.open(io.BytesIO(scan.content))
    assert (shown.size, dict(shown.getexif())) == ((600, 800), {})
    with office.service.engine.connect() as connection:
        raw = bytes(connection.exec_driver_sql("SELECT content FROM paper_scan").scalar_one())
    assert raw.startswith(b"sealed.1.")


def test_a_paper_that_was_not_asked_for_is_kept_and_moves_nothing(office: Office, phone: Phone) -> None:
    claim = submitted(office, office.someone())
    phone.come_in(claim)
    before = office.claim(claim["id"])
    send(phone, photo())
    assert office.claim(claim["id"]) == before
    assert len(kept(office)) == 1


def test_a_new_certificate_for_a_decided_claim_waits_for_a_look_and_rests_after_it(
    office: Office, phone: Phone, officer: Browser
) -> None:
    claim = decided(office, office.someone())
    phone.come_in(claim)
    send(phone, photo())
    assert there(office.claim(claim["id"]).waits).reason == "paper_added"
    officer.send(f"/desk/claims/{claim['id']}/papers/{kept(office)[0].id}", do="looked_at")
    assert office.claim(claim["id"]).waits is None


def test_the_same_photo_sent_again_is_one(office: Office, phone: Phone) -> None:
    phone.come_in(asked(office, office.someone()))
    send(phone, photo())
    send(phone, photo())
    assert len(kept(office)) == 1


def test_after_ten_on_a_day_she_is_told_to_come_tomorrow(office: Office, phone: Phone) -> None:
    phone.come_in(asked(office, office.someone()))
    for n in range(MOST_A_DAY):
        send(phone, photo(100 + n))
    assert "10 papers were added today." in send(phone, photo(99), expect=422)
    assert len(kept(office)) == MOST_A_DAY


def test_why_a_paper_cannot_be_used_is_read_by_her(office: Office, phone: Phone, officer: Browser) -> None:
    claim = asked(office, office.someone())
    phone.come_in(claim)
    send(phone, photo())
    one = f"/desk/claims/{claim['id']}/papers/{kept(office)[0].id}"
    assert "This is needed." in officer.send(f"{one}?lang=en", 422, do="not_usable", why=" ")
    officer.send(one, do="not_usable", why="The stamp <cannot> be read", key="again")
    assert "A paper cannot be used" in phone.open("/worker?lang=en")
    page = phone.open("/worker/papers?lang=en")
    assert "The stamp &lt;cannot&gt; be read" in page
    assert there(office.claim(claim["id"]).waits).reason == "to_decide"


def test_her_page_works_without_script_and_is_light(office: Office, phone: Phone) -> None:
    phone.come_in(asked(office, office.someone()))
    page = send(phone, photo())
    assert "<script" not in page
    assert 'accept="image/*" capture="environment"' in page
    size = len(there(phone.page).data)
    for path in set(re.findall(r'(?:href|src)="(/static/[^"]+)"', page)):
        size += len(phone.client.get(path).data)
    assert size < 30 * 1024, size


# --- the employer ------------------------------------------------------------------------------


def test_an_employer_who_was_asked_adds_a_paper_and_sees_only_hers(
    office: Office, phone: Phone, officer: Browser
) -> None:
    claim = asked(office, office.someone(), whom="employer", reason="missing_wages")
    phone.come_in(claim)
    send(phone, photo())
    nok = in_employers_name(office)
    path = f"/employer/claims/{claim['id']}/papers"
    assert "None yet." in nok.open(f"{path}?lang=en")
    statement = there(re.search(r"/employer/statements/[-0-9a-f]+", nok.open("/employer"))).group()
    assert path in nok.open(statement)
    sent: Any = (io.BytesIO(pdf()), "wages.pdf")
    assert "We have it" in nok.send(path, kind="other", what="Wages of March", file=sent)
    assert there(office.claim(claim["id"]).waits).whom == "officer"
    hers, mine = kept(office)
    assert nok.client.get(f"{path}/{mine.id}").status_code == 200
    assert nok.client.get(f"{path}/{hers.id}").status_code == 404
    assert phone.client.get(f"/worker/papers/{mine.id}").status_code == 404
    another = in_employers_name(office, "another")
    assert another.client.get(f"{path}/{mine.id}").status_code == 404


def test_an_employer_who_was_not_asked_has_no_such_page(office: Office) -> None:
    claim = submitted(office, office.someone())
    nok = in_employers_name(office)
    path = f"/employer/claims/{claim['id']}/papers"
    assert nok.client.get(path).status_code == 404
    sent: Any = (io.BytesIO(photo()), "p.jpg")
    nok.send(path, 404, kind="other", what="x", file=sent)
    assert kept(office) == []


# --- the desk ----------------------------------------------------------------------------------


def test_at_the_desk_a_paper_is_added_and_shown_to_run_nothing(office: Office, officer: Browser) -> None:
    claim = submitted(office, office.someone())
    path = f"/desk/claims/{claim['id']}/papers"
    sent: Any = (io.BytesIO(photo(kind="PNG")), "scan.exe")
    assert "looked at" in officer.send(path, kind="identity", file=sent)
    (scan,) = kept(office)
    assert "<img" in officer.open(f"{path}/{scan.id}")
    shown = officer.client.get(f"{path}/{scan.id}/content")
    assert shown.headers["Content-Type"] == "image/jpeg"
    assert shown.headers["Content-Security-Policy"].endswith("sandbox")
    assert shown.headers["X-Content-Type-Options"] == "nosniff"
    assert shown.headers["Cache-Control"] == "no-store"
    assert shown.headers["Content-Disposition"].startswith("inline; filename=")
    with office.service.engine.connect() as connection:
        looks = connection.execute(select(audit).where(audit.c.action.endswith("/content 200"))).all()
    assert [scan.person_id in row.subjects and scan.id in row.subjects for row in looks] == [True]


@pytest.mark.parametrize(
    ("who", "sees", "adds"),
    [
        ("clerk", 200, 422),
        ("officer", 200, 422),
        ("supervisor", 200, 422),
        ("auditor", 200, 403),
        ("payment_officer", 403, 403),
        ("administrator", 403, 403),
        ("officer_of_vte", 404, 404),
    ],
)
def test_papers_are_seen_by_those_who_must(office: Office, officer: Browser, who: str, sees: int, adds: int) -> None:
    claim = submitted(office, office.someone())
    path = f"/desk/claims/{claim['id']}/papers"
    sent: Any = (io.BytesIO(photo()), "p.jpg")
    officer.send(path, kind="identity", file=sent)
    somebody = Browser(office, getattr(office, who))
    one = f"{path}/{kept(office)[0].id}"
    assert [somebody.client.get(x).status_code for x in (path, one, f"{one}/content")] == [sees] * 3
    somebody.send(path, adds, kind="certificate")


def test_nobody_without_a_part_in_it_reads_a_paper_from_the_store(office: Office, officer: Browser) -> None:
    claim = submitted(office, office.someone())
    sent: Any = (io.BytesIO(photo()), "p.jpg")
    officer.send(f"/desk/claims/{claim['id']}/papers", kind="identity", file=sent)
    with office.service.engine.connect() as connection:
        pays = replace(office.act(connection), actor=office.payment_officer.actor)
        assert store.scans.of_claim(pays, office.claim(claim["id"]).id) == []


def test_what_the_rules_would_decide_alone_waits_for_the_look(office: Office, phone: Phone) -> None:
    claim = asked(office, office.someone())
    phone.come_in(claim)
    send(phone, photo())
    office.service.look_at_jobs()
    with office.service.engine.connect() as connection:
        task = store.tasks.get(office.act(connection), office.claim(claim["id"]).id)
    assert "paper_unseen" in there(task.by_hand)


def test_papers_go_with_the_name_of_the_person_and_with_the_claim(office: Office, officer: Browser) -> None:
    person = office.someone()
    claim = submitted(office, person)
    for removed in ("particulars", "claims"):
        sent: Any = (io.BytesIO(photo(200)), "p.jpg")
        officer.send(f"/desk/claims/{claim['id']}/papers", kind="identity", file=sent, key=removed)
        assert len(kept(office)) == 1
        with office.service.engine.begin() as connection:
            act = office.act(connection)
            retention.allow(act)
            if removed == "claims":
                store.erasures.remove_claims(act, [claim["id"]])
            else:
                store.erasures.remove_particulars(act, office.claim(claim["id"]).person_id)
        assert kept(office) == []


def test_she_gets_her_papers_with_the_copy_of_what_is_kept(office: Office, phone: Phone) -> None:
    claim = asked(office, office.someone())
    phone.come_in(claim)
    send(phone, photo())
    with office.service.engine.begin() as connection:
        told = exports.own(office.act(connection), office.claim(claim["id"]).person_id)
    (row,) = told["tables"]["paper_scan"]
    assert "content" not in row
    package = zipfile.ZipFile(io.BytesIO(exports.packed({"benefits": told}, "", office.service.clock.now())))
    assert package.read("papers/1-2025-05-20-certificate.jpg") == kept(office)[0].content


def test_once_another_of_its_kind_has_come_she_is_not_told_again_of_the_one_that_cannot_be_used(
    office: Office, phone: Phone, officer: Browser
) -> None:
    claim = asked(office, office.someone())
    phone.come_in(claim)
    send(phone, photo())
    officer.send(f"/desk/claims/{claim['id']}/papers/{kept(office)[0].id}", do="not_usable", why="Too dark")
    assert "A paper cannot be used" in phone.open("/worker?lang=en")
    send(phone, photo(900))
    assert "A paper cannot be used" not in phone.open("/worker?lang=en")


def test_a_photo_of_the_account_goes_to_an_officer_and_another_paper_does_not(office: Office, phone: Phone) -> None:
    claim = decided(office, office.someone())
    with office.service.engine.begin() as connection:
        waits = {"waits_for": "worker", "waits_reason": "account", "waits_since": "2025-05-20"}
        connection.execute(update(t.claim).values(**waits))
    phone.come_in(claim)
    send(phone, photo())  # a certificate is no account
    assert there(office.claim(claim["id"]).waits).reason == "account"
    send(phone, photo(900), kind="account")
    assert there(office.claim(claim["id"]).waits).reason == "paper_added"


# --- what is taken -----------------------------------------------------------------------------


def bomb() -> bytes:
    """A picture that says it is larger than it could be unpacked."""
    small = bytearray(photo(kind="PNG"))
    small[16:24] = (60_000).to_bytes(4, "big") * 2
    small[29:33] = zlib.crc32(bytes(small[12:29])).to_bytes(4, "big")
    return bytes(small)


HEIC = b"\0\0\0\x18ftypheic" + bytes(200)


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        pytest.param(b"", "no_file", id="nothing"),
        pytest.param(HEIC, "heic", id="HEIC"),
        pytest.param(b"MZ" + bytes(500), "not_a_paper", id="a program"),
        pytest.param(b"<svg xmlns='http://www.w3.org/2000/svg'/>", "not_a_paper", id="SVG"),
        pytest.param(b"GIF89a" + bytes(500), "not_a_paper", id="GIF"),
        pytest.param(bytes(MOST_BYTES + 1), "file_too_large", id="too large"),
        pytest.param(bomb(), "too_many_dots", id="a bomb of dots"),
        pytest.param(photo()[:400], "broken_file", id="half a photo"),
        pytest.param(b"%PDF-1.7\nnothing", "broken_file", id="no PDF"),
        pytest.param(pdf(encryption=pikepdf.Encryption(owner="o", user="u")), "locked_pdf", id="locked"),
        pytest.param(pdf(encryption=pikepdf.Encryption(owner="o", user="")), "locked_pdf", id="locked by its owner"),
        pytest.param(pdf(MOST_PAGES + 1), "too_many_pages", id="too many pages"),
    ],
)
def test_what_is_not_taken_says_why(sent: bytes, code: str) -> None:
    with pytest.raises(ScanRefused) as refused:
        scan_files.made(sent)
    assert refused.value.code == code


def test_a_pdf_that_unpacks_to_too_much_is_refused() -> None:
    """Its objects lie in a stream that is small only as long as it is packed."""
    body = zlib.compress(b"1 0 " + b" " * (scan_files.MOST_UNPACKED + 1024), 9)
    head = b"%PDF-1.5\n"
    stream = (
        b"5 0 obj\n<</Type/ObjStm/N 1/First 4/Filter/FlateDecode/Length %d>>\nstream\n" % len(body)
        + body
        + b"\nendstream\nendobj\n"
    )
    at = len(head) + len(stream)
    rows = b"".join(
        bytes(x) for x in ((0, 0, 0, 0, 0), (2, 0, 0, 5, 0), (0, 0, 0, 0, 0), (0, 0, 0, 0, 0), (0, 0, 0, 0, 0))
    )
    rows += b"\x01" + len(head).to_bytes(3, "big") + b"\0" + b"\x01" + at.to_bytes(3, "big") + b"\0"
    table = b"6 0 obj\n<</Type/XRef/Size 7/W[1 3 1]/Root 1 0 R/Length %d>>\nstream\n" % len(rows)
    made = head + stream + table + rows + b"\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n" % at
    assert len(made) < MOST_BYTES
    with pytest.raises(ScanRefused) as refused:
        scan_files.made(made)
    assert refused.value.code == "broken_file"


def test_a_pdf_is_kept_without_what_acts_by_itself_and_without_who_made_it() -> None:
    made = scan_files.made(pdf(2))
    assert made.media_type == "application/pdf"
    with pikepdf.open(io.BytesIO(made.content)) as shown:
        assert len(shown.pages) == 2
        assert "/OpenAction" not in shown.Root
        assert "/Info" not in shown.trailer
    assert b"Bounmy" not in made.content


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_photos_of_three_kinds_are_taken_and_a_large_one_is_made_smaller(kind: str) -> None:
    made = scan_files.made(photo(5000, 4000, kind))
    assert made.media_type == "image/jpeg"
    assert max(Image.open(io.BytesIO(made.content)).size) == scan_files.LONGEST_SIDE


def test_what_was_typed_of_a_paper_is_checked(office: Office) -> None:
    claim = submitted(office, office.someone())
    with office.service.engine.begin() as connection:
        act = replace(office.act(connection), actor=office.clerk.actor)
        for kind, what, field in (("", "", "kind"), ("other", " ", "what"), ("birth", "x" * 61, "what")):
            with pytest.raises(ScanRefused) as refused:
                scans.add(act, claim["id"], kind, what, photo())
            assert refused.value.field == field
