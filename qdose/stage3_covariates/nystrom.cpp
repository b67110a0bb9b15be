#include "qdose/stage3_covariates/nystrom.hpp"

#include <algorithm>
#include <cmath>
#include <condition_variable>
#include <ctime>
#include <mutex>

#include "qdose/base/threads.hpp"
#include "qdose/num/blas.hpp"

namespace qdose {
namespace {

constexpr std::size_t block = 2048;       // people at a time
constexpr std::size_t group = 4 * block;  // people whose sums are taken in single precision
constexpr double least_condition = 1e-9;  // of sums with a relative error of 1e-7
constexpr std::size_t tile = 8;           // panels: 256 states a side

double thread_seconds() {
  timespec t;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return static_cast<double>(t.tv_sec) + 1e-9 * static_cast<double>(t.tv_nsec);
}

PackedStates packed(const Circuit& circuit, std::span<const double> inputs, std::size_t count) {
  const StateMatrix<float> states = run_circuit<float>(circuit, inputs, count);
  return {states.amplitudes.data(), count, states.dimension};
}

std::size_t rows_of(const Circuit& circuit, std::span<const double> inputs) {
  return inputs.size() / static_cast<std::size_t>(std::max(circuit.features, 1));
}

/// Lets the blocks of several threads add their part one after another in a fixed order.
class Turn {
 public:
  template <class Add>
  void take(std::size_t index, const Add& add) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return next_ == index; });
    add();
    ++next_;
    changed_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t next_ = 0;
};

/// Sums over people: K_mn K_nm (upper triangle) and K_mn y, padded to whole panels.
struct Sums {
  Sums(std::size_t size, std::size_t outputs)
      : stride(size), columns(outputs), gram(size * size, 0), cross(size * outputs, 0) {}
  std::size_t stride, columns;
  std::vector<double> gram, cross;

  void add(const std::vector<float>& part, const std::vector<float>& products) {
    for (std::size_t i = 0; i < stride; ++i)
      for (std::size_t j = i; j < stride; ++j)
        gram[i * stride + j] += static_cast<double>(part[i * stride + j]);
    for (std::size_t k = 0; k < cross.size(); ++k) cross[k] += static_cast<double>(products[k]);
  }
};

/// Outputs less their means, row-major single precision.
std::vector<float> centred(const Eigen::MatrixXd& outputs, const Eigen::RowVectorXd& mean, std::size_t first,
                           std::size_t count) {
  std::vector<float> y;
  y.reserve(count * static_cast<std::size_t>(outputs.cols()));
  for (std::size_t i = first; i < first + count; ++i)
    for (Eigen::Index q = 0; q < outputs.cols(); ++q)
      y.push_back(static_cast<float>(outputs(static_cast<Eigen::Index>(i), q) - mean(q)));
  return y;
}

/// b of (K_mn K_nm + lambda K_mm) b = K_mn y, with a ridge that covers the rounding of the sums.
Eigen::MatrixXd solve(const NystromKernel& kernel, const Sums& sums, double lambda, NystromSeconds& seconds) {
  using RowMajor = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  const auto m = static_cast<Eigen::Index>(kernel.landmarks()),
             stride = static_cast<Eigen::Index>(sums.stride);
  AlignedFloats among = kernel.buffer(kernel.landmarks());
  kernel.values(kernel.landmark_inputs(), kernel.landmarks(), among.get(), seconds);
  const double start = thread_seconds();
  Eigen::MatrixXd system(m, m);
  for (Eigen::Index j = 0; j < m; ++j)
    for (Eigen::Index i = j; i < m; ++i) {
      const auto at = static_cast<std::size_t>(j * stride + i),
                 mirrored = static_cast<std::size_t>(i * stride + j);
      system(i, j) = sums.gram[at] + 0.5 * lambda * static_cast<double>(among[at] + among[mirrored]);
    }
  const Eigen::Map<const RowMajor> cross(sums.cross.data(), stride, static_cast<Eigen::Index>(sums.columns));
  Eigen::LLT<Eigen::MatrixXd> factor;
  double ridge = 1e-7 * system.diagonal().mean();
  for (;; ridge *= 10) {  // landmarks that depend on each other leave directions that are rounding alone
    Eigen::MatrixXd padded = system;
    padded.diagonal().array() += ridge;
    factor.compute(padded);
    if (factor.info() == Eigen::Success && factor.rcond() > least_condition) break;
  }
  Eigen::MatrixXd coefficients = factor.solve(Eigen::MatrixXd(cross.topRows(m)));
  seconds.solve += thread_seconds() - start;
  return coefficients;
}

}  // namespace

std::size_t enough_landmarks(std::size_t people) {
  const auto n = static_cast<double>(people);
  return std::min(
      {people, std::size_t{1000}, static_cast<std::size_t>(std::ceil(std::sqrt(n) * std::log(n + 1)))});
}

NystromKernel::NystromKernel(const Circuit& circuit, std::span<const double> landmarks)
    : circuit_(circuit),
      landmarks_(landmarks.begin(), landmarks.end()),
      packed_(packed(circuit, landmarks, rows_of(circuit, landmarks))) {}

AlignedFloats NystromKernel::buffer(std::size_t rows) const {
  const std::size_t padded = (rows + overlap::panel - 1) / overlap::panel * overlap::panel;
  return aligned_floats(padded * stride());
}

