#include "app/model_average.hpp"

#include <gtest/gtest.h>

namespace qdose {
namespace {

ClassFit fitted(const std::string& model, double probability) {
  ClassFit fit;
  fit.model = model, fit.probability = probability, fit.converged = true;
  return fit;
}

Selection selection_of(std::vector<ClassFit> pk, std::vector<ClassFit> pd) {
  Selection selection;
  selection.pk.model = pk.front().model, selection.pd.model = pd.front().model;
  selection.pk.likelihood = std::move(pk), selection.pd.likelihood = std::move(pd);
  selection.pk.selected_by = selection.pd.selected_by = "both";
  return selection;
}

Fit fit_of(const std::string& pk, const std::string& pd) {
  Fit fit;
  fit.pk_class = pk, fit.pd_class = pd;
  return fit;
}

TEST(SupportedPairs, AClearTrialSupportsOne) {
  const Selection s = selection_of({fitted("pk_2c_oral", 0.999), fitted("pk_1c_oral", 0.001)},
                                   {fitted("pd_indirect_inhib_kin", 1)});
  const auto pairs = supported_pairs(s, fit_of("pk_2c_oral", "pd_indirect_inhib_kin"));
  ASSERT_EQ(pairs.size(), 1u);
  EXPECT_EQ(pairs[0].pk, "pk_2c_oral");
  EXPECT_EQ(pairs[0].weight, 1);
}

TEST(SupportedPairs, AnUndecidedTrialSupportsSeveralWithTheirProbabilities) {
  const Selection s = selection_of(
      {fitted("pk_2c_oral", 1)}, {fitted("pd_indirect_inhib_kin", 0.7), fitted("pd_indirect_stim_kout", 0.27),
                                  fitted("pd_direct_inhib_emax", 0.03)});
  const auto pairs = supported_pairs(s, fit_of("pk_2c_oral", "pd_indirect_inhib_kin"));
  ASSERT_EQ(pairs.size(), 2u);
  EXPECT_EQ(pairs[0].pd, "pd_indirect_inhib_kin");
  EXPECT_NEAR(pairs[0].weight, 0.7 / 0.97, 1e-12);
  EXPECT_NEAR(pairs[1].weight, 0.27 / 0.97, 1e-12);
}

TEST(SupportedPairs, TheSameEquationsCountOnce) {
  const Selection s = selection_of({fitted("pk_1c_oral", 0.5), fitted("pk_1c_oral_flipflop", 0.5)},
                                   {fitted("pd_direct_emax", 1)});
  const auto pairs = supported_pairs(s, fit_of("pk_1c_oral_flipflop", "pd_direct_emax"));
  ASSERT_EQ(pairs.size(), 1u);
  EXPECT_EQ(pairs[0].pk, "pk_1c_oral_flipflop");
}

TEST(SupportedPairs, AClassThatTheUserNamedHasNoRivals) {
  Selection s =
      selection_of({fitted("pk_2c_oral", 0.5), fitted("pk_1c_oral", 0.5)}, {fitted("pd_direct_emax", 1)});
  s.pk.selected_by = "user";
  EXPECT_EQ(supported_pairs(s, fit_of("pk_1c_oral", "pd_direct_emax")).size(), 1u);
}

}  // namespace
}  // namespace qdose
