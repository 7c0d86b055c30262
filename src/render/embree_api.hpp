#pragma once

// Embree 3 and 4 differ in the header's folder and in how a query is passed its options. The build
// defines SAM6D_EMBREE_MAJOR from the package that it links.
#if SAM6D_EMBREE_MAJOR == 4
#include <embree4/rtcore.h>
#elif SAM6D_EMBREE_MAJOR == 3
#include <embree3/rtcore.h>
#else
#error "sam6d is written for Embree 3 and 4"
#endif

namespace sam6d {

/// The nearest hits of 16 rays that lie close to each other; rays with valid[i] == 0 are left out.
inline void intersect16(RTCScene scene, const int* valid, RTCRayHit16& rays) {
#if SAM6D_EMBREE_MAJOR == 4
  RTCIntersectArguments arguments;
  rtcInitIntersectArguments(&arguments);
  arguments.flags = RTC_RAY_QUERY_FLAG_COHERENT;
  rtcIntersect16(valid, scene, &rays, &arguments);
#else
  RTCIntersectContext context;
  rtcInitIntersectContext(&context);
  context.flags = RTC_INTERSECT_CONTEXT_FLAG_COHERENT;
  rtcIntersect16(valid, scene, &context, &rays);
#endif
}

}  // namespace sam6d