void NystromKernel::values(std::span<const double> inputs, std::size_t count, float* out,
                           NystromSeconds& seconds) const {
  const double start = thread_seconds();
  const PackedStates people = packed(circuit_, inputs, count);
  const double middle = thread_seconds();
  OverlapTile kernel(tile, tile);
  for (std::size_t a = 0; a < people.panels(); a += tile)
    for (std::size_t b = 0; b < packed_.panels(); b += tile)
      kernel.fill(people, a, std::min(tile, people.panels() - a), packed_, b,
                  std::min(tile, packed_.panels() - b), out + (a * stride() + b) * overlap::panel, stride());
  seconds.states += middle - start;
  seconds.gram += thread_seconds() - middle;
}

NystromFit fit_nystrom(const NystromKernel& kernel, std::span<const double> inputs,
                       const Eigen::MatrixXd& outputs, const NystromSettings& settings) {
  const auto people = static_cast<std::size_t>(outputs.rows()),
             columns = static_cast<std::size_t>(outputs.cols());
  const std::size_t features = inputs.size() / std::max<std::size_t>(people, 1);
  const std::size_t stride = kernel.stride();
  NystromFit fit;
  fit.offset = outputs.colwise().mean();
  Sums sums(stride, columns);
  Turn turn;
  const std::size_t groups = (people + group - 1) / group;
  const std::size_t workers = std::min(groups, static_cast<std::size_t>(std::max(settings.threads, 1)));
  parallel_for(workers, settings.threads, [&](std::size_t worker) {
    const AlignedFloats values = kernel.buffer(block);
    std::vector<float> part(stride * stride), products(stride * columns);
    for (std::size_t index = worker; index < groups; index += workers) {
      NystromSeconds seconds;
      std::ranges::fill(part, 0.0f), std::ranges::fill(products, 0.0f);
      const std::size_t end = std::min(people, (index + 1) * group);
      for (std::size_t first = index * group; first < end; first += block) {
        const std::size_t count = std::min(block, end - first);
        kernel.values(inputs.subspan(first * features, count * features), count, values.get(), seconds);
        const double start = thread_seconds();
        const std::vector<float> y = centred(outputs, fit.offset, first, count);
        blas::add_gram(count, stride, values.get(), part.data());
        blas::add_transposed_product(count, stride, columns, values.get(), y.data(), products.data());
        seconds.sums += thread_seconds() - start;
      }
      const double start = thread_seconds();
      turn.take(index, [&] {
        sums.add(part, products);
        seconds.sums += thread_seconds() - start;
        fit.seconds.states += seconds.states, fit.seconds.gram += seconds.gram,
            fit.seconds.sums += seconds.sums;
      });
    }
  });
  fit.coefficients = solve(kernel, sums, settings.lambda, fit.seconds);
  return fit;
}

Eigen::MatrixXf nystrom_functions(const NystromKernel& kernel, std::span<const double> inputs,
                                  std::size_t count) {
  using RowMajor = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  const auto m = static_cast<Eigen::Index>(kernel.landmarks()), n = static_cast<Eigen::Index>(count);
  NystromSeconds seconds;
  const AlignedFloats among = kernel.buffer(kernel.landmarks()), towards = kernel.buffer(count);
  kernel.values(kernel.landmark_inputs(), kernel.landmarks(), among.get(), seconds);
  kernel.values(inputs, count, towards.get(), seconds);
  const auto stride = static_cast<Eigen::Index>(kernel.stride());
  const Eigen::Map<const RowMajor> k_mm(among.get(), m, stride), k_nm(towards.get(), n, stride);
  Eigen::MatrixXd gram = k_mm.leftCols(m).cast<double>();
  gram.diagonal().array() += 1e-5;  // the rounding of single-precision kernel values
  const RowMajor upper = gram.llt().matrixU().toDenseMatrix().cast<float>();
  RowMajor functions = k_nm.leftCols(m);
  blas::solve_upper_right(count, kernel.landmarks(), upper.data(), functions.data());
  return functions;
}

Eigen::MatrixXd predict_nystrom(const NystromKernel& kernel, const NystromFit& fit,
                                std::span<const double> inputs, std::size_t count, int threads) {
  Eigen::MatrixXd out(static_cast<Eigen::Index>(count), fit.coefficients.cols());
  const std::size_t features = inputs.size() / std::max<std::size_t>(count, 1);
  parallel_for((count + block - 1) / block, threads, [&](std::size_t index) {
    NystromSeconds seconds;
    const std::size_t first = index * block, rows = std::min(block, count - first);
    AlignedFloats values = kernel.buffer(rows);
    kernel.values(inputs.subspan(first * features, rows * features), rows, values.get(), seconds);
    using RowMajor = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
    const Eigen::Map<const RowMajor> k(values.get(), static_cast<Eigen::Index>(rows),
                                       static_cast<Eigen::Index>(kernel.stride()));
    out.middleRows(static_cast<Eigen::Index>(first), static_cast<Eigen::Index>(rows)) =
        (k.leftCols(fit.coefficients.rows()).cast<double>() * fit.coefficients).rowwise() + fit.offset;
  });
  return out;
}

}  // namespace qdose
