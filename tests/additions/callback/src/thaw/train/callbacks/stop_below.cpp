#include "thaw/train/describe_callback.h"

namespace thaw {
namespace {

struct Options {
  double loss = 0;

  template <typename Visit>
  void fields(Visit&& visit) {
    visit("loss", loss);
  }
};

/// Ends the fit after the first epoch whose loss lies below a number.
class StopBelow final : public Callback {
 public:
  explicit StopBelow(const Options& options) : options_(options) {}

  void on_epoch_end(TrainingControl& control, int /*epoch*/, const Logs& logs) override {
    for (const auto& [name, value] : logs)
      if (name == "loss" && value < options_.loss) control.stop_after_epoch = true;
  }

 private:
  Options options_;
};

}  // namespace

namespace callback_types {
extern const CallbackType stop_below;
constinit const CallbackType stop_below =
    describe_callback<Options, StopBelow>("stop_below", "StopBelow");
}  // namespace callback_types

}  // namespace thaw
