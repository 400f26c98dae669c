#include "thaw/graph/functional.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <unordered_map>
#include <unordered_set>

#include "thaw/core/error.h"
#include "thaw/core/random.h"
#include "thaw/core/variable.h"
#include "thaw/graph/layer_state.h"
#include "thaw/graph/naming.h"

namespace thaw {
namespace {

using CallPtr = std::shared_ptr<const Call>;

/// Keras's map_graph_network: layers ordered by their distance from the outputs, greatest first,
/// those of one distance as they were first met on a walk from the outputs.
class NetworkMap {
 public:
  NetworkMap(const std::vector<Symbol>& inputs, const std::vector<Symbol>& outputs) {
    for (const Symbol& symbol : inputs) input_calls_.insert(symbol.call().get());
    for (const Symbol& symbol : outputs) visit(symbol.call());
    measure_depths(inputs);
  }

  /// Each call after those it reads from.
  const std::vector<CallPtr>& calls() const { return calls_; }

  std::vector<Layer> layers() const {
    std::vector<Met> sorted = met_;
    std::ranges::stable_sort(sorted, std::ranges::greater(), &Met::depth);
    std::vector<Layer> result;
    result.reserve(sorted.size());
    for (Met& met : sorted) result.push_back(std::move(met.layer));
    return result;
  }

 private:
  /// A layer, in the order in which they were first met.
  struct Met {
    Layer layer;
    int depth = 0;
  };

  /// Depth first without recursion, since a deep network must not exhaust the stack.
  void visit(const CallPtr& root) {
    struct Frame {
      CallPtr call;
      size_t next_input = 0;
    };
    std::vector<Frame> stack;
    const auto enter = [&](const CallPtr& call) {
      if (!depths_.try_emplace(call.get(), 0).second) return;
      if (met_at_.try_emplace(call->layer.id(), met_.size()).second) met_.push_back({call->layer});
      stack.push_back({call});
    };
    enter(root);
    while (!stack.empty()) {
      Frame& frame = stack.back();
      const bool is_input = input_calls_.contains(frame.call.get());
      if (is_input || frame.next_input == frame.call->inputs.size()) {
        if (!is_input && frame.call->inputs.empty()) {
          throw Error("an output depends on input layer \"" + frame.call->layer.name() +
                      "\", which is not among the model's inputs");
        }
        calls_.push_back(frame.call);
        stack.pop_back();
      } else {
        const CallPtr next = frame.call->inputs[frame.next_input++].call();
        enter(next);
      }
    }
  }

  void measure_depths(const std::vector<Symbol>& inputs) {
    for (size_t i = calls_.size(); i-- > 0;) {
      const Call& call = *calls_[i];
      int& layer_depth = met_[met_at_.at(call.layer.id())].depth;
      int& depth = depths_.at(&call);
      depth = layer_depth = std::max(depth, layer_depth);
      if (input_calls_.contains(&call)) continue;
      for (const Symbol& symbol : call.inputs) {
        int& below = depths_.at(symbol.call().get());
        below = std::max(below, depth + 1);
      }
    }
    for (const Symbol& symbol : inputs) {
      if (depths_.contains(symbol.call().get())) continue;
      throw Error("no output depends on input \"" + symbol.call()->layer.name() + "\"");
    }
  }

