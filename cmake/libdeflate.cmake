# Debian's libdeflate has a pkg-config file, newer ones a CMake package; the two files are enough.
if(NOT TARGET sam6d_libdeflate)
  find_path(LIBDEFLATE_INCLUDE_DIR libdeflate.h REQUIRED)
  find_library(LIBDEFLATE_LIBRARY deflate REQUIRED)
  add_library(sam6d_libdeflate SHARED IMPORTED)
  set_target_properties(sam6d_libdeflate PROPERTIES
    IMPORTED_LOCATION ${LIBDEFLATE_LIBRARY}
    INTERFACE_INCLUDE_DIRECTORIES ${LIBDEFLATE_INCLUDE_DIR})
endif()
