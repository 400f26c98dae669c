#include "thaw/graph/layer_support/wrapper.h"
#include "thaw/ops/builder.h"
#include "thaw/ops/kinds/refused_in_training.h"

namespace thaw::layer_types {
namespace {

std::unique_ptr<LayerDefinition> read_spectral_normalization(const Config& config);

/// The direction in which the kernel stretches most, as far as it is known.
std::vector<WeightSpec> direction(const Shape& kernel) {
  return {{"vector_u", {1, kernel.last()}, "zeros", false}};
}

}  // namespace

/// The layer in it, whose kernel is divided by its largest singular value in each step of training,
/// which is refused here; otherwise the kernel is used as the file has it. Source: Miyato et
/// al. 2018, "Spectral normalization for generative adversarial networks".
extern const LayerType spectral_normalization;
constinit const LayerType spectral_normalization{"SpectralNormalization",
                                                 &read_spectral_normalization};

namespace {

class Normalized final : public LayerDefinition {
 public:
  explicit Normalized(const Config& config)
      : wrapper_(spectral_normalization, config, &direction) {}

  const LayerType& type() const override { return spectral_normalization; }
  const std::string& given_name() const override { return wrapper_.given_name(); }
  Shape output_shape(std::span<const Shape> inputs) const override {
    return wrapper_.output_shape(inputs);
  }
  std::vector<WeightSpec> weights(std::span<const Shape> inputs) const override {
    return wrapper_.weights(inputs);
  }
  ops::Value lower(const LowerContext& context, std::span<const ops::Value> inputs) const override {
    const ops::Value y = wrapper_.lower(context, inputs);
    if (context.phase == ops::Phase::inference) return y;
    return context.ops.refused_in_training(
        y, {.layer_class = "SpectralNormalization", .phase = context.phase});
  }
  Config config() const override { return wrapper_.config(); }

 private:
  layers::Wrapper wrapper_;
};

std::unique_ptr<LayerDefinition> read_spectral_normalization(const Config& config) {
  return std::make_unique<Normalized>(config);
}

}  // namespace
}  // namespace thaw::layer_types
