#!/usr/bin/env python3
"""Kernels by a public interpreter of OpenQASM 3: qasm_peer.py FOLDER.

For every NAME.csv of the folder (a row of angles a person) reads NAME.qasm and NAME-overlap.qasm with Qiskit and writes NAME.kernel:
the squared overlaps of the states of the first, then the chance that the second ends with only zeros, a row a line each.
Exit status 77: qiskit or qiskit-qasm3-import is missing."""
import sys
from pathlib import Path

try:
    import numpy as np
    from qiskit import qasm3
    from qiskit.quantum_info import Statevector
    import qiskit_qasm3_import  # noqa: F401, what qasm3.loads calls
except ImportError:
    sys.exit(77)


def state(circuit, values):
    """The final state for values by name; a measurement at the end is left out."""
    bound = circuit.remove_final_measurements(inplace=False)
    return Statevector(bound.assign_parameters({p: values[p.name] for p in bound.parameters}))


def named(letter, angles):
    return {f"{letter}{k}": angle for k, angle in enumerate(angles)}


def kernels(single, overlap, people):
    states = np.array([state(single, named("x", person)).data for person in people])
    pairs = [[abs(state(overlap, named("x", a) | named("y", b)).data[0]) ** 2 for b in people] for a in people]
    return np.vstack([abs(states.conj() @ states.T) ** 2, pairs])


for path in sorted(Path(sys.argv[1]).glob("*.csv")):
    circuits = [qasm3.loads(path.with_name(path.stem + ending).read_text()) for ending in (".qasm", "-overlap.qasm")]
    np.savetxt(path.with_suffix(".kernel"), kernels(*circuits, np.loadtxt(path, delimiter=",")), fmt="%.17g")
