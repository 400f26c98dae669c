#include "thaw/recipe/checkpoint.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <span>
#include <string_view>

#include "thaw/core/any_number.h"
#include "thaw/core/error.h"
#include "thaw/formats/safetensors/safetensors.h"
#include "thaw/recipe/sealed_file.h"

namespace thaw {
namespace {

constexpr const char* metadata_key = "thaw_checkpoint";
constexpr int64_t version = 2;
constexpr int64_t version_without_checksums = 1;
constexpr std::string_view variable_prefix = "variables/";
constexpr std::string_view slot_prefix = "optimizer/";
constexpr std::string_view callback_prefix = "callbacks/";

Config to_config(const StageReport& stage) {
  Config epochs{Config::List{}};
  for (const EpochReport& epoch : stage.epochs) {
    Config row;
    row.set("logs", logs_config(epoch.logs)).set("seconds", epoch.seconds);
    epochs.append(std::move(row));
  }
  Config result;
  result.set("name", stage.options.name)
      .set("place", stage.place ? Config(static_cast<int64_t>(*stage.place)) : Config())
      .set("epochs_wanted", stage.options.epochs)
      .set("learning_rate", stage.options.learning_rate)
      .set("unfreeze", stage.options.unfreeze ? Config(*stage.options.unfreeze) : Config())
      .set("optimizer", stage.optimizer)
      .set("trainable_parameters", stage.trainable_parameters)
      .set("seconds", stage.seconds)
      .set("epochs", std::move(epochs));
  if (!stage.averaged.empty()) result.set("averaged", logs_config(stage.averaged));
  return result;
}

StageReport stage_from(const Config& config) {
  StageReport stage;
  stage.options.name = config.at("name").as_string();
  if (const Config* place = config.find("place"); place != nullptr && !place->is_null())
    stage.place = static_cast<size_t>(place->as_integer());
  stage.options.epochs = static_cast<int>(config.at("epochs_wanted").as_integer());
  stage.options.learning_rate = config.at("learning_rate").as_number();
  const Config& unfreeze = config.at("unfreeze");
  stage.options.unfreeze = unfreeze.is_null() ? std::nullopt : std::optional(unfreeze.as_integer());
  stage.optimizer = config.at("optimizer").as_string();
  stage.trainable_parameters = config.at("trainable_parameters").as_integer();
  stage.seconds = config.at("seconds").as_number();
  if (const Config* averaged = config.find("averaged")) stage.averaged = logs_from(*averaged);
  for (const Config& epoch : config.at("epochs").as_list())
    stage.epochs.push_back({logs_from(epoch.at("logs")), epoch.at("seconds").as_number()});
  return stage;
}

std::string callback_tensor(size_t callback, size_t tensor) {
  return fmt::format("{}{}/{}", callback_prefix, callback, tensor);
}

Config callback_configs(const std::vector<CallbackState>& callbacks) {
  Config result{Config::List{}};
  for (const CallbackState& callback : callbacks) {
    Config row;
    row.set("name", callback.name)
        .set("numbers", callback.numbers)
        .set("tensors", static_cast<int64_t>(callback.tensors.size()));
    result.append(std::move(row));
  }
  return result;
}

std::vector<CallbackState> callbacks_from(const Config& config, const TensorFile& file) {
  std::vector<CallbackState> result;
  for (const Config& row : config.as_list()) {
    CallbackState state{row.at("name").as_string(), row.at("numbers")};
    for (int64_t i = 0; i < row.at("tensors").as_integer(); ++i) {
      const std::string name = callback_tensor(result.size(), static_cast<size_t>(i));
      const auto found =
          std::ranges::find(file.tensors, name, [](const auto& t) { return t.first; });
      if (found == file.tensors.end()) throw Error(fmt::format("there is no tensor {}", name));
      state.tensors.push_back(found->second);
    }
    result.push_back(std::move(state));
  }
  return result;
}

Config position_config(const RunPosition& position) {
  Config sums{Config::List{}};
  for (const double sum : position.sums) sums.append(AnyNumber{sum}.to_config());
  Config result;
  result.set("epoch", position.epoch).set("batch", position.batch).set("sums", std::move(sums));
  return result;
}

/// The history is in the stage's report: written once, rebuilt from there.
RunPosition position_from(const Config& config, const StageReport& stage) {
  RunPosition position;
  position.epoch = static_cast<int>(config.at("epoch").as_integer());
  position.batch = config.at("batch").as_integer();
  if (position.epoch < 0 || position.batch < 0)
    throw Error("expected a position, received " + config.to_string());
  for (const Config& sum : config.at("sums").as_list())
    position.sums.push_back(AnyNumber::from_config(sum).value);
  for (const EpochReport& epoch : stage.epochs) {
    position.history.epochs.push_back(static_cast<int>(position.history.epochs.size()));
    position.history.logs.push_back(epoch.logs);
  }
  return position;
}

/// Checkpoints without "callbacks" are of a version whose metrics were all means over samples, and
/// had one number of samples for all of them, at the end: loss, metric, …, samples. Now each has
/// its own: loss, samples, metric, samples, …
std::vector<double> sums_from_older(const std::vector<double>& sums) {
  if (sums.size() < 2) return sums;
  const double samples = sums.back();
  std::vector<double> result;
  for (size_t i = 0; i + 1 < sums.size(); ++i) result.insert(result.end(), {sums[i], samples});
  return result;
}

/// What the file says of the run, once it is known to be just what was written.
Config checked_config(const TensorFile& file) {
  Config config = sealed_config(file, metadata_key, "a checkpoint of thaw fit");
  const int64_t found = config.at("version").as_integer();
  if (found != version && found != version_without_checksums)
    throw Error(fmt::format("expected a checkpoint of version {}, received {}", version, found));
  if (found != version_without_checksums) check_sealed_tensors(file, metadata_key, config);
  return config;
}

/// "2 are new (a/1.jpg, a/2.jpg), 1 is gone (b/3.jpg), 1 has changed (b/4.jpg)"
std::string list_difference(const Config& before, const Config& now) {
  using Entries = std::map<std::string, std::string>;
  const auto entries = [](const Config& list) {
    Entries result;
    for (const Config& item : list.as_list()) {
      const std::string& text = item.as_string();
      result[text.substr(0, text.rfind(' '))] = text;
    }
    return result;
  };
  const Entries old_entries = entries(before);
  const Entries new_entries = entries(now);
  std::vector<std::string> added;
  std::vector<std::string> changed;
  std::vector<std::string> gone;
  for (const auto& [name, text] : new_entries) {
    const auto found = old_entries.find(name);
    if (found == old_entries.end())
      added.push_back(name);
    else if (found->second != text)
      changed.push_back(name);
  }
  for (const auto& [name, text] : old_entries)
    if (!new_entries.contains(name)) gone.push_back(name);
  std::string result;
  const auto tell = [&](std::vector<std::string> names, const char* one, const char* several) {
    constexpr size_t most = 5;
    if (names.empty()) return;
    const size_t count = names.size();
    if (count > most) names.resize(most);
    result +=
        fmt::format("{}{} {} ({}{})", result.empty() ? "" : ", ", count, count == 1 ? one : several,
                    fmt::join(names, ", "), count > most ? ", …" : "");
  };
  tell(std::move(added), "is new", "are new");
  tell(std::move(gone), "is gone", "are gone");
  tell(std::move(changed), "has changed", "have changed");
  return result.empty() ? "their order is another" : result;
}

/// Takes the tensors out of `file`.
Checkpoint parse(TensorFile& file) {
  const Config config = checked_config(file);
  Checkpoint result;
  result.settings = config.at("settings");
  if (const Config* lists = config.find("lists")) result.lists = *lists;
  for (const Config& stage : config.at("stages").as_list())
    result.stages.push_back(stage_from(stage));
  if (result.stages.empty()) throw Error("expected a stage begun, received none");
  result.train.optimizer = config.at("optimizer").as_string();
  result.train.learning_rate = config.at("learning_rate").as_number();
  result.train.iterations = config.at("iterations").as_integer();
  result.train.position = position_from(config.at("position"), result.stages.back());
  RunPosition& position = result.train.position;
  if (const Config* callbacks = config.find("callbacks")) {
    position.callbacks = callbacks_from(*callbacks, file);
  } else {
    position.sums = sums_from_older(position.sums);
  }
  for (auto& [name, value] : file.tensors) {
    if (name.starts_with(variable_prefix)) {
      result.train.variables.push_back({name.substr(variable_prefix.size()), std::move(value)});
    } else if (name.starts_with(slot_prefix)) {
      result.train.optimizer_slots.push_back({name.substr(slot_prefix.size()), std::move(value)});
    }
  }
  return result;
}

}  // namespace

int64_t state_bytes(const Checkpoint& checkpoint) {
  int64_t bytes = 0;
  for (const auto* tensors : {&checkpoint.train.variables, &checkpoint.train.optimizer_slots})
    for (const NamedTensor& tensor : *tensors) bytes += std::ssize(tensor.value.values());
  return bytes * int64_t{sizeof(float)};
}

void save_checkpoint(const Checkpoint& checkpoint, const std::filesystem::path& path) {
  const TrainState& train = checkpoint.train;
  TensorFile file;
  for (const NamedTensor& tensor : train.variables)
    file.tensors.emplace_back(std::string(variable_prefix) + tensor.name, tensor.value);
  for (const NamedTensor& tensor : train.optimizer_slots)
    file.tensors.emplace_back(std::string(slot_prefix) + tensor.name, tensor.value);
  const std::vector<CallbackState>& callbacks = train.position.callbacks;
  for (size_t c = 0; c < callbacks.size(); ++c) {
    for (size_t i = 0; i < callbacks[c].tensors.size(); ++i)
      file.tensors.emplace_back(callback_tensor(c, i), callbacks[c].tensors[i]);
  }
  Config stages{Config::List{}};
  for (const StageReport& stage : checkpoint.stages) stages.append(to_config(stage));
  Config config;
  config.set("version", version)
      .set("settings", checkpoint.settings)
      .set("stages", std::move(stages))
      .set("optimizer", train.optimizer)
      .set("learning_rate", train.learning_rate)
      .set("iterations", train.iterations)
      .set("position", position_config(train.position))
      .set("callbacks", callback_configs(callbacks))
      .set("lists", checkpoint.lists);
  seal(file, metadata_key, std::move(config));
  save_safetensors(file, path);
}

Checkpoint load_checkpoint(const std::filesystem::path& path) {
  try {
    TensorFile file = load_safetensors(path);
    return with_context(path.string(), [&] { return parse(file); });
  } catch (const Error& error) {
    throw Error(fmt::format("{}: start anew without --resume", error.what()));
  }
}

void require_same_settings(const CheckpointOptions& run, const Config& kept,
                           const Config& kept_lists) {
  for (const auto& [name, value] : run.settings.as_map()) {
    const Config* other = kept.find(name);
    if (other == nullptr) other = run.usual_settings.find(name);
    if (other != nullptr && *other == value) continue;
    const Config* list_then = kept_lists.find(name);
    const Config* list_now = run.lists.find(name);
    if (list_then != nullptr && list_now != nullptr) {
      throw UsageError(fmt::format(
          "--resume: the unfinished run had other {}: {}: bring them back, or start anew "
          "without --resume",
          name, list_difference(*list_then, *list_now)));
    }
    throw UsageError(fmt::format(
        "--resume: the unfinished run had {} {}, this one has {}: give the same options, or start "
        "anew without --resume",
        name, other == nullptr ? "(nothing)" : other->to_string(), value.to_string()));
  }
}

}  // namespace thaw
