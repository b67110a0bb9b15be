#include "qdose/stage1_classify/inference.hpp"

// Threads are ours: one trial block each.
#define EIGEN_DONT_PARALLELIZE
#include <Eigen/Core>
#include <cmath>

#include "qdose/base/expects.hpp"
#include "qdose/base/threads.hpp"

namespace qdose {
namespace {

using Matrix = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
using Row = Eigen::Matrix<float, 1, Eigen::Dynamic>;
using MatrixView = Eigen::Map<const Matrix>;
using RowView = Eigen::Map<const Row>;
using Index = Eigen::Index;

Index index(std::size_t n) { return static_cast<Index>(n); }

/// The weights under their names, as matrices.
class Network {
 public:
  explicit Network(const Encoder& encoder) : encoder_(encoder) {}
  MatrixView matrix(const std::string& name) const {
    const Tensor& t = find(name);
    return {t.values.data(), index(t.shape[0]), index(t.shape.size() > 1 ? t.shape[1] : 1)};
  }
  RowView row(const std::string& name) const {
    const Tensor& t = find(name);
    return {t.values.data(), index(t.values.size())};
  }
  /// x [rows, in] -> x W' + b [rows, out].
  Matrix linear(const std::string& name, const Matrix& x) const {
    Matrix y = x * matrix(name + ".weight").transpose();
    y.rowwise() += row(name + ".bias");
    return y;
  }
  Matrix norm(const std::string& name, const Matrix& x) const {
    const RowView gain = row(name + ".weight"), shift = row(name + ".bias");
    Matrix y(x.rows(), x.cols());
    for (Index r = 0; r < x.rows(); ++r) {
      const float mean = x.row(r).mean(), variance = (x.row(r).array() - mean).square().mean();
      y.row(r) = ((x.row(r).array() - mean) / std::sqrt(variance + 1e-5f)) * gain.array() + shift.array();
    }
    return y;
  }

 private:
  const Tensor& find(const std::string& name) const {
    const auto found = encoder_.weights.find(name);
    expects(found != encoder_.weights.end(), "every weight of the configuration");
    return found->second;
  }
  const Encoder& encoder_;
};

Matrix relu(Matrix x) { return x.cwiseMax(0.0f); }

void softmax_rows(Matrix& x) {
  for (Index r = 0; r < x.rows(); ++r) {
    x.row(r) = (x.row(r).array() - x.row(r).maxCoeff()).exp();
    x.row(r) /= x.row(r).sum();
  }
}

/// sin and cos of time at geometrically spaced frequencies; `time` in [0, 1] counts as 0..1000 positions.
void add_time_encoding(float time, Eigen::Ref<Row> x) {
  const Index half = x.cols() / 2;
  for (Index k = 0; k < half; ++k) {
    const float angle =
        time * 1000.0f * std::exp(-std::log(10000.0f) * static_cast<float>(k) / static_cast<float>(half));
    x[2 * k] += std::sin(angle);
    x[2 * k + 1] += std::cos(angle);
  }
}

/// One subject at a time: the real tokens only, so that padding needs no mask.
class SubjectPass {
 public:
  SubjectPass(const Network& net, const EncoderConfig& config) : net_(net), config_(config) {}

  /// Tokens [count, features] and their times -> [1, 2 width]: the CLS state and the mean of the tokens'
  /// states.
  Row operator()(const Matrix& tokens, const float* time) const {
    const Index n = tokens.rows(), d = config_.width;
    Matrix x(n + 1, d);
    x.row(0) = net_.row("cls");
    if (n > 0) x.bottomRows(n) = embed(tokens, time);
    for (int i = 0; i < config_.layers; ++i) {
      const std::string layer = "layer." + std::to_string(i) + ".";
      x += attention(layer, net_.norm(layer + "norm1", x));
      x += net_.linear(layer + "ff2", relu(net_.linear(layer + "ff1", net_.norm(layer + "norm2", x))));
    }
    x = net_.norm("norm", x);
    Row summary = Row::Zero(2 * d);
    summary.leftCols(d) = x.row(0);
    if (n > 0) summary.rightCols(d) = x.bottomRows(n).colwise().mean();
    return summary;
  }

