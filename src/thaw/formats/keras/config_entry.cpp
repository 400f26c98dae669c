#include "thaw/formats/keras/config_entry.h"

#include <fmt/format.h>

#include "thaw/core/error.h"

namespace thaw::keras {
namespace {

constexpr size_t most_layers = 20000;

/// Keras's own quantization leaves 8-bit or 4-bit whole numbers with scales in place of weights.
void expect_floats(const Config& type) {
  const std::string text = type.to_string();
  if (text.find("Quantized") == std::string::npos && text.find("_from_") == std::string::npos)
    return;
  const Config* config = type.find("config");
  const std::string mode = text_or_empty(config == nullptr ? nullptr : config->find("mode"));
  throw Error(fmt::format(
      "its weights are quantized ({}: whole numbers with scales), and these cannot be trained: "
      "expected float weights; give the model as it was before model.quantize()",
      mode.empty() ? text.substr(0, 60) : mode));
}

}  // namespace

std::string text_or_empty(const Config* value) {
  return value != nullptr && value->is_string() ? value->as_string() : std::string();
}

bool is_model(const std::string& class_name) {
  return class_name == "Functional" || class_name == "Sequential";
}

ClassAndConfig read_entry(const Config& entry) {
  return modernize(entry.at("class_name").as_string(), entry.at("config"));
}

std::string name_of(const Config& entry) {
  if (std::string name = text_or_empty(entry.find("name")); !name.empty()) return name;
  const Config* config = entry.find("config");
  return config == nullptr ? std::string() : text_or_empty(config->find("name"));
}

bool flag_of(const Config& config) {
  const Config* flag = config.find("trainable");
  return flag == nullptr || !flag->is_bool() || flag->as_bool();
}

void note_dropped(const std::string& name, const Config& config,
                  std::vector<std::string>& dropped) {
  if (!config.is_map()) return;
  for (const auto& [key, value] : config.as_map()) {
    const bool is_rule = key.ends_with("_regularizer") || key.ends_with("_constraint");
    if (is_rule && !value.is_null())
      dropped.push_back(fmt::format("layer \"{}\": its {}", name, key));
    if (key != "dtype" || value.is_null()) continue;
    expect_floats(value);
    const Config* policy = value.find("config");
    const std::string type = text_or_empty(policy == nullptr ? &value : policy->find("name"));
    if (type != "float32") {
      dropped.push_back(
          fmt::format("layer \"{}\": its type {}: float32 is computed with", name, type));
    }
  }
}

std::optional<Shape> declared_shape(const Config& config) {
  for (const auto* key : {"batch_shape", "batch_input_shape", "build_input_shape"}) {
    const Config* value = config.find(key);
    if (value == nullptr || !value->is_list() || value->as_list().empty()) continue;
    const auto& list = value->as_list();
    std::vector<int64_t> sizes;
    for (size_t i = 1; i < list.size(); ++i)
      sizes.push_back(list[i].is_null() ? -1 : list[i].as_integer());
    return Shape(std::move(sizes));
  }
  return std::nullopt;
}

Shape settle_shape(const std::optional<Shape>& declared, const std::optional<Shape>& given) {
  if (!declared) {
    if (given) return *given;
    throw Error("the file does not say its input size: say which image size is wanted");
  }
  if (!given || given->rank() != declared->rank()) return *declared;
  std::vector<int64_t> sizes(declared->sizes().begin(), declared->sizes().end());
  for (size_t i = 0; i < sizes.size(); ++i)
    if (sizes[i] == -1) sizes[i] = (*given)[static_cast<int>(i)];
  return Shape(std::move(sizes));
}

const Config::List& layers_of(const Config& config) {
  const auto& list = config.is_list() ? config.as_list() : config.at("layers").as_list();
  if (list.empty()) throw Error("expected a model with layers, received one with none");
  if (list.size() > most_layers)
    throw Error(fmt::format("expected at most {} layers, received {}", most_layers, list.size()));
  return list;
}

std::string describe(const Config& entry) {
  return fmt::format("layer \"{}\" ({})", name_of(entry), text_or_empty(entry.find("class_name")));
}

}  // namespace thaw::keras
