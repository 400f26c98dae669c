#include <algorithm>
#include <array>
#include <cmath>

#include "thaw/formats/import/recognition.h"

namespace thaw::foreign {
namespace {

using Ops = std::set<std::string, std::less<>>;

const Ops& parts() {
  static const Ops ops = {"Add",  "Sub",      "Mul",        "Div",      "Neg",
                          "Sqrt", "Rsqrt",    "Reciprocal", "Pow",      "Reshape",
                          "Cast", "Identity", "ExpandDims", "Unsqueeze"};
  return ops;
}

/// The weights of a normalization, by what Keras calls them.
enum Role : size_t { mean, variance, gamma, beta, roles };
constexpr std::array<std::string_view, roles> names = {"mean", "var", "gamma", "beta"};

struct Candidate {
  std::vector<std::string> lists;  ///< values of one number a channel
  std::vector<double> epsilons;
};

std::optional<Candidate> look_at(const Rewriting& graph, std::span<Node* const> nodes) {
  Candidate found;
  int64_t channels = 0;
  for (const Node* node : nodes) {
    for (const std::string& input : node->inputs) {
      const Constant* constant = graph.constant(input);
      if (constant == nullptr || constant->array.is_integer()) continue;
      if (constant->array.elements() == 1 && constant->name.empty()) {
        found.epsilons.push_back(constant->array.at(0));
      } else if (std::ranges::find(found.lists, input) == found.lists.end()) {
        if (channels != 0 && constant->array.elements() != channels) return std::nullopt;
        channels = constant->array.elements();
        found.lists.push_back(input);
      }
    }
  }
  if (found.lists.size() < 2 || found.lists.size() > roles || channels == 0) return std::nullopt;
  return found;
}

/// f(x) = scale·x + offset, of each channel.
struct Line {
  std::vector<double> scale;
  std::vector<double> offset;
  int64_t axis = -1;
};

std::optional<Line> line_of(const ForeignGraph& graph, std::span<Node* const> nodes,
                            const std::string& base, int64_t channels) {
  for (const bool channels_first : {false, true}) {
    Tensor x(channels_first ? Shape{3, channels, 1, 1} : Shape{3, channels});
    for (int64_t row = 0; row < 3; ++row)
      for (int64_t i = 0; i < channels; ++i) x.data()[row * channels + i] = static_cast<float>(row);
    const auto y = evaluate(graph, nodes, base, Array(x));
    if (!y || y->elements() != 3 * channels) continue;
    Line line{.axis = channels_first ? 1 : -1};
    bool is_line = true;
    for (int64_t i = 0; i < channels; ++i) {
      const double offset = y->at(i);
      const double scale = y->at(channels + i) - offset;
      const double size = std::max({1e-3, std::fabs(scale), std::fabs(offset)});
      is_line = is_line && std::fabs(y->at(2 * channels + i) - 2 * scale - offset) <= 1e-3 * size;
      line.scale.push_back(scale);
      line.offset.push_back(offset);
    }
    if (is_line) return line;
  }
  return std::nullopt;
}

/// Which list has which role; roles without a list are those of 1 or 0.
using Assignment = std::array<const Constant*, roles>;

bool gives(const Assignment& of, double epsilon, const Line& line) {
  for (size_t i = 0; i < line.scale.size(); ++i) {
    const auto at = [&](Role role, double without) {
      return of[role] == nullptr ? without : of[role]->array.at(static_cast<int64_t>(i));
    };
    const double scale = at(gamma, 1) / std::sqrt(at(variance, 1) + epsilon);
    const double offset = at(beta, 0) - at(mean, 0) * scale;
    const double size = std::max({1e-3, std::fabs(scale), std::fabs(offset)});
    if (!(std::fabs(scale - line.scale[i]) <= 1e-4 * size) ||
        !(std::fabs(offset - line.offset[i]) <= 1e-4 * size))
      return false;
  }
  return true;
}

int hints(const Assignment& of) {
  int count = 0;
  for (size_t role = 0; role < roles; ++role)
    if (of[role] != nullptr && of[role]->name.find(names[role]) != std::string::npos) ++count;
  return count;
}

/// Every way of giving the lists their roles, mean and variance among them.
std::vector<std::array<size_t, roles>> assignments(size_t lists) {
  std::vector<std::array<size_t, roles>> all;
  std::array<size_t, roles> order = {0, 1, 2, 3};
  do {
    // Places from `lists` on are empty.
    if (order[mean] < lists && order[variance] < lists) all.push_back(order);
  } while (std::ranges::next_permutation(order).found);
  return all;
}

bool recognize(Rewriting& graph, Node& last, const std::string& base,
               std::span<Node* const> nodes) {
  const auto candidate = look_at(graph, nodes);
  if (!candidate) return false;
  const auto line =
      line_of(graph.graph(), nodes, base, graph.constant(candidate->lists[0])->array.elements());
  if (!line) return false;
  int best = -1;
  Node replaced;
  for (const auto& order : assignments(candidate->lists.size())) {
    Assignment assignment{};
    for (size_t role = 0; role < roles; ++role)
      if (order[role] < candidate->lists.size())
        assignment[role] = graph.constant(candidate->lists[order[role]]);
    for (const double epsilon : candidate->epsilons) {
      if (!(epsilon > 0 && epsilon < 0.1) || hints(assignment) <= best ||
          !gives(assignment, epsilon, *line))
        continue;
      best = hints(assignment);
      const auto name = [&](Role role) {
        return assignment[role] == nullptr ? std::string() : candidate->lists[order[role]];
      };
      replaced = {.name = last.name,
                  .op = "thaw.BatchNormalization",
                  .inputs = {base, name(gamma), name(beta), name(mean), name(variance)},
                  .outputs = last.outputs};
      replaced.attributes.set("axis", line->axis).set("epsilon", epsilon);
    }
  }
  if (best < 0) return false;
  last = std::move(replaced);
  return true;
}

}  // namespace

void recognize_batch_normalization(ForeignGraph& foreign) {
  Rewriting graph(foreign);
  constexpr size_t most_nodes = 20;
  const std::set<std::string_view> ends = {"Add", "Sub", "Mul", "Div"};
  // The nearest: a reshape before it is no part of it.
  replace_runs(graph, parts(), most_nodes, TryFirst::nearest,
               [&](Node& last, const std::string& base, std::span<Node* const> nodes) {
                 return ends.contains(last.op) && nodes.size() >= 4 &&
                        recognize(graph, last, base, nodes);
               });
}

}  // namespace thaw::foreign
