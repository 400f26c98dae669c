#include <cstdio>

#include "allocations.h"
#include "convolutions.h"
#include "measure.h"
#include "thaw/compile/lower.h"
#include "thaw/compile/optimize.h"
#include "thaw/runtime/cpu/device.h"
#include "workload.h"

namespace thaw::benchmarks {

void measure_prefix(const std::string& network, int64_t batch, int rounds) {
  const auto graph = optimize(specialize(fine_tuning(network, 0).prefix, ops::Phase::inference),
                              {.frozen = true, .traits = cpu_traits()});
  const auto device = cpu_device();
  const auto executable = device->compile(graph, {.batch_size = batch});
  Convolutions convolutions(graph, batch);
  const Tensor images = noise(Shape{224, 224, 3}.with_batch(batch));
  executable->forward({&images, 1});
  convolutions.run();
  std::vector<double> wall, ours, alone;
  int64_t allocated = 0;
  for (int i = 0; i < rounds; ++i) {
    const int64_t allocated_before = allocations();
    const double wall_start = wall_seconds();
    const double start = processor_seconds();
    executable->forward({&images, 1});
    const double middle = processor_seconds();
    wall.push_back(wall_seconds() - wall_start);
    allocated = allocations() - allocated_before;
    convolutions.run();
    ours.push_back(middle - start);
    alone.push_back(processor_seconds() - middle);
  }
  const auto images_done = static_cast<double>(batch);
  std::printf("| %s | %d | %.3f | %.3f | %.0f %% | %.0f | %.1f (%.1f) | %d |\n", network.c_str(),
              static_cast<int>(batch), 1e3 * median(ours) / images_done,
              1e3 * median(alone) / images_done, 100 * median(alone) / median(ours),
              images_done / median(wall), static_cast<double>(executable->buffer_bytes()) / 1e6,
              static_cast<double>(executable->least_buffer_bytes()) / 1e6,
              static_cast<int>(allocated));
}

}  // namespace thaw::benchmarks
