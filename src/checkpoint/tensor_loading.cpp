#include "checkpoint/tensor_loading.hpp"

#include <algorithm>
#include <cstdlib>
#include <mutex>
#include <new>

#include "base/fail.hpp"
#include "base/parallel.hpp"
#include "base/progress.hpp"
#include "checkpoint/stored_bytes.hpp"
#include "checkpoint/strided_copy.hpp"

namespace sam6d {
namespace {

constexpr std::uint64_t kMaxGrowth = 16;
// Small enough that the checksum finds them in the cache.
constexpr std::uint64_t kChunkBytes = std::uint64_t{1} << 18U;
constexpr std::uint64_t kLine = 64;        // bytes that large runs of tensors start at multiples of
constexpr std::uint64_t kElementLine = 8;  // the same for small ones
constexpr std::uint64_t kLargeRun = 1024;

struct Freed {
  void operator()(std::byte* bytes) const { std::free(bytes); }
};

/// A run of a storage's bytes that goes to the buffer as it is.
struct Run {
  std::uint64_t begin = 0;  ///< in the storage
  std::uint64_t end = 0;
  std::uint64_t place = 0;  ///< in the buffer
};

/// What is to be done with one storage.
struct StoragePlan {
  bool used = false;
  std::vector<std::size_t> in_order;  ///< tensors in C order
  std::vector<std::size_t> strided;   ///< others
  std::vector<Run> runs;              ///< of those in C order, sorted, apart from each other
  std::span<const std::byte> memory;  ///< all its bytes, where they are in memory
};

/// Tells how many MiB are done; safe to call from several threads.
class ByteProgress {
 public:
  ByteProgress(const ProgressFn& progress, std::uint64_t total)
      : progress_(progress), total_(total) {}

  void add(std::uint64_t bytes) {
    if (!progress_) return;
    const std::lock_guard lock(mutex_);
    done_ += bytes;
    const int step = mebibytes(done_);
    if (step == shown_) return;
    shown_ = step;
    report(progress_, "read weights", step, mebibytes(total_));
  }

 private:
  static int mebibytes(std::uint64_t bytes) { return static_cast<int>(bytes >> 20U); }

  const ProgressFn& progress_;
  const std::uint64_t total_;
  std::mutex mutex_;
  std::uint64_t done_ = 0;
  int shown_ = -1;
};

class TensorLoader {
 public:
  TensorLoader(const FileBytes& file, const CheckpointIndex& index,
               const CheckpointOptions& options)
      : file_(file),
        index_(index),
        options_(options),
        plans_(index.storages.size()),
        places_(index.tensors.size()) {
    loaded_.views.resize(index.tensors.size());
  }

  LoadedTensors run(const ProgressFn& progress, std::uint64_t free_bytes) {
    plan();
    check_size(free_bytes);
    allocate();
    std::uint64_t total = 0;
    for (std::size_t i = 0; i < plans_.size(); ++i) {
      if (plans_[i].used) total += index_.storages[i].size;
    }
    ByteProgress bytes(progress, total);
    loaded_.owners.resize(plans_.size());
    parallel_for(static_cast<int>(plans_.size()), options_.threads,
                 [&](int i) { read(static_cast<std::size_t>(i), bytes); });
    loaded_.owners.push_back(file_.owner());
    loaded_.owners.push_back(buffer_);
    std::erase(loaded_.owners, nullptr);
    return std::move(loaded_);
  }

 private:
  [[nodiscard]] const Storage& storage(std::size_t i) const { return index_.storages[i]; }
  /// Whether a storage's bytes are in memory before anything is read.
  [[nodiscard]] bool in_place(std::size_t i) const {
    return storage(i).content || (file_.memory() && !storage(i).deflated);
  }

