// Typical PK parameters scaled to a trial: drawn as half-lives and shares of phases, which are what a curve
// shows, then turned into clearances and volumes.
#include <algorithm>
#include <cmath>
#include <numbers>

#include "qdose/simulate/typical_values.hpp"

namespace qdose {
namespace {

/// A log-uniform draw; an empty interval gives its upper end.
double between(Stream& stream, double low, double high) {
  return low < high ? stream.log_uniform(low, high) : high;
}

double rate_of(double half_life) { return std::numbers::ln2 / half_life; }

/// Absorption half-lives that the early values can show.
double absorption_half_life(const TrialScales& s, Stream& stream, double elimination_half_life) {
  const double late = 0.3 * std::min(elimination_half_life, s.pk_profile);
  const double high = std::min(late, 1.5 * std::max(s.peak_time, 2 * s.pk_first));
  return between(stream, std::min(0.7 * s.pk_first, 0.25 * high), high);
}

void draw_one_compartment(const TrialScales& s, Stream& stream, double CL, TypicalValues& v) {
  // Data with several phases look to a single one like a half-life well below the terminal one.
  double half_life = s.half_life * stream.log_uniform(0.45, 1.5);
  if (v.model().absorption_limited) {
    // The observed decline is absorption; elimination is faster, by a factor that still shapes the rise.
    v.set("ka", rate_of(half_life));
    half_life /= stream.log_uniform(1.3, 3.0);
  } else {
    v.set("ka", rate_of(absorption_half_life(s, stream, half_life)));
  }
  v.set("CL", CL);
  v.set("V", CL / rate_of(half_life));
}

/// Linear and saturable elimination that together clear the average concentration as observed; saturation
/// sets in within the concentrations seen.
void draw_saturable(const TrialScales& s, Stream& stream, double CL, TypicalValues& v) {
  const double low_half_life = s.half_life * stream.log_uniform(0.2, 1.0);
  const double Km = s.concentration_high * stream.log_uniform(0.02, 0.4);
  const double average = std::sqrt(s.concentration_low * s.concentration_high);
  const double linear = stream.log_uniform(0.002, 0.2), k = rate_of(low_half_life);
  const double V = CL / (k * (linear + (1 - linear) / (1 + average / Km)));
  v.set("CL", k * linear * V);
  v.set("V", V);
  v.set("Vmax", k * (1 - linear) * V * Km);
  v.set("Km", Km);
}

/// From two rates and the share of the slow phase in C(0) (Gabrielsson & Weiner, 2.3).
void draw_two_compartments(const TrialScales& s, Stream& stream, double CL, TypicalValues& v) {
  const double slow = s.half_life * stream.log_uniform(0.6, 1.7);
  const double high = std::min(0.2 * slow, 0.4 * s.pk_profile);
  const double fast = between(stream, std::min(0.6 * s.pk_first, 0.2 * high), high);
  const double share = stream.uniform(0.05, 0.7), alpha = rate_of(fast), beta = rate_of(slow);
  const double k21 = share * alpha + (1 - share) * beta, k10 = alpha * beta / k21;
  const double k12 = std::max(alpha + beta - k21 - k10, 1e-3 * alpha), Vc = CL / k10;
  v.set("CL", CL);
  v.set("Vc", Vc);
  v.set("Vp", Vc * k12 / k21);
  v.set("Q", Vc * k12);
  v.set("ka", rate_of(absorption_half_life(s, stream, slow)));
}

/// From three rates and the shares of the phases: k21 and k31 are the zeros of the curve's transform.
void draw_three_compartments(const TrialScales& s, Stream& stream, double CL, TypicalValues& v) {
  const double slow = s.half_life * stream.log_uniform(0.6, 1.7);
  const double middle = between(stream, 2 * s.pk_first, std::min(0.2 * slow, 0.6 * s.pk_profile));
  const double fast = between(stream, std::min(0.5 * s.pk_first, 0.1 * middle), 0.25 * middle);
  const double l1 = rate_of(fast), l2 = rate_of(middle), l3 = rate_of(slow);
  const double a3 = stream.log_uniform(0.02, 0.3), a2 = (1 - a3) * stream.uniform(0.15, 0.6),
               a1 = 1 - a2 - a3;
  const double sum = a1 * (l2 + l3) + a2 * (l1 + l3) + a3 * (l1 + l2);
  const double product = a1 * l2 * l3 + a2 * l1 * l3 + a3 * l1 * l2;
  const double root = std::sqrt(sum * sum - 4 * product), k21 = 0.5 * (sum + root), k31 = product / k21;
  const double k10 = l1 * l2 * l3 / product, pairs = l1 * l2 + l1 * l3 + l2 * l3, all = l1 + l2 + l3;
  const double k12 = (pairs - k21 * all - k10 * k31 + k21 * k21) / (k31 - k21);
  const double k13 = all - k10 - k12 - k21 - k31, Vc = CL / k10;
  v.set("CL", CL);
  v.set("Vc", Vc);
  v.set("Vp", Vc * k12 / k21);
  v.set("Q", Vc * k12);
  v.set("Vp2", Vc * k13 / k31);
  v.set("Q2", Vc * k13);
}

}  // namespace

void draw_pk_values(const TrialScales& s, Stream& stream, TypicalValues& v) {
  const double CL = s.clearance * stream.log_uniform(0.6, 1.6);
  if (v.has("Vp2"))
    draw_three_compartments(s, stream, CL, v);
  else if (v.has("Vp"))
    draw_two_compartments(s, stream, CL, v);
  else if (v.has("Vmax"))
    draw_saturable(s, stream, CL, v);
  else
    draw_one_compartment(s, stream, CL, v);

  if (v.has("Tlag"))
    v.set("Tlag", between(stream, s.pk_first, std::max(4 * s.pk_first, 0.12 * s.pk_profile)));
  if (v.has("tau")) {
    const double longest = std::min(std::max(6 * s.pk_first, 0.2 * s.pk_profile), 0.5 * s.interval);
    v.set("tau", between(stream, std::min(s.pk_first, 0.5 * longest), longest));
  }
  if (v.has("ktr")) {
    const double late = std::min(0.08 * s.pk_profile, 0.15 * s.half_life);
    v.set("ktr", rate_of(between(stream, 0.4 * s.pk_first, std::max(2 * s.pk_first, late))));
  }
}

}  // namespace qdose
