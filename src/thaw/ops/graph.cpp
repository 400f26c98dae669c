#include "thaw/ops/graph.h"

#include <fmt/format.h>

#include <algorithm>

#include "thaw/core/error.h"

namespace thaw::ops {

Value Graph::append(Op op, std::vector<Value> node_inputs, std::string name) {
  std::vector<Shape> shapes;
  shapes.reserve(node_inputs.size());
  for (const Value input : node_inputs) shapes.push_back((*this)[input].shape);
  Shape shape = output_shape(op, shapes);
  nodes.push_back({std::move(op), std::move(node_inputs), std::move(shape), std::move(name)});
  return {static_cast<int>(nodes.size()) - 1};
}

std::vector<int> Graph::use_counts() const {
  std::vector<int> counts(nodes.size(), 0);
  for (const Node& node : nodes) {
    for (const Value input : node.inputs) ++counts[static_cast<size_t>(input.index)];
  }
  for (const Value output : outputs) ++counts[static_cast<size_t>(output.index)];
  return counts;
}

Graph Graph::without_dead_nodes() const {
  std::vector<bool> alive(nodes.size(), false);
  for (const Value output : outputs) alive[static_cast<size_t>(output.index)] = true;
  for (const Value input : inputs) alive[static_cast<size_t>(input.index)] = true;
  for (size_t i = nodes.size(); i-- > 0;) {
    if (!alive[i]) continue;
    for (const Value input : nodes[i].inputs) alive[static_cast<size_t>(input.index)] = true;
  }
  Graph result;
  std::vector<Value> moved(nodes.size());
  const auto renamed = [&](std::vector<Value> values) {
    for (Value& value : values) value = moved[static_cast<size_t>(value.index)];
    return values;
  };
  for (size_t i = 0; i < nodes.size(); ++i) {
    if (!alive[i]) continue;
    Node node = nodes[i];
    node.inputs = renamed(node.inputs);
    result.nodes.push_back(std::move(node));
    moved[i] = {static_cast<int>(result.nodes.size()) - 1};
  }
  result.inputs = renamed(inputs);
  result.outputs = renamed(outputs);
  return result;
}

Value Builder::input(Shape shape) {
  const Value value = append(Input{std::move(shape)}, {});
  graph_.inputs.push_back(value);
  return value;
}

Value Builder::weight(const VariablePtr& variable, bool trainable, Shape shape) {
  const auto key =
      fmt::format("{} {}", static_cast<const void*>(variable.get()), shape.to_string());
  const auto [entry, is_new] = weights_.try_emplace(key);
  if (is_new) entry->second = append(Weight{variable, std::move(shape), trainable}, {});
  return entry->second;
}

Value Builder::conv_2d(Value x, Value kernel, Conv2D attributes, Value bias) {
  std::vector<Value> inputs = {x, kernel};
  attributes.has_bias = bias.index >= 0;
  if (attributes.has_bias) inputs.push_back(bias);
  return append(attributes, std::move(inputs));
}

Value Builder::conv_transpose_2d(Value x, Value kernel, ConvTranspose2D attributes, Value bias) {
  std::vector<Value> inputs = {x, kernel};
  attributes.has_bias = bias.index >= 0;
  if (attributes.has_bias) inputs.push_back(bias);
  return append(attributes, std::move(inputs));
}

Value Builder::matmul(Value x, Value kernel, Value bias) {
  std::vector<Value> inputs = {x, kernel};
  if (bias.index >= 0) inputs.push_back(bias);
  return append(MatMul{.has_bias = bias.index >= 0, .activation = {}}, std::move(inputs));
}

Value Builder::batch_normalization(Value x, std::vector<Value> parameters,
                                   BatchNormalization attributes) {
  parameters.insert(parameters.begin(), x);
  return append(attributes, std::move(parameters));
}

Value Builder::activation(Value x, const Activation& activation) {
  if (activation.kind == Activation::Kind::linear) return x;
  if (activation.kind == Activation::Kind::softmax) return append(Softmax{}, {x});
  return append(Activate{activation}, {x});
}

Value Builder::sample_normalization(Value x, std::vector<Value> parameters,
                                    SampleNormalization attributes) {
  parameters.insert(parameters.begin(), x);
  return append(attributes, std::move(parameters));
}
Value Builder::binary(Binary::Kind kind, Value a, Value b) {
  return append(Binary{kind, {}}, {a, b});
}
Value Builder::concatenate(std::vector<Value> values, int axis) {
  return append(Concatenate{axis}, std::move(values));
}
Value Builder::pool_2d(Value x, Pool2D attributes) { return append(attributes, {x}); }
Value Builder::global_pool_2d(Value x, Pool2D::Kind kind) {
  return append(GlobalPool2D{kind}, {x});
}
Value Builder::pad_2d(Value x, Padding2 padding) { return append(Pad2D{padding}, {x}); }
Value Builder::crop_2d(Value x, Padding2 cropping) { return append(Crop2D{cropping}, {x}); }
Value Builder::resize_2d(Value x, Resize2D attributes) { return append(attributes, {x}); }
Value Builder::transpose(Value x, std::vector<int> order) {
  return append(Transpose{std::move(order)}, {x});
}
Value Builder::reshape(Value x, Shape shape) { return append(Reshape{std::move(shape)}, {x}); }
Value Builder::scale_shift(Value x, std::vector<float> scale, std::vector<float> offset) {
  return append(ScaleShift{std::move(scale), std::move(offset)}, {x});
}
Value Builder::dropout(Value x, Dropout attributes) { return append(std::move(attributes), {x}); }
Value Builder::gaussian_noise(Value x, GaussianNoise attributes) { return append(attributes, {x}); }
Value Builder::random_affine(Value x, const RandomAffine& attributes) {
  return append(attributes, {x});
}
Value Builder::random_color(Value x, const RandomColor& attributes) {
  return append(attributes, {x});
}
Value Builder::random_crop_2d(Value x, const RandomCrop2D& attributes) {
  return append(attributes, {x});
}

Graph Builder::finish(std::vector<Value> outputs) {
  graph_.outputs = std::move(outputs);
  weights_.clear();
  return std::exchange(graph_, {});
}

}  // namespace thaw::ops
