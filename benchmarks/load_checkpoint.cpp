/// How long weights take to load, against a plain read of the file: seconds (median), rate, and the
/// process's peak memory against the tensors. Every reading is in a process of its own, so that its
/// memory is fresh; the ways alternate. The file comes from the page cache unless it is larger.

#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include "base/stopwatch.hpp"
#include "sam6d/checkpoint.hpp"
#include "support/torch_writer.hpp"

namespace {

namespace fs = std::filesystem;
using namespace sam6d;

constexpr double kMebibyte = 1024.0 * 1024.0;

/// What one reading took.
struct Reading {
  double seconds = 0;
  double tensor_bytes = 0;
  double peak_bytes = 0;
};

double plain_read(const fs::path& path) {
  const int file = ::open(path.c_str(), O_RDONLY);
  const auto size = static_cast<std::size_t>(fs::file_size(path));
  auto* const buffer = new std::byte[size];  // kept, as the tensors of the others are
  std::size_t filled = 0;
  while (filled < size) {
    const ssize_t got = ::read(file, buffer + filled, size - filled);
    if (got <= 0) break;
    filled += static_cast<std::size_t>(got);
  }
  return static_cast<double>(filled);
}

double load(const fs::path& path, const CheckpointOptions& options) {
  const auto& checkpoint = *new Checkpoint(Checkpoint::from_file(path, options));
  double bytes = 0;
  for (const auto& [name, tensor] : checkpoint.tensors()) {
    bytes += static_cast<double>(tensor.bytes.size());
  }
  return bytes;
}

Reading in_own_process(const std::function<double()>& read) {
  std::array<int, 2> pipe{};
  if (::pipe(pipe.data()) != 0) return {};
  const pid_t child = ::fork();
  if (child == 0) {
    Reading reading;
    const Stopwatch watch;
    reading.tensor_bytes = read();
    reading.seconds = watch.seconds();
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    reading.peak_bytes = 1024.0 * static_cast<double>(usage.ru_maxrss);
    const bool told = ::write(pipe[1], &reading, sizeof(reading)) == sizeof(reading);
    ::_exit(told ? 0 : 1);
  }
  Reading reading;
  if (::read(pipe[0], &reading, sizeof(reading)) != sizeof(reading)) reading = {};
  ::waitpid(child, nullptr, 0);
  ::close(pipe[0]);
  ::close(pipe[1]);
  return reading;
}

/// Tensors of 4 MiB, as many as fill `mebibytes`; transposed ones if asked for.
void write_file(const fs::path& path, int mebibytes, bool transposed) {
  constexpr std::int64_t kSide = 1024;
  test::PickleWriter pickle;
  pickle.bytes("}(");
  test::Storages storages;
  std::string content(kSide * kSide * 4, '\0');
  for (std::size_t i = 0; i < content.size(); ++i) content[i] = static_cast<char>(i * 31 + i / 255);
  for (int i = 0; i < mebibytes / 4; ++i) {
    const std::string key = std::to_string(i);
    std::array<std::int64_t, 2> strides = {kSide, 1};
    if (transposed) std::swap(strides[0], strides[1]);
    pickle.text("tensor." + key)
        .tensor("FloatStorage", key, kSide * kSide, 0, std::array{kSide, kSide}, strides);
    storages[key] = content;
  }
  const std::string bytes = test::torch_zip(pickle.stop("u"), storages);
  std::FILE* const file = std::fopen(path.c_str(), "wb");
  std::fwrite(bytes.data(), 1, bytes.size(), file);
  std::fclose(file);
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"Seconds to load weights, against a plain read of the file"};
  fs::path path;
  int mebibytes = 400;
  int repeats = 7;
  bool transposed = false;
  app.add_option("F", path, "Weights; without it, a file is made");
  app.add_option("--mebibytes", mebibytes, "Of the file that is made")->capture_default_str();
  app.add_option("--repeats", repeats)->capture_default_str();
  app.add_flag("--transposed", transposed, "The file that is made has its tensors transposed");
  CLI11_PARSE(app, argc, argv);

  const bool own = path.empty();
  if (own) {
    path = fs::temp_directory_path() / ("sam6d_load_" + std::to_string(::getpid()) + ".pth");
    // In a process of its own as well: this one stays small, and so do its children.
    (void)in_own_process([&] { return write_file(path, mebibytes, transposed), 0.0; });
  }
  struct Way {
    const char* name;
    std::function<double()> read;
    std::vector<Reading> readings;
  };
  std::vector<Way> ways = {
      {"plain read", [&] { return plain_read(path); }, {}},
      {"from_file", [&] { return load(path, {}); }, {}},
      {"from_file, 1 thread", [&] { return load(path, {.threads = 1}); }, {}},
      {"no checksums", [&] { return load(path, {.verify_checksums = false}); }, {}},
      {"mapped", [&] { return load(path, {.memory_map = true}); }, {}},
      {"mapped, no checksums",
       [&] { return load(path, {.memory_map = true, .verify_checksums = false}); },
       {}},
      {"list_checkpoint",
       [&] { return static_cast<double>(list_checkpoint(path).tensors.size()); },
       {}}};
  for (int i = 0; i < repeats; ++i) {
    for (Way& way : ways) way.readings.push_back(in_own_process(way.read));
  }
  const double file_bytes = static_cast<double>(fs::file_size(path));
  std::printf("%s: %.1f MiB\n", own ? "made file" : path.c_str(), file_bytes / kMebibyte);
  for (Way& way : ways) {
    std::ranges::sort(way.readings, {}, &Reading::seconds);
    const Reading& median = way.readings[way.readings.size() / 2];
    std::printf("%-22s %7.3f s (%.3f .. %.3f)  %7.2f GB/s  peak %5.0f MiB\n", way.name,
                median.seconds, way.readings.front().seconds, way.readings.back().seconds,
                file_bytes / median.seconds / 1e9, median.peak_bytes / kMebibyte);
  }
  if (own) fs::remove(path);
  return 0;
}
