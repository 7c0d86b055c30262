#include "neural/prepared_objects.hpp"

#include <algorithm>
#include <utility>

namespace sam6d {

nets::PemObjectPtr PreparedObjects::find(const ObjectModel& object) {
  const std::scoped_lock lock(mutex_);
  const auto found = std::find_if(entries_.begin(), entries_.end(), [&](const Entry& entry) {
    return &entry.object.data() == &object.data();
  });
  if (found == entries_.end()) return nullptr;
  entries_.splice(entries_.begin(), entries_, found);
  return found->prepared;
}

void PreparedObjects::insert(const ObjectModel& object, nets::PemObjectPtr prepared) {
  std::list<Entry> gone;  // its destructors run without the lock
  const std::scoped_lock lock(mutex_);
  entries_.push_front({object, std::move(prepared)});
  if (entries_.size() > capacity_) gone.splice(gone.begin(), entries_, std::prev(entries_.end()));
}

}  // namespace sam6d
