#include "tests/support/pd_checks.hpp"

#include "tests/support/all_classes.hpp"
#include "tests/support/wrong_classes.hpp"

namespace qdose {
namespace {

template <class M>
class PdClass : public testing::Test {};
TYPED_TEST_SUITE(PdClass, AllPdClasses, IdOfClass);

#define EXPECT_NO_FINDINGS(check)                        \
  do {                                                   \
    const Findings findings = check;                     \
    EXPECT_TRUE(findings.empty()) << describe(findings); \
  } while (false)

TYPED_TEST(PdClass, DeclaresWhatTheConceptAsks) {
  static_assert(PdModel<TypeParam>);
  EXPECT_EQ(TypeParam::about.id.substr(0, 3), "pd_");
  EXPECT_FALSE(TypeParam::about.source.empty());
  EXPECT_EQ(TypeParam::parameters[0].symbol, "R0");
}
TYPED_TEST(PdClass, DualDerivativesAreThoseOfTheEquations) {
  EXPECT_NO_FINDINGS(check_pd_gradient<TypeParam>());
}
TYPED_TEST(PdClass, RestsAtItsBaselineWithoutDrug) { EXPECT_NO_FINDINGS(check_baseline<TypeParam>()); }
TYPED_TEST(PdClass, LossIsAsDeclared) { EXPECT_NO_FINDINGS(check_loss<TypeParam>()); }
TYPED_TEST(PdClass, ResponseIsFiniteAndNotNegative) { EXPECT_NO_FINDINGS(check_response<TypeParam>()); }
TYPED_TEST(PdClass, UnitsAreRight) { EXPECT_NO_FINDINGS(check_pd_units<TypeParam>()); }

TEST(PdChecks, NameEveryPlantedError) {
  EXPECT_TRUE(mentions(check_pd_class<wrong::Drifts>(), "baseline drifts"));
  EXPECT_TRUE(mentions(check_pd_class<wrong::HiddenDrive>(), "loss: free of C"));
  EXPECT_TRUE(check_pd_class<pd::IndirectInhibKin>().empty());
}

}  // namespace
}  // namespace qdose
