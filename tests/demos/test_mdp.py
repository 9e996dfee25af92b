"""The MDP demo held against linear programming, plain loops over gymnasium's tables, and the figures of the book."""

from __future__ import annotations

import itertools
import math
from collections import deque
from typing import Any

import gymnasium
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.optimize import linprog

import mdp
from llmcore_tui.lab import Anchor, NotReached, NotRun
from toys.known_mdps import Mdp, build

Array = NDArray[np.float64]
UNIFORM_VALUES = [
    [3.3, 8.8, 4.4, 5.3, 1.5],
    [1.5, 3.0, 2.3, 1.9, 0.5],
    [0.1, 0.7, 0.7, 0.4, -0.4],
    [-1.0, -0.4, -0.4, -0.6, -1.2],
    [-1.9, -1.3, -1.2, -1.4, -2.0],
]  # Sutton & Barto 2018, figure 3.2 (right)
OPTIMAL_VALUES = [
    [22.0, 24.4, 22.0, 19.4, 17.5],
    [19.8, 22.0, 19.8, 17.8, 16.0],
    [17.8, 19.8, 17.8, 16.0, 14.4],
    [16.0, 17.8, 16.0, 14.4, 13.0],
    [14.4, 16.0, 14.4, 13.0, 11.7],
]  # figure 3.5 (middle)


def table(env: str, **options: object) -> Any:
    """gymnasium's own table and start distribution, read without the demo."""
    return gymnasium.make(env, **options).unwrapped  # type: ignore[arg-type]  # the options of each environment


def backed_up(outcomes: Any, v: list[float], gamma: float) -> float:
    """Σ p (r + γ v(s')), where nothing follows an outcome that is done."""
    return float(sum(p * (r + gamma * (0.0 if done else v[after])) for p, after, r, done in outcomes))


def by_plain_loops(made: Any, gamma: float, tol: float = 1e-12) -> tuple[list[float], list[float], int]:
    """Value iteration state by state: the values, the changes, and the first sweep of a for ever optimal policy."""
    states = range(len(made.P))
    v, changes = [0.0 for _ in states], list[float]()
    greedy_by_sweep: list[list[set[int]]] = []
    while not changes or changes[-1] >= tol:
        after = [max(backed_up(outcomes, v, gamma) for outcomes in made.P[s].values()) for s in states]
        changes.append(max(abs(a - b) for a, b in zip(after, v, strict=True)))
        v = after
        q = [[backed_up(outcomes, v, gamma) for outcomes in made.P[s].values()] for s in states]
        greedy_by_sweep.append([{a for a, x in enumerate(row) if x >= max(row) - 1e-12} for row in q])
    q = [[backed_up(outcomes, v, gamma) for outcomes in made.P[s].values()] for s in states]
    optimal = [{a for a, x in enumerate(row) if x >= max(row) - 1e-9} for row in q]
    wrong = [
        k
        for k, chosen in enumerate(greedy_by_sweep, start=1)
        if any(not picked <= right for picked, right in zip(chosen, optimal, strict=True))
    ]
    return v, changes, (wrong[-1] if wrong else 0) + 1


def by_linear_programme(made: Any, gamma: float) -> Array:
    """min Σ v(s) with v(s) ≥ Σ p (r + γ v(s')) for every action: Bellman's optimality equations, solved at once."""
    states = len(made.P)
    rows, bounds = [], []
    for s in range(states):
        for outcomes in made.P[s].values():
            row = np.zeros(states)
            row[s] -= 1.0
            for p, after, _, done in outcomes:
                row[after] += 0.0 if done else gamma * p
            rows.append(row)
            bounds.append(-sum(p * r for p, _, r, _ in outcomes))
    solved = linprog(np.ones(states), A_ub=np.array(rows), b_ub=bounds, bounds=(None, None), method="highs")
    return np.asarray(solved.x, dtype=np.float64)


ENVIRONMENTS: list[tuple[dict[str, Any], str, dict[str, Any]]] = [
    ({}, "FrozenLake-v1", {"map_name": "4x4", "is_slippery": True}),
    ({"map": "8x8"}, "FrozenLake-v1", {"map_name": "8x8", "is_slippery": True}),
    ({"slippery": False}, "FrozenLake-v1", {"map_name": "4x4", "is_slippery": False}),
    ({"env": "CliffWalking-v1"}, "CliffWalking-v1", {}),
    ({"env": "Taxi-v4"}, "Taxi-v4", {}),
]


