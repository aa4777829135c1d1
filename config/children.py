"""Processes that we start: they are asked to stop, and they end when we do, be it by kill -9."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable

PATIENCE = 60.0
LIBC = ctypes.CDLL(None)
PR_SET_PDEATHSIG = 1


def dying_with_us(number: signal.Signals) -> Callable[[], None]:
    """What a child calls before exec to get a signal when this process dies, be it by kill -9 (on Linux)."""
    parent = os.getpid()

    def arrange() -> None:
        if sys.platform == "linux":
            LIBC.prctl(PR_SET_PDEATHSIG, number)
            if os.getppid() != parent:
                os._exit(1)

    return arrange


def end(process: subprocess.Popen[bytes], number: signal.Signals, patience: float = PATIENCE / 2) -> None:
    """Ask a child to stop, and kill it if it does not."""
    if process.poll() is None:
        process.send_signal(number)
    try:
        process.wait(patience)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(patience)


def exit_code(returned: int) -> int:
    """A child's exit code as a shell tells it: 128 and the number of the signal that ended it."""
    return returned if returned >= 0 else 128 - returned


_stop_asked: list[int] = []


def become_interruptible() -> None:
    """Have what asks us to stop noted, for pause() to find."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:  # It is ignored under nohup.
            signal.signal(number, lambda received, _: _stop_asked.append(received))
    if sys.platform == "linux" and "MAKELEVEL" in os.environ:
        # Who kills `make` with -9 leaves nobody else to stop us.
        LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def pause(seconds: float) -> None:
    """Sleep, and stop here if asked to: an exception from the signal itself could leave subprocess's locks locked."""
    time.sleep(seconds)
    if _stop_asked:
        raise KeyboardInterrupt
