#include "neural/prepared_objects.hpp"

#include <doctest/doctest.h>

#include "object/object_data.hpp"

namespace sam6d {
namespace {

ObjectModel some_object() { return ObjectModel(std::make_shared<const ObjectData>()); }

std::shared_ptr<const int> something() { return std::make_shared<const int>(1); }

TEST_CASE("what was not asked for longest goes first") {
  PreparedObjects<int> cache(2);
  const ObjectModel a = some_object();
  const ObjectModel b = some_object();
  const ObjectModel c = some_object();
  CHECK(!cache.find(a));
  cache.insert(a, something());
  cache.insert(b, something());
  const ObjectModel copy = a;
  CHECK(cache.find(copy));  // b is now the oldest
  cache.insert(c, something());
  CHECK(cache.find(a));
  CHECK(!cache.find(b));
  CHECK(cache.find(c));
}

TEST_CASE("an object's memory stays as long as its entry, so that no other is taken for it") {
  PreparedObjects<int> cache(1);
  auto data = std::make_shared<const ObjectData>();
  const std::weak_ptr<const ObjectData> watch = data;
  cache.insert(ObjectModel(std::move(data)), something());
  CHECK(!watch.expired());
  cache.insert(some_object(), something());
  CHECK(watch.expired());
}

}  // namespace
}  // namespace sam6d
