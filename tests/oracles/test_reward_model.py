"""The reward model's fit beside scikit-learn's logistic regression, and its loss beside trl's."""

from __future__ import annotations

import numpy as np
import pytest

import reward_model

pytestmark = pytest.mark.oracle


@pytest.mark.parametrize("noise", [0.0, 0.1, 0.4])
def test_the_fit_is_logistic_regression_without_an_intercept_on_differences(noise: float) -> None:
    from sklearn.linear_model import LogisticRegression

    pairs = reward_model.draw(
        800, np.random.default_rng(3), noise=noise, offset=1.0, length_bias=0.3, labels="sampled"
    )
    fitted = reward_model.fit(pairs.chosen_minus_rejected(), l2=0.0)
    library = LogisticRegression(fit_intercept=False, C=np.inf, tol=1e-10, max_iter=1000)
    library.fit(pairs.features[:, 0] - pairs.features[:, 1], pairs.first_wins)
    assert fitted is not None
    np.testing.assert_allclose(fitted, library.coef_[0], rtol=1e-4)


def test_a_penalty_is_its_inverse_strength_a_pair() -> None:
    from sklearn.linear_model import LogisticRegression

    pairs = reward_model.draw(
        300, np.random.default_rng(4), noise=0.0, offset=1.0, length_bias=0.0, labels="certain"
    )
    fitted = reward_model.fit(pairs.chosen_minus_rejected(), l2=0.05)
    library = LogisticRegression(fit_intercept=False, C=1 / (0.05 * 300), tol=1e-10, max_iter=1000)
    library.fit(pairs.features[:, 0] - pairs.features[:, 1], pairs.first_wins)
    assert fitted is not None
    np.testing.assert_allclose(fitted, library.coef_[0], rtol=1e-4)
