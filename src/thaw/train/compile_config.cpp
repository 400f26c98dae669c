#include "thaw/train/compile_config.h"

#include <algorithm>
#include <cctype>

#include "thaw/core/error.h"
#include "thaw/graph/naming.h"
#include "thaw/train/metric.h"
#include "thaw/train/optimizer_config.h"

namespace thaw {
namespace {

struct Alias {
  std::string_view name;
  std::string_view full;
};
constexpr Alias loss_aliases[] = {{"mse", "mean_squared_error"},
                                  {"MSE", "mean_squared_error"},
                                  {"bce", "binary_crossentropy"},
                                  {"BCE", "binary_crossentropy"}};

/// "mean_squared_error" -> "MeanSquaredError".
std::string camel_case(std::string_view name) {
  std::string result;
  bool starts = true;
  for (const char c : name) {
    if (c != '_') result += starts ? static_cast<char>(std::toupper(c)) : c;
    starts = c == '_';
  }
  return result;
}

std::string snake_case(const std::string& name) {
  return name.find('_') == std::string::npos ? to_snake_case(name) : name;
}

/// A name alone as Keras's class of it: the form that its .h5 files can be loaded from.
Config object(const char* module, const std::string& name, Config config) {
  return Config(Config::Map{})
      .set("module", module)
      .set("class_name", camel_case(name))
      .set("config", std::move(config))
      .set("registered_name", Config());
}

Config loss_config(const Loss& loss) {
  Config config(Config::Map{});
  config.set("name", loss.name).set("reduction", "sum_over_batch_size");
  if (loss.options.from_logits) config.set("from_logits", true);
  if (loss.options.label_smoothing != 0)
    config.set("label_smoothing", double{loss.options.label_smoothing});
  return object("keras.losses", loss.name, std::move(config));
}

Config metric_config(const std::string& name) {
  if (name == "accuracy" || name == "acc") return name;
  return object("keras.metrics", name, Config(Config::Map{}).set("name", name));
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

LossOptions loss_options(const Config& config) {
  LossOptions options;
  for (const auto& [key, value] : config.as_map()) {
    if (key == "from_logits") {
      options.from_logits = value.as_bool();
    } else if (key == "label_smoothing") {
      options.label_smoothing = static_cast<float>(value.as_number());
    } else if (key == "reduction") {
      if (value != Config("sum_over_batch_size") && value != Config("auto"))
        throw Error("reduction " + value.to_string() + " is not supported");
    } else if (key == "axis") {
      if (value != Config(-1)) throw Error("axis " + value.to_string() + " is not supported");
    } else if (key == "ignore_class" && !value.is_null()) {
      throw Error("ignore_class is not supported");
    }
  }
  return options;
}

Loss loss_from(const Config& given) {
  if (given.is_null()) throw Error("no loss was given");
  const Config& config = only(given, "loss");
  std::string name = config.is_string() ? config.as_string() : config.at("class_name").as_string();
  for (const auto& [alias, full] : loss_aliases)
    if (name == alias) name = full;
  name = snake_case(name);
  return with_context("loss " + name, [&] {
    const auto all = loss_types::all();
    if (std::ranges::find(all, std::string_view(name), &LossType::name) == all.end())
      throw Error("is not known");
    const Config* options = config.find("config");
    return Loss(name, options == nullptr ? LossOptions{} : loss_options(*options));
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
    const auto all = metric_types::all();
    const Config* options = config.find("config");
    const Config* threshold = options == nullptr ? nullptr : options->find("threshold");
    const bool is_known =
        std::ranges::find(all, std::string_view(name), &MetricType::name) != all.end() &&
        (threshold == nullptr || *threshold == Config(0.5));
    if (!is_known) {
      dropped_.push_back("metric " + name);
      return;
    }
    const Config* own_name = options == nullptr ? nullptr : options->find("name");
    if (own_name != nullptr && *own_name != Config(name))
      dropped_.push_back("the name " + own_name->to_string() + " of metric " + name);
    names.push_back(name);
  }

  std::vector<std::string>& dropped_;
};

}  // namespace

Config to_config(const CompileOptions& options) {
  Config metrics(Config::List{});
  for (const std::string& name : options.metrics) metrics.append(metric_config(name));
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
