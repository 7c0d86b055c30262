#include <string>
#include <utility>
#include <vector>

#include <ATen/ops/empty.h>
#include <ATen/ops/stack.h>

#include "base/fail.hpp"
#include "base/random.hpp"
#include "base/stopwatch.hpp"
#include "nets/forward.hpp"
#include "nets/pem.hpp"
#include "nets/pem_config_json.hpp"
#include "nets/tensor_checks.hpp"

namespace sam6d::nets {
namespace {

constexpr std::int64_t kViewBatch = 4;

Pem load(const Weights& weights, const ForwardRun& run) {
  const PemConfig config =
      run.options.config.empty() ? PemConfig{} : pem_config_from_json(run.options.config);
  const Stopwatch watch;
  Pem pem(weights, config, run.options.device, run.options.precision, run.progress);
  run.result.load_seconds = watch.seconds();
  return pem;
}

/// Item b of the batch of a tensor that must have one.
at::Tensor item(const ForwardRun& run, const std::string& name, std::int64_t b) {
  const at::Tensor& tensor = run.input(name);
  if (tensor.dim() == 0 || tensor.size(0) <= b) {
    fail(ErrorCode::kInvalidArgument, "forward: tensor {}: expected a batch of more than {}", name,
         b);
  }
  return tensor[b];
}

/// The views tem1_*, tem2_*, ... of item b.
PemViews views(const ForwardRun& run, std::int64_t b) {
  std::vector<at::Tensor> pictures;
  std::vector<at::Tensor> pixels;
  std::vector<at::Tensor> points;
  for (int i = 1; i == 1 || run.has("tem" + std::to_string(i) + "_pts"); ++i) {
    const std::string prefix = "tem" + std::to_string(i) + "_";
    pictures.push_back(item(run, prefix + "rgb_u8", b));
    pixels.push_back(item(run, prefix + "choose", b));
    points.push_back(item(run, prefix + "pts", b));
  }
  const auto together = [](const char* name, const std::vector<at::Tensor>& tensors) {
    for (const at::Tensor& tensor : tensors) {
      if (tensor.sizes() != tensors.front().sizes() ||
          tensor.scalar_type() != tensors.front().scalar_type()) {
        fail(ErrorCode::kInvalidArgument,
             "forward: tensors tem*_{}: expected all of one shape and type", name);
      }
    }
    return at::stack(tensors);
  };
  return {together("rgb_u8", pictures), together("choose", pixels), together("pts", points)};
}

/// Stages of one item after the other, put together to a batch.
class ItemStages {
 public:
  void add(std::string_view name, const at::Tensor& value) {
    values_[std::string(name)].push_back(value.cpu());
  }
  void give(const ForwardRun& run) const {
    for (const auto& [name, values] : values_) run.give(name, at::stack(values));
  }

 private:
  std::map<std::string, std::vector<at::Tensor>> values_;
};

at::Tensor draws(const ForwardRun& run, std::int64_t batch, std::int64_t count) {
  if (run.has("rand")) return run.input("rand");
  at::Tensor values = at::empty({batch, count}, at::kFloat);
  Random random(run.options.seed);
  for (std::int64_t i = 0; i < values.numel(); ++i) {
    values.data_ptr<float>()[i] = static_cast<float>(random.uniform());
  }
  return values;
}

PemTemplates templates_of(const ForwardRun& run, const Pem& pem, std::int64_t b,
                          ItemStages& stages) {
  if (run.has("dense_po") || run.has("dense_fo")) {
    return {item(run, "dense_po", b), item(run, "dense_fo", b), {}};
  }
  StageFn stage;
  if (run.options.stages) {
    stage = [&](std::string_view name, const at::Tensor& value) {
      const bool batch_of_one = name.starts_with("featmap_") || name.starts_with("cls_");
      stages.add(name, batch_of_one ? value.squeeze(0) : value);
    };
  }
  return pem.template_features(views(run, b), true, kViewBatch, run.progress, stage);
}

}  // namespace

void forward_pem(const Weights& weights, const ForwardRun& run) {
  const Pem pem = load(weights, run);
  const at::Tensor& points = run.input("pts");
  const std::int64_t batch = points.dim() > 0 ? points.size(0) : 0;
  check_points("forward", "pts", points, batch);

  const Stopwatch watch;
  ItemStages item_stages;
  std::vector<PemObjectPtr> objects;
  for (std::int64_t b = 0; b < batch; ++b) {
    objects.push_back(pem.prepare(templates_of(run, pem, b, item_stages), item(run, "model", b)));
  }
  run.result.prepare_seconds = watch.seconds();
  item_stages.give(run);

  const PemDetections detections = {run.input("rgb_u8"), run.input("rgb_choose"), points,
                                    draws(run, batch, 3 * pem.config().hypotheses)};
  PemPoses poses;
  run.time([&] { poses = pem.estimate(detections, objects); });
  if (run.options.stages) {
    poses = pem.estimate(detections, objects, [&](std::string_view name, const at::Tensor& value) {
      run.give(name, value);
    });
  }
  run.give("init_R", poses.init_R);
  run.give("init_t", poses.init_t);
  run.give("pred_R", poses.R);
  run.give("pred_t", poses.t);
  run.give("pred_pose_score", poses.score);
}

void forward_pem_templates(const Weights& weights, const ForwardRun& run) {
  const Pem pem = load(weights, run);
  const at::Tensor& first = run.input("tem1_pts");
  const std::int64_t batch = first.dim() > 0 ? first.size(0) : 0;
  check_points("forward", "tem1_pts", first, batch);
  std::vector<at::Tensor> points;
  std::vector<at::Tensor> features;
  run.time([&] {
    points.clear();
    features.clear();
    for (std::int64_t b = 0; b < batch; ++b) {
      const PemTemplates templates =
          pem.template_features(views(run, b), false, kViewBatch, run.progress);
      points.push_back(templates.points);
      features.push_back(templates.features);
    }
  });
  run.give("dense_po", at::stack(points));
  run.give("dense_fo", at::stack(features));
}

}  // namespace sam6d::nets
