// Sources of training trajectories: their PD plan against the integrator, their independence of batches,
// their priors.
#include "qdose/simulate/trajectories.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>

#include "qdose/models/pk/one_cmt_iv.hpp"
#include "qdose/ode/dormand_prince.hpp"
#include "qdose/simulate/prior_summary.hpp"
#include "qdose/simulate/report_priors.hpp"
#include "qdose/simulate/trial_trajectories.hpp"
#include "qdose/simulate/virtual_trial.hpp"
#include "qdose/simulate/wide_prior.hpp"
#include "tests/support/all_classes.hpp"
#include "tests/support/draws.hpp"

namespace qdose {
namespace {

/// A curve on the PD grid such as a trajectory has.
std::vector<double> some_curve(Stream& random) {
  std::vector<double> curve;
  const double k = random.log_uniform(0.003, 0.3), size = random.log_uniform(0.1, 40);
  double last = 0;
  for (double t : report_times(Role::pd)) {
    if (std::fmod(t, 168) == 0) last = t;
    curve.push_back(t == 0 ? 0 : size * std::exp(-k * (t - last)) * random.uniform(0.7, 1.3));
  }
  return curve;
}

template <class M>
class ReportPd : public testing::Test {};
TYPED_TEST_SUITE(ReportPd, AllPdClasses, IdOfClass);

/// The noise is 10%; the plan's panels must stay far below it.
TYPED_TEST(ReportPd, FollowsTheIntegratorUnderLinesBetweenTheGrid) {
  using M = TypeParam;
  const ReportPdPlan plan;
  const auto times = report_times(Role::pd);
  for (std::uint64_t item = 0; item < 20; ++item) {
    Stream random(8, Purpose::property_test, item);
    const auto p = report_draw<M>(random);
    const std::vector<double> curve = some_curve(random);
    std::vector<Lanes> C(plan.points()), R(times.size()), parameters;
    for (std::size_t k = 0; k < curve.size(); ++k) C[k] = all_lanes(curve[k]);
    for (double x : p) parameters.push_back(all_lanes(x));
    plan.interpolate(C.data());
    Workspace workspace;
    pd_kernels(M::about.id).responses(plan.plan(), parameters.data(), C.data(), workspace, R.data());
    auto y = M::baseline(p);
    for (std::size_t k = 0; k < times.size(); ++k) {
      if (k > 0) {
        const double t0 = times[k - 1], t1 = times[k];
        const auto f = [&](double t, const auto& states) {
          return M::rhs(curve[k - 1] + (curve[k] - curve[k - 1]) * (t - t0) / (t1 - t0), states, p);
        };
        if constexpr (M::states.size() > 0) {
          OdeTolerance<M::states.size()> tolerance{1e-9, {}};
          tolerance.absolute.fill(1e-9);
          y = integrate(f, y, t0, t1, tolerance).y;
        }
      }
      EXPECT_NEAR(R[k].v[3], M::response(curve[k], y, p), 2e-3 * p[0]) << item << " at " << times[k];
    }
  }
}

std::vector<std::unique_ptr<TrajectorySource>> all_sources(Role role) {
  VirtualTrialSettings settings;
  settings.subjects = 2;
  const Trial trial = simulate_trial(*design_of(settings), *truth_of(settings), 1)->trial;
  std::vector<std::unique_ptr<TrajectorySource>> sources;
  sources.push_back(make_report_trajectories({role, true}, 3, Purpose::training));
  sources.push_back(make_report_trajectories({role, false}, 3, Purpose::training));
  sources.push_back(make_wide_trajectories(role, 3, Purpose::training));
  sources.push_back(std::move(make_trial_trajectories(trial, role, 3, Purpose::training)).value());
  return sources;
}

TEST(Trajectories, DoNotDependOnTheBatch) {
  for (const Role role : {Role::pk, Role::pd})
    for (const auto& source : all_sources(role)) {
      TrajectoryBlock all, part;
      source->make(0, 300, all);
      for (const auto& [first, count] : {std::pair<std::size_t, std::size_t>{0, 1}, {17, 5}, {100, 200}}) {
        source->make(first, count, part);
        const auto same = [&](const std::vector<float>& a, const std::vector<float>& b, std::size_t row) {
          return std::memcmp(a.data() + first * row, b.data(), count * row * sizeof(float)) == 0;
        };
        EXPECT_TRUE(same(all.values, part.values, 2 * all.times));
        EXPECT_TRUE(same(all.exact, part.exact, all.times));
        EXPECT_TRUE(same(all.parameters, part.parameters, all.columns));
        EXPECT_TRUE(
            std::equal(part.label.begin(), part.label.end(), all.label.begin() + static_cast<long>(first)));
      }
    }
}

TEST(Trajectories, AreFiniteAndNotNegative) {
  for (const Role role : {Role::pk, Role::pd})
    for (const auto& source : all_sources(role)) {
      TrajectoryBlock block;
      source->make(1000, 4000, block);
      for (const float x : block.values) EXPECT_TRUE(x >= 0 && std::isfinite(x));
      for (std::size_t i = 0; i < block.parameters.size(); ++i)
        EXPECT_TRUE(std::isfinite(block.parameters[i]) && (block.mask[i] == 1 || block.parameters[i] == 0));
    }
}

TEST(WidePrior, MakesEffectsOfEitherDirectionWhereTheEquationAllows) {
  TrajectoryBlock block;
  make_wide_trajectories(Role::pd, 5, Purpose::training)->make(0, 20000, block);
  std::vector<std::size_t> up(10), down(10);
  for (std::size_t i = 0; i < block.count; ++i) {
    const float* R = block.exact.data() + i * block.times;
    for (std::size_t k = 1; k < block.times; ++k) {
      if (R[k] > 1.1f * R[0]) {
        ++up[static_cast<std::size_t>(block.label[i])];
        break;
      }
      if (R[k] < 0.9f * R[0]) {
        ++down[static_cast<std::size_t>(block.label[i])];
        break;
      }
    }
  }
  for (const char* id : {"pd_direct_linear", "pd_direct_sigmoid", "pd_effect_comp_emax"}) {
    const auto c = static_cast<std::size_t>(find_model(id)->about.label);
    EXPECT_GT(up[c], 300u) << id;
    EXPECT_GT(down[c], 300u) << id;
  }
  for (const char* id : {"pd_direct_emax", "pd_indirect_stim_kin"})
    EXPECT_EQ(down[static_cast<std::size_t>(find_model(id)->about.label)], 0u) << id;
  for (const char* id : {"pd_direct_inhib_emax", "pd_indirect_inhib_kin"})
    EXPECT_EQ(up[static_cast<std::size_t>(find_model(id)->about.label)], 0u) << id;
}

TEST(TrialPrior, HasTheTrialsTimesAndDoses) {
  VirtualTrialSettings settings;
  settings.levels = "0, 2, 5";
  settings.subjects = 2;
  settings.doses = 3;
  const TrialDesign design = *design_of(settings);
  const Trial trial = simulate_trial(design, *truth_of(settings), 1)->trial;
  const auto source = std::move(make_trial_trajectories(trial, Role::pk, 3, Purpose::training)).value();
  TrajectoryBlock block;
  source->make(0, 500, block);
  const auto times = source->times();
  std::size_t lower = 0;
  for (std::size_t i = 0; i < block.count; ++i) {
    const float amount = block.values[2 * block.times * i];
    EXPECT_TRUE(amount == 2 || amount == 5);
    lower += amount == 2;
    for (std::size_t k = 0; k < times.size(); ++k) {
      const bool dosed = times[k] == 0 || times[k] == 24 || times[k] == 48;
      EXPECT_EQ(block.values[2 * block.times * i + k], dosed ? amount : 0.0f);
    }
  }
  EXPECT_NEAR(static_cast<double>(lower), 250, 60);
  for (double t : design.pk_times) EXPECT_NE(std::find(times.begin(), times.end(), t), times.end());
  EXPECT_FALSE(make_trial_trajectories(Trial{}, Role::pk, 1, Purpose::training));
}

TEST(PriorSummary, TellsWhatTheDoseAtZeroDoes) {
  for (const PkSummary& s : summarise_report_pk(1, 10000)) {
    const ModelInfo& model = *find_model(s.id);
    EXPECT_GT(s.count, 800u);
    if (model.has_lag || model.has_infusion) {
      EXPECT_EQ(s.first_dose.p95, 0) << s.id;  // there the report's simulator gave it
    } else {
      EXPECT_GT(s.first_dose_seen, 0.5) << s.id;
      EXPECT_LE(s.published_peak.p50, s.peak.p50) << s.id;
    }
  }
}

TEST(PriorSummary, TellsThatMostPdPriorsCannotBeSeen) {
  for (const PdSummary& s : summarise_report_pd(1, 10000)) {
    EXPECT_NEAR(s.baseline.p50, 10, 0.6) << s.id;  // U(6, 14)
    EXPECT_LT(s.seen, 0.5) << s.id;
  }
}

}  // namespace
}  // namespace qdose
