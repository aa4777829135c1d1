import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import psycopg
import pytest

from config.embedded import ROOT, Servers
from config.processes import claimed_port, fingerprint, procfile
from tests.config.test_embedded import left_over

Start = Callable[[], "Portal"]

# A small portal: a release that runs every time, demo data for an empty database, and three processes.
PROCFILE = """\
release: exec python manage.py release
web: exec python manage.py web
worker: echo worker runs; exec sleep 1000
beat: exec python manage.py beat
"""
MANAGE = """\
import os, sys, time, http.server, pathlib, psycopg

class Pages(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200 if self.path == "/-/readiness" else 404)
        self.end_headers()

def load(if_empty):
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
        is_there = connection.execute("SELECT to_regclass('demo') IS NOT NULL").fetchone()[0]
        if is_there and connection.execute("SELECT count(*) FROM demo").fetchone()[0]:
            sys.exit(0 if if_empty else 1)
        connection.execute("CREATE TABLE demo (made_by text)")
        if os.path.exists("interrupt"):
            sys.exit(9)
        migration = pathlib.Path("apps/orgs/migrations/0001_initial.py")
        connection.execute("INSERT INTO demo VALUES (%s)", [migration.read_text()])

def web():
    http.server.HTTPServer(("127.0.0.1", int(os.environ["PORT"])), Pages).serve_forever()

def beat():
    while not os.path.exists("die"):
        time.sleep(0.05)
    sys.exit(7)

match sys.argv[1:]:
    case ["release"]: print("released")
    case ["load_demo", "--sign-ins"]: print("mira@norrvik.example")
    case ["load_demo", *options]: load("--if-empty" in options)
    case ["web"]: web()
    case ["beat"]: beat()
"""


class Portal:
    """A supervisor in a process of its own."""

    def __init__(self, root: Path, home: Path, environment: dict[str, str], port: int) -> None:
        self.home = home
        command = [
            sys.executable,
            "-m",
            "config.processes",
            "--root",
            str(root),
            "--home",
            str(home),
            "--port",
            str(port),
        ]
        self.process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=-1, stderr=-2, text=True)
        self.output = ""

    def read_until(self, text: str) -> "Portal":
        for line in self.process.stdout:
            self.output += line
            if text in line:
                return self
        pytest.fail(f"The supervisor ended with {self.process.wait()}:\n{self.output}")

    def ready(self) -> "Portal":
        self.read_until("mira@norrvik.example")
        return self

    def stop(self, number: signal.Signals = signal.SIGINT) -> int:
        self.process.send_signal(number)
        self.output += self.process.communicate(timeout=30)[0]
        return self.process.returncode

    def loads(self) -> list[str]:
        with psycopg.connect(Servers(self.home).database_url) as connection:
            return [row[0] for row in connection.execute("SELECT made_by FROM demo")]

    def children(self) -> list[str]:
        """What still runs with the environment of this portal."""
        mark = f"MAIL_DIR={self.home}/mail".encode()
        found = []
        for process in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):
                if mark in (process / "environ").read_bytes().split(b"\0"):
                    found.append((process / "cmdline").read_text())
        return found


def fill(servers: Servers, word: str) -> None:
    with psycopg.connect(servers.database_url, autocommit=True) as connection:
        connection.execute("CREATE TABLE demo (made_by text)")
        connection.execute("INSERT INTO demo VALUES (%s)", [word])


@pytest.fixture
def root(tmp_path: Path) -> Path:
    migration = tmp_path / "apps" / "orgs" / "migrations" / "0001_initial.py"
    migration.parent.mkdir(parents=True)
    migration.write_text("first")
    (tmp_path / "Procfile").write_text(PROCFILE)
    (tmp_path / "manage.py").write_text(MANAGE)
    return tmp_path


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def start(root: Path, server_home: Path, outside: dict[str, str], port: int) -> Iterator[Start]:
    portals: list[Portal] = []

    def start_one() -> Portal:
        portals.append(Portal(root, server_home, outside, port))
        return portals[-1]

    yield start_one
    for portal in portals:
        portal.process.kill()
        portal.process.communicate()


