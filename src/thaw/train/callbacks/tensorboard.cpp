#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <filesystem>

#include "thaw/formats/tensorflow/event_file.h"
#include "thaw/train/appended_file.h"
#include "thaw/train/describe_callback.h"

namespace thaw {
namespace {

using Clock = std::chrono::system_clock;

/// "epoch", "batch", or a number of batches.
struct UpdateFrequency {
  int64_t batches = 0;  ///< 0: epochs alone

  static UpdateFrequency from_config(const Config& config) {
    if (config == Config("epoch")) return {};
    if (config == Config("batch")) return {1};
    if (config.is_integer() && config.as_integer() > 0) return {config.as_integer()};
    throw Error("expected epoch, batch or a number of batches, received " + config.to_string());
  }
  Config to_config() const { return batches == 0 ? Config("epoch") : Config(batches); }
};

struct Options {
  std::string log_dir = "logs";
  UpdateFrequency update_freq = {};
  bool write_steps_per_second = false;

  template <typename Visit>
  void fields(Visit&& visit) {
    visit("log_dir", log_dir);
    visit("update_freq", update_freq);
    visit("write_steps_per_second", write_steps_per_second);
  }
};

double now_seconds() {
  return std::chrono::duration<double>(Clock::now().time_since_epoch()).count();
}

std::string host_name() {
  std::array<char, 256> name{};
  if (gethostname(name.data(), name.size() - 1) != 0 || name[0] == 0) return "localhost";
  return name.data();
}

/// A name that no file of the folder has yet, of the form that TensorBoard looks for.
std::filesystem::path new_event_file(const std::filesystem::path& folder) {
  const auto seconds = static_cast<int64_t>(now_seconds());
  for (int number = 0;; ++number) {
    std::filesystem::path file = folder / fmt::format("events.out.tfevents.{:010}.{}.{}.{}.v2",
                                                      seconds, host_name(), getpid(), number);
    if (!std::filesystem::exists(file)) return file;
  }
}

/// The event file of one side, train or validation: made when it has something to say.
class EventFile {
 public:
  EventFile(std::string side, std::filesystem::path folder)
      : side_(std::move(side)), folder_(std::move(folder)) {}

  void begin_run() { file_ = AppendedFile(); }
  void write(const std::vector<std::pair<std::string, double>>& scalars, int64_t step) {
    if (scalars.empty()) return;
    if (file_.path().empty()) file_ = AppendedFile(new_event_file(folder_));
    const double time = now_seconds();
    std::string records;
    if (file_.is_at_begin()) records = tensorflow::event_file_begin(time);
    for (const auto& [tag, value] : scalars)
      records += tensorflow::event_record({.tag = tag, .value = value, .step = step}, time);
    file_.append(records);
  }

  void add_state(Config& state) const {
    if (!file_.bytes()) return;
    state.set(side_ + "_file", file_.path().string()).set(side_ + "_bytes", *file_.bytes());
  }
  void restore(const Config& state) {
    const Config* file = state.find(side_ + "_file");
    if (file == nullptr) return;
    file_ = AppendedFile(file->as_string());
    file_.restore(state.at(side_ + "_bytes").as_integer());
  }

 private:
  std::string side_;
  std::filesystem::path folder_;
  AppendedFile file_;
};

/// Writes the logs of each epoch, and of batches where that is asked for, as event files under
/// log_dir/train and log_dir/validation, with the tags that Keras gives them. Epochs and batches
/// are counted over all fits of a run; one that goes on writes into its files where its state was.
class TensorBoard final : public Callback {
 public:
  explicit TensorBoard(const Options& options)
      : options_(options),
        train_("train", std::filesystem::path(options.log_dir) / "train"),
        validation_("validation", std::filesystem::path(options.log_dir) / "validation") {
    if (options.log_dir.empty()) throw UsageError("tensorboard: expected a log_dir, received none");
  }

  void on_train_begin(TrainingControl& control) override {
    if (control.place.epochs_before > 0) return;
    batches_ = 0;
    train_.begin_run();
    validation_.begin_run();
  }

  void on_epoch_begin(TrainingControl&, int) override {
    epoch_began_ = Clock::now();
    batches_of_epoch_ = 0;
  }

  void on_batch_end(TrainingControl&, const BatchProgress& progress) override {
    ++batches_;
    ++batches_of_epoch_;
    if (options_.update_freq.batches == 0 || batches_ % options_.update_freq.batches != 0) return;
    std::vector<std::pair<std::string, double>> scalars;
    for (const auto& [name, value] : *progress.logs) scalars.emplace_back("batch_" + name, value);
    train_.write(scalars, batches_);
  }

  void on_epoch_end(TrainingControl& control, int epoch, const Logs& logs) override {
    std::vector<std::pair<std::string, double>> train;
    std::vector<std::pair<std::string, double>> evaluation;
    std::vector<std::pair<std::string, double>> validation;
    for (const auto& [name, value] : logs) {
      constexpr std::string_view prefix = "val_";
      if (name.starts_with(prefix)) {
        evaluation.emplace_back("evaluation_" + name.substr(prefix.size()) + "_vs_iterations",
                                value);
        validation.emplace_back("epoch_" + name.substr(prefix.size()), value);
      } else {
        train.emplace_back("epoch_" + name, value);
      }
    }
    train.emplace_back("epoch_learning_rate", control.optimizer.current_learning_rate());
    if (options_.write_steps_per_second)
      train.emplace_back("epoch_steps_per_second", steps_per_second());
    const int64_t step = control.place.epochs_before + epoch;
    train_.write(train, step);
    validation_.write(evaluation, batches_);
    validation_.write(validation, step);
  }

  std::optional<CallbackState> state() const override {
    Config numbers(Config::Map{});
    numbers.set("batches", batches_);
    train_.add_state(numbers);
    validation_.add_state(numbers);
    return CallbackState{"tensorboard", std::move(numbers)};
  }

  void restore(TrainingControl&, const CallbackState& state) override {
    batches_ = state.numbers.at("batches").as_integer();
    train_.restore(state.numbers);
    validation_.restore(state.numbers);
  }

 private:
  double steps_per_second() const {
    const double seconds = std::chrono::duration<double>(Clock::now() - epoch_began_).count();
    return static_cast<double>(batches_of_epoch_) / std::max(seconds, 1e-9);
  }

  Options options_;
  EventFile train_;
  EventFile validation_;
  int64_t batches_ = 0;  ///< done, over all fits of the run
  int64_t batches_of_epoch_ = 0;
  Clock::time_point epoch_began_;
};

}  // namespace

namespace callback_types {
extern const CallbackType tensorboard;
constinit const CallbackType tensorboard =
    describe_callback<Options, TensorBoard>("tensorboard", "TensorBoard");
}  // namespace callback_types

}  // namespace thaw
