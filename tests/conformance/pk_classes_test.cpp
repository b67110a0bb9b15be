#include <gmock/gmock.h>

#include "tests/support/all_classes.hpp"
#include "tests/support/pk_checks.hpp"
#include "tests/support/wrong_classes.hpp"

namespace qdose {
namespace {

template <class M>
class PkClass : public testing::Test {};
TYPED_TEST_SUITE(PkClass, AllPkClasses, IdOfClass);

#define EXPECT_NO_FINDINGS(check)                        \
  do {                                                   \
    const Findings findings = check;                     \
    EXPECT_TRUE(findings.empty()) << describe(findings); \
  } while (false)

TYPED_TEST(PkClass, DeclaresWhatTheConceptAsks) {
  static_assert(PkModel<TypeParam>);
  EXPECT_EQ(TypeParam::about.id.substr(0, 3), "pk_");
  EXPECT_FALSE(TypeParam::about.source.empty());
}
TYPED_TEST(PkClass, DualDerivativesAreThoseOfTheEquations) {
  EXPECT_NO_FINDINGS(check_pk_gradient<TypeParam>());
}
TYPED_TEST(PkClass, MassLeavesByEliminationOnly) { EXPECT_NO_FINDINGS(check_mass_balance<TypeParam>()); }
TYPED_TEST(PkClass, UnitsAreRight) { EXPECT_NO_FINDINGS(check_pk_units<TypeParam>()); }
TYPED_TEST(PkClass, ReportDrawsAreFinite) { EXPECT_NO_FINDINGS(check_pk_draws<TypeParam>()); }
TYPED_TEST(PkClass, ExactSolutionSolvesTheEquations) {
  if constexpr (HasExactModes<TypeParam>) {
    EXPECT_NO_FINDINGS(check_modes<TypeParam>());
    EXPECT_NO_FINDINGS(check_linearity<TypeParam>());
  }
  if constexpr (HasExactAdvance<TypeParam>) {
    EXPECT_NO_FINDINGS(check_advance<TypeParam>());
    EXPECT_NO_FINDINGS(check_advance_gradient<TypeParam>());
  }
}

TEST(PkChecks, NameEveryPlantedError) {
  EXPECT_TRUE(mentions(check_pk_class<wrong::MassAppears>(), "mass balance"));
  EXPECT_TRUE(mentions(check_pk_class<wrong::ModesOfAnother>(), "modes at"));
  EXPECT_TRUE(mentions(check_pk_class<wrong::WrongUnit>(), "units of C"));
  EXPECT_TRUE(mentions(check_pk_class<wrong::SlowClock>(), "advance by"));
  EXPECT_TRUE(check_pk_class<pk::TwoCmtOral>().empty());
}

TEST(FlipFlop, IsAbsorbedMoreSlowlyThanEliminatedUnderItsRanges) {
  int slower = 0;
  constexpr int draws = 2000;
  for (std::uint64_t draw = 0; draw < draws; ++draw) {
    Stream random = check_stream<pk::OneCmtOralFlipflop>(8000 + draw);
    const auto [CL, V, ka] = report_draw<pk::OneCmtOralFlipflop>(random);
    slower += ka < CL / V;
  }
  EXPECT_GT(slower, draws * 9 / 10);
}

TEST(ConfluentRates, AbsorptionAtTheRateOfElimination) {
  const double CL = 0.5, V = 2.0;
  for (double factor : {1.0, 1.0 + 1e-9, 1.0 - 1e-7, 1.0 + 1e-4}) {
    const auto modes = pk::OneCmtOral::modes(Parameters<pk::OneCmtOral, double>{CL, V, factor * CL / V});
    for (double t : {0.5, 4.0, 20.0}) {
      const double C = modes.amplitude[0] * std::exp(-modes.rate[0] * t) +
                       modes.amplitude[1] * std::exp(-modes.rate[1] * t);
      const double k = CL / V, limit = k * t * std::exp(-k * t) / V;
      EXPECT_NEAR(C / limit, 1.0, 1e-3 * std::abs(factor - 1.0) / 1e-4 * 5 + 1e-4);
    }
  }
}

}  // namespace
}  // namespace qdose
