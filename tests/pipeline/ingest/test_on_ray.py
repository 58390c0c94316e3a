"""A real Ray cluster on this machine, of which one node is lost on the way."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from pipeline.errors import GoujiError
from pipeline.ingest.on_ray import ray_engine
from pipeline.ingest.reading import Limits
from pipeline.ingest.run import Options, Tally, ingest
from tests.pipeline.ingest.test_run import digests, rows

ray = pytest.importorskip("ray")
EXAMPLES = Path(__file__).parents[3] / "examples"
OPTIONS = Options(workers=2, limits=Limits(60.0, 2048))


@pytest.fixture
def reports(tmp_path: Path) -> Path:
    """Two dozen reports and a file that is none."""
    folder = tmp_path / "in"
    folder.mkdir()
    for path in sorted(EXAMPLES.iterdir()):
        if path.suffix in (".html", ".txt", ".md", ".csv"):
            shutil.copy(path, folder / path.name)
    (folder / "empty.html").write_bytes(b"")
    return folder


@pytest.mark.slow
def test_two_nodes_one_of_them_lost_give_the_same_bytes(reports, tmp_path):
    from ray.cluster_utils import Cluster

    ingest([str(reports)], tmp_path / "local", OPTIONS, lambda _: None)
    cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 1, "include_dashboard": False})
    second = cluster.add_node(num_cpus=1)
    read = []

    def watch(tally: Tally) -> None:
        read.append(tally.read)
        if tally.read == 5 and second in cluster.worker_nodes:
            cluster.remove_node(second, allow_graceful=False)

    try:
        with ray_engine(cluster.address, 2) as engine:
            ingest([str(reports)], tmp_path / "ray", OPTIONS, watch, engine)
        assert second not in cluster.worker_nodes
    finally:
        cluster.shutdown()

    assert digests(tmp_path / "ray") == digests(tmp_path / "local")
    assert rows(tmp_path / "ray", "SELECT count(*) FROM FILES WHERE status != 'failed'")[0][0] >= 20


@pytest.mark.slow
def test_a_cluster_of_this_machine_alone_is_started_and_ended(reports, tmp_path):
    with ray_engine(None, 2) as engine:
        ingest([str(reports)], tmp_path / "ray", OPTIONS, lambda _: None, engine)
    assert not ray.is_initialized()
    ingest([str(reports)], tmp_path / "local", OPTIONS, lambda _: None)
    assert digests(tmp_path / "ray") == digests(tmp_path / "local")


@pytest.mark.parametrize("address", ["127.0.0.1:1", "ray://127.0.0.1:1", "nowhere.invalid:6379", "127.0.0.1:port"])
def test_an_address_where_nobody_is_is_said_in_one_line(address):
    with pytest.raises(GoujiError, match="E307"), ray_engine(address, 1):
        pass
