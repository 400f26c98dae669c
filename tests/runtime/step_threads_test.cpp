#include "thaw/runtime/cpu/step_threads.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>

#include "thaw/compile/lower.h"
#include "thaw/compile/optimize.h"
#include "thaw/core/random.h"
#include "thaw/graph/layers/conv_2d.h"
#include "thaw/graph/layers/conv_2d_transpose.h"
#include "thaw/graph/layers/dense.h"
#include "thaw/graph/layers/relu.h"
#include "thaw/runtime/cpu/device.h"

namespace thaw {
namespace {

using cpu::threads_for;
using cpu::work_of;

ops::Graph graph_of(const Symbol& in, const Symbol& out) {
  return optimize(specialize(lower(Functional(in, out)), ops::Phase::training),
                  {.frozen = false, .traits = cpu_traits()});
}

/// A classifier over kept features, with a hidden layer.
ops::Graph head(int64_t features, int64_t hidden, int64_t classes) {
  const Symbol x = input({features}, "features");
  const Symbol y = dense({.units = hidden, .activation = "relu"})(x);
  return graph_of(x, dense({.units = classes})(y));
}

TEST(WorkOf, counts_products_and_eight_for_each_other_number) {
  const Symbol vector = input({10}, "vector");
  EXPECT_EQ(work_of(graph_of(vector, dense({.units = 6})(vector)), 32), 32 * 10 * 6);
  const Symbol image = input({9, 7, 3}, "image");
  const auto convolution = conv_2d({.filters = 5, .kernel_size = 3, .padding = "same"});
  EXPECT_EQ(work_of(graph_of(image, convolution(image)), 2), 2 * (9 * 7) * (3 * 3 * 3 * 5));
  const auto transposed = conv_2d_transpose({.filters = 5, .kernel_size = 3, .strides = 2});
  EXPECT_EQ(work_of(graph_of(image, transposed(image)), 2), 2 * (9 * 7) * (3 * 3 * 3 * 5));
  EXPECT_EQ(work_of(graph_of(image, relu()(image)), 2), 2 * 8 * (9 * 7 * 3));
}

TEST(ThreadsFor, little_work_is_one_thread_and_much_is_all) {
  for (const int threads : {1, 2, 3, 64}) {
    EXPECT_EQ(threads_for(0, threads), 1);
    EXPECT_EQ(threads_for(1'000'000, threads), 1);
    EXPECT_EQ(threads_for(100'000'000, threads), threads);
  }
}

TEST(ThreadsFor, a_step_of_a_head_is_one_thread_and_one_of_a_wide_layer_is_all) {
  const ExecutableOptions step{.batch_size = 32, .training = true};
  EXPECT_EQ(threads_for(head(1280, 6, 6), step, 4), 1);
  EXPECT_EQ(threads_for(head(2048, 1024, 100), step, 4), 4);
  // What does not train costs a third of it.
  const ops::Graph between = head(1280, 64, 6);
  EXPECT_EQ(threads_for(between, step, 4), 4);
  EXPECT_EQ(threads_for(between, {.batch_size = 32}, 4), 1);
  // A part of a frozen network runs as the whole does.
  EXPECT_EQ(threads_for(between, {.batch_size = 32, .network = &between}, 4), 4);
}

bool same_bits(const Tensor& a, const Tensor& b) {
  return a.shape() == b.shape() &&
         std::memcmp(a.data(), b.data(), static_cast<size_t>(a.elements()) * sizeof(float)) == 0;
}

struct StepResult {
  Tensor output;
  std::vector<Tensor> gradients;
};

/// Of one training step.
StepResult run_step(const ops::Graph& graph, int64_t rows, int threads) {
  const auto device = cpu_device({.threads = threads});
  const auto executable = device->compile(graph, {.batch_size = rows, .training = true});
  const auto noise = [&](ops::Value value, uint64_t seed) {
    return uniform_tensor(graph[value].shape.with_batch(rows), -1, 1, Random(seed));
  };
  const Tensor x = noise(graph.inputs[0], 1);
  const Tensor y_gradient = noise(graph.outputs[0], 2);
  StepResult result{.output = executable->forward({&x, 1})[0].clone(), .gradients = {}};
  executable->backward({&y_gradient, 1});
  for (const Tensor& gradient : executable->gradients())
    result.gradients.push_back(gradient.clone());
  return result;
}

TEST(Executable, of_a_small_step_gives_the_same_bits_for_any_number_of_threads) {
  for (const int64_t rows : {1, 7, 32}) {
    // With all threads each of these would round otherwise: oneDNN shares out long sums.
    const ops::Graph graph = head(4096, 8, 100);
    const StepResult one = run_step(graph, rows, 1);
    for (const int threads : {2, 3, 4}) {
      const StepResult more = run_step(graph, rows, threads);
      EXPECT_TRUE(same_bits(one.output, more.output)) << rows << " rows, " << threads;
      EXPECT_TRUE(std::ranges::equal(one.gradients, more.gradients, same_bits))
          << rows << " rows, " << threads;
    }
  }
}

TEST(Executable, gives_a_weight_the_same_gradient_for_any_number_of_threads) {
  for (const int64_t units : {64, 200}) {  // the second: shared by all, as there is enough of it
    const Symbol x = input({1024}, "x");
    const ops::Graph graph = graph_of(x, dense({.units = units})(x));
    ASSERT_EQ(threads_for(graph, {.batch_size = 32, .training = true}, 3), 3);
    const StepResult one = run_step(graph, 32, 1);
    for (const int threads : {2, 3}) {
      EXPECT_TRUE(
          std::ranges::equal(one.gradients, run_step(graph, 32, threads).gradients, same_bits))
          << units << " units, " << threads;
    }
  }
}

}  // namespace
}  // namespace thaw
