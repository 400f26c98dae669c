#include "thaw/compile/optimize.h"
#include "thaw/compile/passes/rewrite.h"

namespace thaw::compile_passes {
namespace {

using ops::Value;

ops::Graph run(const ops::Graph& graph, const DeviceTraits&) {
  Rewrite rewrite(graph);
  return rewrite.run([&](Value value) -> Value {
    const ops::Node& node = graph[value];
    const auto* convolution = std::get_if<ops::Conv2D>(&node.op);
    if (convolution == nullptr) return {};
    const auto* pad = graph.get_if<ops::Pad2D>(node.inputs[0]);
    if (pad == nullptr) return {};
    ops::Conv2D wider = *convolution;
    wider.padding.top += pad->padding.top;
    wider.padding.bottom += pad->padding.bottom;
    wider.padding.left += pad->padding.left;
    wider.padding.right += pad->padding.right;
    auto inputs = rewrite.moved(node.inputs);
    inputs[0] = rewrite.moved(graph[node.inputs[0]].inputs[0]);
    return rewrite.result.append(wider, std::move(inputs), node.name);
  });
}

}  // namespace

extern const Pass absorb_padding;
constinit const Pass absorb_padding{
    "absorb_padding", "zeros around an image become the padding of the convolution", false, &run};

}  // namespace thaw::compile_passes
