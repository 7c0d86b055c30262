#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <libdeflate.h>

/// Writes files as torch.save does, and such as it never would.
namespace sam6d::test {

/// A number as little-endian bytes.
template <class T>
std::string raw(T value) {
  return {reinterpret_cast<const char*>(&value), sizeof(value)};
}

template <class T>
std::string raw_elements(std::span<const T> values) {
  return {reinterpret_cast<const char*>(values.data()), values.size_bytes()};
}

/// A pickle, opcode by opcode.
class PickleWriter {
 public:
  PickleWriter() = default;

  PickleWriter& bytes(std::string_view opcodes) {
    out_ += opcodes;
    return *this;
  }
  PickleWriter& text(std::string_view value) {
    return bytes("X").bytes(raw(static_cast<std::uint32_t>(value.size()))).bytes(value);
  }
  PickleWriter& number(std::int64_t value) { return bytes("\x8a\x08").bytes(raw(value)); }
  PickleWriter& global(std::string_view module, std::string_view name) {
    return bytes("c").bytes(module).bytes("\n").bytes(name).bytes("\n");
  }
  PickleWriter& numbers(std::span<const std::int64_t> values) {
    bytes("(");
    for (const std::int64_t value : values) number(value);
    return bytes("t");
  }
  /// The persistent id of a storage, and its look-up.
  PickleWriter& storage(std::string_view type, std::string_view key, std::int64_t elements) {
    return bytes("(")
        .text("storage")
        .global("torch", type)
        .text(key)
        .text("cpu")
        .number(elements)
        .bytes("tQ");
  }
  /// Of a legacy file, which has a view (none here) at the end.
  PickleWriter& legacy_storage(std::string_view type, std::string_view key, std::int64_t elements) {
    return bytes("(")
        .text("storage")
        .global("torch", type)
        .text(key)
        .text("cpu")
        .number(elements)
        .bytes("NtQ");
  }
  /// A tensor of the storage that was put on the stack since begin_tensor().
  PickleWriter& begin_tensor() { return global("torch._utils", "_rebuild_tensor_v2").bytes("("); }
  PickleWriter& end_tensor(std::int64_t offset, std::span<const std::int64_t> shape,
                           std::span<const std::int64_t> strides) {
    return number(offset)
        .numbers(shape)
        .numbers(strides)
        .bytes("\x89")
        .global("collections", "OrderedDict")
        .bytes(")RtR");
  }
  PickleWriter& tensor(std::string_view type, std::string_view key, std::int64_t elements,
                       std::int64_t offset, std::span<const std::int64_t> shape,
                       std::span<const std::int64_t> strides) {
    return begin_tensor().storage(type, key, elements).end_tensor(offset, shape, strides);
  }
  /// A float tensor of one dimension that is all of its storage.
  PickleWriter& floats(std::string_view key, std::int64_t count) {
    return tensor("FloatStorage", key, count, 0, std::array{count}, std::array<std::int64_t, 1>{1});
  }

  /// The whole pickle.
  [[nodiscard]] std::string stop() const { return "\x80\x02" + out_ + "."; }
  [[nodiscard]] std::string stop(std::string_view more) const {
    return "\x80\x02" + out_ + std::string(more) + ".";
  }

