#include "thaw/formats/onnx/graph_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "thaw/core/error.h"
#include "thaw/formats/onnx/tensors.h"

namespace thaw::onnx {
namespace {

using foreign::Array;
using foreign::Constant;

constexpr int64_t oldest_opset = 7;
constexpr int64_t newest_opset = 28;
constexpr int deepest_call = 64;
/// Nodes, their inputs and numbers that calls of functions may copy.
constexpr int64_t most_copied = int64_t{1} << 17;

bool is_default(std::string_view domain) { return domain.empty() || domain == "ai.onnx"; }

std::string full_name(const std::string& domain, const std::string& name,
                      const std::string& overload) {
  return fmt::format("{}\n{}\n{}", is_default(domain) ? "" : domain, name, overload);
}

/// "Conv", "com.microsoft.FusedConv".
std::string operation(const schema::Node& node) {
  return is_default(node.domain()) ? node.op_type()
                                   : fmt::format("{}.{}", node.domain(), node.op_type());
}

std::string describe(const schema::Node& node) {
  return fmt::format("node \"{}\" ({})", node.name(), operation(node));
}

bool is_quantized(std::string_view op) {
  constexpr std::array parts = {
      "QLinear",       "QuantizeLinear", "DequantizeLinear", "DynamicQuantize", "ConvInteger",
      "MatMulInteger", "MatMulNBits",    "MatMulBnb4",       "QAttention",      "QGemm",
      "QMoE",          "QEmbed",         "QOrdered"};
  return std::ranges::any_of(
      parts, [&](const char* part) { return op.find(part) != std::string_view::npos; });
}

int64_t opset_of(const google::protobuf::RepeatedPtrField<schema::OperatorSet>& sets) {
  for (const schema::OperatorSet& set : sets)
    if (is_default(set.domain())) return set.version();
  return 0;
}

std::vector<int64_t> sizes_of(const schema::ValueInfo& input) {
  if (!input.type().has_tensor_type() || !input.type().tensor_type().has_shape()) {
    throw Error(fmt::format(
        "input \"{}\": expected a tensor whose number of axes the file says, received none",
        input.name()));
  }
  std::vector<int64_t> sizes;
  for (const auto& dimension : input.type().tensor_type().shape().dim())
    sizes.push_back(dimension.dim_value() > 0 ? dimension.dim_value() : -1);
  return sizes;
}

}  // namespace

GraphReader::GraphReader(const schema::Model& model, const std::filesystem::path* path)
    : model_(model), files_(path) {
  for (const schema::Function& function : model.functions())
    functions_[full_name(function.domain(), function.name(), function.overload())] = &function;
}

foreign::ForeignGraph GraphReader::read() {
  const int64_t opset = opset_of(model_.opset_import());
  if (opset < oldest_opset || opset > newest_opset) {
    throw Error(
        fmt::format("expected operators of version {} to {}, received {}: convert the model with "
                    "onnx.version_converter, or export it again",
                    oldest_opset, newest_opset, opset));
  }
  graph_.dialect = foreign::Dialect::onnx;
  graph_.name = model_.graph().name();
  graph_.opset = opset;
  Scope scope;
  add_initializers(model_.graph(), scope);
  for (const schema::ValueInfo& input : model_.graph().input()) {
    // Files of the first years list their weights too.
    if (scope.values.contains(input.name())) continue;
    graph_.inputs.push_back({define(scope, input.name()), sizes_of(input)});
  }
  add_nodes(model_.graph().node(), scope);
  for (const schema::ValueInfo& output : model_.graph().output())
    graph_.outputs.push_back(resolve(scope, output.name()));
  return std::move(graph_);
}

void GraphReader::add_initializers(const schema::Graph& graph, Scope& scope) {
  if (graph.sparse_initializer_size() > 0) {
    throw Error(fmt::format("expected dense weights, received the sparse tensor \"{}\"",
                            graph.sparse_initializer(0).values().name()));
  }
  for (const schema::Tensor& tensor : graph.initializer()) {
    Array array = read_tensor(tensor, files_);
    count_copy(scope, array.elements());
    std::string name = array.is_integer() ? std::string() : tensor.name();
    graph_.constants.emplace(define(scope, tensor.name()),
                             Constant{std::move(array), std::move(name)});
  }
}

void GraphReader::add_nodes(const google::protobuf::RepeatedPtrField<schema::Node>& nodes,
                            Scope& scope) {
  for (const schema::Node& node : nodes)
    with_context(describe(node), [&] { add_node(node, scope); });
}

void GraphReader::add_node(const schema::Node& node, Scope& scope) {
  const Attributes attributes = attributes_of(node, scope.attributes);
  count_copy(scope, 1 + node.input_size() + node.output_size());
  const std::string op = operation(node);
  if (const schema::Function* function = function_of(node)) {
    call_function(*function, node, attributes, scope);
  } else if (op == "Constant" && node.output_size() == 1) {
    add_constant(node, attributes, scope);
  } else if (op == "Identity" && node.input_size() == 1 && node.output_size() == 1) {
    bind(scope, node.output(0), resolve(scope, node.input(0)));
  } else if (op == "If" && node.input_size() == 1) {
    take_branch(node, attributes, scope);
  } else {
    add_operation(node, attributes, scope);
  }
}

void GraphReader::add_constant(const schema::Node& node, const Attributes& attributes,
                               Scope& scope) {
  const std::string& output = node.output(0);
  for (const auto& [name, attribute] : attributes) {
    if (name == "value") {
      Array array = read_tensor(attribute->t(), files_);
      count_copy(scope, array.elements());
      // Some programs write every weight so, none a weight of one number.
      const bool is_weight = !array.is_integer() && array.elements() > 1;
      graph_.constants.emplace(
          define(scope, output),
          Constant{std::move(array), is_weight ? scope.call + output : std::string()});
      return;
    }
    const Config value = config_of(*attribute);
    if (!name.starts_with("value_") || value.is_null() || name.starts_with("value_string"))
      continue;
    const bool is_list = value.is_list();
    std::vector<Config> numbers = is_list ? value.as_list() : Config::List{value};
    count_copy(scope, static_cast<int64_t>(numbers.size()));
    const Shape shape = is_list ? Shape{static_cast<int64_t>(numbers.size())} : Shape{};
    std::vector<int64_t> integers;
    std::vector<float> floats;
    for (const Config& number : numbers) {
      if (name.starts_with("value_int"))
        integers.push_back(number.as_integer());
      else
        floats.push_back(static_cast<float>(number.as_number()));
    }
    Array array = name.starts_with("value_int") ? Array(shape, std::move(integers))
                                                : Array(thaw::Tensor::from(shape, floats));
    graph_.constants.emplace(define(scope, output), Constant{std::move(array)});
    return;
  }
  throw Error("expected a constant of numbers (value, value_ints, value_floats)");
}

void GraphReader::add_operation(const schema::Node& node, const Attributes& attributes,
                                Scope& scope) {
  if (is_quantized(node.op_type())) {
    throw Error(
        "expected a graph of floats, received one that computes with integers of 8 bit or fewer, "
        "whose weights are too rough to be trained: export the model again without quantizing it");
  }
  foreign::Node made{.name = scope.call + node.name(), .op = operation(node)};
  for (const std::string& input : node.input())
    made.inputs.push_back(input.empty() ? std::string() : resolve(scope, input));
  for (const auto& [name, attribute] : attributes) {
    if (kind_of(*attribute) == schema::Attribute::TENSOR && made.op == "ConstantOfShape" &&
        node.output_size() > 0) {
      const std::string value = define(scope, fmt::format("{}\nvalue", node.output(0)));
      graph_.constants.emplace(value, Constant{read_tensor(attribute->t(), files_)});
      made.inputs.push_back(value);
      continue;
    }
    Config value = config_of(*attribute);
    if (value.is_list()) count_copy(scope, static_cast<int64_t>(value.as_list().size()));
    if (!value.is_null()) made.attributes.set(name, std::move(value));
  }
  for (const std::string& output : node.output())
    made.outputs.push_back(output.empty() ? std::string() : define(scope, output));
  graph_.nodes.push_back(std::move(made));
}

GraphReader::Scope GraphReader::inner(const schema::Node& node, const Scope& scope) {
  if (scope.depth == deepest_call)
    throw Error(fmt::format("expected functions at most {} calls deep", deepest_call));
  return {.prefix = fmt::format("@{}/", ++calls_),
          .call = node.name().empty() ? scope.call : scope.call + node.name() + "/",
          .depth = scope.depth + 1};
}

void GraphReader::call_function(const schema::Function& function, const schema::Node& node,
                                const Attributes& attributes, Scope& scope) {
  const int64_t opset = opset_of(function.opset_import());
  if (opset != 0 && opset != graph_.opset) {
    throw Error(fmt::format("expected a function of operators of version {}, received {}",
                            graph_.opset, opset));
  }
  if (node.input_size() > function.input_size() || node.output_size() > function.output_size()) {
    throw Error(fmt::format("expected at most {} inputs and {} outputs, received {} and {}",
                            function.input_size(), function.output_size(), node.input_size(),
                            node.output_size()));
  }
  Scope body = inner(node, scope);
  body.attributes = attributes;
  for (const schema::Attribute& usual : function.attribute_proto())
    body.attributes.emplace(usual.name(), &usual);
  for (int i = 0; i < function.input_size(); ++i) {
    const bool is_given = i < node.input_size() && !node.input(i).empty();
    body.values[function.input(i)] = is_given ? resolve(scope, node.input(i)) : std::string();
  }
  add_nodes(function.node(), body);
  for (int i = 0; i < node.output_size(); ++i)
    if (!node.output(i).empty()) bind(scope, node.output(i), resolve(body, function.output(i)));
}

void GraphReader::take_branch(const schema::Node& node, const Attributes& attributes,
                              Scope& scope) {
  const auto condition = graph_.constants.find(resolve(scope, node.input(0)));
  if (condition == graph_.constants.end()) {
    throw Error(
        "chooses what to compute by what it is given, and layers cannot: export the model with "
        "fixed sizes (no dynamic axes)");
  }
  const bool holds = condition->second.array.integer() != 0;
  const auto branch = attributes.find(holds ? "then_branch" : "else_branch");
  if (branch == attributes.end()) throw Error("expected two branches, received one");
  const schema::Graph& graph = branch->second->g();
  if (graph.output_size() < node.output_size()) {
    throw Error(fmt::format("expected a branch of {} outputs, received {}", node.output_size(),
                            graph.output_size()));
  }
  Scope body = inner(node, scope);
  body.outer = &scope;
  body.attributes = scope.attributes;
  add_initializers(graph, body);
  add_nodes(graph.node(), body);
  for (int i = 0; i < node.output_size(); ++i)
    bind(scope, node.output(i), resolve(body, graph.output(i).name()));
}

const schema::Function* GraphReader::function_of(const schema::Node& node) const {
  const auto found = functions_.find(full_name(node.domain(), node.op_type(), node.overload()));
  return found == functions_.end() ? nullptr : found->second;
}

std::string GraphReader::resolve(const Scope& scope, const std::string& name) const {
  for (const Scope* place = &scope; place != nullptr; place = place->outer)
    if (const auto found = place->values.find(name); found != place->values.end())
      return found->second;
  throw Error(
      fmt::format("expected values that are made before they are read, received \"{}\"", name));
}

void GraphReader::bind(Scope& scope, const std::string& name, std::string value) {
  if (!scope.values.emplace(name, std::move(value)).second)
    throw Error(fmt::format("expected values of names of their own, received \"{}\" twice", name));
}

std::string GraphReader::define(Scope& scope, const std::string& name) {
  std::string full = scope.prefix + name;
  bind(scope, name, full);
  if (!made_.insert(full).second)
    throw Error(fmt::format("expected values of names of their own, received \"{}\" twice", name));
  return full;
}

void GraphReader::count_copy(const Scope& scope, int64_t size) {
  if (scope.depth == 0) return;
  copied_ += size;
  if (copied_ > most_copied) {
    throw Error(
        fmt::format("expected calls of functions that come to at most {} values", most_copied));
  }
}

}  // namespace thaw::onnx
