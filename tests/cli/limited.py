"""Run specplan with little memory and little time: ``limited.py [--unprivileged] WORD...``.

Time is that of the processor, so that a busy machine makes no test fail.
"""

from __future__ import annotations

import ctypes
import os
import resource
import sys

#: More than any page may need, and far less than a machine has.
ADDRESS_SPACE_BYTES = 1_500_000_000

#: How long the processor may work.
PROCESSOR_SECONDS = 20

# Linux: what lets root read where no permission is given.
_PR_CAPBSET_DROP = 24
_CAP_DAC_OVERRIDE, _CAP_DAC_READ_SEARCH = 1, 2


def main() -> None:
    words = sys.argv[1:]
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


if __name__ == "__main__":
    main()
