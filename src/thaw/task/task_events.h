#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "thaw/recipe/stage.h"
#include "thaw/train/callback.h"

namespace thaw {

/// What a fit has found before it trains.
struct FitBegin {
  int64_t train_images = 0;
  int64_t validation_images = 0;
  int64_t classes = 0;
  /// Each class's name and images, those for validation among them.
  std::vector<std::pair<std::string, int64_t>> class_images = {};
  std::string base;  ///< the network's name
  /// Of a file, what of it is the base and what its head; of the default base, that it is that.
  /// In a line; empty: neither.
  std::string base_told;
  int height = 0;  ///< of the images as it takes them
  int width = 0;
  bool goes_on = false;  ///< with a run that was interrupted
  /// Where the state of an unfinished run, which this one does not go on with, was put aside;
  /// empty: there was none.
  std::string kept_aside = {};
  std::string augmentation;  ///< what it costs, in a line; empty: there is none
};

/// Follows a task: override what is of interest. Of a fit, Callback's methods come as well, stage
/// by stage. Called by the thread that runs the task.
class TaskEvents : public Callback {
 public:
  /// Bytes of official weights, of how many (−1: unknown). Returning false ends the task.
  virtual bool on_download(int64_t /*received*/, int64_t /*total*/) { return true; }
  virtual void on_fit_begin(const FitBegin&) {}
  /// Before each stage; `epochs` holds those of a run that this one goes on with.
  virtual void on_stage(const StageReport&) {}
  /// An image that cannot be read is left out: why, beginning with its name.
  virtual void on_left_out(const std::string& /*reason*/) {}
  /// What a person should know beside the result: what was concluded, what is doubtful.
  virtual void on_remark(const std::string& /*remark*/) {}
};

}  // namespace thaw
