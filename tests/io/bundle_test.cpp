#include "sam6d/bundle.hpp"

#include <filesystem>

#include <doctest/doctest.h>

#include "io/temporary_folder.hpp"
#include "support/shapes.hpp"

namespace sam6d {
namespace {

namespace fs = std::filesystem;
using test::contains;
using test::error_of;

TEST_CASE("a bundle file holds an object") {
  OnboardOptions options;
  options.name = "box";
  options.templates.size_px = 64;
  const ObjectModel object = ObjectModel::onboard(7, test::box({0.1F, 0.06F, 0.03F}), options);
  const test::TemporaryFolder folder;
  const fs::path path = folder.path() / "box.s6d";
  save_bundle(path, object);
  CHECK(folder.count() == 1);
  const ObjectModel back = load_bundle(path);
  CHECK(back.id() == 7);
  CHECK(back.name() == "box");
  CHECK(back.to_bytes() == object.to_bytes());

  fs::resize_file(path, fs::file_size(path) - 1);
  CHECK(contains(error_of(ErrorCode::kBadFile, [&] { (void)load_bundle(path); }), path.string()));
  error_of(ErrorCode::kFileNotFound, [&] { (void)load_bundle(folder.path() / "absent.s6d"); });
  error_of(ErrorCode::kWriteFailed,
           [&] { save_bundle(folder.path() / "absent" / "box.s6d", object); });
}

}  // namespace
}  // namespace sam6d
