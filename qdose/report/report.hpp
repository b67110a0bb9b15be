// One self-contained HTML page that says which dose to give next, and shows everything the answer rests on.
#pragma once
#include <string>

#include "qdose/base/result.hpp"
#include "qdose/results/bake_off.hpp"
#include "qdose/results/calibration.hpp"
#include "qdose/results/doses.hpp"
#include "qdose/results/evaluation.hpp"
#include "qdose/results/fit.hpp"
#include "qdose/results/kernel.hpp"
#include "qdose/results/run_info.hpp"
#include "qdose/results/selection.hpp"
#include "qdose/results/virtual_subjects.hpp"

namespace qdose {

/// Everything a run left behind. A part that is empty (no classes, no parameters, no outputs, no answers, no
/// subjects) was not computed; the report says so in a sentence and goes on.
struct RunResults {
  Selection selection;
  Fit fit;
  KernelResult kernel;
  Doses doses;
  VirtualSubjects subjects;
  RunInfo info;
  std::vector<Evaluation> encoders =
      {};                         ///< tests of the encoders that come with the program or lie in the folder
  bool beside_reference = false;  ///< with the reference report's numbers: for the challenge's trial
  Calibration calibration = {};   ///< of the model that was fitted
  BakeOff bake_off = {};          ///< of the samplers on it
};

/// The page as UTF-8 text: no network access, no external file, prints on paper; names from the trial are
/// escaped. Numbers in plots carry 4 significant digits, long traces are thinned (and the page says so).
std::string render_report(const RunResults& results);

/// Writes the page; Fault::file when `path` cannot be written.
Result<Done> write_report(const RunResults& results, const std::string& path);

}  // namespace qdose
