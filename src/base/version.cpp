#include "sam6d/version.hpp"

#define SAM6D_TEXT_OF(x) #x
#define SAM6D_TEXT(x) SAM6D_TEXT_OF(x)

namespace sam6d {

std::string_view version() noexcept {
  return SAM6D_TEXT(SAM6D_VERSION_MAJOR) "." SAM6D_TEXT(SAM6D_VERSION_MINOR) "." SAM6D_TEXT(
      SAM6D_VERSION_PATCH);
}

}  // namespace sam6d
