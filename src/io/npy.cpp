#include "sam6d/npy.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cstring>
#include <limits>
#include <optional>

#include "base/fail.hpp"
#include "io/byte_reader.hpp"
#include "io/npy_types.hpp"
#include "sam6d/file_io.hpp"

namespace sam6d {
namespace {

static_assert(std::endian::native == std::endian::little);

constexpr std::array<std::uint8_t, 6> kMagic = {0x93, 'N', 'U', 'M', 'P', 'Y'};
constexpr std::size_t kMaxHeaderBytes = 1U << 20U;
constexpr std::size_t kMaxDimensions = 32;

/// What the header, a Python dictionary, says.
struct Header {
  std::string descr;
  std::optional<bool> fortran_order;
  std::optional<std::vector<std::size_t>> shape;
};

/// Reads the Python literal {'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }.
class HeaderParser {
 public:
  HeaderParser(std::string_view text, std::string_view source) : rest_(text), source_(source) {}

  Header parse() {
    Header header;
    expect('{');
    while (!take('}')) {
      const std::string key = quoted();
      expect(':');
      if (key == "descr") {
        header.descr = quoted();
      } else if (key == "fortran_order") {
        header.fortran_order = boolean();
      } else if (key == "shape") {
        header.shape = tuple();
      } else {
        refuse();
      }
      if (!take(',')) {
        expect('}');
        break;
      }
    }
    skip_space();
    if (!rest_.empty() || header.descr.empty() || !header.fortran_order || !header.shape) refuse();
    return header;
  }

 private:
  [[noreturn]] void refuse() const {
    fail(ErrorCode::kBadFile,
         "{}: expected an NPY header with descr, fortran_order and shape, found another", source_);
  }
  void skip_space() {
    const std::size_t begin = rest_.find_first_not_of(" \n\t\r");
    rest_.remove_prefix(begin == std::string_view::npos ? rest_.size() : begin);
  }
  bool take(char wanted) {
    skip_space();
    if (rest_.empty() || rest_.front() != wanted) return false;
    rest_.remove_prefix(1);
    return true;
  }
  void expect(char wanted) {
    if (!take(wanted)) refuse();
  }
  std::string quoted() {
    skip_space();
    if (rest_.empty() || (rest_.front() != '\'' && rest_.front() != '"')) refuse();
    const std::size_t end = rest_.find(rest_.front(), 1);
    if (end == std::string_view::npos) refuse();
    std::string text(rest_.substr(1, end - 1));
    rest_.remove_prefix(end + 1);
    return text;
  }
  bool boolean() {
    skip_space();
    for (const std::string_view word : {"True", "False"}) {
      if (!rest_.starts_with(word)) continue;
      rest_.remove_prefix(word.size());
      return word == "True";
    }
    refuse();
  }
  std::vector<std::size_t> tuple() {
    std::vector<std::size_t> values;
    expect('(');
    while (!take(')')) {
      skip_space();
      std::uint64_t value = 0;
      const auto [end, error] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), value);
      if (error != std::errc{} || values.size() == kMaxDimensions) refuse();
      rest_.remove_prefix(static_cast<std::size_t>(end - rest_.data()));
      take('L');  // Python 2 wrote long integers so
      values.push_back(value);
      if (!take(',')) {
        expect(')');
        break;
      }
    }
    return values;
  }

  std::string_view rest_;
  std::string_view source_;
};

/// Product of the dimensions times the element size; nothing when it passes `max_bytes`.
std::optional<std::uint64_t> array_bytes(std::span<const std::size_t> shape, std::size_t size,
                                         std::uint64_t max_bytes) {
  if (std::find(shape.begin(), shape.end(), 0U) != shape.end()) return 0;
  std::uint64_t bytes = size;
  for (const std::size_t side : shape) {
    if (side > max_bytes / bytes) return std::nullopt;
    bytes *= side;
  }
  return bytes;
}

void swap_byte_order(std::vector<std::byte>& bytes, std::size_t size) {
  for (std::size_t i = 0; i < bytes.size(); i += size) {
    std::reverse(bytes.begin() + static_cast<std::ptrdiff_t>(i),
                 bytes.begin() + static_cast<std::ptrdiff_t>(i + size));
  }
}

/// From first index fastest to last index fastest.
std::vector<std::byte> to_c_order(std::span<const std::byte> fortran,
                                  std::span<const std::size_t> shape, std::size_t size) {
  std::vector<std::size_t> strides(shape.size());
  std::size_t stride = 1;
  for (std::size_t d = 0; d < shape.size(); ++d) {
    strides[d] = stride;
    stride *= shape[d];
  }
  std::vector<std::byte> result(fortran.size());
  std::vector<std::size_t> index(shape.size(), 0);
  std::size_t from = 0;
  for (std::size_t to = 0; to < result.size(); to += size) {
    std::memcpy(result.data() + to, fortran.data() + from * size, size);
    for (std::size_t d = shape.size(); d > 0; --d) {
      from += strides[d - 1];
      if (++index[d - 1] < shape[d - 1]) break;
      from -= strides[d - 1] * shape[d - 1];
      index[d - 1] = 0;
    }
  }
  return result;
}

}  // namespace

