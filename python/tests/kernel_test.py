"""The quantum kernel against a direct computation, and the estimator against scikit-learn's own checks."""
import sys
import unittest

import numpy as np

import qdose


def ry_state(angles):
    """Product state of RY rotations, qubit 0 the lowest bit."""
    state = np.ones(1)
    for angle in angles:
        state = np.kron([np.cos(angle / 2), np.sin(angle / 2)], state)
    return state


class Kernel(unittest.TestCase):
    def setUp(self):
        random = np.random.default_rng(1)
        self.x, self.y = random.uniform(0, 2, (20, 3)), random.uniform(0, 2, (9, 3))

    def test_is_a_kernel(self):
        for name in qdose.feature_maps():
            try:
                gram = qdose.quantum_kernel(self.x, None, name)
            except ValueError:
                continue  # a map for another number of inputs
            np.testing.assert_allclose(np.diag(gram), 1, atol=1e-12)
            np.testing.assert_allclose(gram, gram.T, atol=1e-12)
            self.assertGreater(np.linalg.eigvalsh(gram).min(), -1e-9)
            rectangular = qdose.quantum_kernel(self.x, self.y, name)
            self.assertEqual(rectangular.shape, (20, 9))

    def test_is_the_fidelity_of_states_computed_here(self):
        x, y = self.x[:, :2], self.y[:, :2]
        # one layer of rotations without gates between qubits is a product state: fidelities multiply
        single = [qdose.quantum_kernel(x[:, [k]], y[:, [k]], "ry", 1) for k in range(2)]
        for k in range(2):
            states_x, states_y = [np.array([ry_state([a]) for a in z[:, k]]) for z in (x, y)]
            np.testing.assert_allclose(single[k], (states_x @ states_y.T) ** 2, atol=1e-12)

    def test_wrong_words_are_named(self):
        with self.assertRaisesRegex(ValueError, "zzz"):
            qdose.quantum_kernel(self.x, None, "zzz")


class Estimator(unittest.TestCase):
    def test_passes_the_checks_of_scikit_learn(self):
        from sklearn.utils.estimator_checks import check_estimator
        check_estimator(qdose.QuantumKernelRegressor())

    def test_learns_a_smooth_function(self):
        random = np.random.default_rng(2)
        x = random.uniform(-1, 1, (120, 2))
        y = np.sin(2 * x[:, 0]) + x[:, 1] ** 2
        model = qdose.QuantumKernelRegressor(feature_map="ry", alpha=1e-4).fit(x[:80], y[:80])
        self.assertGreater(model.score(x[80:], y[80:]), 0.8)


if __name__ == "__main__":
    try:
        import sklearn  # noqa: F401
    except ImportError:
        print("scikit-learn is not installed: skipped")
        sys.exit(77)
    unittest.main()
