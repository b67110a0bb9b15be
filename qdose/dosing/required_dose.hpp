// The dose that one virtual subject needs: attainment of a population is the distribution of these doses.
#pragma once
#include <vector>

#include "qdose/dosing/steady_endpoint.hpp"

namespace qdose {

/// What shall hold of the extreme: below the threshold, or above it.
struct Endpoint {
  double threshold = 0;
  bool below = true;
  /// Negative when the endpoint is met; relative distance to the threshold.
  double distance(double extreme) const {
    const double d = extreme / threshold - 1.0;
    return below ? d : -d;
  }
};

/// Smallest doses that meet the endpoint, to 0.01%: 0 when it is met without drug, infinity when not even by
/// `largest`. Assumes that a larger dose never harms (see falls_with_dose). Lanes whose arithmetic fails get
/// infinity and are counted in `failures`. Illinois variant of the false position on the logarithm of the
/// dose.
Lanes required_dose(SteadyEndpoint& extreme, const std::vector<Lanes>& parameters, const Endpoint& endpoint,
                    double smallest, double largest, long& failures);

/// Lanes for which the endpoint's distance falls (or stays) along a ladder of doses from `smallest` to
/// `largest`.
Lanes falls_with_dose(SteadyEndpoint& extreme, const std::vector<Lanes>& parameters, const Endpoint& endpoint,
                      double smallest, double largest);

}  // namespace qdose
