#pragma once

// Turns a plain struct of graph/layers/ into a LayerDefinition; included by those files alone.
//
// The struct T has: `name`; `fields(visit)`, which names its other members as Keras does;
// `output_shape(x)`; `lower(context, x)`; and, where it has weights, `weights(x)`. A layer of one
// input takes `const Shape&` and `ops::Value`; one of several takes spans of them.

#include <fmt/format.h>

#include "thaw/core/error.h"
#include "thaw/core/fields.h"
#include "thaw/graph/layer.h"
#include "thaw/graph/layer_type.h"
#include "thaw/ops/builder.h"

namespace thaw {

/// T as a LayerDefinition.
template <typename T>
class Described final : public LayerDefinition {
 public:
  Described(const LayerType& type, T attributes)
      : type_(type), attributes_(std::move(attributes)) {}

  const LayerType& type() const override { return type_; }
  const std::string& given_name() const override { return attributes_.name; }

  Shape output_shape(std::span<const Shape> inputs) const override {
    if constexpr (takes_many) {
      return attributes_.output_shape(inputs);
    } else {
      return attributes_.output_shape(only(inputs));
    }
  }

  std::vector<WeightSpec> weights(std::span<const Shape> inputs) const override {
    if constexpr (takes_many && requires { attributes_.weights(inputs); }) {
      return attributes_.weights(inputs);
    } else if constexpr (requires { attributes_.weights(inputs[0]); }) {
      return attributes_.weights(only(inputs));
    } else {
      return {};
    }
  }

  ops::Value lower(const LowerContext& context, std::span<const ops::Value> inputs) const override {
    if constexpr (takes_many) {
      return attributes_.lower(context, inputs);
    } else {
      return attributes_.lower(context, inputs[0]);
    }
  }

  Config config() const override { return fields::config_of(attributes_); }

 private:
  static constexpr bool takes_many = requires(const T& t, std::span<const Shape> shapes) {
    t.output_shape(shapes);
  };

  static const Shape& only(std::span<const Shape> inputs) {
    if (inputs.size() != 1)
      throw Error(fmt::format("expected one input, received {}", inputs.size()));
    return inputs[0];
  }

  const LayerType& type_;
  T attributes_;
};

/// The layer of these attributes, not yet called; throws nothing: shapes are checked at the call.
template <typename T>
Layer make_layer(const LayerType& type, T attributes) {
  return Layer(std::make_unique<Described<T>>(type, std::move(attributes)));
}

/// Reads T's fields from Keras's config, where keys that are no field are passed over. Throws Error
/// naming the key of a value that does not fit, and for data_format "channels_first".
template <typename T, const LayerType& type>
std::unique_ptr<LayerDefinition> read_definition(const Config& config) {
  T attributes;
  const fields::Reader reader(config);
  reader("name", attributes.name);
  if (const Config* format = config.find("data_format");
      format != nullptr && *format == Config("channels_first")) {
    throw Error(
        "expected data_format \"channels_last\", received \"channels_first\": convert the model in "
        "Keras first");
  }
  attributes.fields(reader);
  return std::make_unique<Described<T>>(type, std::move(attributes));
}

}  // namespace thaw
