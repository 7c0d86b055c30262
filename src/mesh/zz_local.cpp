#include "sam6d/mesh.hpp"
namespace sam6d { Symmetries detect_symmetries(const TriangleMesh&, const SymmetryDetectionOptions&) { return {}; } }
