#include "base/neural_factory.hpp"

#include <atomic>
#include <filesystem>
#include <string>
#include <string_view>

#include <dlfcn.h>

#include "base/fail.hpp"
#include "base/logging.hpp"
#include "sam6d/version.hpp"

namespace sam6d {
namespace {

std::atomic<const NeuralFactory*> registered = nullptr;

constexpr std::string_view kRemedy =
    "install libsam6d_neural, or build sam6d with -DSAM6D_WITH_TORCH=ON and link sam6d::neural; "
    "the "
    "geometric backends need neither";

/// The shared library that this code is in; empty where it is part of a program.
std::filesystem::path own_library() {
  Dl_info info{};
  if (dladdr(reinterpret_cast<const void*>(&register_neural_factory), &info) == 0 ||
      info.dli_fname == nullptr) {
    return {};
  }
  std::filesystem::path file = info.dli_fname;
  return file.filename().string().starts_with("libsam6d.so") ? file : std::filesystem::path();
}

/// Loads it for as long as the process lives: what it registers can then never dangle. Loading it
/// twice is loading it once.
void load_library() {
  const std::filesystem::path core = own_library();
  if (core.empty()) {
    fail(ErrorCode::kNotBuilt, "the neural backends are not linked into this program; {}", kRemedy);
  }
  const std::filesystem::path file =
      core.parent_path() / fmt::format("libsam6d_neural.so.{}", SAM6D_VERSION_MAJOR);
  std::error_code error;
  if (!std::filesystem::exists(file, error)) {
    fail(ErrorCode::kNotBuilt, "the neural backends are not installed: expected {}, found none; {}",
         file.string(), kRemedy);
  }
  if (dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL) == nullptr) {
    const char* const problem = dlerror();
    fail(ErrorCode::kNotBuilt, "the neural backends cannot be loaded: {}; {}",
         problem != nullptr ? problem : file.c_str(), kRemedy);
  }
  log_debug("loaded {}", file.string());
}

}  // namespace

void register_neural_factory(const NeuralFactory* factory) noexcept {
  const NeuralFactory* none = nullptr;
  registered.compare_exchange_strong(none, factory);
}

const NeuralFactory& neural_factory() {
  if (registered.load() == nullptr) load_library();
  const NeuralFactory* const factory = registered.load();
  if (factory == nullptr) {
    fail(ErrorCode::kNotBuilt, "libsam6d_neural was loaded and did not register; {}", kRemedy);
  }
  if (factory->version != version()) {
    fail(ErrorCode::kNotBuilt, "expected libsam6d_neural of version {}, found {}; {}", version(),
         factory->version, kRemedy);
  }
  return *factory;
}

NeuralLibrary neural_library() {
  try {
    return neural_factory().describe();
  } catch (const Error& problem) {
    NeuralLibrary none;
    none.problem = problem.what();
    return none;
  }
}

}  // namespace sam6d
