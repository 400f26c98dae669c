#include "thaw/ops/builder.h"

#include <fmt/format.h>

#include <unordered_map>
#include <utility>

#include "thaw/ops/graph.h"

namespace thaw::ops {

struct Builder::State {
  Graph graph;
  std::string scope;
  std::unordered_map<std::string, Value> weights;

  Value append(Op op, std::vector<Value> inputs) {
    return graph.append(std::move(op), std::move(inputs), scope);
  }
};

Builder::Builder() : state_(std::make_unique<State>()) {}
Builder::~Builder() = default;

Value Builder::input(Shape shape) {
  const Value value = state_->append(Input{std::move(shape)}, {});
  state_->graph.inputs.push_back(value);
  return value;
}

Value Builder::weight(const VariablePtr& variable, bool trainable, Shape shape) {
  const auto key =
      fmt::format("{} {}", static_cast<const void*>(variable.get()), shape.to_string());
  const auto [entry, is_new] = state_->weights.try_emplace(key);
  if (is_new) entry->second = state_->append(Weight{variable, std::move(shape), trainable}, {});
  return entry->second;
}

Value Builder::constant(Tensor value) { return state_->append(Constant{std::move(value)}, {}); }

Value Builder::conv_2d(Value x, Value kernel, Conv2D attributes, Value bias) {
  std::vector<Value> inputs = {x, kernel};
  attributes.has_bias = bias.index >= 0;
  if (attributes.has_bias) inputs.push_back(bias);
  return state_->append(attributes, std::move(inputs));
}

Value Builder::conv_transpose_2d(Value x, Value kernel, ConvTranspose2D attributes, Value bias) {
  std::vector<Value> inputs = {x, kernel};
  attributes.has_bias = bias.index >= 0;
  if (attributes.has_bias) inputs.push_back(bias);
  return state_->append(attributes, std::move(inputs));
}

Value Builder::matmul(Value x, Value kernel, Value bias) {
  std::vector<Value> inputs = {x, kernel};
  if (bias.index >= 0) inputs.push_back(bias);
  return state_->append(MatMul{.has_bias = bias.index >= 0, .activation = {}}, std::move(inputs));
}

Value Builder::batch_normalization(Value x, std::vector<Value> parameters,
                                   BatchNormalization attributes) {
  parameters.insert(parameters.begin(), x);
  return state_->append(attributes, std::move(parameters));
}

Value Builder::activation(Value x, const Activation& activation) {
  if (activation.kind == Activation::Kind::linear) return x;
  if (activation.kind == Activation::Kind::softmax) return state_->append(Softmax{}, {x});
  if (activation.kind == Activation::Kind::log_softmax)
    return state_->append(Softmax{.logarithm = true}, {x});
  return state_->append(Activate{activation}, {x});
}

Value Builder::sample_normalization(Value x, std::vector<Value> parameters,
                                    SampleNormalization attributes) {
  parameters.insert(parameters.begin(), x);
  return state_->append(attributes, std::move(parameters));
}
Value Builder::binary(Binary::Kind kind, Value a, Value b) {
  return state_->append(Binary{kind, {}}, {a, b});
}
Value Builder::concatenate(std::vector<Value> values, int axis) {
  return state_->append(Concatenate{axis}, std::move(values));
}
Value Builder::pool_2d(Value x, Pool2D attributes) { return state_->append(attributes, {x}); }
Value Builder::global_pool_2d(Value x, Pool2D::Kind kind) {
  return state_->append(GlobalPool2D{kind}, {x});
}
Value Builder::pad_2d(Value x, Padding2 padding) { return state_->append(Pad2D{padding}, {x}); }
Value Builder::crop_2d(Value x, Padding2 cropping) { return state_->append(Crop2D{cropping}, {x}); }
Value Builder::resize_2d(Value x, Resize2D attributes) { return state_->append(attributes, {x}); }
Value Builder::transpose(Value x, std::vector<int> order) {
  return state_->append(Transpose{std::move(order)}, {x});
}
Value Builder::reshape(Value x, Shape shape) {
  return state_->append(Reshape{std::move(shape)}, {x});
}
Value Builder::scale_shift(Value x, std::vector<float> scale, std::vector<float> offset) {
  return state_->append(ScaleShift{std::move(scale), std::move(offset)}, {x});
}
Value Builder::dropout(Value x, Dropout attributes) {
  return state_->append(std::move(attributes), {x});
}
Value Builder::gaussian_noise(Value x, GaussianNoise attributes) {
  return state_->append(attributes, {x});
}
Value Builder::random_affine(Value x, const RandomAffine& attributes) {
  return state_->append(attributes, {x});
}
Value Builder::random_color(Value x, const RandomColor& attributes) {
  return state_->append(attributes, {x});
}
Value Builder::random_crop_2d(Value x, const RandomCrop2D& attributes) {
  return state_->append(attributes, {x});
}
Value Builder::random_change(Value x, RandomChange attributes) {
  return state_->append(std::move(attributes), {x});
}
Value Builder::random_augment(Value x, RandomAugment attributes) {
  return state_->append(std::move(attributes), {x});
}
Value Builder::random_mix(Value x, const RandomMix& attributes) {
  return state_->append(attributes, {x});
}
Value Builder::pick(Value x, Pick attributes) { return state_->append(std::move(attributes), {x}); }
Value Builder::reduce(Value x, Reduce attributes) {
  return state_->append(std::move(attributes), {x});
}
Value Builder::elementwise(Value x, const Elementwise& attributes) {
  return state_->append(attributes, {x});
}
Value Builder::batch_matmul(Value a, Value b, const BatchMatMul& attributes) {
  return state_->append(attributes, {a, b});
}
Value Builder::spectral_normalization(Value x, Value kernel, Value u,
                                      const SpectralNormalization& attributes) {
  return state_->append(attributes, {x, kernel, u});
}

const Shape& Builder::shape(Value value) const { return state_->graph[value].shape; }
void Builder::set_scope(std::string scope) { state_->scope = std::move(scope); }

Graph Builder::finish(std::vector<Value> outputs) {
  state_->graph.outputs = std::move(outputs);
  return std::exchange(*state_, {}).graph;
}

}  // namespace thaw::ops
