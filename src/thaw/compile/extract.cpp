#include "thaw/compile/extract.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "thaw/core/content_hash.h"
#include "thaw/core/error.h"

namespace thaw {
namespace {

using ops::Value;

/// Writes an operation's attributes as text; two operations are alike if and only if their texts
/// are.
class Signature {
 public:
  std::string text;

  void operator()(const ops::Input& op) { add(op.shape); }
  void operator()(const ops::Weight& op) {
    add(op.shape);
    text += content_hash(std::as_bytes(op.variable->value().values()));
  }
  void operator()(const ops::Constant& op) {
    add(op.value.shape());
    text += content_hash(std::as_bytes(op.value.values()));
  }
  void operator()(const ops::Conv2D& op) {
    add(op.strides);
    add(op.dilations);
    add(op.padding);
    add(op.groups);
    add(op.has_bias);
    add(op.has_residual);
    add(op.winograd);
    add(op.activation);
  }
  void operator()(const ops::ConvTranspose2D& op) {
    add(op.strides);
    add(op.padding);
    add(op.size);
    add(op.has_bias);
  }
  void operator()(const ops::MatMul& op) {
    add(op.has_bias);
    add(op.activation);
  }
  void operator()(const ops::BatchNormalization& op) {
    add(op.epsilon);
    add(op.momentum);
    add(op.has_scale);
    add(op.has_center);
    add(static_cast<int>(op.phase));
  }
  void operator()(const ops::SampleNormalization& op) {
    add(op.epsilon);
    add(op.groups);
    add(op.by_pixel);
    add(op.has_scale);
    add(op.has_center);
  }
  void operator()(const ops::Activate& op) { add(op.activation); }
  void operator()(const ops::Softmax&) {}
  void operator()(const ops::Binary& op) {
    add(static_cast<int>(op.kind));
    add(op.activation);
  }
  void operator()(const ops::Concatenate& op) { add(op.axis); }
  void operator()(const ops::Pool2D& op) {
    add(static_cast<int>(op.kind));
    add(op.pool_size);
    add(op.strides);
    add(op.padding);
  }
  void operator()(const ops::GlobalPool2D& op) { add(static_cast<int>(op.kind)); }
  void operator()(const ops::Pad2D& op) { add(op.padding); }
  void operator()(const ops::Crop2D& op) { add(op.cropping); }
  void operator()(const ops::Resize2D& op) {
    add(op.size);
    add(static_cast<int>(op.interpolation));
    add(op.antialias);
    add(op.cropping);
  }
  void operator()(const ops::Transpose& op) {
    for (const int axis : op.order) add(axis);
  }
  void operator()(const ops::Reshape& op) { add(op.shape); }
  void operator()(const ops::ScaleShift& op) {
    for (const float value : op.scale) add(value);
    text += '|';
    for (const float value : op.offset) add(value);
    add(op.activation);
  }
  void operator()(const ops::Dropout& op) {
    add(op.rate);
    add(op.drawn);
    add(static_cast<int>(op.phase));
  }
  void operator()(const ops::GaussianNoise& op) {
    add(op.deviation);
    add(op.multiplies);
    add(static_cast<int>(op.phase));
  }
  void operator()(const ops::RandomAffine& op) {
    add(op.flips_rows);
    add(op.flips_columns);
    for (const ops::Range& range :
         {op.turn, op.zoom_rows, op.zoom_columns, op.shift_rows, op.shift_columns})
      add(range);
    add(op.zooms_alike);
    add(static_cast<int>(op.interpolation));
    add(static_cast<int>(op.fill));
    add(op.fill_value);
    add(static_cast<int>(op.phase));
  }
  void operator()(const ops::RandomColor& op) {
    add(op.contrast);
    add(op.brightness);
    add(op.limits);
    add(static_cast<int>(op.phase));
  }
  void operator()(const ops::RandomCrop2D& op) {
    add(op.size);
    add(op.cropping);
    add(static_cast<int>(op.phase));
  }

  void add(int64_t value) { text += fmt::format("{},", value); }
  void add(int value) { add(int64_t{value}); }
  void add(bool value) { add(int64_t{value}); }
  void add(float value) { text += fmt::format("{:a},", value); }

 private:
  void add(const Shape& shape) { text += shape.to_string(); }
  void add(const ops::Range& range) {
    add(range.low);
    add(range.high);
  }
  void add(const Size2& size) {
    add(size.height);
    add(size.width);
  }
  void add(const Padding2& padding) {
    for (const int64_t side : {padding.top, padding.bottom, padding.left, padding.right}) add(side);
  }
  void add(const Activation& activation) {
    add(static_cast<int>(activation.kind));
    add(activation.negative_slope);
    add(activation.threshold);
    add(activation.max_value);
  }
};

}  // namespace

ops::Graph extract(const ops::Graph& graph, std::span<const Value> from,
                   std::span<const Value> to) {
  std::vector<bool> needed(graph.nodes.size());
  const auto is_from = [&](Value value) { return std::ranges::find(from, value) != from.end(); };
  for (const Value value : to) needed[static_cast<size_t>(value.index)] = true;
  for (size_t i = graph.nodes.size(); i-- > 0;) {
    const Value value{static_cast<int>(i)};
    if (!needed[i] || is_from(value)) continue;
    if (std::holds_alternative<ops::Input>(graph.nodes[i].op))
      throw Error("a cut of the graph leaves one of its inputs out");
    for (const Value input : graph.nodes[i].inputs) needed[static_cast<size_t>(input.index)] = true;
  }
  ops::Graph result;
  std::map<Value, Value> moved;
  for (const Value value : from) {
    moved[value] = result.append(ops::Input{graph[value].shape}, {}, graph[value].name);
    result.inputs.push_back(moved[value]);
  }
  for (size_t i = 0; i < graph.nodes.size(); ++i) {
    const Value value{static_cast<int>(i)};
    if (!needed[i] || is_from(value)) continue;
    std::vector<Value> inputs;
    for (const Value input : graph.nodes[i].inputs) inputs.push_back(moved.at(input));
    moved[value] = result.append(graph.nodes[i].op, std::move(inputs), graph.nodes[i].name);
  }
  for (const Value value : to) result.outputs.push_back(moved.at(value));
  return result;
}

bool leads_to(const ops::Graph& graph, std::span<const Value> below, std::span<const Value> above) {
  try {
    extract(graph, below, above);
    return true;
  } catch (const Error&) {
    return false;
  }
}

std::vector<std::string> value_hashes(const ops::Graph& graph) {
  std::vector<std::string> hashes(graph.nodes.size());
  for (size_t i = 0; i < graph.nodes.size(); ++i) {
    const ops::Node& node = graph.nodes[i];
    Signature signature;
    signature.text += ops::name(node.op);
    signature.text += '(';
    for (const Value input : node.inputs)
      signature.text += hashes[static_cast<size_t>(input.index)];
    std::visit(signature, node.op);
    if (std::holds_alternative<ops::Input>(node.op))  // which one of them
      signature.add(std::ranges::find(graph.inputs, Value{static_cast<int>(i)}) -
                    graph.inputs.begin());
    hashes[i] = content_hash(std::as_bytes(std::span(signature.text)));
  }
  return hashes;
}

}  // namespace thaw
