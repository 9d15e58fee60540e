"""Run specplan with little memory and little time.

``limited.py [--measure FILE] [--unprivileged] WORD...``; the file gets what the run took as JSON.

Time is that of the processor, so that a busy machine makes no test fail.
"""

from __future__ import annotations

import ctypes
import json
import os
import resource
import sys
from pathlib import Path

#: More than any page may need, and far less than a machine has.
ADDRESS_SPACE_BYTES = 1_500_000_000

#: How long the processor may work.
PROCESSOR_SECONDS = 20

# Linux: what lets root read where no permission is given.
_PR_CAPBSET_DROP = 24
_CAP_DAC_OVERRIDE, _CAP_DAC_READ_SEARCH = 1, 2


def main() -> None:
    words = sys.argv[1:]
    if words[0] == "--measure":
        _measure(Path(words[1]))
        words = words[2:]
    resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE_BYTES, ADDRESS_SPACE_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (PROCESSOR_SECONDS, PROCESSOR_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if words[0] == "--unprivileged":
        words = words[1:]
        if os.geteuid() == 0:
            libc = ctypes.CDLL(None)
            for capability in (_CAP_DAC_OVERRIDE, _CAP_DAC_READ_SEARCH):
                libc.prctl(_PR_CAPBSET_DROP, capability, 0, 0, 0)
    # Each thread reserves address space that it does not use.
    environment = {**os.environ, "RAYON_NUM_THREADS": "2", "MALLOC_ARENA_MAX": "2"}
    os.execve(sys.executable, [sys.executable, "-m", "specplan", *words], environment)  # noqa: S606 - itself


def _measure(file: Path) -> None:
    """Go on in a child, and write what it took once it has ended.

    A process starts with the peak of memory of the one that forked it, and keeps it when it
    executes another program: measured from a test, every run would have the peak of pytest.
    """
    child = os.fork()
    if child == 0:
        return
    _, status, usage = os.wait4(child, 0)
    took = {"seconds": usage.ru_utime + usage.ru_stime, "peak": usage.ru_maxrss * 1024}
    file.write_text(json.dumps(took), encoding="utf-8")
    code = os.waitstatus_to_exitcode(status)
    os._exit(code if code >= 0 else 128 - code)


if __name__ == "__main__":
    main()
