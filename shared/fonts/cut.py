"""Cut the static fonts of the house from the variable Noto fonts.

`python cut.py SOURCE` reads `NotoSans[wdth,wght].ttf` and its companions from the folder SOURCE and writes the
files beside this script. Run it only when the sources change; the results are committed. Needs fonttools and,
for the web files, brotli. The letters need static files, because the PDF library cannot set a weight axis, and
files with Latin letters and digits inside, because it has no font fallback.
"""

from __future__ import annotations

import sys
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont
from fontTools.varLib import instancer

HERE = Path(__file__).parent
WEIGHTS = {"Regular": 400, "SemiBold": 600}
LATIN = [
    *range(0x20, 0x7F),
    *range(0xA0, 0x250),  # Latin-1, Extended-A and -B: names of foreign workers
    *range(0x2B0, 0x300),
    *range(0x300, 0x370),  # combining marks, for text that arrives decomposed
    *range(0x1E00, 0x1F00),  # Vietnamese
    *range(0x2000, 0x2070),
    *range(0x2070, 0x20D0),  # raised figures, currency signs
    *range(0x2116, 0x2117),
    *range(0x2190, 0x2194),
    *range(0x2200, 0x2266),
    0x25CC,
    0xFEFF,
    0xFFFD,
]
# The pages must stay light on a slow phone: English and Vietnamese with the signs we print, no more.
WEB_LATIN = [
    *range(0x20, 0x7F),
    *range(0xA0, 0x100),
    *(ord(letter) for letter in "ĂăĐđĨĩŨũƠơƯưŒœŠšŽžŁł"),
    *range(0x300, 0x304),
    0x306,
    0x309,
    0x31B,
    0x323,
    *range(0x1EA0, 0x1EFA),
    *(ord(sign) for sign in "‐‑–—‘’“”†•…‰′″‹›₫₭€−≈≤≥"),
]
FEATURES = ["ccmp", "locl", "kern", "mark", "mkmk", "liga", "calt", "rlig"]
SCRIPTS = {
    "Lao": range(0x0E80, 0x0F00),
    "Thai": range(0x0E00, 0x0E80),
    "Myanmar": range(0x1000, 0x10A0),
    "Khmer": [*range(0x1780, 0x1800), *range(0x19E0, 0x1A00)],
}
SHARED = [0x20, 0xA0, 0x200B, 0x200C, 0x200D, 0x25CC]


def static(source: Path, family: str, style: str) -> TTFont:
    """One static font of `family` in the weight named `style`, with names that no other file bears."""
    font = TTFont(source / f"{family.replace(' ', '')}[wdth,wght].ttf")
    instancer.instantiateVariableFont(font, {"wght": WEIGHTS[style], "wdth": 100}, inplace=True)
    names, post = font["name"], f"{family.replace(' ', '')}-{style}"
    for record in list(names.names):
        if record.nameID in (16, 17, 21, 22, 25):
            names.removeNames(nameID=record.nameID)
    for number, value in ((1, family), (2, style), (3, post), (4, f"{family} {style}"), (6, post)):
        names.setName(value, number, 3, 1, 0x409)
    font["OS/2"].usWeightClass = WEIGHTS[style]
    return font


def keep(font: TTFont, characters: list[int], features: list[str] | None = None) -> TTFont:
    """The font reduced to these characters, with the layout features named, or all."""
    options = subset.Options(
        layout_features=features or ["*"],
        notdef_outline=True,
        hinting=False,
        glyph_names=False,
        name_IDs=[*range(7), 13, 14],
    )
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=characters)
    cutter.subset(font)
    return font


def main(source: Path) -> None:
    """Write every file: the letters' TTFs here, the pages' WOFF2s under `web/`."""
    for style, weight in WEIGHTS.items():
        keep(static(source, "Noto Sans", style), LATIN, FEATURES).save(HERE / f"NotoSans-{style}.ttf")
        web = keep(static(source, "Noto Sans", style), WEB_LATIN, FEATURES)
        web.flavor = "woff2"
        web.save(HERE / "web" / f"noto-sans-{weight}.woff2")
        for script, block in SCRIPTS.items():
            font = static(source, f"Noto Sans {script}", style)
            everything = [*font.getBestCmap()]
            keep(font, everything).save(HERE / f"NotoSans{script}-{style}.ttf")
            if script != "Khmer":  # no page is offered in Khmer
                web = keep(static(source, f"Noto Sans {script}", style), [*SHARED, *block])
                web.flavor = "woff2"
                web.save(HERE / "web" / f"noto-sans-{script.lower()}-{weight}.woff2")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
