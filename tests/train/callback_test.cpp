// Callbacks against what Keras's do (tools/golden/train_callbacks.py), and how runs that were
// interrupted go on with them.

#include "thaw/train/callback.h"

#include <gtest/gtest.h>

#include <cstring>
#include <fstream>
#include <map>
#include <sstream>

#include "support/engine.h"
#include "support/error_of.h"
#include "support/event_records.h"
#include "support/temporary_folder.h"
#include "thaw/core/files.h"
#include "thaw/core/random.h"
#include "thaw/data/array_dataset.h"
#include "thaw/graph/layers/dense.h"
#include "thaw/train/model.h"

namespace thaw {
namespace {

using testing::contains;
using testing::error_of;

struct Golden {
  std::string callback;
  std::vector<double> losses;
  std::string result;
};

/// The lines of callbacks.txt whose callback is of that name.
std::vector<Golden> golden(const std::string& name) {
  std::ifstream file(std::string(THAW_SOURCE_FOLDER) + "/tests/golden/train/callbacks.txt");
  std::vector<Golden> result;
  std::string line;
  while (std::getline(file, line)) {
    if (!line.starts_with(name)) continue;
    const size_t first = line.find(" | ");
    const size_t second = line.find(" | ", first + 1);
    Golden row{line.substr(0, first), {}, line.substr(second + 3)};
    std::istringstream words(line.substr(first + 3, second - first - 3));
    for (std::string word; words >> word;) row.losses.push_back(std::stod(word));
    result.push_back(std::move(row));
  }
  return result;
}

/// What a fit would call, with the number of the epoch as the only weight.
class Fit {
 public:
  Fit() : weight_("w", Shape{1}, true, [](uint64_t) { return Tensor::zeros({1}); }) {
    control_.optimizer = make_optimizer("sgd", 0.5);
    control_.variables = {std::shared_ptr<Variable>(std::shared_ptr<void>(), &weight_)};
  }

  void begin(Callback& callback, size_t epochs) {
    control_.epochs = static_cast<int>(epochs);
    callback.on_train_begin(control_);
  }
  /// Epochs from `first` on until it stops; their number so far.
  size_t run(Callback& callback, const std::vector<double>& losses, size_t first, size_t last) {
    size_t epoch = first;
    while (epoch < last && !control_.stop_after_epoch) {
      weight_.assign(Tensor::full({1}, static_cast<float>(epoch)));
      callback.on_epoch_end(control_, static_cast<int>(epoch),
                            {{"loss", losses[epoch] / 2}, {"val_loss", losses[epoch]}});
      rates_.push_back(control_.optimizer.learning_rate());
      ++epoch;
    }
    return epoch;
  }
  void end(Callback& callback) {
    history_.stopped_early = control_.stop_after_epoch;
    callback.on_train_end(control_, history_);
  }

  TrainingControl& control() { return control_; }
  float weight() { return weight_.value().values()[0]; }
  const std::vector<double>& rates() const { return rates_; }

