#pragma once

#include <list>
#include <mutex>

#include "nets/pem.hpp"
#include "sam6d/object_model.hpp"

namespace sam6d {

/// What the pose network keeps of objects in memory; those that were not asked for longest go
/// first. Its functions may be called from several threads.
class PreparedObjects {
 public:
  explicit PreparedObjects(int capacity) : capacity_(static_cast<std::size_t>(capacity)) {}

  /// Null when the object is not there. Copies of an ObjectModel are the same object.
  [[nodiscard]] nets::PemObjectPtr find(const ObjectModel& object);
  void insert(const ObjectModel& object, nets::PemObjectPtr prepared);

 private:
  struct Entry {
    ObjectModel object;  ///< kept, so that no other object gets its address
    nets::PemObjectPtr prepared;
  };

  const std::size_t capacity_;
  std::mutex mutex_;
  std::list<Entry> entries_;  ///< last used first
};

}  // namespace sam6d