def test_the_second_run_loads_nothing_and_keeps_the_data(start: Start, port: int) -> None:
    first = start().ready()
    assert first.output.index("released") < first.output.index("Loading demo data")
    assert f"Portico is ready at http://localhost:{port} " in first.output
    assert "worker | worker runs\n" in first.output
    assert len(first.children()) == 3
    assert first.stop() == 0

    second = start().ready()
    assert "released" in second.output
    assert "Loading" not in second.output
    assert second.loads() == ["first"]
    assert second.stop(signal.SIGTERM) == 0
    assert not second.children()
    assert not left_over(second.home)


def test_changed_migrations_build_the_database_again(start: Start, root: Path) -> None:
    start().ready().stop()
    (root / "apps" / "orgs" / "migrations" / "0001_initial.py").write_text("second")
    portal = start().ready()
    assert "Migrations or demo data have changed" in portal.output
    assert portal.loads() == ["second"]
    portal.stop()


def test_an_interrupted_load_is_done_again(start: Start, root: Path) -> None:
    (root / "interrupt").touch()
    broken = start()
    broken.read_until("load_demo has ended with exit code 9.")
    assert broken.process.wait() == 9
    (root / "interrupt").unlink()
    portal = start().ready()
    assert "Loading was interrupted" in portal.output
    assert portal.loads() == ["first"]
    portal.stop()


def test_one_process_that_ends_stops_all_with_its_exit_code(start: Start, root: Path) -> None:
    portal = start().ready()
    (root / "die").touch()
    portal.read_until("beat has ended with exit code 7.")
    assert portal.process.wait() == 7
    assert not portal.children()
    assert not left_over(portal.home)


def test_a_killed_portal_starts_again_at_once(start: Start, port: int) -> None:
    killed = start().ready()
    killed.stop(signal.SIGKILL)
    again = start().ready()
    assert len(again.children()) == 3
    assert again.loads() == ["first"]
    assert f"http://localhost:{port} " in again.output
    again.stop()


def test_a_second_portal_in_the_same_place_is_refused(start: Start) -> None:
    portal = start().ready()
    refused = start()
    refused.read_until(f"started by process {portal.process.pid}.")
    assert refused.process.wait() == 1
    assert portal.loads() == ["first"]
    portal.stop()


def test_a_database_that_something_else_has_filled_is_kept(start: Start, server_home: Path) -> None:
    """As `make screenshots` does, before the first `make demo`."""
    with Servers(server_home) as servers:
        fill(servers, "screenshots")
    for _time in range(2):
        portal = start().ready()
        assert portal.loads() == ["screenshots"]
        assert portal.stop() == 0


def test_a_database_that_was_given_is_not_rebuilt(start: Start, root: Path, outside: dict[str, str]) -> None:
    """Whoever gives a database may have other data in it: load_demo is told to look first."""
    with Servers(root / "elsewhere") as servers:
        outside["DATABASE_URL"] = servers.database_url
        fill(servers, "somebody")
        portal = start().ready()
        portal.stop()
        assert "Loading" not in portal.output
        with psycopg.connect(servers.database_url) as connection:
            assert connection.execute("SELECT made_by FROM demo").fetchall() == [("somebody",)]
        servers.stop()
        servers.erase()


def test_a_taken_port_gives_the_next_one(port: int, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", port))
        other.listen()
        with claimed_port(port) as claim, claimed_port(port) as second:
            chosen = claim.getsockname()[1]
            assert chosen > port
            assert second.getsockname()[1] > chosen
    assert f"Port {port} is taken; using {chosen}." in capsys.readouterr().out


def test_the_fingerprint_covers_what_makes_the_demo_data(root: Path) -> None:
    found = {fingerprint(root)}
    for name in (
        "apps/orgs/migrations/0002_more.py",
        "apps/portal/management/commands/load_demo.py",
        "apps/portal/management/demo/a.csv",
    ):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text("")
        found.add(fingerprint(root))
    (root / "apps/portal/management/demo/a.csv").write_text("x")
    found.add(fingerprint(root))
    assert len(found) == 5


def test_the_procfile_names_all_processes() -> None:
    assert list(procfile(ROOT / "Procfile")) == ["release", "web", "worker", "beat"]
    assert all(line.startswith("exec ") for line in procfile(ROOT / "Procfile").values())
