#include "checkpoint/zip_directory.hpp"

#include <doctest/doctest.h>

#include "checkpoint/stored_bytes.hpp"
#include "support/errors.hpp"
#include "support/torch_writer.hpp"

namespace sam6d::test {
namespace {

using Members = std::vector<std::pair<std::string, std::string>>;

FileBytes file_of(const std::string& bytes) {
  return FileBytes::in_memory(std::as_bytes(std::span(bytes)), "file");
}

std::string content(const std::string& archive, const std::string& name, bool on_disk) {
  FileBytes file = file_of(archive);
  if (on_disk) file = file.as_if_on_disk();
  const ZipDirectory directory = read_zip_directory(file);
  const Storage storage = locate(file, directory, name, directory.members.at(name));
  const std::vector<std::byte> bytes = read_storage(file, storage, true);
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

void check_refused(const std::string& archive, const std::string& expected) {
  const auto read = [&] {
    const FileBytes file = file_of(archive);
    const ZipDirectory directory = read_zip_directory(file);
    for (const auto& [name, member] : directory.members) {
      (void)read_storage(file, locate(file, directory, name, member), true);
    }
  };
  check_error(read, ErrorCode::kBadFile, expected);
}

TEST_CASE("members come back, stored or deflated, with 32 or 64 bits, behind any comment") {
  const std::string text = "some text some text some text";
  const Members members = {{"a/b", text}, {"c", ""}, {"d", std::string(100'000, 'x')}};
  for (const bool deflate : {false, true}) {
    for (const bool zip64 : {false, true}) {
      for (const std::string& comment : {std::string(), std::string(60'000, 'c')}) {
        const std::string archive =
            zip_bytes(members, {.deflate = deflate, .zip64 = zip64, .comment = comment});
        for (const bool on_disk : {false, true}) {
          CHECK(content(archive, "a/b", on_disk) == text);
          CHECK(content(archive, "c", on_disk).empty());
          CHECK(content(archive, "d", on_disk) == std::string(100'000, 'x'));
        }
      }
    }
  }
  CHECK(read_zip_directory(file_of(zip_bytes({}))).members.empty());
}

TEST_CASE("a comment may look like an end record") {
  // The record's own length of comment tells them apart.
  const std::string comment = "PK\x05\x06 and more than twenty-two bytes";
  CHECK(content(zip_bytes({{"a", "b"}}, {.comment = comment}), "a", false) == "b");
}

TEST_CASE("archives that are cut short anywhere are refused") {
  const std::string whole = zip_bytes({{"a", "bcd"}, {"e", "f"}}, {.zip64 = true});
  for (std::size_t size = 0; size < whole.size(); ++size) {
    check_refused(whole.substr(0, size), "zip archive");
  }
}

TEST_CASE("every byte of the records may be wrong") {
  const std::string whole = zip_bytes({{"a", "bcd"}, {"e", "f"}});
  int refused = 0;
  for (std::size_t i = 0; i < whole.size(); ++i) {
    for (const char change : {'\x01', '\xff'}) {
      std::string damaged = whole;
      damaged[i] = static_cast<char>(damaged[i] ^ change);
      try {
        const FileBytes file = file_of(damaged);
        const ZipDirectory directory = read_zip_directory(file);
        for (const auto& [name, member] : directory.members) {
          (void)read_storage(file, locate(file, directory, name, member), true);
        }
      } catch (const Error& error) {
        CHECK(error.code() == ErrorCode::kBadFile);
        ++refused;
      }
    }
  }
  CHECK(refused > 100);
}

TEST_CASE("members that mean harm") {
  check_refused(zip_bytes({{"../a", "b"}}), "names of members inside the archive");
  check_refused(zip_bytes({{"a/../../b", "b"}}), "names of members inside the archive");
  check_refused(zip_bytes({{"/etc/passwd", "b"}}), "names of members inside the archive");
  check_refused(zip_bytes({{"a\\b", "b"}}), "names of members inside the archive");
  check_refused(zip_bytes({{"a", "b"}, {"a", "c"}}), "two members a");

  const std::string whole = zip_bytes({{"name", "content"}});
  const std::size_t entry = whole.find("PK\x01\x02");
  const auto with = [&](std::size_t at, const std::string& bytes) {
    std::string changed = whole;
    changed.replace(entry + at, bytes.size(), bytes);
    return changed;
  };
  check_refused(with(8, raw<std::uint16_t>(1)), "encrypted");
  check_refused(with(10, raw<std::uint16_t>(12)), "method 12");
  check_refused(with(16, raw<std::uint32_t>(7)), "checksum");
  check_refused(with(24, raw<std::uint32_t>(100)), "two sizes");
  check_refused(with(20, raw<std::uint32_t>(2'000'000'000) + raw<std::uint32_t>(2'000'000'000)),
                "expected name before byte");
  check_refused(with(42, raw<std::uint32_t>(1)), "expected name with 7 bytes");
  check_refused(with(46, "nama"), "expected nama with 7 bytes");
  // The directory says deflated; the bytes are not.
  check_refused(with(10, raw<std::uint16_t>(8)), "damaged");
}

TEST_CASE("a deflated member may not promise more than deflate can hold") {
  const std::string content(1000, 'x');
  std::string archive = zip_bytes({{"a", content}}, {.deflate = true});
  const std::size_t entry = archive.find("PK\x01\x02");
  archive.replace(entry + 24, 4, raw<std::uint32_t>(4'000'000'000));
  check_refused(archive, "deflated ones");
}

TEST_CASE("without checksums a damaged member goes unnoticed, as its writer wanted") {
  std::string archive = zip_bytes({{"a", "content"}}, {.checksums = false});
  archive[archive.find("content")] = 'C';
  CHECK(content(archive, "a", false) == "Content");
}

}  // namespace
}  // namespace sam6d::test
