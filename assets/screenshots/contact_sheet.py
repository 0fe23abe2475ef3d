"""Every picture of the course on one sheet, to be looked at: `python assets/screenshots/contact_sheet.py [--to FILE]`.

All figures of assets/figures, and every picture that a solved lesson shows, as it was built, each with where it stands.
The sheet is not committed.
"""

from __future__ import annotations

import argparse
import base64
import io
import json
import tempfile
from collections.abc import Iterator
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

ROOT = Path(__file__).resolve().parents[2]
COLUMNS, WIDTH, HEIGHT, LABEL = 6, 520, 340, 24  # pixels of a place on the sheet


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--to", type=Path, default=Path(tempfile.gettempdir()) / "contact_sheet.png")
    options = parser.parse_args()
    pictures = [*figures(), *shown()]
    rows = -(-len(pictures) // COLUMNS)
    sheet = Image.new("RGB", (COLUMNS * WIDTH, rows * (HEIGHT + LABEL)), "white")
    draw, font = ImageDraw.Draw(sheet), ImageFont.load_default(15)
    for number, (label, data) in enumerate(pictures):
        left, top = number % COLUMNS * WIDTH, number // COLUMNS * (HEIGHT + LABEL)
        picture = Image.open(io.BytesIO(data)).convert("RGB")
        picture.thumbnail((WIDTH - 12, HEIGHT - 8))
        draw.text((left + 6, top + 3), label, fill="black", font=font)
        sheet.paste(picture, (left + 6, top + LABEL))
    sheet.save(options.to)
    print(f"{len(pictures)} pictures -> {options.to}")


def figures() -> Iterator[tuple[str, bytes]]:
    for path in sorted((ROOT / "assets" / "figures").glob("*.png")):
        yield path.name, path.read_bytes()


def shown() -> Iterator[tuple[str, bytes]]:
    """The pictures of the solved lessons: lesson and cell, PNG."""
    for path in sorted((ROOT / "solutions").glob("*/*.ipynb")):
        for cell in json.loads(path.read_bytes())["cells"]:
            for output in cell.get("outputs", []):
                png = output.get("data", {}).get("image/png")
                if png:
                    yield f"{path.stem[:2]} {cell['id'][:50]}", base64.b64decode("".join(png))


if __name__ == "__main__":
    main()
