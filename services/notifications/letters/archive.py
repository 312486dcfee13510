"""Turn a finished PDF into one that can be kept: after the rules of PDF/A-2b, with language and title.

No validator is at hand where we build, so the structure is tested here and a sample must be checked outside once.
"""

from __future__ import annotations

import io
from collections.abc import Iterable
from functools import lru_cache

import pikepdf
from PIL import ImageCms


@lru_cache(maxsize=1)
def srgb_profile() -> bytes:
    """The sRGB colour profile with its date of making blanked, so that equal letters are equal bytes."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    profile[24:36] = bytes([7, 208, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0])  # 1 January 2000
    profile[84:100] = bytes(16)  # its checksum; zero means "not computed"
    return bytes(profile)


def archivable(source: bytes, *, title: str, author: str, language: str) -> bytes:
    """The same pages with colour profile, metadata, language and title; `language` is a BCP 47 tag."""
    with pikepdf.open(io.BytesIO(source)) as pdf:
        profile = pdf.make_stream(srgb_profile(), N=3, Alternate=pikepdf.Name.DeviceRGB)
        pdf.Root.OutputIntents = pikepdf.Array(
            [
                pikepdf.Dictionary(
                    Type=pikepdf.Name.OutputIntent,
                    S=pikepdf.Name.GTS_PDFA1,
                    OutputConditionIdentifier=pikepdf.String("sRGB"),
                    Info=pikepdf.String("sRGB IEC61966-2.1"),
                    DestOutputProfile=profile,
                )
            ]
        )
        pdf.Root.Lang = pikepdf.String(language)
        pdf.Root.ViewerPreferences = pikepdf.Dictionary(DisplayDocTitle=True)
        # Invented dates of making would be worse than none; the letter's own date stands on the page.
        if "/Info" in pdf.trailer:
            del pdf.trailer["/Info"]
        with pdf.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False) as metadata:
            metadata["pdfaid:part"] = "2"
            metadata["pdfaid:conformance"] = "B"
            metadata["dc:title"] = title
            metadata["dc:creator"] = [author]
            metadata["dc:language"] = {language}
        for page in pdf.pages:
            if "/Trans" in page.obj:
                del page.obj["/Trans"]
        result = io.BytesIO()
        pdf.save(result, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
        return result.getvalue()


def joined(first: bytes, second: bytes, *, languages: tuple[str, str]) -> bytes:
    """Two kept letters as one file, each with its own numbers of pages: the same letter in two languages."""
    with pikepdf.open(io.BytesIO(first)) as pdf, pikepdf.open(io.BytesIO(second)) as other:
        pdf.pages.extend(other.pages)
        with pdf.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False) as metadata:
            metadata["dc:language"] = set(languages)
        result = io.BytesIO()
        pdf.save(result, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
        return result.getvalue()


def behind(cover: bytes, letters: Iterable[bytes]) -> bytes:
    """A cover sheet and the letters it counts, as one file; each letter keeps its own numbers of pages."""
    with pikepdf.open(io.BytesIO(cover)) as pdf:
        for one in letters:
            with pikepdf.open(io.BytesIO(one)) as letter:
                pdf.pages.extend(letter.pages)
        result = io.BytesIO()
        pdf.save(result, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
        return result.getvalue()
