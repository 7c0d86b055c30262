#include "neural/object_descriptors.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <string>
#include <vector>

#include <ATen/ops/ones.h>
#include <ATen/ops/zeros.h>

#include <doctest/doctest.h>

#include "io/temporary_folder.hpp"
#include "object/descriptors.hpp"
#include "sam6d/template_folder.hpp"
#include "support/errors.hpp"
#include "support/golden.hpp"
#include "support/log_capture.hpp"
#include "support/tiny_dinov2.hpp"
#include "tiny_network.hpp"

namespace sam6d {
namespace {

/// Half a unit in the last place of float16 for numbers below 1.
constexpr double kHalfRounding = 0x1p-12;
constexpr ViewDescriptorSettings kQuirks{42, {}, true};
constexpr ViewDescriptorSettings kSixViews{6, {}, false};

TEST_CASE("an object keeps the descriptors of its views, to the bit") {
  const nets::Dinov2 network = test::tiny_dinov2();
  const ObjectModel object = test::box_object(3, {0.1F, 0.06F, 0.03F});
  const Descriptors fresh = compute_view_descriptors(network, object, {});
  REQUIRE(fresh.cls.sizes() == at::IntArrayRef({42, 48}));
  REQUIRE(fresh.patches.sizes() == at::IntArrayRef({42, kCropPatches, 48}));
  const at::Tensor lengths = fresh.patches.norm(2, {2});
  const at::Tensor valid = lengths.gt(0);
  CHECK(valid.any(1).all().item<bool>());
  CHECK(lengths.sub(1).abs().mul(valid).max().item<double>() <= 48 * kHalfRounding);

  CHECK(!kept_view_descriptors(network, object, {}));
  const ObjectModel ready = with_view_descriptors(network, object, {});
  const std::optional<Descriptors> kept = kept_view_descriptors(network, ready, {});
  REQUIRE(kept);
  CHECK(test::equal(kept->cls, fresh.cls));
  CHECK(test::equal(kept->patches, fresh.patches));
  CHECK(&with_view_descriptors(network, ready, {}).data() == &ready.data());
  CHECK(!kept_view_descriptors(network, ready, kQuirks));

  CHECK(!kept_view_descriptors(network, ready, kSixViews));
  const Descriptors six = compute_view_descriptors(network, object, kSixViews);
  CHECK(six.cls.size(0) == 6);
  CHECK(test::largest_difference(six.cls[1], fresh.cls[7]) <= 5e-5);

  const auto tensors = find_descriptors(ready, view_descriptor_key(network, {}));
  REQUIRE(tensors);
  CHECK(
      tensors->at("patches").shape ==
      std::vector<std::uint64_t>{static_cast<std::uint64_t>(valid.sum().item<std::int64_t>()), 48});
}

TEST_CASE("keys differ with whatever changes the descriptors") {
  const nets::Dinov2 network = test::tiny_dinov2();
  const std::string key = view_descriptor_key(network, {});
  CHECK(key.starts_with("dinov2-"));
  CHECK(key == view_descriptor_key(test::tiny_dinov2(), {}));
  CHECK(key != view_descriptor_key(network, kQuirks));
  CHECK(key != view_descriptor_key(test::tiny_dinov2(at::kBFloat16), {}));
}

TEST_CASE("views are described as proposals that look like them") {
  const nets::Dinov2 network = test::tiny_dinov2();
  const ObjectModel object = test::box_object(3, {0.1F, 0.06F, 0.03F});
  const Descriptors views = compute_view_descriptors(network, object, {});
  const TemplateView view = object.template_view(7);
  Image<Rgb8> picture(view.camera.width, view.camera.height, Rgb8{200, 30, 90});
  Proposal proposal{view.box_px, view.box_px, Image<float>(view.mask.width(), view.mask.height()),
                    1};
  Box extent{picture.width(), picture.height(), 0, 0};
  for (int y = 0; y < view.mask.height(); ++y) {
    for (int x = 0; x < view.mask.width(); ++x) {
      if (view.mask(x, y) == 0) continue;
      proposal.weights(x, y) = 1;
      const int u = x + view.box_px.x0;
      const int v = y + view.box_px.y0;
      picture(u, v) = view.rgb(x, y);
      extent = {std::min(extent.x0, u), std::min(extent.y0, v), std::max(extent.x1, u + 1),
                std::max(extent.y1, v + 1)};
    }
  }
  proposal.box_px = extent;
  const Descriptors found = describe(network, picture.view(), {&proposal, 1});
  CHECK(test::largest_difference(found.cls[0], views.cls[7]) <= 5e-5);
  CHECK(test::largest_difference(found.patches[0], views.patches[7]) <= kHalfRounding + 5e-5);

  const Descriptors quirky = compute_view_descriptors(network, object, kQuirks);
  CHECK(test::largest_difference(quirky.cls, views.cls) > 0.1);
}

TEST_CASE("views of a folder are described as those that were rendered") {
  const nets::Dinov2 network = test::tiny_dinov2();
  const ObjectModel object = test::box_object(3, {0.1F, 0.06F, 0.03F});
  const test::TemporaryFolder folder;
  save_template_folder(folder.path(), object.template_views());
  OnboardOptions options;
  options.given_views = load_template_folder(folder.path(), object.mesh());
  options.surface_samples = 1500;
  const ObjectModel again = ObjectModel::onboard(3, object.mesh(), options);
  const Descriptors rendered = compute_view_descriptors(network, object, kSixViews);
  const Descriptors read = compute_view_descriptors(network, again, kSixViews);
  CHECK(test::equal(read.cls, rendered.cls));
  CHECK(test::equal(read.patches, rendered.patches));
}

TEST_CASE("an object without views says so") {
  const ObjectModel object = test::box_object(8, {0.1F, 0.06F, 0.03F}, false);
  test::check_error(
      [&] { static_cast<void>(compute_view_descriptors(test::tiny_dinov2(), object, {})); },
      ErrorCode::kInvalidArgument, "render_views");
}

TEST_CASE("tensors that are not a network's descriptors are not taken") {
  const nets::Dinov2 network = test::tiny_dinov2();
  at::Tensor patches = at::zeros({2, kCropPatches, 48});
  patches[1][7].fill_(std::sqrt(1.0 / 48));
  patches[1][200].fill_(0.125);
  const TensorMap good = to_tensors({at::ones({2, 48}), patches.to(at::kHalf).to(at::kFloat)});
  REQUIRE(to_descriptors(good, network));
  const auto refused = [&](const auto& change) {
    TensorMap tensors = good;
    change(tensors);
    return !to_descriptors(tensors, network).has_value();
  };
  for (const std::string name : {"cls", "patches", "places"}) {
    CAPTURE(name);
    CHECK(refused([&](TensorMap& tensors) { tensors.erase(name); }));
    CHECK(refused([&](TensorMap& tensors) { tensors[name].dtype = DType::kUint16; }));
  }
  const auto set = [](Tensor& tensor, std::size_t i, auto value) {
    std::memcpy(tensor.bytes.data() + i * sizeof value, &value, sizeof value);
  };
  CHECK(refused([&](TensorMap& t) { set(t["places"], 1, std::int32_t{2 * kCropPatches}); }));
  CHECK(refused([&](TensorMap& t) { set(t["places"], 0, std::int32_t{-1}); }));
  CHECK(refused([&](TensorMap& t) { set(t["places"], 0, std::int32_t{kCropPatches + 200}); }));
  CHECK(refused([&](TensorMap& t) { set(t["cls"], 5, std::numeric_limits<float>::quiet_NaN()); }));
  CHECK(refused([&](TensorMap& t) { set(t["patches"], 5, std::uint16_t{0x7C00}); }));
  CHECK(refused([&](TensorMap& t) { t["cls"].shape = {1, 96}; }));

  // An object whose set is of another number of views is computed again, and says it.
  const ObjectModel object = test::box_object(3, {0.1F, 0.06F, 0.03F});
  const test::LogCapture log;
  CHECK(!kept_view_descriptors(
      network, with_descriptors(object, view_descriptor_key(network, {}), good), {}));
  CHECK(log.mentions("computed again"));
}

}  // namespace
}  // namespace sam6d
