#include "qdose/stage3_covariates/cohort.hpp"

#include <array>
#include <cmath>

namespace qdose {
namespace {

constexpr double spread = 0.2;  // sd of the logarithm between people

struct CohortParameter {
  const char* name;
  double typical, weight_exponent, comedication_factor;
};
constexpr std::array parameters{CohortParameter{"CL", 0.15, 0.75, 1.3}, CohortParameter{"Vc", 5, 1, 1},
                                CohortParameter{"Vp", 12, 1, 1},        CohortParameter{"Q", 0.5, 0.75, 1},
                                CohortParameter{"kin", 2, 0, 1},        CohortParameter{"kout", 0.12, 0, 1},
                                CohortParameter{"IC50", 25, 0, 1}};

}  // namespace

Cohort report_cohort(std::size_t people, std::uint64_t seed, Purpose purpose) {
  const auto n = static_cast<Eigen::Index>(people), outputs = static_cast<Eigen::Index>(parameters.size());
  Cohort cohort{{{"BW", false, 70, 50, 120, {}}, {"COMED", true, 0, 0, 1, {0, 1}}},
                {},
                {},
                Eigen::MatrixXd(n, outputs),
                Eigen::MatrixXd(n, outputs)};
  for (const CohortParameter& parameter : parameters) cohort.names.emplace_back(parameter.name);
  for (Eigen::Index i = 0; i < n; ++i) {
    Stream stream(seed, purpose, static_cast<std::uint64_t>(i));
    const double weight = stream.uniform(50, 120), comedication = stream.uniform() < 0.5 ? 1 : 0;
    cohort.rows.push_back({weight, comedication});
    for (Eigen::Index j = 0; j < outputs; ++j) {
      const CohortParameter& p = parameters[static_cast<std::size_t>(j)];
      const double typical = p.typical * std::pow(weight / 70, p.weight_exponent) *
                             (comedication > 0 ? p.comedication_factor : 1);
      cohort.values(i, j) = typical * std::exp(spread * stream.normal());
      cohort.expected(i, j) = typical * std::exp(spread * spread / 2);
    }
  }
  return cohort;
}

}  // namespace qdose
