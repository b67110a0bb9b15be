// Our forward pass against a slow one written from the formulas, and against libtorch.
#include "qdose/stage1_classify/inference.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>

#include "qdose/base/random.hpp"
#include "qdose/stage1_classify/token_file.hpp"
#include "qdose/stage1_classify/train_process.hpp"

namespace qdose {
namespace {

using Vector = std::vector<double>;

EncoderTask example_task() {
  EncoderTask task;
  task.classes = {"a", "b", "c", "d"};
  task.possible = {true, false, true, true};
  task.slots = {{0, "CL", Scale::log, 0, 1}, {2, "V", Scale::log, 1, 2}, {3, "F", Scale::logit, 0, 1}};
  task.features = 7;
  task.reference_levels = {0.5, -1};
  return task;
}

/// An encoder whose every weight is random, also those that start at zero or one.
Encoder random_encoder(bool sinusoidal) {
  EncoderConfig config;
  config.width = 24;
  config.heads = 3;
  config.layers = 2;
  config.feed_forward = 40;
  config.sinusoidal = sinusoidal;
  Encoder encoder = untrained_encoder(config, example_task(), 3);
  Stream stream(4, Purpose::property_test, 1);
  for (auto& [name, tensor] : encoder.weights)
    for (float& w : tensor.values) w += static_cast<float>(0.1 * stream.normal());
  return encoder;
}

GroupedTokens random_tokens(std::size_t trials, std::size_t group) {
  GroupedTokens input;
  input.group = group;
  TokenSet& t = input.tokens;
  t.subjects = trials * group;
  t.tokens = 9;
  t.features = 7;
  Stream stream(5, Purpose::property_test, 2);
  t.values.resize(t.subjects * t.tokens * t.features);
  t.time.resize(t.subjects * t.tokens);
  for (float& x : t.values) x = static_cast<float>(stream.normal());
  for (float& x : t.time) x = static_cast<float>(stream.uniform());
  for (std::size_t s = 0; s < t.subjects; ++s) t.count.push_back(s % (t.tokens + 1));
  for (std::size_t i = 0; i < 2 * trials; ++i) t.levels.push_back(static_cast<float>(stream.normal()));
  return input;
}

// ---- The slow version: one number at a time, double precision. ----

class Slow {
 public:
  explicit Slow(const Encoder& encoder) : e_(encoder) {}

  Vector linear(const std::string& name, const Vector& x) const {
    const Tensor &w = e_.weights.at(name + ".weight"), &b = e_.weights.at(name + ".bias");
    Vector y(b.values.begin(), b.values.end());
    for (std::size_t o = 0; o < y.size(); ++o)
      for (std::size_t i = 0; i < x.size(); ++i) y[o] += w.values[o * x.size() + i] * x[i];
    return y;
  }
  Vector norm(const std::string& name, const Vector& x) const {
    const Tensor &g = e_.weights.at(name + ".weight"), &b = e_.weights.at(name + ".bias");
    double mean = 0, variance = 0;
    for (double v : x) mean += v / static_cast<double>(x.size());
    for (double v : x) variance += (v - mean) * (v - mean) / static_cast<double>(x.size());
    Vector y;
    for (std::size_t i = 0; i < x.size(); ++i)
      y.push_back((x[i] - mean) / std::sqrt(variance + 1e-5) * g.values[i] + b.values[i]);
    return y;
  }
  static Vector relu(Vector x) {
    for (double& v : x) v = std::max(v, 0.0);
    return x;
  }
  static Vector softmax(const Vector& x) {
    Vector y;
    double sum = 0;
    for (double v : x) sum += std::exp(v);
    for (double v : x) y.push_back(std::exp(v) / sum);
    return y;
  }
  static void add(Vector& to, const Vector& x) {
    for (std::size_t i = 0; i < to.size(); ++i) to[i] += x[i];
  }

  Vector embed(const Vector& features, double time) const {
    Vector x = linear("embed", features);
    if (!e_.config.sinusoidal) return linear("embed2", relu(x));
    const std::size_t half = x.size() / 2;
    for (std::size_t k = 0; k < half; ++k) {
      const double frequency = std::pow(10000.0, -static_cast<double>(k) / static_cast<double>(half));
      x[2 * k] += std::sin(1000 * time * frequency);
      x[2 * k + 1] += std::cos(1000 * time * frequency);
    }
    return x;
  }