  std::unordered_set<const Call*> input_calls_;
  std::vector<CallPtr> calls_;
  std::unordered_map<const Call*, int> depths_;  ///< of the calls met
  std::vector<Met> met_;
  std::unordered_map<const void*, size_t> met_at_;  ///< by the layers' ids
};

void name_layers(const std::vector<Layer>& layers) {
  std::set<std::string> taken;
  for (const Layer& layer : layers) {
    if (layer.name().empty()) continue;
    if (!taken.insert(layer.name()).second) {
      throw Error(fmt::format("two layers are named \"{}\": give each its own name", layer.name()));
    }
  }
  std::map<std::string, int> next;
  for (const Layer& layer : layers) {
    if (!layer.name().empty()) continue;
    const std::string stem = to_snake_case(layer.class_name());
    for (int& n = next[stem]; layer.name().empty(); ++n) {
      std::string candidate = n == 0 ? stem : fmt::format("{}_{}", stem, n);
      if (taken.insert(candidate).second) layer.set_name(std::move(candidate));
    }
  }
}

uint64_t seed_of(uint64_t seed, std::string_view layer, size_t index) {
  uint64_t hash = 0xCBF29CE484222325;  // FNV-1a
  for (const char c : layer) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3;
  return random_stream(seed, hash + index);
}

void collect_trainable(const Functional& model, std::set<const Variable*>& seen,
                       std::vector<VariablePtr>& found) {
  for (const Layer& layer : model.layers()) {
    if (const Functional* nested = layer.nested()) {
      collect_trainable(*nested, seen, found);
    } else if (layer.trainable()) {
      for (const VariablePtr& variable : layer.variables())
        if (variable->can_train() && seen.insert(variable.get()).second) found.push_back(variable);
    }
  }
}

int64_t count(const std::vector<VariablePtr>& variables) {
  int64_t total = 0;
  for (const VariablePtr& variable : variables) total += variable->shape().elements();
  return total;
}

}  // namespace

Functional::Functional(Symbol input, Symbol output, std::string name)
    : Functional(std::vector<Symbol>{std::move(input)}, std::vector<Symbol>{std::move(output)},
                 std::move(name)) {}

Functional::Functional(std::vector<Symbol> inputs, std::vector<Symbol> outputs, std::string name)
    : state_(std::make_shared<State>()) {
  const NetworkMap map(inputs, outputs);
  state_->name = std::move(name);
  state_->inputs = std::move(inputs);
  state_->outputs = std::move(outputs);
  state_->calls = map.calls();
  state_->layers = map.layers();
  name_layers(state_->layers);
  for (const Layer& layer : state_->layers) {
    if (layer.nested() != nullptr) continue;
    const auto variables = layer.variables();
    for (size_t i = 0; i < variables.size(); ++i)
      variables[i]->set_seed(seed_of(0, layer.name(), i));
  }
}

const std::string& Functional::name() const { return state_->name; }
std::string_view Functional::class_name() const {
  return state_->is_sequential ? "Sequential" : "Functional";
}
std::span<const Layer> Functional::layers() const { return state_->layers; }
bool Functional::trainable() const { return state_->trainable; }
const std::vector<Symbol>& Functional::inputs() const { return state_->inputs; }
const std::vector<Symbol>& Functional::outputs() const { return state_->outputs; }
std::span<const CallPtr> Functional::calls() const { return state_->calls; }
Config& Functional::metadata() const { return state_->metadata; }

const Layer& Functional::get_layer(std::string_view name) const {
  std::string near;
  for (const Layer& layer : state_->layers) {
    if (layer.name() == name) return layer;
    if (layer.name().substr(0, 3) == name.substr(0, 3))
      near += (near.empty() ? "" : ", ") + layer.name();
  }
  throw Error(fmt::format("no layer \"{}\" in model \"{}\"{}", name, state_->name,
                          near.empty() ? "" : "; there are " + near));
}

void Functional::set_trainable(bool trainable) const {
  state_->trainable = trainable;
  for (const Layer& layer : state_->layers) layer.set_trainable(trainable);
}

Symbol Functional::operator()(const Symbol& x, CallOptions options) const {
  return Layer(*this)(x, options);
}
Symbol Functional::operator()(const std::vector<Symbol>& xs, CallOptions options) const {
  return Layer(*this)(xs, options);
}

Symbol Functional::output_of(std::string_view layer_name) const {
  const Layer& layer = get_layer(layer_name);
  for (const CallPtr& call : state_->calls) {
    if (call->layer == layer) return Symbol(call);
  }
  throw Error(
      fmt::format("layer \"{}\" is never called in model \"{}\"", layer_name, state_->name));
}

std::vector<VariablePtr> Functional::variables() const {
  std::vector<VariablePtr> result;
  std::set<const Variable*> seen;
  for (const Layer& layer : state_->layers) {
    for (auto& variable : layer.variables())
      if (seen.insert(variable.get()).second) result.push_back(std::move(variable));
  }
  return result;
}

std::vector<VariablePtr> Functional::trainable_variables() const {
  std::vector<VariablePtr> result;
  std::set<const Variable*> seen;
  collect_trainable(*this, seen, result);
  return result;
}

int64_t Functional::count_parameters() const { return count(variables()); }
int64_t Functional::count_trainable_parameters() const { return count(trainable_variables()); }

void Functional::initialize_weights(uint64_t seed) const {
  for (const Layer& layer : state_->layers) {
    if (const Functional* nested = layer.nested()) {
      nested->initialize_weights(seed);
      continue;
    }
    const auto variables = layer.variables();
    for (size_t i = 0; i < variables.size(); ++i)
      variables[i]->reset(seed_of(seed, layer.name(), i));
  }
}

Functional Functional::with_input_shape(const Shape& shape) const {
  if (state_->inputs.size() != 1)
    throw Error("expected a model with one input, received one with several");
  const Call* old_input = state_->inputs[0].call().get();
  const Symbol new_input = input(shape, old_input->layer.name());
  std::map<const Call*, CallPtr> replayed;
  const auto moved = [&](const Symbol& symbol) {
    return Symbol(replayed.at(symbol.call().get()), symbol.index());
  };
  for (const CallPtr& call : state_->calls) {
    if (call.get() == old_input) {
      replayed[call.get()] = new_input.call();
      continue;
    }
    std::vector<Symbol> inputs;
    for (const Symbol& symbol : call->inputs) inputs.push_back(moved(symbol));
    const Functional* nested = call->layer.nested();
    const Layer layer = nested == nullptr || inputs.at(0).shape() == call->inputs[0].shape()
                            ? call->layer
                            : Layer(nested->with_input_shape(inputs.at(0).shape()));
    replayed[call.get()] = layer(inputs, {.training = call->training}).call();
  }
  std::vector<Symbol> outputs;
  for (const Symbol& symbol : state_->outputs) outputs.push_back(moved(symbol));
  Functional result({new_input}, std::move(outputs), state_->name);
  result.state_->trainable = state_->trainable;
  result.state_->is_sequential = state_->is_sequential;
  result.state_->metadata = state_->metadata;
  return result;
}

Functional Functional::up_to(const Symbol& output) const {
  Functional result(state_->inputs, {output}, state_->name);
  result.state_->metadata = state_->metadata;
  return result;
}

Functional sequential(const Symbol& input, const Symbol& output, std::string name) {
  Functional model(input, output, std::move(name));
  const auto calls = model.calls();
  bool is_chain = calls.size() == model.layers().size() && input.call() == calls[0];
  for (size_t i = 1; is_chain && i < calls.size(); ++i) {
    is_chain = calls[i]->inputs.size() == 1 && calls[i]->inputs[0].call() == calls[i - 1] &&
               !calls[i]->training;
  }
  if (!is_chain) {
    throw Error(fmt::format(
        "expected a chain for Sequential \"{}\", each layer called once on what the one before it "
        "gives, received another graph: make a Functional of it",
        model.name()));
  }
  model.state_->is_sequential = true;
  return model;
}

}  // namespace thaw
