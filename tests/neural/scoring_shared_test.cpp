#include <numeric>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "scoring_golden.hpp"
#include "support/shared_data.hpp"

namespace sam6d::test {
namespace {

TEST_CASE("all scores of all proposals are the reference's") {
  const auto file = shared_data("goldens/ism/scoring.safetensors");
  if (!file) return;
  const Golden golden(*file);
  const at::Tensor& selected = golden["sem.avg_5_0.2.selected"];
  std::vector<std::int64_t> rows(static_cast<std::size_t>(selected.numel()));
  std::iota(rows.begin(), rows.end(), 0);
  check_semantic_scores(golden);
  check_appearance_scores(golden, rows,
                          golden["appe.query_f16"].index_select(0, selected).to(at::kFloat),
                          golden["appe.reference_f16"].to(at::kFloat));
  check_geometric_scores(
      golden, rows, golden["geo.masks_x256_i16"].index_select(0, selected).to(at::kFloat).div(256),
      golden["geo.poses"].narrow(1, 0, 3).narrow(2, 0, 3),
      golden["geo.boxes"].index_select(0, selected));
  check_final_scores(golden);
}

}  // namespace
}  // namespace sam6d::test