 private:
  Matrix embed(const Matrix& tokens, const float* time) const {
    Matrix x = net_.linear("embed", tokens);
    if (!config_.sinusoidal) return net_.linear("embed2", relu(std::move(x)));
    for (Index r = 0; r < x.rows(); ++r) add_time_encoding(time[r], x.row(r));
    return x;
  }
  Matrix attention(const std::string& layer, const Matrix& x) const {
    const Index d = config_.width, head = d / config_.heads;
    const Matrix qkv = net_.linear(layer + "qkv", x);
    Matrix mixed(x.rows(), d);
    for (Index h = 0; h < config_.heads; ++h) {
      const auto q = qkv.middleCols(h * head, head), k = qkv.middleCols(d + h * head, head),
                 v = qkv.middleCols(2 * d + h * head, head);
      Matrix scores = (q * k.transpose()) / std::sqrt(static_cast<float>(head));
      softmax_rows(scores);
      mixed.middleCols(h * head, head) = scores * v;
    }
    return net_.linear(layer + "out", mixed);
  }
  const Network& net_;
  const EncoderConfig& config_;
};

void forbid(const std::vector<bool>& possible, Matrix& logits) {
  for (std::size_t c = 0; c < possible.size(); ++c)
    if (!possible[c]) logits.col(index(c)).setConstant(impossible_logit);
}

/// Trial logits [1, classes] from the subjects' states [G, width] and logits [G, classes].
Matrix pool(const Network& net, const std::vector<bool>& possible, const Matrix& state,
            const Matrix& logits) {
  const Index d = state.cols();
  const Matrix value = relu(net.linear("pool.value", state));
  Matrix score = net.linear("pool.score", state).transpose();  // [heads, G]
  softmax_rows(score);
  const float log_size = std::log(static_cast<float>(state.rows()));
  Matrix summary(1, (score.rows() + 1) * d + 1);
  summary.leftCols(d) = value.colwise().mean();
  const Matrix attended = score * value;
  for (Index h = 0; h < score.rows(); ++h) summary.middleCols((h + 1) * d, d) = attended.row(h);
  summary(0, summary.cols() - 1) = log_size / 3;

  Matrix log_posterior = logits;
  for (Index r = 0; r < logits.rows(); ++r) {
    const float top = logits.row(r).maxCoeff();
    log_posterior.row(r).array() -= top + std::log((logits.row(r).array() - top).exp().sum());
  }
  Matrix evidence = log_posterior.colwise().mean();
  evidence.array() -= evidence.maxCoeff();
  for (std::size_t c = 0; c < possible.size(); ++c)
    if (!possible[c]) evidence(0, index(c)) = 0;
  const float sharpness = std::exp(net.row("pool.sharpness0")[0] + net.row("pool.sharpness1")[0] * log_size);
  Matrix result = sharpness * evidence + net.linear("pool.out", relu(net.linear("pool.hidden", summary)));
  forbid(possible, result);
  return result;
}

void copy(const Matrix& from, std::vector<float>& to, std::size_t first_row) {
  std::copy(from.data(), from.data() + from.size(),
            to.data() + first_row * static_cast<std::size_t>(from.cols()));
}

}  // namespace

EncoderOutput run_encoder(const Encoder& encoder, const TokenSet& tokens, std::size_t group, int threads) {
  const EncoderTask& task = encoder.task;
  const std::size_t levels = task.reference_levels.size(),
                    width = static_cast<std::size_t>(encoder.config.width);
  expects(group > 0 && tokens.subjects % group == 0, "whole trials");
  expects(tokens.features == task.features, "the features that the encoder was trained on");
  const std::size_t trials = tokens.subjects / group;
  expects(tokens.levels.size() == trials * levels, "one row of levels a trial");
  EncoderOutput out{tokens.subjects, task.classes.size(), task.slots.size(), {}, {}, {}};
  out.subject_logits.resize(tokens.subjects * out.classes);
  out.parameters.resize(tokens.subjects * out.slots);
  out.trial_logits.resize(trials * out.classes);
  const Network net(encoder);
  const SubjectPass subject_pass(net, encoder.config);

  parallel_for(trials, threads, [&](std::size_t trial) {
    Matrix summary(index(group), index(2 * width)), level(index(group), index(levels));
    for (std::size_t g = 0; g < group; ++g) {
      const std::size_t s = trial * group + g, row = s * tokens.tokens;
      const Matrix x =
          MatrixView(&tokens.values[row * tokens.features], index(tokens.count[s]), index(tokens.features));
      summary.row(index(g)) = subject_pass(x, &tokens.time[row]);
      for (std::size_t l = 0; l < levels; ++l)
        level(index(g), index(l)) =
            static_cast<float>(tokens.levels[trial * levels + l] - task.reference_levels[l]);
    }
    const Matrix state = relu(net.linear("subject", summary));
    Matrix logits = net.linear("classes", state);
    forbid(task.possible, logits);
    Matrix with_level(index(group), index(width + levels));
    with_level << state, level;
    const Matrix parameters = net.linear("parameters2", relu(net.linear("parameters1", with_level))) +
                              level * net.matrix("levels.weight").transpose();
    copy(logits, out.subject_logits, trial * group);
    copy(parameters, out.parameters, trial * group);
    copy(pool(net, task.possible, state, logits), out.trial_logits, trial);
  });
  return out;
}

std::vector<double> probabilities(const float* logits, std::size_t classes, double temperature) {
  std::vector<double> p(classes, 0.0);
  float top = impossible_logit;
  for (std::size_t c = 0; c < classes; ++c) top = std::max(top, logits[c]);
  double sum = 0;
  for (std::size_t c = 0; c < classes; ++c) {
    if (logits[c] <= impossible_logit) continue;
    p[c] = std::exp((logits[c] - top) / temperature);
    sum += p[c];
  }
  for (double& x : p) x /= sum;
  return p;
}

}  // namespace qdose
