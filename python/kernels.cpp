#include "python/kernels.hpp"

#include <pybind11/stl.h>

#include "python/arrays.hpp"
#include "qdose/stage3_covariates/feature_map.hpp"
#include "qdose/stage3_covariates/gram.hpp"

namespace qdose::python {
namespace {

using Matrix = py::array_t<double, py::array::c_style | py::array::forcecast>;

StateMatrix<double> states(const Circuit& circuit, const Matrix& angles) {
  const auto rows = static_cast<std::size_t>(angles.shape(0));
  return run_circuit<double>(circuit, {angles.data(), rows * static_cast<std::size_t>(angles.shape(1))}, rows);
}

/// |<a_i|b_j>|^2 of the states of two sets of angles, [rows of a][rows of b].
py::array_t<double> gram(const Matrix& a, const Matrix& b, const std::string& map, int layers) {
  if (a.ndim() != 2 || b.ndim() != 2 || a.shape(1) != b.shape(1))
    throw py::value_error("two matrices with the same number of columns are needed");
  const Circuit circuit =
      value_or_raise(build_feature_map(map, {.features = static_cast<int>(a.shape(1)), .layers = layers}));
  std::vector<double> values;
  {
    const py::gil_scoped_release free;
    values = fidelity_gram(states(circuit, a), states(circuit, b));
  }
  return to_array(values).reshape({a.shape(0), b.shape(0)});
}

}  // namespace

void add_kernels(py::module_& module) {
  module.def("feature_maps", [] {
    std::vector<std::string> names;
    for (const FeatureMap& map : feature_maps()) names.emplace_back(map.name);
    return names;
  });
  module.def("gram", gram, py::arg("a"), py::arg("b"), py::arg("feature_map"), py::arg("layers"));
}

}  // namespace qdose::python
