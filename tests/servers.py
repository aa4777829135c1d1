"""Loaded by `-p tests.servers`, before anything reads the settings: the environment and the servers of a test run."""

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from config.embedded import ROOT, ServerError, Servers

HOME = ROOT / "var" / f"test-{os.getpid()}"
SERVERS: Servers | None = None

if "PYTEST_XDIST_WORKER" not in os.environ:
    # The workers of xdist inherit all of this from the process that starts them.
    SERVERS = Servers(HOME, durable=False, only_missing=True)
    os.environ |= {
        "ENVIRONMENT": "test",
        "DEBUG": "false",
        "SECRET_KEY": "only-for-tests-0123456789-abcdefghijklmnopqrstuvwxyz-ABCDEFG",
        "BASE_URL": "http://testserver",
        "ALLOWED_HOSTS": "testserver,localhost,127.0.0.1",
        "MAIL_DIR": "",
        "MEDIA_ROOT": str(HOME / "media"),
        "STAFF_MFA_REQUIRED": "true",
        "LOG_FORMAT": "console",
        **SERVERS.environment,
    }


@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    """Start what no URL was given for; the databases of the run are made on it, and go with it."""
    if SERVERS is None:
        return
    for home in (ROOT / "var").glob("test-*"):
        if not is_running(int(home.name.removeprefix("test-"))):
            remove(home)
    session.config.add_cleanup(lambda: remove(HOME))
    session.config.add_cleanup(SERVERS.stop)
    try:
        SERVERS.start()
    except ServerError as error:
        pytest.exit(str(error), returncode=pytest.ExitCode.INTERNAL_ERROR)


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return pid != os.getpid()


def remove(home: Path) -> None:
    """Delete what a test run left, unless another one still uses it."""
    with suppress(ServerError):
        Servers(home).erase()
        shutil.rmtree(home, ignore_errors=True)


@pytest.fixture
def server_home() -> Iterator[Path]:
    """A home for servers of a test's own, in a folder that every user can enter."""
    with tempfile.TemporaryDirectory(prefix="portico test ") as folder:
        Path(folder).chmod(0o755)
        home = Path(folder, "home")
        yield home
        Servers(home).erase()


@pytest.fixture
def outside() -> dict[str, str]:
    """The environment of a process that knows nothing of the test run, and has its Python first."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return {"PATH": path, "ENVIRONMENT": "test", "SECRET_KEY": os.environ["SECRET_KEY"]}
