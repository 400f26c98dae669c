#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include "thaw/core/error.h"
#include "thaw/core/variable.h"
#include "thaw/formats/keras/layer_slots.h"
#include "thaw/formats/keras/weights.h"

namespace thaw::keras {
namespace {

/// Which tensor of the file goes into which variable. They are collected first and assigned at the
/// end, so that after an error no variable has changed.
class Assignment {
 public:
  Assignment(const Hdf5File& file, const WeightsOptions& options)
      : file_(file), options_(options) {}

  bool skips(const std::string& layer) const {
    return std::ranges::find(options_.skip_layers, layer) != options_.skip_layers.end();
  }

  /// Adds all weights of one layer; adds none and returns false when counts or shapes differ and
  /// such layers are to be skipped.
  bool add(const FileLayer& from, const std::vector<Slot>& slots) {
    return with_context(fmt::format("layer \"{}\"", from.name), [&] {
      if (from.tensors.size() != slots.size() && options_.skip_mismatch) return false;
      const std::vector<Slot> order = arrange(from, slots);
      for (size_t i = 0; i < order.size(); ++i) {
        const Shape& expected = order[i].variable->shape();
        if (from.tensors[i].shape == expected) continue;
        if (options_.skip_mismatch) return false;
        throw Error(fmt::format(
            "weight \"{}\": expected shape {}, received {}: check the network's size (alpha, "
            "classes), or skip layers that do not fit",
            order[i].variable->name(), expected.to_string(), from.tensors[i].shape.to_string()));
      }
      for (size_t i = 0; i < order.size(); ++i)
        moves_.emplace_back(order[i].variable, from.tensors[i].path);
      return true;
    });
  }

  int64_t carry_out() {
    std::vector<Tensor> values;
    for (const auto& [variable, path] : moves_) values.push_back(file_.read_dataset(path));
    for (size_t i = 0; i < moves_.size(); ++i) moves_[i].first->assign(values[i]);
    return static_cast<int64_t>(moves_.size());
  }

