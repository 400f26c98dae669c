#include "thaw/formats/json.h"
#include "thaw/train/appended_file.h"
#include "thaw/train/describe_callback.h"

namespace thaw {
namespace {

struct Options {
  std::string filename;
  bool append = false;
  int64_t batch_freq = 0;

  template <typename Visit>
  void fields(Visit&& visit) {
    visit("filename", filename);
    visit("append", append);
    visit("batch_freq", batch_freq);
  }
};

/// What it knows between events.
struct Memory {
  int64_t bytes = -1;  ///< of the file
  int64_t begun = 0;  ///< the last epoch whose begin is told, counted from 1; 0: the stage's is not
  int64_t done = 0;   ///< epochs of this fit that are told of to the end

  template <typename Visit>
  void fields(Visit&& visit) {
    visit("bytes", bytes);
    visit("begun", begun);
    visit("done", done);
  }
};

Config to_config(const Logs& logs) {
  Config result(Config::Map{});
  for (const auto& [name, value] : logs) result.set(name, AnyNumber{value}.to_config());
  return result;
}

Config event(const char* name, const TrainingControl& control) {
  return Config(Config::Map{}).set("event", name).set("stage", control.place.stage);
}

/// Writes a line of JSON for each event: stage_begin, epoch_begin, batch (each batch_freq-th of an
/// epoch), epoch_end, stage_end. Epochs are counted from 1, in each stage anew. A run that goes on
/// takes the file up where its state was, so the lines are those of a run that was not interrupted.
class JsonLines final : public Callback {
 public:
  explicit JsonLines(const Options& options) : options_(options), file_(options.filename) {
    if (options.filename.empty())
      throw UsageError("json_lines: expected a filename, received none");
    if (options.batch_freq < 0) {
      throw UsageError("json_lines: expected a batch_freq of 0 or more, received " +
                       std::to_string(options.batch_freq));
    }
  }

  void on_train_begin(TrainingControl& control) override {
    const bool goes_on = control.place.epochs_before > 0;
    if (!goes_on || !file_.bytes()) file_.begin(options_.append || goes_on);
    memory_ = {};
  }

  void on_epoch_begin(TrainingControl& control, int epoch) override {
    if (memory_.begun == 0) {
      write(event("stage_begin", control)
                .set("epochs", control.epochs)
                .set("epochs_before", control.place.epochs_before));
    }
    if (memory_.begun == epoch + 1) return;  // a run that goes on in the middle of it
    write(event("epoch_begin", control).set("epoch", epoch + 1));
    memory_.begun = epoch + 1;
  }

  void on_batch_end(TrainingControl& control, const BatchProgress& progress) override {
    if (options_.batch_freq == 0 || progress.batch % options_.batch_freq != 0) return;
    write(event("batch", control)
              .set("epoch", progress.epoch + 1)
              .set("batch", progress.batch)
              .set("batches", progress.batches)
              .set("logs", to_config(*progress.logs)));
  }

  void on_epoch_end(TrainingControl& control, int epoch, const Logs& logs) override {
    write(event("epoch_end", control)
              .set("epoch", epoch + 1)
              .set("learning_rate", control.optimizer.current_learning_rate())
              .set("logs", to_config(logs)));
    memory_.done = epoch + 1;
  }

  void on_train_end(TrainingControl& control, const History& history) override {
    const bool is_done = memory_.done >= control.epochs || control.stop_after_epoch;
    if (!is_done || memory_.begun == 0) return;  // an interrupted one goes on later
    write(event("stage_end", control)
              .set("epochs", memory_.done)
              .set("stopped_early", history.stopped_early));
  }

  std::optional<CallbackState> state() const override {
    Memory memory = memory_;
    memory.bytes = file_.bytes().value_or(-1);
    return CallbackState{"json_lines", fields::config_of(memory)};
  }

  void restore(TrainingControl&, const CallbackState& state) override {
    fields::read_known(state.numbers, memory_);
    if (memory_.bytes >= 0) file_.restore(memory_.bytes);
  }

 private:
  void write(const Config& line) { file_.append(write_json(line) + "\n"); }

  Options options_;
  AppendedFile file_;
  Memory memory_;
};

}  // namespace

namespace callback_types {
extern const CallbackType json_lines;
constinit const CallbackType json_lines =
    describe_callback<Options, JsonLines>("json_lines", "JsonLines");
}  // namespace callback_types

}  // namespace thaw
