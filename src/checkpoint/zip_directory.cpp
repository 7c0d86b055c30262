#include "checkpoint/zip_directory.hpp"

#include <algorithm>
#include <string_view>
#include <vector>

#include "base/fail.hpp"
#include "base/utf8.hpp"
#include "checkpoint/byte_cursor.hpp"

namespace sam6d {
namespace {

constexpr std::uint32_t kEndSignature = 0x06054b50;
constexpr std::uint32_t kEnd64Signature = 0x06064b50;
constexpr std::uint32_t kEnd64LocatorSignature = 0x07064b50;
constexpr std::uint32_t kMemberSignature = 0x02014b50;
constexpr std::uint32_t kLocalSignature = 0x04034b50;
constexpr std::size_t kEndBytes = 22;
constexpr std::size_t kEnd64Bytes = 56;
constexpr std::size_t kEnd64LocatorBytes = 20;
constexpr std::size_t kMemberBytes = 46;
constexpr std::size_t kLocalBytes = 30;
constexpr std::size_t kMaxComment = 0xffff;
constexpr std::uint16_t kZip64Extra = 1;
constexpr std::uint16_t kEncrypted = 1;
constexpr std::uint16_t kStored = 0;
constexpr std::uint16_t kDeflated = 8;
constexpr std::uint16_t kSee64In16 = 0xffff;
constexpr std::uint32_t kSee64In32 = 0xffffffff;

// A checkpoint has a member a storage; the directory takes some 100 bytes for each.
constexpr std::uint64_t kMaxMembers = std::uint64_t{1} << 20U;
constexpr std::uint64_t kMaxDirectoryBytes = std::uint64_t{1} << 28U;

[[noreturn]] void fail_zip(const FileBytes& file, std::string_view what) {
  fail(ErrorCode::kBadFile, "{}: no whole zip archive: {}", file.source(), what);
}

std::vector<std::byte> read_part(const FileBytes& file, std::uint64_t offset, std::uint64_t size) {
  if (offset > file.size() || size > file.size() - offset) {
    fail_zip(file, fmt::format("expected {} bytes at byte {}, found the end of the file at {}",
                               size, offset, file.size()));
  }
  std::vector<std::byte> bytes(static_cast<std::size_t>(size));
  file.read(offset, bytes);
  return bytes;
}

/// What the records at the end of the file say of the directory.
struct DirectoryPlace {
  std::uint64_t members = 0;
  std::uint64_t size = 0;
  std::uint64_t begin = 0;
  std::uint64_t limit = 0;  ///< where the record that says so begins
};

/// The end record: the last place from which its comment reaches to the end of the file exactly.
std::uint64_t find_end_record(const FileBytes& file) {
  const std::uint64_t tail_size = std::min<std::uint64_t>(file.size(), kEndBytes + kMaxComment);
  const std::vector<std::byte> tail = read_part(file, file.size() - tail_size, tail_size);
  if (tail.size() >= kEndBytes) {
    for (std::size_t at = tail.size() - kEndBytes + 1; at-- > 0;) {
      ByteCursor cursor{std::span(tail).subspan(at)};
      if (cursor.take<std::uint32_t>() != kEndSignature) continue;
      cursor.skip(16);
      if (cursor.take<std::uint16_t>() == cursor.rest()) return file.size() - tail_size + at;
    }
  }
  fail_zip(file, "found no end record; the file is damaged or cut short");
}

DirectoryPlace read_end64(const FileBytes& file, std::uint64_t end) {
  const std::vector<std::byte> locator_bytes =
      read_part(file, end - kEnd64LocatorBytes, kEnd64LocatorBytes);
  ByteCursor locator(locator_bytes);
  locator.skip(8);
  DirectoryPlace place;
  place.limit = locator.take<std::uint64_t>();
  const std::vector<std::byte> bytes = read_part(file, place.limit, kEnd64Bytes);
  ByteCursor record(bytes);
  if (record.take<std::uint32_t>() != kEnd64Signature) {
    fail_zip(file, fmt::format("expected a ZIP64 end record at byte {}", place.limit));
  }
  record.skip(20);
  const auto here = record.take<std::uint64_t>();
  place.members = record.take<std::uint64_t>();
  place.size = record.take<std::uint64_t>();
  place.begin = record.take<std::uint64_t>();
  if (here != place.members) fail_zip(file, "it is split into several files");
  return place;
}

DirectoryPlace find_directory(const FileBytes& file) {
  const std::uint64_t end = find_end_record(file);
  const std::vector<std::byte> bytes = read_part(file, end, kEndBytes);
  ByteCursor record(bytes);
  record.skip(4);
  const auto disk = record.take<std::uint16_t>();
  record.skip(2);
  const auto here = record.take<std::uint16_t>();
  DirectoryPlace place;
  place.members = record.take<std::uint16_t>();
  place.size = record.take<std::uint32_t>();
  place.begin = record.take<std::uint32_t>();
  place.limit = end;
  if (end >= kEnd64LocatorBytes) {
    const std::vector<std::byte> before = read_part(file, end - kEnd64LocatorBytes, 4);
    if (ByteCursor(before).take<std::uint32_t>() == kEnd64LocatorSignature) {
      return read_end64(file, end);
    }
  }
  if ((disk != 0 && disk != kSee64In16) || here != place.members) {
    fail_zip(file, "it is split into several files");
  }
  return place;
}

/// Replaces the numbers that do not fit the record by those of its ZIP64 extra field.
void read_zip64_extra(const FileBytes& file, std::span<const std::byte> extra, ZipMember& member) {
  std::uint64_t* const wanted[] = {
      member.size == kSee64In32 ? &member.size : nullptr,
      member.packed_size == kSee64In32 ? &member.packed_size : nullptr,
      member.header_offset == kSee64In32 ? &member.header_offset : nullptr};
  ByteCursor cursor(extra);
  while (cursor.rest() >= 4) {
    const auto id = cursor.take<std::uint16_t>();
    const auto size = cursor.take<std::uint16_t>();
    if (size > cursor.rest()) return;
    if (id != kZip64Extra) {
      cursor.skip(size);
      continue;
    }
    ByteCursor field(cursor.bytes(size));
    for (std::uint64_t* const number : wanted) {
      if (number == nullptr) continue;
      if (field.rest() < sizeof(*number)) fail_zip(file, "a ZIP64 extra field is too short");
      *number = field.take<std::uint64_t>();
    }
    return;
  }
}

std::string checked_name(const FileBytes& file, std::span<const std::byte> bytes) {
  std::string name(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  const std::string padded = "/" + name + "/";
  if (name.empty() || name.front() == '/' || name.find('\\') != std::string::npos ||
      padded.find("/../") != std::string::npos) {
    fail_zip(file, fmt::format("expected names of members inside the archive, found {}",
                               quoted_text(name)));
  }
  return name;
}

}  // namespace

ZipDirectory read_zip_directory(const FileBytes& file) {
  const DirectoryPlace place = find_directory(file);
  if (place.begin > place.limit || place.size > place.limit - place.begin) {
    fail_zip(file, fmt::format("expected the directory before byte {}, found {} bytes at {}",
                               place.limit, place.size, place.begin));
  }
  if (place.members > kMaxMembers || place.size > kMaxDirectoryBytes) {
    fail_zip(file,
             fmt::format("expected at most {} members, found {}", kMaxMembers, place.members));
  }
  const std::vector<std::byte> bytes = read_part(file, place.begin, place.size);
  ByteCursor cursor(bytes);
  ZipDirectory directory;
  directory.begin = place.begin;
  for (std::uint64_t i = 0; i < place.members; ++i) {
    if (cursor.rest() < kMemberBytes || cursor.take<std::uint32_t>() != kMemberSignature) {
      fail_zip(file, fmt::format("expected {} members, found {}", place.members, i));
    }
    cursor.skip(4);
    const auto flags = cursor.take<std::uint16_t>();
    const auto method = cursor.take<std::uint16_t>();
    cursor.skip(4);
    ZipMember member;
    member.crc32 = cursor.take<std::uint32_t>();
    member.packed_size = cursor.take<std::uint32_t>();
    member.size = cursor.take<std::uint32_t>();
    const auto name_size = cursor.take<std::uint16_t>();
    const auto extra_size = cursor.take<std::uint16_t>();
    const auto comment_size = cursor.take<std::uint16_t>();
    cursor.skip(8);
    member.header_offset = cursor.take<std::uint32_t>();
    if (cursor.rest() < std::size_t{name_size} + extra_size + comment_size) {
      fail_zip(file, fmt::format("expected {} members, found {}", place.members, i));
    }
    const std::string name = checked_name(file, cursor.bytes(name_size));
    read_zip64_extra(file, cursor.bytes(extra_size), member);
    cursor.skip(comment_size);
    if ((flags & kEncrypted) != 0) fail_zip(file, fmt::format("{} is encrypted", name));
    if (method != kStored && method != kDeflated) {
      fail_zip(file,
               fmt::format("expected {} to be stored or deflated, found method {}", name, method));
    }
    member.deflated = method == kDeflated;
    if (!member.deflated && member.packed_size != member.size) {
      fail_zip(file, fmt::format("{} is stored and has two sizes", name));
    }
    if (member.header_offset >= place.begin ||
        member.packed_size > place.begin - member.header_offset) {
      fail_zip(file, fmt::format("expected {} before byte {}, found {} bytes at {}", name,
                                 place.begin, member.packed_size, member.header_offset));
    }
    if (!directory.members.emplace(name, member).second) {
      fail_zip(file, fmt::format("found two members {}", name));
    }
  }
  if (cursor.rest() != 0) {
    fail_zip(file, fmt::format("expected {} members, found more", place.members));
  }
  return directory;
}

Storage locate(const FileBytes& file, const ZipDirectory& directory, const std::string& name,
               const ZipMember& member) {
  const std::vector<std::byte> bytes = read_part(file, member.header_offset, kLocalBytes);
  ByteCursor header(bytes);
  const auto signature = header.take<std::uint32_t>();
  header.skip(22);
  const auto name_size = header.take<std::uint16_t>();
  const auto extra_size = header.take<std::uint16_t>();
  const std::uint64_t begin = member.header_offset + kLocalBytes + name_size + extra_size;
  bool right = signature == kLocalSignature && name_size == name.size() &&
               begin <= directory.begin && member.packed_size <= directory.begin - begin;
  if (right) {
    const auto found = read_part(file, member.header_offset + kLocalBytes, name_size);
    right = std::ranges::equal(found, std::as_bytes(std::span(name)));
  }
  if (!right) {
    fail_zip(file, fmt::format("expected {} with {} bytes at byte {}", name, member.packed_size,
                               member.header_offset));
  }
  Storage storage;
  storage.name = name;
  storage.offset = begin;
  storage.packed_size = member.packed_size;
  storage.size = member.size;
  storage.deflated = member.deflated;
  // Writers that compute no checksum leave 0 there; a real one is 0 once in 2^32 members.
  if (member.crc32 != 0) storage.crc32 = member.crc32;
  return storage;
}

}  // namespace sam6d
