// The engine against itself: gradients against differences, coarse panels against fine ones, steady state
// against long simulation, lanes against each other, and what every instruction set must agree on.
#include <gtest/gtest.h>

#include <cmath>
#include <string>

#include "qdose/base/random.hpp"
#include "qdose/models/catalogue.hpp"
#include "qdose/simulate/plan.hpp"

namespace qdose {
namespace {

/// One batch of a pair of classes with everything the kernels need.
struct Pair {
  const ModelInfo &pk, &pd;
  std::vector<Lanes> parameters;  // PK, then PD
  Workspace workspace;
  std::vector<Lanes> C, R;

  Pair(std::string_view pk_id, std::string_view pd_id, std::uint64_t item)
      : pk(*find_model(pk_id)), pd(*find_model(pd_id)) {
    Stream stream(7, Purpose::property_test, item);
    for (const ModelInfo* m : {&pk, &pd})
      for (const Parameter& p : m->parameters) {
        Lanes x;
        for (double& e : x.v) {
          e = stream.uniform(p.report.low, p.report.high);
          if (p.symbol == "Imax") e = stream.uniform(0.2, 0.95);
          if (p.symbol == "EC50" || p.symbol == "IC50") e = stream.log_uniform(0.3, 5);
          if (p.symbol == "Emax") e = stream.log_uniform(0.5, 5);
        }
        parameters.push_back(x);
      }
  }
  void run(const BatchPlan& plan) {
    C.assign(plan.pk.points.size(), {});
    R.assign(plan.pd.responses.size(), {});
    pk_kernels(pk.about.id).concentrations(plan.pk, parameters.data(), workspace, C.data());
    pd_kernels(pd.about.id)
        .responses(plan.pd, parameters.data() + pk.parameters.size(), C.data(), workspace, R.data());
  }
  /// Sum over lanes and values of weights times values, and its gradient by the pull-backs.
  Lanes objective(const BatchPlan& plan, std::vector<Lanes>* gradient) {
    run(plan);
    std::vector<Lanes> C_bar(C.size()), R_bar(R.size());
    Lanes total;
    for (std::size_t k = 0; k < plan.pk_observations; ++k)
      for (std::size_t l = 0; l < lanes; ++l) {
        const double w = std::sin(1.0 + static_cast<double>(k));
        C_bar[k].v[l] = w;
        total.v[l] += w * C[k].v[l];
      }
    for (std::size_t k = 0; k < R.size(); ++k)
      for (std::size_t l = 0; l < lanes; ++l) {
        const double w = std::cos(2.0 + static_cast<double>(k));
        R_bar[k].v[l] = w;
        total.v[l] += w * R[k].v[l];
      }
    if (gradient != nullptr) {
      gradient->assign(parameters.size(), {});
      pd_kernels(pd.about.id)
          .pull_back(plan.pd, parameters.data() + pk.parameters.size(), C.data(), workspace, R_bar.data(),
                     C_bar.data(), gradient->data() + pk.parameters.size());
      pk_kernels(pk.about.id)
          .pull_back(plan.pk, parameters.data(), workspace, C_bar.data(), gradient->data());
    }
    return total;
  }
};

/// Eight schedules: daily or irregular doses, dense or sparse values, one lane without doses.
std::vector<Schedule> schedules(bool irregular) {
  std::vector<Schedule> all(8);
  Stream stream(3, Purpose::property_test, irregular ? 1 : 0);
  for (std::size_t l = 0; l < all.size(); ++l) {
    Schedule& s = all[l];
    const int doses = irregular ? static_cast<int>(1 + stream.below(6)) : 5;
    double t = irregular ? stream.uniform(0, 3) : 0;
    for (int d = 0; d < doses; ++d) {
      s.doses.push_back({t, irregular ? stream.uniform(1, 9) : 3.0, 0.0});
      t += irregular ? stream.uniform(9, 40) : 24.0;
    }
    if (l == 3 && irregular) s.doses.clear();
    for (double x : {0.0, 1.0, 2.0, 4.0, 8.0, 12.0, 24.0, 48.0, 97.0, 100.0, 130.0, 200.0}) {
      const double shift = irregular ? stream.uniform(0, 0.9) : 0;
      s.pk_times.push_back(x + shift);
      s.pd_times.push_back(x + shift + 0.25);
    }
    if (irregular) s.pk_times.resize(5 + l % 5);
  }
  return all;
}

class EveryPair : public testing::TestWithParam<std::tuple<std::string, std::string>> {};

std::vector<std::string> ids(std::span<const ModelInfo> models) {
  std::vector<std::string> out;
  for (const ModelInfo& m : models) out.emplace_back(m.about.id);
  return out;
}

INSTANTIATE_TEST_SUITE_P(Catalogue, EveryPair,
                         testing::Combine(testing::ValuesIn(ids(pk_models())),
                                          testing::ValuesIn(ids(pd_models()))),
                         [](const auto& test) {
                           return std::get<0>(test.param) + "_" + std::get<1>(test.param);
                         });

TEST_P(EveryPair, PullBackEqualsCentralDifferences) {
  for (bool irregular : {false, true}) {
    Pair pair(std::get<0>(GetParam()), std::get<1>(GetParam()), 1);
    const auto s = schedules(irregular);
    const BatchPlan plan = make_plan(s, resolution_for(s));
    std::vector<Lanes> gradient;
    pair.objective(plan, &gradient);
    for (std::size_t i = 0; i < pair.parameters.size(); ++i) {
      const Lanes kept = pair.parameters[i];
      Lanes up, down, step;
      for (std::size_t l = 0; l < lanes; ++l) step.v[l] = 2e-6 * kept.v[l];
      for (std::size_t l = 0; l < lanes; ++l) pair.parameters[i].v[l] = kept.v[l] + step.v[l];
      up = pair.objective(plan, nullptr);
      for (std::size_t l = 0; l < lanes; ++l) pair.parameters[i].v[l] = kept.v[l] - step.v[l];
      down = pair.objective(plan, nullptr);
      pair.parameters[i] = kept;
      for (std::size_t l = 0; l < lanes; ++l) {
        const double difference = (up.v[l] - down.v[l]) / (2 * step.v[l]);
        const double scale = std::fabs(difference) + (std::fabs(up.v[l]) + 1.0) / kept.v[l] * 1e-2;
        EXPECT_NEAR(gradient[i].v[l], difference, 2e-5 * scale)
            << "parameter " << i << " lane " << l << irregular;
      }
    }
  }
}

TEST_P(EveryPair, PanelsAreFineEnough) {
  for (bool irregular : {false, true}) {
    const auto s = schedules(irregular);
    const Resolution usual = resolution_for(s, std::get<0>(GetParam()));
    Resolution fine = usual;
    fine.first /= 8, fine.growth /= 8, fine.longest /= 8;
    Pair a(std::get<0>(GetParam()), std::get<1>(GetParam()), 2),
        b(std::get<0>(GetParam()), std::get<1>(GetParam()), 2);
    a.run(make_plan(s, usual));
    b.run(make_plan(s, fine));
    for (std::size_t k = 0; k < a.R.size(); ++k)
      for (std::size_t l = 0; l < lanes; ++l)
        EXPECT_NEAR(a.R[k].v[l], b.R[k].v[l], 5e-3 * b.R[k].v[l])
            << "response " << k << " lane " << l << irregular;
  }
}

TEST_P(EveryPair, SteadyStateIsWhereLongDosingEnds) {
  Pair pair(std::get<0>(GetParam()), std::get<1>(GetParam()), 3);
  // moderate parameters: accumulation ends within the 300 intervals that are simulated
  for (double& e : pair.parameters[0].v) e = 0.2 + 0.3 * e;
  Schedule s;
  for (int d = 0; d < 300; ++d) s.doses.push_back({24.0 * d, 2.0, 0.0});
  const std::vector<double> times{1.0, 5.0, 12.0, 24.0};
  for (double t : times) s.pk_times.push_back(24.0 * 299 + t);
  s.pd_times = s.pk_times;
  Resolution resolution{0.1, 0.3, 3.0};  // fine: the two plans cut at other times
  resolution.own_cuts = pair.pk.has_lag || pair.pk.has_infusion;
  std::vector<Schedule> eight(8, s);
  pair.run(make_plan(eight, resolution));
  const auto C = pair.C, R = pair.R;
  pair.run(make_steady_plan(all_lanes(2.0), 0.0, 24.0, times, resolution));
  for (std::size_t k = 0; k < times.size(); ++k)
    for (std::size_t l = 0; l < lanes; ++l) {
      EXPECT_NEAR(pair.C[k].v[l], C[k].v[l], 1e-6 * C[k].v[l] + 1e-9);
      // Panels of the own kind lie otherwise in an interval that is cut by values than in one that is not.
      EXPECT_NEAR(pair.R[k].v[l], R[k].v[l], (resolution.own_cuts ? 2e-5 : 1e-6) * R[k].v[l]);
    }
}

TEST(Engine, InfusionsThatOverlapAddUp) {
  // Two infusions that overlap are one of each alone; a modelled duration beyond the interval likewise.
  for (const char* id : {"pk_1c_iv", "pk_2c_iv", "pk_3c_iv", "pk_2c_iv_infusion"}) {
    Pair pair(id, "pd_direct_linear", 5);
    const bool timed = pair.pk.has_infusion;
    if (timed) pair.parameters[4] = all_lanes(9.0);
    const double T = timed ? 0.0 : 9.0;
    Schedule both, first, second;
    both.doses = {{0.0, 5.0, T}, {4.0, 3.0, T}};
    first.doses = {both.doses[0]};
    second.doses = {both.doses[1]};
    const std::vector<double> times{1.0, 4.0, 6.0, 9.5, 12.0, 13.5, 30.0};
    std::vector<Schedule> all{both, first, second};
    for (Schedule& s : all) s.pk_times = s.pd_times = times;
    const BatchPlan plan = make_plan(all, {1, 1, 24});
    for (Lanes& x : pair.parameters) x = all_lanes(x.v[0]);
    std::vector<Lanes> gradient;
    const Lanes total = pair.objective(plan, &gradient);
    for (std::size_t k = 0; k < times.size(); ++k)
      EXPECT_NEAR(pair.C[k].v[0], pair.C[k].v[1] + pair.C[k].v[2], 1e-12 * pair.C[k].v[0]) << id;
    for (std::size_t i = 0; i < pair.pk.parameters.size(); ++i) {
      const Lanes kept = pair.parameters[i];
      const double h = 1e-6 * kept.v[0];
      pair.parameters[i] = all_lanes(kept.v[0] + h);
      const Lanes up = pair.objective(plan, nullptr);
      pair.parameters[i] = all_lanes(kept.v[0] - h);
      const Lanes down = pair.objective(plan, nullptr);
      pair.parameters[i] = kept;
      EXPECT_NEAR(gradient[i].v[0], (up.v[0] - down.v[0]) / (2 * h),
                  1e-4 * (1 + std::fabs(total.v[0]) / kept.v[0]));
    }
  }
}

/// Doses of which some are infusions, of other durations in other lanes; beyond 9 h (24 h where regular) they
/// overlap.
std::vector<Schedule> schedules_with_infusions(bool irregular, double longest) {
  std::vector<Schedule> all = schedules(irregular);
  Stream stream(4, Purpose::property_test, irregular ? 1 : 0);
  for (Schedule& s : all)
    for (Dose& dose : s.doses) {
      const double length = irregular ? stream.uniform(0.3, longest) : longest;
      if (!irregular || stream.below(3) > 0) dose.duration = length;
    }
  return all;
}

void expect_gradient_of_infusions(const ModelInfo& m, bool irregular, double longest) {
  Pair pair(m.about.id, "pd_direct_emax", 6);
  const BatchPlan plan = make_plan(schedules_with_infusions(irregular, longest), {1, 1, 24});
  std::vector<Lanes> gradient;
  pair.objective(plan, &gradient);
  for (std::size_t i = 0; i < pair.pk.parameters.size(); ++i) {
    const Lanes kept = pair.parameters[i];
    for (double& x : pair.parameters[i].v) x *= 1 + 2e-6;
    const Lanes up = pair.objective(plan, nullptr);
    for (std::size_t l = 0; l < lanes; ++l) pair.parameters[i].v[l] = kept.v[l] * (1 - 2e-6);
    const Lanes down = pair.objective(plan, nullptr);
    pair.parameters[i] = kept;
    for (std::size_t l = 0; l < lanes; ++l) {
      const double difference = (up.v[l] - down.v[l]) / (4e-6 * kept.v[l]);
      const double scale = std::fabs(difference) + (std::fabs(up.v[l]) + 1.0) / kept.v[l] * 1e-2;
      EXPECT_NEAR(gradient[i].v[l], difference, 2e-5 * scale)
          << m.about.id << " " << m.parameters[i].symbol << " lane " << l << irregular << " " << longest;
    }
  }
}

TEST(Engine, InfusionsPullBackEqualsCentralDifferences) {
  for (const ModelInfo& m : pk_models()) {
    if (m.about.id == "pk_1c_iv_mm" || m.about.id == "pk_1c_transit_abs") continue;  // by the solver
    for (double longest : {2.0, 6.0, 25.0, 70.0})
      for (bool irregular : {false, true}) expect_gradient_of_infusions(m, irregular, longest);
  }
}

TEST(Engine, DoseAtTimeZeroCountsAndValuesAtADoseTimeComeBeforeIt) {
  for (const ModelInfo& m : pk_models()) {
    Pair pair(m.about.id, "pd_direct_linear", 4);
    Schedule s;
    s.doses = {{0.0, 5.0, 0.0}, {24.0, 5.0, 0.0}};
    s.pk_times = {0.0, 23.999999, 24.0, 47.0};
    s.pd_times = {0.0};
    std::vector<Schedule> one{s};
    pair.run(make_plan(one, {1, 1, 24}));
    EXPECT_EQ(pair.C[0].v[0], 0.0) << m.about.id;
    EXPECT_GT(pair.C[1].v[0], 0.0) << m.about.id;
    EXPECT_NEAR(pair.C[2].v[0], pair.C[1].v[0], 1e-4 * pair.C[1].v[0]) << m.about.id;
  }
}

}  // namespace
}  // namespace qdose
