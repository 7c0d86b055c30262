#include "sam6d/file_io.hpp"

#include <sys/stat.h>

#include "io/temporary_folder.hpp"

namespace sam6d {
namespace {

using test::contains;
using test::error_of;
using test::TemporaryFolder;

TEST_CASE("a file comes back as it was written") {
  const TemporaryFolder folder;
  const auto path = folder.path() / "a.txt";
  write_text_file(path, "one");
  CHECK(read_text_file(path) == "one");
  write_text_file(path, std::string(3'000'000, 'x'));
  CHECK(read_file(path).size() == 3'000'000);
  write_text_file(path, "");
  CHECK(read_text_file(path).empty());
  CHECK(folder.count() == 1);  // no temporary file stays behind
}

TEST_CASE("reading is bounded and says what is wrong") {
  const TemporaryFolder folder;
  const auto path = folder.file("a.txt", "0123456789");
  CHECK(read_text_file(path, 10).size() == 10);
  CHECK(contains(error_of(ErrorCode::kBadFile, [&] { (void)read_file(path, 9); }),
                 "expected at most 9 bytes, found 10"));
  CHECK(contains(error_of(ErrorCode::kFileNotFound, [&] { (void)read_file(path / "b"); }),
                 (path / "b").string()));
  CHECK(contains(error_of(ErrorCode::kBadFile, [&] { (void)read_file(folder.path()); }),
                 "found a folder"));
  CHECK_THROWS_AS((void)read_file("/dev/zero", 5'000'000), Error);
}

TEST_CASE("a failed write says why and leaves nothing behind") {
  const TemporaryFolder folder;
  const auto file = folder.file("file", "old");
  const std::string text =
      error_of(ErrorCode::kWriteFailed, [&] { write_text_file(file / "below" / "a.json", "{}"); });
  CHECK(contains(text, (file / "below" / "a.json").string()));
  CHECK(contains(text, "Not a directory"));
  CHECK(contains(error_of(ErrorCode::kWriteFailed, [&] { write_text_file(folder.path(), ""); }),
                 "folder"));
  CHECK_THROWS_AS(write_text_file(folder.path() / "no" / "folder.txt", ""), Error);
  CHECK(read_text_file(file) == "old");
  CHECK(folder.count() == 1);
}

TEST_CASE("a link's file is replaced, not the link") {
  const TemporaryFolder folder;
  const auto file = folder.file("file", "old");
  const auto link = folder.path() / "link";
  std::filesystem::create_symlink(file, link);
  write_text_file(link, "new");
  CHECK(std::filesystem::is_symlink(link));
  CHECK(read_text_file(file) == "new");
}

TEST_CASE("a pipe is written to in place") {
  const TemporaryFolder folder;
  write_text_file("/dev/null", "text");
  CHECK_FALSE(std::filesystem::is_regular_file("/dev/null"));
}

TEST_CASE("a folder is made with its parents, and proven writable") {
  const TemporaryFolder folder;
  make_folder(folder.path() / "a" / "b");
  CHECK(std::filesystem::is_directory(folder.path() / "a" / "b"));
  CHECK(std::filesystem::is_empty(folder.path() / "a" / "b"));
  make_folder(folder.path() / "a");
  const auto file = folder.file("file", "");
  CHECK_THROWS_AS(make_folder(file), Error);
  CHECK(contains(error_of(ErrorCode::kWriteFailed, [&] { make_folder(file / "below"); }),
                 (file / "below").string()));
}

}  // namespace
}  // namespace sam6d
