#include <algorithm>
#include <array>
#include <cmath>

#include "thaw/formats/import/recognition.h"

namespace thaw::foreign {
namespace {

using Ops = std::set<std::string, std::less<>>;

/// What computes number by number.
const Ops& number_by_number() {
  static const Ops ops = {"Add",          "Sub",         "Mul",
                          "Div",          "Neg",         "Pow",
                          "Square",       "Sqrt",        "Rsqrt",
                          "Exp",          "Log",         "Erf",
                          "Tanh",         "Sigmoid",     "Softplus",
                          "Abs",          "Relu",        "Relu6",
                          "Clip",         "Max",         "Min",
                          "Reciprocal",   "Cast",        "Identity",
                          "HardSigmoid",  "ClipByValue", "thaw.HardSigmoid",
                          "Greater",      "Less",        "Where",
                          "GreaterEqual", "LessEqual",   "GreaterOrEqual",
                          "LessOrEqual"};
  return ops;
}

struct Known {
  const char* op;
  double (*function)(double x);
  bool by_tanh = false;
};

double sigmoid(double x) { return 1 / (1 + std::exp(-x)); }
double hard_sigmoid(double x) { return std::clamp(x + 3, 0.0, 6.0) / 6; }

constexpr double root_2_over_pi = 0.7978845608028654;
constexpr double root_half = 0.7071067811865476;

constexpr auto known_activations = std::to_array<Known>({
    {"thaw.Silu", [](double x) { return x * sigmoid(x); }},
    {"thaw.Gelu", [](double x) { return x * (1 + std::erf(x * root_half)) / 2; }},
    {"thaw.Gelu",
     [](double x) { return x * (1 + std::tanh(root_2_over_pi * (x + 0.044715 * x * x * x))) / 2; },
     true},
    {"HardSwish", [](double x) { return x * hard_sigmoid(x); }},
    {"thaw.HardSigmoid", &hard_sigmoid},
    {"Mish", [](double x) { return x * std::tanh(std::log1p(std::exp(x))); }},
    {"Sigmoid", &sigmoid},
    {"Tanh", [](double x) { return std::tanh(x); }},
    {"Softplus", [](double x) { return std::log1p(std::exp(x)); }},
    {"Elu", [](double x) { return x > 0 ? x : std::expm1(x); }},
    {"Selu",
     [](double x) {
       return 1.0507009873554805 * (x > 0 ? x : 1.6732632423543772 * std::expm1(x));
     }},
    {"Softsign", [](double x) { return x / (1 + std::fabs(x)); }},
    {"Relu6", [](double x) { return std::clamp(x, 0.0, 6.0); }},
    {"Relu", [](double x) { return std::max(x, 0.0); }},
});

/// Where functions are compared: some beyond every bend, many around 0.
Array points() {
  constexpr int64_t count = 241;
  Tensor numbers({count});
  for (int64_t i = 0; i < count; ++i) {
    const float at = (static_cast<float>(i) - 120.3F) / 120;
    numbers.values()[static_cast<size_t>(i)] = 10 * at * std::fabs(at) + 0.7F * at;
  }
  return Array(std::move(numbers));
}

/// Gelu and its approximation differ by more than this, float32 by less.
constexpr double tolerance = 3e-5;

bool equals(const Array& values, const Array& x, const auto& function) {
  for (int64_t i = 0; i < x.elements(); ++i) {
    const double expected = function(x.at(i));
    if (!(std::fabs(values.at(i) - expected) <= tolerance * std::max(1.0, std::fabs(expected))))
      return false;
  }
  return true;
}

void replace(Node& node, const std::string& base, const char* op) {
  node.op = op;
  node.inputs = {base};
  node.attributes = Config(Config::Map{});
}

/// Whether the node was replaced by an activation of `base`.
bool recognize(Node& node, const std::string& base, const Array& values, const Array& x) {
  for (const Known& known : known_activations) {
    if (!equals(values, x, known.function)) continue;
    replace(node, base, known.op);
    if (known.by_tanh) node.attributes.set("approximate", true);
    return true;
  }
  // Of slope s below 0: max(x, s·x), relu(x) − s·relu(−x).
  const double slope = values.at(0) / x.at(0);
  const auto leaky = [&](double at) { return at > 0 ? at : slope * at; };
  if (!(std::fabs(slope) < 1) || !equals(values, x, leaky)) return false;
  replace(node, base, "thaw.LeakyRelu");
  node.attributes.set("negative_slope", slope);
  return true;
}

bool has_one_number_each(const Rewriting& graph, std::span<Node* const> nodes) {
  for (const Node* node : nodes)
    for (const std::string& input : node->inputs)
      if (const Constant* constant = graph.constant(input);
          constant != nullptr && constant->array.elements() != 1)
        return false;
  return true;
}

}  // namespace

void recognize_activations(ForeignGraph& foreign) {
  Rewriting graph(foreign);
  const Array x = points();
  constexpr size_t most_nodes = 16;
  replace_runs(graph, number_by_number(), most_nodes, TryFirst::farthest,
               [&](Node& last, const std::string& base, std::span<Node* const> nodes) {
                 if (!has_one_number_each(graph, nodes)) return false;
                 const auto values = evaluate(foreign, nodes, base, x);
                 return values && values->shape() == x.shape() && recognize(last, base, *values, x);
               });
}

}  // namespace thaw::foreign
