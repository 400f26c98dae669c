#include <algorithm>
#include <cmath>
#include <random>

#include "thaw/formats/import/recognition.h"

namespace thaw::foreign {
namespace {

using Ops = std::set<std::string, std::less<>>;

const Ops& parts() {
  static const Ops ops = {"Add",
                          "Sub",
                          "Mul",
                          "Div",
                          "Neg",
                          "Pow",
                          "Square",
                          "Sqrt",
                          "Rsqrt",
                          "Reciprocal",
                          "SquaredDifference",
                          "ReduceMean",
                          "Mean",
                          "Cast",
                          "Identity",
                          "StopGradient"};
  return ops;
}

bool is_mean(const Node& node) { return node.op == "ReduceMean" || node.op == "Mean"; }

/// The one axis that a mean goes over.
std::optional<int64_t> axis_of(const Rewriting& graph, const Node& mean) {
  const Config* axes = mean.attributes.find("axes");
  if (axes != nullptr && axes->is_list() && axes->as_list().size() == 1 &&
      axes->as_list()[0].is_integer())
    return axes->as_list()[0].as_integer();
  if (mean.inputs.size() < 2) return std::nullopt;
  const Constant* constant = graph.constant(mean.inputs[1]);
  if (constant == nullptr || constant->array.elements() != 1 || !constant->array.is_integer())
    return std::nullopt;
  return constant->array.integer();
}

/// What is known of a run of operations before it is tried.
struct Candidate {
  int64_t axis = -1;     ///< of the means
  int64_t channels = 8;  ///< the numbers along it
  int64_t rank = 3;
  std::vector<double> epsilons;
  std::vector<const Constant*> lists;  ///< γ and β among them
};

std::optional<Candidate> look_at(const Rewriting& graph, std::span<Node* const> nodes) {
  Candidate candidate;
  int means = 0;
  for (const Node* node : nodes) {
    if (is_mean(*node)) {
      const auto axis = axis_of(graph, *node);
      if (!axis || (means++ > 0 && *axis != candidate.axis)) return std::nullopt;
      candidate.axis = *axis;
      continue;
    }
    for (const std::string& input : node->inputs) {
      const Constant* constant = graph.constant(input);
      if (constant == nullptr || constant->array.is_integer()) continue;
      if (constant->array.elements() == 1)
        candidate.epsilons.push_back(constant->array.at(0));
      else
        candidate.lists.push_back(constant);
    }
  }
  if (means != 2) return std::nullopt;
  for (const Constant* list : candidate.lists) {
    if (list->array.elements() != candidate.lists[0]->array.elements()) return std::nullopt;
    candidate.channels = list->array.elements();
  }
  // Channels first: γ and β have the image's axes behind them.
  if (candidate.axis == 1 && !candidate.lists.empty() &&
      candidate.lists[0]->array.shape().rank() >= 3 &&
      candidate.lists[0]->array.shape().last() == 1) {
    candidate.rank = 4;
  } else if (candidate.axis >= 0) {
    candidate.rank = candidate.axis + 1;
  }
  if (candidate.rank < 2 || candidate.rank > 6) return std::nullopt;
  return candidate;
}

constexpr int64_t rows = 6;

/// Rows of numbers along the axis: two that mirror each other, none near 0, and small ones.
std::vector<std::vector<float>> probes(int64_t channels) {
  std::mt19937 random(7);
  std::uniform_real_distribution<float> numbers(-1, 1);
  std::vector<std::vector<float>> result(rows, std::vector<float>(static_cast<size_t>(channels)));
  for (size_t i = 0; i < static_cast<size_t>(channels); ++i) {
    const float number = numbers(random);
    result[0][i] = (i % 2 == 0 ? 1.0F : -1.0F) * (1 + std::fabs(number) / 2);
    result[1][i] = -result[0][i];
    for (size_t row = 2; row < rows; ++row)
      result[row][i] = (row < 4 ? 2.0F : 0.01F) * numbers(random) + 0.5F;
  }
  return result;
}

Array as_input(const std::vector<std::vector<float>>& probes, const Candidate& of) {
  std::vector<int64_t> sizes(static_cast<size_t>(of.rank), 1);
  sizes[0] = rows;
  const int64_t axis = of.axis < 0 ? of.axis + of.rank : of.axis;
  sizes[static_cast<size_t>(axis)] = of.channels;
  std::vector<float> all;
  for (const auto& row : probes) all.insert(all.end(), row.begin(), row.end());
  return Array(Tensor::from(Shape(std::move(sizes)), all));
}

std::vector<double> normalized(const std::vector<float>& row, double epsilon) {
  double mean = 0;
  for (const float number : row) mean += double{number};
  mean /= static_cast<double>(row.size());
  double variance = 0;
  for (const float number : row) variance += (double{number} - mean) * (double{number} - mean);
  variance /= static_cast<double>(row.size());
  std::vector<double> result;
  result.reserve(row.size());
  for (const float number : row)
    result.push_back((double{number} - mean) / std::sqrt(variance + epsilon));
  return result;
}

struct Found {
  double epsilon = 0;
  std::vector<float> gamma;
  std::vector<float> beta;
};

/// γ and β from the two rows that mirror each other, checked by all.
std::optional<Found> fit(const std::vector<std::vector<float>>& probes, const Array& values,
                         double epsilon) {
  std::vector<std::vector<double>> rows_of;
  rows_of.reserve(probes.size());
  for (const auto& row : probes) rows_of.push_back(normalized(row, epsilon));
  Found found{.epsilon = epsilon};
  const auto channels = static_cast<int64_t>(probes[0].size());
  for (int64_t i = 0; i < channels; ++i) {
    const auto at = static_cast<size_t>(i);
    const double gamma =
        (values.at(i) - values.at(channels + i)) / (rows_of[0][at] - rows_of[1][at]);
    const double beta = values.at(i) - gamma * rows_of[0][at];
    for (int64_t row = 0; row < rows; ++row) {
      const double expected = gamma * rows_of[static_cast<size_t>(row)][at] + beta;
      const double scale = std::max({1e-2, std::fabs(gamma), std::fabs(beta)});
      if (!(std::fabs(values.at(row * channels + i) - expected) <= 1e-3 * scale))
        return std::nullopt;
    }
    found.gamma.push_back(static_cast<float>(gamma));
    found.beta.push_back(static_cast<float>(beta));
  }
  return found;
}

bool is_all(const std::vector<float>& numbers, float value) {
  return std::ranges::all_of(numbers,
                             [&](float number) { return std::fabs(number - value) < 1e-4F; });
}

/// The file's own numbers where they are these.
const Constant* own_numbers(const Candidate& candidate, const std::vector<float>& numbers) {
  for (const Constant* list : candidate.lists) {
    bool is_it = true;
    for (size_t i = 0; i < numbers.size() && is_it; ++i) {
      const double own = list->array.at(static_cast<int64_t>(i));
      is_it = std::fabs(own - double{numbers[i]}) <= 1e-3 * std::max(1e-2, std::fabs(own));
    }
    if (is_it) return list;
  }
  return nullptr;
}

/// Adds γ or β as an input; false where they are no numbers of the file.
bool add_input(Rewriting& graph, Node& node, const Candidate& candidate,
               const std::vector<float>& numbers, float without, const char* what) {
  if (is_all(numbers, without)) {
    node.inputs.emplace_back();
    return true;
  }
  const Constant* own = own_numbers(candidate, numbers);
  if (own == nullptr) return false;
  const std::string name = node.outputs[0] + "/" + what;
  graph.graph().constants.insert_or_assign(
      name, Constant{own->array.reshaped({own->array.elements()}), own->name, own->can_train});
  node.inputs.push_back(name);
  return true;
}

bool recognize(Rewriting& graph, Node& last, const std::string& base,
               std::span<Node* const> nodes) {
  const auto candidate = look_at(graph, nodes);
  if (!candidate) return false;
  const auto rows_of = probes(candidate->channels);
  const auto values = evaluate(graph.graph(), nodes, base, as_input(rows_of, *candidate));
  if (!values || values->elements() != rows * candidate->channels) return false;
  for (const double epsilon : candidate->epsilons) {
    if (!(epsilon > 0 && epsilon < 0.1)) continue;
    const auto found = fit(rows_of, *values, epsilon);
    if (!found) continue;
    Node replaced{.name = last.name,
                  .op = "thaw.LayerNormalization",
                  .inputs = {base},
                  .outputs = last.outputs};
    replaced.attributes.set("axis", candidate->axis).set("epsilon", epsilon);
    if (!add_input(graph, replaced, *candidate, found->gamma, 1, "gamma") ||
        !add_input(graph, replaced, *candidate, found->beta, 0, "beta"))
      return false;
    last = std::move(replaced);
    return true;
  }
  return false;
}

}  // namespace

void recognize_layer_normalization(ForeignGraph& foreign) {
  Rewriting graph(foreign);
  constexpr size_t most_nodes = 24;
  replace_runs(graph, parts(), most_nodes, TryFirst::farthest,
               [&](Node& last, const std::string& base, std::span<Node* const> nodes) {
                 const auto means =
                     std::ranges::count_if(nodes, [](const Node* node) { return is_mean(*node); });
                 return !is_mean(last) && means == 2 && recognize(graph, last, base, nodes);
               });
}

}  // namespace thaw::foreign
