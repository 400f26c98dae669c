#include "thaw/graph/layer_support/image_layer.h"

namespace thaw::layer_types {
namespace {

std::unique_ptr<LayerDefinition> read_pipeline(const Config& config);

}  // namespace

/// Its layers, one after the other.
extern const LayerType pipeline;
constinit const LayerType pipeline{"Pipeline", &read_pipeline};

namespace {

std::unique_ptr<LayerDefinition> read_part(const Config& entry) {
  const std::string& class_name = entry.at("class_name").as_string();
  const LayerType* type = find(class_name);
  if (type == nullptr) throw Error("class " + class_name + " in it is not known");
  return with_context(class_name, [&] { return type->from_config(entry.at("config")); });
}

class Pipeline final : public LayerDefinition {
 public:
  explicit Pipeline(const Config& config) {
    for (const Config& entry : config.at("layers").as_list()) parts_.push_back(read_part(entry));
    const Config* name = config.find("name");
    if (name != nullptr && name->is_string()) name_ = name->as_string();
  }

  const LayerType& type() const override { return pipeline; }
  const std::string& given_name() const override { return name_; }
  Shape output_shape(std::span<const Shape> inputs) const override {
    if (inputs.size() != 1)
      throw Error(fmt::format("expected one input, received {}", inputs.size()));
    Shape shape = inputs[0];
    for (const auto& part : parts_) shape = shape_after(*part, shape);
    return shape;
  }
  std::vector<WeightSpec> weights(std::span<const Shape>) const override { return {}; }
  ops::Value lower(const LowerContext& context, std::span<const ops::Value> inputs) const override {
    const LowerContext without_weights(context.ops, {}, context.trainable, context.phase);
    ops::Value x = inputs[0];
    for (const auto& part : parts_) x = part->lower(without_weights, {&x, 1});
    return x;
  }
  Config config() const override { return {}; }

 private:
  static Shape shape_after(const LayerDefinition& part, const Shape& before) {
    return with_context(std::string(part.type().class_name), [&] {
      Shape after = part.output_shape({&before, 1});
      if (!part.weights({&before, 1}).empty())
        throw Error("it has weights, which a layer within a Pipeline is not read with");
      return after;
    });
  }

  std::vector<std::unique_ptr<LayerDefinition>> parts_;
  std::string name_;
};

std::unique_ptr<LayerDefinition> read_pipeline(const Config& config) {
  return std::make_unique<layers::WithKeptConfig>(std::make_unique<Pipeline>(config), config);
}

}  // namespace
}  // namespace thaw::layer_types
