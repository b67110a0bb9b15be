// What must not matter: the instruction set (within rounding), a subject's place in a batch and its
// neighbours (not at all).
#include <gtest/gtest.h>

#include <cmath>

#include "qdose/base/random.hpp"
#include "qdose/models/catalogue.hpp"
#include "qdose/simulate/plan.hpp"

namespace qdose {
namespace {

constexpr double tolerance = 2e-11;  ///< of a subject's largest value; gradients 1e-8 of the largest

Schedule schedule_of(Stream& random) {
  Schedule s;
  for (int d = 0; d < 5; ++d)
    s.doses.push_back({24.0 * d, random.uniform(1, 9), random.below(2) ? 0.0 : random.uniform(0.5, 20)});
  s.pk_times = {1, 3, 9, 24, 50, 97.5, 110, 150, 300};
  s.pd_times = {0.5, 9, 24, 60, 97.5, 150, 300};
  return s;
}

std::vector<double> parameters_of(const ModelInfo& model, Stream& random) {
  std::vector<double> values;
  for (const Parameter& p : model.parameters) {
    double x = p.is_fixed_in_report() ? p.fixed : random.uniform(p.report.low, p.report.high);
    if (p.symbol == "EC50" || p.symbol == "IC50") x = random.log_uniform(0.3, 5);
    values.push_back(x);
  }
  return values;
}

/// Eight subjects, each from its own stream, at places shifted by `shift`.
struct Eight {
  std::vector<Schedule> schedules = std::vector<Schedule>(lanes);
  std::vector<Lanes> pk, pd;

  Eight(const ModelInfo& pk_model, const ModelInfo& pd_model, std::size_t shift)
      : pk(pk_model.parameters.size()), pd(pd_model.parameters.size()) {
    for (std::size_t subject = 0; subject < lanes; ++subject) {
      Stream random(11, Purpose::property_test, subject);
      const std::size_t l = (subject + shift) % lanes;
      schedules[l] = schedule_of(random);
      const auto p = parameters_of(pk_model, random), q = parameters_of(pd_model, random);
      for (std::size_t i = 0; i < p.size(); ++i) pk[i][l] = p[i];
      for (std::size_t i = 0; i < q.size(); ++i) pd[i][l] = q[i];
    }
  }
};

struct Curves {
  std::size_t observations = 0;
  std::vector<Lanes> C, R, by_pk, by_pd;
};

Curves curves_of(const Eight& eight, std::string_view pk_id, std::string_view pd_id, InstructionSet set) {
  const BatchPlan plan = make_plan(eight.schedules, Resolution{1.0, 1.0, 12.0, 4});
  const pk_kernels_t& pk = pk_kernels(pk_id, set);
  const pd_kernels_t& pd = pd_kernels(pd_id, set);
  Curves curves{plan.pk_observations, std::vector<Lanes>(plan.pk.points.size()),
                std::vector<Lanes>(plan.pd.responses.size()), std::vector<Lanes>(eight.pk.size()),
                std::vector<Lanes>(eight.pd.size())};
  Workspace workspace;
  pk.concentrations(plan.pk, eight.pk.data(), workspace, curves.C.data());
  pd.responses(plan.pd, eight.pd.data(), curves.C.data(), workspace, curves.R.data());
  std::vector<Lanes> C_bar(curves.C.size()), R_bar(curves.R.size(), all_lanes(1.0));
  for (std::size_t k = 0; k < plan.pk_observations; ++k) C_bar[k] = all_lanes(0.5);
  pd.pull_back(plan.pd, eight.pd.data(), curves.C.data(), workspace, R_bar.data(), C_bar.data(),
               curves.by_pd.data());
  pk.pull_back(plan.pk, eight.pk.data(), workspace, C_bar.data(), curves.by_pk.data());
  curves.C.resize(plan.pk_observations);
  return curves;
}

double largest(const std::vector<Lanes>& rows, std::size_t lane) {
  double most = 0;
  for (const Lanes& row : rows) most = std::max(most, std::abs(row[lane]));
  return most;
}

TEST(InstructionSets, AgreeOnEveryPairWithinRounding) {
  if (!has_avx512()) GTEST_SKIP() << "this processor has one set only";
  for (const ModelInfo& pk : pk_models())
    for (const ModelInfo& pd : pd_models()) {
      const Eight eight(pk, pd, 0);
      const Curves a = curves_of(eight, pk.about.id, pd.about.id, InstructionSet::avx2);
      const Curves b = curves_of(eight, pk.about.id, pd.about.id, InstructionSet::avx512);
      const auto compare = [&](const std::vector<Lanes>& x, const std::vector<Lanes>& y, double relative) {
        for (std::size_t k = 0; k < x.size(); ++k)
          for (std::size_t l = 0; l < lanes; ++l)
            EXPECT_NEAR(x[k][l], y[k][l], relative * largest(y, l)) << pk.about.id << " " << pd.about.id;
      };
      compare(a.C, b.C, tolerance);
      compare(a.R, b.R, tolerance);
      compare(a.by_pk, b.by_pk, 1e-8);
      compare(a.by_pd, b.by_pd, 1e-8);
    }
}

TEST(Lanes, ResultsDoNotDependOnThePlaceInABatch) {
  const std::size_t shift = 3;
  for (const ModelInfo& pk : pk_models())
    for (const char* pd_id : {"pd_indirect_inhib_kin", "pd_indirect_stim_kout", "pd_transit_delay"}) {
      const ModelInfo& pd = *find_model(pd_id);
      const InstructionSet set = has_avx512() ? InstructionSet::avx512 : InstructionSet::avx2;
      const Curves a = curves_of(Eight(pk, pd, 0), pk.about.id, pd_id, set);
      const Curves b = curves_of(Eight(pk, pd, shift), pk.about.id, pd_id, set);
      for (std::size_t k = 0; k < a.observations; ++k)
        for (std::size_t l = 0; l < lanes; ++l)
          EXPECT_EQ(a.C[k][l], b.C[k][(l + shift) % lanes]) << pk.about.id << " " << k << " " << l;
      for (std::size_t k = 0; k < a.R.size(); ++k)
        for (std::size_t l = 0; l < lanes; ++l)
          EXPECT_EQ(a.R[k][l], b.R[k][(l + shift) % lanes]) << pk.about.id << " " << pd_id;
    }
}

}  // namespace
}  // namespace qdose
