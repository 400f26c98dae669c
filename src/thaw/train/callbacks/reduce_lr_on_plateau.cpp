#include <algorithm>

#include "thaw/train/describe_callback.h"
#include "thaw/train/monitor.h"

namespace thaw {
namespace {

struct Options {
  std::string monitor = "val_loss";
  double factor = 0.1;
  int64_t patience = 10;
  MonitorMode mode = MonitorMode::automatic;
  double min_delta = 1e-4;
  int64_t cooldown = 0;
  double min_lr = 0;

  template <typename Visit>
  void fields(Visit&& visit) {
    visit("monitor", monitor);
    visit("factor", factor);
    visit("patience", patience);
    visit("mode", mode);
    visit("min_delta", min_delta);
    visit("cooldown", cooldown);
    visit("min_lr", min_lr);
  }
};

/// What it knows between epochs.
struct Memory {
  std::optional<AnyNumber> best = {};
  int64_t wait = 0;      ///< epochs without anything better
  int64_t cooldown = 0;  ///< epochs left in which none are counted

  template <typename Visit>
  void fields(Visit&& visit) {
    visit("best", best);
    visit("wait", wait);
    visit("cooldown", cooldown);
  }
};

/// Multiplies the learning rate by `factor` when what it monitors was not better for `patience`
/// epochs; then none are counted for `cooldown` epochs. As Keras does it, but for the learning rate
/// among the logs.
class ReduceLrOnPlateau final : public Callback {
 public:
  explicit ReduceLrOnPlateau(const Options& options)
      : options_(options),
        monitor_("reduce_lr_on_plateau", options.monitor, options.mode, options.min_delta) {
    if (!(options.factor >= 0 && options.factor < 1)) {
      throw UsageError("reduce_lr_on_plateau: expected a factor from 0 to below 1, received " +
                       std::to_string(options.factor));
    }
  }

  void on_train_begin(TrainingControl&) override { memory_ = {}; }

  void on_epoch_end(TrainingControl& control, int, const Logs& logs) override {
    const double value = monitor_.value(logs);
    if (memory_.cooldown > 0) {
      --memory_.cooldown;
      memory_.wait = 0;
    }
    const auto best = memory_.best ? std::optional(memory_.best->value) : std::nullopt;
    if (monitor_.improves(value, best)) {
      memory_.best = AnyNumber{value};
      memory_.wait = 0;
    } else if (memory_.cooldown == 0 && ++memory_.wait >= options_.patience) {
      reduce(control.optimizer);
    }
  }

  std::optional<CallbackState> state() const override {
    return CallbackState{"reduce_lr_on_plateau", fields::config_of(memory_)};
  }

  void restore(TrainingControl&, const CallbackState& state) override {
    fields::read_known(state.numbers, memory_);
  }

 private:
  void reduce(Optimizer& optimizer) {
    const double rate = optimizer.learning_rate();
    if (rate <= options_.min_lr) return;
    optimizer.set_learning_rate(std::max(rate * options_.factor, options_.min_lr));
    memory_.cooldown = options_.cooldown;
    memory_.wait = 0;
  }

  Options options_;
  Monitor monitor_;
  Memory memory_;
};

}  // namespace

namespace callback_types {
extern const CallbackType reduce_lr_on_plateau;
constinit const CallbackType reduce_lr_on_plateau =
    describe_callback<Options, ReduceLrOnPlateau>("reduce_lr_on_plateau", "ReduceLROnPlateau");
}  // namespace callback_types

}  // namespace thaw
