"""The whole portal on one machine: `python -m config.processes` is what `make demo` calls.

Starts the servers that no URL is given for, prepares the database, runs the processes of the Procfile, and stops all of
them, last started first, on Ctrl-C or when one of them ends.
"""

import argparse
import errno
import hashlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from contextlib import ExitStack, suppress
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import IO

from config.children import PATIENCE, become_interruptible, dying_with_us, end, exit_code, pause
from config.embedded import HOME, ROOT, ServerError, Servers, development_environment, read_dotenv

LOAD = "exec python manage.py load_demo"
LOADING = "loading"
Output = int | IO[bytes] | None
# Otherwise the log of requests would push the address and the sign-ins off the screen.
QUIET = {"LOG_LEVEL": "WARNING", "GRANIAN_LOG_LEVEL": "warning", "PYTHONWARNINGS": "ignore"}


class EndedError(Exception):
    """A command or process has ended that had to succeed or go on."""

    def __init__(self, name: str, returned: int) -> None:
        self.code = exit_code(returned)
        super().__init__(f"{name} has ended with exit code {self.code}.")


class DemoData:
    """What is known, from one run to the next, about the demo data in the embedded database."""

    def __init__(self, root: Path, home: Path, servers: Servers) -> None:
        self.root, self.home, self.servers = root, home, servers
        self.embedded = servers.postgres in servers.managed
        self.note, self.sign_ins = home / "demo_data", home / "sign_ins"
        self.wanted = fingerprint(root)
        self.noted = self.note.read_text() if self.note.exists() else ""
        self.loaded = self.embedded and servers.postgres.exists() and self.noted == self.wanted

    def discard_outdated(self) -> None:
        """Delete an embedded database whose data were made by other code, or half made."""
        if self.embedded and self.noted and self.noted != self.wanted and self.servers.postgres.exists():
            self.servers.erase()
            reason = "Loading was interrupted" if self.noted == LOADING else "Migrations or demo data have changed"
            say(f"{reason}: the demo database is built again.")
            for folder in ("mail", "media"):
                shutil.rmtree(self.home / folder, ignore_errors=True)

    def load(self, environment: Mapping[str, str]) -> None:
        """Fill a new database. One that was given, or used before the first demo, may hold data: the command looks."""
        if not self.embedded:
            call("load_demo", f"{LOAD} --if-empty", self.root, environment)
        elif not self.loaded:
            self.note.write_text(LOADING)
            say("Loading demo data; this happens once and takes a minute or two.")
            call("load_demo", f"{LOAD} --if-empty", self.root, environment)
            self.note.write_text(self.wanted)
        if not (self.loaded and self.sign_ins.exists()):
            with self.sign_ins.open("wb") as file:
                call("load_demo", f"{LOAD} --sign-ins", self.root, environment, stdout=file)


def demo(root: Path, home: Path, port: int) -> None:
    """Run the portal until it is interrupted; raises EndedError when a part of it ends by itself."""
    with ExitStack() as stack:
        servers = Servers(home, only_missing=True)
        data = DemoData(root, home, servers)
        data.discard_outdated()
        stack.enter_context(servers)
        port = stack.enter_context(claimed_port(port)).getsockname()[1]
        environment = QUIET | development_environment(home, port) | servers.environment | {"PORT": str(port)}
        lines = procfile(root / "Procfile")
        call("release", lines.pop("release"), root, environment)
        data.load(environment)
        processes: dict[str, subprocess.Popen[bytes]] = {}
        try:
            for name, line in lines.items():
                processes[name] = launch(line, root, environment, stdout=subprocess.PIPE)
                stack.callback(relay(f"{name:{max(map(len, lines))}} | ", processes[name]).join, 5)
                stack.callback(stop, processes[name])
                if name == "web":
                    wait_until_ready(port, processes)
            say(f"\nPortico is ready at http://localhost:{port} (Ctrl-C stops it)\n\n{data.sign_ins.read_text()}")
            while True:
                check(processes)
                pause(0.1)
        finally:
            servers.announce_stop()


def procfile(path: Path) -> dict[str, str]:
    """The command line of each process type."""
    pairs = (line.partition(":") for line in path.read_text().splitlines() if ":" in line)
    return {name.strip(): command.strip() for name, _, command in pairs}


