# Embree 3 (Debian 12) or 4 (Ubuntu 24.04), as the target sam6d_embree. Their calls differ a little:
# the sources see SAM6D_EMBREE_MAJOR and include <embree${SAM6D_EMBREE_MAJOR}/rtcore.h>.
if(NOT TARGET sam6d_embree)
  find_package(embree 4 QUIET)
  if(NOT embree_FOUND)
    find_package(embree 3 REQUIRED)
  endif()
  string(REGEX MATCH "^[0-9]+" SAM6D_EMBREE_MAJOR "${embree_VERSION}")
  add_library(sam6d_embree INTERFACE IMPORTED)
  target_link_libraries(sam6d_embree INTERFACE embree)
  target_compile_definitions(sam6d_embree INTERFACE SAM6D_EMBREE_MAJOR=${SAM6D_EMBREE_MAJOR})
endif()
