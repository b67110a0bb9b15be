// The dose search against the slow obvious way: every dose of the grid given to every virtual subject for 60
// days.
#include <gtest/gtest.h>

#include <algorithm>

#include "qdose/dosing/search_plan.hpp"
#include "qdose/simulate/trial_truth.hpp"

namespace qdose {
namespace {

/// The people of a true population, without uncertainty.
PopulationSource people_of(const TrialTruth& truth) {
  PopulationSource source;
  source.name = "truth";
  source.replicates = 100;
  source.individual = [truth](std::size_t, std::span<const double>, Stream& stream) {
    std::vector<double> person;
    for (const TrueParameter& p : truth.parameters)
      person.push_back(to_natural(p.scale, to_unbounded(p.scale, p.typical) + p.omega * stream.normal()));
    return person;
  };
  return source;
}

PopulationModel model_of(const TrialTruth& truth) {
  PopulationModel model;
  model.pk_class = truth.pk->about.id, model.pd_class = truth.pd->about.id;
  model.parameters.resize(truth.parameters.size());
  return model;
}

struct Question {
  const char *pk, *pd;
  double interval, threshold, grid;
  Direction direction;
};

class DoseSearch : public ::testing::TestWithParam<Question> {};

TEST_P(DoseSearch, GivesTheSharesOfSixtyDaysOfEveryDose) {
  const Question& q = GetParam();
  VirtualTrialSettings which;
  which.pk = q.pk, which.pd = q.pd;
  const TrialTruth truth = truth_of(which).value();
  const PopulationModel model = model_of(truth);
  const PopulationSource source = people_of(truth);
  DoseSettings settings;
  settings.replicates = settings.most_replicates = 10, settings.subjects = 64;
  const Endpoint endpoint = throughout(Quantity::biomarker, q.direction, q.threshold);
  const Regimen regimen{"", {q.interval, 0}, q.grid, 40 * q.grid, ""};
  const TrialPeople people(std::vector<std::vector<double>>(1));  // nobody has covariates
  const SearchProblem problem{model, people, {{}}, {{0, regimen, endpoint, {}}}, settings};
  const SearchOutcome outcome = solve_population(problem, {source}, silent_progress());

  const int days = 60;
  IntervalResponse brute(model.pk_class, model.pd_class,
                         {q.interval, 0, 1, static_cast<int>(days * 24 / q.interval) + 1});
  std::vector<double> kept(21, 0);
  for (std::size_t r = 0; r < 10; ++r)
    for (std::size_t first = 0; first < 64; first += lanes) {
      brute.set_subjects(draw_octet(problem, Replicate(problem, source, r), 0, first).parameters);
      for (std::size_t d = 0; d < kept.size(); ++d) {
        brute.give(all_lanes(2 * q.grid * static_cast<double>(d)));
        const Lanes value = brute.measure(endpoint);
        for (const double v : value.v)
          kept[d] += (q.direction == Direction::below ? v < q.threshold : v > q.threshold) / 640.0;
      }
    }
  EXPECT_GT(std::ranges::count_if(kept, [](double p) { return p > 0.02 && p < 0.98; }), 3);
  for (std::size_t d = 0; d < kept.size(); ++d)
    EXPECT_NEAR(outcome.attainment[0].mean(2 * q.grid * static_cast<double>(d)), kept[d], 0.005) << d;
}

INSTANTIATE_TEST_SUITE_P(
    Pairs, DoseSearch,
    ::testing::Values(Question{"pk_2c_oral", "pd_indirect_inhib_kin", 24, 4, 0.5, Direction::below},
                      Question{"pk_2c_oral", "pd_indirect_inhib_kin", 168, 4, 5, Direction::below},
                      Question{"pk_1c_iv_mm", "pd_direct_inhib_emax", 24, 4, 0.25, Direction::below},
                      Question{"pk_1c_oral", "pd_indirect_stim_kin", 24, 25, 0.5, Direction::above}));

}  // namespace
}  // namespace qdose
