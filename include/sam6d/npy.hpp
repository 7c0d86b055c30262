#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sam6d/export.hpp"

/// NumPy's array files (NPY format 1.0 to 3.0) and NPZ archives of them.
namespace sam6d {

enum class NpyType {
  kBool,
  kInt8,
  kInt16,
  kInt32,
  kInt64,
  kUint8,
  kUint16,
  kUint32,
  kUint64,
  kFloat16,
  kFloat32,
  kFloat64,
};

/// Bytes of an element.
[[nodiscard]] SAM6D_API std::size_t size_of(NpyType type) noexcept;
/// "float32", ...
[[nodiscard]] SAM6D_API std::string_view to_string(NpyType type) noexcept;

/// An array: elements in C order (last index fastest) and the machine's byte order.
struct SAM6D_API NpyArray {
  NpyType type = NpyType::kFloat32;
  std::vector<std::size_t> shape;  ///< empty = a scalar
  std::vector<std::byte> bytes;

  /// Number of elements.
  [[nodiscard]] std::size_t size() const;
  /// The elements converted to float or double; booleans become 0 and 1.
  [[nodiscard]] std::vector<float> to_float() const;
  [[nodiscard]] std::vector<double> to_double() const;
  /// The elements converted to int64. Throws Error(kInvalidArgument) for floating point and for
  /// uint64 values that do not fit.
  [[nodiscard]] std::vector<std::int64_t> to_int64() const;

  [[nodiscard]] static NpyArray of(std::span<const float> values, std::vector<std::size_t> shape);
  [[nodiscard]] static NpyArray of(std::span<const double> values, std::vector<std::size_t> shape);
  [[nodiscard]] static NpyArray of(std::span<const std::uint8_t> values,
                                   std::vector<std::size_t> shape);
  [[nodiscard]] static NpyArray of(std::span<const std::int64_t> values,
                                   std::vector<std::size_t> shape);
  /// Rounds to float16 (nearest, ties to even; too large becomes infinite).
  [[nodiscard]] static NpyArray of_half(std::span<const float> values,
                                        std::vector<std::size_t> shape);
};

/// IEEE 754 binary16 and back.
[[nodiscard]] SAM6D_API float half_to_float(std::uint16_t half) noexcept;
[[nodiscard]] SAM6D_API std::uint16_t float_to_half(float value) noexcept;

inline constexpr std::uint64_t kMaxArrayBytes = std::uint64_t{1} << 30U;

/// Reads an NPY file of numbers or booleans, either byte order; Fortran order is converted. Throws
/// Error(kBadFile), naming `source`, for anything else, or when the elements would take over
/// `max_bytes`.
[[nodiscard]] SAM6D_API NpyArray parse_npy(std::span<const std::byte> file, std::string_view source,
                                           std::uint64_t max_bytes = kMaxArrayBytes);
[[nodiscard]] SAM6D_API NpyArray load_npy(const std::filesystem::path& path,
                                          std::uint64_t max_bytes = kMaxArrayBytes);

/// NPY format 1.0 (2.0 for headers over 64 KiB), little endian, C order. Throws
/// Error(kInvalidArgument) when shape and bytes do not fit together.
[[nodiscard]] SAM6D_API std::vector<std::byte> npy_bytes(const NpyArray& array);
SAM6D_API void save_npy(const std::filesystem::path& path, const NpyArray& array);

/// The arrays of an NPZ archive by name (without ".npy"); all together may take `max_bytes`.
[[nodiscard]] SAM6D_API std::map<std::string, NpyArray> parse_npz(
    std::span<const std::byte> file, std::string_view source,
    std::uint64_t max_bytes = kMaxArrayBytes);
[[nodiscard]] SAM6D_API std::map<std::string, NpyArray> load_npz(
    const std::filesystem::path& path, std::uint64_t max_bytes = kMaxArrayBytes);
/// Uncompressed, as numpy.savez.
SAM6D_API void save_npz(const std::filesystem::path& path,
                        const std::map<std::string, NpyArray>& arrays);

}  // namespace sam6d
