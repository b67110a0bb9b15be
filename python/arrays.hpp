// Between C++ containers and NumPy.
#pragma once
#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>

#include <algorithm>
#include <string>
#include <vector>

#include "qdose/base/result.hpp"
#include "qdose/base/settings.hpp"

namespace qdose::python {

namespace py = pybind11;

template <class T>
py::array_t<T> to_array(const std::vector<T>& values) {
  return py::array_t<T>(static_cast<py::ssize_t>(values.size()), values.data());
}

/// The value, or ValueError with every fault, its place and its hint.
template <class T>
T value_or_raise(Result<T> result) {
  if (!result) throw py::value_error(describe(result.errors()));
  return std::move(result).value();
}

/// Stores keyword arguments in a settings struct by their names; TypeError for a name that it does not have.
template <class Settings>
void store(const py::kwargs& values, Settings& settings) {
  const Section section = describe_section("", settings);
  for (const auto& [key, value] : values) {
    const auto name = py::cast<std::string>(key);
    const auto field = std::ranges::find(section.fields, name, &Field::name);
    if (field == section.fields.end()) throw py::type_error("there is no setting '" + name + "'");
    const py::handle given = value;
    std::visit([&]<class T>(T* place) { *place = py::cast<T>(given); }, field->value);
  }
}

}  // namespace qdose::python