 private:
  std::string out_;
};

struct ZipOptions {
  bool deflate = false;
  bool zip64 = false;
  bool checksums = true;
  std::string comment = {};
};

/// A zip archive; names may repeat.
inline std::string zip_bytes(const std::vector<std::pair<std::string, std::string>>& members,
                             const ZipOptions& options = {}) {
  std::string out;
  std::string directory;
  for (const auto& [name, content] : members) {
    std::string packed = content;
    if (options.deflate) {
      libdeflate_compressor* const compressor = libdeflate_alloc_compressor(6);
      packed.resize(libdeflate_deflate_compress_bound(compressor, content.size()));
      packed.resize(libdeflate_deflate_compress(compressor, content.data(), content.size(),
                                                packed.data(), packed.size()));
      libdeflate_free_compressor(compressor);
    }
    const std::uint32_t crc =
        options.checksums ? libdeflate_crc32(0, content.data(), content.size()) : 0;
    const auto method = static_cast<std::uint16_t>(options.deflate ? 8 : 0);
    // Padding in the local header alone, as torch.save aligns storages.
    const std::string padding = "FB" + raw<std::uint16_t>(5) + "ZZZZZ";
    const std::string common =
        raw<std::uint16_t>(0) + raw(method) + raw<std::uint32_t>(0) + raw(crc);
    const auto small = [&](std::uint64_t value) {
      return raw(options.zip64 ? 0xffffffffU : static_cast<std::uint32_t>(value));
    };
    const std::string extra =
        options.zip64
            ? raw<std::uint16_t>(1) + raw<std::uint16_t>(24) + raw<std::uint64_t>(content.size()) +
                  raw<std::uint64_t>(packed.size()) + raw<std::uint64_t>(out.size())
            : std::string();
    directory += "PK\x01\x02" + raw<std::uint16_t>(20) + raw<std::uint16_t>(20) + common +
                 small(packed.size()) + small(content.size()) +
                 raw(static_cast<std::uint16_t>(name.size())) +
                 raw(static_cast<std::uint16_t>(extra.size())) + raw<std::uint16_t>(0) +
                 std::string(8, '\0') + small(out.size()) + name + extra;
    out += "PK\x03\x04" + raw<std::uint16_t>(20) + common +
           raw(static_cast<std::uint32_t>(packed.size())) +
           raw(static_cast<std::uint32_t>(content.size())) +
           raw(static_cast<std::uint16_t>(name.size())) +
           raw(static_cast<std::uint16_t>(padding.size())) + name + padding + packed;
  }
  const std::uint64_t begin = out.size();
  out += directory;
  if (options.zip64) {
    const std::uint64_t end64 = out.size();
    out += "PK\x06\x06" + raw<std::uint64_t>(44) + raw<std::uint16_t>(45) + raw<std::uint16_t>(45) +
           raw<std::uint64_t>(0) + raw<std::uint64_t>(members.size()) +
           raw<std::uint64_t>(members.size()) + raw<std::uint64_t>(directory.size()) + raw(begin);
    out += "PK\x06\x07" + raw<std::uint32_t>(0) + raw(end64) + raw<std::uint32_t>(1);
  }
  const auto count = static_cast<std::uint16_t>(options.zip64 ? 0xffff : members.size());
  out += "PK\x05\x06" + raw<std::uint32_t>(0) + raw(count) + raw(count) +
         raw(options.zip64 ? 0xffffffffU : static_cast<std::uint32_t>(directory.size())) +
         raw(options.zip64 ? 0xffffffffU : static_cast<std::uint32_t>(begin)) +
         raw(static_cast<std::uint16_t>(options.comment.size())) + options.comment;
  return out;
}

using Storages = std::map<std::string, std::string>;  ///< bytes by key

/// What torch.save writes today.
inline std::string torch_zip(const std::string& pickle, const Storages& storages,
                             const ZipOptions& options = {}) {
  std::vector<std::pair<std::string, std::string>> members = {{"file/data.pkl", pickle},
                                                              {"file/byteorder", "little"}};
  for (const auto& [key, content] : storages) members.emplace_back("file/data/" + key, content);
  members.emplace_back("file/version", "3\n");
  return zip_bytes(members, options);
}

/// What it wrote before; `element` is the size of all storages' elements.
inline std::string torch_legacy(const std::string& pickle, const Storages& storages,
                                std::size_t element) {
  using namespace std::string_literals;
  std::string out = "\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19."s;
  out += "\x80\x02M\xe9\x03."s;
  out += PickleWriter().bytes("}(").text("little_endian").bytes("\x88u").stop();
  out += pickle;
  PickleWriter keys;
  keys.bytes("](");
  for (const auto& [key, content] : storages) keys.text(key);
  out += keys.stop("e");
  for (const auto& [key, content] : storages) {
    out += raw<std::uint64_t>(content.size() / element) + content;
  }
  return out;
}

/// {name: float tensor of one dimension} in a file as written today.
inline std::string torch_file(const std::map<std::string, std::vector<float>>& tensors) {
  PickleWriter pickle;
  pickle.bytes("}(");
  Storages storages;
  for (const auto& [name, values] : tensors) {
    const std::string key = std::to_string(storages.size());
    pickle.text(name).floats(key, static_cast<std::int64_t>(values.size()));
    storages[key] = raw_elements(std::span<const float>(values));
  }
  return torch_zip(pickle.stop("u"), storages);
}

}  // namespace sam6d::test
