#pragma once

/// Everything of sam6d::io: files of meshes, pictures, cameras, detections, poses, data sets,
/// tensors.

#include "sam6d/bop_results.hpp"
#include "sam6d/bundle.hpp"
#include "sam6d/camera_io.hpp"
#include "sam6d/dataset.hpp"
#include "sam6d/dataset_writer.hpp"
#include "sam6d/detection_io.hpp"
#include "sam6d/file_io.hpp"
#include "sam6d/frame_io.hpp"
#include "sam6d/image_io.hpp"
#include "sam6d/mesh_io.hpp"
#include "sam6d/npy.hpp"
#include "sam6d/result_io.hpp"
#include "sam6d/rle.hpp"
#include "sam6d/safetensors_io.hpp"
#include "sam6d/template_folder.hpp"
