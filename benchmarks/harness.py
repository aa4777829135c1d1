"""Starts the web processes as the Procfile does, asks them as browsers would, and counts what that cost."""

import hashlib
import json
import os
import statistics
import subprocess
import sys
import threading
import time
from argparse import Namespace
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from http.client import HTTPConnection
from itertools import islice
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from benchmarks.world import Buyer, Size, build
from config.embedded import ROOT, Servers, workers_in
from config.processes import launch, procfile, stop, wait_until_ready

TICKS = os.sysconf("SC_CLK_TCK")
CSRF = "benchmark" * 3 + "token"
WARM_SECONDS = 15.0


@dataclass(frozen=True)
class Call:
    """One request of a person; with `form` it is a POST."""

    buyer: Buyer
    path: str
    form: Mapping[str, Any] | None = None
    htmx: bool = False

    def send(self, connection: HTTPConnection) -> None:
        """Ask, and read the answer to its end; an error or a refusal is a fault of the benchmark."""
        headers = {
            "Host": f"localhost:{connection.port}",
            "Cookie": f"sessionid={self.buyer.session}; csrftoken={CSRF}",
            "X-CSRFToken": CSRF,
            "Accept-Encoding": "identity",
        }
        if self.htmx:
            headers["HX-Request"] = "true"
        body = None
        if self.form is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            body = urlencode(self.form, doseq=True)
        connection.request("GET" if body is None else "POST", self.path, body, headers)
        response = connection.getresponse()
        text = response.read()
        if response.status not in {200, 303}:
            raise RuntimeError(f"{self.path}: {response.status}\n{text.decode()[:2000]}")


@dataclass
class Benchmark:
    """What a module of a benchmark hands over: calls without end, of which --seconds are measured, or a fixed number.

    The first `warm` calls of a fixed number are not counted: a web process lives for days. `before` is what the people
    of these calls have looked at just before, one page for each call.
    """

    calls: Iterator[Call]
    route: str
    warm: int | None = None
    before: Sequence[Call] = ()


@dataclass
class RequestLog:
    """The lines that the web processes write about their requests."""

    route: str
    statements: list[int] = field(default_factory=list)
    counts: bool = False

    def read(self, process: subprocess.Popen[bytes]) -> None:
        for line in process.stdout or ():
            try:
                entry = json.loads(line)
            except ValueError:
                sys.stderr.buffer.write(line)
                continue
            if self.counts and entry.get("route") == self.route:
                self.statements.append(entry["statements"])
            elif entry.get("level") in {"error", "critical"}:
                sys.stderr.buffer.write(line)


def measure(
    servers: Servers, size: Size, prepare: Callable[[Namespace], Benchmark], options: Namespace
) -> dict[str, Any]:
    """Run one benchmark; all times in milliseconds, CPU a request."""
    note = servers.postgres.home / "world"
    wanted = f"{fingerprint()} {size}"
    if not note.exists() or note.read_text() != wanted:
        servers.erase()
        note.unlink(missing_ok=True)
    with servers:
        if not note.exists():
            print("Generating the data; this happens once and takes several minutes.", file=sys.stderr, flush=True)
            build(size)
            note.write_text(wanted)
        benchmark = prepare(options)
        environment = {**os.environ, "WEB_CONCURRENCY": str(options.workers)}
        web = launch(procfile(ROOT / "Procfile")["web"], ROOT, environment, stdout=subprocess.PIPE)
        log = RequestLog(benchmark.route)
        reader = threading.Thread(target=log.read, args=[web], daemon=True)
        reader.start()
        try:
            wait_until_ready(int(os.environ["PORT"]), {"web": web})
            return load(benchmark, log, web.pid, data_of(servers), options)
        finally:
            stop(web)
            reader.join(5)


