import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psycopg
import pytest
import redis

from config.embedded import ROOT, SHARED, AlreadyRunningError, ServerError, Servers, private_folder, workers_in

Environment = dict[str, str]


def remember(servers: Servers, word: str) -> None:
    with psycopg.connect(servers.database_url, autocommit=True) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS words (word text)")
        connection.execute("INSERT INTO words VALUES (%s)", [word])
    with redis.Redis.from_url(servers.redis_url) as client:
        client.rpush("words", word)


def words(servers: Servers) -> tuple[list[str], list[str]]:
    with psycopg.connect(servers.database_url) as connection:
        in_postgres = [row[0] for row in connection.execute("SELECT word FROM words")]
    with redis.Redis.from_url(servers.redis_url) as client:
        return in_postgres, [word.decode() for word in client.lrange("words", 0, -1)]


def embedded(home: Path, environment: Environment, *arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "config.embedded", "--home", str(home), *arguments]
    return subprocess.Popen(command, cwd=ROOT, env=environment, stdout=-1, stderr=-1, text=True)


def started(process: subprocess.Popen[str]) -> subprocess.Popen[str]:
    assert process.stdout.readline().startswith("DATABASE_URL=postgres://portico@/portico?host=/")
    assert process.stdout.readline().startswith("REDIS_URL=unix:///")
    return process


def left_over(home: Path) -> list[int]:
    servers = Servers(home).managed
    return [pid for server in servers for folder in server.folders for pid in workers_in(folder / "data", server.name)]


def test_data_outlive_a_restart(server_home: Path) -> None:
    with Servers(server_home) as servers:
        remember(servers, "blåbær")
        assert left_over(server_home)
    assert not left_over(server_home)
    with Servers(server_home) as servers:
        assert words(servers) == (["blåbær"], ["blåbær"])


def test_the_database_knows_all_letters_and_only_its_socket(server_home: Path) -> None:
    with Servers(server_home, durable=False) as servers, psycopg.connect(servers.database_url) as connection:
        row = connection.execute(
            "SELECT upper('straße'), 'ПРИВЕТ' ILIKE 'привет', current_setting('listen_addresses')"
        ).fetchone()
        sockets = servers.postgres.sockets
        assert row == ("STRASSE", True, "")
        assert sockets.stat().st_mode & 0o777 == 0o700
    assert not sockets.exists()


def test_servers_end_with_a_killed_parent_and_start_again_at_once(server_home: Path, outside: Environment) -> None:
    for word in ("first", "second"):
        with started(embedded(server_home, outside)) as parent:
            remember(Servers(server_home), word)
            parent.kill()
    with Servers(server_home) as servers:
        assert words(servers) == (["first", "second"], ["first", "second"])
    assert not left_over(server_home)


def test_a_killed_server_starts_again(server_home: Path) -> None:
    with Servers(server_home) as servers:
        remember(servers, "durable")
        for pid in left_over(server_home):
            with suppress(ProcessLookupError):  # PostgreSQL's processes follow their first one by themselves.
                os.kill(pid, signal.SIGKILL)
    with Servers(server_home) as servers:
        assert words(servers)[0] == ["durable"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_signals_stop_the_services_in_order(server_home: Path, outside: Environment, number: signal.Signals) -> None:
    with started(embedded(server_home, outside)) as services:
        services.send_signal(number)
    assert services.returncode == 0
    assert not left_over(server_home)


def test_a_second_start_is_refused_and_the_first_goes_on(server_home: Path, outside: Environment) -> None:
    with Servers(server_home) as servers:
        remember(servers, "first")
        with pytest.raises(AlreadyRunningError):
            Servers(server_home).start()
        with pytest.raises(AlreadyRunningError):
            Servers(server_home).erase()
        _, complaint = embedded(server_home, outside).communicate()
        assert f"postgres already runs in {server_home}, started by process {os.getpid()}." in complaint
        assert words(servers) == (["first"], ["first"])


def test_two_homes_run_side_by_side(server_home: Path) -> None:
    other_home = server_home.with_name("other")
    try:
        with Servers(server_home) as servers, Servers(other_home) as others:
            remember(servers, "one")
            remember(others, "two")
            assert words(servers) == (["one"], ["one"])
    finally:
        Servers(other_home).erase()


def test_an_interrupted_first_start_is_done_again(server_home: Path) -> None:
    with Servers(server_home) as servers:
        folder = next(folder for folder in servers.postgres.folders if folder.exists())
    shutil.move(folder / "data", folder / "draft")
    (folder / "draft" / "PG_VERSION").unlink()
    with Servers(server_home) as servers:
        remember(servers, "new")
        assert words(servers)[0] == ["new"]


def test_a_deep_home_has_short_sockets(server_home: Path) -> None:
    deep = server_home / ("long name " * 15)
    try:
        with Servers(deep) as servers:
            remember(servers, "deep")
    finally:
        Servers(deep).erase()


@pytest.fixture
def closed_home() -> Iterator[Path]:
    """A home in a folder that only its owner can enter."""
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder, "home")
        Servers(Path(folder, "home")).erase()
        assert Path(folder).stat().st_mode & 0o777 == 0o700


@pytest.mark.skipif(os.geteuid() != 0, reason="only root's servers run as another user")
def test_root_keeps_the_data_where_their_user_can_reach_them(closed_home: Path) -> None:
    with Servers(closed_home) as servers:
        remember(servers, "kept")
        beside = servers.postgres.folders[1]
        assert beside.is_relative_to(SHARED)
        assert (beside / "data").is_dir()
    with Servers(closed_home) as servers:
        assert words(servers) == (["kept"], ["kept"])
        servers.stop()
        servers.erase()
    assert not beside.parent.exists()


def test_run_gives_the_command_its_environment_and_returns_its_exit_code(
    server_home: Path, outside: Environment
) -> None:
    process = embedded(server_home, outside, "run", "sh", "-c", "echo $DATABASE_URL $REDIS_URL; exit 7")
    output, _ = process.communicate()
    servers = Servers(server_home)
    assert output.split() == [servers.database_url, servers.redis_url]
    assert process.returncode == 7
    assert not left_over(server_home)


def test_run_uses_the_running_servers_and_leaves_them(server_home: Path, outside: Environment) -> None:
    with Servers(server_home) as servers:
        remember(servers, "kept")
        process = embedded(server_home, outside, "run", "sh", "-c", "echo $DATABASE_URL")
        assert process.communicate()[0].strip() == servers.database_url
        assert words(servers) == (["kept"], ["kept"])


def test_only_the_server_without_a_url_is_started(server_home: Path, outside: Environment) -> None:
    outside["DATABASE_URL"] = "postgres://elsewhere/portico"
    process = embedded(server_home, outside, "run", "sh", "-c", "echo $DATABASE_URL $REDIS_URL")
    servers = Servers(server_home)
    assert process.communicate()[0].split() == ["postgres://elsewhere/portico", servers.redis_url]
    assert not servers.postgres.exists()


def test_production_has_servers_of_its_own(server_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ENVIRONMENT", "production")
    with pytest.raises(ServerError, match="not for production"):
        Servers(server_home).start()
    assert not server_home.exists()


def test_a_folder_that_others_can_enter_or_have_put_there_is_refused(tmp_path: Path) -> None:
    (tmp_path / "open").mkdir(0o755)
    (tmp_path / "link").symlink_to(tmp_path / "open")
    for name in ("open", "link"):
        with pytest.raises(ServerError, match="not a private folder"):
            private_folder(tmp_path / name, None)
