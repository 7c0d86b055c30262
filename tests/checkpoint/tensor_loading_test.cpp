#include "checkpoint/tensor_loading.hpp"

#include <algorithm>
#include <numeric>

#include <doctest/doctest.h>

#include "base/random.hpp"
#include "checkpoint/checkpoint_data.hpp"
#include "checkpoint/stored_bytes.hpp"
#include "support/errors.hpp"

namespace sam6d::test {
namespace {

std::vector<std::byte> counting_bytes(std::size_t count) {
  std::vector<std::byte> bytes(count);
  for (std::size_t i = 0; i < count; ++i) bytes[i] = static_cast<std::byte>(i * 37 + i / 251);
  return bytes;
}

/// One storage that is the whole file.
CheckpointIndex index_of(std::uint64_t size) {
  CheckpointIndex index;
  Storage storage;
  storage.name = "storage";
  storage.size = storage.packed_size = size;
  index.storages.push_back(storage);
  return index;
}

void add_tensor(CheckpointIndex& index, DType dtype, std::vector<std::uint64_t> shape,
                std::vector<std::uint64_t> strides, std::uint64_t begin) {
  index.names.push_back({std::to_string(index.tensors.size()), 0, index.tensors.size()});
  index.tensors.push_back({0, dtype, std::move(shape), std::move(strides), begin});
}

/// The elements one by one, by definition.
std::vector<std::byte> elements_of(const StoredTensor& tensor, std::span<const std::byte> storage) {
  const std::uint64_t count = *element_count(tensor.shape);
  const std::size_t size = size_of(tensor.dtype);
  std::vector<std::byte> out;
  for (std::uint64_t i = 0; i < count; ++i) {
    std::uint64_t rest = i;
    std::uint64_t place = 0;
    for (std::size_t d = tensor.shape.size(); d-- > 0;) {
      place += rest % tensor.shape[d] * tensor.strides[d];
      rest /= tensor.shape[d];
    }
    const auto element =
        storage.subspan(static_cast<std::size_t>(tensor.begin + place * size), size);
    out.insert(out.end(), element.begin(), element.end());
  }
  return out;
}

void check_all(const CheckpointIndex& index, std::span<const std::byte> bytes) {
  const FileBytes in_memory = FileBytes::in_memory(bytes, "file");
  for (const FileBytes& file : {in_memory, in_memory.as_if_on_disk()}) {
    const LoadedTensors loaded = load_tensors(file, index, {});
    for (std::size_t t = 0; t < index.tensors.size(); ++t) {
      const TensorView& view = loaded.views[t];
      CAPTURE(t);
      CHECK(view.dtype == index.tensors[t].dtype);
      CHECK(view.shape == index.tensors[t].shape);
      CHECK(std::ranges::equal(view.bytes, elements_of(index.tensors[t], bytes)));
      CHECK(reinterpret_cast<std::uintptr_t>(view.bytes.data()) % size_of(view.dtype) == 0);
    }
  }
}

TEST_CASE("views of any order, step and overlap come out in C order") {
  constexpr DType kTypes[] = {DType::kUint8, DType::kFloat16, DType::kFloat32, DType::kFloat64};
  Random random(7);
  const std::vector<std::byte> bytes = counting_bytes(100'000);
  for (int round = 0; round < 40; ++round) {
    CheckpointIndex index = index_of(bytes.size());
    for (int i = 0; i < 10; ++i) {
      const DType dtype = kTypes[random.below(4)];
      const std::size_t dimensions = random.below(5);
      std::vector<std::uint64_t> shape;
      for (std::size_t d = 0; d < dimensions; ++d) shape.push_back(random.below(7));
      std::vector<std::uint64_t> strides = c_strides(shape);
      switch (random.below(3)) {
        case 0: {  // a permutation of a tensor in C order
          std::vector<std::size_t> order(dimensions);
          std::iota(order.begin(), order.end(), 0);
          for (std::size_t d = dimensions; d > 1; --d) {
            std::swap(order[d - 1], order[random.below(static_cast<std::uint32_t>(d))]);
          }
          const auto shape_before = shape;
          const auto strides_before = strides;
          for (std::size_t d = 0; d < dimensions; ++d) {
            shape[d] = shape_before[order[d]];
            strides[d] = strides_before[order[d]];
          }
          break;
        }
        case 1:  // any steps, none among them
          for (std::uint64_t& stride : strides) stride = random.below(20);
          break;
        default: break;
      }
      add_tensor(index, dtype, shape, strides, random.below(100) * size_of(dtype));
    }
    check_all(index, bytes);
  }
}

TEST_CASE("transposed planes larger than the window of a file") {
  const std::vector<std::byte> bytes = counting_bytes(5'000'000);
  CheckpointIndex index = index_of(bytes.size());
  add_tensor(index, DType::kFloat32, {1000, 1200}, {1, 1000}, 8);
  add_tensor(index, DType::kUint8, {70, 3, 20'000}, {20'000, 1'400'000, 1}, 1);
  add_tensor(index, DType::kFloat16, {100, 2, 10}, {10, 1'200'000, 100'000}, 2);
  add_tensor(index, DType::kFloat32, {2, 3}, {600'000, 300'000}, 4);
  check_all(index, bytes);
}

TEST_CASE("bytes that no tensor wants are not kept, and shared ones are kept once") {
  const std::vector<std::byte> bytes = counting_bytes(4'000'000);
  CheckpointIndex index = index_of(bytes.size());
  add_tensor(index, DType::kFloat32, {100}, {1}, 400);
  add_tensor(index, DType::kFloat32, {10}, {1}, 440);
  add_tensor(index, DType::kFloat32, {100}, {1}, 3'000'000);
  const FileBytes file = FileBytes::in_memory(bytes, "file").as_if_on_disk();
  const LoadedTensors loaded = load_tensors(file, index, {});
  CHECK(loaded.views[1].bytes.data() == loaded.views[0].bytes.data() + 40);
  CHECK(loaded.views[2].bytes.data() - loaded.views[0].bytes.data() < 2000);
  check_all(index, bytes);
}

TEST_CASE("in memory, tensors are the file's own bytes where they can be") {
  alignas(8) std::array<std::byte, 64> bytes;
  std::ranges::copy(counting_bytes(bytes.size()), bytes.begin());
  CheckpointIndex index = index_of(48);
  index.storages[0].offset = 8;
  add_tensor(index, DType::kFloat64, {2}, {1}, 8);
  const auto whole = std::span<const std::byte>(bytes);
  const LoadedTensors aligned = load_tensors(FileBytes::in_memory(whole, "file"), index, {});
  CHECK(aligned.views[0].bytes.data() == bytes.data() + 16);
  index.storages[0].offset = 9;
  const LoadedTensors shifted = load_tensors(FileBytes::in_memory(whole, "file"), index, {});
  CHECK(reinterpret_cast<std::uintptr_t>(shifted.views[0].bytes.data()) % 8 == 0);
  CHECK(std::ranges::equal(shifted.views[0].bytes, whole.subspan(17, 16)));
}

TEST_CASE("checksums cover bytes that no tensor wants") {
  std::vector<std::byte> bytes = counting_bytes(1'000'000);
  CheckpointIndex index = index_of(bytes.size());
  index.storages[0].crc32 = crc32_of(bytes);
  add_tensor(index, DType::kUint8, {1000}, {1}, 500'000);
  add_tensor(index, DType::kUint8, {30, 30}, {1, 30}, 600'000);
  check_all(index, bytes);
  bytes[17] ^= std::byte{1};
  const FileBytes in_memory = FileBytes::in_memory(bytes, "file");
  for (const FileBytes& file : {in_memory, in_memory.as_if_on_disk()}) {
    const auto error = error_of([&] { (void)load_tensors(file, index, {}); });
    CHECK(mentions(error, "file: storage: expected the checksum"));
    CHECK(load_tensors(file, index, {.verify_checksums = false}).views[0].bytes.size() == 1000);
  }
}

TEST_CASE("memory in proportion to the file, whatever the shapes say") {
  const std::vector<std::byte> bytes = counting_bytes(1000);
  CheckpointIndex index = index_of(bytes.size());
  add_tensor(index, DType::kFloat32, {1U << 20U, 1U << 20U}, {0, 0}, 0);
  const FileBytes file = FileBytes::in_memory(bytes, "file");
  CHECK(mentions(error_of([&] { (void)load_tensors(file, index, {}); }),
                 "at most 67124864 bytes in a file of 1000"));

  // Each takes half of what 64 bits can say.
  for (int i = 0; i < 3; ++i) {
    add_tensor(index, DType::kUint8, {std::uint64_t{1} << 63U}, {0}, 0);
  }
  CHECK(mentions(error_of([&] { (void)load_tensors(file, index, {}); }), "more than"));

  CheckpointIndex small = index_of(bytes.size());
  add_tensor(small, DType::kUint8, {17'000}, {0}, 0);
  CHECK_THROWS_AS((void)load_tensors(file, small, {}, {}, 999), Error);
  CHECK(load_tensors(file, small, {}, {}, 1000).views[0].bytes.size() == 17'000);
}

TEST_CASE("the host hears how far it is, and can stop it") {
  const std::vector<std::byte> bytes = counting_bytes(5'000'000);
  CheckpointIndex index = index_of(bytes.size());
  add_tensor(index, DType::kUint8, {bytes.size()}, {1}, 0);
  const FileBytes file = FileBytes::in_memory(bytes, "file").as_if_on_disk();
  std::vector<int> steps;
  (void)load_tensors(file, index, {}, [&](const Progress& progress) {
    CHECK(progress.stage == "read weights");
    CHECK(progress.total == 4);
    steps.push_back(progress.done);
    return true;
  });
  CHECK(steps == std::vector<int>{0, 1, 2, 3, 4});
  const auto error =
      error_of([&] { (void)load_tensors(file, index, {}, [](const Progress&) { return false; }); });
  REQUIRE(error);
  CHECK(error->code() == ErrorCode::kCancelled);
}

}  // namespace
}  // namespace sam6d::test
