// thaw_bench_limit NETWORK TRAINABLE FOLDER...: what the recipe's parts cost at the least on this
// machine, as one JSON object: reading the images on all cores and doing nothing else, and the
// convolutions of each part alone. Wall seconds; the best of several rounds.

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <numeric>
#include <string>

#include "convolutions.h"
#include "thaw/app/brief_waits.h"
#include "thaw/compile/lower.h"
#include "thaw/compile/optimize.h"
#include "thaw/core/threads.h"
#include "thaw/data/batches.h"
#include "thaw/data/image_dataset.h"
#include "thaw/runtime/cpu/device.h"
#include "workload.h"

namespace thaw::benchmarks {
namespace {

constexpr int rounds = 5;

double best_of(const std::function<void()>& body) {
  double best = 1e9;
  for (int i = 0; i < rounds; ++i) {
    const double start = wall_seconds();
    body();
    best = std::min(best, wall_seconds() - start);
  }
  return best;
}

double seconds_an_image(const ops::Graph& graph, bool frozen, bool training) {
  const int64_t batch = training ? 32 : 16;
  const auto phase = training ? ops::Phase::training : ops::Phase::inference;
  Convolutions convolutions(
      optimize(specialize(graph, phase), {.frozen = frozen, .traits = cpu_traits()}), batch,
      training);
  return best_of([&] { convolutions.run(); }) / static_cast<double>(batch);
}

double reading_seconds(const std::string& folder) {
  const ImageDataset data(list_image_folder(folder), {.size = {.height = 224, .width = 224}});
  Threads threads;
  std::vector<int64_t> order(static_cast<size_t>(data.size()));
  std::iota(order.begin(), order.end(), 0);
  const double start = wall_seconds();
  BatchLoader loader(data, order, threads);
  while (loader.next() != nullptr) continue;
  return wall_seconds() - start;
}

}  // namespace
}  // namespace thaw::benchmarks

int main(int argc, char** argv) {
  using namespace thaw::benchmarks;
  thaw::restart_with_brief_waits(argv);  // as in thaw itself
  if (argc < 4) {
    std::fputs("usage: thaw_bench_limit NETWORK TRAINABLE FOLDER...\n", stderr);
    return 2;
  }
  const std::string network = argv[1];
  const int trainable = std::atoi(argv[2]);
  double reading = 0;
  for (int i = 3; i < argc; ++i) {
    reading_seconds(argv[i]);  // from here on the files are in memory
    reading += std::min(reading_seconds(argv[i]), reading_seconds(argv[i]));
  }
  const auto head = fine_tuning(network, 0);
  const auto top = fine_tuning(network, trainable);
  std::printf(
      "{\"reading\": %.4f, \"frozen\": %.7f, \"suffix_training\": %.7f, \"suffix_forward\": %.7f, "
      "\"frozen_below_suffix\": %.7f}\n",
      reading, seconds_an_image(head.prefix, true, false),
      seconds_an_image(top.suffix, false, true), seconds_an_image(top.suffix, false, false),
      seconds_an_image(top.prefix, true, false));
  return 0;
}
