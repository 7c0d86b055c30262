// Covers: src/object/bundle.cpp src/object/bundle_envelope.cpp src/object/bundle_mesh.cpp
// Covers: src/object/bundle_views.cpp src/object/bundle_geometric.cpp
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <iterator>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "checkpoint/safetensors.hpp"
#include "object/bundle_envelope.hpp"
#include "object/object_data.hpp"
#include "sam6d/error.hpp"
#include "sam6d/object_model.hpp"
#include "sam6d/renderer.hpp"

namespace {

/// Takes numbers from the input, zeros when it is used up.
class Input {
 public:
  Input(const std::uint8_t* data, std::size_t size) : rest_(data, size) {}

  template <class T>
  T take() {
    T value{};
    const std::size_t count = std::min(sizeof(T), rest_.size());
    std::memcpy(&value, rest_.data(), count);
    rest_ = rest_.subspan(count);
    return value;
  }
  [[nodiscard]] bool empty() const { return rest_.empty(); }
  [[nodiscard]] std::span<const std::byte> rest() const { return std::as_bytes(rest_); }

 private:
  std::span<const std::uint8_t> rest_;
};

/// Keeps the first items of lists that lie one after the other.
template <class Item>
void shorten(std::vector<std::uint32_t>& starts, std::vector<Item>& items) {
  constexpr std::uint32_t kItems = 400;
  items.resize(std::min<std::size_t>(items.size(), kItems));
  for (std::uint32_t& start : starts) start = std::min(start, kItems);
}

/// The tensors of a small object with colours, a texture, symmetries and both kinds of views.
sam6d::TensorMap make_tensors() {
  sam6d::TriangleMesh mesh;
  for (int i = 0; i < 8; ++i) {
    mesh.vertices_m.emplace_back(0.05F * static_cast<float>(i & 1),
                                 0.04F * static_cast<float>(i >> 1 & 1),
                                 0.03F * static_cast<float>(i >> 2));
    mesh.vertex_colors.push_back({static_cast<std::uint8_t>(30 * i), 99, 200});
    mesh.uvs.emplace_back(0.1F * static_cast<float>(i), 0.5F);
  }
  mesh.faces = {{0, 2, 1}, {1, 2, 3}, {4, 5, 6}, {5, 7, 6}, {0, 1, 4}, {1, 5, 4},
                {2, 6, 3}, {3, 6, 7}, {0, 4, 2}, {2, 4, 6}, {1, 3, 5}, {3, 7, 5}};
  mesh.texture = sam6d::Image<sam6d::Rgb8>(3, 2);
  sam6d::OnboardOptions options;
  options.surface_samples = 100;
  options.symmetries.emplace();
  options.symmetries->discrete.push_back(sam6d::RigidTransform::Identity());
  options.symmetries->continuous.emplace_back();
  sam6d::TemplateOptions templates;
  templates.size_px = 16;
  options.given_views = sam6d::render_templates(mesh, templates);
  options.given_views.resize(4);
  options.given_views[3].cam_from_obj.translation().z() *= 2;  // no longer on the pixels' rays
  auto data =
      std::make_shared<sam6d::ObjectData>(sam6d::ObjectModel::onboard(1, mesh, options).data());
  // Short lists, so that many inputs are tried in a second.
  shorten(data->geometric.pairs.starts, data->geometric.pairs.entries);
  shorten(data->geometric.view_starts, data->geometric.view_points);
  const std::vector<std::byte> bytes = sam6d::ObjectModel(data).to_bytes();
  sam6d::TensorMap tensors;
  for (const auto& [name, view] : sam6d::parse_safetensors(bytes, "fuzz").tensors) {
    tensors[name] = {view.dtype, view.shape, {view.bytes.begin(), view.bytes.end()}};
  }
  return tensors;
}

/// Makes the bytes as many as the shape says, as long as that is little.
void fit(sam6d::Tensor& tensor) {
  constexpr std::uint64_t kMaxElements = 1U << 16U;
  const auto count = sam6d::element_count(tensor.shape);
  if (count && *count <= kMaxElements) tensor.bytes.resize(*count * size_of(tensor.dtype));
}

void edit(sam6d::TensorMap& tensors, sam6d::BundleHeader& header, Input& input) {
  auto named = tensors.begin();
  std::advance(named, input.take<std::uint8_t>() % tensors.size());
  sam6d::Tensor& tensor = named->second;
  switch (input.take<std::uint8_t>() % 7) {
    case 0:
    case 1: {
      const std::size_t size = size_of(tensor.dtype);
      const std::size_t count = tensor.bytes.size() / size;
      const std::size_t place = count == 0 ? 0 : input.take<std::uint16_t>() % count;
      const auto value = input.take<std::uint64_t>();
      if (count > 0) std::memcpy(tensor.bytes.data() + place * size, &value, size);
      break;
    }
    case 2:
      if (!tensor.shape.empty()) {
        tensor.shape[input.take<std::uint8_t>() % tensor.shape.size()] =
            input.take<std::uint16_t>();
      }
      fit(tensor);
      break;
    case 3:
      tensor.dtype = static_cast<sam6d::DType>(input.take<std::uint8_t>() % 13);
      fit(tensor);
      break;
    case 4:
      if (tensors.size() > 1) tensors.erase(named);
      break;
    case 5:
      tensor.shape.assign(input.take<std::uint8_t>() % 4, input.take<std::uint8_t>());
      fit(tensor);
      break;
    default: header.diameter_m = input.take<double>();
  }
}

/// Uses everything that later stages use.
void use(const sam6d::ObjectModel& object) {
  for (int i = 0; i < object.template_view_count(); ++i) {
    if (object.template_view(i).box_px.area() < 0) __builtin_trap();
  }
  const sam6d::GeometricFeatures& features = object.data().geometric;
  float sum = 0;
  for (int i = 0; i < 26; ++i) {
    const Eigen::Vector3f direction(static_cast<float>(i % 3 - 1),
                                    static_cast<float>(i / 3 % 3 - 1),
                                    static_cast<float>(i / 9) - 0.9F);
    for (const std::uint16_t point : features.points_of_view(features.view_of(direction))) {
      sum += features.points[point].position_m.x();
    }
  }
  for (int cell = 0; cell < sam6d::PairTable::kCells; cell += 97) {
    const auto index = static_cast<std::size_t>(cell);
    for (std::uint32_t i = features.pairs.starts[index]; i < features.pairs.starts[index + 1];
         ++i) {
      const int row = features.pairs.entries[i].row / sam6d::PairTable::kRotationBins;
      sum += features.points[features.pairs.references[static_cast<std::size_t>(row)]].normal.x();
    }
  }
  for (const Eigen::Vector3i& face : features.faces) {
    sum += features.vertices_m[static_cast<std::size_t>(face.maxCoeff())].x();
  }
  if (!std::isfinite(sum)) __builtin_trap();
  // Only edited meshes tell anything new.
  if (object.mesh().vertices_m.size() == 8 && object.mesh().vertices_m[0].isZero() &&
      object.mesh().faces[0] == Eigen::Vector3i(0, 2, 1)) {
    return;
  }
  const sam6d::Renderer renderer({&object.mesh(), 1});
  sam6d::RenderInstance instance;
  instance.cam_from_obj.translation().z() = 3 * object.diameter_m();
  sam6d::RenderOptions options;
  options.threads = 1;
  (void)renderer.render({40, 40, 8, 8, 16, 16}, {&instance, 1}, options);
}

void check(std::span<const std::byte> file) {
  try {
    const sam6d::ObjectModel object = sam6d::ObjectModel::from_bytes(file, "fuzz");
    use(object);
    const std::vector<std::byte> again = object.to_bytes();
    if (sam6d::ObjectModel::from_bytes(again, "again").to_bytes() != again) __builtin_trap();
  } catch (const sam6d::Error&) {
    // The expected answer to bad input.
  }
}

}  // namespace

/// Half of the inputs are files as they are, the others edits of the tensors of a good one, which
/// is then sealed with right checksums; the last edit may damage the file itself.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const sam6d::TensorMap good = make_tensors();
  Input input(data, size);
  const auto kind = input.take<std::uint8_t>();
  if (kind % 2 == 1) {
    check(input.rest());
    return 0;
  }
  sam6d::TensorMap tensors = good;
  sam6d::BundleHeader header{1, "fuzz", 0.07};
  const bool damage = kind % 4 == 2;
  const auto place = damage ? input.take<std::uint32_t>() : 0U;
  for (int i = 0; i < 16 && !input.empty(); ++i) edit(tensors, header, input);
  std::vector<std::byte> file;
  try {
    file = sam6d::seal_bundle(header, tensors);
  } catch (const sam6d::Error&) {
    return 0;  // a shape too large to fill
  }
  // Most places are in tensors; the header is at the front.
  if (damage) file[place % (place % 2 == 0 ? file.size() : 4096)] ^= std::byte{1};
  check(file);
  return 0;
}
