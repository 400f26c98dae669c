#include "thaw/formats/keras/training_config.h"

#include <algorithm>
#include <cctype>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

namespace thaw::keras {
namespace {

Config object(const char* module, const Config& class_name, Config config) {
  return Config(Config::Map{})
      .set("module", module)
      .set("class_name", class_name)
      .set("config", std::move(config))
      .set("registered_name", Config());
}

bool is_set(const Config& value) {
  return !(value.is_null() || value == Config(false) ||
           (value.is_number() && value.as_number() == 0));
}

/// Optimizers by the words that compile() takes, which tf.keras's .keras files keep as they are.
Config class_of_word(const std::string& word) {
  constexpr std::pair<std::string_view, std::string_view> classes[] = {
      {"adam", "Adam"},
      {"adamw", "AdamW"},
      {"sgd", "SGD"},
      {"rmsprop", "RMSprop"},
      {"adagrad", "Adagrad"},
      {"adadelta", "Adadelta"},
      {"adamax", "Adamax"},
      {"nadam", "Nadam"},
      {"ftrl", "Ftrl"},
      {"lion", "Lion"},
      {"adafactor", "Adafactor"},
      {"lamb", "Lamb"},
      {"muon", "Muon"},
      {"lossscaleoptimizer", "LossScaleOptimizer"}};
  std::string lower = word;
  std::ranges::transform(lower, lower.begin(),
                         [](unsigned char letter) { return std::tolower(letter); });
  for (const auto& [name, class_name] : classes)
    if (lower == name) return std::string(class_name);
  return word;
}

/// Older optimizers say "lr", and things that Keras 3 neither has nor accepts; what is switched off
/// may go.
Config modern_optimizer(const Config& config) {
  Config result(Config::Map{});
  for (const auto& [key, value] : config.as_map()) {
    if (key == "is_legacy_optimizer" || key == "jit_compile") continue;
    if (key == "decay" && !is_set(value)) continue;
    if (key == "epsilon" && value.is_null()) continue;
    const bool is_old_rate = key == "lr" && config.find("learning_rate") == nullptr;
    result.set(is_old_rate ? "learning_rate" : key, value);
  }
  return result;
}

/// Applies `change` to every object {"class_name": …} among lists and maps of them.
Config map_objects(const Config& value, const std::function<Config(const Config&)>& change) {
  if (value.is_list()) {
    Config result(Config::List{});
    for (const Config& item : value.as_list()) result.append(map_objects(item, change));
    return result;
  }
  if (!value.is_map()) return value;
  if (value.find("class_name") != nullptr) return change(value);
  Config result(Config::Map{});
  for (const auto& [key, item] : value.as_map()) result.set(key, map_objects(item, change));
  return result;
}

/// "Custom>SGD", as Keras 2.11 to 2.15 wrote it into .h5 files.
Config plain_class(const Config& class_name) {
  const std::string& name = class_name.as_string();
  constexpr std::string_view prefix = "Custom>";
  return name.starts_with(prefix) ? name.substr(prefix.size()) : name;
}

/// Functions were {"class_name": "function", "config": "mse"}, or held by a wrapper as its "fn".
Config modern_object(const char* module, const Config& old) {
  const Config class_name = plain_class(old.at("class_name"));
  const Config* config = old.find("config");
  if (config == nullptr) return old;
  if (class_name == Config("function")) return *config;
  const Config* function = config->find("fn");
  if (function != nullptr && function->is_string() &&
      (class_name == Config("MeanMetricWrapper") || class_name == Config("LossFunctionWrapper"))) {
    // "accuracy" was resolved to one of its kinds and kept its name.
    const Config* name = config->find("name");
    return name != nullptr && *name == Config("accuracy") ? *name : *function;
  }
  if (!config->is_map()) return object(module, class_name, *config);
  Config kept(Config::Map{});
  for (const auto& [key, value] : config->as_map()) {
    if (key == "fn") continue;
    kept.set(key, key == "reduction" && value == Config("auto") ? "sum_over_batch_size" : value);
  }
  return object(module, class_name, std::move(kept));
}

/// [["accuracy"]] of a model with one output is ["accuracy"].
Config without_outer_list(const Config& value) {
  const bool is_nested =
      value.is_list() && value.as_list().size() == 1 && value.as_list()[0].is_list();
  return is_nested ? value.as_list()[0] : value;
}

Config old_object(const Config& modern) {
  const Config* config = modern.find("config");
  return Config(Config::Map{})
      .set("class_name", modern.at("class_name"))
      .set("config", config == nullptr ? Config(Config::Map{}) : *config);
}

/// Keras 3 cannot load an .h5 file whose loss goes by its short name.
Config full_name(const Config& value) {
  constexpr std::pair<const char*, const char*> names[] = {
      {"mse", "mean_squared_error"},
      {"MSE", "mean_squared_error"},
      {"mae", "mean_absolute_error"},
      {"MAE", "mean_absolute_error"},
      {"mape", "mean_absolute_percentage_error"},
      {"MAPE", "mean_absolute_percentage_error"},
      {"msle", "mean_squared_logarithmic_error"},
      {"MSLE", "mean_squared_logarithmic_error"},
      {"kld", "kl_divergence"},
      {"KLD", "kl_divergence"},
      {"bce", "binary_crossentropy"},
      {"BCE", "binary_crossentropy"}};
  for (const auto& [word, full] : names)
    if (value == Config(word)) return full;
  return value;
}

}  // namespace

Config modern_compile_config(const Config& config) {
  const auto value = [&](const char* key) {
    const Config* found = config.find(key);
    return found == nullptr ? Config() : *found;
  };
  const Config* of_h5 = config.find("optimizer_config");
  const Config& optimizer = of_h5 != nullptr ? *of_h5 : config.at("optimizer");
  const auto modern = [&](const char* key, const char* module) {
    return map_objects(value(key), [&](const Config& old) { return modern_object(module, old); });
  };
  Config result(Config::Map{});
  result
      .set("optimizer", optimizer.is_string()
                            ? object("keras.optimizers", class_of_word(optimizer.as_string()),
                                     Config(Config::Map{}))
                            : object("keras.optimizers", plain_class(optimizer.at("class_name")),
                                     modern_optimizer(optimizer.at("config"))))
      .set("loss", modern("loss", "keras.losses"))
      .set("loss_weights", value("loss_weights"))
      .set("metrics", without_outer_list(modern("metrics", "keras.metrics")))
      .set("weighted_metrics", without_outer_list(modern("weighted_metrics", "keras.metrics")));
  for (const char* key : {"run_eagerly", "steps_per_execution", "jit_compile"})
    if (const Config found = value(key); !found.is_null()) result.set(key, found);
  return result;
}

Config training_config_from(const Config& compile_config) {
  Config result(Config::Map{});
  for (const auto& [key, value] : compile_config.as_map())
    if (key != "optimizer") result.set(key, full_name(map_objects(value, old_object)));
  // Keras looks for these without asking.
  for (const char* key : {"loss", "loss_weights", "metrics", "weighted_metrics"})
    if (result.find(key) == nullptr) result.set(key, Config());
  return result.set("optimizer_config", old_object(compile_config.at("optimizer")));
}

}  // namespace thaw::keras
