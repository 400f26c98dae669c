#include "thaw/train/optimizer_config.h"

#include <algorithm>

#include "thaw/core/error.h"
#include "thaw/train/options.h"

namespace thaw {
namespace {

const OptimizerType& type_of(const std::string& name) {
  for (const OptimizerType* type : optimizer_types::all())
    if (type->class_name == name || type->name == name) return *type;
  throw Error("optimizer " + name + " is not known");
}

/// What is common is switched off by null, false or 0; but a momentum of 0 is one.
bool is_switched_off(const std::string& key, const Config& value) {
  if (key == "ema_momentum") return false;
  const auto common = option_names<OptimizerCommon>();
  return std::ranges::find(common, key) != common.end() &&
         (value == Config(false) || (value.is_number() && value.as_number() == 0));
}

/// Options out of Keras's config, in which "learning_rate" once was "lr".
Config options_from(const Config& config, const OptimizerType& type) {
  Config plain(Config::Map{});
  for (const auto& [key, value] : config.as_map()) {
    if (is_switched_off(key, value)) continue;
    const bool is_old_rate = key == "lr" && config.find("learning_rate") == nullptr;
    if (key != "lr" || is_old_rate) plain.set(is_old_rate ? "learning_rate" : key, value);
  }
  return options_in(plain, type.option_names());
}

}  // namespace

Config to_config(const Optimizer& optimizer) {
  return Config(Config::Map{})
      .set("module", "keras.optimizers")
      .set("class_name", std::string(optimizer_types::find(optimizer.name()).class_name))
      .set("config", optimizer.config())
      .set("registered_name", Config());
}

Optimizer optimizer_from(const Config& config) {
  if (config.is_string()) return type_of(config.as_string()).from_options(Config(Config::Map{}));
  const std::string& name = config.at("class_name").as_string();
  return with_context("optimizer " + name, [&] {
    const OptimizerType& type = type_of(name);
    const Config options = options_from(config.at("config"), type);
    const Config* rate = options.find("learning_rate");
    if (rate != nullptr && rate->is_map()) {
      const Config* schedule = rate->find("class_name");
      throw Error("a learning rate that changes by itself (" +
                  (schedule == nullptr ? "a schedule" : schedule->to_string()) +
                  ") is not supported");
    }
    return type.from_file(options);
  });
}

std::optional<std::vector<std::string>> optimizer_slots(const Config& config) {
  try {
    const OptimizerType& type = type_of(config.at("class_name").as_string());
    const Config options = options_from(config.at("config"), type);
    Config numbers(Config::Map{});  // a learning rate may be a schedule, which keeps nothing
    for (const auto& [key, value] : options.as_map())
      if (key != "learning_rate") numbers.set(key, value);
    std::vector<std::string> names;
    for (const OptimizerSlot& slot : type.slots(numbers)) names.push_back(slot.name);
    return names;
  } catch (const Error&) {
    return std::nullopt;
  }
}

}  // namespace thaw
