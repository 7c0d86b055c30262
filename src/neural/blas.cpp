#include "neural/blas.hpp"

#include <atomic>
#include <memory>

#include <dlfcn.h>
#include <fmt/format.h>
#include <link.h>

#include "base/logging.hpp"

namespace sam6d {
namespace {

constexpr const char* kMultiply = "sgemm_";

/// The file that holds an address; empty for none.
std::filesystem::path file_of(const void* address) {
  Dl_info info{};
  if (address == nullptr || dladdr(address, &info) == 0 || info.dli_fname == nullptr) return {};
  return info.dli_fname;
}

/// The loaded libtorch_cpu; empty where LibTorch is linked into the program.
std::filesystem::path loaded_torch() {
  std::filesystem::path found;
  dl_iterate_phdr(
      [](dl_phdr_info* info, std::size_t, void* result) {
        const std::filesystem::path file = info->dlpi_name;
        if (!file.filename().string().starts_with("libtorch_cpu.so")) return 0;
        *static_cast<std::filesystem::path*>(result) = file;
        return 1;
      },
      &found);
  return found;
}

}  // namespace

BlasUse find_blas() {
  BlasUse use;
  // From here the loader searches in the order in which it searched for LibTorch.
  use.used = file_of(dlsym(RTLD_DEFAULT, kMultiply));
  const std::filesystem::path torch = loaded_torch();
  if (torch.empty()) return use;
  const auto close = [](void* library) { dlclose(library); };
  const std::unique_ptr<void, decltype(close)> library(
      dlopen(torch.c_str(), RTLD_LAZY | RTLD_NOLOAD), close);
  if (!library) return use;
  // Searches libtorch_cpu first, then what it needs.
  if (file_of(dlsym(library.get(), kMultiply)) == torch) use.own = torch;
  return use;
}

std::string blas_problem(const BlasUse& use) {
  if (use.own.empty() || use.used.empty() || use.used == use.own) return {};
  return fmt::format(
      "LibTorch multiplies matrices with {}, which was loaded before it, instead of its own BLAS; "
      "networks can be several times slower. Set LD_PRELOAD={}, or link sam6d::neural before other "
      "libraries",
      use.used.string(), use.own.string());
}

void warn_of_blas() {
  static std::atomic<bool> said = false;
  if (said.exchange(true)) return;
  const std::string problem = blas_problem(find_blas());
  if (!problem.empty()) log_warning("{}", problem);
}

}  // namespace sam6d