  /// States of CLS and tokens after one layer; every query looks at every key.
  std::vector<Vector> layer(int index, std::vector<Vector> x) const {
    const std::string name = "layer." + std::to_string(index) + ".";
    const std::size_t d = x[0].size(), heads = static_cast<std::size_t>(e_.config.heads), size = d / heads;
    std::vector<Vector> qkv;
    for (const Vector& v : x) qkv.push_back(linear(name + "qkv", norm(name + "norm1", v)));
    for (std::size_t i = 0; i < x.size(); ++i) {
      Vector mixed(d, 0);
      for (std::size_t h = 0; h < heads; ++h) {
        Vector scores;
        for (std::size_t j = 0; j < x.size(); ++j) {
          double dot = 0;
          for (std::size_t c = 0; c < size; ++c) dot += qkv[i][h * size + c] * qkv[j][d + h * size + c];
          scores.push_back(dot / std::sqrt(static_cast<double>(size)));
        }
        const Vector share = softmax(scores);
        for (std::size_t j = 0; j < x.size(); ++j)
          for (std::size_t c = 0; c < size; ++c)
            mixed[h * size + c] += share[j] * qkv[j][2 * d + h * size + c];
      }
      add(x[i], linear(name + "out", mixed));
    }
    for (Vector& v : x) add(v, linear(name + "ff2", relu(linear(name + "ff1", norm(name + "norm2", v)))));
    return x;
  }

  Vector state(const TokenSet& t, std::size_t s) const {
    std::vector<Vector> x{Vector(e_.weights.at("cls").values.begin(), e_.weights.at("cls").values.end())};
    for (std::size_t k = 0; k < t.count[s]; ++k) {
      const std::size_t row = s * t.tokens + k;
      x.push_back(
          embed(Vector(&t.values[row * t.features], &t.values[row * t.features] + t.features), t.time[row]));
    }
    for (int i = 0; i < e_.config.layers; ++i) x = layer(i, x);
    for (Vector& v : x) v = norm("norm", v);
    Vector summary = x[0], mean(x[0].size(), 0);
    for (std::size_t k = 1; k < x.size(); ++k)
      for (std::size_t c = 0; c < mean.size(); ++c) mean[c] += x[k][c] / static_cast<double>(x.size() - 1);
    summary.insert(summary.end(), mean.begin(), mean.end());
    return relu(linear("subject", summary));
  }

  Vector forbid(Vector logits) const {
    for (std::size_t c = 0; c < logits.size(); ++c)
      if (!e_.task.possible[c]) logits[c] = impossible_logit;
    return logits;
  }

  Vector trial_logits(const std::vector<Vector>& states, const std::vector<Vector>& logits) const {
    const std::size_t G = states.size(), d = states[0].size();
    std::vector<Vector> value, score;
    for (const Vector& s : states) {
      value.push_back(relu(linear("pool.value", s)));
      score.push_back(linear("pool.score", s));
    }
    Vector summary(d, 0);
    for (const Vector& v : value)
      for (std::size_t c = 0; c < d; ++c) summary[c] += v[c] / static_cast<double>(G);
    for (std::size_t h = 0; h < score[0].size(); ++h) {
      Vector column;
      for (const Vector& s : score) column.push_back(s[h]);
      const Vector share = softmax(column);
      Vector attended(d, 0);
      for (std::size_t g = 0; g < G; ++g)
        for (std::size_t c = 0; c < d; ++c) attended[c] += share[g] * value[g][c];
      summary.insert(summary.end(), attended.begin(), attended.end());
    }
    const double log_size = std::log(static_cast<double>(G));
    summary.push_back(log_size / 3);
    Vector evidence(logits[0].size(), 0);
    for (const Vector& row : logits) {
      const Vector p = softmax(row);
      for (std::size_t c = 0; c < p.size(); ++c)
        if (e_.task.possible[c]) evidence[c] += std::log(p[c]) / static_cast<double>(G);
    }
    double top = -1e300;
    for (std::size_t c = 0; c < evidence.size(); ++c)
      if (e_.task.possible[c]) top = std::max(top, evidence[c]);
    Vector result = linear("pool.out", relu(linear("pool.hidden", summary)));
    const double sharpness = std::exp(e_.weights.at("pool.sharpness0").values[0] +
                                      e_.weights.at("pool.sharpness1").values[0] * log_size);
    for (std::size_t c = 0; c < result.size(); ++c)
      if (e_.task.possible[c]) result[c] += sharpness * (evidence[c] - top);
    return forbid(result);
  }

