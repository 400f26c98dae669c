// thaw_bench_runtime [ROUNDS [NETWORK...]]: how near the runtime comes to what oneDNN's
// convolutions alone reach, and what a step of training costs. With networks named: their frozen
// parts alone, 16 images at once. Processor time; medians; what is compared takes turns.

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "measure.h"
#include "thaw/app/brief_waits.h"

int main(int argc, char** argv) {
  using thaw::benchmarks::measure_prefix;
  using thaw::benchmarks::measure_step;
  thaw::restart_with_brief_waits(argv);  // as in thaw itself
  const int rounds = argc > 1 ? std::max(std::atoi(argv[1]), 1) : 20;
  std::puts(
      "| frozen part at 224 | images at once | ms an image | convolutions alone | of the limit | "
      "images/s | buffers (least), MB | allocations |\n|---|---|---|---|---|---|---|---|");
  if (argc > 2) {
    for (int i = 2; i < argc; ++i) measure_prefix(argv[i], 16, rounds);
    return 0;
  }
  for (const int batch : {1, 2, 4, 8, 16, 32, 64})
    measure_prefix("mobilenet_v2@alpha=0.35", batch, rounds);
  for (const int batch : {4, 16}) measure_prefix("mobilenet_v2", batch, rounds);
  for (const int batch : {4, 16}) measure_prefix("resnet50_v2", batch, std::max(rounds / 4, 1));
  std::puts(
      "\n| step, batch of 32 | pack, ms | forward | backward | optimizer | wall | buffers (least), "
      "MB | "
      "allocations |\n|---|---|---|---|---|---|---|---|");
  constexpr int all = 1 << 20;
  for (const int trainable : {0, 5, 20, all})
    measure_step("mobilenet_v2@alpha=0.35", trainable, false, rounds);
  measure_step("mobilenet_v2@alpha=0.35", all, true, rounds);
  return 0;
}
