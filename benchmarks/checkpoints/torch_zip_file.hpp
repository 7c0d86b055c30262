#pragma once

#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>

#include <libdeflate.h>

#include "support/torch_writer.hpp"

namespace sam6d::bench {

/// Writes an archive as torch.save does, one member after the other, so that files of gigabytes
/// never lie in memory: members are stored, their bytes aligned to 64, below 4 GiB in all.
class TorchZipFile {
 public:
  explicit TorchZipFile(const std::filesystem::path& path)
      : file_(std::fopen(path.c_str(), "wb")), folder_(path.stem().string() + "/") {
    if (file_ == nullptr) throw std::runtime_error("cannot write " + path.string());
  }
  TorchZipFile(const TorchZipFile&) = delete;
  TorchZipFile& operator=(const TorchZipFile&) = delete;
  ~TorchZipFile() {
    if (file_ != nullptr) std::fclose(file_);
  }

  void add(std::string_view name, std::span<const std::byte> content) {
    using test::raw;
    const std::string path = folder_ + std::string(name);
    const auto size = static_cast<std::uint32_t>(content.size());
    // Without a time, stored: version, flags, method, time, date, checksum, both sizes, name.
    const std::string common = raw<std::uint16_t>(0) + raw<std::uint16_t>(0) +
                               raw<std::uint32_t>(0) +
                               raw(libdeflate_crc32(0, content.data(), content.size())) +
                               raw(size) + raw(size) + raw(static_cast<std::uint16_t>(path.size()));
    const std::uint64_t begin = written_;
    const std::uint64_t unpadded = begin + kLocalHeader + path.size() + kExtraHeader;
    const auto padding = static_cast<std::uint16_t>((kLine - unpadded % kLine) % kLine);
    write("PK\x03\x04" + raw<std::uint16_t>(20) + common +
          raw(static_cast<std::uint16_t>(kExtraHeader + padding)) + path + "FB" + raw(padding) +
          std::string(padding, 'Z'));
    write({reinterpret_cast<const char*>(content.data()), content.size()});
    directory_ += "PK\x01\x02" + raw<std::uint16_t>(20) + raw<std::uint16_t>(20) + common +
                  raw<std::uint16_t>(0) + raw<std::uint16_t>(0) + std::string(8, '\0') +
                  raw(static_cast<std::uint32_t>(begin)) + path;
    ++members_;
  }
  void add(std::string_view name, std::string_view content) {
    add(name, std::as_bytes(std::span(content)));
  }

  void finish() {
    using test::raw;
    const std::uint64_t begin = written_;
    write(directory_);
    if (written_ >= kMostBytes) throw std::runtime_error("archives end below 4 GiB");
    write("PK\x05\x06" + raw<std::uint32_t>(0) + raw(members_) + raw(members_) +
          raw(static_cast<std::uint32_t>(directory_.size())) +
          raw(static_cast<std::uint32_t>(begin)) + raw<std::uint16_t>(0));
    const bool closed = std::fclose(file_) == 0;
    file_ = nullptr;
    if (!closed) throw std::runtime_error("the archive could not be written");
  }

 private:
  static constexpr std::uint64_t kLine = 64;
  static constexpr std::uint64_t kLocalHeader = 30;
  static constexpr std::uint64_t kExtraHeader = 4;
  static constexpr std::uint64_t kMostBytes = 0xffffffffU;

  void write(std::string_view bytes) {
    if (std::fwrite(bytes.data(), 1, bytes.size(), file_) != bytes.size()) {
      throw std::runtime_error("the archive could not be written");
    }
    written_ += bytes.size();
  }

  std::FILE* file_;
  std::string folder_;
  std::string directory_;
  std::uint64_t written_ = 0;
  std::uint16_t members_ = 0;
};

}  // namespace sam6d::bench
