// Names and shapes of the networks' tensors, as the published modules have them.

#include "nets/parameters.hpp"

#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "nets/dinov2.hpp"
#include "nets/fastsam.hpp"
#include "nets/sam_decoder.hpp"
#include "nets/sam_encoder.hpp"
#include "nets/sam_prompts.hpp"
#include "support/shared_data.hpp"
#include "support/tiny_sam.hpp"

namespace sam6d::test {
namespace {

using Shapes = std::map<std::string, std::vector<std::uint64_t>>;

Shapes stored_in(const std::filesystem::path& state_dict) {
  std::ifstream stream(state_dict);
  const auto entries = nlohmann::json::parse(stream);
  Shapes shapes;
  for (const auto& [name, entry] : entries.items()) {
    shapes[name] = entry.at(0).get<std::vector<std::uint64_t>>();
  }
  return shapes;
}

/// What `describe(Parameters&)` takes or ignores must be what the module has, and all of it.
template <class Describe>
void check_tensors(const char* file, const Describe& describe) {
  CAPTURE(std::string(file));
  const auto path = shared_data(std::string("goldens/ism/") + file);
  if (!path) return;
  const Shapes expected = stored_in(*path);
  Shapes found;
  for (const ExpectedTensor& tensor : nets::Parameters::expected(describe)) {
    found[tensor.name] = tensor.shape;
  }
  REQUIRE(expected.size() > 40);
  for (const auto& tensor : expected) {
    CAPTURE(tensor.first);
    REQUIRE(found.contains(tensor.first));
    CHECK(found.at(tensor.first) == tensor.second);
  }
  for (const auto& tensor : found) {
    CAPTURE(tensor.first);
    CHECK(expected.contains(tensor.first));
  }
}

TEST_CASE("DINOv2 has the tensors of the published module") {
  nets::Dinov2Config config;
  config.width = 48;
  config.depth = 3;
  config.heads = 3;
  config.image_size = 518;
  check_tensors("dinov2_tiny_state_dict.json",
                [&](nets::Parameters& p) { return nets::take_dinov2(p, config); });
}

TEST_CASE("SAM has the tensors of the published module") {
  const auto describe = [](const nets::SamConfig& config) {
    return [config](nets::Parameters& p) {
      static_cast<void>(nets::take_sam_encoder(p, config));
      static_cast<void>(nets::take_sam_prompts(p, config));
      return nets::take_sam_decoder(p, config);
    };
  };
  check_tensors("sam_tiny_a_state_dict.json", describe(tiny_sam_a()));
  check_tensors("sam_tiny_b_state_dict.json", describe(tiny_sam_b()));
}

TEST_CASE("FastSAM has the tensors of the published module, in small and FastSAM-x's") {
  const auto describe = [](const nets::FastSamSizes& sizes) {
    return [sizes](nets::Parameters& p) { return nets::take_fastsam(p, sizes); };
  };
  check_tensors("fastsam_tiny_state_dict.json", describe(nets::fastsam_sizes(0.125, 0.33, 256)));
  check_tensors("fastsam_x_state_dict.json", describe({}));
}

}  // namespace
}  // namespace sam6d::test
