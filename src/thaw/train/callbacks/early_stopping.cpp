#include "thaw/train/describe_callback.h"
#include "thaw/train/monitor.h"

namespace thaw {
namespace {

struct Options {
  std::string monitor = "val_loss";
  double min_delta = 0;
  int64_t patience = 0;
  MonitorMode mode = MonitorMode::automatic;
  std::optional<double> baseline = {};
  bool restore_best_weights = false;
  int64_t start_from_epoch = 0;

  template <typename Visit>
  void fields(Visit&& visit) {
    visit("monitor", monitor);
    visit("min_delta", min_delta);
    visit("patience", patience);
    visit("mode", mode);
    visit("baseline", baseline);
    visit("restore_best_weights", restore_best_weights);
    visit("start_from_epoch", start_from_epoch);
  }
};

/// What it knows between epochs.
struct Memory {
  std::optional<AnyNumber> best = {};
  int64_t wait = 0;  ///< epochs without anything better
  bool stopped = false;

  template <typename Visit>
  void fields(Visit&& visit) {
    visit("best", best);
    visit("wait", wait);
    visit("stopped", stopped);
  }
};

/// Ends a fit when what it monitors was not better for `patience` epochs, but not after the first
/// epoch. With restore_best_weights the weights of the best epoch are back at every end, as in
/// Keras 3; an interrupted fit keeps its own, to go on from.
class EarlyStopping final : public Callback {
 public:
  explicit EarlyStopping(const Options& options)
      : options_(options),
        monitor_("early_stopping", options.monitor, options.mode, options.min_delta) {}

  void on_train_begin(TrainingControl&) override {
    memory_ = {};
    best_weights_.clear();
    is_last_epoch_done_ = false;
  }

  void on_epoch_end(TrainingControl& control, int epoch, const Logs& logs) override {
    is_last_epoch_done_ = epoch + 1 >= control.epochs;
    const double value = monitor_.value(logs);
    if (epoch < options_.start_from_epoch) return;
    if (best_weights_.empty()) keep_weights(control);
    ++memory_.wait;
    const auto best = memory_.best ? std::optional(memory_.best->value) : std::nullopt;
    if (monitor_.improves(value, best)) {
      memory_.best = AnyNumber{value};
      keep_weights(control);
      if (!options_.baseline || monitor_.improves(value, options_.baseline)) memory_.wait = 0;
    } else if (memory_.wait >= options_.patience && epoch > 0) {
      memory_.stopped = control.stop_after_epoch = true;
    }
  }

  void on_train_end(TrainingControl& control, const History& history) override {
    const bool goes_on = history.interrupted && !memory_.stopped && !is_last_epoch_done_;
    if (goes_on || best_weights_.empty()) return;
    for (size_t i = 0; i < best_weights_.size(); ++i)
      control.variables[i]->assign(best_weights_[i].clone());
  }

  std::optional<CallbackState> state() const override {
    return CallbackState{"early_stopping", fields::config_of(memory_), best_weights_};
  }

  void restore(TrainingControl& control, const CallbackState& state) override {
    fields::read_known(state.numbers, memory_);
    if (!state.tensors.empty() && state.tensors.size() != control.variables.size()) {
      throw Error("early_stopping: expected the best epoch's " +
                  std::to_string(control.variables.size()) + " weights, received " +
                  std::to_string(state.tensors.size()));
    }
    best_weights_ = state.tensors;
    if (memory_.stopped) control.stop_after_epoch = true;
  }

 private:
  void keep_weights(const TrainingControl& control) {
    if (!options_.restore_best_weights) return;
    best_weights_.clear();
    for (const VariablePtr& variable : control.variables)
      best_weights_.push_back(variable->value().clone());
  }

  Options options_;
  Monitor monitor_;
  Memory memory_;
  std::vector<Tensor> best_weights_;  ///< as TrainingControl::variables
  bool is_last_epoch_done_ = false;
};

}  // namespace

namespace callback_types {
extern const CallbackType early_stopping;
constinit const CallbackType early_stopping =
    describe_callback<Options, EarlyStopping>("early_stopping", "EarlyStopping");
}  // namespace callback_types

}  // namespace thaw
