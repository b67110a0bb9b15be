// A small sound trial as text, for tests that then spoil it.
#pragma once
#include <string>

#include "qdose/data/read_trial.hpp"

namespace qdose {

inline const std::string header = "ID,BW,COMED,DOSE,TIME,DV,EVID,MDV,AMT,CMT,DVID\n";

/// Six subjects, two of them on placebo; treated ones get `doses` doses a day apart.
inline std::string example_rows(int doses = 2) {
  std::string text;
  for (int id = 1; id <= 6; ++id) {
    const int dose = id <= 2 ? 0 : id <= 4 ? 1 : 3;
    const std::string who = std::to_string(id) + "," + std::to_string(60 + (id * 7) % 25) + ".5," +
                            std::to_string(id % 2) + "," + std::to_string(dose) + ",";
    for (int day = 0; day < doses; ++day) {
      const std::string time = std::to_string(24 * day), later = std::to_string(24 * day + 2);
      if (dose > 0) text += who + time + ",0,1,1," + std::to_string(dose) + ",1,0\n";
      text += who + time + "," + std::to_string(10 + id) + ".25,0,0,0,3,2\n";
      if (dose > 0) text += who + later + ",0." + std::to_string(id) + ",0,0,0,2,1\n";
      text += who + later + "," + std::to_string(9 + id) + ".5,0,0,0,3,2\n";
    }
  }
  return text;
}

inline std::string example_text() { return header + example_rows(); }

/// The one fault of a text that should have one.
inline Error only_fault(const std::string& text) {
  const Result<Trial> trial = parse_trial(text, "t.csv");
  if (trial) return {Fault::bad_input, "(no fault)", "", ""};
  if (trial.errors().size() != 1) return {Fault::bad_input, describe(trial.errors()), "(several faults)", ""};
  return trial.errors().front();
}

}  // namespace qdose
