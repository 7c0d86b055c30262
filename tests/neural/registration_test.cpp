#include <cstdint>
#include <fstream>
#include <optional>
#include <string>

#include <doctest/doctest.h>

#include "sam6d/neural_library.hpp"
#include "sam6d/pose_estimator.hpp"
#include "support/errors.hpp"
#include "support/process_memory.hpp"

namespace sam6d {
namespace {

TEST_CASE("a program that links the library statically has its backends") {
  const NeuralLibrary library = neural_library();
  CHECK(library.available);
  CHECK(library.problem.empty());
  CHECK(library.torch_version.find('.') != std::string::npos);
}

TEST_CASE("options are checked before anything is loaded") {
  const auto refused = [](const NeuralPoseOptions& options, const char* field) {
    const auto error = test::error_of([&] { (void)PoseEstimator(options); });
    REQUIRE(error);
    CHECK(error->code() == ErrorCode::kInvalidArgument);
    CHECK(test::mentions(error, field));
  };
  refused({}, "weights");
  NeuralPoseOptions options;
  options.weights = Weights::synthetic(Network::kPem);
  options.batch_size = 0;
  refused(options, "batch_size");
  options.batch_size = 1;
  options.min_score = 1.5F;
  refused(options, "min_score");
  options.min_score = 0;
  options.template_views = -1;
  refused(options, "template_views");
  options.template_views = 0;
  options.cached_objects = 0;
  refused(options, "cached_objects");
}

TEST_CASE("weights of another network are refused") {
  NeuralPoseOptions options;
  options.weights = Weights::synthetic(Network::kSam);
  const auto error = test::error_of([&] { (void)PoseEstimator(options); });
  REQUIRE(error);
  CHECK(error->code() == ErrorCode::kBadWeights);
}

#ifndef SAM6D_TEST_SANITIZED
std::int64_t resident_bytes() { return static_cast<std::int64_t>(test::status_bytes("VmRSS:")); }

TEST_CASE("the network's memory goes back with the last copy, and it loads again") {
  NeuralPoseOptions options;
  options.weights = Weights::synthetic(Network::kPem);
  std::string last;
  const auto watch = [&](const Progress& progress) {
    last = progress.stage;
    return true;
  };
  std::int64_t empty = 0;
  for (int round = 0; round < 2; ++round) {
    std::optional<PoseEstimator> estimator(std::in_place, options, watch);
    CHECK(last == "load pem");
    const ModelReport report = estimator->models().at(0);
    CHECK(report.bytes > 300'000'000);  // some 90 million parameters
    CHECK(report.load_seconds > 0);
    const std::int64_t loaded = resident_bytes();
    std::optional<PoseEstimator> copy = estimator;
    estimator.reset();
    CHECK(copy->models().at(0).hash == report.hash);
    copy.reset();
    const std::int64_t unloaded = resident_bytes();
    // A tenth is for what the allocator keeps.
    CHECK(loaded - unloaded > report.bytes / 10 * 9);
    if (round == 0) empty = unloaded;
    CHECK(unloaded - empty < report.bytes / 10);
  }
}
#endif

}  // namespace
}  // namespace sam6d
