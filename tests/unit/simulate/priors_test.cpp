#include "qdose/simulate/priors.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "qdose/models/compartments.hpp"
#include "qdose/simulate/nca.hpp"
#include "qdose/simulate/plan.hpp"
#include "qdose/simulate/virtual_trial.hpp"
#include "tests/support/units.hpp"

namespace qdose {
namespace {

double natural(Scale scale, double unbounded) {
  return scale == Scale::log ? std::exp(unbounded) : 1 / (1 + std::exp(-unbounded));
}

const Trial& example_trial() {
  static const Trial trial = simulate_trial(*design_of({}), *truth_of({}), 3).value().trial;
  return trial;
}

std::vector<const ModelInfo*> all_models() {
  std::vector<const ModelInfo*> models;
  for (auto list : {pk_models(), pd_models()})
    for (const ModelInfo& m : list) models.push_back(&m);
  return models;
}

TEST(Priors, FollowTheUnitsOfTheTrial) {
  const UnitChange change{1000, 0.02, 1.0 / 24, 7};
  const TrialScales here = trial_scales(example_trial()), there = trial_scales(change.apply(example_trial()));
  for (const ModelInfo* m : all_models())
    for (std::uint64_t item = 0; item < 20; ++item) {
      Stream a(1, Purpose::property_test, item), b(1, Purpose::property_test, item);
      const PriorDraw x = draw_prior(*m, here, a), y = draw_prior(*m, there, b);
      for (std::size_t i = 0; i < x.typical.size(); ++i) {
        const Parameter& p = m->parameters[i];
        EXPECT_NEAR(natural(p.scale, y.typical[i]) / natural(p.scale, x.typical[i]) / change.factor(p.unit),
                    1.0, 1e-8)
            << m->about.id << "." << p.symbol;
        EXPECT_NEAR(y.omega[i], x.omega[i], 1e-9);
      }
      EXPECT_NEAR(y.proportional, x.proportional, 1e-9);
    }
}

TEST(Priors, StayWithinTheirWord) {
  const TrialScales scales = trial_scales(example_trial());
  for (const ModelInfo* m : all_models())
    for (std::uint64_t item = 0; item < 200; ++item) {
      Stream stream(2, Purpose::property_test, item);
      const PriorDraw draw = draw_prior(*m, scales, stream);
      ASSERT_EQ(draw.typical.size(), m->parameters.size());
      for (std::size_t i = 0; i < draw.typical.size(); ++i) {
        EXPECT_TRUE(std::isfinite(draw.typical[i])) << m->about.id << "." << m->parameters[i].symbol;
        EXPECT_GE(draw.omega[i], 0.05);
        EXPECT_LE(draw.omega[i], 0.6);
      }
      EXPECT_GE(draw.proportional, 0.03);
      EXPECT_LE(draw.proportional, 0.4);
      EXPECT_GT(draw.additive, 0);
    }
}

TEST(Priors, GiveEveryClassTheExposureOfTheTrial) {
  const Trial& trial = example_trial();
  const TrialScales scales = trial_scales(trial);
  std::vector<double> observed;
  std::vector<Schedule> schedules;
  for (std::size_t i = 0; i < 8; ++i) {
    const Subject& s = trial.subjects[12 + 4 * i];
    schedules.push_back(schedule_of(s));
    for (const Observation& o : s.concentrations) observed.push_back(std::log(o.value / s.dose_level()));
  }
  const BatchPlan plan = make_plan(schedules, {1, 1, 24}, false);
  for (const ModelInfo& m : pk_models()) {
    std::vector<double> middles;
    for (std::uint64_t item = 0; item < 60; ++item) {
      Stream stream(3, Purpose::property_test, item);
      const PriorDraw draw = draw_prior(m, scales, stream);
      std::vector<Lanes> parameters, C(plan.pk.points.size());
      for (std::size_t i = 0; i < draw.typical.size(); ++i)
        parameters.push_back(all_lanes(natural(m.parameters[i].scale, draw.typical[i])));
      Workspace workspace;
      pk_kernels(m.about.id).concentrations(plan.pk, parameters.data(), workspace, C.data());
      std::vector<double> values;
      for (std::size_t l = 0; l < 8; ++l)
        for (std::size_t k = 0; k < plan.pk_count[l]; ++k)
          values.push_back(std::log(std::max(C[k].v[l], 1e-9) / schedules[l].doses[0].amount));
      middles.push_back(*median_of(values));
    }
    EXPECT_NEAR(*median_of(middles), *median_of(observed), std::log(2.5)) << m.about.id;
    EXPECT_LT(quantile_of(middles, 0.9) - quantile_of(middles, 0.1), std::log(40)) << m.about.id;
  }
}

/// Parameter of a draw by symbol.
double value(const ModelInfo& m, const PriorDraw& draw, std::string_view symbol) {
  return std::exp(draw.typical[static_cast<std::size_t>(parameter_index(m, symbol))]);
}

TEST(Priors, DrawPhasesAndNotJustNumbers) {
  // The conversion from phases to clearances and volumes must give back the phases.
  const TrialScales scales = trial_scales(example_trial());
  const ModelInfo &two = *find_model("pk_2c_iv"), &three = *find_model("pk_3c_iv");
  for (std::uint64_t item = 0; item < 300; ++item) {
    Stream a(4, Purpose::property_test, item), b = a;
    const PriorDraw x = draw_prior(two, scales, a), y = draw_prior(three, scales, b);
    const auto v = [&](std::string_view s) { return value(two, x, s); };
    const auto w = [&](std::string_view s) { return value(three, y, s); };
    const auto m2 = two_compartments(v("CL"), v("Vc"), v("Q"), v("Vp"));
    const auto m3 = three_compartments(w("CL"), w("Vc"), w("Q"), w("Vp"), w("Q2"), w("Vp2"));
    EXPECT_GE(std::log(2) / m2.rate[1], 0.59 * scales.half_life);
    EXPECT_LE(std::log(2) / m2.rate[1], 1.71 * scales.half_life);
    EXPECT_GE(std::log(2) / m3.rate[2], 0.59 * scales.half_life);
    EXPECT_LE(std::log(2) / m3.rate[2], 1.71 * scales.half_life);
    const double share2 = m2.amplitude[1] * v("Vc"), share3 = m3.amplitude[2] * w("Vc");
    EXPECT_GE(share2, 0.045);
    EXPECT_LE(share2, 0.701);
    EXPECT_GE(share3, 0.0199);
    EXPECT_LE(share3, 0.301);
    EXPECT_GT(m3.amplitude[1], 0);
  }
}

TEST(Priors, SeparateFlipFlopFromFastAbsorption) {
  const TrialScales scales = trial_scales(example_trial());
  const ModelInfo &fast = *find_model("pk_1c_oral"), &slow = *find_model("pk_1c_oral_flipflop");
  for (std::uint64_t item = 0; item < 300; ++item) {
    Stream stream(5, Purpose::property_test, item);
    const PriorDraw x = draw_prior(fast, scales, stream), y = draw_prior(slow, scales, stream);
    EXPECT_GT(value(fast, x, "ka"), 3 * value(fast, x, "CL") / value(fast, x, "V"));
    EXPECT_LT(value(slow, y, "ka"), value(slow, y, "CL") / value(slow, y, "V"));
  }
}

TEST(Priors, KnowWhatToDoWithAParameterNobodyTaughtThem) {
  static constexpr Parameter parameters[] = {{"KSYN", "mg/h", Scale::log, {1, 2, 0}, "made up"},
                                             {"FRAC", "-", Scale::logit, {0.1, 0.9, 0}, "made up"},
                                             {"KINT", "1/h", Scale::log, {0.1, 1, 0}, "made up"}};
  ModelInfo model{};
  model.role = Role::pk;
  model.about = {10, "pk_new", "a new class", "none"};
  model.parameters = parameters;
  Stream stream(6, Purpose::property_test, 0);
  for (double x : draw_prior(model, trial_scales(example_trial()), stream).typical)
    EXPECT_TRUE(std::isfinite(x));
}

}  // namespace
}  // namespace qdose
