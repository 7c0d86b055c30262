#include "checkpoint/file_bytes.hpp"

#include <algorithm>
#include <array>

#include <doctest/doctest.h>

#include "io/temporary_folder.hpp"

namespace sam6d::test {
namespace {

std::string part(const FileBytes& file, std::uint64_t offset, std::size_t count) {
  std::string text(count, '\0');
  file.read(offset, std::as_writable_bytes(std::span(text)));
  return text;
}

TEST_CASE("open, mapped and in memory, a file is the same") {
  const TemporaryFolder folder;
  const std::string content = "0123456789";
  const auto path = folder.file("a", content);
  const FileBytes in_memory = FileBytes::in_memory(std::as_bytes(std::span(content)), "name");
  for (const FileBytes& file :
       {FileBytes::open(path), FileBytes::map(path), in_memory, in_memory.as_if_on_disk()}) {
    CHECK(file.size() == 10);
    CHECK(part(file, 0, 10) == content);
    CHECK(part(file, 3, 4) == "3456");
    CHECK(part(file, 10, 0).empty());
    for (const auto& outside :
         {std::pair(std::uint64_t{8}, std::size_t{3}), {std::uint64_t{11}, 0}, {UINT64_MAX, 2}}) {
      CHECK(contains(
          error_of(ErrorCode::kBadFile, [&] { (void)part(file, outside.first, outside.second); }),
          "found the end of the file at 10"));
    }
  }
  CHECK(!FileBytes::open(path).memory());
  CHECK(FileBytes::map(path).memory()->size() == 10);
  CHECK(in_memory.memory()->data() == std::as_bytes(std::span(content)).data());
  CHECK(!in_memory.as_if_on_disk().memory());
  CHECK(FileBytes::open(path).source() == path.string());
  CHECK(in_memory.source() == "name");
}

TEST_CASE("an empty file can be mapped") {
  const TemporaryFolder folder;
  const FileBytes file = FileBytes::map(folder.file("empty", ""));
  CHECK(file.size() == 0);
  CHECK(file.memory()->empty());
}

TEST_CASE("a file that becomes shorter is an error, not the end of the process") {
  const TemporaryFolder folder;
  const auto path = folder.file("a", std::string(100'000, 'x'));
  const FileBytes file = FileBytes::open(path);
  std::filesystem::resize_file(path, 10);
  CHECK(contains(error_of(ErrorCode::kBadFile, [&] { (void)part(file, 0, 100'000); }),
                 "became shorter while it was read"));
}

TEST_CASE("mapped pages live as long as somebody keeps their owner") {
  const TemporaryFolder folder;
  std::shared_ptr<const void> owner;
  std::span<const std::byte> bytes;
  {
    const FileBytes file = FileBytes::map(folder.file("a", "abc"));
    owner = file.owner();
    bytes = *file.memory();
  }
  CHECK(std::to_integer<char>(bytes[2]) == 'c');
}

}  // namespace
}  // namespace sam6d::test
