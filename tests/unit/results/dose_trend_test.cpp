#include "qdose/results/dose_trend.hpp"

#include <gmock/gmock.h>

#include <array>
#include <cmath>

namespace qdose {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

/// 24 treated people at 20, 60 and 200 and 6 untreated ones; CL has `slope` on log dose about a scatter of
/// 0.3.
Fit fit_with(double slope) {
  Fit fit;
  fit.pk_class = "pk_1c_oral";
  fit.pd_class = "pd_indirect_inhib_kin";
  for (const char* name : {"CL", "V", "ka"}) {
    PopulationParameter parameter;
    parameter.name = name;
    parameter.varies = parameter.name != "ka";
    fit.model.parameters.push_back(parameter);
  }
  constexpr std::array doses = {20.0, 60.0, 200.0, 0.0};
  for (int i = 0; i < 30; ++i) {
    const double dose = i < 24 ? doses[static_cast<std::size_t>(i) % 3] : 0;
    const std::string id = std::to_string(i);
    IndividualFit one;
    one.id = id;
    one.dose_level = dose;
    fit.pd_fits.push_back(one);
    IndividualEstimate person;
    person.id = id;
    const double trend = dose > 0 ? slope * std::log(dose / 60) : 5;
    person.eta = {trend + 0.3 * std::sin(2.4 * i), 0.2 * std::cos(1.7 * i), 0};
    person.shrinkage = {dose > 0 ? 0.9 : 0.0, 0.8, 0};
    fit.individuals.push_back(person);
  }
  return fit;
}

TEST(DoseTrend, IsTheRegressionOfEtasOnLogDose) {
  const std::vector<DoseTrend> trends = dose_trends(fit_with(-0.8));
  ASSERT_THAT(trends, SizeIs(2));  // ka does not vary
  EXPECT_EQ(trends[0].parameter, "CL");
  EXPECT_EQ(trends[0].lowest_dose, std::exp(std::log(20)));
  EXPECT_NEAR(trends[0].change, std::pow(10.0, -0.8), 0.05);
  EXPECT_LT(trends[0].t, -4);
  // Student's t of 24 people, written out.
  const Fit fit = fit_with(-0.8);
  double sx = 0, sy = 0, sxx = 0, syy = 0, sxy = 0;
  for (std::size_t i = 0; i < 24; ++i) {
    const double x = std::log(fit.pd_fits[i].dose_level), y = fit.individuals[i].eta[0];
    sx += x, sy += y, sxx += x * x, syy += y * y, sxy += x * y;
  }
  const double r = (24 * sxy - sx * sy) / std::sqrt((24 * sxx - sx * sx) * (24 * syy - sy * sy));
  EXPECT_NEAR(trends[0].t, r * std::sqrt(22 / (1 - r * r)), 1e-9);
}

TEST(DoseTrend, TellsWhatIsNoChance) {
  EXPECT_THAT(
      telling_dose_trends(fit_with(-0.8)),
      ElementsAre(testing::AllOf(HasSubstr("CL follows the dose: from 20 to 200"), HasSubstr("pk_1c_oral"))));
  EXPECT_THAT(telling_dose_trends(fit_with(0)), IsEmpty());
}

TEST(DoseTrend, NeedsSeveralDosesAndPeople) {
  Fit one_level = fit_with(-0.8);
  for (IndividualFit& one : one_level.pd_fits) one.dose_level = 60;
  EXPECT_THAT(dose_trends(one_level), IsEmpty());
  Fit few = fit_with(-0.8);
  few.individuals.resize(7);
  EXPECT_THAT(dose_trends(few), IsEmpty());
  EXPECT_THAT(dose_trends(Fit{}), IsEmpty());
}

}  // namespace
}  // namespace qdose