 private:
  Variable weight_;
  TrainingControl control_;
  History history_;
  std::vector<double> rates_;
};

TEST(EarlyStopping, stops_where_keras_stops_with_the_weights_that_keras_has) {
  const auto rows = golden("early_stopping");
  ASSERT_FALSE(rows.empty());
  for (const Golden& row : rows) {
    const auto callback = make_callback(row.callback);
    Fit fit;
    fit.begin(*callback, row.losses.size());
    const size_t epochs = fit.run(*callback, row.losses, 0, row.losses.size());
    fit.end(*callback);
    std::ostringstream result;
    result << epochs << " " << fit.weight();
    EXPECT_EQ(std::stod(row.result), static_cast<double>(epochs)) << row.callback;
    EXPECT_EQ(std::stod(row.result.substr(row.result.find(' '))), fit.weight()) << row.callback;
  }
}

TEST(ReduceLrOnPlateau, has_the_learning_rates_of_keras) {
  const auto rows = golden("reduce_lr_on_plateau");
  ASSERT_FALSE(rows.empty());
  for (const Golden& row : rows) {
    const auto callback = make_callback(row.callback);
    Fit fit;
    fit.begin(*callback, row.losses.size());
    fit.run(*callback, row.losses, 0, row.losses.size());
    std::istringstream words(row.result);
    for (const double rate : fit.rates()) {
      std::string expected;
      ASSERT_TRUE(words >> expected);
      // Keras keeps it as a float32.
      EXPECT_NEAR(rate / std::stod(expected), 1, 1e-6) << row.callback;
    }
  }
}

TEST(CsvLogger, writes_the_file_that_keras_writes) {
  const testing::TemporaryFolder folder;
  const std::string path = (folder / "log.csv").string();
  for (const Golden& row : golden("csv_logger")) {
    const bool has_validation = row.callback.ends_with("validation=true");
    const auto callback = make_callback("csv_logger", {{"filename", path}});
    Fit fit;
    fit.begin(*callback, row.losses.size());
    for (size_t epoch = 0; epoch < row.losses.size(); ++epoch) {
      const double loss = row.losses[epoch];
      callback->on_epoch_end(
          fit.control(), static_cast<int>(epoch),
          has_validation ? Logs{{"val_loss", loss}, {"loss", loss / 2}} : Logs{{"loss", loss}});
    }
    std::string expected;
    for (size_t i = 0; i < row.result.size(); ++i) {
      const bool escaped = row.result[i] == '\\';
      expected += !escaped ? row.result[i] : row.result[i + 1] == 'r' ? '\r' : '\n';
      i += escaped ? 1 : 0;
    }
    EXPECT_EQ(read_file(path), expected) << row.callback;
  }
}

/// State as a checkpoint keeps it, after each epoch.
TEST(Callbacks, restored_between_epochs_end_as_they_would_have) {
  for (const char* name : {"early_stopping", "reduce_lr_on_plateau"}) {
    for (const Golden& row : golden(name)) {
      for (size_t cut = 1; cut < row.losses.size(); ++cut) {
        const auto whole = make_callback(row.callback);
        Fit expected;
        expected.begin(*whole, row.losses.size());
        const size_t epochs = expected.run(*whole, row.losses, 0, row.losses.size());
        expected.end(*whole);
        const auto first = make_callback(row.callback);
        Fit fit;
        fit.begin(*first, row.losses.size());
        const size_t done = fit.run(*first, row.losses, 0, cut);
        const auto states = states_of(std::vector<Callback*>{first.get()});
        const auto second = make_callback(row.callback);
        fit.control().stop_after_epoch = false;
        fit.begin(*second, row.losses.size());
        restore_states(std::vector<Callback*>{second.get()}, states, fit.control());
        EXPECT_EQ(fit.run(*second, row.losses, done, row.losses.size()), epochs) << row.callback;
        fit.end(*second);
        EXPECT_EQ(fit.weight(), expected.weight()) << row.callback << " from " << cut;
        EXPECT_EQ(fit.rates(), expected.rates()) << row.callback << " from " << cut;
      }
    }
  }
}

TEST(Callbacks, of_wrong_names_options_and_numbers_are_refused) {
  const auto refused = [](const char* text) {
    return error_of<UsageError>([&] { make_callback(text); });
  };
  EXPECT_TRUE(contains(refused("early_stoping"), "csv_logger, early_stopping"));
  EXPECT_TRUE(contains(refused("early_stopping@paticence=2"), "patience"));
  EXPECT_TRUE(contains(refused("early_stopping@mode=most"), "auto, min, max"));
  EXPECT_TRUE(contains(refused("early_stopping@monitor=speed"), "mode"));
  EXPECT_TRUE(contains(refused("reduce_lr_on_plateau@factor=2"), "factor"));
  EXPECT_TRUE(contains(refused("csv_logger"), "filename"));
  const auto callback = make_callback("early_stopping");
  Fit fit;
  fit.begin(*callback, 2);
  const std::string what = error_of([&] {
    callback->on_epoch_end(fit.control(), 0, {{"loss", 1.0}, {"accuracy", 0.5}});
  });
  EXPECT_TRUE(contains(what, "loss, accuracy") && contains(what, "validation data")) << what;
}

class StopAfter final : public Callback {
 public:
  explicit StopAfter(int steps) : left_(steps) {}
  void on_batch_end(TrainingControl& control, const BatchProgress&) override {
    control.stop_now = --left_ == 0;
  }

 private:
  int left_;
};

class InterruptedFit : public ::testing::Test {
 protected:
  static constexpr int epochs = 6;
  static constexpr int64_t images = 40;

