"""Learning from preferences: every sum against plain numpy, the gradients by torch, the chain, and what it is asked."""

import dataclasses
import math
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from engine.experiments import RLHF
from engine.mistake import Mistake
from engine.models import best_of_n, dpo, finish, ppo, reward, rlhf, sft
from engine.models.sft import Answers, Tongue, there
from engine.snapshot import Snapshot
from engine.text import answers
from engine.text.tokens import END

SMALL: dict[str, Any] = {"pairs": 100, "sft_updates": 150, "reward_updates": 30, "updates": 6, "dpo_updates": 20}


def trained(**fields: Any) -> tuple[rlhf.Model, list[Snapshot]]:
    model = rlhf.build(RLHF(**{**SMALL, **fields}))
    return model, list(rlhf.train(model))


@pytest.fixture(scope="module")
def small() -> rlhf.Model:
    return trained()[0]


@pytest.fixture
def its() -> Tongue:
    return sft.tongue("en")


def some_numbers(seed: int, *size: int) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=size)


MASK = np.array([[1, 1, 1, 1, 0], [1, 1, 0, 0, 0], [1, 1, 1, 1, 1]], float)


# ---- PPO against plain numpy ------------------------------------------------------------------------------------


@pytest.mark.parametrize("lam", [0.95, 1.0, 0.0])
def test_rewards_and_advantages_are_those_of_a_plain_loop(lam: float) -> None:
    old, ref, R, V, beta, gamma = (
        *(some_numbers(i, 3, 5) for i in (1, 2)),
        some_numbers(3, 3),
        some_numbers(4, 3, 5),
        0.2,
        0.9,
    )
    lengths = MASK.sum(1).astype(int)
    r = np.zeros((3, 5))
    for b, n in enumerate(lengths):
        for t in range(n):
            r[b, t] = -beta * (old[b, t] - ref[b, t]) + (R[b] if t == n - 1 else 0)
    A = np.zeros((3, 5))
    for b, n in enumerate(lengths):
        for t in range(n):  # the sum of the paper: Σ_k (γλ)^k δ_{t+k}
            for k in range(t, n):
                ahead = V[b, k + 1] if k + 1 < n else 0.0
                A[b, t] += (gamma * lam) ** (k - t) * (r[b, k] + gamma * ahead - V[b, k])
    given = [torch.from_numpy(x) for x in (old, ref, R, MASK)]
    made = ppo.rewards(*given, beta)
    assert made.numpy() == pytest.approx(r)
    assert ppo.advantages(made, torch.from_numpy(V), given[3], gamma, lam).numpy() == pytest.approx(A)


def test_with_lambda_one_and_no_values_an_advantage_is_all_that_is_still_paid() -> None:
    r = torch.tensor([[0.5, -1.0, 2.0]])
    A = ppo.advantages(r, torch.zeros(1, 3), torch.ones(1, 3), lam=1.0)
    assert A[0].tolist() == [1.5, 1.0, 2.0]


def test_clipped_loss_and_whitening_are_those_of_plain_numpy() -> None:
    new, old, A = (some_numbers(i, 3, 5) / 3 for i in (5, 6, 7))
    chosen = A[MASK == 1]
    white = (A - chosen.mean()) / (chosen.std() + 1e-6)
    made = ppo.whitened(torch.from_numpy(A), torch.from_numpy(MASK))
    assert made.numpy() == pytest.approx(white)
    rho = np.exp(new - old)
    losses = -np.minimum(rho * white, np.clip(rho, 0.8, 1.2) * white)
    found, lost = ppo.clipped(torch.from_numpy(new), torch.from_numpy(old), made)
    assert found.numpy() == pytest.approx(rho)
    assert lost.numpy() == pytest.approx(losses)
    assert ppo.mean(lost, torch.from_numpy(MASK)).item() == pytest.approx(losses[MASK == 1].mean())


@pytest.mark.parametrize(
    ("rho", "A", "moves"),
    [(1.5, 1.0, False), (1.5, -1.0, True), (0.5, -1.0, False), (0.5, 1.0, True), (1.1, 1.0, True)],
)
def test_a_ratio_past_the_edge_has_no_gradient_unless_it_comes_back(rho: float, A: float, moves: bool) -> None:
    new = torch.tensor(math.log(rho), requires_grad=True)
    _, lost = ppo.clipped(new, torch.tensor(0.0), torch.tensor(A))
    lost.backward()
    assert new.grad is not None
    assert new.grad.item() == pytest.approx(-rho * A if moves else 0.0)