@pytest.mark.parametrize(("flags", "env", "options"), ENVIRONMENTS, ids=str)
def test_optimal_values_solve_the_linear_programme(flags: Any, env: str, options: Any) -> None:
    made = table(env, **options)
    want = float(np.asarray(made.initial_state_distrib) @ by_linear_programme(made, 0.95))
    assert mdp.run(**flags, gamma=0.95).numbers["start_value"] == pytest.approx(want, rel=1e-7, abs=1e-9)


@pytest.mark.parametrize(("flags", "env", "options"), ENVIRONMENTS[:4], ids=str)
@pytest.mark.parametrize("gamma", [0.9, 0.99])
def test_sweeps_are_those_of_a_loop_over_the_table(flags: Any, env: str, options: Any, gamma: float) -> None:
    v, changes, settled = by_plain_loops(made := table(env, **options), gamma)
    numbers = mdp.run(**flags, gamma=gamma).numbers
    assert numbers["start_value"] == pytest.approx(
        float(np.asarray(made.initial_state_distrib) @ v), rel=1e-12
    )
    assert numbers["sweeps"] == len(changes)
    assert numbers["policy_settled_at"] == settled
    ratios = [b / a for a, b in itertools.pairwise(changes) if a > 1e-3 * max(changes)]
    assert numbers["contraction"] == pytest.approx(max(ratios), rel=1e-9)
    assert numbers["error_bound"] == pytest.approx(gamma / (1 - gamma) * changes[-1], rel=1e-2)


def by_following_the_policy(made: Any, pi: Array, gamma: float) -> Array:
    """v_π by scipy-free elimination: (I - γP_π) v = R_π assembled outcome by outcome."""
    states = len(made.P)
    matrix, right = np.eye(states), np.zeros(states)
    for s in range(states):
        for a, outcomes in made.P[s].items():
            for p, after, r, done in outcomes:
                right[s] += pi[s, a] * p * r
                matrix[s, after] -= 0.0 if done else gamma * pi[s, a] * p
    return np.asarray(np.linalg.solve(matrix, right), dtype=np.float64)


@pytest.mark.parametrize("env", ["FrozenLake-v1", "CliffWalking-v1", "Taxi-v4"])
def test_uniform_values_solve_the_expectation_equation(env: str) -> None:
    made = table(env)
    pi = np.full((len(made.P), len(made.P[0])), 1 / len(made.P[0]))
    want = float(np.asarray(made.initial_state_distrib) @ by_following_the_policy(made, pi, 0.97))
    got = mdp.run(env=env, policy="uniform", gamma=0.97).numbers["start_value"]  # type: ignore[arg-type]  # a choice
    assert got == pytest.approx(want, rel=1e-9)


def test_the_books_grid_has_the_books_values() -> None:
    grid = build("sb-grid", "4x4", True, 1)
    uniform = mdp.expected_sweeps(grid, np.full((25, 4), 0.25), 0.9, 1e-12).v
    np.testing.assert_allclose(uniform.reshape(5, 5), UNIFORM_VALUES, atol=0.05 + 1e-9)
    optimal = mdp.optimal_sweeps(grid, 0.9, 0.0, 1e-12).v
    np.testing.assert_allclose(optimal.reshape(5, 5), OPTIMAL_VALUES, atol=0.05 + 1e-9)
    assert mdp.run(env="sb-grid", gamma=0.9).numbers["start_value"] == pytest.approx(float(optimal.mean()))


def test_q_learning_acts_on_optimal_values_and_explores() -> None:
    made = table("CliffWalking-v1")
    v, _, _ = by_plain_loops(made, 0.99)
    pi = np.full((48, 4), 0.1 / 4)
    for s in range(48):
        q = [backed_up(made.P[s][a], v, 0.99) for a in range(4)]
        best = [a for a in range(4) if q[a] >= max(q) - 1e-9]
        pi[s, best] += 0.9 / len(best)
    want = by_following_the_policy(made, pi, 0.99)[36]
    got = mdp.run(env="CliffWalking-v1", policy="q-learning").numbers["start_value"]
    assert got == pytest.approx(want, rel=1e-9)


