"""The same work on a Ray cluster: `gouji ingest --engine ray`.

Every place of work is an actor that holds one process of its own, in which jobs are read as they are on one machine: a
report that takes its process with it costs the actor nothing, and an actor or a node that is lost costs the jobs that
it was at a second attempt. Paths must mean the same on every node: a shared file system, or URLs.
"""

from __future__ import annotations

import contextlib
import os
import socket
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from pipeline.errors import E307, GoujiError
from pipeline.ingest.reading import Done, Engine, Job, do
from pipeline.ingest.workers import GRACE, Ended, Worker

_TELLING = {"RAY_DEDUP_LOGS": "0", "RAY_USAGE_STATS_ENABLED": "0", "RAY_ENABLE_UV_RUN_RUNTIME_ENV": "0"}
"""Nothing is sent anywhere, and nothing is installed on its own."""


PATIENCE = 120.0
"""Seconds without any place to work at until that is said."""


@contextmanager
def ray_engine(address: str | None, workers: int) -> Iterator[Engine]:
    """An engine on the cluster at the address, or on one of this machine alone that ends with it.

    Raises:
        GoujiError: E307 where Ray is not installed or the cluster cannot be reached.
    """
    os.environ |= _TELLING
    try:
        import ray
    except ImportError:
        raise GoujiError(E307, reason="没有安装 ray；运行 pip install -c constraints.txt -e '.[ray]'") from None
    if address:
        _reach(address)
    usual: dict[str, Any] = {"configure_logging": False, "log_to_driver": False, "include_dashboard": False}
    try:
        if address:
            ray.init(address=address, configure_logging=False, log_to_driver=False)
        else:
            ray.init(num_cpus=workers, **usual)
    except (ConnectionError, RuntimeError, ValueError) as error:
        raise GoujiError(E307, reason=" ".join(str(error).split())[:200]) from None
    try:
        yield _work_through
    finally:
        ray.shutdown()


def _reach(address: str) -> None:
    """Ray itself waits for minutes for a cluster that is not there, and then ends the process.

    Raises:
        GoujiError: E307 where nobody listens at `host:port` or `ray://host:port`.
    """
    host, colon, port = address.removeprefix("ray://").rpartition(":")
    if not colon:
        return
    try:
        socket.create_connection((host, int(port)), timeout=PATIENCE / 10).close()
    except (OSError, ValueError) as error:
        raise GoujiError(E307, reason=f"{address} 连不上（{error}）") from None


class _Place:
    """A place of work on some node; an actor."""

    def __init__(self) -> None:
        # What Ray's own threads hold must not be copied in the middle of what they do: not forked.
        self._worker: Worker[Job, Done] = Worker(do, "spawn")

    def ready(self) -> bool:
        """Answered once the actor has a node to live on."""
        return True

    def read(self, job: Job) -> Ended[Job, Done]:
        self._worker.begin(job)
        return self._worker.end(job.limits.seconds + GRACE)


def _work_through(
    jobs: Iterable[Job], function: Callable[[Job], Done], workers: int, seconds: float, begun: Callable[[Job], None]
) -> Iterator[Ended[Job, Done]]:
    """`workers.work_through` with its processes anywhere in the cluster; `function` is `reading.do` there.

    Raises:
        GoujiError: E307 where no node has had room for anything for `PATIENCE` seconds.
    """
    import ray
    from ray.exceptions import RayError

    del function, seconds
    place: Any = ray.remote(num_cpus=1, max_restarts=0)(_Place)
    left = iter(jobs)
    job = next(left, None)
    # Only an actor that lives is given a job: for one more than the cluster has room for, it would wait for ever.
    starting: dict[Any, Any] = {}
    free: list[Any] = []
    busy: dict[Any, tuple[Any, Job]] = {}
    try:
        while job is not None or busy:
            while job is not None and len(starting) + len(free) + len(busy) < workers:
                actor = place.remote()
                starting[actor.ready.remote()] = actor
            while free and job is not None:
                actor = free.pop()
                begun(job)
                busy[actor.read.remote(job)] = (actor, job)
                job = next(left, None)
            ready, _ = ray.wait([*busy, *starting], num_returns=1, timeout=None if busy else PATIENCE)
            if not ready:
                raise GoujiError(E307, reason=f"{PATIENCE:.0f} 秒内没有节点有空闲的 CPU")
            future = ready[0]
            if future in starting:
                actor = starting.pop(future)
                with contextlib.suppress(RayError):
                    ray.get(future)
                    free.append(actor)
                continue
            actor, ended_job = busy.pop(future)
            try:
                ended: Ended[Job, Done] = ray.get(future)
                free.append(actor)
            except RayError:
                # The actor or its node is gone; another takes its place where there is room.
                ended = Ended(ended_job, "died")
            yield ended
    finally:
        for actor in (*free, *starting.values(), *(actor for actor, _ in busy.values())):
            ray.kill(actor)
