#include "thaw/compile/value_hashes.h"

#include <algorithm>
#include <concepts>
#include <span>

#include "thaw/core/content_hash.h"
#include "thaw/core/fields.h"

namespace thaw {
namespace {

void append(std::string& text, const Tensor& tensor) {
  fields::append_exact(text, tensor.shape());
  text += content_hash(std::as_bytes(tensor.values()));
}

/// All of an operation's fields: equal texts if and only if the operations are alike.
template <typename Op>
void append_attributes(std::string& text, const Op& op) {
  fields::walk(op, [&]<typename T>(const char* name, const T& value) {
    text += name;
    text += '=';
    if constexpr (std::same_as<T, Tensor>) {
      append(text, value);
    } else {
      fields::append_exact(text, value);
    }
    text += ',';
  });
}

/// Whether it trains is no matter: its value of this moment is what counts.
void append_attributes(std::string& text, const ops::Weight& op) {
  append(text, op.variable->value().reshaped(op.shape));
}

}  // namespace

std::vector<std::string> value_hashes(const ops::Graph& graph) {
  std::vector<std::string> hashes(graph.nodes.size());
  for (size_t i = 0; i < graph.nodes.size(); ++i) {
    const ops::Node& node = graph.nodes[i];
    std::string text(ops::name(node.op));
    text += '(';
    for (const ops::Value input : node.inputs) text += hashes[static_cast<size_t>(input.index)];
    text += ')';
    std::visit([&](const auto& op) { append_attributes(text, op); }, node.op);
    if (std::holds_alternative<ops::Input>(node.op)) {
      const auto place = std::ranges::find(graph.inputs, ops::Value{static_cast<int>(i)});
      fields::append_exact(text, int64_t{place - graph.inputs.begin()});  // which one of them
    }
    hashes[i] = content_hash(std::as_bytes(std::span(text)));
  }
  return hashes;
}

}  // namespace thaw