  EncoderOutput operator()(const GroupedTokens& input) const {
    EncoderOutput out{input.tokens.subjects, e_.task.classes.size(), e_.task.slots.size(), {}, {}, {}};
    const std::size_t levels = e_.task.reference_levels.size();
    for (std::size_t trial = 0; trial * input.group < input.tokens.subjects; ++trial) {
      std::vector<Vector> states, logits;
      for (std::size_t g = 0; g < input.group; ++g) {
        states.push_back(state(input.tokens, trial * input.group + g));
        logits.push_back(forbid(linear("classes", states.back())));
        append(out.subject_logits, logits.back());
        Vector with_level = states.back(), level;
        for (std::size_t l = 0; l < levels; ++l)
          level.push_back(input.tokens.levels[trial * levels + l] - e_.task.reference_levels[l]);
        with_level.insert(with_level.end(), level.begin(), level.end());
        Vector parameters = linear("parameters2", relu(linear("parameters1", with_level)));
        for (std::size_t k = 0; k < parameters.size(); ++k)
          for (std::size_t l = 0; l < levels; ++l)
            parameters[k] += e_.weights.at("levels.weight").values[k * levels + l] * level[l];
        append(out.parameters, parameters);
      }
      append(out.trial_logits, trial_logits(states, logits));
    }
    return out;
  }

