// Our support vector regression of many outputs against LIBSVM in one run. QDOSE_SVR_PEOPLE=10000 makes it a
// measurement: both times are printed.
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <chrono>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <iostream>

#include "qdose/base/random.hpp"
#include "qdose/stage3_covariates/feature_map.hpp"
#include "qdose/stage3_covariates/nystrom.hpp"
#include "qdose/stage3_covariates/svr_many.hpp"

namespace qdose {
namespace {

void write_raw(const std::filesystem::path& path, const Eigen::MatrixXf& m) {
  std::ofstream(path, std::ios::binary)
      .write(reinterpret_cast<const char*>(m.data()), static_cast<std::streamsize>(m.size() * 4));
}

double processor_seconds() {
  timespec t{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return static_cast<double>(t.tv_sec) + 1e-9 * static_cast<double>(t.tv_nsec);
}

TEST(SvrOracle, ObjectivesAreThoseOfLibsvm) {
  const char* wanted = std::getenv("QDOSE_SVR_PEOPLE");
  const std::size_t n = wanted ? std::stoul(wanted) : 400, landmarks = std::min<std::size_t>(n / 4, 500);
  const int outputs = wanted ? 7 : 3;
  std::vector<double> x(n * 8);
  Stream stream(12, Purpose::property_test, 0);
  for (double& value : x) value = stream.uniform(0, 0.9);
  Eigen::MatrixXf y(static_cast<Eigen::Index>(n), outputs);
  for (std::size_t i = 0; i < n; ++i)
    for (int q = 0; q < outputs; ++q)
      y(static_cast<Eigen::Index>(i), q) =
          static_cast<float>(std::sin(3 * x[8 * i + static_cast<std::size_t>(q)]) + 0.5 * stream.normal());
  const double start = processor_seconds();
  const NystromKernel kernel(build_feature_map("zz", {8, 2, true}).value(),
                             std::span(x).first(landmarks * 8));
  const Eigen::MatrixXf functions = nystrom_functions(kernel, x, n);
  const SvrManyModel ours = train_svr(functions, y, {});
  const double seconds = processor_seconds() - start;
  EXPECT_TRUE(ours.converged);

  const auto folder = std::filesystem::path(testing::TempDir());
  const auto f_file = folder / "qdose_svr_functions.f32", y_file = folder / "qdose_svr_outputs.f32",
             answer = folder / "qdose_svr_answer.txt";
  write_raw(f_file, functions), write_raw(y_file, y);
  const char* source = std::getenv("QDOSE_SOURCE_DIR");
  ASSERT_NE(source, nullptr);
  const std::string command = "/usr/bin/python3 " + std::string(source) + "/tests/tools/svr_oracle.py " +
                              f_file.string() + " " + y_file.string() + " " + std::to_string(n) + " " +
                              std::to_string(landmarks) + " " + std::to_string(outputs) + " 10 0.1 > " +
                              answer.string();
  const int status = std::system(command.c_str());
  if (WIFEXITED(status) && (WEXITSTATUS(status) == 77 || WEXITSTATUS(status) == 127))
    GTEST_SKIP() << "scikit-learn is not installed";
  ASSERT_EQ(status, 0);
  std::ifstream in(answer);
  double theirs = 0;
  for (int q = 0; q < outputs; ++q) {
    double objective = 0, took = 0;
    ASSERT_TRUE(in >> objective >> took);
    theirs += took;
    EXPECT_NEAR(ours.objective(q), objective, 5e-4 * objective) << q;
  }
  if (wanted)
    std::cout << n << " people, " << outputs << " outputs: " << seconds << " s (" << ours.steps
              << " steps, gap " << ours.gap.maxCoeff() << "), LIBSVM " << theirs << " s\n";
}

}  // namespace
}  // namespace qdose
