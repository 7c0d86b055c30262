// Writes a network's synthetic weights at full size as its publisher would: what reading such files
// costs can then be measured without a download. Their tensors are those that the network itself
// says it takes.

#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <c10/util/Half.h>
#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include "checkpoint/formula_weights.hpp"
#include "checkpoints/torch_zip_file.hpp"
#include "nets/dinov2.hpp"
#include "nets/fastsam.hpp"
#include "nets/pem_network.hpp"
#include "nets/sam_config.hpp"
#include "nets/sam_decoder.hpp"
#include "nets/sam_encoder.hpp"
#include "nets/sam_prompts.hpp"

namespace {

using sam6d::ExpectedTensor;
using sam6d::bench::TorchZipFile;
using sam6d::nets::Parameters;
using sam6d::test::PickleWriter;

constexpr std::string_view kCounter = "num_batches_tracked";

/// How a publisher keeps a tensor.
struct Kept {
  const ExpectedTensor* tensor = nullptr;
  std::string_view storage;  ///< its type
  std::string key;           ///< of the storage
  bool parameter = false;    ///< of a module, not a buffer
};

/// A module's own tensors and the modules in it.
struct Module {
  std::map<std::string, Kept> tensors;
  std::map<std::string, Module> modules;
};

std::int64_t count_of(const ExpectedTensor& tensor) {
  std::int64_t count = 1;
  for (const std::uint64_t side : tensor.shape) count *= static_cast<std::int64_t>(side);
  return count;
}

void put_tensor(PickleWriter& pickle, const Kept& kept) {
  const std::vector<std::int64_t> shape(kept.tensor->shape.begin(), kept.tensor->shape.end());
  std::vector<std::int64_t> strides(shape.size());
  std::int64_t stride = 1;
  for (std::size_t i = shape.size(); i-- > 0;) {
    strides[i] = stride;
    stride *= shape[i];
  }
  pickle.tensor(kept.storage, kept.key, count_of(*kept.tensor), 0, shape, strides);
}

void begin_ordered(PickleWriter& pickle) {
  pickle.global("collections", "OrderedDict").bytes(")R(");
}

/// As torch.nn.Module is pickled: an object with its dictionaries as attributes.
void put_module(PickleWriter& pickle, const Module& module, std::string_view where,
                std::string_view type) {
  pickle.global(where, type).bytes(")\x81}(").text("training").bytes("\x89");
  for (const bool parameters : {true, false}) {
    begin_ordered(pickle.text(parameters ? "_parameters" : "_buffers"));
    for (const auto& [name, kept] : module.tensors) {
      if (kept.parameter != parameters) continue;
      pickle.text(name);
      if (parameters) pickle.global("torch._utils", "_rebuild_parameter").bytes("(");
      put_tensor(pickle, kept);
      if (parameters) pickle.bytes("\x88").global("collections", "OrderedDict").bytes(")RtR");
    }
    pickle.bytes("u");
  }
  pickle.text("_non_persistent_buffers_set").global("__builtin__", "set").bytes("(]tR");
  begin_ordered(pickle.text("_modules"));
  for (const auto& [name, inner] : module.modules) {
    pickle.text(name);
    put_module(pickle, inner, "torch.nn.modules.container", "Sequential");
  }
  pickle.bytes("uub");
}

/// A training program's dictionary with the whole module, as Ultralytics' programs write it.
std::string module_pickle(const std::vector<Kept>& all) {
  Module root;
  for (const Kept& kept : all) {
    Module* module = &root;
    std::string_view rest = kept.tensor->name;
    for (std::size_t dot = rest.find('.'); dot != std::string_view::npos; dot = rest.find('.')) {
      module = &module->modules[std::string(rest.substr(0, dot))];
      rest.remove_prefix(dot + 1);
    }
    module->tensors[std::string(rest)] = kept;
  }
  PickleWriter pickle;
  pickle.bytes("}(").text("epoch").number(-1).text("best_fitness").bytes("N").text("model");
  put_module(pickle, root, "ultralytics.nn.tasks", "SegmentationModel");
  pickle.text("ema").bytes("N").text("optimizer").bytes("N").text("train_args").bytes("}(");
  pickle.text("imgsz").number(1024).bytes("u");
  return pickle.stop("u");
}

/// name: tensor, under `key` of another dictionary where there is one.
std::string state_dict_pickle(const std::vector<Kept>& all, std::string_view key) {
  PickleWriter pickle;
  if (!key.empty()) pickle.bytes("}(").text(key);
  begin_ordered(pickle);
  for (const Kept& kept : all) put_tensor(pickle.text(kept.tensor->name), kept);
  return pickle.stop(key.empty() ? "u" : "uu");
}

struct Publisher {
  std::string file;
  std::vector<ExpectedTensor> tensors;
  bool half = false;  ///< float16 and counters of batches, as a pickled module
  std::string_view key;
};

Publisher publisher_of(const std::string& network) {
  using namespace sam6d::nets;
  if (network == "fastsam") {
    return {"FastSAM-x.pt", Parameters::expected([](Parameters& p) { return take_fastsam(p, {}); }),
            true, ""};
  }
  if (network == "dinov2") {
    const Dinov2Config sizes = completed({}, sam6d::Weights::synthetic(sam6d::Network::kDinov2));
    return {"dinov2_vitl14_pretrain.pth",
            Parameters::expected([&](Parameters& p) { return take_dinov2(p, sizes); }), false, ""};
  }
  if (network == "sam") {
    return {"sam_vit_h_4b8939.pth", Parameters::expected([](Parameters& p) {
              static_cast<void>(take_sam_encoder(p, {}));
              static_cast<void>(take_sam_prompts(p, {}));
              return take_sam_decoder(p, {});
            }),
            false, ""};
  }
  return {"sam-6d-pem-base.pth",
          Parameters::expected([](Parameters& p) { return take_pem(p, {}); }), false, "model"};
}

bool is_buffer(std::string_view name) {
  return name.ends_with("running_mean") || name.ends_with("running_var") ||
         name.ends_with(kCounter);
}

void write(const Publisher& publisher, const std::filesystem::path& path) {
  std::vector<Kept> all;
  for (const ExpectedTensor& tensor : publisher.tensors) {
    const bool counter = tensor.name.ends_with(kCounter);
    if (!tensor.required && !(publisher.half && counter)) continue;
    const std::string_view storage =
        counter ? "LongStorage" : (publisher.half ? "HalfStorage" : "FloatStorage");
    all.push_back({&tensor, storage, std::to_string(all.size()), !is_buffer(tensor.name)});
  }
  TorchZipFile file(path);
  file.add("data.pkl", publisher.half ? module_pickle(all) : state_dict_pickle(all, publisher.key));
  file.add("byteorder", "little");
  for (const Kept& kept : all) {
    if (kept.storage == "LongStorage") {
      file.add("data/" + kept.key, std::string(sizeof(std::int64_t), '\0'));
      continue;
    }
    std::vector<float> values(static_cast<std::size_t>(count_of(*kept.tensor)));
    sam6d::fill_by_formula(kept.tensor->name, kept.tensor->shape, values);
    if (publisher.half) {
      const std::vector<c10::Half> halves(values.begin(), values.end());
      file.add("data/" + kept.key, std::as_bytes(std::span(halves)));
    } else {
      file.add("data/" + kept.key, std::as_bytes(std::span(values)));
    }
  }
  file.add("version", "3\n");
  file.finish();
  std::printf("%s: %zu tensors, %.1f MiB\n", path.c_str(), all.size(),
              static_cast<double>(std::filesystem::file_size(path)) / (1024.0 * 1024.0));
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"Writes synthetic weights of full size in their publishers' formats"};
  std::vector<std::string> networks;
  std::filesystem::path folder = ".";
  app.add_option("NETWORK", networks)
      ->required()
      ->check(CLI::IsMember({"fastsam", "dinov2", "sam", "pem"}));
  app.add_option("--out", folder, "Folder")->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  std::filesystem::create_directories(folder);
  for (const std::string& network : networks) {
    const Publisher publisher = publisher_of(network);
    write(publisher, folder / publisher.file);
  }
  return 0;
}
