#include "sam6d/error.hpp"

#include <algorithm>
#include <set>
#include <string>

#include <doctest/doctest.h>

#include "base/fail.hpp"
#include "base/progress.hpp"
#include "sam6d/device.hpp"
#include "sam6d/version.hpp"
#include "support/errors.hpp"

namespace sam6d {
namespace {

TEST_CASE("fail throws its code and its text") {
  const auto error = test::error_of([] { fail(ErrorCode::kBadMesh, "{}: {} faces", "a.ply", 0); });
  REQUIRE(error);
  CHECK(error->code() == ErrorCode::kBadMesh);
  CHECK(std::string(error->what()) == "a.ply: 0 faces");
}

TEST_CASE("every code has a name of its own") {
  std::set<std::string_view> names;
  for (int code = 0; code <= static_cast<int>(ErrorCode::kNotBuilt); ++code) {
    names.insert(to_string(static_cast<ErrorCode>(code)));
  }
  CHECK(names.size() == static_cast<std::size_t>(ErrorCode::kNotBuilt) + 1);
  CHECK(names.count("unknown error") == 0);
}

TEST_CASE("devices by their names") {
  CHECK(parse_device("cpu").kind == Device::kCpu);
  CHECK(parse_device("cuda").index == 0);
  CHECK(parse_device("cuda:3").index == 3);
  CHECK(to_string(parse_device("cuda:3")) == "cuda:3");
  CHECK(to_string(parse_device("cpu")) == "cpu");
  for (const char* const wrong :
       {"", "gpu", "cuda:", "cuda:-1", "cuda:1x", "cpu:0", "cuda:9999999999"}) {
    const auto error = test::error_of([&] { (void)parse_device(wrong); });
    REQUIRE(error);
    CHECK(error->code() == ErrorCode::kInvalidArgument);
  }
}

TEST_CASE("a host that says no cancels") {
  CHECK_NOTHROW(report({}, "stage", 0, 1));
  int told = 0;
  const ProgressFn agree = [&](const Progress& progress) {
    CHECK(progress.stage == "stage");
    CHECK(progress.done == 2);
    CHECK(progress.total == 5);
    ++told;
    return true;
  };
  report(agree, "stage", 2, 5);
  CHECK(told == 1);
  const auto error =
      test::error_of([] { report([](const Progress&) { return false; }, "stage", 0, 1); });
  REQUIRE(error);
  CHECK(error->code() == ErrorCode::kCancelled);
  CHECK(test::mentions(error, "stage"));
}

TEST_CASE("the version has three numbers") {
  CHECK(std::count(version().begin(), version().end(), '.') == 2);
}

}  // namespace
}  // namespace sam6d
