// The classes, where the user names them.
#pragma once
#include <string>

namespace qdose {

struct ClassSettings {
  std::string pk, pd;

  template <class Visitor>
  void visit(Visitor&& v) {
    v("pk", pk, "PK class to fit; empty: as selected");
    v("pd", pd, "PD class to fit; empty: as selected");
  }
};

}  // namespace qdose
