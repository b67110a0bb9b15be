#include "qdose/stage3_covariates/ridge_sums.hpp"

#include <algorithm>

#include "qdose/base/expects.hpp"
#include "qdose/num/blas.hpp"

namespace qdose {

RidgeSums::RidgeSums(Eigen::Index functions, Eigen::Index outputs)
    : functions_(functions), outputs_(outputs) {
  const Eigen::Index size = 1 + functions + outputs;
  sums_ = RowMajor::Zero(size, size);
}

void RidgeSums::add(const Eigen::MatrixXd& functions, const Eigen::MatrixXd& outputs) {
  expects(functions.cols() == functions_ && outputs.cols() == outputs_, "the columns that were announced");
  RowMajor rows(functions.rows(), sums_.cols());
  rows.col(0).setOnes();
  rows.middleCols(1, functions_) = functions;
  rows.rightCols(outputs_) = outputs;
  RowMajor part = RowMajor::Zero(sums_.rows(), sums_.cols());
  blas::add_gram(static_cast<std::size_t>(rows.rows()), static_cast<std::size_t>(rows.cols()), rows.data(),
                 part.data());
  sums_ += part.selfadjointView<Eigen::Upper>();
}

RidgeSums::Fit RidgeSums::solve(double lambda, Eigen::Index free) const {
  const double n = people();
  // Centred: the intercept drops out.
  const Eigen::MatrixXd mean = sums_.block(0, 1, 1, functions_ + outputs_) / n;
  const Eigen::MatrixXd centred =
      Eigen::MatrixXd(sums_.bottomRightCorner(functions_ + outputs_, functions_ + outputs_)) -
      n * mean.transpose() * mean;
  const Eigen::MatrixXd gram = centred.topLeftCorner(functions_, functions_);
  const Eigen::MatrixXd cross = centred.topRightCorner(functions_, outputs_);
  Eigen::VectorXd penalty = Eigen::VectorXd::Constant(functions_, lambda);
  penalty.head(free).setZero();
  penalty.array() += 1e-13 * gram.trace() / static_cast<double>(std::max<Eigen::Index>(functions_, 1));
  Eigen::MatrixXd penalised = gram;
  penalised.diagonal() += penalty;
  const Eigen::LDLT<Eigen::MatrixXd> factor(penalised);
  Fit fit;
  fit.coefficients = factor.solve(cross);
  fit.offset = mean.rightCols(outputs_) - mean.leftCols(functions_) * fit.coefficients;
  fit.residual_square = centred.bottomRightCorner(outputs_, outputs_).diagonal().transpose() -
                        (2 * cross - gram * fit.coefficients).cwiseProduct(fit.coefficients).colwise().sum();
  fit.effective_parameters = 1 + (functions_ > 0 ? factor.solve(gram).trace() : 0.0);
  return fit;
}

}  // namespace qdose