def test_an_update_is_that_of_plain_torch(small: rlhf.Model) -> None:
    """The loss from log-probabilities of `torch.log_softmax` over whole sequences, its gradient by autograd."""
    its, task = small.its, small.task
    w = {name: each.clone() for name, each in small.net("policy").items()}
    rollout = finish(ppo.rolled_out(its, w, task, 8, torch.Generator().manual_seed(0)))
    A = ppo.whitened(rollout.A, rollout.mask)
    x = rollout.answers.x
    ours = {name: each.clone().requires_grad_() for name, each in w.items()}
    new, V = ppo.judged(its, ours, rollout.answers)
    _, surrogate = ppo.clipped(new, rollout.old, A)
    loss = ppo.mean(surrogate, rollout.mask) + ppo.VALUE * ppo.mean((V - rollout.target) ** 2, rollout.mask)
    loss.backward()
    plain = {name: each.clone().requires_grad_() for name, each in w.items()}
    P = its.questions.shape[1]
    words = torch.cat([its.questions[rollout.answers.asked], x], dim=1)
    h = sft.transformer.decoded(sft.Pass(its.shape, plain), words)
    p = torch.log_softmax(h[:, P - 1 : -1] @ plain["decoder.E"].T + _never_start(plain), -1)
    logs = p.gather(2, x[..., None])[..., 0]
    rho, m = (logs - rollout.old).exp(), rollout.mask.bool()
    policy = torch.maximum(-A * rho, -A * rho.clamp(0.8, 1.2))[m].mean()
    whole = policy + 0.1 * ((h[:, P - 1 : -1] @ plain["u"] - rollout.target)[m] ** 2).mean()
    whole.backward()
    assert loss.item() == pytest.approx(whole.item(), abs=1e-5)
    for name in ("decoder.E", "decoder.0.self.W", "u"):
        torch.testing.assert_close(ours[name].grad, plain[name].grad, rtol=1e-3, atol=1e-5)
    assert rollout.kl.tolist() == pytest.approx(((rollout.old - rollout.ref) * rollout.mask).sum(1).tolist())


def _never_start(w: dict[str, torch.Tensor]) -> torch.Tensor:
    never = torch.zeros(len(w["decoder.E"]))
    never[1] = -math.inf
    return never


def test_before_a_step_the_ratio_is_one_and_the_log_is_what_it_was_drawn_with(small: rlhf.Model) -> None:
    """The cache of writing and the whole sequence at once give the same ln π."""
    its, w = small.its, small.net("policy")
    rollout = finish(ppo.rolled_out(its, w, small.task, 8, torch.Generator().manual_seed(1)))
    new, _ = ppo.judged(its, w, rollout.answers)
    assert (new - rollout.old).abs().max() < 1e-5
    one = rollout.answers.x[0][rollout.mask[0] == 1]
    reader = sft.Reader(sft.Pass(its.shape, w))
    words, logs = its.questions[rollout.answers.asked[:1]], []
    for word in one.tolist():
        logs.append(float(reader.read(words)[0, word]))
        words = torch.tensor([[word]])
    assert logs == pytest.approx(rollout.old[0][: len(one)].tolist(), abs=1e-4)


# ---- comparisons ------------------------------------------------------------------------------------------------


def test_the_loss_of_a_comparison_is_its_closed_form_and_so_is_its_gradient() -> None:
    r = torch.tensor([[1.2, -0.3], [0.0, 2.0], [0.5, 0.5]], dtype=torch.float64, requires_grad=True)
    y = torch.tensor([1.0, 0.0, 0.5], dtype=torch.float64)
    lost = reward.bradley_terry(r[:, 0], r[:, 1], y)
    assert lost.tolist() == pytest.approx([math.log(1 + math.exp(-1.5)), math.log(1 + math.exp(-2.0)), math.log(2)])
    lost.sum().backward()
    assert r.grad is not None
    assert r.grad[:, 0].tolist() == pytest.approx([1 / (1 + math.exp(-1.5)) - 1, 1 / (1 + math.exp(2.0)), 0.0])


