from __future__ import annotations

import json
from pathlib import Path

import torch
from torch import nn

from training.fitting import Schedule, add_point, average_of, cut, learning_rate, restore, store


def test_the_rate_rises_and_falls() -> None:
    how = Schedule(
        seed=1, steps=100, batch=1, rate=0.01, warm_up=10, decay=0.0, average=0.9, checkpoint_every=100, threads=1
    )
    rates = [learning_rate(step, how) for step in range(100)]
    assert rates.index(max(rates)) == how.warm_up - 1
    assert rates[0] < how.rate == max(rates)
    assert rates[-1] < 0.02 * how.rate


def test_the_mean_soon_forgets_how_the_network_began() -> None:
    mean, network = nn.Linear(1, 1, bias=False), nn.Linear(1, 1, bias=False)
    nn.init.constant_(mean.weight, 100.0)
    nn.init.constant_(network.weight, 1.0)
    for step in range(30):
        average_of(mean, network, 0.998, step)
    assert abs(float(mean.weight.detach()) - 1.0) < 0.01


def test_a_checkpoint_gives_back_what_was_stored(tmp_path: Path) -> None:
    made = [nn.Linear(2, 2) for _ in range(4)]
    optimisers = [torch.optim.AdamW(one.parameters(), lr=0.1) for one in made]
    made[0](torch.ones(1, 2)).sum().backward()
    optimisers[0].step()
    path = tmp_path / "checkpoint.pt"
    assert restore(path, made[2], made[3], optimisers[2]) == 0
    store(path, 7, made[0], made[1], optimisers[0])
    assert restore(path, made[2], made[3], optimisers[2]) == 7
    assert torch.equal(made[2].weight, made[0].weight) and torch.equal(made[3].weight, made[1].weight)
    assert not list(tmp_path.glob("*.part"))


def test_points_of_steps_that_will_be_done_again_are_dropped(tmp_path: Path) -> None:
    curve = tmp_path / "curve.jsonl"
    cut(curve, 5)
    for step in (20, 40, 60):
        add_point(curve, {"step": step, "loss": 1.0})
    cut(curve, 40)
    assert [json.loads(line)["step"] for line in curve.read_text().splitlines()] == [20, 40]
