"""`make screenshots`: a picture of each example of each report, for somebody's eyes.

Dutch in the light, English in the dark, Dutch on a phone, and the first page on paper.
"""

import sys
from dataclasses import dataclass
from pathlib import Path

from retention.reports.render import html
from retention.text import Language
from tests.browser import Browser, browser
from tests.examples import EVERY


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One way to look at a page."""

    name: str
    language: Language
    width: int  # pixels
    height: int
    dark: bool = False
    media: str = ""
    whole: bool = True  # else as much as fits the window


LOOKS = (
    Look(name="nl", language=Language.NL, width=1200, height=900),
    Look(name="en-dark", language=Language.EN, width=1200, height=900, dark=True),
    Look(name="phone", language=Language.NL, width=360, height=740),
    Look(name="paper", language=Language.NL, width=688, height=1003, media="print", whole=False),
)


def take(window: Browser, folder: Path, name: str, look: Look) -> Path:
    """One picture; its file."""
    page = folder / f"{name}.{look.language.value}.html"
    page.write_text(html(EVERY[name], look.language), encoding="utf-8")
    window.show(page, width=look.width, height=look.height, dark=look.dark)
    window.emulate(dark=look.dark, media=look.media, width=look.width, height=look.height)
    picture = folder / f"{name}.{look.name}.png"
    picture.write_bytes(window.picture(whole=look.whole))
    return picture


def main(folder: str, *names: str) -> int:
    """Take every picture, or those of the examples named; the exit status."""
    out = Path(folder).resolve()
    out.mkdir(parents=True, exist_ok=True)
    with browser() as window:
        for name in names or EVERY:
            for look in LOOKS:
                sys.stdout.write(f"{take(window, out, name, look)}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
