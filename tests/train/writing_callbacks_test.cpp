// Callbacks that write files of their own: models, events, lines of JSON.

#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <limits>
#include <sstream>

#include "support/engine.h"
#include "support/error_of.h"
#include "support/event_records.h"
#include "support/temporary_folder.h"
#include "thaw/core/files.h"
#include "thaw/data/array_dataset.h"
#include "thaw/formats/model_file.h"
#include "thaw/formats/tensorflow/crc32c.h"
#include "thaw/graph/layers/dense.h"
#include "thaw/train/model.h"

namespace thaw {
namespace {

using testing::contains;
using testing::error_of;
using testing::event_records;

Model one_weight() {
  const Symbol x = input({1});
  const Model model(x, dense({.units = 1, .use_bias = false, .name = "only"})(x));
  model.compile({.optimizer = make_optimizer("sgd", 0.5), .loss = "mean_squared_error"});
  return model;
}

/// "01.keras=0 02.keras=1": the files of a folder, with the weight of the model in each.
std::string saved_in(const std::filesystem::path& folder) {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(folder))
    names.push_back(entry.path().filename().string());
  std::ranges::sort(names);
  std::string result;
  for (const std::string& name : names) {
    Functional model = one_weight();
    if (name.ends_with(".weights.h5")) {
      load_weights(model, folder / name);
    } else {
      model = load_model(folder / name);
    }
    const float weight = model.variables()[0]->value().values()[0];
    result += (result.empty() ? "" : " ") + name + "=" + std::to_string(std::lround(weight));
  }
  return result;
}

/// What a fit of two batches an epoch would call.
std::string saved_by(const std::string& text, const std::vector<double>& losses) {
  const testing::TemporaryFolder folder;
  const std::string path = "filepath=";
  const auto callback =
      make_callback("model_checkpoint@" + path + (folder / text.substr(path.size())).string());
  const Model model = one_weight();
  TrainingControl control{.model = &model};
  callback->on_train_begin(control);
  for (size_t i = 0; i < losses.size(); ++i) {
    const int epoch = static_cast<int>(i);
    model.variables()[0]->assign(Tensor::full({1, 1}, static_cast<float>(epoch)));
    const Logs of_batch = {{"loss", losses[i] / 2}};
    callback->on_epoch_begin(control, epoch);
    for (int64_t batch = 1; batch <= 2; ++batch) {
      callback->on_batch_end(control,
                             {.epoch = epoch, .batch = batch, .batches = 2, .logs = &of_batch});
    }
    callback->on_epoch_end(control, epoch, {{"loss", losses[i] / 2}, {"val_loss", losses[i]}});
  }
  return saved_in(folder.path());
}

TEST(ModelCheckpoint, saves_the_files_that_keras_saves) {
  std::ifstream file(std::string(THAW_SOURCE_FOLDER) + "/tests/golden/train/callbacks.txt");
  const std::string name = "model_checkpoint@";
  int rows = 0;
  for (std::string line; std::getline(file, line);) {
    if (!line.starts_with(name)) continue;
    ++rows;
    const size_t first = line.find(" | ");
    const size_t second = line.find(" | ", first + 3);
    std::istringstream words(line.substr(first + 3, second - first - 3));
    std::vector<double> losses;
    for (std::string word; words >> word;) losses.push_back(std::stod(word));
    EXPECT_EQ(saved_by(line.substr(name.size(), first - name.size()), losses),
              line.substr(second + 3))
        << line;
  }
  EXPECT_EQ(rows, 28);
}

TEST(ModelCheckpoint, of_wrong_paths_and_names_is_refused) {
  const auto refused = [](const std::string& text) {
    return error_of<UsageError>([&] { make_callback("model_checkpoint@" + text); });
  };
  EXPECT_TRUE(contains(refused("filepath=a.onnx"), "ends in .keras or .h5"));
  EXPECT_TRUE(contains(refused("filepath=a.weights.h5"), "save_weights_only=true"));
  EXPECT_TRUE(contains(refused("filepath=a.keras,save_weights_only=true"), "ends in .weights.h5"));
  EXPECT_TRUE(contains(refused("filepath=a.keras,save_freq=0"), "epoch or a number of batches"));
  EXPECT_TRUE(contains(refused("save_freq=2"), "received \"\""));
  const auto saves = [](const std::string& text) {
    return error_of<UsageError>([&] { saved_by("filepath=" + text, {1}); });
  };
  EXPECT_TRUE(contains(saves("{accuracy}.keras"), "one of epoch, loss, val_loss")) << saves("{a}");
  EXPECT_TRUE(contains(saves("{epoch:q}.keras"), "a form of numbers")) << saves("{epoch:q}.keras");
  EXPECT_TRUE(contains(saves("{epoch.keras"), "braces in pairs"));
  EXPECT_TRUE(contains(saves("a.keras,save_best_only=true,monitor=accuracy"), "loss, val_loss"));
}

TEST(TensorBoard, writes_the_records_that_keras_writes) {
  const testing::TemporaryFolder folder;
  const auto callback =
      make_callback("tensorboard@update_freq=2,log_dir=" + (folder / "logs").string());
  const Tensor x = Tensor::full({6, 1}, 1);
  one_weight().fit(testing::engine(), ArrayDataset(x, x),
                   {.epochs = 2,
                    .batch_size = 2,
                    .validation_data = ArrayDataset(x, x),
                    .callbacks = {callback.get()}});
  const auto records_of = [&](const char* side) {
    std::vector<testing::EventRecord> records;
    int files = 0;
    for (const auto& entry : std::filesystem::directory_iterator(folder / "logs" / side)) {
      EXPECT_TRUE(entry.path().filename().string().starts_with("events.out.tfevents."));
      records = event_records(read_file(entry.path()));
      ++files;
    }
    EXPECT_EQ(files, 1) << side;
    return records;
  };
  const auto expect = [&](const char* side, const std::vector<std::string>& expected) {
    const auto records = records_of(side);
    ASSERT_EQ(records.size(), expected.size()) << side;
    for (size_t i = 0; i < records.size(); ++i) {
      const auto& record = records[i];
      EXPECT_EQ(tensorflow::masked_crc32c(record.length_bytes), record.length_checksum);
      EXPECT_EQ(tensorflow::masked_crc32c(record.data), record.data_checksum);
      EXPECT_GT(record.wall_time, 1.6e9);
      EXPECT_EQ(record.plugin, i == 0 ? "" : "scalars");
      const std::string what = record.tag + " " + std::to_string(record.step);
      EXPECT_EQ(i == 0 ? record.version : what, expected[i]) << side << " " << i;
      EXPECT_TRUE(record.tag != "epoch_learning_rate" || record.value == 0.5F) << record.value;
    }
  };
  expect("train", {"brain.Event:2", "batch_loss 2", "epoch_loss 0", "epoch_learning_rate 0",
                   "batch_loss 4", "batch_loss 6", "epoch_loss 1", "epoch_learning_rate 1"});
  expect("validation", {"brain.Event:2", "evaluation_loss_vs_iterations 3", "epoch_loss 0",
                        "evaluation_loss_vs_iterations 6", "epoch_loss 1"});
}

TEST(TensorBoard, of_wrong_options_is_refused) {
  const auto refused = [](const char* text) {
    return error_of<UsageError>([&] { make_callback(text); });
  };
  EXPECT_TRUE(contains(refused("tensorboard@log_dir="), "log_dir"));
  EXPECT_TRUE(contains(refused("tensorboard@update_freq=-1"), "epoch, batch or a number"));
}

TEST(JsonLines, has_a_line_for_every_event) {
  const testing::TemporaryFolder folder;
  const std::string path = (folder / "runs/events.jsonl").string();
  const auto callback = make_callback("json_lines@batch_freq=2,filename=" + path);
  TrainingControl control{.place = {.stage = "head", .epochs_before = 0}, .epochs = 1};
  control.optimizer = make_optimizer("sgd", 0.5);
  const Logs logs = {{"loss", 0.25}, {"val_loss", std::numeric_limits<double>::quiet_NaN()}};
  callback->on_train_begin(control);
  callback->on_epoch_begin(control, 0);
  for (int64_t batch = 1; batch <= 3; ++batch)
    callback->on_batch_end(control, {.batch = batch, .batches = 3, .logs = &logs});
  callback->on_epoch_end(control, 0, logs);
  callback->on_train_end(control, {});
  control.place = {.stage = "all", .epochs_before = 1};
  callback->on_train_begin(control);
  callback->on_epoch_begin(control, 0);
  EXPECT_EQ(read_file(path),
            R"({"event":"stage_begin","stage":"head","epochs":1,"epochs_before":0}
{"event":"epoch_begin","stage":"head","epoch":1}
{"event":"batch","stage":"head","epoch":1,"batch":2,"batches":3,"logs":{"loss":0.25,"val_loss":"nan"}}
{"event":"epoch_end","stage":"head","epoch":1,"learning_rate":0.5,"logs":{"loss":0.25,"val_loss":"nan"}}
{"event":"stage_end","stage":"head","epochs":1,"stopped_early":false}
{"event":"stage_begin","stage":"all","epochs":1,"epochs_before":1}
{"event":"epoch_begin","stage":"all","epoch":1}
)");
  const auto refused = [](const char* text) {
    return error_of<UsageError>([&] { make_callback(text); });
  };
  EXPECT_TRUE(contains(refused("json_lines"), "filename"));
  EXPECT_TRUE(contains(refused("json_lines@filename=a,batch_freq=-1"), "batch_freq of 0 or more"));
}

}  // namespace
}  // namespace thaw
