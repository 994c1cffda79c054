"""A child process that cannot outlive its parent, writes to one log and can be hurt on purpose by tests."""

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from deploy.local.failure import CannotStart

_PR_SET_PDEATHSIG = 1
# The kernel takes the *thread* that forked for the parent: a child of a passing thread would die with it.
_SPAWNER = ThreadPoolExecutor(max_workers=1, thread_name_prefix="spawner")
_LIBC = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def _die_with(parent: int) -> None:
    """Runs in the child before exec: the kernel kills it when its parent is gone, however the parent went."""
    if _LIBC is None:
        return
    _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    # The parent may have died between fork and prctl: then nobody would send the signal any more.
    if os.getppid() != parent:
        os._exit(1)


class Child:
    """One running process named `name`, started in its own session away from a terminal's Ctrl-C."""

    def __init__(
        self,
        name: str,
        command: Sequence[str | Path],
        *,
        log: Path,
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
    ) -> None:
        self.name = name
        self.log = log
        self._command = [str(part) for part in command]
        self._env = None if env is None else dict(env)
        self._cwd = cwd
        self.process = _SPAWNER.submit(self._spawn).result()

    def _spawn(self) -> "subprocess.Popen[bytes]":
        self.log.parent.mkdir(parents=True, exist_ok=True)
        parent = os.getpid()
        with self.log.open("ab") as output:
            try:
                return subprocess.Popen(
                    self._command,
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                    env=self._env,
                    cwd=self._cwd,
                    start_new_session=True,
                    preexec_fn=lambda: _die_with(parent),
                )
            except OSError as error:
                raise CannotStart(f"{self.name} could not be started: {error}.") from error

    @property
    def pid(self) -> int:
        return self.process.pid

    def exit_code(self) -> int | None:
        """None while it runs."""
        return self.process.poll()

    def died(self) -> CannotStart:
        """The sentence for a child that ended by itself."""
        code = self.process.returncode
        if code is not None and code < 0:
            killed = signal.Signals(-code).name
            return CannotStart(
                f"{self.name} was ended by {killed}, so all the rest stops too; log: {self.log}"
            )
        return CannotStart(f"{self.name} ended by itself (exit code {code}); its log says why: {self.log}")

    def stop(self, grace: float = 10.0) -> None:
        """SIGTERM, then SIGKILL after `grace` seconds. Ends a frozen process too; harmless when gone."""
        if self.process.poll() is not None:
            return
        self.process.send_signal(signal.SIGTERM)
        self.process.send_signal(signal.SIGCONT)
        try:
            self.process.wait(grace)
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self) -> None:
        """SIGKILL, as a power cut would."""
        self.process.kill()
        self.process.wait()

    def freeze(self) -> None:
        """SIGSTOP: alive, its sockets open, answering nothing."""
        self.process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self.process.send_signal(signal.SIGCONT)

    def start_again(self) -> None:
        """The same command once more, after `stop` or `kill`."""
        if self.process.poll() is None:
            raise RuntimeError(f"{self.name} still runs")
        self.process = _SPAWNER.submit(self._spawn).result()
