"""The time for the export of a plan in each format, and its size.

    python -m benches.exports --builds 20000

The plan is random with a fixed seed: layers of builds, each of which needs some of earlier layers,
as in real plans (the lock of radiuss has five needs per build). Everything between the plan and the
text is timed: the reduction of its needs, the resources of each build, and the template.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import random
import time

from benches.machine import describe, table
from specplan.model import Build
from specplan.pipelines.export.formats import FORMATS, files_of
from specplan.pipelines.export.plan import ExportPlan, builds_of
from specplan.pipelines.export.request import ExportRequest, jobs_of
from specplan.pipelines.export.resources import ResourceTable

STAGES = 30
NEEDS = 5


def drawn(builds: int, stages: int = STAGES) -> list[Build]:
    """Return the builds of a plan, by stage, then hash."""
    source = random.Random(1)
    hashes = [
        base64.b32encode(hashlib.sha1(str(at).encode()).digest()).decode().lower()  # noqa: S324
        for at in range(builds)
    ]
    wide = max(1, builds // stages)
    levels = [sorted(hashes[at : at + wide]) for at in range(0, builds, wide)]
    found = []
    for stage, level in enumerate(levels):
        for each in level:
            needs = {source.choice(levels[stage - 1])} if stage else set()
            for _ in range(NEEDS - 1 if stage else 0):
                needs.add(source.choice(levels[source.randrange(stage)]))
            found.append(_build(each, stage, sorted(needs)))
    return found


def _build(own: str, stage: int, needs: list[str]) -> Build:
    return Build(
        hash=own,
        package=f"package-{own[:4]}",
        version="1.2.3",
        platform="linux",
        os="ubuntu24.04",
        target="x86_64_v3",
        stacks=("e4s",),
        stage=stage,
        needs=needs,
        cost=1.0,
        estimated=False,
        cause="missing",
        because=(),
    )


def planned(builds: list[Build]) -> ExportPlan:
    """Return them as a plan."""
    return ExportPlan(
        predicted=False,
        is_what_if=False,
        excluded_builds=0,
        open_roots=0,
        unit="builds",
        listed=tuple((each.package, each.version, each.hash) for each in builds),
        builds=builds_of(builds),
        wants=(),
        publish=(),
        unplannable=(),
        left_out=(),
        gates=(),
    )


def asked(plan: ExportPlan) -> ExportRequest:
    """Return the files of the export."""
    jobs, profiles, cells = jobs_of(plan, "env", 8, ResourceTable((), (), {}, False), {})  # noqa: FBT003
    return ExportRequest(
        plan=plan, jobs=jobs, profiles=profiles, cells=cells, mirror_url="s3://bucket/mirror"
    )


def main() -> None:
    """Measure all formats and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--builds", type=int, default=20_000)
    builds = drawn(parser.parse_args().builds)
    print(describe(["specplan", "Jinja2"]))
    rows = [["format", "CPU seconds", "files", "MB"]]
    for style in FORMATS:
        start = time.process_time()
        files = files_of(style, asked(planned(builds)))
        seconds = time.process_time() - start
        size = sum(len(text) for _, text in files) / 1e6
        rows.append([style, f"{seconds:.2f}", str(len(files)), f"{size:.1f}"])
    print(table(rows))


if __name__ == "__main__":
    main()
