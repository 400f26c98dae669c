#include <filesystem>

#include "thaw/formats/model_file.h"
#include "thaw/train/describe_callback.h"
#include "thaw/train/logs_text.h"
#include "thaw/train/model.h"
#include "thaw/train/monitor.h"

namespace thaw {
namespace {

/// "epoch", or a number of batches.
struct SaveFrequency {
  int64_t batches = 0;  ///< 0: at the end of each epoch

  static SaveFrequency from_config(const Config& config) {
    if (config == Config("epoch")) return {};
    if (config.is_integer() && config.as_integer() > 0) return {config.as_integer()};
    throw Error("expected epoch or a number of batches, received " + config.to_string());
  }
  Config to_config() const { return batches == 0 ? Config("epoch") : Config(batches); }
};

struct Options {
  std::string filepath;
  std::string monitor = "val_loss";
  bool save_best_only = false;
  bool save_weights_only = false;
  MonitorMode mode = MonitorMode::automatic;
  SaveFrequency save_freq = {};
  std::optional<double> initial_value_threshold = {};

  template <typename Visit>
  void fields(Visit&& visit) {
    visit("filepath", filepath);
    visit("monitor", monitor);
    visit("save_best_only", save_best_only);
    visit("save_weights_only", save_weights_only);
    visit("mode", mode);
    visit("save_freq", save_freq);
    visit("initial_value_threshold", initial_value_threshold);
  }
};

/// What it knows between steps.
struct Memory {
  std::optional<AnyNumber> best = {};
  int64_t batches = 0;  ///< since it saved last

  template <typename Visit>
  void fields(Visit&& visit) {
    visit("best", best);
    visit("batches", batches);
  }
};

void check(const Options& options) {
  const std::string& path = options.filepath;
  const bool is_of_weights = path.ends_with(".weights.h5");
  const bool is_of_model = path.ends_with(".keras") || (path.ends_with(".h5") && !is_of_weights);
  if (options.save_weights_only ? is_of_weights : is_of_model) return;
  throw UsageError("model_checkpoint: expected a filepath that ends in " +
                   std::string(options.save_weights_only
                                   ? ".weights.h5, since weights alone are to be saved"
                                   : ".keras or .h5 (save_weights_only=true: .weights.h5)") +
                   ", received \"" + path + "\"");
}

/// Saves the model, or its weights, at the end of each epoch or after so many batches: each time,
/// or where what it monitors is better than before, whichever fit that was in. Epochs are counted
/// over all fits of a run, from 1. A file appears whole or not at all.
class ModelCheckpoint final : public Callback {
 public:
  explicit ModelCheckpoint(const Options& options) : options_(options) {
    check(options);
    if (options.save_best_only)
      monitor_.emplace("model_checkpoint", options.monitor, options.mode, 0);
    if (options_.initial_value_threshold)
      memory_.best = AnyNumber{*options_.initial_value_threshold};
  }

  void on_batch_end(TrainingControl& control, const BatchProgress& progress) override {
    if (options_.save_freq.batches == 0 || ++memory_.batches < options_.save_freq.batches) return;
    memory_.batches = 0;
    const int64_t epoch = control.place.epochs_before + progress.epoch + 1;
    save(control, {{"epoch", epoch}, {"batch", progress.batch}}, *progress.logs);
  }

  void on_epoch_end(TrainingControl& control, int epoch, const Logs& logs) override {
    if (options_.save_freq.batches != 0) return;
    save(control, {{"epoch", control.place.epochs_before + epoch + 1}}, logs);
  }

  std::optional<CallbackState> state() const override {
    return CallbackState{"model_checkpoint", fields::config_of(memory_)};
  }

  void restore(TrainingControl&, const CallbackState& state) override {
    fields::read_known(state.numbers, memory_);
  }

 private:
  void save(const TrainingControl& control,
            const std::vector<std::pair<std::string, int64_t>>& counts, const Logs& logs) {
    const std::filesystem::path path = with_context(
        "model_checkpoint: filepath", [&] { return logs_text(options_.filepath, counts, logs); });
    if (monitor_) {
      const double value = monitor_->value(logs);
      const auto best = memory_.best ? std::optional(memory_.best->value) : std::nullopt;
      if (!monitor_->improves(value, best)) return;
      memory_.best = AnyNumber{value};
    }
    if (control.model == nullptr) throw Error("model_checkpoint: expected a fit of a model");
    std::error_code ignored;
    if (path.has_parent_path()) std::filesystem::create_directories(path.parent_path(), ignored);
    if (options_.save_weights_only) {
      save_weights(*control.model, path);
    } else {
      control.model->save(path);
    }
  }

  Options options_;
  std::optional<Monitor> monitor_;
  Memory memory_;
};

}  // namespace

namespace callback_types {
extern const CallbackType model_checkpoint;
constinit const CallbackType model_checkpoint =
    describe_callback<Options, ModelCheckpoint>("model_checkpoint", "ModelCheckpoint");
}  // namespace callback_types

}  // namespace thaw