def load(benchmark: Benchmark, log: RequestLog, web: int, data: Path, options: Namespace) -> dict[str, Any]:
    """Send the calls to the web processes of session `web`, whose database works in the folder `data`."""
    port = int(os.environ["PORT"])
    connections = [HTTPConnection("127.0.0.1", port, timeout=60) for _ in range(options.clients)]
    is_endless = benchmark.warm is None
    counted = benchmark.calls
    if is_endless:
        run([counted] * options.clients, connections, WARM_SECONDS)
    else:
        run(shares(islice(counted, benchmark.warm), options.clients), connections)
        run(shares(benchmark.before[benchmark.warm :], options.clients), connections, spread=False)
    time.sleep(0.5)
    log.counts = True
    python_before, postgres_before = cpu(processes_of(web)), cpu(workers_in(data, "postgres"))
    began = time.perf_counter()
    if is_endless:
        times = run([counted] * options.clients, connections, options.seconds)
    else:
        times = run(shares(counted, options.clients), connections, spread=not benchmark.before)
    seconds = time.perf_counter() - began
    python_after, postgres_after = cpu(processes_of(web)), cpu(workers_in(data, "postgres"))
    memory = sum(resident(pid) for pid in processes_of(web))
    time.sleep(0.5)  # The last lines of the log are on their way.
    count = len(times)
    return {
        "requests": count,
        "rps": round(count / seconds, 1),
        "p50_ms": round(statistics.median(times) * 1000, 1),
        "p95_ms": round(statistics.quantiles(times, n=20)[-1] * 1000, 1),
        "python_cpu_ms": round((python_after - python_before) / count * 1000, 2),
        "postgres_cpu_ms": round((postgres_after - postgres_before) / count * 1000, 2),
        "statements": statistics.median_high(log.statements),
        "statements_most": max(log.statements),
        "web_memory_mb": round(memory / 1e6),
        "options": {name: value for name, value in vars(options).items() if name != "name"},
    }


def shares(calls: Iterable[Call], clients: int) -> list[Iterator[Call]]:
    """A fixed number of calls, dealt out to the clients: each keeps its people, and its web process."""
    rows = list(calls)
    return [iter(rows[number::clients]) for number in range(clients)]


def run(
    calls: list[Iterator[Call]], connections: list[HTTPConnection], seconds: float | None = None, *, spread: bool = True
) -> list[float]:
    """Send the calls of each client over its connection, until the time is over or there are none left; how long each
    took. The kernel deals connections out to the web processes: `spread` opens a new one for each call, so that all of
    them have work; without it a person stays with one process."""
    lock = threading.Lock()
    times: list[float] = []
    faults: list[Exception] = []
    deadline = None if seconds is None else time.perf_counter() + seconds

    def client(own: Iterator[Call], connection: HTTPConnection) -> None:
        try:
            while not faults and (deadline is None or time.perf_counter() < deadline):
                with lock:
                    call = next(own, None)
                if call is None:
                    return
                began = time.perf_counter()
                call.send(connection)
                times.append(time.perf_counter() - began)
                if spread:
                    connection.close()
        except Exception as error:  # noqa: BLE001  the thread that waits raises it
            faults.append(error)

    threads = [threading.Thread(target=client, args=pair) for pair in zip(calls, connections, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if faults:
        raise faults[0]
    return times


def data_of(servers: Servers) -> Path:
    """The folder in which the processes of the database work."""
    return next(folder / "data" for folder in servers.postgres.folders if (folder / "data").is_dir())


def fingerprint() -> str:
    """A hash over what decides which data are generated."""
    digest = hashlib.sha256()
    for file in sorted([*ROOT.glob("apps/*/migrations/*.py"), ROOT / "benchmarks" / "world.py"]):
        digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


def stat(pid: int) -> list[str]:
    """The fields of /proc/PID/stat behind the name; none when the process is gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []


def processes_of(session: int) -> list[int]:
    """The processes of a session; the fourth field behind the name tells it."""
    pids = [int(path.name) for path in Path("/proc").glob("[0-9]*")]
    return [pid for pid in pids if (fields := stat(pid)) and int(fields[3]) == session]


def cpu(pids: list[int]) -> float:
    """Seconds of CPU that the processes have used, in user space and in the kernel."""
    return sum(sum(map(int, fields[11:13])) for pid in pids if (fields := stat(pid))) / TICKS


def resident(pid: int) -> int:
    """Bytes of memory that a process takes: its own, and its share of what it has together with others."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))