  void plan() {
    std::vector<bool> named(index_.tensors.size(), false);
    for (const NamedTensor& tensor : index_.names) named[tensor.tensor] = true;
    for (std::size_t t = 0; t < named.size(); ++t) {
      const StoredTensor& tensor = index_.tensors[t];
      TensorView& view = loaded_.views[t];
      view.dtype = tensor.dtype;
      view.shape = tensor.shape;
      if (!named[t]) continue;
      StoragePlan& of = plans_[tensor.storage];
      of.used = true;
      if (is_contiguous(tensor) && tensor.begin % size_of(tensor.dtype) == 0) {
        of.in_order.push_back(t);
      } else {
        of.strided.push_back(t);
      }
    }
    for (std::size_t i = 0; i < plans_.size(); ++i) {
      if (!plans_[i].used) continue;
      if (in_place(i)) {
        use_in_place(i);
      } else if (!storage(i).deflated) {
        plan_runs(plans_[i]);
      }
      for (const std::size_t t : plans_[i].strided) {
        places_[t] = reserve(*byte_count(index_.tensors[t]), 0);
      }
    }
  }

  void use_in_place(std::size_t i) {
    StoragePlan& plan = plans_[i];
    if (const auto& content = storage(i).content) {
      plan.memory = std::as_bytes(std::span(*content));
    } else {
      plan.memory = file_.memory()->subspan(static_cast<std::size_t>(storage(i).offset),
                                            static_cast<std::size_t>(storage(i).size));
    }
    // What does not lie aligned is copied like what does not lie in order.
    std::erase_if(plan.in_order, [&](std::size_t t) {
      const StoredTensor& tensor = index_.tensors[t];
      const auto address = reinterpret_cast<std::uintptr_t>(plan.memory.data()) + tensor.begin;
      if (address % size_of(tensor.dtype) == 0) return false;
      plan.strided.push_back(t);
      return true;
    });
  }

  /// Bytes that several tensors share go to the buffer once.
  void plan_runs(StoragePlan& plan) {
    for (const std::size_t t : plan.in_order) {
      const StoredTensor& tensor = index_.tensors[t];
      const std::uint64_t size = *byte_count(tensor);
      if (size > 0) plan.runs.push_back({tensor.begin, tensor.begin + size, 0});
    }
    std::ranges::sort(plan.runs, {}, &Run::begin);
    std::vector<Run> merged;
    for (const Run& run : plan.runs) {
      if (!merged.empty() && run.begin <= merged.back().end) {
        merged.back().end = std::max(merged.back().end, run.end);
      } else {
        merged.push_back(run);
      }
    }
    for (Run& run : merged) run.place = reserve(run.end - run.begin, run.begin);
    plan.runs = std::move(merged);
  }

  /// A place in the buffer that is aligned as `begin` is.
  std::uint64_t reserve(std::uint64_t size, std::uint64_t begin) {
    const std::uint64_t line = size >= kLargeRun ? kLine : kElementLine;
    size_ += (begin - size_) % line;  // unsigned: what is missing to the next such place
    const std::uint64_t place = size_;
    too_large_ =
        too_large_ || __builtin_add_overflow(size_, size, &size_) || size_ > UINT64_MAX / 2;
    if (too_large_) size_ = UINT64_MAX / 2;
    return place;
  }

  void check_size(std::uint64_t free_bytes) {
    std::uint64_t total = size_;
    for (std::size_t i = 0; i < plans_.size(); ++i) {
      const bool inflated = plans_[i].used && storage(i).deflated;
      if (inflated && __builtin_add_overflow(total, storage(i).size, &total)) too_large_ = true;
    }
    const std::uint64_t most = kMaxGrowth * file_.size() + free_bytes;
    if (too_large_ || total > most) {
      fail(ErrorCode::kBadFile,
           "{}: expected tensors of at most {} bytes in a file of {}, found {}{}", file_.source(),
           most, file_.size(), too_large_ ? "more than " : "", total);
    }
  }

  void allocate() {
    if (size_ == 0) return;
    const auto bytes = static_cast<std::size_t>((size_ + kLine - 1) / kLine * kLine);
    std::unique_ptr<std::byte, Freed> block(
        static_cast<std::byte*>(std::aligned_alloc(kLine, bytes)));
    if (!block) {
      fail(ErrorCode::kOutOfMemory, "{}: expected {} bytes of memory for its tensors, found less",
           file_.source(), bytes);
    }
    buffer_ = std::shared_ptr<std::byte>(std::move(block));
  }

  [[nodiscard]] std::span<std::byte> place(std::uint64_t begin, std::uint64_t size) const {
    return {buffer_.get() + begin, static_cast<std::size_t>(size)};
  }

