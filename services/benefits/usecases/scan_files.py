"""What comes in as a scan or a photo, by what it is and not by what it is called; made anew, so that only what can be
seen is kept: no place where it was taken, no script, no other file inside."""

from __future__ import annotations

import io
from dataclasses import dataclass

import pikepdf
from PIL import Image, ImageOps, UnidentifiedImageError

from services.benefits.domain.scan import MOST_BYTES, MOST_PAGES, ScanRefused

#: The most dots a photo may have, and the longest side that is kept: a page of A4 at 300 dots an inch.
MOST_DOTS, LONGEST_SIDE = 50_000_000, 3600
#: How good the pictures are that are kept.
QUALITIES = (85, 70, 50)
PHOTOS = ["JPEG", "PNG", "WEBP"]
#: How files begin that phones write and that are not read here (the brand of the box).
HEIC = (b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1", b"avif")
JPEG, PDF = "image/jpeg", "application/pdf"
#: Entries of a PDF that act by themselves, carry other things along, or say who made it where; what is drawn stays.
STILLED = ("/OpenAction", "/AA", "/JS", "/JavaScript", "/XFA", "/EmbeddedFiles", "/EF", "/AF", "/Metadata", "/URI")
#: A stream that unpacks to more is not unpacked. The bounds are of the process, for whatever else reads PDF here.
MOST_UNPACKED = 64 * 1024 * 1024
pikepdf.settings.set_qpdf_limits(
    flate_max_memory=MOST_UNPACKED,
    run_length_max_memory=MOST_UNPACKED,
    png_max_memory=MOST_UNPACKED,
    tiff_max_memory=MOST_UNPACKED,
    parser_max_container_size=1_000_000,
    max_stream_filters=4,
)


@dataclass(frozen=True, slots=True)
class Made:
    """A paper as it is kept."""

    media_type: str
    content: bytes


def made(data: bytes) -> Made:
    """A file as it is kept. Raises `ScanRefused`."""
    if not data:
        raise ScanRefused("no_file")
    if len(data) > MOST_BYTES:
        raise ScanRefused("file_too_large")
    if data[4:8] == b"ftyp" and data[8:12] in HEIC:
        raise ScanRefused("heic")
    if b"%PDF-" in data[:1024]:
        return Made(PDF, _pdf(data))
    if data[:3] == b"\xff\xd8\xff" or data[:8] == b"\x89PNG\r\n\x1a\n" or (data[:4], data[8:12]) == (b"RIFF", b"WEBP"):
        return Made(JPEG, _photo(data))
    raise ScanRefused("not_a_paper")


def _photo(data: bytes) -> bytes:
    """The picture alone, upright. How many dots it has is read of its head, before it is unpacked."""
    try:
        with Image.open(io.BytesIO(data), formats=PHOTOS) as opened:
            if opened.width * opened.height > MOST_DOTS:
                raise ScanRefused("too_many_dots")
            opened.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
            picture = ImageOps.exif_transpose(opened)
            picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
            if picture.mode in ("RGBA", "LA", "PA", "P"):
                on_white = Image.new("RGBA", picture.size, "white")
                on_white.alpha_composite(picture.convert("RGBA"))
                picture = on_white
            plain = picture.convert("RGB")
    except ScanRefused:
        raise
    except Image.DecompressionBombError:
        raise ScanRefused("too_many_dots") from None
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, MemoryError):
        raise ScanRefused("broken_file") from None
    return _packed(plain)


def _packed(picture: Image.Image) -> bytes:
    """A JPEG without anything beside the picture, no larger than what is taken."""
    for quality in QUALITIES:
        out = io.BytesIO()
        picture.save(out, "JPEG", quality=quality)
        if out.tell() <= MOST_BYTES:
            return out.getvalue()
    raise ScanRefused("file_too_large")


def _pdf(data: bytes) -> bytes:
    """What its pages show."""
    try:
        with pikepdf.open(io.BytesIO(data)) as pdf:
            if pdf.is_encrypted:
                raise ScanRefused("locked_pdf")
            if not pdf.pages:
                raise ScanRefused("broken_file")
            if len(pdf.pages) > MOST_PAGES:
                raise ScanRefused("too_many_pages")
            _stilled(pdf)
            out = io.BytesIO()
            pdf.save(out, deterministic_id=True)
    except ScanRefused:
        raise
    except pikepdf.PasswordError:
        raise ScanRefused("locked_pdf") from None
    except (pikepdf.PdfError, ValueError, TypeError, RuntimeError, MemoryError, OSError):
        raise ScanRefused("broken_file") from None
    if out.tell() > MOST_BYTES:
        raise ScanRefused("file_too_large")
    return out.getvalue()


def _stilled(pdf: pikepdf.Pdf) -> None:
    """Take out what would act by itself, what is carried along, and who made it where."""
    held = [note for page in pdf.pages for note in page.obj.get("/Annots", ())]
    for thing in (*pdf.objects, *held):
        if not isinstance(thing, pikepdf.Dictionary | pikepdf.Stream):
            continue
        for name in STILLED:
            if name in thing:
                del thing[name]
        if "/Subtype" in thing and "/A" in thing:  # what a link or a button does
            del thing["/A"]
    if "/Info" in pdf.trailer:
        del pdf.trailer["/Info"]
