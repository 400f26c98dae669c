#pragma once

#include <optional>
#include <string>

#include "thaw/app/interrupt.h"
#include "thaw/app/progress.h"
#include "thaw/task/climb_task.h"

namespace thaw::app {

/// Shows a climb on standard error: a table that grows by a row for each thing that was tried, and
/// below it, in a terminal, what is being done.
class ClimbProgress : public ClimbEvents {
 public:
  explicit ClimbProgress(const ClimbTask& task);

  bool on_download(int64_t received, int64_t total) override;
  void on_left_out(const std::string& reason) override;
  void on_remark(const std::string& remark) override;
  void on_features(TrainingControl& control, int64_t done, int64_t total) override;
  void on_epoch_begin(TrainingControl& control, int epoch) override;
  void on_batch_end(TrainingControl& control, const BatchProgress& progress) override;
  void on_climb_begin(const ClimbBegin& begin) override;
  void on_probe(const std::string& base, const ImageSize& size) override;
  void on_probed(const ProbedBase& probed) override;
  void on_base(const std::string& base, const ImageSize& size) override;
  void on_heads(const HeadChoice& heads) override;
  void on_rung_begin(const Rung& rung) override;
  void on_rung(const Rung& rung) override;

 private:
  const ClimbTask& task_;
  Progress line_;
  std::string doing_;
  bool is_rung_begun_ = false;
  int fits_ = 0;  ///< begun on this rung
  int epochs_ = 0;
  std::optional<Interrupt> interrupt_;
};

}  // namespace thaw::app
