#pragma once

#include <memory>

#include "thaw/ops/graph.h"

namespace thaw::benchmarks {

/// The convolutions of a graph and nothing else: each as one primitive in the layout that was
/// fastest for it alone, weights packed ahead, all between the same two pieces of memory. What a
/// network could reach if nothing else cost anything and no two convolutions were one.
class Convolutions {
 public:
  /// Forward; where `training`, also backward by the weights, and by all sources but the graph's
  /// inputs.
  Convolutions(const ops::Graph& graph, int64_t batch, bool training = false);
  ~Convolutions();
  void run();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace thaw::benchmarks
