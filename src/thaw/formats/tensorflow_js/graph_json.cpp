#include "thaw/formats/tensorflow_js/graph_json.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cmath>
#include <cstring>
#include <limits>
#include <map>

#include "thaw/core/base64.h"
#include "thaw/core/error.h"

namespace thaw::tensorflow_js {
namespace {

namespace proto = tensorflow::proto;

/// A member under its name in protobuf or in JSON: "tensor_shape", "tensorShape".
const Config* member(const Config& value, std::string_view name, std::string_view camel = {}) {
  const Config* found = value.find(name);
  return found == nullptr && !camel.empty() ? value.find(camel) : found;
}

int64_t integer_of(const Config& value) {
  if (!value.is_string()) return value.as_integer();
  const std::string& text = value.as_string();
  int64_t number = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failure != std::errc() || end != text.data() + text.size())
    throw Error(fmt::format("expected a whole number, received \"{}\"", text));
  return number;
}

double number_of(const Config& value) {
  if (!value.is_string()) return value.as_number();
  const std::string& text = value.as_string();
  if (text == "NaN") return std::numeric_limits<double>::quiet_NaN();
  if (text == "Infinity") return std::numeric_limits<double>::infinity();
  if (text == "-Infinity") return -std::numeric_limits<double>::infinity();
  throw Error(fmt::format("expected a number, received \"{}\"", text));
}

std::string bytes_of(const Config& value) { return from_base64(value.as_string()); }

proto::DataType type_of(const Config& value) {
  static const std::map<std::string_view, proto::DataType> types = {
      {"DT_FLOAT", proto::DT_FLOAT},       {"DT_DOUBLE", proto::DT_DOUBLE},
      {"DT_INT32", proto::DT_INT32},       {"DT_UINT8", proto::DT_UINT8},
      {"DT_INT16", proto::DT_INT16},       {"DT_INT8", proto::DT_INT8},
      {"DT_STRING", proto::DT_STRING},     {"DT_INT64", proto::DT_INT64},
      {"DT_BOOL", proto::DT_BOOL},         {"DT_HALF", proto::DT_HALF},
      {"DT_UINT16", proto::DT_UINT16},     {"DT_UINT32", proto::DT_UINT32},
      {"DT_BFLOAT16", proto::DT_BFLOAT16}, {"DT_RESOURCE", proto::DT_RESOURCE},
      {"DT_VARIANT", proto::DT_VARIANT},   {"DT_COMPLEX64", proto::DT_COMPLEX64},
      {"DT_UINT64", proto::DT_UINT64},
  };
  if (!value.is_string()) return static_cast<proto::DataType>(value.as_integer());
  const auto found = types.find(value.as_string());
  return found == types.end() ? proto::DT_INVALID : found->second;
}

void read_shape(const Config& value, proto::TensorShapeProto& shape) {
  if (const Config* unknown = member(value, "unknown_rank", "unknownRank");
      unknown != nullptr && *unknown == Config(true))
    shape.set_unknown_rank(true);
  const Config* sizes = value.find("dim");
  if (sizes == nullptr) return;
  for (const Config& size : sizes->as_list()) {
    // JSON leaves a zero out.
    const Config* number = size.find("size");
    shape.add_dim()->set_size(number == nullptr ? 0 : integer_of(*number));
  }
}

template <typename Add>
void each(const Config& value, std::string_view name, std::string_view camel, Add add) {
  const Config* list = member(value, name, camel);
  if (list == nullptr) return;
  for (const Config& item : list->as_list()) add(item);
}

void read_list(const Config& value, proto::AttrValue::ListValue& list) {
  each(value, "s", "", [&](const Config& item) { list.add_s(bytes_of(item)); });
  each(value, "i", "", [&](const Config& item) { list.add_i(integer_of(item)); });
  each(value, "f", "",
       [&](const Config& item) { list.add_f(static_cast<float>(number_of(item))); });
  each(value, "b", "", [&](const Config& item) { list.add_b(item.as_bool()); });
  each(value, "type", "", [&](const Config& item) { list.add_type(type_of(item)); });
  each(value, "shape", "", [&](const Config& item) { read_shape(item, *list.add_shape()); });
}

void read_tensor(const Config& value, proto::TensorProto& tensor) {
  if (const Config* type = value.find("dtype")) tensor.set_dtype(type_of(*type));
  if (const Config* shape = member(value, "tensor_shape", "tensorShape"))
    read_shape(*shape, *tensor.mutable_tensor_shape());
  if (const Config* content = member(value, "tensor_content", "tensorContent"))
    tensor.set_tensor_content(bytes_of(*content));
  each(value, "float_val", "floatVal",
       [&](const Config& item) { tensor.add_float_val(static_cast<float>(number_of(item))); });
  each(value, "int_val", "intVal",
       [&](const Config& item) { tensor.add_int_val(static_cast<int32_t>(integer_of(item))); });
  each(value, "int64_val", "int64Val",
       [&](const Config& item) { tensor.add_int64_val(integer_of(item)); });
  each(value, "bool_val", "boolVal",
       [&](const Config& item) { tensor.add_bool_val(item.as_bool()); });
}

void read_attribute(const Config& value, proto::AttrValue& attribute) {
  if (!value.is_map() || value.as_map().empty()) return;
  const auto& [kind, content] = value.as_map().front();
  if (kind == "list") {
    read_list(content, *attribute.mutable_list());
  } else if (kind == "s") {
    attribute.set_s(bytes_of(content));
  } else if (kind == "i") {
    attribute.set_i(integer_of(content));
  } else if (kind == "f") {
    attribute.set_f(static_cast<float>(number_of(content)));
  } else if (kind == "b") {
    attribute.set_b(content.as_bool());
  } else if (kind == "type") {
    attribute.set_type(type_of(content));
  } else if (kind == "shape") {
    read_shape(content, *attribute.mutable_shape());
  } else if (kind == "tensor") {
    read_tensor(content, *attribute.mutable_tensor());
  } else if (kind == "func") {
    if (const Config* name = content.find("name"))
      attribute.mutable_func()->set_name(name->as_string());
  }
}

void read_node(const Config& value, proto::NodeDef& node) {
  node.set_name(value.at("name").as_string());
  with_context(fmt::format("node \"{}\"", node.name()), [&] {
    node.set_op(value.at("op").as_string());
    each(value, "input", "", [&](const Config& item) { node.add_input(item.as_string()); });
    const Config* attributes = value.find("attr");
    if (attributes == nullptr) return;
    for (const auto& attribute : attributes->as_map()) {
      with_context(fmt::format("attribute {}", attribute.first), [&] {
        read_attribute(attribute.second, (*node.mutable_attr())[attribute.first]);
      });
    }
  });
}

template <typename Number, typename Values>
std::string packed(const Values& values) {
  std::string bytes(values.size() * sizeof(Number), '\0');
  size_t at = 0;
  for (const auto value : values) {
    const auto number = static_cast<Number>(value);
    std::memcpy(bytes.data() + at, &number, sizeof(number));
    at += sizeof(number);
  }
  return bytes;
}

/// Puts a weight's numbers into the constant that is called so.
void fill(const StoredWeight& weight, proto::NodeDef& node) {
  proto::TensorProto tensor;
  for (const int64_t size : weight.array.shape().sizes())
    tensor.mutable_tensor_shape()->add_dim()->set_size(size);
  if (weight.array.is_integer()) {
    tensor.set_dtype(proto::DT_INT64);
    tensor.set_tensor_content(packed<int64_t>(weight.array.integers()));
  } else {
    tensor.set_dtype(proto::DT_FLOAT);
    const Tensor values = weight.array.floats();
    tensor.set_tensor_content(packed<float>(values.values()));
  }
  *(*node.mutable_attr())["value"].mutable_tensor() = std::move(tensor);
}

}  // namespace

tensorflow::proto::GraphDef graph_of_json(const Config& topology,
                                          const std::vector<StoredWeight>& weights) {
  proto::GraphDef graph;
  for (const Config& node : topology.at("node").as_list()) read_node(node, *graph.add_node());
  std::map<std::string_view, const StoredWeight*> by_name;
  for (const StoredWeight& weight : weights) by_name.emplace(weight.name, &weight);
  for (proto::NodeDef& node : *graph.mutable_node()) {
    if (node.op() != "Const") continue;
    const auto found = by_name.find(node.name());
    if (found != by_name.end()) fill(*found->second, node);
  }
  return graph;
}

}  // namespace thaw::tensorflow_js
