#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "thaw/data/dataset.h"
#include "thaw/formats/model_file.h"
#include "thaw/graph/functional.h"
#include "thaw/ops/graph.h"
#include "thaw/runtime/engine.h"
#include "thaw/train/fit_options.h"
#include "thaw/train/history.h"
#include "thaw/train/optimizers/adam.h"
#include "thaw/train/optimizers/sgd.h"
#include "thaw/train/train_state.h"

namespace thaw {

/// A model that can be trained (Keras's Model). A handle, like Functional.
class Model : public Functional {
 public:
  Model(const Functional& functional);
  Model(const Symbol& input, const Symbol& output, std::string name = "");

  /// Reads a model and what Keras, or save(), left in the file of its training: it is compiled, and
  /// the optimizer goes on where it stopped. `dropped`, where given, takes a line for each thing
  /// that the file asks for and this model will not do; an optimizer or a loss that is not known
  /// leaves it not compiled. Throws as load_model().
  static Model load(const std::filesystem::path& path, const LoadOptions& options = {},
                    std::vector<std::string>* dropped = nullptr);
  /// Writes it with all of that, ".keras" or ".h5": Keras's load_model() goes on with it. Throws as
  /// save_model().
  void save(const std::filesystem::path& path) const;

  /// Sets what fit trains with. Which weights train is taken at the first fit after this. Throws
  /// UsageError on an unknown loss or metric, options that they do not have, or an empty optimizer.
  void compile(const CompileOptions& options) const;
  /// nullptr before.
  const CompileOptions* compiled() const;
  /// Trains. Samples that cannot be read are left out, by name, in History::dropped. Throws Error
  /// when a class is left empty, nothing trains, or targets do not fit the loss.
  History fit(Engine& engine, const Dataset& data, const FitOptions& options = {}) const;
  /// Loss and metrics over options.validation_data as a fit measures them at the end of an epoch,
  /// "val_loss", …: from the features that are kept of it. None where it was stopped.
  std::optional<Logs> validate(Engine& engine, const Dataset& data,
                               const FitOptions& options) const;
  /// Loss and metrics over a dataset, in inference mode.
  Logs evaluate(Engine& engine, const Dataset& data, const EvaluateOptions& options = {}) const;
  /// The model's output [samples, …] in inference mode.
  Tensor predict(Engine& engine, const Dataset& data) const;
  Tensor predict(Engine& engine, const Tensor& x) const;

  /// Where a fit would begin if the layers that train now stayed so: what KeptFeatures::expect()
  /// takes. Needs compile().
  std::vector<ops::Value> frozen_cut() const;

  /// Everything that the fits since compile() changed, copied. Throws Error before the first fit.
  TrainState train_state() const;
  /// Takes up where the state was, in the middle of an epoch too; continue with
  /// fit({.initial_epoch = state.position.epoch, …}) and the other options as before. The model
  /// must be compiled with the same optimizer and the same layers trainable.
  void restore(const TrainState& state) const;

 private:
  struct Training;
  std::shared_ptr<Training> training_;
};

}  // namespace thaw
