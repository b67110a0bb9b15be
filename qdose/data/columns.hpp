// Which column of a table is which: NONMEM's names in any order and case.
#pragma once
#include <string>
#include <vector>

#include "qdose/data/table.hpp"

namespace qdose {

/// Positions of the columns with a meaning of their own, -1 where absent; all others may be covariates.
struct Columns {
  int ID = -1, TIME = -1, DV = -1, AMT = -1, EVID = -1, MDV = -1, CMT = -1, DVID = -1;
  int RATE = -1, DUR = -1, ADDL = -1, II = -1, SS = -1;
  int BLQ = -1, LLOQ = -1;  ///< BLQ is also called CENS, BLOQ or BQL, LLOQ also LOQ
  std::vector<int> others;
};

/// Finds the columns by name. Faults: ID, TIME or DV missing (names what looks like it), a name twice.
Columns find_columns(const Row& header, Faults& faults);

}  // namespace qdose
