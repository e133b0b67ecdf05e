"""A Slurm cluster of several nodes on one machine: started, harmed and stopped by tests.

Everything lies in one folder: configuration, keys, sockets, logs. But for a link at the place where
Slurm's commands look when nobody tells them (jobs are not told): it stands while the cluster does,
and a machine with a Slurm of its own is left alone. It needs root, as slurmd does.
"""

import os
import signal
import socket
import subprocess
import time
from pathlib import Path

import psutil

LINK = Path("/etc/slurm/slurm.conf")
NODES = ("one", "two", "three")
CONFIGURATION = """
ClusterName=handwritten
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={first_port}
AuthType=auth/munge
AuthInfo=socket={folder}/munge.socket
CredType=cred/munge
SlurmUser=root
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool-%n
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd-%n.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd-%n.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
MpiDefault=none
AccountingStorageType=accounting_storage/none
JobAcctGatherType=jobacct_gather/linux
JobAcctGatherFrequency=task=1
JobAcctGatherParams=OverMemoryKill
JobRequeue=1
ReturnToService=2
SlurmdTimeout=10
KillWait=2
MinJobAge=600
SchedulerParameters=sched_interval=2
{nodes}
PartitionName=all Nodes=ALL Default=YES MaxTime=INFINITE State=UP
"""


class Cluster:
    """Three nodes with two cores each, as far as Slurm can tell. To be used in a `with`."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.configuration = folder / "slurm.conf"
        self.environment = os.environ | {"SLURM_CONF": str(self.configuration)}
        self.processes: dict[str, subprocess.Popen] = {}

    def __enter__(self) -> "Cluster":
        self.folder.mkdir(parents=True)
        self.write_configuration()
        if LINK.exists():
            raise FileExistsError(f"{LINK}: this machine has a Slurm, which is not to be disturbed")
        LINK.parent.mkdir(parents=True, exist_ok=True)
        LINK.unlink(missing_ok=True)  # a link to a cluster that is no more
        LINK.symlink_to(self.configuration)
        try:
            self.start_munge()
            self.start("slurmctld")
            for node in NODES:
                self.start(node)
            self.wait(lambda: self.said("sinfo", "-h", "-t", "idle", "-o", "%D") == "3", 60)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_) -> None:
        for name in NODES:
            if name in self.processes:
                self.kill(name)
        for process in self.processes.values():
            process.kill()
            process.wait()
        LINK.unlink(missing_ok=True)

    def write_configuration(self) -> None:
        """slurm.conf, with ports that are free now."""
        ports = free_ports(len(NODES) + 1)
        nodes = "\n".join(
            f"NodeName={node} NodeHostname={socket.gethostname()} NodeAddr=127.0.0.1 Port={port} "
            "CPUs=2 RealMemory=4000 State=UNKNOWN"
            for node, port in zip(NODES, ports[1:], strict=True)
        )
        facts = {"host": socket.gethostname(), "folder": self.folder, "first_port": ports[0]}
        self.configuration.write_text(CONFIGURATION.format(nodes=nodes, **facts))
        (self.folder / "state").mkdir()

    def start_munge(self) -> None:
        """The service by which Slurm's parts know each other."""
        key = self.folder / "munge.key"
        key.write_bytes(os.urandom(128))
        key.chmod(0o400)
        places = {name: self.folder / f"munge.{name}" for name in ("socket", "pid", "log", "seed")}
        options = [f"--{name}{'-file' * (name != 'socket')}={p}" for name, p in places.items()]
        command = ["munged", "--foreground", "--force", f"--key-file={key}", *options]
        self.run_as("munged", command)
        self.wait(places["socket"].exists, 20)

    def start(self, name: str) -> None:
        """Start the controller, or a node's daemon."""
        command = ["slurmctld", "-D"] if name == "slurmctld" else ["slurmd", "-D", "-N", name]
        self.run_as(name, [*command, "-f", self.configuration])

    def run_as(self, name: str, command: list) -> None:
        """Start a process that `kill` finds by its name."""
        with (self.folder / f"{name}.out").open("ab") as output:
            self.processes[name] = subprocess.Popen(
                command, env=self.environment, stdout=output, stderr=output
            )

    def kill(self, name: str) -> None:
        """As a power cut does: the daemon, and on a node all that runs there, at once."""
        process = self.processes.pop(name)
        victims = [] if name == "slurmctld" else running_on(name)
        process.kill()
        for victim in victims:
            try:
                os.kill(victim, signal.SIGKILL)
            except ProcessLookupError:
                continue  # it went with another one
        process.wait()

    def said(self, *command: str) -> str:
        """What one of Slurm's commands prints; nothing while the controller is away."""
        done = subprocess.run(
            command, env=self.environment, capture_output=True, text=True, timeout=60, check=False
        )
        return done.stdout.strip()

    def states(self) -> list[str]:
        """The state of every job that the controller remembers."""
        return self.said("squeue", "-h", "-t", "all", "-o", "%T").split()

    def wait(self, condition, seconds: float) -> None:
        """Until this is so; TimeoutError with the ends of all logs if it takes too long."""
        end = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > end:
                raise TimeoutError(self.logs())
            time.sleep(0.2)

    def logs(self) -> str:
        """The ends of all logs."""
        files = sorted([*self.folder.glob("*.log"), *self.folder.glob("*.out")])
        return "\n".join(f"{file.name}:\n{file.read_text()[-1500:]}" for file in files)


def running_on(node: str) -> list[int]:
    """The processes that jobs have on a node, by what Slurm put into their environment, and those
    that watch over them."""
    found = []
    for process in psutil.process_iter():
        try:
            inside = process.environ().get("SLURMD_NODENAME") == node
            if inside:
                found.append(process.pid)
                parent = process.parent()
                if parent and parent.name().startswith("slurmstepd"):
                    found.append(parent.pid)
        except psutil.Error:
            continue  # it has ended, or is not ours to look at
    return found


def free_ports(count: int) -> list[int]:
    """Ports of this machine that nobody listens on."""
    sockets = [socket.socket() for _ in range(count)]
    for each in sockets:
        each.bind(("127.0.0.1", 0))
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports
