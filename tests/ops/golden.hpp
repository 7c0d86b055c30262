#pragma once

#include <filesystem>

#include "support/golden.hpp"

namespace sam6d::test {

/// Every case of such a file; failures are reported by doctest.
void check_furthest_point_sampling(const std::filesystem::path& path);
void check_ball_query(const std::filesystem::path& path);
void check_operators(const std::filesystem::path& path);
void check_modules(const std::filesystem::path& path);

}  // namespace sam6d::test