def fingerprint(root: Path) -> str:
    """A hash over everything that decides what is in a new demo database."""
    portal = root / "apps" / "portal"
    files = [
        *root.glob("apps/*/migrations/*.py"),
        *portal.glob("management/commands/load_demo.py"),
        *(file for file in portal.glob("management/demo/**/*") if file.is_file() and file.suffix != ".pyc"),
    ]
    digest = hashlib.sha256()
    for file in sorted(files):
        digest.update(f"{file.relative_to(root)}\0".encode() + hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()


def claimed_port(wanted: int) -> socket.socket:
    """Find the first free port from `wanted` on, and hold it against other demos by the UDP port of its number.

    Holding the TCP port itself would not do: the web server shares its port with whoever else asks for it
    (SO_REUSEPORT), so two demos would answer each other's requests in turn.
    """
    for port in range(wanted, min(wanted + 100, 65536)):
        claim = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        try:
            claim.bind(("127.0.0.1", port))
        except OSError:
            claim.close()
            continue
        if not listened_to(port):
            if port != wanted:
                say(f"Port {wanted} is taken; using {port}.")
            return claim
        claim.close()
    raise ServerError(f"No port is free from {wanted} on.")


def listened_to(port: int) -> bool:
    """Whether something listens on one of the two addresses of localhost, both of which a browser asks."""
    for family, host in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
        try:
            with socket.socket(family) as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind((host, port))
        except OSError as error:
            # A machine without IPv6 has other errors, and nothing that listens.
            if error.errno in {errno.EADDRINUSE, errno.EACCES}:
                return True
    return False


def launch(line: str, root: Path, environment: Mapping[str, str], stdout: Output = None) -> subprocess.Popen[bytes]:
    """Start a line of the Procfile, in a session of its own: Ctrl-C in the terminal is for us, who stop in order."""
    return subprocess.Popen(
        ["/bin/sh", "-c", line],
        cwd=root,
        env={**environment, "PYTHONUNBUFFERED": "1"},
        stdin=subprocess.DEVNULL,
        stdout=stdout,
        stderr=subprocess.STDOUT if stdout == subprocess.PIPE else None,
        start_new_session=True,
        preexec_fn=dying_with_us(signal.SIGTERM),
    )


def stop(process: subprocess.Popen[bytes]) -> None:
    """Ask a process to stop; what is left of it and its children after ten seconds is killed."""
    end(process, signal.SIGTERM, patience=10)
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


def call(name: str, line: str, root: Path, environment: Mapping[str, str], stdout: Output = None) -> None:
    """Run a line to its end, which must be a good one."""
    process = launch(line, root, environment, stdout)
    try:
        while (returned := process.poll()) is None:
            pause(0.05)
    finally:
        stop(process)
    if returned:
        raise EndedError(name, returned)


def relay(label: str, process: subprocess.Popen[bytes]) -> threading.Thread:
    """Print what a process writes, each line under its label, until it ends."""

    def copy() -> None:
        for line in process.stdout or ():
            with suppress(OSError, ValueError):  # Nobody may be reading any more; the process must go on.
                sys.stdout.buffer.write(label.encode() + line)
                sys.stdout.buffer.flush()

    thread = threading.Thread(target=copy, daemon=True)
    thread.start()
    return thread


def check(processes: Mapping[str, subprocess.Popen[bytes]]) -> None:
    """Complain when a process has ended."""
    for name, process in processes.items():
        if (returned := process.poll()) is not None:
            raise EndedError(name, returned)


def wait_until_ready(port: int, processes: Mapping[str, subprocess.Popen[bytes]]) -> None:
    """Return when the web process says that it can serve pages."""
    deadline = time.monotonic() + PATIENCE
    while not answers(port):
        check(processes)
        if time.monotonic() > deadline:
            raise ServerError(f"http://localhost:{port}/-/readiness does not answer with 200.")
        pause(0.1)


def answers(port: int) -> bool:
    """Whether GET /-/readiness is answered with 200."""
    connection = HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/-/readiness", headers={"Host": f"localhost:{port}"})
        return connection.getresponse().status == HTTPStatus.OK
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


def say(text: str) -> None:
    print(text, flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m config.processes", description=__doc__)
    parser.add_argument("--port", type=int, default=8000, help="port of the web process (default: %(default)s)")
    parser.add_argument("--root", type=Path, default=ROOT, help="folder of Procfile and manage.py")
    parser.add_argument("--home", type=Path, default=HOME, help="folder of the data (default: %(default)s)")
    arguments = parser.parse_args()
    read_dotenv()
    become_interruptible()
    try:
        demo(arguments.root.resolve(), arguments.home.resolve(), arguments.port)
    except KeyboardInterrupt:
        say("Stopped.")
    except ServerError as error:
        print(error, file=sys.stderr)
        return 1
    except EndedError as error:
        print(error, file=sys.stderr)
        return error.code
    return 0


if __name__ == "__main__":
    sys.exit(main())
