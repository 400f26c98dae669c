#include "thaw/graph/fields.h"

#include <cmath>
#include <limits>

namespace thaw::fields {

void read(const Config& config, bool& field) { field = config.as_bool(); }
void read(const Config& config, float& field) { field = static_cast<float>(config.as_number()); }
void read(const Config& config, std::string& field) { field = config.as_string(); }

void read(const Config& config, int64_t& field) {
  // Keras writes BatchNormalization's axis as 3 or as [3].
  const bool is_single = config.is_list() && config.as_list().size() == 1;
  field = is_single ? config.as_list()[0].as_integer() : config.as_integer();
}

void read(const Config& config, int& field) {
  int64_t value = 0;
  read(config, value);
  if (value < std::numeric_limits<int>::min() || value > std::numeric_limits<int>::max()) {
    throw Error("expected a number of at most 2^31, received " + config.to_string());
  }
  field = static_cast<int>(value);
}

void read(const Config& config, Size2& field) {
  if (!config.is_list()) {
    field = {config.as_integer(), config.as_integer()};
  } else if (const auto& list = config.as_list(); list.size() == 2) {
    field = {list[0].as_integer(), list[1].as_integer()};
  } else {
    throw Error("expected one number or two, received " + config.to_string());
  }
}

void read(const Config& config, Padding2& field) {
  if (!config.is_list()) {
    const int64_t all = config.as_integer();
    field = {all, all, all, all};
    return;
  }
  const auto& list = config.as_list();
  if (list.size() != 2)
    throw Error("expected one number or two pairs, received " + config.to_string());
  const auto pair = [](const Config& item, int64_t& before, int64_t& after) {
    Size2 both;
    read(item, both);
    before = both.height;
    after = both.width;
  };
  pair(list[0], field.top, field.bottom);
  pair(list[1], field.left, field.right);
}

void read(const Config& config, Activation& field) {
  if (config.is_null()) {
    field = {};
  } else if (config.is_map()) {
    // Keras 3 writes a named function as {"class_name": "function", "config": "relu"}, a layer as
    // {"class_name": "ReLU"}.
    const Config* inner = config.find("config");
    if (inner != nullptr && inner->is_string()) {
      field = Activation(inner->as_string());
    } else if (config.at("class_name").as_string() == "ReLU") {
      field = Activation("relu");
      if (inner != nullptr) {
        Reader reader(*inner);
        std::optional<float> max_value;
        reader("max_value", max_value);
        if (max_value) field.max_value = *max_value;
        reader("negative_slope", field.negative_slope);
        reader("threshold", field.threshold);
      }
    } else {
      field = Activation(config.at("class_name").as_string());
    }
  } else {
    field = Activation(config.as_string());
  }
}

void read(const Config& config, Initializer& field) { field = Initializer::from_config(config); }

void read(const Config& config, Shape& field) {
  std::vector<int64_t> sizes;
  for (const Config& size : config.as_list())
    sizes.push_back(size.is_null() ? -1 : size.as_integer());
  field = Shape(std::move(sizes));
}

void read(const Config& config, std::vector<int64_t>& field) {
  field.clear();
  if (config.is_number()) {
    field.push_back(config.as_integer());
    return;
  }
  for (const Config& item : config.as_list()) field.push_back(item.as_integer());
}

void read(const Config& config, std::vector<float>& field) {
  field.clear();
  if (config.is_number()) {
    field.push_back(static_cast<float>(config.as_number()));
    return;
  }
  for (const Config& item : config.as_list()) {
    std::vector<float> inner;  // Keras also nests them: [[0.1, 0.2, 0.3]]
    read(item, inner);
    field.insert(field.end(), inner.begin(), inner.end());
  }
}

Config write(bool field) { return field; }
Config write(int field) { return field; }
Config write(int64_t field) { return field; }
Config write(float field) { return static_cast<double>(field); }
Config write(const std::string& field) { return field; }
Config write(Size2 field) { return Config::List{field.height, field.width}; }
Config write(const Padding2& field) {
  return Config::List{Config::List{field.top, field.bottom}, Config::List{field.left, field.right}};
}
Config write(const Activation& field) {
  if (const std::string name = field.name(); !name.empty()) return name;
  if (field.kind != Activation::Kind::relu)
    throw Error("an activation with such numbers has no name in Keras");
  Config numbers;
  numbers.set("max_value", std::isinf(field.max_value) ? Config() : write(field.max_value))
      .set("negative_slope", write(field.negative_slope))
      .set("threshold", write(field.threshold));
  Config layer;
  layer.set("module", "keras.layers")
      .set("class_name", "ReLU")
      .set("config", std::move(numbers))
      .set("registered_name", Config());
  return layer;
}
Config write(const Initializer& field) { return field.to_config(); }
Config write(const Shape& field) {
  Config result(Config::List{});
  for (const int64_t size : field.sizes()) result.append(size < 0 ? Config() : Config(size));
  return result;
}
Config write(const std::vector<int64_t>& field) {
  Config result(Config::List{});
  for (const int64_t item : field) result.append(item);
  return result;
}
Config write(const std::vector<float>& field) {
  Config result(Config::List{});
  for (const float item : field) result.append(static_cast<double>(item));
  return result;
}

}  // namespace thaw::fields
