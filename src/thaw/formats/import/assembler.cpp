// Names, layers and their weights.
#include "thaw/formats/import/assembler.h"

#include <fmt/format.h>

#include <algorithm>

#include "thaw/core/error.h"
#include "thaw/core/variable.h"
#include "thaw/graph/layer_type.h"

namespace thaw::foreign {
namespace {

/// What surrounds a name without saying anything of the layer.
constexpr auto empty_prefixes = std::to_array<std::string_view>(
    {"/", "StatefulPartitionedCall/", "PartitionedCall/", "model/"});
constexpr auto empty_suffixes = std::to_array<std::string_view>(
    {"/ReadVariableOp", "/Read/ReadVariableOp", "/read", ":0", "/resource"});

std::string_view trimmed(std::string_view name) {
  for (bool again = true; again;) {
    again = false;
    for (const std::string_view prefix : empty_prefixes) {
      if (name.size() > prefix.size() && name.starts_with(prefix)) {
        name.remove_prefix(prefix.size());
        again = true;
      }
    }
    for (const std::string_view suffix : empty_suffixes) {
      if (name.size() > suffix.size() && name.ends_with(suffix)) {
        name.remove_suffix(suffix.size());
        again = true;
      }
    }
  }
  return name;
}

/// "layer1.0.conv1" of "layer1.0.conv1.weight", "block1_conv" of "block1_conv/kernel"; empty where
/// the name has no parts.
std::string_view owner_of(std::string_view weight) {
  const std::string_view name = trimmed(weight);
  const size_t end = name.find_last_of("/.");
  return end == std::string_view::npos ? std::string_view() : name.substr(0, end);
}

/// The parts of a path; PyTorch's repeat what is around: "/layer1/layer1.0/conv1/Conv".
std::string_view tail_of(std::string_view path) {
  size_t begin = 0;
  for (size_t slash = path.find('/'); slash != std::string_view::npos;
       slash = path.find('/', slash + 1)) {
    const std::string_view part = path.substr(begin, slash - begin);
    const std::string_view next = path.substr(slash + 1);
    if (!next.starts_with(part) || next.size() <= part.size() || next[part.size()] != '.') break;
    begin = slash + 1;
  }
  return path.substr(begin);
}

/// A layer's name has no slash in Keras.
std::string as_layer_name(std::string_view path) {
  std::string name(tail_of(path));
  for (char& letter : name)
    if (letter == '/' || letter == ':' || letter == ';' || static_cast<unsigned char>(letter) < ' ')
      letter = '_';
  constexpr size_t longest = 200;
  if (name.size() > longest) name = name.substr(name.size() - longest);
  return name;
}

}  // namespace

void Assembler::allow_known(const ForeignGraph& graph) {
  constexpr int64_t times = 8;
  for (const auto& [name, constant] : graph.constants)
    known_left_ += times * constant.array.elements();
}

void Assembler::count_known(int64_t elements) {
  known_left_ -= elements;
  if (known_left_ < 0)
    throw Error("expected to know no more numbers than a few times those of the file");
}

Value Assembler::folded(Array array, const std::optional<Constant>& like) {
  count_known(array.elements());
  if (!like) return known(std::move(array));
  return {.constant = Constant{std::move(array), like->name, like->can_train}};
}

void Assembler::begin_node(const Node& node) { node_ = &node; }

std::string Assembler::fresh_name(std::string_view wanted) {
  std::string name = as_layer_name(trimmed(wanted));
  if (name.empty()) name = "layer";
  if (names_.insert(name).second) return name;
  // From where the last of this name ended, so that a million of one name take no hours.
  for (int64_t& number = repeated_[name];;) {
    std::string numbered = fmt::format("{}_{}", name, ++number);
    if (names_.insert(numbered).second) return numbered;
  }
}

Symbol Assembler::call(std::string_view class_name, const Config& config,
                       const std::vector<Symbol>& xs) {
  const LayerType* type = layer_types::find(class_name);
  if (type == nullptr) throw Error(fmt::format("layer {} is not known", class_name));
  const Layer layer(type->from_config(config));
  const std::string& own = node_ == nullptr ? std::string() : node_->name;
  layer.set_name(fresh_name(own.empty() && node_ != nullptr ? node_->op : own));
  return layer(xs);
}

Symbol Assembler::call(std::string_view class_name, const Config& config, const Symbol& x,
                       const Weights& weights, std::initializer_list<const Value*> parts) {
  Made made{
      .class_name = std::string(class_name), .config = config, .input = x, .weights = weights};
  std::string_view name;
  for (const Value* part : parts) {
    if (part == nullptr || !part->constant) continue;
    if (name.empty()) name = owner_of(part->constant->name);
    if (part == *parts.begin() && part->constant->can_train == false) made.can_train = false;
  }
  if (name.empty() && node_ != nullptr) name = node_->name.empty() ? node_->op : node_->name;
  made.name = fresh_name(name);
  return make(made);
}

Symbol Assembler::make(const Made& made) {
  const LayerType* type = layer_types::find(made.class_name);
  if (type == nullptr) throw Error(fmt::format("layer {} is not known", made.class_name));
  const Layer layer(type->from_config(made.config));
  layer.set_name(made.name);
  Symbol result = layer(made.input);
  for (const VariablePtr& variable : layer.variables()) {
    const auto given =
        std::ranges::find(made.weights, variable->name(), &Weights::value_type::first);
    if (given != made.weights.end()) variable->assign(given->second);
  }
  if (!made.can_train) layer.set_trainable(false);
  if (made.class_name == "BatchNormalization" || made.class_name == "Conv2D" ||
      made.class_name == "DepthwiseConv2D" || made.class_name == "Dense")
    made_.insert_or_assign(layer.id(), made).first->second.layer = layer;
  return result;
}

}  // namespace thaw::foreign
