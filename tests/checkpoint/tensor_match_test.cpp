#include "checkpoint/tensor_match.hpp"

#include <doctest/doctest.h>

#include "checkpoint/golden_values.hpp"
#include "checkpoint/safetensors.hpp"
#include "support/errors.hpp"
#include "support/torch_writer.hpp"

namespace sam6d::test {
namespace {

using Tensors = std::map<std::string, std::vector<float>>;

Checkpoint read(const std::string& file, const std::string& name = "file") {
  const auto owner = std::make_shared<const std::string>(file);
  return Checkpoint::from_memory(std::as_bytes(std::span(*owner)), name, owner);
}

/// Nested dictionaries: {"model": {...}, ...}.
Checkpoint nested(const std::vector<std::pair<std::string, Tensors>>& parts) {
  PickleWriter pickle;
  pickle.bytes("}(");
  Storages storages;
  for (const auto& [part, tensors] : parts) {
    if (!part.empty()) pickle.text(part).bytes("}(");
    for (const auto& [name, values] : tensors) {
      const std::string key = std::to_string(storages.size());
      pickle.text(name).floats(key, static_cast<std::int64_t>(values.size()));
      storages[key] = raw_elements(std::span<const float>(values));
    }
    if (!part.empty()) pickle.bytes("u");
  }
  return read(torch_zip(pickle.stop("u"), storages));
}

const std::vector<ExpectedTensor> kModel = {{"a.weight", {2}}, {"a.bias", {1}}};
const Tensors kWeights = {{"a.weight", {1, 2}}, {"a.bias", {3}}};

TensorViewMap match(const Checkpoint& file, std::span<const ExpectedTensor> model = kModel) {
  return match_tensors(std::span(&file, 1), model, "the model");
}

void check_match(const Checkpoint& file) {
  const TensorViewMap found = match(file);
  REQUIRE(found.size() == 2);
  CHECK(at<float>(found.at("a.weight"), 1) == 2);
  CHECK(at<float>(found.at("a.bias"), 0) == 3);
}

std::string refusal(const Checkpoint& file, std::span<const ExpectedTensor> model = kModel) {
  const auto error = error_of([&] { (void)match(file, model); });
  REQUIRE(error);
  CHECK(error->code() == ErrorCode::kBadWeights);
  return error->what();
}

Tensors prefixed(const std::string& prefix) {
  Tensors tensors;
  for (const auto& [name, values] : kWeights) tensors[prefix + name] = values;
  return tensors;
}

TEST_CASE("the model is found wherever the training program put it") {
  check_match(read(torch_file(kWeights)));
  check_match(read(torch_file(prefixed("module."))));
  check_match(read(torch_file(prefixed("net.backbone."))));
  check_match(nested({{"model", kWeights}}));
  check_match(nested({{"state_dict", prefixed("model.")}}));
}

TEST_CASE("an optimizer's state and other dictionaries do not count") {
  const Tensors other = {{"a.weight", {9, 9}}, {"exp_avg", {1}}};
  check_match(nested({{"model", kWeights}, {"optimizer", {{"0.exp_avg", {1, 1}}}}}));
  check_match(nested({{"", kWeights}, {"optimizer", other}}));
  check_match(nested({{"ema", {{"a.weight", {9, 9}}, {"a.bias", {9}}}}, {"model", kWeights}}));
  check_match(nested({{"a_before_model", prefixed("")}, {"model", kWeights}}));
}

TEST_CASE("a converted file keeps its prefixes") {
  const Checkpoint file = nested({{"model", kWeights}, {"optimizer", {{"0.exp_avg", {1, 1}}}}});
  const SafetensorsParts parts = safetensors_parts(file.tensors());
  std::string bytes(reinterpret_cast<const char*>(parts.header.data()), parts.header.size());
  for (const auto& tensor : parts.tensors) {
    bytes.append(reinterpret_cast<const char*>(tensor.data()), tensor.size());
  }
  check_match(read(bytes));
}

TEST_CASE("everything that is wrong is in one error, by name") {
  const Checkpoint file =
      nested({{"model", {{"a.weight", {1, 2, 3}}, {"b.more", {1}}, {"c.more", {1}}}},
              {"optimizer", {{"d", {1}}}}});
  const std::vector<ExpectedTensor> model = {
      {"a.weight", {2}}, {"a.bias", {1}}, {"z", {}}, {"may.be", {4}, false}};
  CHECK(
      refusal(file, model) ==
      "file: expected the 4 tensors of the model, found 2 missing, 2 surplus, 1 of another shape; "
      "missing: a.bias, z; surplus: model.b.more, model.c.more; of another shape: a.weight "
      "(expected (2), found (3))");
}

TEST_CASE("a file of another model has nothing of this one") {
  const std::string text = refusal(read(torch_file({{"x", {1}}, {"y", {1}}})));
  CHECK(text.find("2 missing, 0 surplus") != std::string::npos);
  CHECK(text.find("missing: a.weight, a.bias") != std::string::npos);
}

TEST_CASE("what may be missing may also be there, in its shape") {
  const std::vector<ExpectedTensor> model = {{"a.weight", {2}}, {"a.bias", {1}, false}};
  CHECK(match(read(torch_file(kWeights)), model).size() == 2);
  CHECK(match(read(torch_file({{"a.weight", {1, 2}}})), model).size() == 1);
  CHECK(refusal(read(torch_file({{"a.weight", {1, 2}}, {"a.bias", {1, 2}}})), model)
            .find("1 of another shape") != std::string::npos);
}

TEST_CASE("later files override single tensors") {
  const std::array files = {nested({{"model", {{"a.weight", {7, 7, 7}}, {"a.bias", {3}}}}}),
                            read(torch_file({{"a.weight", {1, 2}}}), "other")};
  const TensorViewMap found = match_tensors(files, kModel, "the model");
  CHECK(at<float>(found.at("a.weight"), 1) == 2);
  CHECK(at<float>(found.at("a.bias"), 0) == 3);
  const std::array wrong = {files[0], read(torch_file({{"a.weight", {1}}}), "other")};
  const auto error = error_of([&] { (void)match_tensors(wrong, kModel, "the model"); });
  CHECK(mentions(error, "file, other: expected the 2 tensors"));
  CHECK(mentions(error, "a.weight (expected (2), found (1))"));
}

}  // namespace
}  // namespace sam6d::test
