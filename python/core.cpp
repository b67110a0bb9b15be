// The extension module qdose._core: the stages of qdose for Python, results as NumPy arrays and JSON.
#include <pybind11/functional.h>
#include <pybind11/stl.h>

#include "app/context.hpp"
#include "app/select_stage.hpp"
#include "app/version.hpp"
#include "python/arrays.hpp"
#include "python/kernels.hpp"
#include "qdose/base/threads.hpp"
#include "qdose/data/read_trial.hpp"
#include "qdose/data/write_trial.hpp"
#include "qdose/dosing/search.hpp"
#include "qdose/simulate/virtual_trial.hpp"
#include "qdose/stage2_population/fit_population.hpp"

namespace qdose::python {
namespace {

py::dict covariates_of(const Trial& trial) {
  py::dict columns;
  for (std::size_t c = 0; c < trial.covariates.size(); ++c) {
    std::vector<double> values;
    for (const Subject& subject : trial.subjects) values.push_back(subject.covariates[c]);
    columns[py::str(trial.covariates[c].name)] = to_array(values);
  }
  return columns;
}

py::dict rows_of(const Trial& trial, bool concentrations) {
  std::vector<int> subject;
  std::vector<double> time, value;
  for (std::size_t i = 0; i < trial.subjects.size(); ++i)
    for (const Observation& o : concentrations ? trial.subjects[i].concentrations : trial.subjects[i].responses) {
      subject.push_back(static_cast<int>(i));
      time.push_back(o.time), value.push_back(o.value);
    }
  return py::dict(py::arg("subject") = to_array(subject), py::arg("time") = to_array(time),
                  py::arg("value") = to_array(value));
}

py::dict doses_of(const Trial& trial) {
  std::vector<int> subject;
  std::vector<double> time, amount, duration;
  for (std::size_t i = 0; i < trial.subjects.size(); ++i)
    for (const Dose& d : trial.subjects[i].doses) {
      subject.push_back(static_cast<int>(i));
      time.push_back(d.time), amount.push_back(d.amount), duration.push_back(d.duration);
    }
  return py::dict(py::arg("subject") = to_array(subject), py::arg("time") = to_array(time),
                  py::arg("amount") = to_array(amount), py::arg("duration") = to_array(duration));
}

/// Reported quantities by name, [chains][draws].
py::dict draws_of(const Fit& fit) {
  py::dict draws;
  for (std::size_t k = 0; k < fit.trace_names.size(); ++k) {
    const auto& chains = fit.traces[k];
    py::array_t<double> values({chains.size(), chains.empty() ? 0 : chains.front().size()});
    auto place = values.mutable_unchecked<2>();
    for (std::size_t c = 0; c < chains.size(); ++c)
      for (std::size_t d = 0; d < chains[c].size(); ++d)
        place(static_cast<py::ssize_t>(c), static_cast<py::ssize_t>(d)) = chains[c][d];
    draws[py::str(fit.trace_names[k])] = values;
  }
  return draws;
}

/// What a command would be given: nothing is written by the stages that are called here.
Context quiet_context(std::uint64_t seed, int threads) {
  CommonOptions options;
  options.seed = seed, options.quiet = true;
  options.threads = threads > 0 ? threads : available_threads();
  return Context(options, "{}", "python");
}

Selection select(const Trial& trial, std::uint64_t seed, int threads, const py::kwargs& values) {
  SelectSettings settings;
  settings.no_tune = true;
  store(values, settings);
  const py::gil_scoped_release free;
  return value_or_raise(select_stage(trial, settings, {}, quiet_context(seed, threads)));
}

Fit fit(const Trial& trial, const std::string& pk, const std::string& pd, std::uint64_t seed, int threads,
        const py::kwargs& values) {
  FitSettings settings;
  store(values, settings);
  const Context context = quiet_context(seed, threads);
  settings.seed = seed, settings.threads = context.threads();
  const py::gil_scoped_release free;
  const Selection classes = value_or_raise(select_stage(trial, {}, {pk, pd}, context, Ranking::of_need));
  return value_or_raise(fit_population(trial, pk, pd, settings, starting_scales(trial, classes, seed),
                                       silent_progress()));
}

Doses find_doses(const Fit& fitted, const Trial& trial, std::uint64_t seed, int threads, const py::kwargs& values) {
  DoseSettings settings;
  store(values, settings);
  settings.seed = seed, settings.threads = quiet_context(seed, threads).threads();
  const PopulationSource source = posterior_source(fitted, static_cast<std::size_t>(std::max(2, settings.replicates)));
  const py::gil_scoped_release free;
  return value_or_raise(search_doses(fitted.model, trial, {source}, settings, silent_progress()));
}

std::pair<Trial, std::string> simulate(std::uint64_t seed, const py::kwargs& values) {
  VirtualTrialSettings settings;
  store(values, settings);
  const TrialDesign design = value_or_raise(design_of(settings));
  const VirtualTrial made = value_or_raise(simulate_trial(design, value_or_raise(truth_of(settings)), seed));
  return {made.trial, truth_json(made, design, seed)};
}

/// pybind11 before 2.12 reads arrays of NumPy 2 wrongly, without a word.
void check_numpy() {
  constexpr int first_that_knows_numpy_2 = 0x020C0000;
  const auto version = py::module_::import("numpy").attr("__version__").cast<std::string>();
  if (PYBIND11_VERSION_HEX < first_that_knows_numpy_2 && !version.starts_with("0.") && !version.starts_with("1."))
    throw py::import_error("qdose was built with a pybind11 that does not know NumPy " + version +
                           ": install numpy<2, or build with pybind11 2.12 or later");
}

}  // namespace

PYBIND11_MODULE(_core, m) {
  check_numpy();
  m.doc() = "The compiled part of qdose; import qdose instead.";
  m.attr("__version__") = std::string(version);
  py::class_<Trial>(m, "Trial", "One phase-1 trial: subjects with doses, concentrations, biomarker values, covariates.")
      .def_readonly("name", &Trial::name)
      .def_readonly("notes", &Trial::notes)
      .def_property_readonly("ids",
                             [](const Trial& t) {
                               std::vector<std::string> ids;
                               for (const Subject& s : t.subjects) ids.push_back(s.id);
                               return ids;
                             })
      .def_property_readonly("covariates", covariates_of, "By name, one value a subject.")
      .def_property_readonly("doses", doses_of, "Columns subject (position), time, amount, duration.")
      .def_property_readonly("concentrations", [](const Trial& t) { return rows_of(t, true); },
                             "Columns subject, time, value.")
      .def_property_readonly("responses", [](const Trial& t) { return rows_of(t, false); },
                             "Columns subject, time, value.")
      .def("write", [](const Trial& t, const std::string& path) { value_or_raise(write_trial(t, path)); },
           "Writes the trial in NONMEM layout.");
  py::class_<Selection>(m, "Selection").def("save", [](const Selection& s, const std::string& path) {
    value_or_raise(save(s, path));
  });
  py::class_<Fit>(m, "Fit", "The posterior of a population.")
      .def_property_readonly("draws", draws_of, "By name, one array [chains, draws] a reported quantity.")
      .def("save", [](const Fit& f, const std::string& folder) { value_or_raise(save(f, folder)); },
           "fit.json and draws/chain-K.csv.");
  py::class_<Doses>(m, "Doses").def("save", [](const Doses& d, const std::string& folder) {
    value_or_raise(save(d, folder));
  });
  m.def("read_trial", [](const std::string& path) { return value_or_raise(read_trial(path)); });
  m.def("load_fit", [](const std::string& folder) { return value_or_raise(load_fit(folder)); });
  m.def("simulate", simulate, py::arg("seed"));
  m.def("select", select, py::arg("trial"), py::arg("seed"), py::arg("threads"));
  m.def("fit", fit, py::arg("trial"), py::arg("pk"), py::arg("pd"), py::arg("seed"), py::arg("threads"));
  m.def("find_doses", find_doses, py::arg("fit"), py::arg("trial"), py::arg("seed"), py::arg("threads"));
  add_kernels(m);
}

}  // namespace qdose::python
