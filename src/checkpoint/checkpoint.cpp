#include "sam6d/checkpoint.hpp"

#include <algorithm>
#include <array>
#include <cstring>

#include "base/fail.hpp"
#include "checkpoint/checkpoint_data.hpp"
#include "checkpoint/safetensors_header.hpp"
#include "checkpoint/torch_file.hpp"

namespace sam6d {
namespace {

constexpr std::size_t kHeadBytes = 64;
constexpr int kMaxThreads = 1024;

/// What a file that is none of ours seems to be, from its first bytes.
std::string_view kind_of_other_file(std::string_view head) {
  if (head.empty()) return "an empty file";
  if (head.starts_with("version https://git-lfs")) {
    return "a pointer of git-lfs, which stands for the file (git lfs pull)";
  }
  const std::size_t first = head.find_first_not_of(" \t\r\n");
  if (first != std::string_view::npos && head[first] == '<') return "a web page";
  const bool text = std::ranges::all_of(
      head, [](char c) { return (c >= ' ' && c <= '~') || c == '\n' || c == '\r' || c == '\t'; });
  return text ? "a text" : "other bytes";
}

/// Whether the file starts as a safetensors file does: the length of the JSON that follows. No
/// pickle and no archive reads as a length that fits.
bool looks_like_safetensors(const FileBytes& file, std::string_view head) {
  if (file.source().ends_with(".safetensors")) return true;
  std::uint64_t length = 0;
  if (head.size() <= sizeof(length)) return false;
  std::memcpy(&length, head.data(), sizeof(length));
  return head[sizeof(length)] == '{' && length <= file.size() - sizeof(length);
}

}  // namespace

std::string_view to_string(CheckpointFormat format) noexcept {
  switch (format) {
    case CheckpointFormat::kSafetensors: return "safetensors";
    case CheckpointFormat::kTorchZip: return "PyTorch zip";
    case CheckpointFormat::kTorchLegacy: return "PyTorch legacy";
  }
  return "unknown";
}

void CheckpointOptions::validate() const {
  if (threads < 0 || threads > kMaxThreads) {
    fail(ErrorCode::kInvalidArgument, "CheckpointOptions::threads: expected 0 to {}, found {}",
         kMaxThreads, threads);
  }
}

CheckpointIndex index_file(const FileBytes& file, bool verify_checksums) {
  std::array<char, kHeadBytes> bytes;
  const std::size_t count = std::min<std::uint64_t>(file.size(), bytes.size());
  file.read(0, std::as_writable_bytes(std::span(bytes).first(count)));
  const std::string_view head(bytes.data(), count);
  if (looks_like_safetensors(file, head)) return index_safetensors(file);
  if (head.starts_with("PK")) {
    return index_torch(read_torch_zip(file, verify_checksums), CheckpointFormat::kTorchZip);
  }
  if (head.starts_with('\x80')) {
    return index_torch(read_torch_legacy(file), CheckpointFormat::kTorchLegacy);
  }
  fail(ErrorCode::kBadFile,
       "{}: expected weights (PyTorch's .pth or .pt, or .safetensors), found {}", file.source(),
       kind_of_other_file(head));
}

std::shared_ptr<const CheckpointData> read_checkpoint(const FileBytes& file,
                                                      const CheckpointOptions& options,
                                                      const ProgressFn& progress,
                                                      std::uint64_t free_bytes) {
  options.validate();
  CheckpointIndex index = index_file(file, options.verify_checksums);
  LoadedTensors loaded = load_tensors(file, index, options, progress, free_bytes);
  auto data = std::make_shared<CheckpointData>();
  data->format = index.format;
  data->source = file.source();
  data->metadata = std::move(index.metadata);
  data->owners = std::move(loaded.owners);
  for (const NamedTensor& named : index.names) {
    data->tensors.emplace(named.name, loaded.views[named.tensor]);
    data->groups.emplace(named.name, named.group);
  }
  return data;
}

CheckpointContents list_checkpoint(const std::filesystem::path& path) {
  const FileBytes file = FileBytes::open(path);
  CheckpointIndex index = index_file(file, true);
  CheckpointContents contents;
  contents.format = index.format;
  contents.metadata = std::move(index.metadata);
  for (NamedTensor& named : index.names) {
    const StoredTensor& tensor = index.tensors[named.tensor];
    contents.tensors.push_back({std::move(named.name), tensor.dtype, tensor.shape});
  }
  return contents;
}

Checkpoint Checkpoint::from_file(const std::filesystem::path& path,
                                 const CheckpointOptions& options, const ProgressFn& progress) {
  const FileBytes file = options.memory_map ? FileBytes::map(path) : FileBytes::open(path);
  return Checkpoint(read_checkpoint(file, options, progress));
}

Checkpoint Checkpoint::from_memory(std::span<const std::byte> file, std::string_view source,
                                   std::shared_ptr<const void> owner,
                                   const CheckpointOptions& options) {
  return Checkpoint(read_checkpoint(FileBytes::in_memory(file, source, std::move(owner)), options));
}

CheckpointFormat Checkpoint::format() const { return data_->format; }
const TensorViewMap& Checkpoint::tensors() const { return data_->tensors; }
const Metadata& Checkpoint::metadata() const { return data_->metadata; }
const std::string& Checkpoint::source() const { return data_->source; }

}  // namespace sam6d
