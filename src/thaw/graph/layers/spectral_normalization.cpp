#include "thaw/ops/kinds/spectral_normalization.h"
#include "thaw/graph/layer_support/wrapper.h"
#include "thaw/ops/builder.h"

namespace thaw::layer_types {
namespace {

std::unique_ptr<LayerDefinition> read_spectral_normalization(const Config& config);

/// The direction in which the kernel stretches most, as far as it is known.
std::vector<WeightSpec> direction(const Shape& kernel) {
  Initializer small{"truncated_normal"};
  small.deviation = 0.02;
  return {{"vector_u", {1, kernel.last()}, std::move(small), false}};
}

}  // namespace

/// The layer in it, whose kernel is divided by its largest singular value in each step of training
/// (see ops::SpectralNormalization); otherwise the kernel is used as it is. A layer that is frozen
/// is divided too, as in Keras. Source: Miyato et al. 2018, "Spectral normalization for generative
/// adversarial networks".
extern const LayerType spectral_normalization;
constinit const LayerType spectral_normalization{"SpectralNormalization",
                                                 &read_spectral_normalization};

namespace {

class Normalized final : public LayerDefinition {
 public:
  explicit Normalized(const Config& config) : wrapper_(spectral_normalization, config, &direction) {
    if (const Config* iterations = config.find("power_iterations"))
      power_iterations_ = iterations->as_integer();
    if (power_iterations_ < 1 || power_iterations_ > 1000) {
      throw Error("power_iterations: expected 1 to 1000, received " +
                  std::to_string(power_iterations_));
    }
  }

  const LayerType& type() const override { return spectral_normalization; }
  const std::string& given_name() const override { return wrapper_.given_name(); }
  Shape output_shape(std::span<const Shape> inputs) const override {
    return wrapper_.output_shape(inputs);
  }
  std::vector<WeightSpec> weights(std::span<const Shape> inputs) const override {
    return wrapper_.weights(inputs);
  }
  ops::Value lower(const LowerContext& context, std::span<const ops::Value> inputs) const override {
    const bool replaces = context.phase != ops::Phase::inference;
    const ops::Value x = replaces ? with_replaced_kernel(context, inputs[0]) : inputs[0];
    return wrapper_.lower(context, {&x, 1});
  }
  Config config() const override { return wrapper_.config(); }

 private:
  ops::Value with_replaced_kernel(const LowerContext& context, ops::Value x) const {
    const Shape shape = context.ops.shape(x);
    const std::vector<WeightSpec> weights = wrapper_.inner().weights({&shape, 1});
    if (weights.empty()) return x;
    return context.ops.spectral_normalization(
        x, context.weight(weights[0].name), context.weight("vector_u"),
        {.power_iterations = power_iterations_, .phase = context.phase});
  }

  layers::Wrapper wrapper_;
  int64_t power_iterations_ = 1;
};

std::unique_ptr<LayerDefinition> read_spectral_normalization(const Config& config) {
  return std::make_unique<Normalized>(config);
}

}  // namespace
}  // namespace thaw::layer_types