  InterruptedFit() : data_(ArrayDataset(Tensor(Shape{images, 4}), std::vector<int64_t>(images))) {
    Tensor x({images, 4});
    std::vector<int64_t> labels;
    Random random(3);
    for (float& value : x.values()) value = random.uniform(-1, 1);
    for (int64_t i = 0; i < images; ++i) labels.push_back(i % 3);
    data_ = ArrayDataset(x, labels);
  }

  static Model model() {
    const Symbol x = input({4});
    Model model(x, dense({.units = 3, .activation = "softmax", .name = "head"})(x));
    model.initialize_weights(3);
    model.compile({.optimizer = make_optimizer("adam", 0.3),
                   .loss = "categorical_crossentropy",
                   .metrics = {"accuracy", "auc", "f1_score", "confusion_matrix"}});
    return model;
  }

  FitOptions options(std::vector<Callback*> callbacks) const {
    return {.epochs = epochs,
            .batch_size = 8,
            .validation_data = data_,
            .seed = 5,
            .callbacks = std::move(callbacks)};
  }

  /// Weights, learning rate and file after a fit that is interrupted after each of `steps`.
  std::string outcome(const std::string& text, const std::vector<int>& steps) {
    for (const auto& entry : std::filesystem::directory_iterator(folder_.path()))
      std::filesystem::remove_all(entry.path());
    Model running = model();
    TrainState state;
    for (size_t part = 0; part <= steps.size(); ++part) {
      const auto callback = make_callback(text);
      StopAfter stop(part < steps.size() ? steps[part] : -1);
      FitOptions how = options({callback.get(), &stop});
      if (part > 0) {
        running = model();
        running.restore(state);
        how.initial_epoch = state.position.epoch;
      }
      running.fit(testing::engine(), data_, how);
      state = running.train_state();
      logs_ = state.position.history.logs;
    }
    std::string result;
    for (const NamedTensor& tensor : state.variables)
      result.append(reinterpret_cast<const char*>(tensor.value.data()),
                    tensor.value.values().size_bytes());
    result += testing::contents_of(folder_.path());
    return result + std::to_string(state.learning_rate) + " " +
           std::to_string(state.position.epoch);
  }

  const testing::TemporaryFolder folder_;
  std::string path(const char* name) const { return (folder_ / name).string(); }

  ArrayDataset data_;
  std::vector<Logs> logs_;
};

TEST_F(InterruptedFit, goes_on_with_every_callback_to_what_it_would_have_been) {
  const std::map<std::string_view, std::string> texts = {
      {"early_stopping",
       "early_stopping@monitor=val_accuracy,patience=1,restore_best_weights=true"},
      {"reduce_lr_on_plateau", "reduce_lr_on_plateau@monitor=val_accuracy,patience=1,factor=0.5"},
      {"csv_logger", "csv_logger@filename=" + path("log.csv")},
      {"json_lines", "json_lines@batch_freq=2,filename=" + path("events.jsonl")},
      {"model_checkpoint",
       "model_checkpoint@save_best_only=true,monitor=loss,save_freq=3,filepath=" +
           path("{epoch:02d}-{batch}.keras")},
      {"tensorboard", "tensorboard@update_freq=3,log_dir=" + path("logs")}};
  for (const CallbackType* type : callback_types::all()) {
    ASSERT_TRUE(texts.contains(type->name)) << type->name << ": give it options here";
    const std::string& text = texts.at(type->name);
    const std::string whole = outcome(text, {});
    const std::vector<Logs> expected = logs_;
    for (const std::vector<int>& steps : {std::vector<int>{3}, {5}, {7}, {4, 4, 3}}) {
      EXPECT_TRUE(outcome(text, steps) == whole) << text << " after " << steps[0];
      EXPECT_EQ(logs_, expected) << text << " after " << steps[0];
    }
  }
}

TEST_F(InterruptedFit, refuses_to_go_on_without_a_callback_that_it_had) {
  const auto callback = make_callback("early_stopping");
  StopAfter stop(7);
  const Model first = model();
  first.fit(testing::engine(), data_, options({callback.get(), &stop}));
  const Model second = model();
  second.restore(first.train_state());
  FitOptions how = options({});
  how.initial_epoch = 1;
  EXPECT_TRUE(
      contains(error_of([&] { second.fit(testing::engine(), data_, how); }), "early_stopping"));
}

}  // namespace
}  // namespace thaw
