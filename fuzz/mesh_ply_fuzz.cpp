// Covers: src/io/ply_header.cpp src/io/mesh_ply_check.cpp src/io/mesh_load.cpp src/mesh/repair.cpp
#include <cstddef>
#include <cstdint>
#include <span>

#include "mesh_fuzz.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sam6d;
  const auto bytes = std::as_bytes(std::span(data, size));
  check_fuzzed_mesh([&] {
    return mesh_from_bytes(bytes, "fuzz.ply", LengthUnit::kMetre, fuzzed_mesh_options());
  });
  return 0;
}
