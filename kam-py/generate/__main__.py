"""Writes what is made from the registry: python/kam/_methods, one typed function a method; the methods' names in
python/kam/__init__.py; the option tables of docs/methods; and docs/options.md.

python kam-py/generate           writes the files
python kam-py/generate --check   says whether they are up to date
"""

from __future__ import annotations

import sys

import functions
import pages


def main() -> int:
    texts = {**functions.generate(), functions.FRONT: functions.names(), **pages.generate()}
    stale = [path for path, text in texts.items() if not path.exists() or path.read_text(encoding="utf-8") != text]
    if "--check" in sys.argv[1:]:
        for path in stale:
            print(f"{path.name} is not up to date: make generate")
        return 1 if stale else 0
    for path in stale:
        path.parent.mkdir(exist_ok=True)
        path.write_text(texts[path], encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
