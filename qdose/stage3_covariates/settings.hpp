// What can be chosen about Stage 3.
#pragma once
#include <cstdint>
#include <string>

namespace qdose {

struct KernelSettings {
  std::string map = "auto";
  int layers = 2;
  std::string entanglement = "usual";
  std::string paulis = "Z,YY";
  double bandwidth = 0;
  int folds = 10;
  int resplits = 0;
  int replicates = 400;
  double least_information = 0.1;
  double caution = 1;
  std::uint64_t seed = 1;  ///< common to all commands, as are the threads
  int threads = 1;

  template <class Visitor>
  void visit(Visitor&& v) {
    v("map", map, "feature map: auto (zz, iqp, ry or reupload, by leave-one-out error), or one by name");
    v("layers", layers, "repetitions within the maps that repeat (1-8)");
    v("entanglement", entanglement,
      "pairs of qubits that are joined: usual (the map's own), full, linear or ring");
    v("paulis", paulis, "words of the map pauli: one or two letters X, Y, Z each");
    v("bandwidth", bandwidth,
      "angle, as a share of pi, that the covariates' range spans (0-1); 0: chosen an output");
    v("folds", folds, "outer folds, by subject, of the reported scores (5-100)");
    v("resplits", resplits,
      "random splits for paired intervals between methods (0: none, 3-1000; 50 is usual)");
    v("replicates", replicates, "bootstrap replicates that carry parameter uncertainty (1-10000)");
    v("least_information", least_information,
      "a subject informs an output when its data remove at least this share of the population's variance "
      "(0-1)");
    v("caution", caution,
      "standard errors by which covariates must beat the intercept before they are used (0-5)");
  }
};

}  // namespace qdose
