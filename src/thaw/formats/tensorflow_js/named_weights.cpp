#include "thaw/formats/tensorflow_js/named_weights.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <set>

#include "thaw/core/error.h"
#include "thaw/core/variable.h"
#include "thaw/formats/keras/layer_slots.h"

namespace thaw::tensorflow_js {
namespace {

/// A weight of the model, and that of the file which goes into it.
struct Target {
  std::string layer;
  VariablePtr variable;
  const StoredWeight* from = nullptr;
};

/// The targets that a name may mean.
using Index = std::map<std::string, std::vector<size_t>, std::less<>>;

/// All weights of the model by the endings of their names, from "outer/base/conv/kernel" to
/// "conv/kernel".
Index index_of(const Functional& model, std::vector<Target>& targets) {
  Index index;
  std::set<const Variable*> seen;
  for (const Layer& layer : model.layers()) {
    for (const keras::Slot& slot : keras::slots_of(layer)) {
      if (!seen.insert(slot.variable.get()).second) continue;
      const std::string& weight = slot.variable->name();
      const size_t outside = slot.path.size() - slot.layer.size();
      for (size_t start = 0; start <= outside;) {
        const std::string ending = slot.path.substr(start);
        index[ending + "/" + weight].push_back(targets.size());
        // Before Keras 3 that of a DepthwiseConv2D had a name of its own.
        if (weight == "kernel") index[ending + "/depthwise_kernel"].push_back(targets.size());
        const size_t slash = start == outside ? std::string::npos : slot.path.find('/', start);
        start = slash == std::string::npos ? outside + 1 : std::min(slash + 1, outside);
      }
      targets.push_back({slot.layer, slot.variable});
    }
  }
  return index;
}

/// The same by Keras 3's groups: a layer's is called by its class and a count.
void index_groups(const Functional& model, const std::string& group, std::vector<Target>& targets,
                  std::set<const Variable*>& seen, Index& index) {
  std::map<std::string, int> counts;
  for (const Layer& layer : model.layers()) {
    const std::string stem = keras::group_name_of(layer);
    const int n = counts[stem]++;
    const std::string own = group + (n == 0 ? stem : fmt::format("{}_{}", stem, n)) + "/";
    if (layer.nested() != nullptr) {
      index_groups(*layer.nested(), own + "layers/", targets, seen, index);
      continue;
    }
    for (const keras::Place& place : keras::places_of(layer)) {
      if (!seen.insert(place.variable.get()).second) continue;
      index[own + place.path].push_back(targets.size());
      targets.push_back({layer.name(), place.variable});
    }
  }
}

/// "layers/conv2d/vars/0" of "_layer_checkpoint_dependencies/conv2d/vars/0"; without ":0".
std::string plain(std::string name) {
  constexpr std::string_view old = "_layer_checkpoint_dependencies";
  if (name.size() > 2 && name.ends_with(":0")) name.resize(name.size() - 2);
  for (size_t at = 0; (at = name.find(old, at)) != std::string::npos;)
    name.replace(at, old.size(), "layers");
  return name;
}

bool is_numbered(const StoredWeight& weight) {
  const size_t slash = weight.name.rfind('/');
  return slash != std::string::npos && weight.name.substr(0, slash).ends_with("/vars");
}

/// What the longest ending of the name that the model has means; nullptr where it has none.
const std::vector<size_t>* find_ending(const Index& index, std::string_view name) {
  while (true) {
    if (const auto found = index.find(name); found != index.end()) return &found->second;
    const size_t slash = name.find('/');
    if (slash == std::string_view::npos) return nullptr;
    name.remove_prefix(slash + 1);
  }
}

void expect_all(const std::vector<Target>& targets, const std::vector<std::string>& others) {
  for (const Target& target : targets) {
    if (target.from == nullptr) {
      throw Error(fmt::format(
          "layer \"{}\": weight \"{}\": expected it among the weights of the file, which has {}",
          target.layer, target.variable->name(),
          others.empty() ? "no others" : "others: " + others.front()));
    }
    const Shape& expected = target.variable->shape();
    if (target.from->array.shape() != expected) {
      throw Error(fmt::format("layer \"{}\": weight \"{}\": expected shape {}, received {}",
                              target.layer, target.variable->name(), expected.to_string(),
                              target.from->array.shape().to_string()));
    }
  }
}

}  // namespace

void assign_weights(const Functional& model, const std::vector<StoredWeight>& weights,
                    std::vector<std::string>& dropped) {
  std::vector<Target> targets;
  Index index;
  const bool by_groups = !weights.empty() && std::ranges::all_of(weights, is_numbered);
  if (by_groups) {
    std::set<const Variable*> seen;
    index_groups(model, "layers/", targets, seen, index);
  } else {
    index = index_of(model, targets);
  }
  std::vector<std::string> others;
  for (const StoredWeight& weight : weights) {
    const std::string name = plain(weight.name);
    const std::vector<size_t>* found = find_ending(index, name);
    if (found == nullptr) {
      others.push_back(weight.name);
      continue;
    }
    Target& target = targets[found->front()];
    if (found->size() > 1 || target.from != nullptr) {
      throw Error(fmt::format("weight \"{}\": expected one that belongs to one layer, and {}",
                              weight.name,
                              found->size() > 1 ? fmt::format("{} are called so", found->size())
                                                : "the file has it twice"));
    }
    target.from = &weight;
  }
  expect_all(targets, others);
  for (const Target& target : targets) target.variable->assign(target.from->array.floats());
  if (others.empty()) return;
  if (others.size() > 5) {
    others.resize(5);
    others.emplace_back("…");
  }
  dropped.push_back(fmt::format("weights that no layer has: {}", fmt::join(others, ", ")));
}

}  // namespace thaw::tensorflow_js
