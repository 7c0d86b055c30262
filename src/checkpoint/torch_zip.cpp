#include <memory>

#include "base/fail.hpp"
#include "base/utf8.hpp"
#include "checkpoint/pickle_machine.hpp"
#include "checkpoint/stored_bytes.hpp"
#include "checkpoint/torch_file.hpp"
#include "checkpoint/zip_directory.hpp"

namespace sam6d {
namespace {

constexpr std::string_view kPickle = "data.pkl";
constexpr std::uint64_t kMaxByteOrder = 16;
constexpr std::uint64_t kMaxDeflatedPickle = std::uint64_t{1} << 28U;

/// The name of the archive's pickle, which the other names have in common up to its last slash.
std::string pickle_name(const FileBytes& file, const ZipDirectory& directory) {
  std::string found;
  for (const auto& [name, member] : directory.members) {
    if (name != kPickle && !name.ends_with("/" + std::string(kPickle))) continue;
    if (!found.empty()) {
      fail(ErrorCode::kBadFile, "{}: expected one {}, found {} and {}", file.source(), kPickle,
           found, name);
    }
    found = name;
  }
  if (found.empty()) {
    fail(ErrorCode::kBadFile,
         "{}: expected a PyTorch file, found a zip archive of {} members without {}", file.source(),
         directory.members.size(), kPickle);
  }
  return found;
}

void check_byte_order(const FileBytes& file, const Storage& record, bool verify_checksums) {
  std::string order;
  if (record.size <= kMaxByteOrder) {
    const std::vector<std::byte> bytes = read_storage(file, record, verify_checksums);
    order.assign(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  }
  if (order != "little") {
    fail(ErrorCode::kBadFile, "{}: expected tensors in byte order \"little\", found {}",
         file.source(), quoted_text(order));
  }
}

PickleId run_member(const FileBytes& file, const Storage& member, bool verify_checksums,
                    PickleDocument& document) {
  if (!member.deflated) {
    if (verify_checksums) check_crc32(file, member);
    PickleInput input(file, member.offset, member.offset + member.size);
    return run_pickle(input, document);
  }
  if (member.size > kMaxDeflatedPickle) {
    fail(ErrorCode::kBadFile, "{}: {}: expected at most {} bytes, found {}", file.source(),
         member.name, kMaxDeflatedPickle, member.size);
  }
  const auto bytes =
      std::make_shared<const std::vector<std::byte>>(read_storage(file, member, verify_checksums));
  PickleInput input(FileBytes::in_memory(*bytes, file.source(), bytes), 0, bytes->size());
  return run_pickle(input, document);
}

/// The storage as the archive has it, which must be as long as the pickle says.
Storage checked_storage(const FileBytes& file, Storage found, const PickledStorage& record) {
  const std::uint64_t element = record.dtype ? size_of(*record.dtype) : 1;
  if (found.size - found.size % element != record.size) {
    fail(ErrorCode::kBadFile, "{}: expected {} to have {} bytes, found {}", file.source(),
         found.name, record.size, found.size);
  }
  return found;
}

}  // namespace

TorchFile read_torch_zip(const FileBytes& file, bool verify_checksums) {
  const ZipDirectory directory = read_zip_directory(file);
  const std::string pickle = pickle_name(file, directory);
  const std::string folder = pickle.substr(0, pickle.size() - kPickle.size());
  const auto member = [&](const std::string& name) -> std::optional<Storage> {
    const auto found = directory.members.find(folder + name);
    if (found == directory.members.end()) return std::nullopt;
    return locate(file, directory, found->first, found->second);
  };

  if (const std::optional<Storage> order = member("byteorder")) {
    check_byte_order(file, *order, verify_checksums);
  }
  TorchFile torch;
  torch.document.source = file.source();
  torch.root = run_member(file, *member(std::string(kPickle)), verify_checksums, torch.document);
  for (const PickledStorage& record : torch.document.storages) {
    if (record.content) {
      torch.storages.push_back(storage_in_pickle(record));
      continue;
    }
    std::optional<Storage> found = member("data/" + record.key);
    if (!found) {
      fail(ErrorCode::kBadFile, "{}: expected a member {}data/{}, found none", file.source(),
           folder, record.key);
    }
    torch.storages.push_back(checked_storage(file, std::move(*found), record));
  }
  return torch;
}

}  // namespace sam6d