 private:
  static void append(std::vector<float>& to, const Vector& x) { to.insert(to.end(), x.begin(), x.end()); }
  const Encoder& e_;
};

void expect_equal(const std::vector<float>& a, const std::vector<float>& b, double tolerance) {
  ASSERT_EQ(a.size(), b.size());
  for (std::size_t i = 0; i < a.size(); ++i) ASSERT_NEAR(a[i], b[i], tolerance * (1 + std::fabs(b[i]))) << i;
}

void expect_equal(const EncoderOutput& a, const EncoderOutput& b, double tolerance) {
  expect_equal(a.subject_logits, b.subject_logits, tolerance);
  expect_equal(a.parameters, b.parameters, tolerance);
  expect_equal(a.trial_logits, b.trial_logits, tolerance);
}

class Inference : public testing::TestWithParam<bool> {};
INSTANTIATE_TEST_SUITE_P(Inputs, Inference, testing::Bool(),
                         [](const auto& p) { return p.param ? "sinusoidal" : "features"; });

TEST_P(Inference, EqualsTheSlowVersion) {
  const Encoder encoder = random_encoder(GetParam());
  for (std::size_t group : {1u, 4u}) {
    const GroupedTokens input = random_tokens(3, group);
    // Float sines of angles up to 1000 differ from double ones in the fifth digit.
    expect_equal(run_encoder(encoder, input.tokens, group), Slow(encoder)(input), GetParam() ? 2e-4 : 1e-5);
  }
}

TEST_P(Inference, EqualsLibtorch) {
  if (training_program().empty()) GTEST_SKIP() << "qdose-train was not built (no libtorch)";
  const Encoder encoder = random_encoder(GetParam());
  const GroupedTokens input = random_tokens(3, 4);
  const auto folder =
      std::filesystem::temp_directory_path() / ("qdose_forward_" + std::to_string(GetParam()));
  ASSERT_TRUE(save_encoder(encoder, folder / "encoder.safetensors").ok());
  ASSERT_TRUE(save_tokens(input, folder / "tokens.safetensors").ok());
  const auto done =
      run_training_program({"forward", (folder / "encoder.safetensors").string(),
                            (folder / "tokens.safetensors").string(), (folder / "out.safetensors").string()});
  ASSERT_TRUE(done.ok()) << describe(done.errors());
  const auto theirs = load_output(folder / "out.safetensors");
  ASSERT_TRUE(theirs.ok()) << describe(theirs.errors());
  expect_equal(run_encoder(encoder, input.tokens, input.group), *theirs, GetParam() ? 2e-4 : 1e-5);
  std::filesystem::remove_all(folder);
}

TEST(InferenceProperties, PaddingAndThreadsChangeNothing) {
  const Encoder encoder = random_encoder(false);
  const GroupedTokens input = random_tokens(4, 3);
  const EncoderOutput plain = run_encoder(encoder, input.tokens, 3, 1);
  GroupedTokens dirty = input;
  for (std::size_t s = 0; s < dirty.tokens.subjects; ++s)
    for (std::size_t k = dirty.tokens.count[s]; k < dirty.tokens.tokens; ++k)
      for (std::size_t f = 0; f < dirty.tokens.features; ++f)
        dirty.tokens.values[(s * dirty.tokens.tokens + k) * dirty.tokens.features + f] = 1e6f;
  expect_equal(run_encoder(encoder, dirty.tokens, 3, 2), plain, 0);
}

TEST(InferenceProperties, OrderOfSubjectsDoesNotMatterToTheTrial) {
  const Encoder encoder = random_encoder(false);
  const GroupedTokens input = random_tokens(1, 5);
  GroupedTokens turned = input;
  const std::size_t row = input.tokens.tokens * input.tokens.features;
  std::rotate(turned.tokens.values.begin(),
              turned.tokens.values.begin() + static_cast<std::ptrdiff_t>(2 * row),
              turned.tokens.values.end());
  std::rotate(turned.tokens.time.begin(),
              turned.tokens.time.begin() + static_cast<std::ptrdiff_t>(2 * input.tokens.tokens),
              turned.tokens.time.end());
  std::rotate(turned.tokens.count.begin(), turned.tokens.count.begin() + 2, turned.tokens.count.end());
  expect_equal(run_encoder(encoder, turned.tokens, 5).trial_logits,
               run_encoder(encoder, input.tokens, 5).trial_logits, 1e-5);
}

TEST(InferenceProperties, ImpossibleClassesGetNothing) {
  const Encoder encoder = random_encoder(false);
  const GroupedTokens input = random_tokens(2, 3);
  const EncoderOutput out = run_encoder(encoder, input.tokens, 3);
  for (double temperature : {0.3, 1.0, 5.0})
    for (std::size_t r = 0; r < out.subjects; ++r) {
      const auto p = probabilities(&out.subject_logits[r * 4], 4, temperature);
      EXPECT_EQ(p[1], 0.0);
      EXPECT_NEAR(p[0] + p[2] + p[3], 1.0, 1e-12);
    }
  EXPECT_EQ(probabilities(out.trial_logits.data(), 4, 1.0)[1], 0.0);
}

TEST(EncoderFile, KeepsEverything) {
  Encoder encoder = random_encoder(true);
  encoder.temperatures = {1.25, 0.8};
  encoder.samples_seen = 12345678901;
  encoder.seconds = 61.5;
  const auto read = from_tensor_file(to_tensor_file(encoder), "x");
  ASSERT_TRUE(read.ok()) << describe(read.errors());
  EXPECT_EQ(read->task.classes, encoder.task.classes);
  EXPECT_EQ(read->task.possible, encoder.task.possible);
  EXPECT_EQ(read->task.slots[1].sd, 2);
  EXPECT_EQ(read->task.slots[2].scale, Scale::logit);
  EXPECT_EQ(read->config.sinusoidal, true);
  EXPECT_EQ(read->temperatures.subject, 1.25);
  EXPECT_EQ(read->samples_seen, 12345678901u);
  const GroupedTokens input = random_tokens(2, 2);
  expect_equal(run_encoder(*read, input.tokens, 2), run_encoder(encoder, input.tokens, 2), 0);
}

TEST(EncoderFile, MissingOrMisshapenWeightsAreFaults) {
  TensorFile file = to_tensor_file(random_encoder(false));
  TensorFile missing = file, misshapen = file, unknown = file;
  missing.tensors.erase("layer.1.qkv.bias");
  misshapen.tensors["norm.weight"] = {{3}, {1, 2, 3}};
  unknown.metadata.clear();
  for (const TensorFile& bad : {missing, misshapen, unknown}) EXPECT_FALSE(from_tensor_file(bad, "x").ok());
}

}  // namespace
}  // namespace qdose
