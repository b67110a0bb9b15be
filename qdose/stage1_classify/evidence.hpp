// Marginal likelihood of one class for one subject's values, by adaptive importance sampling.
#pragma once
#include <cstddef>
#include <vector>

#include "qdose/base/random.hpp"

namespace qdose {

/// A class as a hypothesis: its prior over d unbounded parameters and the likelihood of the values at hand.
class Hypothesis {
 public:
  virtual ~Hypothesis() = default;
  virtual std::size_t size() const = 0;
  /// One prior draw, [d].
  virtual void draw(Stream& stream, double* x) const = 0;
  /// ln of the prior density, normalised; -inf outside its support.
  virtual double log_prior(const double* x) const = 0;
  /// ln likelihood of `count` points x [count][d]; not finite where arithmetic failed. `stream` is for
  /// nuisance quantities that are averaged over: the result is then the logarithm of an unbiased estimate.
  virtual void log_likelihoods(const double* x, std::size_t count, Stream& stream, double* out) const = 0;
};

struct EvidenceSettings {
  std::size_t first = 1024;      ///< prior draws of the first generation
  std::size_t generation = 512;  ///< draws of each generation that adapts the proposal
  std::size_t last = 1536;       ///< draws of the generation that is averaged
  double give_up = 60;           ///< nats below `best` at which a class is dropped half-way
};

struct Evidence {
  double log_value = 0;       ///< ln p(values | class); -inf when the class was dropped
  double standard_error = 0;  ///< of log_value, from the spread of the weights
  double effective = 0;       ///< effective number of draws
  double largest = 0;         ///< largest ln likelihood met
  std::size_t evaluations = 0;
  std::vector<double>
      sample;  ///< [sample_size][d] points of the posterior, equally weighted; empty when dropped
};

inline constexpr std::size_t sample_size = 64;

/// Population Monte Carlo (Cappe et al. 2004): generations of draws from a mixture of t kernels around the
/// weighted points of the generation before, under a likelihood tempered until the weights are even enough;
/// the estimate averages the last generation alone, so it is unbiased given the proposal. `best` is the
/// largest log evidence of another class so far (-inf for none).
Evidence estimate_evidence(const Hypothesis& hypothesis, const EvidenceSettings& settings, double best,
                           Stream& stream);

}  // namespace qdose
