#include <array>
#include <bit>
#include <utility>

#include "base/fail.hpp"
#include "base/utf8.hpp"
#include "checkpoint/pickle_machine.hpp"
#include "checkpoint/torch_file.hpp"

namespace sam6d {
namespace {

// 0x1950a86a20f9469cfc6c as a pickled number has it.
constexpr std::string_view kMagic("\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19\0", 11);
constexpr std::int64_t kVersion = 1001;

void check_magic(PickleInput& input) {
  PickleDocument document;
  document.source = input.source();
  const PickleId magic = run_pickle(input, document);
  const auto* const number = value_if<PickleLong>(document, magic);
  if (number == nullptr || number->digits != kMagic) {
    fail(ErrorCode::kBadFile, "{}: expected a PyTorch file, found a pickle of {}", document.source,
         describe(document, magic));
  }
  const PickleId version = run_pickle(input, document);
  const auto* const found = value_if<std::int64_t>(document, version);
  if (found == nullptr || *found != kVersion) {
    fail(ErrorCode::kBadFile, "{}: expected protocol version {} of PyTorch's files, found {}",
         document.source, kVersion, describe(document, version));
  }
}

void check_byte_order(PickleInput& input) {
  PickleDocument document;
  document.source = input.source();
  const PickleId system = run_pickle(input, document);
  const auto* const facts = value_if<PickleDict>(document, system);
  if (facts == nullptr) {
    fail_pickle(document, "expected facts about the system, found {}", describe(document, system));
  }
  for (const auto& [key, value] : facts->items) {
    if (text_if(document, key) != "little_endian") continue;
    const auto* const little = value_if<bool>(document, value);
    if (little == nullptr || !*little) {
      fail(ErrorCode::kBadFile, "{}: expected tensors in little endian, found big endian",
           document.source);
    }
  }
}

/// Keys of the storages in the order in which they follow.
std::vector<std::string> read_keys(PickleInput& input) {
  PickleDocument document;
  document.source = input.source();
  const PickleId list = run_pickle(input, document);
  std::vector<std::string> keys;
  for (const PickleId item : items_of(document, list, "the list of the storages' keys")) {
    const auto key = text_if(document, item);
    if (!key) fail_pickle(document, "expected a storage's key, found {}", describe(document, item));
    keys.emplace_back(*key);
  }
  return keys;
}

}  // namespace

TorchFile read_torch_legacy(const FileBytes& file) {
  PickleInput input(file, 0, file.size());
  check_magic(input);
  check_byte_order(input);
  TorchFile torch;
  torch.document.source = file.source();
  torch.root = run_pickle(input, torch.document);
  const std::vector<PickledStorage>& records = torch.document.storages;
  const std::vector<std::string> keys = read_keys(input);

  std::vector<std::optional<Storage>> found(records.size());
  std::uint64_t position = input.position();
  for (const std::string& key : keys) {
    const auto known = torch.document.storage_of_key.find(key);
    if (known == torch.document.storage_of_key.end() || found[known->second]) {
      fail(ErrorCode::kBadFile, "{}: found a storage {} that no tensor has, or twice",
           file.source(), quoted_text(key));
    }
    const PickledStorage& record = records[known->second];
    const std::uint64_t element = record.dtype ? size_of(*record.dtype) : 1;
    std::array<std::byte, sizeof(std::uint64_t)> count_bytes;
    file.read(position, count_bytes);
    const auto count = std::bit_cast<std::uint64_t>(count_bytes);
    position += count_bytes.size();
    if (count != record.size / element || record.size > file.size() - position) {
      fail(ErrorCode::kBadFile,
           "{}: expected storage {} of {} bytes at byte {}, found {} elements of {} bytes and {} "
           "bytes to the end of the file",
           file.source(), quoted_text(key), record.size, position, count, element,
           file.size() - position);
    }
    Storage storage;
    storage.name = "storage " + key;
    storage.offset = position;
    storage.size = storage.packed_size = record.size;
    found[known->second] = std::move(storage);
    position += record.size;
  }
  for (std::size_t i = 0; i < records.size(); ++i) {
    if (records[i].content) {
      found[i] = storage_in_pickle(records[i]);
    } else if (!found[i]) {
      fail(ErrorCode::kBadFile, "{}: expected storage {} behind the pickles, found none",
           file.source(), quoted_text(records[i].key));
    }
    torch.storages.push_back(std::move(*found[i]));
  }
  return torch;
}

}  // namespace sam6d
