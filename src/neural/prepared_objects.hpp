#pragma once

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <list>
#include <memory>
#include <mutex>
#include <utility>

#include "sam6d/object_model.hpp"

namespace sam6d {

/// What a network keeps of objects in memory; those that were not asked for longest go first. Its
/// functions may be called from several threads.
template <class Prepared>
class PreparedObjects {
 public:
  using Pointer = std::shared_ptr<const Prepared>;

  explicit PreparedObjects(int capacity) : capacity_(static_cast<std::size_t>(capacity)) {}

  /// Null when the object is not there. Copies of an ObjectModel are the same object.
  [[nodiscard]] Pointer find(const ObjectModel& object) {
    const std::scoped_lock lock(mutex_);
    const auto found = std::find_if(entries_.begin(), entries_.end(), [&](const Entry& entry) {
      return &entry.object.data() == &object.data();
    });
    if (found == entries_.end()) return nullptr;
    entries_.splice(entries_.begin(), entries_, found);
    return found->prepared;
  }

  void insert(const ObjectModel& object, Pointer prepared) {
    std::list<Entry> gone;  // its destructors run without the lock
    const std::scoped_lock lock(mutex_);
    entries_.push_front({object, std::move(prepared)});
    if (entries_.size() > capacity_) gone.splice(gone.begin(), entries_, std::prev(entries_.end()));
  }

 private:
  struct Entry {
    ObjectModel object;  ///< kept, so that no other object gets its address
    Pointer prepared;
  };

  const std::size_t capacity_;
  std::mutex mutex_;
  std::list<Entry> entries_;  ///< last used first
};

}  // namespace sam6d
