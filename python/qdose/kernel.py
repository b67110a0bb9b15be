"""The quantum kernel of Stage 3 as a function and as an estimator with scikit-learn's interface."""

import numpy as np

from . import _core

try:
    from sklearn.base import BaseEstimator, RegressorMixin
    from sklearn.utils.validation import check_array, check_is_fitted, check_X_y
except ImportError:  # the estimator needs scikit-learn, the rest of qdose does not
    check_X_y = None

    class BaseEstimator:
        """Stands in for scikit-learn's."""

    class RegressorMixin:
        """Stands in for scikit-learn's."""


def quantum_kernel(a, b=None, feature_map="zz", layers=2):
    """Fidelities |<psi(a_i)|psi(b_j)>|^2 of the states that `feature_map` makes of the rows of `a` and `b` (angles).
    b=None: of `a` with itself. One qubit a column for most maps; qdose.feature_maps() lists them."""
    a = np.ascontiguousarray(a, dtype=float)
    b = a if b is None else np.ascontiguousarray(b, dtype=float)
    return _core.gram(a, b, feature_map, layers)


class QuantumKernelRegressor(RegressorMixin, BaseEstimator):
    """Kernel ridge regression with a quantum fidelity kernel.

    Inputs are scaled to [0, 1] on the training range (values outside are held at its edges, so that no angle wraps) and
    become angles in [0, bandwidth * pi]. More than `max_qubits` columns are first reduced to their leading principal components.

    Parameters: feature_map (one of qdose.feature_maps()), layers, bandwidth (share of pi, 0-1), alpha (ridge penalty), max_qubits.
    """

    def __init__(self, feature_map="zz", layers=1, bandwidth=0.5, alpha=1e-2, max_qubits=8):
        self.feature_map = feature_map
        self.layers = layers
        self.bandwidth = bandwidth
        self.alpha = alpha
        self.max_qubits = max_qubits

    def fit(self, X, y):
        if check_X_y is None:
            raise ImportError("QuantumKernelRegressor needs scikit-learn")
        X, y = check_X_y(X, y, multi_output=True, y_numeric=True)
        self.n_features_in_ = X.shape[1]
        self._learn_inputs(X)
        self.angles_ = self._angles(X)
        self.mean_ = y.mean(axis=0)
        gram = quantum_kernel(self.angles_, None, self.feature_map, self.layers)
        self.dual_coef_ = np.linalg.solve(gram + self.alpha * np.eye(len(gram)), y - self.mean_)
        return self

    def predict(self, X):
        check_is_fitted(self)
        X = check_array(X)
        if X.shape[1] != self.n_features_in_:
            raise ValueError(f"X has {X.shape[1]} features, but {type(self).__name__} is expecting "
                             f"{self.n_features_in_} features as input")
        return self.mean_ + quantum_kernel(self._angles(X), self.angles_, self.feature_map, self.layers) @ self.dual_coef_

    def _more_tags(self):
        return {"multioutput": True}

    def __sklearn_tags__(self):  # what later versions of scikit-learn ask for instead
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        return tags

    def _learn_inputs(self, X):
        self.center_ = X.mean(axis=0)
        self.components_ = None
        if X.shape[1] > self.max_qubits:
            _, _, rows = np.linalg.svd(X - self.center_, full_matrices=False)
            self.components_ = rows[: self.max_qubits]
        reduced = self._reduced(X)
        self.low_ = reduced.min(axis=0)
        spread = reduced.max(axis=0) - self.low_
        self.spread_ = np.where(spread > 0, spread, 1.0)

    def _reduced(self, X):
        return X if self.components_ is None else (X - self.center_) @ self.components_.T

    def _angles(self, X):
        return np.pi * self.bandwidth * np.clip((self._reduced(X) - self.low_) / self.spread_, 0, 1)
