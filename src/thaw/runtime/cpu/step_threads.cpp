#include "thaw/runtime/cpu/step_threads.h"

#include <type_traits>
#include <variant>

namespace thaw::cpu {
namespace {

constexpr int64_t products_a_number = 8;
/// About a quarter of a millisecond of one core with AVX2.
constexpr int64_t work_worth_sharing = int64_t{1} << 22;

int64_t positions(const Shape& shape) { return shape.elements() / shape.last(); }

/// Of one sample.
int64_t work_of(const ops::Graph& graph, const ops::Node& node) {
  const auto input = [&](size_t i) -> const Shape& { return graph[node.inputs[i]].shape; };
  return std::visit(
      [&]<typename Operation>(const Operation&) -> int64_t {
        if constexpr (ops::is_source<Operation>) {
          return 0;
        } else if constexpr (std::is_same_v<Operation, ops::Conv2D> ||
                             std::is_same_v<Operation, ops::MatMul>) {
          return positions(node.shape) * input(1).elements();
        } else if constexpr (std::is_same_v<Operation, ops::ConvTranspose2D>) {
          return positions(input(0)) * input(1).elements();
        } else if constexpr (std::is_same_v<Operation, ops::BatchMatMul>) {
          return node.shape.elements() * input(0).last();
        } else {
          return products_a_number * node.shape.elements();
        }
      },
      node.op);
}

}  // namespace

int64_t work_of(const ops::Graph& graph, int64_t batch_size) {
  int64_t work = 0;
  for (const ops::Node& node : graph.nodes) work += work_of(graph, node);
  return batch_size * work;
}

int threads_for(int64_t work, int threads) { return work < work_worth_sharing ? 1 : threads; }

int threads_for(const ops::Graph& graph, const ExecutableOptions& options, int threads) {
  if (options.network != nullptr) return threads;
  const int64_t forward = work_of(graph, options.batch_size);
  return threads_for(options.training ? 3 * forward : forward, threads);
}

}  // namespace thaw::cpu
