#include "sam6d/bundle.hpp"

#include "sam6d/file_io.hpp"

namespace sam6d {

ObjectModel load_bundle(const std::filesystem::path& path) {
  return ObjectModel::from_bytes(read_file(path), path.string());
}

void save_bundle(const std::filesystem::path& path, const ObjectModel& object) {
  write_file(path, object.to_bytes());
}

}  // namespace sam6d
