#include "thaw/train/optimizer_config.h"

#include <algorithm>

#include "thaw/core/error.h"

namespace thaw {
namespace {

/// What changes nothing while the rest is off.
constexpr std::string_view harmless[] = {"name", "ema_momentum", "ema_overwrite_frequency",
                                         "is_legacy_optimizer", "jit_compile"};

bool is_on(const Config& value) {
  return !value.is_null() && value != Config(false) &&
         !(value.is_number() && value.as_number() == 0);
}

const OptimizerType& type_of(const std::string& name) {
  for (const OptimizerType* type : optimizer_types::all())
    if (type->class_name == name || type->name == name) return *type;
  throw Error("optimizer " + name + " is not known");
}

}  // namespace

const Config* OptimizerConfig::take(const char* key) {
  taken_.insert(key);
  const Config* value = config_.find(key);
  return value == nullptr || value->is_null() ? nullptr : value;
}

double OptimizerConfig::number(const char* key, double otherwise) {
  const Config* value = take(key);
  return value == nullptr ? otherwise : value->as_number();
}

bool OptimizerConfig::flag(const char* key) {
  const Config* value = take(key);
  return value != nullptr && is_on(*value);
}

double OptimizerConfig::learning_rate(double otherwise) {
  const Config* value = take("learning_rate");
  const Config* old = take("lr");
  if (value == nullptr) value = old;
  if (value == nullptr) return otherwise;
  if (value->is_map()) {
    const Config* name = value->find("class_name");
    throw Error("a learning rate that changes by itself (" +
                (name == nullptr ? "a schedule" : name->to_string()) + ") is not supported");
  }
  return value->as_number();
}

OptimizerCommon OptimizerConfig::common() {
  const auto positive = [&](const char* key) -> std::optional<double> {
    const Config* value = take(key);
    if (value == nullptr || !is_on(*value)) return std::nullopt;
    return value->as_number();
  };
  return {.clipnorm = positive("clipnorm"),
          .clipvalue = positive("clipvalue"),
          .global_clipnorm = positive("global_clipnorm"),
          .weight_decay = positive("weight_decay")};
}

void OptimizerConfig::require_no_more() const {
  for (const auto& [key, value] : config_.as_map()) {
    if (taken_.contains(key) || std::ranges::find(harmless, key) != std::end(harmless)) continue;
    if (is_on(value))
      throw Error(key + " " + value.to_string().substr(0, 60) + " is not supported");
  }
}

Config to_config(const Optimizer& optimizer) {
  return Config(Config::Map{})
      .set("module", "keras.optimizers")
      .set("class_name", std::string(optimizer_types::find(optimizer.name()).class_name))
      .set("config", optimizer.config())
      .set("registered_name", Config());
}

Optimizer optimizer_from(const Config& config) {
  if (config.is_string()) return type_of(config.as_string()).make({});
  const std::string& name = config.at("class_name").as_string();
  return with_context("optimizer " + name, [&] {
    const OptimizerType& type = type_of(name);
    OptimizerConfig options(config.at("config"));
    Optimizer optimizer = type.from_config(options);
    options.require_no_more();
    return optimizer;
  });
}

}  // namespace thaw
