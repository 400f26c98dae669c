#pragma once

#include <chrono>
#include <string>

#include "thaw/task/task_events.h"

namespace thaw::app {

/// Shows a task on standard error: a bar an epoch, redrawn in place, in a terminal; else a plain
/// line an epoch.
class Progress : public TaskEvents {
 public:
  Progress();

  void on_stage(const StageReport& stage) override;
  void on_features(TrainingControl& control, int64_t done, int64_t total) override;
  void on_epoch_begin(TrainingControl& control, int epoch) override;
  void on_batch_end(TrainingControl& control, const BatchProgress& progress) override;
  void on_epoch_end(TrainingControl& control, int epoch, const Logs& logs) override;
  void on_train_end(TrainingControl& control, const History& history) override;
  bool on_download(int64_t received, int64_t total) override;
  void on_left_out(const std::string& reason) override;
  void on_remark(const std::string& remark) override;

  /// Replaces the line being drawn, at most ten times a second unless `now`.
  void draw(const std::string& line, bool now = false);
  /// Ends the line being drawn with `line`, which stays.
  void keep(const std::string& line);

 private:
  using Clock = std::chrono::steady_clock;

  bool in_place_;
  bool drawn_ = false;
  int epochs_ = 0;
  int64_t images_ = 0;
  Clock::time_point last_drawn_;
  Clock::time_point started_;
};

}  // namespace thaw::app
