#include "thaw/graph/taps.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include "thaw/core/variable.h"
#include "thaw/graph/blocks.h"
#include "thaw/graph/network.h"

namespace thaw {
namespace {

/// The calls of a network by layer, and who reads each value.
class Readers {
 public:
  explicit Readers(const Functional& network) {
    for (const auto& call : network.calls()) {
      calls_.emplace(call->layer.id(), call);
      for (const Symbol& input : call->inputs)
        readers_[{input.call().get(), input.index()}].push_back(call);
    }
  }

  /// What the layer gives at its first call; nothing for one that is not called.
  std::optional<Symbol> output_of(const Layer& layer) const {
    const auto found = calls_.find(layer.id());
    if (found == calls_.end()) return std::nullopt;
    return Symbol(found->second);
  }

  /// The value behind the normalization and the activation that alone read `value`.
  Symbol behind_activation(Symbol value) const {
    for (;;) {
      const auto found = readers_.find({value.call().get(), value.index()});
      if (found == readers_.end() || found->second.size() != 1) return value;
      const auto& reader = found->second.front();
      const bool is_alone = reader->inputs.size() == 1 && reader->output_shapes.size() == 1;
      if (!is_alone || !is_normalization_or_activation(reader->layer)) return value;
      value = Symbol(reader);
    }
  }

 private:
  static bool is_normalization_or_activation(const Layer& layer) {
    static const std::set<std::string_view> names = {"BatchNormalization",
                                                     "LayerNormalization",
                                                     "GroupNormalization",
                                                     "Activation",
                                                     "ReLU",
                                                     "LeakyReLU",
                                                     "PReLU",
                                                     "ELU",
                                                     "Softmax"};
    return names.contains(layer.class_name());
  }

  using Value = std::pair<const Call*, int>;
  std::map<const void*, std::shared_ptr<const Call>> calls_;
  std::map<Value, std::vector<std::shared_ptr<const Call>>> readers_;
};

bool is_depthwise(const Layer& layer) { return layer.class_name() == "DepthwiseConv2D"; }

bool has_weights(const Layer& layer) { return !layer.variables().empty(); }

std::optional<Symbol> tap_of(std::span<const Layer> block, const Readers& readers) {
  for (bool (*wanted)(const Layer&) : {&is_depthwise, &convolves}) {
    for (size_t i = block.size(); i-- > 0;) {
      if (!(*wanted)(block[i])) continue;
      if (const auto value = readers.output_of(block[i])) return readers.behind_activation(*value);
    }
  }
  if (std::ranges::none_of(block, has_weights)) return std::nullopt;
  return readers.output_of(block.back());
}

bool has_places(const Symbol& value) {
  return value.shape().rank() == 2 || value.shape().rank() == 3;
}

bool is_output(const Functional& network, const Symbol& value) {
  return std::ranges::find(network.outputs(), value) != network.outputs().end();
}

/// `model` with `other` in the place of `network`, which is it or lies in it, as its only output
/// and those of `other` behind its first.
Functional with_network(const Functional& model, const Functional& network,
                        const Functional& other) {
  if (Layer(model) == Layer(network)) return other;
  std::map<const Call*, std::shared_ptr<const Call>> replayed;
  for (const Symbol& symbol : model.inputs()) replayed[symbol.call().get()] = symbol.call();
  const auto moved = [&](const Symbol& symbol) {
    return Symbol(replayed.at(symbol.call().get()), symbol.index());
  };
  std::vector<Symbol> taps;
  for (const auto& call : model.calls()) {
    if (replayed.contains(call.get())) continue;
    std::vector<Symbol> inputs;
    for (const Symbol& symbol : call->inputs) inputs.push_back(moved(symbol));
    const Functional* nested = call->layer.nested();
    const bool leads_there = nested != nullptr && Layer(network_of(*nested)) == Layer(network);
    const Layer layer = leads_there ? Layer(with_network(*nested, network, other)) : call->layer;
    const auto again = layer(inputs, {.training = call->training}).call();
    replayed[call.get()] = again;
    if (!leads_there || !taps.empty()) continue;
    for (size_t i = 1; i < again->output_shapes.size(); ++i)
      taps.emplace_back(again, static_cast<int>(i));
  }
  std::vector<Symbol> outputs{moved(model.outputs()[0])};
  outputs.insert(outputs.end(), taps.begin(), taps.end());
  return Functional(model.inputs(), std::move(outputs), model.name());
}

}  // namespace

std::vector<Tap> taps_of(const Functional& network, int64_t most_columns) {
  const Readers readers(network);
  const std::span<const Layer> layers = counted_layers(network);
  std::vector<Tap> taps;
  std::set<std::pair<const Call*, int>> seen;
  for (const Block& block : blocks_of(network)) {
    const auto value = tap_of(layers.subspan(block.first, block.count), readers);
    if (!value || !has_places(*value) || is_output(network, *value)) continue;
    if (seen.insert({value->call().get(), value->index()}).second)
      taps.push_back({block.name, *value});
  }
  int64_t columns = 0;
  size_t first = taps.size();
  for (; first > 0; --first) {
    columns += taps[first - 1].value.shape().sizes().back();
    if (columns > most_columns) break;
  }
  taps.erase(taps.begin(), taps.begin() + static_cast<std::ptrdiff_t>(first));
  return taps;
}

Functional with_taps(const Functional& base, const std::vector<Tap>& taps) {
  const Functional network = network_of(base);
  std::vector<Symbol> values{network.outputs()[0]};
  for (const Tap& tap : taps) values.push_back(tap.value);
  Functional result =
      with_network(base, network, Functional(network.inputs(), std::move(values), network.name()));
  result.metadata() = base.metadata();
  return result;
}

std::shared_ptr<const Call> tapped_call(const Functional& model) {
  const Functional network = network_of(model);
  for (const auto& call : model.calls()) {
    const Functional* nested = call->layer.nested();
    if (nested != nullptr && call->output_shapes.size() > 1 &&
        Layer(network_of(*nested)) == Layer(network))
      return call;
  }
  return nullptr;
}

Functional without_taps(const Functional& tapped) {
  const Functional network = network_of(tapped);
  Functional result = with_network(tapped, network, network.up_to(network.outputs()[0]));
  result.metadata() = tapped.metadata();
  return result;
}

}  // namespace thaw
