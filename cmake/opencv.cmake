# Finds OpenCV's modules one by one. Debian keeps OpenCVConfig.cmake in libopencv-dev, which brings
# 1 GB of GUI and video packages; the -dev packages of single modules suffice here.
foreach(module IN ITEMS core imgproc imgcodecs)
  if(NOT TARGET opencv_${module})
    find_package(OpenCV QUIET COMPONENTS ${module})
  endif()
  if(NOT TARGET opencv_${module})
    find_path(OPENCV_INCLUDE_DIR opencv2/core.hpp PATH_SUFFIXES opencv4 REQUIRED)
    find_library(OPENCV_${module}_LIBRARY opencv_${module} REQUIRED)
    add_library(opencv_${module} SHARED IMPORTED)
    set_target_properties(opencv_${module} PROPERTIES
      IMPORTED_LOCATION ${OPENCV_${module}_LIBRARY}
      INTERFACE_INCLUDE_DIRECTORIES ${OPENCV_INCLUDE_DIR})
  endif()
endforeach()