def test_the_loss_of_dpo_is_its_closed_form() -> None:
    """Rafailov et al. (2023), equation 7, and its gradient for ln π of the chosen: −β σ(r_l − r_w)."""
    beta, log, ref = 0.3, (-4.0, -5.0), (-4.5, -4.0)
    given = [torch.tensor([x], dtype=torch.float64, requires_grad=True) for x in (*log, *ref)]
    lost = dpo.loss(*given, torch.ones(1, dtype=torch.float64), beta)
    d = beta * ((log[0] - ref[0]) - (log[1] - ref[1]))
    assert lost.item() == pytest.approx(-math.log(1 / (1 + math.exp(-d))))
    lost.backward()
    assert given[0].grad is not None
    assert given[0].grad.item() == pytest.approx(-beta / (1 + math.exp(d)))
    assert dpo.loss(*given, torch.zeros(1), beta).item() == pytest.approx(math.log(1 + math.exp(d)))


def test_reward_reads_the_last_word_and_nothing_behind_it(its: Tongue) -> None:
    w = reward.first_weights(sft.first_weights(its, 0)) | {"v": torch.from_numpy(some_numbers(0, sft.D)).float()}
    asked, x = torch.tensor([0, 1]), its.numbered([["good", "."], ["the", "soup", "was", "dull", "."]])
    both = reward.reward(its, w, Answers(asked, x))
    alone = reward.reward(its, w, Answers(asked[:1], x[:1, :3]))
    assert both[0].item() == pytest.approx(alone.item(), abs=1e-5)
    assert there(x).sum(1).tolist() == [3, 6]


def test_agreement_counts_ties_of_rewards_half_and_leaves_ties_of_people_out() -> None:
    r_a, r_b = torch.tensor([1.0, 1.0, 2.0, 0.0]), torch.tensor([0.0, 2.0, 2.0, 9.0])
    assert reward.agreement(r_a, r_b, torch.tensor([1.0, 1.0, 0.0, 0.5])) == pytest.approx((1 + 0 + 0.5) / 3)


def test_votes_come_first_and_others_fill_up(its: Tongue) -> None:
    votes = reward.voted(its, "l-rt", 0)
    assert votes is not None
    assert votes.y.tolist() == [1.0, 0.0, 0.5]
    shown = answers.to_vote("en", 0, 4)
    assert its.said(votes.a.x[1].tolist()) == shown[2][1]
    assert its.said(votes.b.x[1].tolist()) == shown[2][2]
    assert reward.voted(its, "--", 0) is None
    model = rlhf.build(RLHF(votes="l-rt", pairs=50, **{k: v for k, v in SMALL.items() if k != "pairs"}))
    for _ in rlhf._comparing(model):
        pass
    assert len(model.ready["pairs"]) == 50
    assert model.ready["pairs"].y[:3].tolist() == [1.0, 0.0, 0.5]


# ---- best of n --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("n", [1, 2, 8, 64])
def test_the_distance_of_the_best_of_n_is_that_of_many_answers_counted(n: int) -> None:
    """10,000 answers, equally probable, in order of their reward: the best of n is number i with a known chance."""
    i, K = np.arange(1, 10_001), 10_000
    p = (i / K) ** n - ((i - 1) / K) ** n
    counted = (p[p > 0] * np.log(p[p > 0] * K)).sum()
    assert best_of_n.kl(n) == pytest.approx(counted, abs=2e-2)


def test_the_best_of_each_group() -> None:
    R = torch.tensor([0.1, 0.9, 0.3, 0.2, 0.8, 0.5, 7.0])
    assert best_of_n.best(R, 3).tolist() == [1, 4]
    assert best_of_n.sizes(12) == [1, 2, 4, 8, 12]
    assert best_of_n.sizes(1) == [1]


def test_best_of_n_gives_what_the_reward_model_likes_best_of_so_many() -> None:
    model, snapshots = trained(algorithm="best_of_n", start="shipped", n=8)
    rewards = [each.metrics["reward"] for each in snapshots if each.metrics["n"] > 1]
    assert rewards == sorted(rewards)
    assert [point["update"] for point in rlhf.frontier(model)["path"]] == [1, 2, 4, 8]
    drawn = rlhf._judged(model, 3, rlhf._drawn(model, "sft", 3, 16, 1))
    best = [max(drawn[i : i + 8], key=lambda each: each["reward"])["text"] for i in (0, 8)]
    assert [each["text"] for each in rlhf.samples(model, 3, 2)["policy"]] == best


# ---- the chain --------------------------------------------------------------------------------------------------