def test_sarsa_ends_in_the_best_of_all_exploring_policies() -> None:
    """The linear programme of the ε-soft MDP, in which an action is carried out with probability 1-ε only."""
    made = table("CliffWalking-v1")
    gamma, epsilon, states = 0.99, 0.1, 48
    rows, bounds = [], []
    for s in range(states):
        for a in range(4):
            row, bound = np.zeros(states), 0.0
            row[s] -= 1.0
            for b in range(4):
                weight = epsilon / 4 + (1 - epsilon) * (a == b)
                for p, after, r, done in made.P[s][b]:
                    row[after] += 0.0 if done else gamma * weight * p
                    bound -= weight * p * r
            rows.append(row)
            bounds.append(bound)
    solved = linprog(np.ones(states), A_ub=np.array(rows), b_ub=bounds, bounds=(None, None), method="highs")
    numbers = mdp.run(env="CliffWalking-v1", policy="sarsa").numbers
    assert numbers["start_value"] == pytest.approx(float(solved.x[36]), rel=1e-8)
    careless = mdp.run(env="CliffWalking-v1", policy="q-learning").numbers["start_value"]
    assert isinstance(careless, float)
    assert careless < float(solved.x[36])


def test_without_exploration_sarsa_and_q_learning_are_value_iteration() -> None:
    values = [
        mdp.run(env="CliffWalking-v1", policy=policy, epsilon=0.0).numbers["start_value"]
        for policy in ("optimal", "q-learning", "sarsa")
    ]
    assert values[1:] == pytest.approx([values[0]] * 2, abs=1e-10)


@pytest.mark.parametrize(("length", "gamma"), [(1, 0.9), (7, 0.5), (50, 0.99), (200, 1.0)])
def test_an_answer_scored_at_its_end_is_worth_the_discount_of_its_length(length: int, gamma: float) -> None:
    numbers = mdp.run(env="token-chain", length=length, gamma=gamma).numbers
    assert numbers["start_value"] == pytest.approx(gamma**length, rel=1e-12)
    assert numbers["sweeps"] == length + 2
    assert numbers["policy_settled_at"] == length


def test_the_taxis_mean_return_is_that_of_shortest_trips() -> None:
    made = table("Taxi-v4")
    steps: dict[int, int] = {}
    for first in np.flatnonzero(made.initial_state_distrib):
        queue, seen = deque([(int(first), 1)]), {int(first)}
        while queue:
            s, count = queue.popleft()
            [(_, after, reward, done)] = (made.P[s][5] if made.P[s][5][0][2] == 20 else made.P[s][0])[:1]
            if done and reward == 20:
                steps[int(first)] = count
                break
            for outcomes in made.P[s].values():
                _, after, reward, _ = outcomes[0]
                if reward == -1 and after not in seen:
                    seen.add(after)
                    queue.append((after, count + 1))
    mean = float(np.mean([21 - count for count in steps.values()]))
    assert mdp.run(env="Taxi-v4", gamma=1.0).numbers["start_value"] == pytest.approx(mean, rel=1e-12)


@st.composite
def mdps(draw: st.DrawFn) -> tuple[Mdp, float]:
    """A random MDP of a few states, and a discount."""
    states, actions = draw(st.integers(2, 5)), draw(st.integers(1, 3))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    p = rng.random((states, actions, states)) ** 3
    p *= draw(st.sampled_from([1.0, 0.9])) / p.sum(axis=2, keepdims=True)
    return Mdp(p, rng.normal(size=(states, actions)), np.full(states, 1 / states)), draw(
        st.floats(0.05, 0.95)
    )


@given(mdps(), st.floats(0, 1))
def test_every_backup_contracts_by_gamma(drawn: tuple[Mdp, float], epsilon: float) -> None:
    world, gamma = drawn
    for swept in (
        mdp.optimal_sweeps(world, gamma, epsilon, 1e-9),
        mdp.expected_sweeps(world, mdp.uniform(world), gamma, 1e-9),
    ):
        assert mdp.contraction(swept.changes) <= gamma * (1 + 1e-9)
        assert len(swept.changes) <= mdp.enough_sweeps(float(swept.changes[0]), gamma, 1e-9)