  void read(std::size_t i, ByteProgress& progress) {
    StoragePlan& plan = plans_[i];
    if (!plan.used) return;
    if (storage(i).content) {
      loaded_.owners[i] = storage(i).content;
    } else if (storage(i).deflated) {
      const auto bytes = std::make_shared<const std::vector<std::byte>>(
          read_storage(file_, storage(i), options_.verify_checksums));
      plan.memory = *bytes;
      loaded_.owners[i] = bytes;
    } else if (!in_place(i)) {
      read_runs(i, progress);
    } else if (options_.verify_checksums) {
      check_crc32(file_, storage(i));
    }
    for (const std::size_t t : plan.in_order) {
      loaded_.views[t].bytes = bytes_in_order(plan, index_.tensors[t]);
    }
    copy_others(i);
    if (in_place(i) || storage(i).deflated) progress.add(storage(i).size);
  }

  [[nodiscard]] std::span<const std::byte> bytes_in_order(const StoragePlan& plan,
                                                          const StoredTensor& tensor) const {
    const std::uint64_t size = *byte_count(tensor);
    if (size == 0) return {};
    if (plan.memory.data() != nullptr) {
      return plan.memory.subspan(static_cast<std::size_t>(tensor.begin),
                                 static_cast<std::size_t>(size));
    }
    const auto behind = std::ranges::upper_bound(plan.runs, tensor.begin, {}, &Run::begin);
    const Run& run = *std::prev(behind);
    return place(run.place + (tensor.begin - run.begin), size);
  }

  /// Reads the runs of a storage from the file, and with checksums what lies between them.
  void read_runs(std::size_t i, ByteProgress& progress) {
    const StoragePlan& plan = plans_[i];
    const bool verify = options_.verify_checksums && storage(i).crc32.has_value();
    std::vector<std::byte> passed_over;
    std::uint32_t crc = 0;
    std::uint64_t at = 0;
    auto run = plan.runs.begin();
    while (at < storage(i).size) {
      const bool inside = run != plan.runs.end() && at >= run->begin;
      const std::uint64_t end = inside                   ? run->end
                                : run != plan.runs.end() ? run->begin
                                                         : storage(i).size;
      const std::uint64_t count = std::min(end - at, kChunkBytes);
      if (inside) {
        const std::span<std::byte> out = place(run->place + (at - run->begin), count);
        file_.read(storage(i).offset + at, out);
        if (verify) crc = crc32_of(out, crc);
        progress.add(count);
      } else if (verify) {
        passed_over.resize(static_cast<std::size_t>(count));
        file_.read(storage(i).offset + at, passed_over);
        crc = crc32_of(passed_over, crc);
        progress.add(count);
      } else {
        at = end - count;
      }
      at += count;
      if (inside && at == run->end) ++run;
    }
    if (verify) check_crc32(file_, storage(i), crc);
  }

  void copy_others(std::size_t i) {
    const StoragePlan& plan = plans_[i];
    if (plan.strided.empty()) return;
    StorageWindow window = plan.memory.data() != nullptr
                               ? StorageWindow(plan.memory)
                               : StorageWindow(file_, storage(i).offset, storage(i).size);
    for (const std::size_t t : plan.strided) {
      const std::span<std::byte> out = place(places_[t], *byte_count(index_.tensors[t]));
      copy_strided(index_.tensors[t], window, out);
      loaded_.views[t].bytes = out;
    }
  }

  const FileBytes& file_;
  const CheckpointIndex& index_;
  const CheckpointOptions& options_;
  std::vector<StoragePlan> plans_;
  std::vector<std::uint64_t> places_;  ///< in the buffer, of the tensors that are copied
  std::uint64_t size_ = 0;             ///< of the buffer
  bool too_large_ = false;
  std::shared_ptr<std::byte> buffer_;
  LoadedTensors loaded_;
};

}  // namespace

LoadedTensors load_tensors(const FileBytes& file, const CheckpointIndex& index,
                           const CheckpointOptions& options, const ProgressFn& progress,
                           std::uint64_t free_bytes) {
  return TensorLoader(file, index, options).run(progress, free_bytes);
}

}  // namespace sam6d