def test_writing_ends_with_the_first_end(its: Tongue) -> None:
    w = sft.first_weights(its, 0)
    given = finish(sft.written(its, w, torch.zeros(40, dtype=torch.int64), torch.Generator().manual_seed(0)))
    for row in given.x.tolist():
        if END in row:
            assert set(row[row.index(END) :]) == {END}
    assert given.x.shape[1] <= answers.LONGEST


def test_stages_come_in_order_and_the_end_is_measured() -> None:
    model, snapshots = trained(updates=5)
    stages = [snapshot.metrics["stage"] for snapshot in snapshots]
    assert sorted(set(stages)) == [1, 2, 3]
    assert stages == sorted(stages)
    last = snapshots[-1].metrics
    given = finish(sft.written(model.its, model.net("policy"), torch.arange(rlhf.FINAL) % 10, _luck(model)))
    assert last["true_score"] == pytest.approx(reward.true_scores(model.its, given).mean().item(), abs=1e-4)
    before = finish(sft.written(model.its, model.net("sft"), torch.arange(rlhf.FINAL) % 10, _luck(model)))
    assert last["true_score_sft"] == pytest.approx(reward.true_scores(model.its, before).mean().item(), abs=1e-4)
    assert last["kl"] > 0
    assert len(rlhf.frontier(model)["path"]) == 5
    first = max(snapshot.step for snapshot in snapshots if snapshot.metrics["stage"] < 3)
    assert rlhf.facts(model)["before_policy"] == pytest.approx(first / model.total)


def _luck(model: rlhf.Model) -> torch.Generator:
    return torch.Generator().manual_seed(model.spec.seed + rlhf.JUDGING)


def test_answers_that_are_looked_at_are_those_of_the_moment() -> None:
    """Those of the moment before are taken only where the policy has not changed."""
    model, seen = rlhf.build(RLHF(start="shipped", updates=5)), list[Any]()
    for _ in rlhf.train(model):
        seen.append(rlhf.samples_view(model, None)["answers"])
        assert seen[-1] == rlhf.samples_view(dataclasses.replace(model, ready={}), None)["answers"]
    assert seen[0] == seen[1] != seen[-1]


def test_a_run_that_blows_up_ends_with_good_weights() -> None:
    """Steps a thousand times too large: the policy is soon where it never comes back from."""
    model, snapshots = trained(lr=1.0, start="shipped", updates=30)
    last = snapshots[-1]
    assert last.metrics["diverged"] == 1
    assert last.step < last.total
    assert all(torch.isfinite(each).all() for each in model.net("policy").values())
    assert rlhf.samples(model)["policy"]
    assert last.metrics["kl"] < 5  # from before it went astray, not from just before it was stopped


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"beta": -0.1}, "dial_range"),
        ({"beta": 1e9}, "dial_range"),
        ({"labeller": "votes"}, "votes_none"),
        ({"labeller": "votes", "votes": "---"}, "votes_none"),
        ({"votes": "yes"}, "votes_unreadable"),
        ({"votes": "l" * 61}, "votes_many"),
        ({"pairs": 0}, "preferences_none"),
        ({"principles": "short, detailed"}, "principles_contrary"),
    ],
)
def test_settings_that_cannot_be_used_are_told(given: dict[str, Any], code: str) -> None:
    with pytest.raises(Mistake) as refused:
        RLHF.parse(given)
    assert refused.value.code == code
    assert refused.value.sentence("zh")


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"text": ""}, "line_empty"),
        ({"text": "good " * 30}, "answer_long"),
        ({"text": "the <b>soup</b>"}, "answer_word"),
        ({"text": "good .", "asked": "moon"}, "thing_unknown"),
    ],
)
def test_answers_that_cannot_be_judged_are_told(small: rlhf.Model, given: dict[str, Any], code: str) -> None:
    with pytest.raises(Mistake) as refused:
        rlhf.score(small, **given)
    assert refused.value.code == code


def test_an_answer_of_ones_own_is_judged_part_by_part(small: rlhf.Model) -> None:
    found = rlhf.score(small, "the film was good .", "soup")
    assert found["worth"]["elsewhere"] == -1
    assert found["true_score"] == pytest.approx(1 - 0.4 - 1)
    chinese = rlhf.build(RLHF(language="zh"))
    assert rlhf.score(chinese, "汤很好。", "汤")["words"] == ["汤", "很", "好", "。"]


def test_disagreements_are_pairs_in_which_proxy_and_truth_point_apart(small: rlhf.Model) -> None:
    for pair in rlhf.disagreements(small)["pairs"]:
        assert (pair["reward"][0] - pair["reward"][1]) * (pair["true_score"][0] - pair["true_score"][1]) < 0


