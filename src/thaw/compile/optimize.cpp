#include "thaw/compile/optimize.h"

#include <algorithm>
#include <array>
#include <chrono>

namespace thaw {

namespace compile_passes {
extern const Pass absorb_padding;
extern const Pass fold_batch_norm;
extern const Pass fold_scale_shift;
extern const Pass fuse;
extern const Pass winograd;
}  // namespace compile_passes

// The order matters, so this list is written by hand: folding must see bare convolutions and
// padding that is theirs, fusing must come after it, and only then is it known what a convolution
// has to do.
std::span<const Pass* const> passes() {
  static constexpr auto ordered = std::to_array<const Pass*>(
      {&compile_passes::absorb_padding, &compile_passes::fold_batch_norm,
       &compile_passes::fold_scale_shift, &compile_passes::fuse, &compile_passes::winograd});
  return ordered;
}

ops::Graph optimize(ops::Graph graph, const OptimizeOptions& options,
                    std::vector<PassReport>* report) {
  for (const Pass* pass : passes()) {
    if (pass->only_frozen && !options.frozen) continue;
    if (std::ranges::find(options.without, pass->name) != options.without.end()) continue;
    const auto start = std::chrono::steady_clock::now();
    ops::Graph better = pass->run(graph);
    if (report != nullptr) {
      const std::chrono::duration<double, std::milli> elapsed =
          std::chrono::steady_clock::now() - start;
      report->push_back({.name = std::string(pass->name),
                         .changes = changes(graph, better),
                         .milliseconds = elapsed.count(),
                         .nodes_before = static_cast<int>(graph.nodes.size()),
                         .nodes_after = static_cast<int>(better.nodes.size())});
    }
    graph = std::move(better);
  }
  return graph;
}

}  // namespace thaw
