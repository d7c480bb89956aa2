"""Draws charts as pictures for pages that run no script, and remembers what each was drawn from.

python kam-py/pictures.py   draws the pictures of the pages whose charts have changed

A picture depends on the fonts of the machine; its specification does not. So a digest of the specification stands in every picture, and
tests compare that.
"""

from __future__ import annotations

import base64
import hashlib
import io
import json
import struct
import sys
import zlib
from pathlib import Path
from typing import Any

from altair.utils.mimebundle import spec_to_mimebundle
from PIL import Image

import kam

IMAGES = Path(__file__).resolve().parents[1] / "docs" / "images"
#: Picture → the method of the sample company's review whose main chart it shows.
OF_THE_SAMPLE = {"whale-curve": "whale_curve", "selection-matrix": "selection_matrix"}
#: Pixels of the picture to a pixel of the page, for screens that have them.
SCALE = 2
#: The signature of a PNG file and its first chunk, behind which text may stand.
HEAD = 33
KEYWORD = b"specification\0"


def digest(spec: dict[str, Any]) -> str:
    """What a picture is drawn from, in short."""
    return hashlib.sha256(json.dumps(spec, sort_keys=True).encode()).hexdigest()[:32]


def show(spec: dict[str, Any], **_: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """A renderer for Altair: the picture, what the chart says as its text, the digest in its metadata."""
    drawn = spec_to_mimebundle(spec, format="png", mode="vega-lite", scale_factor=SCALE)
    assert isinstance(drawn, tuple)
    bundle, metadata = drawn
    pixels = base64.b64encode(small(bundle["image/png"])).decode()
    return {"image/png": pixels, "text/plain": f"Chart: {spec['description']}"}, {**metadata, "specification": digest(spec)}


def small(png: bytes) -> bytes:
    """The picture with a palette, which is a fifth of its size; charts have few colours."""
    written = io.BytesIO()
    with Image.open(io.BytesIO(png)) as image:
        # Charts stand on paper of their own, so nothing shines through.
        image.convert("RGB").quantize(256, dither=Image.Dither.NONE).save(written, "PNG", optimize=True)
    return written.getvalue()


def png(spec: dict[str, Any]) -> bytes:
    """The picture as a file, with the digest in a chunk of text."""
    pixels = base64.b64decode(show(spec)[0]["image/png"])
    text = b"tEXt" + KEYWORD + digest(spec).encode()
    chunk = struct.pack(">I", len(text) - 4) + text + struct.pack(">I", zlib.crc32(text))
    return pixels[:HEAD] + chunk + pixels[HEAD:]


def is_drawn_from(path: Path, spec: dict[str, Any]) -> bool:
    """Was this picture drawn from this specification?"""
    return path.exists() and KEYWORD + digest(spec).encode() in path.read_bytes()


def of_the_pages() -> dict[Path, dict[str, Any]]:
    """The pictures of the pages, and what they are drawn from."""
    company = kam.sample()
    review = kam.review(company.ledger.facts(company.as_of), company.crm, methods=list(OF_THE_SAMPLE.values()), progress=False)
    return {IMAGES / f"{name}.png": review[method].chart() for name, method in OF_THE_SAMPLE.items()}


def main() -> int:
    for path, spec in of_the_pages().items():
        if not is_drawn_from(path, spec):
            path.write_bytes(png(spec))
            print(f"{path.name}: drawn")
    return 0


if __name__ == "__main__":
    sys.exit(main())
