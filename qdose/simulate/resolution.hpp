// How finely the PD panels follow the concentration.
#pragma once

namespace qdose {

/// The first panel after a bend of the concentration (h), the growth of panels with the time since, the
/// longest panel (h; later than that after a bend, panels may be as long as the time since), and the Gauss
/// nodes a panel (3 or 4).
struct Resolution {
  double first = 1.0, growth = 1.0, longest = 24.0;
  int nodes = 3;
  /// Panels are cut anew in every evaluation, at each subject's own lag or modelled duration
  /// (simulate/own_panels.hpp). For PK classes that have one of these, and no others.
  bool own_cuts = false;
  /// Which of the two may lie where they will, for the room that such panels get.
  bool any_lag = true, any_duration = true;
  /// False for a PD class without states: it looks at the concentration of the moment and needs no panels.
  bool panels = true;
};

}  // namespace qdose
