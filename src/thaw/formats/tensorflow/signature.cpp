#include "thaw/formats/tensorflow/signature.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <optional>

#include "thaw/core/error.h"
#include "thaw/formats/tensorflow/numbers.h"

namespace thaw::tensorflow {
namespace {

constexpr auto preferred_signatures =
    std::to_array<std::string_view>({"serving_default", "default", "image_classification",
                                     "image_feature_vector", "serve", "predict", "predict_images"});
constexpr auto preferred_functions =
    std::to_array<std::string_view>({"__call__", "call", "serve", "predict", "infer", "forward"});

bool is_float(proto::DataType type) {
  return type == proto::DT_FLOAT || type == proto::DT_HALF || type == proto::DT_BFLOAT16 ||
         type == proto::DT_DOUBLE;
}

/// Place in a list of what is preferred; behind it for what is not on it.
template <typename List>
size_t rank_of(const List& list, std::string_view name) {
  return static_cast<size_t>(std::ranges::find(list, name) - list.begin());
}

std::vector<int64_t> open_sizes(const proto::TensorShapeProto& shape) {
  return shape.unknown_rank() ? std::vector<int64_t>() : sizes_of(shape);
}

std::vector<Port> ports_of(const google::protobuf::Map<std::string, proto::TensorInfo>& infos) {
  std::vector<Port> ports;
  for (const auto& [name, info] : infos)
    ports.push_back({.name = name,
                     .reference = info.name(),
                     .sizes = open_sizes(info.tensor_shape()),
                     .type = info.dtype()});
  // "output_2" before "output_10".
  std::ranges::sort(ports, [](const Port& a, const Port& b) {
    const auto stem = [](const Port& port) { return port.name.find_last_not_of("0123456789") + 1; };
    const bool same_stem = a.name.substr(0, stem(a)) == b.name.substr(0, stem(b));
    if (same_stem && a.name.size() != b.name.size()) return a.name.size() < b.name.size();
    return a.name < b.name;
  });
  return ports;
}

/// A module's "default" stands before its other end points, probabilities before their logits, and
/// numbers before classes as text.
std::vector<Port> outputs_to_take(std::vector<Port> outputs) {
  for (const std::string_view wanted : {"default", "probabilities", "scores"}) {
    for (const Port& port : outputs)
      if (port.name == wanted && is_float(port.type)) return {port};
  }
  if (std::ranges::any_of(outputs, [](const Port& port) { return is_float(port.type); }))
    std::erase_if(outputs, [](const Port& port) { return !is_float(port.type); });
  return outputs;
}

/// The leaves of a function's arguments in the order in which they are handed over.
void add_leaves(const proto::StructuredValue& value,
                std::vector<const proto::StructuredValue*>& leaves) {
  if (value.has_list_value()) {
    for (const auto& item : value.list_value().values()) add_leaves(item, leaves);
  } else if (value.has_tuple_value()) {
    for (const auto& item : value.tuple_value().values()) add_leaves(item, leaves);
  } else if (value.has_named_tuple_value()) {
    for (const auto& item : value.named_tuple_value().values()) add_leaves(item.value(), leaves);
  } else if (value.has_dict_value()) {
    std::vector<std::pair<std::string_view, const proto::StructuredValue*>> items;
    for (const auto& [key, item] : value.dict_value().fields()) items.emplace_back(key, &item);
    std::ranges::sort(items);
    for (const auto& [key, item] : items) add_leaves(*item, leaves);
  } else {
    leaves.push_back(&value);
  }
}

/// The form, and how far it is from the one that is wanted; nothing where it takes no image.
std::optional<std::pair<int, CallForm>> form_of(const std::string& name,
                                                const proto::SavedConcreteFunction& function) {
  CallForm form{.function = name,
                .captured = {function.bound_inputs().begin(), function.bound_inputs().end()}};
  std::vector<const proto::StructuredValue*> leaves;
  add_leaves(function.canonicalized_input_signature(), leaves);
  int distance = 0;
  int fed = 0;
  bool has_false = false;
  for (const auto* leaf : leaves) {
    if (leaf->kind_case() == proto::StructuredValue::kBoolValue) {
      distance += leaf->bool_value() ? 100 : 0;
      has_false = has_false || !leaf->bool_value();
    }
    if (!leaf->has_tensor_spec_value()) continue;
    const auto& spec = leaf->tensor_spec_value();
    const bool is_flag = spec.dtype() == proto::DT_BOOL;
    const auto sizes = open_sizes(spec.shape());
    if (!is_flag && (bytes_of(spec.dtype()) == 0 || sizes.size() < 2)) return std::nullopt;
    fed += is_flag ? 0 : 1;
    distance += is_flag ? 1 : (sizes.size() == 4 ? 0 : 5) + (is_float(spec.dtype()) ? 0 : 3);
    form.arguments.push_back(
        {.name = spec.name().empty() ? fmt::format("input_{}", fed) : spec.name(),
         .sizes = sizes,
         .type = spec.dtype()});
  }
  if (fed == 0) return std::nullopt;
  return std::pair{distance + 10 * (fed - 1) + (has_false ? 0 : 2), std::move(form)};
}

}  // namespace

Signature find_signature(const proto::MetaGraphDef& graph, std::string& refused) {
  Signature best;
  size_t best_rank = 0;
  std::vector<std::string> others;
  for (const auto& [name, definition] : graph.signature_def()) {
    if (name.starts_with("__saved_model") || definition.inputs().empty()) continue;
    std::vector<Port> inputs = ports_of(definition.inputs());
    const auto is_number = [](const Port& port) {
      return bytes_of(port.type) != 0 && !port.reference.empty();
    };
    if (!std::ranges::all_of(inputs, is_number)) {
      others.push_back(fmt::format("{} takes {}", name, name_of(inputs.front().type)));
      continue;
    }
    const auto is_flag = [](const Port& port) { return port.type == proto::DT_BOOL; };
    const auto is_image = [](const Port& port) { return port.sizes.size() == 4; };
    const bool takes_image = std::ranges::count_if(inputs, is_flag) + 1 == std::ssize(inputs) &&
                             std::ranges::any_of(inputs, is_image);
    const size_t rank = rank_of(preferred_signatures, name) + (takes_image ? 0 : 100);
    if (!best.name.empty() && std::pair(rank, name) > std::pair(best_rank, best.name)) continue;
    best_rank = rank;
    best = {.name = name,
            .inputs = std::move(inputs),
            .outputs = outputs_to_take(ports_of(definition.outputs()))};
  }
  std::ranges::sort(others);
  refused = fmt::format("{}", fmt::join(others, ", "));
  return best;
}

CallForm find_call_form(const proto::MetaGraphDef& graph) {
  const auto& objects = graph.object_graph_def();
  std::optional<std::pair<size_t, CallForm>> best;
  const auto consider = [&](size_t place, const std::string& name) {
    const auto found = objects.concrete_functions().find(name);
    if (found == objects.concrete_functions().end()) return;
    const auto form = form_of(name, found->second);
    if (!form) return;
    const size_t distance = place * 1000 + static_cast<size_t>(form->first);
    if (!best || distance < best->first) best = {distance, form->second};
  };
  if (objects.nodes_size() > 0) {
    for (const auto& child : objects.nodes(0).children()) {
      if (child.node_id() < 0 || child.node_id() >= objects.nodes_size()) continue;
      const auto& object = objects.nodes(child.node_id());
      const size_t place = rank_of(preferred_functions, child.local_name());
      if (object.has_function())
        for (const auto& name : object.function().concrete_functions()) consider(place, name);
      if (object.has_bare_concrete_function())
        consider(place, object.bare_concrete_function().concrete_function_name());
    }
  }
  if (!best) {
    throw Error(
        "expected a SavedModel with a signature or function that takes an image, received one "
        "without: save it with signatures, or as model.export(\"folder\")");
  }
  return best->second;
}

}  // namespace thaw::tensorflow
