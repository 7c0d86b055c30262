/// A robot's loop over a sequence of pictures: search once, then follow the object by refining its
/// last pose, and search again when it is lost. Every search has a time limit, and a picture that
/// cannot be read does not end the program.
///   embed_tracking object.s6d camera.json rgb_0.png depth_0.png [rgb_1.png depth_1.png ...]

#include <chrono>
#include <exception>
#include <iostream>
#include <optional>
#include <vector>

#include <sam6d/io.hpp>
#include <sam6d/sam6d.hpp>

namespace {

using Clock = std::chrono::steady_clock;

constexpr float kLostBelow = 0.5F;
constexpr std::chrono::seconds kSearchLimit{2};

/// Cancels a call when its time is up.
sam6d::ProgressFn until(Clock::time_point deadline) {
  return [deadline](const sam6d::Progress&) { return Clock::now() < deadline; };
}

class Tracker {
 public:
  explicit Tracker(const sam6d::ObjectModel& object) : objects_{pipeline_.prepare(object)} {}

  /// The object's pose in the picture, or nothing.
  std::optional<sam6d::Pose> find(const sam6d::Frame& frame) {
    if (last_) last_ = follow(frame, last_->cam_from_obj);
    if (!last_) last_ = search(frame);
    return last_;
  }

 private:
  std::optional<sam6d::Pose> follow(const sam6d::Frame& frame,
                                    const sam6d::RigidTransform& cam_from_obj) const {
    const auto refined = pipeline_.estimator().refine(frame, objects_.front(), cam_from_obj);
    return refined.pose && refined.pose->score >= kLostBelow ? refined.pose : std::nullopt;
  }

  std::optional<sam6d::Pose> search(const sam6d::Frame& frame) const {
    const auto found = pipeline_.run(frame, objects_, until(Clock::now() + kSearchLimit));
    for (const auto& result : found.poses) {
      if (result.pose) return result.pose;
    }
    return std::nullopt;
  }

  sam6d::Pipeline pipeline_;
  std::vector<sam6d::ObjectModel> objects_;
  std::optional<sam6d::Pose> last_;
};

}  // namespace

int main(int argc, char** argv) try {
  if (argc < 5 || argc % 2 == 0) {
    std::cerr << "usage: embed_tracking object.s6d camera.json rgb_0.png depth_0.png ...\n";
    return 2;
  }
  Tracker tracker(sam6d::load_bundle(argv[1]));
  for (int i = 3; i + 1 < argc; i += 2) {
    try {
      const auto picture = sam6d::load_frame(argv[i], argv[i + 1], argv[2]);
      const auto start = Clock::now();
      const auto pose = tracker.find(picture.view());
      const std::chrono::duration<double, std::milli> took = Clock::now() - start;
      std::cout << argv[i] << ": ";
      if (pose) {
        std::cout << "at " << pose->cam_from_obj.translation().transpose() << " m, score "
                  << pose->score;
      } else {
        std::cout << "not found";
      }
      std::cout << ", " << took.count() << " ms\n";
    } catch (const sam6d::Error& error) {
      std::cerr << argv[i] << ": " << error.what() << "\n";
    }
  }
} catch (const std::exception& error) {
  std::cerr << "error: " << error.what() << "\n";
  return 1;
}
