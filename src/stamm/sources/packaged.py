"""Data sets carried by Python packages: found by their place, never imported."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from stamm.lang.errors import InputError

REMEDY = "Install the demo data: pip install 'stamm[demo]'."


def folder_of(package: str, title: str) -> Path:
    """The folder of an installed package, found without running any of its code."""
    spec = find_spec(package)
    places = spec.submodule_search_locations if spec else None
    if not places:
        raise InputError(f"{title} is carried by the Python package {package}, which is not installed.", remedy=REMEDY)
    return Path(places[0])


def file_in(folder: Path, name: str, title: str) -> Path:
    """A file of the package; raises InputError when this version does not carry it."""
    path = folder / name
    if not path.is_file():
        raise InputError(f"The installed package does not hold {name} of {title}.", where=str(folder), remedy=REMEDY)
    return path
