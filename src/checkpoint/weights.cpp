#include "sam6d/weights.hpp"

#include <array>
#include <cstring>
#include <utility>

#include "base/fail.hpp"
#include "checkpoint/checkpoint_data.hpp"
#include "checkpoint/formula_weights.hpp"
#include "checkpoint/weights_data.hpp"
#include "checkpoint/xxh64.hpp"

namespace sam6d {
namespace {

std::uint64_t hash_of(std::string_view text, std::uint64_t seed) {
  return xxh64(std::as_bytes(std::span(text)), seed);
}

std::uint64_t hash_of(const Checkpoint& file, std::uint64_t seed) {
  for (const auto& [name, tensor] : file.tensors()) {
    seed = hash_of(name, seed);
    seed = hash_of(to_string(tensor.dtype), seed);
    seed = xxh64(std::as_bytes(std::span(tensor.shape)), seed);
    seed = xxh64(tensor.bytes, seed);
  }
  return seed;
}

std::shared_ptr<WeightsData> data_of(Checkpoint file) {
  auto data = std::make_shared<WeightsData>();
  data->source = file.source();
  data->files.push_back(std::move(file));
  return data;
}

}  // namespace

std::string_view to_string(Network network) noexcept {
  switch (network) {
    case Network::kPem: return "pem";
    case Network::kDinov2: return "dinov2";
    case Network::kSam: return "sam";
    case Network::kFastSam: return "fastsam";
  }
  return "unknown";
}

Weights::Weights(std::shared_ptr<const WeightsData> data) : data_(std::move(data)) {}

Weights Weights::from_file(const std::filesystem::path& path, const CheckpointOptions& options,
                           const ProgressFn& progress) {
  return Weights(data_of(Checkpoint::from_file(path, options, progress)));
}

Weights Weights::from_memory(std::span<const std::byte> file, std::string_view source,
                             std::shared_ptr<const void> owner, const CheckpointOptions& options) {
  return Weights(data_of(Checkpoint::from_memory(file, source, std::move(owner), options)));
}

Weights Weights::synthetic(Network network) {
  auto data = std::make_shared<WeightsData>();
  data->formula = network;
  data->source = fmt::format("synthetic weights of {}", to_string(network));
  return Weights(std::move(data));
}

Weights Weights::overridden_by(const Weights& later) const {
  if (later.is_synthetic()) {
    fail(ErrorCode::kInvalidArgument,
         "weights: synthetic ones have every tensor, and so cannot override single ones of {}",
         source());
  }
  auto data = std::make_shared<WeightsData>();
  data->formula = data_->formula;
  data->files = data_->files;
  data->files.insert(data->files.end(), later.data_->files.begin(), later.data_->files.end());
  data->source = fmt::format("{} overridden by {}", source(), later.source());
  return Weights(std::move(data));
}

bool Weights::is_synthetic() const { return data_->formula.has_value(); }

const std::string& Weights::hash() const {
  std::call_once(data_->hashed, [this] {
    std::uint64_t hash = 0;
    if (data_->formula) hash = hash_of(to_string(*data_->formula), hash);
    for (const Checkpoint& file : data_->files) hash = hash_of(file, hash);
    data_->hash = fmt::format("{:016x}", hash);
  });
  return data_->hash;
}

const std::string& Weights::source() const { return data_->source; }

ModelTensors model_tensors(const Weights& weights, Network network,
                           std::span<const ExpectedTensor> expected) {
  const WeightsData& data = weights.data();
  ModelTensors result;
  for (const Checkpoint& file : data.files) {
    result.owners.push_back(std::make_shared<Checkpoint>(file));
  }
  if (!data.formula) {
    result.tensors = match_tensors(data.files, expected, to_string(network));
    return result;
  }
  if (*data.formula != network) {
    fail(ErrorCode::kBadWeights, "{}: expected weights of {}", weights.source(),
         to_string(network));
  }
  if (!data.files.empty()) {
    std::vector<ExpectedTensor> some(expected.begin(), expected.end());
    for (ExpectedTensor& tensor : some) tensor.required = false;
    result.tensors = match_tensors(data.files, some, to_string(network));
  }
  for (const ExpectedTensor& tensor : expected) {
    if (!tensor.required || result.tensors.contains(tensor.name)) continue;
    const auto values = std::make_shared<std::vector<float>>(element_count(tensor.shape).value());
    fill_by_formula(tensor.name, tensor.shape, *values);
    result.tensors.emplace(
        tensor.name, TensorView{DType::kFloat32, tensor.shape, std::as_bytes(std::span(*values))});
    result.owners.push_back(values);
  }
  return result;
}

}  // namespace sam6d