@given(mdps(), st.floats(0, 1))
def test_sweeping_and_policy_iteration_agree(drawn: tuple[Mdp, float], epsilon: float) -> None:
    world, gamma = drawn
    v, _ = mdp.policy_iteration(world, gamma, epsilon)
    np.testing.assert_allclose(mdp.optimal_sweeps(world, gamma, epsilon, 1e-12).v, v, atol=1e-8)


@given(mdps())
def test_the_stopping_rule_bounds_the_error(drawn: tuple[Mdp, float]) -> None:
    world, gamma = drawn
    swept = mdp.optimal_sweeps(world, gamma, 0.0, 1e-3)
    v, _ = mdp.policy_iteration(world, gamma, 0.0)
    error = float(np.abs(swept.v - v).max())
    assert error <= gamma / (1 - gamma) * float(swept.changes[-1]) + 1e-12


def test_the_reported_error_and_its_bound_are_of_the_values_at_the_stop() -> None:
    made = table("FrozenLake-v1")
    v, changes, _ = by_plain_loops(made, 0.99, tol=1e-3)
    error = float(np.abs(by_linear_programme(made, 0.99) - np.array(v)).max())
    numbers = mdp.run(tol=1e-3).numbers
    assert numbers["value_error"] == pytest.approx(error, rel=1e-6)
    assert numbers["error_bound"] == pytest.approx(99 * changes[-1], rel=1e-9)


@pytest.mark.parametrize(
    ("first", "gamma", "tol"), [(1.0, 0.5, 0.3), (1.0, 0.5, 0.25), (1 / 3, 0.99, 1e-12), (2.0, 0.0, 0.1)]
)
def test_enough_sweeps_counts_the_powers_of_gamma(first: float, gamma: float, tol: float) -> None:
    k, change = 1, first
    while change >= tol:
        k, change = k + 1, change * gamma
    assert mdp.enough_sweeps(first, gamma, tol) == k


def test_policy_iteration_counts_the_policies_it_evaluates() -> None:
    made = table("FrozenLake-v1")
    pi = np.full((16, 4), 0.25)
    evaluations, stable = 0, False
    while not stable:
        evaluations += 1
        v = by_following_the_policy(made, pi, 0.99)
        q = np.array([[backed_up(made.P[s][a], list(v), 0.99) for a in range(4)] for s in range(16)])
        best = q >= q.max(axis=1, keepdims=True) - 1e-10
        improved = best / best.sum(axis=1, keepdims=True)
        stable, pi = np.allclose(improved, pi), improved
    assert mdp.run().numbers["policy_iterations"] == evaluations


def test_actions_go_where_their_arrows_point() -> None:
    grid = build("sb-grid", "4x4", True, 1)
    for action, after in enumerate([7, 17, 13, 11]):  # north south east west of the centre
        assert grid.p[12, action, after] == 1.0
    values, best = mdp.run(env="sb-grid", gamma=0.9).tables[1:]
    assert best.rows[0] == ["→", "↑↓→←", "←", "↑↓→←", "←"]
    assert [row[1] for row in best.rows[1:]] == ["↑"] * 4
    for row, published in zip(values.rows, OPTIMAL_VALUES, strict=True):
        assert list(row) == pytest.approx(published, abs=0.05 + 1e-9)


def test_the_effective_horizon_is_what_a_reward_of_one_a_step_is_worth() -> None:
    assert mdp.run(gamma=0.9).numbers["horizon"] == pytest.approx(sum(0.9**k for k in range(1000)))


def test_a_start_state_can_be_chosen() -> None:
    v, _, _ = by_plain_loops(table("FrozenLake-v1"), 0.99)
    assert mdp.run(start=14).numbers["start_value"] == pytest.approx(v[14], rel=1e-12)
    with pytest.raises(ValueError, match="states 0 to 15, not 16"):
        mdp.run(start=16)


