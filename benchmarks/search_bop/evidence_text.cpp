#include "search_bop/evidence_text.hpp"

#include <fmt/format.h>

#include "search_bop/tally.hpp"

namespace sam6d::search_bop {
namespace {

constexpr int kRowsAQuery = 20;

std::string describe(const char* what, const Hypothesis* hypothesis) {
  if (hypothesis == nullptr) return {};
  const PoseEvidence& e = hypothesis->evidence;
  return fmt::format(
      " | {} F {:.2f} p {:.2f} m {:.2f} v {:.2f} o {:.2f} b {:.2f} u {:.2f} s {:.2f} e {:.2f} "
      "pen {:.2f} c {:.2f} n {:.2f} fc {:.2f} r {:.2f}",
      what, hypothesis->raw_score, hypothesis->probability, e.match, e.violation, e.occluded,
      e.below, e.unknown, e.spill, e.bad_edge, e.penetration, e.color, e.normals, e.fine_color,
      e.residual);
}

ObjectId id_of(const FolderData& data, const Hypothesis& hypothesis) {
  return data.objects[static_cast<std::size_t>(hypothesis.object)].id();
}

}  // namespace

std::string csv_header() {
  return "scene,im,obj,rank,right,visib,F,shape,match,viol,occ,below,unk,spill,edge,pen,color,"
         "normals,visible,pixels,fine,residual,prob,colored,misfit,presence\n";
}

std::string csv_rows(const FolderData& data, const PictureSearch& picture) {
  std::string rows;
  for (std::size_t i = 0; i < picture.hypotheses.size(); ++i) {
    if (picture.ranks[i] >= kRowsAQuery) continue;
    const Hypothesis& h = picture.hypotheses[i];
    const PoseEvidence& e = h.evidence;
    const bool right = !picture.right_for[i].empty();
    const double visib_fract = right ? picture.truths[picture.right_for[i].back()].visib_fract : -1;
    rows += fmt::format(
        "{},{},{},{},{:d},{:.6g},{:.6g},{:.6g},{:.6g},{:.6g},{:.6g},{:.6g},{:.6g},{:.6g},{:.6g},"
        "{:.6g},{:.6g},{:.6g},{:.6g},{},{:.6g},{:.6g},{:.6g},{:d},{:.6g},{:.6g}\n",
        picture.scene_id, picture.im_id, id_of(data, h), picture.ranks[i], right, visib_fract,
        h.raw_score, e.shape_score, e.match, e.violation, e.occluded, e.below, e.unknown, e.spill,
        e.bad_edge, e.penetration, e.color, e.normals, e.visible, e.pixels, e.fine_color,
        e.residual, h.probability, h.colored, e.misfit, h.presence);
  }
  return rows;
}

std::string lost_lines(const FolderData& data, const PictureSearch& picture) {
  std::string lines;
  for (std::size_t t = 0; t < picture.truths.size(); ++t) {
    const GroundTruthPose& truth = picture.truths[t];
    if (truth.visib_fract < kMinTargetVisibility || is_chosen(picture, t)) continue;
    const Hypothesis* right = nullptr;
    const Hypothesis* wrong = nullptr;
    for (std::size_t i = 0; i < picture.hypotheses.size(); ++i) {
      const Hypothesis& h = picture.hypotheses[i];
      if (id_of(data, h) != truth.obj_id) continue;
      const Hypothesis*& best = picture.is_right(i, t) ? right : wrong;
      if (best == nullptr || h.raw_score > best->raw_score) best = &h;
    }
    lines += fmt::format("LOST scene {} im {} obj {} vis {:.2f}{}{}\n", picture.scene_id,
                         picture.im_id, truth.obj_id, truth.visib_fract, describe("right", right),
                         describe("wrong", wrong));
  }
  for (const int i : picture.chosen) {
    const Hypothesis& h = picture.hypotheses[static_cast<std::size_t>(i)];
    if (!picture.is_absent(id_of(data, h)) || h.presence < kAnswered) continue;
    lines +=
        fmt::format("FALSE im {} obj {} p {:.2f} F {:.2f} match {:.2f} occ {:.2f} color {:.2f}\n",
                    picture.im_id, id_of(data, h), h.presence, h.raw_score, h.evidence.match,
                    h.evidence.occluded, h.evidence.color);
  }
  return lines;
}

}  // namespace sam6d::search_bop
