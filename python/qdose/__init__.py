"""qdose for Python: which dose to give next, from one phase-1 trial.

    >>> import qdose
    >>> trial = qdose.read_trial("trial.csv")
    >>> fit = qdose.fit(trial, pk="pk_1c_oral", pd="pd_indirect_inhib_kin")
    >>> fit.draws["CL"].shape          # chains, draws
    >>> doses = qdose.dose_search(fit, trial, threshold=3.3)
    >>> doses["answers"][0]["dose_mg"]

Wrong input raises ValueError with every fault, its place and a hint. The same seed gives the same numbers as the program.
Settings are those of the commands: `qdose fit --help` lists them (--max-depth is max_depth here).
"""

import json
import os
import tempfile

from . import _core
from ._core import Fit, Trial, __version__, feature_maps, load_fit, read_trial
from .kernel import QuantumKernelRegressor, quantum_kernel

__all__ = ["Fit", "QuantumKernelRegressor", "Trial", "dose_search", "feature_maps", "fit", "load_fit", "quantum_kernel",
           "read_trial", "select", "simulate", "summary", "__version__"]


def _saved(save, name):
    """The JSON document that `save(folder or file)` writes."""
    with tempfile.TemporaryDirectory() as folder:
        save(folder)
        with open(os.path.join(folder, name), encoding="utf-8") as file:
            return json.load(file)


def simulate(seed=1, **settings):
    """A virtual trial and its truth: (Trial, dict). Settings as of `qdose simulate trial`, for example pk="pk_1c_oral"."""
    trial, truth = _core.simulate(seed, **settings)
    return trial, json.loads(truth)


def select(trial, seed=1, threads=0, **settings):
    """The contents of selection.json: which PK and PD class the trial follows. Encoders are not tuned for this trial
    unless no_tune=False."""
    selection = _core.select(trial, seed, threads, **settings)
    return _saved(lambda folder: selection.save(os.path.join(folder, "selection.json")), "selection.json")


def fit(trial, pk, pd, seed=1, threads=0, **settings):
    """Stage 2 for a pair of classes: a Fit, whose `draws` are arrays [chains, draws] by name."""
    return _core.fit(trial, pk, pd, seed, threads, **settings)


def summary(fitted):
    """The contents of fit.json: parameters with intervals, R-hat and ESS, checks, individual fits."""
    return _saved(fitted.save, "fit.json")


def dose_search(fitted, trial, seed=1, threads=0, **settings):
    """The contents of doses.json: the smallest dose of every scenario and regimen, with curves."""
    return _saved(_core.find_doses(fitted, trial, seed, threads, **settings).save, "doses.json")