def test_a_token_is_appended_and_only_ending_in_time_pays() -> None:
    answer = build("token-chain", "4x4", True, 3)
    np.testing.assert_array_equal(answer.r, [[0, 0], [0, 0], [0, 0], [1, 0]])
    np.testing.assert_array_equal(answer.p[:, 1], np.eye(4, k=1))
    assert not answer.p[:, 0].any()


def test_nothing_is_counted_after_a_hole_or_the_goal() -> None:
    lake = build("FrozenLake-v1", "4x4", True, 1)
    assert (lake.p[[5, 7, 11, 12, 15]] == 0).all()
    assert lake.p[14].sum() < 4 - 1e-9
    assert lake.r[14, 2] == pytest.approx(1 / 3)


@pytest.mark.parametrize(
    ("sweeps", "settled"), [("LLR", 3), ("LRR", 2), ("RLR", 3), ("RRR", 1), ("RRL", None)]
)
def test_the_policy_has_settled_from_the_sweep_after_the_last_wrong_one(
    sweeps: str, settled: int | None
) -> None:
    choices = np.array([[[sweep == "L", sweep == "R"]] for sweep in sweeps])
    assert mdp.settled_at(choices, np.array([[0.0, 1.0]])) == settled


def test_what_cannot_be_known_is_said_and_not_made_up() -> None:
    endless = mdp.run(env="sb-grid", gamma=1.0)
    assert isinstance(endless.numbers["start_value"], NotReached)
    assert endless.numbers["horizon"] == endless.numbers["policy_iterations"] == NotRun("γ=1")
    assert endless.says == "no_convergence"
    stopped = mdp.run(tol=0.05)
    assert isinstance(stopped.numbers["policy_settled_at"], NotReached)
    assert stopped.says == "stopped_early"
    assert isinstance(mdp.run(policy="uniform").numbers["policy_settled_at"], NotRun)


@pytest.mark.parametrize(
    ("flags", "says"),
    [
        ({}, "settles_early"),
        ({"env": "Taxi-v4"}, "settles_late"),
        ({"env": "token-chain"}, "token_chain"),
        ({"policy": "uniform"}, "evaluated"),
        ({"policy": "sarsa"}, "sarsa"),
        ({"policy": "q-learning"}, "q_learning"),
        ({"gamma": 0.0}, "myopic"),
    ],
)
def test_the_sentence_belongs_to_what_ran(flags: dict[str, Any], says: str) -> None:
    assert mdp.run(**flags).says == says


def test_switching_the_discount_off_leaves_the_next_reward_only() -> None:
    on, off = mdp.run().numbers, mdp.run(gamma=0.0).numbers
    assert off["start_value"] == 0.0
    for key in mdp.OFF.moves:
        a, b = on[key], off[key]
        assert isinstance(a, float)
        assert isinstance(b, float)
        assert b < a


@pytest.mark.parametrize("anchor", mdp.ANCHORS, ids=lambda a: f"{a.number}-{dict(a.set)}")
def test_published_values_come_out(anchor: Anchor) -> None:
    settings: dict[str, Any] = dict(anchor.set)
    number = mdp.run(**settings).numbers[anchor.number]
    assert isinstance(number, float)
    assert math.isclose(number, anchor.value, rel_tol=0, abs_tol=anchor.within)


def test_the_curve_shows_every_sweep_and_where_the_policy_settled() -> None:
    change, mark = mdp.run().series
    assert list(change.x) == list(range(1, 705))
    _, changes, _ = by_plain_loops(table("FrozenLake-v1"), 0.99)
    np.testing.assert_allclose(change.y[:300], np.log10(changes[:300]), atol=1e-6)
    assert list(mark.x) == [45.0]
    assert list(mark.y) == pytest.approx([math.log10(changes[44])])


def test_states_where_nobody_ever_is_are_dots() -> None:
    values, best = mdp.run(env="CliffWalking-v1").tables[1:]
    for shown in (values, best):
        assert [cell == "·" for cell in shown.rows[3]] == [False] + [True] * 11  # the cliff and the goal
        assert not any(cell == "·" for row in shown.rows[:3] for cell in row)
    assert best.rows[2] == ["→"] * 11 + ["↓"]
    assert [row.count("·") for row in mdp.run().tables[1].rows] == [0, 2, 1, 2]  # four holes and the goal
