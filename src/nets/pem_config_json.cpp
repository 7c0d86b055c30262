#include "nets/pem_config_json.hpp"

#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "base/fail.hpp"

namespace sam6d::nets {
namespace {

using Json = nlohmann::json;

/// What each key of an object does with its value.
using Readers = std::map<std::string, std::function<void(const std::string& key, const Json&)>>;

[[noreturn]] void fail_at(const std::string& key, std::string_view expected, const Json& value) {
  fail(ErrorCode::kInvalidArgument, "pem config: {}: expected {}, found {}", key, expected,
       value.dump().substr(0, 80));
}

auto into(std::int64_t& field) {
  return [&field](const std::string& key, const Json& value) {
    if (!value.is_number_integer()) fail_at(key, "a whole number", value);
    field = value.get<std::int64_t>();
  };
}

auto into(float& field) {
  return [&field](const std::string& key, const Json& value) {
    if (!value.is_number()) fail_at(key, "a number", value);
    field = value.get<float>();
  };
}

auto into(bool& field) {
  return [&field](const std::string& key, const Json& value) {
    if (!value.is_boolean()) fail_at(key, "true or false", value);
    field = value.get<bool>();
  };
}

template <class Choice>
auto into(Choice& field, std::vector<std::pair<std::string, Choice>> choices) {
  return [&field, choices = std::move(choices)](const std::string& key, const Json& value) {
    std::string names;
    for (const auto& [name, choice] : choices) {
      if (value.is_string() && value.get<std::string>() == name) {
        field = choice;
        return;
      }
      names += (names.empty() ? "\"" : " or \"") + name + "\"";
    }
    fail_at(key, names, value);
  };
}

void read(const std::string& prefix, const Json& object, const Readers& readers) {
  if (!object.is_object()) {
    fail_at(prefix.empty() ? "file" : prefix, "an object {\"key\": value, ...}", object);
  }
  for (const auto& [key, value] : object.items()) {
    const auto reader = readers.find(key);
    if (reader == readers.end()) {
      std::string known;
      for (const auto& [name, unused] : readers) known += " " + name;
      fail(ErrorCode::kInvalidArgument, "pem config: unknown key {}{}; there are:{}", prefix, key,
           known);
    }
    reader->second(prefix + key, value);
  }
}

}  // namespace

PemConfig pem_config_from_json(std::string_view text) {
  const Json json = Json::parse(text, nullptr, false);
  if (json.is_discarded()) fail(ErrorCode::kInvalidArgument, "pem config: this is no JSON");
  PemConfig config;
  PemConfig::Vit& vit = config.vit;
  using Upscaling = PemConfig::Upscaling;
  const Readers vit_readers = {
      {"width", into(vit.width)},
      {"depth", into(vit.depth)},
      {"heads", into(vit.heads)},
      {"pyramid", into(vit.pyramid)},
      {"upscaling", into<Upscaling>(vit.upscaling, {{"linear", Upscaling::kLinear},
                                                    {"deconv", Upscaling::kDeconv}})},
      {"out_channels", into(vit.out_channels)}};
  using Reduction = PemConfig::Reduction;
  using Similarity = PemConfig::Similarity;
  read("", json,
       {{"vit",
         [&](const std::string& key, const Json& value) { read(key + ".", value, vit_readers); }},
        {"coarse_points", into(config.coarse_points)},
        {"fine_points", into(config.fine_points)},
        {"channels", into(config.channels)},
        {"heads", into(config.heads)},
        {"sigma_d", into(config.sigma_d)},
        {"sigma_a", into(config.sigma_a)},
        {"angle_neighbours", into(config.angle_neighbours)},
        {"angle_reduction", into<Reduction>(config.angle_reduction, {{"max", Reduction::kMax},
                                                                     {"mean", Reduction::kMean}})},
        {"coarse_blocks", into(config.coarse_blocks)},
        {"hypotheses", into(config.hypotheses)},
        {"kept_hypotheses", into(config.kept_hypotheses)},
        {"fine_blocks", into(config.fine_blocks)},
        {"encoding_radius1", into(config.encoding_radius1)},
        {"encoding_radius2", into(config.encoding_radius2)},
        {"focusing_factor", into(config.focusing_factor)},
        {"similarity", into<Similarity>(config.similarity, {{"cosine", Similarity::kCosine},
                                                            {"l2", Similarity::kL2}})},
        {"temperature", into(config.temperature)}});
  config.validate();
  return config;
}

}  // namespace sam6d::nets
