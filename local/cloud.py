"""One MiniStack: starting it in a folder of its own, knowing whether it runs, and ending all of it."""

import contextlib
import fcntl
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

from local import certificates, environment, http
from local.console import Failure

START_SECONDS = 60
# It keeps nothing, so being killed costs nothing; asked to end, it first waits for clients that hold connections open.
STOP_SECONDS = 5


class Running(NamedTuple):
    """What `cloud.json` holds about a cloud that runs."""

    pid: int
    endpoint: str
    authority: Path | None

    @property
    def port(self) -> int:
        return int(self.endpoint.rsplit(":", 1)[1])


class Cloud:
    """The cloud of one folder.

    MiniStack inherits a lock on a file there and never gives it up, so the lock being held is what says
    that the recorded process is still ours: a process id alone may have gone to someone else.
    It leads a process group, which its functions stay in: ending the group ends them all.
    """

    def __init__(self, folder: Path):
        self.folder = folder
        self.log = folder / "ministack.log"
        self._lock = folder / "lock"
        self._record = folder / "cloud.json"
        # Only where this object started it.
        self._process: subprocess.Popen | None = None

    def running(self) -> Running | None:
        if not self._record.exists() or not self._locked():
            return None
        record = json.loads(self._record.read_text())
        return Running(record["pid"], record["endpoint"], Path(record["authority"]) if record["authority"] else None)

    def start(self, port: int, *, enforced: bool = False) -> Running:
        """Starts it and waits until it answers. `enforced`: with TLS, and IAM for every caller."""
        if self.running():
            raise Failure(f"a local cloud already runs in {self.folder}: make down")
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)
        for part in ("tmp", "state"):
            (self.folder / part).mkdir(parents=True)
        endpoint = f"{'https' if enforced else 'http'}://127.0.0.1:{port}"
        variables = environment.for_the_cloud(self.folder, endpoint)
        command = [sys.executable, "-m", "hypercorn", "ministack.app:app", "--bind", f"127.0.0.1:{port}"]
        # In this one process; MiniStack's own command would open port 443 too when it may.
        command += ["--workers", "0", "--keep-alive", "75"]
        authority = None
        if enforced:
            made = certificates.make(self.folder / "certificates")
            authority = made.authority
            variables |= {"AUTH": "true", "USE_SSL": "1", "SSL_CERT_FILE": str(authority)}
            variables |= {"MINISTACK_SSL_CERT": str(made.server), "MINISTACK_SSL_KEY": str(made.server_key)}
            command += ["--certfile", str(made.server), "--keyfile", str(made.server_key)]
        self._process = self._spawn(command, variables)
        running = Running(self._process.pid, endpoint, authority)
        record = {"pid": running.pid, "endpoint": endpoint, "authority": str(authority) if authority else ""}
        self._record.write_text(json.dumps(record))
        try:
            self._wait_until_healthy(self._process, running)
        except BaseException:
            self.stop()
            raise
        return running

    def healthy(self, running: Running) -> bool:
        try:
            return http.get(f"{running.endpoint}/_ministack/health", running.authority, timeout=5).status == 200
        except OSError:
            return False

    def stop(self) -> bool:
        """Ends it and its functions, and returns whether anything ran. Nothing of it runs afterwards."""
        was_running = self._record.exists() and self._end_recorded()
        self._record.unlink(missing_ok=True)
        if self._process:
            self._process.wait()
        return was_running

    def _end_recorded(self) -> bool:
        if not self._locked():
            return False
        group = json.loads(self._record.read_text())["pid"]
        os.kill(group, signal.SIGTERM)
        if not self._ends(group, STOP_SECONDS):
            os.killpg(group, signal.SIGKILL)
            if not self._ends(group, STOP_SECONDS):
                raise Failure(f"the local cloud does not end: look at process group {group}")
        return True

    def _spawn(self, command: list[str], variables: dict[str, str]) -> subprocess.Popen:
        with self._lock.open("w") as lock, self.log.open("wb") as log:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return subprocess.Popen(
                command,
                env=variables,
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                pass_fds=[lock.fileno()],
            )

    def _locked(self) -> bool:
        if not self._lock.exists():
            return False
        with self._lock.open("r") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return True
        return False

    def _wait_until_healthy(self, process: subprocess.Popen, running: Running) -> None:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if process.poll() is not None:
                raise Failure(f"MiniStack ended at its start with code {process.returncode}: see {self.log}")
            if self.healthy(running):
                return
            time.sleep(0.1)
        raise Failure(f"MiniStack did not answer within {START_SECONDS} s: see {self.log}")

    @staticmethod
    def _ends(group: int, seconds: float) -> bool:
        """Whether every process of the group ends in time."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            # Where it is this process's child, reaps it: a zombie still counts as one of its group.
            with contextlib.suppress(ChildProcessError):
                os.waitpid(group, os.WNOHANG)
            try:
                os.killpg(group, 0)
            except ProcessLookupError:
                return True
            time.sleep(0.05)
        return False
