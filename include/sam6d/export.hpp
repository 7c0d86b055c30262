#pragma once

/// Marks what the shared libraries export; everything else is hidden.
#if defined(__GNUC__)
#define SAM6D_API __attribute__((visibility("default")))
#else
#define SAM6D_API
#endif
