#pragma once

#include <memory>

#include "thaw/ops/graph.h"

namespace thaw::benchmarks {

/// The convolutions of a graph and nothing else: each as one primitive in the layout that was
/// fastest for it alone, weights packed ahead, all between the same two pieces of memory. What a
/// network could reach if nothing else cost anything and no two convolutions were one.
class Convolutions {
 public:
  Convolutions(const ops::Graph& graph, int64_t batch);
  ~Convolutions();
  void run();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace thaw::benchmarks
