"""A Slurm of one node on this machine, for as long as a test needs it."""

from __future__ import annotations

import os
import secrets
import shutil
import socket
import subprocess
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

__all__ = ["cluster", "lacking"]

_PROGRAMS: Final = ("slurmctld", "slurmd", "munged", "sbatch", "scontrol", "scancel", "squeue")

_CONFIGURATION: Final = """ClusterName=specplan
SlurmctldHost={host}(127.0.0.1)
SlurmUser=root
SlurmdUser=root
SlurmctldPort={controller}
SlurmdPort={node}
AuthType=auth/munge
AuthInfo=socket={folder}/munge/socket
CredType=cred/munge
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SwitchType=switch/none
MpiDefault=none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
ReturnToService=2
SchedulerParameters=sched_interval=1,batch_sched_delay=0,sched_min_interval=0,bf_interval=1
MinJobAge=300
MessageTimeout=30
KillWait=1
NodeName={host} NodeAddr=127.0.0.1 CPUs={cpus} RealMemory=1000 State=UNKNOWN
PartitionName=main Nodes={host} Default=YES MaxTime=60 State=UP OverSubscribe=FORCE:4
"""


def lacking() -> str:
    """Why no Slurm can run here; empty where one can."""
    if os.geteuid() != 0:
        return "Slurm's daemons need root"
    path = os.pathsep.join((os.environ.get("PATH", ""), "/usr/sbin"))
    missing = [each for each in _PROGRAMS if shutil.which(each, path=path) is None]
    return f"{', '.join(missing)} of Debian's slurm-wlm and munge are not installed" * bool(missing)


def _port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        number: int = found.getsockname()[1]
        return number


@contextmanager
def cluster(folder: Path) -> Iterator[dict[str, str]]:
    """Yield the environment in which Slurm's commands find the cluster."""
    folder.mkdir(parents=True)
    folder.chmod(0o755)
    for name in ("munge", "state", "spool"):
        (folder / name).mkdir(mode=0o700 if name == "munge" else 0o755)
    (folder / "munge").chmod(0o711)
    key = folder / "munge" / "key"
    key.write_bytes(secrets.token_bytes(1024))
    key.chmod(0o400)
    path = os.pathsep.join(("/usr/sbin", "/usr/bin", "/sbin", "/bin"))
    host = socket.gethostname().split(".")[0]
    text = _CONFIGURATION.format(
        folder=folder, host=host, controller=_port(), node=_port(), cpus=os.cpu_count()
    )
    (folder / "slurm.conf").write_text(text, encoding="utf-8")
    environment = {"PATH": path, "SLURM_CONF": str(folder / "slurm.conf")}
    munge = folder / "munge"
    words = ["munged", "--foreground", "--force", f"--key-file={key}", f"--socket={munge}/socket"]
    words += [f"--pid-file={munge}/pid", f"--seed-file={munge}/seed", f"--log-file={munge}/log"]
    daemons = [_daemon(words, environment)]
    try:
        _wait((munge / "socket").exists, "munged")
        daemons.append(_daemon(["slurmctld", "-D", "-i"], environment))
        daemons.append(_daemon(["slurmd", "-D", "-N", host], environment))
        _wait(lambda: "idle" in _states(environment), "the node", folder)
        yield environment
    finally:
        for each in reversed(daemons):
            each.terminate()
        for each in daemons:
            _end(each)


def _daemon(words: list[str], environment: dict[str, str]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        words,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def _end(daemon: subprocess.Popen[bytes]) -> None:
    try:
        daemon.wait(10)
    except subprocess.TimeoutExpired:
        daemon.kill()
        daemon.wait()


def _states(environment: dict[str, str]) -> str:
    answer = subprocess.run(
        ["/usr/bin/sinfo", "-h", "-o", "%T"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    return answer.stdout


def _wait(is_up: Callable[[], bool], what: str, folder: Path | None = None) -> None:
    end = time.monotonic() + 60
    while not is_up():
        if time.monotonic() > end:
            logs = [] if folder is None else sorted(folder.glob("*.log"))
            raise RuntimeError(f"{what} is not up: " + "".join(each.read_text() for each in logs))
        time.sleep(0.05)