NpyArray parse_npy(std::span<const std::byte> file, std::string_view source,
                   std::uint64_t max_bytes) {
  constexpr std::size_t kShortPrefix = 10;
  constexpr std::size_t kLongPrefix = 12;
  const bool has_magic =
      file.size() >= kShortPrefix && std::memcmp(file.data(), kMagic.data(), kMagic.size()) == 0;
  if (!has_magic) fail(ErrorCode::kBadFile, "{}: expected an NPY file, found another", source);
  const auto version = std::to_integer<int>(file[6]);
  if (version < 1 || version > 3 || (version > 1 && file.size() < kLongPrefix)) {
    fail(ErrorCode::kBadFile, "{}: expected NPY version 1 to 3, found {}", source, version);
  }
  const std::size_t prefix = version == 1 ? kShortPrefix : kLongPrefix;
  const std::size_t header_bytes = little_endian(file, 8, version == 1 ? 2 : 4);
  if (header_bytes > kMaxHeaderBytes || header_bytes > file.size() - prefix) {
    fail(ErrorCode::kBadFile, "{}: expected a header inside the file, found one of {} bytes",
         source, header_bytes);
  }
  const std::string_view text(reinterpret_cast<const char*>(file.data()) + prefix, header_bytes);
  const Header header = HeaderParser(text, source).parse();

  const char order = header.descr.front();
  const std::string_view descr = std::string_view(header.descr).substr(1);
  const auto* const type = std::find_if(kNpyTypes.begin(), kNpyTypes.end(),
                                        [&](const NpyTypeName& t) { return t.descr == descr; });
  const bool is_known = type != kNpyTypes.end() && (order == '<' || order == '>' || order == '=' ||
                                                    (order == '|' && type->size == 1));
  if (!is_known) {
    fail(ErrorCode::kBadFile, "{}: expected an array of numbers or booleans, found descr '{}'",
         source, header.descr);
  }
  const std::optional<std::uint64_t> bytes = array_bytes(*header.shape, type->size, max_bytes);
  if (!bytes) {
    fail(ErrorCode::kBadFile, "{}: expected an array of at most {} bytes, found a larger one",
         source, max_bytes);
  }
  const std::span<const std::byte> data = file.subspan(prefix + header_bytes);
  if (data.size() != *bytes) {
    fail(ErrorCode::kBadFile, "{}: expected {} bytes of elements, found {}", source, *bytes,
         data.size());
  }
  NpyArray array{type->type, *header.shape, {}};
  if (*header.fortran_order && array.shape.size() > 1) {
    array.bytes = to_c_order(data, array.shape, type->size);
  } else {
    array.bytes.assign(data.begin(), data.end());
  }
  if (order == '>') swap_byte_order(array.bytes, type->size);
  return array;
}

NpyArray load_npy(const std::filesystem::path& path, std::uint64_t max_bytes) {
  return parse_npy(read_file(path, max_bytes + kMaxHeaderBytes), path.string(), max_bytes);
}

std::vector<std::byte> npy_bytes(const NpyArray& array) {
  const std::optional<std::uint64_t> expected =
      array_bytes(array.shape, size_of(array.type), std::numeric_limits<std::uint64_t>::max());
  if (!expected || array.bytes.size() != *expected) {
    fail(ErrorCode::kInvalidArgument, "array: expected bytes for its shape, found {} of them",
         array.bytes.size());
  }
  std::string shape;
  for (const std::size_t side : array.shape) shape += std::to_string(side) + ", ";
  if (array.shape.size() > 1) shape.resize(shape.size() - 2);
  if (array.shape.size() == 1) shape.resize(shape.size() - 1);
  std::string header =
      fmt::format("{{'descr': '{}{}', 'fortran_order': False, 'shape': ({}), }}",
                  size_of(array.type) == 1 ? '|' : '<', type_name(array.type).descr, shape);
  // The elements begin at a multiple of 64 bytes; a header has at most 32 sides, far below 64 KiB.
  constexpr std::size_t kPrefix = 10;
  header.append(63 - (kPrefix + header.size()) % 64, ' ');
  header += '\n';

  std::vector<std::byte> file;
  file.reserve(kPrefix + header.size() + array.bytes.size());
  for (const std::uint8_t byte : kMagic) file.push_back(std::byte{byte});
  file.push_back(std::byte{1});
  file.push_back(std::byte{0});
  file.push_back(static_cast<std::byte>(header.size() & 0xffU));
  file.push_back(static_cast<std::byte>(header.size() >> 8U));
  const auto header_bytes = std::as_bytes(std::span(header));
  file.insert(file.end(), header_bytes.begin(), header_bytes.end());
  file.insert(file.end(), array.bytes.begin(), array.bytes.end());
  return file;
}

void save_npy(const std::filesystem::path& path, const NpyArray& array) {
  write_file(path, npy_bytes(array));
}

}  // namespace sam6d
