#include "search_bop/picture_search.hpp"

#include <algorithm>
#include <ctime>
#include <deque>

namespace sam6d::search_bop {
namespace {

constexpr int kKeep = 60;  // finalists a query: all that the search itself judges

double seconds_since(std::clock_t begin) {
  return static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
}

SearchQuery make_query(const FolderData& data, ObjectId id, int instances) {
  SearchQuery query;
  query.object = data.index_of.at(id);
  query.max_instances = instances;
  query.keep = kKeep;
  return query;
}

void add_mask_queries(const FolderData& data, const BopScene& scene, const BopImage& image,
                      std::deque<Mask>& masks, PictureSearch& picture) {
  for (const BopInstance& instance : scene.by_image.at(image.im_id)) {
    if (instance.pose.visib_fract < kMinTargetVisibility) continue;
    masks.push_back(load_bop_mask(image, instance.index));
    SearchQuery query = make_query(data, instance.pose.obj_id, 1);
    query.mask = &masks.back();
    picture.queries.push_back(query);
  }
}

void add_whole_picture_queries(const FolderData& data, bool absent, PictureSearch& picture) {
  for (const Target& target : targets_of(picture.truths)) {
    picture.queries.push_back(make_query(data, target.obj_id, target.inst_count));
  }
  if (!absent) return;
  for (const ObjectModel& object : data.objects) {
    if (!picture.is_absent(object.id())) continue;
    picture.queries.push_back(make_query(data, object.id(), 1));
    ++picture.absent_queries;
  }
}

/// Which truths each hypothesis meets.
void judge(const FolderData& data, PictureSearch& picture) {
  for (const Hypothesis& hypothesis : picture.hypotheses) {
    const auto object = static_cast<std::size_t>(hypothesis.object);
    std::vector<std::size_t>& right = picture.right_for.emplace_back();
    for (std::size_t t = 0; t < picture.truths.size(); ++t) {
      const GroundTruthPose& truth = picture.truths[t];
      if (truth.obj_id == data.objects[object].id() &&
          data.right_pose[object].passes(hypothesis.cam_from_obj, truth.cam_from_obj)) {
        right.push_back(t);
      }
    }
  }
}

}  // namespace

bool PictureSearch::is_right(std::size_t hypothesis, std::size_t truth) const {
  const std::vector<std::size_t>& right = right_for[hypothesis];
  return std::find(right.begin(), right.end(), truth) != right.end();
}

bool PictureSearch::is_absent(ObjectId id) const {
  return std::none_of(truths.begin(), truths.end(),
                      [&](const GroundTruthPose& truth) { return truth.obj_id == id; });
}

PictureSearch search_picture(const FolderData& data, const BopScene& scene, const BopImage& image,
                             const QueryRules& rules, const GeometricSearchOptions& options) {
  PictureSearch picture;
  picture.scene_id = image.scene_id;
  picture.im_id = image.im_id;
  picture.truths = truths_of(scene, image.im_id);
  std::deque<Mask> masks;
  if (rules.masks) {
    add_mask_queries(data, scene, image, masks, picture);
  } else {
    add_whole_picture_queries(data, rules.absent, picture);
  }

  const FrameData pixels = load_bop_frame(image);
  const std::clock_t preparing = std::clock();
  const PreparedFrame frame(pixels.view(), options);
  picture.prepare_cpu_seconds = seconds_since(preparing);
  const std::clock_t searching = std::clock();
  for (const std::vector<Hypothesis>& found :
       search(frame, data.objects, picture.queries, options)) {
    for (std::size_t rank = 0; rank < found.size(); ++rank) {
      picture.hypotheses.push_back(found[rank]);
      picture.ranks.push_back(static_cast<int>(rank));
    }
  }
  picture.chosen = choose_jointly(picture.hypotheses, picture.queries, data.objects, 0.0F);
  picture.search_cpu_seconds = seconds_since(searching);
  for (SearchQuery& query : picture.queries) query.mask = nullptr;
  judge(data, picture);
  return picture;
}

}  // namespace sam6d::search_bop
