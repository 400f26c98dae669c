#include "thaw/train/compile_config.h"

#include <algorithm>
#include <cctype>

#include "thaw/core/named.h"
#include "thaw/graph/naming.h"
#include "thaw/train/metric.h"
#include "thaw/train/optimizer_config.h"
#include "thaw/train/options.h"

namespace thaw {
namespace {

std::string snake_case(const std::string& name) {
  return name.find('_') == std::string::npos ? to_snake_case(name) : name;
}

/// A name alone as Keras's class of it: the form that its .h5 files can be loaded from.
Config object(const char* module, std::string_view class_name, Config config) {
  return Config(Config::Map{})
      .set("module", module)
      .set("class_name", std::string(class_name))
      .set("config", std::move(config))
      .set("registered_name", Config());
}

Config loss_config(const Loss& loss) {
  Config config(Config::Map{});
  config.set("name", loss.name).set("reduction", "sum_over_batch_size");
  const Config options = make_loss(loss)->options();
  for (const auto& [key, value] : options.as_map()) config.set(key, value);
  return object("keras.losses", loss_types::find(loss.name).class_name, std::move(config));
}

/// Null for a metric that Keras does not have.
Config metric_config(const std::string& text) {
  const Choice choice = parse_choice(text);
  if (choice.name == "accuracy" || choice.name == "acc") return choice.name;
  const MetricType& type = metric_types::find(choice.name, 0, 0);
  if (type.class_name.empty()) return {};
  Config config(Config::Map{});
  config.set("name", choice.name);
  const Config options = type.make(choice.options)->options();
  for (const auto& [key, value] : options.as_map()) config.set(key, value);
  return object("keras.metrics", type.class_name, std::move(config));
}

/// The only one of a list or a map of losses.
const Config& only(const Config& config, const char* what) {
  const Config* value = &config;
  while (value->is_list() || (value->is_map() && value->find("class_name") == nullptr)) {
    const size_t count = value->is_list() ? value->as_list().size() : value->as_map().size();
    if (count != 1) {
      throw Error(std::string("expected one ") + what + ", received " + std::to_string(count) +
                  ": models of one output are trained here");
    }
    value = value->is_list() ? &value->as_list()[0] : &value->as_map()[0].second;
  }
  return *value;
}

/// Of {"class_name": …, "config": …}, or of a name alone.
Config keras_options(const Config& config, const std::vector<std::string>& known) {
  const Config* options = config.find("config");
  return options == nullptr ? Config(Config::Map{}) : options_in(*options, known);
}

bool has_short_name(const LossType& type, std::string name) {
  if (type.short_name.empty()) return false;
  const bool is_upper = std::ranges::all_of(name, [](unsigned char c) { return std::isupper(c); });
  if (is_upper)
    std::ranges::transform(name, name.begin(),
                           [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return type.short_name == name;
}

Loss loss_from(const Config& given) {
  if (given.is_null()) throw Error("no loss was given");
  const Config& config = only(given, "loss");
  std::string name = config.is_string() ? config.as_string() : config.at("class_name").as_string();
  for (const LossType* type : loss_types::all())
    if (has_short_name(*type, name)) name = type->name;
  name = snake_case(name);
  return with_context("loss " + name, [&] {
    const LossType* type = find_named_or_null(loss_types::all(), name);
    if (type == nullptr) throw Error("is not known");
    const Config options = keras_options(config, type->option_names());
    type->make(options);
    return Loss(name, options.as_map());
  });
}

class MetricReader {
 public:
  explicit MetricReader(std::vector<std::string>& dropped) : dropped_(dropped) {}

  void read(const Config& config) {
    if (config.is_list()) {
      for (const Config& item : config.as_list()) read(item);
    } else if (config.is_map() && config.find("class_name") == nullptr) {
      for (const auto& [output, item] : config.as_map()) read(item);
    } else if (!config.is_null()) {
      read_one(config);
    }
  }

  std::vector<std::string> names;

 private:
  void read_one(const Config& config) {
    if (config == Config("accuracy") || config == Config("acc")) {
      names.push_back("accuracy");
      return;
    }
    const Config* class_name = config.find("class_name");
    const Config& said = class_name == nullptr ? config : *class_name;
    const std::string name = said.is_string() ? snake_case(said.as_string()) : said.to_string();
    const Config* config_of = config.find("config");
    const MetricType* type = find_named_or_null(metric_types::all(), name);
    try {
      if (type == nullptr) throw Error("is not known");
      const Choice choice{name, keras_options(config, type->option_names())};
      type->make(choice.options);
      names.push_back(choice.to_string());
    } catch (const Error&) {
      dropped_.push_back("metric " + name);
      return;
    }
    const Config* own_name = config_of == nullptr ? nullptr : config_of->find("name");
    if (own_name != nullptr && *own_name != Config(name))
      dropped_.push_back("the name " + own_name->to_string() + " of metric " + name);
  }

  std::vector<std::string>& dropped_;
};

}  // namespace

Config to_config(const CompileOptions& options) {
  Config metrics(Config::List{});
  for (const std::string& name : options.metrics)
    if (Config metric = metric_config(name); !metric.is_null()) metrics.append(std::move(metric));
  return Config(Config::Map{})
      .set("optimizer", to_config(options.optimizer))
      .set("loss", loss_config(options.loss))
      .set("loss_weights", Config())
      .set("metrics", std::move(metrics))
      .set("weighted_metrics", Config());
}

CompileOptions compile_options_from(const Config& config, std::vector<std::string>& dropped) {
  const auto value = [&](const char* key) {
    const Config* found = config.find(key);
    return found == nullptr ? Config() : *found;
  };
  CompileOptions options{.optimizer = optimizer_from(config.at("optimizer")),
                         .loss = loss_from(value("loss"))};
  MetricReader metrics(dropped);
  metrics.read(value("metrics"));
  options.metrics = std::move(metrics.names);
  if (const Config weighted = value("weighted_metrics");
      !weighted.is_null() && weighted != Config(Config::List{}))
    dropped.push_back("weighted_metrics");
  if (const Config weights = value("loss_weights"); !weights.is_null()) {
    if (only(weights, "loss weight") != Config(1) && only(weights, "loss weight") != Config(1.0))
      dropped.push_back("loss_weights " + weights.to_string());
  }
  return options;
}

}  // namespace thaw
