// The simulation engine's inner loops as tables of functions: eight subjects (lanes) at a time, one table an
// instruction set, chosen when the program starts.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "qdose/simulate/resolution.hpp"

namespace qdose {

inline constexpr std::size_t lanes = 8;

/// Eight numbers, one a subject: the memory form of a SIMD batch.
struct alignas(64) Lanes {
  double v[lanes] = {};
  double& operator[](std::size_t i) { return v[i]; }
  double operator[](std::size_t i) const { return v[i]; }
};

inline Lanes all_lanes(double x) {
  Lanes r;
  for (double& e : r.v) e = x;
  return r;
}

/// A place on the time axis where the concentration is wanted: `offset` hours (index in PkPlan::offsets)
/// after dose `dose` of the lane, counted from 0; dose -1 means before the first dose (C = 0).
struct PkPoint {
  std::int32_t dose[lanes];
  std::int32_t offset;
  bool uniform;  ///< all lanes have the same dose index
};

/// Panels that every evaluation cuts anew (simulate/own_panels.hpp), and how many there are up to each
/// response. The plan's last points are theirs: the nodes of all panels, one a panel that takes its length in
/// place of a concentration, and one whose adjoint is that of the lag through the responses' times: a lag
/// moves all that drives the response along the time axis, so that only these move.
struct OwnPanels {
  std::size_t panels = 0;  ///< 0: there are none, and every point has its own times
  std::size_t node0 = 0;   ///< the first of their points
  Resolution resolution;
  std::size_t length0() const { return node0 + static_cast<std::size_t>(resolution.nodes) * panels; }
  std::size_t lag() const { return length0() + panels; }
  std::size_t places() const { return lag() + 1 - node0; }
  struct Segment {
    Lanes until;      ///< h
    std::size_t end;  ///< the panels from the end of the segment before to this one reach to `until`
  };
  std::vector<Segment> segments;
};

/// One of them: it begins `since` h after dose `dose` has arrived (-1: before any) and lasts `length` h.
/// `like` is the first that begins and lasts the same in all lanes: intervals without values repeat each
/// other.
struct OwnPanel {
  Lanes since, length;
  std::int32_t dose[lanes];
  std::int32_t like;
};

/// Doses of eight subjects and the points at which their concentration is evaluated. Lanes are independent:
/// they may have other doses and times; a lane with fewer doses is padded with amount 0 at its last dose
/// time.
struct PkPlan {
  std::size_t doses = 0;
  std::vector<Lanes> dose_time, amount;        ///< [doses]
  std::vector<Lanes> durations;                ///< distinct durations (h), 0 = bolus
  std::vector<std::int32_t> duration_of_dose;  ///< [doses], index in `durations`
  std::vector<Lanes> offsets;  ///< distinct offsets, h >= 0; exponentials are taken once for each
  /// How exp(-rate offset) comes about, in order: as the product of those of two shorter offsets that add up
  /// to it (a >= 0), else on its own.
  struct Decay {
    std::int32_t offset, a, b;
  };
  std::vector<Decay> decays;              ///< [offsets]
  std::vector<std::int32_t> gap_of_dose;  ///< [doses], index in `offsets` of the time since the dose before
  std::vector<PkPoint> points;
  /// Points by the dose they look back to: runs[groups[d] ... groups[d + 1]) are those after dose d - 1
  /// (before the first dose: d = 0). In a run, points and their offsets follow one upon the other. Where
  /// lanes look back to different doses, `grouped` is false and nothing is here.
  struct Run {
    std::int32_t point, offset, count;
  };
  bool grouped = false;
  std::vector<Run> runs;
  std::vector<std::int32_t> groups;
  bool has_infusions = false;  ///< some duration is positive
  /// What still runs of earlier infusions when a dose is given, as infusions that begin with it: as many for
  /// every dose, [doses][remnants], amount 0 where fewer run. 0: no infusion outlasts its interval.
  std::size_t remnants = 0;
  std::vector<Lanes> remnant_amount, remnant_duration;
  double shortest_gap = 1e300;  ///< h between two doses of a lane
  /// Each lane's own order of events, for classes without modes: advance by `step` under the zero-order input
  /// `rate` (mg/h), note the concentration, add `dose`. `slot_of_point[k].v[l]` is the slot whose value point
  /// k takes (-1: 0).
  struct Slot {
    Lanes step, dose, rate;
  };
  struct SlotIndex {
    std::int32_t v[lanes];
  };
  std::vector<Slot> slots;
  std::vector<SlotIndex> slot_of_point;
  /// At steady state: what happens in one interval, in as few slots as its doses and rates allow.
  std::vector<Slot> interval;
  /// Positive: steady state under this interval; doses is then 1, at time 0, points lie in (0, interval], and
  /// the slots cover exactly one interval. Values only: pull_back is for real schedules.
  double steady_interval = 0;
  OwnPanels own;
  /// The points that have times of their own come first.
  std::size_t timed_points() const { return own.panels > 0 ? own.node0 : points.size(); }
};

/// Panels on which a PD class with states is integrated, and the observations. Panel p covers `length` h; the
/// concentration is taken at the panel's Gauss nodes, the PK points node0 + nodes p and those after it.
struct PdPlan {
  struct Panel {
    std::int32_t length;  ///< index in `lengths`
  };
  struct Response {
    std::int32_t after_panel;  ///< the states after this panel; -1 for the start
    std::int32_t point;        ///< PK point at the same time
  };
  std::vector<Lanes> lengths;  ///< distinct panel lengths, h >= 0 (0: padding); empty with own cuts
  std::vector<Panel> panels;
  std::vector<Response> responses;
  std::size_t node0 = 0;
  int nodes = 3;        ///< Gauss nodes a panel: 3 or 4
  bool steady = false;  ///< periodic solution over the panels
  /// Panels are cut by each evaluation of the PK (OwnPanels): lengths and the lag's adjoint follow the nodes.
  bool own_cuts = false;
  std::size_t length_count() const { return own_cuts ? panels.size() : lengths.size(); }
  const Lanes* hours(const Lanes* concentration) const {
    return own_cuts ? concentration + length0() : lengths.data();
  }
  std::size_t length0() const { return node0 + static_cast<std::size_t>(nodes) * panels.size(); }
  std::size_t lag() const { return length0() + panels.size(); }
};

/// A point under a lag: the last dose of each lane to have arrived (-1: none), and for how long it has.
struct TimedPlace {
  Lanes since;  ///< h
  std::int32_t dose[lanes];
};

/// Scratch memory of one evaluation, reused between calls; contents belong to the kernels.
struct Workspace {
  std::vector<Lanes> pk, pd;
  std::vector<OwnPanel> panels;
  std::vector<TimedPlace> places;
};

/// Concentrations of one PK class at all points, and the way back. `parameters` is [parameters of the class],
/// natural scale. `pull_back` must follow `concentrations` with the same arguments: it adds d(sum
/// adjoint*C)/d parameter to `gradient`. Failed arithmetic shows as non-finite values, never as an exception.
struct pk_kernels_t {
  std::size_t parameters;
  void (*concentrations)(const PkPlan&, const Lanes* parameters, Workspace&, Lanes* concentration);
  void (*pull_back)(const PkPlan&, const Lanes* parameters, Workspace&, const Lanes* adjoint,
                    Lanes* gradient);
};

/// Biomarker of one PD class at all responses, and the way back to its parameters and to the concentrations.
/// `pull_back` sets `concentration_adjoint` (one a PK point) at the panels' nodes, adds to it elsewhere, and
/// adds to `gradient`.
struct pd_kernels_t {
  std::size_t parameters;
  void (*responses)(const PdPlan&, const Lanes* parameters, const Lanes* concentration, Workspace&,
                    Lanes* response);
  void (*pull_back)(const PdPlan&, const Lanes* parameters, const Lanes* concentration, Workspace&,
                    const Lanes* adjoint, Lanes* concentration_adjoint, Lanes* gradient);
};

/// The tables of a class for this machine's instruction set; the id must exist. QDOSE_KERNELS=avx2 forces
/// AVX2.
const pk_kernels_t& pk_kernels(std::string_view id);
const pd_kernels_t& pd_kernels(std::string_view id);

/// "avx512" or "avx2".
std::string_view kernel_instruction_set();

/// The tables of one of the sets, to compare them; AVX-512 only where has_avx512().
enum class InstructionSet { avx2, avx512 };
bool has_avx512();
const pk_kernels_t& pk_kernels(std::string_view id, InstructionSet set);
const pd_kernels_t& pd_kernels(std::string_view id, InstructionSet set);

}  // namespace qdose
