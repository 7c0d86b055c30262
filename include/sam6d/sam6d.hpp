#pragma once

/// Everything of the core library (sam6d::sam6d). File formats are in sam6d/io.hpp (sam6d::io),
/// pictures for people in sam6d/viz.hpp (sam6d::viz).

#include "sam6d/camera.hpp"
#include "sam6d/checkpoint.hpp"
#include "sam6d/detection.hpp"
#include "sam6d/device.hpp"
#include "sam6d/error.hpp"
#include "sam6d/evaluate.hpp"
#include "sam6d/frame.hpp"
#include "sam6d/image.hpp"
#include "sam6d/log.hpp"
#include "sam6d/mask.hpp"
#include "sam6d/mesh.hpp"
#include "sam6d/object_model.hpp"
#include "sam6d/pipeline.hpp"
#include "sam6d/pose.hpp"
#include "sam6d/pose_estimator.hpp"
#include "sam6d/progress.hpp"
#include "sam6d/renderer.hpp"
#include "sam6d/segmenter.hpp"
#include "sam6d/symmetry.hpp"
#include "sam6d/template_views.hpp"
#include "sam6d/tensor.hpp"
#include "sam6d/transform.hpp"
#include "sam6d/version.hpp"
