"""What the tests of the container image share: the image that 'make image' built, and a key nobody else has."""
import secrets

import pytest
from harness.container import Container


@pytest.fixture
def key():
    """A live key: no account in production has the lower limits of a test one."""
    return f"sk_live_canary{secrets.token_hex(12)}"


@pytest.fixture
def container(tmp_path, key):
    """Makes a container for an API server; afterwards looks for the key in everything that it left behind."""
    made = []

    def make(base):
        container = Container(tmp_path / f"job{len(made)}", base, key)
        made.append(container)
        return container

    yield make
    for container in made:
        for path in container.folder.rglob("*"):
            if path.is_file() and container.secrets not in path.parents:
                assert key.encode() not in path.read_bytes(), f"the key stands in {path}"
