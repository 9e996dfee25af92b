"""The mutants of a small source: every slip once, nothing of `run`, of types or of texts."""

from __future__ import annotations

from tests.mutation.mutants import mutants, sample

SOURCE = '''
def discounted(rewards: tuple[float, ...], gamma: Literal[3] = 3) -> float:
    """Sum of γ^t r_t, 1 at most."""
    # one is the most
    return min(power(gamma, 2) - rewards[-1], 1)


def run(steps: int = 5) -> float:
    return discounted((), steps) + 1
'''
LINE = "return min(power(gamma, 2) - rewards[-1], 1)"


def test_every_slip_of_the_pure_functions_is_made_once_and_alone() -> None:
    made = mutants(SOURCE)
    signature = "def discounted(rewards: tuple[float, ...], gamma: Literal[3] = {}) -> float:"
    assert sorted((slip.was, slip.now) for slip in made) == sorted(
        [
            (LINE, "return min(power(gamma, 2) + rewards[-1], 1)"),
            (LINE, "return min(power(gamma, 3) - rewards[-1], 1)"),
            (LINE, "return min(power(gamma, 1) - rewards[-1], 1)"),
            (LINE, "return min(power(2, gamma) - rewards[-1], 1)"),
            (LINE, "return min(power(gamma, 2) - rewards[+1], 1)"),
            (LINE, "return min(power(gamma, 2) - rewards[1], 1)"),
            (LINE, "return min(power(gamma, 2) - rewards[-2], 1)"),
            (LINE, "return min(power(gamma, 2) - rewards[-0], 1)"),
            (LINE, "return min(power(gamma, 2) - rewards[-1], 2)"),
            (LINE, "return min(power(gamma, 2) - rewards[-1], 0)"),
            (LINE, "return max(power(gamma, 2) - rewards[-1], 1)"),
            (signature.format(3), signature.format(4)),
            (signature.format(3), signature.format(2)),
        ]
    )
    for slip in made:
        assert slip.source == SOURCE.replace(slip.was, slip.now)


def test_the_draw_takes_every_kind_in_turn_and_is_not_moved_by_what_is_left_out() -> None:
    drawn = sample(SOURCE, 6, ())
    kinds = ["number_less_one", "operator_number", "operator_swap_op", "other_function", "other_sign"]
    assert [slip.kind for slip in drawn] == [*kinds, "swapped_arguments"]
    left_out = (drawn[0].was, drawn[0].now)
    again = sample(SOURCE, 6, {left_out})
    assert again[1:] == drawn[1:]
    assert (again[0].was, again[0].now) != left_out