# ---- the traces -------------------------------------------------------------------------------------------------


def test_the_trace_of_a_comparison_is_the_reward_models(small: rlhf.Model) -> None:
    steps = {step.id: step for step in rlhf.trace_bradley_terry(small, 3, "r")}
    pair = rlhf._voted(small, 3, "r")
    w = small.net("reward")
    r = [reward.reward(small.its, w, side).item() for side in (pair.a, pair.b)]
    assert steps["reward"].outputs["r"].tolist() == pytest.approx(r)
    assert steps["bt_loss"].outputs["L"][0] == pytest.approx(math.log(1 + math.exp(r[0] - r[1])))
    assert steps["bt_gradient"].outputs["∇r"][0] == pytest.approx(1 / (1 + math.exp(r[1] - r[0])))


def test_the_trace_of_dpo_is_dpos(small: rlhf.Model) -> None:
    steps = {step.id: step for step in rlhf.trace_dpo(small, 1, "l")}
    pair = rlhf._voted(small, 1, "l")
    logs = [dpo.whole(small.its, small.net(name), side) for name in ("policy", "sft") for side in (pair.a, pair.b)]
    lost = dpo.loss(*logs, pair.y, small.spec.beta)
    assert steps["bt_loss"].outputs["L"][0] == pytest.approx(lost.item(), abs=1e-4)


def test_the_trace_of_ppo_adds_up(small: rlhf.Model) -> None:
    trace = rlhf.trace_ppo(small, 2, 0)
    made: dict[str, np.ndarray] = {}
    for step in trace:
        made |= step.inputs | step.outputs
    n = len(made["r"])
    cost = -small.spec.beta * (made["ln π_old"] - made["ln π_ref"])
    assert made["r"].sum() == pytest.approx(cost.sum() + made["R"][0], abs=1e-5)
    delta = made["r"] + np.append(made["V"][1:], 0) - made["V"]
    A = [sum(0.95 ** (k - t) * delta[k] for k in range(t, n)) for t in range(n)]
    assert made["A"] == pytest.approx(A, abs=1e-5)
    assert made["Â"] == pytest.approx((made["A"] - made["mean"]) / (made["deviation"] + 1e-6), abs=1e-4)
    rho = np.exp(made["ln π"] - made["ln π_old"])
    assert np.abs(rho - 1).max() > 1e-4
    losses = np.maximum(-rho * made["Â"], -rho.clip(0.8, 1.2) * made["Â"])
    value = 0.1 * (made["V new"] - made["target"]) ** 2
    assert made["L"][0] == pytest.approx((losses + value).mean(), abs=1e-6)


@pytest.mark.parametrize("trace", ["trace_bradley_terry", "trace_dpo", "trace_ppo"])
def test_every_step_shows_a_line_that_is_marked(small: rlhf.Model, trace: str) -> None:
    folder = Path(rlhf.__file__).parent
    for step in rlhf.QUESTIONS[trace](small):
        file, _, mark = step.source.partition("#")
        assert len(re.findall(rf"# step: {mark}$", (folder / file).read_text(encoding="utf-8"), re.MULTILINE)) == 1


# ---- from what is shipped ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["en", "zh"])
def test_from_what_is_shipped_only_the_last_stage_is_trained(language: str) -> None:
    model = rlhf.build(RLHF(language=language, start="shipped", updates=5))
    training = rlhf.train(model)
    first = next(training)
    assert first.metrics["stage"] == 3
    assert first.metrics["kl"] == pytest.approx(0, abs=1e-4)
    assert first.metrics["reward_model_accuracy"] >= 0.75
    *_, last = training
    assert last.metrics["reward"] > first.metrics["reward"]


def test_from_what_is_shipped_with_other_people_the_reward_model_is_trained_too() -> None:
    model = rlhf.build(RLHF(start="shipped", labeller="length", pairs=50, reward_updates=20, updates=5))
    assert [work.stage for work in rlhf.plan(model)][:1] == [2]
    assert next(rlhf.train(model)).metrics["stage"] == 2


def test_other_runs_of_a_worker_keep_their_gradients(small: rlhf.Model) -> None:
    """Between two pieces of work other runs go on in the same thread."""
    model = dataclasses.replace(small, stage=rlhf.POLICY, told=dict(small.told))
    assert all(torch.is_grad_enabled() for _ in rlhf._look(model, 50, rlhf.WATCHING))