 private:
  const Hdf5File& file_;
  const WeightsOptions& options_;
  std::vector<std::pair<VariablePtr, std::string>> moves_;
};

std::vector<FileLayer> legacy_layers(const Hdf5File& file, const std::string& group) {
  std::vector<FileLayer> layers;
  const auto names = file.list_attribute(group, "layer_names");
  for (const std::string& name : names.value()) {
    const std::string at = group.empty() ? name : group + "/" + name;
    FileLayer layer{name, {}};
    const auto weights = file.list_attribute(at, "weight_names");
    if (!weights) continue;
    for (const std::string& weight : *weights) {
      const std::string path = at + "/" + weight;
      layer.tensors.push_back({weight, path, file.dataset_shape(path)});
    }
    if (!layer.tensors.empty()) layers.push_back(std::move(layer));
  }
  return layers;
}

/// Every layer of a .weights.h5 file, under the name that Keras writes beside its tensors.
void collect_named(const Hdf5File& file, const std::string& group, std::vector<FileLayer>& found) {
  for (const std::string& child : file.children(group)) {
    const std::string path = group.empty() ? child : group + "/" + child;
    if (child == "optimizer" || !file.is_group(path)) continue;
    if (child == "vars") {
      auto name = file.text_attribute(path, "name");
      auto tensors = numbered(file, group);
      if (name && !tensors.empty()) found.push_back({std::move(*name), std::move(tensors)});
    } else if (std::ranges::count(path, '/') < 64) {
      collect_named(file, path, found);
    }
  }
}

std::vector<Layer> weighted(const Functional& model) {
  std::vector<Layer> result;
  for (const Layer& layer : model.layers())
    if (!layer.variables().empty()) result.push_back(layer);
  return result;
}

void collect_leaves(const Functional& model, std::vector<Layer>& leaves) {
  for (const Layer& layer : weighted(model)) {
    if (layer.nested() != nullptr) {
      collect_leaves(*layer.nested(), leaves);
    } else {
      leaves.push_back(layer);
    }
  }
}

/// Gives each tensor of the file to the layer of the model, at any depth, that its name contains.
void match_by_name(const Functional& model, const std::vector<FileLayer>& file_layers,
                   Assignment& assignment, WeightsReport& report) {
  std::vector<Layer> leaves;
  collect_leaves(model, leaves);
  std::map<std::string, FileLayer> received;
  std::map<std::string, size_t> known;
  for (const Layer& leaf : leaves) ++known[leaf.name()];
  for (const FileLayer& from : file_layers) {
    std::set<std::string> nowhere;
    for (const FileTensor& tensor : from.tensors) {
      // "base/Conv1/kernel:0": the longest ending of "base/Conv1" that names a layer.
      const size_t slash = tensor.name.rfind('/');
      const std::string owner = slash == std::string::npos ? "" : tensor.name.substr(0, slash);
      std::string target = known.contains(from.name) ? from.name : "";
      for (size_t start = 0; target.empty() && !owner.empty();) {
        if (known.contains(owner.substr(start))) target = owner.substr(start);
        start = owner.find('/', start);
        if (start == std::string::npos) break;
        ++start;
      }
      if (target.empty()) {
        nowhere.insert(owner.empty() ? from.name : owner);
      } else {
        received.try_emplace(target, FileLayer{target, {}}).first->second.tensors.push_back(tensor);
      }
    }
    report.skipped.insert(report.skipped.end(), nowhere.begin(), nowhere.end());
  }
  for (const Layer& leaf : leaves) {
    const auto found = received.find(leaf.name());
    if (found == received.end() || assignment.skips(leaf.name())) {
      report.missing.push_back(leaf.name());
    } else if (known[leaf.name()] > 1) {
      throw Error(
          fmt::format("{} layers of the model are named \"{}\": rename them, or load by order",
                      known[leaf.name()], leaf.name()));
    } else if (!assignment.add(found->second, slots_of(leaf))) {
      report.missing.push_back(leaf.name());
      report.skipped.push_back(leaf.name());
    }
  }
}

/// Keras's rule: layer n of the file to layer n of the model. But if the file has a layer of each
/// name in the model, names decide, so that the file may have more layers, such as another head.
void match_by_order(const Functional& model, const std::vector<FileLayer>& file_layers,
                    Assignment& assignment, WeightsReport& report) {
  const std::vector<Layer> layers = weighted(model);
  std::map<std::string, const FileLayer*> by_name;
  for (const FileLayer& from : file_layers) by_name[from.name] = &from;
  const bool names_agree = std::ranges::all_of(
      layers, [&](const Layer& layer) { return by_name.contains(layer.name()); });
  if (!names_agree && layers.size() != file_layers.size()) {
    throw Error(fmt::format(
        "expected {} layers with weights, received {}: the file is of another network; if only "
        "some layers are the same, load by name",
        layers.size(), file_layers.size()));
  }
  std::set<std::string> used;
  for (size_t i = 0; i < layers.size(); ++i) {
    const FileLayer& from = names_agree ? *by_name.at(layers[i].name()) : file_layers[i];
    used.insert(from.name);
    if (assignment.skips(layers[i].name()) || !assignment.add(from, slots_of(layers[i]))) {
      report.skipped.push_back(from.name);
      report.missing.push_back(layers[i].name());
    }
  }
  for (const FileLayer& from : file_layers)
    if (!used.contains(from.name)) report.skipped.push_back(from.name);
}

/// Keras 3 names a layer's group by its class and a count, "conv2d_1", and that of a nested model
/// by the model's class.
void match_groups(const Functional& model, const Hdf5File& file, const std::string& group,
                  Assignment& assignment, WeightsReport& report, std::set<const void*>& seen) {
  std::map<std::string, int> counts;
  std::set<std::string> used;
  const auto next_group = [&](const std::string& stem) {
    const int n = counts[stem];
    return fmt::format("{}/{}", group, n == 0 ? stem : fmt::format("{}_{}", stem, n));
  };
  for (const Layer& layer : model.layers()) {
    std::string stem = group_name_of(layer);
    if (layer.nested() != nullptr) {
      // A model rebuilt in code may nest a Functional where the file's was a Sequential.
      for (const char* other : {"functional", "sequential"}) {
        if (!file.is_group(next_group(stem))) stem = other;
      }
    }
    const std::string path = next_group(stem);
    ++counts[stem];
    used.insert(path);
    // A layer that two models share is stored only where it comes first.
    if (layer.variables().empty() || !seen.insert(layer.id()).second) continue;
    if (assignment.skips(layer.name())) {
      report.missing.push_back(layer.name());
    } else if (layer.nested() != nullptr) {
      match_groups(*layer.nested(), file, path + "/layers", assignment, report, seen);
    } else if (!assignment.add({layer.name(), tensors_of(file, path, layer)}, slots_of(layer))) {
      report.missing.push_back(layer.name());
      report.skipped.push_back(path);
    }
  }
  if (!file.is_group(group)) return;
  for (const std::string& child : file.children(group)) {
    const std::string path = group + "/" + child;
    if (!used.contains(path) && file.is_dataset(path + "/vars/0")) report.skipped.push_back(path);
  }
}

}  // namespace

WeightsReport read_weights(const Functional& model, const Hdf5File& file,
                           const WeightsOptions& options) {
  Assignment assignment(file, options);
  WeightsReport report;
  const std::string group = file.is_group("model_weights") ? "model_weights" : "";
  const bool is_legacy = file.list_attribute(group, "layer_names").has_value();
  std::vector<FileLayer> layers;
  if (is_legacy) layers = legacy_layers(file, group);
  if (!is_legacy && !file.is_group("layers"))
    throw Error("expected Keras weights, received an HDF5 file of another kind");
  if (options.match == MatchWeights::by_name) {
    if (!is_legacy) collect_named(file, "", layers);
    match_by_name(model, layers, assignment, report);
  } else if (is_legacy) {
    match_by_order(model, layers, assignment, report);
  } else {
    std::set<const void*> seen;
    match_groups(model, file, "layers", assignment, report, seen);
  }
  report.loaded = assignment.carry_out();
  return report;
}

}  // namespace thaw::keras
