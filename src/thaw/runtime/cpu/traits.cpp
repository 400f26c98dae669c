#include "thaw/runtime/cpu/device.h"

namespace thaw {

const DeviceTraits& cpu_traits() {
  using Kind = Activation::Kind;
  static const DeviceTraits traits{
      .activations = {Kind::relu, Kind::sigmoid, Kind::silu, Kind::hard_silu, Kind::hard_sigmoid},
      .fuses_residuals = true,
      // With fewer channels the transforms take what the products save (of DenseNet's 128 to 32 a
      // tenth is left), and each layer rounds more than the direct one does.
      .winograd = WinogradTraits{.least_inputs = 32,
                                 .least_outputs = 64,
                                 .together = 8,
                                 .least_saving = 2,
                                 .activations = {Kind::relu}},
      // More samples are not faster (docs/performance.md).
      .micro_batch_samples = 16,
      .micro_batch_bytes = 80 << 20};
  return traits;
}

}  // namespace thaw
