"""What the checks of the manifests share: the renderings, the samples, and the program."""

import copy
import pathlib
import subprocess

import pytest
import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
RENDERINGS = ROOT / ".build" / "manifests"
NILUS = ROOT / ".build" / "release" / "nilus"


def documents(path):
    with open(path, encoding="utf-8") as file:
        return [document for document in yaml.load_all(file, Loader=yaml.CSafeLoader) if document]


@pytest.fixture(scope="session")
def read_renderings():
    names = subprocess.run(
        [ROOT / "scripts" / "render-manifests.sh", "--list"], check=True, capture_output=True, text=True
    ).stdout.split()
    return {name: documents(RENDERINGS / f"{name}.yaml") for name in names}


@pytest.fixture
def renderings(read_renderings):
    """The resources of each variant, as 'scripts/render-manifests.sh --output .build/manifests' left them."""
    return copy.deepcopy(read_renderings)
