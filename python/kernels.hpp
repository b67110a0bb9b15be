// Quantum feature maps and their fidelity kernels for Python.
#pragma once
#include <pybind11/pybind11.h>

namespace qdose::python {

/// Adds feature_maps() and gram(...) to the module.
void add_kernels(pybind11::module_& module);

}  // namespace qdose::python
