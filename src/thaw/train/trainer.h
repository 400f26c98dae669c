#pragma once

#include "thaw/runtime/engine.h"
#include "thaw/train/fit_options.h"
#include "thaw/train/meter.h"
#include "thaw/train/pass_over.h"
#include "thaw/train/targets.h"
#include "thaw/train/train_state.h"
#include "thaw/train/training_graph.h"

namespace thaw {

/// The variables that training the suffix changes, each once, with their names.
std::vector<std::pair<std::string, VariablePtr>> changed_variables(const ops::Graph& suffix);

/// One fit; of the model `told` its callbacks are told.
class Trainer {
 public:
  Trainer(Engine& engine, const TrainingGraph& model, const CompileOptions& compiled,
          const Dataset& data, const FitOptions& options, const Model* told = nullptr);
  /// Runs what is left from `position`, which follows every step; returns this run's part.
  History run(RunPosition& position);
  /// What an epoch's end measures, without an epoch; none where it was stopped.
  std::optional<Logs> validate_alone();

 private:
  struct Step {
    std::unique_ptr<Executable> executable;
    std::vector<Tensor> inputs;
    Tensor gradient;
    bool stale = false;
  };

  bool prepare();
  std::optional<PassedImages> pass(const Dataset& data, const std::shared_ptr<FrozenLayers>& frozen,
                                   bool keep, const std::optional<std::vector<int64_t>>& only);
  std::vector<int64_t> order_of(int epoch) const;
  Step& step_of(int64_t rows);
  void train_batch(std::span<const int64_t> samples);
  bool run_epoch(RunPosition& position);
  void validate();
  void set_schedule();
  void begin(RunPosition& position);
  /// At the end of the last epoch that there is.
  void finish(const RunPosition& position, History& history);
  void check_finite(const RunPosition& position) const;
  bool stop_asked() const;

  Engine& engine_;
  const TrainingGraph& model_;
  const CompileOptions& compiled_;
  const FitOptions& options_;
  const Dataset& data_;
  const LossType& loss_;
  TrainingControl control_;
  ops::Graph training_;
  std::shared_ptr<KeptFeatures> kept_;
  PassedImages images_;
  std::optional<PassedImages> validation_images_;
  Targets targets_;
  Targets validation_targets_;
  std::map<int64_t, Step> steps_;
  Meter meter_;
  Logs epoch_logs_;
};

}  // namespace thaw
