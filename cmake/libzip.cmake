# Debian's libzip package config names command-line tools of other packages and fails without them.
if(NOT TARGET sam6d_libzip)
  find_path(LIBZIP_INCLUDE_DIR zip.h REQUIRED)
  find_library(LIBZIP_LIBRARY zip REQUIRED)
  add_library(sam6d_libzip SHARED IMPORTED)
  set_target_properties(sam6d_libzip PROPERTIES
    IMPORTED_LOCATION ${LIBZIP_LIBRARY} INTERFACE_INCLUDE_DIRECTORIES ${LIBZIP_INCLUDE_DIR})
endif()
