"""The module as a user meets it: simulate, write, read, select, fit, search; the numbers are those of the program."""
import math
import os
import tempfile
import unittest

import numpy as np

import qdose


class Module(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.trial, cls.truth = qdose.simulate(seed=3, pk="pk_1c_oral", pd="pd_indirect_inhib_kin", subjects=4)
        cls.fit = qdose.fit(cls.trial, "pk_1c_oral", "pd_indirect_inhib_kin", seed=3, chains=2, warmup=100, draws=100, most_draws=100)

    def test_a_trial_survives_its_file(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "trial.csv")
            self.trial.write(path)
            again = qdose.read_trial(path)
        self.assertEqual(again.ids, self.trial.ids)
        for name in ("concentrations", "responses", "doses"):
            for column, values in getattr(self.trial, name).items():
                np.testing.assert_allclose(getattr(again, name)[column], values, rtol=1e-12)
        np.testing.assert_array_equal(again.covariates["BW"], self.trial.covariates["BW"])

    def test_a_wrong_file_tells_every_fault(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "bad.csv")
            with open(path, "w") as file:
                file.write("ID,TIME,DV,AMT,DVID\n1,0,.,5,0\n1,x,1,0,1\n1,4,y,0,2\n")
            with self.assertRaises(ValueError) as fault:
                qdose.read_trial(path)
        self.assertIn("bad.csv:3:3", str(fault.exception))
        self.assertIn("bad.csv:4:5", str(fault.exception))

    def test_draws_are_arrays_that_agree_with_the_summary(self):
        summary = qdose.summary(self.fit)["parameters"]
        draws = self.fit.draws
        self.assertEqual(draws["CL"].shape, (2, 100))
        for name, values in draws.items():
            self.assertAlmostEqual(values.mean(), summary[name]["mean"], delta=1e-6 * abs(values.mean()) + 1e-12)
        true_cl = self.truth["parameters"]["CL"]["typical"]
        self.assertLess(abs(math.log(np.median(draws["CL"]) / true_cl)), 0.7)

    def test_the_same_seed_gives_the_same_draws(self):
        again = qdose.fit(self.trial, "pk_1c_oral", "pd_indirect_inhib_kin", seed=3, threads=1, chains=2, warmup=100, draws=100, most_draws=100)
        np.testing.assert_array_equal(again.draws["CL"], self.fit.draws["CL"])

    def test_doses_come_with_curves(self):
        doses = qdose.dose_search(self.fit, self.trial, threshold=10, replicates=20, subjects=50)
        answers = doses["answers"]
        self.assertIn(("A", "daily"), {(a["scenario"], a["regimen"]) for a in answers})
        for answer in answers:
            self.assertTrue(all(0 <= p["mean"] <= 1 for p in answer["curve"]))

    def test_a_selection_by_likelihood(self):
        selection = qdose.select(self.trial, seed=3)
        self.assertTrue(selection["pk"]["class"].startswith("pk_"))

    def test_a_wrong_setting_is_named(self):
        with self.assertRaisesRegex(TypeError, "no setting 'treshold'"):
            qdose.dose_search(self.fit, self.trial, treshold=3)
        with self.assertRaisesRegex(ValueError, "pk_9c"):
            qdose.fit(self.trial, "pk_9c", "pd_indirect_inhib_kin")


if __name__ == "__main__":
    unittest.main()
