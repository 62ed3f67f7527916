"""Turn a percent script into a notebook and execute it really, with the kernel of a given environment."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import nbformat
from nbclient import NotebookClient

CELL = re.compile(r"^# %%( \[markdown\])?\n", re.MULTILINE)
KERNEL = "jalon-samples"


def read_script(script: Path) -> nbformat.NotebookNode:
    """The notebook of a script whose cells start with ``# %%`` or ``# %% [markdown]``."""
    parts = CELL.split(script.read_text(encoding="utf-8"))[1:]
    notebook = nbformat.v4.new_notebook()
    for number, (mark, text) in enumerate(zip(parts[::2], parts[1::2], strict=True)):
        text = text.strip("\n")
        if mark:
            cell = nbformat.v4.new_markdown_cell("\n".join(re.sub(r"^# ?", "", line) for line in text.split("\n")))
        else:
            cell = nbformat.v4.new_code_cell(text)
        cell["id"] = f"cell-{number:02}"
        notebook.cells.append(cell)
    return notebook


def install_kernel(environment: Path, folder: Path) -> None:
    """Describe ``environment`` as a Jupyter kernel under ``folder`` and make nbclient look there."""
    spec = folder / "kernels" / KERNEL
    spec.mkdir(parents=True, exist_ok=True)
    command = [str(environment / "bin" / "python"), "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    kernel = {"argv": command, "display_name": "Python 3", "language": "python"}
    (spec / "kernel.json").write_text(json.dumps(kernel), encoding="utf-8")
    os.environ["JUPYTER_PATH"] = str(folder)


def execute(script: Path, target: Path) -> None:
    """Execute the notebook of ``script`` in the folder of ``target`` and write it there with its outputs.

    Raises nbclient's ``CellExecutionError`` when a cell fails: a sample is never saved with an error output.
    """
    notebook = read_script(script)
    NotebookClient(
        notebook,
        timeout=300,
        kernel_name=KERNEL,
        record_timing=False,
        coalesce_streams=True,
        resources={"metadata": {"path": str(target.parent)}},
    ).execute()
    notebook.metadata["kernelspec"] = {"display_name": "Python 3", "language": "python", "name": "python3"}
    nbformat.write(notebook, target)
