"""Runs the notebooks of docs/notebooks and keeps their outputs, so that a page that shows them shows tables and charts.

python kam-py/notebooks.py           runs all of them and writes those whose outputs have changed
python kam-py/notebooks.py NAME …    runs these

Charts are kept as pictures (see pictures.py). Whoever runs a notebook sees those of Altair, with tooltips.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient
from nbformat import NotebookNode

HERE = Path(__file__).resolve().parent
NOTEBOOKS = sorted((HERE.parent / "docs" / "notebooks").glob("*.ipynb"))
METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
#: What the kernel does before the first cell.
BEFORE = f"""
import sys
sys.path.insert(0, {str(HERE)!r})
import altair, pictures
sys.path.pop(0)
altair.renderers.register("picture", pictures.show)
altair.renderers.enable("picture")
"""


class Ran:
    """A notebook that was run, and its kernel to ask further."""

    def __init__(self, client: NotebookClient) -> None:
        self._client = client
        self.notebook: NotebookNode = client.nb

    def execute(self, code: str) -> str:
        """Runs code that is no part of the notebook; what it prints."""
        # A cell is run in its place in the notebook, so this one has one for a while.
        cells = self.notebook.cells
        cells.append(nbformat.v4.new_code_cell(code))
        self._client.execute_cell(cells[-1], len(cells) - 1, store_history=False)
        return "".join(output.text for output in cells.pop().outputs if output.output_type == "stream")

    def ask(self, expression: str) -> Any:
        """The value of an expression after the last cell."""
        return json.loads(self.execute(f"import json as _json\nprint(_json.dumps({expression}))"))


@contextmanager
def run(path: Path, ledgers: Path | None = None) -> Iterator[Ran]:
    """A notebook, run in its own folder; ``ledgers`` is where the ledgers are that it reads."""
    notebook = nbformat.read(path, as_version=4)
    client = NotebookClient(
        notebook, timeout=600, kernel_name="python3", record_timing=False, resources={"metadata": {"path": path.parent}}
    )
    environment = os.environ | ({} if ledgers is None else {"KAM_LEDGERS": str(ledgers)})
    with client.setup_kernel(env=environment):
        ran = Ran(client)
        ran.execute(BEFORE)
        for at, cell in enumerate(notebook.cells):
            client.execute_cell(cell, at)
            if cell.cell_type == "code":
                cell.metadata = {}
                cell.outputs = [output for output in cell.outputs if not is_progress(output)]
        notebook.metadata = METADATA
        yield ran


def is_progress(output: NotebookNode) -> bool:
    """Is it the bar of long work? It was wiped when the work was done."""
    return bool(output.output_type == "stream" and output.name == "stderr" and output.text.startswith("\r"))


def shown(notebook: NotebookNode) -> list[list[dict[str, Any]]]:
    """The outputs of every cell of code, all but the pixels of pictures."""
    outputs = [json.loads(json.dumps(cell.outputs)) for cell in notebook.cells if cell.cell_type == "code"]
    for output in (output for cell in outputs for output in cell):
        if "image/png" in output.get("data", {}):
            output["data"]["image/png"] = None
            output["metadata"].pop("image/png", None)
    return outputs


def main(names: list[str]) -> int:
    for path in [path for path in NOTEBOOKS if not names or path.stem in names]:
        stored = nbformat.read(path, as_version=4)
        with run(path) as ran:
            changed = shown(stored) != shown(ran.notebook) or stored.metadata != METADATA
            if changed:
                nbformat.write(ran.notebook, path)
        print(f"{path.name}: {'written' if changed else 'as it was'}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
