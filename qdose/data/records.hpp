// Rows as typed events: what one row says, checked cell by cell.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "qdose/data/columns.hpp"

namespace qdose {

enum class Event { observation, dose, reset, other };

/// What is observed: DVID 1 or 2. `unknown` until it is inferred from CMT.
enum class Observed { unknown, concentration, response };

/// One row of the file.
struct Record {
  int line = 0, time_column = 1, event_column = 1;  ///< places for messages
  std::string id;
  double time = 0;
  Event event = Event::observation;
  Observed observed = Observed::unknown;
  std::optional<double> value;  ///< DV, nothing when missing or MDV is 1; half the limit when below it
  double limit = 0;             ///< of quantification, 0 when unknown
  bool below_limit = false;
  double amount = 0, duration = 0;
  int additional_doses = 0;
  double dose_interval = 0;
  bool resets = false;   ///< EVID 3 and 4: the subject starts anew before this record
  int steady_state = 0;  ///< SS: 1 at steady state, 2 added to what is there
  bool modelled_duration = false;
  bool placebo = false;  ///< a dose of 0: an event without effect
  std::optional<int> compartment;
  std::size_t row = 0;  ///< position in Table::rows
};

/// Reads every row. Faults: a cell that is no number or not allowed, what qdose does not model (RATE -1),
/// doses without an amount, amounts without a dose. Rows with a fault give no record. Notes: what was
/// inferred or left out.
std::vector<Record> read_records(const Table& table, const Columns& columns, Faults& faults,
                                 std::vector<std::string>& notes);

}  // namespace qdose
